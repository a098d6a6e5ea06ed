//! The search for the largest error over a box: what may hold a larger one than was found is divided, the worst first.
//!
//! A part of the domain is expanded anew while its remainder is too large. Once the remainder is a small part of the
//! largest error, the polynomial itself is divided, which costs next to nothing.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use bumpnet_interval::{Interval, UpperBound, Wide};

use super::monomials::Monomials;
use super::residual::Residual;
use super::sample;
use super::slots::Slots;
use super::source::{Source, Subtracted};
use crate::fault::{Fault, active};
use crate::found::power_of_two;
use crate::poly::Cell;
use crate::several::{Question, error_at};
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
/// Products of coefficients that a proof may take. Heuristic: a minute or two.
const MOST_PRODUCTS: f64 = 1e10;
/// Divisions of polynomials that a proof may take. Heuristic: seconds.
const MOST_DIVISIONS: usize = 1_000_000;
/// Expansions after which a bound that is still the first one is given up on. Heuristic: as many as cut each of four axes in five.
const MOST_IN_VAIN: usize = 1250;
/// Parts of a domain's side that the arithmetic is chosen on; heuristic.
const PROBE: f64 = 1.0 / 64.0;

/// What is proved of the error.
pub struct Proved {
    pub lower: f64,
    pub argmax: Vec<f64>,
    pub upper: f64,
    /// The root mean square, from below and above.
    pub rms: (f64, f64),
    /// Parts that were expanded and not divided further.
    pub cells: usize,
    /// Whether the coefficients' own width, or the work, was the limit.
    pub limited: bool,
}

/// A part of the domain.
struct Part {
    bound: f64,
    /// Among equal bounds the older one first.
    number: usize,
    cells: Vec<Cell>,
    residual: Residual,
    kind: Kind,
}

enum Kind {
    /// Expanded on its cells; to be divided along the axis.
    Whole { axis: usize, noise: f64 },
    /// A part of what was expanded on the cells: centre and half-width of its variables.
    Piece(Vec<(f64, f64)>),
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

/// How much work a search may take.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Parts that are expanded, at most.
    pub expansions: usize,
    /// Divisions of polynomials, at most.
    pub divisions: usize,
    /// Expansions after which a bound that is still the first one is given up on.
    pub in_vain: usize,
}

/// Searches the whole domain. `around` says for each slot how far the argument of its unit may be off where both sides of a
/// jump are to count; it is empty for the exact network.
pub fn run(task: &Question<'_>, around: Vec<UpperBound>) -> Proved {
    let table = Monomials::new(task.network.inputs.len());
    let slots = Slots::new(task.network).around(around);
    let found = sample::largest(task);
    let cost = slots.units() as f64 * table.len() as f64;
    let expansions = (MOST_PRODUCTS / cost / 40.0).clamp(200.0, 100_000.0) as usize;
    let effort = Effort { expansions, divisions: MOST_DIVISIONS, in_vain: MOST_IN_VAIN };
    // A part around the largest error shows whether binary64 knows the terms well enough.
    let plain = Subtracted::<Interval>::new(task, &slots);
    let search = Search::new(task, &table, &plain, found.clone());
    let (_, Kind::Whole { noise, .. }) = search.expand(&search.probe()) else { return search.finish() };
    if noise <= REMAINDER * search.wanted() / 4.0 {
        search.divided(effort)
    } else {
        let wide = Subtracted::<Wide>::new(task, &slots);
        Search::new(task, &table, &wide, found).divided(effort)
    }
}

/// Searches the whole domain, from an error that was found at a point.
pub fn run_with(
    task: &Question<'_>,
    table: &Monomials,
    source: &impl Source,
    found: (Vec<f64>, f64),
    effort: Effort,
) -> Proved {
    Search::new(task, table, source, found).divided(effort)
}

struct Search<'a, S> {
    task: &'a Question<'a>,
    table: &'a Monomials,
    source: &'a S,
    lower: f64,
    argmax: Vec<f64>,
    heap: BinaryHeap<Part>,
    square: (f64, f64),
    /// A power of two near the error's size, or the target's.
    unit: f64,
    cells: usize,
    /// Parts made so far.
    parts: usize,
    limited: bool,
}

impl<'a, S: Source> Search<'a, S> {
    fn new(task: &'a Question<'a>, table: &'a Monomials, source: &'a S, (argmax, lower): (Vec<f64>, f64)) -> Self {
        Search {
            task,
            table,
            source,
            lower,
            argmax,
            heap: BinaryHeap::new(),
            square: (0.0, 0.0),
            unit: power_of_two(lower.max(task.scale)),
            cells: 0,
            parts: 0,
            limited: false,
        }
    }

    fn divided(mut self, effort: Effort) -> Proved {
        self.divide(effort);
        self.finish()
    }

    fn domain(&self) -> Vec<Cell> {
        self.task.network.inputs.iter().map(|input| Cell { a: input.lo, b: input.hi }).collect()
    }

    fn probe(&self) -> Vec<Cell> {
        let around = |(cell, x): (&Cell, &f64)| {
            let r = (cell.b - cell.a) * PROBE;
            Cell { a: (x - r).max(cell.a), b: (x + r).min(cell.b) }
        };
        self.domain().iter().zip(&self.argmax).map(around).collect()
    }

    /// An error that matters.
    fn wanted(&self) -> f64 {
        self.lower.max(SMALL * self.task.scale)
    }

    /// A bound that is good enough: within the promise, and below the threshold where the error itself is.
    fn goal(&self) -> f64 {
        let promise = PROMISE * self.lower;
        match self.lower <= self.task.threshold && self.task.threshold < promise {
            true => self.task.threshold.max(self.lower * (1.0 + 1e-6)),
            false => promise,
        }
    }

    /// The error on some cells.
    fn expand(&self, cells: &[Cell]) -> (Residual, Kind) {
        let (error, axis) = self.source.error(self.table, cells, self.wanted());
        let (residual, noise) = Residual::new(&error);
        (residual, Kind::Whole { axis, noise })
    }

    fn push(&mut self, cells: Vec<Cell>, residual: Residual, kind: Kind) {
        let bound = residual.bound(self.table);
        self.push_bounded(cells, residual, kind, bound);
    }

    fn push_bounded(&mut self, cells: Vec<Cell>, residual: Residual, kind: Kind, bound: f64) {
        self.parts += 1;
        self.heap.push(Part { bound, number: self.parts, cells, residual, kind });
    }

    /// A bound that is good enough for a part as it was expanded, by dividing its polynomial; `None` if that does not show.
    fn resolve(&self, residual: &Residual) -> Option<f64> {
        let goal = self.goal();
        let (mut worst, mut divisions) = (0.0f64, 0);
        let mut stack = vec![residual.clone()];
        while let Some(piece) = stack.pop() {
            let bound = piece.bound(self.table);
            if bound <= goal {
                worst = worst.max(bound);
                continue;
            }
            divisions += 1;
            if divisions > MOST_PIECES || piece.centre().abs() + piece.slop > goal {
                return None;
            }
            stack.extend(piece.halves(self.table, piece.axis(self.table)));
        }
        Some(worst)
    }

    /// Divides until the largest bound is good enough, or the budget is used.
    fn divide(&mut self, effort: Effort) {
        let (most_expansions, most_divisions) = (steps(effort.expansions), steps(effort.divisions));
        let mut domain = self.domain();
        if active(Fault::CellSkipped) {
            domain[0].a += (domain[0].b - domain[0].a) / 16.0;
        }
        let (residual, kind) = self.expand(&domain);
        self.push(domain, residual, kind);
        let (mut expansions, mut divisions) = (1, 0);
        let first = self.heap.peek().map_or(0.0, |part| part.bound);
        while let Some(part) = self.heap.pop() {
            // Dividing does not help where a jump is everywhere, or nothing is known.
            if expansions >= effort.in_vain && part.bound >= first {
                self.limited = true;
                self.heap.push(part);
                break;
            }
            if part.bound <= self.goal() || divisions >= most_divisions {
                self.limited |= part.bound > self.goal();
                self.heap.push(part);
                break;
            }
            match &part.kind {
                Kind::Whole { noise, axis } => {
                    let slop = part.residual.slop;
                    let whole: Vec<(f64, f64)> = part.cells.iter().map(|_| (0.0, 1.0)).collect();
                    let hopeful = slop <= HOPEFUL * self.lower;
                    if let Some(bound) = hopeful.then(|| self.resolve(&part.residual)).flatten() {
                        self.account(&part);
                        self.push_bounded(part.cells, part.residual, Kind::Piece(whole), bound);
                        continue;
                    }
                    let fine = slop <= REMAINDER * self.wanted() || *noise > slop / 2.0;
                    let halves = halves(&part.cells, *axis).filter(|_| !fine && expansions < most_expansions);
                    if let Some(halves) = halves {
                        for cells in halves {
                            let (residual, kind) = self.expand(&cells);
                            self.push(cells, residual, kind);
                        }
                        expansions += 2;
                    } else {
                        self.account(&part);
                        self.push(part.cells, part.residual, Kind::Piece(whole));
                    }
                }
                Kind::Piece(at) => {
                    self.look_at(&part, at);
                    // No division makes the slop smaller.
                    if part.residual.slop > 0.5 * (part.bound - self.lower) && part.bound > self.goal()
                        || at.iter().all(|(_, half)| *half < 1e-9)
                    {
                        self.limited = true;
                        self.heap.push(part);
                        break;
                    }
                    divisions += 1;
                    let axis = part.residual.axis(self.table);
                    for (residual, sign) in part.residual.halves(self.table, axis).into_iter().zip([-1.0, 1.0]) {
                        let mut at = at.clone();
                        let half = at[axis].1 / 2.0;
                        at[axis] = (at[axis].0 + sign * half, half);
                        self.push(part.cells.clone(), residual, Kind::Piece(at));
                    }
                }
            }
        }
    }

    /// Whether the error at the centre of a piece is the largest yet.
    fn look_at(&mut self, part: &Part, at: &[(f64, f64)]) {
        if part.residual.centre().abs() - part.residual.slop <= self.lower * 1.0005 {
            return;
        }
        let point = |(cell, (t, _)): (&Cell, &(f64, f64))| (cell.centre() + cell.radius() * t).clamp(cell.a, cell.b);
        let x: Vec<f64> = part.cells.iter().zip(at).map(point).collect();
        let error = error_at(self.task.target, self.task.network, &x).mignitude();
        if error > self.lower {
            (self.lower, self.argmax) = (error, x);
        }
    }

    /// Adds an expanded part to the mean square.
    fn account(&mut self, part: &Part) {
        let point = Interval::point;
        let mut measure = Interval::ONE;
        let mut off = 0.0;
        for (cell, input) in part.cells.iter().zip(&self.task.network.inputs) {
            measure = measure * (point(cell.b) - point(cell.a)) / (point(input.hi) - point(input.lo));
            let (centre, radius) = (point(cell.centre()), point(cell.radius()));
            let short = |side: Interval| (Interval::ONE - side / radius).hi().max(0.0);
            off += short(centre - point(cell.a)).max(short(point(cell.b) - centre)) * (1.0 + 1e-9);
        }
        let (low, high) = part.residual.mean_square(self.table, off, self.unit);
        self.square.0 += (point(low) * measure).lo().max(0.0);
        self.square.1 += (point(high) * measure).hi();
        self.cells += 1;
    }

    fn finish(mut self) -> Proved {
        let upper = self.heap.peek().map_or(f64::INFINITY, |part| part.bound);
        for part in std::mem::take(&mut self.heap).into_vec() {
            if let Kind::Whole { .. } = part.kind {
                self.account(&part);
            }
        }
        // Each sum of n non-negative numbers is off by less than n u of itself.
        let slack = (self.cells as f64 + 8.0) * f64::EPSILON;
        // The square root is correctly rounded, and the unit exact but where it underflows.
        let low = ((self.square.0 * (1.0 - slack)).sqrt().next_down() * self.unit).next_down().max(0.0);
        let high = ((self.square.1 * (1.0 + slack)).sqrt().next_up() * self.unit).next_up();
        let rms = if high.is_nan() { (0.0, upper) } else { (low.min(upper), high.min(upper)) };
        Proved { lower: self.lower, argmax: self.argmax, upper, rms, cells: self.cells, limited: self.limited }
    }
}

/// The halves of some cells along an axis, if there is a number between its ends.
fn halves(cells: &[Cell], axis: usize) -> Option<[Vec<Cell>; 2]> {
    let Cell { a, b } = cells[axis];
    let middle = cells[axis].centre();
    if !(a < middle && middle < b) {
        return None;
    }
    let (mut low, mut high) = (cells.to_vec(), cells.to_vec());
    (low[axis], high[axis]) = (Cell { a, b: middle }, Cell { a: middle, b });
    Some([low, high])
}
