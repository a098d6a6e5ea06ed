//! What a spec and its networks both have: names and gates.

use bumpnet_ir::names::{MAX_NAME, is_name};
use bumpnet_ir::{Diagnostic, Gate, Precision, Span};

use crate::decode::Reader;
use crate::measure::{self, Least};
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

/// `{max_error: E}`, E a number or a measure.
pub fn read_gate(reader: &mut Reader<'_>, node: &YamlNode, precision: Precision) -> Option<Gate> {
    let fields = reader.fields(node, "a gate", node.span.clone(), &GATE_KEYS)?;
    let value = reader.required(&fields, "max_error", "the gate", "write gate: {max_error: 0.01}")?;
    let (max_error, measure) = measure::read(reader, value, ("max_error", Least::Zero), precision)?;
    Some(Gate { max_error, measure })
}
