//! Parameters of the fitted constructions, `smooth` and `graded`, and of `auto`.

use bumpnet_ir::{Activation, Auto, Diagnostic, Graded, Route, Smooth};

use super::fields::{MAX_NEURONS, activation, count, optional, output};
use crate::decode::{Fields, Reader};
use crate::yaml::YamlNode;

/// Most units beyond each end of the domain.
const MAX_PAD: usize = 64;
/// Most units per cell of a tree.
const MAX_LEAF: usize = 16;
const ROUTES: [(&str, Route); 3] =
    [("auto", Route::Auto), ("closed-form", Route::ClosedForm), ("least-squares", Route::LeastSquares)];

/// Parameters of `smooth`.
pub fn smooth(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Smooth> {
    let activation = smooth_activation(reader, fields, "smooth");
    let neurons = neurons(reader, fields);
    let overlap = searched(reader, fields, "overlap", |reader, node| reader.positive(node, "the overlap"));
    let pad = searched(reader, fields, "pad", |reader, node| count(reader, node, "the pad", 0..=MAX_PAD));
    let route = fields.get("route").map_or(Some(Route::Auto), |node| reader.choice(node, "route", &ROUTES));
    let max_weight = optional(fields, "max_weight", |node| reader.positive(node, "max_weight"));
    let output = output(reader, fields);
    let (activation, neurons, pad, route) = (activation?, neurons?, pad?, route?);
    check_route(reader, fields, route, activation)?;
    if let (Some(n), Some(pad), Some(node)) = (neurons, pad, fields.get("pad"))
        && n <= 2 * pad
    {
        let message = format!("{n} neurons, {pad} of them beyond each end, leave none inside the domain");
        return reader
            .problem(Diagnostic::new(node.span.clone(), message).help("lower the pad, or raise the resolution"));
    }
    Some(Smooth { activation, neurons, overlap: overlap?, pad, route, max_weight: max_weight?, output: output? })
}

/// Parameters of `graded`.
pub fn graded(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Graded> {
    let activation = smooth_activation(reader, fields, "graded");
    let neurons = neurons(reader, fields);
    let overlap = searched(reader, fields, "overlap", |reader, node| reader.positive(node, "the overlap"));
    let what = "the number of neurons in a cell of the tree";
    let leaf = searched(reader, fields, "leaf", |reader, node| count(reader, node, what, 1..=MAX_LEAF));
    let max_weight = optional(fields, "max_weight", |node| reader.positive(node, "max_weight"));
    let output = output(reader, fields);
    Some(Graded {
        activation: activation?,
        neurons: neurons?,
        overlap: overlap?,
        leaf: leaf?,
        max_weight: max_weight?,
        output: output?,
    })
}

/// Parameters of `auto`.
pub fn auto(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Auto> {
    let activation = optional(fields, "activation", |_| activation(reader, fields));
    let neurons = neurons(reader, fields);
    let max_weight = optional(fields, "max_weight", |node| reader.positive(node, "max_weight"));
    let output = output(reader, fields);
    Some(Auto { activation: activation?, neurons: neurons?, max_weight: max_weight?, output: output? })
}

/// The value of a key that is searched for where it is left out.
fn searched<'t, T>(
    reader: &mut Reader<'_>,
    fields: &Fields<'t>,
    key: &str,
    read: impl FnOnce(&mut Reader<'_>, &'t YamlNode) -> Option<T>,
) -> Option<Option<T>> {
    match fields.get(key).filter(|node| node.text() == Some("auto")) {
        Some(node) => {
            let message = format!("`{key}` is a number; where it is left out the best one is searched for");
            reader.problem(Diagnostic::new(node.span.clone(), message).help(format!("remove `{key}`")))
        }
        None => optional(fields, key, |node| read(reader, node)),
    }
}

/// The closed form is known for the logistic function only, and for `tanh`, which is the same.
fn check_route(reader: &mut Reader<'_>, fields: &Fields<'_>, route: Route, activation: Activation) -> Option<()> {
    let known = matches!(activation, Activation::Logistic | Activation::Tanh);
    match fields.get("route").filter(|_| route == Route::ClosedForm && !known) {
        None => Some(()),
        Some(node) => {
            let message = format!("the closed form is for `logistic` and `tanh`, not for `{}`", activation.name());
            let help = "use one of these, or `route: least-squares`";
            reader.problem(Diagnostic::new(node.span.clone(), message).help(help))
        }
    }
}

/// An activation for a fitted construction; `logistic` unless stated.
pub fn smooth_activation(reader: &mut Reader<'_>, fields: &Fields<'_>, method: &str) -> Option<Activation> {
    let Some(node) = fields.get("activation") else { return Some(Activation::Logistic) };
    let activation = activation(reader, fields)?;
    if activation.is_smooth() {
        return Some(activation);
    }
    let smooth: Vec<&str> = Activation::ALL.into_iter().filter(|a| a.is_smooth()).map(Activation::name).collect();
    let message = format!("`{method}` needs a smooth activation; `{}` has kinks or jumps", activation.name());
    reader.problem(Diagnostic::new(node.span.clone(), message).help(format!("use one of {}", smooth.join(", "))))
}

/// The number of neurons: stated, or left to `max_error`.
pub fn neurons(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Option<usize>> {
    match fields.get("resolution") {
        Some(node) => count(reader, node, "the resolution", 1..=MAX_NEURONS).map(Some),
        None if fields.get("max_error").is_some() => Some(None),
        None => reader.missing(
            fields,
            "the network has no `resolution` and no `max_error`".to_owned(),
            "write how many neurons, as in `resolution: 20`, or how good, as in `max_error: 1e-3`",
        ),
    }
}
