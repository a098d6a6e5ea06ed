//! The error on a box as a polynomial with binary64 coefficients, and one bound of all that is left out.
//!
//! Network and target are subtracted before anything else, so the coefficients are of the error's size and rounding them
//! costs nothing that matters. `u` is the unit roundoff; each bound of a rounding is taken larger than it is.

use bumpnet_interval::{Interval, UpperBound};

use super::expansion::TaylorModel;
use super::monomials::Monomials;
use crate::roundoff::U;

/// `|e(t) - p(t)| <= slop` for all t in [-1, 1]^n.
#[derive(Clone, Debug)]
pub struct Residual {
    c: Vec<f64>,
    /// How far the error may be from the polynomial.
    slop: f64,
}

impl Residual {
    /// From a Taylor model: each coefficient becomes its midpoint, and the rest an error. Also the part of the slop that is
    /// not the remainder but coefficients that are not known better.
    pub fn new(error: &TaylorModel<'_, Interval>) -> (Residual, f64) {
        let c: Vec<f64> = error.c.iter().map(|c| if c.is_bounded() { c.midpoint() } else { 0.0 }).collect();
        let off = error.c.iter().zip(&c).map(|(c, m)| (*c - Interval::point(*m)).magnitude());
        let noise: UpperBound = off.sum();
        (Residual { c, slop: (noise + error.rest).get() }, noise.get())
    }

    /// The sum of the coefficients' magnitudes, a bound of the polynomial but for less than `n u` of itself.
    fn size(&self) -> f64 {
        self.c.iter().fold(0.0, |sum, c| sum + c.abs())
    }

    /// Covers `operations` roundings of parts of a sum of that size, and all underflows.
    fn rounding(&self, operations: usize) -> f64 {
        2.0 * (operations as f64 + 4.0) * U * self.size() + f64::MIN_POSITIVE
    }

    /// A bound of the error on the box: squares lie in [0, 1], other monomials in [-1, 1].
    pub fn bound(&self, table: &Monomials) -> f64 {
        let (mut low, mut high) = (self.c[0], self.c[0]);
        for (k, c) in self.c.iter().enumerate().skip(1) {
            match table.is_even(k) {
                true if *c > 0.0 => high += c,
                true => low += c,
                false => (low, high) = (low - c.abs(), high + c.abs()),
            }
        }
        let bound = high.max(-low) + self.slop + self.rounding(self.c.len());
        if bound.is_nan() { f64::INFINITY } else { (bound * (1.0 + 4.0 * U)).next_up() }
    }

    /// How far the error may be from the polynomial.
    pub fn slop(&self) -> f64 {
        self.slop
    }

    /// The value at the centre.
    pub fn centre(&self) -> f64 {
        self.c[0]
    }

    /// The axis along which the polynomial varies most.
    pub fn axis(&self, table: &Monomials) -> usize {
        let mut along = vec![0.0; table.inputs];
        for (c, exponents) in self.c.iter().zip(&table.exponents) {
            for (sum, e) in along.iter_mut().zip(exponents) {
                *sum += c.abs() * f64::from(*e);
            }
        }
        (0..along.len()).fold(0, |best, k| if along[k] > along[best] { k } else { best })
    }

    /// The same polynomial on the lower and the upper half along an axis.
    ///
    /// `t = (t' + s)/2`, `s` = -1 or 1: products with 1/2 are exact (or underflow), so a term goes through at most one
    /// rounding per degree, and the magnitudes of all that it becomes add up to its own.
    pub fn halves(&self, table: &Monomials, axis: usize) -> [Residual; 2] {
        [-0.5, 0.5].map(|shift| {
            let mut half = self.clone();
            for line in &table.lines[axis] {
                let line = &line[..line.partition_point(|k| *k < self.c.len())];
                substitute(&mut half.c, line, shift);
            }
            half.slop += self.rounding(table.order);
            half.slop = half.slop.next_up();
            half
        })
    }

    /// The mean of the square over the box in units of `unit^2`, a power of two near the error's size, so that squares neither
    /// overflow nor vanish; from below and above, and infinite above where they do nevertheless. `off` is how much of the box's measure its cells may miss.
    ///
    /// The polynomial's mean square by the integrals of monomials: `K` terms are off by `2K u` of the sum of magnitudes, at
    /// most the square of the size; then the triangle inequality for the slop.
    pub fn mean_square(&self, table: &Monomials, off: f64, unit: f64) -> (f64, f64) {
        let scaled: Vec<f64> = self.c.iter().map(|c| c / unit).collect();
        let (mut sum, slop) = (0.0, (self.slop / unit).next_up());
        for (i, a) in scaled.iter().enumerate() {
            for (j, b) in scaled.iter().enumerate().skip(i) {
                let pairs = table.exponents[i].iter().zip(&table.exponents[j]);
                let mut weight = if i == j { 1.0 } else { 2.0 };
                for (p, q) in pairs {
                    let n = p + q;
                    weight = if n % 2 == 0 { weight / f64::from(n + 1) } else { 0.0 };
                }
                if weight != 0.0 {
                    sum += weight * a * b;
                }
            }
        }
        let terms = (self.c.len() * self.c.len()) as f64;
        let size = self.size() / unit;
        let wrong = (2.0 * (terms + 32.0) * U + off) * size * size * (1.0 + 1e-9) + f64::MIN_POSITIVE;
        let low = (sum - wrong).max(0.0).sqrt() * (1.0 - 4.0 * U) - slop;
        let high = (sum.max(0.0) + wrong).sqrt() * (1.0 + 4.0 * U) + slop;
        if !(sum.is_finite() && wrong.is_finite() && high * high < f64::INFINITY) {
            return (0.0, f64::INFINITY);
        }
        let low = (low.max(0.0) * low.max(0.0)) * (1.0 - 8.0 * U) - f64::MIN_POSITIVE;
        (low.max(0.0), high * high * (1.0 + 8.0 * U) + f64::MIN_POSITIVE)
    }
}

/// `p(t/2 + shift)` along a line of coefficients, by Horner's scheme.
fn substitute(c: &mut [f64], line: &[usize], shift: f64) {
    let Some(top) = line.len().checked_sub(1) else { return };
    // Coefficients of p(s + h t): those from k on, already moved, are multiplied by (s + h t) and the next is added.
    for k in (0..top).rev() {
        for i in k..top {
            let (low, high) = (line[i], line[i + 1]);
            c[low] += shift * c[high];
        }
    }
    let mut scale = 1.0;
    for k in line {
        c[*k] *= scale;
        scale *= 0.5;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(c: &[f64], table: &Monomials, t: &[f64]) -> f64 {
        let term =
            |(c, e): (&f64, &Vec<u8>)| c * e.iter().zip(t).flat_map(|(e, t)| (0..*e).map(move |_| *t)).product::<f64>();
        c.iter().zip(&table.exponents).map(term).sum()
    }

    #[test]
    fn halves_are_the_same_function() {
        let table = Monomials::up_to(2, 5);
        let c: Vec<f64> = (0..table.count[4]).map(|k| ((k * 7919) % 23) as f64 / 11.0 - 1.0).collect();
        let whole = Residual { c, slop: 0.0 };
        for axis in 0..2 {
            for (half, shift) in whole.halves(&table, axis).iter().zip([-0.5, 0.5]) {
                for k in 0..30 {
                    let t = [f64::from(k * 5 % 31) / 15.0 - 1.0, f64::from(k) / 15.0 - 1.0];
                    let mut s = t;
                    s[axis] = t[axis] / 2.0 + shift;
                    let (a, b) = (value(&half.c, &table, &t), value(&whole.c, &table, &s));
                    assert!((a - b).abs() <= 1e-13, "{a} {b}");
                    assert!(a.abs() <= half.bound(&table));
                }
            }
        }
    }

    #[test]
    fn mean_squares() {
        let table = Monomials::up_to(2, 3);
        let at = |e: [u8; 2]| table.exponents.iter().position(|x| x[..] == e).unwrap();
        let mut c = vec![0.0; table.len()];
        (c[0], c[at([1, 0])], c[at([0, 2])]) = (1.0, 2.0, -1.0);
        // E[(1 + 2 s - t^2)^2] = 1 + 4/3 + 1/5 - 2/3
        let (low, high) = Residual { c, slop: 0.0 }.mean_square(&table, 0.0, 1.0);
        let exact = 1.0 + 4.0 / 3.0 + 0.2 - 2.0 / 3.0;
        assert!(low <= exact && exact <= high && high - low < 1e-10, "{low} {high}");
    }
}
