//! `method: bumps`: the piecewise-constant construction of Nielsen, *Neural Networks and Deep Learning*, chapter 4.
//!
//! Cell k = `[s_k, s_k+1]` has a height `h_k`; its bump is `h_k [s(w(x-s_k)) - s(w(x-s_k+1))]`, one step up and one down.
//! `layout: pairs` is that, `2n` units. `layout: steps` is the same sum telescoped: at the `n-1` inner edges one step of
//! height `h_k - h_k-1`, and `c0 = h_0`; the same function inside, half the units, and no defect at the ends.

use bumpnet_interval::{Comparison, Sum};
use bumpnet_ir::{
    Activation, Bumps, Expr, Heights, Input, Layer, Layout, Measure, Network, Placement, Precision, Steepness,
};

use crate::cells::{self, Cells, cells};
use crate::draft::{Budget, Draft};
use crate::edges::{NEAR, changes, onto_jumps, round_up_at_jumps, size};
use crate::error::CompileError;
use crate::weighting::{Logarithmic, Weighting};
use crate::{jump, knots, optimal};

/// Points at which a cell's range is sampled for `midrange`, both ends included; heuristic. The two extremes are then
/// refined by a parabola through their neighbours.
const RANGE_POINTS: usize = 17;

/// Points at which the range of a target is checked for `output: logistic`; heuristic.
const LOGIT_CHECK_POINTS: usize = 10_001;

/// Constructs the layers for a number of pieces; with `placement: optimal` also for an error.
///
/// # Errors
/// The target is not finite where it is needed, or not within (0, 1) for `output: logistic`; or binary64 is too coarse
/// or too short for the cells and weights asked for.
pub fn build(
    target: &Expr,
    input: &Input,
    parameters: &Bumps,
    (precision, weighting): (Precision, Option<&Weighting>),
    budget: Budget,
) -> Result<Draft, CompileError> {
    match (&parameters.placement, parameters.activation, budget, weighting) {
        (Placement::Optimal, Activation::Ramp, budget, None) => knots::build(target, input, parameters, budget),
        (Placement::Optimal, Activation::Heaviside, budget, Some(weighting)) => {
            let Some(logarithmic) = weighting.logarithmic(target, input) else {
                return Err(not_optimal(&weighting.measure));
            };
            optimal_cells(target, input, parameters, (precision, Some(&logarithmic)), budget)
        }
        (Placement::Optimal, _, _, Some(weighting)) => Err(not_optimal(&weighting.measure)),
        (Placement::Optimal, _, budget, None) => optimal_cells(target, input, parameters, (precision, None), budget),
        (_, _, Budget::Pieces(n), _) => placed_cells(target, input, parameters, precision, n),
        (_, _, Budget::Error { .. }, _) => Err(CompileError::Unproved("equal cells are chosen by number".to_owned())),
    }
}

/// Cells of which no fewer do. In a measure they are those of a logarithm, if that says what is wanted of the target.
fn optimal_cells(
    target: &Expr,
    input: &Input,
    parameters: &Bumps,
    (precision, logarithm): (Precision, Option<&Logarithmic>),
    budget: Budget,
) -> Result<Draft, CompileError> {
    let pieces_of = logarithm.map_or(target, |logarithm| &logarithm.target);
    let mut found = match budget {
        Budget::Pieces(n) => optimal::smallest_error(pieces_of, input, n)?,
        Budget::Error { eps, most } => {
            optimal::fewest(pieces_of, input, logarithm.map_or(eps, |logarithm| logarithm.eps(eps)), most)?
        }
    };
    if let Some(logarithm) = logarithm {
        let heights = found.heights.iter().map(|middle| logarithm.height(*middle, found.eps)).collect();
        (found.heights, found.eps) = (heights, logarithm.error(found.eps));
    }
    let pieces = found.heights.len();
    let mut cells = cells::from_edges(found.edges);
    // The last cell may be the domain's end alone, where the target jumps.
    cells::check_edges(&cells.edges[..pieces], pieces)?;
    let jump = if parameters.activation == Activation::Heaviside {
        round_up_at_jumps(target, &mut cells, precision);
        None
    } else {
        jump::largest(target, input).filter(|jump| jump.size > 2.0 * found.eps)
    };
    Ok(Draft {
        graph: None,
        kinds: Vec::new(),
        layers: layers(&cells, &found.heights, parameters),
        pieces,
        at_least: Some(found.at_least),
        aim: found.eps,
        summary: Vec::new(),
        limit: jump.map(|jump| jump.explain(&input.name)),
    })
}

/// Why pieces in a measure cannot be the fewest.
fn not_optimal(measure: &Measure) -> CompileError {
    CompileError::Parameters {
        message: format!(
            "`placement: optimal` for the {} is for `activation: heaviside`, and for relative errors, or relative and absolute \
             ones, of a target of one sign",
            measure.name()
        ),
        help: "use `placement: uniform`, `method: graded`, or leave the method out".to_owned(),
    }
}

fn placed_cells(
    target: &Expr,
    input: &Input,
    parameters: &Bumps,
    precision: Precision,
    n: usize,
) -> Result<Draft, CompileError> {
    let mut cells = cells(input, parameters, n)?;
    if parameters.activation == Activation::Heaviside {
        onto_jumps(target, &mut cells);
    }
    let heights = match parameters.output {
        Activation::Logistic => {
            check_unit_range(target, input)?;
            heights(&target.logit(), &cells, parameters)
        }
        _ => heights(target, &cells, parameters),
    };
    let heights = heights.map_err(|at| {
        let value: f64 = target.eval(&[at]);
        let outside = parameters.output == Activation::Logistic && !(0.0 < value && value < 1.0);
        if outside { CompileError::OutsideUnit { at, value } } else { CompileError::NotFinite { at, value } }
    })?;
    if parameters.activation == Activation::Heaviside {
        round_up_at_jumps(target, &mut cells, precision);
    }
    Ok(Draft::new(layers(&cells, &heights, parameters), n))
}

fn layers(cells: &Cells, heights: &[f64], parameters: &Bumps) -> Vec<Layer> {
    let steepness = steepness(cells, parameters);
    match parameters.layout {
        Layout::Steps => steps(cells, heights, &steepness, parameters),
        Layout::Pairs => pairs(cells, heights, &steepness, parameters),
    }
}

/// `w` of the step at each edge, the two ends among them.
///
/// Matched: a step's slope is that of the line between the neighbouring centres, `unit_slope * w = 1/distance`. A
/// `heaviside` step is as steep with any weight; 1 makes `x - s` exact (Sterbenz), so it switches exactly at `s`.
fn steepness(cells: &Cells, parameters: &Bumps) -> Vec<f64> {
    let count = cells.edges.len();
    match (parameters.steepness, parameters.activation) {
        (Steepness::Value(w), _) => vec![w; count],
        (Steepness::Auto, Activation::Heaviside) => vec![1.0; count],
        (Steepness::Auto, activation) => {
            let slope = activation.unit_slope().unwrap_or(1.0);
            let distance = |k: usize| match cells.centres.len() {
                1 => cells.edges[1] - cells.edges[0],
                n => {
                    let k = k.clamp(1, n - 1);
                    cells.centres[k] - cells.centres[k - 1]
                }
            };
            (0..count).map(|k| 1.0 / (slope * distance(k))).collect()
        }
    }
}

/// One step at each inner edge. Each height difference is taken to the sum of the steps before, so that rounding does
/// not add up.
fn steps(cells: &Cells, heights: &[f64], steepness: &[f64], parameters: &Bumps) -> Vec<Layer> {
    let rise = rise(parameters.activation);
    let inner = 1..heights.len();
    let mut reached = Sum::default();
    reached.add(heights[0]);
    let mut middle = reached;
    let mut alpha = Vec::with_capacity(heights.len());
    for k in inner.clone() {
        let a = reached.missing_to(heights[k]) / rise;
        reached.add(a * rise);
        middle.add(a);
        alpha.push(a);
    }
    // `tanh` starts at -1, so that the sum starts at `c0 - sum(alpha)`.
    let c0 = if rise == 1.0 { heights[0] } else { middle.value() };
    let edges: Vec<f64> = inner.clone().map(|k| cells.edges[k]).collect();
    let w: Vec<f64> = inner.map(|k| steepness[k]).collect();
    let b = edges.iter().zip(&w).map(|(s, w)| -(w * s)).collect();
    Network::one_hidden_layer(parameters.activation, (w, b), alpha, c0, parameters.output)
}

/// A step up and a step down for each bump, in the article's order.
fn pairs(cells: &Cells, heights: &[f64], steepness: &[f64], parameters: &Bumps) -> Vec<Layer> {
    let rise = rise(parameters.activation);
    let (mut w, mut b, mut alpha) = (Vec::new(), Vec::new(), Vec::new());
    for (k, height) in heights.iter().enumerate() {
        for (edge, sign) in [(k, 1.0), (k + 1, -1.0)] {
            w.push(steepness[edge]);
            b.push(-(steepness[edge] * cells.edges[edge]));
            alpha.push(sign * height / rise);
        }
    }
    Network::one_hidden_layer(parameters.activation, (w, b), alpha, 0.0, parameters.output)
}

/// The distance between the activation's limits, a power of two.
fn rise(activation: Activation) -> f64 {
    let (low, high) = activation.limits();
    high - low
}

/// The height of each cell, or the point where the target is not finite.
fn heights(target: &Expr, cells: &Cells, parameters: &Bumps) -> Result<Vec<f64>, f64> {
    match &parameters.heights {
        Heights::Given(heights) => Ok(heights.clone()),
        Heights::Midpoint => {
            let mut heights = vec![0.0; cells.centres.len()];
            target.eval_many(&cells.centres, &mut heights);
            all_finite(&cells.centres, heights)
        }
        Heights::Midrange => {
            // Beside an edge at a jump of the target, plain evaluation may be on the jump's other side.
            let size = size(target, cells);
            let heaviside = parameters.activation == Activation::Heaviside;
            let jumps = |x: f64| heaviside && changes(target, size, x.next_down());
            let beside = |x: f64, step: fn(f64) -> f64| if jumps(x) { (0..NEAR).fold(x, |x, _| step(x)) } else { x };
            let range =
                |from: f64, to: f64| if from <= to { midrange(target, from, to) } else { midrange(target, to, to) };
            let pairs = cells.edges.windows(2);
            pairs.map(|pair| range(beside(pair[0], f64::next_up), beside(pair[1], f64::next_down))).collect()
        }
    }
}

fn all_finite(points: &[f64], values: Vec<f64>) -> Result<Vec<f64>, f64> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(points[at]),
        None => Ok(values),
    }
}

/// The mean of the largest and smallest value over a cell, found from samples.
fn midrange(target: &Expr, from: f64, to: f64) -> Result<f64, f64> {
    let last = (RANGE_POINTS - 1) as f64;
    let points: Vec<f64> = (0..RANGE_POINTS)
        .map(|k| if k + 1 == RANGE_POINTS { to } else { from + (to - from) * (k as f64 / last) })
        .collect();
    let mut values = vec![0.0; RANGE_POINTS];
    target.eval_many(&points, &mut values);
    let values = all_finite(&points, values)?;
    let largest = extreme(target, &points, &values, 1.0);
    let smallest = extreme(target, &points, &values, -1.0);
    Ok(largest / 2.0 + smallest / 2.0)
}

/// The largest value (of `sign * target`), with a parabola through the best sample and its neighbours.
fn extreme(target: &Expr, points: &[f64], values: &[f64], sign: f64) -> f64 {
    let best = (0..values.len()).fold(0, |best, k| if sign * values[k] > sign * values[best] { k } else { best });
    if best == 0 || best + 1 == values.len() {
        return values[best];
    }
    let [before, at, after] = [values[best - 1], values[best], values[best + 1]];
    let curvature = before - 2.0 * at + after;
    let step = points[best + 1] - points[best];
    let vertex = points[best] + step * 0.5 * (before - after) / curvature;
    let found: f64 = target.eval(&[vertex.clamp(points[best - 1], points[best + 1])]);
    if Comparison::Greater.holds(sign * found, sign * at) { found } else { at }
}

/// Whether the target is within (0, 1) on a grid; a network with a logistic output cannot reach beyond.
pub(crate) fn check_unit_range(target: &Expr, input: &Input) -> Result<(), CompileError> {
    let width = input.hi - input.lo;
    let points: Vec<f64> = (0..LOGIT_CHECK_POINTS)
        .map(|k| (input.lo + width * (k as f64 / (LOGIT_CHECK_POINTS - 1) as f64)).clamp(input.lo, input.hi))
        .collect();
    let mut values = vec![0.0; points.len()];
    target.eval_many(&points, &mut values);
    for (at, value) in points.into_iter().zip(values) {
        if !value.is_finite() {
            return Err(CompileError::NotFinite { at, value });
        }
        if !(0.0 < value && value < 1.0) {
            return Err(CompileError::OutsideUnit { at, value });
        }
    }
    Ok(())
}
