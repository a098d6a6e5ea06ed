//! How far the evaluator's rounding can take a network's value from the exact one.
//!
//! The evaluator ([`bumpnet_ir::Window`]) adds a base, itself the rounding of a double-double sum, and
//! `alpha_k (s(z_k) - left_k)` for the units whose window holds x. With `u = 2^-53`:
//! - `z_k = w x + b` is off by at most `2u|w x| + u|z|`, which moves `s` by that times its largest slope;
//! - `s` is evaluated to 4 ulp (fpmath's functions are good to 1, with at most three operations after them), cut tails
//!   are below 1e-17, and the product and the difference round once each;
//! - the running sum rounds once per active unit, by u times its size, which is at most `base + sum |alpha|`.
//!
//! A jump in the wrong place is not counted here: cells around jumps are widened by the rounding of `z` instead, so the
//! sup over them covers both sides.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Input};

use crate::fault::{Fault, active};
use crate::units::Units;

/// Unit roundoff.
const U: f64 = f64::EPSILON / 2.0;

/// The largest slope of an activation where it is smooth: as in [`Activation::unit_slope`] for most, and 1 is enough for
/// all of them (`ogee` is unbounded and handled apart).
fn largest_slope(activation: Activation) -> f64 {
    match activation {
        Activation::Heaviside => 0.0,
        Activation::Ogee => f64::INFINITY,
        Activation::Tanh | Activation::Identity => 1.0,
        _ => 0.76, // smoothstep 0.75, erf 0.5642, gompertz 0.3679, arctan 0.3184, logistic 0.25
    }
}

/// A bound of |evaluated - exact| over the domain.
pub fn evaluator_error(units: &Units, input: &Input, output: Activation) -> UpperBound {
    if active(Fault::EvaluatorExact) {
        return UpperBound::ZERO;
    }
    let x = Interval::new(input.lo, input.hi).unwrap_or(Interval::ENTIRE);
    let (mut events, mut everywhere) = (Vec::new(), UpperBound::ZERO);
    let (mut weights, mut base) = (UpperBound::ZERO, units.c0.magnitude());
    for unit in &units.list {
        let size = unit.alpha.magnitude();
        weights = weights + size;
        let from_argument = match units.activation {
            // |sqrt(a) - sqrt(b)| <= sqrt|a - b|, and the arcs are sqrt(m (2 - m))/2 with slope at most 2 under the root.
            Activation::Ogee => (unit.argument_rounding(x) * UpperBound::new(2.0)).sqrt(),
            other => unit.argument_rounding(x) * UpperBound::new(largest_slope(other)),
        };
        // 4 ulp of s <= 1, the product, the difference, and the addition to a sum of about that size.
        let error = size * (from_argument + UpperBound::new(16.0 * U));
        let (from, to) = window(units.activation, unit.weight(), unit.bias());
        if from == f64::NEG_INFINITY {
            everywhere = everywhere + error;
        } else {
            events.push((from, error.get()));
            events.push((to, -error.get()));
        }
    }
    let (crowd, most) = crowding(events, units);
    // The base lies between extremes of partial sums; its size is bounded by the sum of all weights only if that is
    // small, and otherwise by what the network and its active units can reach.
    base = base + partial_sums(units);
    let per_addition =
        (base + weights.min(partial_sums(units) + partial_sums(units))) * UpperBound::new(U * (most as f64 + 3.0));
    let sum = everywhere + UpperBound::new(crowd) + per_addition + weights * UpperBound::new(units.activation.tail());
    match output {
        Activation::Logistic => sum * UpperBound::new(0.25) + UpperBound::new(8.0 * U),
        _ => sum,
    }
}

/// Where a unit is active, generously.
fn window(activation: Activation, w: f64, b: f64) -> (f64, f64) {
    let (from, to) = activation.saturation();
    if !from.is_finite() || w == 0.0 {
        return (f64::NEG_INFINITY, f64::INFINITY);
    }
    let (p, q) = ((from - b) / w, (to - b) / w);
    let slack = 1e-9 * (p.abs() + q.abs() + (q - p).abs());
    (p.min(q) - slack, p.max(q) + slack)
}

/// The largest sum of errors of units active together, and the largest number of them.
fn crowding(mut events: Vec<(f64, f64)>, units: &Units) -> (f64, usize) {
    // Of events at one place the beginnings come first.
    events.sort_by(|p, q| p.0.total_cmp(&q.0).then(q.1.total_cmp(&p.1)));
    let (mut sum, mut worst) = (0.0f64, 0.0f64);
    let (mut count, mut most) = (0usize, 0usize);
    let total: f64 = events.iter().map(|e| e.1.abs()).sum();
    for (_, error) in &events {
        sum += error;
        worst = worst.max(sum);
        count = if *error >= 0.0 { count + 1 } else { count.saturating_sub(1) };
        most = most.max(count);
    }
    if events.is_empty() {
        most = units.list.len();
    }
    // The sums of n floats are off by at most n u times the sum of sizes.
    (worst + total * U * (events.len() as f64 + 1.0), most)
}

/// A bound of |c0 + the first k jumps|, for all k.
fn partial_sums(units: &Units) -> UpperBound {
    let (low, high) = units.activation.limits();
    if !(low.is_finite() && high.is_finite()) {
        return units.list.iter().map(|unit| unit.alpha.magnitude()).sum();
    }
    let start = units.list.iter().fold(units.c0, |sum, unit| sum + unit.alpha * Interval::point(low));
    let (mut sum, mut worst) = (start, start.magnitude());
    for unit in &units.list {
        let rise = unit.alpha * Interval::point(high - low);
        sum = if unit.weight() >= 0.0 { sum + rise } else { sum - rise };
        worst = worst.max(sum.magnitude());
    }
    worst
}
