//! Polynomials for parts of a model in plain arithmetic, with one bound of all that is rounded: some twenty times as quick
//! as balls, and good enough where the tolerance is far above rounding.
//!
//! A model's middles are a polynomial p of binary64 coefficients m. With `t = s + r tau`, |t| <= 1, its Taylor coefficients at
//! s are sums of products of which none goes through more than 45 roundings, so that they are off by at most
//! `46 u sum_k |m_k|` together. What s itself is off counts by p's largest slope. u is the unit roundoff.

use bumpnet_interval::{UpperBound, Wide};
use bumpnet_ir::Precision;
use bumpnet_prove::poly::{ORDER, Poly};

use crate::chebyshev::{cut, weight};
use crate::model::Model;

/// Unit roundoff.
const U: f64 = f64::EPSILON / 2.0;

/// The coefficients of a polynomial.
pub type QuickRow = [f64; ORDER + 1];

/// A model's middles, and what a polynomial that is made from them is off for that.
pub struct Quick {
    middles: [f64; ORDER + 1],
    centre: f64,
    radius: f64,
    off: UpperBound,
}

impl Quick {
    /// `None` where there is no polynomial, or what is rounded is more than an eighth of the tolerance.
    /// `largest` is the largest number of the domain.
    pub fn new(model: &Model, largest: f64, tolerance: f64) -> Option<Quick> {
        let poly: &Poly<Wide> = model.poly.as_ref()?;
        let (centre, radius) = (model.cell.centre(), model.cell.radius());
        let mut middles = [0.0; ORDER + 1];
        let (mut unknown, mut size, mut slope) = (UpperBound::ZERO, UpperBound::ZERO, UpperBound::ZERO);
        for (k, (c, middle)) in poly.coefficients().iter().zip(&mut middles).enumerate() {
            *middle = c.midpoint().0;
            unknown = unknown + (*c - Wide::point(*middle)).magnitude();
            size = size + UpperBound::new(middle.abs());
            slope = slope + UpperBound::new(middle.abs() * k as f64);
        }
        // A part's middle, from the domain's lower end on, is off by 6 roundings of the largest number; its parameter by as
        // much, the radius for a unit, and some of its own.
        let moved = UpperBound::new(16.0 * U * (largest / radius + 1.0));
        // Parameters may be a little beyond 1.
        let off = unknown + UpperBound::new(64.0 * U) * size + UpperBound::new(1.001) * slope * moved;
        let off = off + UpperBound::new(f64::MIN_POSITIVE);
        (off.get() <= tolerance / 8.0).then_some(Quick { middles, centre, radius, off })
    }

    /// The coefficients of `sum_k b_k x^k` for the part about `centre` whose points are `centre + unit x`, on `|x| <= half`, and
    /// a bound of how far that is from the model.
    pub fn part(
        &self,
        (centre, unit): (f64, f64),
        half: f64,
        degree: usize,
        precision: Precision,
    ) -> (QuickRow, UpperBound) {
        let (shift, scale) = ((centre - self.centre) / self.radius, unit * half / self.radius);
        let mut c = self.middles;
        for from in 0..ORDER {
            for k in (from..ORDER).rev() {
                c[k] += shift * c[k + 1];
            }
        }
        let mut power = 1.0;
        for c in &mut c {
            *c *= power;
            power *= scale;
        }
        let change = cut(&c, degree);
        let (mut rest, mut row, mut power) = (c, [0.0; ORDER + 1], 1.0);
        for k in 0..=degree {
            row[k] = precision.round((c[k] + change[k]) / power);
            rest[k] = c[k] - row[k] * power;
            power *= half;
        }
        // Powers of `half`, products and differences: 20 u of each number; the sums below as much.
        let size: f64 = c.iter().zip(&rest).map(|(c, rest)| c.abs() + rest.abs()).sum();
        let coefficient = |j: usize| (j..=ORDER).step_by(2).map(|k| rest[k] * weight(k, j)).sum::<f64>().abs();
        let most: f64 = (0..=ORDER).map(coefficient).sum();
        (row, UpperBound::new(most) * UpperBound::new(1.0 + 64.0 * U) + UpperBound::new(size * (64.0 * U)) + self.off)
    }
}
