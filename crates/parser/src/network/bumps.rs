//! Parameters of `bumps`.

use bumpnet_ir::{Bumps, Diagnostic, Heights, Input, Layout, Placement, Span, Steepness};

use super::fields::{MAX_RESOLUTION, activation, count, output};
use crate::decode::{Fields, Reader};
use crate::yaml::{Value, YamlNode};

const LAYOUTS: [(&str, Layout); 2] = [("steps", Layout::Steps), ("pairs", Layout::Pairs)];

/// Parameters of `bumps`.
pub fn bumps(reader: &mut Reader<'_>, fields: &Fields<'_>, domain: Option<&[Input]>) -> Option<Bumps> {
    let activation = activation(reader, fields);
    let steepness = fields.get("steepness").map_or(Some(Steepness::Auto), |node| steepness(reader, node));
    let resolution = fields
        .get("resolution")
        .map(|node| (count(reader, node, "the resolution", 1..=MAX_RESOLUTION), node.span.clone()));
    let placement = fields.get("placement").map_or(Some(Placement::Uniform), |node| placement(reader, node, domain));
    let heights = fields.get("heights").map_or(Some(Heights::Midpoint), |node| heights(reader, node));
    let layout = fields.get("layout").map_or(Some(Layout::Steps), |node| reader.choice(node, "layout", &LAYOUTS));
    let output = output(reader, fields);
    let (placement, heights) = (placement?, heights?);
    check_optimal(reader, fields, &placement)?;
    let resolution = agree(reader, fields, resolution, &placement, &heights)?;
    Some(Bumps {
        activation: activation?,
        steepness: steepness?,
        placement,
        resolution,
        heights,
        layout: layout?,
        output: output?,
    })
}

pub fn steepness(reader: &mut Reader<'_>, node: &YamlNode) -> Option<Steepness> {
    if node.text() == Some("auto") {
        return Some(Steepness::Auto);
    }
    reader.positive(node, "the steepness").map(Steepness::Value)
}

/// `{given: [...]}`, the one mapping that stands for a choice.
fn given(reader: &mut Reader<'_>, node: &YamlNode, what: &str) -> Option<Vec<f64>> {
    let fields = reader.fields(node, what, node.span.clone(), &["given"])?;
    let list = reader.required(&fields, "given", what, "write {given: [1, 2, 3]}")?;
    reader.numbers(list, what)
}

fn placement(reader: &mut Reader<'_>, node: &YamlNode, domain: Option<&[Input]>) -> Option<Placement> {
    if !matches!(node.value, Value::Mapping(_)) {
        let optimal = reader.choice(node, "placement", &[("uniform", false), ("optimal", true)])?;
        return Some(if optimal { Placement::Optimal } else { Placement::Uniform });
    }
    let edges = given(reader, node, "`placement`")?;
    let problem = |message: String| Diagnostic::new(node.span.clone(), message);
    let ([first, .., last], Some([axis])) = (&edges[..], domain) else {
        return match edges.len() {
            0 | 1 => reader.problem(
                problem("a placement has at least two edges".into()).help("write at least the two ends of the domain"),
            ),
            _ => None, // the domain's own problem was noted
        };
    };
    if (*first, *last) != (axis.lo, axis.hi) {
        let message =
            format!("the edges run from {first:?} to {last:?}, the domain from {:?} to {:?}", axis.lo, axis.hi);
        return reader.problem(problem(message).help("begin and end with the ends of the domain"));
    }
    match edges.windows(2).find(|pair| pair[0] >= pair[1]) {
        None => Some(Placement::Given(edges)),
        Some(pair) => reader.problem(
            problem(format!("the edges do not increase: {:?} stands before {:?}", pair[0], pair[1]))
                .help("sort them, each once"),
        ),
    }
}

fn heights(reader: &mut Reader<'_>, node: &YamlNode) -> Option<Heights> {
    if matches!(node.value, Value::Mapping(_)) {
        return given(reader, node, "`heights`").map(Heights::Given);
    }
    let choice = reader.choice(node, "heights", &[("midpoint", true), ("midrange", false)])?;
    Some(if choice { Heights::Midpoint } else { Heights::Midrange })
}

/// With `placement: optimal` the compiler decides about heights and edges, in the target's own space.
fn check_optimal(reader: &mut Reader<'_>, fields: &Fields<'_>, placement: &Placement) -> Option<()> {
    if *placement != Placement::Optimal {
        return Some(());
    }
    let polygon = fields.get("activation").and_then(YamlNode::text) == Some("ramp");
    let decided: &[&str] = if polygon { &["heights", "output", "steepness", "layout"] } else { &["heights", "output"] };
    for key in decided {
        if let Some(node) = fields.get(key) {
            let message = format!("`placement: optimal` decides about `{key}` itself");
            return reader.problem(Diagnostic::new(node.span.clone(), message).help(format!("remove `{key}`")));
        }
    }
    Some(())
}

/// The number of bumps: stated, or counted from given edges or heights; all that state it must agree.
fn agree(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    stated: Option<(Option<usize>, Span)>,
    placement: &Placement,
    heights: &Heights,
) -> Option<Option<usize>> {
    let mut counts: Vec<(usize, Span, &str)> = Vec::new();
    if let Some((count, span)) = stated {
        counts.push((count?, span, "`resolution`"));
    }
    let place = |key: &str| fields.get(key).map_or(fields.span.clone(), |node| node.span.clone());
    if let Placement::Given(edges) = placement {
        counts.push((edges.len() - 1, place("placement"), "`placement`"));
    }
    if let Heights::Given(list) = heights {
        counts.push((list.len(), place("heights"), "`heights`"));
    }
    let Some((count, first, what)) = counts.first().cloned() else {
        if fields.get("max_error").is_some() {
            return Some(None);
        }
        let help = "write how many bumps, as in `resolution: 20`, or how good, as in `max_error: 1e-3`";
        return reader.missing(fields, "the network has no `resolution` and no `max_error`".to_owned(), help);
    };
    if count == 0 {
        return reader.problem(Diagnostic::new(first, format!("{what} speaks of no bump at all")));
    }
    match counts.into_iter().find(|(other, ..)| *other != count) {
        None => Some(Some(count)),
        Some((other, span, second)) => reader.problem(
            Diagnostic::new(span, format!("{second} speaks of {other} bumps, {what} of {count}"))
                .related(first, format!("{count} here"))
                .help("make them agree"),
        ),
    }
}
