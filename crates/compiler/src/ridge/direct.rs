//! One hidden layer fitted to a target on a box by linear least squares, for given directions and offsets of its steps.
//!
//! With inputs normalised to [-1, 1] the units are `s(S (theta . x - c)/|theta|_1)`: directions `theta` spread evenly, and
//! offsets `c` on `+-rho |theta|_1`. Steepness, reach and the number of directions are searched for by sampled errors; the
//! certificate judges what is found.

use bumpnet_ir::{Activation, Expr, Input, Layer, Network, Precision, Values, Weights};
use bumpnet_prove::watch::stopped;

use crate::box_fit::{BoxFit, Solution, root};
use crate::error::CompileError;
use crate::smooth::logistic_units;

/// Steepnesses, in units of the logistic function; reaches; directions to offsets. Heuristic ladders.
const STEEPNESS: [f64; 9] = [0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0];
const REACH: [f64; 4] = [0.85, 1.0, 1.2, 1.4];
const RATIO: [f64; 4] = [0.35, 0.5, 1.0, 1.6];

/// A unit: its weights and bias, for the inputs as they are, and its output weight.
pub type RidgeUnit = (Vec<f64>, f64, f64);

/// Places in the ladders.
pub type LadderIndex = [usize; 3];

/// Where searches begin; heuristic, the best of most targets tried with 100 units.
pub const START: LadderIndex = [4, 1, 2];

/// A target made ready for fits.
pub struct Problem<'a> {
    pub fit: BoxFit<'a>,
    pub activation: Activation,
    /// Directions of the expression's own, in normalised inputs.
    pub own: Vec<Vec<f64>>,
}

/// A fitted layer.
#[derive(Clone)]
pub struct Fitted {
    pub units: Vec<RidgeUnit>,
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
        Ok(Problem { fit: BoxFit::new(target, inputs, precision, max_weight)?, activation, own })
    }

    /// The best fit with about this many units, by descent from a shape; and its shape.
    ///
    /// # Errors
    /// The target has no finite value at a sample.
    pub fn best(&self, units: usize, start: LadderIndex, enough: f64) -> Result<(Fitted, LadderIndex), CompileError> {
        let mut shape = start;
        let mut best = self.fit(units, shape)?;
        let mut tried = vec![shape];
        let ladders = [STEEPNESS.len(), REACH.len(), RATIO.len()];
        let mut moved = true;
        while moved && best.error > enough && !stopped() {
            moved = false;
            for (axis, step) in [(0, 1), (0, -1), (1, 1), (1, -1), (2, 1), (2, -1)] {
                let Some(place) = shape[axis].checked_add_signed(step).filter(|p| *p < ladders[axis]) else { continue };
                let mut next = shape;
                next[axis] = place;
                if tried.contains(&next) || !self.fit.affords(units) || stopped() {
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
    pub fn fit(&self, units: usize, shape: LadderIndex) -> Result<Fitted, CompileError> {
        let steps = self.steps(units, shape);
        let columns = |points: &[f64]| steps.iter().map(|step| self.column(step, points)).collect();
        let Solution { weights, c0, error } = self.fit.solve(units, columns)?;
        let units = steps.into_iter().zip(weights).filter(|(_, a)| *a != 0.0).map(|((w, b), a)| (w, b, a)).collect();
        Ok(Fitted { units, c0, error })
    }

    /// A unit's values at normalised points.
    fn column(&self, (w, b): &(Vec<f64>, f64), points: &[f64]) -> Vec<f64> {
        // The weights are those for the inputs as they are, rounded as they are stored.
        let slopes: Vec<f64> = w.iter().zip(self.fit.inputs).map(|(w, i)| w * (0.5 * i.hi - 0.5 * i.lo)).collect();
        let base = b + w.iter().zip(self.fit.inputs).map(|(w, i)| w * (0.5 * i.hi + 0.5 * i.lo)).sum::<f64>();
        let value = |x: &[f64]| self.activation.value(base + slopes.iter().zip(x).map(|(s, x)| s * x).sum::<f64>());
        points.chunks_exact(w.len()).map(value).collect()
    }

    /// Weights and bias of each unit, for the inputs as they are.
    fn steps(&self, units: usize, [steepness, reach, ratio]: LadderIndex) -> Vec<(Vec<f64>, f64)> {
        let n = self.fit.inputs.len();
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
                let slope = |t: f64, i: &Input| self.fit.precision.round(s * t / size / (0.5 * i.hi - 0.5 * i.lo));
                let w: Vec<f64> = theta.iter().zip(self.fit.inputs).map(|(t, i)| slope(*t, i)).collect();
                let centre: f64 = w.iter().zip(self.fit.inputs).map(|(w, i)| w * (0.5 * i.hi + 0.5 * i.lo)).sum();
                let b = self.fit.precision.round(-s * REACH[reach] * at - centre);
                steps.push((w, b));
            }
        }
        steps
    }
}

/// The layers of a hidden layer's units and a constant.
pub fn layers(activation: Activation, inputs: usize, units: &[RidgeUnit], c0: f64) -> Vec<Layer> {
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
            // Integer directions of small size, the simplest first. There are (3^n - 1)/2 of them.
            let mut all: Vec<Vec<f64>> = Vec::new();
            for entries in 1..=n {
                if all.len() < count {
                    simple(n, entries, &mut Vec::new(), &mut all);
                }
            }
            all.truncate(count.max(1));
            all
        }
    }
}

/// Appends the directions of so many entries 1 and -1, the first of them 1, that begin in a certain way.
fn simple(inputs: usize, entries: usize, begun: &mut Vec<f64>, all: &mut Vec<Vec<f64>>) {
    let left = inputs - begun.len();
    if left == 0 {
        all.push(begun.clone());
        return;
    }
    let first = begun.iter().all(|w| *w == 0.0);
    for (entry, takes, allowed) in [(0.0, 0, left > entries), (1.0, 1, entries > 0), (-1.0, 1, entries > 0 && !first)] {
        if allowed {
            begun.push(entry);
            simple(inputs, entries - takes, begun, all);
            begun.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without making all 3^16 of them, which takes gigabytes.
    #[test]
    fn directions_of_many_inputs() {
        let directions = spread_directions(16, 300);
        assert_eq!(directions.len(), 300);
        let size = |w: &Vec<f64>| w.iter().filter(|w| **w != 0.0).count();
        assert!(directions[..16].iter().all(|w| size(w) == 1) && directions[16..256].iter().all(|w| size(w) == 2));
        assert_eq!(spread_directions(4, 1000).len(), (81 - 1) / 2);
        assert_eq!(spread_directions(4, 5)[..2], [vec![0.0, 0.0, 0.0, 1.0], vec![0.0, 0.0, 1.0, 0.0]]);
        assert_eq!(spread_directions(4, 5)[4], vec![0.0, 0.0, 1.0, 1.0]);
    }
}
