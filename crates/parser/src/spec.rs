//! The top of a spec: version, name, `let`, target, domain; the networks are in [`crate::network`].

use bumpnet_ir::ExprBuilder;
use bumpnet_ir::{Diagnostic, Expr, Input, Precision, Spec};

use crate::bindings::bindings;
use crate::decode::{Fields, MAX_PARTS, Reader, too_many_parts};
use crate::domain::{axes, axis};
use crate::expression::grammar::MAX_NESTING;
use crate::expression::scope::Scope;
use crate::foreign::Place;
use crate::network::{self, Common};
use crate::shared::{name, read_gate};
use crate::suggest::echo;
use crate::yaml::YamlNode;

/// The keys of a spec file.
pub const KEYS: [&str; 10] =
    ["version", "name", "description", "source", "let", "target", "domain", "networks", "outside", "gate"];
/// Longest printed target, `let` substituted, in bytes: the limit of the file itself.
const MAX_TARGET: usize = crate::yaml::MAX_FILE_BYTES;

/// Reads the whole tree; `None`, or a spec that is only good if no problem was noted.
pub fn read(tree: &YamlNode, source: &str, stem: &str) -> (Option<Spec>, Vec<Diagnostic>) {
    let mut reader = Reader { source, scope: Scope::new(Vec::new()), problems: Vec::new() };
    let spec = top(&mut reader, tree, stem);
    (spec, reader.problems)
}

fn top(reader: &mut Reader<'_>, tree: &YamlNode, stem: &str) -> Option<Spec> {
    let fields = reader.fields_at(Some(Place::SpecKey), tree, "a spec", tree.span.start..tree.span.start, &KEYS)?;
    version(reader, &fields);
    let name = spec_name(reader, &fields, stem);
    let [description, source] = ["description", "source"]
        .map(|key| fields.get(key).and_then(|node| reader.text(node, key)).map(|text| text.trim().to_owned()));

    // Inputs are named before `let` is read, and their ends are read after it, because they may use its constants.
    let axes = axes(reader, &fields);
    let inputs = axes.iter().flatten().map(|(key, _)| key.text().unwrap_or_default().to_owned());
    reader.scope.builder = ExprBuilder::new(inputs.collect());
    reader.scope.complete = axes.is_some();
    if let Some(node) = fields.get("let") {
        reader.scope.complete &= bindings(reader, node).is_some();
    }
    let domain = axes.and_then(|axes| {
        let ends: Vec<Option<Input>> = axes.into_iter().map(|(key, value)| axis(reader, key, value)).collect();
        ends.into_iter().collect::<Option<Vec<Input>>>()
    });
    let target_node = reader.required(&fields, "target", "the spec", "write the function, as in `target: sin(x)`");
    let target = target_node.and_then(|node| target(reader, node));
    let gate = fields.get("gate").and_then(|node| read_gate(reader, node, Precision::F64));
    let outside = fields.get("outside").and_then(|node| network::fields::outside(reader, node));
    let common = Common { domain: domain.as_deref(), gate, outside: outside.unwrap_or_default() };
    let networks = network::all(reader, &fields, &common);
    Some(Spec {
        name: name?,
        description,
        source,
        target: target?,
        target_span: target_node?.span.clone(),
        domain: domain?,
        networks: networks?,
    })
}

fn version(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<()> {
    let node = reader.required(fields, "version", "the spec", "write `version: 1` as the first line")?;
    match reader.text(node, "version")? {
        "1" => Some(()),
        other => reader.problem(
            Diagnostic::new(node.span.clone(), format!("version `{}` is not known", echo(other)))
                .help("this bumpnet reads `version: 1`"),
        ),
    }
}

fn spec_name(reader: &mut Reader<'_>, fields: &Fields<'_>, stem: &str) -> Option<String> {
    match fields.get("name") {
        Some(node) => reader.text(node, "the name").and_then(|text| name(reader, text, node.span.clone(), "name")),
        None => name(reader, stem, fields.span.clone(), "file name"),
    }
}

fn target(reader: &mut Reader<'_>, node: &YamlNode) -> Option<Expr> {
    let id = reader.expression(node, "the target")?;
    let expr = reader.scope.builder.finish(id);
    let problem = |message: String| Diagnostic::new(node.span.clone(), message);
    if expr.nodes().len() > MAX_PARTS {
        return reader.problem(too_many_parts(node.span.clone(), "the target", expr.nodes().len()));
    }
    let substituted = if reader.scope.has_bindings() { " with `let` substituted" } else { " as it is printed" };
    if expr.printed_len_bound() > MAX_TARGET && !prints_within(&expr, MAX_TARGET) {
        let message = format!("the target has more than {MAX_TARGET} characters{substituted}");
        return reader.problem(problem(message).help("it doubles with each use of a sub-expression"));
    }
    // Tables hold the target as text, so it must read back; `let` can nest deeper than the language does, and a sign
    // on the right of an operator gets parentheses when it is printed.
    if Scope::new(expr.inputs().to_vec()).parse(&expr.to_string(), &|span| span).is_err() {
        let message = format!("the target is nested deeper than {MAX_NESTING} levels{substituted}");
        return reader.problem(problem(message).help("write it with fewer levels"));
    }
    Some(expr)
}

/// Whether the printed expression keeps to a length; printing stops where it does not.
fn prints_within(expr: &Expr, limit: usize) -> bool {
    struct Limited(usize);
    impl std::fmt::Write for Limited {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0 = self.0.checked_sub(text.len()).ok_or(std::fmt::Error)?;
            Ok(())
        }
    }
    std::fmt::Write::write_fmt(&mut Limited(limit), format_args!("{expr}")).is_ok()
}
