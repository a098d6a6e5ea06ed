//! The elementary functions that are monotone on their domain.
//!
//! Their values at the ends come from [`elementary`], that is from fpmath 0.2.0. Its crate documentation ("Accuracy")
//! promises an error below `0.5 + 2^-10` ulp for every function used here (the only exceptions it lists are `sqrt`,
//! which is correctly rounded, and Bessel functions); its tests assert `0.5 + 2^-11` ulp against MPFR, where an ulp is
//! the gap between the two binary64 numbers around the exact result, subnormal numbers and overflow included. So the
//! exact value lies strictly between the neighbours of the returned one. An enclosure takes **two** numbers on either
//! side, so it holds up to an error of 2 ulp. [`elementary`] says why that is enough, and what was measured.
//!
//! If the exact value is a binary64, an error below one ulp means that it was returned: so it stays a point wherever the
//! exact value is known to be a binary64. Afterwards the enclosure is cut to the function's range.

use super::rounding::{two_above, two_below};
use super::{Interval, Quality};
use crate::elementary;
use crate::fault::{Fault, active};
use crate::operator::Unary;
use std::f64::consts::{FRAC_PI_2, PI};

const INF: f64 = f64::INFINITY;

/// An increasing function; `acos`, which decreases, is turned around by the caller.
pub(super) fn increasing(op: Unary, x: Interval) -> Interval {
    let (x, quality) = match restrict(op, x) {
        Some(restricted) => restricted,
        None => return Interval::NOWHERE,
    };
    let (lo, hi) = if x.is_point() {
        enclose(op, x.lo)
    } else if op == Unary::Acos {
        (enclose(op, x.hi).0, enclose(op, x.lo).1)
    } else {
        (enclose(op, x.lo).0, enclose(op, x.hi).1)
    };
    let (least, greatest) = range(op);
    // A bound at an infinite argument or at a pole is the limit there, which the interval cannot have as other bound.
    Interval::raw(lo.max(least).min(f64::MAX), hi.min(greatest).max(f64::MIN), quality)
}

/// `cosh`, which decreases and then increases.
pub(super) fn cosh(x: Interval) -> Interval {
    if x.quality == Quality::Nowhere {
        return x;
    }
    let (low, high) = (enclose(Unary::Cosh, x.mignitude()), enclose(Unary::Cosh, x.magnitude().get()));
    Interval::raw(low.0.clamp(1.0, f64::MAX), high.1, x.quality)
}

/// Bounds of the function's value at one point of its domain (limits at its ends).
#[inline]
pub(super) fn enclose(op: Unary, x: f64) -> (f64, f64) {
    let y = elementary::unary(op, x);
    if is_exact(op, x, y) || active(Fault::ElementaryNoUlps) {
        return (y, y);
    }
    let (lo, hi) = (two_below(y), two_above(y));
    match anchor(op) {
        Some((from, value)) if x > from => (lo.max(value), hi),
        Some((from, value)) if x < from => (lo, hi.min(value)),
        _ => (lo, hi),
    }
}

/// An argument and a value that an increasing function has there exactly: no bound of it elsewhere crosses that. Without it
/// `exp(x) >= 1` would not be seen for small positive `x`, though it is for an interval that begins with 0.
fn anchor(op: Unary) -> Option<(f64, f64)> {
    match op {
        Unary::Exp | Unary::Exp2 => Some((0.0, 1.0)),
        Unary::Ln | Unary::Log2 | Unary::Log10 | Unary::Acosh => Some((1.0, 0.0)),
        Unary::Cbrt
        | Unary::ExpM1
        | Unary::Ln1p
        | Unary::Asin
        | Unary::Atan
        | Unary::Sinh
        | Unary::Tanh
        | Unary::Asinh
        | Unary::Atanh
        | Unary::Erf => Some((0.0, 0.0)),
        _ => None,
    }
}

/// Whether the exact value at `x`, of which `y` is the returned value, is known to be a binary64. Every exact value here
/// is a real number that is representable, so `y` is that number.
fn is_exact(op: Unary, x: f64, y: f64) -> bool {
    match op {
        Unary::Exp | Unary::Cos | Unary::Cosh => x == 0.0,
        Unary::Ln | Unary::Acos | Unary::Acosh => x == 1.0,
        Unary::Exp2 => x == x.trunc() && x.abs() <= 1022.0,
        Unary::Log2 => x.is_normal() && x.to_bits().trailing_zeros() >= 52,
        // 10^22 is the largest power of ten that is a binary64.
        Unary::Log10 => (0.0..=22.0).contains(&y) && y == y.trunc() && POWERS_OF_TEN[y as usize] == x,
        // y^3 is exact when y is an integer below 2^17.
        Unary::Cbrt => y == y.trunc() && y.abs() <= 131072.0 && y * y * y == x,
        _ => x == 0.0 && y == 0.0,
    }
}

/// The powers of ten that are binary64.
pub(crate) const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The part of `x` in the function's domain (closed, with the poles at its ends) and the quality of the result.
fn restrict(op: Unary, x: Interval) -> Option<(Interval, Quality)> {
    let (lo, hi, open) = match op {
        Unary::Ln | Unary::Log2 | Unary::Log10 => (0.0, INF, true),
        Unary::Ln1p => (-1.0, INF, true),
        Unary::Atanh => (-1.0, 1.0, true),
        Unary::Asin | Unary::Acos => (-1.0, 1.0, false),
        Unary::Acosh => (1.0, INF, false),
        _ => (-INF, INF, false),
    };
    if x.quality == Quality::Nowhere || x.hi < lo || x.lo > hi || (open && (x.hi == lo || x.lo == hi)) {
        return None;
    }
    let outside = x.lo < lo || x.hi > hi || (open && (x.lo == lo || (x.hi == hi && hi < INF)));
    let quality = if outside { x.quality.min(Quality::Partial) } else { x.quality };
    // `+ 0.0` makes -0 a +0: the sign of a zero means nothing here, but might to a function at its pole.
    Some((Interval::raw(x.lo.max(lo) + 0.0, x.hi.min(hi) + 0.0, quality), quality))
}

/// The least and greatest value of the function, or bounds of them.
fn range(op: Unary) -> (f64, f64) {
    // The binary64 next to pi and to pi/2 are below them (see `literal::constant`), so the numbers after them are above.
    match op {
        Unary::Exp | Unary::Exp2 | Unary::Acosh => (0.0, INF),
        Unary::ExpM1 => (-1.0, INF),
        Unary::Tanh | Unary::Erf => (-1.0, 1.0),
        Unary::Acos => (0.0, PI.next_up()),
        Unary::Asin | Unary::Atan => (-FRAC_PI_2.next_up(), FRAC_PI_2.next_up()),
        _ => (-INF, INF),
    }
}
