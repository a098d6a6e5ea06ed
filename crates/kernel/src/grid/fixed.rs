//! Sums of weights in fixed point: adding a weight and taking it off again leaves nothing behind, in any order.

use bumpnet_interval::{Interval, UpperBound};

/// Bits that a row's sums may take, the sign left out: of the 127 of an `i128` one is kept for roundings of the bound.
const BITS: i32 = 126;

/// The unit of a row's sums: a power of two such that no partial sum of its weights overflows.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    exponent: i32,
}

impl Scale {
    /// For weights whose magnitudes add up to `total` at most; `None` where that is not of an ordinary size.
    pub fn new(total: UpperBound) -> Option<Scale> {
        let total = total.get().max(1e-200);
        // total < 2^(e + 1) with e its exponent, so a sum of numbers in units of 2^(e + 1 - BITS) is below 2^BITS.
        let exponent = (total.to_bits() >> 52) as i32 - 1023 + 1 - BITS;
        (total < 1e200).then_some(Scale { exponent })
    }

    /// A weight in units, and whether it was cut.
    pub fn fix(&self, weight: f64) -> (i128, bool) {
        if weight == 0.0 {
            return (0, false);
        }
        let bits = weight.to_bits();
        let raw = (bits >> 52 & 0x7ff) as i32;
        let mantissa = i128::from(bits & ((1 << 52) - 1) | if raw == 0 { 0 } else { 1 << 52 });
        let shift = raw.max(1) - 1075 - self.exponent;
        let sign = if weight < 0.0 { -1 } else { 1 };
        match shift {
            0.. => (sign * (mantissa << shift), false),
            -63..0 => (sign * (mantissa >> -shift), mantissa & ((1 << -shift) - 1) != 0),
            _ => (0, true),
        }
    }

    /// What a cut weight is off by at most.
    pub fn unit(&self) -> f64 {
        f64::from_bits(((1023 + self.exponent) as u64) << 52)
    }

    /// The numbers from `lo` to `hi` units.
    pub fn interval(&self, lo: i128, hi: i128) -> Interval {
        let low = lo as f64;
        let low = if low as i128 > lo { low.next_down() } else { low };
        let high = hi as f64;
        let high = if (high as i128) < hi { high.next_up() } else { high };
        // By a power of two, to a size above the subnormal numbers: exact.
        Interval::new(low * self.unit(), high * self.unit()).unwrap_or(Interval::ENTIRE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_and_sums_are_enclosed() {
        let weights: [f64; 8] = [0.1, -0.3, 1e-9, -2.5, 7.0, 1.0 / 3.0, 1e-40, -5e-324];
        let scale = Scale::new(weights.iter().map(|w| UpperBound::new(w.abs())).sum()).unwrap();
        let (mut sum, mut cut) = (0i128, 0);
        for weight in weights {
            let (fixed, inexact) = scale.fix(weight);
            sum += fixed;
            cut += i32::from(inexact);
            let back = scale.interval(fixed, fixed);
            assert!(back.contains(weight) || inexact, "{weight} {back:?}");
            assert!(back.width().get() <= 1e-15 * weight.abs());
        }
        assert_eq!(cut, 2, "the two that are too small");
        let sum = scale.interval(sum, sum);
        assert!(sum.contains(0.1 - 0.3 + 1e-9 - 2.5 + 7.0 + 1.0 / 3.0) && sum.width().get() < 2e-15, "{sum:?}");
        // In any order.
        let forward: i128 = weights[..6].iter().map(|w| scale.fix(*w).0).sum();
        let backward: i128 = weights[..6].iter().rev().map(|w| scale.fix(*w).0).sum();
        assert_eq!(forward, backward);
        assert!(Scale::new(UpperBound::new(1e250)).is_none());
        // Neighbours of what binary64 can hold are rounded outward.
        let big = (1i128 << 100) + 1;
        let enclosed = scale.interval(big, big + 1);
        assert!(enclosed.lo() < enclosed.hi());
    }
}
