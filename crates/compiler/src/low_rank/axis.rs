//! One shared layer of steps for all functions of one input: the fewest steps whose read-outs are good enough together.

use bumpnet_ir::{Activation, Input};

use crate::chebyshev::{interpolate, points};
use crate::fit::Steps;
use crate::least_squares::Factors;
use crate::purse::Purse;
use crate::smooth;

/// Steepness times spacing, and steps beyond each end, that are tried; heuristic, the best of the smooth construction.
const OVERLAPS: [f64; 7] = [0.35, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0];
const PADS: [usize; 5] = [1, 2, 3, 4, 6];
/// Columns whose independent part is this small are rounding noise; as for one function.
const CUT_OFF: f64 = 1e-14;
/// Most steps per input; heuristic.
pub const MOST_STEPS: usize = 96;
/// Points at which functions are fitted, besides those the steps ask for; heuristic.
const POINTS: usize = 120;

/// Multiplications that a step takes at a point, about.
const STEP: usize = 16;

/// What is wanted of an axis: functions by values at nodes, and how much an error in each counts.
pub struct Wanted<'a> {
    pub input: &'a Input,
    pub nodes: &'a [f64],
    pub functions: Vec<&'a [f64]>,
    pub factors: Vec<f64>,
    pub activation: Activation,
    pub max_weight: f64,
    /// What the search may take.
    pub purse: &'a Purse,
}

/// The layer of an axis.
pub struct AxisLayer {
    /// Its steps.
    pub steps: Steps,
    /// For each function the constant and the output weights.
    pub readouts: Vec<(f64, Vec<f64>)>,
    /// For each function its least and largest value.
    pub ranges: Vec<(f64, f64)>,
    /// What the errors of all functions add up to, each times its factor, where that is largest. Sampled.
    pub error: f64,
}

impl Wanted<'_> {
    /// The fewest steps for an error; `None` if no number does, or none that was found within the budget.
    pub fn fewest(&self, eps: f64) -> Option<AxisLayer> {
        let mut step = 4;
        let mut n = 2;
        let mut bad = 1;
        let mut found = loop {
            if let Some(axis) = self.best(n).filter(|axis| axis.error <= eps) {
                break axis;
            }
            bad = n;
            if n >= MOST_STEPS || self.purse.is_empty() {
                return None;
            }
            n = (n + step).min(MOST_STEPS);
            step += step / 4;
        };
        while bad + 1 < found.steps.len() && !self.purse.is_empty() {
            let middle = bad + (found.steps.len() - bad) / 2;
            match self.best(middle).filter(|axis| axis.error <= eps) {
                Some(axis) => found = axis,
                None => bad = middle,
            }
        }
        Some(found)
    }

    /// The best overlap and pad for a number of steps.
    fn best(&self, n: usize) -> Option<AxisLayer> {
        let x = points(self.input.lo, self.input.hi, POINTS.max(4 * n));
        let values: Vec<Vec<f64>> =
            self.functions.iter().map(|f| x.iter().map(|x| interpolate(self.nodes, f, *x)).collect()).collect();
        self.purse.pay((values.len() * x.len() * self.nodes.len()) as u64);
        let mut best: Option<AxisLayer> = None;
        for overlap in OVERLAPS {
            for pad in PADS.into_iter().filter(|pad| 2 * pad < n) {
                let axis = self.fit(n, (overlap, pad), &x, &values);
                let small = axis.readouts.iter().all(|(_, a)| a.iter().all(|a| a.abs() <= self.max_weight));
                if small && best.as_ref().is_none_or(|best| axis.error < best.error) {
                    best = Some(axis);
                }
            }
        }
        best
    }

    fn fit(&self, n: usize, (overlap, pad): (f64, usize), x: &[f64], values: &[Vec<f64>]) -> AxisLayer {
        let steps = smooth::steps(self.input, self.activation, (n, overlap, pad), bumpnet_ir::Precision::F64);
        let mut columns = steps.columns(x);
        columns.push(vec![1.0; x.len()]);
        self.purse.pay(((n + STEP + 3 * values.len()) * n * x.len()) as u64);
        let factors = Factors::new(columns.clone(), vec![0.0; x.len()], CUT_OFF);
        let mut off = vec![0.0f64; x.len()];
        let (mut readouts, mut ranges) = (Vec::new(), Vec::new());
        for (f, factor) in values.iter().zip(&self.factors) {
            let mut solution = factors.solve(f.clone());
            let mut sum: Vec<f64> = f.iter().map(|f| -f).collect();
            for (column, a) in columns.iter().zip(&solution) {
                sum.iter_mut().zip(column).for_each(|(sum, v)| *sum += a * v);
            }
            off.iter_mut().zip(&sum).for_each(|(off, sum)| *off += sum.abs() * factor);
            ranges.push(f.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v))));
            readouts.push((solution.pop().unwrap_or(0.0), solution));
        }
        let error = off.iter().fold(0.0, |m: f64, v| if v.is_nan() { f64::INFINITY } else { m.max(*v) });
        AxisLayer { steps, readouts, ranges, error }
    }
}
