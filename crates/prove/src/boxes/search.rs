//! The search for the largest error over a box: what may hold a larger one than was found is divided, the worst first.
//!
//! A part of the domain is expanded anew while its remainder is too large. Once the remainder is a small part of the
//! largest error, the polynomial itself is divided, which costs next to nothing.

use std::collections::BinaryHeap;

use bumpnet_kernel::boxes::proof::{BoxProof, Boxes, Expanded, Open, expansion};
use bumpnet_kernel::boxes::source::{Arithmetic, Source};
use bumpnet_kernel::log::Log;
use bumpnet_kernel::poly::Cell;

use super::sample;
use super::subproblem::{Subproblem, SubproblemKind};
use crate::watch::stopped;
use crate::work::steps;

/// The promise: `upper <= 1.01 lower`.
const PROMISE: f64 = 1.01;
/// The remainder of a part that is not expanded again, in parts of the largest error: a fifth of what the promise leaves.
const REMAINDER: f64 = 2e-3;
/// The remainder of a part whose polynomial may show that the part holds no large error, in parts of the largest error; and
/// the divisions that this may take. Heuristic.
const HOPEFUL: f64 = 0.3;
const MOST_PIECES: usize = 300;
/// The part of the target's scale below which an error is as good as none.
const SMALL: f64 = 1e-12;
/// Products of coefficients that a proof may take, if each unit were one product of polynomials: it is some ten of a low degree.
/// Heuristic: some ten seconds.
const MOST_PRODUCTS: f64 = 2.5e9;
/// What a coefficient takes besides its products, in products. Heuristic; it is felt where orders are low.
const COEFFICIENT: usize = 12;
/// What a weight takes, in products. Heuristic: most are those of units of one input, whose polynomials are short.
const TERM: usize = 24;
/// Divisions of polynomials that a proof may take, and as many that may show that parts hold no large error. Heuristic:
/// seconds.
const MOST_DIVISIONS: usize = 500_000;
/// The part of the divisions, or the expansions, after which a search that is asked to end does so.
const SHORT: usize = 16;
const FEW_EXPANSIONS: usize = 16;
/// Expansions after which a bound that is still the first one is given up on. Heuristic: as many as cut each of four axes in five.
const MOST_IN_VAIN: usize = 1250;
/// Parts of a domain's side that the arithmetic is chosen on; heuristic.
const PROBE: f64 = 1.0 / 64.0;

/// How a proof begins.
pub const BY_INTERVALS: u32 = 0;
pub const BY_WIDE: u32 = 1;

/// How much work a search may take.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Boxes that are expanded, at most.
    pub expansions: usize,
    /// Divisions of polynomials, at most.
    pub divisions: usize,
    /// Expansions after which a bound that is still the first one is given up on.
    pub in_vain: usize,
}

/// What a search comes back with.
pub struct SearchResult<'b, S> {
    pub proof: BoxProof<'b, S>,
    /// The error at `argmax` is at least this.
    pub lower: f64,
    pub argmax: Vec<f64>,
    /// Whether the coefficients' own width, or the work, was the limit.
    pub limited: bool,
}

/// Searches the whole domain of a network for an error above `threshold`, and then for the largest.
pub fn run<'b, 'q>(boxes: &'b Boxes<'q>, threshold: f64, kept: bool) -> SearchResult<'b, Boxes<'q>> {
    let pairs: usize = (0..boxes.table().len()).map(|k| COEFFICIENT + boxes.table().products(k).len()).sum();
    let rows = boxes.slots().terms() * TERM;
    let cost = boxes.slots().units() as f64 * pairs as f64 + rows as f64;
    let expansions = (MOST_PRODUCTS / cost).clamp(200.0, 50_000.0) as usize;
    let effort = Effort { expansions, divisions: MOST_DIVISIONS, in_vain: MOST_IN_VAIN };
    let search = Search::new(boxes, threshold, sample::largest(boxes));
    // A part around the largest error shows whether binary64 knows the terms well enough.
    let (_, noise, _) = expansion(boxes, &search.probe(), search.wanted(), Arithmetic::Intervals);
    match noise <= REMAINDER * search.wanted() / 4.0 {
        true => search.proof(BY_INTERVALS, effort, kept),
        false => search.proof(BY_WIDE, effort, kept),
    }
}

/// Searches the whole domain from an error that was found at a point.
pub fn run_with<S: Source>(
    source: &S,
    threshold: f64,
    found: (Vec<f64>, f64),
    effort: Effort,
    kept: bool,
) -> SearchResult<'_, S> {
    Search::new(source, threshold, found).proof(BY_INTERVALS, effort, kept)
}

/// The arithmetic of a proof that begins so.
pub fn arithmetic(code: u32) -> Option<Arithmetic> {
    match code {
        BY_INTERVALS => Some(Arithmetic::Intervals),
        BY_WIDE => Some(Arithmetic::Wide),
        _ => None,
    }
}

struct Search<'b, S> {
    source: &'b S,
    arithmetic: Arithmetic,
    threshold: f64,
    lower: f64,
    argmax: Vec<f64>,
    heap: BinaryHeap<Subproblem>,
    /// Every box that was expanded, but for those that were divided.
    expanded: Vec<Option<Expanded>>,
    /// Parts made so far.
    parts: usize,
    /// Divisions that may still show that parts hold no large error.
    hopes: usize,
    limited: bool,
}

impl<'b, S: Source> Search<'b, S> {
    fn new(source: &'b S, threshold: f64, (argmax, lower): (Vec<f64>, f64)) -> Search<'b, S> {
        Search {
            source,
            arithmetic: Arithmetic::Intervals,
            threshold,
            lower,
            argmax,
            heap: BinaryHeap::new(),
            expanded: Vec::new(),
            parts: 0,
            hopes: steps(MOST_DIVISIONS),
            limited: false,
        }
    }

    fn probe(&self) -> Vec<Cell> {
        let around = |(cell, x): (&Cell, &f64)| {
            let r = (cell.b - cell.a) * PROBE;
            Cell { a: (x - r).max(cell.a), b: (x + r).min(cell.b) }
        };
        self.source.domain().iter().zip(&self.argmax).map(around).collect()
    }

    /// An error that matters.
    fn wanted(&self) -> f64 {
        self.lower.max(SMALL * self.source.scale())
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
    fn proof(mut self, code: u32, effort: Effort, kept: bool) -> SearchResult<'b, S> {
        self.arithmetic = arithmetic(code).unwrap_or(Arithmetic::Wide);
        let mut log = Log::new(kept);
        log.step(code);
        let (mut proof, root) = BoxProof::begin(self.source, self.lower.max(self.source.scale()), log);
        self.expand(&proof, root);
        self.divide(&mut proof, effort);
        self.expanded.into_iter().flatten().for_each(|expanded| proof.done(expanded));
        SearchResult { proof, lower: self.lower, argmax: self.argmax, limited: self.limited }
    }

    fn expand(&mut self, proof: &BoxProof<'_, S>, open: Open) {
        let expanded = proof.expand(open, self.wanted(), self.arithmetic);
        self.push(expanded.bound(self.source.table()), self.expanded.len(), SubproblemKind::Whole);
        self.expanded.push(Some(expanded));
    }

    fn push(&mut self, bound: f64, of: usize, kind: SubproblemKind) {
        self.parts += 1;
        self.heap.push(Subproblem { bound, number: self.parts, of, kind });
    }

    /// A bound that is good enough for a box as it was expanded, by dividing its polynomial; `None` if that does not show.
    fn resolve(&mut self, proof: &BoxProof<'_, S>, expanded: &mut Expanded) -> Option<f64> {
        let (goal, table) = (self.goal(), self.source.table());
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
            self.hopes = self.hopes.saturating_sub(1);
            if divisions > MOST_PIECES || self.hopes == 0 || residual.centre().abs() + residual.slop() > goal {
                expanded.undo();
                return None;
            }
            let axis = residual.axis(table);
            stack.extend([Some(piece), proof.halve(expanded, piece, axis)].into_iter().flatten());
        }
        Some(worst)
    }

    /// Divides until the largest bound is good enough, or the budget is used.
    fn divide(&mut self, proof: &mut BoxProof<'_, S>, effort: Effort) {
        let (most_expansions, most_divisions) = (steps(effort.expansions), steps(effort.divisions));
        let (mut expansions, mut divisions) = (1, 0);
        let first = self.heap.peek().map_or(0.0, |part| part.bound);
        while let Some(part) = self.heap.pop() {
            // Dividing does not help where a jump is everywhere, or nothing is known.
            if expansions >= effort.in_vain && part.bound >= first {
                self.limited = true;
                break;
            }
            let short = expansions >= FEW_EXPANSIONS || divisions >= most_divisions / SHORT;
            let spent = divisions >= most_divisions || short && stopped();
            if part.bound <= self.goal() || spent {
                self.limited |= part.bound > self.goal();
                break;
            }
            let Some(mut expanded) = self.expanded[part.of].take() else { break };
            match part.kind {
                SubproblemKind::Whole => {
                    let (slop, noise) = (expanded.residual().slop(), expanded.noise);
                    let hopeful = slop <= HOPEFUL * self.lower;
                    if let Some(bound) = hopeful.then(|| self.resolve(proof, &mut expanded)).flatten() {
                        self.expanded[part.of] = Some(expanded);
                        self.push(bound, part.of, SubproblemKind::Resolved);
                        continue;
                    }
                    let fine = slop <= REMAINDER * self.wanted() || noise > slop / 2.0;
                    let expanded = match fine || expansions >= most_expansions {
                        true => expanded,
                        false => match proof.divide_again(expanded) {
                            Ok(halves) => {
                                halves.into_iter().for_each(|half| self.expand(proof, half));
                                expansions += 2;
                                continue;
                            }
                            Err(expanded) => expanded,
                        },
                    };
                    let whole = vec![(0.0, 1.0); expanded.cells().len()];
                    self.expanded[part.of] = Some(expanded);
                    self.push(part.bound, part.of, SubproblemKind::Piece(0, whole));
                }
                SubproblemKind::Resolved => {
                    // The goal has fallen since: all of its pieces count again.
                    expanded.undo();
                    let whole = vec![(0.0, 1.0); expanded.cells().len()];
                    let bound = expanded.bound(self.source.table());
                    self.expanded[part.of] = Some(expanded);
                    self.push(bound, part.of, SubproblemKind::Piece(0, whole));
                }
                SubproblemKind::Piece(piece, at) => {
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
                    let axis = residual.axis(self.source.table());
                    let high = proof.halve(&mut expanded, piece, axis);
                    for (piece, sign) in [(Some(piece), -1.0), (high, 1.0)] {
                        let Some(piece) = piece else { continue };
                        let mut at = at.clone();
                        let half = at[axis].1 / 2.0;
                        at[axis] = (at[axis].0 + sign * half, half);
                        self.push(
                            expanded.piece(piece).bound(self.source.table()),
                            part.of,
                            SubproblemKind::Piece(piece, at),
                        );
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
        let error = self.source.error_at(&x).mignitude();
        if error > self.lower {
            (self.lower, self.argmax) = (error, x);
        }
    }
}
