//! Points of a box for whoever looks for a large error there: evenly filled, the corners, and a climb from one of them.

use bumpnet_ir::Input;

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

/// A search for a larger value, axis by axis with steps that halve; the place, the value, and the points used.
pub fn climb(from: &[f64], inputs: &[Input], value: &impl Fn(&[f64]) -> f64) -> (Vec<f64>, f64, usize) {
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
