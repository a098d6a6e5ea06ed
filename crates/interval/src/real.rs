//! What a real scalar must offer besides [`Scalar`] to be a coefficient of a jet or a part of a complex number.

use crate::interval::Interval;
use crate::interval::{Quality, UpperBound};
use crate::operator::{Comparison, Unary};
use crate::scalar::Scalar;

/// A scalar that stands for a real number, known exactly, approximately or to lie in a set.
///
/// Where a derivative needs to know on which side of a kink it is, or a bound that holds besides the recurrence, it asks
/// here, so each derivative rule is written once for all scalars. A number that does not keep track of what it knows
/// (`f64`) answers as if it were exact, and drops the remainders.
pub trait Real: Scalar + Copy {
    /// Whether the relation holds for all numbers that these may be, or for none; `None` if that is not known.
    fn decide(op: Comparison, left: &Self, right: &Self) -> Option<bool>;
    /// A number of which nothing is known, not even that it exists.
    fn unknown() -> Self;
    /// One of the two numbers, not known which.
    #[must_use]
    fn either(&self, other: &Self) -> Self;
    /// The same number, of which `bound` (asked for only if it can help) is known besides to bound the magnitude.
    #[must_use]
    fn bounded(self, bound: impl FnOnce() -> UpperBound) -> Self;
    /// The sum with an unknown number of magnitude at most `radius`.
    #[must_use]
    fn plus_minus(self, radius: impl FnOnce() -> UpperBound) -> Self;
    /// The number within `radius` of this one that `estimate` approximates. What proves takes the radius, what does not
    /// takes the estimate.
    #[must_use]
    fn near(self, radius: impl FnOnce() -> UpperBound, estimate: impl FnOnce() -> Self) -> Self;
    /// The same number, known to exist no better than `other` is.
    #[must_use]
    fn limited_by(self, other: &Self) -> Self;
    /// `sum_i a_i b_{n-1-i}` of two slices of the same length `n`, a coefficient of a product of series; 0 if they are empty.
    fn dot(a: &[Self], b: &[Self]) -> Self;
    /// A lower bound of the magnitude.
    fn mignitude(&self) -> f64;
    /// An upper bound of the magnitude.
    fn magnitude(&self) -> UpperBound;
    /// The binary64 that this is exactly, if it is known to be one.
    fn as_point(&self) -> Option<f64>;
    /// Whether `sign`, `floor`, `ceil`, `round`, `trunc` or `step` may have a jump at this number.
    fn may_jump(op: Unary, at: &Self) -> bool;
}

impl Real for f64 {
    fn decide(op: Comparison, left: &f64, right: &f64) -> Option<bool> {
        (!left.is_nan() && !right.is_nan()).then(|| op.holds(*left, *right))
    }

    fn unknown() -> f64 {
        f64::NAN
    }

    fn either(&self, other: &f64) -> f64 {
        if self == other { *self } else { f64::NAN }
    }

    #[inline]
    fn bounded(self, _: impl FnOnce() -> UpperBound) -> f64 {
        self
    }

    #[inline]
    fn plus_minus(self, _: impl FnOnce() -> UpperBound) -> f64 {
        self
    }

    #[inline]
    fn near(self, _: impl FnOnce() -> UpperBound, estimate: impl FnOnce() -> f64) -> f64 {
        estimate()
    }

    #[inline]
    fn limited_by(self, other: &f64) -> f64 {
        if other.is_nan() { f64::NAN } else { self }
    }

    #[inline]
    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b.iter().rev()).map(|(a, b)| a * b).sum()
    }

    fn mignitude(&self) -> f64 {
        self.abs()
    }

    fn magnitude(&self) -> UpperBound {
        UpperBound::new(self.abs())
    }

    fn as_point(&self) -> Option<f64> {
        Some(*self)
    }

    fn may_jump(op: Unary, at: &f64) -> bool {
        crate::interval::piecewise::may_jump(op, Interval::point(*at))
    }
}

impl Real for Interval {
    fn decide(op: Comparison, left: &Interval, right: &Interval) -> Option<bool> {
        crate::interval::piecewise::decide(op, left, right)
    }

    fn unknown() -> Interval {
        Interval::ENTIRE.demoted(Quality::Partial)
    }

    /// The hull, at best [`Quality::Defined`].
    fn either(&self, other: &Interval) -> Interval {
        self.hull(other).demoted(Quality::Defined)
    }

    #[inline]
    fn bounded(self, bound: impl FnOnce() -> UpperBound) -> Interval {
        let bound = bound().get();
        // Of a partial result nothing may be left; then it stays as it is, which is right too.
        if self.lo() > bound || self.hi() < -bound || self.quality() == Quality::Nowhere {
            return self;
        }
        Interval::raw(self.lo().max(-bound), self.hi().min(bound), self.quality())
    }

    #[inline]
    fn plus_minus(self, radius: impl FnOnce() -> UpperBound) -> Interval {
        self + Interval::symmetric(radius())
    }

    #[inline]
    fn near(self, radius: impl FnOnce() -> UpperBound, _: impl FnOnce() -> Interval) -> Interval {
        self.plus_minus(radius)
    }

    #[inline]
    fn limited_by(self, other: &Interval) -> Interval {
        self.demoted(other.quality())
    }

    #[inline]
    fn dot(a: &[Interval], b: &[Interval]) -> Interval {
        Interval::dot(a, b)
    }

    fn mignitude(&self) -> f64 {
        Interval::mignitude(self)
    }

    fn magnitude(&self) -> UpperBound {
        Interval::magnitude(self)
    }

    fn as_point(&self) -> Option<f64> {
        self.is_point().then_some(self.lo())
    }

    fn may_jump(op: Unary, at: &Interval) -> bool {
        crate::interval::piecewise::may_jump(op, *at)
    }
}
