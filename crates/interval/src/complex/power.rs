//! Powers, roots and `hypot` of complex numbers.

use super::Complex;
use super::domain::holds_off_cuts;
use crate::operator::{Binary, Comparison, Unary};
use crate::real::Real;
use crate::rules::{add, div, holds, mul, of, sub};
use crate::scalar::Scalar;

/// Whole numbers below this are exponents for repeated multiplication.
const LARGEST_EXPONENT: f64 = (1u64 << 53) as f64;

/// `a^b`: by repeated multiplication if `b` is a whole number, otherwise `e^(b ln a)`.
pub(super) fn pow<T: Real>(a: &Complex<T>, b: &Complex<T>) -> Complex<T> {
    if let Some(n) = b.as_constant().filter(|n| *n == n.trunc() && n.abs() <= LARGEST_EXPONENT) {
        return integer_power(a, n);
    }
    if a.is_real() && b.is_real() {
        let value = Complex::real(T::binary(Binary::Pow, &a.re, &b.re));
        let is_constant = a.as_constant().is_some() && b.as_constant().is_some();
        return if is_constant || holds_off_cuts(Unary::Ln, a) { value } else { value.in_pieces() };
    }
    if !holds_off_cuts(Unary::Ln, a) {
        return Complex::unknown();
    }
    if b.is_real() {
        return Complex::polar(T::binary(Binary::Pow, &a.modulus(), &b.re), mul(b.re, a.angle()));
    }
    Complex::unary(Unary::Exp, &b.times(Complex::unary(Unary::Ln, a)))
}

fn integer_power<T: Real>(a: &Complex<T>, n: f64) -> Complex<T> {
    if a.is_real() {
        return Complex::real(T::binary(Binary::Pow, &a.re, &T::point(n)));
    } else if n == 0.0 {
        return Complex::real(T::point(1.0).limited_by(&a.re));
    }
    // An inverse that is taken first fails only where the base may be zero.
    let base = if n < 0.0 { a.inverse() } else { *a };
    let (mut power, digits) = (base, n.abs() as u64);
    for digit in (0..digits.ilog2()).rev() {
        power = power.squared();
        if digits >> digit & 1 == 1 {
            power = power.times(base);
        }
    }
    if n.abs() <= 2.0 {
        return power;
    }
    let bound = || T::binary(Binary::Pow, &a.modulus(), &T::point(n)).magnitude();
    Complex { re: power.re.bounded(bound), im: power.im.bounded(bound) }
}

/// The root with a positive real part, `sqrt((|z| + x)/2) + i y/(2 re)`, of a number that is not on the cut.
pub(super) fn sqrt<T: Real>(z: Complex<T>) -> Complex<T> {
    let half = T::point(0.5);
    z.by_upper_half(|z| {
        let r = z.modulus();
        if holds(Comparison::GreaterEqual, z.re, T::point(0.0)) {
            let re = of(Unary::Sqrt, mul(half, add(r, z.re)));
            Complex::new(re, mul(half, div(z.im, re)))
        } else if holds(Comparison::Less, z.re, T::point(0.0)) {
            let im = of(Unary::Sqrt, mul(half, sub(r, z.re)));
            Complex::new(mul(half, div(z.im, im)), im)
        } else {
            Complex::polar(of(Unary::Sqrt, r), mul(half, z.angle()))
        }
    })
}

/// The cube root that continues the real one, from either side of 0.
pub(super) fn cbrt<T: Real>(z: Complex<T>) -> Complex<T> {
    let right = |z: Complex<T>| Complex::polar(of(Unary::Cbrt, z.modulus()), div(z.angle(), T::point(3.0)));
    match holds(Comparison::Greater, z.re, T::point(0.0)) {
        true => right(z),
        false => right(z.negative()).negative(),
    }
}

/// `sqrt(a^2 + b^2)`
pub(super) fn hypot<T: Real>(a: &Complex<T>, b: &Complex<T>) -> Complex<T> {
    if a.is_real() && b.is_real() {
        let value = Complex::real(T::binary(Binary::Hypot, &a.re, &b.re));
        let is_constant = a.as_constant().is_some() && b.as_constant().is_some();
        let is_not_zero = |a: T| holds(Comparison::NotEqual, a, T::point(0.0));
        return if is_constant || is_not_zero(a.re) || is_not_zero(b.re) { value } else { value.in_pieces() };
    }
    Complex::unary(Unary::Sqrt, &a.squared().plus(b.squared()))
}
