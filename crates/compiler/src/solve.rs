//! Output weights for given steps by linear least squares: plain, damped where they would be too large, of a smaller rank, or
//! of equal ripple.

use std::cell::Cell;

use bumpnet_ir::Precision;
use bumpnet_prove::watch::stopped;

use crate::fit::{Fitted, Goal, Samples, Steps, add, power_of_two};
use crate::least_squares::{Factors, dot};

/// Columns whose independent part is this small are rounding noise: 45 u for columns of numbers up to 1. Heuristic, as in
/// `numpy.linalg.lstsq`.
const CUT_OFF: f64 = 1e-14;

/// The steps' values at the samples, for several solutions.
#[derive(Debug)]
pub struct Fit<'a> {
    goal: &'a Goal<'a>,
    samples: Samples,
    columns: Vec<Vec<f64>>,
    /// The activation's limits.
    limits: (f64, f64),
    /// What the rows are multiplied by: the slope of the output neuron, and the root of the weights.
    root: Vec<f64>,
    /// What the columns are multiplied by: with a weight, which may vary by many powers of ten, the power of two that makes each
    /// about 1 in size.
    sizes: Vec<f64>,
    factors: Factors,
    /// Operations of all factorisations so far.
    operations: Cell<u64>,
}

impl<'a> Fit<'a> {
    /// Factors the least-squares problem.
    pub fn new(goal: &'a Goal<'a>, steps: &Steps, samples: Samples) -> Fit<'a> {
        let mut columns = steps.columns(&samples.x);
        columns.push(vec![1.0; samples.x.len()]);
        let root = samples.slope.clone();
        let size =
            |column: &Vec<f64>| column.iter().zip(&root).fold(0.0, |most: f64, (v, root)| most.max((v * root).abs()));
        let sizes: Vec<f64> = match goal.is_weighted() {
            true => columns.iter().map(|column| 1.0 / power_of_two(size(column))).collect(),
            false => vec![1.0; columns.len()],
        };
        let factors = factor(&columns, &samples, &root, &sizes);
        let operations = Cell::new(factors.operations());
        Fit { goal, samples, columns, limits: steps.activation.limits(), root, sizes, factors, operations }
    }

    /// The operations that all solutions took so far.
    pub fn operations(&self) -> u64 {
        self.operations.get()
    }

    fn count(&self, factors: Factors) -> Factors {
        self.operations.set(self.operations.get() + factors.operations());
        factors
    }

    /// The least-squares solution, however large its weights.
    pub fn plain(&self) -> Fitted {
        self.solution(&self.factors, self.factors.rank())
    }

    /// That, its numbers not rounded to the goal's precision.
    pub fn unrounded(&self) -> Fitted {
        self.in_precision(&self.factors, self.factors.rank(), Precision::F64)
    }

    /// The best solution whose weights keep to the bound: the plain one, or else one with large weights damped.
    pub fn solve(&self) -> Fitted {
        let plain = self.plain();
        if self.within(&plain) {
            return plain;
        }
        // The least damping that does, by bisection: the weights fall as it grows.
        let mut best = None;
        let (mut low, mut high) = (0, DAMPINGS.len());
        while low < high && !(best.is_some() && stopped()) {
            let middle = (low + high) / 2;
            let factors = self.damped(DAMPINGS[middle]);
            let tried = self.solution(&factors, factors.rank());
            if self.within(&tried) {
                (best, high) = (Some(tried), middle);
            } else {
                low = middle + 1;
            }
        }
        best.unwrap_or_else(|| self.solution(&self.factors, 0))
    }

    /// The problem with `damping^2 sum alpha^2` added to the squares (Tikhonov 1963), on the columns that the plain
    /// solution uses; the others stay out.
    fn damped(&self, damping: f64) -> Factors {
        let units = self.columns.len() - 1;
        let chosen = self.factors.chosen();
        let rows = self.samples.x.len() + units;
        let mut columns = vec![Vec::new(); self.columns.len()];
        for &k in chosen {
            let size = self.sizes[k];
            let mut column: Vec<f64> =
                self.columns[k].iter().zip(&self.root).map(|(v, root)| v * root * size).collect();
            column.resize(rows, 0.0);
            if k < units {
                column[self.samples.x.len() + k] = damping;
            }
            columns[k] = column;
        }
        columns.iter_mut().filter(|column| column.is_empty()).for_each(|column| column.resize(rows, 0.0));
        let mut rhs: Vec<f64> = self.samples.f.iter().zip(&self.root).map(|(f, root)| f * root).collect();
        rhs.resize(rows, 0.0);
        self.count(Factors::new(columns, rhs, CUT_OFF))
    }

    /// The solution of the smallest rank found, by bisection, whose error at the samples is at most `eps`; `None` if not
    /// even [`solve`](Self::solve)'s is.
    pub fn smallest(&self, eps: f64) -> Option<Fitted> {
        let mut best = Some(self.solve()).filter(|full| full.error <= eps)?;
        let (mut bad, mut good) = (0, self.factors.rank());
        while bad + 1 < good {
            let middle = bad + (good - bad) / 2;
            let tried = self.solution(&self.factors, middle);
            if tried.error <= eps && self.within(&tried) {
                (good, best) = (middle, tried);
            } else {
                bad = middle;
            }
        }
        Some(best)
    }

    /// Whether the weights keep to the bound, and where errors are weighted what they are there to theirs.
    pub fn within(&self, fitted: &Fitted) -> bool {
        let within = |(alpha, size): (&f64, &f64)| {
            alpha.abs() <= self.goal.max_weight && (alpha / size).abs() <= self.goal.max_weighted
        };
        fitted.alpha.iter().zip(&self.sizes).all(within)
    }

    fn solution(&self, factors: &Factors, rank: usize) -> Fitted {
        self.in_precision(factors, rank, self.goal.precision)
    }

    fn in_precision(&self, factors: &Factors, rank: usize, precision: Precision) -> Fitted {
        let scale = self.goal.scale;
        let mut solution = self.unscaled(factors.solution(rank, |v| precision.round(v * scale) / scale));
        let (deviations, active) = self.parts(&solution);
        let off = deviations.iter().zip(&active).map(|(off, active)| off + active * self.goal.rounding);
        let error = off.fold(0.0, f64::max) * scale;
        let c0 = solution.pop().unwrap_or(0.0) * scale;
        solution.iter_mut().for_each(|alpha| *alpha *= scale);
        Fitted { alpha: solution, c0, error }
    }

    /// A solution for the columns as they are.
    fn unscaled(&self, mut solution: Vec<f64>) -> Vec<f64> {
        solution.iter_mut().zip(&self.sizes).for_each(|(v, size)| *v *= size);
        solution
    }

    /// The magnitudes of the deviations at the samples, through the output neuron's slope, in units of the scale.
    fn deviations(&self, solution: &[f64]) -> Vec<f64> {
        self.parts(solution).0
    }

    /// These, and the sum of what the active units are there, each by its magnitude.
    fn parts(&self, solution: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut sum: Vec<f64> = self.samples.f.iter().map(|f| -f).collect();
        let mut size = vec![0.0; sum.len()];
        for (column, factor) in self.columns.iter().zip(solution).filter(|(_, factor)| **factor != 0.0) {
            add(&mut sum, &mut size, *factor, column.iter().copied(), self.limits);
        }
        let through =
            |list: Vec<f64>| list.iter().zip(&self.samples.slope).map(|(v, slope)| (v * slope).abs()).collect();
        (through(sum), through(size))
    }

    /// Towards equal ripple: deviations become weights (Lawson 1961), some times over; the best solution found.
    pub fn level(&mut self, rounds: usize) -> Fitted {
        let mut best = self.solve();
        let mut weights = vec![1.0; self.samples.x.len()];
        for _ in 0..rounds {
            let solution = self.unscaled(self.factors.solution(self.factors.rank(), |v| v));
            let deviations = self.deviations(&solution);
            let mean = dot(&weights, &deviations) / weights.len() as f64;
            if !(mean > 0.0) {
                break;
            }
            weights.iter_mut().zip(&deviations).for_each(|(w, d)| *w = (*w * d / mean).max(LEAST_WEIGHT));
            self.root = self.samples.slope.iter().zip(&weights).map(|(s, w)| s * w.sqrt()).collect();
            self.factors = self.count(factor(&self.columns, &self.samples, &self.root, &self.sizes));
            let next = self.solve();
            if next.error < best.error {
                best = next;
            }
        }
        best
    }
}

fn factor(columns: &[Vec<f64>], samples: &Samples, root: &[f64], sizes: &[f64]) -> Factors {
    let scaled = |column: &[f64], size: f64| -> Vec<f64> {
        column.iter().zip(root).map(|(value, root)| value * root * size).collect()
    };
    let columns = columns.iter().zip(sizes).map(|(column, size)| scaled(column, *size)).collect();
    Factors::new(columns, scaled(&samples.f, 1.0), CUT_OFF)
}

/// Factors of damping that are tried, relative to columns of numbers up to 1. Heuristic: from rounding noise to where
/// hardly anything but the constant is left.
const DAMPINGS: [f64; 8] = [1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-6, 1e-4, 1e-1];

/// Keeps every sample in the problem. Heuristic.
const LEAST_WEIGHT: f64 = 1e-6;
