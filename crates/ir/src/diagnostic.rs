//! What is wrong with an input: a message, where, and what to do about it.
//!
//! Libraries return diagnostics as values; only the command line renders them, with the file and a caret.

use std::ops::Range;

/// A range of bytes in the text that the diagnostic is about (a spec file, or an expression on the command line).
pub type Span = Range<usize>;

/// One problem. Its text never ends with a full stop and never repeats the file name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// What is wrong, in one line.
    pub message: String,
    /// Where, and a few words beside the caret (may be empty).
    pub label: (Span, String),
    /// A second place that explains the first, such as the earlier of two equal keys.
    pub related: Option<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem at a place.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Diagnostic { message: message.into(), label: (span, String::new()), related: None, help: None }
    }

    /// Adds the words beside the caret.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label.1 = text.into();
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related = Some((span, text.into()));
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}
