//! `placement: optimal`: the fewest constant pieces for an error, or the smallest error for a number of pieces.
//!
//! A cell can be served by one constant to within `e` exactly if the target's oscillation on it (largest minus smallest
//! value) is at most `2e`. The greedy sweep extends each cell as far as that allows; no set of cells can get further with
//! as many. Two counts prove it: the cells found have an oscillation *proved* to be at most `2e`, so that many pieces are
//! enough; and stretches that end only where their oscillation is *proved* to be above `2e` need an edge each. Where the
//! counts agree, the number of pieces is minimal, proved.
//!
//! A jump of the target lies between two neighbouring numbers, the first of which ends a cell and the second of which begins
//! the next: at every number that there is the cells are good. What is proved of stretches is about all reals, so that
//! no function of fewer pieces does, wherever its edges are.
//!
//! Work is done on pieces where the target runs one way (see `turning.rs`). There it takes every value between those at
//! the ends, so that counting cells needs no points at all (see `levels.rs`); and a cell's end is a root, not a scan.

use bumpnet_interval::{Interval, Quality, Wide};
use bumpnet_ir::{Expr, Input};
use bumpnet_prove::watch::stopped;

use crate::error::CompileError;
use crate::levels::{Extent, Side, Stretch, count};
use crate::turning::{Piece, Run, pieces};

/// Turning points are enclosed until the target varies by less than this part of the error around them, ...
const TURN: f64 = 1e-10;
/// ... or than this part of the target's scale: a few roundings.
const TURN_SCALE: f64 = 1e-15;
/// How much of the smallest error for a number of pieces is given up to roundings at first.
const EPS_TOLERANCE: f64 = 1e-9;
/// How much wider than the cell before the next is taken to be at most; heuristic.
const WIDER: f64 = 1.02;
/// The part of the error that is kept back, so that a certificate, which knows values to some roundings only, can prove
/// the error asked for: 1e-7 of it, and this part of the target's scale.
const KEPT_BACK: (f64, f64) = (1e-7, 1e-14);
/// Steps of one number's width by which a root may have to be moved until it is proved; each is twice the one before.
const MOVES: u32 = 60;

/// Cells with their heights, and what is proved of their number.
#[derive(Clone, PartialEq, Debug)]
pub struct Optimal {
    /// The edges, one more than cells.
    pub edges: Vec<f64>,
    /// The middle of the target's range on each cell.
    pub heights: Vec<f64>,
    /// No piecewise constant function with fewer pieces has an error within `eps`.
    pub at_least: usize,
    /// The error asked for, or found.
    pub eps: f64,
}

/// The fewest pieces for an error, `most` at most.
///
/// # Errors
/// Why the error cannot be met.
pub fn fewest(target: &Expr, input: &Input, eps: f64, most: usize) -> Result<Optimal, CompileError> {
    let scale = bumpnet_prove::range(target, input, 64).magnitude().get();
    let aim = eps - KEPT_BACK.0 * eps - KEPT_BACK.1 * scale;
    let stretches = stretches(target, input, tolerance(scale, aim))?;
    let enough = sweep(target, &stretches, aim, most)?;
    if let Some(at) = enough.stuck {
        return Err(CompileError::Unresolved { at, eps });
    }
    if enough.edges.len() > most {
        return Err(CompileError::TooMany { most, eps });
    }
    let at_least = count(&stretches, eps, Side::Needed);
    Ok(enough.finish(input, at_least, eps))
}

/// How closely turning points are enclosed for an error.
fn tolerance(scale: f64, eps: f64) -> f64 {
    (TURN * eps).max(TURN_SCALE * scale)
}

/// The pieces of the domain on which the target runs one way, with the values at their ends.
fn stretches(target: &Expr, input: &Input, tolerance: f64) -> Result<Vec<Stretch>, CompileError> {
    let pieces = pieces(target, input, tolerance)?;
    let mut to = value(target, input.lo);
    let stretch = |piece: Piece| {
        let from = to;
        to = value(target, piece.b);
        Stretch { piece, from, to }
    };
    Ok(pieces.into_iter().map(stretch).collect())
}

/// The target at a number; next to a jump in more digits than binary64 has, which tell its side.
fn value(target: &Expr, x: f64) -> Interval {
    let value: Interval = target.eval(&[Interval::point(x)]);
    if value.quality() == Quality::Continuous { value } else { target.eval(&[Wide::point(x)]).interval() }
}

/// The smallest error for a number of pieces, to about 1e-9 of itself.
///
/// # Errors
/// The target turns too often.
pub fn smallest_error(target: &Expr, input: &Input, pieces: usize) -> Result<Optimal, CompileError> {
    let range = bumpnet_prove::range(target, input, 1024);
    let most = (range.width().get() / 2.0).max(f64::MIN_POSITIVE);
    // What a target that runs one way needs; others need more, unless they stay or jump.
    let mut guess = most / pieces as f64;
    let (stretches, least) = loop {
        let tolerance = tolerance(range.magnitude().get(), guess);
        let stretches = stretches(target, input, tolerance)?;
        let least = least_error(&stretches, pieces, most);
        if least >= guess || tolerance > TURN * guess {
            break (stretches, least);
        }
        guess = 0.5 * least;
    };
    // Edges are rounded, and values proved to some roundings only, so that each cell falls a little short of its level.
    let mut more = EPS_TOLERANCE;
    loop {
        let eps = least + more * least.max(f64::MIN_POSITIVE);
        let found = sweep(target, &stretches, eps, pieces)?;
        if found.stuck.is_none() && found.edges.len() <= pieces || eps > 2.0 * most {
            // Of a target with jumps fewer pieces may do for the same error, so that error itself decides what is needed.
            let at_least = count(&stretches, eps, Side::Needed);
            return Ok(found.finish(input, at_least, eps));
        }
        more *= 2.0;
    }
}

/// The smallest error for which so many cells are enough, `most` at most: a search among the bits of non-negative
/// binary64, which are in the order of the numbers.
fn least_error(stretches: &[Stretch], pieces: usize, most: f64) -> f64 {
    let (mut low, mut high) = (0, most.to_bits());
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if count(stretches, f64::from_bits(middle), Side::Enough) <= pieces as f64 {
            high = middle;
        } else {
            low = middle;
        }
    }
    f64::from_bits(high)
}

/// A sweep under way: the left edges of cells, and the extent of each that is finished.
struct Sweep {
    edges: Vec<f64>,
    extents: Vec<Extent>,
    /// Where no cell is proved to be good: the target is not known to `2 eps`.
    stuck: Option<f64>,
}

impl Sweep {
    /// Ends the cell under way.
    fn cut(&mut self, edge: f64, extent: Extent) {
        self.edges.push(edge);
        self.extents.push(extent);
    }

    fn finish(self, input: &Input, at_least: f64, eps: f64) -> Optimal {
        let heights = self.extents.iter().map(|extent| 0.5 * extent.low + 0.5 * extent.high).collect();
        let mut edges = self.edges;
        edges.push(input.hi);
        Optimal { edges, heights, at_least: at_least as usize, eps }
    }
}

/// Extends cells from left to right; stops beyond `most` edges.
///
/// # Errors
/// The search was stopped.
fn sweep(target: &Expr, stretches: &[Stretch], eps: f64, most: usize) -> Result<Sweep, CompileError> {
    let first = stretches.first().map_or((0.0, Interval::ZERO), |stretch| (stretch.piece.a, stretch.from));
    let mut extent = Extent::of(first.1, Side::Enough);
    let mut sweep = Sweep { edges: vec![first.0], extents: Vec::new(), stuck: None };
    for stretch in stretches {
        let piece = &stretch.piece;
        let mut start = Start { x: piece.a, value: stretch.from, width: 0.0 };
        loop {
            let grown = extent.with(stretch.reach(Side::Enough), Side::Enough);
            if grown.fits(eps, Side::Enough) {
                extent = grown;
                break;
            }
            if piece.run == Run::Gap {
                sweep.cut(piece.b, extent);
                extent = Extent::of(stretch.to, Side::Enough);
                if !extent.fits(eps, Side::Enough) {
                    sweep.stuck = Some(piece.b);
                    return Ok(sweep);
                }
                break;
            }
            // A stretch that is not resolved goes to the right as a whole; if the cell has just begun, it is too wide.
            let within = matches!(piece.run, Run::Within(..));
            if within && sweep.edges.last() == Some(&piece.a) {
                sweep.stuck = Some(piece.a);
            }
            if sweep.stuck.is_some() || sweep.edges.len() > most {
                return Ok(sweep);
            }
            if stopped() {
                return Err(CompileError::Stopped);
            }
            if !within {
                start = end(target, piece, &start, extent, eps);
            }
            sweep.cut(start.x, extent.with(start.value, Side::Enough));
            extent = Extent::of(start.value, Side::Enough);
        }
    }
    sweep.extents.push(extent);
    Ok(sweep)
}

/// Where on a piece the search for a cell's end begins: a point with its value, and the width of the cell before.
struct Start {
    x: f64,
    value: Interval,
    width: f64,
}

/// The end of a cell on a piece that rises or falls: the last point at which the range is proved to stay within `2 eps`.
fn end(target: &Expr, piece: &Piece, start: &Start, extent: Extent, eps: f64) -> Start {
    // Interval arithmetic knows values to about as many roundings as at the start; so much is left to it.
    let slack = start.value.width().get();
    let (sign, level) = match piece.run {
        Run::Up => (1.0, extent.low + 2.0 * eps - slack),
        _ => (-1.0, extent.high - 2.0 * eps + slack),
    };
    let excess = |x: f64| sign * (target.eval::<f64>(&[x]) - level);
    let low = (start.x, sign * (start.value.midpoint() - level));
    let at = match bracket(excess, low, piece.b, start.width) {
        (low, high) if low.1 < 0.0 => illinois(excess, low, high, 2.0 * f64::EPSILON * level.abs()),
        (low, _) => low.0,
    };
    let (x, value) = prove(target, start, extent, eps, at);
    Start { x, value, width: x - start.x }
}

/// A point and how far the target is beyond the level there.
type Excess = (f64, f64);

/// Two points with the root between them, grown from the width of the cell before.
fn bracket(excess: impl Fn(f64) -> f64, from: Excess, end: f64, width: f64) -> (Excess, Excess) {
    // Not zero, where a part of the smallest numbers would be rounded to it: that would never grow.
    let mut reach = if width > 0.0 { WIDER * width } else { ((end - from.0) / 64.0).max(f64::from_bits(1)) };
    let mut low = from;
    loop {
        let x = (from.0 + reach).min(end);
        let high = (x, excess(x));
        if high.1 > 0.0 || x == end {
            return (low, high);
        }
        low = high;
        reach *= 2.0;
    }
}

/// The Illinois method (Dowell and Jarratt 1971): false position with a halved weight for the end that stays. It ends where
/// the excess is noise.
fn illinois(excess: impl Fn(f64) -> f64, low: Excess, high: Excess, noise: f64) -> f64 {
    let ((mut a, mut fa), (mut b, mut fb)) = (low, high);
    for _ in 0..60 {
        let x = (b - fb * ((b - a) / (fb - fa))).clamp(a, b);
        if !(a < x && x < b) {
            break;
        }
        let fx = excess(x);
        if fx > 0.0 {
            (b, fb) = (x, fx);
            fa *= 0.5;
        } else {
            (a, fa) = (x, fx);
            fb *= 0.5;
        }
        if fx.abs() <= noise {
            return x;
        }
        if b - a <= 2.0 * f64::EPSILON * b.abs().max(a.abs()) {
            break;
        }
    }
    // The nearer end: the other one may not have moved for long.
    if fb.abs() < fa.abs() { b } else { a }
}

/// Moves the end of a cell to the left until interval arithmetic agrees that the cell is good.
fn prove(target: &Expr, start: &Start, extent: Extent, eps: f64, at: f64) -> (f64, Interval) {
    let mut x = at;
    let mut step = f64::EPSILON * at.abs().max(f64::MIN_POSITIVE);
    for _ in 0..MOVES {
        let value = target.eval(&[Interval::point(x)]);
        if extent.with(value, Side::Enough).fits(eps, Side::Enough) {
            return (x, value);
        }
        x = (x - step).max(start.x);
        step *= 2.0;
    }
    (start.x, start.value)
}
