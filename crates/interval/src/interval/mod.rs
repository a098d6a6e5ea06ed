//! Rigorous interval arithmetic: enclosures of real functions in binary64.
//!
//! # The inclusion principle
//!
//! For every point of the input intervals at which the real (exact, mathematical) operation is defined, the exact result
//! lies in the output interval. Every operation here keeps this promise, whatever the widths and magnitudes, so it holds
//! for whole expressions by induction. Everything that bumpnet calls proved rests on it.
//!
//! - Bounds may be infinite; an interval is a set of *real* numbers, so `[1, inf]` holds every real from 1 on.
//!   The lower bound is never `+inf` and the upper bound never `-inf`.
//! - [`Quality`] says whether the operation was defined and continuous on all of the input.
//! - Rounding is outward, see [`rounding`]. An overflow of a defined operation gives an infinite bound, no more.
//!
//! A file for each family: [`set`](self) questions and set operations, `arithmetic`, `monotone` elementary functions,
//! `trigonometric`, `power`, `composite` (sigmoid, softplus, sinc), `piecewise` (abs, floor, if, ...), `literal`.

mod arithmetic;
mod composite;
mod dot;
mod literal;
pub(crate) mod monotone;
pub(crate) mod piecewise;
mod power;
mod quality;
pub mod rounding;
mod scalar;
mod set;
mod trigonometric;
mod upper_bound;

pub use quality::Quality;
pub use upper_bound::UpperBound;

/// A closed interval of real numbers and what is known of the computation that led to it.
///
/// ```
/// # use bumpnet_interval::{Interval, Quality, Scalar, Unary};
/// let x = Interval::new(-1.0, 1.0).unwrap();
/// let log = Interval::unary(Unary::Ln, &x);
/// assert_eq!((log.lo(), log.hi(), log.quality()), (f64::NEG_INFINITY, 0.0, Quality::Partial));
/// ```
///
/// **Invariant:** `lo <= hi`, `lo < inf`, `hi > -inf`, neither is NaN; or the quality is [`Quality::Nowhere`] and both
/// bounds are NaN.
#[derive(Clone, Copy, PartialEq)]
pub struct Interval {
    lo: f64,
    hi: f64,
    quality: Quality,
}

impl Interval {
    /// Every real number.
    pub const ENTIRE: Interval = Interval::raw(f64::NEG_INFINITY, f64::INFINITY, Quality::Continuous);
    /// No number at all: the result of an operation that is undefined on all of its input.
    pub const NOWHERE: Interval = Interval::raw(f64::NAN, f64::NAN, Quality::Nowhere);
    /// The number 0.
    pub const ZERO: Interval = Interval::raw(0.0, 0.0, Quality::Continuous);
    /// The number 1.
    pub const ONE: Interval = Interval::raw(1.0, 1.0, Quality::Continuous);

    /// The interval from `lo` to `hi`; `None` if that is no interval of real numbers (`lo > hi`, NaN, `[inf, inf]`).
    #[inline]
    pub fn new(lo: f64, hi: f64) -> Option<Interval> {
        (lo <= hi && lo < f64::INFINITY && hi > f64::NEG_INFINITY).then_some(Interval::raw(lo, hi, Quality::Continuous))
    }

    /// The single number `value`. An infinity, which is no real number, becomes all numbers beyond the largest binary64;
    /// a NaN becomes [`Interval::NOWHERE`].
    #[inline]
    pub fn point(value: f64) -> Interval {
        match value {
            v if v.is_finite() => Interval::raw(v, v, Quality::Continuous),
            f64::INFINITY => Interval::raw(f64::MAX, f64::INFINITY, Quality::Continuous),
            f64::NEG_INFINITY => Interval::raw(f64::NEG_INFINITY, f64::MIN, Quality::Continuous),
            _ => Interval::NOWHERE,
        }
    }

    /// The numbers of magnitude at most `bound`.
    #[inline]
    pub fn symmetric(bound: UpperBound) -> Interval {
        Interval::raw(-bound.get(), bound.get(), Quality::Continuous)
    }

    /// An interval whose invariant the caller vouches for.
    #[inline]
    pub(crate) const fn raw(lo: f64, hi: f64, quality: Quality) -> Interval {
        Interval { lo, hi, quality }
    }

    /// The lower bound (NaN for [`Interval::NOWHERE`]).
    #[inline]
    pub fn lo(&self) -> f64 {
        self.lo
    }

    /// The upper bound (NaN for [`Interval::NOWHERE`]).
    #[inline]
    pub fn hi(&self) -> f64 {
        self.hi
    }

    /// What is known of the computation so far.
    #[inline]
    pub fn quality(&self) -> Quality {
        self.quality
    }

    /// The same numbers with a quality of at most `quality`; nothing is left if that is [`Quality::Nowhere`].
    #[inline]
    pub fn demoted(self, quality: Quality) -> Interval {
        match self.quality.min(quality) {
            Quality::Nowhere => Interval::NOWHERE,
            quality => Interval { quality, ..self },
        }
    }
}

impl std::fmt::Debug for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{:?}, {:?}] {:?}", self.lo, self.hi, self.quality)
    }
}
