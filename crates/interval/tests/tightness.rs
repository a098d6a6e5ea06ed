//! How wide enclosures of single numbers are, so that a loss of sharpness is noticed.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use bumpnet_interval::{Binary, Interval, Jet, Quality, Scalar, Unary};
use common::{Random, ulps};

/// The greatest width, in binary64 numbers, over the reference points where the result is a normal number.
fn widest(kind: char, name: &str, evaluate: impl Fn(&[f64]) -> Interval) -> u64 {
    let usable = |c: &common::Case| c.name == name && c.truths[0].lo.abs().is_normal() && c.truths[0].hi.is_finite();
    let widths = common::cases(kind).filter(usable).map(|c| {
        let y = evaluate(&c.arguments);
        // The largest binary64 and infinity are neighbours here.
        ulps(y.lo(), y.hi())
    });
    widths.max().unwrap()
}

#[test]
fn unary_widths() {
    for op in Unary::ALL {
        let most = match op {
            // Exact.
            Unary::Neg
            | Unary::Abs
            | Unary::Sign
            | Unary::Floor
            | Unary::Ceil
            | Unary::Round
            | Unary::Trunc
            | Unary::Step => 0,
            Unary::Sqrt => 2,
            Unary::Sigmoid => 12,
            Unary::Softplus => 12,
            Unary::Sinc => 10,
            // Two on either side.
            _ => 4,
        };
        let width = widest('u', op.name(), |x| Interval::unary(op, &Interval::point(x[0])));
        assert!(width <= most, "{op:?}: {width} ulp");
        assert!(width * 2 >= most, "{op:?}: {width} ulp, so the test should ask for less than {most}");
    }
}

#[test]
fn binary_widths() {
    for op in Binary::ALL {
        let most = match op {
            Binary::Min | Binary::Max => 0,
            // Rounded in the right direction.
            Binary::Add | Binary::Sub => 1,
            Binary::Mul | Binary::Div => 2,
            Binary::Pow | Binary::Hypot | Binary::Atan2 => 4,
        };
        let width = widest('b', op.name(), |x| Interval::binary(op, &Interval::point(x[0]), &Interval::point(x[1])));
        assert_eq!(width, most, "{op:?}");
    }
}

/// An exact result that is a binary64 is enclosed by itself, wherever that can be known cheaply.
#[test]
fn exact_results_stay_points() {
    let simple = |x: f64| x == 0.0 || (x.abs().log2_exponent() < 20 && (x * 1024.0).fract() == 0.0);
    for case in common::cases('b') {
        let op = Binary::ALL.into_iter().find(|op| op.name() == case.name).unwrap();
        let exact = case.truths[0].lo == case.truths[0].hi;
        let expected = match op {
            Binary::Add | Binary::Sub => exact,
            Binary::Mul | Binary::Div => {
                exact && case.arguments.iter().all(|x| simple(*x)) && simple(case.truths[0].lo)
            }
            _ => false,
        };
        let z = Interval::binary(op, &Interval::point(case.arguments[0]), &Interval::point(case.arguments[1]));
        assert!(!expected || z.is_point(), "{op:?} {:?}: {z:?}", case.arguments);
    }
    for (op, x, y) in [
        (Unary::Exp, 0.0, 1.0),
        (Unary::Exp2, 10.0, 1024.0),
        (Unary::ExpM1, 0.0, 0.0),
        (Unary::Ln, 1.0, 0.0),
        (Unary::Ln1p, 0.0, 0.0),
        (Unary::Log2, 8.0, 3.0),
        (Unary::Log10, 1e5, 5.0),
        (Unary::Sqrt, 9.0, 3.0),
        (Unary::Cbrt, -27.0, -3.0),
        (Unary::Sin, 0.0, 0.0),
        (Unary::Cos, 0.0, 1.0),
        (Unary::Tan, 0.0, 0.0),
        (Unary::Asin, 0.0, 0.0),
        (Unary::Acos, 1.0, 0.0),
        (Unary::Atan, 0.0, 0.0),
        (Unary::Sinh, 0.0, 0.0),
        (Unary::Cosh, 0.0, 1.0),
        (Unary::Tanh, 0.0, 0.0),
        (Unary::Asinh, 0.0, 0.0),
        (Unary::Acosh, 1.0, 0.0),
        (Unary::Atanh, 0.0, 0.0),
        (Unary::Erf, 0.0, 0.0),
        (Unary::Sigmoid, 0.0, 0.5),
        (Unary::Sinc, 0.0, 1.0),
    ] {
        assert_eq!(Interval::unary(op, &Interval::point(x)), Interval::point(y), "{op:?}");
    }
    for (a, b, c) in [(3.0, 4.0, 81.0), (-2.0, 9.0, -512.0), (10.0, 15.0, 1e15), (2.0, 0.0, 1.0), (0.1, 1.0, 0.1)] {
        assert_eq!(Interval::binary(Binary::Pow, &Interval::point(a), &Interval::point(b)), Interval::point(c));
    }
    assert_eq!(Interval::binary(Binary::Hypot, &Interval::point(3.0), &Interval::point(-4.0)), Interval::point(5.0));
}

trait Exponent {
    fn log2_exponent(self) -> i64;
}

impl Exponent for f64 {
    fn log2_exponent(self) -> i64 {
        (self.to_bits() >> 52 & 0x7ff) as i64 - 1023
    }
}

/// Coefficients at a single number are sharp: their width is a small multiple of rounding, relative to their size.
#[test]
fn jet_coefficients_at_points() {
    for (case, f) in common::checks::jet_cases::<Jet<Interval>>() {
        let jet = f(&Jet::variable(Interval::point(case.arguments[0]), case.truths.len() - 1));
        let allowed = match case.kind {
            // Up to 8, the series of sinc has terms much larger than its sum.
            'j' if case.name == "sinc" => 1e-10,
            'j' => 1e-12,
            // Composition has terms of both signs.
            _ => 5e-9,
        };
        let scale = case.truths.iter().map(|t| t.hi.abs()).fold(0.0, f64::max);
        for (k, truth) in case.truths.iter().enumerate() {
            let c = jet.coefficient(k);
            let relative = c.width().get() / (truth.lo.abs() + 1e-3 * scale);
            assert!(relative < allowed, "{} {} {:?} order {k}: {relative:e}", case.kind, case.name, case.arguments);
            assert_eq!(c.quality(), Quality::Continuous);
        }
    }
}

/// Over cells of the width that a proof uses, the highest coefficient of the sigmoid family stays within a small factor of
/// the greatest one at a point: this is what makes remainders small.
#[test]
fn remainders_of_bells() {
    const ORDER: usize = 14;
    let mut random = Random(7);
    for (op, radius, factor) in [
        (Unary::Sigmoid, 0.5, 1.2),
        (Unary::Tanh, 0.25, 3.0),
        (Unary::Softplus, 0.5, 3.0),
        (Unary::Erf, 0.25, 6.0),
        (Unary::Atan, 0.25, 5.0),
        (Unary::Asinh, 0.25, 10.0),
        (Unary::Sin, 0.5, 1.01),
        (Unary::Sinc, 0.5, 1.5),
        (Unary::Exp, 0.5, 1.01),
    ] {
        // The greatest over points, as the remainder's bound cannot be less.
        let top = |x: Interval| Jet::unary(op, &Jet::variable(x, ORDER)).coefficient(ORDER).magnitude().get();
        let cells = [0.0, 0.1, 0.7, -1.5].into_iter().flat_map(|c| [1.0, 1e-3, 1e-6].map(|s| (c, s * radius)));
        for (center, radius) in cells {
            let cell = Interval::new(center - radius, center + radius).unwrap();
            let inside: Vec<_> = (0..200).map(|_| random.within(cell.lo(), cell.hi())).collect();
            let samples = inside.into_iter().chain([cell.lo(), center, cell.hi()]);
            let greatest = samples.map(|x| top(Interval::point(x))).fold(0.0, f64::max);
            let bound = top(cell);
            assert!(bound <= factor * greatest, "{op:?} at {center} +- {radius}: {bound:e} for {greatest:e}");
        }
    }
}
