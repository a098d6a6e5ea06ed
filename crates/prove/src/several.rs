//! Networks of several inputs or hidden layers: what their proofs are about, the network's exact value and error at a point.

use bumpnet_interval::{Interval, Scalar, Wide};
use bumpnet_ir::{Expr, Network};

use crate::sample::{climb, corners, lattice};

/// What a proof about several inputs is about.
#[allow(dead_code)] // each proof takes what it needs
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// What the network is for.
    pub target: &'a Expr,
    /// The network.
    pub network: &'a Network,
    /// An error that matters; see [`crate::certify`].
    pub threshold: f64,
    /// A magnitude of the target.
    pub scale: f64,
}

/// Points at which the error is sampled, and places that are searched around. Heuristic.
const SAMPLES: (usize, usize) = (4000, 8);
/// Most corners among the points.
const CORNERS: usize = 1024;

/// The largest error that is found and confirmed at a point, and the point.
pub fn largest_found(target: &Expr, network: &Network, scale: f64) -> (f64, Vec<f64>) {
    let (inputs, n) = (&network.inputs, network.inputs.len());
    let mut points = lattice(inputs, SAMPLES.0);
    points.extend(corners(inputs, CORNERS));
    let error = |point: &[f64]| (value_at::<f64>(network, point) - target.eval::<f64>(point)).abs();
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

/// Network minus target at a point, exactly but for the width of the interval.
pub fn error_at(target: &Expr, network: &Network, point: &[f64]) -> Interval {
    let at: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
    let wide: Vec<Wide> = point.iter().map(|x| Wide::point(*x)).collect();
    let value: Wide = value_at(network, &wide);
    value.interval() - target.eval::<Interval>(&at)
}

/// The network's value, its output neuron applied, in any scalar: the sums as they stand.
pub fn value_at<T: Scalar>(network: &Network, point: &[T]) -> T {
    let mut slots = point.to_vec();
    for layer in &network.layers {
        let mut sums: Vec<T> = (0..layer.rows).map(|row| T::point(layer.bias.get(row))).collect();
        for (row, column, weight) in layer.weights.entries() {
            let term =
                T::binary(bumpnet_interval::Binary::Mul, &T::point(weight), &slots[layer.inputs[column] as usize]);
            sums[row] = T::binary(bumpnet_interval::Binary::Add, &sums[row], &term);
        }
        slots.extend(sums.iter().map(|sum| layer.activation.apply(sum)));
    }
    slots.pop().unwrap_or(T::point(f64::NAN))
}
