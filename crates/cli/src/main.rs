//! The `bumpnet` binary; everything is in the library, which `cargo xtask` shares.

fn main() -> std::process::ExitCode {
    bumpnet_cli::main("bumpnet")
}
