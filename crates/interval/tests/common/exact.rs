//! Exact sums of products of binary64, as the oracle of wide arithmetic; and the reference values of `wide.txt`.

use super::bits;
use bumpnet_interval::{Quality, UpperBound, Wide};

/// A sum of binary64 that do not overlap, by increasing magnitude (Shewchuk, *Adaptive precision floating-point arithmetic*,
/// 1997). Exact while nothing overflows and no product is below 2^-960.
#[derive(Clone, Default, Debug)]
pub struct Exact(Vec<f64>);

impl Exact {
    pub fn of(terms: &[f64]) -> Exact {
        terms.iter().fold(Exact::default(), |sum, term| sum.plus(*term))
    }

    pub fn plus(&self, term: f64) -> Exact {
        let (mut sum, mut parts) = (term, Vec::new());
        for part in &self.0 {
            let next = sum + part;
            let other = next - sum;
            let error = (sum - (next - other)) + (part - other);
            if error != 0.0 {
                parts.push(error);
            }
            sum = next;
        }
        parts.push(sum);
        Exact(parts)
    }

    pub fn add(&self, other: &Exact) -> Exact {
        other.0.iter().fold(self.clone(), |sum, part| sum.plus(*part))
    }

    pub fn mul(&self, other: &Exact) -> Exact {
        let mut sum = Exact::default();
        for a in &self.0 {
            for b in &other.0 {
                let (high, low) = product(*a, *b);
                sum = sum.plus(high).plus(low);
            }
        }
        sum
    }

    pub fn neg(&self) -> Exact {
        Exact(self.0.iter().map(|x| -x).collect())
    }

    pub fn is_negative(&self) -> bool {
        self.0.iter().rev().find(|x| **x != 0.0).is_some_and(|x| *x < 0.0)
    }

    /// Whether it lies in the ball.
    pub fn is_in(&self, ball: &Wide) -> bool {
        if ball.quality() == Quality::Nowhere || !ball.is_bounded() {
            return ball.quality() != Quality::Nowhere;
        }
        let (hi, lo) = ball.midpoint();
        let difference = self.plus(-hi).plus(-lo);
        let radius = ball.radius().get();
        !difference.plus(radius).is_negative() && !difference.neg().plus(radius).is_negative()
    }
}

/// The exact product as two numbers, from the product of the mantissas.
fn product(a: f64, b: f64) -> (f64, f64) {
    let ((m, p), (n, q)) = (mantissa(a), mantissa(b));
    let all = m as u128 * n as u128;
    let (high, low) = (all >> 53, all & ((1 << 53) - 1));
    let sign = if a.is_sign_negative() == b.is_sign_negative() { 1.0 } else { -1.0 };
    let scaled = |n: u128, power: i32| {
        let half = power / 2;
        sign * n as f64
            * f64::from_bits(((1023 + half) as u64) << 52)
            * f64::from_bits(((1023 + power - half) as u64) << 52)
    };
    (scaled(high, p + q + 53), scaled(low, p + q))
}

/// `|x| = m 2^p`.
fn mantissa(x: f64) -> (u64, i32) {
    let (bits, biased) = (x.to_bits() & ((1 << 52) - 1), (x.to_bits() >> 52 & 0x7ff) as i32);
    if biased == 0 { (bits, -1074) } else { (bits | 1 << 52, biased - 1075) }
}

/// One line of `wide.txt`: arguments and results are sums of binary64.
pub struct WideCase {
    pub name: &'static str,
    pub arguments: Vec<Vec<f64>>,
    pub truths: Vec<Exact>,
}

impl WideCase {
    /// The arguments, exactly.
    pub fn balls(&self) -> Vec<Wide> {
        self.arguments.iter().map(|x| ball(x[0], x[1], 0.0)).collect()
    }
}

/// `hi + lo +- rad`, for two numbers that do not overlap.
pub fn ball(hi: f64, lo: f64, rad: f64) -> Wide {
    (Wide::point(hi) + Wide::point(lo)).plus_minus(UpperBound::new(rad))
}

pub fn wide_cases(kind: char) -> impl Iterator<Item = WideCase> {
    let arguments = match kind {
        'b' => 2,
        'l' | 'k' => 0,
        _ => 1,
    };
    include_str!("../reference/wide.txt").lines().filter(move |line| line.starts_with(kind)).map(move |line| {
        let parts = |field: &str| field.split(',').map(bits).collect::<Vec<_>>();
        let mut fields = line.split(' ').skip(1);
        let name = fields.next().unwrap();
        let arguments = fields.by_ref().take(arguments).map(parts).collect();
        WideCase { name, arguments, truths: fields.map(|field| Exact::of(&parts(field))).collect() }
    })
}
