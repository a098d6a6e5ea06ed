//! Networks of several inputs or hidden layers: a first idea of their largest error.

use bumpnet_ir::{Expr, Formula, Input, Network, Program};
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

/// Diagonals that are looked at exactly, points on each, peaks that are looked at more closely, and halvings that this takes.
/// Heuristic.
const LINES: (usize, usize, usize, usize) = (8, 64, 8, 16);
/// Of the peaks those from which a search through the whole domain starts. Heuristic.
const CLIMBERS: usize = 2;

/// A larger error than one that was found, and where. Plain evaluation does not see an error that is below its own rounding, so
/// the network is evaluated exactly: on diagonals between corners, as a target that is alike in its inputs has its extremes
/// there, where no lattice comes near in ten dimensions; and from the best points on.
pub fn larger(target: &Expr, network: &Network, found: (f64, Vec<f64>)) -> (f64, Vec<f64>) {
    let inputs = &network.inputs;
    let error = |at: &[f64]| error_at(target, network, at).mignitude();
    let lines = diagonals(inputs);
    let point = |line: usize, part: f64| -> Vec<f64> {
        let (from, to) = &lines[line];
        from.iter().zip(to).map(|(a, b)| a + (b - a) * part).collect()
    };
    // For each place the line on which the error is largest there: lines that are alike have their peaks in the same places.
    let place = |i: usize| {
        let on = (0..lines.len()).map(|line| (error(&point(line, i as f64 / LINES.1 as f64)), line));
        on.fold((0.0, 0), |best, next| if next.0 > best.0 { next } else { best })
    };
    let places: Vec<(f64, usize)> = (0..=LINES.1).map(place).collect();
    let is_peak =
        |i: &usize| places[*i].0 >= places[i.saturating_sub(1)].0 && places[*i].0 >= places[(i + 1).min(LINES.1)].0;
    let mut peaks: Vec<usize> = (0..=LINES.1).filter(is_peak).collect();
    peaks.sort_by(|a, b| places[*b].0.total_cmp(&places[*a].0));
    peaks.truncate(LINES.2);
    let refined = |i: usize| {
        let (mut best, line) = places[i];
        let (mut part, mut step) = (i as f64 / LINES.1 as f64, 1.0 / LINES.1 as f64);
        for _ in 0..LINES.3 {
            step *= 0.5;
            for next in [part - step, part + step].map(|part| part.clamp(0.0, 1.0)) {
                let value = error(&point(line, next));
                if value > best {
                    (best, part) = (value, next);
                }
            }
        }
        (best, point(line, part))
    };
    let mut starts: Vec<(f64, Vec<f64>)> = peaks.into_iter().map(refined).collect();
    starts.sort_by(|a, b| b.0.total_cmp(&a.0));
    starts.truncate(CLIMBERS);
    starts.push(found.clone());
    let climbed = starts.iter().map(|(_, from)| climb(from, inputs, &error)).map(|(at, error, _)| (error, at));
    climbed.fold(found, |best, next| if next.0 > best.0 { next } else { best })
}

/// Some of the diagonals between opposite corners, the ends of each; in one all inputs rise, in the next they rise and fall in turn.
fn diagonals(inputs: &[Input]) -> Vec<(Vec<f64>, Vec<f64>)> {
    let (corners, n) = (corners(inputs, CORNERS), inputs.len());
    let number = corners.len() / n;
    // A third of a power of two has the digits 0101...
    let step = (number / 3) | 1;
    let ends = |k: usize| (corners[k * n..][..n].to_vec(), corners[(number - 1 - k) * n..][..n].to_vec());
    (0..LINES.0.min(number / 2)).map(|k| ends(k * step % (number / 2))).collect()
}
