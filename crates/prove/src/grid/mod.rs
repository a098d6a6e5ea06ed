//! Certificates of networks that are constant on the boxes of a grid: towers, superpositions, and any other feed-forward
//! network whose inputs are read by steps of one input each.
//!
//! The steps' jumps cut each axis; on every box of the grid that they make each unit of the first layers is 0 or 1, so the
//! network is a constant there, and the error is the distance of that constant from the target's range over the closed
//! box. No construction is asked for anything. Steps that are not upright (`logistic`, ...) are anything from 0 to 1 where
//! they are not saturated: the proof is right for them, and as poor as they are.

mod axis;
mod circuit;
mod fixed;
mod refine;
mod walk;
mod wiring;

use bumpnet_interval::{Interval, Quality, UpperBound};
use bumpnet_ir::{Activation, Certificate, Expr, Network};

use crate::error::CertifyError;
use crate::fault::{Fault, active};
use crate::found::power_of_two;
use crate::several::{Question, error_at, value_at};
use crate::work::steps;
use refine::{Part, divide, mean_square, middle, range, slopes};
use walk::{Grid, Values};

/// How these certificates are proved.
pub const METHOD: &str = "grid";
/// The promise: `upper <= 1.01 lower`.
const PROMISE: f64 = 1.01;
/// Samples that are tried to be confirmed as the largest error. Heuristic.
const CONFIRMATIONS: usize = 8;
/// Divisions of boxes that a proof may take, besides four for each box. Heuristic: a minute.
const MOST_DIVISIONS: usize = 2_000_000;
/// Boxes up to which the mean square is found from slopes; beyond, the boxes are small and their ranges do. Heuristic.
const MOST_SLOPES: usize = 100_000;

/// What has been found of one network.
struct Search<'a> {
    target: &'a Expr,
    network: &'a Network,
    grid: &'a Grid,
    values: &'a Values,
    lower: f64,
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

/// Proves how far the network is from its target.
///
/// # Errors
/// The network has a form that is not proved.
pub fn certify(question: &Question<'_>) -> Result<Certificate, CertifyError> {
    let Question { target, network, threshold, .. } = *question;
    let grid = Grid::new(network).map_err(CertifyError::Form)?;
    Ok(prove(target, network, &grid, threshold))
}

fn prove(target: &Expr, network: &Network, grid: &Grid, threshold: f64) -> Certificate {
    let values = grid.values();
    let argmax = network.inputs.iter().map(|input| input.lo).collect();
    let mut search = Search { target, network, grid, values: &values, lower: 0.0, argmax };
    search.sample();
    let (upper, divisions) = search.bound(threshold);
    let (low, high) = search.mean_square(upper);
    let evaluated = UpperBound::new(upper) + values.error;
    Certificate {
        lower: search.lower,
        upper,
        rms: (low.min(upper), high.min(upper)),
        method: METHOD.to_owned(),
        evaluated: evaluated.get(),
        cells: values.exact.len() + divisions,
        hidden: None,
        note: (upper > PROMISE * search.lower).then(|| search.note()),
        argmax: search.argmax,
    }
}

impl Search<'_> {
    fn sides(&self, index: usize) -> Vec<(f64, f64)> {
        let mut sides = vec![(0.0, 0.0); self.grid.axes.len()];
        self.grid.sides(index, &mut sides);
        sides
    }

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
        let corners = 1usize << self.grid.axes.len().min(4);
        let mut best: Vec<(f64, Vec<f64>)> = Vec::new();
        let mut points = Vec::new();
        let mut sampled = vec![0.0; corners + 1];
        let mut sides = vec![(0.0, 0.0); self.grid.axes.len()];
        for (index, value) in self.values.exact.iter().enumerate() {
            self.grid.sides(index, &mut sides);
            points.clear();
            points.extend(sides.iter().map(|side| middle(*side)));
            for corner in 0..corners {
                points.extend(sides.iter().enumerate().map(|(k, side)| inside(*side, corner >> (k % 4) & 1 == 1)));
            }
            self.target.eval_many(&points, &mut sampled);
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
            let error = error_at(self.target, self.network, &point);
            self.at(point, error);
        }
    }

    /// Where steps are not upright the grid knows little: points in the middle of them, by plain evaluation.
    fn between_steps(&self) -> Vec<(f64, Vec<f64>)> {
        let wide = |value: &Interval| value.width().get() > 1e-9 * value.magnitude().get();
        let open = (0..self.values.exact.len()).filter(|index| wide(&self.values.exact[*index]));
        let stride = open.clone().count() / 4096 + 1;
        let point = |index: usize| self.sides(index).into_iter().map(middle).collect::<Vec<f64>>();
        let error = |point: &[f64]| (value_at::<f64>(self.network, point) - self.target.eval::<f64>(point)).abs();
        let mut points: Vec<_> = open.step_by(stride).map(point).map(|point| (error(&point), point)).collect();
        points.retain(|(error, _)| error.is_finite());
        points.sort_by(|p, q| q.0.total_cmp(&p.0));
        points.truncate(CONFIRMATIONS / 2);
        points
    }

    /// An upper bound of the error over all boxes, and how many divisions it took.
    fn bound(&mut self, threshold: f64) -> (f64, usize) {
        let mut open: Vec<Part> = Vec::new();
        let mut upper = 0.0f64;
        let mut sides = vec![(0.0, 0.0); self.grid.axes.len()];
        for (index, value) in self.values.exact.iter().enumerate() {
            if index == 0 && active(Fault::CellSkipped) {
                continue;
            }
            self.grid.sides(index, &mut sides);
            let bound = (*value - range(self.target, &sides)).magnitude().get();
            match bound <= self.goal(threshold) {
                true => upper = upper.max(bound),
                false => open.push(Part { index, sides: sides.clone(), bound }),
            }
        }
        // The worst first, so that the largest error is found early and the others need less work.
        open.sort_by(|p, q| p.bound.total_cmp(&q.bound));
        let most = steps(MOST_DIVISIONS) + 4 * self.values.exact.len();
        let mut divisions = 0;
        while let Some(part) = open.pop() {
            let goal = self.goal(threshold);
            if part.bound <= goal || divisions >= most {
                upper = upper.max(part.bound);
                continue;
            }
            divisions += 1;
            let value = self.values.exact[part.index];
            let parts = divide(self.target, value, &part, goal);
            if parts.is_empty() {
                upper = upper.max(part.bound); // a point, or its neighbours
            }
            self.try_centre(&part, value);
            // Unknown values do not get better by division.
            let hopeless = value.width().get() > goal;
            for part in parts {
                match part.bound <= goal || hopeless {
                    true => upper = upper.max(part.bound),
                    false => open.push(part),
                }
            }
        }
        (upper, divisions)
    }

    /// What counts as proved: 1 % above what was found, or below the error that matters if it can be.
    fn goal(&self, threshold: f64) -> f64 {
        let promised = PROMISE * (1.0 - 1e-9) * self.lower;
        if threshold > self.lower { promised.min(threshold) } else { promised }
    }

    /// The error next to a part's centre, within its box, where the network has the box's value.
    fn try_centre(&mut self, part: &Part, value: Interval) {
        let sides = self.sides(part.index);
        let point: Vec<f64> = part
            .sides
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
        let error = value - self.target.eval(&at);
        if error.mignitude() > self.lower {
            self.at(point, error);
        }
    }

    /// An enclosure of the root mean square error.
    fn mean_square(&self, upper: f64) -> (f64, f64) {
        let by_slopes = self.values.exact.len() <= MOST_SLOPES;
        let width = |lo: f64, hi: f64| Interval::point(hi) - Interval::point(lo);
        let widths: Vec<Interval> = self.network.inputs.iter().map(|input| width(input.lo, input.hi)).collect();
        // Errors are squared in units of about their size, so that squares neither overflow nor vanish.
        let unit = power_of_two(upper);
        let scaled = |v: f64| Interval::point(v) / Interval::point(unit);
        let mut sides = vec![(0.0, 0.0); self.grid.axes.len()];
        let (mut low, mut high) = (0.0, UpperBound::ZERO);
        for (index, value) in self.values.exact.iter().enumerate() {
            self.grid.sides(index, &mut sides);
            let part = sides
                .iter()
                .zip(&widths)
                .fold(Interval::ONE, |product, ((lo, hi), whole)| product * (width(*lo, *hi) / *whole));
            if sides.iter().any(|(lo, hi)| lo == hi) {
                continue; // no volume
            }
            let slopes = if by_slopes { slopes(self.target, &sides) } else { None };
            let (least, most) = match slopes {
                Some(slopes) => mean_square(*value, self.target, &sides, &slopes, unit),
                None => {
                    let error = *value - range(self.target, &sides);
                    let square = |v: f64| scaled(v).square();
                    (square(error.mignitude()).lo(), square(error.magnitude().get()).hi())
                }
            };
            low += (Interval::point(least.max(0.0)) * part).lo().max(0.0);
            high = high + UpperBound::new(most) * part.magnitude();
        }
        // A sum of n numbers that are not negative is off by less than n roundings of itself.
        let low = low * (1.0 - (self.values.exact.len() as f64 + 4.0) * f64::EPSILON);
        let low = (low.max(0.0).sqrt() * (1.0 - 1e-15) * unit).next_down().max(0.0);
        let high = (high.sqrt().get() * (1.0 + 1e-15) * unit).next_up();
        if high.is_nan() { (0.0, f64::INFINITY) } else { (low, high) }
    }

    fn note(&self) -> String {
        let wide = self.values.exact.iter().any(|value| value.width().get() > 1e-3 * self.lower);
        match wide {
            true => "not resolved further: where steps are neither 0 nor 1, what the layers behind them make of it is only known to a range".to_owned(),
            false => "not resolved further: the error is near the rounding of its own terms, or the target jumps".to_owned(),
        }
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
