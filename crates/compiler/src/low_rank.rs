//! `method: low-rank`: sums of few products of functions of one input each.
//!
//! The target on a grid of Chebyshev points is a tensor train (for two inputs a singular value decomposition). All
//! functions of one input are read-outs of one layer of steps, found by least squares; their products are gates of four
//! neurons. Errors here are sampled and shared out so that they add up to no more than the error asked for; the
//! certificate judges what is kept.

mod axis;
mod svd;
mod train;

use bumpnet_ir::{Activation, Expr, Input, LowRank, Precision};

use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use crate::gates::{Builder, Linear, Product, Square, products};
use crate::purse::Purse;
use axis::{AxisLayer, Wanted};
use train::{Grid, Train};

/// How the error is shared out: the rank, all inputs' layers, the gates, products left out. Heuristic. Together a little
/// more than 1: they never all reach their shares at one point with one sign, and the proof finds what they come to.
const RANK: f64 = 0.25;
const LAYERS: f64 = 0.8;
const GATES: f64 = 0.1;
const DROPPED: f64 = 0.1;
/// Largest weight of a read-out, relative to the target's magnitude. Heuristic: gates make the rounding of what they read
/// some hundred times larger, so weights are kept smaller than where nothing follows.
const LARGEST_WEIGHT: f64 = 1e4;
/// Errors that are tried for a number of neurons, as steps of a quarter of a decade below the target's size. Heuristic.
const STEPS: i32 = 52;

/// Multiplications that the search for an error may take, and that for the best of what is larger. Heuristic: some seconds.
const WORK: (u64, u64) = (4_000_000_000, 2_000_000_000);
/// Products, at most, where an error is asked for. Heuristic: a smooth target takes a dozen for each two inputs; one with a kink
/// across no axis takes ever more, and a proof of so many does not end.
const MOST_PRODUCTS: usize = 40;
/// Of the target's size, an error below which binary64 holds no network. Heuristic.
const FINEST: f64 = 1e-15;

/// Constructs the layers for a number of neurons, or as few as an error needs.
///
/// # Errors
/// The target is not finite somewhere, or has no low rank.
pub fn build(
    target: &Expr,
    inputs: &[Input],
    parameters: &LowRank,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let grid = Grid::new(target, inputs)?;
    let largest = LARGEST_WEIGHT.min(crate::fit::largest_weight(precision)) * grid.magnitude().max(f64::MIN_POSITIVE);
    let max_weight = parameters.max_weight.unwrap_or(largest);
    let purse = Purse::new(WORK.0);
    let with = |eps: f64, purse: &Purse| draft(&grid, inputs, parameters.activation, max_weight, (eps, purse));
    match budget {
        Budget::Error { eps, most } => {
            let hopeful = eps >= FINEST * grid.magnitude();
            if let Some(products) = too_many_products(&grid, eps, &purse).filter(|_| hopeful && !budget.is_capped()) {
                let coarse = coarser(
                    eps,
                    grid.magnitude(),
                    |eps, purse| with(eps, purse).filter(|_| too_many_products(&grid, eps, purse).is_none()),
                    false,
                )?;
                let limit = format!(
                    "it would be a sum of {products} products of functions of one input each, as where the target has a kink \
                     across no axis, and so many are not tried; a larger max_error would do, or `composed` where it applies"
                );
                return Ok(Draft { limit: Some(limit), ..coarse });
            }
            match hopeful.then(|| with(eps, &purse)).flatten() {
                Some(draft) if draft.pieces <= most => Ok(draft),
                Some(_) => Err(CompileError::TooMany { most, eps }),
                None => coarser(eps, grid.magnitude(), with, purse.is_empty()),
            }
        }
        Budget::Pieces(n) => {
            let (mut best, mut good, mut bad) = (None, 0, STEPS);
            while good + 1 < bad {
                let middle = (good + bad) / 2;
                let scale = grid.magnitude().max(f64::MIN_POSITIVE);
                let eps = (0..middle).fold(scale, |eps, _| eps * QUARTER_DECADE);
                match with(eps, &purse).filter(|draft| draft.pieces <= n) {
                    Some(draft) => (best, good) = (Some(draft), middle),
                    None => bad = middle,
                }
            }
            best.ok_or(CompileError::TooFewNeurons { most: n, least: n + 1 })
        }
    }
}

/// The best that does, of errors above one that does not: from the target's size down, as small errors are dear.
fn coarser(
    eps: f64,
    magnitude: f64,
    with: impl Fn(f64, &Purse) -> Option<Draft>,
    spent: bool,
) -> Result<Draft, CompileError> {
    let purse = Purse::new(WORK.1);
    let (mut best, mut next) = (None, magnitude / 4.0);
    while next > eps && !purse.is_empty() {
        let Some(found) = with(next, &purse) else { break };
        (best, next) = (Some(found), next / 4.0);
    }
    let limit = match spent {
        true => "the budget of the search ended; a larger max_error, or another method such as `composed`, would do",
        false => "more neurons do not help: rounding, the largest weight, or the target's rank is the limit",
    };
    let best = best.ok_or(CompileError::Unproved("the target has no low rank".to_owned()))?;
    Ok(Draft { limit: Some(limit.to_owned()), ..best })
}

/// `10^(-1/4)`.
const QUARTER_DECADE: f64 = 0.562_341_325_190_349_1;

/// The network for an error; `None` if an input's layer cannot be that good.
fn draft(
    grid: &Grid,
    inputs: &[Input],
    activation: Activation,
    max_weight: f64,
    (eps, purse): (f64, &Purse),
) -> Option<Draft> {
    let train = grid.train(RANK * eps, purse)?;
    let kept = kept(&train, DROPPED * eps);
    let axes: Vec<AxisLayer> = (0..inputs.len())
        .map(|k| {
            let core = &train.cores[k];
            // Layers of one function of many are as good as they need to be for what stands on both sides of it.
            let entries: Vec<usize> = (0..core.values.len()).filter(|e| kept[k][*e]).collect();
            let factor = |e: &usize| train.left[k][e / core.right] * train.right[k][e % core.right];
            Wanted {
                input: &inputs[k],
                nodes: &train.nodes[k],
                functions: entries.iter().map(|e| &core.values[*e][..]).collect(),
                factors: entries.iter().map(factor).collect(),
                activation,
                max_weight,
                purse,
            }
            .fewest(LAYERS * eps / inputs.len() as f64)
        })
        .collect::<Option<_>>()?;
    assemble(&train, &kept, &axes, activation, GATES * eps)
}

/// How many products a network for an error takes, where that is too many.
fn too_many_products(grid: &Grid, eps: f64, purse: &Purse) -> Option<usize> {
    let train = grid.train(RANK * eps, purse)?;
    let kept = kept(&train, DROPPED * eps);
    let products = kept[..kept.len() - 1].iter().flatten().filter(|keep| **keep).count();
    (products > MOST_PRODUCTS * (kept.len() - 1).pow(2)).then_some(products)
}

/// Which products are worth their neurons: the smallest are left out as long as they add up to no more than `eps`.
fn kept(train: &Train, eps: f64) -> Vec<Vec<bool>> {
    let mut sizes = Vec::new();
    for (k, core) in train.cores.iter().enumerate() {
        for (e, values) in core.values.iter().enumerate() {
            let own = values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
            sizes.push((own * train.left[k][e / core.right] * train.right[k][e % core.right], k, e));
        }
    }
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut kept: Vec<Vec<bool>> = train.cores.iter().map(|core| vec![true; core.values.len()]).collect();
    let mut sum = 0.0;
    for (size, k, e) in sizes {
        sum += size;
        if sum > eps {
            break;
        }
        kept[k][e] = false;
    }
    kept
}

/// All layers: the inputs', then the products from the last input to the first, then the output.
fn assemble(train: &Train, kept: &[Vec<bool>], axes: &[AxisLayer], activation: Activation, eps: f64) -> Option<Draft> {
    let mut builder = Builder::new(axes.len());
    let rows: Vec<Linear> = axes
        .iter()
        .enumerate()
        .flat_map(|(k, axis)| {
            let row = move |(w, b): (&f64, &f64)| Linear { constant: *b, terms: vec![(k as u32, *w)] };
            axis.steps.w.iter().zip(&axis.steps.b).map(row)
        })
        .collect();
    let units = builder.layer(activation, &rows);
    let (forms, ranges) = readouts(train, kept, axes, &units);
    // The last input's functions are what the others are multiplied with.
    let last = axes.len() - 1;
    let mut right: Vec<Linear> = forms[last].iter().map(|form| form.clone().unwrap_or_default()).collect();
    let mut gates = 0;
    for k in (0..last).rev() {
        let core = &train.cores[k];
        let mut wanted = Vec::new();
        let mut places = Vec::new();
        let mut sensitivity = 0.0;
        for (e, form) in forms[k].iter().enumerate() {
            let Some(form) = form else { continue };
            let (a, b) = (e / core.right, e % core.right);
            let (u, v) = (widened(ranges[k][e]), widened(train.range[k][b]));
            sensitivity += train.left[k][a] * 0.5 * (u.1 - u.0) * (v.1 - v.0);
            wanted.push(Product { u: (form.clone(), u), v: (right[b].clone(), v) });
            places.push(a);
        }
        let square = Square::new(activation, eps / last as f64 / f64::max(sensitivity, f64::MIN_POSITIVE))?;
        let found = if wanted.is_empty() { Vec::new() } else { products(&mut builder, &square, &wanted) };
        gates += wanted.len();
        let mut sums = vec![Linear::default(); core.left];
        for (a, form) in places.iter().zip(&found) {
            sums[*a].add(1.0, form);
        }
        // What more products are taken of becomes a slot, so that forms stay short.
        right = match k {
            0 => sums,
            _ => builder.layer(Activation::Identity, &sums).into_iter().map(Linear::slot).collect(),
        };
    }
    builder.layer(Activation::Identity, &right[..1]);
    let steps: Vec<String> = axes.iter().map(|axis| axis.steps.len().to_string()).collect();
    let ranks: Vec<String> = train.cores[..last].iter().map(|core| core.right.to_string()).collect();
    let summary = vec![
        format!("rank {}, one layer of {} steps for the inputs' functions", ranks.join(" x "), steps.join(" + ")),
        format!("{gates} products, four neurons each"),
    ];
    let neurons = rows.len() + 4 * gates;
    Some(Draft { summary, ..Draft::new(builder.layers, neurons) })
}

/// A range with room for the error of what is in it.
fn widened((lo, hi): (f64, f64)) -> (f64, f64) {
    let more = 0.005 * (hi - lo) + 1e-9 * lo.abs().max(hi.abs()) + f64::MIN_POSITIVE;
    (lo - more, hi + more)
}

type Forms = Vec<Vec<Option<Linear>>>;

/// The functions of each input as forms over the first layer, those that are kept; and their ranges.
fn readouts(train: &Train, kept: &[Vec<bool>], axes: &[AxisLayer], units: &[u32]) -> (Forms, Vec<Vec<(f64, f64)>>) {
    let (mut forms, mut ranges) = (Vec::new(), Vec::new());
    let mut first = 0;
    for (k, axis) in axes.iter().enumerate() {
        let slots = &units[first..first + axis.steps.len()];
        first += axis.steps.len();
        let mut own = axis.readouts.iter().zip(&axis.ranges);
        let (mut row, mut range) = (Vec::new(), Vec::new());
        for keep in &kept[k][..train.cores[k].values.len()] {
            let next = if *keep { own.next() } else { None };
            row.push(next.map(|((constant, weights), _)| Linear {
                constant: *constant,
                terms: slots.iter().copied().zip(weights.iter().copied()).collect(),
            }));
            range.push(next.map_or((0.0, 0.0), |(_, range)| *range));
        }
        forms.push(row);
        ranges.push(range);
    }
    (forms, ranges)
}
