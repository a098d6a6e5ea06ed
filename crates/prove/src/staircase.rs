//! Certificates of networks of jumps: a few samples, passes over all pieces, and the general search for what those leave over.
//!
//! Between its jumps such a network is constant, behind the output's activation too. The samples give a first idea of the
//! largest error, which decides how closely a pass looks; they are confirmed by interval arithmetic.

use std::borrow::Cow;

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Expr, Input, Network};

use crate::descent::{NOISE, Node, Search};
use crate::found::Found;
use crate::jumps::Jumps;
use crate::pieces::{Tally, Tolerance};
use crate::poly::{Cell, Poly};
use crate::roundoff::U;
use crate::sweep::{Rest, Sweep};
use crate::units::Units;

/// Pieces that are sampled, and points in each at least. Heuristic.
const SAMPLED: usize = 20;
const IN_EACH: usize = 2;
/// Of these points so many are tried to be confirmed.
const CONFIRMATIONS: usize = 4;
/// Passes, each looking more closely than the one before.
const PASSES: usize = 3;
/// How much narrower the cells of what is left over are than those of the general search, for the mean square: it is only
/// about kinks and jumps of the target. Heuristic.
const CLOSER: f64 = 1.0 / 64.0;
/// The promise, and a little room.
const TIGHT: f64 = 1.009;

/// The network's values between its jumps.
struct Levels<'a> {
    values: Cow<'a, [f64]>,
    /// How far each may be off.
    slack: f64,
}

impl<'a> Levels<'a> {
    fn new(jumps: &'a Jumps, output: Activation) -> Levels<'a> {
        if output == Activation::Identity {
            return Levels { values: Cow::Borrowed(&jumps.sums), slack: jumps.slack };
        }
        let mut slack = UpperBound::ZERO;
        let value = |k| {
            let exact = output.apply(&jumps.sum(k));
            slack = slack.max((exact - Interval::point(exact.midpoint())).magnitude());
            exact.midpoint()
        };
        Levels { values: (0..jumps.sums.len()).map(value).collect(), slack: slack.get() }
    }
}

/// What is asked of a proof.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub target: &'a Expr,
    pub network: &'a Network,
    pub input: &'a Input,
    pub output: Activation,
    /// An error that the upper bound should stay below, if it can be proved; infinite for none.
    pub threshold: f64,
    /// The target's magnitude.
    pub scale: f64,
}

/// Proves the error of a network of jumps.
///
/// How closely a pass looks depends on the threshold, and what it finds of the mean square depends on that. So the mean
/// square is that of the proof without a threshold, which a verifier can repeat who does not know what was asked for.
pub fn prove(question: &Question<'_>, jumps: &Jumps) -> Found {
    let first = attempt(&Question { threshold: f64::INFINITY, ..*question }, jumps);
    if !(first.lower < question.threshold && question.threshold < first.upper) {
        return first;
    }
    let found = attempt(question, jumps);
    if found.upper < first.upper { found.with_squares_of(&first) } else { first }
}

/// One proof, for one threshold.
fn attempt(question: &Question<'_>, jumps: &Jumps) -> Found {
    let levels = Levels::new(jumps, question.output);
    let mut found = Found::new(question.scale, question.input);
    confirm_samples(question, jumps, &levels, &mut found);
    let (mut closer, mut pass) = (1.0, 1);
    let swept = loop {
        let tolerance = Tolerance::new(found.lower, question.threshold, NOISE * question.scale, closer);
        let domain = Cell { a: question.input.lo, b: question.input.hi };
        let sweep = Sweep::run(
            question.target,
            jumps,
            (&levels.values, levels.slack),
            domain,
            tolerance,
            (found.unit, found.root_span),
        );
        if sweep.tally.best.error > found.lower {
            found.at(sweep.tally.best.x, error(question, jumps, sweep.tally.best.jumps, sweep.tally.best.x));
        }
        if pass == PASSES || sweep.tally.upper <= goal(&found, question.threshold) {
            break sweep;
        }
        (closer, pass) = (closer / 8.0, pass + 1);
    };
    found.upper = swept.tally.upper;
    found.cells = swept.tally.pieces;
    found.floor = swept.tally.upper > goal(&found, question.threshold);
    add_squares(&swept.tally, &mut found);
    if let Some((from, k)) = jumps.early {
        let x = Interval::new(from, question.input.hi).unwrap_or(Interval::ENTIRE);
        let taken = question.output.apply(&jumps.sum(k + 1)) - question.target.eval(&[x]);
        found.evaluated = taken.magnitude().get();
    }
    if swept.rests.is_empty() { found } else { search_rests(question, jumps, &swept.rests, found) }
}

/// An upper bound that is good enough.
fn goal(found: &Found, threshold: f64) -> f64 {
    let tight = TIGHT * found.lower;
    if threshold > found.lower { tight.min(threshold) } else { tight }
}

/// The error at a point of the domain before which `k` jumps have happened and no other has.
fn error(question: &Question<'_>, jumps: &Jumps, k: usize, x: f64) -> Interval {
    question.output.apply(&jumps.sum(k)) - question.target.eval(&[Interval::point(x)])
}

/// The largest error found at some points of some pieces: what decides how closely is looked.
fn confirm_samples(question: &Question<'_>, jumps: &Jumps, levels: &Levels<'_>, found: &mut Found) {
    let (lo, hi) = (question.input.lo, question.input.hi);
    let pieces = levels.values.len();
    let (stride, inside) = (pieces.div_ceil(SAMPLED), (2 * SAMPLED / pieces).max(IN_EACH));
    let (mut points, mut before) = (Vec::new(), Vec::new());
    for k in (0..pieces).step_by(stride) {
        let from = if k == 0 { lo } else { jumps.right[k - 1].max(lo) };
        let to = jumps.left.get(k).map_or(hi, |left| left.next_down().min(hi));
        if from <= to {
            let last = (inside - 1) as f64;
            points.extend((0..inside).map(|i| (from + (to - from) * (i as f64 / last)).clamp(from, to)));
            before.extend((0..inside).map(|_| k));
        }
    }
    let mut values = vec![0.0; points.len()];
    question.target.eval_many(&points, &mut values);
    let off = |i: &usize| (values[*i] - levels.values[before[*i]]).abs();
    let mut order: Vec<usize> = (0..points.len()).filter(|i| off(i).is_finite()).collect();
    order.sort_unstable_by(|i, j| off(j).total_cmp(&off(i)).then(i.cmp(j)));
    for i in order.into_iter().take(CONFIRMATIONS) {
        found.at(points[i], error(question, jumps, before[i], points[i]));
        if found.lower >= 0.999 * off(&i) {
            break;
        }
    }
}

/// The root of the chords' integral is off by at most the root of that of the distance to them: the triangle inequality.
/// Each sum of n terms, each of a few roundings, is off by less than `(n + 16) 2^-52` of itself.
fn add_squares(tally: &Tally<'_>, found: &mut Found) {
    let slack = (tally.pieces as f64 + 16.0) * 2.0 * U;
    let (chords, off) = ((tally.chords / 3.0).sqrt(), (tally.off_chords * (1.0 + slack)).sqrt() * (1.0 + 8.0 * U));
    found.add_squares(((chords * (1.0 - slack) - off).max(0.0), (chords * (1.0 + slack) + off) * (1.0 + 4.0 * U)));
}

/// The general search on what is left over.
fn search_rests(question: &Question<'_>, jumps: &Jumps, rests: &[Rest], mut found: Found) -> Found {
    let Some(units) = Units::new(question.network) else {
        // Never so: a network of jumps has units.
        found.upper = f64::INFINITY;
        return found;
    };
    let wanted = (question.output, question.threshold);
    let mut search = Search::new(question.target, &units, question.input, wanted, question.scale, found);
    search.wide *= CLOSER;
    for rest in rests {
        let known = (search.found.lower, search.found.argmax);
        search.run(Node {
            cell: rest.cell,
            poly: Poly::constant(jumps.sum(rest.from)),
            slop: UpperBound::ZERO,
            target_absorbed: false,
            near: between(&units, jumps, rest),
        });
        let end = rest.cell.b;
        if search.found.argmax == end && search.found.lower > known.0 && jumps.left.get(rest.to) == Some(&end) {
            // That is the limit at a jump, which belongs to the next part: attained next to it.
            (search.found.lower, search.found.argmax) = known;
            search.found.at(end.next_down(), error(question, jumps, rest.to, end.next_down()));
        }
    }
    search.found
}

/// The units of the jumps of a part; several may share a jump, and both lists are in the order of the jumps.
fn between(units: &Units, jumps: &Jumps, rest: &Rest) -> Vec<u32> {
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
