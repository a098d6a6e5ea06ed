//! `sigmoid`, `softplus` and `sinc`, from enclosures of what they are made of.

use super::monotone::enclose;
use super::rounding::{add_down, add_up, div_down, div_up, two_above};
use super::{Interval, Quality, trigonometric};
use crate::operator::Unary;

/// `1/(1 + e^-x)`, increasing.
pub(super) fn sigmoid(x: Interval) -> Interval {
    increasing(x, sigmoid_at)
}

/// `ln(1 + e^x)`, increasing.
pub(super) fn softplus(x: Interval) -> Interval {
    increasing(x, softplus_at)
}

fn increasing(x: Interval, at: impl Fn(f64) -> (f64, f64)) -> Interval {
    if x.quality == Quality::Nowhere {
        return x;
    }
    let low = at(x.lo);
    let high = if x.is_point() { low } else { at(x.hi) };
    Interval::raw(low.0, high.1, x.quality)
}

/// With `E = e^-|x|` in `[0, 1]`, it is `1/(1 + E)` for `x >= 0`, decreasing in `E`, and `E/(1 + E)` for `x < 0`,
/// increasing in `E`: relative accuracy on either side.
fn sigmoid_at(x: f64) -> (f64, f64) {
    let (low, high) = decay(x);
    if x == 0.0 {
        (0.5, 0.5)
    } else if x > 0.0 {
        (div_down(1.0, add_up(1.0, high)), div_up(1.0, add_down(1.0, low)).min(1.0))
    } else {
        (div_down(low, add_up(1.0, low)).max(0.0), div_up(high, add_down(1.0, high)))
    }
}

/// `max(x, 0) + ln(1 + E)`, increasing in `E = e^-|x|`.
fn softplus_at(x: f64) -> (f64, f64) {
    let (low, high) = decay(x);
    let (low, high) = (enclose(Unary::Ln1p, low).0.max(0.0), enclose(Unary::Ln1p, high).1);
    let ramp = x.max(0.0);
    (add_down(ramp, low).min(f64::MAX), add_up(ramp, high))
}

/// Bounds of `e^-|x|`.
fn decay(x: f64) -> (f64, f64) {
    let (low, high) = enclose(Unary::Exp, -x.abs());
    (low.max(0.0), high.min(1.0))
}

/// Below the first positive zero of the derivative of `sinc`, 4.49340945790906..., so it decreases from 0 to here.
const DECREASING: f64 = 4.49;

/// Below the least value of `sinc`, -0.217233628211221657..., which it takes there.
const LEAST: f64 = -0.217_233_628_211_221_7;

/// `sin(x)/x`, even.
pub(super) fn sinc(x: Interval) -> Interval {
    if x.quality == Quality::Nowhere {
        return x;
    }
    let (low, high) = (x.mignitude(), x.magnitude().get());
    let near = (low <= DECREASING).then(|| {
        let far = high.min(DECREASING);
        let (at_far, at_low) = (sinc_at(far), sinc_at(low));
        // 4.49 may be short of the minimum if the interval goes on beyond, but then `far` below covers it.
        Interval::raw(at_far.lo, at_low.hi, x.quality)
    });
    let far = (high > DECREASING).then(|| sinc_quotient(Interval::raw(low.max(DECREASING), high, x.quality)));
    match (near, far) {
        (Some(near), Some(far)) => near.hull(&far),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => Interval::NOWHERE,
    }
}

/// `sinc` at one point of `[0, 4.49]`.
fn sinc_at(x: f64) -> Interval {
    // 1 - x^2/6 <= sinc(x) <= 1, and x^2/6 < 2^-54 here.
    if x == 0.0 {
        Interval::ONE
    } else if x < 1e-8 {
        Interval::raw(1.0f64.next_down(), 1.0, Quality::Continuous)
    } else {
        sinc_quotient(Interval::point(x))
    }
}

/// `sinc` as the quotient that it is, for positive numbers.
fn sinc_quotient(x: Interval) -> Interval {
    let quotient = trigonometric::sin(x) / x;
    let bound = two_above(1.0 / x.lo).min(1.0); // |sinc x| <= 1/x
    Interval::raw(quotient.lo.max(-bound).max(LEAST), quotient.hi.min(bound), x.quality)
}
