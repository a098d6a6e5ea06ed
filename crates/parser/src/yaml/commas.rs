//! Commas in parentheses: YAML ends an unquoted text in `{...}` and `[...]` at each comma, so `{target: max(x, 1)}` has a key
//! `1)`. What it has cut in the middle of parentheses is put together again.

use super::node::{Style, Value, YamlNode};

/// The keys and values of a mapping, or the items of a list, without cuts in parentheses.
pub fn joined(children: Vec<YamlNode>, is_mapping: bool) -> Vec<YamlNode> {
    let any_open = children.iter().any(|node| depth(node).is_some_and(|depth| depth > 0));
    match (any_open, is_mapping) {
        (false, _) => children,
        (true, true) => in_mapping(children),
        (true, false) => in_list(children),
    }
}

fn in_mapping(children: Vec<YamlNode>) -> Vec<YamlNode> {
    let mut whole: Vec<YamlNode> = Vec::with_capacity(children.len());
    let mut children = children.into_iter();
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        if let [.., last_key, last_value] = &mut whole[..]
            && depth(&key).is_some()
        {
            if last_value.is_nothing() && is_open(last_key) {
                join(last_key, &key);
                *last_value = value;
                continue;
            }
            if value.is_nothing() && is_open(last_value) {
                join(last_value, &key);
                continue;
            }
        }
        whole.extend([key, value]);
    }
    whole
}

fn in_list(children: Vec<YamlNode>) -> Vec<YamlNode> {
    let mut whole: Vec<YamlNode> = Vec::with_capacity(children.len());
    for node in children {
        match whole.last_mut() {
            Some(last) if is_open(last) && depth(&node).is_some() => join(last, &node),
            _ => whole.push(node),
        }
    }
    whole
}

fn is_open(node: &YamlNode) -> bool {
    depth(node).is_some_and(|depth| depth > 0)
}

/// How many parentheses of an unquoted text are not closed.
fn depth(node: &YamlNode) -> Option<isize> {
    let Value::Scalar { text, style: Style::Plain } = &node.value else { return None };
    Some(text.bytes().map(|byte| isize::from(byte == b'(') - isize::from(byte == b')')).sum())
}

fn join(first: &mut YamlNode, next: &YamlNode) {
    if let (Value::Scalar { text, .. }, Some(more)) = (&mut first.value, next.text()) {
        *text += ", ";
        *text += more;
        first.span.end = next.span.end;
    }
}
