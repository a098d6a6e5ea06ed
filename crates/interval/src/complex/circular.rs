//! `sin`, `cos`, `tan` and `sinc` of complex numbers; the hyperbolic functions are these, turned by a quarter.

use super::Complex;
use crate::interval::UpperBound;
use crate::operator::{Comparison, Unary};
use crate::real::Real;
use crate::rules::{add, div, holds, mul, neg, of, square, sub};

/// `sin x cosh y + i cos x sinh y`
pub(super) fn sin<T: Real>(z: Complex<T>) -> Complex<T> {
    let re = mul(of(Unary::Sin, z.re), of(Unary::Cosh, z.im));
    Complex::new(re, mul(of(Unary::Cos, z.re), of(Unary::Sinh, z.im)))
}

/// `cos x cosh y - i sin x sinh y`
pub(super) fn cos<T: Real>(z: Complex<T>) -> Complex<T> {
    let re = mul(of(Unary::Cos, z.re), of(Unary::Cosh, z.im));
    Complex::new(re, neg(mul(of(Unary::Sin, z.re), of(Unary::Sinh, z.im))))
}

/// `(sin x cos x (1 - t^2) + i t)/(cos(x)^2 + (t sin x)^2)` with `t = tanh y`; the denominator is zero at the poles only.
pub(super) fn tan<T: Real>(z: Complex<T>) -> Complex<T> {
    let (s, c, t) = (of(Unary::Sin, z.re), of(Unary::Cos, z.re), of(Unary::Tanh, z.im));
    let norm = add(square(c), square(mul(s, t)));
    let shrink = square(div(T::point(1.0), of(Unary::Cosh, z.im)));
    Complex::new(div(mul(mul(s, c), shrink), norm), div(t, norm))
}

/// `sin(z)/z`, or, where that says nothing, the integral of `cos(t z)` for `t` from 0 to 1: a mean value of `cos` on the way
/// from 0 to `z`. It also shows that the magnitude is at most `cosh y`.
pub(super) fn sinc<T: Real>(z: Complex<T>) -> Complex<T> {
    let is_not_zero = |a: T| holds(Comparison::NotEqual, a, T::point(0.0));
    let value = if is_not_zero(z.re) || is_not_zero(z.im) {
        sin(z).over(z)
    } else {
        let from_0_to_1 = T::point(0.5).plus_minus(|| UpperBound::new(0.5));
        cos(z.scaled(from_0_to_1))
    };
    let bound = || of(Unary::Cosh, z.im).magnitude();
    Complex { re: value.re.bounded(bound), im: value.im.bounded(bound) }
}

/// `1 - a` and `1 + a`
pub(super) fn around_one<T: Real>(a: T) -> (T, T) {
    (sub(T::point(1.0), a), add(T::point(1.0), a))
}
