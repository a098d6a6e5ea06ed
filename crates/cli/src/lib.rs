//! The commands. Only this crate touches files, clock, environment and terminal; the libraries take and return values.
//!
//! [`main`] is what both binaries run (`bumpnet` and `cargo xtask`); [`run`] is the same with its surroundings given, so
//! that tests can call it. Exit codes: 0 clean, 1 a regression, or a gate or `max_error` not met, 2 usage or input, 3 no lock,
//! 130 interrupted.

mod args;
mod build;
mod cache;
mod check;
mod compile;
mod context;
mod cover;
mod diff;
mod eval;
pub mod exit;
mod explain;
mod export;
mod failure;
mod files;
mod formula;
mod load;
mod lock;
mod manual;
mod new;
mod plans;
mod plot;
mod points;
mod render;
mod report;
mod select;
mod soak;
mod study;
mod time;
mod verify;
mod version;
mod wait;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

pub use context::Context;
pub use failure::Failure;

pub use wait::Wait;

use args::Command;
use wait::Waiter;

/// Runs the process: its arguments, standard output and error, environment. `name` is how the user calls it.
pub fn main(name: &'static str) -> ExitCode {
    // Without a handler an interrupt still ends the process; only temporary files may be left then.
    let mut context = Context::of_process(name);
    let wait = Arc::clone(&context.wait);
    // The first interrupt ends searches, and what is finished is kept; the next one ends the process.
    let _ = ctrlc::set_handler(move || {
        if !wait.interrupt() {
            files::abandon(i32::from(exit::INTERRUPTED))
        }
    });
    ExitCode::from(run(std::env::args_os().skip(1).collect(), &mut context))
}

/// Runs one command; the result is its exit code.
pub fn run(arguments: Vec<OsString>, context: &mut Context<'_>) -> u8 {
    let outcome = match args::parse(arguments, context) {
        Ok(command) => dispatch(command, context),
        Err(code) => Ok(code),
    };
    if context.wait.is_interrupted() && outcome.is_ok() {
        return exit::INTERRUPTED;
    }
    match outcome {
        Ok(code) => code,
        Err(Failure::Said) => exit::USAGE,
        // The reader of our output has gone, as in `| head`: not an error of ours.
        Err(Failure::Closed) => exit::CLEAN,
        Err(Failure::Message(message)) => {
            context.say(&format!("error: {message}"));
            exit::USAGE
        }
        Err(Failure::Line(line)) => {
            context.say(&render::line(&line, context.terminal));
            exit::USAGE
        }
    }
}

fn dispatch(command: Command, context: &mut Context<'_>) -> Result<u8, Failure> {
    let _waiter = Waiter::begin(command.patience(), &context.wait, context.terminal);
    match command {
        Command::Compile(arguments) => compile::run(&arguments, context),
        Command::Check(arguments) => check::run(&arguments, context),
        Command::Verify(arguments) => verify::run(&arguments, context),
        Command::Diff(arguments) => diff::run(&arguments, context),
        Command::Eval(arguments) => eval::run(&arguments, context),
        Command::Export(arguments) => export::run(&arguments, context),
        Command::Plot(arguments) => plot::run(&arguments, context),
        Command::Study(arguments) => study::run(&arguments, context),
        Command::Report(arguments) => report::run(&arguments, context),
        Command::Time(arguments) => time::run(&arguments, context),
        Command::Explain(arguments) => explain::run(&arguments, context),
        Command::Formula(arguments) => formula::run(&arguments, context),
        Command::New(arguments) => new::run(&arguments, context),
        Command::Soak(arguments) => soak::run(&arguments, context),
        Command::Schema(arguments) => context.print(&match arguments.of {
            args::SchemaOf::Spec => bumpnet_parser::schema::json(),
            args::SchemaOf::Check => check::report::schema(),
        }),
        Command::Completions(arguments) => {
            // A script that is run, not read.
            context.put(manual::completions(&arguments).as_bytes()).map(|()| exit::CLEAN)
        }
        Command::Man(arguments) => manual::run(&arguments, context),
    }
}
