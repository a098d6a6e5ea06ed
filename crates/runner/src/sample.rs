//! Measuring an error over a box: points that fill it evenly, its corners, then a search around the largest errors.

use bumpnet_ir::{Expr, Input};

use crate::measure::scaled_rms;
use crate::{Evaluator, Measured, measure, threads};

/// Points inside the box. Heuristic.
const POINTS: usize = 20_000;
/// Most corners of the box among the points: those of 12 inputs.
const CORNERS: usize = 1 << 12;
/// Places that are searched around. Heuristic.
const REFINED: usize = 16;
/// Halvings of the search's steps. Heuristic: from a sixteenth of the box to 1e-8 of it.
const HALVINGS: usize = 24;

/// Points `k` of a box: a lattice that fills it evenly, whatever the number of points (Roberts 2018, the additive recurrence of
/// the root of `x^(n+1) = x + 1`).
pub fn lattice(inputs: &[Input], count: usize) -> Vec<f64> {
    let n = inputs.len();
    // Newton's method for the root, which lies in (1, 2); powers by multiplication, so that the bits are everywhere the same.
    let power = |x: f64, k: usize| (0..k).fold(1.0, |product, _| product * x);
    let root = (0..32).fold(2.0f64, |x, _| x - (power(x, n + 1) - x - 1.0) / ((n + 1) as f64 * power(x, n) - 1.0));
    let mut points = Vec::with_capacity(count * n);
    for k in 1..=count {
        for (axis, Input { lo, hi, .. }) in inputs.iter().enumerate() {
            let part = (0.5 + k as f64 / power(root, axis + 1)).fract();
            points.push((lo + part * (hi - lo)).clamp(*lo, *hi));
        }
    }
    points
}

/// The corners of a box, in the order of binary numbers, no more than a number of them.
pub fn corners(inputs: &[Input], most: usize) -> Vec<f64> {
    let count = 1usize.checked_shl(inputs.len() as u32).unwrap_or(usize::MAX).min(most);
    let corner =
        |k: usize| inputs.iter().enumerate().map(move |(i, side)| if k >> i & 1 == 0 { side.lo } else { side.hi });
    (0..count).flat_map(corner).collect()
}

/// Measures over the domain: one input as [`measure`] does, several on a lattice.
///
/// # Errors
/// The point at which the target or the network has no finite value.
pub fn measure_over(target: &Expr, network: &Evaluator<'_>, inputs: &[Input]) -> Result<Measured, Vec<f64>> {
    if let [input] = inputs {
        return measure(target, network, input).map_err(|at| vec![at]);
    }
    let mut points = lattice(inputs, POINTS);
    points.extend(corners(inputs, CORNERS));
    let n = inputs.len();
    for (x, input) in points.iter_mut().zip(inputs.iter().cycle()) {
        *x = network.round(*x).clamp(input.lo, input.hi);
    }
    let count = points.len() / n;
    let (mut values, mut wanted) = (vec![0.0; count], vec![0.0; count]);
    network.eval_many(&points, &mut values);
    threads::fill(&points, n, &mut wanted, |points, out| target.eval_many(points, out));
    let errors: Vec<f64> = values.iter().zip(&wanted).map(|(value, wanted)| value - wanted).collect();
    if let Some(k) = errors.iter().position(|error| !error.is_finite()) {
        return Err(points[k * n..][..n].to_vec());
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| errors[*b].abs().total_cmp(&errors[*a].abs()).then(a.cmp(b)));
    order.truncate(REFINED);
    let error = |point: &[f64]| (network.eval(point) - target.eval::<f64>(point)).abs();
    let found = threads::map(&order, |k| climb(&points[k * n..][..n], inputs, &error));
    let searched: usize = found.iter().map(|(.., used)| used).sum();
    let best = found.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a }).unwrap_or((Vec::new(), 0.0, 0));
    Ok(Measured {
        sup: best.1,
        argmax: best.0,
        rms: scaled_rms(&errors),
        mean: errors.iter().map(|e| e.abs() / count as f64).sum(),
        scale: wanted.iter().fold(0.0, |most, value| most.max(value.abs())),
        points: count + searched,
    })
}

/// A search for a larger value, axis by axis with steps that halve; the place, the value, and the points used.
fn climb(from: &[f64], inputs: &[Input], value: &impl Fn(&[f64]) -> f64) -> (Vec<f64>, f64, usize) {
    let (mut at, mut best, mut used) = (from.to_vec(), value(from), 1);
    for halving in 0..HALVINGS {
        let part = 1.0 / (16u64 << halving) as f64;
        for (axis, Input { lo, hi, .. }) in inputs.iter().enumerate() {
            for sign in [-1.0, 1.0] {
                let before = at[axis];
                at[axis] = (before + sign * part * (hi - lo)).clamp(*lo, *hi);
                let next = value(&at);
                used += 1;
                if next > best { best = next } else { at[axis] = before }
            }
        }
    }
    (at, best, used)
}
