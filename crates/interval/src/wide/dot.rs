//! Sums of products, the inner loop of every jet, with one bound of all rounding errors.

use super::pair::{LARGE, Pair, power_of_two, two_product};
use super::{UP, Wide, rounding};
use crate::fault::{Fault, active};
use crate::interval::Quality;
use crate::interval::rounding::two_sum;

/// Longer sums are taken in parts of this length.
const PART: usize = 32;

/// Sums whose terms' magnitudes add up to less are taken term by term. A term below 2^-900 may have errors of its own, of
/// less than `2^-948` (`16u` times its size, for Dekker's product), and 32 of them are below `u^2` times this.
const LEAST: f64 = power_of_two(-800);

impl Wide {
    /// `sum_i a_i b_{n-1-i}` of two slices of the same length `n`: a coefficient of a product of series.
    ///
    /// **Midpoint**: the high parts' products are added with their errors (`Dot2` of Ogita, Rump, Oishi, *Accurate sum and dot
    /// product*, SIAM J. Sci. Comput. 26(6), 2005), and all errors and cross terms go to a second sum `c`, in binary64.
    ///
    /// **Error.** With `p` the magnitude of a product of high parts: the low parts' product, left out, is at most `u^2 p`; the
    /// cross terms, each at most `u p`, are rounded by `u^2 p` each, their sum by `2 u^2 p`, that with the product's error (at most
    /// `u p`) by `3 u^2 p`: `8 u^2 p`, but for terms in `u^3`. That is at most `3 u p (1 + 3u)`, and its sum with the error `t` of the
    /// running sum is rounded by `u (|t| + 3 u p)`. Adding it to `c` is rounded by `u |c|`, where `c` is the rounded sum. So, with
    /// `M` the sum of the `p`, `T` that of the `|t|` and `C` that of the `|c|`, at most `12 u^2 M + u (T + C)`, summed in binary64 without
    /// harm: [`UP`] and the slack in 12 stand for more than the `34 u` that this can cost relatively.
    ///
    /// **Radius**: as for one product, the sum of `|x| |b| + (|y| + |b|) |a|`.
    pub(super) fn sum_of_products(a: &[Wide], b: &[Wide]) -> Wide {
        if a.len() > PART {
            // The last of one with the first of the other.
            let (first, rest) = a.split_at(PART);
            let (front, back) = b.split_at(b.len().saturating_sub(PART));
            return Wide::sum_of_products(first, back) + Wide::sum_of_products(rest, front);
        } else if a.len() < 3 {
            return one_by_one(a, b);
        }
        let (mut sum, mut carry, mut rad) = (0.0, 0.0, 0.0);
        let (mut size, mut lost, mut quality) = (0.0, 0.0, Quality::Continuous);
        for (x, y) in a.iter().zip(b.iter().rev()) {
            let (product, error) = two_product(x.hi, y.hi);
            let cross = x.hi * y.lo + x.lo * y.hi;
            let (next, t) = two_sum(sum, product);
            sum = next;
            carry += t + (error + cross);
            rad += x.hi.abs() * y.rad + (y.hi.abs() + y.rad) * x.rad;
            size += product.abs();
            lost += t.abs() + carry.abs();
            quality = quality.min(x.quality).min(y.quality);
        }
        let (hi, lo) = two_sum(sum, carry);
        let midpoint = Pair::new(hi, lo);
        let carried = if active(Fault::WideRoundingDropped) { 0.0 } else { 0.5 * f64::EPSILON * lost };
        let rad = (rad + rounding(13.0, Pair::from_f64(size)) + carried) * (UP * UP);
        // An overflow of a splitting is a NaN here.
        if size > LEAST && size < LARGE && rad + carry.abs() < f64::INFINITY {
            Wide::raw(midpoint, rad, quality)
        } else {
            one_by_one(a, b)
        }
    }
}

/// The same term by term.
#[inline(never)]
fn one_by_one(a: &[Wide], b: &[Wide]) -> Wide {
    a.iter().zip(b.iter().rev()).map(|(a, b)| *a * *b).reduce(|a, b| a + b).unwrap_or(Wide::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long sums, in parts.
    #[test]
    fn long_sums() {
        let a: Vec<_> = (0..75).map(|i| Wide::point(f64::from(i))).collect();
        let b: Vec<_> = (0..75).map(|i| Wide::point(f64::from(i * i))).collect();
        let exact: i32 = (0..75).map(|i| i * (74 - i) * (74 - i)).sum();
        let sum = Wide::sum_of_products(&a, &b);
        assert!(sum.interval().contains(f64::from(exact)) && sum.radius().get() < 1e-22, "{sum:?} {exact}");
    }
}
