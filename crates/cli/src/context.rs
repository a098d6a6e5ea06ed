//! What surrounds a command: its name, output streams, and whether it runs in CI or before a person.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use bumpnet_ir::text::{printed, printed_in_colour};

use crate::failure::Failure;
use crate::wait::Wait;

/// What surrounds a command.
pub struct Context<'a> {
    /// How the user calls the program: `bumpnet` or `cargo xtask`.
    pub name: &'static str,
    /// Results.
    pub out: Box<dyn Write + Send + 'a>,
    /// Diagnostics, progress, and other words for people.
    pub err: Box<dyn Write + Send + 'a>,
    /// Standard input.
    pub input: Box<dyn std::io::Read + Send + 'a>,
    /// Whether `CI` is set, so that nothing is blessed by accident.
    pub ci: bool,
    /// Whether a terminal watches standard error: progress bars and colours.
    pub terminal: bool,
    /// What is known of searches under way.
    pub wait: Arc<Wait>,
}

impl Context<'_> {
    /// That of the process.
    pub fn of_process(name: &'static str) -> Context<'static> {
        Context {
            name,
            out: Box::new(std::io::BufWriter::new(std::io::stdout())),
            err: Box::new(std::io::stderr()),
            input: Box::new(std::io::stdin()),
            ci: std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false"),
            terminal: std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            wait: Arc::default(),
        }
    }

    /// Prints a result and reports success.
    pub fn print(&mut self, text: &str) -> Result<u8, Failure> {
        self.write(text)?;
        Ok(crate::exit::CLEAN)
    }

    /// Prints a part of a result. Whatever foreign text is in it, no line of it is a command to a CI's runner, and no
    /// character moves a terminal's cursor.
    pub fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.put(printed(text).as_bytes())
    }

    /// Puts out what is for programs, as it is.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes).and_then(|()| self.out.flush()).map_err(output_error)
    }

    /// Says something to people, with the same care as [`write`](Self::write).
    pub fn say(&mut self, text: &str) {
        let text = if self.terminal { printed_in_colour(text) } else { printed(text) };
        let _ = writeln!(self.err, "{text}"); // if nobody can hear it, nothing is lost
    }
}

/// A closed pipe ends the command quietly.
pub fn output_error(error: std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => Failure::Closed,
        _ => Failure::new(format!("cannot write the output: {error}")),
    }
}

/// A table's text, its lines ended by a line break each, without blanks at their ends.
pub fn table_text(table: &comfy_table::Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A table without borders: columns apart by two spaces.
pub fn plain_table() -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table
}

/// `1 spec`, `2 specs`.
pub fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
