//! One hidden layer fitted to a target on a box by linear least squares, for given directions and offsets of its steps.
//!
//! With inputs normalised to [-1, 1] the units are `s(S (theta . x - c)/|theta|_1)`: directions `theta` spread evenly, and
//! offsets `c` on `+-rho |theta|_1`. Steepness, reach and the number of directions are searched for by sampled errors; the
//! certificate judges what is found.

use bumpnet_ir::{Activation, Expr, Input, Layer, Network, Precision, Values, Weights};

use crate::least_squares::{Factors, dot};
use crate::smooth::logistic_units;
use crate::{CompileError, chebyshev};

/// Samples per unit; heuristic, the best of those tried for 50 to 800 units.
const DENSITY: f64 = 2.2;
/// Columns whose independent part is this small are rounding noise; as for one input.
const CUT_OFF: f64 = 1e-14;
/// Steepnesses, in units of the logistic function; reaches; directions to offsets. Heuristic ladders.
const STEEPNESS: [f64; 9] = [0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0];
const REACH: [f64; 4] = [0.85, 1.0, 1.2, 1.4];
const RATIO: [f64; 4] = [0.35, 0.5, 1.0, 1.6];
/// Points between the samples at which a fit is judged; heuristic.
const CHECKS: usize = 4000;
/// Damping that is tried where weights are too large; heuristic, from rounding noise to where little is left.
const DAMPINGS: [f64; 6] = [1e-13, 1e-12, 1e-11, 1e-10, 1e-8, 1e-6];

/// A unit: its weights and bias, for the inputs as they are, and its output weight.
pub type Unit = (Vec<f64>, f64, f64);

/// Places in the ladders.
pub type Shape = [usize; 3];

/// Where searches begin; heuristic, the best of most targets tried with 100 units.
pub const START: Shape = [4, 1, 2];

/// A target made ready for fits.
pub struct Problem<'a> {
    pub target: &'a Expr,
    pub inputs: &'a [Input],
    pub activation: Activation,
    pub precision: Precision,
    pub max_weight: f64,
    /// Directions of the expression's own, in normalised inputs.
    pub own: Vec<Vec<f64>>,
    checks: Vec<f64>,
    values: Vec<f64>,
}

/// A fitted layer.
#[derive(Clone)]
pub struct Fitted {
    pub units: Vec<Unit>,
    pub c0: f64,
    /// Largest deviation at the checks. Not a bound.
    pub error: f64,
}

impl<'a> Problem<'a> {
    /// The target at the points where fits are judged; `own` directions are those of the inputs as they are.
    ///
    /// # Errors
    /// The target has no finite value somewhere.
    pub fn new(
        target: &'a Expr,
        inputs: &'a [Input],
        (activation, precision): (Activation, Precision),
        max_weight: Option<f64>,
        own: Vec<Vec<f64>>,
    ) -> Result<Problem<'a>, CompileError> {
        let own = own.iter().map(|w| w.iter().zip(inputs).map(|(w, i)| w * (i.hi - i.lo)).collect()).collect();
        let n = inputs.len() as f64;
        let per_axis = root(CHECKS as f64, inputs.len()).ceil() as usize;
        let mut checks = Vec::new();
        let axis: Vec<f64> = (0..=per_axis).map(|k| 2.0 * k as f64 / per_axis as f64 - 1.0).collect();
        product(&vec![axis; n as usize], |x| checks.extend_from_slice(x));
        let mut problem = Problem {
            target,
            inputs,
            activation,
            precision,
            max_weight: f64::INFINITY,
            own,
            checks,
            values: Vec::new(),
        };
        problem.values = problem.sample(&problem.checks)?;
        let magnitude = problem.values.iter().fold(f64::MIN_POSITIVE, |m: f64, v| m.max(v.abs()));
        problem.max_weight = max_weight.unwrap_or(crate::fit::largest_weight(precision) * magnitude);
        Ok(problem)
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

    /// The best fit with about this many units, by descent from a shape; and its shape.
    ///
    /// # Errors
    /// The target has no finite value at a sample.
    pub fn best(&self, units: usize, start: Shape, enough: f64) -> Result<(Fitted, Shape), CompileError> {
        let mut shape = start;
        let mut best = self.fit(units, shape)?;
        let mut tried = vec![shape];
        let ladders = [STEEPNESS.len(), REACH.len(), RATIO.len()];
        let mut moved = true;
        while moved && best.error > enough {
            moved = false;
            for (axis, step) in [(0, 1), (0, -1), (1, 1), (1, -1), (2, 1), (2, -1)] {
                let Some(place) = shape[axis].checked_add_signed(step).filter(|p| *p < ladders[axis]) else { continue };
                let mut next = shape;
                next[axis] = place;
                if tried.contains(&next) {
                    continue;
                }
                tried.push(next);
                let fitted = self.fit(units, next)?;
                if fitted.error < best.error {
                    (best, shape, moved) = (fitted, next, true);
                }
            }
        }
        Ok((best, shape))
    }

    /// The least-squares fit of a shape.
    ///
    /// # Errors
    /// The target has no finite value at a sample.
    pub fn fit(&self, units: usize, shape: Shape) -> Result<Fitted, CompileError> {
        let steps = self.steps(units, shape);
        let per_axis = root(DENSITY * units as f64, self.inputs.len()).ceil() as usize + 1;
        let axis = chebyshev::points(-1.0, 1.0, per_axis - 1);
        let mut points = Vec::new();
        product(&vec![axis; self.inputs.len()], |x| points.extend_from_slice(x));
        let values = self.sample(&points)?;
        let mut columns: Vec<Vec<f64>> = steps.iter().map(|step| self.column(step, &points)).collect();
        columns.push(vec![1.0; values.len()]);
        let round = |v: f64| self.precision.round(v);
        let within = |solution: &[f64]| solution[..steps.len()].iter().all(|a| a.abs() <= self.max_weight);
        let factors = Factors::new(columns.clone(), values.clone(), CUT_OFF);
        let mut solution = factors.solution(factors.rank(), round);
        for damping in DAMPINGS {
            if within(&solution) {
                break;
            }
            solution = damped(&columns, &values, damping, round);
        }
        let c0 = solution.pop().unwrap_or(0.0);
        let mut fitted = Fitted { units: Vec::new(), c0, error: f64::INFINITY };
        for ((w, b), a) in steps.into_iter().zip(solution).filter(|(_, a)| *a != 0.0) {
            fitted.units.push((w, b, a));
        }
        fitted.error = self.error(&fitted);
        Ok(fitted)
    }

    /// The largest deviation at the checks; in binary32 with the evaluator's rounding, about.
    fn error(&self, fitted: &Fitted) -> f64 {
        let mut sum = vec![fitted.c0; self.values.len()];
        let mut weights = fitted.c0.abs();
        for (w, b, a) in &fitted.units {
            let column = self.column(&(w.clone(), *b), &self.checks);
            sum.iter_mut().zip(&column).for_each(|(sum, value)| *sum += a * value);
            weights += a.abs();
        }
        let largest = sum.iter().zip(&self.values).fold(0.0f64, |m, (s, v)| m.max((s - v).abs()));
        let largest = if sum.iter().all(|s| s.is_finite()) { largest } else { f64::INFINITY };
        match self.precision {
            Precision::F64 => largest,
            Precision::F32 => largest + weights * fitted.units.len() as f64 * self.precision.unit_roundoff(),
        }
    }

    /// A unit's values at normalised points.
    fn column(&self, (w, b): &(Vec<f64>, f64), points: &[f64]) -> Vec<f64> {
        // The weights are those for the inputs as they are, rounded as they are stored.
        let slopes: Vec<f64> = w.iter().zip(self.inputs).map(|(w, i)| w * (0.5 * i.hi - 0.5 * i.lo)).collect();
        let base = b + w.iter().zip(self.inputs).map(|(w, i)| w * (0.5 * i.hi + 0.5 * i.lo)).sum::<f64>();
        let value = |x: &[f64]| self.activation.value(base + slopes.iter().zip(x).map(|(s, x)| s * x).sum::<f64>());
        points.chunks_exact(w.len()).map(value).collect()
    }

    /// Weights and bias of each unit, for the inputs as they are.
    fn steps(&self, units: usize, [steepness, reach, ratio]: Shape) -> Vec<(Vec<f64>, f64)> {
        let n = self.inputs.len();
        // In n dimensions the directions have n - 1 and the offsets one.
        let offsets = match n {
            1 => units,
            _ => (root(units as f64 / RATIO[ratio], n).round() as usize).max(2),
        };
        let spread = (units / offsets).saturating_sub(self.own.len()).max(1);
        let mut directions = spread_directions(n, spread);
        directions.extend(self.own.iter().cloned());
        let s = STEEPNESS[steepness] * logistic_units(self.activation);
        let mut steps = Vec::new();
        for theta in directions {
            let size: f64 = theta.iter().map(|t| t.abs()).sum();
            for k in 0..offsets {
                let at = if offsets == 1 { 0.0 } else { 2.0 * k as f64 / (offsets - 1) as f64 - 1.0 };
                let slope = |t: f64, i: &Input| self.precision.round(s * t / size / (0.5 * i.hi - 0.5 * i.lo));
                let w: Vec<f64> = theta.iter().zip(self.inputs).map(|(t, i)| slope(*t, i)).collect();
                let centre: f64 = w.iter().zip(self.inputs).map(|(w, i)| w * (0.5 * i.hi + 0.5 * i.lo)).sum();
                let b = self.precision.round(-s * REACH[reach] * at - centre);
                steps.push((w, b));
            }
        }
        steps
    }
}

/// The layers of a hidden layer's units and a constant.
pub fn layers(activation: Activation, inputs: usize, units: &[Unit], c0: f64) -> Vec<Layer> {
    if units.is_empty() {
        return Network::one_hidden_layer(activation, (vec![], vec![]), vec![], c0, Activation::Identity);
    }
    let mut weights = Weights { row: Vec::new(), col: Vec::new(), value: Values::Same(0.0) };
    let mut values = Vec::new();
    for (row, (w, _, _)) in units.iter().enumerate() {
        for (col, w) in w.iter().enumerate().filter(|(_, w)| **w != 0.0) {
            weights.row.push(row as u32);
            weights.col.push(col as u32);
            values.push(*w);
        }
    }
    weights.value = Values::new(values);
    let hidden = Layer {
        activation,
        inputs: (0..inputs as u32).collect(),
        rows: units.len(),
        weights,
        bias: Values::new(units.iter().map(|unit| unit.1).collect()),
    };
    let last = Layer {
        activation: Activation::Identity,
        inputs: (inputs as u32..(inputs + units.len()) as u32).collect(),
        rows: 1,
        weights: Weights::row(units.iter().map(|unit| unit.2).collect()),
        bias: Values::Each(vec![c0]),
    };
    vec![hidden, last]
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

/// Directions spread evenly over half of the sphere: angles for two inputs, a spiral of equal areas for three (Swinbank and
/// Purser 2006), pairs and single axes for more.
fn spread_directions(inputs: usize, count: usize) -> Vec<Vec<f64>> {
    use bumpnet_interval::Unary::{Cos, Sin};
    use bumpnet_interval::elementary::unary;
    let turn = |angle: f64| (unary(Cos, angle), unary(Sin, angle));
    match inputs {
        1 => vec![vec![1.0]],
        2 => (0..count)
            .map(|j| turn(std::f64::consts::PI * (j as f64 + 0.5) / count as f64))
            .map(|(c, s)| vec![c, s])
            .collect(),
        3 => (0..count)
            .map(|j| {
                let z = (j as f64 + 0.5) / count as f64;
                let golden = std::f64::consts::PI * (3.0 - 5f64.sqrt());
                let ((c, s), r) = (turn(golden * j as f64), (1.0 - z * z).sqrt());
                vec![r * c, r * s, z]
            })
            .collect(),
        n => {
            // Integer directions of small size, the simplest first.
            let mut all: Vec<Vec<f64>> = Vec::new();
            let axis: Vec<f64> = vec![0.0, 1.0, -1.0];
            product(&vec![axis; n], |w| {
                if w.iter().find(|w| **w != 0.0).is_some_and(|first| *first > 0.0) {
                    all.push(w.to_vec());
                }
            });
            all.sort_by_key(|w| w.iter().filter(|w| **w != 0.0).count());
            all.truncate(count.max(1));
            all
        }
    }
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
fn root(x: f64, n: usize) -> f64 {
    let (mut low, mut high) = (1.0, x.max(1.0));
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let power = (0..n).fold(1.0, |p, _| p * middle);
        if power <= x { low = middle } else { high = middle }
    }
    high
}
