//! Networks of several inputs or hidden layers: a first idea of their largest error.

use bumpnet_ir::{Expr, Formula, Network, Program};
use bumpnet_kernel::several::error_at;

use crate::sample::{climb, corners, lattice};

/// Points at which the error is sampled, and places that are searched around. Heuristic.
const SAMPLES: (usize, usize) = (4000, 8);
/// Most corners among the points.
const CORNERS: usize = 1024;

/// The largest error that is found and confirmed at a point, and the point.
pub fn largest_found(target: &Expr, network: &Network) -> (f64, Vec<f64>) {
    let (inputs, n) = (&network.inputs, network.inputs.len());
    let mut points = lattice(inputs, SAMPLES.0);
    points.extend(corners(inputs, CORNERS));
    let program = Program::new(network);
    let value = |point: &[f64]| program.output(&Formula::new(), point.to_vec()).unwrap_or(f64::NAN);
    let error = |point: &[f64]| (value(point) - target.eval::<f64>(point)).abs();
    let scale = points.chunks_exact(n).map(|point| target.eval::<f64>(point).abs()).filter(|f| f.is_finite());
    let scale = scale.fold(0.0, f64::max);
    let mut order: Vec<(f64, usize)> =
        points.chunks_exact(n).map(error).enumerate().map(|(k, e)| (e, k)).filter(|(e, _)| e.is_finite()).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    order.truncate(SAMPLES.1);
    // Below this a search only climbs the evaluator's noise.
    let noise = 1e-13 * scale;
    let candidates = order.iter().map(|(e, k)| match *e > noise {
        true => climb(&points[k * n..][..n], inputs, &error).0,
        false => points[k * n..][..n].to_vec(),
    });
    let middle: Vec<f64> = inputs.iter().map(|input| input.lo + 0.5 * (input.hi - input.lo)).collect();
    let confirmed = candidates.map(|at| (error_at(target, network, &at).mignitude(), at));
    confirmed.fold((0.0, middle), |best, next| if next.0 > best.0 { next } else { best })
}
