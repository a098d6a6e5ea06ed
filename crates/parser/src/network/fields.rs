//! The values of keys that networks of several methods have.

use bumpnet_ir::{Activation, Diagnostic, Outside};

use crate::decode::{Fields, Reader};
use crate::foreign::Place;
use crate::suggest::echo;
use crate::yaml::YamlNode;

/// Most bumps per axis.
pub const MAX_RESOLUTION: usize = 1_000_000;
/// Most neurons of a fitted network: its construction solves a linear system in them.
pub const MAX_NEURONS: usize = 1024;

const OUTPUTS: [(&str, Activation); 2] = [("identity", Activation::Identity), ("logistic", Activation::Logistic)];

/// The value of a key that may be left out: `None` is a problem, `Some(None)` a key that is not there.
pub fn optional<'t, T>(
    fields: &Fields<'t>,
    key: &str,
    read: impl FnOnce(&'t YamlNode) -> Option<T>,
) -> Option<Option<T>> {
    match fields.get(key) {
        Some(node) => read(node).map(Some),
        None => Some(None),
    }
}

/// A whole number within a range.
pub fn count(
    reader: &mut Reader<'_>,
    node: &YamlNode,
    what: &str,
    range: std::ops::RangeInclusive<usize>,
) -> Option<usize> {
    let value = reader.number(node, what)?;
    if value.fract() == 0.0 && (*range.start() as f64..=*range.end() as f64).contains(&value) {
        return Some(value as usize);
    }
    let (text, first, last) = (echo(node.text().unwrap_or_default()), range.start(), range.end());
    let message = format!("{what} is `{text}`, but must be a whole number from {first} to {last}");
    reader.problem(Diagnostic::new(node.span.clone(), message))
}

/// What a network is outside the domain.
pub fn outside(reader: &mut Reader<'_>, node: &YamlNode) -> Option<Outside> {
    reader.choice(node, "value of `outside`", &Outside::ALL.map(|outside| (outside.name(), outside)))
}

/// The activation of the output neuron.
pub fn output(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Activation> {
    fields.get("output").map_or(Some(Activation::Identity), |node| reader.choice(node, "output", &OUTPUTS))
}

/// The activation, which must be stated.
pub fn activation(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Activation> {
    activation_such_as(reader, fields, Activation::Logistic)
}

/// The activation of a network, where one that suits it is to be suggested if it has none.
pub fn activation_such_as(reader: &mut Reader<'_>, fields: &Fields<'_>, suits: Activation) -> Option<Activation> {
    let choices: Vec<(&str, Activation)> =
        Activation::ALL.into_iter().filter(|a| *a != Activation::Identity).map(|a| (a.name(), a)).collect();
    let node =
        reader.required(fields, "activation", "the network", &format!("write `activation: {}`", suits.name()))?;
    reader.choice_at(Some(Place::Activation), node, "activation", &choices)
}
