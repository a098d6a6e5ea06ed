//! What a search over boxes is about: the error on a box as a Taylor model, and along which axis to divide the box.

use std::marker::PhantomData;

use bumpnet_interval::Interval;
use bumpnet_ir::Input;

use super::expansion::Expansion;
use super::monomials::Monomials;
use super::slots::{Slots, variables};
use crate::poly::{Cell, Number};
use crate::several::Question;

/// Terms that are left out of sums may be so large, in parts of the largest error; heuristic.
const NEGLIGIBLE: f64 = 1e-4;

/// What the error is on a part of the domain.
pub trait Source {
    /// The error on some cells, and the axis along which they should be divided for a smaller remainder. `wanted` is an error
    /// that matters.
    fn error<'t>(&self, table: &'t Monomials, cells: &[Cell], wanted: f64) -> (Expansion<'t, Interval>, usize);
}

/// A network's value and the target's, one taken off the other.
pub struct Subtracted<'a, T> {
    task: &'a Question<'a>,
    slots: &'a Slots,
    number: PhantomData<T>,
}

impl<'a, T> Subtracted<'a, T> {
    /// Expanded in arithmetic of this kind.
    pub fn new(task: &'a Question<'a>, slots: &'a Slots) -> Self {
        Subtracted { task, slots, number: PhantomData }
    }
}

impl<T: Number> Source for Subtracted<'_, T> {
    fn error<'t>(&self, table: &'t Monomials, cells: &[Cell], wanted: f64) -> (Expansion<'t, Interval>, usize) {
        let value = self.slots.output::<T>(table, cells, NEGLIGIBLE * wanted);
        let target: Expansion<'_, Interval> = self.task.target.eval(&variables(table, cells));
        let mut error = value.interval();
        let score = match error.rest > target.rest {
            true => Some(self.slots.variation(cells)),
            false => highest_terms(table, &target),
        };
        error.add_scaled(Interval::point(-1.0), &target);
        (error, longest(cells, &self.task.network.inputs, score))
    }
}

/// How much each axis adds to a polynomial's terms of the two highest degrees, about, which are what remainders are like;
/// `None` if it has no terms but linear ones.
fn highest_terms(table: &Monomials, polynomial: &Expansion<'_, Interval>) -> Option<Vec<f64>> {
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
