//! What a proof over boxes is about: the error on a box as a Taylor model, and along which axis to divide the box.

use bumpnet_interval::Interval;
use bumpnet_ir::{Expr, Input, Network};

use super::expansion::TaylorModel;
use super::monomials::Monomials;
use crate::poly::Cell;

/// In which numbers the coefficients of a network are added up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arithmetic {
    /// Intervals of binary64.
    Intervals,
    /// Balls around double-double numbers.
    Wide,
}

/// What the error is on a part of the domain. Only this crate says so.
pub trait Source: sealed::Sealed {
    /// The target.
    fn target(&self) -> &Expr;
    /// The network.
    fn network(&self) -> &Network;
    /// The monomials of the Taylor models.
    fn table(&self) -> &Monomials;
    /// A magnitude of the target over the domain.
    fn scale(&self) -> f64;
    /// The error on some cells, and the axis along which they should be divided for a smaller remainder. `wanted` is an error
    /// that matters.
    fn error(&self, cells: &[Cell], wanted: f64, arithmetic: Arithmetic) -> (TaylorModel<'_, Interval>, usize);

    /// The domain.
    fn domain(&self) -> Vec<Cell> {
        self.network().inputs.iter().map(|input| Cell { a: input.lo, b: input.hi }).collect()
    }

    /// The error at a point.
    fn error_at(&self, point: &[f64]) -> Interval {
        crate::several::error_at(self.target(), self.network(), point)
    }
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// How much each axis adds to a polynomial's terms of the two highest degrees, about, which are what remainders are like;
/// `None` if it has no terms but linear ones.
pub(crate) fn highest_terms(table: &Monomials, polynomial: &TaylorModel<'_, Interval>) -> Option<Vec<f64>> {
    let c = &polynomial.c;
    if c.len() <= table.inputs + 1 {
        return None;
    }
    let degree = table.degree[c.len() - 1];
    let mut score = vec![0.0; table.inputs];
    for (k, c) in c.iter().enumerate().skip(table.count[degree.saturating_sub(2)]) {
        for (sum, e) in score.iter_mut().zip(&table.exponents[k]) {
            *sum += c.magnitude().get() * f64::from(*e);
        }
    }
    Some(score)
}

/// The axis with the largest score, or of the longest side, in parts of the domain's.
pub fn longest(cells: &[Cell], inputs: &[Input], score: Option<Vec<f64>>) -> usize {
    let share = |k: usize| (cells[k].b - cells[k].a) / (inputs[k].hi - inputs[k].lo);
    let score = score.unwrap_or_else(|| (0..cells.len()).map(share).collect());
    // An axis that cannot be divided, or a score that is not a number, is no candidate.
    let usable = |k: usize| if cells[k].is_sliver() || share(k) < 1e-12 { -1.0 } else { score[k].max(0.0) };
    (0..cells.len()).fold(0, |best, k| if usable(k) > usable(best) { k } else { best })
}
