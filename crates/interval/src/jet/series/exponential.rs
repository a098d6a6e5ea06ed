//! Exponentials, logarithms, hyperbolic functions and their inverses.

use super::terms::{inverse_distance, n, one_plus_square, recip};
use crate::jet::{Jet, add, div, mul, neg, sub};
use crate::operator::Unary;
use crate::real::Real;

/// `g_k = g_{k-1} l/k` for `e^(l x)`; `e^x - 1` differs in the value only.
pub(super) fn exp<T: Real>(s: &mut Jet<T>, op: Unary, x: T, order: usize) {
    let mut term = if op == Unary::ExpM1 { T::unary(Unary::Exp, &x) } else { s.value() };
    let rate = (op == Unary::Exp2).then(|| T::unary(Unary::Ln, &T::point(2.0)));
    for k in 1..=order {
        term = div(rate.map_or(term, |rate| mul(term, rate)), n(k));
        s.push(term);
    }
}

/// The series of `e^x` where that is `value`.
pub(in crate::jet) fn exponential_of_value<T: Real>(value: T, order: usize) -> Jet<T> {
    let mut series = Jet::from_value(value, order);
    let mut term = value;
    for k in 1..=order {
        term = div(term, n(k));
        series.push(term);
    }
    series
}

/// Each is the other's derivative.
pub(super) fn hyperbolic<T: Real>(s: &mut Jet<T>, op: Unary, x: T, order: usize) {
    let other = T::unary(if op == Unary::Sinh { Unary::Cosh } else { Unary::Sinh }, &x);
    let mut terms = [s.value(), other];
    for k in 1..=order {
        terms = [div(terms[1], n(k)), div(terms[0], n(k))];
        s.push(terms[0]);
    }
}

/// `ln(y)' = 1/y`, so `g_k = -(-1/y)^k/k`, with `y = 1 + x` for `ln(1 + x)`; divided by `ln b` in base `b`.
pub(super) fn ln<T: Real>(s: &mut Jet<T>, op: Unary, x: T, order: usize) {
    let y = if op == Unary::Ln1p { add(T::point(1.0), x) } else { x };
    let base = match op {
        Unary::Log2 => Some(2.0),
        Unary::Log10 => Some(10.0),
        _ => None,
    };
    let scale = base.map(|base| T::unary(Unary::Ln, &T::point(base)));
    let inverse = recip(y);
    let ratio = neg(inverse);
    let mut power = inverse;
    for k in 1..=order {
        let term = div(power, n(k));
        s.push(scale.map_or(term, |scale| div(term, scale)));
        power = mul(power, ratio);
    }
}

/// With `g = asinh'`, `g = (1 + x^2)^(-1/2)` and `(1 + x^2) g' = -x g`:
/// `g_{k+1} = -((2k+1) x g_k + k g_{k-1}) / ((k+1)(1 + x^2))`.
///
/// `g` is the generating function of the Legendre polynomials: `1/sqrt((1 + x^2) + 2 x t + t^2)` has the coefficients
/// `P_k(-x/r)/r^(k+1)`, `r = sqrt(1 + x^2)`, and `|P_k| <= 1` on `[-1, 1]`. So `|g_k| <= r^-(k+1)`.
pub(super) fn area_sine<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let denominator = one_plus_square(x);
    let inverse = inverse_distance(x.mignitude(), 1.0);
    let mut bound = inverse;
    let (mut before, mut g) = (T::point(0.0), recip(T::unary(Unary::Sqrt, &denominator)));
    for k in 0..order {
        s.push(div(g, n(k + 1)));
        bound = bound * inverse;
        let next = legendre_step(g, before, x, denominator, k).bounded(|| bound);
        (before, g) = (g, neg(next));
    }
}

/// With `g = acosh'`, `g = (x^2 - 1)^(-1/2)` and `(x^2 - 1) g' = -x g`: as `asinh`, with `x^2 - 1` for `1 + x^2`.
pub(super) fn area_cosine<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let denominator = mul(sub(x, T::point(1.0)), add(x, T::point(1.0)));
    let (mut before, mut g) = (T::point(0.0), recip(T::unary(Unary::Sqrt, &denominator)));
    for k in 0..order {
        s.push(div(g, n(k + 1)));
        (before, g) = (g, neg(legendre_step(g, before, x, denominator, k)));
    }
}

/// `((2k+1) x g_k + k g_{k-1}) / ((k+1) d)`.
pub(super) fn legendre_step<T: Real>(g: T, before: T, x: T, d: T, k: usize) -> T {
    let first = mul(n(2 * k + 1), mul(x, g));
    let numerator = if k == 0 { first } else { add(first, mul(n(k), before)) };
    div(numerator, mul(n(k + 1), d))
}

/// `atanh' = (1/(1 - x) + 1/(1 + x))/2`, so `g_k = ((1 - x)^-k + (-1)^(k-1) (1 + x)^-k) / 2k`.
pub(super) fn area_tangent<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let (left, right) = (recip(sub(T::point(1.0), x)), neg(recip(add(T::point(1.0), x))));
    let (mut a, mut b) = (left, right);
    for k in 1..=order {
        s.push(div(sub(a, b), n(2 * k)));
        (a, b) = (mul(a, left), mul(b, right));
    }
}
