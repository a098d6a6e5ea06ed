//! The sigmoid family, whose derivatives are bells: `sigmoid`, `tanh`, `softplus`, `erf`.

use super::terms::{inverse_distance, is_narrow, n};
use crate::fault::{Fault, active};
use crate::interval::rounding::mul_down;
use crate::interval::{Interval, UpperBound};
use crate::jet::arithmetic::square_coefficient;
use crate::jet::{Jet, add, div, mul, neg, sub};
use crate::operator::{Comparison, Unary};
use crate::real::Real;
use crate::scalar::Scalar;

/// `s' = s (1 - s)`: `(k+1) s_{k+1} = s_k (1 - 2 s_0) - sum_{0<j<k} s_j s_{k-j}` for `k > 0`.
///
/// `s(x) = 1 - s(-x)`, so for positive `x` the coefficients are those at `-x` with alternating signs: next to 1 the
/// difference `1 - s` would lose all accuracy.
pub(super) fn sigmoid<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let mirrored = T::decide(Comparison::Greater, &x, &T::point(0.0)) == Some(true);
    let first = if mirrored { T::unary(Unary::Sigmoid, &neg(x)) } else { s.value() };
    let value = s.value();
    s.coefficients[0] = first;
    let mut bounds = (!is_narrow(x)).then(|| PoleBounds::new(x.mignitude()));
    let complement = sub(T::point(1.0), mul(T::point(2.0), first));
    for k in 0..order {
        let slope = if k == 0 {
            mul(first, sub(T::point(1.0), first))
        } else {
            let linear = mul(s.coefficients[k], complement);
            if k == 1 { linear } else { sub(linear, square_coefficient(&s.known()[1..], k - 2)) }
        };
        let term = div(slope, n(k + 1));
        s.push(match bounds.as_mut().map(PoleBounds::next) {
            Some(bound) => term.bounded(|| bound),
            None => term,
        });
    }
    s.coefficients[0] = value;
    if mirrored {
        for k in (2..=order).step_by(2) {
            s.coefficients[k] = neg(s.coefficients[k]);
        }
    }
}

/// Bounds of the coefficients of the sigmoid at all `x` with `|x| >= least`, from its poles.
///
/// `s(x) = 1/2 + sum over odd m > 0 of [1/(x - i m pi) + 1/(x + i m pi)]` (the partial fractions of `tanh`), and coefficient
/// `k` of `1/(x - p)` is `(-1)^k/(x - p)^(k+1)`. With `d_m = x^2 + m^2 pi^2`: `|s_k| <= 2 sum_m d_m^(-(k+1)/2)`, `k >= 1`.
/// The terms `m = 1, 3, 5` are summed. The rest decreases with `m`, in steps of 2, so it is at most
/// `1/2 integral_5^inf (x^2 + u^2 pi^2)^(-(k+1)/2) du <= 1/2 d_5^(-(k-1)/2) integral_5^inf du/(x^2 + u^2 pi^2)`, and the
/// last integral is at most `min(1/(5 pi^2), 1/(2 |x|))`.
///
/// The powers are products of at most 25 factors, rounded to nearest, so each is off by less than `60 * 2^-53` relative
/// and, if it underflows, by less than `25 * 2^-1074`; a bound is enlarged by `1e-13` relative and `1e-300` for both.
struct PoleBounds {
    /// `d_m^(-1/2)` for `m = 1, 3, 5`.
    inverse: [f64; 3],
    /// `d_m^(-(k+1)/2)` for the coming `k`.
    powers: [f64; 3],
    /// The integral, times `d_5^(-(k-1)/2)` for the coming `k`.
    rest: f64,
}

impl PoleBounds {
    fn new(least: f64) -> PoleBounds {
        // 9.8696 < pi^2 = 9.8696044...
        let inverse = [1.0, 9.0, 25.0].map(|m2| inverse_distance(least, 9.8696 * m2 - 1e-9).get());
        let rest = UpperBound::ONE.div_by_lower(49.348).min(UpperBound::new(0.5).div_by_lower(least)).get();
        let powers = match active(Fault::SigmoidBoundTooSmall) {
            true => inverse.map(|i| i * i * i),
            false => inverse.map(|i| i * i),
        };
        PoleBounds { inverse, powers, rest }
    }

    fn next(&mut self) -> UpperBound {
        let bound = 2.0 * (self.powers[0] + self.powers[1] + self.powers[2]) + self.rest;
        for (power, inverse) in self.powers.iter_mut().zip(self.inverse) {
            *power *= inverse;
        }
        self.rest *= self.inverse[2];
        UpperBound::new(bound * (1.0 + 1e-13) + 1e-300)
    }
}

/// `tanh(x) = 2 s(2x) - 1`, so its coefficients are `2^(k+1) s_k(2x)`, exactly.
pub(super) fn tanh<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let twice = mul(T::point(2.0), x);
    let mut half = Jet::from_value(T::unary(Unary::Sigmoid, &twice), order);
    sigmoid(&mut half, twice, order);
    let mut scale = 2.0;
    for c in &half.known()[1..] {
        scale *= 2.0;
        s.push(mul(T::point(scale), *c));
    }
}

/// `softplus' = sigmoid`.
pub(super) fn softplus<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let mut slope = Jet::from_value(T::unary(Unary::Sigmoid, &x), order);
    sigmoid(&mut slope, x, order - 1);
    for k in 1..=order {
        s.push(div(slope.coefficients[k - 1], n(k)));
    }
}

/// With `g = erf' = 2/sqrt(pi) e^(-x^2)`, `g' = -2 x g`: `g_{k+1} = -2 (x g_k + g_{k-1})/(k+1)`.
///
/// `g_k = (-1)^k 2/sqrt(pi) e^(-x^2) H_k(x)/k!` with Hermite's polynomials, and Cramer's inequality
/// `|H_k(x)| <= K e^(x^2/2) 2^(k/2) sqrt(k!)`, `K < 1.0865`, gives `|g_k| <= 1.2260 e^(-x^2/2) sqrt(2^k/k!)`
/// (`1.0865 * 2/sqrt(pi) = 1.22598...`).
pub(super) fn erf<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let least = x.mignitude();
    let gauss = T::unary(Unary::Exp, &neg(crate::jet::square(x)));
    // 2/sqrt(pi) from the constant, in whatever way T knows it.
    let scale = div(T::point(2.0), T::unary(Unary::Sqrt, &T::constant(crate::operator::Constant::Pi)));
    let narrow = is_narrow(x);
    let mut bound = if narrow { UpperBound::INFINITE } else { UpperBound::new(1.226) * half_gauss(least) };
    let (mut before, mut g) = (T::point(0.0), mul(scale, gauss).bounded(|| bound));
    for k in 0..order {
        s.push(div(g, n(k + 1)));
        let term = if k == 0 { mul(x, g) } else { add(mul(x, g), before) };
        if !narrow {
            bound = bound * UpperBound::new(2.0).div_by_lower((k + 1) as f64).sqrt();
        }
        (before, g) = (g, div(mul(T::point(-2.0), term), n(k + 1)).bounded(|| bound));
    }
}

/// A bound of `e^(-x^2/2)` for `|x| >= least`.
fn half_gauss(least: f64) -> UpperBound {
    let least = least.min(40.0); // no infinities

    let half_square = mul_down(0.5, mul_down(least, least));
    Interval::unary(Unary::Exp, &Interval::point(-half_square)).magnitude()
}
