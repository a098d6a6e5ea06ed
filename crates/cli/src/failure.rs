//! Why a command stops early.

use bumpnet_ir::Diagnostic;

/// Why a command stops early.
#[derive(Debug)]
pub enum Failure {
    /// Diagnostics were printed already.
    Said,
    /// Standard output was closed.
    Closed,
    /// This is to be printed.
    Message(String),
    /// A line of a file is wrong.
    Line(Box<Line>),
}

/// What is wrong with one line of a file.
#[derive(Debug)]
pub struct Line {
    /// The file, as it is shown.
    pub file: String,
    /// The line's number, from 1.
    pub number: usize,
    /// The line itself.
    pub text: Vec<u8>,
    /// What is wrong; its places are bytes of the line.
    pub problem: Diagnostic,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Said => f.write_str("said before"),
            Failure::Closed => f.write_str("nobody reads the output"),
            Failure::Message(message) => f.write_str(message),
            Failure::Line(line) => write!(f, "{}:{}: {}", line.file, line.number, line.problem.message),
        }
    }
}

impl Failure {
    /// A message of one line, or several with advice.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure::Message(message.into())
    }

    /// Something is wrong with this line of a file.
    pub fn line(file: &str, number: usize, text: &[u8], problem: Diagnostic) -> Failure {
        Failure::Line(Box::new(Line { file: file.to_owned(), number, text: text.to_owned(), problem }))
    }
}
