//! One pass over a network of jumps: the error on every piece between two jumps, from the target's value at each jump.
//!
//! The domain is covered by cells on which the target is a [`Model`], and each cell by blocks with a model of low order.
//! Between two points of a block without a jump between them, the error leaves the chord through its end values by no
//! more than the model's curvature allows, and not at all towards larger values where the model is monotone. So points at
//! the jumps, and some between them where they are far apart, are all that has to be looked at. What cannot be done that
//! way (the target is not smooth, or its rounding too coarse for so small an error) is left over, as obligations.

use crate::fault::{Fault, active};
use crate::jumps::Jumps;
use crate::ledger::{Ledger, Seal};
use crate::line::{Line, Node};
use crate::log::{Log, LogCursor};
use crate::model::{Model, SAFE};
use crate::on_line::{LineProof, ledger};
use crate::pieces::{Candidate, Tolerance, Totals};
use crate::poly::Cell;
use crate::roundoff::U;

/// Blocks of a cell. Heuristic: on an eighth of a cell of order 15 a model of order 5 to 7 is as good.
const BLOCKS: usize = 8;
/// A network of more jumps than this is not looked at more closely where rounding is too coarse: it would take minutes, for
/// an error of about 1e-12 of the target.
const PATIENCE: usize = 1 << 16;
/// What leaving out terms may add to a model's error, as a part of it.
const TRIM: f64 = 0.25;
/// The part of the target's scale below which a tolerance is rounding: 2^-54.
const NOISE: f64 = 1.0 / (1u64 << 54) as f64;
/// Cells of a pass that is repeated, at most, and one for each jump: as many as a search tries.
const MOST_CELLS: usize = 1 << 18;
/// Codes of the steps: a cell by a model of the target, and one that is left over.
const CELL: u32 = 0;
const REST: u32 = 1;

/// A pass under way, from left to right.
#[derive(Debug)]
pub struct Sweep<'l, 'q> {
    line: &'l Line<'q>,
    jumps: &'l Jumps,
    /// The largest magnitude of the network's values between its jumps, and how far they may be off.
    levels: (f64, f64),
    domain: Cell,
    /// All before is done, or left over.
    at: f64,
    /// The first jump that may not be over there.
    next: usize,
    tally: Totals<'l>,
    rests: Vec<Rest>,
    ledger: Ledger,
    seal: Seal,
}

/// A part of the domain that is left over: jumps before `from` have happened, those from `to` on lie ahead.
#[derive(Clone, Copy, Debug)]
struct Rest {
    cell: Cell,
    from: usize,
    to: usize,
}

impl<'l, 'q> Sweep<'l, 'q> {
    /// A pass that has only begun; `None` where the network is not one of jumps.
    pub fn begin(line: &'l Line<'q>, tolerance: Tolerance, mut log: Log) -> Option<Sweep<'l, 'q>> {
        let jumps = line.jumps.as_ref()?;
        let (levels, slack) = line.levels()?;
        let largest = levels.iter().fold(0.0, |most: f64, level| most.max(level.abs()));
        let domain = line.domain();
        tolerance.numbers().into_iter().for_each(|number| log.number(number));
        let (ledger, seal) = ledger(line, log);
        let tally = Totals::new(levels, tolerance, domain.b - domain.a, ledger.units());
        let at = domain.a + if active(Fault::CellSkipped) { (domain.b - domain.a) / 64.0 } else { 0.0 };
        let levels = (largest, slack);
        Some(Sweep { line, jumps, levels, domain, at, next: 0, tally, rests: Vec::new(), ledger, seal })
    }

    /// All before is done, or left over.
    pub fn at(&self) -> f64 {
        self.at
    }

    /// How many jumps may lie in the cell from there to `b`.
    pub fn jumps_to(&self, b: f64) -> usize {
        let (from, to) = self.range(&Cell { a: self.at, b });
        to - from
    }

    /// The largest error on all that is done, about.
    pub fn best(&self) -> Candidate {
        self.tally.best
    }

    /// A bound of the error on all that is done.
    pub fn so_far(&self) -> f64 {
        self.tally.upper
    }

    /// Does the cell to `b`, if the target is a model there; whether it is, and how many times as wide the cell might be.
    pub fn cell(&mut self, b: f64) -> (bool, f64) {
        let cell = Cell { a: self.at, b };
        if !(cell.a < cell.b && cell.b <= self.domain.b) {
            return (false, 0.0);
        }
        let (model, wider) = Model::new(&self.line.target, &cell, self.tally.tolerance.model);
        let Some(model) = model else { return (false, wider) };
        self.note(CELL, b);
        self.blocks(&model, cell);
        self.at = b;
        (true, wider)
    }

    /// Leaves the cell to `b` over; whether there is one.
    pub fn leave(&mut self, b: f64) -> bool {
        let cell = Cell { a: self.at, b };
        if !(cell.a < cell.b && cell.b <= self.domain.b) {
            return false;
        }
        self.note(REST, b);
        let (from, to) = self.range(&cell);
        self.rests.push(Rest { cell, from, to });
        (self.at, self.next) = (b, from);
        true
    }

    fn note(&mut self, code: u32, b: f64) {
        self.ledger.log.step(code);
        self.ledger.log.number(b);
    }

    /// Of the jumps from the next on: the first that is not over where the cell begins, and the first beyond the cell. At the
    /// cell's end a jump is left to the next cell, which begins behind it.
    fn range(&self, cell: &Cell) -> (usize, usize) {
        let last = cell.b == self.domain.b;
        let from = self.next + self.jumps.right[self.next..].partition_point(|right| *right <= cell.a);
        let ahead = |left: &f64| *left < cell.b || last && *left == cell.b;
        (from, from + self.jumps.left[from..].partition_point(ahead))
    }

    /// The blocks of a cell.
    fn blocks(&mut self, model: &Model, cell: Cell) {
        let width = cell.b - cell.a;
        let mut a = cell.a;
        for k in 1..=BLOCKS {
            let b = if k == BLOCKS { cell.b } else { (cell.a + width * (k as f64 / BLOCKS as f64)).min(cell.b) };
            if a < b {
                let part = Cell { a, b };
                let (from, to) = self.range(&part);
                self.block(&model.restrict(&part, TRIM * model.error), Rest { cell: part, from, to });
                (self.next, a) = (from, b);
            }
        }
    }

    /// One block: its jumps in turn, the pieces between them, and the stretches on which a jump may be.
    fn block(&mut self, model: &Model, part: Rest) {
        let magnitude = model.magnitude() + self.levels.0;
        let off = (model.error + model.at_error() + self.levels.1 + 2.0 * U * magnitude) * SAFE;
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

    /// The proof, once the pass has reached the domain's end, and what is left over in it.
    pub fn finish(self) -> (LineProof<'l, 'q>, Vec<Node<bumpnet_interval::Interval>>) {
        let Sweep { line, jumps, domain, at, tally, rests, mut ledger, seal, .. } = self;
        // What was not reached stays an obligation that nobody has.
        let unreached = usize::from(at != domain.b);
        let mut seals = ledger.divided(&seal, rests.len() + 1 + unreached);
        if let Some(seal) = seals.next() {
            ledger.discharged(seal, tally.upper, tally.norm());
            ledger.count(tally.pieces.saturating_sub(1));
        }
        let node = |(rest, seal): (Rest, Seal)| Node::new(seal, rest.cell, jumps.sum(rest.from), between(line, &rest));
        let nodes = rests.into_iter().zip(seals).map(node).collect();
        (LineProof::with(line, ledger), nodes)
    }

    /// Repeats a pass from its log; `None` where that does not fit.
    pub fn repeat(line: &'l Line<'q>, steps: &mut LogCursor<'_>) -> Option<Sweep<'l, 'q>> {
        let tolerance = Tolerance::of(NOISE * line.scale, || steps.number())?;
        let mut sweep = Sweep::begin(line, tolerance, Log::new(false))?;
        let mut left = MOST_CELLS + sweep.jumps.len();
        while sweep.at < sweep.domain.b {
            left = left.checked_sub(1)?;
            let (code, b) = (steps.step()?, steps.number()?);
            let done = match code {
                CELL => sweep.cell(b).0,
                REST => sweep.leave(b),
                _ => false,
            };
            if !done {
                return None;
            }
        }
        Some(sweep)
    }
}

/// The units of the jumps of a part; several may share a jump, and both lists are in the order of the jumps.
fn between(line: &Line<'_>, rest: &Rest) -> Vec<u32> {
    let (units, Some(jumps)) = (line.units(), &line.jumps) else { return Vec::new() };
    let from = match rest.from {
        0 => 0,
        k => units.list.partition_point(|unit| unit.position() <= jumps.right[k - 1]),
    };
    let to = match jumps.left.get(rest.to) {
        None => units.list.len(),
        Some(left) => units.list.partition_point(|unit| unit.position() < *left),
    };
    (from as u32..to as u32).collect()
}
