//! The mean square from enclosures of the error over cells: crude, and certain.

use bumpnet_ir::{Certificate, Expr, Input, Network};

use super::finding::Claim;
use super::judge::Judge;
use crate::dd::Dd;
use crate::exact;
use crate::number::Enclosure;

/// Cells for one unit of effort.
const CELLS: usize = 48;

/// Holds `rms` against bounds of the mean square of its own.
pub fn check(judge: &mut Judge<'_>, target: &Expr, network: &Network, certificate: &Certificate, effort: usize) {
    let n = network.inputs.len();
    let mut sides = 1;
    while (sides + 1usize).pow(n as u32) <= CELLS * effort {
        sides += 1;
    }
    let count = sides.pow(n as u32);
    // Relative to the stated bounds, so that no square leaves the range of binary64.
    let (low, high) = certificate.rms;
    let (mut least, mut most) = (0.0f64, 0.0f64);
    for cell in 0..count {
        let mut rest = cell;
        let point: Vec<Enclosure> = network
            .inputs
            .iter()
            .map(|side| {
                let k = rest % sides;
                rest /= sides;
                Enclosure::range(cut(side, k, sides), cut(side, k + 1, sides))
            })
            .collect();
        let error = &exact::value(network, &point) - &target.eval(&point);
        let part = |x: Dd, unit: f64| {
            if unit > 0.0 {
                x.hi.abs() / unit
            } else if x.hi == 0.0 {
                0.0
            } else {
                f64::INFINITY
            }
        };
        let (a, b) = (part(error.mignitude(), high), part(error.magnitude(), low));
        // The cells' volumes are equal but for rounding, which a thousandth covers.
        least += 0.999 * a * a / count as f64;
        most += 1.001 * b * b / count as f64;
    }
    if even(&network.inputs, sides) {
        if least > 1.0 {
            let factor = least.sqrt();
            judge.report(Claim::Rms, (factor, 1.0), || {
                format!("the RMS is at least {factor:?} times rms[1] = {high:?}")
            });
        }
        if low > 0.0 && most < 1.0 {
            let factor = most.sqrt();
            judge.report(Claim::Rms, (1.0, factor), || format!("the RMS is at most {factor:?} of rms[0] = {low:?}"));
        }
    }
}

fn cut(side: &Input, k: usize, sides: usize) -> f64 {
    let share = k as f64 / sides as f64;
    ((1.0 - share) * side.lo + share * side.hi).clamp(side.lo, side.hi)
}

/// Whether binary64 can cut all sides into parts that are equal to a ten-thousandth.
fn even(inputs: &[Input], sides: usize) -> bool {
    inputs.iter().all(|side| {
        let part = (0.5 * side.hi - 0.5 * side.lo) / sides as f64;
        part > 1e5 * f64::EPSILON * side.lo.abs().max(side.hi.abs()) && part > 1e-300
    })
}
