//! Where a rising jump is: exactly, as the evaluator rounds its argument, and on which side of the domain's ends.

use bumpnet_ir::Input;

use crate::fault::{Fault, active};
use crate::rounding::U;

/// From where to where a unit's jump may be; `None` unless it rises.
///
/// The jump is at `s = -b/w`. The sign of the rounded sum `fl(fl(w x) + b)` is right wherever the product is exact, which it
/// is for a power of two `w >= 1` (an overflow has the right sign), and for a smaller one as long as it is not subnormal
/// where it meets `-b`. Otherwise the evaluator's jump is where `fl(w x)` meets `-b`, within `2u |s|` of `s` (or, where
/// the product is subnormal, `2^-1074/w`); rounding is monotone and `-b` a binary64, so it is never after `s`.
///
/// At an end of the domain the exact sign decides whether the jump is outside; see [`crate::jumps::Jumps::early`] for the evaluator.
pub fn place(w: f64, b: f64, input: &Input) -> Option<(f64, f64)> {
    let at = if w == 1.0 { -b } else { -b / w } + 0.0; // no -0
    if !(w > 0.0 && at.is_finite()) {
        return None;
    }
    let power_of_two = w.to_bits() << 12 == 0 && w.is_normal();
    let normal = w >= 1.0 || b.abs() >= 4.0 * f64::MIN_POSITIVE;
    if w == 1.0 || power_of_two && normal && at * w == -b {
        return Some((at, at));
    }
    // Some roundings more than there are.
    let slack = 8.0 * U * at.abs() + if b.abs() < 1e-290 { 1e-300 / w } else { 0.0 } + f64::MIN_POSITIVE;
    let (mut left, mut right) = (at - slack, at + slack);
    if left <= input.lo && input.lo <= right {
        if has_risen(w, input.lo, b)? || active(Fault::JumpMovedOutside) { right = input.lo } else { left = input.lo }
    }
    if left <= input.hi && input.hi <= right {
        if has_risen(w, input.hi, b)? {
            right = input.hi;
        } else {
            (left, right) = (input.hi.next_up(), right.max(input.hi.next_up()));
        }
    }
    (left.is_finite() && right.is_finite()).then_some((left, right))
}

/// Whether `w x + b >= 0` exactly, next to where that changes; `None` where it cannot be told.
///
/// The product is `p + e` exactly (Dekker's product; Veltkamp's splitting). Next to the jump `p + b` is exact (Sterbenz),
/// and the sign of a rounded sum of two numbers is right.
fn has_risen(w: f64, x: f64, b: f64) -> Option<bool> {
    const SPLIT: f64 = 134_217_729.0; // 2^27 + 1
    let product = w * x;
    let ordinary = |v: f64| v == 0.0 || (1e-140..1e140).contains(&v.abs());
    if !(ordinary(w) && ordinary(x) && ordinary(b)) {
        return None;
    }
    let halves = |v: f64| {
        let c = SPLIT * v;
        let high = c - (c - v);
        (high, v - high)
    };
    let ((w1, w2), (x1, x2)) = (halves(w), halves(x));
    let error = w2 * x2 - (((product - w1 * x1) - w2 * x1) - w1 * x2);
    let sum = product + b;
    let near = product == 0.0 || (0.5..=2.0).contains(&(-b / product));
    match near {
        true => Some(sum + error >= 0.0),
        false => Some(sum >= 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exact sign by integers, in units of 2^-112.
    #[test]
    fn the_sign_next_to_a_jump_is_exact() {
        let fixed = |v: f64| (v * (1u64 << 56) as f64) as i128;
        for w in [3.0, 0.7, 500.0, 1.1, 0.3] {
            for k in 20..250 {
                let x = f64::from(k) / 128.0 + if k % 2 == 0 { 0.125 } else { 0.1 };
                for b in [-(w * x), (-(w * x)).next_up(), (-(w * x)).next_down()] {
                    let exact = fixed(w) * fixed(x) + (fixed(b) << 56);
                    assert_eq!(has_risen(w, x, b), Some(exact >= 0), "{w} * {x} + {b}");
                }
            }
        }
    }
}
