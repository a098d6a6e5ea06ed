//! The search for the largest error: cells of the domain are divided until each is proved to hold no error larger than
//! the largest one found, to within 1 %.
//!
//! What is known of the error on a cell is handed down to its parts. The error `e = N - f` is a [`Poly`] for everything
//! that has become smooth on some cell above, and a list of units that have not. A saturated unit is a constant and is
//! absorbed once, high up; a distant one is absorbed as a polynomial as soon as its series converges; only the units
//! whose step is near travel on. So the work is near linear in the number of units, for activations with and without
//! saturation.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Expr, Input};

use crate::fault::{Fault, active};
use crate::found::Found;
use crate::poly::{Cell, Number, Poly};
use crate::units::{Role, Units};
use crate::work::{is_limited, steps};

/// An error within this factor of the largest one found is not looked at further. The promise is 1.01; the rest is for
/// rounding.
const TIGHT: f64 = 1.009;
/// The part of the largest error that remainders may use up. Heuristic: tightness against depth.
const REMAINDER: f64 = 1e-3;
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
const LONG: usize = 64;
/// How narrow, as a part of the domain; heuristic.
const NARROW: f64 = 1.0 / (1u64 << 24) as f64;
/// Units on a cell up to which it is bounded without absorbing them first. Heuristic.
const FEW: usize = 8;

/// A search under way.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    pub target: &'a Expr,
    pub units: &'a Units,
    pub output: Activation,
    /// The target's magnitude: noise is relative to it.
    pub scale: f64,
    /// What has been found.
    pub found: Found,
    /// Cells wider than this are divided even where their error is small, for the sake of the mean square.
    pub wide: f64,
    /// The distance of the evaluator's neighbouring numbers at the larger end of the domain, a few times.
    pub grain: f64,
    /// Cells visited, and how many may be before cells narrower than `narrow` are taken as they are.
    visits: usize,
    most: usize,
    narrow: f64,
    /// An error that the upper bound should stay below, if it can be proved; infinite for none.
    pub threshold: f64,
    /// An unproved estimate of the largest error: it decides only how much work is done.
    pub hint: f64,
}

/// A cell and what is known of the error on it.
#[derive(Clone)]
pub struct Node<T> {
    pub cell: Cell,
    /// The sum of what was absorbed.
    pub poly: Poly<T>,
    /// Bound of the slope (d/dx) of saturated units that count as constants.
    pub slop: UpperBound,
    /// Whether the target is in `poly` (with a minus sign).
    pub target_absorbed: bool,
    /// The units that are not, by position.
    pub near: Vec<u32>,
}

impl<'a> Search<'a> {
    /// A search that goes on from what has been found.
    pub fn new(
        target: &'a Expr,
        units: &'a Units,
        input: &Input,
        (output, threshold): (Activation, f64),
        scale: f64,
        found: Found,
    ) -> Search<'a> {
        let wide = (input.hi - input.lo) / (WIDE * (units.list.len() + 8) as f64);
        let grain = GRAIN * units.precision.unit_roundoff() * input.lo.abs().max(input.hi.abs());
        let (visits, most) = (0, steps(MANY.0 + MANY.1 * units.list.len()));
        let narrow = if is_limited() { input.hi - input.lo } else { NARROW * (input.hi - input.lo) };
        Search { target, units, output, scale, found, wide, grain, visits, most, narrow, threshold, hint: 0.0 }
    }

    /// The same search with other findings.
    pub fn with(&self, found: Found) -> Search<'a> {
        Search { found, ..self.clone() }
    }

    /// An error that is worth no further work.
    fn goal(&self) -> f64 {
        let tight = TIGHT * self.found.lower.max(0.999 * self.hint);
        if self.margin() > 0.0 { tight.min(self.threshold) } else { tight }
    }

    /// How much room there is between the largest error found and the threshold.
    fn margin(&self) -> f64 {
        self.threshold - self.found.lower.max(self.hint)
    }

    /// How far an enclosure may be from the error: a part of it, and of the room below the threshold.
    pub fn tolerance(&self) -> f64 {
        let part = REMAINDER * self.found.lower.max(self.hint);
        let room = self.margin() / 4.0;
        (if room > 0.0 { part.min(room) } else { part }).max(NOISE * self.scale)
    }

    /// Searches a cell and all its parts.
    pub fn run<T: Number>(&mut self, root: Node<T>) {
        let mut stack = vec![root];
        while let Some(node) = stack.pop() {
            self.visit(node, &mut stack);
        }
    }

    fn visit<T: Number>(&mut self, mut node: Node<T>, stack: &mut Vec<Node<T>>) {
        self.absorb(&mut node);
        self.visits += 1;
        let narrow = node.cell.b - node.cell.a <= self.narrow;
        let spent = self.visits > self.most && (narrow || self.visits > self.most.saturating_mul(LONG));
        let sliver = spent || node.cell.is_sliver() || self.within_rounding(&node);
        if sliver || node.near.len() <= FEW {
            let range = self.range(&node);
            let unresolved = !node.near.is_empty() || !node.target_absorbed;
            let narrow = node.cell.b - node.cell.a <= self.wide;
            if sliver || unresolved && narrow && range.magnitude().get() <= self.goal() {
                let loose = range.magnitude().get() > self.goal();
                self.found.floor |= loose;
                self.found.stopped |= loose && spent;
                self.probe_ends(&node);
                return self.found.done_by_range(&node.cell, range);
            }
        }
        let smooth = node.near.is_empty() && (node.target_absorbed || self.output != Activation::Identity);
        if let Some(poly) = smooth.then(|| self.error_poly(&node)).flatten() {
            return self.leaf(node.cell, poly, 0);
        }
        if node.target_absorbed && node.near.len() <= FEW && self.monotone(&node) {
            return;
        }
        self.divide(node, stack);
    }

    /// Whether a cell around a break is as narrow as the rounding of the break's place: dividing it would go on through
    /// all the numbers near zero.
    fn within_rounding<T>(&self, node: &Node<T>) -> bool {
        let x = node.cell.interval();
        node.cell.b - node.cell.a <= self.grain
            && node.near.iter().any(|k| self.units.list[*k as usize].has_break(self.units.activation, x))
    }

    /// Takes over what has become constant or smooth on the cell.
    fn absorb<T: Number>(&mut self, node: &mut Node<T>) {
        let tolerance = self.tolerance();
        let wanted = self.output == Activation::Identity && !node.target_absorbed;
        if let Some(poly) = wanted.then(|| Poly::of_expression(self.target, &node.cell)).flatten() {
            let remainder = poly.coefficients().get(crate::poly::ORDER).map_or(0.0, |c| c.width().get());
            if remainder <= tolerance.max(NOISE * poly.range().magnitude().get()) {
                node.poly.add_scaled(T::point(-1.0), &poly.convert());
                node.target_absorbed = true;
            }
        }
        let (units, poly, slop) = (self.units, &mut node.poly, &mut node.slop);
        let share = tolerance / (node.near.len().max(16) as f64);
        node.near.retain(|&k| {
            let unit = &units.list[k as usize];
            match unit.role(units.activation, &node.cell, share) {
                Role::Constant(value, slope) => {
                    poly.add_constant(value);
                    *slop = *slop + slope;
                    false
                }
                Role::Smooth(smooth) => {
                    poly.add_scaled(T::point(1.0), &smooth);
                    false
                }
                Role::Hard => true,
            }
        });
    }

    /// The error as a polynomial, once all units are absorbed.
    fn error_poly<T: Number>(&self, node: &Node<T>) -> Option<Poly> {
        let sum = node.poly.interval();
        match self.output {
            Activation::Identity => Some(sum),
            output => crate::layers::compose(output, &sum, self.target, &node.cell, self.tolerance()),
        }
    }

    /// Where the error lies on the cell, by monotony of each unit.
    fn range<T: Number>(&self, node: &Node<T>) -> Interval {
        let x = node.cell.interval();
        let unit = |k: &u32| &self.units.list[*k as usize];
        let sum = node
            .near
            .iter()
            .fold(node.poly.range(), |sum, k| sum + unit(k).alpha * unit(k).hull(self.units.activation, x));
        self.minus_target(sum, node, x)
    }

    /// The error at a point of the cell.
    fn value<T: Number>(&self, node: &Node<T>, x: f64) -> Interval {
        let unit = |k: &u32| &self.units.list[*k as usize];
        let start = node.poly.value(node.cell.parameter(T::point(x)));
        let term = |k: &u32| T::from(unit(k).alpha) * unit(k).at::<T>(self.units.activation, x);
        let sum = node.near.iter().fold(start, |sum, k| sum + term(k));
        self.minus_target(sum.into(), node, Interval::point(x))
    }

    fn minus_target<T>(&self, sum: Interval, node: &Node<T>, x: Interval) -> Interval {
        match (node.target_absorbed, self.output) {
            (true, _) => sum,
            (false, Activation::Identity) => sum - self.target.eval(&[x]),
            (false, output) => output.apply(&sum) - self.target.eval(&[x]),
        }
    }

    fn probe_ends<T: Number>(&mut self, node: &Node<T>) {
        for x in [node.cell.a, node.cell.b] {
            let error = self.value(node, x);
            self.found.at(x, error);
        }
    }

    /// Done if the error is monotone on the cell: then it lies between its values at the ends.
    fn monotone<T: Number>(&mut self, node: &Node<T>) -> bool {
        let x = node.cell.interval();
        let unit = |k: &u32| &self.units.list[*k as usize];
        if node.near.iter().any(|k| unit(k).may_jump(self.units.activation, x)) {
            return false;
        }
        let own = node.poly.slope() / Interval::point(node.cell.radius()) + Interval::symmetric(node.slop);
        let near = if active(Fault::MonotoneUnchecked) { &[] } else { &node.near[..] };
        let slope = near.iter().fold(own, |sum, k| sum + unit(k).slope(self.units.activation, x));
        if !(slope.lo() > 0.0 || slope.hi() < 0.0) || slope.quality() < bumpnet_interval::Quality::Defined {
            return false;
        }
        let (left, right) = (self.value(node, node.cell.a), self.value(node, node.cell.b));
        self.found.at(node.cell.a, left);
        self.found.at(node.cell.b, right);
        self.found.done_by_range(&node.cell, left.hull(&right));
        true
    }

    /// A cell on which the error is a polynomial: halved, without new expansions, until it is proved or at the floor.
    fn leaf(&mut self, cell: Cell, poly: Poly, depth: usize) {
        let range = poly.range();
        let parameter = |x: f64| poly.value(cell.parameter(Interval::point(x)));
        for x in [cell.a, cell.centre(), cell.b] {
            self.found.at(x, parameter(x));
        }
        let size = range.magnitude().get();
        let good = size <= self.goal();
        // The width left is mostly that of the coefficients: halving cannot help.
        let hopeless = poly.noise() * 4.0 >= range.width().get() || cell.is_sliver() || depth > 40;
        if good || hopeless {
            self.found.floor |= !good;
            let (low, high) = poly.norm(self.found.unit);
            let (shrunk, grown) = self.found.root_of(cell.radius());
            // t covers [-1, 1], a little more than the cell: what is outside is taken off the lower bound.
            let outside = self.found.root_of((2.0 * cell.radius() - (cell.b - cell.a)).max(0.0)).1;
            let outside = outside * (1.0 + 1e-15) * (size / self.found.unit);
            return self.found.done(
                range,
                ((low * shrunk * (1.0 - 1e-15) - outside).max(0.0), high * grown * (1.0 + 1e-15) + f64::MIN_POSITIVE),
            );
        }
        let middle = cell.centre();
        for part in [Cell { a: cell.a, b: middle }, Cell { a: middle, b: cell.b }] {
            self.leaf(part, poly.restrict(&cell, &part), depth + 1);
        }
    }

    /// Divides a cell: around the break of one of its units if there is one inside, or else in the middle.
    fn divide<T: Number>(&mut self, node: Node<T>, stack: &mut Vec<Node<T>>) {
        let cell = node.cell;
        let inside = |part: &Cell| cell.a < part.a && part.b < cell.b;
        let break_of =
            |k: &u32| self.units.list[*k as usize].break_points(self.units.activation).into_iter().find(inside);
        // The middle one of the list keeps the tree balanced; its neighbours are asked if it has no break inside.
        let half = node.near.len() / 2;
        let found =
            node.near[half..].iter().take(FEW).chain(node.near[..half].iter().rev().take(FEW)).find_map(break_of);
        let middle = cell.centre();
        let cuts: Vec<f64> = match found {
            Some(part) => vec![cell.a, part.a, part.b, cell.b],
            None if cell.a < middle && middle < cell.b => vec![cell.a, middle, cell.b],
            None => vec![cell.a, cell.b],
        };
        for pair in cuts.windows(2).rev() {
            let part = Cell { a: pair[0], b: pair[1] };
            stack.push(Node { poly: node.poly.restrict(&cell, &part), cell: part, ..node.clone() });
        }
    }
}
