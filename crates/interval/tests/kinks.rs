//! Jets where a function has no derivative: what they claim holds on both sides.
#![allow(clippy::unwrap_used)] // a test may panic

use bumpnet_interval::{Binary, Comparison, Interval, Jet, Quality, Scalar, Unary, jet};

const INF: f64 = f64::INFINITY;

fn variable(lo: f64, hi: f64) -> Jet<Interval> {
    Jet::variable(Interval::new(lo, hi).unwrap(), 4)
}

fn bounds(x: Interval) -> (f64, f64) {
    (x.lo(), x.hi())
}

fn is_unknown(x: Interval) -> bool {
    bounds(x) == (-INF, INF) && x.quality() == Quality::Partial
}

/// A kink: both slopes, nothing beyond.
fn assert_kink(f: Jet<Interval>, value: (f64, f64), slope: (f64, f64)) {
    assert_eq!(bounds(f.coefficient(0)), value);
    assert_eq!(f.coefficient(0).quality(), Quality::Continuous);
    assert_eq!((bounds(f.coefficient(1)), f.coefficient(1).quality()), (slope, Quality::Defined));
    assert!((2..=4).all(|k| is_unknown(f.coefficient(k))), "{f:?}");
}

/// A jump: nothing is known but the values.
fn assert_jump(f: Jet<Interval>, value: (f64, f64)) {
    assert_eq!((bounds(f.coefficient(0)), f.coefficient(0).quality()), (value, Quality::Defined));
    assert!((1..=4).all(|k| is_unknown(f.coefficient(k))), "{f:?}");
}

#[test]
fn absolute_value() {
    assert_kink(Jet::unary(Unary::Abs, &variable(-1.0, 2.0)), (0.0, 2.0), (-1.0, 1.0));
    assert_kink(Jet::unary(Unary::Abs, &variable(0.0, 2.0)), (0.0, 2.0), (-1.0, 1.0));
    assert_kink(Jet::unary(Unary::Abs, &variable(0.0, 0.0)), (0.0, 0.0), (-1.0, 1.0));
    let right = Jet::unary(Unary::Abs, &variable(1.0, 2.0));
    let left = Jet::unary(Unary::Abs, &variable(-2.0, -1.0));
    assert_eq!([right, left].map(|f| bounds(f.coefficient(1))), [(1.0, 1.0), (-1.0, -1.0)]);
    assert_eq!([right, left].map(|f| bounds(f.coefficient(2))), [(0.0, 0.0); 2]);
    // |-x^2| = x^2: at 0 it has derivatives, but those of neither branch alone.
    let square = Jet::binary(Binary::Pow, &variable(0.0, 0.0), &Jet::point(2.0));
    let f = Jet::unary(Unary::Abs, &Jet::unary(Unary::Neg, &square));
    assert!(f.coefficient(2).contains(1.0), "{f:?}");
    // A constant has no kink.
    let constant = Jet::unary(Unary::Abs, &Jet::constant(Interval::new(-1.0, 2.0).unwrap()));
    assert!(constant.is_constant() && bounds(constant.coefficient(1)) == (0.0, 0.0));
    // The points on either side of a kink know nothing of it; the kink itself has no slope.
    assert_eq!(Jet::unary(Unary::Abs, &Jet::variable(-0.5, 2)).coefficient(1), -1.0);
    assert!(Jet::unary(Unary::Abs, &Jet::variable(0.0, 2)).coefficient(1).is_nan());
}

#[test]
fn extrema() {
    let (x, one) = (variable(0.5, 1.5), Jet::point(1.0));
    assert_kink(Jet::binary(Binary::Min, &x, &one), (0.5, 1.0), (0.0, 1.0));
    assert_kink(Jet::binary(Binary::Max, &one, &x), (1.0, 1.5), (0.0, 1.0));
    assert_kink(Jet::binary(Binary::Max, &one, &variable(0.5, 1.0)), (1.0, 1.0), (0.0, 1.0));
    let low = Jet::binary(Binary::Min, &x, &Jet::point(2.0));
    assert_eq!((bounds(low.coefficient(0)), bounds(low.coefficient(1))), ((0.5, 1.5), (1.0, 1.0)));
    assert!(Jet::binary(Binary::Max, &x, &Jet::point(2.0)).is_constant());
    assert!(Jet::binary(Binary::Max, &one, &one).is_constant());
}

#[test]
fn jumps() {
    assert_jump(Jet::unary(Unary::Floor, &variable(0.5, 1.5)), (0.0, 1.0));
    assert_jump(Jet::unary(Unary::Floor, &variable(1.0, 1.5)), (1.0, 1.0));
    assert_jump(Jet::unary(Unary::Ceil, &variable(0.5, 1.0)), (1.0, 1.0));
    assert_jump(Jet::unary(Unary::Sign, &variable(0.0, 0.0)), (0.0, 0.0));
    assert_jump(Jet::unary(Unary::Step, &variable(-1.0, 0.0)), (0.0, 1.0));
    assert_jump(Jet::unary(Unary::Round, &variable(0.5, 0.6)), (1.0, 1.0));
    assert!(Jet::unary(Unary::Floor, &variable(0.25, 0.75)).is_constant());
    assert!(Jet::unary(Unary::Floor, &Jet::constant(Interval::new(0.5, 1.5).unwrap())).is_constant());
    // The cut of the angle.
    let angle = Jet::binary(Binary::Atan2, &variable(-1.0, 1.0), &Jet::point(-1.0));
    assert!((1..=4).all(|k| is_unknown(angle.coefficient(k))), "{angle:?}");
    // An unknown coefficient stays unknown, unless it is multiplied by a zero that is zero everywhere.
    let product = Jet::binary(Binary::Mul, &Jet::unary(Unary::Floor, &variable(0.5, 1.5)), &variable(0.5, 1.5));
    assert!((1..=4).all(|k| is_unknown(product.coefficient(k))), "{product:?}");
}

#[test]
fn conditions() {
    use Comparison::*;
    let (x, one) = (variable(0.5, 1.5), Jet::point(1.0));
    let double = Jet::binary(Binary::Mul, &x, &Jet::point(2.0));
    assert_jump(Jet::select(Less, &x, &one, &x, &double), (0.5, 3.0));
    // Decided, but only just: at its end the condition may change.
    let end = variable(0.5, 1.0);
    assert_jump(Jet::select(LessEqual, &end, &one, &end, &double).with_quality(), (0.5, 1.0));
    let chosen = Jet::select(Less, &x, &Jet::point(2.0), &double, &x);
    assert_eq!((bounds(chosen.coefficient(0)), bounds(chosen.coefficient(1))), ((1.0, 3.0), (2.0, 2.0)));
    // if(x == 0, 0, x) is x.
    let zero = variable(0.0, 0.0);
    let f = Jet::select(Equal, &zero, &Jet::point(0.0), &Jet::point(0.0), &zero);
    assert!(f.coefficient(1).contains(1.0), "{f:?}");
    // A condition on constants is the same everywhere.
    let f = Jet::select(Equal, &one, &one, &double, &x);
    assert_eq!(bounds(f.coefficient(1)), (2.0, 2.0));
    let f = Jet::select(Less, &Jet::constant(Interval::new(0.0, 2.0).unwrap()), &one, &double, &x);
    assert_eq!((bounds(f.coefficient(1)), bounds(f.coefficient(2))), ((1.0, 2.0), (0.0, 0.0)));
}

/// The value of a decided condition is that of its branch, of whatever quality; only its derivatives are in doubt.
trait WithQuality {
    fn with_quality(self) -> Self;
}

impl WithQuality for Jet<Interval> {
    fn with_quality(self) -> Self {
        assert_eq!(self.value().quality(), Quality::Continuous);
        Jet::binary(Binary::Add, &self, &Jet::constant(Interval::ZERO.demoted(Quality::Defined)))
    }
}

#[test]
fn singularities() {
    let root = Jet::unary(Unary::Sqrt, &variable(0.0, 1.0));
    assert_eq!((bounds(root.coefficient(0)), root.coefficient(0).quality()), ((0.0, 1.0), Quality::Continuous));
    assert!(root.coefficient(1).hi() == INF && root.coefficient(1).quality() == Quality::Partial);
    // Powers at zero: x^2.5 has two derivatives there, x^3 has all.
    let power = Jet::binary(Binary::Pow, &variable(0.0, 1.0), &Jet::point(2.5));
    assert!(power.coefficient(2).is_bounded() && !power.coefficient(3).is_bounded());
    let cube = Jet::binary(Binary::Pow, &variable(-1.0, 1.0), &Jet::point(3.0));
    let coefficients: Vec<_> = cube.coefficients().map(bounds).collect();
    assert_eq!(coefficients, [(-1.0, 1.0), (0.0, 3.0), (-3.0, 3.0), (1.0, 1.0), (0.0, 0.0)]);
    // An exponent that may be 2: x^2 has a third derivative at 0.
    let about_two = Jet::constant(Interval::new(2f64.next_down(), 2f64.next_up()).unwrap());
    let square = Jet::binary(Binary::Pow, &variable(0.0, 0.0), &about_two);
    assert!(square.coefficient(3).contains(0.0), "{square:?}");
    // 0^x is 0 for x > 0, and so are its derivatives.
    let zero = Jet::binary(Binary::Pow, &Jet::point(0.0), &variable(1.0, 2.0));
    assert!(zero.coefficient(1).contains(0.0), "{zero:?}");
    // sinc is smooth where its quotient is not.
    let sinc = Jet::unary(Unary::Sinc, &variable(-20.0, 20.0));
    assert!((0..=4).all(|k| sinc.coefficient(k).is_bounded() && sinc.coefficient(k).quality() == Quality::Continuous));
}

#[test]
fn orders() {
    assert_eq!(Jet::variable(1.0, 1000).order(), jet::MAX_ORDER);
    let (low, high) = (Jet::variable(0.5, 2), Jet::variable(0.25, 5));
    for op in Binary::ALL {
        assert_eq!(Jet::binary(op, &low, &high).order(), 2, "{op:?}");
        assert_eq!(Jet::binary(op, &Jet::point(2.0), &high).order(), 5, "{op:?}");
    }
    for op in Unary::ALL {
        assert_eq!(Jet::unary(op, &high).order(), 5, "{op:?}");
        assert!(Jet::unary(op, &Jet::variable(0.5, 0)).coefficient(0).is_finite() || op == Unary::Acosh);
        // The highest order works, and what is beyond is not known.
        let full = Jet::unary(op, &Jet::variable(Interval::point(0.5), jet::MAX_ORDER));
        assert!(full.coefficient(jet::MAX_ORDER).quality() >= Quality::Partial || op == Unary::Acosh, "{op:?}");
        assert!(is_unknown(full.coefficient(jet::MAX_ORDER + 1)));
    }
    assert_eq!(Jet::variable(7.0, 0).coefficients().collect::<Vec<_>>(), [7.0]);
}
