//! `exp`, `expm1`, `sigmoid` and `tanh` of balls.
//!
//! A function is evaluated at the midpoint, to a relative error that is derived here; how far it gets from there within the
//! radius is bounded by its slope.
//!
//! **Reduction.** `x = n ln2/32 + r` with `|r| <= 0.01084`, so `e^x = 2^k T_j (1 + q)` with `n = 32 k + j`, `T_j = 2^(j/32)`
//! from a table and `q = e^r - 1`. `n` has at most 15 bits for `|x| <= 600`, and `ln2/32` is taken as three binary64, the
//! first two of 37 bits: their products with `n` are exact, and the third adds at most `2^-118`. Each of three additions
//! costs at most `3 u^2 |r|`, but for what the parts not yet subtracted add, so `r` is right to `12 u^2 |r| + 2^-118`.
//!
//! **Series.** `q = r + r^2 (1/2 + r (1/3! + r (1/4! + r (1/5! + r (1/6! + r t)))))`, `t` in binary64 up to `r^5/12!`. Relative
//! to `|r|`: `t` is right to `3u`, and stands with `r^6/7!`, which makes `9 u^2`; what is cut off is below
//! `r^12/13! < 2^-110`. The factor of `r^2` is right to `6 u^2` (its last step is a sum), `r^2` to `9 u^2` and their product
//! to 24, but relative to `|r|` all that is below `u^2/4`. The last sum costs `4 u^2`. Together `14 u^2 |r|` or `15 u^2 |q|`.
//!
//! **`e^x`**, relative: `T_j` is right to `u^2/2`, `q` to `|q| (12 + 15) u^2 < u^2/3` (and `2^-118`), its product with `T_j` costs
//! `9 u^2 |q|`, the last sum `4 u^2`: less than [`EXP`].
//!
//! **`e^x - 1`** is `q` for `n = 0`, to `15 u^2`. Else it is `(2^k T_j - 1) + 2^k T_j q`, of magnitude at least 0.0107, and
//! `2^k T_j <= 1.022` where it is that small. Relative to it: `T_j` costs at most `1.022/0.0107 * u^2/2 < 48 u^2`; the difference,
//! at most twice the result, `6 u^2`; the product, at most as large as the result, `37 u^2`; the sum `4 u^2`. Where the result
//! is larger, the first is less in proportion. Less than [`EXPM1`].

use super::pair::{Pair, power_of_two};
use super::{NARROW, SLOPE_UP, UP, Wide, rounding};
use crate::interval::rounding::two_sum;
use crate::interval::{Interval, UpperBound};
use crate::operator::Unary;
use crate::scalar::Scalar;

/// Up to this magnitude the exponential is ordinary: `2^-866` to `2^866`.
const LIMIT: f64 = 600.0;

/// Units of `u^2`; see the module.
pub(super) const EXP: f64 = 8.0;
/// Units of `u^2`; see the module.
const EXPM1: f64 = 128.0;

/// `32/ln 2`; that it is rounded can move `r` by `2^-38` of its bound.
const STEPS: f64 = 46.16624130844683;

/// `ln(2)/32` in three parts, the first two of 37 bits; what is left is below `2^-141`.
const STEP: [f64; 3] = [0.021660849392446835, 5.1456092446457696e-14, 9.568252300058288e-26];

/// `1/k!` for `k = 2..=6`, each right to `u^2/4`.
const INVERSE_FACTORIALS: [Pair; 5] = [
    Pair::new(0.5, 0.0),
    Pair::new(0.16666666666666666, 9.25185853854297e-18),
    Pair::new(0.041666666666666664, 2.3129646346357427e-18),
    Pair::new(0.008333333333333333, 1.1564823173178714e-19),
    Pair::new(0.001388888888888889, -5.300543954373577e-20),
];

/// An integer and the rest: `x = n ln2/32 + r`, for `|x| <= 600`.
#[inline]
fn reduce(x: Pair) -> (i32, Pair) {
    // Adding 1.5 * 2^52 rounds to an integer.
    const ROUNDER: f64 = 6755399441055744.0;
    let n = (x.hi * STEPS + ROUNDER) - ROUNDER;
    if n == 0.0 {
        return (0, x);
    }
    let (hi, lo) = two_sum(x.hi, -n * STEP[0]);
    (n as i32, Pair::new(hi, lo).add_f(-n * STEP[1]).add_f(x.lo).add_f(-n * STEP[2]))
}

/// `e^r - 1` for `|r| <= 0.01084`.
#[inline]
fn series(r: Pair) -> Pair {
    // 1/k! for k = 7..=12
    const TAIL: [f64; 6] =
        [1.0 / 5040.0, 1.0 / 40320.0, 1.0 / 362880.0, 1.0 / 3628800.0, 1.0 / 39916800.0, 1.0 / 479001600.0];
    let tail = TAIL.iter().rev().fold(0.0, |sum, c| sum * r.hi + c);
    let [c2, c3, c4, c5, c6] = INVERSE_FACTORIALS;
    let h = r.mul_f(tail).add(c6);
    let h = h.mul(r).add(c5);
    let h = h.mul(r).add(c4);
    let h = h.mul(r).add(c3);
    let h = h.mul(r).add(c2);
    r.add(r.mul(r).mul(h))
}

/// `2^(n/32)`, to `u^2/2`.
#[inline]
fn power(n: i32) -> Pair {
    POWERS[(n & 31) as usize].times_power(power_of_two(n >> 5))
}

/// `e^x` to [`EXP`], for `|x| <= 600`.
#[inline]
pub(super) fn exp_at(x: Pair) -> Pair {
    let (n, r) = reduce(x);
    let power = power(n);
    power.add(power.mul(series(r)))
}

/// `e^x - 1` to [`EXPM1`], for `2^-120 <= |x| <= 600`: what underflows then is below `x^8`.
#[inline]
fn exp_m1_at(x: Pair) -> Pair {
    let (n, r) = reduce(x);
    let q = series(r);
    if n == 0 {
        return q;
    }
    let power = power(n);
    power.add_f(-1.0).add(power.mul(q))
}

impl Wide {
    /// `e^x`. With `d` in the radius, `|e^(x + d) - e^x| <= e^x |d| e^|d|`.
    #[must_use]
    pub fn exp(self) -> Wide {
        if !self.is_narrow_to(LIMIT) {
            return self.through(|x| Interval::unary(Unary::Exp, &x));
        } else if self.hi == 0.0 && self.is_exact() {
            return Wide::ONE.demoted(self.quality);
        }
        let value = exp_at(self.mid());
        Wide::raw(value, (value.hi * self.rad * SLOPE_UP + rounding(EXP, value)) * UP, self.quality)
    }

    /// `e^x - 1`, accurate next to 0 too.
    #[must_use]
    pub fn exp_m1(self) -> Wide {
        let size = self.hi.abs();
        if size < power_of_two(-120) && self.rad <= size {
            // |e^y - 1 - y| <= y^2 for |y| <= 1.
            let most = self.magnitude();
            return self.plus_minus(most * most);
        } else if size < power_of_two(-120) || !self.is_narrow_to(LIMIT) {
            return self.through(|x| Interval::unary(Unary::ExpM1, &x));
        }
        let value = exp_m1_at(self.mid());
        let slope = (value.hi + 1.0) + power_of_two(-40); // e^x, which value + 1 may be short of
        Wide::raw(value, (slope * self.rad * SLOPE_UP + rounding(EXPM1, value)) * UP, self.quality)
    }

    /// `1/(1 + e^-x)`, accurate relative to its value on the left too.
    ///
    /// With `E = e^-|x|` it is `1/(1 + E)` or `E/(1 + E)`; relative errors: `E` 8, `1 + E` half of that and 3, the quotient
    /// 16, so `8 + 4 + 3 + 16 = 31` at most. The slope is `E/(1 + E)^2`.
    #[must_use]
    pub fn sigmoid(self) -> Wide {
        const UNITS: f64 = 32.0;
        if !self.is_narrow_to(LIMIT) {
            if self.hi > LIMIT && self.rad <= NARROW {
                // 1 - sigmoid(x) < e^-x < 2^-865
                return Wide { quality: self.quality, ..Wide::ONE }.plus_minus(UpperBound::new(power_of_two(-860)));
            }
            return self.through(|x| Interval::unary(Unary::Sigmoid, &x));
        } else if self.hi == 0.0 {
            let rad = self.radius() * UpperBound::new(0.25);
            return Wide { hi: 0.5, lo: 0.0, rad: rad.get(), quality: self.quality };
        }
        let decay = exp_at(self.mid().abs().neg());
        let denominator = decay.add_f(1.0);
        let numerator = if self.hi > 0.0 { Pair::from_f64(1.0) } else { decay };
        let (value, _) = numerator.div(denominator);
        let slope = decay.hi / (denominator.hi * denominator.hi);
        Wide::raw(value, (slope * self.rad * SLOPE_UP + rounding(UNITS, value)) * UP, self.quality)
    }

    /// `(e^x - e^-x)/(e^x + e^-x)`, accurate relative to its value next to 0 too.
    ///
    /// With `m = e^(-2|x|) - 1` it is `-m/(2 + m)`. A relative error of `m` counts `2/(2 + m) <= 2` times, the sum costs 3 and the
    /// quotient 16 units: `2 * 128 + 19`. The slope is `4 E/(1 + E)^2` with `E = 1 + m`.
    #[must_use]
    pub fn tanh(self) -> Wide {
        const UNITS: f64 = 280.0;
        if let Some(value) = self.nearly_linear() {
            return value;
        } else if self.hi.abs() >= 40.0 && self.rad <= NARROW {
            // 1 - tanh(x) < 2 e^(-2x) < 2^-114
            let limit = Wide { hi: self.hi.signum(), lo: 0.0, rad: 0.0, quality: self.quality };
            return limit.plus_minus(UpperBound::new(power_of_two(-114)));
        } else if !self.is_narrow_to(40.0) {
            return self.through(|x| Interval::unary(Unary::Tanh, &x));
        }
        let m = exp_m1_at(self.mid().abs().times_power(-2.0));
        let denominator = m.add_f(2.0);
        let (size, _) = m.neg().div(denominator);
        let value = if self.hi < 0.0 { size.neg() } else { size };
        let decay = (1.0 + m.hi) + power_of_two(-40);
        let slope = 4.0 * decay / (denominator.hi * denominator.hi);
        Wide::raw(value, (slope * self.rad * SLOPE_UP + rounding(UNITS, value)) * UP, self.quality)
    }

    /// Whether the radius is at most [`NARROW`] and the midpoint's high part at most `limit` in magnitude; not if it is nowhere.
    #[inline(always)]
    pub(super) fn is_narrow_to(&self, limit: f64) -> bool {
        self.rad <= NARROW && self.hi.abs() <= limit
    }

    /// The value at numbers below `2^-60` of a function with `|f(x) - x| <= |x|^3/2`; `None` for others.
    #[inline]
    pub(super) fn nearly_linear(&self) -> Option<Wide> {
        const NEAR: f64 = power_of_two(-60);
        (self.hi.abs() < NEAR && self.rad < NEAR).then(|| {
            // Twice the bound of the high part at most, squared.
            self.plus_minus(self.magnitude() * UpperBound::new(power_of_two(-119)))
        })
    }
}

/// `2^(j/32)`, each right to `0.34 u^2`.
#[rustfmt::skip]
#[allow(clippy::excessive_precision, clippy::approx_constant)]
const POWERS: [Pair; 32] = [
    Pair::new(1.0, 0.0),
    Pair::new(1.0218971486541166, 5.109225028973444e-17),
    Pair::new(1.0442737824274138, 8.551889705537965e-17),
    Pair::new(1.0671404006768237, -7.899853966841582e-17),
    Pair::new(1.0905077326652577, -3.046782079812471e-17),
    Pair::new(1.1143867425958924, 1.0410278456845571e-16),
    Pair::new(1.1387886347566916, 8.912812676025408e-17),
    Pair::new(1.1637248587775775, 3.8292048369240935e-17),
    Pair::new(1.189207115002721, 3.982015231465646e-17),
    Pair::new(1.215247359980469, -7.712630692681488e-17),
    Pair::new(1.241857812073484, 4.658027591836937e-17),
    Pair::new(1.2690509571917332, 2.667932131342186e-18),
    Pair::new(1.2968395546510096, 2.5382502794888315e-17),
    Pair::new(1.3252366431597413, -2.8587312100388614e-17),
    Pair::new(1.3542555469368927, 7.70094837980299e-17),
    Pair::new(1.383909881963832, -6.770511658794786e-17),
    Pair::new(1.4142135623730951, -9.667293313452913e-17),
    Pair::new(1.4451808069770467, -3.0237581349939873e-17),
    Pair::new(1.4768261459394993, -3.483994556892796e-17),
    Pair::new(1.5091644275934228, -1.016455327754295e-16),
    Pair::new(1.5422108254079407, 7.949834809697621e-17),
    Pair::new(1.5759808451078865, -1.0136916471278304e-17),
    Pair::new(1.6104903319492543, 2.4707192569797888e-17),
    Pair::new(1.645755478153965, -1.0125679913674773e-16),
    Pair::new(1.681792830507429, 8.199010020581497e-17),
    Pair::new(1.718619298122478, -1.851380418263111e-17),
    Pair::new(1.7562521603732995, 2.960140695448873e-17),
    Pair::new(1.7947090750031072, 1.8227458427912087e-17),
    Pair::new(1.8340080864093424, 3.283107224245627e-17),
    Pair::new(1.8741676341103, -6.122763413004143e-17),
    Pair::new(1.9152065613971474, -1.0619946056195963e-16),
    Pair::new(1.9571441241754002, 8.960767791036668e-17),
];
