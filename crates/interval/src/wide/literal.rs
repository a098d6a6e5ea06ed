//! Balls of decimal literals and of the named constants.

use super::pair::{Pair, fast_two_sum, power_of_two};
use super::{UP, Wide};
use crate::decimal::Decimal;
use crate::fault::{Fault, active};
use crate::interval::monotone::POWERS_OF_TEN;
use crate::interval::{Interval, Quality};
use crate::operator::Constant;
use crate::scalar::Scalar;

/// A constant to two binary64, of which the rest is at most `2^-107` times the first.
const fn constant_near(hi: f64, lo: f64) -> Wide {
    let rad = if hi < 0.0 { -hi } else { hi } * power_of_two(-107) * UP;
    Wide { hi, lo, rad, quality: Quality::Continuous }
}

// The rests, from 150 digits of each: pi -2.9948e-33, e -2.1277e-33, 2/sqrt(pi) -4.7657e-34.
const PI: Wide = constant_near(std::f64::consts::PI, 1.2246467991473532e-16);
const E: Wide = constant_near(std::f64::consts::E, 1.4456468917292502e-16);
const TAU: Wide = constant_near(std::f64::consts::TAU, 2.4492935982947064e-16);
/// `2/sqrt(pi)`.
pub(super) const TWO_OVER_ROOT_PI: Wide = constant_near(std::f64::consts::FRAC_2_SQRT_PI, 1.533545961316588e-17);
/// `1/sqrt(pi)`.
pub(super) const ONE_OVER_ROOT_PI: Wide = constant_near(0.5 * std::f64::consts::FRAC_2_SQRT_PI, 7.66772980658294e-18);

/// The value of a constant.
pub(super) fn constant(constant: Constant) -> Wide {
    match constant {
        Constant::Pi => PI,
        Constant::E => E,
        Constant::Tau => TAU,
    }
}

/// A ball around a decimal: its leading 36 digits as an integer, times or through a power of ten. Extreme ones are
/// enclosed as an interval.
pub(super) fn enclose(decimal: &Decimal) -> Wide {
    let (digits, exponent) = decimal.parts();
    let nearest = decimal.nearest();
    if active(Fault::LiteralNearest) || Interval::literal(decimal).is_point() {
        return Wide::point(nearest);
    }
    let (kept, dropped) = digits.split_at(digits.len().min(2 * CHUNK));
    let exponent = i64::from(exponent) + dropped.len() as i64;
    let (Some(integer), 1e-240..1e240, -240..=240) = (integer(kept, !dropped.is_empty()), nearest, exponent) else {
        return Interval::literal(decimal).into();
    };
    let power = power_of_ten(exponent.unsigned_abs());
    if exponent < 0 { integer / power } else { integer * power }
}

/// Digits that surely fit 64 bits.
const CHUNK: usize = 18;

/// The integer of up to 36 digits, or anything up to the next one.
fn integer(digits: &str, or_more: bool) -> Option<Wide> {
    let (first, second) = digits.split_at(digits.len().min(CHUNK));
    let mut result = whole(first)?;
    if !second.is_empty() {
        result = result * power_of_ten(second.len() as u64) + whole(second)?;
    }
    Some(if or_more { result.plus_minus(crate::interval::UpperBound::ONE) } else { result })
}

/// An integer below `10^18`, exactly.
fn whole(digits: &str) -> Option<Wide> {
    let value: i64 = digits.parse().ok()?;
    let hi = value as f64;
    let (hi, lo) = fast_two_sum(hi, (value - hi as i64) as f64);
    Some(Wide::raw(Pair::new(hi, lo), 0.0, Quality::Continuous))
}

/// `10^n`: exactly up to `10^44`, whose factors are binary64.
fn power_of_ten(n: u64) -> Wide {
    const LARGEST: u64 = POWERS_OF_TEN.len() as u64 - 1;
    let rest = Wide::point(POWERS_OF_TEN[(n % LARGEST) as usize]);
    if n < LARGEST { rest } else { Wide::point(POWERS_OF_TEN[LARGEST as usize]).powi((n / LARGEST) as i32) * rest }
}
