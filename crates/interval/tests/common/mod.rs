//! What the tests share: the reference values of `tests/reference/reference.txt`, and the suite in `checks`.
#![allow(dead_code)] // each test file uses a part

pub mod checks;
pub mod exact;
pub mod wide;

use bumpnet_interval::{Binary, Interval, Quality, Unary};

/// The tightest binary64 enclosure of a real number; a single number if it is one.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    pub lo: f64,
    pub hi: f64,
}

impl Truth {
    fn parse(text: &str) -> Truth {
        let lo = bits(&text[..16]);
        let hi = match &text[16..] {
            "=" => lo,
            "+" => lo.next_up(),
            other => panic!("{other}"),
        };
        Truth { lo, hi }
    }

    pub fn is_in(&self, interval: &Interval) -> bool {
        interval.quality() != Quality::Nowhere && interval.lo() <= self.lo && self.hi <= interval.hi()
    }

    /// The number of binary64 numbers between `value` and the nearer of the two.
    pub fn distance(&self, value: f64) -> u64 {
        ulps(value, self.lo).min(ulps(value, self.hi))
    }
}

pub fn bits(text: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(text, 16).unwrap())
}

/// The distance in binary64 numbers.
pub fn ulps(a: f64, b: f64) -> u64 {
    let ordinal = |x: f64| if x.is_sign_negative() { -((x.to_bits() << 1 >> 1) as i64) } else { x.to_bits() as i64 };
    if a.is_nan() || b.is_nan() { u64::MAX } else { ordinal(a).abs_diff(ordinal(b)) }
}

/// One line of the reference.
pub struct Case {
    pub kind: char,
    pub name: &'static str,
    pub arguments: Vec<f64>,
    pub truths: Vec<Truth>,
}

pub fn cases(kind: char) -> impl Iterator<Item = Case> {
    let arguments = match kind {
        'b' => 2,
        'l' => 0,
        _ => 1,
    };
    include_str!("../reference/reference.txt").lines().filter(move |line| line.starts_with(kind)).map(move |line| {
        let mut fields = line.split(' ').skip(1);
        let name = fields.next().unwrap();
        let numbers: Vec<_> = fields.by_ref().take(arguments).map(bits).collect();
        Case { kind, name, arguments: numbers, truths: fields.map(Truth::parse).collect() }
    })
}

pub fn unary_named(name: &str) -> Unary {
    Unary::ALL.into_iter().find(|op| op.name() == name).unwrap()
}

pub fn binary_named(name: &str) -> Binary {
    Binary::ALL.into_iter().find(|op| op.name() == name).unwrap()
}

/// A deterministic stream of numbers, for tests that take many.
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn within(&mut self, lo: f64, hi: f64) -> f64 {
        (lo + (hi - lo) * self.unit()).clamp(lo, hi)
    }

    /// Of any magnitude, with either sign; finite.
    pub fn anything(&mut self) -> f64 {
        loop {
            let x = f64::from_bits(self.bits());
            if x.is_finite() {
                return x;
            }
        }
    }
}
