//! `sin`, `cos`, `tan` and `atan2`.
//!
//! Values at the ends are enclosed as in [`monotone`](super::monotone); fpmath reduces arguments of any size correctly.
//! What is left is to know which extrema or poles lie between the ends.
//!
//! **Extrema.** `sin` and `cos` have theirs at multiples `m pi/2`. With an enclosure of `2/pi`, the candidates between
//! `a` and `b` are the integers `m` with `floor(a 2/pi rounded down) < m <= floor(b 2/pi rounded up)`: this may count an
//! `m` too many when an end is next to a multiple (which only loosens the result), never too few. (`a = m pi/2` holds for
//! no binary64 but 0, where the end itself has the extremum.)
//!
//! **Poles.** Between two ends less than pi apart there is at most one zero of `cos`, and there is one exactly if `cos` has
//! different signs at the ends. The signs are right, because the error is relative; no binary64 is a zero of `cos`.

use super::monotone::enclose;
use super::rounding::{add_up, mul_down, mul_up, two_above, two_below};
use super::{Interval, Quality};
use crate::elementary;
use crate::fault::{Fault, active};
use crate::operator::{Binary, Unary};
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, PI};

/// 2/pi = 0.63661977236758134307..., and the binary64 next to it is 0.63661977236758138243..., above.
const TWO_OVER_PI: (f64, f64) = (f64::from_bits(FRAC_2_PI.to_bits() - 1), FRAC_2_PI);

/// Up to here quarter turns are counted: the count has an absolute error far below one.
const COUNTABLE: f64 = (1u64 << 45) as f64;

/// Four quarter turns from this width on; it is above 2 pi.
const FULL_TURN: f64 = 6.3;

pub(super) fn sin(x: Interval) -> Interval {
    wave(Unary::Sin, x, 1)
}

pub(super) fn cos(x: Interval) -> Interval {
    wave(Unary::Cos, x, 0)
}

/// `sin` or `cos`, whose maxima are at `(maximum + 4k) pi/2` and whose minima are half a turn on.
fn wave(op: Unary, x: Interval, maximum: i64) -> Interval {
    if x.quality == Quality::Nowhere {
        return x;
    }
    if x.is_point() {
        let (lo, hi) = enclose(op, x.lo);
        return Interval::raw(lo.max(-1.0), hi.min(1.0), x.quality);
    }
    if !(x.hi - x.lo < FULL_TURN && x.magnitude().get() <= COUNTABLE) {
        return Interval::raw(-1.0, 1.0, x.quality);
    }
    let (from, to) = (quarter_turns(x.lo, false), quarter_turns(x.hi, true));
    // Whether an integer congruent to `r` modulo 4 lies in (from, to].
    let has = |r: i64| (to - r).div_euclid(4) > (from - r).div_euclid(4);
    let (low, high) = (enclose(op, x.lo), enclose(op, x.hi));
    let has_maximum = has(maximum) && !active(Fault::SineMaximumMissed);
    let hi = if has_maximum { 1.0 } else { low.1.max(high.1).min(1.0) };
    let lo = if has(maximum + 2) { -1.0 } else { low.0.min(high.0).max(-1.0) };
    Interval::raw(lo, hi, x.quality)
}

/// The floor of `x * 2/pi`, whose factor and product are rounded down or up.
#[inline]
fn quarter_turns(x: f64, up: bool) -> i64 {
    let turns = match (up, x >= 0.0) {
        (false, true) => mul_down(x, TWO_OVER_PI.0),
        (false, false) => mul_down(x, TWO_OVER_PI.1),
        (true, true) => mul_up(x, TWO_OVER_PI.1),
        (true, false) => mul_up(x, TWO_OVER_PI.0),
    };
    turns.floor() as i64
}

pub(super) fn tan(x: Interval) -> Interval {
    if x.quality == Quality::Nowhere {
        return x;
    }
    if x.is_point() {
        let (lo, hi) = enclose(Unary::Tan, x.lo);
        return Interval::raw(lo, hi, x.quality);
    }
    let cos = |x: f64| elementary::unary(Unary::Cos, x);
    // The binary64 next to pi is below it; at infinite ends the difference is not finite.
    if add_up(x.hi, -x.lo) <= PI && cos(x.lo) * cos(x.hi) > 0.0 {
        return Interval::raw(enclose(Unary::Tan, x.lo).0, enclose(Unary::Tan, x.hi).1, x.quality);
    }
    Interval::ENTIRE.demoted(x.quality.min(Quality::Partial))
}

/// The angle of the point `(x, y)`, in `(-pi, pi]`; it jumps at `y = 0, x < 0` and is undefined at the origin.
pub(super) fn atan2(y: Interval, x: Interval) -> Interval {
    let quality = x.quality.min(y.quality);
    if quality == Quality::Nowhere {
        return Interval::NOWHERE;
    }
    // The binary64 next to pi and to pi/2 are below them.
    const PI_UP: f64 = PI.next_up();
    const HALF_PI_UP: f64 = FRAC_PI_2.next_up();
    if x.contains(0.0) && y.contains(0.0) {
        if x.is_point() && y.is_point() {
            return Interval::NOWHERE;
        }
        let quality = quality.min(Quality::Partial);
        // The angles of the half-axes that the box has something of, and of the quadrants between them.
        let hi = if x.lo < 0.0 {
            PI_UP
        } else if y.hi > 0.0 {
            HALF_PI_UP
        } else if x.hi > 0.0 {
            0.0
        } else {
            -FRAC_PI_2
        };
        let lo = if y.lo < 0.0 {
            if x.lo < 0.0 { -PI_UP } else { -HALF_PI_UP }
        } else if x.hi > 0.0 {
            0.0
        } else if y.hi > 0.0 {
            FRAC_PI_2
        } else {
            PI
        };
        return Interval::raw(lo, hi, quality);
    }
    let on_cut = y.contains(0.0) && x.lo < 0.0;
    if on_cut && y.lo < 0.0 {
        return Interval::raw(-PI_UP, PI_UP, quality.min(Quality::Defined));
    }
    // Monotone along every line parallel to an axis, so the extrema are at corners.
    let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
    for (y, x) in [(y.lo, x.lo), (y.lo, x.hi), (y.hi, x.lo), (y.hi, x.hi)] {
        let angle = elementary::binary(Binary::Atan2, y + 0.0, x + 0.0); // no -0
        let exact = (y == 0.0 && x >= 0.0) || active(Fault::ElementaryNoUlps);
        lo = lo.min(if exact { angle } else { two_below(angle) });
        hi = hi.max(if exact { angle } else { two_above(angle) });
    }
    let (least, greatest) = (if y.lo >= 0.0 { 0.0 } else { -PI_UP }, if y.hi <= 0.0 && !on_cut { 0.0 } else { PI_UP });
    Interval::raw(lo.max(least), hi.min(greatest), if on_cut { quality.min(Quality::Defined) } else { quality })
}
