//! Proved upper bounds of magnitudes, as a type of their own: an estimate cannot be taken for a bound.

use super::rounding::{add_up, div_up, mul_up, sqrt_up};

/// A number that some non-negative real quantity is proved not to exceed. Its arithmetic rounds up, and each operation is
/// monotone, so bounds of operands give a bound of the result.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct UpperBound(f64);

impl UpperBound {
    /// The quantity is zero.
    pub const ZERO: UpperBound = UpperBound(0.0);
    /// The quantity is at most one.
    pub const ONE: UpperBound = UpperBound(1.0);
    /// Nothing is known of the quantity.
    pub const INFINITE: UpperBound = UpperBound(f64::INFINITY);

    /// The quantity is at most `value`. A NaN says nothing, so it becomes infinite; a negative number becomes zero.
    #[inline]
    pub fn new(value: f64) -> UpperBound {
        if value.is_nan() { UpperBound::INFINITE } else { UpperBound(value.max(0.0)) }
    }

    /// The bound as a number.
    #[inline]
    pub fn get(self) -> f64 {
        self.0
    }

    /// Whether it says anything.
    #[inline]
    pub fn is_finite(self) -> bool {
        self.0 < f64::INFINITY
    }

    /// A bound of both quantities.
    #[inline]
    #[must_use]
    pub fn max(self, other: UpperBound) -> UpperBound {
        UpperBound(self.0.max(other.0))
    }

    /// The better of two bounds of the same quantity.
    #[inline]
    #[must_use]
    pub fn min(self, other: UpperBound) -> UpperBound {
        UpperBound(self.0.min(other.0))
    }

    /// A bound of the quotient by a quantity that is at least `lower`; infinite unless `lower > 0`.
    #[inline]
    #[must_use]
    pub fn div_by_lower(self, lower: f64) -> UpperBound {
        if lower > 0.0 { UpperBound::new(div_up(self.0, lower)) } else { UpperBound::INFINITE }
    }

    /// A bound of the square root.
    #[inline]
    #[must_use]
    pub fn sqrt(self) -> UpperBound {
        UpperBound(sqrt_up(self.0))
    }
}

impl std::ops::Add for UpperBound {
    type Output = UpperBound;
    #[inline]
    fn add(self, other: UpperBound) -> UpperBound {
        // `add_up` of an infinity is not finite, and never NaN: neither operand is negative.
        UpperBound(add_up(self.0, other.0))
    }
}

impl std::ops::Mul for UpperBound {
    type Output = UpperBound;
    /// Zero times an unbounded quantity is zero.
    #[inline]
    fn mul(self, other: UpperBound) -> UpperBound {
        if self.0 == 0.0 || other.0 == 0.0 { UpperBound::ZERO } else { UpperBound(mul_up(self.0, other.0)) }
    }
}

impl std::iter::Sum for UpperBound {
    fn sum<I: Iterator<Item = UpperBound>>(terms: I) -> UpperBound {
        terms.fold(UpperBound::ZERO, |a, b| a + b)
    }
}

impl std::fmt::Display for UpperBound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
