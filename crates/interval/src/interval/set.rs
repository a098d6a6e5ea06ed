//! Questions to an interval and operations on intervals as sets.

use super::rounding::add_up;
use super::{Interval, Quality, UpperBound};

impl Interval {
    /// Whether both bounds are finite.
    #[inline]
    pub fn is_bounded(&self) -> bool {
        self.lo > f64::NEG_INFINITY && self.hi < f64::INFINITY
    }

    /// Whether it is a single number.
    #[inline]
    pub fn is_point(&self) -> bool {
        self.lo == self.hi
    }

    /// Whether `value` is one of its numbers.
    #[inline]
    pub fn contains(&self, value: f64) -> bool {
        self.lo <= value && value <= self.hi && value.is_finite()
    }

    /// Whether every number of `other` is one of its numbers; [`Interval::NOWHERE`] has none.
    #[inline]
    pub fn contains_all(&self, other: &Interval) -> bool {
        other.quality == Quality::Nowhere || (self.lo <= other.lo && other.hi <= self.hi)
    }

    /// The distance of its bounds, rounded up.
    #[inline]
    pub fn width(&self) -> UpperBound {
        UpperBound::new(add_up(self.hi, -self.lo))
    }

    /// The largest magnitude of its numbers.
    #[inline]
    pub fn magnitude(&self) -> UpperBound {
        UpperBound::new(self.lo.abs().max(self.hi.abs()))
    }

    /// The smallest magnitude of its numbers: 0 if 0 is one of them (NaN for [`Interval::NOWHERE`]).
    #[inline]
    pub fn mignitude(&self) -> f64 {
        if self.lo > 0.0 {
            self.lo
        } else if self.hi < 0.0 {
            -self.hi
        } else if self.quality == Quality::Nowhere {
            f64::NAN
        } else {
            0.0
        }
    }

    /// A finite number inside, about the middle (NaN for [`Interval::NOWHERE`]). Of an unbounded interval it is one that
    /// makes repeated halving reach every magnitude.
    pub fn midpoint(&self) -> f64 {
        match (self.lo, self.hi) {
            (f64::NEG_INFINITY, f64::INFINITY) => 0.0,
            (lo, f64::INFINITY) if lo < 1.0 => 2.0f64.max(-lo),
            (lo, f64::INFINITY) => (lo * 2.0).min(f64::MAX),
            (f64::NEG_INFINITY, _) => -Interval { lo: -self.hi, hi: -self.lo, ..*self }.midpoint(),
            (lo, hi) => (0.5 * lo + 0.5 * hi).max(lo).min(hi),
        }
    }

    /// The two halves, on either side of the [midpoint](Interval::midpoint).
    pub fn split(&self) -> (Interval, Interval) {
        let middle = self.midpoint();
        (Interval { hi: middle, ..*self }, Interval { lo: middle, ..*self })
    }

    /// The smallest interval that holds both. An operand without numbers makes it [`Quality::Partial`].
    #[inline]
    pub fn hull(&self, other: &Interval) -> Interval {
        match (self.quality, other.quality) {
            (Quality::Nowhere, _) => other.demoted(Quality::Partial),
            (_, Quality::Nowhere) => self.demoted(Quality::Partial),
            (a, b) => Interval::raw(self.lo.min(other.lo), self.hi.max(other.hi), a.min(b)),
        }
    }

    /// The numbers that both have, with the better of their qualities (both enclose the same thing); `None` if there are
    /// none.
    #[inline]
    pub fn intersection(&self, other: &Interval) -> Option<Interval> {
        let (lo, hi) = (self.lo.max(other.lo), self.hi.min(other.hi));
        let defined = self.quality != Quality::Nowhere && other.quality != Quality::Nowhere;
        (defined && lo <= hi).then_some(Interval::raw(lo, hi, self.quality.max(other.quality)))
    }
}
