//! What a type must offer to be put through an expression, and `f64` as the first such type.

use crate::decimal::Decimal;
use crate::elementary;
use crate::operator::{Binary, Comparison, Constant, Unary};

/// A number type that every operator of the expression language is defined on.
///
/// An implementation defines each operator once; the one evaluator in `bumpnet-ir` then serves points, and whatever
/// other scalars there are, alike.
pub trait Scalar: Clone {
    /// The value of a literal.
    fn literal(decimal: &Decimal) -> Self;
    /// The value of a binary64, exactly.
    fn point(value: f64) -> Self;
    /// The value of a named constant.
    fn constant(constant: Constant) -> Self;
    /// A function of one argument.
    fn unary(op: Unary, a: &Self) -> Self;
    /// An operator of two arguments.
    fn binary(op: Binary, a: &Self, b: &Self) -> Self;
    /// `a^a` of one and the same number; for sets less wide than the power of two of its members.
    fn self_power(a: &Self) -> Self {
        Self::binary(Binary::Pow, a, a)
    }
    /// `if(left op right, then, otherwise)`; both branches are evaluated before.
    fn select(op: Comparison, left: &Self, right: &Self, then: &Self, otherwise: &Self) -> Self;

    /// A constant of which only two finite bounds are known; `None` where that makes no such number.
    fn between(_lo: f64, _hi: f64) -> Option<Self> {
        None
    }

    /// Bounds of the numbers that it may be, where it is known to be defined and these are real and known.
    fn bounds(&self) -> Option<(f64, f64)> {
        None
    }

    /// The highest order of a derivative that is taken along with it.
    fn order(&self) -> usize {
        0
    }

    /// The same number, where an operation was taken to be undefined that is known to be defined, though not continuous.
    #[must_use]
    fn defined(self) -> Self {
        self
    }
}

impl Scalar for f64 {
    fn literal(decimal: &Decimal) -> f64 {
        decimal.nearest()
    }

    fn point(value: f64) -> f64 {
        value
    }

    fn constant(constant: Constant) -> f64 {
        match constant {
            Constant::Pi => std::f64::consts::PI,
            Constant::E => std::f64::consts::E,
            Constant::Tau => std::f64::consts::TAU,
        }
    }

    #[inline]
    fn unary(op: Unary, a: &f64) -> f64 {
        elementary::unary(op, *a)
    }

    #[inline]
    fn binary(op: Binary, a: &f64, b: &f64) -> f64 {
        elementary::binary(op, *a, *b)
    }

    #[inline]
    fn select(op: Comparison, left: &f64, right: &f64, then: &f64, otherwise: &f64) -> f64 {
        // An undefined condition makes the value undefined: a NaN must not pick a branch.
        if left.is_nan() || right.is_nan() {
            f64::NAN
        } else if op.holds(*left, *right) {
            *then
        } else {
            *otherwise
        }
    }

    fn between(lo: f64, hi: f64) -> Option<f64> {
        Some(0.5 * lo + 0.5 * hi)
    }

    fn bounds(&self) -> Option<(f64, f64)> {
        self.is_finite().then_some((*self, *self))
    }
}
