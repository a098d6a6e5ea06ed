//! Taylor series of the elementary functions at a number: the one place where each derivative rule is written.
//!
//! `g_k` stands for `g^(k)(x)/k!`. Each function gets its series from the differential equation that it satisfies, in
//! `O(order)` or `O(order^2)` operations. Over a wide interval a recurrence treats its operands as independent and may
//! overestimate, increasingly with the order; where a bound `|g_k| <= B_k` is known in closed form, each coefficient is
//! cut to it before the recurrence goes on, so the overestimation cannot build up.

pub(super) mod algebraic;
mod bell;
mod circular;
pub(super) mod exponential;
mod sinc;
mod terms;

use super::Jet;
use crate::operator::Unary;
use crate::real::Real;

/// The series of a smooth function at `x`, up to `order`.
pub(super) fn of<T: Real>(op: Unary, x: T, order: usize) -> Jet<T> {
    let mut series = Jet::from_value(T::unary(op, &x), order);
    if order == 0 {
        return series;
    }
    let s = &mut series;
    match op {
        Unary::Exp | Unary::ExpM1 | Unary::Exp2 => exponential::exp(s, op, x, order),
        Unary::Sinh | Unary::Cosh => exponential::hyperbolic(s, op, x, order),
        Unary::Ln | Unary::Ln1p | Unary::Log2 | Unary::Log10 => exponential::ln(s, op, x, order),
        Unary::Sqrt => algebraic::sqrt(s, x, order),
        Unary::Cbrt => algebraic::cbrt(s, x, order),
        Unary::Sin | Unary::Cos => circular::wave(s, op, x, order),
        Unary::Tan => circular::tan(s, order),
        Unary::Asin | Unary::Acos => circular::arc_sine(s, op, x, order),
        Unary::Atan => circular::arc_tangent(s, x, order),
        Unary::Asinh => exponential::area_sine(s, x, order),
        Unary::Acosh => exponential::area_cosine(s, x, order),
        Unary::Atanh => exponential::area_tangent(s, x, order),
        Unary::Erf => bell::erf(s, x, order),
        Unary::Sigmoid => bell::sigmoid(s, x, order),
        Unary::Softplus => bell::softplus(s, x, order),
        Unary::Tanh => bell::tanh(s, x, order),
        Unary::Sinc => sinc::sinc(s, x, order),
        // These have no single series; `scalar` never asks for one.
        Unary::Neg
        | Unary::Abs
        | Unary::Sign
        | Unary::Floor
        | Unary::Ceil
        | Unary::Round
        | Unary::Trunc
        | Unary::Step => (1..=order).for_each(|_| s.push(T::unknown())),
    }
    series
}
