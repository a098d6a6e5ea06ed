//! What a spec and its networks both have: names and gates.

use bumpnet_ir::names::{MAX_NAME, is_name};
use bumpnet_ir::{Diagnostic, Gate, Span};

use crate::decode::Reader;
use crate::suggest::echo;
use crate::yaml::YamlNode;

/// The keys of a gate.
pub const GATE_KEYS: [&str; 1] = ["max_error"];

/// A name that is safe as a file name everywhere: it cannot leave the output folder.
pub fn name(reader: &mut Reader<'_>, text: &str, span: Span, what: &str) -> Option<String> {
    if is_name(text) {
        return Some(text.to_owned());
    }
    let help = if what == "name" { "" } else { ", or give the spec a `name:`" };
    reader
        .problem(Diagnostic::new(span, format!("the {what} `{}` cannot be a name", echo(text))).help(format!(
        "use letters a-z A-Z, digits, `_`, `-` and single `.`, a letter or digit first, {MAX_NAME} characters at most{help}"
    )))
}

/// `{max_error: E}`.
pub fn read_gate(reader: &mut Reader<'_>, node: &YamlNode) -> Option<Gate> {
    let fields = reader.fields(node, "a gate", node.span.clone(), &GATE_KEYS)?;
    let value = reader.required(&fields, "max_error", "the gate", "write gate: {max_error: 0.01}")?;
    let max_error = reader.number(value, "max_error")?;
    if max_error >= 0.0 {
        return Some(Gate { max_error });
    }
    reader.problem(Diagnostic::new(
        value.span.clone(),
        format!("max_error is {max_error:?}, but an error is not negative"),
    ))
}
