//! From the models of a network to a table: the degree, the cells, and the bound.

use bumpnet_interval::{UpperBound, Wide};
use bumpnet_ir::Activation;
use bumpnet_prove::poly::{Cell, ORDER, Poly};

use crate::economise::{Piece, economise};
use crate::index::Index;
use crate::model::Model;
use crate::table::{Kind, Table};

/// Halvings of one model at most.
const DEEPEST: usize = 20;
/// Most pieces: 32 MiB at degree 14 are more than a last-level cache.
const MOST: usize = 1 << 18;
/// Most equal cells where unequal ones would do, as a multiple of those, for a network's own table. Heuristic: a search
/// among edges costs about what a twice as large table costs.
pub const EQUAL: usize = 4;
/// Bytes of a table that are as good as none: half of a common first-level cache.
const SMALL: usize = 1 << 14;

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

/// What is wanted.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// The output neuron's activation.
    pub output: Activation,
    /// How far a piece may be from the network before rounding.
    pub tolerance: f64,
    /// Whether the network breaks nowhere in the domain, so that equal cells will do.
    pub smooth: bool,
    /// How much wider than their cores the models' cells are.
    pub margin: f64,
    /// Most equal cells where unequal ones would do, as a multiple of those.
    pub equal: usize,
    /// Plans that share the caches.
    pub plans: usize,
}

/// The cheapest table for these models.
pub fn lower(models: &[Model], (lo, hi): (f64, f64), wanted: Wanted) -> Lowered {
    let mut best: Option<(Kind, Pieces)> = None;
    for kind in [Kind::Degree14, Kind::Sextic, Kind::Quadratic] {
        let limit =
            best.as_ref().map_or(f64::INFINITY, |(kind, pieces)| cost(*kind, pieces.pieces.len(), wanted.plans));
        if let Some(pieces) = divide_all(models, kind, limit, wanted) {
            best = Some((kind, pieces));
        }
    }
    let (kind, pieces) = best.unwrap_or_else(|| (Kind::Degree14, direct(models)));
    let (pieces, index) = match equal_cells(models, kind, &pieces, (lo, hi), wanted) {
        Some(equal) => {
            let index = Index::cells(lo, hi, equal.len());
            (equal.into_iter().map(Some).collect(), index)
        }
        None => (pieces.pieces, Index::of_edges(lo, hi, pieces.edges)),
    };
    debug_assert!(index.edges.is_empty() || index.edges.len() == pieces.len());
    let pieces = if let ([Some(_)], [model]) = (&pieces[..], models)
        && wanted.plans > 1
    {
        vec![lowest(model, kind, wanted)]
    } else {
        pieces
    };
    let bounds = pieces.iter().flatten().map(|piece| piece.truncation + piece.rounding);
    let bound = bounds.fold(UpperBound::ZERO, UpperBound::max);
    let direct = pieces.iter().filter(|piece| piece.is_none()).count();
    Lowered { table: Table::of_pieces(index, kind, &pieces), bound, direct }
}

/// What a point costs, in units of a multiplication: the arithmetic, and the caches that the table leaves. Heuristic.
fn cost(kind: Kind, pieces: usize, plans: usize) -> f64 {
    let bytes = pieces * plans * kind.stride() * 8;
    // Each doubling beyond 32 KiB, a first-level cache, sends more points to the slower ones.
    let doublings = (bytes as f64 / 32768.0).max(1.0).to_bits() as f64 / (1u64 << 52) as f64 - 1023.0;
    // The row of a single piece is the same for all points, and not looked up. (A network with a plan of its own keeps what
    // it has always had.)
    let looked_up = if pieces == 1 && plans > 1 { 0.5 } else { 1.0 };
    looked_up * kind.stride() as f64 + 4.0 * doublings
}

/// Every piece summed directly.
fn direct(models: &[Model]) -> Pieces {
    let edges = models[1..].iter().map(|model| model.core.0).collect();
    Pieces { pieces: models.iter().map(|_| None).collect(), edges, narrowest: 0.0 }
}

/// All models divided into pieces of a kind; `None` if that takes too many, or costs no less than the limit.
fn divide_all(models: &[Model], kind: Kind, limit: f64, wanted: Wanted) -> Option<Pieces> {
    let mut all = Pieces { pieces: Vec::new(), edges: Vec::new(), narrowest: f64::INFINITY };
    for model in models {
        if !all.pieces.is_empty() {
            all.edges.push(model.core.0);
        }
        match &model.poly {
            None => all.pieces.push(None),
            Some(poly) => divide(poly, model, (kind, limit), wanted, &mut all)?,
        }
        if all.pieces.len() > MOST || cost(kind, all.pieces.len(), wanted.plans) >= limit {
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
    poly: &Poly<Wide>,
    model: &Model,
    core: (f64, f64),
    degree: usize,
    wanted: Wanted,
) -> Result<(Piece, f64), Hopeless> {
    let cell = widened(core, model, wanted.margin);
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

/// There is no piece; whether there is none on a smaller part either.
struct Hopeless(bool);

/// A single piece of the lowest degree that is good enough, filled up with zeros, which need not be evaluated.
fn lowest(model: &Model, kind: Kind, wanted: Wanted) -> Option<Piece> {
    let poly = model.poly.as_ref()?;
    let at = |degree: usize| {
        let (mut piece, floor) = piece_on(poly, model, model.core, degree, wanted).ok()?;
        piece.coefficients.resize(kind.degree() + 1, 0.0);
        let enough = degree == kind.degree() || is_enough(&piece, floor, wanted);
        enough.then_some(piece)
    };
    (1..=kind.degree()).find_map(at)
}

/// Whether a piece is near enough to its model.
fn is_enough(piece: &Piece, floor: f64, wanted: Wanted) -> bool {
    piece.truncation.get() <= 0.75 * wanted.tolerance + 2.0 * floor
}

/// Divides a model into parts that look good enough, and halves those that are not.
fn divide(
    poly: &Poly<Wide>,
    model: &Model,
    (kind, limit): (Kind, f64),
    wanted: Wanted,
    all: &mut Pieces,
) -> Option<()> {
    let start = depth(poly, kind.degree(), wanted.tolerance);
    if cost(kind, all.pieces.len() + (1 << start), wanted.plans) >= limit {
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
        let piece = piece_on(poly, model, core, kind.degree(), wanted);
        let divides = !matches!(piece, Err(Hopeless(true)));
        let good = piece.ok().filter(|(piece, floor)| is_enough(piece, *floor, wanted));
        let middle = Cell { a: core.0, b: core.1 }.centre();
        if good.is_none() && divides && depth < DEEPEST && core.0 < middle && middle < core.1 {
            stack.push(((middle, core.1), depth + 1));
            stack.push(((core.0, middle), depth + 1));
            continue;
        }
        if core.0 > from {
            all.edges.push(core.0);
        }
        all.pieces.push(good.map(|(piece, _)| piece));
        all.narrowest = all.narrowest.min(core.1 - core.0);
        if all.pieces.len() > MOST || cost(kind, all.pieces.len(), wanted.plans) >= limit {
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

fn power_of_half(n: usize) -> f64 {
    f64::from_bits((1023 - n.min(1022) as u64) << 52)
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
    wanted: Wanted,
) -> Option<Vec<Piece>> {
    // Pieces are halves of halves of the domain, up to rounding.
    let count = ((hi - lo) / pieces.narrowest * 0.9).ceil();
    let most = (pieces.pieces.len() * wanted.equal).max(SMALL / (8 * kind.stride() * wanted.plans));
    if !wanted.smooth || !(count <= most as f64) || pieces.pieces.iter().any(Option::is_none) {
        return None;
    }
    let count = (count as usize).next_power_of_two();
    let edge = |k: usize| if k == count { hi } else { lo + (hi - lo) * (k as f64 / count as f64) };
    if pieces.pieces.len() == count {
        return pieces.pieces.iter().cloned().collect();
    }
    let mut at = 0;
    let cell = |k: usize| {
        let (a, b) = (edge(k), edge(k + 1));
        // The model that reaches the cell's end; halves of halves contain whole cells up to rounding, which the margin covers.
        while models[at].cell.b < b + wanted.margin / 2.0 && at + 1 < models.len() {
            at += 1;
        }
        let model = &models[at];
        if !(model.cell.a <= a - wanted.margin / 2.0 && b + wanted.margin / 2.0 <= model.cell.b) {
            return None;
        }
        piece_on(model.poly.as_ref()?, model, (a, b), kind.degree(), wanted).ok().map(|(piece, _)| piece)
    };
    (0..count).map(cell).collect()
}
