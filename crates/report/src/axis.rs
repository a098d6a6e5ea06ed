//! One axis: its range, and round tick values with exact labels.

use crate::number::{decade_of, decimal, needs_power, power, scientific, split};

/// A range narrower than this share of its largest number is widened to it, so that ticks stay countable in binary64.
const NARROWEST_SHARE: f64 = 1e-12;
/// No range is narrower than this: ticks stay clear of the subnormal numbers.
const NARROWEST: f64 = 1e-305;
/// Labels with more digits than this show the difference from an offset instead (heuristic: what stays readable).
const LABEL_DIGITS: i32 = 6;
/// Fewer ticks than this do not show a scale.
const LEAST_TICKS: usize = 3;
/// Tick counts beyond this cannot be stepped exactly: 2^50 leaves room for products with 5.
const COUNTABLE: f64 = 1_125_899_906_842_624.0;

/// A tick: where, and what is printed there.
pub struct Tick {
    pub value: f64,
    pub label: String,
}

/// A linear axis.
pub struct Axis {
    lo: f64,
    hi: f64,
    /// The ticks, all inside the range.
    pub ticks: Vec<Tick>,
    /// What the labels are to be multiplied by, such as `×10⁻¹³`; mostly empty.
    pub factor: String,
    /// What is to be added to them; mostly empty.
    pub offset: String,
}

/// The least and the largest finite value.
pub fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|v| v.is_finite()).fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((lo, hi)) => Some((v.min(lo), v.max(hi))),
    })
}

/// The range widened by a share of itself on either side; a single number gets room around it.
pub fn widened((lo, hi): (f64, f64), share: f64) -> (f64, f64) {
    let largest = lo.abs().max(hi.abs());
    let room = match (lo == hi, largest == 0.0) {
        (true, true) => 1.0,
        (true, false) => largest / 2.0,
        (false, _) => (hi / 2.0 - lo / 2.0) * share * 2.0,
    };
    let room = room.max(largest * NARROWEST_SHARE).max(NARROWEST);
    ((lo - room).max(-f64::MAX), (hi + room).min(f64::MAX))
}

impl Axis {
    /// An axis from `lo` to `hi` (finite, `lo < hi`) with about `count` ticks.
    pub fn new(range: (f64, f64), count: u32) -> Axis {
        let enough = |axis: &Axis| axis.ticks.len() >= LEAST_TICKS;
        // A step is at most 2.5 times the next smaller one, so three times the count is enough.
        (count..3 * count).map(|count| Axis::divided(range, count)).find(enough).unwrap_or(Axis::divided(range, count))
    }

    /// An axis whose step is at least a `count`th of its range.
    fn divided((lo, hi): (f64, f64), count: u32) -> Axis {
        let mut axis = Axis { lo, hi, ticks: Vec::new(), factor: String::new(), offset: String::new() };
        let (unit, exponent) = step((hi / 2.0 - lo / 2.0) / f64::from(count.max(2)) * 2.0);
        let width = decimal_value(unit, exponent);
        // A thousandth of a step's slack, so that rounding does not lose a tick at an end of the range.
        let (first, last) = ((lo / width - 1e-3).ceil(), (hi / width + 1e-3).floor());
        if !(first.abs() < COUNTABLE && last.abs() < COUNTABLE) {
            return axis;
        }
        let numbers: Vec<i64> = (first as i64..=last as i64).take(4 * count as usize).map(|n| n * unit).collect();
        let base = base(&numbers);
        let decade = exponent + numbers.iter().map(|n| decade_of(n - base)).max().unwrap_or(0);
        let shared = if needs_power(decade) { decade } else { 0 };
        axis.factor = if shared == 0 { String::new() } else { power(shared) };
        axis.offset = if base == 0 { String::new() } else { scientific(base, exponent) };
        axis.ticks = numbers
            .iter()
            .map(|&n| Tick { value: decimal_value(n, exponent), label: label(n - base, exponent - shared) })
            .collect();
        axis
    }

    /// Where a value lies, from 0 at `lo` to 1 at `hi`.
    pub fn fraction(&self, value: f64) -> f64 {
        // Halved, so that no difference of finite numbers overflows.
        (value / 2.0 - self.lo / 2.0) / (self.hi / 2.0 - self.lo / 2.0)
    }

    /// What has to be said about the labels: `×10⁻¹³`, `×10⁻¹³ + 1.5`, or nothing.
    pub fn remark(&self) -> String {
        let sign = if self.offset.is_empty() || self.offset.starts_with('−') { "" } else { "+ " };
        let gap = if self.factor.is_empty() || self.offset.is_empty() { "" } else { " " };
        format!("{}{gap}{sign}{}", self.factor, self.offset)
    }
}

/// The smallest of 1, 2, 5, 10 times a power of ten that is at least `rough`, as `(unit, exponent)`.
fn step(rough: f64) -> (i64, i32) {
    let (mantissa, decade) = split(rough, 6);
    match mantissa {
        0..=1_000_000 => (1, decade),
        1_000_001..=2_000_000 => (2, decade),
        2_000_001..=5_000_000 => (5, decade),
        _ => (1, decade + 1),
    }
}

/// What to subtract from tick numbers that have too many digits: the roundest of them.
fn base(numbers: &[i64]) -> i64 {
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return 0 };
    let digits = 1 + decade_of(*first).max(decade_of(*last));
    if digits <= LABEL_DIGITS {
        return 0;
    }
    let roundness = |n: i64| (1..18).take_while(|&zeros| n % 10_i64.pow(zeros) == 0).count();
    // The first of the roundest.
    numbers.iter().rev().copied().max_by_key(|&n| roundness(n)).unwrap_or(0)
}

fn label(n: i64, shift: i32) -> String {
    if n == 0 { "0".to_owned() } else { decimal(n, shift) }
}

/// The binary64 nearest to `n * 10^exponent`.
fn decimal_value(n: i64, exponent: i32) -> f64 {
    format!("{n}e{exponent}").parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(lo: f64, hi: f64) -> (String, String) {
        let axis = Axis::new((lo, hi), 5);
        let labels: Vec<&str> = axis.ticks.iter().map(|t| t.label.as_str()).collect();
        (labels.join(" "), axis.remark())
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(0.0, 1.0), ("0 0.2 0.4 0.6 0.8 1.0".into(), "".into()));
        assert_eq!(labels(-3e-13, 3.1e-13), ("−2 0 2".into(), "×10⁻¹³".into()));
        assert_eq!(labels(0.5e200, 1.5e200), ("0.6 0.8 1.0 1.2 1.4".into(), "×10²⁰⁰".into()));
        assert_eq!(labels(-1234.0, 250.0), ("−1000 −500 0".into(), "".into()));
        assert_eq!(labels(1.0, 1.0 + 1e-9), ("0 0.2 0.4 0.6 0.8 1.0".into(), "×10⁻⁹ + 1".into()));
        assert_eq!(labels(1.0 - 1e-7, 1.0 + 1e-7), ("−1.0 −0.5 0 0.5 1.0".into(), "×10⁻⁷ + 1".into()));
        assert_eq!(labels(-42.50003, -42.49997), ("−2 0 2".into(), "×10⁻⁵ −42.5".into()));
    }

    #[test]
    fn no_range_is_too_odd() {
        let ends = [0.0, -0.0, 5e-324, 1e-310, 1e-300, 1.0, 1.0 + f64::EPSILON, 1e200, f64::MAX];
        for a in ends {
            for b in ends {
                for (lo, hi) in [(a.min(b), a.max(b)), (-a, b), (-a.max(b), -a.min(b))] {
                    let range = widened((lo, hi), 0.05);
                    let axis = Axis::new(range, 6);
                    assert!(axis.ticks.len() >= 2 && axis.ticks.len() < 20, "{lo} {hi}: {}", axis.ticks.len());
                    for value in [lo, hi].into_iter().chain(axis.ticks.iter().map(|t| t.value)) {
                        let fraction = axis.fraction(value);
                        assert!((-1e-2..=1.01).contains(&fraction), "{lo} {hi}: {value} at {fraction}");
                    }
                }
            }
        }
    }

    #[test]
    fn extents_skip_what_is_not_finite() {
        assert_eq!(extent([f64::NAN, 2.0, f64::INFINITY, -1.0].into_iter()), Some((-1.0, 2.0)));
        assert_eq!(extent([f64::NAN].into_iter()), None);
    }
}
