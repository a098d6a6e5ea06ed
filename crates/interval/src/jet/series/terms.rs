//! What several series are made of.

use crate::interval::UpperBound;
use crate::jet::{add, div, square, sub};
use crate::operator::Binary;
use crate::real::Real;

/// Whether the number is known to within a few roundings, so that no recurrence overestimates noticeably.
#[inline]
pub(super) fn is_narrow<T: Real>(x: T) -> bool {
    x.magnitude().get() - x.mignitude() <= 1e-13
}

/// A small natural number.
#[inline(always)]
pub(super) fn n<T: Real>(value: usize) -> T {
    T::point(value as f64)
}

/// `1/x`.
#[inline]
pub(super) fn recip<T: Real>(x: T) -> T {
    div(T::point(1.0), x)
}

/// `1 + x^2`.
#[inline]
pub(super) fn one_plus_square<T: Real>(x: T) -> T {
    add(T::point(1.0), square(x))
}

/// `(1 - x)(1 + x)`, tighter than `1 - x^2` next to the ends.
#[inline]
pub(super) fn one_minus_square<T: Real>(x: T) -> T {
    T::binary(Binary::Mul, &sub(T::point(1.0), x), &add(T::point(1.0), x))
}

/// The bound `1/(x^2 + y)^(1/2)` for `|x| >= least`, `y > 0`.
#[inline]
pub(super) fn inverse_distance(least: f64, y: f64) -> UpperBound {
    use crate::interval::rounding::{add_down, mul_down, sqrt_down};
    let square = if least > 0.0 { mul_down(least, least) } else { 0.0 };
    UpperBound::ONE.div_by_lower(sqrt_down(add_down(square, y)))
}
