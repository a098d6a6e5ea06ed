//! fpmath at the arguments that are hardest for it: how far it is from the exact result, in ulps.
//!
//! `cargo test -p bumpnet-interval --test fpmath_hard -- --nocapture` prints the largest error of each function, and where the
//! arguments come from. `reference/generate_hard.py` made them, with results to 250 bits.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use std::collections::BTreeMap;

use bumpnet_interval::{Binary, Interval, Quality, Scalar, Unary, elementary};
use common::{binary_named, bits, unary_named};

/// What fpmath promises: `0.5 + 2^-10` ulp; and what its own tests ask for, `0.5 + 2^-11`.
const PROMISE: f64 = 0.5 + 1.0 / 1024.0;

/// What an enclosure takes on either side of the returned value.
const MARGIN: f64 = 2.0;

struct Hard {
    source: &'static str,
    name: &'static str,
    arguments: Vec<f64>,
    /// The binary64 nearest to the result.
    nearest: f64,
    /// How far the result is from it, away from zero, in ulps; and on which side it is, or 0 if it is that number.
    above: f64,
    side: i32,
}

fn cases() -> impl Iterator<Item = Hard> {
    include_str!("reference/hard.txt").lines().map(|line| {
        let mut words: Vec<&str> = line.split(' ').collect();
        let above = words.pop().unwrap();
        let nearest = bits(words.pop().unwrap());
        let side = match above {
            "0" => 0,
            _ if above.starts_with('-') => -1,
            _ => 1,
        };
        let arguments = words[2..].iter().map(|word| bits(word)).collect();
        Hard { source: words[0], name: words[1], arguments, nearest, above: above.parse().unwrap(), side }
    })
}

impl Hard {
    fn value(&self) -> f64 {
        match self.arguments[..] {
            [x] => elementary::unary(unary_named(self.name), x),
            [x, y] => elementary::binary(binary_named(self.name), x, y),
            _ => unreachable!(),
        }
    }

    /// The error of a value in ulps; infinite if it is not even of the result's sign.
    fn error(&self, value: f64) -> f64 {
        if value.is_nan() || value.is_sign_negative() != self.nearest.is_sign_negative() {
            return f64::INFINITY;
        }
        let steps = value.abs().to_bits() as i64 - self.nearest.abs().to_bits() as i64;
        (steps as f64 - self.above).abs()
    }

    /// The binary64 numbers that the result lies between.
    fn bounds(&self) -> (f64, f64) {
        let away = f64::from_bits((self.nearest.abs().to_bits() as i64 + i64::from(self.side)) as u64);
        let other = away.copysign(self.nearest);
        (self.nearest.min(other), self.nearest.max(other))
    }

    fn enclosure(&self) -> Interval {
        let arguments: Vec<Interval> = self.arguments.iter().map(|x| Interval::point(*x)).collect();
        match arguments[..] {
            [x] => Interval::unary(unary_named(self.name), &x),
            [x, y] => Interval::binary(binary_named(self.name), &x, &y),
            _ => unreachable!(),
        }
    }
}

/// The error is within the promise. (It lies in the error of computing before the last rounding; where a result is
/// next to halfway, that decides which way it is rounded, and no more.)
#[test]
fn errors_are_within_the_promise() {
    let mut largest: BTreeMap<(&str, &str), (usize, f64)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in cases() {
        let error = case.error(case.value());
        let entry = largest.entry((case.name, case.source)).or_default();
        *entry = (entry.0 + 1, entry.1.max(error));
        if error > PROMISE {
            wrong.push(format!("{}{:?}: {:?} is {error} ulp off", case.name, case.arguments, case.value()));
        }
    }
    let names: std::collections::BTreeSet<&str> = largest.keys().map(|(name, _)| *name).collect();
    for name in names {
        let of = |source| largest.get(&(name, source)).map_or("-".to_owned(), |(n, e)| format!("{e:.6} of {n}"));
        let all =
            largest.iter().filter(|((other, _), _)| *other == name).fold(0.0f64, |most, (_, (_, e))| most.max(*e));
        println!(
            "{name}: {all:.6} ulp at most; known worst cases {}, multiples of pi/2 {}, halfway {}, misrounded {}, ends {}",
            of("w"),
            of("p"),
            of("n"),
            of("m"),
            of("e")
        );
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every function that comes from fpmath is there, with ends and points near halfway.
#[test]
fn every_function_is_there() {
    let count = |name: &str, source: &str| cases().filter(|c| c.name == name && c.source == source).count();
    use Unary::{Abs, Ceil, Floor, Neg, Round, Sigmoid, Sign, Sinc, Softplus, Sqrt, Step, Trunc};
    for op in Unary::ALL {
        if !matches!(op, Neg | Sqrt | Abs | Sign | Floor | Ceil | Round | Trunc | Sigmoid | Softplus | Sinc | Step) {
            assert!(count(op.name(), "e") >= 50 && count(op.name(), "n") >= 12, "{op:?}");
        }
    }
    for op in [Binary::Pow, Binary::Hypot, Binary::Atan2] {
        assert!(count(op.name(), "e") >= 300, "{op:?}");
    }
    for name in ["sin", "cos", "tan"] {
        assert!(count(name, "p") >= 250, "{name}");
    }
    for name in ["exp", "exp2", "expm1", "sin", "cos", "tan", "asin", "atan", "sinh", "cosh", "tanh", "acosh", "erf"] {
        assert!(count(name, "w") >= 2, "{name}");
    }
}

/// Enclosures hold the result, and would if fpmath gave the next number instead, on either side.
#[test]
fn enclosures_survive_a_further_ulp() {
    for case in cases() {
        let (lo, hi) = case.bounds();
        let found = case.enclosure();
        let at = format!("{}{:?}: {found:?}", case.name, case.arguments);
        assert!(found.quality() == Quality::Continuous && found.lo() <= lo && hi <= found.hi(), "{at}");
        let value = case.value();
        // The numbers next to the returned one, as far as they are of its sign.
        let next =
            [value.next_up(), value.next_down()].map(|next| case.error(next)).into_iter().filter(|e| e.is_finite());
        assert!(next.fold(0.0, f64::max) < MARGIN, "{at}");
    }
}
