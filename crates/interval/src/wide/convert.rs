//! From intervals to balls and back, outward.

use super::Wide;
use super::pair::power_of_two;
use crate::interval::rounding::{add_down, add_up, two_sum};
use crate::interval::{Interval, Quality};

impl From<Interval> for Wide {
    /// The smallest ball around the interval where its bounds are not extreme. An interval without bound on one side
    /// becomes every real number.
    fn from(x: Interval) -> Wide {
        if x.quality() == Quality::Nowhere {
            return Wide::NOWHERE;
        } else if !x.is_bounded() {
            return Wide::ENTIRE.demoted(x.quality());
        } else if x.is_point() {
            return Wide { hi: x.lo(), lo: 0.0, rad: 0.0, quality: x.quality() };
        }
        // Halves are exact here, and so is their sum as a pair.
        let exact = |x: f64| x == 0.0 || (x.abs() > power_of_two(-1000) && x.abs() < power_of_two(1000));
        if exact(x.lo()) && exact(x.hi()) {
            let (hi, lo) = two_sum(0.5 * x.lo(), 0.5 * x.hi());
            return Wide { hi, lo, rad: 0.5 * add_up(x.hi(), -x.lo()), quality: x.quality() };
        }
        let middle = x.midpoint();
        let rad = add_up(x.hi(), -middle).max(add_up(middle, -x.lo()));
        if rad < f64::INFINITY {
            Wide { hi: middle, lo: 0.0, rad, quality: x.quality() }
        } else {
            Wide::ENTIRE.demoted(x.quality())
        }
    }
}

impl From<Wide> for Interval {
    fn from(wide: Wide) -> Interval {
        wide.interval()
    }
}

impl Wide {
    /// The numbers of the ball as an interval: `hi + lo -+ rad`, rounded outward.
    #[inline]
    pub fn interval(&self) -> Interval {
        if self.rad < f64::INFINITY {
            let lo = add_down(self.hi, add_down(self.lo, -self.rad));
            let hi = add_up(self.hi, add_up(self.lo, self.rad));
            Interval::raw(lo, hi, self.quality)
        } else {
            Interval::ENTIRE.demoted(self.quality)
        }
    }
}
