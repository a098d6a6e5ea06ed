//! Functions made of pieces, of complex numbers: real parts decide which piece it is.
//!
//! As for [jets](crate::jet), a comparison counts as decided if it is so strictly, or between two constants.

use super::Complex;
use super::domain::holds_off_cuts;
use crate::operator::{Binary, Comparison, Unary};
use crate::real::Real;
use crate::rules::{neg, strict_order};

pub(super) fn abs<T: Real>(z: &Complex<T>) -> Complex<T> {
    let value = T::unary(Unary::Abs, &z.re);
    if z.as_constant().is_some() {
        Complex::real(value)
    } else if !holds_off_cuts(Unary::Abs, z) {
        Complex::new(value.either(&value), z.im.either(&neg(z.im)))
    } else if strict_order(&z.re, &T::point(0.0)) == Some(true) {
        z.negative()
    } else {
        *z
    }
}

/// `sign`, `floor`, `ceil`, `round`, `trunc` or `step`: constant between jumps.
pub(super) fn staircase<T: Real>(op: Unary, z: &Complex<T>) -> Complex<T> {
    let value = Complex::real(T::unary(op, &z.re).limited_by(&z.im));
    if z.as_constant().is_some() || holds_off_cuts(op, z) { value } else { value.in_pieces() }
}

/// `min` or `max`.
pub(super) fn extremum<T: Real>(op: Binary, a: &Complex<T>, b: &Complex<T>) -> Complex<T> {
    select(if op == Binary::Min { Comparison::Less } else { Comparison::Greater }, a, b, a, b)
}

pub(super) fn select<T: Real>(
    op: Comparison,
    left: &Complex<T>,
    right: &Complex<T>,
    then: &Complex<T>,
    otherwise: &Complex<T>,
) -> Complex<T> {
    // That the operands are defined counts, that they are analytic does not.
    let part = |then: &T, otherwise: &T| T::select(op, &left.re, &right.re, then, otherwise);
    let value = Complex::new(part(&then.re, &otherwise.re), part(&then.im, &otherwise.im));
    let constants = left.as_constant().is_some() && right.as_constant().is_some();
    if constants || strict_order(&left.re, &right.re).is_some() { value } else { value.in_pieces() }
}
