//! Where a rising jump is: exactly, as the evaluator rounds its argument, and on which side of the domain's ends.

use bumpnet_ir::Input;

use crate::fault::{Fault, active};
use crate::roundoff::U;

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

/// Whether `w x + b >= 0` exactly; `None` where it cannot be told.
fn has_risen(w: f64, x: f64, b: f64) -> Option<bool> {
    sign(w, x, b, 0.0).map(|sign| sign >= 0)
}

/// The sign of `w x + b - c`, exactly: -1, 0 or 1; `None` where a product could overflow or be subnormal.
///
/// The product is `p + e` exactly (Dekker's product; Veltkamp's splitting). `b` and `-c` are added to that expansion one
/// after another without error (Shewchuk 1997, theorem 10: growing an expansion keeps it nonoverlapping), and the sign of
/// a nonoverlapping expansion is that of its largest part that is not zero.
pub fn sign(w: f64, x: f64, b: f64, c: f64) -> Option<i8> {
    const SPLIT: f64 = 134_217_729.0; // 2^27 + 1
    let ordinary = |v: f64| v == 0.0 || (1e-140..1e140).contains(&v.abs());
    let halves = |v: f64| {
        let c = SPLIT * v;
        let high = c - (c - v);
        (high, v - high)
    };
    if w == 0.0 || x == 0.0 {
        return b.partial_cmp(&c).map(|order| order as i8);
    }
    // A tiny product matters only where the rest is nothing.
    if x.abs() < 1e-140 && ordinary(w) && w.abs() < 1e20 {
        return match b - c {
            0.0 => Some(if (w > 0.0) == (x > 0.0) { 1 } else { -1 }),
            rest if rest.abs() > 1e-100 => Some(if rest > 0.0 { 1 } else { -1 }),
            _ => None,
        };
    }
    if !(ordinary(w) && ordinary(x) && ordinary(b) && ordinary(c)) {
        return None;
    }
    let product = w * x;
    let ((w1, w2), (x1, x2)) = (halves(w), halves(x));
    let error = w2 * x2 - (((product - w1 * x1) - w2 * x1) - w1 * x2);
    let mut parts = [error, product, 0.0, 0.0];
    for (length, term) in [(2, b), (3, -c)] {
        let mut carried = term;
        for part in &mut parts[..length] {
            let (sum, rest) = two_sum(carried, *part);
            (*part, carried) = (rest, sum);
        }
        parts[length] = carried;
    }
    let largest = parts.iter().rev().find(|part| **part != 0.0);
    Some(largest.map_or(0, |part| if *part > 0.0 { 1 } else { -1 }))
}

/// Knuth's two-sum: the rounded sum and its exact error.
pub fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
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
                    assert_eq!(
                        (sign(w, 0.0, b, b), sign(0.0, x, b, b), sign(-0.0, 3e-300, b, b)),
                        (Some(0), Some(0), Some(0))
                    );
                    assert_eq!((sign(0.0, 3e-300, 1.0, b), sign(-0.0, x, b, 20.0 * w)), (Some(1), Some(-1)));
                    assert_eq!(
                        (sign(w, 5e-324, b, b), sign(w, -5e-324, b, b), sign(-w, 5e-324, b, b)),
                        (Some(1), Some(-1), Some(-1))
                    );
                    for c in [6.0, 0.3, b, b.next_up()] {
                        let exact = exact - (fixed(c) << 56);
                        assert_eq!(sign(w, x, b, c), Some(exact.signum() as i8), "{w} * {x} + {b} - {c}");
                    }
                }
            }
        }
    }
}
