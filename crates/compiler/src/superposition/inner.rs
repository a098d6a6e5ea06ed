//! The inner layers: for each shift q and each input p, psi of `x_p + q a` by one step for each number of k digits, and
//! `xi_q = sum_p lambda_p psi(x_p + q a)`. They are the same for all targets on a domain.

use std::ops::Range;

use bumpnet_ir::{Activation, Input, Layer, Values, Weights};

use super::psi;
use super::shape::SprecherParameters;
use crate::error::CompileError;

/// The inner layers and what the outer ones need to know of them.
#[derive(Clone, Debug)]
pub struct Inner {
    /// The steps, and the rows of `xi_q`.
    pub layers: Vec<Layer>,
    /// For each shift, for each input the cells between two steps: which numbers of k digits they are, and their ends.
    pub cells: Vec<Vec<ShiftedCells>>,
    /// psi at all numbers of k digits.
    values: Vec<f64>,
    lambdas: Vec<f64>,
}

/// The cells of an axis, as one shift has them.
#[derive(Clone, Debug)]
pub struct ShiftedCells {
    /// The numbers that lie in the domain, in units of `gamma^-k`.
    pub digits: Range<usize>,
    /// The ends of their cells, cut off at the domain's: one more.
    pub edges: Vec<f64>,
    /// The centres of the cells as they would be beyond the domain, moved to its end if they are beyond it: so that at the
    /// ends, too, the centres of some shifts are on the one side of a point and those of others on the other.
    pub centres: Vec<f64>,
}

impl Inner {
    /// The domain of each input is put on `[0, 1 - m a]`, so that all shifts stay within [0, 1].
    ///
    /// Psi's steps are where it rises by itself: from `d + (gamma - 2)/(gamma - 1) gamma^-k` to `d + gamma^-k` it takes all the
    /// values that belong to no number with k digits more. Each is taken at once in the middle of that gap.
    ///
    /// # Errors
    /// Cells are too narrow for binary64.
    pub fn new(inputs: &[Input], shape: &SprecherParameters) -> Result<Inner, CompileError> {
        let values: Vec<f64> = psi::values(inputs.len(), shape.gamma, shape.digits).iter().map(psi::nearest).collect();
        let lambdas: Vec<f64> = psi::lambdas(inputs.len(), shape.gamma).iter().map(psi::nearest).collect();
        let mut inner = Inner { layers: Vec::new(), cells: Vec::new(), values, lambdas };
        let (n, mut steps, mut jumps, mut bases) = (inputs.len(), Vec::new(), Vec::new(), Vec::new());
        for q in 0..=shape.shifts {
            let mut cells = Vec::new();
            let mut base = 0.0;
            for (p, input) in inputs.iter().enumerate() {
                let axis = shape.cells(input, q)?;
                base += inner.lambdas[p] * inner.values[axis.digits.start];
                for (k, edge) in axis.edges[1..axis.edges.len() - 1].iter().enumerate() {
                    let d = axis.digits.start + k;
                    steps.push((p as u32, *edge));
                    jumps.push((q as u32, inner.lambdas[p] * (inner.values[d + 1] - inner.values[d])));
                }
                cells.push(axis);
            }
            bases.push(base);
            inner.cells.push(cells);
        }
        let rows = steps.len();
        inner.layers.push(Layer {
            activation: Activation::Heaviside,
            inputs: (0..n as u32).collect(),
            rows,
            weights: Weights {
                row: (0..rows as u32).collect(),
                col: steps.iter().map(|step| step.0).collect(),
                value: Values::Same(1.0),
            },
            bias: Values::new(steps.iter().map(|step| -step.1).collect()),
        });
        inner.layers.push(Layer {
            activation: Activation::Identity,
            inputs: (0..rows as u32).map(|step| n as u32 + step).collect(),
            rows: bases.len(),
            weights: Weights {
                row: jumps.iter().map(|jump| jump.0).collect(),
                col: (0..rows as u32).collect(),
                value: Values::new(jumps.iter().map(|jump| jump.1).collect()),
            },
            bias: Values::new(bases),
        });
        Ok(inner)
    }

    /// `xi_q` where the inputs are at these numbers of k digits.
    pub fn xi(&self, digits: impl Iterator<Item = usize>) -> f64 {
        digits.zip(&self.lambdas).map(|(d, lambda)| lambda * self.values[d]).sum()
    }

    /// `xi_q` at a point.
    pub fn xi_at(&self, q: usize, point: &[f64]) -> f64 {
        // A step is on at its edge itself; the first and the last edge are no steps.
        let digit = |(axis, x): (&ShiftedCells, &f64)| {
            axis.digits.start + axis.edges[1..axis.edges.len() - 1].partition_point(|edge| edge <= x)
        };
        self.xi(self.cells[q].iter().zip(point).map(digit))
    }
}

impl SprecherParameters {
    /// The cells of an input as shift q has them.
    pub fn cells(&self, input: &Input, q: usize) -> Result<ShiftedCells, CompileError> {
        let (gamma, count) = (self.gamma as f64, self.gamma.pow(self.digits));
        let a = 1.0 / (gamma * (gamma - 1.0));
        let span = 1.0 - self.shifts as f64 * a;
        // The middle of the gap before d + 1, in units of gamma^-k.
        let gap = 0.5 / (gamma - 1.0);
        let place = |units: f64| {
            let t = units / count as f64 - q as f64 * a;
            input.lo + (input.hi - input.lo) * (t / span)
        };
        let at = |d: usize| place((d + 1) as f64 - gap);
        let inside: Vec<usize> = (0..count - 1).filter(|d| input.lo < at(*d) && at(*d) < input.hi).collect();
        let first = inside.first().map_or_else(|| (0..count - 1).filter(|d| at(*d) <= input.lo).count(), |d| *d);
        let mut edges = vec![input.lo];
        edges.extend(inside.iter().map(|d| at(*d)));
        edges.push(input.hi);
        match edges.windows(2).find(|pair| !(pair[0] < pair[1])) {
            Some(pair) => Err(CompileError::CellsCollapse { at: pair[0], resolution: count }),
            None => {
                let digits = first..first + edges.len() - 1;
                let centre = |d: usize| place(d as f64 + 0.5 - gap).clamp(input.lo, input.hi);
                Ok(ShiftedCells { centres: digits.clone().map(centre).collect(), digits, edges })
            }
        }
    }
}
