//! Circular functions and their inverses.

use super::exponential::legendre_step;
use super::terms::{inverse_distance, n, one_minus_square, one_plus_square, recip};
use crate::jet::arithmetic::square_coefficient;
use crate::jet::{Jet, add, div, mul, neg};
use crate::operator::Unary;
use crate::real::Real;

/// `g'' = -g`, so `g_k = -g_{k-2}/((k-1) k)`, from `sin' = cos` and `cos' = -sin`.
pub(super) fn wave<T: Real>(s: &mut Jet<T>, op: Unary, x: T, order: usize) {
    let slope = match op {
        Unary::Sin => T::unary(Unary::Cos, &x),
        _ => neg(T::unary(Unary::Sin, &x)),
    };
    let mut terms = [s.value(), slope];
    for k in 1..=order {
        s.push(terms[1]);
        terms = [terms[1], neg(div(terms[0], n(k * (k + 1))))];
    }
}

/// `tan' = 1 + tan^2`: `g_{k+1} = (g^2)_k/(k+1)`, and 1 more for `k = 0`.
pub(super) fn tan<T: Real>(s: &mut Jet<T>, order: usize) {
    s.push(one_plus_square(s.value()));
    for k in 1..order {
        s.push(div(square_coefficient(s.known(), k), n(k + 1)));
    }
}

/// With `g = asin'`, `g = (1 - x^2)^(-1/2)` and `(1 - x^2) g' = x g`:
/// `g_{k+1} = ((2k+1) x g_k + k g_{k-1}) / ((k+1)(1 - x^2))`; `acos' = -asin'`.
pub(super) fn arc_sine<T: Real>(s: &mut Jet<T>, op: Unary, x: T, order: usize) {
    let denominator = one_minus_square(x);
    let (mut before, mut g) = (T::point(0.0), recip(T::unary(Unary::Sqrt, &denominator)));
    for k in 0..order {
        let term = div(g, n(k + 1));
        s.push(if op == Unary::Asin { term } else { neg(term) });
        (before, g) = (g, legendre_step(g, before, x, denominator, k));
    }
}

/// With `g = atan'`, `(1 + x^2) g' = -2 x g`: `g_{k+1} = -(2 x g_k + g_{k-1})/(1 + x^2)`.
///
/// `g = Im 1/(x - i)`, so `g_k = (-1)^k Im (x - i)^-(k+1)` and `|g_k| <= (1 + x^2)^(-(k+1)/2)`.
pub(super) fn arc_tangent<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let denominator = one_plus_square(x);
    let inverse = inverse_distance(x.mignitude(), 1.0);
    let mut bound = inverse;
    let twice = mul(n(2), x);
    let (mut before, mut g) = (T::point(0.0), recip(denominator));
    for k in 0..order {
        s.push(div(g, n(k + 1)));
        bound = bound * inverse;
        let next = div(add(mul(twice, g), before), denominator);
        (before, g) = (g, neg(next).bounded(|| bound));
    }
}
