//! `cargo xtask ...`: the same commands as `bumpnet ...`, built from this repository, and `attack` and `mutate`, which are for it alone.

mod attack;
mod mutate;
mod options;
mod record;
mod tally;
mod worker;

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("attack") => attack::main(arguments),
        Some("mutate") => mutate::main(arguments),
        Some("attack-worker") => worker::main(arguments),
        _ => bumpnet_cli::main("cargo xtask"),
    }
}
