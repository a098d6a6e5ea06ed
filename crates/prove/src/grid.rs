//! Certificates of networks that are constant on the boxes of a grid: towers, superpositions, and any other feed-forward
//! network whose inputs are read by steps of one input each.
//!
//! The steps' jumps cut each axis; on every box of the grid that they make each unit of the first layers is 0 or 1, so the
//! network is a constant there, and the error is the distance of that constant from the target's range over the closed
//! box. No construction is asked for anything. Steps that are not upright (`logistic`, ...) are anything from 0 to 1 where
//! they are not saturated: the proof is right for them, and as poor as they are.

use bumpnet_interval::{Interval, Quality, Wide};
use bumpnet_ir::{Activation, Expr, Formula, Network, Precision, Program};
use bumpnet_kernel::grid::gridded::Gridded;
use bumpnet_kernel::grid::proof::{BoxPart, GridProof};
use bumpnet_kernel::grid::refine::{middle, monotone};
use bumpnet_kernel::grid::replay;
use bumpnet_kernel::grid::walk::Grid;
use bumpnet_kernel::log::Log;
use bumpnet_kernel::{CertifyError, Proved, several};

use crate::cover::{self, Cover};
use crate::watch::stopped;
use crate::work::steps;

/// The promise: `upper <= 1.01 lower`.
const PROMISE: f64 = 1.01;
/// Samples that are tried to be confirmed as the largest error. Heuristic.
const CONFIRMATIONS: usize = 8;
/// Divisions of boxes that a proof may take, besides four for each box. Heuristic: a minute.
const MOST_DIVISIONS: usize = 2_000_000;
/// Those after which a proof that is asked to end does so. Heuristic: a tenth of a second.
const SHORT: usize = 1 << 14;

/// What stands in a log where the numbers of the precision were not looked at by themselves.
const NOT_LOOKED_AT: f64 = -1.0;

/// What has been found of one network.
struct GridSearch<'g, 'q> {
    of: &'g Gridded<'q>,
    /// The error at `argmax` is at least this.
    lower: f64,
    /// On some closed box it comes as near as one likes to this, as it does where the target jumps on a step.
    limit: f64,
    argmax: Vec<f64>,
}

/// Whether the proof of networks that are constant on boxes is the one for a network: its first units are jumps, or steps that are over on most of the domain.
pub fn is_for(network: &Network) -> bool {
    let mut hidden = network.layers.iter().filter(|layer| layer.activation != Activation::Identity);
    match hidden.next().map(|layer| layer.activation) {
        Some(Activation::Heaviside) => true,
        Some(_) => Grid::new(network).is_ok_and(|grid| grid.is_flat(network)),
        None => Grid::new(network).is_ok(),
    }
}

/// Proves how far the network is from its target; the cover is empty unless it is to be kept.
///
/// # Errors
/// The network has a form that is not proved.
pub fn certify(target: &Expr, network: &Network, threshold: f64, kept: bool) -> Result<(Proved, Cover), CertifyError> {
    let of = Gridded::new(target, network)?;
    let argmax = network.inputs.iter().map(|input| input.lo).collect();
    let mut search = GridSearch { of: &of, lower: 0.0, limit: 0.0, argmax };
    search.sample();
    let mut proof = GridProof::begin(&of, Log::new(kept));
    search.bound(&mut proof, threshold);
    let loose = proof.upper() > PROMISE * search.lower;
    // Independent of the threshold, so that whoever verifies it comes to the same.
    // An error that is attained between numbers of binary32 says nothing of these.
    let single = network.precision == Precision::F32;
    let wanted = (loose || single) && !(proof.upper() <= threshold && threshold.is_finite());
    let known = if single { 0.0 } else { PROMISE * search.lower };
    let enough = wanted.then_some(known);
    let log = proof.log().map(|mut log| {
        log.number(enough.unwrap_or(NOT_LOOKED_AT));
        log
    });
    let note = loose.then(|| search.note());
    let proved = proof.conclude(search.argmax.clone(), enough, note)?;
    Ok((proved, Cover::new(vec![(cover::Part::Error, log)])))
}

/// The proof that a cover holds, made anew step by step; `None` where it does not fit.
pub fn by_cover(target: &Expr, network: &Network, cover: &Cover) -> Option<Result<Proved, CertifyError>> {
    let stated = network.certificate.as_ref()?;
    let of = Gridded::new(target, network).ok()?;
    let mut steps = cover.part(cover::Part::Error)?.read();
    let proof = replay::from_root(&of, &mut steps)?;
    let enough = steps.number().map(|enough| (enough != NOT_LOOKED_AT).then_some(enough))?;
    steps.end()?;
    Some(proof.conclude(stated.argmax.clone(), enough, stated.note.clone()))
}

impl GridSearch<'_, '_> {
    /// The error at a point, if it is larger than what was found.
    fn at(&mut self, point: Vec<f64>, error: Interval) {
        let size = error.mignitude();
        if size > self.lower && error.quality() >= Quality::Defined {
            self.lower = size;
            self.argmax = point;
        }
    }

    /// Samples every box at its centre and next to its corners; the largest errors are confirmed.
    fn sample(&mut self) {
        let corners = 1usize << self.of.grid().axes.len().min(4);
        let mut best: Vec<(f64, Vec<f64>)> = Vec::new();
        let mut points = Vec::new();
        let mut sampled = vec![0.0; corners + 1];
        let mut sides = vec![(0.0, 0.0); self.of.grid().axes.len()];
        for (index, value) in self.of.values().iter().enumerate() {
            self.of.grid().sides(index, &mut sides);
            points.clear();
            points.extend(sides.iter().map(|side| middle(*side)));
            for corner in 0..corners {
                points.extend(sides.iter().enumerate().map(|(k, side)| inside(*side, corner >> (k % 4) & 1 == 1)));
            }
            self.of.target().eval_many(&points, &mut sampled);
            for (k, sampled) in sampled.iter().enumerate() {
                let error = (value.midpoint() - sampled).abs() - 0.5 * value.width().get();
                let least = best.last().map_or(0.0, |(error, _)| *error);
                if error > least || best.len() < CONFIRMATIONS && error >= 0.0 {
                    let place = best.partition_point(|(other, _)| *other >= error);
                    best.insert(place, (error, points[k * sides.len()..][..sides.len()].to_vec()));
                    best.truncate(CONFIRMATIONS);
                }
            }
        }
        best.extend(self.between_steps());
        best.sort_by(|p, q| q.0.total_cmp(&p.0));
        for (sampled, point) in best.into_iter().take(CONFIRMATIONS) {
            if sampled <= self.lower {
                break;
            }
            let error = several::error_at(self.of.target(), self.of.network(), &point);
            self.at(point, error);
        }
    }

    /// Where steps are not upright the grid knows little: points in the middle of them, by plain evaluation.
    fn between_steps(&self) -> Vec<(f64, Vec<f64>)> {
        let wide = |value: &Interval| value.width().get() > 1e-9 * value.magnitude().get();
        let open = (0..self.of.values().len()).filter(|index| wide(&self.of.values()[*index]));
        let stride = open.clone().count() / 4096 + 1;
        let point = |index: usize| self.of.sides(index).into_iter().map(middle).collect::<Vec<f64>>();
        let program = Program::new(self.of.network());
        let error = |point: &[f64]| {
            (program.output(&Formula::new(), point.to_vec()).unwrap_or(f64::NAN) - self.of.target().eval::<f64>(point))
                .abs()
        };
        let mut points: Vec<_> = open.step_by(stride).map(point).map(|point| (error(&point), point)).collect();
        points.retain(|(error, _)| error.is_finite());
        points.sort_by(|p, q| q.0.total_cmp(&p.0));
        points.truncate(CONFIRMATIONS / 2);
        points
    }

    /// Divides until every part's error is bounded well enough, or the budget is used.
    fn bound(&mut self, proof: &mut GridProof<'_, '_>, threshold: f64) {
        let (mut open, mut sides): (Vec<BoxPart>, _) = (Vec::new(), Vec::new());
        for index in 0..self.of.boxes() {
            open.extend(proof.take(index, self.goal(threshold), &mut sides));
        }
        // The worst first, so that the largest error is found early and the others need less work.
        open.sort_by(|p, q| p.bound().total_cmp(&q.bound()));
        let most = steps(MOST_DIVISIONS) + 4 * self.of.boxes();
        let mut divisions = 0;
        while let Some(part) = open.pop() {
            let goal = self.goal(threshold);
            if part.bound() <= goal || divisions >= most || divisions >= SHORT && stopped() {
                proof.close(part);
                continue;
            }
            divisions += 1;
            self.try_centre(&part);
            // Unknown values do not get better by division.
            let hopeless = self.of.value(part.index()).width().get() > goal;
            let parts = match divide(proof, part, goal) {
                Ok(parts) => parts,
                Err(part) => {
                    proof.close(part); // a point, or its neighbours
                    continue;
                }
            };
            for part in parts {
                match part.bound() <= goal || hopeless {
                    true => proof.close(part),
                    false => open.push(part),
                }
            }
        }
    }

    /// What counts as proved: 1 % above what was found, or below the error that matters if it can be.
    fn goal(&self, threshold: f64) -> f64 {
        let attained = self.lower.max(self.limit);
        let promised = PROMISE * (1.0 - 1e-9) * attained;
        if threshold > attained { promised.min(threshold) } else { promised }
    }

    /// The error next to a part's centre, within its box, where the network has the box's value.
    fn try_centre(&mut self, part: &BoxPart) {
        let (value, sides) = (self.of.value(part.index()), self.of.sides(part.index()));
        self.try_corner(part);
        let point: Vec<f64> = part
            .sides()
            .iter()
            .zip(&sides)
            .map(|(part, side)| middle(*part).max(inside(*side, false)).min(inside(*side, true)))
            .collect();
        // On a jump the network has the value of one box only.
        let within = point.iter().zip(&sides).all(|(x, (lo, hi))| lo == hi || lo < x && x < hi);
        if !within {
            return;
        }
        let at: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
        let error = value - self.of.target().eval(&at);
        if error.mignitude() > self.lower {
            self.at(point, error);
        }
    }

    /// The error at two corners of a part on which the target may jump: they belong to the closed box.
    fn try_corner(&mut self, part: &BoxPart) {
        let value = self.of.value(part.index());
        let sides: Option<Vec<Interval>> = part.sides().iter().map(|(lo, hi)| Interval::new(*lo, *hi)).collect();
        if sides.is_none_or(|sides| self.of.target().eval(&sides).quality() == Quality::Continuous) {
            return;
        }
        for upper in [false, true] {
            let corner: Vec<Wide> =
                part.sides().iter().map(|(lo, hi)| Wide::point(if upper { *hi } else { *lo })).collect();
            let error = value - self.of.target().eval(&corner).interval();
            if error.quality() >= Quality::Defined {
                self.limit = self.limit.max(error.mignitude());
            }
        }
    }

    fn note(&self) -> String {
        let wide = self.of.values().iter().any(|value| value.width().get() > 1e-3 * self.lower);
        match wide {
            true => "not resolved further: where steps are neither 0 nor 1, what the layers behind them make of it is only known to a range".to_owned(),
            false => "not resolved further: the error is near the rounding of its own terms, or the target jumps".to_owned(),
        }
    }
}

/// Divides a part, or bounds it better.
///
/// Where the target is monotone along an axis, its extremes over the box lie on the two ends of it. Elsewhere the box is
/// halved along the axis on which the target changes most.
///
/// # Errors
/// The part, where neither is possible.
fn divide(proof: &mut GridProof<'_, '_>, mut part: BoxPart, goal: f64) -> Result<Vec<BoxPart>, BoxPart> {
    let slopes = proof.slopes(&part);
    if let Some(slopes) = &slopes {
        if proof.better(&mut part, goal) {
            return Ok(vec![part]);
        }
        let is_monotone = |k: &usize| {
            let (lo, hi) = part.sides()[*k];
            lo < hi && monotone(slopes[*k])
        };
        if let Some(axis) = (0..slopes.len()).find(is_monotone) {
            part = match proof.faces(part, axis) {
                Ok(faces) => return Ok(faces.into()),
                Err(part) => part,
            };
        }
    }
    let weight = |k: &usize| {
        let (lo, hi) = part.sides()[*k];
        (hi - lo) * slopes.as_ref().map_or(1.0, |slopes| slopes[*k].magnitude().get())
    };
    let divisible = |k: &usize| {
        let (lo, hi) = part.sides()[*k];
        let middle = middle((lo, hi));
        lo < middle && middle < hi
    };
    let axes = (0..part.sides().len()).filter(divisible);
    match axes.max_by(|p, q| weight(p).total_cmp(&weight(q)).then(q.cmp(p))) {
        Some(axis) => proof.halves(part, axis).map(Vec::from),
        None => Err(part),
    }
}

/// A number of a side next to one of its ends: on it where the side is a point, else inside.
fn inside((lo, hi): (f64, f64), upper: bool) -> f64 {
    match (lo == hi, upper) {
        (true, _) => lo,
        (false, false) => lo.next_up().min(hi),
        (false, true) => hi.next_down().max(lo),
    }
}
