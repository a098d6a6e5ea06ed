//! `a^b` and `hypot`.
//!
//! `a^b` is real for `a > 0` and every `b`; for `a = 0` and `b >= 0` (`0^0 = 1`); for `a < 0` and every integer `b`.
//! Values at the corners come from fpmath and are enclosed as in [`monotone`](super::monotone).

use super::rounding::{two_above, two_below};
use super::{Interval, Quality};
use crate::elementary;
use crate::fault::{Fault, active};
use crate::operator::Binary;

pub(super) fn pow(a: Interval, b: Interval) -> Interval {
    if a.quality.min(b.quality) == Quality::Nowhere {
        return Interval::NOWHERE;
    }
    if b.is_point() && b.lo == b.lo.trunc() {
        return integer_power(a, b.lo).demoted(b.quality);
    }
    let positive = if a.hi >= 0.0 {
        real_power(Interval { lo: a.lo.max(0.0) + 0.0, hi: a.hi + 0.0, ..a }, b)
    } else {
        Interval::NOWHERE
    };
    if a.lo >= 0.0 {
        return positive;
    }
    // Negative numbers have powers at the integers of `b` only, of either sign.
    let negative = match Interval::new(b.lo.ceil(), b.hi.floor()) {
        Some(integers) => {
            let mirrored = Interval { lo: (-a.hi).max(0.0) + 0.0, hi: -a.lo, ..a };
            let magnitudes = real_power(mirrored, integers);
            magnitudes.hull(&-magnitudes)
        }
        None => Interval::NOWHERE,
    };
    positive.hull(&negative).demoted(a.quality.min(b.quality).min(Quality::Partial))
}

/// `a^n` for an integer `n`.
fn integer_power(a: Interval, n: f64) -> Interval {
    if n == 0.0 {
        return Interval::ONE.demoted(a.quality);
    } else if n == 1.0 {
        return a;
    } else if n == 2.0 && !active(Fault::EvenPowerEndpoints) {
        return a.square();
    } else if n == -1.0 {
        return Interval::ONE / a;
    } else if n < 0.0 && a.contains(0.0) {
        return negative_power_at_zero(a, n);
    }
    let (low, high) = (corner(a.lo, n), corner(a.hi, n));
    let even = n % 2.0 == 0.0;
    let (lo, hi) = if even && a.lo < 0.0 && a.hi > 0.0 && !active(Fault::EvenPowerEndpoints) {
        (0.0, low.1.max(high.1)) // n > 0 here
    } else {
        (low.0.min(high.0), low.1.max(high.1))
    };
    // Even powers are not negative; odd ones have the sign of the base.
    let lo = if even || a.lo >= 0.0 { lo.max(0.0) } else { lo };
    let hi = if !even && a.hi <= 0.0 { hi.min(0.0) } else { hi };
    Interval::raw(lo.min(f64::MAX), hi.max(f64::MIN), a.quality)
}

/// `a^n` for a negative integer `n` and `a` with 0, where it is undefined.
fn negative_power_at_zero(a: Interval, n: f64) -> Interval {
    if a.is_point() {
        return Interval::NOWHERE;
    }
    let quality = a.quality.min(Quality::Partial);
    let magnitudes = |far: f64| Interval::raw(corner(far, n).0.clamp(0.0, f64::MAX), f64::INFINITY, quality);
    let right = if a.hi > 0.0 { magnitudes(a.hi) } else { Interval::NOWHERE };
    let left = if a.lo < 0.0 { magnitudes(-a.lo) } else { Interval::NOWHERE };
    right.hull(&if n % 2.0 == 0.0 { left } else { -left })
}

/// `a^b` for `a >= 0`. It is monotone in `a` for each `b` and in `b` for each `a`, so its extrema are at corners, where
/// `0^b` for `b < 0` is the limit `inf`. (`0^0 = 1` lies between `0^b` for `b > 0` and that limit.)
fn real_power(a: Interval, b: Interval) -> Interval {
    let quality = a.quality.min(b.quality);
    if a.hi == 0.0 {
        return power_of_zero(b).demoted(quality);
    }
    let own = match (a.lo == 0.0, b.lo) {
        (true, lo) if lo < 0.0 => Quality::Partial,
        (true, 0.0) => Quality::Defined, // 0^0 = 1 but 0^b = 0
        _ => Quality::Continuous,
    };
    let (mut lo, mut hi) = (f64::INFINITY, 0.0f64);
    for (x, y) in [(a.lo, b.lo), (a.lo, b.hi), (a.hi, b.lo), (a.hi, b.hi)] {
        let value = corner(x, y);
        lo = lo.min(value.0);
        hi = hi.max(value.1);
    }
    Interval::raw(lo.clamp(0.0, f64::MAX), hi, quality.min(own))
}

/// The least value of `x^x`, rounded down: `e^(-1/e) = 0.692200627555346353865...`, at `1/e`.
const LEAST_SELF_POWER: f64 = 0.692_200_627_555_346_2;

/// `x^x`. For `x >= 0` it is continuous, 1 at 0, falls until `1/e` and rises from there: its largest value is at an end.
pub(super) fn self_power(x: Interval) -> Interval {
    let all = pow(x, x);
    if x.lo < 0.0 || x.quality == Quality::Nowhere || x.is_point() {
        return all;
    }
    let (left, right) = (corner(x.lo, x.lo), corner(x.hi, x.hi));
    // Around 1/e = 0.367879...
    let lowest = if x.hi < 0.3678 || x.lo > 0.3679 { left.0.min(right.0) } else { LEAST_SELF_POWER };
    Interval::raw(lowest.clamp(0.0, f64::MAX), left.1.max(right.1), x.quality)
}

/// `0^b`: 0 for `b > 0`, 1 for `b = 0`.
fn power_of_zero(b: Interval) -> Interval {
    if b.hi < 0.0 {
        return Interval::NOWHERE;
    }
    let (zero, one) = (b.hi > 0.0, b.contains(0.0));
    let quality = if b.lo < 0.0 {
        Quality::Partial
    } else if one && !b.is_point() {
        Quality::Defined
    } else {
        Quality::Continuous
    };
    Interval::raw(if zero { 0.0 } else { 1.0 }, if one { 1.0 } else { 0.0 }, quality)
}

/// Bounds of `x^y`, or of its limit, at a corner.
fn corner(x: f64, y: f64) -> (f64, f64) {
    let value = elementary::binary(Binary::Pow, x, y);
    // Powers of 0, of 1 and to the 0th and 1st; integers to natural powers while the result is below 2^53, because the
    // exact value is then a binary64, which an error below one ulp cannot miss. Infinite corners are limits.
    let natural = x == x.trunc() && y == y.trunc() && y >= 0.0 && value.abs() < 9007199254740992.0;
    let exact = natural || x == 0.0 || x == 1.0 || y == 0.0 || y == 1.0 || x.is_infinite();
    if exact || active(Fault::ElementaryNoUlps) { (value, value) } else { (two_below(value), two_above(value)) }
}

/// `sqrt(a^2 + b^2)`, which increases in both magnitudes.
pub(super) fn hypot(a: Interval, b: Interval) -> Interval {
    let quality = a.quality.min(b.quality);
    if quality == Quality::Nowhere {
        return Interval::NOWHERE;
    }
    let lo = hypot_corner(a.mignitude(), b.mignitude()).0;
    let hi = hypot_corner(a.magnitude().get(), b.magnitude().get()).1;
    Interval::raw(lo.clamp(0.0, f64::MAX), hi, quality)
}

fn hypot_corner(a: f64, b: f64) -> (f64, f64) {
    let value = elementary::binary(Binary::Hypot, a, b);
    // Pythagorean triples of integers below 2^26: all squares and their sum are exact.
    let integers = a == a.trunc() && b == b.trunc() && value == value.trunc() && value < 67108864.0;
    let exact = a == 0.0 || b == 0.0 || (integers && a * a + b * b == value * value);
    if exact || active(Fault::ElementaryNoUlps) { (value, value) } else { (two_below(value), two_above(value)) }
}
