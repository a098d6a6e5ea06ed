//! The search for the largest error: cells of the domain are divided until each is proved to hold no error larger than
//! the largest one found, to within 1 %.
//!
//! What is known of the error on a cell is handed down to its parts. A saturated unit is a constant and is
//! absorbed once, high up; a distant one is absorbed as a polynomial as soon as its series converges; only the units
//! whose step is near travel on. So the work is near linear in the number of units, for activations with and without
//! saturation.

use bumpnet_kernel::line::{Leaf, Line, Node};
use bumpnet_kernel::on_line::{Cut, LineProof};
use bumpnet_kernel::poly::{Cell, Number};

use crate::best::Best;
use crate::watch::stopped;
use crate::work::{is_limited, steps};

/// An error within this factor of the largest one found is not looked at further. The promise is 1.01; the rest is for
/// rounding.
const TIGHT: f64 = 1.009;
/// The part of the largest error that remainders may use up. Heuristic: tightness against depth.
const REMAINDER: f64 = 1e-3;
/// The part of itself that a weight may vary by on a cell. Heuristic.
const EVEN: f64 = 0.02;
/// The part of the target's scale below which a remainder is rounding noise: 2^-54.
pub const NOISE: f64 = 1.0 / (1u64 << 54) as f64;
/// Cells per unit that are looked at for the sake of the mean square. Heuristic.
const WIDE: f64 = 8.0;
/// Around a break, cells of this many roundings of the domain's larger end are not divided: a few times the rounding of
/// the break's place in the evaluator's precision.
const GRAIN: f64 = 16.0;
/// Cells that are visited before narrow ones are no longer divided, and that many more for each unit. Heuristic: the
/// corpus takes a tenth of it at most. Without a limit the division around a place where two branches of the target touch, as
/// in `max(sin(x), x)` at 0, would go on through all numbers that are too near for the branches to be told apart.
const MANY: (usize, usize) = (1 << 16, 64);
/// How many times that may be visited before any cell is taken as it is. Heuristic.
const LONG: usize = 16;
/// The part of it, or how many units on all cells and cells of eight units, after which a search that is asked to end does
/// so: what was found is proved, if loosely. Heuristic.
const SHORT: (usize, usize) = (16, 1 << 13);
/// How narrow, as a part of the domain; heuristic.
const NARROW: f64 = 1.0 / (1u64 << 24) as f64;
/// Units on a cell up to which it is bounded without absorbing them first. Heuristic.
const FEW: usize = 8;

/// A search under way.
#[derive(Clone, Debug)]
pub struct Search<'l, 'q> {
    /// What it is about.
    pub line: &'l Line<'q>,
    /// The largest error found.
    pub best: Best,
    /// The target's scale.
    scale: f64,
    /// Cells wider than this are divided even where their error is small, for the sake of the mean square.
    pub wide: f64,
    /// The distance of the evaluator's neighbouring numbers at the larger end of the domain, a few times.
    grain: f64,
    /// Cells visited, what was looked at on them, and how many may be before cells narrower than `narrow` are taken as they are.
    visits: usize,
    looks: usize,
    most: usize,
    narrow: f64,
    /// An error that the upper bound should stay below, if it can be proved; infinite for none.
    pub threshold: f64,
    /// An unproved estimate of the largest error.
    pub hint: f64,
    /// Whether rounding kept some cell from being proved tight.
    pub floor: bool,
    /// Whether the number of cells did.
    pub stopped: bool,
}

/// The target's scale, for tolerances: what is proved over the whole domain at once, unless samples know it to be out of all
/// proportion, as where a quotient of large numbers is small.
pub fn scale(line: &Line<'_>) -> f64 {
    let (domain, proved) = (line.domain(), line.scale());
    let at = |k: usize| domain.a + (domain.b - domain.a) * (k as f64 / SAMPLES as f64);
    let values = (0..=SAMPLES).map(|k| line.target().eval::<f64>(&[at(k)]).abs()).filter(|value| value.is_finite());
    let seen = values.fold(0.0, f64::max);
    if seen > 0.0 && proved > BEYOND * seen { BEYOND * seen } else { proved }
}

/// Points at which the target's scale is looked up, one less, and how much larger it may be. Heuristic.
const SAMPLES: usize = 64;
const BEYOND: f64 = 1e3;

impl<'l, 'q> Search<'l, 'q> {
    /// A search that goes on from what has been found.
    pub fn new(line: &'l Line<'q>, threshold: f64, best: Best) -> Search<'l, 'q> {
        let (domain, units) = (line.domain(), line.units());
        let wide = (domain.b - domain.a) / (WIDE * (units.list.len() + 8) as f64);
        let grain = GRAIN * units.precision.unit_roundoff() * domain.a.abs().max(domain.b.abs());
        let most = steps(MANY.0 + MANY.1 * units.list.len());
        let width = domain.b - domain.a;
        let narrow = if is_limited() { width } else { NARROW * width };
        let (floor, stopped, hint, visits, looks) = (false, false, 0.0, 0, 0);
        Search {
            line,
            best,
            scale: scale(line),
            wide,
            grain,
            visits,
            looks,
            most,
            narrow,
            threshold,
            hint,
            floor,
            stopped,
        }
    }

    /// What a search of another part of the domain has found.
    pub fn add(&mut self, other: &Search<'_, '_>) {
        self.best.add(other.best);
        self.floor |= other.floor;
        self.stopped |= other.stopped;
    }

    /// An error that is worth no further work. Below the normal numbers none is: there each rounding is as large as what is
    /// rounded, and no division makes it smaller.
    fn goal(&self) -> f64 {
        let tight = TIGHT * self.best.lower.max(0.999 * self.hint);
        (if self.margin() > 0.0 { tight.min(self.threshold) } else { tight }).max(f64::MIN_POSITIVE)
    }

    /// How much room there is between the largest error found and the threshold.
    fn margin(&self) -> f64 {
        self.threshold - self.best.lower.max(self.hint)
    }

    /// How far an enclosure may be from the error: a part of it, and of the room below the threshold. Where errors are
    /// weighted that depends on the cell, and what rounding allows is a part of what the target is there.
    fn tolerance(&self, cell: Cell) -> f64 {
        let part = REMAINDER * self.best.lower.max(self.hint);
        let room = self.margin() / 4.0;
        let part = if room > 0.0 { part.min(room) } else { part };
        let part = match self.line.weight() {
            Some(_) => {
                let (x, target) = (cell.interval(), self.line.target());
                let noise = NOISE * target.eval(&[x]).magnitude().get();
                (part / self.line.weigh(x).magnitude().get()).max(if noise.is_finite() { noise } else { 0.0 })
            }
            None => part.max(NOISE * self.scale),
        };
        part.max(f64::MIN_POSITIVE)
    }

    /// Searches a cell and all its parts.
    pub fn run<T: Number>(&mut self, proof: &mut LineProof<'_, '_>, root: Node<T>) {
        let mut stack = vec![root];
        while let Some(node) = stack.pop() {
            self.visit(proof, node, &mut stack);
        }
    }

    fn visit<T: Number>(&mut self, proof: &mut LineProof<'_, '_>, mut node: Node<T>, stack: &mut Vec<Node<T>>) {
        self.looks += FEW + node.near().len();
        let cell = node.cell();
        proof.absorb(&mut node, self.tolerance(cell), NOISE);
        self.visits += 1;
        let narrow = cell.b - cell.a <= self.narrow;
        // Weights of hundreds of powers of ten leave no tolerance that a remainder could keep to.
        let most = if self.line.weight().is_some() { self.most } else { self.most.saturating_mul(LONG) };
        let long = self.visits > most;
        let short = self.visits > self.most / SHORT.0 || self.looks > SHORT.1;
        let spent = self.visits > self.most && (narrow || long) || short && stopped();
        let sliver = spent || cell.is_sliver() || self.within_rounding(&node);
        if sliver || node.near().len() <= FEW {
            let size = node.range(self.line).magnitude().get();
            let unresolved = !node.near().is_empty() || !node.has_target();
            let narrow = cell.b - cell.a <= self.wide;
            if sliver || unresolved && narrow && size <= self.goal() {
                let loose = size > self.goal();
                self.floor |= loose;
                self.stopped |= loose && spent;
                self.probe_ends(&node);
                return proof.by_range(node);
            }
        }
        let node = match proof.leaf(node, self.tolerance(cell)) {
            Ok(leaf) => return self.leaf(proof, leaf, 0),
            Err(node) => node,
        };
        let node = if node.has_target() && node.near().len() <= FEW {
            match proof.by_ends(node, self.goal()) {
                Ok((left, right)) => {
                    self.best.at(cell.a, left);
                    return self.best.at(cell.b, right);
                }
                Err(node) => node,
            }
        } else {
            node
        };
        self.divide(proof, node, stack);
    }

    /// Whether a cell around a break is as narrow as the rounding of the break's place: dividing it would go on through
    /// all the numbers near zero; or, where a weight is so small that its products are hardly normal numbers, through all
    /// the domain.
    fn within_rounding<T: Number>(&self, node: &Node<T>) -> bool {
        let (cell, units) = (node.cell(), self.line.units());
        let (width, least) = (cell.b - cell.a, units.precision.least_normal());
        node.near().iter().map(|k| &units.list[*k as usize]).any(|unit| {
            (width <= self.grain || width * unit.weight().abs() <= least)
                && unit.has_break(units.activation, cell.interval())
        })
    }

    fn probe_ends<T: Number>(&mut self, node: &Node<T>) {
        for x in [node.cell().a, node.cell().b] {
            self.best.at(x, node.value(self.line, x));
        }
    }

    /// A cell on which the error is a polynomial: halved, without new expansions, until it is proved or at the floor.
    fn leaf(&mut self, proof: &mut LineProof<'_, '_>, leaf: Leaf, depth: usize) {
        let (cell, weighted) = (leaf.cell(), self.line.weight().is_some());
        let size = leaf.range(self.line).magnitude().get();
        if !weighted || size > self.best.lower {
            for x in [cell.a, cell.centre(), cell.b] {
                self.best.at(x, leaf.value(self.line, x));
            }
        }
        // The width left is mostly that of the coefficients: halving cannot help.
        let noisy = leaf.poly().noise() * 4.0 >= leaf.poly().range().width().get();
        let mut hopeless = noisy || cell.is_sliver() || depth > 40;
        let mut good = size <= self.goal();
        if weighted {
            // A weight that varies is another thing that halving helps with, for the sake of the mean square too: as long as the
            // work allows.
            self.visits += 1;
            let weight = self.line.weigh(cell.interval());
            let varies = |part: f64| weight.width().get() > part * weight.magnitude().get();
            let spent = self.visits > self.most || self.visits > self.most / SHORT.0 && stopped();
            good &= spent || !varies(EVEN) || cell.b - cell.a <= self.wide / 16.0;
            hopeless = spent || cell.is_sliver() || depth > 40 || noisy && !varies(REMAINDER);
        }
        if good || hopeless {
            self.floor |= size > self.goal();
            return proof.by_polynomial(leaf);
        }
        for half in proof.halves(leaf) {
            self.leaf(proof, half, depth + 1);
        }
    }

    /// Divides a cell: around the break of one of its units if there is one inside, or else in the middle.
    fn divide<T: Number>(&mut self, proof: &mut LineProof<'_, '_>, node: Node<T>, stack: &mut Vec<Node<T>>) {
        let (cell, units) = (node.cell(), self.line.units());
        let break_of = |k: &u32| {
            let breaks = units.list[*k as usize].break_points(units.activation);
            let place = breaks.iter().position(|part| cell.a < part.a && part.b < cell.b)?;
            Some(Cut::Around(*k, place as u32))
        };
        // The middle one of the list keeps the tree balanced; its neighbours are asked if it has no break inside.
        let near = node.near();
        let half = near.len() / 2;
        let found = near[half..].iter().take(FEW).chain(near[..half].iter().rev().take(FEW)).find_map(break_of);
        match proof.divide(node, found.unwrap_or(Cut::Middle)) {
            Ok(parts) => stack.extend(parts.into_iter().rev()),
            // No number lies inside.
            Err(node) => {
                self.floor = true;
                proof.by_range(node);
            }
        }
    }
}
