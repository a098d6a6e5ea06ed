//! What makes parts a network: sizes within the limits, names, slots, shapes and finite numbers.
//!
//! Tables come from others. A few bytes of one can say *sixteen million units, all with this bias*; so sizes are checked first,
//! and a unit that the table spends no number on is counted apart.

use super::{Input, Layer, Parts, Values};
use crate::names::{is_identifier, is_reserved};
use crate::text::excerpt;

/// Most inputs of a spec, and of a network.
pub const MAX_INPUTS: usize = 16;
/// Most layers. Heuristic: a composed network has some for each of 2000 steps.
const MAX_LAYERS: usize = 1 << 14;
/// Most units in all. Heuristic: a million bumps as pairs take half of them, and as rows they fill some hundred megabytes.
pub const MAX_UNITS: usize = 1 << 22;
/// Most weights, and columns of weights, in all. Heuristic: as rows they fill some hundred megabytes.
pub const MAX_WEIGHTS: usize = 1 << 24;
/// Most units without a weight and without a bias of their own. Heuristic: constructions make constants, but few.
const MAX_BARE: usize = 1 << 12;
/// Characters of a wrong word that are shown.
const SHOWN: usize = 60;

impl Parts {
    /// Checks sizes, slots, shapes and numbers.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), String> {
        if self.inputs.is_empty() || self.layers.is_empty() {
            return Err("a network has at least one input and one layer".into());
        }
        self.check_size()?;
        if let Some(input) = self.inputs.iter().find(|i| !(i.lo.is_finite() && i.hi.is_finite() && i.lo < i.hi)) {
            return Err(format!("the ends of `{}` are not finite and increasing", input.name));
        }
        if let Some(input) = self.inputs.iter().find(|i| !(i.hi - i.lo).is_finite()) {
            return Err(format!("the domain of `{}` is wider than the largest binary64", input.name));
        }
        check_names(&self.inputs)?;
        let mut slots = self.inputs.len();
        for (k, layer) in self.layers.iter().enumerate() {
            check_layer(layer, slots).map_err(|problem| format!("layer {k}: {problem}"))?;
            slots = slots.saturating_add(layer.rows);
        }
        let numbers = |layer: &Layer| {
            layer.weights.value.as_slice().iter().chain(layer.bias.as_slice()).all(|v| self.precision.round(*v) == *v)
        };
        if !self.layers.iter().all(numbers) {
            return Err(format!("a weight or bias is no number of {}", self.precision.name()));
        }
        match self.layers.last() {
            Some(last) if last.rows == 1 => Ok(()),
            _ => Err("the output layer has one row".into()),
        }
    }

    /// Holds the sums over all layers against the limits: before anything is made that is as large as they are.
    fn check_size(&self) -> Result<(), String> {
        let total =
            |of: fn(&Layer) -> usize| self.layers.iter().fold(0usize, |sum, layer| sum.saturating_add(of(layer)));
        let counts = [
            ("inputs", self.inputs.len(), MAX_INPUTS),
            ("layers", self.layers.len(), MAX_LAYERS),
            ("units", total(|layer| layer.rows), MAX_UNITS),
            ("weights", total(|layer| layer.weights.len()), MAX_WEIGHTS),
            ("columns", total(|layer| layer.inputs.len()), MAX_WEIGHTS),
            ("units without a weight", total(bare), MAX_BARE),
        ];
        match counts.into_iter().find(|(_, count, most)| count > most) {
            Some((what, count, most)) => Err(format!("{count} {what}, but a network has at most {most}")),
            None => Ok(()),
        }
    }
}

/// How many units of a layer have neither a weight nor a bias of their own in the table, at the least.
fn bare(layer: &Layer) -> usize {
    layer.rows.saturating_sub(layer.weights.len().max(layer.bias.stored()))
}

/// Inputs have the names that a spec can give them, each another one.
fn check_names(inputs: &[Input]) -> Result<(), String> {
    for (k, Input { name, .. }) in inputs.iter().enumerate() {
        if !is_identifier(name) {
            let name = excerpt(name, SHOWN);
            return Err(format!("{name:?} is no name of an input: a letter or `_`, then letters, digits and `_`"));
        }
        if is_reserved(name) {
            return Err(format!("an input cannot be named `{name}`, which the expression language has a meaning for"));
        }
        if inputs[..k].iter().any(|other| other.name == *name) {
            return Err(format!("two inputs are named `{name}`"));
        }
    }
    Ok(())
}

fn check_layer(layer: &Layer, slots: usize) -> Result<(), String> {
    let Layer { inputs, rows, weights, bias, .. } = layer;
    if let Some(slot) = inputs.iter().find(|slot| **slot as usize >= slots) {
        return Err(format!("reads slot {slot}, but only {slots} are filled"));
    }
    let lengths = [weights.row.len(), weights.col.len()];
    let same = |values: &Values, length: usize| matches!(values, Values::Same(_)) || values.stored() == length;
    if lengths[0] != lengths[1] || !same(&weights.value, lengths[0]) {
        return Err("`row`, `col` and `value` differ in length".into());
    }
    if !same(bias, *rows) {
        return Err(format!("{} biases for {rows} rows", bias.stored()));
    }
    if weights.row.iter().any(|row| *row as usize >= *rows) || weights.col.iter().any(|c| *c as usize >= inputs.len()) {
        return Err("a weight stands outside the matrix".into());
    }
    if !weights.row.is_sorted() {
        return Err("`row` is not in order".into());
    }
    if weights.value.as_slice().iter().chain(bias.as_slice()).any(|v| !v.is_finite()) {
        return Err("a weight or bias is not finite".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;
    use crate::network::example::parts;
    use crate::network::{Network, Weights};

    #[test]
    fn shapes_are_checked() {
        let breakages: [fn(&mut Parts); 7] = [
            |n| n.layers[1].inputs[0] = 3,
            |n| n.layers[0].bias = Values::Each(vec![1.0]),
            |n| n.layers[0].weights.row = vec![1, 0],
            |n| n.layers[0].weights.col[0] = 1,
            |n| n.layers[0].weights.value = Values::Same(f64::INFINITY),
            |n| n.layers[1].rows = 2,
            |n| n.inputs[0].hi = 0.0,
        ];
        for breakage in breakages {
            let mut parts = parts();
            breakage(&mut parts);
            assert!(Network::from_json(&parts.to_json()).is_err() && Network::new(parts).is_err());
        }
    }

    /// A layer of so many units that stand in a few bytes.
    fn constants(rows: usize) -> Layer {
        let weights = Weights { row: vec![], col: vec![], value: Values::Same(1.0) };
        Layer { activation: Activation::Logistic, inputs: vec![], rows, weights, bias: Values::Same(0.0) }
    }

    #[test]
    fn sizes_are_limited_over_all_layers() {
        let refused = |words: &str, change: &dyn Fn(&mut Parts)| {
            let mut parts = parts();
            change(&mut parts);
            let text = parts.to_json();
            let refusal = Network::from_json(&text).unwrap_err();
            assert!(refusal.contains(words) && refusal == Network::new(parts).unwrap_err(), "{refusal}");
        };
        refused("units, but", &|n| n.layers.insert(0, constants(usize::MAX)));
        refused("without a weight", &|n| n.layers.insert(0, constants(1 << 20)));
        refused("without a weight", &|n| (0..8).for_each(|_| n.layers.insert(0, constants(MAX_BARE / 8 + 2))));
        refused("17 inputs", &|n| {
            n.inputs = (0..17).map(|k| Input { name: format!("x{k}"), lo: 0.0, hi: 1.0 }).collect();
        });
        refused("layers, but", &|n| (0..MAX_LAYERS).for_each(|_| n.layers.insert(0, constants(1))));
        let half = MAX_WEIGHTS / 2 + 1;
        let weights = Weights { row: vec![0; half], col: vec![0; half], value: Values::Same(1.0) };
        let layer = Layer { inputs: vec![0], weights, ..constants(1) };
        let refusal = Parts { layers: vec![layer.clone(), layer], ..parts() }.check().unwrap_err();
        assert!(refusal.contains("weights, but"), "{refusal}");
    }

    /// As many constants as a construction may make are a network.
    #[test]
    fn some_units_may_be_constants() {
        let mut parts = parts();
        parts.layers.insert(0, constants(1000));
        parts.layers[2].inputs = vec![1001, 1002];
        Network::new(parts).expect("a network");
    }
}
