//! Rigorous enclosures of about 100 bits: balls around double-double midpoints.
//!
//! A network whose error is 1e-10 may have output weights of 1e4, so its terms cancel, and an enclosure of the sum in
//! binary64 is wider than what is to be shown. A [`Wide`] knows a number to about 2^-100 of its size instead of 2^-53.
//!
//! It keeps the promise of [`interval`](crate::interval): the exact result for any numbers of the operands' balls, at which
//! the operation is defined, lies in the ball that comes out, and [`Quality`] says whether it was defined and continuous.
//! Each operation adds the error of its midpoint, at most a stated number of `u^2` (`u = 2^-53`) times the midpoint, to the
//! radius; radii are rounded up. What a midpoint's arithmetic loses is derived in `pair`.
//!
//! It is made for narrow balls of ordinary magnitudes. Where a ball is wide (it may reach zero, or the radius of an
//! argument is above 2^-26), where magnitudes are below 2^-900 or above 2^900, and for the functions that have no
//! expansion here (`sin`, `ln`, general powers, ...), a result is that of [`Interval`], which is as right and less tight.

mod arctangent;
mod arithmetic;
mod convert;
mod dot;
mod error_function;
mod exponential;
mod literal;
mod pair;
mod scalar;

use crate::fault::{Fault, active};
use crate::interval::UpperBound;
use crate::interval::{Interval, Quality};
use pair::{Pair, power_of_two};

/// A ball of real numbers: a midpoint `hi + lo` of about 107 bits, a radius, and what is known of the computation.
///
/// ```
/// # use bumpnet_interval::Wide;
/// let third = Wide::point(1.0) / Wide::point(3.0);
/// let one = third + third + third;
/// assert!(one.interval().contains(1.0) && one.radius().get() < 1e-30);
/// ```
///
/// **Invariant:** `hi` and `lo` are finite, `hi` is the binary64 nearest to `hi + lo`, and `rad >= 0`; an infinite `rad`
/// stands for every real number. Or the quality is [`Quality::Nowhere`] and all three are NaN.
#[derive(Clone, Copy, PartialEq)]
pub struct Wide {
    hi: f64,
    lo: f64,
    rad: f64,
    quality: Quality,
}

/// Radii are sums of products of numbers >= 0, of fewer than 16 roundings, each of at most `u` relative; and `|x|` is
/// taken as `|hi|`, which is short by at most `u`. This factor, rounded itself, makes up for all that. A subnormal radius
/// is a sum without rounding error, and does not get less by it.
const UP: f64 = 1.0 + power_of_two(-48);

/// Beyond this radius a function's argument is treated as an interval: the rounding of binary64, 2^-53, is then less than
/// what a ball loses against an interval, the square of the radius.
const NARROW: f64 = power_of_two(-26);

/// For `|d| <= NARROW` and a function whose slope `f'` has `|f''| <= 18 |f'|`, `f(x + d)` is within `|d| |f'(x)|` times this
/// of `f(x)`: `e^(18 * 2^-26) < 1 + 2^-21`, and the rest is for roundings of the slope.
const SLOPE_UP: f64 = 1.0 + power_of_two(-20);

/// A bound of the rounding error of a midpoint: `units * u^2 * |hi|`.
#[inline(always)]
fn rounding(units: f64, midpoint: Pair) -> f64 {
    const UNIT_SQUARED: f64 = power_of_two(-106);
    if active(Fault::WideRoundingDropped) { 0.0 } else { units * UNIT_SQUARED * midpoint.hi.abs() }
}

impl Wide {
    /// Every real number.
    pub const ENTIRE: Wide = Wide { hi: 0.0, lo: 0.0, rad: f64::INFINITY, quality: Quality::Continuous };
    /// No number at all: the result of an operation that is undefined on all of its input.
    pub const NOWHERE: Wide = Wide { hi: f64::NAN, lo: f64::NAN, rad: f64::NAN, quality: Quality::Nowhere };
    /// The number 0.
    pub const ZERO: Wide = Wide { hi: 0.0, lo: 0.0, rad: 0.0, quality: Quality::Continuous };
    /// The number 1.
    pub const ONE: Wide = Wide { hi: 1.0, lo: 0.0, rad: 0.0, quality: Quality::Continuous };

    /// The number `value`, exactly. An infinity becomes every real number, and a NaN [`Wide::NOWHERE`].
    #[inline]
    pub fn point(value: f64) -> Wide {
        if value.abs() < f64::INFINITY { Wide { hi: value, ..Wide::ZERO } } else { Interval::point(value).into() }
    }

    /// A ball whose invariant the caller vouches for.
    #[inline(always)]
    const fn raw(midpoint: Pair, rad: f64, quality: Quality) -> Wide {
        Wide { hi: midpoint.hi, lo: midpoint.lo, rad, quality }
    }

    /// The midpoint as the unevaluated sum of two binary64, the second at most half an ulp of the first. (It means nothing
    /// if the radius is infinite, and is NaN for [`Wide::NOWHERE`].)
    #[inline]
    pub fn midpoint(&self) -> (f64, f64) {
        (self.hi, self.lo)
    }

    /// How far its numbers are from the midpoint at most; infinite for [`Wide::NOWHERE`] too.
    #[inline]
    pub fn radius(&self) -> UpperBound {
        UpperBound::new(self.rad)
    }

    /// What is known of the computation so far.
    #[inline]
    pub fn quality(&self) -> Quality {
        self.quality
    }

    /// The same numbers with a quality of at most `quality`; nothing is left if that is [`Quality::Nowhere`].
    #[inline]
    #[must_use]
    pub fn demoted(self, quality: Quality) -> Wide {
        match self.quality.min(quality) {
            Quality::Nowhere => Wide::NOWHERE,
            quality => Wide { quality, ..self },
        }
    }

    /// Whether its radius is finite.
    #[inline]
    pub fn is_bounded(&self) -> bool {
        self.rad < f64::INFINITY
    }

    /// The sum with an unknown number of magnitude at most `radius`.
    #[inline]
    #[must_use]
    pub fn plus_minus(self, radius: UpperBound) -> Wide {
        let rad = (self.rad + radius.get()) * UP;
        if rad < f64::INFINITY || self.quality == Quality::Nowhere {
            Wide { rad, ..self }
        } else {
            Wide::ENTIRE.demoted(self.quality)
        }
    }

    /// The largest magnitude of its numbers.
    #[inline]
    pub fn magnitude(&self) -> UpperBound {
        self.interval().magnitude()
    }

    /// A lower bound of the magnitudes of its numbers (NaN for [`Wide::NOWHERE`]).
    #[inline]
    pub fn mignitude(&self) -> f64 {
        self.interval().mignitude()
    }

    /// Whether it is one number, known exactly.
    #[inline]
    fn is_exact(&self) -> bool {
        self.rad == 0.0
    }

    /// The midpoint.
    #[inline(always)]
    fn mid(&self) -> Pair {
        Pair::new(self.hi, self.lo)
    }

    /// The result of an operation by way of intervals.
    #[inline(never)]
    fn through(&self, operation: impl Fn(Interval) -> Interval) -> Wide {
        operation(self.interval()).into()
    }
}

impl std::fmt::Debug for Wide {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} + {:?} +- {:?} {:?}", self.hi, self.lo, self.rad, self.quality)
    }
}
