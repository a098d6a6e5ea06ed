//! Fitting `c0 + sum_j a_j u_j(x)` to a target on a box for given units `u_j`, by linear least squares: what `ridge` and
//! solved towers share.
//!
//! Inputs are normalised to [-1, 1]. Errors here are sampled and only choose between candidates; the certificate judges what
//! is kept.

use bumpnet_interval::{Scalar, Unary};
use bumpnet_ir::{Expr, Input, Precision};
use bumpnet_prove::{corners, lattice};

use crate::chebyshev;
use crate::error::CompileError;
use crate::least_squares::{Factors, dot};
use crate::purse::Purse;

/// Samples per unit; heuristic, the best of those tried for 50 to 800 units.
const DENSITY: f64 = 2.2;
/// Columns whose independent part is this small are rounding noise; as for one input.
const CUT_OFF: f64 = 1e-14;
/// Points between the samples at which a fit is judged; heuristic.
const CHECKS: usize = 4000;
/// Those that are looked at together, so that the units' values fit in a cache.
const BLOCK: usize = 256;
/// Most axes whose product is sampled; that of more has far more points than units. Heuristic.
const MOST_AXES: usize = 4;
/// Damping that is tried where weights are too large; heuristic, from rounding noise to where little is left.
const DAMPINGS: [f64; 6] = [1e-13, 1e-12, 1e-11, 1e-10, 1e-8, 1e-6];

/// Multiplications that all fits of a search may take together. Heuristic: some seconds.
const WORK: u64 = 4_000_000_000;
/// Those that a unit takes at a point, about.
const UNIT: f64 = 16.0;

/// A target on a box, made ready for fits.
pub struct BoxFit<'a> {
    target: &'a Expr,
    pub inputs: &'a [Input],
    pub precision: Precision,
    /// Largest magnitude of a weight.
    pub max_weight: f64,
    checks: Vec<f64>,
    values: Vec<f64>,
    purse: Purse,
}

/// Output weights.
pub struct Solution {
    /// One per unit; zero for one that is not needed.
    pub weights: Vec<f64>,
    pub c0: f64,
    /// Largest deviation at the checks. Not a bound.
    pub error: f64,
}

impl<'a> BoxFit<'a> {
    /// The target at the points where fits are judged. `max_weight` of `None` stands for the default.
    ///
    /// # Errors
    /// The target has no finite value somewhere.
    pub fn new(
        target: &'a Expr,
        inputs: &'a [Input],
        precision: Precision,
        max_weight: Option<f64>,
    ) -> Result<BoxFit<'a>, CompileError> {
        let per_axis = root(CHECKS as f64, inputs.len()).ceil() as usize;
        let axis: Vec<f64> = (0..=per_axis).map(|k| 2.0 * k as f64 / per_axis as f64 - 1.0).collect();
        let checks = spread(inputs, axis, CHECKS);
        let mut fit = BoxFit {
            target,
            inputs,
            precision,
            max_weight: f64::INFINITY,
            checks,
            values: Vec::new(),
            purse: Purse::new(WORK),
        };
        fit.values = fit.sample(&fit.checks)?;
        fit.max_weight = max_weight.unwrap_or(crate::fit::largest_weight(precision) * fit.magnitude());
        Ok(fit)
    }

    /// The target's largest magnitude at the checks.
    pub fn magnitude(&self) -> f64 {
        self.values.iter().fold(f64::MIN_POSITIVE, |m: f64, v| m.max(v.abs()))
    }

    /// Whether another fit of so many units is within the budget of the search.
    pub fn affords(&self, units: usize) -> bool {
        self.purse.holds(self.cost(units, (DENSITY * units as f64) as usize))
    }

    /// Multiplications of a fit, about.
    fn cost(&self, units: usize, samples: usize) -> u64 {
        let (n, m) = (units as f64, samples as f64);
        (n * n * m + UNIT * n * (m + self.values.len() as f64)) as u64
    }

    /// The target at normalised points, one after another.
    fn sample(&self, points: &[f64]) -> Result<Vec<f64>, CompileError> {
        let n = self.inputs.len();
        let scaled: Vec<f64> = points.iter().enumerate().map(|(k, t)| from_unit(&self.inputs[k % n], *t)).collect();
        let mut values = vec![0.0; points.len() / n];
        self.target.eval_many(&scaled, &mut values);
        match values.iter().position(|value| !value.is_finite()) {
            Some(k) => Err(CompileError::NotFiniteAt { at: scaled[k * n..][..n].to_vec(), value: values[k] }),
            None => Ok(values),
        }
    }

    /// The output weights of about so many units, whose values at normalised points are `columns`, one for each unit. On a
    /// product of Chebyshev points, which are dense at the ends, least squares are nearly the best in the sup norm.
    ///
    /// # Errors
    /// The target has no finite value at a sample.
    pub fn solve(&self, units: usize, columns: impl Fn(&[f64]) -> Vec<Vec<f64>>) -> Result<Solution, CompileError> {
        let per_axis = root(DENSITY * units as f64, self.inputs.len()).ceil() as usize + 1;
        let axis = chebyshev::points(-1.0, 1.0, per_axis - 1);
        let points = spread(self.inputs, axis, (DENSITY * units as f64) as usize + 1);
        let values = self.sample(&points)?;
        let mut matrix = columns(&points);
        let units = matrix.len();
        self.purse.pay(self.cost(units, values.len()));
        matrix.push(vec![1.0; values.len()]);
        let round = |v: f64| self.precision.round(v);
        let within = |solution: &[f64]| solution[..units].iter().all(|a| a.abs() <= self.max_weight);
        let factors = Factors::new(matrix.clone(), values.clone(), CUT_OFF);
        let mut weights = factors.solution(factors.rank(), round);
        for damping in DAMPINGS {
            if within(&weights) {
                break;
            }
            self.purse.pay(self.cost(units, values.len() + units));
            weights = damped(&matrix, &values, damping, round);
        }
        let c0 = weights.pop().unwrap_or(0.0);
        let error = self.error(&weights, c0, columns);
        Ok(Solution { weights, c0, error })
    }

    /// The largest deviation at the checks; in binary32 with the evaluator's rounding, about.
    fn error(&self, weights: &[f64], c0: f64, columns: impl Fn(&[f64]) -> Vec<Vec<f64>>) -> f64 {
        let mut largest = 0.0f64;
        for (points, values) in self.checks.chunks(BLOCK * self.inputs.len()).zip(self.values.chunks(BLOCK)) {
            let mut sum = vec![c0; values.len()];
            for (column, a) in columns(points).iter().zip(weights).filter(|(_, a)| **a != 0.0) {
                sum.iter_mut().zip(column).for_each(|(sum, value)| *sum += a * value);
            }
            if !sum.iter().all(|s| s.is_finite()) {
                return f64::INFINITY;
            }
            largest = sum.iter().zip(values).fold(largest, |m, (s, v)| m.max((s - v).abs()));
        }
        match self.precision {
            Precision::F64 => largest,
            Precision::F32 => {
                let used = weights.iter().filter(|a| **a != 0.0);
                let size = used.clone().fold(c0.abs(), |sum, a| sum + a.abs());
                largest + size * used.count() as f64 * self.precision.unit_roundoff()
            }
        }
    }
}

/// With `damping^2 sum a^2` added to the squares (Tikhonov 1963); the constant is free.
fn damped(columns: &[Vec<f64>], values: &[f64], damping: f64, round: impl Fn(f64) -> f64) -> Vec<f64> {
    let units = columns.len() - 1;
    let taller = |(k, column): (usize, &Vec<f64>)| {
        let mut column = column.clone();
        column.resize(values.len() + units, 0.0);
        if k < units {
            column[values.len() + k] = damping * dot(values, values).sqrt().max(f64::MIN_POSITIVE);
        }
        column
    };
    let mut rhs = values.to_vec();
    rhs.resize(values.len() + units, 0.0);
    let factors = Factors::new(columns.iter().enumerate().map(taller).collect(), rhs, CUT_OFF);
    factors.solution(factors.rank(), round)
}

/// Normalised points: the product of an axis with itself; or of many axes the corners and about so many points that are denser
/// towards the sides, as Chebyshev points are.
fn spread(inputs: &[Input], axis: Vec<f64>, count: usize) -> Vec<f64> {
    let mut points = Vec::new();
    if inputs.len() <= MOST_AXES {
        product(&vec![axis; inputs.len()], |x| points.extend_from_slice(x));
        return points;
    }
    let unit: Vec<Input> = inputs.iter().map(|input| Input { lo: -1.0, hi: 1.0, ..input.clone() }).collect();
    let towards_the_sides = |t: f64| f64::unary(Unary::Sin, &(std::f64::consts::FRAC_PI_2 * t));
    points.extend(lattice(&unit, count).into_iter().map(towards_the_sides));
    points.extend(corners(&unit, count));
    points
}

/// Calls with every point of a product of axes, the last running fastest.
pub fn product(axes: &[Vec<f64>], mut each: impl FnMut(&[f64])) {
    let total: usize = axes.iter().map(Vec::len).product();
    let mut point = vec![0.0; axes.len()];
    for k in 0..total {
        let mut rest = k;
        for (x, axis) in point.iter_mut().zip(axes).rev() {
            *x = axis[rest % axis.len()];
            rest /= axis.len();
        }
        each(&point);
    }
}

/// A normalised coordinate as one of the domain.
pub fn from_unit(input: &Input, t: f64) -> f64 {
    (0.5 * input.lo + 0.5 * input.hi + (0.5 * input.hi - 0.5 * input.lo) * t).clamp(input.lo, input.hi)
}

/// The n-th root of a number from 1 to 1e12, by bisection.
pub fn root(x: f64, n: usize) -> f64 {
    let (mut low, mut high) = (1.0, x.max(1.0));
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let power = (0..n).fold(1.0, |p, _| p * middle);
        if power <= x { low = middle } else { high = middle }
    }
    high
}
