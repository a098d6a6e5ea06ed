//! Bounds at the edges of what operations can give: signs that underflow must keep, limits of functions, sets.
//! Mutation testing (`.ci/mutants`) found that nothing else held them.
#![allow(clippy::unwrap_used)] // a test may panic

use bumpnet_interval::interval::rounding::{add_down, add_up, div_down, div_up, mul_down, mul_up, sqrt_down, sqrt_up};
use bumpnet_interval::{Interval, Quality, Scalar, Unary, UpperBound, elementary};

const TINY: f64 = 5e-324;

fn interval(lo: f64, hi: f64) -> Interval {
    Interval::new(lo, hi).unwrap()
}

fn bounds(x: Interval) -> (f64, f64) {
    (x.lo(), x.hi())
}

/// A product that underflows is moved outward, but not across zero.
#[test]
fn products_keep_their_sign() {
    let (positive, negative) = (interval(1e-200, 2e-200), interval(-2e-200, -1e-200));
    for (a, b) in [(positive, positive), (negative, negative)] {
        assert_eq!(bounds(a * b), (0.0, TINY));
    }
    for (a, b) in [(positive, negative), (negative, positive)] {
        assert_eq!(bounds(a * b), (-TINY, 0.0));
    }
    // Of either sign, it is on both sides.
    assert_eq!(bounds(interval(-1e-200, 1e-200) * positive), (-TINY, TINY));
    assert_eq!(bounds(interval(-1e-200, 1e-200) * interval(-1e-200, 1e-200)), (-TINY, TINY));
    // Zero and unbounded.
    assert_eq!(bounds(Interval::ZERO * Interval::ENTIRE), (0.0, 0.0));
    assert_eq!(bounds(Interval::ENTIRE * Interval::ZERO), (0.0, 0.0));
    assert_eq!(bounds(interval(0.0, 1.0) * interval(1.0, f64::INFINITY)), (0.0, f64::INFINITY));
}

/// Nor is a quotient.
#[test]
fn quotients_keep_their_sign() {
    let four = Interval::point(4.0);
    assert_eq!(bounds(interval(TINY, 1.0) / four), (0.0, 0.25));
    assert_eq!(bounds(interval(-1.0, -TINY) / four), (-0.25, 0.0));
    assert_eq!(bounds(interval(-TINY, TINY) / four), (-TINY, TINY));
    assert_eq!(bounds(interval(-1.0, -TINY) / -four), (0.0, 0.25));
    assert_eq!(bounds(interval(0.0, 0.0) / four), (0.0, 0.0));
}

/// What is printed where a proof fails says all that an interval is.
#[test]
fn intervals_print_bounds_and_quality() {
    assert_eq!(format!("{:?}", interval(-0.5, 1e300)), "[-0.5, 1e300] Continuous");
    assert_eq!(format!("{:?}", Interval::NOWHERE), "[NaN, NaN] Nowhere");
}

/// A half-integer at an end is a jump of `round`, whichever integer is next, though both ends are rounded to one number.
#[test]
fn rounding_jumps_at_half_integers() {
    let round = |lo, hi| Interval::unary(Unary::Round, &interval(lo, hi));
    for (lo, hi, to) in
        [(1.5, 1.7, 2.0), (-1.7, -1.5, -2.0), (0.5, 0.7, 1.0), (4.5, 4.5, 5.0), (1048576.5, 1048577.0, 1048577.0)]
    {
        assert_eq!((bounds(round(lo, hi)), round(lo, hi).quality()), ((to, to), Quality::Defined), "[{lo}, {hi}]");
    }
    for (lo, hi, to) in [(1.5f64.next_up(), 1.7, 2.0), (-0.25, 0.25, 0.0), (0.75, 0.75, 1.0)] {
        assert_eq!((bounds(round(lo, hi)), round(lo, hi).quality()), ((to, to), Quality::Continuous), "[{lo}, {hi}]");
    }
}

/// Only an infinite bound says nothing; what is no number does not bound anything either.
#[test]
fn bounds_that_say_something() {
    for (value, says) in [(0.0, true), (f64::MAX, true), (f64::INFINITY, false), (f64::NAN, false), (-1.0, true)] {
        assert_eq!(UpperBound::new(value).is_finite(), says, "{value}");
    }
    assert_eq!((UpperBound::ZERO * UpperBound::INFINITE, UpperBound::new(-1.0)), (UpperBound::ZERO, UpperBound::ZERO));
    assert!(!(UpperBound::new(f64::MAX) + UpperBound::ONE).is_finite());
    assert!(
        !UpperBound::ONE.div_by_lower(0.0).is_finite() && UpperBound::ONE.div_by_lower(TINY) == UpperBound::INFINITE
    );
    // The quotient by a zero of the other sign is minus infinity, and bounds nothing.
    assert!(!UpperBound::ONE.div_by_lower(-0.0).is_finite() && !UpperBound::ONE.div_by_lower(-1.0).is_finite());
    assert_eq!(UpperBound::new(2.0).div_by_lower(4.0).get(), 0.5);
    assert_eq!([1.0, 2.0, 4.0].map(UpperBound::new).into_iter().sum::<UpperBound>().get(), 7.0);
    let (small, large) = (UpperBound::ONE, UpperBound::new(3.0));
    assert_eq!((small.max(large), large.min(small), large.max(small)), (large, small, large));
    assert_eq!(format!("{large:.1}"), "3.0");
}

/// Far out a function is next to its limit, and not beyond.
#[test]
fn limits_are_not_passed() {
    let at = |op, lo, hi| bounds(Interval::unary(op, &interval(lo, hi)));
    assert_eq!(at(Unary::ExpM1, -100.0, -50.0).0, -1.0);
    for op in [Unary::Tanh, Unary::Erf] {
        assert_eq!(at(op, 50.0, 100.0).1, 1.0, "{op:?}");
        assert_eq!(at(op, -100.0, -50.0).0, -1.0, "{op:?}");
    }
    assert_eq!(at(Unary::Exp, -800.0, -750.0).0, 0.0);
    assert_eq!(at(Unary::Exp2, -1200.0, -1100.0).0, 0.0);
    assert_eq!(at(Unary::Acosh, 1.0, 1.0), (0.0, 0.0));
    assert_eq!(at(Unary::Acos, 0.9999999999999999, 1.0).0, 0.0);
    assert_eq!(at(Unary::Acos, -1.0, -1.0).1, std::f64::consts::PI.next_up());
    for op in [Unary::Asin, Unary::Atan] {
        let most = std::f64::consts::FRAC_PI_2.next_up();
        let end = if op == Unary::Asin { 1.0 } else { 1e300 };
        assert_eq!((at(op, -end, -end).0, at(op, end, end).1), (-most, most), "{op:?}");
    }
}

/// Results that are binary64 numbers stay points.
#[test]
fn exact_results_stay_points() {
    let at = |op, x: f64| bounds(Interval::unary(op, &Interval::point(x)));
    for (op, x, y) in [
        (Unary::Exp2, -1022.0, f64::MIN_POSITIVE),
        (Unary::Exp2, 1022.0, f64::from_bits(2045 << 52)),
        (Unary::Log2, f64::MIN_POSITIVE, -1022.0),
        (Unary::Log10, 1e22, 22.0),
        (Unary::Log10, 1.0, 0.0),
        (Unary::Cbrt, -27.0, -3.0),
        (Unary::Cbrt, 2251799813685248.0, 131072.0),
    ] {
        assert_eq!(at(op, x), (y, y), "{op:?}({x:?})");
    }
    // And those that are not do not.
    for (op, x) in [
        (Unary::Exp2, 0.5),
        (Unary::Log2, 3.0),
        (Unary::Log2, 6.0),
        (Unary::Log10, 1e23),
        (Unary::Log10, 2.0),
        (Unary::Cbrt, 2.0),
        (Unary::Cbrt, 27.0f64.next_up()),
        (Unary::Exp, 1.0),
        (Unary::Ln, 2.0),
        (Unary::Sin, TINY),
        (Unary::Cos, 1e-200),
        (Unary::Cosh, 1e-200),
    ] {
        let (lo, hi) = at(op, x);
        assert!(lo < hi, "{op:?}({x:?}): {lo:?}");
    }
}

/// Poles and the ends of domains: open ones and closed ones, from one side and the other.
#[test]
fn domains_end_where_they_should() {
    let quality = |op, lo, hi| Interval::unary(op, &interval(lo, hi)).quality();
    use Quality::{Continuous, Nowhere, Partial};
    for (op, lo, hi, expected) in [
        (Unary::Ln, -1.0, 0.0, Nowhere),
        (Unary::Ln, 0.0, 1.0, Partial),
        (Unary::Ln, TINY, 1.0, Continuous),
        (Unary::Ln1p, -2.0, -1.0, Nowhere),
        (Unary::Ln1p, -1.0, 0.0, Partial),
        (Unary::Atanh, -2.0, -1.0, Nowhere),
        (Unary::Atanh, 1.0, 2.0, Nowhere),
        (Unary::Atanh, -1.0, 0.0, Partial),
        (Unary::Atanh, 0.0, 1.0, Partial),
        (Unary::Atanh, -0.5, 0.5, Continuous),
        (Unary::Asin, -1.0, 1.0, Continuous),
        (Unary::Asin, 1.0, 2.0, Partial),
        (Unary::Asin, 1.5, 2.0, Nowhere),
        (Unary::Asin, -2.0, -1.5, Nowhere),
        (Unary::Acosh, 1.0, 2.0, Continuous),
        (Unary::Acosh, 0.0, 1.0, Partial),
        (Unary::Acosh, 0.0, 0.5, Nowhere),
        (Unary::Exp, f64::NEG_INFINITY, f64::INFINITY, Continuous),
        (Unary::Ln, 1.0, f64::INFINITY, Continuous),
    ] {
        assert_eq!(quality(op, lo, hi), expected, "{op:?} [{lo:?}, {hi:?}]");
    }
    assert_eq!(bounds(Interval::unary(Unary::Acosh, &interval(0.0, 1.0))), (0.0, 0.0));
    assert_eq!(bounds(Interval::unary(Unary::Ln, &interval(-0.0, 1.0))), (f64::NEG_INFINITY, 0.0));
}

/// Operations with an exact result are not rounded at all; those with another are rounded to the numbers on both sides.
#[test]
fn rounding_of_exact_and_other_results() {
    for (down, up, exact) in [
        (mul_down(0.0, 5.0), mul_up(0.0, 5.0), 0.0),
        (mul_down(5.0, 0.0), mul_up(5.0, 0.0), 0.0),
        (mul_down(-3.0, 7.0), mul_up(-3.0, 7.0), -21.0),
        (mul_down(2.0, 0.1), mul_up(2.0, 0.1), 0.2),
        (div_down(0.0, 3.0), div_up(0.0, 3.0), 0.0),
        (div_down(21.0, -7.0), div_up(21.0, -7.0), -3.0),
        (sqrt_down(0.0), sqrt_up(0.0), 0.0),
        (sqrt_down(49.0), sqrt_up(49.0), 7.0),
        (add_down(0.5, -0.25), add_up(0.5, -0.25), 0.25),
    ] {
        assert_eq!((down, up), (exact, exact));
    }
    let tenth = 0.1;
    for (down, up) in [
        (mul_down(tenth, tenth), mul_up(tenth, tenth)),
        (div_down(1.0, 3.0), div_up(1.0, 3.0)),
        (sqrt_down(2.0), sqrt_up(2.0)),
        // Inexact because it is subnormal, though its factors are short; and the smallest normal number, which might be.
        (mul_down(2f64.sqrt() * 2e-160, 3e-160), mul_up(2f64.sqrt() * 2e-160, 3e-160)),
        (mul_down(f64::MIN_POSITIVE, 1.0), mul_up(f64::MIN_POSITIVE, 1.0)),
    ] {
        assert_eq!(down.next_up().next_up(), up);
    }
    assert_eq!(add_down(1.0, -1e-30), 1f64.next_down());
    assert_eq!(add_up(1.0, 1e-30), 1f64.next_up());
    assert_eq!((add_down(f64::MAX, f64::MAX), add_up(f64::MAX, f64::MAX)), (f64::MAX, f64::INFINITY));
    assert_eq!((add_down(f64::MIN, f64::MIN), add_up(f64::MIN, f64::MIN)), (f64::NEG_INFINITY, f64::MIN));
}

/// Questions to intervals as sets, at their ends and of unbounded ones.
#[test]
fn sets() {
    let (lower, upper) = (interval(f64::NEG_INFINITY, 1.0), interval(-1.0, f64::INFINITY));
    assert!(!lower.is_bounded() && !upper.is_bounded() && !Interval::ENTIRE.is_bounded());
    assert!(interval(f64::MIN, f64::MAX).is_bounded());
    let whole = interval(-1.0, 2.0);
    for (part, inside) in [
        (interval(-1.0, 2.0), true),
        (interval(0.0, 1.0), true),
        (interval(-1.0, 1.0), true),
        (interval(0.0, 2.0), true),
        (interval(-1.5, 1.0), false),
        (interval(0.0, 2.5), false),
        (interval(-2.0, 3.0), false),
        (interval(3.0, 4.0), false),
        (Interval::NOWHERE, true),
    ] {
        assert_eq!(whole.contains_all(&part), inside, "{part:?}");
    }
    assert!(!Interval::NOWHERE.contains_all(&whole) && Interval::NOWHERE.contains_all(&Interval::NOWHERE));
    assert_eq!(interval(2.0, 3.0).mignitude(), 2.0);
    assert_eq!(interval(-3.0, -2.0).mignitude(), 2.0);
    assert_eq!(interval(-3.0, 2.0).mignitude(), 0.0);
    assert!(Interval::NOWHERE.mignitude().is_nan());
}

/// Midpoints are in the middle of bounded intervals; of others, halving comes to every magnitude.
#[test]
fn midpoints() {
    let middle = |lo, hi| interval(lo, hi).midpoint();
    for (lo, hi, expected) in [
        (1.0, 3.0, 2.0),
        (-1.0, 3.0, 1.0),
        (f64::MIN, f64::MAX, 0.0),
        (f64::MAX / 2.0, f64::MAX, f64::MAX * 0.75),
        (f64::NEG_INFINITY, f64::INFINITY, 0.0),
        (0.0, f64::INFINITY, 2.0),
        (0.75, f64::INFINITY, 2.0),
        (-8.0, f64::INFINITY, 8.0),
        (1.0, f64::INFINITY, 2.0),
        (3.0, f64::INFINITY, 6.0),
        (1e308, f64::INFINITY, f64::MAX),
        (f64::NEG_INFINITY, 0.0, -2.0),
        (f64::NEG_INFINITY, -3.0, -6.0),
        (f64::NEG_INFINITY, 8.0, -8.0),
        (f64::NEG_INFINITY, -1e308, f64::MIN),
    ] {
        assert_eq!(middle(lo, hi), expected, "[{lo:?}, {hi:?}]");
    }
    // Numbers whose halves are rounded: still inside.
    assert_eq!(middle(TINY, TINY), TINY);
    assert_eq!(middle(-TINY, -TINY), -TINY);
    let (left, right) = interval(1.0, 3.0).split();
    assert_eq!((bounds(left), bounds(right)), ((1.0, 2.0), (2.0, 3.0)));
}

/// An extremum far out between two neighbouring numbers is found: turns are counted with a factor rounded outward.
#[test]
fn extrema_far_out() {
    let mut found = 0;
    for k in -4000..4000i64 {
        // A product with the factor is off by most, in ulps, just below a power of two.
        let turns = (1i64 << 37) + 7 * k;
        for sign in [1.0, -1.0] {
            let near = sign * (turns as f64 * std::f64::consts::FRAC_PI_2);
            for (op, slope) in [(Unary::Sin, Unary::Cos), (Unary::Cos, Unary::Sin)] {
                // An extremum is where the slope changes its sign.
                let slope = |x: f64| elementary::unary(slope, x) > 0.0;
                for lo in [near.next_down(), near] {
                    let hi = lo.next_up();
                    if slope(lo) != slope(hi) {
                        let wave = Interval::unary(op, &interval(lo, hi));
                        let extremum = elementary::unary(op, lo).signum();
                        assert!(wave.contains(extremum), "{op:?} [{lo:?}, {hi:?}]: {wave:?}");
                        found += 1;
                    }
                }
            }
        }
    }
    assert!(found > 8000, "{found}");
}
