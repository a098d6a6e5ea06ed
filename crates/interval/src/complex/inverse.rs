//! `asin`, `acos`, `acosh`, `atan` and `atan2` of complex numbers; `asinh` and `atanh` are two of them, turned by a quarter.
//!
//! With `r = |z + 1|`, `s = |z - 1|` and `a = (r + s)/2` (W. Kahan; Hull, Fairgrieve and Tang, *Implementing the complex
//! arcsine and arccosine functions using exception handling*, ACM TOMS 23, 1997), in the upper half plane
//!
//! `asin z = atan2(x, b) + i acosh(a)`, `acos z = atan2(b, x) - i acosh(a)`, `acosh z = acosh(a) + i atan2(b, x)`,
//! where `b^2 = (a - |x|)(a + |x|)`. For what is left of cancellation, `a - 1` and `a - |x|` are written without it:
//! `r - (1 + |x|) = y^2/(r + (1 + |x|))`, and likewise for `s`.

use super::domain::holds_off_cuts;
use super::{Complex, circular::around_one};
use crate::operator::{Binary, Comparison, Unary};
use crate::real::Real;
use crate::rules::{add, div, holds, mul, of, square, sub};
use crate::scalar::Scalar;

pub(super) fn asin<T: Real>(z: Complex<T>) -> Complex<T> {
    z.by_upper_half(|z| {
        let (area, b) = ellipse(z);
        Complex::new(atan2_of_reals(z.re, b), area)
    })
}

pub(super) fn acos<T: Real>(z: Complex<T>) -> Complex<T> {
    z.by_upper_half(|z| {
        let (area, b) = ellipse(z);
        Complex::new(atan2_of_reals(b, z.re), area)
    })
    .conjugate()
}

pub(super) fn acosh<T: Real>(z: Complex<T>) -> Complex<T> {
    z.by_upper_half(|z| {
        let (area, b) = ellipse(z);
        Complex::new(area, atan2_of_reals(b, z.re))
    })
}

/// `acosh(a)` and `b` of the module's head, for an imaginary part >= 0.
///
/// With `d = a - 1`, `acosh(1 + d) = 2 asinh(sqrt(d/2))`.
fn ellipse<T: Real>(z: Complex<T>) -> (T, T) {
    let (x, y, half) = (of(Unary::Abs, z.re), z.im, T::point(0.5));
    let (left, right) = around_one(x);
    let hypot = |a: T| T::binary(Binary::Hypot, &a, &y);
    let (r, s) = (hypot(right), hypot(left));
    // root = sqrt(d/2), gap = a - x
    let (d, root, gap) = if holds(Comparison::Less, x, T::point(1.0)) {
        let inverses = add(div(T::point(1.0), add(r, right)), div(T::point(1.0), add(s, left)));
        let root = mul(mul(half, y), of(Unary::Sqrt, inverses));
        let d = mul(T::point(2.0), square(root));
        (d, root, add(d, left))
    } else if holds(Comparison::GreaterEqual, x, T::point(1.0)) {
        let far = mul(y, div(y, add(r, right)));
        let other = sub(s, left);
        let d = mul(half, add(far, other));
        (d, of(Unary::Sqrt, mul(half, d)), mul(half, add(far, mul(y, div(y, other)))))
    } else {
        let not_negative = |a: T| T::binary(Binary::Max, &a, &T::point(0.0));
        let d = not_negative(sub(mul(half, add(r, s)), T::point(1.0)));
        (d, of(Unary::Sqrt, mul(half, d)), not_negative(sub(add(T::point(1.0), d), x)))
    };
    let b = of(Unary::Sqrt, mul(gap, add(add(T::point(1.0), d), x)));
    (mul(T::point(2.0), of(Unary::Asinh, root)), b)
}

/// `(ln(1 + i z) - ln(1 - i z))/(2 i)`
pub(super) fn atan<T: Real>(z: Complex<T>) -> Complex<T> {
    z.by_upper_half(|z| {
        let (low, high) = around_one(z.im);
        let re = mul(T::point(0.5), add(atan2_of_reals(z.re, low), atan2_of_reals(z.re, high)));
        let distance = add(square(z.re), square(low));
        let excess = div(mul(T::point(4.0), z.im), distance);
        Complex::new(re, mul(T::point(0.25), of(Unary::Ln1p, excess)))
    })
}

/// The angle of the point `(x, y)`, continued: `(ln(x + i y) - ln(x - i y))/(2 i)`.
pub(super) fn atan2<T: Real>(y: &Complex<T>, x: &Complex<T>) -> Complex<T> {
    if y.is_real() && x.is_real() {
        return Complex::real(atan2_of_reals(y.re, x.re));
    }
    let (p, q) = (x.plus(y.turned()), x.plus(y.turned_back()));
    if holds(Comparison::Greater, x.re, T::point(0.0)) {
        // With |w| < 1/2 all angles add up to less than pi, so this is the same, without cancellation.
        let w = y.over(*x);
        if w.re.magnitude().get() <= 0.25 && w.im.magnitude().get() <= 0.25 {
            return atan(w);
        }
    }
    if !(holds_off_cuts(Unary::Ln, &p) && holds_off_cuts(Unary::Ln, &q)) {
        return Complex::unknown();
    }
    let difference = Complex::unary(Unary::Ln, &p).minus(Complex::unary(Unary::Ln, &q));
    difference.turned_back().scaled(T::point(0.5))
}

fn atan2_of_reals<T: Real>(y: T, x: T) -> T {
    T::binary(Binary::Atan2, &y, &x)
}
