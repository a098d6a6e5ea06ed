//! `domain`: the inputs and their ranges, and what to write for ranges as other tools have them.

use bumpnet_ir::network::check::MAX_INPUTS;
use bumpnet_ir::{Diagnostic, Input};

use crate::bindings::identifier;
use crate::decode::{Fields, Reader};
use crate::expression::parse_constant;
use crate::suggest::{echo, quoted};
use crate::yaml::{Value, YamlNode};

/// An input's name and its range.
pub type Axes<'t> = Vec<(&'t YamlNode, &'t YamlNode)>;

/// Names for the two ends of a range in other tools.
const ENDS: [(&str, &str); 7] = [
    ("min", "max"),
    ("lo", "hi"),
    ("low", "high"),
    ("lower", "upper"),
    ("from", "to"),
    ("start", "end"),
    ("start", "stop"),
];

/// The names of the inputs, with the nodes of their ranges.
pub fn axes<'t>(reader: &mut Reader<'_>, fields: &Fields<'t>) -> Option<Axes<'t>> {
    let node = reader.required(fields, "domain", "the spec", "write the box, as in `domain: {x: [0, 1]}`")?;
    if let Some(range) = meant(node) {
        let name = the_name(fields);
        let message = "the domain is a range for each input, this is a range without an input's name";
        return reader
            .problem(Diagnostic::new(node.span.clone(), message).help(format!("write `domain: {{{name}: {range}}}`")));
    }
    let Value::Mapping(pairs) = &node.value else {
        let help = match &node.value {
            Value::List(items) if items.iter().all(|item| matches!(item.value, Value::Mapping(_))) => {
                "write it without dashes, as in `domain: {x: [0, 1], y: [0, 1]}`"
            }
            _ => "write the box, as in `domain: {x: [0, 1]}`",
        };
        let message = format!("the domain is a mapping, this is {}", node.kind());
        return reader.problem(Diagnostic::new(node.span.clone(), message).help(help));
    };
    // `{x: -1, 1}`
    if let [(name, first), (second, nothing)] = &pairs[..]
        && nothing.is_nothing()
        && let (Some(lo), Some(hi), Some(name)) = (end(first), end(second), name.text())
    {
        let message = "a range has brackets";
        let help = format!("write `domain: {{{}: [{lo}, {hi}]}}`", echo(name));
        return reader.problem(Diagnostic::new(first.span.start..second.span.end, message).help(help));
    }
    let axes = reader.entries(node, "the domain")?;
    if axes.is_empty() {
        return reader.problem(Diagnostic::new(node.span.clone(), "the domain has no input").help("write {x: [0, 1]}"));
    }
    if let Some((key, _)) = axes.get(MAX_INPUTS) {
        return reader.problem(
            Diagnostic::new(key.span.clone(), format!("more than {MAX_INPUTS} inputs"))
                .help("fix the others with `let`"),
        );
    }
    let mut good = true;
    for (key, _) in &axes {
        let name = key.text().unwrap_or_default();
        if identifier(reader, name, &key.span, "an input").is_none() {
            reader.scope.refuse(name.to_owned());
            good = false;
        }
    }
    good.then_some(axes)
}

/// The range of an input.
pub fn axis(reader: &mut Reader<'_>, key: &YamlNode, node: &YamlNode) -> Option<Input> {
    let name = key.text()?.to_owned();
    let shown = echo(&name);
    if let Some(range) = meant(node).filter(|_| !matches!(node.value, Value::List(_))) {
        let message = format!("the range of `{shown}` is a list of its two ends");
        return reader.problem(Diagnostic::new(node.span.clone(), message).help(format!("write {shown}: {range}")));
    }
    if !matches!(node.value, Value::List(_)) {
        let message = format!("the range of `{shown}` is a list of its two ends, this is {}", node.kind());
        return reader.problem(Diagnostic::new(node.span.clone(), message).help(format!("write {shown}: [0, 1]")));
    }
    if let Value::List(items) = &node.value
        && let Some(infinite) = items.iter().find(|item| item.text().is_some_and(is_infinite))
    {
        let message = format!("the range of `{shown}` is not finite");
        return reader.problem(
            Diagnostic::new(infinite.span.clone(), message)
                .help("write the largest number that matters, such as 100: nothing is proved of an infinite range"),
        );
    }
    let ends = reader.numbers(node, &format!("the range of `{shown}`"))?;
    let [lo, hi] = ends[..] else {
        let message = format!("the range of `{shown}` has {} ends, not 2", ends.len());
        return reader.problem(Diagnostic::new(node.span.clone(), message).help("write [lower, upper]"));
    };
    if lo < hi {
        return Some(Input { name, lo, hi });
    }
    let message = format!("the range of `{shown}` is empty: {lo:?} is not below {hi:?}");
    let help = match lo > hi {
        true => format!("write {shown}: [{hi:?}, {lo:?}]"),
        false => "write [lower, upper] with lower < upper".to_owned(),
    };
    reader.problem(Diagnostic::new(node.span.clone(), message).help(help))
}

/// The one name that the target has, for a domain without names; else `x`.
fn the_name(fields: &Fields<'_>) -> String {
    let target = fields.get("target").and_then(YamlNode::text).unwrap_or_default();
    crate::expression::free_names(target).next().map_or_else(|| "x".to_owned(), echo)
}

/// The range that is meant by another tool's: `{min: 0, max: 1}`, `0..1`, `(0, 1)`, `0 to 1`, a list of two numbers.
fn meant(node: &YamlNode) -> Option<String> {
    let range = |lo: &str, hi: &str| format!("[{lo}, {hi}]");
    match &node.value {
        Value::Mapping(pairs) => {
            let [(first, lo), (second, hi)] = &pairs[..] else { return None };
            ENDS.contains(&(first.text()?, second.text()?)).then_some(())?;
            Some(range(end(lo)?, end(hi)?))
        }
        Value::List(items) => match &items[..] {
            [lo, hi] => Some(range(end(lo)?, end(hi)?)),
            _ => None,
        },
        Value::Scalar { text, .. } => {
            let text = text.trim();
            let inner = text.trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
            let separators = ["...", "..=", "..", " to ", ",", ";", ":"];
            let (lo, hi) = separators.iter().find_map(|separator| inner.split_once(separator))?;
            let is_number = |text: &str| parse_constant(text).is_ok();
            (is_number(lo) && is_number(hi)).then(|| range(lo.trim(), hi.trim()))
        }
    }
}

/// A number, as it is written.
fn end(node: &YamlNode) -> Option<&str> {
    node.text().and_then(quoted).filter(|text| parse_constant(text).is_ok())
}

fn is_infinite(text: &str) -> bool {
    let unsigned = text.trim().trim_start_matches(['-', '+', '.']).to_ascii_lowercase();
    matches!(unsigned.as_str(), "inf" | "infinity" | "oo" | "∞" | "np.inf" | "math.inf")
}
