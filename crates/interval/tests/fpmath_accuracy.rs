//! fpmath against CORE-MATH, which rounds correctly: what the enclosures take for granted.
//!
//! An error below `0.5 + 2^-10` ulp allows a result that is not the nearest, but only the next one, and rarely.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use bumpnet_interval::{Binary, Unary, elementary};
use common::{Random, ulps};

const POINTS: usize = 400_000;

/// A function by CORE-MATH and the ends of an interval.
type Reference = (fn(f64) -> f64, (f64, f64));

/// The function by CORE-MATH and an interval in which most of its interesting arguments lie.
fn reference(op: Unary) -> Option<Reference> {
    Some(match op {
        Unary::Cbrt => (core_math::cbrt, (-1e3, 1e3)),
        Unary::Exp => (core_math::exp, (-745.2, 709.8)),
        Unary::Exp2 => (core_math::exp2, (-1075.0, 1024.0)),
        Unary::ExpM1 => (core_math::expm1, (-40.0, 40.0)),
        Unary::Ln => (core_math::log, (0.0, 3.0)),
        Unary::Ln1p => (core_math::log1p, (-1.0, 3.0)),
        Unary::Log2 => (core_math::log2, (0.0, 3.0)),
        Unary::Log10 => (core_math::log10, (0.0, 3.0)),
        Unary::Sin => (core_math::sin, (-20.0, 20.0)),
        Unary::Cos => (core_math::cos, (-20.0, 20.0)),
        Unary::Tan => (core_math::tan, (-20.0, 20.0)),
        Unary::Asin => (core_math::asin, (-1.0, 1.0)),
        Unary::Acos => (core_math::acos, (-1.0, 1.0)),
        Unary::Atan => (core_math::atan, (-10.0, 10.0)),
        Unary::Sinh => (core_math::sinh, (-711.0, 711.0)),
        Unary::Cosh => (core_math::cosh, (-711.0, 711.0)),
        Unary::Tanh => (core_math::tanh, (-20.0, 20.0)),
        Unary::Asinh => (core_math::asinh, (-10.0, 10.0)),
        Unary::Acosh => (core_math::acosh, (1.0, 20.0)),
        Unary::Atanh => (core_math::atanh, (-1.0, 1.0)),
        Unary::Erf => (core_math::erf, (-6.0, 6.0)),
        // Exact, or made of the others.
        Unary::Neg
        | Unary::Sqrt
        | Unary::Abs
        | Unary::Sign
        | Unary::Floor
        | Unary::Ceil
        | Unary::Round
        | Unary::Trunc
        | Unary::Sigmoid
        | Unary::Softplus
        | Unary::Sinc
        | Unary::Step => return None,
    })
}

/// Arguments at which functions are computed in another way than next to them, or badly: near 0 and 1, the ends of the domain
/// and of binary64, multiples of pi/2 of every size.
fn near_an_end(op: Unary, random: &mut Random) -> f64 {
    let small = |random: &mut Random| (random.unit() + 1.0) * f64::from_bits((1 + random.bits() % 1022) << 52);
    let sign = if random.bits() & 1 == 1 { -1.0 } else { 1.0 };
    let x = match (op, random.bits() % 4) {
        // Subnormal numbers.
        (_, 0) => f64::from_bits(random.bits() % (1 << 52)),
        (Unary::Sin | Unary::Cos | Unary::Tan, _) => {
            let turns = (random.bits() >> (random.bits() % 60)) as f64;
            let near = turns * std::f64::consts::FRAC_PI_2;
            f64::from_bits((near.to_bits() + random.bits() % 5).saturating_sub(2))
        }
        (Unary::Exp | Unary::ExpM1, 1) => random.within(709.0, 709.8),
        (Unary::Exp, _) => random.within(-745.2, -708.0).abs(),
        (Unary::Sinh | Unary::Cosh, 1) => random.within(710.0, 710.5),
        (Unary::Exp2, _) => random.within(1021.0, 1075.0),
        (Unary::Tanh, 1) => random.within(18.0, 20.0),
        (Unary::Erf, 1) => random.within(5.5, 6.0),
        // Next to 1, on either side, by any power of two.
        (_, 1 | 2) => 1.0 + sign * small(random).max(f64::EPSILON / 2.0),
        _ => small(random),
    };
    x * sign
}

/// The distance and whether it counts: both NaN is agreement.
fn distance(a: f64, b: f64) -> u64 {
    if a.is_nan() && b.is_nan() { 0 } else { ulps(a, b) }
}

#[test]
fn functions_of_one_argument() {
    for op in Unary::ALL {
        let Some((exact, (lo, hi))) = reference(op) else { continue };
        let mut random = Random(op as u64);
        let (mut worst, mut not_nearest) = (0, 0);
        for i in 0..POINTS {
            let x = match i % 5 {
                // Any binary64, of either sign; of any magnitude below one; uniformly where it matters; and at the ends.
                0 => random.anything(),
                4 => near_an_end(op, &mut random),
                1 => {
                    (random.unit() + 1.0) / (1u64 << (random.bits() % 63)) as f64 * if i % 8 == 1 { -1.0 } else { 1.0 }
                }
                _ => random.within(lo, hi),
            };
            let d = distance(elementary::unary(op, x), exact(x));
            assert!(d <= 1, "{op:?}({x:?}): {} is {d} ulp from {}", elementary::unary(op, x), exact(x));
            worst = worst.max(d);
            not_nearest += d;
        }
        println!("{op:?}: at most {worst} ulp from the nearest, {not_nearest} of {POINTS} are not the nearest");
        assert!(not_nearest <= POINTS as u64 / 500, "{op:?}: {not_nearest} of {POINTS} are not the nearest");
    }
}

/// How many arguments of each function are searched: with `MISROUNDED=1`, some minutes in a release build, as many as
/// `reference/generate_hard.py` wants to read; else a few, of which none may be further off than one number.
fn searched() -> usize {
    if std::env::var_os("MISROUNDED").is_some() { 20_000_000 } else { 20_000 }
}

/// A search for the largest errors.
#[test]
fn misrounded() {
    for op in Unary::ALL {
        let Some((exact, (lo, hi))) = reference(op) else { continue };
        let mut random = Random(op as u64 + 1000);
        let mut found = 0;
        for i in 0..searched() {
            let x = if i % 4 == 0 { near_an_end(op, &mut random) } else { random.within(lo, hi) };
            let off = distance(elementary::unary(op, x), exact(x));
            assert!(off <= 1, "{op:?} at {x:?} is {off} numbers off");
            if off == 1 && found < 4000 {
                println!("m {} {:016x}", op.name(), x.to_bits());
                found += 1;
            }
        }
    }
    for (op, exact) in FUNCTIONS_OF_TWO {
        let mut random = Random(op as u64 + 1000);
        let mut found = 0;
        for _ in 0..searched() {
            let (a, b) = (random.within(0.0, 9.0), random.within(-9.0, 9.0));
            let off = distance(elementary::binary(op, a, b), exact(a, b));
            assert!(off <= 1, "{op:?} at {a:?}, {b:?} is {off} numbers off");
            if off == 1 && found < 4000 {
                println!("m {} {:016x} {:016x}", op.name(), a.to_bits(), b.to_bits());
                found += 1;
            }
        }
    }
}

type ReferenceOfTwo = fn(f64, f64) -> f64;

const FUNCTIONS_OF_TWO: [(Binary, ReferenceOfTwo); 3] =
    [(Binary::Pow, core_math::pow), (Binary::Hypot, core_math::hypot), (Binary::Atan2, core_math::atan2)];

#[test]
fn functions_of_two_arguments() {
    for (op, exact) in FUNCTIONS_OF_TWO {
        let mut random = Random(op as u64);
        let mut not_nearest = 0;
        for i in 0..POINTS {
            let (a, b) = match i % 4 {
                0 => (random.anything(), random.anything()),
                1 => (random.within(0.0, 50.0), random.within(-150.0, 150.0)),
                2 => (random.within(-9.0, 9.0), (random.bits() % 40) as f64 - 20.0),
                _ => (random.within(-4.0, 4.0), random.within(-4.0, 4.0)),
            };
            let d = distance(elementary::binary(op, a, b), exact(a, b));
            assert!(d <= 1, "{op:?}({a:?}, {b:?}): {} is {d} ulp from {}", elementary::binary(op, a, b), exact(a, b));
            not_nearest += d;
        }
        println!("{op:?}: {not_nearest} of {POINTS} are not the nearest");
        assert!(not_nearest <= POINTS as u64 / 500, "{op:?}: {not_nearest} of {POINTS} are not the nearest");
    }
}
