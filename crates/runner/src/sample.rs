//! Measuring an error over a box: points that fill it evenly, its corners, then a search around the largest errors.

use bumpnet_ir::{Expr, Input};
use bumpnet_prove::{climb, corners, lattice};

use crate::evaluate::Evaluator;
use crate::measure::scaled_rms;
use crate::measure::{Measured, measure};
use crate::threads;

/// Points inside the box. Heuristic.
const POINTS: usize = 20_000;
/// Most corners of the box among the points: those of 12 inputs.
const CORNERS: usize = 1 << 12;
/// Places that are searched around. Heuristic.
const REFINED: usize = 16;

/// Measures over the domain: one input as [`measure()`] does, several on a lattice.
///
/// # Errors
/// The point at which the target or the network has no finite value.
pub fn measure_over(target: &Expr, network: &Evaluator<'_>, inputs: &[Input]) -> Result<Measured, Vec<f64>> {
    if let [input] = inputs {
        return measure(target, network, input).map_err(|at| vec![at]);
    }
    let mut points = lattice(inputs, POINTS);
    points.extend(corners(inputs, CORNERS));
    let n = inputs.len();
    for (x, input) in points.iter_mut().zip(inputs.iter().cycle()) {
        *x = network.round(*x).clamp(input.lo, input.hi);
    }
    let count = points.len() / n;
    let (mut values, mut wanted) = (vec![0.0; count], vec![0.0; count]);
    network.eval_many(&points, &mut values);
    threads::fill(&points, n, &mut wanted, |points, out| target.values_at(points, out));
    let errors: Vec<f64> = values.iter().zip(&wanted).map(|(value, wanted)| value - wanted).collect();
    if let Some(k) = errors.iter().position(|error| !error.is_finite()) {
        return Err(points[k * n..][..n].to_vec());
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| errors[*b].abs().total_cmp(&errors[*a].abs()).then(a.cmp(b)));
    order.truncate(REFINED);
    let error = |point: &[f64]| (network.eval(point) - target.value_at(point)).abs();
    let found = threads::map(&order, |k| climb(&points[k * n..][..n], inputs, &error));
    let searched: usize = found.iter().map(|(.., used)| used).sum();
    let best = found.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a }).unwrap_or((Vec::new(), 0.0, 0));
    Ok(Measured {
        sup: best.1,
        argmax: best.0,
        rms: scaled_rms(&errors),
        mean: errors.iter().map(|e| e.abs() / count as f64).sum(),
        scale: wanted.iter().fold(0.0, |most, value| most.max(value.abs())),
        points: count + searched,
    })
}
