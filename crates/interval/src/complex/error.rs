//! `erf` of complex numbers.
//!
//! `erf(x + iy) - erf(x)` is `2/sqrt(pi)` times the integral of `e^(-t^2)` up the side from `x` to `x + iy`, where
//! `|e^(-t^2)| <= e^(y^2 - x^2)`. That is the bound; it is coarse, but finite everywhere, as `erf` is entire.
//!
//! The estimate is the series of H. E. Salzer, *Formulas for calculating the error function of a complex variable* (1951;
//! 7.1.29 in Abramowitz and Stegun), with `c = cos 2xy`, `s = sin 2xy`:
//!
//! `e^(-x^2)/(2 pi x) (1 - c + i s) + 2/pi sum_n e^(-x^2 - n^2/4)/(n^2 + 4 x^2) (f_n + i g_n)`,
//! `f_n = 2x - 2x cosh(ny) c + n sinh(ny) s`, `g_n = 2x cosh(ny) s + n sinh(ny) c`,
//!
//! whose error is about `1e-16 |erf|`: it is a trapezoidal rule of step 1/2, which leaves out `e^(-4 pi^2)`.

use super::Complex;
use crate::elementary::unary;
use crate::operator::Unary;
use crate::real::Real;
use crate::rules::{mul, of, square, sub};
use std::f64::consts::PI;

/// Above `2/sqrt(pi)`, 1.1283791...
const ABOVE_TWO_OVER_ROOT_PI: f64 = 1.13;

/// Terms further than this from the largest one, which is `n = 2 |y|`, are below `e^(-14^2/4)`, or 1e-21, of it.
const TERMS: u8 = 14;

pub(super) fn erf<T: Real>(z: Complex<T>) -> Complex<T> {
    let radius = || {
        let decay = of(Unary::Exp, sub(square(z.im), square(z.re)));
        mul(mul(T::point(ABOVE_TWO_OVER_ROOT_PI), of(Unary::Abs, z.im)), decay).magnitude()
    };
    let estimate = || match (z.re.as_point(), z.im.as_point()) {
        (Some(x), Some(y)) => offset(x, y),
        _ => (f64::NAN, f64::NAN),
    };
    let re = of(Unary::Erf, z.re);
    Complex::new(
        re.near(radius, || T::point(unary(Unary::Erf, z.re.as_point().unwrap_or(f64::NAN)) + estimate().0)),
        T::point(0.0).limited_by(&z.re).near(radius, || T::point(estimate().1)),
    )
}

/// `erf(x + iy) - erf(x)`
fn offset(x: f64, y: f64) -> (f64, f64) {
    let exp = |x| unary(Unary::Exp, x);
    let (c, s) = (unary(Unary::Cos, 2.0 * x * y), unary(Unary::Sin, 2.0 * x * y));
    let pole = exp(-x * x) * y / PI;
    // (1 - cos 2a)/(2x) and sin(2a)/(2x) with a = xy, at x = 0 too.
    let mut re = pole * unary(Unary::Sinc, x * y) * unary(Unary::Sin, x * y);
    let mut im = pole * unary(Unary::Sinc, 2.0 * x * y);
    let largest = 2.0 * y.abs();
    let first = (largest - f64::from(TERMS)).floor().max(1.0);
    for n in (0..=2 * TERMS).map(|k| first + f64::from(k)) {
        let weight = 2.0 / PI / (n * n + 4.0 * x * x);
        let base = exp(-x * x - 0.25 * n * n);
        // e^(-x^2 - n^2/4 +- ny), of which the exponent with + is y^2 - x^2 - (n/2 - |y|)^2
        let rise = exp((y.abs() - x) * (y.abs() + x) - (0.5 * n - y.abs()) * (0.5 * n - y.abs()));
        let fall = exp(-x * x - 0.25 * n * n - n * y.abs());
        let cosh = 0.5 * (rise + fall);
        let sinh = if n * y.abs() < 1.0 { base * unary(Unary::Sinh, n * y) } else { (0.5 * (rise - fall)).copysign(y) };
        re += weight * (2.0 * x * (base - cosh * c) + n * sinh * s);
        im += weight * (2.0 * x * cosh * s + n * sinh * c);
    }
    (re, im)
}
