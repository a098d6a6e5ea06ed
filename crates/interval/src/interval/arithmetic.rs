//! `+ - * /`, the square and the square root.
//!
//! A product's bounds are the least and greatest of the four products of bounds, moved outward. `0 * inf` is 0, because
//! an infinite bound stands for real numbers of any size and 0 times each is 0.

use super::rounding::{
    above, add_down, add_up, below, div_down, div_up, is_safely_normal, mul_down, mul_up, products_fit, sqrt_down,
    sqrt_up,
};
use super::{Interval, Quality};
use crate::fault::{Fault, active};
use std::ops::{Add, Div, Mul, Neg, Sub};

impl Neg for Interval {
    type Output = Interval;
    #[inline]
    fn neg(self) -> Interval {
        Interval::raw(-self.hi, -self.lo, self.quality)
    }
}

impl Add for Interval {
    type Output = Interval;
    #[inline]
    fn add(self, other: Interval) -> Interval {
        // Lower bounds are never +inf and upper bounds never -inf, so no inf - inf; a NaN (nowhere) stays a NaN.
        Interval::raw(add_down(self.lo, other.lo), add_up(self.hi, other.hi), self.quality.min(other.quality))
    }
}

impl Sub for Interval {
    type Output = Interval;
    #[inline]
    fn sub(self, other: Interval) -> Interval {
        self + -other
    }
}

impl Mul for Interval {
    type Output = Interval;
    #[inline]
    fn mul(self, other: Interval) -> Interval {
        let (a, b) = (self, other);
        let products = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
        // A sum is finite only if every term is.
        let finite = ((products[0] + products[1]) + (products[2] + products[3])).abs() < f64::INFINITY;
        let lo = least(least(products[0], products[1]), least(products[2], products[3]));
        let hi = greatest(greatest(products[0], products[1]), greatest(products[2], products[3]));
        // Rounding outward can cross zero only from zero.
        if !finite || lo == 0.0 || hi == 0.0 {
            return mul_at_limits(a, b);
        }
        let quality = a.quality.min(b.quality);
        if products_fit((a.lo, a.hi), (b.lo, b.hi)) && is_safely_normal(lo) && is_safely_normal(hi) {
            return Interval::raw(lo, hi, quality);
        }
        Interval::raw(below(lo), if active(Fault::MulUpperNearest) { hi } else { above(hi) }, quality)
    }
}

impl Div for Interval {
    type Output = Interval;
    #[inline]
    fn div(self, other: Interval) -> Interval {
        if other.lo > 0.0 {
            div_positive(self, other)
        } else if other.hi < 0.0 {
            div_positive(-self, -other)
        } else {
            div_by_zero(self, other)
        }
    }
}

impl Interval {
    /// The square, never negative.
    #[inline]
    #[must_use]
    pub fn square(self) -> Interval {
        if self.quality == Quality::Nowhere {
            return self;
        }
        let (low, high) = (self.mignitude(), self.magnitude().get());
        Interval::raw(mul_down(low, low).max(0.0), mul_up(high, high), self.quality)
    }

    /// The square root of the numbers >= 0.
    #[inline]
    #[must_use]
    pub fn sqrt(self) -> Interval {
        if self.lo >= 0.0 {
            return Interval::raw(sqrt_down(self.lo), sqrt_up(self.hi), self.quality);
        }
        match self.hi {
            hi if hi >= 0.0 => Interval::raw(0.0, sqrt_up(hi), self.quality.min(Quality::Partial)),
            _ => Interval::NOWHERE,
        }
    }
}

// `f64::min` treats NaN specially, which costs; there is none here.
#[inline]
fn least(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

#[inline]
fn greatest(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline]
fn is_zero(a: Interval) -> bool {
    a.lo == 0.0 && a.hi == 0.0
}

/// The product when a bound is infinite or zero or a product overflows or underflows, or when an operand is nowhere.
#[inline(never)]
fn mul_at_limits(a: Interval, b: Interval) -> Interval {
    let quality = a.quality.min(b.quality);
    if quality == Quality::Nowhere {
        return Interval::NOWHERE;
    } else if is_zero(a) || is_zero(b) {
        return Interval::raw(0.0, 0.0, quality);
    }
    let down = |x: f64, y: f64| if x == 0.0 || y == 0.0 { 0.0 } else { mul_down(x, y) };
    let up = |x: f64, y: f64| if x == 0.0 || y == 0.0 { 0.0 } else { mul_up(x, y) };
    let lo = down(a.lo, b.lo).min(down(a.lo, b.hi)).min(down(a.hi, b.lo)).min(down(a.hi, b.hi));
    let hi = up(a.lo, b.lo).max(up(a.lo, b.hi)).max(up(a.hi, b.lo)).max(up(a.hi, b.hi));
    // A product that underflows was moved across zero.
    let not_negative = a.lo >= 0.0 && b.lo >= 0.0 || a.hi <= 0.0 && b.hi <= 0.0;
    let not_positive = a.lo >= 0.0 && b.hi <= 0.0 || a.hi <= 0.0 && b.lo >= 0.0;
    let lo = if not_negative { lo.max(0.0) } else { lo };
    let hi = if not_positive { hi.min(0.0) } else { hi };
    Interval::raw(lo, hi, quality)
}

/// The quotient by an interval of positive numbers.
#[inline]
fn div_positive(a: Interval, b: Interval) -> Interval {
    let quality = a.quality.min(b.quality);
    if quality == Quality::Nowhere {
        return Interval::NOWHERE;
    }
    let mut lo = div_down(a.lo, if a.lo >= 0.0 { b.hi } else { b.lo });
    let mut hi = div_up(a.hi, if a.hi >= 0.0 { b.lo } else { b.hi });
    // A quotient that underflows was moved across zero.
    if a.lo >= 0.0 && lo < 0.0 {
        lo = 0.0;
    }
    if a.hi <= 0.0 && hi > 0.0 {
        hi = 0.0;
    }
    Interval::raw(lo, hi, quality)
}

/// The quotient by an interval that contains zero (or is nowhere): of its other numbers only.
#[cold]
fn div_by_zero(a: Interval, b: Interval) -> Interval {
    let quality = a.quality.min(b.quality).min(Quality::Partial);
    if quality == Quality::Nowhere || is_zero(b) {
        Interval::NOWHERE
    } else if is_zero(a) {
        Interval::raw(0.0, 0.0, quality)
    } else if b.lo < 0.0 && b.hi > 0.0 {
        Interval::ENTIRE.demoted(quality)
    } else if b.lo < 0.0 {
        div_by_zero(-a, -b)
    } else if a.lo >= 0.0 {
        Interval::raw(div_down(a.lo, b.hi).max(0.0), f64::INFINITY, quality)
    } else if a.hi <= 0.0 {
        Interval::raw(f64::NEG_INFINITY, div_up(a.hi, b.hi).min(0.0), quality)
    } else {
        Interval::ENTIRE.demoted(quality)
    }
}
