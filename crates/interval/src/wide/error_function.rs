//! `erf` of balls, in ball arithmetic: what is rounded and what is cut off goes to the radius as it comes.

use super::pair::power_of_two;
use super::{NARROW, SLOPE_UP, UP, Wide, literal};
use crate::interval::{Interval, UpperBound};
use crate::operator::Unary;
use crate::scalar::Scalar;

/// Up to here the power series is summed; its terms then stay below 1300. Beyond, the continued fraction is shorter.
const NEAR: f64 = 3.25;

/// From here on `1 - erf(x) < 2^-120` (`erfc(9) = 4.14e-37 < 2^-120.8`).
const SATURATED: f64 = 9.0;

impl Wide {
    /// `2/sqrt(pi)` times the integral of `e^(-t^2)` from 0 to `x`. The slope `2/sqrt(pi) e^(-x^2)` has a derivative of at most
    /// `2 |x| <= 18` times its size.
    #[must_use]
    pub fn erf(self) -> Wide {
        const LINEAR: f64 = power_of_two(-60);
        if self.hi.abs() < LINEAR && self.rad < LINEAR {
            // |erf(x) - 2/sqrt(pi) x| <= 2/sqrt(pi) |x|^3/3 < |x|^3/2, and |x| < 2^-58.
            let linear = self * literal::TWO_OVER_ROOT_PI;
            return linear.plus_minus(self.magnitude() * UpperBound::new(power_of_two(-117)));
        } else if !(self.rad <= NARROW) {
            return self.through(|x| Interval::unary(Unary::Erf, &x));
        }
        let point = Wide::raw(self.mid().abs(), 0.0, self.quality);
        if point.hi >= SATURATED + 2.0 * NARROW {
            let limit = Wide { hi: self.hi.signum(), lo: 0.0, rad: 0.0, quality: self.quality };
            return limit.plus_minus(UpperBound::new(power_of_two(-120)));
        }
        let gauss = (-point.square()).exp();
        let value = match point.hi <= NEAR {
            true => literal::TWO_OVER_ROOT_PI * gauss * point * series(point),
            false => Wide::ONE - literal::ONE_OVER_ROOT_PI * gauss / fraction(point),
        };
        let value = if self.hi < 0.0 { -value } else { value };
        let slope = 1.13 * gauss.hi; // 2/sqrt(pi) = 1.128...
        Wide { rad: (value.rad + slope * self.rad * SLOPE_UP) * UP, ..value }
    }
}

/// `sum_n (2 x^2)^n/(1 * 3 * 5 * ... * (2n+1))`, all terms positive (Abramowitz and Stegun 7.1.6).
fn series(x: Wide) -> Wide {
    let double_square = x.square().scale(1);
    let (mut term, mut sum, mut odd) = (Wide::ONE, Wide::ONE, 1.0);
    loop {
        odd += 2.0;
        term = term * double_square / Wide::point(odd);
        sum = sum + term;
        // The coming ratios are smaller than this one, so beyond 1/2 the rest is less than the last term.
        let settled = 2.0 * double_square.hi < odd;
        // At x <= 3.25 the terms are that small from the 76th on; a NaN cannot be, but would end it too.
        if (settled && term.hi < power_of_two(-112)) || !(odd < 400.0) {
            return sum.plus_minus(term.magnitude());
        }
    }
}

/// `x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...)))`, so that `erfc(x) = e^(-x^2)/sqrt(pi)/fraction(x)` (Abramowitz and Stegun
/// 7.1.14), for `x >= 3.25`.
///
/// Cut off at any depth, what stands in the place of the rest is `x + (n/2)/y` with `y >= x`, so it is between `x` and
/// `x + n/(2x)`.
fn fraction(x: Wide) -> Wide {
    // Found by trial: deep enough that what is cut off changes erf by less than its rounding errors.
    let depth = (DEPTH / (x.hi * x.hi)).ceil() + 4.0;
    let least = x.interval();
    let rest = least + Interval::point(0.5 * depth) / least;
    let mut y = Wide::from(least.hull(&rest));
    let mut n = depth;
    while n > 1.5 {
        n -= 1.0;
        y = x + Wide::point(0.5 * n) / y;
    }
    y
}

/// See [`fraction`].
const DEPTH: f64 = 700.0;
