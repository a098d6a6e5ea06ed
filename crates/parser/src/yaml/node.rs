//! The tree of a file: scalars, lists and mappings, each with its place.

use bumpnet_ir::Span;

/// A node of the tree and the bytes of the file it covers.
#[derive(Debug)]
pub struct YamlNode {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Debug)]
pub enum Value {
    /// Text, decoded; `plain` if it was neither quoted nor a block (then `null` and `~` mean nothing).
    #[allow(missing_docs)]
    Scalar { text: String, style: Style },
    /// A list.
    List(Vec<YamlNode>),
    /// Keys and values, in the file's order; duplicates are still in it.
    Mapping(Vec<(YamlNode, YamlNode)>),
}

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the YAML styles of these names
pub enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
}

impl YamlNode {
    /// The text, if it is a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether it is YAML's null: left out, or written `~` or `null`.
    pub fn is_nothing(&self) -> bool {
        let null = |text: &str| matches!(text, "" | "~" | "null" | "Null" | "NULL");
        matches!(&self.value, Value::Scalar { text, style: Style::Plain } if null(text))
    }

    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            _ if self.is_nothing() => "nothing",
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }
}
