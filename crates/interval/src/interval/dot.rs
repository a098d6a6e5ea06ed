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

    /// Odd whole numbers of 53 bits, of either sign: their products are no binary64 numbers, but whole ones of 106 bits.
    fn numbers(count: usize, seed: u64) -> Vec<i64> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let size = (state >> 12 | 1 << 52 | 1) as i64 & ((1 << 53) - 1);
            if state >> 62 == 1 { -size } else { size }
        };
        (0..count).map(|_| next()).collect()
    }

    /// The exact sum is inside, and the radius is what the analysis asks for, `(n + 1) u S`, and little more.
    #[test]
    fn the_radius_is_the_error() {
        const SCALE: f64 = 1.0 / (1u64 << 53) as f64;
        let point = |m: &i64| Interval::point(*m as f64 * SCALE);
        for n in [3, 4, 10, 100, 1000] {
            for seed in 0..20 {
                let (a, b) = (numbers(n, seed), numbers(n, seed + 1000));
                let products = || a.iter().zip(b.iter().rev()).map(|(a, b)| i128::from(*a) * i128::from(*b));
                let (exact, size) = (products().sum::<i128>(), products().map(i128::abs).sum::<i128>());
                let sum =
                    Interval::dot(&a.iter().map(point).collect::<Vec<_>>(), &b.iter().map(point).collect::<Vec<_>>());
                // Bounds are multiples of 2^-106 here; times that, they are integers.
                let whole = |x: f64| (x / SCALE / SCALE) as i128;
                assert!(whole(sum.lo()) <= exact && exact <= whole(sum.hi()), "{n} {seed}: {sum:?}");
                let (size, radius) = (size as f64 * SCALE * SCALE, 0.5 * (sum.hi() - sum.lo()));
                let n = n as f64;
                assert!(radius >= (n + 1.0) * UNIT * size, "{n} {seed}: {radius} {size}");
                assert!(radius <= (n + 6.0) * UNIT * size, "{n} {seed}: {radius} {size}");
            }
        }
    }

    /// Products that underflow are off by up to half of the smallest number each.
    #[test]
    fn products_that_underflow() {
        let x = Interval::point(1.3e-160);
        for n in [3, 4, 20] {
            let sum = Interval::dot(&vec![x; n], &vec![x; n]);
            let (least, most) = (n as f64 * 5e-324, 4.0 * n as f64 * 1e-323);
            assert!((least..=most).contains(&(sum.hi() - sum.lo())), "{n}: {sum:?}");
        }
    }

    /// An overflow of the sum, where each product is far from one, leaves the other bound as it is.
    #[test]
    fn sums_that_overflow() {
        let x = [Interval::point(6e153); 10];
        let sum = Interval::dot(&x, &x);
        assert_eq!((sum.lo(), sum.hi()), (f64::MAX, f64::INFINITY));
    }

    /// Each bound is of the products of bounds that it is of.
    #[test]
    fn bounds_of_terms() {
        let interval = |lo, hi| Interval::new(lo, hi).unwrap_or(Interval::NOWHERE);
        for a in [interval(-3.0, 5.0), interval(2.0, 3.0), interval(-7.0, -2.0)] {
            for b in [interval(-2.0, 11.0), interval(1.0, 4.0), interval(-5.0, -4.0)] {
                let (x, y) = ([Interval::ONE, a, b, Interval::ZERO], [b, a, b, Interval::ONE]);
                let (sum, exact) = (Interval::dot(&x, &y), exact_dot(&x, &y));
                assert!(sum.contains_all(&exact), "{a:?} {b:?}: {sum:?} {exact:?}");
                assert!(sum.width().get() <= exact.width().get() + 1e-12, "{a:?} {b:?}: {sum:?} {exact:?}");
            }
        }
        // Less than three terms are rounded each by itself: exactly here.
        let two = Interval::dot(&[Interval::ONE; 2], &[Interval::ONE; 2]);
        assert_eq!((two.lo(), two.hi()), (2.0, 2.0));
        assert_eq!(Interval::dot(&[Interval::ZERO; 3], &[Interval::ONE; 3]), Interval::ZERO);
    }
}
