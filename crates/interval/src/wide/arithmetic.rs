//! `+ - * /`, powers and the square root of balls.
//!
//! A result is exact if both operands are binary64 and the result is a double-double by construction: sums and products
//! always, quotients and roots if nothing remains. Then no rounding error is added.

use super::pair::{Pair, is_ordinary, power_of_two};
use super::{UP, Wide, rounding};
use crate::interval::{Interval, Quality};
use crate::operator::Binary;
use crate::scalar::Scalar;
use std::ops::{Add, Div, Mul, Neg, Sub};

impl Neg for Wide {
    type Output = Wide;
    #[inline]
    fn neg(self) -> Wide {
        Wide { hi: -self.hi, lo: -self.lo, ..self }
    }
}

impl Add for Wide {
    type Output = Wide;
    #[inline]
    fn add(self, other: Wide) -> Wide {
        let sum = self.mid().add(other.mid());
        // The exact error is a multiple of 2^-1074, so where its bound underflows there is none.
        let error = if self.lo == 0.0 && other.lo == 0.0 { 0.0 } else { rounding(4.0, sum) };
        let rad = (self.rad + other.rad + error) * UP;
        // A NaN or an infinity anywhere makes this false.
        if sum.hi.abs() + rad < f64::INFINITY {
            Wide::raw(sum, rad, self.quality.min(other.quality))
        } else {
            through(self, other, |a, b| a + b)
        }
    }
}

impl Sub for Wide {
    type Output = Wide;
    #[inline]
    fn sub(self, other: Wide) -> Wide {
        self + -other
    }
}

impl Mul for Wide {
    type Output = Wide;
    /// `|(x + a)(y + b) - x y| <= |x| |b| + (|y| + |b|) |a|`.
    #[inline]
    fn mul(self, other: Wide) -> Wide {
        let product = self.mid().mul(other.mid());
        let exact = self.lo == 0.0 && other.lo == 0.0 && self.rad + other.rad == 0.0;
        let error = if exact { 0.0 } else { rounding(9.0, product) };
        let rad = (self.hi.abs() * other.rad + (other.hi.abs() + other.rad) * self.rad + error) * UP;
        if is_ordinary(product.hi) && rad < f64::INFINITY {
            return Wide::raw(product, rad, self.quality.min(other.quality));
        }
        through(self, other, |a, b| a * b)
    }
}

impl Div for Wide {
    type Output = Wide;
    /// `|(x + a)/(y + b) - x/y| <= (|a| + |x/y| |b|)/(|y| - |b|)`.
    #[inline]
    fn div(self, other: Wide) -> Wide {
        let by_point = other.lo == 0.0 && other.rad == 0.0;
        let (units, (quotient, remainder)) = match by_point {
            true => (5.0, self.mid().div_f(other.hi)),
            false => (16.0, self.mid().div(other.mid())),
        };
        let exact = by_point && self.lo == 0.0 && self.rad == 0.0 && remainder == 0.0;
        let error = if exact { 0.0 } else { rounding(units, quotient) };
        // Up to half of the divisor, its radius leaves a difference that is not affected by the neglect of `lo`.
        let distance = other.hi.abs() - other.rad;
        let rad = ((self.rad + quotient.hi.abs() * other.rad) / distance + error) * UP;
        let safe = is_ordinary(self.hi) && is_ordinary(other.hi) && other.rad <= 0.5 * other.hi.abs();
        if safe && is_ordinary(quotient.hi) && rad < f64::INFINITY {
            return Wide::raw(quotient, rad, self.quality.min(other.quality));
        }
        through(self, other, |a, b| a / b)
    }
}

impl Wide {
    /// The square, never negative where the ball is wide.
    #[inline]
    #[must_use]
    pub fn square(self) -> Wide {
        if self.is_away_from_zero() { self * self } else { self.through(Interval::square) }
    }

    /// The `n`-th power; as any quotient, it is undefined at 0 if `n < 0`.
    #[must_use]
    pub fn powi(self, n: i32) -> Wide {
        if !self.is_away_from_zero() {
            let exponent = Interval::point(f64::from(n));
            return self.through(|x| Interval::binary(Binary::Pow, &x, &exponent));
        }
        let (mut result, mut square, mut rest) = (Wide::ONE.demoted(self.quality), self, n.unsigned_abs());
        while rest > 0 {
            if rest % 2 == 1 {
                result = result * square;
            }
            rest /= 2;
            if rest > 0 {
                square = square.square();
            }
        }
        if n >= 0 {
            result
        } else if result.is_away_from_zero() {
            Wide::ONE / result
        } else {
            self.through(|x| Interval::binary(Binary::Pow, &x, &Interval::point(f64::from(n))))
        }
    }

    /// The square root of the numbers >= 0. `|sqrt(x + a) - sqrt(x)| <= |a|/sqrt(x)`.
    #[inline]
    #[must_use]
    pub fn sqrt(self) -> Wide {
        if !(is_ordinary(self.hi) && self.hi > 0.0 && self.is_away_from_zero()) {
            return self.through(Interval::sqrt);
        }
        let (root, remainder) = self.mid().sqrt();
        let exact = self.rad == 0.0 && self.lo == 0.0 && remainder == 0.0;
        let error = if exact { 0.0 } else { rounding(6.0, root) };
        Wide::raw(root, (self.rad / root.hi + error) * UP, self.quality)
    }

    /// `2^power` times the number, exactly if all magnitudes are between 2^-400 and 2^400.
    #[must_use]
    pub fn scale(self, power: i32) -> Wide {
        let fits = |x: f64| x == 0.0 || (x.abs() > power_of_two(-400) && x.abs() < power_of_two(400));
        if power.abs() <= 400 && fits(self.hi) && fits(self.lo) && fits(self.rad) {
            let factor = power_of_two(power);
            return Wide::raw(self.mid().times_power(factor), self.rad * factor, self.quality);
        }
        // In steps, because 2^power itself may overflow where the product does not.
        let step = |power: i32| Wide::raw(Pair::from_f64(power_of_two(power)), 0.0, Quality::Continuous);
        let mut result = self;
        let mut rest = power.clamp(-2200, 2200); // from the least to beyond the largest binary64
        while rest != 0 {
            let part = rest.clamp(-500, 500);
            result = result * step(part);
            rest -= part;
        }
        result
    }

    /// Whether all its numbers have the sign of the midpoint, and at least half its magnitude (but for the last bits).
    #[inline(always)]
    fn is_away_from_zero(&self) -> bool {
        self.rad < 0.5 * self.hi.abs()
    }
}

/// An operation by way of intervals.
#[cold]
#[inline(never)]
pub(super) fn through(a: Wide, b: Wide, operation: impl Fn(Interval, Interval) -> Interval) -> Wide {
    operation(a.interval(), b.interval()).into()
}
