//! From the network's model on a cell to the cell's row, and a bound of how far the row's values are from the model's
//! polynomial.

use bumpnet_interval::UpperBound;

use super::model::{BoxModel, U, over};
use super::shape::{LANES, Shape};
use super::terms::Terms;

/// How rows of a shape are made of models of some order.
pub struct RowMaker<'t> {
    terms: &'t Terms,
    /// Which terms are kept.
    kept: Vec<bool>,
    /// Where the numbers of a row are among the terms.
    places: Vec<[Option<usize>; LANES]>,
    /// Roundings that a term goes through when the row is evaluated.
    roundings: usize,
}

impl<'t> RowMaker<'t> {
    pub fn new(shape: &Shape, terms: &'t Terms) -> RowMaker<'t> {
        let kept = terms.exponents.iter().map(|e| shape.contains(e)).collect();
        let places = shape.row(terms);
        // A product and a sum for each power of each input.
        let powers = shape.degrees.iter().max().unwrap_or(&0) * (shape.inputs - 1) + shape.degrees.len() * LANES;
        RowMaker { terms, kept, places, roundings: 2 * powers + 2 }
    }

    /// The coefficients of the places in the cell, which are half the model's variables, and a bound of what they are off
    /// from its polynomial: what economisation leaves, in Chebyshev polynomials, and the roundings of the evaluation.
    pub fn row(&self, model: &BoxModel, to: &mut Vec<f64>) -> UpperBound {
        let chebyshev = self.in_chebyshev(&model.c);
        let mut c = vec![0.0; self.terms.len()];
        for (j, coefficient) in chebyshev.iter().enumerate().filter(|(j, _)| self.kept[*j]) {
            self.terms.from_chebyshev[j].iter().for_each(|(k, factor)| c[*k] += coefficient * factor);
        }
        let mut difference = c.iter().map(|c| -c).collect::<Vec<_>>();
        difference.iter_mut().zip(&model.c).for_each(|(d, c)| *d += c);
        let size = |c: &[f64]| c.iter().map(|c| c.abs()).sum::<f64>();
        // Factors are positive and 1 together for each term, so that a rounding costs no more than the term.
        let rounded = over(size(&difference) * U * (self.terms.len() + 2) as f64);
        let economised = over(size(&self.in_chebyshev(&difference))) + rounded;
        let evaluated = over(size(&c) * U * self.roundings as f64);
        let doubled = |place: &Option<usize>| place.map_or(0.0, |k| c[k] * (1u64 << self.terms.degree[k]) as f64);
        let before = to.len();
        to.extend(self.places.iter().flatten().map(doubled));
        let finite = to[before..].iter().all(|c| c.is_finite());
        if finite { economised + evaluated } else { UpperBound::INFINITE }
    }

    fn in_chebyshev(&self, c: &[f64]) -> Vec<f64> {
        let mut made = vec![0.0; self.terms.len()];
        for (c, sum) in c.iter().zip(&self.terms.to_chebyshev).filter(|(c, _)| **c != 0.0) {
            sum.iter().for_each(|(j, factor)| made[*j] += c * factor);
        }
        made
    }
}
