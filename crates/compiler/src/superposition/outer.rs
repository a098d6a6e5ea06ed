//! The outer layers: for each shift a function of `xi_q` with one step between every two cubes, or such a function for each
//! round of the classical iteration; and the read-out.

use bumpnet_interval::Sum;
use bumpnet_ir::{Activation, Expr, Input, Layer, Readout, Values, Weights};

use super::inner::{Inner, ShiftedCells};
use super::median::Comparators;
use super::shape::{MOST_STEPS, SprecherParameters};
use crate::error::CompileError;

/// A function of `xi_q` for one shift and one round; and where the cubes are that it is made of.
pub struct Outer {
    /// Between every two cubes, in order: from where to where it goes from the height of one to that of the next.
    rises: Vec<(f64, f64)>,
    /// One more.
    heights: Vec<f64>,
    /// The cubes' centres in the order of `xi_q`, one after another.
    centres: Vec<f64>,
}

impl Outer {
    /// The cubes of k digits of a shift, without heights yet.
    ///
    /// Steps rise at once, half way between the values of two cubes. Ramps join them: then psi may have more digits than
    /// cubes, of which the middle's is taken, whose further digits are half of `gamma - 2`.
    fn new(
        inner: &Inner,
        q: usize,
        inputs: &[Input],
        (shape, k, ramps): (&SprecherParameters, u32, bool),
    ) -> Result<Outer, CompileError> {
        let coarse = SprecherParameters { digits: k, ..*shape };
        let axes = inputs.iter().map(|input| coarse.cells(input, q)).collect::<Result<Vec<ShiftedCells>, _>>()?;
        let finer = shape.gamma.pow(shape.digits - k);
        let middle = (shape.gamma - 2) / 2 * ((finer - 1) / (shape.gamma - 1));
        let count = axes.iter().try_fold(1usize, |count, axis| count.checked_mul(axis.digits.len()));
        let count =
            count.filter(|count| *count <= MOST_STEPS).ok_or(CompileError::TooManyTowers { most: MOST_STEPS })?;
        let cube = |mut index: usize| {
            let cell = axes.iter().map(|axis| {
                let k = index % axis.digits.len();
                index /= axis.digits.len();
                k
            });
            cell.collect::<Vec<usize>>()
        };
        let xi = |index: usize| {
            inner.xi(cube(index).into_iter().zip(&axes).map(|(k, axis)| (axis.digits.start + k) * finer + middle))
        };
        let mut list: Vec<(f64, usize)> = (0..count).map(|index| (xi(index), index)).collect();
        list.sort_by(|p, q| p.0.total_cmp(&q.0));
        let centre = |index: usize| cube(index).into_iter().zip(&axes).map(|(k, axis)| axis.centres[k]);
        let centres: Vec<f64> = list.iter().flat_map(|(_, index)| centre(*index)).collect();
        let mut rises = Vec::with_capacity(count);
        for pair in list.windows(2) {
            let (from, to) = (pair[0].0, pair[1].0);
            let half = from + 0.5 * (to - from);
            if !(from < half && half < to) {
                return Err(CompileError::CellsCollapse { at: centres[0], resolution: list.len() });
            }
            rises.push(if ramps { (from, to) } else { (half, half) });
        }
        Ok(Outer { rises, heights: Vec::new(), centres })
    }

    /// Its value where `xi_q` is this.
    fn at(&self, xi: f64) -> f64 {
        let k = self.rises.partition_point(|rise| rise.1 <= xi);
        match self.rises.get(k) {
            Some((from, to)) if *from < xi => {
                self.heights[k] + (self.heights[k + 1] - self.heights[k]) * ((xi - from) / (to - from))
            }
            _ => self.heights[k],
        }
    }
}

/// What the rounds before leave of the target at some points: of it the mean over the shifts of what they have is taken off.
///
/// # Errors
/// The target is not finite at a point.
pub fn residual(target: &Expr, inner: &Inner, rounds: &[Vec<Outer>], points: &[f64]) -> Result<Vec<f64>, CompileError> {
    let inputs = inner.cells[0].len();
    let mut values = vec![0.0; points.len() / inputs];
    target.eval_many(points, &mut values);
    if let Some(bad) = values.iter().position(|value| !value.is_finite()) {
        return Err(CompileError::NotFiniteAt { at: points[bad * inputs..][..inputs].to_vec(), value: values[bad] });
    }
    if !rounds.is_empty() {
        let shifts = inner.cells.len();
        for (point, value) in points.chunks_exact(inputs).zip(&mut values) {
            let xi: Vec<f64> = (0..shifts).map(|q| inner.xi_at(q, point)).collect();
            let sum: f64 = rounds.iter().flat_map(|round| round.iter().zip(&xi)).map(|(outer, xi)| outer.at(*xi)).sum();
            *value -= sum / shifts as f64;
        }
    }
    Ok(values)
}

/// The outer functions, by rounds and shifts.
///
/// Without `rounds` the cubes have as many digits as psi, and a height is the target at a cube's centre. With them the r-th
/// round has cubes of r digits, a height is what the rounds before leave of the target there, and units are ramps.
///
/// # Errors
/// The target is not finite at a cube's centre; or binary64 cannot tell two values of `xi_q` apart.
pub fn fit(
    inner: &Inner,
    target: &Expr,
    (shape, rounds): (&SprecherParameters, Option<usize>),
    inputs: &[Input],
) -> Result<Vec<Vec<Outer>>, CompileError> {
    let digits: Vec<u32> = rounds.map_or(vec![shape.digits], |rounds| (1..=rounds as u32).collect());
    let mut fitted: Vec<Vec<Outer>> = Vec::new();
    for k in digits {
        let mut round = Vec::new();
        for q in 0..=shape.shifts {
            let mut outer = Outer::new(inner, q, inputs, (shape, k, rounds.is_some()))?;
            outer.heights = residual(target, inner, &fitted, &outer.centres)?;
            round.push(outer);
        }
        fitted.push(round);
    }
    Ok(fitted)
}

/// Appends the outer layers for a target, and the output neuron.
///
/// # Errors
/// Those of [`fit`].
pub fn append(
    layers: &mut Vec<Layer>,
    inner: &Inner,
    target: &Expr,
    (shape, readout, rounds): (&SprecherParameters, Readout, Option<usize>),
    inputs: &[Input],
) -> Result<(), CompileError> {
    let ramps = rounds.is_some();
    let rounds = fit(inner, target, (shape, rounds), inputs)?;
    let xi_slot = (inputs.len() + inner.layers[0].rows) as u32;
    let (mut rises, mut jumps) = (Vec::new(), Vec::new());
    let mut bases = vec![0.0; shape.shifts + 1];
    let (mut least, mut largest) = (f64::INFINITY, f64::NEG_INFINITY);
    for (q, outer) in (0..=shape.shifts).flat_map(|q| rounds.iter().map(move |round| (q, &round[q]))) {
        let mut sum = Sum::default();
        sum.add(outer.heights[0]);
        bases[q] += outer.heights[0];
        for (rise, height) in outer.rises.iter().zip(&outer.heights[1..]) {
            let jump = sum.missing_to(*height);
            sum.add(jump);
            rises.push((q as u32, *rise));
            jumps.push((q as u32, jump));
        }
        (least, largest) = outer.heights.iter().fold((least, largest), |(lo, hi), v| (lo.min(*v), hi.max(*v)));
    }
    let rows = rises.len();
    let steps_slot = xi_slot + shape.shifts as u32 + 1;
    let steepness: Vec<f64> = rises.iter().map(|(_, (from, to))| if ramps { 2.0 / (to - from) } else { 1.0 }).collect();
    let bias = rises.iter().zip(&steepness).map(|((_, (from, to)), w)| -(w * (from + 0.5 * (to - from))));
    layers.push(Layer {
        activation: if ramps { Activation::Ramp } else { Activation::Heaviside },
        inputs: (xi_slot..steps_slot).collect(),
        rows,
        bias: Values::new(bias.collect()),
        weights: Weights {
            row: (0..rows as u32).collect(),
            col: rises.iter().map(|rise| rise.0).collect(),
            value: Values::new(steepness),
        },
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
