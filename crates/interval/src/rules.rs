//! The operators as plain functions, so that a rule for any scalar reads like a formula.

use crate::operator::{Binary, Comparison, Unary};
use crate::real::Real;
use crate::scalar::Scalar;

#[inline(always)]
pub(crate) fn add<T: Scalar>(a: T, b: T) -> T {
    T::binary(Binary::Add, &a, &b)
}

#[inline(always)]
pub(crate) fn sub<T: Scalar>(a: T, b: T) -> T {
    T::binary(Binary::Sub, &a, &b)
}

#[inline(always)]
pub(crate) fn mul<T: Scalar>(a: T, b: T) -> T {
    T::binary(Binary::Mul, &a, &b)
}

#[inline(always)]
pub(crate) fn div<T: Scalar>(a: T, b: T) -> T {
    T::binary(Binary::Div, &a, &b)
}

#[inline(always)]
pub(crate) fn neg<T: Scalar>(a: T) -> T {
    T::unary(Unary::Neg, &a)
}

#[inline(always)]
pub(crate) fn square<T: Scalar>(a: T) -> T {
    T::binary(Binary::Pow, &a, &T::point(2.0))
}

/// A function of one argument.
#[inline(always)]
pub(crate) fn of<T: Scalar>(op: Unary, a: T) -> T {
    T::unary(op, &a)
}

/// Whether the relation is known to hold.
#[inline(always)]
pub(crate) fn holds<T: Real>(op: Comparison, a: T, b: T) -> bool {
    T::decide(op, &a, &b) == Some(true)
}

/// Whether `a` is less than `b`, if it is strictly so or strictly greater.
pub(crate) fn strict_order<T: Real>(a: &T, b: &T) -> Option<bool> {
    if T::decide(Comparison::Less, a, b) == Some(true) {
        Some(true)
    } else if T::decide(Comparison::Greater, a, b) == Some(true) {
        Some(false)
    } else {
        None
    }
}
