//! Measuring an error: a dense grid that includes both sides of every step, then a search around the largest values.
//!
//! What is found is a value of the error somewhere, so it is never larger than the true sup error (rounding aside);
//! it can be smaller. It is called *measured*, never a bound.

use bumpnet_ir::{Expr, Input};

use crate::evaluate::Evaluator;
use crate::threads;

/// Points of the uniform part of the grid. Heuristic: 20 points a period for targets of up to 500 periods.
const GRID: usize = 10_001;
/// Points between two steps. Heuristic: enough for a parabola in every cell, which the search then refines.
const PER_CELL: usize = 8;
/// Local maxima that are refined. Heuristic.
const REFINED: usize = 64;
/// Most points in all; networks with more steps get fewer points a cell, but always both sides of each step.
const MOST: usize = 20_000_000;

/// The measured error of a network against its target.
#[derive(Clone, PartialEq, Debug)]
pub struct Measured {
    /// Largest |network - target| found.
    pub sup: f64,
    /// Where.
    pub argmax: Vec<f64>,
    /// Root mean square over the uniform grid.
    pub rms: f64,
    /// Mean of |network - target| over the uniform grid.
    pub mean: f64,
    /// Largest |target| found: the scale that errors are relative to.
    pub scale: f64,
    /// Points evaluated.
    pub points: usize,
}

/// `count` equally spaced points from `lo` to `hi`, both included, as NumPy's `linspace`.
pub fn linspace(lo: f64, hi: f64, count: usize) -> Vec<f64> {
    let step = (hi - lo) / (count.max(2) - 1) as f64;
    let mut points: Vec<f64> = (0..count).map(|k| lo + k as f64 * step).collect();
    if let (Some(last), true) = (points.last_mut(), count > 1) {
        *last = hi;
    }
    points
}

/// Network minus target at each of these points (one input).
pub fn errors(target: &Expr, network: &Evaluator<'_>, points: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; points.len()];
    let mut wanted = vec![0.0; points.len()];
    network.eval_many(points, &mut out);
    threads::fill(points, 1, &mut wanted, |points, out| target.values_at(points, out));
    out.iter_mut().zip(&wanted).for_each(|(value, wanted)| *value -= wanted);
    out
}

/// Measures over the domain of one input.
///
/// # Errors
/// The point at which the target or the network has no finite value.
pub fn measure(target: &Expr, network: &Evaluator<'_>, input: &Input) -> Result<Measured, f64> {
    // The points that the network is evaluated at, which may be fewer numbers than there are.
    let as_evaluated = |points: Vec<f64>| -> Vec<f64> {
        let rounded = points.into_iter().map(|x| network.round(x));
        rounded.filter(|x| (input.lo..=input.hi).contains(x)).collect()
    };
    let uniform = as_evaluated(linspace(input.lo, input.hi, GRID));
    let on_grid = finite(&uniform, errors(target, network, &uniform))?;
    let mut points = uniform;
    points.extend(as_evaluated(around_steps(network, input)));
    points.sort_unstable_by(f64::total_cmp);
    points.dedup();
    let errors = finite(&points, errors(target, network, &points))?;
    let (argmax, sup, searched) = refine(target, network, &points, &errors);
    let chunks: Vec<&[f64]> = points.chunks(threads::CHUNK).collect();
    let scale = threads::map(&chunks, |chunk| largest_target(target, chunk)).into_iter().fold(0.0, f64::max);
    let count = on_grid.len() as f64;
    Ok(Measured {
        sup,
        argmax: vec![argmax],
        // Scaled by the largest, so that squares neither overflow nor vanish.
        rms: scaled_rms(&on_grid),
        mean: on_grid.iter().map(|e| e.abs() / count).sum(),
        scale,
        points: points.len() + searched,
    })
}

/// Root mean square of the error at given points.
pub fn scaled_rms(errors: &[f64]) -> f64 {
    let largest = errors.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let squares: f64 = errors.iter().map(|e| (e / largest) * (e / largest)).sum();
    largest * (squares / errors.len() as f64).sqrt()
}

fn largest_target(target: &Expr, points: &[f64]) -> f64 {
    let mut values = vec![0.0; points.len()];
    target.values_at(points, &mut values);
    values.iter().fold(0.0, |m, v| m.max(v.abs()))
}

fn finite(points: &[f64], errors: Vec<f64>) -> Result<Vec<f64>, f64> {
    match errors.iter().position(|error| !error.is_finite()) {
        Some(at) => Err(points[at]),
        None => Ok(errors),
    }
}

/// Both sides of every step, the ends of its transition, and some points between neighbouring steps.
fn around_steps(network: &Evaluator<'_>, input: &Input) -> Vec<f64> {
    let Some((steps, half_width)) = network.steps() else { return Vec::new() };
    let inside = |x: &f64| (input.lo..=input.hi).contains(x);
    let per_cell = PER_CELL.min(MOST / steps.len().max(1));
    let mut points: Vec<f64> = Vec::with_capacity(steps.len() * (per_cell + 7));
    for step in steps {
        // Fractions of the half-width where an S-shaped step has its bends; heuristic.
        let offsets = [0.02, 0.1, 1.0].map(|fraction| fraction * half_width);
        points.extend([step.next_down(), *step, step.next_up()]);
        points.extend(offsets.iter().flat_map(|offset| [step - offset, step + offset]));
    }
    for pair in steps.windows(2) {
        points.extend((1..per_cell).map(|k| pair[0] + (pair[1] - pair[0]) * k as f64 / per_cell as f64));
    }
    points.retain(inside);
    points
}

/// Searches around the largest local maxima of |error|; returns the place, the error and the points used.
fn refine(target: &Expr, network: &Evaluator<'_>, points: &[f64], errors: &[f64]) -> (f64, f64, usize) {
    let size = |k: usize| errors.get(k).map_or(-1.0, |e| e.abs());
    let mut peaks: Vec<usize> =
        (0..errors.len()).filter(|&k| size(k) >= size(k.wrapping_sub(1)) && size(k) >= size(k + 1)).collect();
    peaks.sort_by(|a, b| size(*b).total_cmp(&size(*a)).then(a.cmp(b)));
    peaks.truncate(REFINED);
    let search = |&k: &usize| {
        let (from, to) = (points[k.saturating_sub(1)], points[(k + 1).min(points.len() - 1)]);
        let error = |x: f64| {
            let x = network.round(x);
            (network.eval(&[x]) - target.value_at(&[x])).abs()
        };
        let (x, error) = golden(from, to, error);
        if error > size(k) { (x, error) } else { (points[k], size(k)) }
    };
    let found: Vec<(f64, f64)> = threads::map(&peaks, search);
    let best = found.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a }).unwrap_or((f64::NAN, 0.0));
    (best.0, best.1, found.len() * GOLDEN_STEPS)
}

const GOLDEN_STEPS: usize = 48; // the bracket shrinks by 0.618^48 = 1e-10

/// Golden-section search for a maximum of `f` between `a` and `b` (Kiefer 1953).
fn golden(mut a: f64, mut b: f64, f: impl Fn(f64) -> f64) -> (f64, f64) {
    const RATIO: f64 = 0.618_033_988_749_894_9; // (sqrt(5) - 1)/2
    let (mut c, mut d) = (b - RATIO * (b - a), a + RATIO * (b - a));
    let (mut at_c, mut at_d) = (f(c), f(d));
    let mut best = if at_c > at_d { (c, at_c) } else { (d, at_d) };
    for _ in 2..GOLDEN_STEPS {
        if at_c > at_d {
            (b, d, at_d) = (d, c, at_c);
            c = b - RATIO * (b - a);
            at_c = f(c);
        } else {
            (a, c, at_c) = (c, d, at_d);
            d = a + RATIO * (b - a);
            at_d = f(d);
        }
        for (x, value) in [(c, at_c), (d, at_d)] {
            if value > best.1 {
                best = (x, value);
            }
        }
    }
    best
}
