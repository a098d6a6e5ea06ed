//! The search for the largest error over a box: what may hold a larger one than was found is divided, the worst first.
//!
//! A part of the domain is expanded anew while its remainder is too large. Once the remainder is a small part of the
//! largest error, the polynomial itself is divided, which costs next to nothing.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use bumpnet_interval::{Interval, Wide};
use bumpnet_kernel::boxes::proof::{BoxProof, Boxes, Expanded, Open, expansion};
use bumpnet_kernel::log::Log;
use bumpnet_kernel::poly::{Cell, Number};

use super::sample;
use crate::work::steps;

/// The promise: `upper <= 1.01 lower`.
const PROMISE: f64 = 1.01;
/// The remainder of a part that is not expanded again, in parts of the largest error: a fifth of what the promise leaves.
const REMAINDER: f64 = 2e-3;
/// The remainder of a part whose polynomial may show that the part holds no large error, in parts of the largest error; and
/// the divisions that this may take. Heuristic.
const HOPEFUL: f64 = 0.3;
const MOST_PIECES: usize = 300;
/// Terms that are left out of sums may be so large, in parts of the largest error; heuristic.
const NEGLIGIBLE: f64 = 1e-4;
/// The part of the target's scale below which an error is as good as none.
const SMALL: f64 = 1e-12;
/// Products of coefficients that a proof may take. Heuristic: a minute or two.
const MOST_PRODUCTS: f64 = 1e10;
/// Divisions of polynomials that a proof may take. Heuristic: seconds.
const MOST_DIVISIONS: usize = 1_000_000;
/// Expansions after which a bound that is still the first one is given up on. Heuristic: as many as cut each of four axes in five.
const MOST_IN_VAIN: usize = 1250;
/// Parts of a domain's side that the arithmetic is chosen on; heuristic.
const PROBE: f64 = 1.0 / 64.0;

/// How a proof begins.
pub const BY_INTERVALS: u32 = 0;
pub const BY_WIDE: u32 = 1;

/// What a search comes back with.
pub struct Found<'b, 'q> {
    pub proof: BoxProof<'b, 'q>,
    /// The error at `argmax` is at least this.
    pub lower: f64,
    pub argmax: Vec<f64>,
    /// Whether the coefficients' own width, or the work, was the limit.
    pub limited: bool,
}

/// What may hold a large error.
struct Part {
    bound: f64,
    /// Among equal bounds the older one first.
    number: usize,
    /// Which box.
    of: usize,
    kind: Kind,
}

enum Kind {
    /// All of the box, perhaps to be divided.
    Whole,
    /// All of it, its polynomial divided as far as was needed.
    Resolved,
    /// A piece of it: centre and half-width of its variables.
    Piece(usize, Vec<(f64, f64)>),
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Part {}
impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.total_cmp(&other.bound).then(other.number.cmp(&self.number))
    }
}

/// Searches the whole domain for an error above `threshold`, and then for the largest.
pub fn run<'b, 'q>(boxes: &'b Boxes<'q>, threshold: f64, kept: bool) -> Found<'b, 'q> {
    let (argmax, lower) = sample::largest(boxes);
    let search = Search {
        boxes,
        threshold,
        lower,
        argmax,
        heap: BinaryHeap::new(),
        expanded: Vec::new(),
        parts: 0,
        limited: false,
    };
    // A part around the largest error shows whether binary64 knows the terms well enough.
    let (_, noise, _) = expansion::<Interval>(boxes, &search.probe(), search.tolerance());
    if noise <= REMAINDER * search.wanted() / 4.0 {
        search.proof::<Interval>(BY_INTERVALS, kept)
    } else {
        search.proof::<Wide>(BY_WIDE, kept)
    }
}

struct Search<'b, 'q> {
    boxes: &'b Boxes<'q>,
    threshold: f64,
    lower: f64,
    argmax: Vec<f64>,
    heap: BinaryHeap<Part>,
    /// Every box that was expanded, but for those that were divided.
    expanded: Vec<Option<Expanded>>,
    /// Parts made so far.
    parts: usize,
    limited: bool,
}

impl<'b, 'q> Search<'b, 'q> {
    fn probe(&self) -> Vec<Cell> {
        let around = |(cell, x): (&Cell, &f64)| {
            let r = (cell.b - cell.a) * PROBE;
            Cell { a: (x - r).max(cell.a), b: (x + r).min(cell.b) }
        };
        self.boxes.domain().iter().zip(&self.argmax).map(around).collect()
    }

    /// An error that matters.
    fn wanted(&self) -> f64 {
        self.lower.max(SMALL * self.boxes.scale)
    }

    /// An error that is small enough to be left out.
    fn tolerance(&self) -> f64 {
        NEGLIGIBLE * self.wanted()
    }

    /// A bound that is good enough: within the promise, and below the threshold where the error itself is.
    fn goal(&self) -> f64 {
        let promise = PROMISE * self.lower;
        match self.lower <= self.threshold && self.threshold < promise {
            true => self.threshold.max(self.lower * (1.0 + 1e-6)),
            false => promise,
        }
    }

    /// The proof in one arithmetic.
    fn proof<T: Number>(mut self, code: u32, kept: bool) -> Found<'b, 'q> {
        let mut log = Log::new(kept);
        log.step(code);
        let (mut proof, root) = BoxProof::begin(self.boxes, self.lower.max(self.boxes.scale), log);
        self.expand::<T>(&proof, root);
        self.divide::<T>(&mut proof);
        self.expanded.into_iter().flatten().for_each(|expanded| proof.done(expanded));
        Found { proof, lower: self.lower, argmax: self.argmax, limited: self.limited }
    }

    fn expand<T: Number>(&mut self, proof: &BoxProof<'_, '_>, open: Open) {
        let expanded = proof.expand::<T>(open, self.tolerance());
        self.push(expanded.bound(&self.boxes.table), self.expanded.len(), Kind::Whole);
        self.expanded.push(Some(expanded));
    }

    fn push(&mut self, bound: f64, of: usize, kind: Kind) {
        self.parts += 1;
        self.heap.push(Part { bound, number: self.parts, of, kind });
    }

    /// A bound that is good enough for a box as it was expanded, by dividing its polynomial; `None` if that does not show.
    fn resolve(&self, expanded: &mut Expanded) -> Option<f64> {
        let (goal, table) = (self.goal(), &self.boxes.table);
        let (mut worst, mut divisions) = (0.0f64, 0);
        let mut stack = vec![0];
        while let Some(piece) = stack.pop() {
            let residual = expanded.piece(piece);
            let bound = residual.bound(table);
            if bound <= goal {
                worst = worst.max(bound);
                continue;
            }
            divisions += 1;
            if divisions > MOST_PIECES || residual.centre().abs() + residual.slop() > goal {
                expanded.undo();
                return None;
            }
            let axis = residual.axis(table);
            stack.extend([Some(piece), expanded.halve(table, piece, axis)].into_iter().flatten());
        }
        Some(worst)
    }

    /// Divides until the largest bound is good enough, or the budget is used.
    fn divide<T: Number>(&mut self, proof: &mut BoxProof<'_, '_>) {
        let cost = self.boxes.slots().units() as f64 * self.boxes.table.len() as f64;
        let most_expansions = (MOST_PRODUCTS / cost / 40.0).clamp(200.0, 100_000.0);
        let most_expansions = steps(most_expansions as usize);
        let most_divisions = steps(MOST_DIVISIONS);
        let (mut expansions, mut divisions) = (1, 0);
        let first = self.heap.peek().map_or(0.0, |part| part.bound);
        while let Some(part) = self.heap.pop() {
            // Dividing does not help where a jump is everywhere, or nothing is known.
            if expansions >= MOST_IN_VAIN && part.bound >= first {
                self.limited = true;
                break;
            }
            if part.bound <= self.goal() || divisions >= most_divisions {
                self.limited |= part.bound > self.goal();
                break;
            }
            let Some(mut expanded) = self.expanded[part.of].take() else { break };
            match part.kind {
                Kind::Whole => {
                    let (slop, noise) = (expanded.residual().slop(), expanded.noise);
                    let hopeful = slop <= HOPEFUL * self.lower;
                    if let Some(bound) = hopeful.then(|| self.resolve(&mut expanded)).flatten() {
                        self.expanded[part.of] = Some(expanded);
                        self.push(bound, part.of, Kind::Resolved);
                        continue;
                    }
                    let fine = slop <= REMAINDER * self.wanted() || noise > slop / 2.0;
                    let expanded = match fine || expansions >= most_expansions {
                        true => expanded,
                        false => match proof.divide_again(expanded) {
                            Ok(halves) => {
                                halves.into_iter().for_each(|half| self.expand::<T>(proof, half));
                                expansions += 2;
                                continue;
                            }
                            Err(expanded) => expanded,
                        },
                    };
                    let whole = vec![(0.0, 1.0); expanded.cells().len()];
                    self.expanded[part.of] = Some(expanded);
                    self.push(part.bound, part.of, Kind::Piece(0, whole));
                }
                Kind::Resolved => {
                    // The goal has fallen since: all of its pieces count again.
                    expanded.undo();
                    let whole = vec![(0.0, 1.0); expanded.cells().len()];
                    let bound = expanded.bound(&self.boxes.table);
                    self.expanded[part.of] = Some(expanded);
                    self.push(bound, part.of, Kind::Piece(0, whole));
                }
                Kind::Piece(piece, at) => {
                    self.look_at(&expanded, piece, &at);
                    let residual = expanded.piece(piece);
                    // No division makes the slop smaller.
                    let in_vain = residual.slop() > 0.5 * (part.bound - self.lower) && part.bound > self.goal();
                    if in_vain || at.iter().all(|(_, half)| *half < 1e-9) {
                        self.limited = true;
                        self.expanded[part.of] = Some(expanded);
                        break;
                    }
                    divisions += 1;
                    let axis = residual.axis(&self.boxes.table);
                    let high = expanded.halve(&self.boxes.table, piece, axis);
                    for (piece, sign) in [(Some(piece), -1.0), (high, 1.0)] {
                        let Some(piece) = piece else { continue };
                        let mut at = at.clone();
                        let half = at[axis].1 / 2.0;
                        at[axis] = (at[axis].0 + sign * half, half);
                        self.push(expanded.piece(piece).bound(&self.boxes.table), part.of, Kind::Piece(piece, at));
                    }
                    self.expanded[part.of] = Some(expanded);
                }
            }
        }
    }

    /// Whether the error at the centre of a piece is the largest yet.
    fn look_at(&mut self, expanded: &Expanded, piece: usize, at: &[(f64, f64)]) {
        let residual = expanded.piece(piece);
        if residual.centre().abs() - residual.slop() <= self.lower * 1.0005 {
            return;
        }
        let point = |(cell, (t, _)): (&Cell, &(f64, f64))| (cell.centre() + cell.radius() * t).clamp(cell.a, cell.b);
        let x: Vec<f64> = expanded.cells().iter().zip(at).map(point).collect();
        let error = self.boxes.error_at(&x).mignitude();
        if error > self.lower {
            (self.lower, self.argmax) = (error, x);
        }
    }
}
