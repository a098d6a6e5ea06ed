//! Why a command stops early.

/// Why a command stops early.
#[derive(Debug)]
pub enum Failure {
    /// Diagnostics were printed already.
    Said,
    /// Standard output was closed.
    Closed,
    /// This is to be printed.
    Message(String),
}

impl Failure {
    /// A message of one line, or several with advice.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure::Message(message.into())
    }
}
