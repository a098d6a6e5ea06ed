//! From the models of a network to a table: the degree, the cells, and the bound.

use bumpnet_interval::{UpperBound, Wide};
use bumpnet_ir::{Activation, Precision};
use bumpnet_prove::poly::{Cell, ORDER, Poly};

use crate::choose::{self, Choice, choices, most_cells, most_equal, power_of_half};
use crate::economise::{Piece, economise};
use crate::grid::CellGrid;
use crate::index::Index;
use crate::local::{Local, local};
use crate::model::Model;
use crate::quick::Quick;
use crate::table::{Kind, Table};
use crate::wanted::{DEEPEST, MOST, TableWanted};

/// How often cells are made narrower where one is not good enough; heuristic.
const NARROWER: usize = 8;

/// Pieces side by side, and where each ends.
struct Pieces {
    pieces: Vec<Option<Piece>>,
    /// Where each ends but the last.
    edges: Vec<f64>,
    /// The width of the narrowest.
    narrowest: f64,
}

/// A table and the bound of its error.
pub struct Lowered {
    /// The rows.
    pub table: Table,
    /// A bound of |plan - network| on the pieces.
    pub bound: UpperBound,
    /// Pieces that are to be summed directly.
    pub direct: usize,
}

/// The cheapest table for these models.
pub fn lower(models: &[Model], (lo, hi): (f64, f64), wanted: TableWanted) -> Lowered {
    for choice in choices(models, (lo, hi), wanted) {
        let made = match choice.kind {
            Kind::Local(_) => cells(models, (lo, hi), choice, wanted),
            kind => divided(models, kind, (lo, hi), wanted),
        };
        if let Some(lowered) = made {
            return lowered;
        }
    }
    let Pieces { pieces, edges, .. } = direct(models);
    finished(pieces, Index::of_edges(lo, hi, edges), Kind::Centred(16))
}

/// The table of a grid.
fn cells(models: &[Model], domain: (f64, f64), choice: Choice, wanted: TableWanted) -> Option<Lowered> {
    let (grid, stride, local) = narrowed(models, domain, choice, wanted)?;
    Some(Lowered { table: Table::of_cells(&grid, stride, local.rows), bound: local.bound, direct: 0 })
}

/// The cheapest grid in binary32, the numbers in a row, and the rows.
pub fn cells_in_single(
    models: &[Model],
    (lo, hi): (f64, f64),
    wanted: TableWanted,
) -> Option<(CellGrid, usize, Local)> {
    let choices = choose::single_choices(models, hi - lo, wanted)?;
    choices.into_iter().find_map(|choice| narrowed(models, (lo, hi), choice, wanted))
}

/// The rows of a grid; cells are made narrower until all are near enough, a few times.
fn narrowed(
    models: &[Model],
    domain: (f64, f64),
    choice: Choice,
    wanted: TableWanted,
) -> Option<(CellGrid, usize, Local)> {
    let stride = choice.kind.stride();
    let mut cells = choice.cells;
    for _ in 0..NARROWER {
        let grid = CellGrid::new(domain, cells, wanted.precision)?;
        if let Some(local) = local(models, wanted.output, &grid, stride - 1, wanted.tolerance) {
            return Some((grid, stride, local));
        }
        cells += (cells / 8).max(1).next_multiple_of(choice.apart);
        if cells > most_cells(wanted.precision) {
            break;
        }
    }
    None
}

/// The table of pieces about centres.
fn divided(models: &[Model], kind: Kind, (lo, hi): (f64, f64), wanted: TableWanted) -> Option<Lowered> {
    let pieces = divide_all(models, kind, wanted)?;
    let (pieces, index) = match equal_cells(models, kind, &pieces, (lo, hi), wanted) {
        Some(equal) => {
            let index = Index::cells(lo, hi, equal.len());
            (equal.into_iter().map(Some).collect(), index)
        }
        None => (pieces.pieces, Index::of_edges(lo, hi, pieces.edges)),
    };
    let pieces = if let ([Some(_)], [model]) = (&pieces[..], models)
        && wanted.plans > 1
    {
        vec![lowest(model, kind, wanted)]
    } else {
        pieces
    };
    Some(finished(pieces, index, kind))
}

fn finished(pieces: Vec<Option<Piece>>, index: Index, kind: Kind) -> Lowered {
    debug_assert!(index.edges.is_empty() || index.edges.len() == pieces.len());
    let bounds = pieces.iter().flatten().map(|piece| piece.truncation + piece.rounding);
    let bound = bounds.fold(UpperBound::ZERO, UpperBound::max);
    let direct = pieces.iter().filter(|piece| piece.is_none()).count();
    Lowered { table: Table::of_pieces(index, kind, &pieces), bound, direct }
}

/// Every piece summed directly.
fn direct(models: &[Model]) -> Pieces {
    let edges = models[1..].iter().map(|model| model.core.0).collect();
    Pieces { pieces: models.iter().map(|_| None).collect(), edges, narrowest: 0.0 }
}

/// All models divided into pieces of a kind; `None` if that takes too many.
fn divide_all(models: &[Model], kind: Kind, wanted: TableWanted) -> Option<Pieces> {
    let mut all = Pieces { pieces: Vec::new(), edges: Vec::new(), narrowest: f64::INFINITY };
    for model in models {
        if !all.pieces.is_empty() {
            all.edges.push(model.core.0);
        }
        match &model.poly {
            None => all.pieces.push(None),
            Some(poly) => divide(poly, model, kind, wanted, &mut all)?,
        }
        if all.pieces.len() > MOST {
            return None;
        }
    }
    Some(all)
}

/// A piece on a part of a model, and what is not known of the model there, which does not get better by halving.
///
/// The output neuron's function is composed with the sum on the part, where its series converges if the part is small: the
/// error says that it may.
fn piece_on(
    (poly, quick): (&Poly<Wide>, Option<&Quick>),
    model: &Model,
    core: (f64, f64),
    degree: usize,
    wanted: TableWanted,
) -> Result<(Piece, f64), Hopeless> {
    let cell = widened(core, model, wanted.margin);
    if cell.a == cell.b {
        return at_number(poly, model, &cell, degree, wanted.output).map(|piece| (piece, 0.0)).ok_or(Hopeless(true));
    }
    if let Some(quick) = quick {
        let (row, truncation) = quick.part((cell.centre(), 1.0), cell.radius(), degree, Precision::F64);
        // Not of a model of a single number, in units of whose width nothing is known.
        if let Some(piece) = Piece::new(&cell, row[..=degree].to_vec(), truncation) {
            return Ok((piece, 0.0));
        }
    }
    let part = poly.restrict(&model.cell, &cell);
    // What is not known of the sum, and behind the output the intervals' own width: all but the composition's remainder.
    let (whole, known) = match wanted.output {
        Activation::Identity => (part, ORDER + 1),
        output => (bumpnet_prove::through(output, &part.interval()).ok_or(Hopeless(false))?.convert(), ORDER),
    };
    let floor = whole.coefficients().iter().take(known).map(|c| c.radius()).sum::<UpperBound>().get();
    // What is too large for binary64 is larger on a part: it is divided by powers of the width.
    Ok((economise(&whole, &cell, degree).ok_or(Hopeless(true))?, floor))
}

/// The piece of a single number, in units of whose width nothing can be told: its value.
fn at_number(poly: &Poly<Wide>, model: &Model, cell: &Cell, degree: usize, output: Activation) -> Option<Piece> {
    let part = if model.cell.a == model.cell.b { *poly } else { poly.restrict(&model.cell, cell) };
    let value = output.apply(part.coefficients().first()?);
    let mut coefficients = vec![0.0; degree + 1];
    coefficients[0] = value.midpoint().0;
    let truncation = (value - Wide::point(coefficients[0])).magnitude();
    Piece::new(cell, coefficients, truncation)
}

/// There is no piece; whether there is none on a smaller part either.
struct Hopeless(bool);

/// A single piece of the lowest degree that is good enough, filled up with zeros, which need not be evaluated.
fn lowest(model: &Model, kind: Kind, wanted: TableWanted) -> Option<Piece> {
    let poly = (model.poly.as_ref()?, None);
    let at = |degree: usize| {
        let (mut piece, floor) = piece_on(poly, model, model.core, degree, wanted).ok()?;
        piece.coefficients.resize(kind.degree() + 1, 0.0);
        let enough = degree == kind.degree() || is_enough(&piece, floor, wanted);
        enough.then_some(piece)
    };
    (1..=kind.degree()).find_map(at)
}

/// Whether a piece is near enough to its model.
fn is_enough(piece: &Piece, floor: f64, wanted: TableWanted) -> bool {
    piece.truncation.get() <= 0.75 * wanted.tolerance + 2.0 * floor
}

/// Divides a model into parts that look good enough, and halves those that are not.
fn divide(poly: &Poly<Wide>, model: &Model, kind: Kind, wanted: TableWanted, all: &mut Pieces) -> Option<()> {
    let quick = wanted.quick(model);
    let quick = quick.as_ref();
    let start = depth(poly, kind.degree(), wanted.tolerance);
    if all.pieces.len() + (1 << start) > MOST {
        return None;
    }
    let (from, to) = model.core;
    let edge = |k: u32| if k == 1 << start { to } else { from + (to - from) * (f64::from(k) / f64::from(1 << start)) };
    // Of a model of a few numbers some parts have none: an edge that is no new one must not make a piece.
    let parts = (0..1 << start).rev().map(|k| ((edge(k), edge(k + 1)), start));
    let mut stack: Vec<((f64, f64), usize)> = parts.filter(|((a, b), _)| a < b).collect();
    if stack.is_empty() {
        stack.push(((from, to), start));
    }
    while let Some((core, depth)) = stack.pop() {
        let piece = piece_on((poly, quick), model, core, kind.degree(), wanted);
        let divides = !matches!(piece, Err(Hopeless(true)));
        let enough =
            |piece: Result<(Piece, f64), Hopeless>| piece.ok().filter(|(p, floor)| is_enough(p, *floor, wanted));
        let mut good = enough(piece);
        let middle = Cell { a: core.0, b: core.1 }.centre();
        let narrow = depth >= DEEPEST || !(core.0 < middle && middle < core.1);
        if good.is_none() && narrow && quick.is_some() {
            // Between numbers next to each other plain arithmetic is too coarse.
            good = enough(piece_on((poly, None), model, core, kind.degree(), wanted));
        }
        if good.is_none() && divides && !narrow {
            stack.push(((middle, core.1), depth + 1));
            stack.push(((core.0, middle), depth + 1));
            continue;
        }
        if core.0 > from {
            all.edges.push(core.0);
        }
        all.pieces.push(good.map(|(piece, _)| piece));
        all.narrowest = all.narrowest.min(core.1 - core.0);
        if all.pieces.len() > MOST {
            return None;
        }
    }
    Some(())
}

/// About how often a model is to be halved so that what economisation takes off, `|c_k| 2^(1-k)` for a coefficient
/// beyond the degree, is below the tolerance: one less, since the coefficients' signs help.
fn depth(poly: &Poly<Wide>, degree: usize, tolerance: f64) -> usize {
    let taken_off = |depth: usize| -> f64 {
        let term = |(k, c): (usize, &Wide)| c.midpoint().0.abs() * power_of_half(k * depth + k - 1);
        poly.coefficients().iter().enumerate().skip(degree + 1).map(term).sum()
    };
    (0..DEEPEST).find(|depth| taken_off(*depth) <= tolerance).unwrap_or(DEEPEST).saturating_sub(1)
}

fn widened((a, b): (f64, f64), model: &Model, margin: f64) -> Cell {
    Cell { a: (a - margin / 2.0).max(model.cell.a), b: (b + margin / 2.0).min(model.cell.b) }
}

/// Equal cells as narrow as the narrowest piece, if they are not many more.
fn equal_cells(
    models: &[Model],
    kind: Kind,
    pieces: &Pieces,
    (lo, hi): (f64, f64),
    wanted: TableWanted,
) -> Option<Vec<Piece>> {
    // Pieces are halves of halves of the domain, up to rounding.
    let count = ((hi - lo) / pieces.narrowest * 0.9).ceil();
    let most = most_equal(kind, pieces.pieces.len(), wanted);
    if !wanted.smooth || !(count <= most as f64) || pieces.pieces.iter().any(Option::is_none) {
        return None;
    }
    let count = (count as usize).next_power_of_two();
    let edge = |k: usize| if k == count { hi } else { lo + (hi - lo) * (k as f64 / count as f64) };
    if pieces.pieces.len() == count {
        return pieces.pieces.iter().cloned().collect();
    }
    let (mut at, mut quick) = (0, wanted.quick(&models[0]));
    let cell = |k: usize| {
        let (a, b) = (edge(k), edge(k + 1));
        // The model that reaches the cell's end; halves of halves contain whole cells up to rounding, which the margin covers.
        while models[at].cell.b < b + wanted.margin / 2.0 && at + 1 < models.len() {
            at += 1;
            quick = wanted.quick(&models[at]);
        }
        let model = &models[at];
        if !(model.cell.a <= a - wanted.margin / 2.0 && b + wanted.margin / 2.0 <= model.cell.b) {
            return None;
        }
        let poly = (model.poly.as_ref()?, quick.as_ref());
        piece_on(poly, model, (a, b), kind.degree(), wanted).ok().map(|(piece, _)| piece)
    };
    (0..count).map(cell).collect()
}
