//! `placement: optimal`: the fewest constant pieces for an error, or the smallest error for a number of pieces.
//!
//! A cell can be served by one constant to within `e` exactly if the target's oscillation on it (largest minus smallest
//! value) is at most `2e`. The greedy sweep extends each cell as far as that allows; no set of cells can get further with
//! as many. Two counts prove it: the cells found have an oscillation *proved* to be at most `2e`, so that many pieces are
//! enough; and a second sweep ends each stretch only where its oscillation is *proved* to be above `2e`, so that each of
//! its stretches needs an edge of its own. Where the counts agree, the number of pieces is minimal, proved.
//!
//! Work is done on pieces where the target runs one way (see `turning.rs`), so a cell's end is a root, not a scan.

use bumpnet_interval::Interval;
use bumpnet_ir::{Expr, Input};

use crate::CompileError;
use crate::turning::{Piece, Run, pieces};

/// Turning points are enclosed until the target varies by less than this part of the error around them, ...
const TURN: f64 = 1e-10;
/// ... or than this part of the target's scale: a few roundings.
const TURN_SCALE: f64 = 1e-15;
/// Relative accuracy of the smallest error for a number of pieces.
const EPS_TOLERANCE: f64 = 1e-9;
/// The part of the error that is kept back, so that a certificate, which knows values to some roundings only, can prove
/// the error asked for: 1e-7 of it, and this part of the target's scale.
const KEPT_BACK: (f64, f64) = (1e-7, 1e-14);
/// Steps of one number's width by which a root may have to be moved until it is proved; more doubles each time.
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

/// Which sweep: one whose cells are surely good, or one whose stretches surely are not.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Enough,
    Needed,
}

/// The fewest pieces for an error, `most` at most.
///
/// # Errors
/// Why the error cannot be met.
pub fn fewest(target: &Expr, input: &Input, eps: f64, most: usize) -> Result<Optimal, CompileError> {
    let scale = bumpnet_prove::range(target, input, 64).magnitude().get();
    let aim = eps - KEPT_BACK.0 * eps - KEPT_BACK.1 * scale;
    let turns = turns(target, input, aim)?;
    let enough = sweep(target, &turns, aim, Side::Enough, most);
    if let Some(at) = enough.stuck {
        return Err(CompileError::Jump { at, eps });
    }
    if enough.edges.len() > most {
        return Err(CompileError::TooMany { most, eps });
    }
    let needed = sweep(target, &turns, eps, Side::Needed, most);
    Ok(Optimal { at_least: needed.edges.len(), ..enough.finish(input, eps) })
}

fn turns(target: &Expr, input: &Input, eps: f64) -> Result<Vec<Piece>, CompileError> {
    let scale = bumpnet_prove::range(target, input, 16).magnitude().get();
    pieces(target, input, (TURN * eps).max(TURN_SCALE * scale)).map_err(|at| CompileError::TurnsTooOften { at })
}

/// The smallest error for a number of pieces, to 1e-9 of itself.
///
/// # Errors
/// The target turns too often.
pub fn smallest_error(target: &Expr, input: &Input, count: usize) -> Result<Optimal, CompileError> {
    let high = bumpnet_prove::range(target, input, 1024).width().get() / 2.0;
    let (mut low, mut high) = (0.0, high.max(f64::MIN_POSITIVE));
    // The number of pieces, the last one counted by how full it is, falls with the error, about as its inverse: a secant
    // in that and halving take turns.
    let mut guess = high / count as f64;
    for round in 0..200 {
        if high - low <= EPS_TOLERANCE * high {
            break;
        }
        let found = sweep(target, &turns(target, input, guess)?, guess, Side::Enough, count);
        let enough = found.stuck.is_none() && found.edges.len() <= count;
        let filled = found.edges.len() as f64 - 1.0 + found.fill(guess);
        if enough {
            high = guess;
        } else {
            low = guess;
        }
        // Too small an error stops the sweep early: how far it came says how much too small.
        let reached = found.edges.last().map_or(1.0, |edge| (edge - input.lo) / (input.hi - input.lo));
        let secant = if enough { guess * filled / count as f64 } else { guess / reached.max(0.1) };
        let nudged = secant * (1.0 + 0.3 * EPS_TOLERANCE);
        guess = if round % 3 != 2 && low < nudged && nudged < high { nudged } else { 0.5 * (low + high) };
    }
    let turns = turns(target, input, low.max(f64::MIN_POSITIVE))?;
    let best = sweep(target, &turns, high, Side::Enough, count);
    // Of a target with jumps fewer pieces may do for the same error, so that error itself decides what is needed.
    let needed = sweep(target, &turns, high, Side::Needed, count);
    Ok(Optimal { at_least: needed.edges.len(), ..best.finish(input, high) })
}

/// What is known of the target's values on a cell: for cells that must be good all that it may take, for stretches that
/// must be bad what it surely attains.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Extent {
    low: f64,
    high: f64,
}

impl Extent {
    fn of(value: Interval, side: Side) -> Extent {
        match side {
            Side::Enough => Extent { low: value.lo(), high: value.hi() },
            Side::Needed => Extent { low: value.hi(), high: value.lo() },
        }
    }

    fn with(self, value: Interval, side: Side) -> Extent {
        let other = Extent::of(value, side);
        Extent { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Whether it is within `2 eps`: proved to be, or not proved to be beyond.
    fn fits(self, eps: f64, side: Side) -> bool {
        let twice = Interval::point(eps) + Interval::point(eps);
        let width = Interval::point(self.high) - Interval::point(self.low);
        match side {
            Side::Enough => width.hi() <= twice.lo(),
            Side::Needed => width.lo() <= twice.hi(),
        }
    }
}

/// A sweep under way: the left edges of cells, and the extent of each.
struct Sweep {
    edges: Vec<f64>,
    extents: Vec<Extent>,
    /// Where no cell can be good: the target jumps by more than `2 eps`.
    stuck: Option<f64>,
}

impl Sweep {
    fn finish(self, input: &Input, eps: f64) -> Optimal {
        let heights = self.extents.iter().map(|extent| 0.5 * extent.low + 0.5 * extent.high).collect();
        let mut edges = self.edges;
        edges.push(input.hi);
        Optimal { edges, heights, at_least: 1, eps }
    }

    /// How much of the error the last cell uses.
    fn fill(&self, eps: f64) -> f64 {
        self.extents.last().map_or(0.0, |extent| (extent.high - extent.low) / (2.0 * eps)).clamp(0.0, 1.0)
    }
}

/// Extends cells from left to right; stops beyond `most` edges.
fn sweep(target: &Expr, pieces: &[Piece], eps: f64, side: Side, most: usize) -> Sweep {
    let value = |x: f64| target.eval(&[Interval::point(x)]);
    let first = pieces.first().map_or(0.0, |piece| piece.a);
    let mut sweep = Sweep { edges: vec![first], extents: vec![Extent::of(value(first), side)], stuck: None };
    let mut extent = sweep.extents[0];
    let mut width = 0.0; // of the cell before, where the search for the next edge begins
    for piece in pieces {
        let (mut from, end) = (piece.a, value(piece.b));
        while sweep.edges.len() <= most && sweep.stuck.is_none() {
            let grown = match (piece.run, side) {
                (Run::Within(low, high), Side::Enough) => extent.with(Interval::new(low, high).unwrap_or(end), side),
                (Run::Within(..), Side::Needed) => extent.with(value(piece.a), side).with(end, side),
                _ => extent.with(end, side),
            };
            if grown.fits(eps, side) {
                extent = grown;
                break;
            }
            let edge = match piece.run {
                Run::Within(..) if side == Side::Needed => piece.b,
                // A stretch that is not resolved goes to the right as a whole; if the cell has just begun, it is too wide.
                Run::Within(..) if sweep.edges.last() == Some(&piece.a) => {
                    sweep.stuck = Some(piece.a);
                    break;
                }
                Run::Within(..) => piece.a,
                _ => root(target, piece, from, extent, eps, side, width),
            };
            let at_edge = value(edge);
            if let Some(last) = sweep.extents.last_mut() {
                *last = if edge > from { extent.with(at_edge, side) } else { extent };
            }
            (width, from) = (edge - from, edge);
            extent = Extent::of(at_edge, side);
            sweep.edges.push(edge);
            sweep.extents.push(extent);
            if side == Side::Needed && edge >= piece.b {
                break;
            }
        }
        if let Some(last) = sweep.extents.last_mut() {
            *last = extent;
        }
    }
    sweep
}

/// The last point of a piece, from `from` on, at which the range stays within `2 eps` (or the first at which it is proved
/// not to).
fn root(target: &Expr, piece: &Piece, from: f64, extent: Extent, eps: f64, side: Side, width: f64) -> f64 {
    let up = piece.run == Run::Up;
    let level = if up { extent.low + 2.0 * eps } else { extent.high - 2.0 * eps };
    let excess = |x: f64| {
        let value: f64 = target.eval(&[x]);
        if up { value - level } else { level - value }
    };
    let (low, high) = bracket(excess, from, piece.b, width);
    let at = illinois(excess, low, high);
    prove(target, piece, from, extent, eps, side, at)
}

/// An interval that holds the root, grown from the width of the cell before.
fn bracket(excess: impl Fn(f64) -> f64, from: f64, end: f64, width: f64) -> (f64, f64) {
    let mut reach = if width > 0.0 { 1.25 * width } else { (end - from) / 64.0 };
    let mut low = from;
    loop {
        let high = from + reach;
        if high >= end {
            return (low, end);
        }
        if excess(high) > 0.0 {
            return (low, high);
        }
        low = high;
        reach *= 2.0;
    }
}

/// The Illinois method (Dowell and Jarratt 1971): false position with a halved weight for the end that stays.
fn illinois(f: impl Fn(f64) -> f64, mut a: f64, mut b: f64) -> f64 {
    let (mut fa, mut fb) = (f(a), f(b));
    for _ in 0..60 {
        let x = (b - fb * ((b - a) / (fb - fa))).clamp(a, b);
        if !(a < x && x < b) {
            break;
        }
        let fx = f(x);
        if fx > 0.0 {
            (b, fb) = (x, fx);
            fa *= 0.5;
        } else {
            (a, fa) = (x, fx);
            fb *= 0.5;
        }
        if fx == 0.0 || b - a <= 2.0 * f64::EPSILON * b.abs().max(a.abs()) {
            break;
        }
    }
    // The nearer end: the other one may not have moved for long.
    if fb.abs() < fa.abs() { b } else { a }
}

/// Moves a root until interval arithmetic agrees: to the left for a cell that must be good, to the right for a stretch
/// that must be bad.
fn prove(target: &Expr, piece: &Piece, from: f64, extent: Extent, eps: f64, side: Side, at: f64) -> f64 {
    let good = |x: f64| extent.with(target.eval(&[Interval::point(x)]), side).fits(eps, side) == (side == Side::Enough);
    let mut x = at;
    let mut step = f64::EPSILON * at.abs().max(f64::MIN_POSITIVE);
    for _ in 0..MOVES {
        if good(x) {
            return x;
        }
        x = if side == Side::Enough { (x - step).max(from) } else { (x + step).min(piece.b) };
        step *= 2.0;
    }
    if side == Side::Enough { from } else { piece.b }
}
