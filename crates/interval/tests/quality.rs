//! What each operation says of its definedness and continuity, and its exact bounds where they are known.
#![allow(clippy::unwrap_used)] // a test may panic

use bumpnet_interval::{Binary, Comparison, Constant, Decimal, Interval, Quality, Real, Scalar, Unary};
use std::f64::consts::{FRAC_PI_2, PI};

const INF: f64 = f64::INFINITY;

fn interval((lo, hi): (f64, f64)) -> Interval {
    Interval::new(lo, hi).unwrap()
}

#[track_caller]
fn unary(op: Unary, x: (f64, f64), y: (f64, f64), quality: Quality) {
    let result = Interval::unary(op, &interval(x));
    assert_eq!((result.lo(), result.hi(), result.quality()), (y.0, y.1, quality), "{op:?} {x:?}");
}

#[track_caller]
fn binary(op: Binary, a: (f64, f64), b: (f64, f64), y: (f64, f64), quality: Quality) {
    let result = Interval::binary(op, &interval(a), &interval(b));
    assert_eq!((result.lo(), result.hi(), result.quality()), (y.0, y.1, quality), "{op:?} {a:?} {b:?}");
}

#[track_caller]
fn nowhere(result: Interval) {
    assert!(result.quality() == Quality::Nowhere && result.lo().is_nan() && result.hi().is_nan(), "{result:?}");
}

#[test]
fn domains() {
    use Quality::*;
    unary(Unary::Ln, (-1.0, 1.0), (-INF, 0.0), Partial);
    unary(Unary::Ln, (0.0, 1.0), (-INF, 0.0), Partial);
    unary(Unary::Log2, (0.25, 8.0), (-2.0, 3.0), Continuous);
    unary(Unary::Log10, (1.0, 1000.0), (0.0, 3.0), Continuous);
    unary(Unary::Ln1p, (-2.0, 0.0), (-INF, 0.0), Partial);
    unary(Unary::Sqrt, (0.0, 1.0), (0.0, 1.0), Continuous);
    unary(Unary::Sqrt, (-1.0, 4.0), (0.0, 2.0), Partial);
    unary(Unary::Sqrt, (-1.0, 0.0), (0.0, 0.0), Partial);
    unary(Unary::Atanh, (0.0, 1.0), (0.0, INF), Partial);
    unary(Unary::Atanh, (-3.0, 3.0), (-INF, INF), Partial);
    unary(Unary::Acosh, (-1.0, 1.0), (0.0, 0.0), Partial);
    unary(Unary::Asin, (-9.0, 9.0), (-FRAC_PI_2.next_up(), FRAC_PI_2.next_up()), Partial);
    unary(Unary::Acos, (-1.0, 1.0), (0.0, PI.next_up()), Continuous);
    unary(Unary::Exp, (-INF, 0.0), (0.0, 1.0), Continuous);
    for (op, x) in [
        (Unary::Ln, (-2.0, -1.0)),
        (Unary::Ln, (-2.0, 0.0)),
        (Unary::Ln1p, (-2.0, -1.0)),
        (Unary::Sqrt, (-2.0, -1e-300)),
        (Unary::Asin, (1.1, 2.0)),
        (Unary::Acos, (-2.0, -1.1)),
        (Unary::Acosh, (0.0, 0.9)),
        (Unary::Atanh, (1.0, 2.0)),
        (Unary::Atanh, (-2.0, -1.0)),
    ] {
        nowhere(Interval::unary(op, &interval(x)));
    }
}

#[test]
fn nowhere_stays_nowhere() {
    for op in Unary::ALL {
        nowhere(Interval::unary(op, &Interval::NOWHERE));
    }
    for op in Binary::ALL {
        for x in [Interval::ZERO, Interval::ONE, Interval::ENTIRE, Interval::NOWHERE] {
            nowhere(Interval::binary(op, &x, &Interval::NOWHERE));
            nowhere(Interval::binary(op, &Interval::NOWHERE, &x));
        }
    }
}

#[test]
fn quality_is_the_least_of_all() {
    let partial = Interval::ONE.demoted(Quality::Partial);
    for op in Unary::ALL {
        assert!(Interval::unary(op, &partial).quality() <= Quality::Partial, "{op:?}");
    }
    for op in Binary::ALL {
        assert!(Interval::binary(op, &partial, &Interval::ONE).quality() <= Quality::Partial, "{op:?}");
        assert!(Interval::binary(op, &Interval::ONE, &partial).quality() <= Quality::Partial, "{op:?}");
    }
}

#[test]
fn division() {
    use Quality::*;
    binary(Binary::Div, (1.0, 1.0), (-1.0, 1.0), (-INF, INF), Partial);
    binary(Binary::Div, (1.0, 1.0), (0.0, 1.0), (1.0, INF), Partial);
    binary(Binary::Div, (1.0, 1.0), (-1.0, 0.0), (-INF, -1.0), Partial);
    binary(Binary::Div, (-1.0, -0.5), (0.0, 1.0), (-INF, -0.5), Partial);
    binary(Binary::Div, (0.0, 0.0), (-1.0, 1.0), (0.0, 0.0), Partial);
    binary(Binary::Div, (1.0, 6.0), (2.0, 4.0), (0.25, 3.0), Continuous);
    binary(Binary::Div, (-1.0, 6.0), (-4.0, -2.0), (-3.0, 0.5), Continuous);
    binary(Binary::Div, (1.0, INF), (1.0, INF), (0.0, INF), Continuous);
    nowhere(Interval::ONE / Interval::ZERO);
    nowhere(Interval::ZERO / Interval::ZERO);
}

#[test]
fn products_with_zero_and_infinity() {
    use Quality::*;
    binary(Binary::Mul, (0.0, 0.0), (-INF, INF), (0.0, 0.0), Continuous);
    binary(Binary::Mul, (0.0, 1.0), (0.0, INF), (0.0, INF), Continuous);
    binary(Binary::Mul, (0.0, 1.0), (0.0, 1.0), (0.0, 1.0), Continuous);
    binary(Binary::Mul, (-1.0, 0.0), (0.3, 0.7), (-0.7, 0.0), Continuous);
    binary(Binary::Mul, (0.0, 0.0), (-0.3, 0.7), (0.0, 0.0), Continuous);
    binary(Binary::Mul, (1e200, 1e200), (1e200, 1e200), (f64::MAX, INF), Continuous);
    binary(Binary::Mul, (1e-200, 1e-200), (1e-200, 1e-200), (0.0, 5e-324), Continuous);
    binary(Binary::Add, (f64::MAX, f64::MAX), (1e300, 1e300), (f64::MAX, INF), Continuous);
}

#[test]
fn staircases() {
    use Quality::*;
    unary(Unary::Floor, (0.2, 0.8), (0.0, 0.0), Continuous);
    unary(Unary::Floor, (0.2, 1.0), (0.0, 1.0), Defined);
    unary(Unary::Floor, (1.0, 1.5), (1.0, 1.0), Defined);
    unary(Unary::Ceil, (0.5, 1.0), (1.0, 1.0), Defined);
    unary(Unary::Ceil, (1.1, 1.9), (2.0, 2.0), Continuous);
    unary(Unary::Round, (0.5, 0.7), (1.0, 1.0), Defined);
    unary(Unary::Round, (-0.5, 0.4), (-1.0, 0.0), Defined);
    unary(Unary::Round, (-0.4, 0.4), (-0.0, 0.0), Continuous);
    unary(Unary::Round, (-0.7, -0.5), (-1.0, -1.0), Defined);
    unary(Unary::Trunc, (-0.9, 0.9), (-0.0, 0.0), Continuous);
    unary(Unary::Trunc, (1.0, 1.5), (1.0, 1.0), Defined);
    unary(Unary::Trunc, (-1.5, -1.0), (-1.0, -1.0), Defined);
    unary(Unary::Trunc, (-1.0, 0.0), (-1.0, 0.0), Defined);
    unary(Unary::Sign, (0.0, 1.0), (0.0, 1.0), Defined);
    unary(Unary::Sign, (1e-300, 1.0), (1.0, 1.0), Continuous);
    unary(Unary::Step, (-1.0, 0.0), (0.0, 1.0), Defined);
    unary(Unary::Step, (0.0, 1.0), (1.0, 1.0), Defined);
    unary(Unary::Step, (-1.0, -1e-300), (0.0, 0.0), Continuous);
    // Half-integers lie between neighbouring binary64 numbers here.
    let big = (1u64 << 60) as f64;
    assert_eq!(Interval::unary(Unary::Round, &interval((big, big.next_up()))).quality(), Defined);
}

#[test]
fn powers() {
    use Quality::*;
    binary(Binary::Pow, (-2.0, 3.0), (2.0, 2.0), (0.0, 9.0), Continuous);
    binary(Binary::Pow, (-2.0, 3.0), (4.0, 4.0), (0.0, 81.0), Continuous);
    binary(Binary::Pow, (-2.0, 3.0), (3.0, 3.0), (-8.0, 27.0), Continuous);
    binary(Binary::Pow, (-2.0, 3.0), (0.0, 0.0), (1.0, 1.0), Continuous);
    binary(Binary::Pow, (-2.0, 4.0), (-1.0, -1.0), (-INF, INF), Partial);
    binary(Binary::Pow, (0.0, 4.0), (-1.0, -1.0), (0.25, INF), Partial);
    binary(Binary::Pow, (0.0, 0.0), (0.5, 2.5), (0.0, 0.0), Continuous);
    binary(Binary::Pow, (0.0, 0.0), (0.0, 2.5), (0.0, 1.0), Defined);
    binary(Binary::Pow, (0.0, 0.0), (-1.0, 0.0), (1.0, 1.0), Partial);
    binary(Binary::Pow, (0.0, 1.0), (0.0, 1.0), (0.0, 1.0), Defined);
    binary(Binary::Pow, (0.0, 1.0), (0.5, 1.0), (0.0, 1.0), Continuous);
    binary(Binary::Pow, (0.0, INF), (2.0, 2.0), (0.0, INF), Continuous);
    binary(Binary::Pow, (1.0, INF), (-3.0, -3.0), (0.0, 1.0), Continuous);
    nowhere(Interval::binary(Binary::Pow, &interval((-2.0, -1.0)), &interval((0.5, 0.5))));
    nowhere(Interval::binary(Binary::Pow, &Interval::ZERO, &interval((-2.0, -1.0))));
    nowhere(Interval::binary(Binary::Pow, &Interval::ZERO, &interval((-2.0, -2.0))));
    // Defined at the integer exponent only.
    let square = Interval::binary(Binary::Pow, &interval((-3.0, -3.0)), &interval((1.5, 2.5)));
    assert!(square.contains(9.0) && square.quality() == Partial, "{square:?}");
}

#[test]
fn angles() {
    use Quality::*;
    let pi = PI.next_up();
    binary(Binary::Atan2, (-1.0, 1.0), (-2.0, -1.0), (-pi, pi), Defined);
    binary(Binary::Atan2, (-1.0, 0.0), (-2.0, -1.0), (-pi, pi), Defined);
    binary(Binary::Atan2, (-1.0, 1.0), (-1.0, 1.0), (-pi, pi), Partial);
    binary(Binary::Atan2, (0.0, 0.0), (1.0, 2.0), (0.0, 0.0), Continuous);
    binary(Binary::Atan2, (0.0, 1.0), (0.0, 1.0), (0.0, FRAC_PI_2.next_up()), Partial);
    nowhere(Interval::binary(Binary::Atan2, &Interval::ZERO, &Interval::ZERO));
    let on_cut = Interval::binary(Binary::Atan2, &interval((-0.0, 1.0)), &interval((-2.0, -1.0)));
    assert!(on_cut.quality() == Defined && on_cut.hi() == pi && on_cut.lo() > 2.0, "{on_cut:?}");
    let above = Interval::binary(Binary::Atan2, &interval((0.5, 1.0)), &interval((-2.0, 1.0)));
    assert!(above.quality() == Continuous && above.lo() > 0.46 && above.hi() < 2.9, "{above:?}");
}

#[test]
fn poles_and_periods() {
    let tan = |lo, hi| Interval::unary(Unary::Tan, &interval((lo, hi)));
    assert_eq!(tan(1.5, 1.6).quality(), Quality::Partial);
    assert_eq!(tan(FRAC_PI_2, FRAC_PI_2.next_up()).quality(), Quality::Partial); // pi/2 lies between
    assert_eq!(tan(FRAC_PI_2.next_down(), FRAC_PI_2).quality(), Quality::Continuous);
    assert_eq!(tan(-1.5, 1.5).quality(), Quality::Continuous);
    assert_eq!(tan(-1.5, 1.7).quality(), Quality::Partial);
    assert_eq!(tan(1e22, 1e22).quality(), Quality::Continuous);
    assert_eq!(tan(-INF, 0.0).quality(), Quality::Partial);
    unary(Unary::Sin, (0.0, 4.0), (Interval::unary(Unary::Sin, &interval((4.0, 4.0))).lo(), 1.0), Quality::Continuous);
    unary(Unary::Sin, (0.0, 7.0), (-1.0, 1.0), Quality::Continuous);
    unary(Unary::Cos, (-1e22, 1e22), (-1.0, 1.0), Quality::Continuous);
    unary(Unary::Cos, (3.0, 7.0), (-1.0, 1.0), Quality::Continuous);
    unary(Unary::Cos, (0.0, 0.0), (1.0, 1.0), Quality::Continuous);
}

#[test]
fn conditions() {
    use Comparison::*;
    let (a, b) = (interval((0.0, 1.0)), interval((2.0, 3.0)));
    let broken = interval((7.0, 8.0)).demoted(Quality::Partial);
    let select = |op, l, r, t, o| <Interval as Scalar>::select(op, &l, &r, &t, &o);
    // Decided: the other branch does not count.
    assert_eq!(select(Less, a, b, a, broken), a);
    assert_eq!(select(GreaterEqual, a, b, broken, b), b);
    assert_eq!(select(LessEqual, a, Interval::ONE, a, broken), a);
    assert_eq!(select(Equal, Interval::ONE, Interval::ONE, a, Interval::NOWHERE), a);
    assert_eq!(select(NotEqual, a, b, a, Interval::NOWHERE), a);
    // Undecided: both.
    let both = select(Less, a, Interval::ONE, a, b);
    assert_eq!((both.lo(), both.hi(), both.quality()), (0.0, 3.0, Quality::Defined));
    let both = select(Equal, a, Interval::ONE, a, broken);
    assert_eq!((both.lo(), both.hi(), both.quality()), (0.0, 8.0, Quality::Partial));
    let both = select(Greater, a, a, a, Interval::NOWHERE);
    assert_eq!((both.lo(), both.hi(), both.quality()), (0.0, 1.0, Quality::Partial));
    // An undefined condition makes the result undefined.
    assert_eq!(select(Less, broken, a, a, b).quality(), Quality::Partial);
    nowhere(select(Less, Interval::NOWHERE, a, a, b));
}

/// Over all pairs of short intervals with integer ends: decided exactly if the relation is the same for all numbers. Halves
/// stand for the numbers between.
#[test]
fn decisions() {
    let intervals: Vec<_> = (0..4).flat_map(|lo| (lo..4).map(move |hi| (lo, hi))).collect();
    let numbers = |(lo, hi): (i32, i32)| (2 * lo..=2 * hi).map(|n| f64::from(n) / 2.0);
    for op in Comparison::ALL {
        for &l in &intervals {
            for &r in &intervals {
                let pairs: Vec<_> = numbers(l).flat_map(|x| numbers(r).map(move |y| op.holds(x, y))).collect();
                let expected = match (pairs.iter().all(|h| *h), pairs.iter().any(|h| *h)) {
                    (true, _) => Some(true),
                    (_, false) => Some(false),
                    _ => None,
                };
                let as_interval = |(lo, hi): (i32, i32)| interval((f64::from(lo), f64::from(hi)));
                assert_eq!(Interval::decide(op, &as_interval(l), &as_interval(r)), expected, "{l:?} {op:?} {r:?}");
            }
        }
        assert_eq!(Interval::decide(op, &Interval::ONE, &Interval::NOWHERE), None);
        assert_eq!(Interval::decide(op, &Interval::NOWHERE, &Interval::NOWHERE), None);
    }
}

#[test]
fn literals_and_constants() {
    for text in ["0", "0.5", "3", "1e22", "0.09375", "9007199254740992"] {
        let decimal: Decimal = text.parse().unwrap();
        assert!(Interval::literal(&decimal).is_point(), "{text}");
    }
    for constant in Constant::ALL {
        let x = Interval::constant(constant);
        assert_eq!(x.lo().next_up(), x.hi(), "{constant:?}");
    }
    // sin(pi) encloses 0, which is in neither sine of the binary64 numbers around pi alone.
    assert!(Interval::unary(Unary::Sin, &Interval::constant(Constant::Pi)).contains(0.0));
    let log = Interval::unary(Unary::Ln, &Interval::constant(Constant::E));
    assert!(log.contains(1.0), "{log:?}");
    let difference = Interval::constant(Constant::Pi) * Interval::point(2.0) - Interval::constant(Constant::Tau);
    assert!(difference.contains(0.0), "{difference:?}");
}

#[test]
fn questions() {
    let x = interval((-1.0, 3.0));
    assert_eq!((x.width().get(), x.midpoint(), x.magnitude().get(), x.mignitude()), (4.0, 1.0, 3.0, 0.0));
    assert_eq!(interval((-3.0, -2.0)).mignitude(), 2.0);
    let (left, right) = x.split();
    assert_eq!((left.lo(), left.hi(), right.lo(), right.hi()), (-1.0, 1.0, 1.0, 3.0));
    assert!(x.contains(3.0) && !x.contains(3.1) && !Interval::ENTIRE.contains(INF));
    assert!(x.is_bounded() && !interval((0.0, INF)).is_bounded() && !Interval::NOWHERE.is_bounded());
    assert_eq!(x.intersection(&interval((3.0, 4.0))), Some(interval((3.0, 3.0))));
    assert_eq!(x.intersection(&interval((3.5, 4.0))), None);
    assert_eq!(x.intersection(&Interval::NOWHERE), None);
    assert_eq!(x.hull(&interval((5.0, 6.0))), interval((-1.0, 6.0)));
    for (lo, hi) in [(2.0, 1.0), (f64::NAN, 1.0), (1.0, f64::NAN), (INF, INF), (-INF, -INF)] {
        assert!(Interval::new(lo, hi).is_none());
    }
    for x in [
        (f64::MIN, f64::MAX),
        (-INF, INF),
        (0.0, INF),
        (f64::MAX, INF),
        (-INF, f64::MIN),
        (0.0, 5e-324),
        (-INF, -7.0),
        (f64::MAX.next_down(), f64::MAX),
        (0.1, 0.1),
    ] {
        let x = interval(x);
        assert!(x.midpoint().is_finite() && x.contains(x.midpoint()), "{x:?} {}", x.midpoint());
    }
    assert!(Interval::NOWHERE.midpoint().is_nan());
    assert_eq!(Interval::point(INF).lo(), f64::MAX);
    nowhere(Interval::point(f64::NAN));
}
