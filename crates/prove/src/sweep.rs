//! Networks of jumps: on a cell where the smooth part of the error is monotone, one pass over the jumps from left to right
//! gives the error on every piece between them, from one polynomial value per jump.

use bumpnet_interval::Interval;

use crate::descent::{Node, Search};
use crate::fault::{Fault, active};
use crate::units::Units;

/// Fewest jumps worth a pass; fewer are divided around. Heuristic.
const FEWEST: usize = 2;

/// Takes the jumps left of the cell into its polynomial, and forgets those right of it.
pub fn absorb(units: &Units, node: &mut Node) {
    let jump = |k: &u32| units.jumps[*k as usize];
    let (a, b) = (node.cell.a, node.cell.b);
    // The ends of a jump's cell are outside of what rounding can reach, so there the jump is decided.
    let passed = node.near.partition_point(|k| jump(k).b <= a);
    let ahead = node.near.partition_point(|k| jump(k).a < b);
    let mut sum = Steps::default();
    node.near[..passed].iter().for_each(|k| sum.add(units.list[*k as usize].alpha));
    if passed > 0 {
        node.poly.add_constant(sum.value());
    }
    node.near.truncate(ahead);
    node.near.drain(..passed);
}

/// Does the whole cell if all its units are jumps inside it and the rest is monotone; `false` leaves it to be divided.
pub fn sweep(search: &mut Search<'_>, node: &Node) -> bool {
    let slope = node.poly.slope();
    let monotone = slope.lo() > 0.0 || slope.hi() < 0.0;
    if !monotone || node.near.len() < FEWEST || search.units.jumps.is_empty() {
        return false;
    }
    let units = search.units;
    let inside = |k: u32| node.cell.a < units.jumps[k as usize].a && units.jumps[k as usize].b < node.cell.b;
    if !(inside(node.near[0]) && inside(node.near[node.near.len() - 1])) {
        return false;
    }
    let mut poly = node.poly;
    poly.simplify(0.25 * search.tolerance());
    let slope = poly.slope() / Interval::point(node.cell.radius());
    let mut steps = Steps::default();
    let mut from = (node.cell.a, poly.value(node.cell.parameter(Interval::point(node.cell.a))));
    let mut around = 0.0;
    for &k in &node.near {
        let at = units.jumps[k as usize];
        let smooth = poly.value(node.cell.parameter(at.interval()));
        let before = smooth + steps.value();
        let next = at.b - at.a;
        piece(search, from, (at.a, before), slope, around + next);
        around = next;
        steps.add(units.list[k as usize].alpha);
        // The few numbers around the jump belong to the cells on both sides, whose ranges hold both values.
        from = (at.b, if active(Fault::JumpOneSided) { before } else { smooth + steps.value() });
    }
    let end = poly.value(node.cell.parameter(Interval::point(node.cell.b))) + steps.value();
    piece(search, from, (node.cell.b, end), slope, around);
    true
}

/// A piece without jumps, on which the error runs monotonously from one value to another with these slopes.
///
/// The values at a jump are enclosed over all the numbers around it, so the pieces' ranges cover those too; `around` is the
/// width of those stretches on both sides, for their share of the square's integral.
///
/// The norm: the chord through the end values has `sqrt(w (u^2 + u v + v^2) / 3)`, and a function whose slopes lie in
/// `[d, D]` leaves it by at most `(D - d) w / 4`. The roundings of the few operations are far below 1e-12 of each other,
/// because `u^2 + u v + v^2 >= (u^2 + v^2)/2` does not cancel.
fn piece(
    search: &mut Search<'_>,
    (a, left): (f64, Interval),
    (b, right): (f64, Interval),
    slope: Interval,
    around: f64,
) {
    search.found(a, left);
    search.found(b, right);
    let width = b - a;
    let (u, v) = (left.midpoint() / search.unit, right.midpoint() / search.unit);
    let root = width.sqrt();
    let chord = root * ((u * u + u * v + v * v) / 3.0).max(0.0).sqrt() * search.unit;
    let rest = ((slope.hi() - slope.lo()) * width / 4.0 + (left.hi() - left.lo()) + (right.hi() - right.lo())) * root;
    let range = left.hull(&right);
    let around = range.magnitude().get() * (around * (1.0 + 1e-12)).sqrt();
    let low = (chord * (1.0 - 1e-12) - rest * (1.0 + 1e-12)).max(0.0);
    search.done(range, (low, (chord + rest) * (1.0 + 1e-12) + around));
}

/// The exact sum of the jumps so far: the high part exact, the errors of its roundings (each exact) in the low part.
#[derive(Default)]
struct Steps {
    high: f64,
    low: f64,
    /// How far the low part may be off.
    slack: f64,
    /// What is not known of the terms themselves.
    loose: Option<Interval>,
}

impl Steps {
    fn add(&mut self, alpha: Interval) {
        let term = alpha.midpoint();
        let high = self.high + term;
        let part = high - self.high;
        let error = (self.high - (high - part)) + (term - part); // Knuth's two-sum: exact
        let low = self.low + error;
        self.slack += f64::EPSILON * low.abs();
        self.low = low;
        self.high = high;
        if !alpha.is_point() {
            let rest = alpha - Interval::point(term);
            self.loose = Some(self.loose.map_or(rest, |loose| loose + rest));
        }
    }

    fn value(&self) -> Interval {
        // The slack is a sum of rounded numbers itself; twice it covers that for up to 2^50 terms.
        let slack = 2.0 * self.slack + f64::MIN_POSITIVE;
        let low = Interval::new(self.low - slack, self.low + slack).unwrap_or(Interval::ENTIRE);
        let sum = Interval::point(self.high) + low;
        self.loose.map_or(sum, |loose| sum + loose)
    }
}
