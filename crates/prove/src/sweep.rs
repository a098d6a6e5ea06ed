//! One pass over a network of jumps: the error on every piece between two jumps, from the target's value at each jump.
//!
//! The domain is covered by cells on which the target is a [`Model`], and each cell by blocks with a model of low order.
//! Between two points of a block without a jump between them, the error leaves the chord through its end values by no
//! more than the model's curvature allows, and not at all towards larger values where the model is monotone. So points at
//! the jumps, and some between them where they are far apart, are all that has to be looked at. What cannot be done that
//! way (the target is not smooth, or its rounding too coarse for so small an error) is left over.

use bumpnet_ir::Expr;

use crate::fault::{Fault, active};
use crate::jumps::Jumps;
use crate::model::{Model, SAFE};
use crate::pieces::{Tally, Tolerance};
use crate::poly::Cell;
use crate::roundoff::U;
use crate::work::steps;

/// Blocks of a cell. Heuristic: on an eighth of a cell of order 15 a model of order 5 to 7 is as good.
const BLOCKS: usize = 8;
/// A cell where the target is not smooth is divided while it holds more jumps than this, or is a larger part of the domain
/// than [`LARGE`]. Heuristics.
const FEW: usize = 4;
const LARGE: f64 = 1.0 / 16.0;
/// The first cell, as a part of the domain. Heuristic.
const FIRST: f64 = 1.0 / 8.0;
/// No cell is made smaller than this part of the domain.
const SMALL: f64 = 1.0 / (1u64 << 30) as f64;
/// A network of more jumps than this is not looked at more closely where rounding is too coarse: it would take minutes, for
/// an error of about 1e-12 of the target.
const PATIENCE: usize = 10_000;
/// Cells of a pass, and one more for each jump: what lies behind them is left over. Heuristic: seconds; the corpus takes some
/// hundreds.
const MANY: usize = 1 << 18;
/// What leaving out terms may add to a model's error, as a part of it.
const TRIM: f64 = 0.25;

/// A part of the domain that is left over: jumps before `from` have happened, those from `to` on lie ahead.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    pub cell: Cell,
    pub from: usize,
    pub to: usize,
}

/// A pass.
#[derive(Debug)]
pub struct Sweep<'a> {
    target: &'a Expr,
    jumps: &'a Jumps,
    /// How far the network's values between the jumps may be off, and their largest magnitude.
    levels: (f64, f64),
    domain: Cell,
    pub tally: Tally<'a>,
    pub rests: Vec<Rest>,
}

impl<'a> Sweep<'a> {
    /// A pass over the domain. `units` are powers of two near the target's magnitude and the root of the domain's width.
    pub fn run(
        target: &'a Expr,
        jumps: &'a Jumps,
        levels: (&'a [f64], f64),
        domain: Cell,
        tolerance: Tolerance,
        units: (f64, f64),
    ) -> Sweep<'a> {
        let largest = levels.0.iter().fold(0.0, |most: f64, level| most.max(level.abs()));
        let tally = Tally::new(levels.0, tolerance, domain.b - domain.a, units);
        let mut sweep = Sweep { target, jumps, levels: (levels.1, largest), domain, tally, rests: Vec::new() };
        sweep.cells();
        sweep
    }

    /// Cells from left to right, each as wide as the one before suggests.
    fn cells(&mut self) {
        let whole = self.domain.b - self.domain.a;
        let mut a = self.domain.a + if active(Fault::CellSkipped) { whole / 64.0 } else { 0.0 };
        let (mut width, mut next, mut again) = (FIRST * whole, 0, false);
        let mut left = steps(MANY + self.jumps.len());
        while a < self.domain.b {
            if left == 0 {
                let cell = Cell { a, b: self.domain.b };
                let (from, to) = self.range(&cell, next);
                return self.rests.push(Rest { cell, from, to });
            }
            left -= 1;
            // No sliver is left at the end; but a cell that is tried again is narrower than before.
            let room = if again { 1.0 } else { 1.05 };
            // A domain of few numbers is not divided between two of them.
            let b = if self.domain.b - a <= room * width { self.domain.b } else { (a + width).max(a.next_up()) };
            let cell = Cell { a, b };
            let (model, wider) = Model::new(self.target, &cell, self.tally.tolerance.model);
            let better = 0.95 * wider;
            if let Some(model) = model {
                next = self.blocks(&model, cell, next);
                (a, width, again) = (b, (b - a) * better.clamp(0.5, 4.0), false);
                continue;
            }
            let (from, to) = self.range(&cell, next);
            let few = wider == 0.0 && to - from <= FEW && b - a <= LARGE * whole;
            if few || b - a <= SMALL * whole || b <= a.next_up() {
                self.rests.push(Rest { cell, from, to });
                (next, a, width, again) = (from, b, 4.0 * (b - a), false);
            } else {
                (width, again) = ((b - a) * better.clamp(0.25, 0.95), true);
            }
        }
    }

    /// Of the jumps from `next` on: the first that is not over where the cell begins, and the first beyond the cell. At the
    /// cell's end a jump is left to the next cell, which begins behind it.
    fn range(&self, cell: &Cell, next: usize) -> (usize, usize) {
        let last = cell.b == self.domain.b;
        let from = next + self.jumps.right[next..].partition_point(|right| *right <= cell.a);
        let ahead = |left: &f64| *left < cell.b || last && *left == cell.b;
        (from, from + self.jumps.left[from..].partition_point(ahead))
    }

    /// The blocks of a cell; the first jump that is not over where the last one begins.
    fn blocks(&mut self, model: &Model, cell: Cell, mut next: usize) -> usize {
        let width = cell.b - cell.a;
        let mut a = cell.a;
        for k in 1..=BLOCKS {
            let b = if k == BLOCKS { cell.b } else { (cell.a + width * (k as f64 / BLOCKS as f64)).min(cell.b) };
            if a < b {
                let part = Cell { a, b };
                let (from, to) = self.range(&part, next);
                self.block(&model.restrict(&part, TRIM * model.error), Rest { cell: part, from, to });
                (next, a) = (from, b);
            }
        }
        next
    }

    /// One block: its jumps in turn, the pieces between them, and the stretches on which a jump may be.
    fn block(&mut self, model: &Model, part: Rest) {
        let magnitude = model.magnitude() + self.levels.1;
        let off = (model.error + model.at_error() + self.levels.0 + 2.0 * U * magnitude) * SAFE;
        let fine = off <= 2.0 * self.tally.tolerance.model || self.jumps.len() > PATIENCE;
        if !(fine && magnitude < 1e300 && model.inverse() < 1e300) {
            return self.rests.push(part);
        }
        let block = self.tally.block(model, off);
        let (a, b) = (part.cell.a, part.cell.b);
        let mut from = (a, model.at(a));
        let to = if active(Fault::JumpSkipped) { part.to.max(part.from + 1) - 1 } else { part.to };
        for k in part.from..to {
            let (left, right) = (self.jumps.left[k], self.jumps.right[k]);
            if left >= a {
                let end = (left, model.at(left));
                self.tally.piece(&block, from, end, k);
                from = end;
            }
            if left < right {
                let end = (right.min(b), model.at(right.min(b)));
                self.tally.stretch(&block, from, end, k);
                from = end;
            }
            if right > b {
                return; // the stretch goes on in the next block
            }
        }
        self.tally.piece(&block, from, (b, model.at(b)), part.to);
    }
}
