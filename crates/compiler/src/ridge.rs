//! `method: ridge`: one hidden layer over several inputs, `c0 + sum_j a_j s(w_j . x + b_j)` (Cybenko 1989).
//!
//! Where algebra finds the target to be a sum of functions of one affine form each, every one of them is a network of one
//! input along its direction. Otherwise steps in directions that are spread evenly, and in those of the expression's own
//! affine forms, are fitted together by least squares.

mod direct;
mod split;

use bumpnet_ir::{Activation, Expr, Input, Precision, Ridge, Route, Smooth};
use bumpnet_prove::watch::stopped;

use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use crate::smooth;
use direct::{Fitted, LadderIndex, Problem, RidgeUnit, START, layers};

/// What a fit aims at, of the error asked for: samples miss some of it. Heuristic.
const AIM: f64 = 0.97;
/// Numbers of units from which searches go up; each is about twice as many as the one before. Heuristic.
const LADDER: [usize; 7] = [12, 24, 48, 96, 192, 384, 768];
/// Most units of a fit: a solve takes about 9 n^3 operations, ten seconds for this many.
const MOST_UNITS: usize = 1200;
/// Bisections between two numbers of units.
const BISECTIONS: usize = 4;
/// Errors that are tried for a number of neurons, as steps of an eighth of a decade. Heuristic.
const DECADES: i32 = 13;

/// Constructs the layers for a number of neurons, or as few as an error needs.
///
/// # Errors
/// The target is not finite somewhere, or the construction does not apply.
pub fn build(
    target: &Expr,
    inputs: &[Input],
    parameters: &Ridge,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let budget = match (budget, parameters.neurons) {
        (Budget::Pieces(n), _) => Budget::Pieces(n),
        (Budget::Error { eps, most }, limit) => Budget::Error { eps, most: limit.map_or(most, |n| n.min(most)) },
    };
    if let Some((constant, ridges)) = split::split(target, inputs.len())
        && let Some(draft) = along(&ridges, constant, inputs, parameters, precision, budget)
    {
        return Ok(draft);
    }
    let own = split::directions(target, inputs.len());
    let problem = Problem::new(target, inputs, (parameters.activation, precision), parameters.max_weight, own)?;
    let (fitted, limit) = match budget {
        Budget::Pieces(n) if n > MOST_UNITS => return Err(too_many(n)),
        Budget::Pieces(n) => (search(&problem, n)?.0, None),
        Budget::Error { eps, most } => fewest(&problem, AIM * eps, most)?,
    };
    let own = problem.own.len();
    let summary = vec![
        format!("{} directions of the expression's own; output weights by least squares", own),
        weights(&fitted.units, problem.fit.max_weight),
    ];
    let network = layers(parameters.activation, inputs.len(), &fitted.units, fitted.c0);
    Ok(Draft { summary, limit, ..Draft::new(network, fitted.units.len()) })
}

fn too_many(units: usize) -> CompileError {
    CompileError::Parameters {
        message: format!("`method: ridge` fits {MOST_UNITS} neurons together at most, and {units} are asked for"),
        help: format!("write `neurons: {MOST_UNITS}`, or fewer"),
    }
}

/// One-input networks along each direction, added up; `None` where they do not do.
fn along(
    ridges: &[split::Ridge],
    constant: f64,
    inputs: &[Input],
    parameters: &Ridge,
    precision: Precision,
    budget: Budget,
) -> Option<Draft> {
    let total = |eps: f64| -> Option<(Vec<RidgeUnit>, f64)> {
        let (mut units, mut c0) = (Vec::new(), constant);
        for ridge in ridges {
            let part = one(ridge, inputs, parameters, precision, eps / ridges.len() as f64)?;
            c0 += part.1;
            units.extend(part.0);
        }
        Some((units, c0))
    };
    let (units, c0) = match budget {
        Budget::Error { eps, most } => total(AIM * eps).filter(|(units, _)| units.len() <= most)?,
        Budget::Pieces(n) => {
            // The smallest error whose networks together have no more neurons.
            let scale = scale(ridges, inputs)?;
            let (mut best, mut bad, mut good) = (None, 8 * DECADES, 0);
            while good + 1 < bad {
                let middle = (good + bad) / 2;
                match total(scale * tenth(middle)).filter(|(units, _)| units.len() <= n) {
                    Some(found) => (best, good) = (Some(found), middle),
                    None => bad = middle,
                }
            }
            best?
        }
    };
    let summary = vec![
        format!(
            "a sum of functions of {} affine forms, found by algebra; a network of one input for each",
            ridges.len()
        ),
        weights(&units, f64::INFINITY),
    ];
    let network = layers(parameters.activation, inputs.len(), &units, c0);
    Some(Draft { summary, ..Draft::new(network, units.len()) })
}

/// `10^(-k/8)`.
fn tenth(k: i32) -> f64 {
    bumpnet_interval::elementary::binary(bumpnet_interval::Binary::Pow, 10.0, -f64::from(k) / 8.0)
}

/// The largest magnitude of a part.
fn scale(ridges: &[split::Ridge], inputs: &[Input]) -> Option<f64> {
    let magnitude = |ridge: &split::Ridge| {
        let (lo, hi) = split::range(&ridge.direction, inputs);
        (0..=32).map(|k| ridge.g.eval::<f64>(&[lo + (hi - lo) * f64::from(k) / 32.0]).abs()).fold(0.0, f64::max)
    };
    Some(ridges.iter().map(magnitude).fold(0.0, f64::max)).filter(|scale| *scale > 0.0 && scale.is_finite())
}

/// The network of one ridge, its weights those of the inputs.
fn one(
    ridge: &split::Ridge,
    inputs: &[Input],
    parameters: &Ridge,
    precision: Precision,
    eps: f64,
) -> Option<(Vec<RidgeUnit>, f64)> {
    let (lo, hi) = split::range(&ridge.direction, inputs);
    let input = Input { name: "t".to_owned(), lo, hi };
    bumpnet_prove::analyse(&ridge.g, std::slice::from_ref(&input)).ok()?;
    let smooth = Smooth {
        activation: parameters.activation,
        neurons: None,
        overlap: None,
        pad: None,
        route: Route::LeastSquares,
        max_weight: parameters.max_weight,
        output: Activation::Identity,
    };
    let budget = Budget::Error { eps, most: MOST_UNITS };
    let draft = smooth::build(&ridge.g, &input, &smooth, (precision, None), budget).ok()?;
    if draft.limit.is_some() {
        return None;
    }
    let [hidden, last] = &draft.layers[..] else { return Some((vec![], draft.layers.first()?.bias.get(0))) };
    let unit = |((k, _, w), (_, _, a)): ((usize, usize, f64), (usize, usize, f64))| {
        (ridge.direction.iter().map(|d| d * w).collect(), hidden.bias.get(k), a)
    };
    let units = hidden.weights.entries().zip(last.weights.entries()).map(unit).collect();
    Some((units, last.bias.get(0)))
}

/// The best fit for a number of units, its shape found on the way up.
fn search(problem: &Problem<'_>, units: usize) -> Result<(Fitted, LadderIndex), CompileError> {
    let mut shape = START;
    for n in LADDER.into_iter().filter(|n| 2 * n < units) {
        if problem.fit.affords(units + n) {
            shape = problem.best(n, shape, 0.0)?.1;
        }
    }
    problem.best(units, shape, 0.0)
}

/// The fit with the fewest units whose sampled error is at most `eps`; or the best found and what limits it.
fn fewest(problem: &Problem<'_>, eps: f64, most: usize) -> Result<(Fitted, Option<String>), CompileError> {
    let most = most.min(MOST_UNITS);
    let (mut shape, mut bad) = (START, 0);
    let mut best: Option<Fitted> = None;
    for n in LADDER.into_iter().filter(|n| *n < most).chain([most]) {
        if best.is_some() && !problem.fit.affords(n) {
            break;
        }
        let (fitted, found) = problem.best(n, shape, eps)?;
        shape = found;
        if fitted.error > eps {
            bad = n;
            if best.as_ref().is_none_or(|best| fitted.error < best.error) {
                best = Some(fitted);
            }
            if stopped() {
                break;
            }
            continue;
        }
        let (mut good, mut kept) = (n, fitted);
        for _ in 0..BISECTIONS {
            let middle = bad + (good - bad) / 2;
            if middle == bad || good - bad <= good / 24 || !problem.fit.affords(middle) {
                break;
            }
            let (tried, found) = problem.best(middle, shape, eps)?;
            if tried.error <= eps {
                (good, kept, shape) = (middle, tried, found);
            } else {
                bad = middle;
            }
        }
        return Ok((kept, None));
    }
    let limit = match bad < most {
        true => format!(
            "the budget of the search ended with {bad} neurons; a larger max_error, or another method such as `composed`, \
             would do"
        ),
        false => format!("{most} neurons do not do"),
    };
    best.map(|best| (best, Some(limit))).ok_or(CompileError::TooFewNeurons { most, least: 1 })
}

/// The size of the output weights, in words.
fn weights(units: &[RidgeUnit], allowed: f64) -> String {
    let largest = units.iter().fold(0.0, |largest: f64, unit| largest.max(unit.2.abs()));
    match allowed.is_finite() {
        true => format!("largest output weight {largest:.3e} (allowed: {allowed:.3e})"),
        false => format!("largest output weight {largest:.3e}"),
    }
}
