//! Which kind of table is cheapest, told before any is made: how many cells each kind takes, and what such a table costs.

use bumpnet_ir::Precision;

use crate::cost::cost;
use crate::model::Model;
use crate::table::Kind;
use crate::turn::Turn;
use crate::wanted::{DEEPEST, MOST, TableWanted};

/// Bytes of a table that are as good as none: half of a common first-level cache.
const SMALL: usize = 1 << 14;
/// Bytes of an index with edges, for each piece: an edge, and four buckets or more.
const INDEX: usize = 32;
/// The part of the tolerance that cells are estimated by: what is left is for models, rounding, and the estimate.
const ROOM: f64 = 0.6;
/// A grid with more cells than this to the power of two is none.
const MOST_HALVINGS: usize = 18;

/// A kind of table, and how many pieces or cells it would take.
#[derive(Clone, Copy)]
pub struct Choice {
    /// The kind.
    pub kind: Kind,
    /// Cells of a grid; 0 for other kinds.
    pub cells: usize,
    /// What that is a multiple of, so that the models' edges are edges of cells.
    pub apart: usize,
    cost: f64,
}

/// All kinds, the cheapest first.
pub fn choices(models: &[Model], (lo, hi): (f64, f64), wanted: TableWanted) -> Vec<Choice> {
    let turns: Vec<Option<Turn>> = models.iter().map(|model| Turn::new(model, hi - lo, wanted.output)).collect();
    let mut choices: Vec<Choice> =
        Kind::CENTRED.into_iter().map(|kind| centred_choice(models, &turns, kind, hi - lo, wanted)).collect();
    let turns: Option<Vec<Turn>> = turns.into_iter().collect();
    if let Some(turns) = turns.filter(|_| wanted.cells && wanted.smooth) {
        choices.extend(Kind::LOCAL.into_iter().filter_map(|kind| local_choice(models, &turns, kind, hi - lo, wanted)));
    }
    choices.retain(|choice| wanted.degree.is_none_or(|degree| choice.kind.degree() == degree));
    choices.sort_by(|p, q| p.cost.total_cmp(&q.cost));
    choices
}

/// The same of grids in binary32; `None` where a model has no polynomial.
pub fn single_choices(models: &[Model], width: f64, wanted: TableWanted) -> Option<Vec<Choice>> {
    let turns: Vec<Turn> = models.iter().map(|model| Turn::new(model, width, wanted.output)).collect::<Option<_>>()?;
    let kinds = Kind::SINGLE.into_iter();
    let mut choices: Vec<Choice> = kinds.filter_map(|kind| local_choice(models, &turns, kind, width, wanted)).collect();
    choices.sort_by(|p, q| p.cost.total_cmp(&q.cost));
    Some(choices)
}

/// Polynomials about centres: halves of halves of the models, or equal cells.
fn centred_choice(models: &[Model], turns: &[Option<Turn>], kind: Kind, width: f64, wanted: TableWanted) -> Choice {
    let (mut pieces, mut narrowest) = (0.0f64, 1.0f64);
    for (model, turn) in models.iter().zip(turns) {
        let part = (model.core.1 - model.core.0) / width;
        let halves =
            turn.as_ref().map_or(0, |turn| halvings(part / (2.0 * turn.half(kind.degree(), 0.75 * wanted.tolerance))));
        let halved = power_of_half(halves);
        pieces += 1.0 / halved;
        narrowest = narrowest.min(part * halved);
    }
    let equal = 1.0 / narrowest;
    let searched = !(wanted.smooth && equal <= most_equal(kind, pieces as usize, wanted) as f64);
    let bytes = if searched { pieces * (8 * kind.stride() + INDEX) as f64 } else { equal * 8.0 * kind.stride() as f64 };
    let bytes = (bytes * wanted.plans as f64).min(1e18) as usize;
    let mut cost = cost(kind, bytes, searched);
    // The row of a single piece is the same for all points, and not looked up.
    if pieces == 1.0 && wanted.plans > 1 {
        cost *= 0.5;
    }
    Choice { kind, cells: 0, apart: 1, cost }
}

/// Polynomials in the coordinates of a grid's cells, whose edges are those of the models.
fn local_choice(models: &[Model], turns: &[Turn], kind: Kind, width: f64, wanted: TableWanted) -> Option<Choice> {
    let tolerance = ROOM * wanted.tolerance;
    // Positions are off by two roundings: where that is much of the tolerance, cells have centres.
    let slope = turns.iter().map(Turn::slope).fold(0.0, f64::max);
    let half = turns.iter().map(|turn| turn.half(kind.degree(), tolerance)).fold(0.5, f64::min);
    let narrowest = models.iter().map(|model| model.core.1 - model.core.0).fold(width, f64::min);
    let apart = 1usize << halvings(width / narrowest * (1.0 - 1e-9)).min(MOST_HALVINGS);
    let cells = (0.5 / half).ceil();
    let fits =
        3.0 * wanted.precision.unit_roundoff() * slope <= wanted.tolerance / 3.0 && cells > 1.0 && cells <= MOST as f64;
    let cells = (cells as usize).next_multiple_of(apart);
    (fits && cells <= most_cells(wanted.precision)).then(|| Choice {
        kind,
        cells,
        apart,
        cost: cost(kind, cells * kind.stride() * 8 * wanted.plans, false),
    })
}

/// How often a number is to be halved to be at most 1.
fn halvings(x: f64) -> usize {
    (0..DEEPEST).find(|n| x * power_of_half(*n) <= 1.0).unwrap_or(DEEPEST)
}

/// Most cells: in binary32 positions have too few digits for more.
pub fn most_cells(precision: Precision) -> usize {
    match precision {
        Precision::F64 => MOST,
        Precision::F32 => 1 << 16,
    }
}

/// Most equal cells where so many unequal ones would do.
pub fn most_equal(kind: Kind, pieces: usize, wanted: TableWanted) -> usize {
    (pieces * wanted.equal).max(SMALL / (8 * kind.stride() * wanted.plans))
}

/// `2^-n`.
pub fn power_of_half(n: usize) -> f64 {
    f64::from_bits((1023 - n.min(1022) as u64) << 52)
}
