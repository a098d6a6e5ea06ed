//! A first idea of the largest error: plain evaluation at many points, the best of them moved uphill, and one confirmed.

use bumpnet_ir::{Formula, Program};
use bumpnet_kernel::boxes::proof::Boxes;
use bumpnet_kernel::boxes::source::Source;

/// Points of the first look. Heuristic.
const POINTS: usize = 2000;
/// The best of these are moved uphill.
const CLIMBERS: usize = 8;
/// Halvings of a climber's step.
const HALVINGS: usize = 24;

/// A point where the error is large, and what it is there at least.
pub fn largest(boxes: &Boxes<'_>) -> (Vec<f64>, f64) {
    let inputs = &boxes.network().inputs;
    let program = Program::new(boxes.network());
    let at = |share: &[f64]| -> Vec<f64> {
        inputs.iter().zip(share).map(|(i, s)| (i.lo + (i.hi - i.lo) * s).clamp(i.lo, i.hi)).collect()
    };
    let error = |x: &[f64]| {
        let error =
            (program.output(&Formula::new(), x.to_vec()).unwrap_or(f64::NAN) - boxes.target().eval::<f64>(x)).abs();
        let error = boxes.weight().map_or(error, |weight| error * weight.eval::<f64>(x).abs());
        if error.is_finite() { error } else { 0.0 }
    };
    let mut found: Vec<(f64, Vec<f64>)> =
        points(inputs.len()).into_iter().map(|share| (error(&at(&share)), share)).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(CLIMBERS);
    for (best, share) in &mut found {
        climb(best, share, |share| error(&at(share)));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: (Vec<f64>, f64) = (at(&vec![0.5; inputs.len()]), 0.0);
    for (estimate, share) in found {
        let x = at(&share);
        let proved = boxes.error_at(&x).mignitude();
        if proved > best.1 {
            best = (x, proved);
        }
        if best.1 >= 0.999 * estimate {
            break;
        }
    }
    best
}

/// Moves along the axes as long as that helps, then by less.
fn climb(best: &mut f64, share: &mut [f64], error: impl Fn(&[f64]) -> f64) {
    let mut step = 0.5 / (POINTS as f64).sqrt();
    for _ in 0..HALVINGS {
        let mut moved = false;
        for axis in 0..share.len() {
            for sign in [-1.0, 1.0] {
                let old = share[axis];
                share[axis] = (old + sign * step).clamp(0.0, 1.0);
                let value = error(share);
                if value > *best {
                    (*best, moved) = (value, true);
                } else {
                    share[axis] = old;
                }
            }
        }
        if !moved {
            step *= 0.5;
        }
    }
}

/// Points of the unit cube: its corners and the middles of what lies between, then an additive sequence (Roberts 2018:
/// multiples of the powers of the root of `x^(n+1) = x + 1`), whose every part is spread evenly.
fn points(inputs: usize) -> Vec<Vec<f64>> {
    let mut root = 1.5f64;
    for _ in 0..60 {
        // x = (x + 1)^(1/(n+1)) without powers: a Newton step of x^(n+1) - x - 1.
        let power = (0..inputs).fold(1.0, |p, _| p * root);
        root -= (power * root - root - 1.0) / ((inputs as f64 + 1.0) * power - 1.0);
    }
    let mut points = Vec::new();
    let lattice = if inputs <= 6 { 3usize.pow(inputs as u32) } else { 0 };
    for k in 0..lattice {
        let mut rest = k;
        points.push(
            (0..inputs)
                .map(|_| {
                    let digit = rest % 3;
                    rest /= 3;
                    digit as f64 / 2.0
                })
                .collect(),
        );
    }
    for k in 1..=POINTS {
        let mut share = k as f64;
        let mut step = 1.0;
        points.push(
            (0..inputs)
                .map(|_| {
                    step /= root;
                    share = (0.5 + k as f64 * step).fract();
                    share
                })
                .collect(),
        );
    }
    points
}
