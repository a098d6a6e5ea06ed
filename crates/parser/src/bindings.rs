//! `let`: values and functions with names.

use bumpnet_ir::names::{MAX_NAME, is_identifier, is_reserved};
use bumpnet_ir::{Diagnostic, Span};

use crate::decode::Reader;
use crate::suggest::echo;
use crate::yaml::YamlNode;

/// Most arguments of a function.
const MOST_ARGUMENTS: usize = 16;

/// Reads `let` from top to bottom; `None` if it cannot be told which names it has.
pub fn bindings(reader: &mut Reader<'_>, node: &YamlNode) -> Option<()> {
    let entries = reader.entries(node, "`let`")?;
    let names = entries.iter().filter_map(|(key, value)| {
        let name = split(key.text()?).0.to_owned();
        Some((name, value.text().unwrap_or_default().to_owned()))
    });
    reader.scope.later = names.collect();
    let mut seen = std::collections::HashSet::new();
    for (key, value) in entries {
        let text = key.text().unwrap_or_default();
        let (name, arguments) = split(text);
        let what = if arguments.is_some() { "a `let` function" } else { "a `let` value" };
        let mut named = identifier(reader, name, &key.span, what);
        if reader.scope.builder.inputs().iter().any(|input| input == name) {
            let message = format!("`{}` is an input already", echo(name));
            reader.problems.push(Diagnostic::new(key.span.clone(), message).help("choose another name"));
        }
        if !seen.insert(name.to_owned()) && named.is_some() {
            let message = format!("`{}` is defined already", echo(name));
            named = reader.problem(Diagnostic::new(key.span.clone(), message).help("choose another name"));
        }
        reader.scope.current = Some(name.to_owned());
        let good = match arguments {
            None => value_of(reader, named, name, value),
            Some(list) => function(reader, named, name, list, key, value),
        };
        reader.scope.current = None;
        reader.scope.later.remove(name);
        if good.is_none() && reader.scope.is_new(name) {
            reader.scope.refuse(name.to_owned());
        }
    }
    Some(())
}

/// A key's name, and what stands in parentheses behind it.
fn split(key: &str) -> (&str, Option<&str>) {
    match key.split_once('(') {
        Some((name, rest)) => (name.trim(), Some(rest)),
        None => (key, None),
    }
}

fn value_of(reader: &mut Reader<'_>, named: Option<()>, name: &str, value: &YamlNode) -> Option<()> {
    let id = reader.expression(value, &format!("`{}`", echo(name)))?;
    named?;
    reader.scope.bind(name.to_owned(), id);
    Some(())
}

fn function(
    reader: &mut Reader<'_>,
    named: Option<()>,
    name: &str,
    list: &str,
    key: &YamlNode,
    value: &YamlNode,
) -> Option<()> {
    let arguments = arguments(reader, name, list, key);
    named?;
    let arguments = arguments?;
    let outside = reader.scope.enter(arguments, value.text().unwrap_or_default());
    let root = reader.expression(value, &format!("`{}`", echo(name)));
    reader.scope.leave(outside, name, root, true);
    root.map(|_| ())
}

/// The names in the parentheses of `f(a, b)`.
fn arguments(reader: &mut Reader<'_>, name: &str, list: &str, key: &YamlNode) -> Option<Vec<String>> {
    let at = |message: String| Diagnostic::new(key.span.clone(), message);
    let Some(list) = list.trim_end().strip_suffix(')') else {
        return reader.problem(at("`(` without `)`".to_owned()).help(format!("write {}(t): t^2", echo(name))));
    };
    let names: Vec<String> = list.split(',').map(|argument| argument.trim().to_owned()).collect();
    if list.trim().is_empty() {
        return reader.problem(
            at("a function without arguments".to_owned()).help(format!("write {}: ..., a value", echo(name))),
        );
    }
    if names.len() > MOST_ARGUMENTS {
        return reader.problem(at(format!("more than {MOST_ARGUMENTS} arguments")));
    }
    for (k, argument) in names.iter().enumerate() {
        identifier(reader, argument, &key.span, "an argument")?;
        if names[..k].contains(argument) {
            let message = format!("two arguments are called `{}`", echo(argument));
            return reader.problem(at(message).help("choose another name for one of them"));
        }
    }
    Some(names)
}

/// Whether a text is a name that the language has no meaning for.
pub fn identifier(reader: &mut Reader<'_>, text: &str, span: &Span, what: &str) -> Option<()> {
    if !is_identifier(text) {
        let message = format!("`{}` cannot name {what}", echo(text));
        let help = format!("use letters a-z A-Z, digits and `_`, no digit first, {MAX_NAME} characters at most");
        return reader.problem(Diagnostic::new(span.clone(), message).help(help));
    }
    if is_reserved(text) {
        let message = format!("`{text}` is a function or constant of the language and cannot name {what}");
        return reader.problem(Diagnostic::new(span.clone(), message).help("choose another name"));
    }
    Some(())
}
