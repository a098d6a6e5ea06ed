//! What is kept of a function that is a formula.

use bumpnet_ir::{Expr, NodeId};

/// A function that is a formula.
#[derive(Debug)]
pub struct Template {
    /// The names of its arguments.
    pub arguments: Vec<String>,
    /// What the inputs of the formula behind the arguments stand for.
    pub captured: Vec<NodeId>,
    /// Over the arguments and the captured names.
    pub formula: Expr,
    /// Whether the file defines it, and its parts have places there.
    pub of_file: bool,
}

/// The names in a text, as the language spells them.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}
