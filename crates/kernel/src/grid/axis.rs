//! One axis of the box, cut wherever a unit of the first layer may jump.
//!
//! **Invariant:** for every point of the axis, some cell that holds it states what each unit is there, exactly and as the
//! evaluator rounds its argument. Cells are closed, so at a jump both one-sided values count.

use bumpnet_ir::{Activation, Input, Precision};

use crate::fault::{Fault, active};
use crate::place::place;

/// What a unit is on a cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// At its lower limit, which is 0.
    Off,
    /// At its upper limit, which is 1.
    On,
    /// Anything from 0 to 1.
    Both,
}

/// A unit of the first layer: `s(w x + b)` of one input.
#[derive(Clone, Copy, Debug)]
pub struct Knot {
    /// Its number among all units of the first layers.
    pub unit: u32,
    /// Its weight, not 0.
    pub w: f64,
    /// Its bias.
    pub b: f64,
}

/// A unit is in another state on the next cell.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// Which unit.
    pub unit: u32,
    /// What it is on the cell before.
    pub before: State,
    /// What it is on the cell after.
    pub after: State,
}

/// The cells of an axis, in order.
#[derive(Clone, Debug)]
pub struct Axis {
    /// From where to where; a cell may be a single point.
    pub cells: Vec<(f64, f64)>,
    /// The numbers of the precision, from the first to the last, at which units are what the cell states, exactly and as the
    /// evaluator rounds: those on its ends may be another cell's, and one that lies between two neighbours has none.
    pub numbers: Vec<(f64, f64)>,
    /// What changes from each cell to the next.
    pub changes: Vec<Vec<Change>>,
    /// What each knot's unit is on the first cell.
    pub first: Vec<(u32, State)>,
}

/// What happens to a unit at a place.
#[derive(Clone, Copy)]
struct Event {
    at: f64,
    unit: u32,
    /// At the place itself.
    here: State,
    after: State,
}

impl Axis {
    /// Cuts an axis; `None` where a jump's place cannot be told (weights or biases of extreme sizes).
    ///
    /// In binary32 only jumps whose sign the evaluator gets right are taken.
    pub fn new(
        input: &Input,
        knots: &[Knot],
        activation: impl Fn(u32) -> Activation,
        precision: Precision,
    ) -> Option<Axis> {
        let (mut events, mut first) = (Vec::new(), Vec::new());
        for knot in knots {
            let (left, right) = span(knot, activation(knot.unit), input, precision)?;
            let (before, after) = if knot.w > 0.0 { (State::Off, State::On) } else { (State::On, State::Off) };
            let mut state = before;
            let mut add = |at: f64, here: State, after: State| match at {
                at if at < input.lo => state = after,
                at if at == input.lo && here == after => state = after,
                at if at > input.hi || at == input.hi && here == state => {}
                _ => events.push(Event { at, unit: knot.unit, here, after }),
            };
            if left == right {
                add(left, State::On, after); // H(0) = 1
            } else {
                add(left, State::Both, State::Both);
                add(right, State::Both, after);
            }
            first.push((knot.unit, state));
        }
        events.sort_by(|p, q| p.at.total_cmp(&q.at).then(p.unit.cmp(&q.unit)));
        Some(Axis::from_events(input, &events, first, precision))
    }

    fn from_events(input: &Input, events: &[Event], first: Vec<(u32, State)>, precision: Precision) -> Axis {
        let mut now: std::collections::HashMap<u32, State> = first.iter().copied().collect();
        let mut axis = Axis { cells: Vec::new(), numbers: Vec::new(), changes: Vec::new(), first };
        let (mut from, mut from_number) = (input.lo, precision.round_up(input.lo));
        let round_down = |x: f64| -precision.round_up(-x);
        let mut pending: Vec<Change> = Vec::new();
        for group in events.chunk_by(|p, q| p.at == q.at) {
            let at = group[0].at;
            let before: Vec<State> = group.iter().map(|event| now[&event.unit]).collect();
            let as_before = group.iter().zip(&before).all(|(event, before)| event.here == *before);
            let as_after = group.iter().all(|event| event.here == event.after);
            let point = !(as_before || as_after) || at == input.lo || at == input.hi;
            // The place itself is the cell's that is as the units are there.
            let below = precision.next_down(precision.round_up(at));
            let behind = precision.next_up(round_down(at));
            let (last, next) = match (point, as_after) {
                (true, _) => (below, behind),
                (false, true) => (below, precision.round_up(at)),
                (false, false) => (round_down(at), behind),
            };
            if at > input.lo {
                axis.push((from, at), (from_number, last), &mut pending);
            }
            if point {
                for (event, before) in group.iter().zip(&before) {
                    pending.push(Change { unit: event.unit, before: *before, after: event.here });
                }
                axis.push((at, at), (at, at), &mut pending);
            }
            for (event, before) in group.iter().zip(&before) {
                let before = if point { event.here } else { *before };
                pending.push(Change { unit: event.unit, before, after: event.after });
                now.insert(event.unit, event.after);
            }
            (from, from_number) = (at, next);
        }
        if from < input.hi {
            axis.push((from, input.hi), (from_number, round_down(input.hi)), &mut pending);
        }
        axis
    }

    /// The next cell, with the changes on the way to it.
    fn push(&mut self, cell: (f64, f64), numbers: (f64, f64), pending: &mut Vec<Change>) {
        pending.retain(|change| change.before != change.after);
        match self.cells.is_empty() {
            // Before the first cell there is nothing to change from.
            true => {
                for change in pending.drain(..) {
                    if let Some(first) = self.first.iter_mut().find(|first| first.0 == change.unit) {
                        first.1 = change.after;
                    }
                }
            }
            false => self.changes.push(std::mem::take(pending)),
        }
        self.cells.push(cell);
        self.numbers.push(numbers);
    }
}

/// From where to where a unit is neither at its one limit nor at the other.
fn span(knot: &Knot, activation: Activation, input: &Input, precision: Precision) -> Option<(f64, f64)> {
    if activation != Activation::Heaviside {
        return band(knot, activation, precision);
    }
    let exact = precision == Precision::F64;
    let mirrored = Input { name: String::new(), lo: -input.hi, hi: -input.lo };
    let (left, right) = match knot.w > 0.0 {
        true => place(knot.w, knot.b, input)?,
        false => place(-knot.w, knot.b, &mirrored).map(|(left, right)| (-right, -left))?,
    };
    // `place` decides exactly on which side of an end a jump is; the evaluator may round to the other.
    let at = |x: f64| knot.w * x + knot.b >= 0.0;
    let missed = match knot.w > 0.0 {
        true => left > input.hi && at(input.hi) || right < input.lo && !at(input.lo),
        false => right < input.lo && at(input.lo) || left > input.hi && !at(input.hi),
    };
    if !exact && left != right || missed && !active(Fault::EvaluatorExact) && !exact {
        return None;
    }
    if missed && !active(Fault::EvaluatorExact) {
        let slack = |x: f64| 16.0 * f64::EPSILON * x.abs() + f64::MIN_POSITIVE;
        return Some((left.min(input.hi - slack(input.hi)), right.max(input.lo + slack(input.lo))));
    }
    Some((left, right))
}

/// Where an activation with limits 0 and 1 is not saturated, neither exactly nor as the evaluator rounds its argument.
///
/// At `s` beyond an end, where the argument is to be `t`, the evaluator's is off by at most `u |w x| + u |z| (1 + u) + least`
/// with `|w x| <= |b| + |t| + |w| s` and `|z| <= |t| + |w| s`: less than `|w| s` as soon as
/// `|w| s > 3u (|b| + 2 |t|) + 2 least`. The ends themselves are off by three roundings.
fn band(knot: &Knot, activation: Activation, precision: Precision) -> Option<(f64, f64)> {
    let (from, to) = activation.saturation();
    let (from, to) = if active(Fault::WindowTooNarrow) { (from / 32.0, to / 32.0) } else { (from, to) };
    let (p, q) = ((from - knot.b) / knot.w, (to - knot.b) / knot.w);
    let (u, least) = (precision.unit_roundoff(), precision.extremes().0.max(f64::MIN_POSITIVE));
    let rounding = (8.0 * u * (knot.b.abs() + from.abs().max(to.abs())) + 4.0 * least) / knot.w.abs();
    let generous = 1e-9 * (p.abs() + q.abs() + (q - p).abs()) + 1e-12 * knot.b.abs() / knot.w.abs();
    let slack = if active(Fault::EvaluatorExact) { 0.0 } else { generous.max(2.0 * rounding) };
    let (left, right) = (p.min(q) - slack, p.max(q) + slack);
    (left.is_finite() && right.is_finite() && left < right).then_some((left, right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(knots: &[(f64, f64)]) -> Axis {
        let input = Input { name: "x".into(), lo: 0.0, hi: 1.0 };
        let knots: Vec<Knot> =
            knots.iter().enumerate().map(|(k, (w, b))| Knot { unit: k as u32, w: *w, b: *b }).collect();
        Axis::new(&input, &knots, |_| Activation::Heaviside, Precision::F64).unwrap()
    }

    /// The states of all units, cell by cell.
    fn states(axis: &Axis) -> Vec<Vec<State>> {
        let mut now: Vec<State> = axis.first.iter().map(|(_, state)| *state).collect();
        let mut all = vec![now.clone()];
        for changes in &axis.changes {
            for change in changes {
                assert_eq!(now[change.unit as usize], change.before);
                now[change.unit as usize] = change.after;
            }
            all.push(now.clone());
        }
        assert_eq!(all.len(), axis.cells.len());
        all
    }

    #[test]
    fn cells_cover_the_axis_and_every_state_on_it() {
        use State::{Both, Off, On};
        let one = axis(&[(1.0, -0.25), (1.0, -0.75)]);
        assert_eq!(one.cells, [(0.0, 0.25), (0.25, 0.75), (0.75, 1.0)]);
        assert_eq!(states(&one), [[Off, Off], [On, Off], [On, On]]);
        // A rise and a fall at one place: both are on there, and nowhere else.
        let mixed = axis(&[(1.0, -0.5), (-1.0, 0.5)]);
        assert_eq!(mixed.cells, [(0.0, 0.5), (0.5, 0.5), (0.5, 1.0)]);
        assert_eq!(states(&mixed), [[Off, On], [On, On], [On, Off]]);
        // On the ends: a fall at the lower one and a rise at the upper one show at a single point each.
        let ends = axis(&[(1.0, 0.0), (-1.0, 0.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 3.0), (1.0, -3.0)]);
        assert_eq!(ends.cells, [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]);
        let all = states(&ends);
        assert_eq!(all[0], [On, On, Off, On, On, Off]);
        assert_eq!(all[1], [On, Off, Off, On, On, Off]);
        assert_eq!(all[2], [On, Off, On, On, On, Off]);
        // A place that binary64 cannot hold.
        let third = axis(&[(3.0, -1.0)]);
        assert_eq!(third.cells.len(), 3);
        assert_eq!(states(&third), [[Off], [Both], [On]]);
        assert!(third.cells[1].0 < 1.0 / 3.0 && third.cells[1].1 > 1.0 / 3.0);
        assert_eq!(axis(&[]).cells, [(0.0, 1.0)]);
        // Every number is in one cell: a rise's place is behind it, a fall's before.
        let (quarter, half) = (0.25f64.next_down(), 0.5f64.next_up());
        assert_eq!(axis(&[(1.0, -0.25), (-1.0, 0.5)]).numbers, [(0.0, quarter), (0.25, 0.5), (half, 1.0)]);
        assert_eq!(mixed.numbers, [(0.0, 0.5f64.next_down()), (0.5, 0.5), (half, 1.0)]);
        let (second, last) = (f64::from_bits(1), 1.0f64.next_down());
        assert_eq!(ends.numbers, [(0.0, 0.0), (second, last), (1.0, 1.0)]);
    }
}
