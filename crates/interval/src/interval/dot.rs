//! Sums of products, the inner loop of every jet, with one rounding outward at the end instead of two in each term.

use super::rounding::{add_down, add_up};
use super::{Interval, Quality};
use crate::fault::{Fault, active};

/// `2^-53`, the largest relative error of a rounding to nearest.
const UNIT: f64 = 0.5 * f64::EPSILON;

impl Interval {
    /// `sum_i a_i b_{n-1-i}` of two slices of the same length `n`: a coefficient of a product of series.
    ///
    /// **Error.** Each bound is a sum of `n` rounded products in rounded arithmetic, so it is off by at most
    /// `g_n S + n 2^-1075`, where `S` is the sum of the magnitudes of the products and `g_n = nu/(1 - nu)`, `u = 2^-53`
    /// (Higham, *Accuracy and Stability of Numerical Algorithms*, 3.1; an underflow of a product adds at most `2^-1075`, a
    /// sum has none). Rounding is monotone, so the least of the rounded products is the rounded least product. `S` is
    /// computed as `s`, with `S <= s/(1 - g_n) + n 2^-1075`. For `n < 2^20` the sum of all that is less than
    /// `(n + 1) u s + 2n 2^-1074`. Two more `u s` cover the rounding of this expression itself.
    pub(crate) fn dot(a: &[Interval], b: &[Interval]) -> Interval {
        if a.len() < 3 {
            return exact_dot(a, b);
        }
        let (mut lo, mut hi, mut magnitude, mut quality) = (0.0f64, 0.0f64, 0.0f64, Quality::Continuous);
        for (a, b) in a.iter().zip(b.iter().rev()) {
            let p = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
            // Two minima and two maxima, then one of each; magnitudes of both.
            let (least, greatest) = (min(min(p[0], p[1]), min(p[2], p[3])), max(max(p[0], p[1]), max(p[2], p[3])));
            lo += least;
            hi += greatest;
            magnitude += max(least.abs(), greatest.abs()) + 0.0 * (p[0] + p[1] + p[2] + p[3]);
            quality = quality.min(b.quality).min(a.quality);
        }
        // 0 * p is NaN if a product is not finite, so this is an overflow or an unbounded term. No magnitude at all is a
        // sum of zeros, exact or not.
        if !(magnitude > 0.0 && magnitude < f64::INFINITY) || quality == Quality::Nowhere {
            return exact_dot(a, b);
        }
        let n = a.len() as f64;
        let error = if active(Fault::DotNearest) { 0.0 } else { (n + 3.0) * UNIT * magnitude + n * 1e-323 };
        Interval::raw(add_down(lo, -error), add_up(hi, error), quality)
    }
}

/// The same by interval operations.
#[inline(never)]
fn exact_dot(a: &[Interval], b: &[Interval]) -> Interval {
    a.iter().zip(b.iter().rev()).map(|(a, b)| *a * *b).reduce(|a, b| a + b).unwrap_or(Interval::ZERO)
}

#[inline(always)]
fn min(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

#[inline(always)]
fn max(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With ends where products are infinite, zero or undefined (`0 * inf`), the sum encloses that of interval operations,
    /// which are exact here.
    #[test]
    fn unbounded_terms() {
        let ends = [f64::NEG_INFINITY, -2.0, -1.0, 0.0, 1.0, 2.0, f64::INFINITY];
        let intervals: Vec<_> =
            ends.iter().flat_map(|lo| ends.iter().filter_map(|hi| Interval::new(*lo, *hi))).collect();
        for a in &intervals {
            for b in &intervals {
                for other in [Interval::ZERO, Interval::ONE, Interval::ENTIRE] {
                    let (x, y) = ([other, *a, Interval::ONE], [Interval::ONE, *b, Interval::ONE]);
                    let (sum, exact) = (Interval::dot(&x, &y), exact_dot(&x, &y));
                    assert!(sum.contains_all(&exact), "{x:?} {y:?}: {sum:?} {exact:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_and_nowhere() {
        assert_eq!(Interval::dot(&[], &[]), Interval::ZERO);
        let (x, y) = ([Interval::ONE; 4], [Interval::ONE, Interval::NOWHERE, Interval::ONE, Interval::ONE]);
        assert_eq!(Interval::dot(&x, &y).quality(), Quality::Nowhere);
        let partial = Interval::ONE.demoted(Quality::Partial);
        assert_eq!(Interval::dot(&x, &[partial; 4]).quality(), Quality::Partial);
        assert_eq!(Interval::dot(&[Interval::ZERO; 4], &x), Interval::ZERO);
    }
}
