//! Exact decimal literals: `0.1` is one tenth, not the binary64 next to it.

mod compare;

use std::cmp::Ordering;
use std::fmt;

/// A non-negative decimal number `digits x 10^exponent`, kept exactly, with the nearest binary64 beside it.
///
/// It prints in one canonical form, so two literals are equal exactly when they are the same number.
///
/// ```
/// # use bumpnet_interval::Decimal;
/// let tenth: Decimal = "0.10".parse().unwrap();
/// assert_eq!(tenth, ".1".parse().unwrap());
/// assert_eq!(tenth.to_string(), "0.1");
/// assert_eq!(tenth.nearest(), 0.1);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Decimal {
    /// Significant digits without leading or trailing zeros; `"0"` for zero.
    digits: Box<str>,
    /// Power of ten of the last digit.
    exponent: i32,
    /// Bits of the binary64 nearest to the value.
    bits: u64,
    /// How the value compares with that.
    order: Ordering,
}

/// The least exponent of a number whose nearest binary64 is zero.
const LEAST_EXPONENT: i64 = -100_000;

/// Why a text is not a decimal literal that bumpnet can use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecimalError {
    /// Not of the form `12`, `1.5`, `.5`, `1.`, `2e-3`.
    Malformed,
    /// Its nearest binary64 would be infinite.
    Overflow,
    /// It is not zero but so small that no exact product of literals is of use.
    Underflow,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecimalError::Malformed => "not a number",
            DecimalError::Overflow => "larger than binary64 can hold (1.8e308)",
            DecimalError::Underflow => "not zero, but smaller than binary64 can hold (4.9e-324)",
        })
    }
}

impl std::error::Error for DecimalError {}

impl Decimal {
    /// The binary64 nearest to the value (ties to even).
    pub fn nearest(&self) -> f64 {
        f64::from_bits(self.bits)
    }

    /// How the value compares with [`nearest`](Self::nearest), exactly.
    pub fn order(&self) -> Ordering {
        self.order
    }

    /// Whether it is not zero, but its nearest binary64 is.
    pub fn vanishes(&self) -> bool {
        self.bits == 0 && self.order == Ordering::Greater
    }

    /// The significant digits and the power of ten of the last of them: the value is `digits x 10^exponent`.
    pub fn parts(&self) -> (&str, i32) {
        (&self.digits, self.exponent)
    }
}

impl std::str::FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], parse_exponent(&text[at + 1..])?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DecimalError::Malformed);
        }
        let significant = digits.trim_start_matches('0').trim_end_matches('0');
        if significant.is_empty() {
            return Ok(Decimal { digits: "0".into(), exponent: 0, bits: 0, order: Ordering::Equal });
        }
        let trailing = digits.len() - digits.trim_end_matches('0').len();
        let exponent = exponent.saturating_add(trailing as i64).saturating_sub(fraction.len() as i64);
        // Rust's parser of floats is correctly rounded for any number of digits.
        let nearest: f64 = format!("{significant}e{exponent}").parse().map_err(|_| DecimalError::Malformed)?;
        match nearest {
            n if n.is_infinite() => Err(DecimalError::Overflow),
            0.0 if exponent < LEAST_EXPONENT => Err(DecimalError::Underflow),
            0.0 => {
                Ok(Decimal { digits: significant.into(), exponent: exponent as i32, bits: 0, order: Ordering::Greater })
            }
            n => {
                let exponent = i32::try_from(exponent).map_err(|_| DecimalError::Malformed)?;
                let order = compare::with_nearest(significant, exponent, n);
                Ok(Decimal { digits: significant.into(), exponent, bits: n.to_bits(), order })
            }
        }
    }
}

/// Reads an exponent of any length; what does not fit saturates, and is then an overflow or an underflow.
fn parse_exponent(text: &str) -> Result<i64, DecimalError> {
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DecimalError::Malformed);
    }
    const LIMIT: i64 = 1 << 40;
    Ok(sign * digits.bytes().fold(0i64, |n, b| (n * 10 + i64::from(b - b'0')).min(LIMIT)))
}

impl fmt::Display for Decimal {
    /// Plain notation between 1e-5 and 1e16, scientific outside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = &*self.digits;
        let point = digits.len() as i32 + self.exponent; // the value is 0.digits x 10^point
        match (self.exponent, point) {
            (0.., ..=16) => write!(f, "{digits}{}", "0".repeat(self.exponent as usize)),
            (_, -4..=0) => write!(f, "0.{}{digits}", "0".repeat(-point as usize)),
            (..0, 1..=16) => write!(f, "{}.{}", &digits[..point as usize], &digits[point as usize..]),
            _ if digits.len() == 1 => write!(f, "{digits}e{}", point - 1),
            _ => write!(f, "{}.{}e{}", &digits[..1], &digits[1..], point - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn canonical_text() {
        for (text, canonical) in [
            ("0", "0"),
            ("000.000", "0"),
            ("1.", "1"),
            (".5", "0.5"),
            ("1200", "1200"),
            ("12.340", "12.34"),
            ("1e3", "1000"),
            ("1e20", "1e20"),
            ("12e30", "1.2e31"),
            ("0.00001", "0.00001"),
            ("0.000001", "1e-6"),
            ("1234567890123456789", "1.234567890123456789e18"),
            ("2.5E+2", "250"),
        ] {
            let decimal: Decimal = text.parse().unwrap();
            assert_eq!(decimal.to_string(), canonical, "{text}");
            assert_eq!(decimal.to_string().parse::<Decimal>().unwrap(), decimal, "{text}");
        }
    }

    #[test]
    fn refusals() {
        for text in ["", ".", "e5", "1e", "1e+", "1.2.3", "-1", "nan", "inf", "1_000", "\u{0661}"] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Malformed), "{text}");
        }
        assert_eq!("1e999".parse::<Decimal>(), Err(DecimalError::Overflow));
        assert_eq!("1e99999999999999999999".parse::<Decimal>(), Err(DecimalError::Overflow));
        assert_eq!("1e-400000".parse::<Decimal>(), Err(DecimalError::Underflow));
    }

    proptest! {
        #[test]
        fn round_trip(digits in "[0-9]{1,40}", fraction in "[0-9]{0,40}", exponent in -290i32..=200) {
            let text = format!("{digits}.{fraction}e{exponent}");
            if let Ok(decimal) = text.parse::<Decimal>() {
                prop_assert_eq!(decimal.to_string().parse::<Decimal>().unwrap(), decimal.clone());
                prop_assert_eq!(decimal.nearest(), text.parse::<f64>().unwrap());
                prop_assert_eq!(decimal.to_string().parse::<f64>().unwrap(), decimal.nearest());
            }
        }
    }
}
