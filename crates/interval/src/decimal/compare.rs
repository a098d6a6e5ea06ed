//! How a decimal compares with its nearest binary64, exactly: once for each literal, since long ones take their time.

use std::cmp::Ordering;

/// How `digits * 10^exponent` compares with its nearest binary64.
pub(super) fn with_nearest(digits: &str, exponent: i32, nearest: f64) -> Ordering {
    integers(digits, exponent, nearest).unwrap_or_else(|| digit_by_digit(digits, exponent, nearest))
}

/// The comparison as one of integers of at most 128 bits, if they are that short.
///
/// The decimal is `D * 10^e` and the binary64 is `M * 2^q`, so for `e <= 0` and `q <= 0` the comparison is that of
/// `D * 2^-q` with `M * 10^-e`.
fn integers(digits: &str, exponent: i32, nearest: f64) -> Option<Ordering> {
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
fn digit_by_digit(digits: &str, exponent: i32, nearest: f64) -> Ordering {
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
