//! Proofs of networks of jumps: a few samples, passes over all pieces, and the general search for what those leave over.
//!
//! Between its jumps such a network is constant, behind the output's activation too. The samples give a first idea of the
//! largest error, which decides how closely a pass looks; they are confirmed by interval arithmetic.

use bumpnet_interval::Interval;
use bumpnet_kernel::jumps::Jumps;
use bumpnet_kernel::line::{Line, Node};
use bumpnet_kernel::log::Log;
use bumpnet_kernel::on_line::LineProof;
use bumpnet_kernel::pieces::{Candidate, Tolerance};
use bumpnet_kernel::sweep::Sweep;

use crate::best::Best;
use crate::descent::{NOISE, Search, scale};
use crate::found::Found;
use crate::pass;
use crate::watch::stopped;

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

/// Proves the error of a network of jumps.
///
/// How closely a pass looks depends on the threshold, and what it finds of the mean square depends on that. So the mean
/// square is that of the proof without a threshold, which a verifier can repeat who does not know what was asked for.
pub fn prove<'l, 'q>(line: &'l Line<'q>, jumps: &Jumps, threshold: f64, log: impl Fn() -> Log) -> Found<'l, 'q> {
    let first = attempt(line, jumps, f64::INFINITY, &log);
    if stopped() || !(first.best.lower < threshold && threshold < first.proof.so_far()) {
        return first;
    }
    let found = attempt(line, jumps, threshold, &log);
    if found.proof.so_far() < first.proof.so_far() { found.with_squares_of(first) } else { first }
}

/// One proof, for one threshold.
fn attempt<'l, 'q>(line: &'l Line<'q>, jumps: &Jumps, threshold: f64, log: impl Fn() -> Log) -> Found<'l, 'q> {
    let mut best = Best::new(line.domain().a);
    confirm_samples(line, jumps, &mut best);
    let (mut closer, mut pass) = (1.0, 1);
    let sweep = loop {
        let tolerance = Tolerance::new(best.lower, threshold, NOISE * scale(line), closer);
        // Without a pass nothing is proved.
        let Some(mut sweep) = Sweep::begin(line, tolerance, log()) else {
            let proof = LineProof::begin::<Interval>(line, log()).0;
            return Found { proof, best, floor: true, stopped: true, squares: None };
        };
        pass::run(&mut sweep, line.domain().b, line.domain().b - line.domain().a);
        let Candidate { error, x, jumps: before } = sweep.best();
        if error > best.lower {
            best.at(x, error_after(line, jumps, before, x));
        }
        if pass == PASSES || sweep.so_far() <= goal(&best, threshold) || stopped() {
            break sweep;
        }
        (closer, pass) = (closer / 8.0, pass + 1);
    };
    let floor = sweep.so_far() > goal(&best, threshold);
    let (mut proof, rests) = sweep.finish();
    let (mut stopped, mut floor_of_rests) = (false, false);
    if !rests.is_empty() {
        let search = search_rests(&mut proof, rests, (jumps, threshold), best);
        (best, stopped, floor_of_rests) = (search.best, search.stopped, search.floor);
    }
    Found { proof, best, floor: floor || floor_of_rests, stopped, squares: None }
}

/// An upper bound that is good enough.
fn goal(best: &Best, threshold: f64) -> f64 {
    let tight = TIGHT * best.lower;
    if threshold > best.lower { tight.min(threshold) } else { tight }
}

/// The error at a point of the domain before which `k` jumps have happened and no other has.
fn error_after(line: &Line<'_>, jumps: &Jumps, k: usize, x: f64) -> Interval {
    line.output().apply(&jumps.sum(k)) - line.target().eval(&[Interval::point(x)])
}

/// The largest error found at some points of some pieces: what decides how closely is looked.
fn confirm_samples(line: &Line<'_>, jumps: &Jumps, best: &mut Best) {
    let Some((levels, _)) = line.levels() else { return };
    let (lo, hi) = (line.domain().a, line.domain().b);
    let pieces = levels.len();
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
    line.target().eval_many(&points, &mut values);
    let off = |i: &usize| (values[*i] - levels[before[*i]]).abs();
    let mut order: Vec<usize> = (0..points.len()).filter(|i| off(i).is_finite()).collect();
    order.sort_unstable_by(|i, j| off(j).total_cmp(&off(i)).then(i.cmp(j)));
    for i in order.into_iter().take(CONFIRMATIONS) {
        best.at(points[i], error_after(line, jumps, before[i], points[i]));
        if best.lower >= 0.999 * off(&i) {
            break;
        }
    }
}

/// The general search on what is left over.
fn search_rests<'l, 'q>(
    proof: &mut LineProof<'l, 'q>,
    rests: Vec<Node<Interval>>,
    (jumps, threshold): (&Jumps, f64),
    best: Best,
) -> Search<'l, 'q> {
    let line = proof.line();
    let mut search = Search::new(line, threshold, best);
    search.wide *= CLOSER;
    for rest in rests {
        let (known, end) = (search.best, rest.cell().b);
        search.run(proof, rest);
        let jump = jumps.left.binary_search_by(|left| left.total_cmp(&end)).ok().filter(|_| end < line.domain().b);
        if let (true, true, Some(k)) = (search.best.argmax == end, search.best.lower > known.lower, jump) {
            // That is the limit at a jump, which belongs to the next part: attained next to it.
            search.best = known;
            search.best.at(end.next_down(), error_after(line, jumps, k, end.next_down()));
        }
    }
    search
}
