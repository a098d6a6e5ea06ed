//! `placement: optimal` with `ramp`: a continuous polygon with few knots.
//!
//! The polygon runs through the target at its knots, and each piece is extended as far as its chord stays within the
//! error: on a piece whose chord leaves the target by `c h^2` the next knot follows from a root of "largest distance from
//! the chord = error". That is the best polygon *through the target*; one that leaves the target at the knots can have
//! up to a factor of the root of 2 fewer, so no minimality is claimed.
//!
//! Distances are found by sampling and refined; the certificate is the judge.

use bumpnet_interval::Sum;
use bumpnet_ir::{Activation, Bumps, Expr, Input, Network};
use bumpnet_prove::watch::stopped;

use crate::draft::{Budget, Draft, MOST_PIECES};
use crate::error::CompileError;

/// Points at which a chord is compared with the target, ends left out; heuristic. The largest distance is refined by a
/// parabola.
const SAMPLES: usize = 15;
/// Kept back for what sampling misses and for the certificate's own roundings. Heuristic.
const AIM: f64 = 0.999;
/// Smallest relative width of a piece against the domain; below it the target has a jump.
const NARROWEST: f64 = 1e-13;

/// Constructs the polygon for an error, or for a number of pieces (by the error that needs that many).
pub fn build(target: &Expr, input: &Input, parameters: &Bumps, budget: Budget) -> Result<Draft, CompileError> {
    let knots = match budget {
        Budget::Error { eps, most } => knots(target, input, AIM * eps, most)?,
        Budget::Pieces(n) => by_number(target, input, n)?,
    };
    let heights = values(target, &knots)?;
    let pieces = knots.len() - 1;
    let (mut w, mut b, mut alpha) = (Vec::new(), Vec::new(), Vec::new());
    let mut reached = Sum::default();
    reached.add(heights[0]);
    for k in 0..pieces {
        let weight = 2.0 / (knots[k + 1] - knots[k]);
        let rise = reached.missing_to(heights[k + 1]);
        reached.add(rise);
        w.push(weight);
        b.push(-(weight * (0.5 * knots[k] + 0.5 * knots[k + 1])));
        alpha.push(rise);
    }
    let layers = Network::one_hidden_layer(Activation::Ramp, (w, b), alpha, heights[0], parameters.output);
    Ok(Draft::new(layers, pieces))
}

/// The pieces of the polygon for an error, if they are `most` at most.
pub fn count(target: &Expr, input: &Input, eps: f64, most: usize) -> Option<usize> {
    knots(target, input, AIM * eps, most).ok().map(|knots| knots.len() - 1)
}

fn values(target: &Expr, points: &[f64]) -> Result<Vec<f64>, CompileError> {
    let mut values = vec![0.0; points.len()];
    target.eval_many(points, &mut values);
    match values.iter().position(|value| !value.is_finite()) {
        Some(k) => Err(CompileError::NotFinite { at: points[k], value: values[k] }),
        None => Ok(values),
    }
}

/// Knots for an error; stops beyond `most` pieces.
fn knots(target: &Expr, input: &Input, eps: f64, most: usize) -> Result<Vec<f64>, CompileError> {
    let mut knots = vec![input.lo];
    let mut width = (input.hi - input.lo) / 8.0;
    let mut from = input.lo;
    while from < input.hi {
        let to = extend(target, input, from, eps, width)?;
        if knots.len() > most {
            return Err(CompileError::TooMany { most, eps });
        }
        if stopped() {
            return Err(CompileError::Stopped);
        }
        width = to - from;
        from = to;
        knots.push(to);
    }
    Ok(knots)
}

/// The end of the longest piece from here on, found by growing and then by bisection in its width.
fn extend(target: &Expr, input: &Input, from: f64, eps: f64, width: f64) -> Result<f64, CompileError> {
    let far = |to: f64| distance(target, from, to) > eps;
    let rest = input.hi - from;
    // Among the smallest numbers a part of the domain may be rounded to zero; a step to the next number is none.
    let least = (NARROWEST * (input.hi - input.lo)).max(from.next_up() - from);
    let (mut good, mut bad) = (0.0, width.max(least).min(rest));
    while !far(from + bad) {
        good = bad;
        if good >= rest {
            return Ok(input.hi);
        }
        bad = (bad * 1.5).min(rest);
    }
    // The distance grows like the square of the width: a secant in its root.
    for _ in 0..60 {
        if bad - good <= 1e-4 * bad && good > 0.0 {
            break;
        }
        let guess = bad * (eps / distance(target, from, from + bad)).sqrt() * 0.9999;
        let middle = if good < guess && guess < bad { guess } else { 0.5 * (good + bad) };
        if far(from + middle) {
            bad = middle;
        } else {
            good = middle;
        }
        if bad < NARROWEST * (input.hi - input.lo) {
            return Err(CompileError::Jump { at: from, eps });
        }
    }
    if from + good <= from {
        return Err(CompileError::Jump { at: from, eps });
    }
    Ok((from + good).min(input.hi))
}

/// The largest distance of the target from its chord, from samples.
fn distance(target: &Expr, from: f64, to: f64) -> f64 {
    let points: Vec<f64> = (0..=SAMPLES + 1).map(|k| from + (to - from) * (k as f64 / (SAMPLES + 1) as f64)).collect();
    let mut values = vec![0.0; points.len()];
    target.eval_many(&points, &mut values);
    let (first, last) = (values[0], values[SAMPLES + 1]);
    let off = |k: usize| values[k] - (first + (last - first) * (k as f64 / (SAMPLES + 1) as f64));
    let best = (1..=SAMPLES).fold(1, |best, k| if off(k).abs() > off(best).abs() { k } else { best });
    let (before, at, after) = (off(best - 1), off(best), off(best + 1));
    let curvature = before - 2.0 * at + after;
    if curvature == 0.0 {
        return at.abs();
    }
    let t = ((best as f64 + 0.5 * (before - after) / curvature) / (SAMPLES + 1) as f64).clamp(0.0, 1.0);
    let refined = target.eval::<f64>(&[from + (to - from) * t]) - (first + (last - first) * t);
    refined.abs().max(at.abs())
}

/// Knots for a number of pieces: the error that needs that many, by bisection in its logarithm.
fn by_number(target: &Expr, input: &Input, n: usize) -> Result<Vec<f64>, CompileError> {
    let scale = bumpnet_prove::range(target, input, 256).width().get().max(f64::MIN_POSITIVE);
    let (mut low, mut high) = (scale * 1e-18, scale);
    let mut best = knots(target, input, high, MOST_PIECES)?;
    for _ in 0..80 {
        let middle = (low * high).sqrt();
        match knots(target, input, middle, n) {
            Ok(found) if found.len() <= n + 1 => {
                best = found;
                high = middle;
                if best.len() == n + 1 && high <= 1.0001 * low {
                    break;
                }
            }
            // So small an error needs more pieces, or pieces too narrow for binary64.
            Ok(_) | Err(CompileError::TooMany { .. } | CompileError::Jump { .. }) => low = middle,
            Err(other) => return Err(other),
        }
        if high <= 1.000_001 * low {
            break;
        }
    }
    Ok(best)
}
