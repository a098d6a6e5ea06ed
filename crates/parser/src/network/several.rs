//! Parameters of the constructions for several inputs.

use bumpnet_ir::{
    Activation, Composed, Diagnostic, Gates, LowRank, Readout, Ridge, Steepness, Superposition, TowerForm, Towers,
};

use super::bumps;
use super::fields::{MAX_RESOLUTION, activation, activation_such_as, count, optional};
use super::fitted::{neurons, smooth_activation};
use crate::decode::{Fields, Reader};

/// Largest base and most digits of a superposition; heuristic, `gamma^(n k)` steps soon fill any memory.
const MAX_GAMMA: usize = 100;
const MAX_DIGITS: usize = 12;
/// Most rounds of the classical iteration. Heuristic: each multiplies the steps.
const MAX_ROUNDS: usize = 8;

/// Parameters of `composed`.
pub fn composed(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Composed> {
    let activation = smooth_activation(reader, fields, "composed");
    let choices = Gates::ALL.map(|gates| (gates.name(), gates));
    let gates = fields.get("gates").map_or(Some(Gates::Native), |node| reader.choice(node, "gates", &choices));
    let neurons = neurons(reader, fields);
    Some(Composed { activation: activation?, gates: gates?, neurons: neurons? })
}

/// Parameters of `low-rank`.
pub fn low_rank(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<LowRank> {
    let activation = smooth_activation(reader, fields, "low-rank");
    let neurons = neurons(reader, fields);
    let max_weight = optional(fields, "max_weight", |node| reader.positive(node, "max_weight"));
    Some(LowRank { activation: activation?, neurons: neurons?, max_weight: max_weight? })
}

/// Parameters of `ridge`.
pub fn ridge(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Ridge> {
    let activation = smooth_activation(reader, fields, "ridge");
    let neurons = neurons(reader, fields);
    let max_weight = optional(fields, "max_weight", |node| reader.positive(node, "max_weight"));
    Some(Ridge { activation: activation?, neurons: neurons?, max_weight: max_weight? })
}

/// Parameters of `towers`.
pub fn towers(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Towers> {
    let forms = TowerForm::ALL.map(|form| (form.name(), form));
    let form = fields.get("form").map_or(Some(TowerForm::Steps), |node| reader.choice(node, "form", &forms));
    let activation = match (form, fields.get("activation")) {
        (Some(TowerForm::Solved), None) => Some(Activation::Logistic),
        _ => activation_such_as(reader, fields, Activation::Heaviside),
    };
    let placements = [("uniform", false), ("adaptive", true)];
    let adaptive = fields.get("placement").map_or(Some(false), |node| reader.choice(node, "placement", &placements));
    let steepness = fields.get("steepness").map_or(Some(Steepness::Auto), |node| bumps::steepness(reader, node));
    let resolution = match fields.get("resolution") {
        Some(node) => count(reader, node, "the resolution", 1..=MAX_RESOLUTION).map(Some),
        None if fields.get("max_error").is_some() => Some(None),
        None => reader.missing(
            fields,
            "the network has no `resolution` and no `max_error`".to_owned(),
            "write how many cells per axis, as in `resolution: 16`, or how good, as in `max_error: 1e-2`",
        ),
    };
    let (form, adaptive) = (form?, adaptive?);
    if let (TowerForm::Literal | TowerForm::Solved, true, Some(node)) = (form, adaptive, fields.get("placement")) {
        let message = format!("`form: {}` has equal cells, or places of its own", form.name());
        return reader
            .problem(Diagnostic::new(node.span.clone(), message).help("remove `placement`, or write `form: steps`"));
    }
    if let (TowerForm::Solved, Some(node)) = (form, fields.get("steepness")) {
        let problem = Diagnostic::new(node.span.clone(), "`form: solved` finds its own steepness");
        return reader.problem(problem.help("remove `steepness`, or write `form: steps`"));
    }
    Some(Towers { activation: activation?, form, adaptive, steepness: steepness?, resolution: resolution? })
}

/// Parameters of `superposition`.
pub fn superposition(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Superposition> {
    let activation = match fields.get("activation") {
        Some(_) => activation(reader, fields),
        None => Some(Activation::Heaviside),
    };
    let readouts = Readout::ALL.map(|readout| (readout.name(), readout));
    let readout = fields.get("readout").map_or(Some(Readout::Median), |node| reader.choice(node, "readout", &readouts));
    let gamma = optional(fields, "gamma", |node| count(reader, node, "gamma", 2..=MAX_GAMMA));
    let digits = optional(fields, "digits", |node| count(reader, node, "digits", 1..=MAX_DIGITS));
    let rounds = optional(fields, "rounds", |node| count(reader, node, "rounds", 1..=MAX_ROUNDS));
    if let Some(node) = fields.get("resolution") {
        let problem = Diagnostic::new(node.span.clone(), "`method: superposition` has no `resolution`");
        return reader.problem(problem.help("write `digits`: with more of them the cubes are smaller"));
    }
    if fields.get("digits").is_none() && fields.get("max_error").is_none() {
        let help = "write how many digits, as in `digits: 2`, or how good, as in `max_error: 0.1`";
        return reader.missing(fields, "the network has no `digits` and no `max_error`".to_owned(), help);
    }
    let (readout, digits, rounds) = (readout?, digits?, rounds?);
    if let (Some(rounds), Some(node)) = (rounds, fields.get("rounds")) {
        let problem = |message: String| Diagnostic::new(node.span.clone(), message);
        if readout == Readout::Median {
            let message = "`rounds` add up means, and the read-out is the median".to_owned();
            return reader.problem(problem(message).help("write `readout: mean`, or remove `rounds`"));
        }
        let Some(digits) = digits else {
            let message = "with `rounds` the number of digits is not searched for".to_owned();
            return reader.problem(problem(message).help(format!("write `digits: {}` or more", rounds + 1)));
        };
        if rounds > digits {
            let message = format!("round {rounds} is about cubes of {rounds} digits, but `digits` is {digits}");
            return reader.problem(problem(message).help(format!("write `digits: {rounds}` or more, or fewer rounds")));
        }
    }
    Some(Superposition { activation: activation?, readout, gamma: gamma?, digits, rounds })
}
