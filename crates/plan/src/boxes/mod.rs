//! Networks of two to four inputs as one table over the box: a polynomial in each of equal cells.
//!
//! A graph of curves costs a look-up for each; a table over the box is one look-up, however the network is made. It is
//! worth its bytes where the network is smooth and little accuracy is asked for: the cheapest cells and terms are chosen by
//! the network's Taylor coefficients ([`choose`]), and each cell's polynomial is the network's own Taylor model there
//! ([`source`], [`model`]), economised ([`row`]).
//!
//! What is proved: a cell's model encloses the network, node by node, for every point that the table takes to the cell, and
//! with every rounding of its arithmetic; the difference between it and the row is bounded term by term, and so is the
//! rounding of the row's evaluation.

mod choose;
mod local;
mod model;
mod row;
mod shape;
#[cfg(target_arch = "x86_64")]
mod simd;
mod source;
mod table;
mod terms;

use bumpnet_interval::UpperBound;
use bumpnet_ir::Input;

use crate::graph::ranges::Ranges;
use choose::{MOST_CELLS, Sampled, TableChoice, axes};
use row::RowMaker;
use source::{BoxSource, CellPlace, Known};
use terms::{MOST_INPUTS, Terms};

pub use table::BoxTable;

/// Cells that are made at most, as a multiple of those that a table may have.
const TRIED: usize = 2;
/// Parts of the tolerance: for what a candidate leaves out as it is guessed, for what is left out of its models as it is
/// guessed, and for what is.
const GUESSED: f64 = 0.5;
const LEFT: f64 = 1.0 / 64.0;
const REST: f64 = 0.5;
/// Orders that are added where models leave out too much, and so many times. Heuristic.
const FURTHER: (usize, usize) = (3, 1);
/// Cells where models leave out too much whatever the order: others have to be so much narrower in some input. Heuristic.
const NARROWER: f64 = 1.4;
/// The least tolerance, in parts of the network's size: models are rounded to some 1e-14 of that.
const FINEST: f64 = 1e-13;
/// Widths of domains whose cells are counted in normal numbers. Heuristic.
const WIDTHS: std::ops::Range<f64> = 1e-15..1e15;

/// The cheapest table that is within the tolerance of the network, if there is one that costs less than `most`, in
/// nanoseconds a point.
pub fn lower(ranges: &Ranges<'_>, inputs: &[Input], tolerance: f64, most: f64) -> Option<BoxTable> {
    let domain: Vec<(f64, f64)> = inputs.iter().map(|input| (input.lo, input.hi)).collect();
    let usual = |(lo, hi): &(f64, f64)| WIDTHS.contains(&(hi - lo)) && lo.abs().max(hi.abs()) <= WIDTHS.end;
    let fine = tolerance > FINEST * ranges.size();
    if !fine || !(2..=MOST_INPUTS).contains(&inputs.len()) || !domain.iter().all(usual) {
        return None;
    }
    let source = BoxSource::new(ranges, inputs, tolerance)?;
    let mut sampled = Sampled::new(&source, &domain)?;
    let mut budget = TRIED * MOST_CELLS[inputs.len()];
    let (mut wanted, mut wide) = (GUESSED * tolerance, Vec::new());
    for candidate in sampled.candidates() {
        if candidate.cost >= most || budget == 0 {
            break;
        }
        let narrower =
            |wide: &Vec<usize>| candidate.cells.iter().zip(wide).any(|(n, m)| *n as f64 >= NARROWER * *m as f64);
        if !wide.iter().all(narrower) {
            continue;
        }
        let guess = sampled.error(&candidate, wanted);
        if guess > wanted {
            continue;
        }
        let order = sampled.order(&candidate, LEFT * tolerance);
        for further in 0..=FURTHER.1 {
            match made(&source, &candidate, &domain, order + further * FURTHER.0, tolerance, &mut budget) {
                Ok(table) => return Some(table),
                Err(Lack::Coarse(bound)) => {
                    wanted = wanted.min(guess * 0.8 * tolerance / bound);
                    break;
                }
                Err(Lack::Wide) if further == FURTHER.1 => wide.push(candidate.cells.clone()),
                Err(Lack::Wide) => {}
            }
        }
    }
    None
}

/// What is wrong with a candidate.
enum Lack {
    /// Its polynomials are off by so much.
    Coarse(f64),
    /// Its cells are too wide for the models.
    Wide,
}

/// A candidate's table, if all cells of it are within the tolerance.
fn made(
    source: &BoxSource<'_>,
    candidate: &TableChoice,
    domain: &[(f64, f64)],
    order: usize,
    tolerance: f64,
    budget: &mut usize,
) -> Result<BoxTable, Lack> {
    let terms = Terms::new(domain.len(), order);
    let rows = RowMaker::new(&candidate.shape, &terms);
    let axes = axes(candidate, domain).ok_or(Lack::Wide)?;
    let cells: usize = candidate.cells.iter().product();
    let mut known = Known::new();
    let mut content = Vec::new();
    let mut bound = UpperBound::ZERO;
    for number in 0..cells {
        let mut place = CellPlace { at: [0; MOST_INPUTS], centre: [0.0; MOST_INPUTS], radius: [0.0; MOST_INPUTS] };
        let mut rest = number;
        for (k, axis) in axes.iter().enumerate().rev() {
            place.at[k] = rest % axis.cells;
            rest /= axis.cells;
            (place.centre[k], place.radius[k]) = axis.cell(place.at[k]);
        }
        *budget = budget.saturating_sub(1);
        let model = source.on(&place, &terms, &mut known).ok_or(Lack::Wide)?;
        if !(model.rest.get() <= REST * tolerance) || *budget == 0 {
            return Err(Lack::Wide);
        }
        bound = bound.max(model.rest + rows.row(&model, &mut content));
        if !(bound.get() <= tolerance) {
            return Err(Lack::Coarse(bound.get()));
        }
    }
    Ok(BoxTable::new(axes, candidate.shape.clone(), &content, bound))
}

impl BoxTable {
    /// The values at as many of the first points as can be done several at a time: that number. What is wrong since a point
    /// is not in the domain is shown to `elsewhere`, from the number of its first point on.
    pub fn eval_into(&self, points: &[f64], values: &mut [f64], elsewhere: impl FnMut(usize, &mut [f64])) -> usize {
        #[cfg(target_arch = "x86_64")]
        return simd::eval_into(self, points, values, elsewhere);
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = (points, values, elsewhere);
            0
        }
    }
}
