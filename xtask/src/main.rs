//! `cargo xtask ...`: the same commands as `bumpnet ...`, built from this repository.

fn main() -> std::process::ExitCode {
    bumpnet_cli::main("cargo xtask")
}
