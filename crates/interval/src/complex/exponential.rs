//! Exponentials, logarithms, `sigmoid` and `softplus` of complex numbers.

use super::{Complex, circular};
use crate::operator::{Comparison, Unary};
use crate::real::Real;
use crate::rules::{add, holds, mul, of, square, sub};
use crate::scalar::Scalar;

/// `exp`, `exp2` or `expm1`: `e^(x+iy) = e^x (cos y + i sin y)`, and less 1 it is
/// `(e^x - 1) cos y - 2 sin(y/2)^2 + i e^x sin y`.
pub(super) fn exp<T: Real>(op: Unary, z: Complex<T>) -> Complex<T> {
    match op {
        Unary::Exp2 => Complex::polar(of(Unary::Exp2, z.re), mul(z.im, of(Unary::Ln, T::point(2.0)))),
        Unary::ExpM1 => {
            let half = of(Unary::Sin, mul(T::point(0.5), z.im));
            let re = sub(mul(of(op, z.re), of(Unary::Cos, z.im)), mul(T::point(2.0), square(half)));
            Complex::new(re, mul(of(Unary::Exp, z.re), of(Unary::Sin, z.im)))
        }
        _ => Complex::polar(of(Unary::Exp, z.re), z.im),
    }
}

/// `ln |z| + i angle(z)`
pub(super) fn ln<T: Real>(z: Complex<T>) -> Complex<T> {
    let from_one = z.minus(Complex::point(1.0));
    if is_small(from_one) { ln_1p(from_one) } else { Complex::new(of(Unary::Ln, z.modulus()), z.angle()) }
}

/// `ln(1 + z)`; `|1 + z|^2 = 1 + (x(2 + x) + y^2)` is next to 1 when `z` is small.
pub(super) fn ln_1p<T: Real>(z: Complex<T>) -> Complex<T> {
    let sum = Complex { re: add(T::point(1.0), z.re), im: z.im };
    let re = if is_small(z) {
        let excess = add(mul(z.re, add(T::point(2.0), z.re)), square(z.im));
        mul(T::point(0.5), of(Unary::Ln1p, excess))
    } else {
        of(Unary::Ln, sum.modulus())
    };
    Complex::new(re, sum.angle())
}

/// Up to here `x(2 + x) + y^2` is above -1, however it is evaluated.
fn is_small<T: Real>(z: Complex<T>) -> bool {
    z.re.magnitude().get() <= 0.25 && z.im.magnitude().get() <= 0.25
}

/// The logarithm in another base.
pub(super) fn log<T: Real>(base: f64, z: Complex<T>) -> Complex<T> {
    ln(z).over(Complex::real(of(Unary::Ln, T::point(base))))
}

/// `1/(1 + e^-z) = e^z/(1 + e^z) = (1 + tanh(z/2))/2`, of which the first two are far from their poles where they are used.
pub(super) fn sigmoid<T: Real>(z: Complex<T>) -> Complex<T> {
    let one = Complex::point(1.0);
    if holds(Comparison::Greater, z.re, T::point(1.0)) {
        exp(Unary::Exp, z.negative()).plus(one).inverse()
    } else if holds(Comparison::Less, z.re, T::point(-1.0)) {
        let power = exp(Unary::Exp, z);
        power.over(power.plus(one))
    } else {
        let half = T::point(0.5);
        let tanh = circular::tan(z.scaled(half).turned()).turned_back();
        tanh.plus(one).scaled(half)
    }
}

/// `ln(1 + e^z)`, which for `x > 0` is `z + ln(1 + e^-z)` also beyond `|y| = pi`.
pub(super) fn softplus<T: Real>(z: Complex<T>) -> Complex<T> {
    let ln_1p_exp = |z| Complex::unary(Unary::Ln1p, &exp(Unary::Exp, z));
    match holds(Comparison::GreaterEqual, z.re, T::point(0.0)) {
        true => z.plus(ln_1p_exp(z.negative())),
        false => ln_1p_exp(z),
    }
}
