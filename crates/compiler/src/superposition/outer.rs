//! The outer layers: for each shift a function of `xi_q` with one step between every two of its values, and the read-out.

use bumpnet_interval::Sum;
use bumpnet_ir::{Activation, Expr, Layer, Readout, Values, Weights};

use super::inner::Inner;
use super::median::Comparators;
use super::{MOST_STEPS, Shape};
use crate::CompileError;

/// The cubes of one shift in the order of `xi_q`.
struct Cubes {
    /// `xi_q` on each, increasing.
    xi: Vec<f64>,
    /// The centres, one after another.
    centres: Vec<f64>,
}

/// All cubes of a shift.
fn cubes(inner: &Inner, q: usize) -> Result<Cubes, CompileError> {
    let axes = &inner.cells[q];
    let count = axes.iter().try_fold(1usize, |count, axis| count.checked_mul(axis.digits.len()));
    let count = count.filter(|count| *count <= MOST_STEPS).ok_or(CompileError::TooManyTowers { most: MOST_STEPS })?;
    let cube = |mut index: usize| {
        let cell = axes.iter().map(|axis| {
            let k = index % axis.digits.len();
            index /= axis.digits.len();
            k
        });
        cell.collect::<Vec<usize>>()
    };
    let mut list: Vec<(f64, usize)> = (0..count)
        .map(|index| (inner.xi(cube(index).into_iter().zip(axes).map(|(k, axis)| axis.digits.start + k)), index))
        .collect();
    list.sort_by(|p, q| p.0.total_cmp(&q.0));
    let centre = |index: usize| cube(index).into_iter().zip(axes).map(|(k, axis)| axis.centres[k]);
    Ok(Cubes {
        centres: list.iter().flat_map(|(_, index)| centre(*index)).collect(),
        xi: list.into_iter().map(|(xi, _)| xi).collect(),
    })
}

/// Appends the outer layers for a target, and the output neuron; and says how large the largest step is.
///
/// # Errors
/// The target is not finite at a cube's centre; or binary64 cannot tell two values of `xi_q` apart.
pub fn append(
    layers: &mut Vec<Layer>,
    inner: &Inner,
    target: &Expr,
    (shape, readout): (&Shape, Readout),
    inputs: usize,
) -> Result<(), CompileError> {
    let xi_slot = (inputs + inner.layers[0].rows) as u32;
    let (mut thresholds, mut jumps, mut bases) = (Vec::new(), Vec::new(), Vec::new());
    let (mut least, mut largest) = (f64::INFINITY, f64::NEG_INFINITY);
    for q in 0..=shape.shifts {
        let cubes = cubes(inner, q)?;
        let mut heights = vec![0.0; cubes.xi.len()];
        target.eval_many(&cubes.centres, &mut heights);
        if let Some(bad) = heights.iter().position(|height| !height.is_finite()) {
            let at = cubes.centres[bad * inputs..][..inputs].to_vec();
            return Err(CompileError::NotFiniteAt { at, value: heights[bad] });
        }
        let mut sum = Sum::default();
        sum.add(heights[0]);
        bases.push(heights[0]);
        for (xi, height) in cubes.xi.windows(2).zip(&heights[1..]) {
            let middle = xi[0] + 0.5 * (xi[1] - xi[0]);
            if !(xi[0] < middle && middle < xi[1]) {
                return Err(CompileError::CellsCollapse { at: cubes.centres[0], resolution: cubes.xi.len() });
            }
            let jump = sum.missing_to(*height);
            sum.add(jump);
            thresholds.push((q as u32, middle));
            jumps.push((q as u32, jump));
        }
        (least, largest) = heights.iter().fold((least, largest), |(lo, hi), v| (lo.min(*v), hi.max(*v)));
    }
    let rows = thresholds.len();
    let steps_slot = xi_slot + shape.shifts as u32 + 1;
    layers.push(Layer {
        activation: Activation::Heaviside,
        inputs: (xi_slot..steps_slot).collect(),
        rows,
        weights: Weights {
            row: (0..rows as u32).collect(),
            col: thresholds.iter().map(|threshold| threshold.0).collect(),
            value: Values::Same(1.0),
        },
        bias: Values::new(thresholds.iter().map(|threshold| -threshold.1).collect()),
    });
    let values_slot = steps_slot + rows as u32;
    layers.push(Layer {
        activation: Activation::Identity,
        inputs: (steps_slot..values_slot).collect(),
        rows: bases.len(),
        weights: Weights {
            row: jumps.iter().map(|jump| jump.0).collect(),
            col: (0..rows as u32).collect(),
            value: Values::new(jumps.iter().map(|jump| jump.1).collect()),
        },
        bias: Values::new(bases),
    });
    let values: Vec<u32> = (values_slot..=values_slot + shape.shifts as u32).collect();
    let (read, weights) = match readout {
        Readout::Mean => (values.clone(), vec![1.0 / values.len() as f64; values.len()]),
        Readout::Median => {
            let slots = values_slot as usize + values.len();
            let range = power_of_two_above(largest - least);
            (vec![Comparators::median(layers, slots, &values, range)], vec![1.0])
        }
    };
    layers.push(Layer {
        activation: Activation::Identity,
        inputs: read,
        rows: 1,
        weights: Weights::row(weights),
        bias: Values::Each(vec![0.0]),
    });
    Ok(())
}

/// A power of two above a difference, with room for the rounding of the numbers.
fn power_of_two_above(difference: f64) -> f64 {
    let exponent = (difference.to_bits() >> 52) as i64 + 2;
    if difference > 1e-290 && difference < 1e290 { f64::from_bits((exponent as u64) << 52) } else { 1.0 }
}
