//! `+ - * /` and the square of complex numbers.

use super::Complex;
use crate::real::Real;
use crate::rules::{add, div, mul, neg, square, sub};
use crate::scalar::Scalar;

/// A divisor is scaled if its magnitude or that of its inverse is above this, long before its square overflows.
const LARGE: f64 = (1u128 << 127) as f64;

impl<T: Real> Complex<T> {
    pub(super) fn negative(self) -> Complex<T> {
        Complex { re: neg(self.re), im: neg(self.im) }
    }

    pub(super) fn plus(self, other: Complex<T>) -> Complex<T> {
        Complex::new(add(self.re, other.re), add(self.im, other.im))
    }

    pub(super) fn minus(self, other: Complex<T>) -> Complex<T> {
        Complex::new(sub(self.re, other.re), sub(self.im, other.im))
    }

    pub(super) fn times(self, other: Complex<T>) -> Complex<T> {
        if self.is_real() {
            return other.scaled(self.re);
        } else if other.is_real() {
            return self.scaled(other.re);
        }
        Complex {
            re: sub(mul(self.re, other.re), mul(self.im, other.im)),
            im: add(mul(self.re, other.im), mul(self.im, other.re)),
        }
    }

    /// `a z` for a real number.
    pub(super) fn scaled(self, a: T) -> Complex<T> {
        match self.is_real() {
            true => Complex::real(mul(a, self.re)),
            false => Complex { re: mul(a, self.re), im: mul(a, self.im) },
        }
    }

    pub(super) fn squared(self) -> Complex<T> {
        if self.is_real() {
            return Complex::real(square(self.re));
        }
        Complex { re: sub(square(self.re), square(self.im)), im: mul(T::point(2.0), mul(self.re, self.im)) }
    }

    /// `a/b = a conj(b)/|b|^2`
    pub(super) fn over(self, other: Complex<T>) -> Complex<T> {
        if other.is_real() {
            return match self.is_real() {
                true => Complex::real(div(self.re, other.re)),
                false => Complex::new(div(self.re, other.re), div(self.im, other.re)),
            };
        }
        let scale = T::point(scale(other.re.magnitude().get().max(other.im.magnitude().get())));
        let (a, b) = (self.scaled(scale), other.scaled(scale));
        let product = a.times(b.conjugate());
        let norm = add(square(b.re), square(b.im));
        Complex::new(div(product.re, norm), div(product.im, norm))
    }

    /// `1/z`
    pub(super) fn inverse(self) -> Complex<T> {
        Complex::point(1.0).over(self)
    }

    /// `|z|`
    pub(super) fn modulus(self) -> T {
        T::binary(crate::operator::Binary::Hypot, &self.re, &self.im)
    }

    /// The angle, in (-pi, pi].
    pub(super) fn angle(self) -> T {
        T::binary(crate::operator::Binary::Atan2, &self.im, &self.re)
    }
}

/// A power of two that brings a number of this magnitude near 1, where that is needed.
fn scale(magnitude: f64) -> f64 {
    if (1.0 / LARGE..=LARGE).contains(&magnitude) || !magnitude.is_normal() {
        return 1.0;
    }
    let exponent = (magnitude.to_bits() >> 52) as i64 - 1023;
    f64::from_bits(((1023 - exponent).clamp(1, 2046) as u64) << 52)
}
