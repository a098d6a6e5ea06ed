//! The towers of chapter 4, as they are taught: for each box a step up and a step down on each axis, and a unit that is on
//! where more than `n - 1/2` of the sum is there. `(2n + 1) N^n` neurons.
//!
//! This form does not converge in the largest error. Where two steps are half on, no box's sum is large enough, and the
//! network is 0 there, at every steepness; and a step down at the upper end of the domain is on at the end itself.
//!
//! All steps of an axis have one weight, that of its equal cells. So the step down of a cell and the step up of the next are
//! the same function, bit by bit, and cut the axis at the same numbers; weights from the widths of single cells, which are
//! rounded, would cut it twice within a few ulps.

use bumpnet_ir::{Activation, Input, Layer, Values, Weights};

use super::cells::Leaf;
use super::steep::Steep;
use crate::draft::Draft;

/// The layers, a tower for each of the boxes, of which there are `per_axis` equal ones on each axis.
pub fn draft(inputs: &[Input], leaves: &[Leaf], per_axis: usize, steep: &Steep) -> Draft {
    let n = inputs.len();
    let steps = 2 * n * leaves.len();
    let weights: Vec<f64> = inputs.iter().map(|input| steep.weight((input.hi - input.lo) / per_axis as f64)).collect();
    let (mut col, mut value, mut bias) = (Vec::new(), Vec::new(), Vec::new());
    for leaf in leaves {
        for (k, (lo, hi)) in leaf.sides.iter().enumerate() {
            let w = weights[k];
            col.extend([k as u32; 2]);
            value.extend([w; 2]);
            bias.extend([-(w * lo), -(w * hi)]);
        }
    }
    let first = Layer {
        activation: steep.activation,
        inputs: (0..n as u32).collect(),
        rows: steps,
        weights: Weights { row: (0..steps as u32).collect(), col, value: Values::new(value) },
        bias: Values::new(bias),
    };
    let up_and_down = (0..steps).map(|k| if k % 2 == 0 { steep.above } else { -steep.above });
    let second = Layer {
        activation: steep.activation,
        inputs: (0..steps as u32).map(|k| n as u32 + k).collect(),
        rows: leaves.len(),
        weights: Weights {
            row: (0..steps).map(|k| (k / (2 * n)) as u32).collect(),
            col: (0..steps as u32).collect(),
            value: Values::new(up_and_down.collect()),
        },
        bias: Values::new(vec![-(steep.above * (n as f64 - 0.5)); leaves.len()]),
    };
    let last = Layer {
        activation: Activation::Identity,
        inputs: (0..leaves.len() as u32).map(|k| (n + steps) as u32 + k).collect(),
        rows: 1,
        weights: Weights::row(leaves.iter().map(|leaf| leaf.height).collect()),
        bias: Values::Each(vec![0.0]),
    };
    let mut draft = Draft::new(vec![first, second, last], leaves.len());
    draft.summary.push(format!("{} towers, each of {} steps and a unit above them", leaves.len(), 2 * n));
    draft
        .summary
        .push("the largest error does not fall with more of them: next to two steps no tower is on".to_owned());
    draft
}
