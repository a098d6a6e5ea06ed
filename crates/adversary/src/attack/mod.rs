//! The adversary: looks for points where a certificate is wrong.
//!
//! Points are chosen by plain evaluation: where units of any layer jump, bend or are steep, the numbers beside such places,
//! corners, and uphill from the worst. They are judged in `judge`, whose verdicts are certain. Nothing here relies on the
//! proofs, nor on anything that a certificate says besides its claims.

mod finding;
mod judge;
mod lines;
mod mean;

use bumpnet_ir::{Certificate, Expr, Network};
use bumpnet_prove::{climb, corners, lattice};
use bumpnet_runner::Evaluator;

use crate::dd::Dd;
use crate::random::Random;
pub use finding::{Claim, Finding};
use judge::{Judge, inside};

/// Lines on which breaks are looked for; points that are judged by each of the orders; climbs. For one unit of effort.
const LINES: usize = 6;
const JUDGED: usize = 10;
const CLIMBS: usize = 2;
/// Points of a lattice, and as many of the boxes that the first units make.
const LATTICE: usize = 120;

/// What is certainly false of a certificate: the worst of each claim. More effort looks at more points.
pub fn attack(target: &Expr, network: &Network, certificate: &Certificate, effort: usize, seed: u64) -> Vec<Finding> {
    let mut random = Random::of(seed);
    let mut judge = Judge::new(target, network, certificate);
    judge.fields();
    if certificate.argmax.len() != network.inputs.len() {
        return judge.findings;
    }
    let evaluator = Evaluator::new(network);
    let rounded = |x: &[f64]| distance(evaluator.eval(x), target.eval::<f64>(x));
    let exact = |x: &[f64]| distance(bumpnet_prove::value_at::<f64>(network, x), target.eval::<f64>(x));

    let inputs = &network.inputs;
    let n = inputs.len();
    let mut points: Vec<Vec<f64>> = Vec::new();
    let split = |list: Vec<f64>| list.chunks_exact(n).map(<[f64]>::to_vec).collect::<Vec<_>>();
    points.extend(split(corners(inputs, 16)));
    points.extend(split(lattice(inputs, LATTICE * effort)));
    points.push(certificate.argmax.clone());
    points.extend(certificate.hidden.as_ref().map(|hidden| hidden.argmax.clone()));
    points.extend(certificate.measured.as_ref().map(|measured| measured.argmax.clone()));
    points.retain(|x| inside(network, x));
    let first = worst(&points, &exact, 1);
    points.extend(lines::boxes(network, LATTICE * effort, &mut random));
    points.extend(lines::points(network, &certificate.argmax, first, LINES * effort, &mut random));

    let mut chosen = worst(&points, &exact, JUDGED * effort);
    chosen.extend(worst(&points, &rounded, JUDGED * effort));
    chosen.extend((0..JUDGED * effort / 2).map(|_| points[random.below(points.len())].clone()));
    let mut peaks = Vec::new();
    for start in worst(&points, &exact, CLIMBS * effort) {
        peaks.push(climb(&start, inputs, &exact).0);
    }
    for start in worst(&points, &rounded, 1) {
        peaks.push(climb(&start, inputs, &rounded).0);
    }
    chosen.extend(peaks.iter().flat_map(|x| beside(network, x, &mut random)));
    for x in chosen.into_iter().chain(peaks) {
        if inside(network, &x) {
            judge.try_point(&x.iter().map(|x| Dd::from(*x)).collect::<Vec<_>>());
            judge.try_evaluated(&evaluator, &x);
        }
    }
    for x in lines::between(network, &mut random, JUDGED * effort / 2) {
        judge.try_point(&x);
    }
    judge.lower();
    mean::check(&mut judge, target, network, certificate, effort);
    judge.findings
}

/// A NaN is the worst that can be.
fn distance(a: f64, b: f64) -> f64 {
    let error = (a - b).abs();
    if error.is_nan() { f64::INFINITY } else { error }
}

/// The points of the largest errors, each once.
fn worst(points: &[Vec<f64>], error: &impl Fn(&[f64]) -> f64, most: usize) -> Vec<Vec<f64>> {
    let mut order: Vec<(f64, usize)> = points.iter().enumerate().map(|(k, x)| (error(x), k)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    order.truncate(2 * most);
    let mut chosen: Vec<Vec<f64>> = Vec::new();
    for (_, k) in order {
        if chosen.len() < most && !chosen.contains(&points[k]) {
            chosen.push(points[k].clone());
        }
    }
    chosen
}

/// Neighbouring numbers of a point, one axis at a time.
fn beside(network: &Network, x: &[f64], random: &mut Random) -> Vec<Vec<f64>> {
    let axis = random.below(x.len());
    let moved = |to: f64| {
        let mut y = x.to_vec();
        y[axis] = to;
        y
    };
    lines::neighbours(x[axis], network.precision).into_iter().map(moved).collect()
}
