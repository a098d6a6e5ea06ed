//! A network under construction: its slots at some points of the domain, so that the units to come can be aimed.

use bumpnet_ir::{Activation, Input, Layer, Precision, Values, Weights};

use crate::random::Random;

/// A row: its bias, and columns with weights, in any order and as often as one likes.
pub type DraftRow = (f64, Vec<(u32, f64)>);

/// Layers so far.
#[derive(Debug)]
pub struct Draft {
    /// The domain.
    pub inputs: Vec<Input>,
    /// The precision of weights.
    pub precision: Precision,
    /// The layers.
    pub layers: Vec<Layer>,
    /// For each sampled point, the slots' values as the evaluator has them, or nearly so.
    pub samples: Vec<Vec<f64>>,
}

impl Draft {
    /// No layer yet: ends, the middle, and some points between.
    pub fn new(inputs: Vec<Input>, precision: Precision, random: &mut Random) -> Draft {
        let mut shares: Vec<Vec<f64>> = [0.0, 1.0, 0.5].map(|share| vec![share; inputs.len()]).to_vec();
        shares.extend((0..6).map(|_| inputs.iter().map(|_| random.unit()).collect()));
        let at = |(share, input): (&f64, &Input)| {
            precision.round(((1.0 - share) * input.lo + share * input.hi).clamp(input.lo, input.hi))
        };
        let samples = shares.iter().map(|share| share.iter().zip(&inputs).map(at).collect()).collect();
        Draft { inputs, precision, layers: Vec::new(), samples }
    }

    /// Slots that are filled.
    pub fn slots(&self) -> u32 {
        self.samples[0].len() as u32
    }

    /// A number as the precision has it, and finite.
    pub fn finite(&self, value: f64) -> f64 {
        let largest = self.precision.extremes().1;
        let value = self.precision.round(value);
        if value.is_nan() { 0.0 } else { value.clamp(-largest, largest) }
    }

    /// The largest distance of a slot's sampled values.
    pub fn spread(&self, slot: u32) -> f64 {
        let values = self.samples.iter().map(|slots| slots[slot as usize]).filter(|v| v.is_finite());
        let (lo, hi) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let spread = 0.5 * hi - 0.5 * lo;
        if spread > 0.0 { (2.0 * spread).min(f64::MAX) } else { hi.abs().clamp(1e-3, 1e3) }
    }

    /// Appends a layer that reads these slots.
    pub fn push(&mut self, activation: Activation, columns: Vec<u32>, rows: Vec<DraftRow>) {
        let (mut row, mut col, mut value) = (Vec::new(), Vec::new(), Vec::new());
        for (k, (_, terms)) in rows.iter().enumerate() {
            for (column, weight) in terms {
                row.push(k as u32);
                col.push(*column);
                value.push(self.finite(*weight));
            }
        }
        let bias = rows.iter().map(|(bias, _)| self.finite(*bias)).collect();
        let weights = Weights { row, col, value: Values::new(value) };
        let layer = Layer { activation, inputs: columns, rows: rows.len(), weights, bias: Values::new(bias) };
        for slots in &mut self.samples {
            let sums = sums(&layer, slots, self.precision);
            slots.extend(sums.iter().map(|z| self.precision.round(activation.apply(z))));
        }
        self.layers.push(layer);
    }
}

/// A layer's sums, as the evaluator of a precision has them.
pub fn sums(layer: &Layer, slots: &[f64], precision: Precision) -> Vec<f64> {
    let round = |value: f64| precision.round(value);
    let mut sums: Vec<f64> = (0..layer.rows).map(|row| layer.bias.get(row)).collect();
    for (row, column, weight) in layer.weights.entries() {
        sums[row] = round(sums[row] + round(weight * slots[layer.inputs[column] as usize]));
    }
    sums
}
