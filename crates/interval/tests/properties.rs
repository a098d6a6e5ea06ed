//! What holds for all arguments: enclosures of parts lie in enclosures of wholes.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use bumpnet_interval::{Binary, Comparison, Interval, Jet, Quality, Scalar, Unary, UpperBound, elementary};
use proptest::prelude::*;

/// A number that makes things happen: breakpoints, their neighbours, small and large ones.
fn number() -> impl Strategy<Value = f64> {
    let special = prop::sample::select(vec![
        0.0,
        0.5,
        1.0,
        1.5,
        2.0,
        3.0,
        std::f64::consts::FRAC_PI_2,
        std::f64::consts::PI,
        1e-300,
        5e-324,
        1e22,
        1e300,
        40.0,
    ]);
    let near = (special, -1i64..=1, any::<bool>()).prop_map(|(x, step, negative)| {
        let x = match step {
            -1 => x.next_down(),
            1 => x.next_up(),
            _ => x,
        };
        if negative { -x } else { x }
    });
    prop_oneof![2 => near, 4 => -10.0..10.0, 1 => -1e3..1e3, 1 => any::<f64>().prop_filter("finite", |x| x.is_finite())]
}

/// A part of an interval and the whole.
fn nested() -> impl Strategy<Value = (Interval, Interval)> {
    (number(), number(), 0.0..=1.0, 0.0..=1.0).prop_map(|(a, b, s, t): (f64, f64, f64, f64)| {
        let (lo, hi) = (a.min(b), a.max(b));
        let inside = |s: f64| (lo * (1.0 - s) + hi * s).clamp(lo, hi);
        let (p, q) = (inside(s), inside(t));
        (Interval::new(p.min(q), p.max(q)).unwrap(), Interval::new(lo, hi).unwrap())
    })
}

/// Whether what is known of the part is compatible with, and at least as good as, what is known of the whole.
fn refines(part: &Interval, whole: &Interval) -> bool {
    whole.contains_all(part)
        && (part.quality() >= whole.quality() || part.quality() == Quality::Nowhere)
        && (part.quality() != Quality::Nowhere || whole.quality() <= Quality::Partial)
}

fn meets(a: &Interval, b: &Interval) -> bool {
    a.quality() == Quality::Nowhere || a.intersection(b).is_some()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn unary_is_isotonic((part, whole) in nested()) {
        for op in Unary::ALL {
            let (small, large) = (Interval::unary(op, &part), Interval::unary(op, &whole));
            let point = Interval::unary(op, &Interval::point(part.midpoint()));
            prop_assert!(meets(&point, &small), "{op:?} {part:?}: {point:?} {small:?}");
            prop_assert!(meets(&small, &large), "{op:?} {part:?} {whole:?}: {small:?} {large:?}");
            // A few functions are enclosed in one way or another depending on the width, which rounds differently.
            let slack = widened(&large);
            prop_assert!(refines(&small, &slack), "{op:?} {part:?} {whole:?}: {small:?} {large:?}");
        }
    }

    #[test]
    fn binary_is_isotonic((a, x) in nested(), (b, y) in nested()) {
        for op in Binary::ALL {
            let (small, large) = (Interval::binary(op, &a, &b), Interval::binary(op, &x, &y));
            let point = Interval::binary(op, &Interval::point(a.midpoint()), &Interval::point(b.midpoint()));
            prop_assert!(meets(&point, &small), "{op:?} {a:?} {b:?}: {point:?} {small:?}");
            let slack = widened(&large);
            prop_assert!(refines(&small, &slack), "{op:?} {a:?} {b:?} in {x:?} {y:?}: {small:?} {large:?}");
        }
    }

    #[test]
    fn integer_powers_are_isotonic((a, x) in nested(), n in -6i32..=7) {
        let n = Interval::point(f64::from(n));
        let (small, large) = (Interval::binary(Binary::Pow, &a, &n), Interval::binary(Binary::Pow, &x, &n));
        prop_assert!(refines(&small, &widened(&large)), "{a:?} in {x:?} ^ {n:?}: {small:?} {large:?}");
    }

    #[test]
    fn select_is_isotonic((a, x) in nested(), (b, y) in nested()) {
        for op in Comparison::ALL {
            let small = Interval::select(op, &a, &b, &a, &b);
            let large = Interval::select(op, &x, &y, &x, &y);
            prop_assert!(refines(&small, &large), "{op:?} {a:?} {b:?} in {x:?} {y:?}: {small:?} {large:?}");
            let (p, q) = (a.midpoint(), b.midpoint());
            prop_assert!(small.contains(f64::select(op, &p, &q, &p, &q)));
        }
    }

    #[test]
    fn points_lie_inside((part, whole) in nested()) {
        for op in Unary::ALL {
            let x = part.midpoint();
            let (y, large) = (elementary::unary(op, x), Interval::unary(op, &whole));
            // The rounded value of a composed function may be just outside, as may one that overflowed.
            let slack = widened(&widened(&large));
            prop_assert!(y.is_nan() || y.is_infinite() || slack.contains(y) || y.abs() < 1e-307, "{op:?} {x} {whole:?} {y} {large:?}");
            prop_assert!(!y.is_nan() || large.quality() <= Quality::Partial, "{op:?} {x} {whole:?} {large:?}");
        }
    }

    #[test]
    fn jets_are_isotonic(x in -6.0..6.0f64, left in 0.0..1.5f64, right in 0.0..1.5f64, part in 0.0..=1.0f64) {
        let whole = Interval::new(x - left, x + right).unwrap();
        let (lo, hi) = (x - left * part, x + right * part);
        let small = Interval::new(lo.clamp(whole.lo(), x), hi.clamp(x, whole.hi())).unwrap();
        for op in Unary::ALL {
            let [point, small, large] = [Interval::point(x), small, whole].map(|x| Jet::unary(op, &Jet::variable(x, 14)));
            for k in 0..=14 {
                let [point, small, large] = [&point, &small, &large].map(|jet| jet.coefficient(k));
                prop_assert!(meets(&point, &small), "{op:?} {k} {x}: {point:?} {small:?}");
                prop_assert!(meets(&small, &large), "{op:?} {k} {x}: {small:?} {large:?}");
                prop_assert!(meets(&point, &large), "{op:?} {k} {x}: {point:?} {large:?}");
            }
        }
    }

    /// The value of a jet of the variable is that of the interval itself.
    #[test]
    fn jets_have_the_values_of_intervals((_, a) in nested(), (_, b) in nested(), order in 0usize..4) {
        let (ja, jb) = (Jet::variable(a, order), Jet::variable(b, order));
        let same = |a: Interval, b: Interval| a == b || (a.quality() == Quality::Nowhere && b.quality() == Quality::Nowhere);
        for op in Unary::ALL {
            prop_assert!(same(Jet::unary(op, &ja).value(), Interval::unary(op, &a)), "{op:?} {a:?}");
        }
        for op in Binary::ALL {
            prop_assert!(same(Jet::binary(op, &ja, &jb).value(), Interval::binary(op, &a, &b)), "{op:?} {a:?} {b:?}");
        }
        for op in Comparison::ALL {
            prop_assert!(same(Jet::select(op, &ja, &jb, &ja, &jb).value(), Interval::select(op, &a, &b, &a, &b)));
        }
    }

    #[test]
    fn upper_bounds_bound(a in number(), b in number()) {
        let (a, b) = (a.abs(), b.abs());
        let (x, y) = (UpperBound::new(a), UpperBound::new(b));
        prop_assert!((x + y).get() >= a + b && (x * y).get() >= a * b && x.sqrt().get() >= a.sqrt());
        prop_assert!(x.div_by_lower(b).get() >= a / b || b == 0.0);
        prop_assert_eq!(x.max(y).get(), a.max(b));
        let sum = Interval::point(a) + Interval::point(b);
        prop_assert_eq!((x + y).get(), sum.hi());
    }
}

/// Four more binary64 numbers on either side.
fn widened(x: &Interval) -> Interval {
    if x.quality() == Quality::Nowhere {
        return *x;
    }
    let (mut lo, mut hi) = (x.lo(), x.hi());
    for _ in 0..4 {
        (lo, hi) = (lo.next_down(), hi.next_up());
    }
    Interval::new(lo, hi).unwrap().demoted(x.quality())
}

#[test]
fn upper_bound_edges() {
    assert_eq!(UpperBound::new(f64::NAN), UpperBound::INFINITE);
    assert_eq!(UpperBound::new(-1.0), UpperBound::ZERO);
    assert_eq!(UpperBound::ZERO * UpperBound::INFINITE, UpperBound::ZERO);
    assert_eq!(UpperBound::ONE.div_by_lower(0.0), UpperBound::INFINITE);
    assert_eq!(UpperBound::ONE.div_by_lower(f64::NAN), UpperBound::INFINITE);
    assert_eq!(UpperBound::INFINITE.div_by_lower(f64::INFINITY), UpperBound::INFINITE);
    assert!(!(UpperBound::new(f64::MAX) + UpperBound::new(f64::MAX)).is_finite());
    assert_eq!((UpperBound::INFINITE + UpperBound::INFINITE).get(), f64::INFINITY);
}

#[test]
fn self_powers_enclose_and_are_tight() {
    let at = |x: f64| Interval::binary(Binary::Pow, &Interval::point(x), &Interval::point(x));
    let ends = [0.0, 5e-324, 1e-300, 1e-9, 0.1, 0.36, 0.367_879, 0.367_88, 0.5, 1.0, 3.0, 150.0];
    for (k, lo) in ends.into_iter().enumerate() {
        for hi in ends.into_iter().skip(k) {
            let all = Interval::self_power(&Interval::new(lo, hi).unwrap());
            for part in 0..=200 {
                let x = (lo + (hi - lo) * f64::from(part) / 200.0).clamp(lo, hi);
                assert!(all.contains_all(&at(x)), "{x}^{x} for [{lo}, {hi}]: {all:?}");
            }
            assert_eq!(all.quality(), Quality::Continuous);
            assert!(all.lo() >= 0.692, "{all:?}");
        }
    }
    let small = Interval::self_power(&Interval::new(0.0, 1e-20).unwrap());
    assert!(small.lo() > 1.0 - 1e-15 && small.hi() <= 1.0 + 1e-15, "{small:?}");
    assert!(Interval::self_power(&Interval::new(-1.0, 1.0).unwrap()).quality() <= Quality::Partial);
}
