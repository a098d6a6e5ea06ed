//! Proofs about a network of one hidden layer over one input: the rules by which cells are divided and bounded.

use bumpnet_interval::Interval;

use crate::fault::{Fault, active};
use crate::ledger::{Ledger, Seal, power_of_two};
use crate::line::{Leaf, Line, Node};
use crate::log::{Log, LogCursor};
use crate::poly::{Cell, Number};

/// Codes of the steps.
pub(crate) mod code {
    pub const TARGET: u32 = 0;
    pub const UNITS: u32 = 1;
    pub const MIDDLE: u32 = 2;
    pub const AROUND: u32 = 3;
    pub const RANGE: u32 = 4;
    pub const ENDS: u32 = 5;
    pub const LEAF: u32 = 6;
    pub const HALVES: u32 = 7;
    pub const DONE: u32 = 8;
    pub const FORK: u32 = 9;
}

/// A proof under way.
#[derive(Debug)]
pub struct LineProof<'l, 'q> {
    line: &'l Line<'q>,
    pub(crate) ledger: Ledger,
}

/// Where to divide a cell.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// In its middle.
    Middle,
    /// Around a break of a unit: the unit's position, and which of its breaks.
    Around(u32, u32),
}

impl<'l, 'q> LineProof<'l, 'q> {
    /// A proof that has only begun: the whole domain, nothing absorbed.
    pub fn begin<T: Number>(line: &'l Line<'q>, log: Log) -> (LineProof<'l, 'q>, Node<T>) {
        let (ledger, seal) = ledger(line, log);
        let near = (0..line.units().list.len() as u32).collect();
        let mut cell = line.domain();
        if active(Fault::CellSkipped) {
            cell.a += (cell.b - cell.a) / 64.0;
        }
        (LineProof { line, ledger }, Node::new(seal, cell, line.units().c0, near))
    }

    /// One whose obligations are others'.
    pub(crate) fn with(line: &'l Line<'q>, ledger: Ledger) -> LineProof<'l, 'q> {
        LineProof { line, ledger }
    }

    /// What it is about.
    pub fn line(&self) -> &'l Line<'q> {
        self.line
    }

    /// Its steps so far, where they are kept.
    pub fn log(&self) -> Option<Log> {
        self.ledger.log.is_kept().then(|| self.ledger.log.clone())
    }

    /// A bound of the error everywhere, once all is done; infinite before.
    pub fn upper(&self) -> f64 {
        self.ledger.upper()
    }

    /// A bound of the error on all that is done.
    pub fn so_far(&self) -> f64 {
        self.ledger.so_far()
    }

    /// Takes over what is constant or smooth on a node's cell, up to remainders that are a tolerance together. `noise` is how much
    /// of its own size the target's may be besides.
    pub fn absorb<T: Number>(&mut self, node: &mut Node<T>, tolerance: f64, noise: f64) {
        self.ledger.own(&mut node.seal);
        let enough = |remainder: f64, poly: &crate::poly::Poly| {
            remainder <= tolerance.max(noise * poly.range().magnitude().get())
        };
        if node.take_target(self.line, enough) {
            self.ledger.log.step(code::TARGET);
        }
        let share = tolerance / (node.near().len().max(16) as f64);
        if !self.ledger.log.is_kept() {
            return node.take_units(self.line, share, |_| true, |_| ());
        }
        let mut taken = Vec::new();
        node.take_units(self.line, share, |_| true, |k| taken.push(k as u32));
        if !taken.is_empty() {
            self.ledger.log.step(code::UNITS);
            self.ledger.log.step(taken.len() as u32);
            taken.into_iter().for_each(|k| self.ledger.log.step(k));
        }
    }

    /// Divides a cell; `None` where the cut is not inside it.
    ///
    /// # Errors
    /// The node, where the cut is not inside.
    pub fn divide<T: Number>(&mut self, node: Node<T>, cut: Cut) -> Result<Vec<Node<T>>, Node<T>> {
        let Some(cuts) = self.cuts(&node.cell, cut) else { return Err(node) };
        match cut {
            Cut::Middle => self.ledger.log.step(code::MIDDLE),
            Cut::Around(unit, place) => [code::AROUND, unit, place].into_iter().for_each(|s| self.ledger.log.step(s)),
        }
        let seals = self.ledger.divided(&node.seal, cuts.len() - 1);
        let cells = cuts.windows(2).map(|pair| Cell { a: pair[0], b: pair[1] });
        Ok(cells.zip(seals).map(|(cell, seal)| node.part(seal, cell)).collect())
    }

    /// The ends of the parts of a cell.
    fn cuts(&self, cell: &Cell, cut: Cut) -> Option<Vec<f64>> {
        let Cell { a, b } = *cell;
        match cut {
            Cut::Middle => {
                let middle = cell.centre();
                (a < middle && middle < b).then(|| vec![a, middle, b])
            }
            Cut::Around(unit, place) => {
                let units = self.line.units();
                let breaks = units.list.get(unit as usize)?.break_points(units.activation);
                let part = breaks.get(place as usize)?;
                (a < part.a && part.a <= part.b && part.b < b).then(|| vec![a, part.a, part.b, b])
            }
        }
    }

    /// Discharges a node by the range of the error on its cell.
    pub fn by_range<T: Number>(&mut self, node: Node<T>) {
        self.ledger.log.step(code::RANGE);
        let range = node.range(self.line);
        self.bounded(node.seal, &node.cell, range);
    }

    /// Discharges a node by the errors at its ends, between which the others lie; these. An error that is weighted is then
    /// anything between them, times anything that the weight is on the cell, and only discharges what is thus `enough`.
    ///
    /// # Errors
    /// The node, where the error may not be monotone on its cell, or that is too much.
    pub fn by_ends<T: Number>(&mut self, node: Node<T>, enough: f64) -> Result<(Interval, Interval), Node<T>> {
        let Some((left, right)) = node.ends(self.line) else { return Err(node) };
        let (cell, line) = (node.cell, self.line);
        let range = line.weighed(left.hull(&right), cell.interval());
        if line.weight.is_some() && !(range.magnitude().get() <= enough) {
            return Err(node);
        }
        self.ledger.log.step(code::ENDS);
        self.bounded(node.seal, &cell, range);
        let at = |error: Interval, x: f64| line.weighed(error, Interval::point(x));
        Ok((at(left, cell.a), at(right, cell.b)))
    }

    fn bounded(&mut self, seal: Seal, cell: &Cell, range: Interval) {
        let norm = self.ledger.norm_of_range(cell, range);
        self.ledger.discharged(seal, range.magnitude().get(), norm);
    }

    /// The error of a node as a polynomial, with a remainder within a tolerance.
    ///
    /// # Errors
    /// The node, where it is not.
    pub fn leaf<T: Number>(&mut self, mut node: Node<T>, tolerance: f64) -> Result<Leaf, Node<T>> {
        self.ledger.own(&mut node.seal);
        let Some(poly) = node.error_poly(self.line, tolerance) else { return Err(node) };
        self.ledger.log.step(code::LEAF);
        Ok(Leaf { seal: node.seal, cell: node.cell, poly })
    }

    /// The two halves of a leaf.
    pub fn halves(&mut self, leaf: Leaf) -> [Leaf; 2] {
        self.ledger.log.step(code::HALVES);
        let Leaf { seal, cell, poly } = leaf;
        let middle = cell.centre();
        let half = |seal: Seal, a: f64, b: f64| {
            let part = Cell { a, b };
            Leaf { seal, cell: part, poly: poly.restrict(&cell, &part) }
        };
        let [left, right] = self.ledger.halved(&seal);
        [half(left, cell.a, middle), half(right, middle, cell.b)]
    }

    /// Discharges a leaf by the range of its polynomial.
    pub fn by_polynomial(&mut self, leaf: Leaf) {
        self.ledger.log.step(code::DONE);
        let bound = leaf.range(self.line).magnitude().get();
        let weight = self.line.weigh(leaf.cell.interval());
        let Leaf { seal, cell, poly } = leaf;
        let size = poly.range().magnitude().get();
        let unit = self.ledger.units().0;
        let (low, high) = poly.norm(unit);
        let (shrunk, grown) = self.ledger.root_of(cell.radius());
        // t covers [-1, 1], a little more than the cell: what is outside is taken off the lower bound.
        let outside = self.ledger.root_of((2.0 * cell.radius() - (cell.b - cell.a)).max(0.0)).1;
        let outside = outside * (1.0 + 1e-15) * (size / unit);
        let norm =
            ((low * shrunk * (1.0 - 1e-15) - outside).max(0.0), high * grown * (1.0 + 1e-15) + f64::MIN_POSITIVE);
        let norm = match self.line.weight {
            None => norm,
            // Each product is off by at most an ulp, and a little where it underflows.
            Some(_) => (
                (norm.0 * weight.mignitude() * (1.0 - 1e-15)).next_down().max(0.0),
                (norm.1 * weight.magnitude().get() * (1.0 + 1e-15)).next_up(),
            ),
        };
        self.ledger.discharged(seal, bound, norm);
    }

    /// The parts of a node's cell between these edges, each to be proved apart, on another thread perhaps.
    ///
    /// # Errors
    /// The node, where the edges do not rise from one end of the cell to the other.
    pub fn fork<T: Number>(&mut self, node: Node<T>, edges: &[f64]) -> Result<Vec<Part<'l, 'q, T>>, Node<T>> {
        let whole = edges.first() == Some(&node.cell.a) && edges.last() == Some(&node.cell.b);
        if !whole || edges.len() < 2 || !edges.is_sorted_by(|p, q| p < q) {
            return Err(node);
        }
        self.ledger.log.step(code::FORK);
        self.ledger.log.step(edges.len() as u32);
        edges.iter().for_each(|edge| self.ledger.log.number(*edge));
        let seals = self.ledger.divided(&node.seal, edges.len() - 1);
        let part = |(pair, promise): (&[f64], Seal)| {
            let (ledger, seal) = self.ledger.apart();
            let node = node.part(seal, Cell { a: pair[0], b: pair[1] });
            Part { promise: Promise { seal: promise, number: ledger.number() }, proof: self.with_ledger(ledger), node }
        };
        Ok(edges.windows(2).zip(seals).map(part).collect())
    }

    /// Takes the target over, whatever its remainder.
    pub(crate) fn repeat_target<T: Number>(&mut self, node: &mut Node<T>) {
        node.take_target(self.line, |_, _| true);
    }

    /// Takes over the units that a log names, whatever their remainders.
    pub(crate) fn repeat_units<T: Number>(&mut self, node: &mut Node<T>, steps: &mut LogCursor<'_>) -> Option<()> {
        let count = steps.step()? as usize;
        if count > node.near().len() {
            return None;
        }
        let chosen: Vec<u32> = (0..count).map(|_| steps.step()).collect::<Option<_>>()?;
        let mut next = 0;
        let among = |place: usize| {
            let chosen = chosen.get(next).is_some_and(|k| *k as usize == place);
            next += usize::from(chosen);
            chosen
        };
        node.take_units(self.line, f64::INFINITY, among, |_| ());
        Some(())
    }

    fn with_ledger(&self, ledger: Ledger) -> LineProof<'l, 'q> {
        LineProof { line: self.line, ledger }
    }

    /// Takes in a part that was proved apart.
    pub fn settle(&mut self, promise: Promise, part: LineProof<'l, 'q>) {
        self.ledger.settled(promise.seal, promise.number, part.ledger);
    }
}

/// A part of a proof that is made apart.
#[derive(Debug)]
pub struct Part<'l, 'q, T> {
    /// What the whole has of it meanwhile.
    pub promise: Promise,
    /// Its proof.
    pub proof: LineProof<'l, 'q>,
    /// What is to be proved.
    pub node: Node<T>,
}

/// What stands for an obligation that is proved apart, until that is [settled](LineProof::settle).
#[derive(Debug)]
pub struct Promise {
    seal: Seal,
    number: u64,
}

/// The units of a proof's ledger: near the target's magnitude, and the root of the domain's width. Errors that are weighted are
/// parts of 1, as a rule.
pub(crate) fn ledger(line: &Line<'_>, log: Log) -> (Ledger, Seal) {
    let Cell { a, b } = line.domain();
    let scale = if line.weight.is_some() { 1.0 } else { line.scale };
    Ledger::new(power_of_two(scale), power_of_two((b - a).sqrt()), log)
}
