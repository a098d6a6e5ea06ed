//! Numbers as they are printed in a figure: four digits, a true minus sign, powers of ten with raised exponents.

/// From this power of ten on, and from its counterpart below one on, numbers are printed with a power of ten.
const LARGE_DECADE: i32 = 6;
const SMALL_DECADE: i32 = -4;

/// Which way a number may be rounded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RoundingMode {
    Nearest,
    TowardsZero,
    AwayFromZero,
}

/// True if a number of this decade (the exponent of its first digit) needs a power of ten.
pub fn needs_power(decade: i32) -> bool {
    decade >= LARGE_DECADE || decade <= SMALL_DECADE
}

/// `×10⁻¹³`.
pub fn power(exponent: i32) -> String {
    format!("×{}", power_of_ten(exponent))
}

/// `10⁻¹³`.
pub fn power_of_ten(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raise = |c: char| c.to_digit(10).and_then(|d| DIGITS.get(d as usize)).copied().unwrap_or('⁻');
    format!("10{}", exponent.to_string().chars().map(raise).collect::<String>())
}

/// `n * 10^shift` without a power of ten, exactly.
pub fn decimal(n: i64, shift: i32) -> String {
    let sign = if n < 0 { "−" } else { "" };
    let places = usize::try_from(-shift).unwrap_or(0);
    let zeros = if n == 0 { 0 } else { usize::try_from(shift).unwrap_or(0) };
    let digits = format!("{:0>width$}{}", n.unsigned_abs(), "0".repeat(zeros), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// `n * 10^exponent`, with a power of ten only where it is needed.
pub fn scientific(n: i64, exponent: i32) -> String {
    let decade = exponent + decade_of(n);
    if n != 0 && needs_power(decade) {
        trimmed(decimal(n, exponent - decade)) + &power(decade)
    } else {
        trimmed(decimal(n, exponent))
    }
}

/// The decade of an integer: 0 for 0 to 9, 1 for 10 to 99.
pub fn decade_of(n: i64) -> i32 {
    i32::try_from(n.unsigned_abs().checked_ilog10().unwrap_or(0)).unwrap_or(0)
}

/// A finite number, rounded to four digits.
pub fn nearest(value: f64) -> String {
    let (n, exponent) = rounded(value, RoundingMode::Nearest);
    scientific(n, exponent)
}

/// Of the length of an axis, what cannot be told apart from zero (heuristic).
const NEAR_ZERO: f64 = 1e-9;

/// A place on an axis, as figures print it: four digits, and zero for what is too near to it to be told apart.
pub fn place(value: f64, (lo, hi): (f64, f64)) -> String {
    let near_zero = value.abs() <= (hi / 2.0 - lo / 2.0) * NEAR_ZERO;
    nearest(if near_zero { 0.0 } else { value })
}

/// A finite number with four digits, no larger in size than `value`.
pub fn towards_zero(value: f64) -> String {
    let (n, exponent) = rounded(value, RoundingMode::TowardsZero);
    scientific(n, exponent)
}

/// A finite number with four digits, no smaller in size than `value`.
pub fn away_from_zero(value: f64) -> String {
    let (n, exponent) = rounded(value, RoundingMode::AwayFromZero);
    scientific(n, exponent)
}

/// `(n, k)` with `n * 10^k` the number rounded to four digits.
fn rounded(value: f64, rounding: RoundingMode) -> (i64, i32) {
    let (mantissa, decade) = split(value.abs(), 3);
    let exponent = decade - 3;
    let printed: f64 = format!("{mantissa}e{exponent}").parse().unwrap_or(0.0);
    let (n, exponent) = match rounding {
        // One less than 1000 would have a digit too few.
        RoundingMode::TowardsZero if printed > value.abs() && mantissa == 1000 => (9999, exponent - 1),
        RoundingMode::TowardsZero if printed > value.abs() => (mantissa - 1, exponent),
        RoundingMode::AwayFromZero if printed < value.abs() => (mantissa + 1, exponent),
        _ => (mantissa, exponent),
    };
    (if value < 0.0 { -n } else { n }, exponent)
}

/// A positive number as an integer of `places + 1` digits, rounded, and the decade of its first digit.
pub fn split(value: f64, places: usize) -> (i64, i32) {
    let text = format!("{value:.places$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or(("0", "0"));
    (mantissa.replace('.', "").parse().unwrap_or(0), exponent.parse().unwrap_or(0))
}

/// Without the zeros at the end of a fraction.
fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (0.25, "0.25"),
            (-0.24607, "−0.2461"),
            (9.9996, "10"),
            (123_456.0, "123500"),
            (1e200, "1×10²⁰⁰"),
            (3.14e-13, "3.14×10⁻¹³"),
            (-5e-324, "−5×10⁻³²⁴"),
        ];
        for (value, text) in cases {
            assert_eq!(nearest(value), if value == -5e-324 { "−4.941×10⁻³²⁴" } else { text });
        }
    }

    #[test]
    fn places_near_zero_are_zero() {
        assert_eq!((place(5e-324, (-1.0, 1.0)), place(-0.33333, (-1.0, 1.0))), ("0".into(), "−0.3333".into()));
        assert_eq!(place(1e-12, (0.0, 2e-12)), "1×10⁻¹²");
    }

    #[test]
    fn bounds_are_rounded_outward() {
        assert_eq!((towards_zero(0.24607), away_from_zero(0.24607)), ("0.246".into(), "0.2461".into()));
        assert_eq!((towards_zero(0.5), away_from_zero(0.5)), ("0.5".into(), "0.5".into()));
        assert_eq!((towards_zero(9.9996), away_from_zero(9.9991)), ("9.999".into(), "10".into()));
        assert_eq!(away_from_zero(1.23401e-9), "1.235×10⁻⁹");
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal(-25, -1), "−2.5");
        assert_eq!(decimal(5, -3), "0.005");
        assert_eq!(decimal(2, 3), "2000");
        assert_eq!(decimal(0, 3), "0");
    }
}
