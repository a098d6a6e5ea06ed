//! One axis, linear or logarithmic: its range, and round tick values with exact labels.

use bumpnet_interval::{Unary, elementary};

use crate::number::{self, decade_of, decimal, needs_power, power, scientific, split};

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

/// The powers of ten that binary64 has, the last of the subnormal ones left out.
const DECADES: (i32, i32) = (-323, 308);
/// Decades per label on a logarithmic axis.
const LABEL_STEPS: [i32; 9] = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/// Decades narrower than this, in page units, get no line of their own (heuristic).
const NARROWEST_DECADE: f64 = 8.0;
/// Decades narrower than this are not divided: 8 and 9 would run together (heuristic).
const NARROWEST_DIVIDED: f64 = 20.0;

/// A tick: where, and what is printed there, which may be nothing.
#[derive(Clone)]
pub struct Tick {
    pub value: f64,
    pub label: String,
}

/// How values become lengths.
#[derive(Clone, Copy)]
enum Scale {
    Linear,
    /// Equal ratios are equally long.
    Logarithmic,
}

/// An axis.
#[derive(Clone)]
pub struct Axis {
    scale: Scale,
    /// The ends of the range; of a logarithmic axis, their common logarithms.
    lo: f64,
    hi: f64,
    /// The ticks, all inside the range.
    pub ticks: Vec<Tick>,
    /// Where a logarithmic axis divides its decades, from 2 to 9 times a power of ten.
    pub minor: Vec<f64>,
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
        let mut axis = Axis::blank(Scale::Linear, (lo, hi));
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

    /// A logarithmic axis, `length` page units long, over positive numbers and a `share` of their range on either
    /// side, at least a decade in all. Labels of whole decades are at least `spacing` page units apart.
    pub fn logarithmic((least, most): (f64, f64), share: f64, length: f64, spacing: f64) -> Axis {
        let (lo, hi) = (log10(least), log10(most));
        let room = ((hi - lo) * share).max((1.0 - (hi - lo)) / 2.0);
        let mut axis = Axis::blank(Scale::Logarithmic, (lo - room, hi + room));
        let decade = length / (axis.hi - axis.lo);
        let (first, last) = ((axis.lo.ceil() as i32).max(DECADES.0), (axis.hi.floor() as i32).min(DECADES.1));
        let step = LABEL_STEPS.into_iter().find(|step| f64::from(*step) * decade >= spacing).unwrap_or(1000);
        let labelled: &[i64] = if last - first + 1 < LEAST_TICKS as i32 { &[1, 2, 5] } else { &[1] };
        let raised = needs_power(first) || needs_power(last);
        for exponent in first - 1..=last {
            let on_step = exponent.rem_euclid(step) == 0;
            for n in 1..10 {
                let value = decimal_value(n, exponent);
                let inside = (axis.lo..=axis.hi).contains(&log10(value));
                if inside && labelled.contains(&n) && (on_step || decade >= NARROWEST_DECADE) {
                    let label = if on_step { decade_label(n, exponent, raised) } else { String::new() };
                    axis.ticks.push(Tick { value, label });
                } else if inside && n > 1 && decade >= NARROWEST_DIVIDED {
                    axis.minor.push(value);
                }
            }
        }
        axis
    }

    /// A linear axis without ticks.
    pub fn plain(range: (f64, f64)) -> Axis {
        Axis::blank(Scale::Linear, range)
    }

    /// The same axis, its labels left out.
    pub fn without_labels(&self) -> Axis {
        let mut axis = Axis { factor: String::new(), offset: String::new(), ..self.clone() };
        axis.ticks.iter_mut().for_each(|tick| tick.label.clear());
        axis
    }

    /// Where a linear axis begins and ends.
    pub fn ends(&self) -> (f64, f64) {
        (self.lo, self.hi)
    }

    /// An axis without ticks.
    fn blank(scale: Scale, (lo, hi): (f64, f64)) -> Axis {
        let (ticks, minor, factor, offset) = Default::default();
        Axis { scale, lo, hi, ticks, minor, factor, offset }
    }

    /// Where a value lies, from 0 at the lower end to 1 at the upper one.
    pub fn fraction(&self, value: f64) -> f64 {
        let value = match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => log10(value),
        };
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

/// `n * 10^exponent` on a logarithmic axis: all labels with a raised exponent, or none.
fn decade_label(n: i64, exponent: i32, raised: bool) -> String {
    match (raised, n) {
        (false, _) => decimal(n, exponent),
        (true, 1) => number::power_of_ten(exponent),
        (true, _) => format!("{n}{}", power(exponent)),
    }
}

/// The common logarithm: the same bits on every platform.
fn log10(value: f64) -> f64 {
    elementary::unary(Unary::Log10, value)
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

    fn logarithmic(lo: f64, hi: f64, length: f64) -> (String, usize) {
        let axis = Axis::logarithmic((lo, hi), 0.03, length, 30.0);
        let labels: Vec<&str> = axis.ticks.iter().map(|t| t.label.as_str()).collect();
        (labels.join(" "), axis.minor.len())
    }

    #[test]
    fn decades_are_labelled_and_divided() {
        assert_eq!(logarithmic(8.0, 4096.0, 500.0), ("10 100 1000".into(), 22));
        assert_eq!(logarithmic(3e-7, 0.5, 400.0).0, "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹");
        // Too narrow for a label each; then for a line each.
        assert_eq!(logarithmic(1e-8, 1.0, 200.0), ("10⁻⁸  10⁻⁶  10⁻⁴  10⁻²  10⁰".into(), 68));
        assert_eq!(logarithmic(1e-150, 1e150, 400.0), ("10⁻¹⁵⁰ 10⁻¹⁰⁰ 10⁻⁵⁰ 10⁰ 10⁵⁰ 10¹⁰⁰ 10¹⁵⁰".into(), 0));
        // Few decades: 2 and 5 as well.
        assert_eq!(logarithmic(8.0, 64.0, 500.0).0, "10 20 50");
        assert_eq!(logarithmic(3e-9, 3e-9, 500.0).0, "10⁻⁹ 2×10⁻⁹ 5×10⁻⁹");
    }

    #[test]
    fn no_positive_range_is_too_odd() {
        let ends = [5e-324, 1e-323, 1e-310, 1e-300, 0.1, 1.0, 1.0 + f64::EPSILON, 1e200, f64::MAX];
        for (i, lo) in ends.into_iter().enumerate() {
            for hi in ends.into_iter().skip(i) {
                let axis = Axis::logarithmic((lo, hi), 0.03, 400.0, 30.0);
                assert!((1..60).contains(&axis.ticks.len()), "{lo} {hi}: {}", axis.ticks.len());
                let ticks = axis.ticks.iter().map(|t| t.value).chain(axis.minor.iter().copied());
                for value in ticks.chain([lo, hi]) {
                    let fraction = axis.fraction(value);
                    assert!((0.0..=1.0).contains(&fraction), "{lo} {hi}: {value} at {fraction}");
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
