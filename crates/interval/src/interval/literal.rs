//! Enclosures of decimal literals and of the named constants.
//!
//! A decimal is compared exactly with its nearest binary64, so the enclosure is that number alone when the two are equal,
//! and otherwise the gap between the two binary64 numbers on either side of the decimal.

use super::{Interval, Quality};
use crate::fault::{Fault, active};
use crate::{Constant, Decimal};
use std::cmp::Ordering;

/// The tightest enclosure of a decimal.
pub(super) fn enclose(decimal: &Decimal) -> Interval {
    let nearest = decimal.nearest();
    let (lo, hi) = match compare_with_nearest(decimal) {
        _ if active(Fault::LiteralNearest) => (nearest, nearest),
        Ordering::Less => (nearest.next_down(), nearest),
        Ordering::Equal => (nearest, nearest),
        Ordering::Greater => (nearest, nearest.next_up()),
    };
    Interval::raw(lo, hi, Quality::Continuous)
}

/// The tightest enclosure of a constant.
pub(super) fn constant(constant: Constant) -> Interval {
    use std::f64::consts;
    // The nearest binary64 is below each of the three:
    // pi  = 3.14159265358979323846...  and PI  = 3.141592653589793115997...
    // e   = 2.71828182845904523536...  and E   = 2.718281828459045090795...
    // tau = 6.28318530717958647692...  and TAU = 6.283185307179586231995...
    let below = match constant {
        Constant::Pi => consts::PI,
        Constant::E => consts::E,
        Constant::Tau => consts::TAU,
    };
    Interval::raw(below, below.next_up(), Quality::Continuous)
}

/// How the decimal compares with its nearest binary64.
fn compare_with_nearest(decimal: &Decimal) -> Ordering {
    let nearest = decimal.nearest();
    compare_integers(decimal, nearest).unwrap_or_else(|| compare_digits(decimal, nearest))
}

/// The comparison as one of integers of at most 128 bits, if they are that short.
///
/// The decimal is `D * 10^e` and the binary64 is `M * 2^q`, so for `e <= 0` and `q <= 0` the comparison is that of
/// `D * 2^-q` with `M * 10^-e`.
fn compare_integers(decimal: &Decimal, nearest: f64) -> Option<Ordering> {
    let (digits, exponent) = decimal.parts();
    let digits = if digits.len() <= 19 { digits.parse::<u64>().ok()? } else { return None };
    if digits == 0 {
        return Some(Ordering::Equal);
    }
    let bits = nearest.to_bits();
    let biased = (bits >> 52) as i32;
    if biased == 0 {
        return None; // subnormal
    }
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let zeros = mantissa.trailing_zeros();
    let (mantissa, power) = (mantissa >> zeros, biased - 1075 + zeros as i32);
    let left = times_powers(digits, exponent.max(0) as u32, (-power).max(0) as u32)?;
    let right = times_powers(mantissa, (-exponent).max(0) as u32, power.max(0) as u32)?;
    Some(left.cmp(&right))
}

/// `n * 10^tens * 2^twos`, unless it is too long.
fn times_powers(n: u64, tens: u32, twos: u32) -> Option<u128> {
    u128::from(n).checked_mul(10u128.checked_pow(tens)?)?.checked_mul(1u128.checked_shl(twos)?)
}

/// The comparison digit by digit with the exact decimal expansion of the binary64.
fn compare_digits(decimal: &Decimal, nearest: f64) -> Ordering {
    let (digits, exponent) = decimal.parts();
    // A binary64 has at most 767 significant decimal digits, and the formatter prints as many as asked for, exactly.
    let text = format!("{nearest:.800e}");
    let Some((mantissa, power)) = text.split_once('e') else { return Ordering::Equal };
    let expansion: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let expansion = expansion.trim_end_matches('0');
    // Both as 0.digits x 10^point: first the magnitudes, then the digits (a missing digit is less than any).
    let point = digits.len() as i64 + i64::from(exponent);
    let nearest_point = power.parse::<i64>().map_or(i64::MIN, |power| power + 1);
    point.cmp(&nearest_point).then_with(|| digits.cmp(expansion))
}
