//! The error of a network of jumps at the numbers of binary64 alone, which is all that ever runs.
//!
//! A target's jump at the exact 0.7 and a step at one of the two numbers around it differ only between these. So the exact
//! error over all reals is the jump there, and at no number of binary64 is there any of it. Between two of its steps the
//! evaluator is constant, from the number where it takes the one to the number before it takes the other; on such a piece
//! an enclosure of the target over the *closed* interval of its numbers bounds the error, and where that is divided, it is
//! between two neighbouring numbers, of which nothing lies in either half.

use std::collections::BinaryHeap;

use bumpnet_interval::{Interval, Jet, Wide};

use crate::jumps::Jumps;
use crate::line::Line;

/// Pieces, at most. Heuristic: a second.
const MOST_PIECES: usize = 1 << 16;
/// Above the largest error seen, where it is enough.
const PROMISE: f64 = 1.01;
/// A part of the target's scale that is rounding.
const NOISE: f64 = 4.0 * f64::EPSILON;

/// An interval of numbers before which `k` jumps have been taken, and a bound of the error on it.
struct Part {
    bound: f64,
    /// The error is at least this on all of it.
    at_least: f64,
    from: f64,
    to: f64,
    k: usize,
}

/// A bound of the exact error at every number of binary64 in the domain, each step where the evaluator takes it; `None` for
/// too many pieces, or where it cannot be told where a step is taken. The rounding of the evaluator's sum is not in it.
pub fn bound(line: &Line<'_>, jumps: &Jumps, divisions: usize) -> Option<f64> {
    if jumps.len() > MOST_PIECES {
        return None;
    }
    let domain = line.domain();
    let (lo, hi) = (domain.a, domain.b);
    let (mut parts, mut seen, mut from) = (BinaryHeap::new(), NOISE * line.scale, lo);
    for k in 0..=jumps.len() {
        let next = match jumps.taken.get(k) {
            Some(first) => (*first)?,
            None => hi.next_up(),
        };
        let to = next.next_down().min(hi);
        if from <= to {
            // The numbers next to the steps by themselves: they may be as near to a jump as binary64 can tell.
            let ends = [(from, from), (to, to), (from.next_up(), to.next_down())];
            for ends in ends.into_iter().filter(|(from, to)| from <= to) {
                let part = part(line, jumps, k, ends);
                seen = seen.max(part.at_least);
                parts.push(part);
            }
        }
        from = from.max(next);
    }
    let mut left = divisions;
    while let Some(worst) = parts.pop() {
        let Part { bound, from, to, k, .. } = worst;
        if bound <= PROMISE * seen || left == 0 || from == to {
            return Some(bound);
        }
        left -= 1;
        let middle = (from + 0.5 * (to - from)).clamp(from, to.next_down());
        for ends in [(from, middle), (middle.next_up(), to)] {
            let part = part(line, jumps, k, ends);
            seen = seen.max(part.at_least);
            parts.push(part);
        }
    }
    Some(0.0)
}

fn part(line: &Line<'_>, jumps: &Jumps, k: usize, (from, to): (f64, f64)) -> Part {
    let target = if from == to { exactly(line, from) } else { over(line, from, to) };
    let error = line.output.apply(&jumps.sum(k)) - target;
    let bound = error.magnitude().get();
    // Where nothing is known, a NaN bounds nothing.
    Part { bound: if bound.is_nan() { f64::INFINITY } else { bound }, at_least: error.mignitude(), from, to, k }
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

impl Ord for Part {
    fn cmp(&self, other: &Part) -> std::cmp::Ordering {
        self.bound.total_cmp(&other.bound).then(other.from.total_cmp(&self.from))
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Part) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Part) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Part {}
