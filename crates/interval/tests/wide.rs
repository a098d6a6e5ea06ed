//! Wide arithmetic: exact results lie in the balls, and the balls are small.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use bumpnet_interval::{
    Binary, Comparison, Constant, Decimal, Interval, Jet, Quality, Real, Scalar, Unary, UpperBound, Wide,
};
use common::wide;
use proptest::prelude::*;

const INF: f64 = f64::INFINITY;

fn nothing_wrong(wrong: Vec<String>) {
    let shown: Vec<_> = wrong.iter().take(20).collect();
    assert!(wrong.is_empty(), "{} wrong: {shown:#?}", wrong.len());
}

#[test]
fn functions_and_operators_at_points() {
    nothing_wrong(wide::check_reference());
}

#[test]
fn functions_and_operators_on_balls() {
    nothing_wrong(wide::check_moved_arguments());
}

#[test]
fn literals_and_constants() {
    nothing_wrong(wide::check_literals());
}

#[test]
fn expansions() {
    nothing_wrong(wide::check_expansions());
}

#[test]
fn operations_in_exact_arithmetic() {
    nothing_wrong(wide::check_operations());
}

#[test]
fn all_operators_on_all_sorts_of_arguments() {
    nothing_wrong(wide::check_intervals());
}

#[test]
fn jets_of_all_functions() {
    nothing_wrong(wide::check_jets());
}

/// Widths relative to the value, as powers of two.
#[test]
fn widths() {
    for (kind, name, most) in [
        ('b', "*", -101.8),
        ('b', "/", -100.9),
        ('u', "sqrt", -102.4),
        ('u', "exp", -102.0),
        ('u', "expm1", -98.0),
        ('u', "sigmoid", -100.0),
        ('u', "tanh", -96.8),
        ('u', "atan", -99.0),
        ('u', "erf", -95.8),
        ('j', "exp", -100.0),
        ('j', "sigmoid", -93.9),
        ('j', "tanh", -94.0),
        ('j', "atan", -83.9),
        ('j', "erf", -88.0),
        ('j', "gompertz", -82.5),
    ] {
        let width = if kind == 'j' { wide::widest_coefficient(name) } else { wide::widest(kind, name) };
        println!("{kind} {name}: 2^{width:.1}");
        assert!(width <= most, "{kind} {name}: 2^{width:.1}, not 2^{most}");
    }
    for text in ["0.1", "3.14159265358979323846264338327950288", "1e-100"] {
        let x = Wide::literal(&text.parse::<Decimal>().unwrap());
        assert!(x.radius().get() < 1e-29 * x.midpoint().0, "{text}: {x:?}");
    }
}

/// What is known exactly stays exact.
#[test]
fn exact_results_stay_points() {
    let point = Wide::point;
    for (result, exact) in [
        (point(1.0) + point(2.5), 3.5),
        (point(3.0) * point(-7.0), -21.0),
        (point(6.0) / point(-3.0), -2.0),
        (point(9.0).sqrt(), 3.0),
        (point(-3.0).powi(3), -27.0),
        (point(2.0).powi(-2), 0.25),
        (point(0.0).exp(), 1.0),
        (point(0.0).sigmoid(), 0.5),
        (point(0.0).tanh(), 0.0),
        (point(0.0).atan(), 0.0),
        (point(0.0).erf(), 0.0),
        (point(0.0).exp_m1(), 0.0),
        (point(0.0) * Wide::ENTIRE, 0.0),
        (point(3.0).scale(-5), 0.09375),
    ] {
        assert_eq!((result.as_point(), result.quality()), (Some(exact), Quality::Continuous), "{result:?}");
    }
    // A decided branch is taken as it is, with all its bits.
    let (third, one) = (point(1.0) / point(3.0), point(1.0));
    assert_eq!(Wide::unary(Unary::Abs, &-third), third);
    assert_eq!(Wide::binary(Binary::Min, &third, &one), third);
    assert_eq!(Wide::binary(Binary::Max, &third, &Wide::ZERO), third);
    assert_eq!(Wide::select(Comparison::Less, &third, &one, &third, &one), third);
    assert_eq!(Wide::constant(Constant::Pi).as_point(), None);
}

/// Intervals survive the way to a ball and back, unless their bounds are extreme.
#[test]
fn intervals_and_back() {
    for (lo, hi) in [(0.0, 1.0), (-1.0, 3.0), (1.0, 1f64.next_up()), (-0.1, 0.1), (2.0, 2.0), (0.0, 0.0)] {
        let x = Interval::new(lo, hi).unwrap();
        assert_eq!(Wide::from(x).interval(), x);
    }
    for (lo, hi) in
        [(5e-324, 1e-323), (-f64::MAX, f64::MAX), (f64::MAX.next_down(), f64::MAX), (1e-310, 1.0), (1e300, 1e301)]
    {
        let x = Interval::new(lo, hi).unwrap();
        assert!(Wide::from(x).interval().contains_all(&x), "{x:?}");
    }
    for x in [Interval::ENTIRE, Interval::new(1.0, INF).unwrap(), Interval::point(-INF)] {
        assert_eq!(Wide::from(x), Wide::ENTIRE);
    }
    for nowhere in [Wide::from(Interval::NOWHERE), Wide::point(f64::NAN), Wide::ENTIRE.demoted(Quality::Nowhere)] {
        assert_eq!((nowhere.quality(), nowhere.interval().quality()), (Quality::Nowhere, Quality::Nowhere));
    }
}

/// Undefined and not continuous are told as intervals tell them, and nothing is lost at the ends of the range.
#[test]
fn hostile_arguments() {
    let numbers = [
        0.0,
        5e-324,
        1e-310,
        f64::MIN_POSITIVE,
        1e-300,
        1e-271,
        1e-20,
        0.5,
        1.0,
        6.0,
        40.0,
        600.0,
        601.0,
        745.5,
        1e16,
        1e271,
        1e300,
        f64::MAX,
        INF,
        f64::NAN,
    ];
    let signed: Vec<f64> = numbers.iter().flat_map(|x| [*x, -*x]).collect();
    let radii = [0.0, 5e-324, 1e-300, 1e-30, 1e-9, 0.25, 1.0, 1e10, f64::MAX, INF];
    for x in &signed {
        for rad in radii {
            let inside = Interval::point(*x);
            let outside = Wide::point(*x).plus_minus(UpperBound::new(rad));
            for op in Unary::ALL {
                assert_compatible(Interval::unary(op, &inside), Wide::unary(op, &outside), &(op, x, rad));
            }
            for y in &signed {
                for op in Binary::ALL {
                    let (point, ball) = (Interval::point(*y), Wide::point(*y).plus_minus(UpperBound::new(rad)));
                    let exact = Interval::binary(op, &inside, &point);
                    assert_compatible(exact, Wide::binary(op, &outside, &ball), &(op, x, y, rad));
                    let products = [outside, Wide::ONE, ball];
                    let sum = Wide::dot(&products, &[ball, Wide::ZERO, Wide::ONE]);
                    let exact = inside + point * point;
                    assert_compatible(exact, sum, &("dot", x, y, rad));
                }
            }
            for power in [-3000, -1074, -500, -1, 0, 3, 900, 2100] {
                let scaled = outside.scale(power);
                let exact = Interval::binary(Binary::Pow, &Interval::point(2.0), &Interval::point(f64::from(power)));
                assert_compatible(inside * exact, scaled, &("scale", x, rad, power));
            }
        }
    }
}

/// Whether both may enclose the same, and no more is claimed of the ball than holds of one of its numbers.
fn assert_compatible(part: Interval, ball: Wide, what: &dyn std::fmt::Debug) {
    let whole = ball.interval();
    let sound = match (part.quality(), whole.quality()) {
        (Quality::Nowhere, quality) => quality <= Quality::Partial,
        (_, Quality::Nowhere) => false,
        (a, b) => b <= a.max(Quality::Defined) && whole.intersection(&part).is_some(),
    };
    assert!(sound, "{what:?}: {part:?} {ball:?}");
    assert!(ball.is_bounded() || ball.midpoint().0 == 0.0 || ball.quality() == Quality::Nowhere, "{what:?}: {ball:?}");
}

/// Midpoints are normalised, whatever led to them: the error bounds ask for that.
fn is_normalised(x: &Wide) -> bool {
    let (hi, lo) = x.midpoint();
    x.quality() == Quality::Nowhere || (hi + lo == hi && hi.is_finite() && lo.is_finite() && x.radius().get() >= 0.0)
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -10.0..10.0, 1 => -1e3..1e3, 1 => -1e-3..1e-3, 1 => any::<f64>().prop_filter("finite", |x| x.is_finite())]
}

/// A ball with a number in it.
fn around() -> impl Strategy<Value = (f64, Wide)> {
    (number(), -110i32..2, -1.0..=1.0).prop_map(|(x, power, place): (f64, i32, f64)| {
        let rad = Wide::ONE.scale(power).midpoint().0 * x.abs().clamp(1e-3, 10.0);
        (x, (Wide::point(x) + Wide::point(rad * place)).plus_minus(UpperBound::new(rad * (1.0 + 1e-15))))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn balls_meet_intervals((x, a) in around(), (y, b) in around()) {
        for op in Unary::ALL {
            let ball = Wide::unary(op, &a);
            assert_compatible(Interval::unary(op, &Interval::point(x)), ball, &(op, x, a));
            prop_assert!(is_normalised(&ball), "{op:?} {a:?}: {ball:?}");
        }
        for op in Binary::ALL {
            let ball = Wide::binary(op, &a, &b);
            assert_compatible(Interval::binary(op, &Interval::point(x), &Interval::point(y)), ball, &(op, x, y, a, b));
            prop_assert!(is_normalised(&ball), "{op:?} {a:?} {b:?}: {ball:?}");
        }
    }

    /// At a single number a ball is inside the interval, but for some of its last bits.
    #[test]
    fn balls_lie_in_intervals(x in -30.0..30.0f64, y in -30.0..30.0f64) {
        let inside = |(ball, interval): (Interval, Interval)| {
            let slack = Interval::symmetric(interval.width() + UpperBound::new(1e-300));
            (interval + slack).contains_all(&ball)
        };
        for op in Unary::ALL {
            let both = (Wide::unary(op, &Wide::point(x)).interval(), Interval::unary(op, &Interval::point(x)));
            prop_assert!(inside(both), "{op:?} {x}: {both:?}");
        }
        for op in [Binary::Add, Binary::Sub, Binary::Mul, Binary::Div] {
            let ball = Wide::binary(op, &Wide::point(x), &Wide::point(y)).interval();
            let both = (ball, Interval::binary(op, &Interval::point(x), &Interval::point(y)));
            prop_assert!(inside(both), "{op:?} {x} {y}: {both:?}");
        }
    }

    /// Jets of balls meet those of intervals, and have no more quality than they have.
    #[test]
    fn jets_meet(x in -6.0..6.0f64, radius in 0.0..0.5f64) {
        for x in [Interval::point(x), Interval::new(x - radius, x + radius).unwrap()] {
            for op in Unary::ALL {
                let (wide, plain) = (Jet::unary(op, &Jet::variable(Wide::from(x), 14)), Jet::unary(op, &Jet::variable(x, 14)));
                for k in 0..=14 {
                    let (ball, interval) = (wide.coefficient(k).interval(), plain.coefficient(k));
                    let compatible = ball.quality().min(interval.quality()) == Quality::Nowhere
                        || ball.intersection(&interval).is_some();
                    prop_assert!(compatible, "{op:?} {x:?} {k}: {ball:?} {interval:?}");
                }
            }
        }
    }
}

/// A radius is rounded up, if by little.
#[test]
fn radius_of_a_root() {
    let x = Wide::from(Interval::new(4.0 - 1.0 / 1024.0, 4.0 + 1.0 / 1024.0).unwrap());
    let (radius, root) = (x.radius().get(), x.sqrt().radius().get());
    assert!(root > 0.5 * radius && root < 0.5 * radius * (1.0 + 1e-12), "{radius:?} {root:?}");
}

/// Scaling is exact where nothing can overflow or underflow, and an enclosure where something does.
#[test]
fn scaling_at_the_ends() {
    let power =
        |n: i32| if n >= -1022 { f64::from_bits(((n + 1023) as u64) << 52) } else { f64::from_bits(1 << (n + 1074)) };
    let ball = Wide::from(Interval::new(1.0, 1.5).unwrap());
    for n in [-400, -7, 3, 400] {
        assert_eq!(ball.scale(n).interval(), Interval::new(power(n), 1.5 * power(n)).unwrap(), "{n}");
    }
    for n in [500, 1000, -500, -1000] {
        let scaled = Wide::from(Interval::ONE).scale(n).interval();
        assert!(scaled.contains(power(n)), "{n}: {scaled:?}");
        assert!(scaled.width().get() <= power(n) * 1e-15, "{n}: {scaled:?}");
    }
    // 1.1 * 2^-1100 and 1.1 * 2^1100 are no binary64 numbers.
    let small = Wide::from(Interval::point(1.1 * power(-700))).scale(-400).interval();
    assert!(small.lo() <= 0.0 && small.hi() > 0.0, "{small:?}");
    let large = Wide::from(Interval::point(1.1 * power(700))).scale(400).interval();
    assert!(!large.is_bounded() && large.quality() != Quality::Nowhere, "{large:?}");
}
