//! An adversary for certificates of several inputs. It evaluates in double-double arithmetic, which shares nothing with the
//! intervals of the proof, and looks where proofs could be wrong: at the argmax, in corners, on faces, on both sides of
//! every jump and kink of the first layer, and in the middle between two of them.

#[path = "../../crates/prove/tests/support/boxes.rs"]
#[allow(dead_code)]
mod boxes;
#[path = "../../crates/prove/tests/support/dd.rs"]
#[allow(dead_code)]
mod dd;
#[path = "../../crates/prove/tests/support/random.rs"]
#[allow(dead_code)]
mod random;

use boxes::error_at;
use bumpnet_ir::{Activation, Expr, Input, Network};
use bumpnet_prove::{corners, lattice};
use bumpnet_runner::Evaluator;
use random::Random;

/// Points that are looked at in double-double arithmetic, as a part of all; the worst in binary64 are taken.
const EXACT: usize = 50;

/// What was found of one network.
pub struct Findings {
    /// What refutes a bound.
    pub refuted: Vec<String>,
    /// The largest error found, in parts of the proved bound: exactly, and as evaluated in binary64.
    pub worst: (f64, f64),
    /// Points tried.
    pub points: usize,
}

/// Tries to refute the certificate of a network with about so many points.
pub fn attack(target: &Expr, network: &Network, effort: usize) -> Findings {
    let certificate = network.certificate.as_ref().expect("the network is proved");
    let n = network.inputs.len();
    let points = points(network, &certificate.argmax, effort);
    let evaluator = Evaluator::new(network);
    let quick = |x: &[f64]| (evaluator.eval(x) - target.eval::<f64>(x)).abs();
    let mut order: Vec<(f64, usize)> = points.chunks_exact(n).map(quick).enumerate().map(|(k, e)| (e, k)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let scale = points.chunks_exact(n).take(1000).map(|x| target.eval::<f64>(x).abs()).fold(1e-300, f64::max);
    let (mut exact, mut refuted) = (0.0f64, Vec::new());
    for (_, k) in order.iter().take(points.len() / n / EXACT + 50) {
        let x = &points[k * n..][..n];
        let error = error_at(target, network, x);
        exact = exact.max(error);
        if !(error <= certificate.upper * (1.0 + 1e-12) + 1e-26 * scale) {
            refuted.push(format!("at {x:?}: error {error:e} > upper {:e}", certificate.upper));
        }
    }
    let (rounded, at) = order[0];
    // The target itself is rounded here, by some ulps of what it is made of.
    if !(rounded <= certificate.evaluated * (1.0 + 1e-12) + 1e-14 * scale) {
        let x = &points[at * n..][..n];
        refuted.push(format!("at {x:?}: evaluated error {rounded:e} > {:e}", certificate.evaluated));
    }
    let lower = error_at(target, network, &certificate.argmax);
    if !(lower >= certificate.lower * (1.0 - 1e-12) - 1e-26 * scale) {
        refuted.push(format!("at the argmax: error {lower:e} < lower {:e}", certificate.lower));
    }
    let part = |error: f64, bound: f64| if bound > 0.0 { error / bound } else { 0.0 };
    let worst = (part(exact, certificate.upper), part(rounded, certificate.evaluated));
    Findings { refuted, worst, points: points.len() / n }
}

/// Points of the domain, one after another.
fn points(network: &Network, argmax: &[f64], effort: usize) -> Vec<f64> {
    let inputs = &network.inputs;
    let mut random = Random(effort as u64);
    let mut points = lattice(inputs, effort / 2);
    points.extend(corners(inputs, effort / 8));
    let breaks: Vec<Vec<f64>> = (0..inputs.len()).map(|axis| breakpoints(network, axis)).collect();
    for k in 0..effort / 2 {
        for (axis, input) in inputs.iter().enumerate() {
            let inside = random.between(input.lo, input.hi);
            let aside = (input.hi - input.lo) * random.pick(&[1e-2, 1e-4, 1e-7, 1e-12]) * random.between(-1.0, 1.0);
            let at = argmax[axis];
            let x = match k % 4 {
                0 => random.pick(&[input.lo, input.hi, inside]),
                1 => random.pick(&[at, at.next_up(), at.next_down(), at + aside]),
                2 => beside(&mut random, &breaks[axis]).unwrap_or(inside),
                _ => between(&mut random, &breaks[axis]).unwrap_or(inside),
            };
            points.push(x.clamp(input.lo, input.hi));
        }
    }
    points
}

/// A jump or kink, or a neighbour of it.
fn beside(random: &mut Random, breaks: &[f64]) -> Option<f64> {
    let at = *breaks.get(random.below(breaks.len().max(1)))?;
    Some(random.pick(&[at, at.next_up(), at.next_down()]))
}

/// The middle between two of them that follow one another.
fn between(random: &mut Random, breaks: &[f64]) -> Option<f64> {
    let k = random.below(breaks.len().max(2) - 1);
    Some(0.5 * breaks.get(k)? + 0.5 * breaks.get(k + 1)?)
}

/// Where units that read this input alone jump or bend, in order, the domain's ends among them.
fn breakpoints(network: &Network, axis: usize) -> Vec<f64> {
    let Input { lo, hi, .. } = network.inputs[axis];
    let mut breaks = vec![lo, hi];
    for layer in network.layers.iter().filter(|layer| layer.activation != Activation::Identity) {
        let mut reads: Vec<Vec<(u32, f64)>> = vec![Vec::new(); layer.rows];
        layer.weights.entries().for_each(|(row, column, w)| reads[row].push((layer.inputs[column], w)));
        let (from, to) = layer.activation.saturation();
        for (row, terms) in reads.iter().enumerate() {
            if let [(slot, w)] = terms[..]
                && slot as usize == axis
            {
                let places = [from, 0.0, to].map(|z| (z - layer.bias.get(row)) / w);
                breaks.extend(places.into_iter().filter(|x| lo < *x && *x < hi));
            }
        }
    }
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    breaks
}
