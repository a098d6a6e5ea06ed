//! Taylor series of the elementary functions at a number: the one place where each derivative rule is written.
//!
//! `g_k` stands for `g^(k)(x)/k!`. Each function gets its series from the differential equation that it satisfies, in
//! `O(order)` or `O(order^2)` operations. Over a wide interval a recurrence treats its operands as independent and may
//! overestimate, increasingly with the order; where a bound `|g_k| <= B_k` is known in closed form, each coefficient is
//! cut to it before the recurrence goes on, so the overestimation cannot build up.

mod algebraic;
mod bell;
mod circular;
mod exponential;
mod sinc;

use super::{Jet, add, div, mul, neg, sub};
use crate::{Binary, Real, Unary, UpperBound};

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

pub(super) use algebraic::power;
pub(super) use exponential::exponential_of_value;

/// Whether the number is known to within a few roundings, so that no recurrence overestimates noticeably.
#[inline]
fn is_narrow<T: Real>(x: T) -> bool {
    x.magnitude().get() - x.mignitude() <= 1e-13
}

/// A small natural number.
#[inline(always)]
fn n<T: Real>(value: usize) -> T {
    T::point(value as f64)
}

/// `1/x`.
#[inline]
fn recip<T: Real>(x: T) -> T {
    div(T::point(1.0), x)
}

/// `1 + x^2`.
#[inline]
fn one_plus_square<T: Real>(x: T) -> T {
    add(T::point(1.0), super::square(x))
}

/// `(1 - x)(1 + x)`, tighter than `1 - x^2` next to the ends.
#[inline]
fn one_minus_square<T: Real>(x: T) -> T {
    T::binary(Binary::Mul, &sub(T::point(1.0), x), &add(T::point(1.0), x))
}

/// The bound `1/(x^2 + y)^(1/2)` for `|x| >= least`, `y > 0`.
#[inline]
fn inverse_distance(least: f64, y: f64) -> UpperBound {
    use crate::interval::rounding::{add_down, mul_down, sqrt_down};
    let square = if least > 0.0 { mul_down(least, least) } else { 0.0 };
    UpperBound::ONE.div_by_lower(sqrt_down(add_down(square, y)))
}
