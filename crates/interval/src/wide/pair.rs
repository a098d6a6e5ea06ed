//! Double-double numbers, without a radius: error-free transformations, and operations with proved relative errors.
//!
//! The algorithms and the bounds of `add`, `add_f` and `div` are those of Joldes, Muller, Popescu, *Tight and rigorous
//! error bounds for basic building blocks of double-word arithmetic* (ACM TOMS 44(2), 2017), proved formally by Muller and
//! Rideau (*Formalization of double-word arithmetic, and comments on the paper*, ACM TOMS 48(1), 2022). Where a bound
//! follows in a few lines, the lines are given, and the bound is what they give. `u = 2^-53` throughout, and each bound
//! is relative to the **computed** high part, which is within `1 + 2u` of the result.
//!
//! No operation uses a fused multiply-add, so they give the same bits on every platform.

use crate::interval::rounding::two_sum;

/// Arguments and results of products, quotients and roots have to lie between these magnitudes for the bounds to hold:
/// then nothing in Dekker's product overflows (his splitting multiplies by `2^27 + 1`), and it is exact, because the
/// product is above `2^-968` (Boldo, *Pitfalls of a full floating-point proof*, IJCAR 2006). Any other underflow costs at
/// most a few `2^-1074` in a term, and `u^2` times the result is above `2^-1006`.
pub(super) const SMALL: f64 = power_of_two(-900);
/// See [`SMALL`].
pub(super) const LARGE: f64 = power_of_two(900);

/// `2^n`, for `-1022 <= n <= 1023`.
pub(super) const fn power_of_two(n: i32) -> f64 {
    f64::from_bits(((1023 + n) as u64) << 52)
}

/// Whether the bounds of products, quotients and roots hold at this magnitude; not for NaN.
#[inline(always)]
pub(super) fn is_ordinary(x: f64) -> bool {
    x.abs() > SMALL && x.abs() < LARGE
}

/// The sum and its rounding error for `|a| >= |b|` or `a = 0` (Dekker 1971).
#[inline(always)]
pub(super) fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// The two halves of a number, of at most 26 bits each (Veltkamp 1968).
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    const FACTOR: f64 = 134_217_729.0; // 2^27 + 1
    let scaled = FACTOR * x;
    let high = scaled - (scaled - x);
    (high, x - high)
}

/// The product and its rounding error (Dekker 1971), exactly if the product is [ordinary](is_ordinary).
#[inline(always)]
pub(super) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let ((a1, a2), (b1, b2)) = (split(a), split(b));
    (product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2)
}

/// `hi + lo`, where `hi` is the binary64 nearest to the sum.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Pair {
    pub hi: f64,
    pub lo: f64,
}

impl Pair {
    #[inline(always)]
    pub const fn new(hi: f64, lo: f64) -> Pair {
        Pair { hi, lo }
    }

    #[inline(always)]
    pub fn from_f64(value: f64) -> Pair {
        Pair::new(value, 0.0)
    }

    #[inline(always)]
    fn normalised((hi, lo): (f64, f64)) -> Pair {
        Pair { hi, lo }
    }

    #[inline(always)]
    pub fn neg(self) -> Pair {
        Pair::new(-self.hi, -self.lo)
    }

    /// The magnitude.
    #[inline(always)]
    pub fn abs(self) -> Pair {
        if self.hi < 0.0 { self.neg() } else { self }
    }

    /// Times a power of two, exactly while nothing is subnormal or overflows.
    #[inline(always)]
    pub fn times_power(self, power: f64) -> Pair {
        Pair::new(self.hi * power, self.lo * power)
    }

    /// The sum, to `4 u^2` (AccurateDWPlusDW; theorem 3.1: `3u^2/(1 - 4u)`). Underflow does no harm to sums.
    #[inline(always)]
    pub fn add(self, other: Pair) -> Pair {
        let (sh, sl) = two_sum(self.hi, other.hi);
        let (th, tl) = two_sum(self.lo, other.lo);
        let (vh, vl) = fast_two_sum(sh, sl + th);
        Pair::normalised(fast_two_sum(vh, tl + vl))
    }

    /// The sum with a binary64, to `3 u^2` (DWPlusFP; theorem 2.2: `2u^2/(1 - 2u)`).
    #[inline(always)]
    pub fn add_f(self, other: f64) -> Pair {
        let (sh, sl) = two_sum(self.hi, other);
        Pair::normalised(fast_two_sum(sh, self.lo + sl))
    }

    /// The product, to `9 u^2` (DWTimesDW1).
    ///
    /// With `p = |x_h y_h|`: what is left out, `x_l y_l`, is at most `u^2 p`. The roundings of `x_h y_l` and `x_l y_h` are
    /// at most `u^2 p` each, that of their sum `2 u^2 p`, and that of its sum with the error of `x_h y_h` (at most
    /// `u p`) is `3 u^2 p`. Together `8 u^2 p`, but for terms in `u^3`.
    #[inline(always)]
    pub fn mul(self, other: Pair) -> Pair {
        let (high, error) = two_product(self.hi, other.hi);
        let cross = self.hi * other.lo + self.lo * other.hi;
        Pair::normalised(fast_two_sum(high, error + cross))
    }

    /// The product with a binary64, to `5 u^2`: the same with `y_l = 0`, so `1 + 2` of the `8 u^2` (and a little) remain.
    #[inline(always)]
    pub fn mul_f(self, other: f64) -> Pair {
        let (high, error) = two_product(self.hi, other);
        Pair::normalised(fast_two_sum(high, error + self.lo * other))
    }

    /// The quotient, to `16 u^2` (DWDivDW2; theorem 6.2: `15 u^2 + 56 u^3`), with the remainder of the high parts'
    /// quotient, which is 0 if both numbers are binary64 and their quotient is one.
    #[inline(always)]
    pub fn div(self, other: Pair) -> (Pair, f64) {
        let quotient = self.hi / other.hi;
        // DWTimesFP1, as the theorem has it.
        let (ch, cl1) = two_product(other.hi, quotient);
        let (th, tl1) = fast_two_sum(ch, other.lo * quotient);
        let (rh, rl) = fast_two_sum(th, tl1 + cl1);
        let remainder = (self.hi - rh) + (self.lo - rl);
        (Pair::normalised(fast_two_sum(quotient, remainder / other.hi)), remainder)
    }

    /// The quotient by a binary64, to `5 u^2` (DWDivFP3), and the remainder as in [`div`](Pair::div).
    ///
    /// The remainder `x_h - q y` of the rounded quotient `q` is a binary64, at most `u |x_h|` but for terms in `u^2`.
    /// Its sum with `x_l` is rounded by at most `2 u^2 |x_h|`, and the quotient of that by `y` once more by as much,
    /// relative to `|q|`.
    #[inline(always)]
    pub fn div_f(self, other: f64) -> (Pair, f64) {
        let quotient = self.hi / other;
        let (product, error) = two_product(quotient, other);
        let remainder = ((self.hi - product) - error) + self.lo;
        (Pair::normalised(fast_two_sum(quotient, remainder / other)), remainder)
    }

    /// The square root of a positive number, to `6 u^2`, and the remainder as in [`div`](Pair::div).
    ///
    /// With `s` the rounded root of `x_h`, `sqrt(x) = s (1 + d)` where `|d| <= 1.5 u` but for terms in `u^2` (`u` for the
    /// rounding, `u/2` for `x_l`). The correction `(x - s^2)/(2s) = s (d + d^2/2)` is too large by at most `1.2 u^2 s`; its
    /// numerator, at most `3 u s^2`, is rounded once (`x_h - s^2` is a binary64), which costs `1.5 u^2 s`, and the quotient
    /// once, which costs as much.
    #[inline(always)]
    pub fn sqrt(self) -> (Pair, f64) {
        let root = self.hi.sqrt();
        let (square, error) = two_product(root, root);
        let remainder = ((self.hi - square) - error) + self.lo;
        (Pair::normalised(fast_two_sum(root, remainder / (2.0 * root))), remainder)
    }
}
