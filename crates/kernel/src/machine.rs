//! The error of a network of jumps at the numbers of its precision alone, which is all that ever runs.
//!
//! A target's jump at the exact 0.7 and a step at one of the two numbers around it differ only between these. So the exact
//! error over all reals is the jump there, and at no number that runs is there any of it. Between two of its steps the
//! evaluator is constant, from the number where it takes the one to the number before it takes the other; on such a piece
//! an enclosure of the target over the *closed* interval of its numbers bounds the error, and where that is divided, it is
//! between two neighbouring numbers, of which nothing lies in either half.

use std::collections::BinaryHeap;

use bumpnet_interval::{Interval, Jet, Wide};

use crate::line::Line;
use crate::taken::Taken;

/// Above the largest error seen, where it is enough.
const PROMISE: f64 = 1.01;
/// A part of the target's scale that is rounding.
const NOISE: f64 = 4.0 * f64::EPSILON;

/// An interval of numbers before which `k` jumps have been taken, and a bound of the error on it.
struct Segment {
    bound: f64,
    /// The error is at least this on all of it.
    at_least: f64,
    from: f64,
    to: f64,
    k: usize,
}

/// A bound of the exact error at every number of the precision in the domain, each step where the evaluator takes it. The
/// rounding of the evaluator's sum is not in it.
pub fn bound(line: &Line<'_>, taken: &Taken, divisions: usize) -> f64 {
    let (precision, (lo, hi)) = (taken.precision, taken.ends);
    let (mut parts, mut seen, mut from) = (BinaryHeap::new(), NOISE * line.scale, lo);
    for k in 0..=taken.from.len() {
        let next = taken.from.get(k).map_or(precision.next_up(hi), |first| *first);
        let to = precision.next_down(next);
        // The numbers next to the steps by themselves: they may be as near to a jump as numbers can tell.
        let ends = [(from, from), (to, to), (precision.next_up(from), precision.next_down(to))];
        for ends in ends.into_iter().filter(|(from, to)| from <= to) {
            let part = part(line, taken, k, ends);
            seen = seen.max(part.at_least);
            parts.push(part);
        }
        from = next;
    }
    let mut left = divisions;
    while let Some(worst) = parts.pop() {
        let Segment { bound, from, to, k, .. } = worst;
        if bound <= PROMISE * seen || left == 0 || from == to {
            return bound;
        }
        left -= 1;
        let middle = precision.next_down(precision.middle(from, precision.next_up(to)));
        for ends in [(from, middle), (precision.next_up(middle), to)] {
            let part = part(line, taken, k, ends);
            seen = seen.max(part.at_least);
            parts.push(part);
        }
    }
    0.0
}

fn part(line: &Line<'_>, taken: &Taken, k: usize, (from, to): (f64, f64)) -> Segment {
    let target = if from == to { exactly(line, from) } else { over(line, from, to) };
    let error = line.output.apply(&taken.sum(k)) - target;
    let bound = error.magnitude().get();
    // Where nothing is known, a NaN bounds nothing.
    Segment { bound: if bound.is_nan() { f64::INFINITY } else { bound }, at_least: error.mignitude(), from, to, k }
}

/// The target at a number, in more digits than binary64 has.
fn exactly(line: &Line<'_>, x: f64) -> Interval {
    line.target.eval(&[Wide::point(x)]).interval()
}

/// The target's range on an interval, by its enclosure and by its mean value form.
fn over(line: &Line<'_>, from: f64, to: f64) -> Interval {
    let x = Interval::new(from, to).unwrap_or(Interval::ENTIRE);
    let range = line.target.eval(&[x]);
    let slope = line.target.eval(&[Jet::variable(x, 1)]).coefficient(1);
    let centre = x.midpoint();
    let centred = exactly(line, centre) + slope * (x - Interval::point(centre));
    if centred.is_bounded() { range.intersection(&centred).unwrap_or(range) } else { range }
}

impl Ord for Segment {
    fn cmp(&self, other: &Segment) -> std::cmp::Ordering {
        self.bound.total_cmp(&other.bound).then(other.from.total_cmp(&self.from))
    }
}

impl PartialOrd for Segment {
    fn partial_cmp(&self, other: &Segment) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Segment {
    fn eq(&self, other: &Segment) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Segment {}
