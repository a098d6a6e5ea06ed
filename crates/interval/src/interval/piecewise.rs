//! Functions made of pieces: `abs`, `sign`, the roundings, `step`, `min`, `max` and `if`.

use super::{Interval, Quality};
use crate::elementary;
use crate::operator::{Comparison, Unary};

pub(super) fn abs(x: Interval) -> Interval {
    if x.quality == Quality::Nowhere {
        return x;
    }
    Interval::raw(x.mignitude(), x.magnitude().get(), x.quality)
}

pub(super) fn min(a: Interval, b: Interval) -> Interval {
    match a.quality.min(b.quality) {
        Quality::Nowhere => Interval::NOWHERE,
        quality => Interval::raw(a.lo.min(b.lo), a.hi.min(b.hi), quality),
    }
}

pub(super) fn max(a: Interval, b: Interval) -> Interval {
    match a.quality.min(b.quality) {
        Quality::Nowhere => Interval::NOWHERE,
        quality => Interval::raw(a.lo.max(b.lo), a.hi.max(b.hi), quality),
    }
}

/// `sign`, `floor`, `ceil`, `round`, `trunc` and `step`: they increase, by jumps only, and IEEE 754 makes them exact.
pub(super) fn staircase(op: Unary, x: Interval) -> Interval {
    if x.quality == Quality::Nowhere {
        return x;
    }
    let (lo, hi) = (elementary::unary(op, x.lo), elementary::unary(op, x.hi));
    Interval::raw(lo, hi, if may_jump(op, x) { x.quality.min(Quality::Defined) } else { x.quality })
}

/// Whether a staircase function has a jump in the interval, its ends included.
pub(crate) fn may_jump(op: Unary, x: Interval) -> bool {
    let is_integer = |x: f64| x == x.trunc();
    let inside = elementary::unary(op, x.lo) != elementary::unary(op, x.hi);
    // A function that is continuous from one side does not show its jump at one of the ends.
    inside
        || match op {
            Unary::Floor => is_integer(x.lo),
            Unary::Ceil => is_integer(x.hi),
            Unary::Trunc => (x.lo > 0.0 && is_integer(x.lo)) || (x.hi < 0.0 && is_integer(x.hi)),
            // A half-integer is one that differs from the next integer towards 0 by exactly 1/2; the difference is exact.
            Unary::Round => [x.lo, x.hi].into_iter().any(|x| (x - x.trunc()).abs() == 0.5),
            Unary::Sign | Unary::Step => x.contains(0.0),
            _ => false,
        }
}

/// Whether the relation holds for every pair of numbers (`Some(true)`), for none (`Some(false)`), or neither is known.
pub(crate) fn decide(op: Comparison, left: &Interval, right: &Interval) -> Option<bool> {
    let all_less = left.hi < right.lo;
    let none_less = left.lo >= right.hi;
    let all_greater = left.lo > right.hi;
    let none_greater = left.hi <= right.lo;
    let (holds, fails) = match op {
        Comparison::Less => (all_less, none_less),
        Comparison::LessEqual => (none_greater, all_greater),
        Comparison::Greater => (all_greater, none_greater),
        Comparison::GreaterEqual => (none_less, all_less),
        Comparison::Equal => (left.is_point() && left == right, all_less || all_greater),
        Comparison::NotEqual => (all_less || all_greater, left.is_point() && left == right),
    };
    match (holds, fails) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// `if(left op right, then, otherwise)`. When the condition is decided, the other branch does not count, nor does a jump in
/// the operands of the condition; that they may be undefined does.
pub(super) fn select(
    op: Comparison,
    left: &Interval,
    right: &Interval,
    then: &Interval,
    otherwise: &Interval,
) -> Interval {
    let condition = match left.quality.min(right.quality) {
        Quality::Nowhere => return Interval::NOWHERE,
        Quality::Partial => Quality::Partial,
        Quality::Defined | Quality::Continuous => Quality::Continuous,
    };
    match decide(op, left, right) {
        Some(true) => then.demoted(condition),
        Some(false) => otherwise.demoted(condition),
        None => then.hull(otherwise).demoted(condition.min(Quality::Defined)),
    }
}
