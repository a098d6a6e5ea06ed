//! `atan` of balls.
//!
//! For `y = |x| <= 1`, with `t` the nearest multiple of 1/32: `atan(y) = atan(t) + atan(w)`, `w = (y - t)/(1 + y t)`, `|w| <= 1/64`,
//! and `atan(t)` is in a table. For larger ones `atan(x) = pi/2 - atan(1/x)`.
//!
//! **Errors**, in `u^2`. `w = y` if `t = 0`. Else, relative to `w`: the difference 3, the product 5 and the sum 3 of the divisor,
//! of which the product counts at most half, and the quotient 16: less than 25. The series
//! `w - w^3 (1/3 - w^2 (1/5 - w^2 (1/7 - w^2 (1/9 - w^2 t))))` with `t` in binary64 up to `w^6/17` adds 4 for its sum and less than 1
//! for the rest: `w^3/3` is below `2^-13 w` and right to 30; `t`, right to `4u`, stands with `w^11/11 < 2^-63 w`; what is cut off is
//! below `w^19/19 < 2^-112 w`. Together 30 relative to `atan(w)`, which is at most as large as `atan(y)` (that is at least 1/65 if
//! `t >= 1/32`); the table 1/2, the sum 4: less than 35 for `y <= 1`. For larger ones `1/x` costs 16 more, all that counts at most
//! `pi/4` to `pi/4`, and the last sum is 4 and the constant 1: less than [`UNITS`].

use super::pair::{Pair, power_of_two};
use super::{SLOPE_UP, UP, Wide, rounding};
use crate::interval::{Interval, UpperBound};
use crate::operator::Unary;
use crate::scalar::Scalar;

/// Units of `u^2`; see the module.
const UNITS: f64 = 64.0;

/// `pi/2`, right to `u^2/8`.
const HALF_PI: Pair = Pair::new(std::f64::consts::FRAC_PI_2, 6.123233995736766e-17);

/// `1/(2k + 1)` for `k = 1..=4`, each right to `u^2/4`.
const INVERSES: [Pair; 4] = [
    Pair::new(0.3333333333333333, 1.850371707708594e-17),
    Pair::new(0.2, -1.1102230246251566e-17),
    Pair::new(0.14285714285714285, 7.93016446160826e-18),
    Pair::new(0.1111111111111111, 6.1679056923619804e-18),
];

impl Wide {
    /// The arc tangent. With `d` in the radius, the slope at `x + d` is at most `e^|d|/(1 + x^2)`.
    #[must_use]
    pub fn atan(self) -> Wide {
        const FAR: f64 = power_of_two(200);
        if let Some(value) = self.nearly_linear() {
            return value;
        } else if self.hi.abs() >= FAR && self.rad < FAR / 2.0 {
            // pi/2 - atan(x) < 1/x, at most 2^-199
            let limit = if self.hi < 0.0 { HALF_PI.neg() } else { HALF_PI };
            let limit = Wide::raw(limit, rounding(1.0, limit), self.quality);
            return limit.plus_minus(UpperBound::new(power_of_two(-198)));
        } else if !self.is_narrow_to(FAR) {
            return self.through(|x| Interval::unary(Unary::Atan, &x));
        }
        let size = self.mid().abs();
        let angle = match size.hi <= 1.0 {
            true => arc(size),
            false => HALF_PI.add(arc(Pair::from_f64(1.0).div(size).0).neg()),
        };
        let value = if self.hi < 0.0 { angle.neg() } else { angle };
        let slope = 1.0 / (1.0 + self.hi * self.hi);
        Wide::raw(value, (slope * self.rad * SLOPE_UP + rounding(UNITS, value)) * UP, self.quality)
    }
}

/// `atan(y)` for `0 < y <= 1`.
#[inline]
fn arc(y: Pair) -> Pair {
    // Adding 1.5 * 2^52 rounds to an integer.
    const ROUNDER: f64 = 6755399441055744.0;
    let n = (32.0 * y.hi + ROUNDER) - ROUNDER;
    if n == 0.0 {
        return series(y);
    }
    let t = n / 32.0;
    let (w, _) = y.add_f(-t).div(y.mul_f(t).add_f(1.0));
    ANGLES[n as usize].add(series(w))
}

/// `atan(w)` for `|w| <= 1/64`.
#[inline]
fn series(w: Pair) -> Pair {
    let square = w.mul(w);
    let s = square.hi;
    let tail = 1.0 / 11.0 - s * (1.0 / 13.0 - s * (1.0 / 15.0 - s * (1.0 / 17.0)));
    let [c3, c5, c7, c9] = INVERSES;
    let h = c9.add(square.mul_f(-tail));
    let h = c7.add(square.mul(h).neg());
    let h = c5.add(square.mul(h).neg());
    let h = c3.add(square.mul(h).neg());
    w.add(w.mul(square).mul(h).neg())
}

/// `atan(j/32)`, each right to `0.42 u^2`.
#[rustfmt::skip]
#[allow(clippy::excessive_precision, clippy::approx_constant)]
const ANGLES: [Pair; 33] = [
    Pair::new(0.0, 0.0),
    Pair::new(0.031239833430268277, -1.188442711587748e-18),
    Pair::new(0.06241880999595735, -1.5490756308295046e-18),
    Pair::new(0.09347678115858947, -6.2844725995420954e-18),
    Pair::new(0.12435499454676144, -3.1253241424539383e-18),
    Pair::new(0.15499674192394097, 9.585415594114324e-18),
    Pair::new(0.18534794999569476, 4.180692268843079e-18),
    Pair::new(0.21535769969773805, 4.738160130078733e-19),
    Pair::new(0.24497866312686414, 1.0698755618734451e-17),
    Pair::new(0.2741674511196588, 8.261353575163773e-18),
    Pair::new(0.3028848683749714, -1.1010827903001369e-17),
    Pair::new(0.3310960767041321, -7.952610375793799e-18),
    Pair::new(0.35877067027057225, -2.4623815582638635e-17),
    Pair::new(0.38588266939807375, 2.378822732491941e-17),
    Pair::new(0.4124104415973873, -1.587652227770689e-17),
    Pair::new(0.43833655985795783, -2.494277030626541e-17),
    Pair::new(0.4636476090008061, 2.2698777452961687e-17),
    Pair::new(0.48833395105640554, -1.1373236189329585e-17),
    Pair::new(0.5123894603107377, -2.5462781472855804e-17),
    Pair::new(0.5358112379604637, -4.0637956834825575e-18),
    Pair::new(0.5585993153435624, -5.4556305485916264e-18),
    Pair::new(0.5807563535676704, -1.441464378193067e-17),
    Pair::new(0.6022873461349642, 2.950430737228402e-17),
    Pair::new(0.6231993299340659, 2.672403885140095e-17),
    Pair::new(0.6435011087932844, 1.5834785051444286e-17),
    Pair::new(0.6632029927060933, -3.076054864429649e-17),
    Pair::new(0.6823165548747481, 6.943223671560008e-18),
    Pair::new(0.7008544078844502, -1.987626234335816e-17),
    Pair::new(0.7188299996216245, -2.1478388444456983e-17),
    Pair::new(0.7362574289814281, 3.473937648299457e-17),
    Pair::new(0.7531512809621944, -2.4256934659182068e-17),
    Pair::new(0.7695264804056583, -3.704991905602721e-17),
    Pair::new(0.7853981633974483, 3.061616997868383e-17),
];
