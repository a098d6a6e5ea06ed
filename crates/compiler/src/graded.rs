//! `method: graded`: steps on a dyadic tree, for kinks, cusps, singularities at the ends, and thin layers.
//!
//! Every cell of the tree, leaves and their ancestors alike, holds a few steps as steep as that cell is narrow. The
//! output weights come from linear least squares over all of them; then the leaves whose error is near the worst are
//! halved. Towards a singular point the cells shrink geometrically, so the neurons needed grow with the logarithm of the
//! error only, where equally spaced ones would grow like a power of it.
//!
//! Two or three steps a cell turn out to be enough: what a cell cannot do, its ancestors and neighbours do.

mod pace;
mod singular;

use bumpnet_ir::{Expr, Graded, Input, Precision};
use bumpnet_prove::watch::{self, stopped};

use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use crate::fit::{AIM, Fitted, Goal, Samples, Steps, weights};
use crate::purse::Purse;
use crate::smooth::logistic_units;
use crate::solve::Fit;
use crate::{chebyshev, jump};
use pace::Pace;
use singular::{Singular, halves};

/// What is tried: steps per cell, steepness times spacing, and steps beyond each end for the cells there. Heuristic: each
/// was the best for some of the targets tried (kinks, roots, `x^x`, layers, chirps).
const SHAPES: [CellShape; 4] = [
    CellShape { leaf: 2, overlap: 0.6, pad: 0 },
    CellShape { leaf: 2, overlap: 0.8, pad: 0 },
    CellShape { leaf: 3, overlap: 0.6, pad: 0 },
    CellShape { leaf: 3, overlap: 0.4, pad: 2 },
];
/// Samples per step of a leaf; heuristic.
const DENSITY: usize = 4;
/// Leaves whose error is within this factor of the worst are halved. Heuristic: of 2 to 10 the fewest neurons.
const SPLIT: f64 = 3.0;
/// Rounds in a row that may fail to lower the error by a tenth before the tree is given up: the target jumps, or the
/// weights or their rounding are the limit. A root of
/// order 8 gains 8 % a round at its singular point; heuristic.
const PATIENCE: usize = 24;
/// Most neurons; a solve takes about `16 n^3` operations.
pub const MOST_NEURONS: usize = 1024;
/// Steps up to which every tree is fitted with bounded weights too, in case no later one can be; heuristic.
const CHEAP: usize = 128;
/// More do not help in binary32: the rounding of their sum grows with their number. Heuristic.
const MOST_IN_BINARY32: usize = 256;
/// The part of its steps that a tree keeps in the end, at least; and how much less than the tree before. Heuristic.
const KEPT: f64 = 0.5;
const LIKE: f64 = 0.9;
/// Operations that all solves of a construction may take: seconds; and where there is no hope of the error.
const WORK: u64 = 1 << 33;
const LITTLE_WORK: u64 = 1 << 28;

/// The form of a tree's cells.
#[derive(Clone, Copy, PartialEq, Debug)]
struct CellShape {
    leaf: usize,
    overlap: f64,
    pad: usize,
}

/// Constructs the layers for at most a number of neurons, or as few as an error needs; errors are multiplied with the weight,
/// if there is one.
///
/// # Errors
/// The target is not finite somewhere, or a weight overflows.
pub fn build(
    target: &Expr,
    input: &Input,
    parameters: &Graded,
    (precision, weight): (Precision, Option<&Expr>),
    budget: Budget,
) -> Result<Draft, CompileError> {
    let goal = Goal::new(target, input, (parameters.output, precision), parameters.max_weight, weight)?;
    let singular = Singular::of(goal.hidden(), input);
    let (eps, most) = match budget {
        Budget::Error { eps, most } => (AIM * eps, most.min(most_neurons(precision))),
        Budget::Pieces(n) => (0.0, n),
    };
    let fewer = budget.is_capped();
    // Beyond half a jump there is nothing to be gained, nor below the normal numbers.
    let obstacle =
        if eps > 0.0 && weight.is_none() { jump::obstacle(goal.hidden(), input, eps / goal.steepest()) } else { None };
    let hopeless = obstacle.is_some() || eps > 0.0 && eps < f64::MIN_POSITIVE;
    if hopeless && fewer {
        return Err(CompileError::TooMany { most, eps });
    }
    let (most, work) = if hopeless { (most.min(CHEAP), LITTLE_WORK) } else { (most, WORK) };
    let mut growth =
        Growth { goal: &goal, parameters, singular: &singular, purse: Purse::new(work), eps, most, fewer, kept: KEPT };
    let mut best: Option<Grown> = None;
    for shape in shapes(parameters) {
        watch::trying(|| format!("graded, {} steps a cell, w times spacing = {:?}", shape.leaf, shape.overlap));
        // Not worth growing beyond what another shape has done with; nothing is less than a constant.
        if let Some(done) = best.as_ref().filter(|best| best.error <= eps) {
            let Some(fewer) = done.neurons().checked_sub(1) else { break };
            (growth.most, growth.fewer) = (fewer, true);
            growth.kept = LIKE * done.neurons() as f64 / done.fit_with as f64;
        }
        let grown = match Tree::new(input, shape).grow(&mut growth) {
            Ok(grown) => grown,
            Err(CompileError::TooFewNeurons { .. }) => continue, // for this shape
            Err(error) => return Err(error),
        };
        if best.as_ref().is_none_or(|best| grown.better(best, eps)) {
            best = Some(grown);
        }
    }
    let Some(best) = best else { return Err(CompileError::TooFewNeurons { most, least: SHAPES[0].leaf }) };
    let limit = (best.error > eps && eps > 0.0).then(|| match (obstacle, growth.purse.limit(), best.stalled) {
        (Some(obstacle), ..) => obstacle,
        (_, Some(limit), _) => limit,
        (.., Some(at)) => format!("finer cells do not lower the error near {} = {at:.6}", input.name),
        _ => format!("{most} neurons of this construction do not do"),
    });
    let finest = best.tree.leaves.iter().map(|leaf| leaf.1 - leaf.0).fold(f64::INFINITY, f64::min);
    let summary = vec![
        format!(
            "steps on a dyadic tree of {} leaves, the finest {finest:.3e} wide: {} steps a cell, w times spacing = {:?}; \
             output weights by least squares",
            best.tree.leaves.len(),
            best.tree.shape.leaf,
            best.tree.shape.overlap
        ),
        weights(&best.fitted, &goal),
    ];
    let layers = goal.layers(&best.steps, &best.fitted);
    Ok(Draft { summary, limit, ..Draft::new(layers, best.fitted.neurons()) })
}

fn most_neurons(precision: Precision) -> usize {
    if precision == Precision::F32 { MOST_IN_BINARY32 } else { MOST_NEURONS }
}

fn shapes(parameters: &Graded) -> Vec<CellShape> {
    let given = |shape: CellShape| CellShape {
        leaf: parameters.leaf.unwrap_or(shape.leaf),
        overlap: parameters.overlap.unwrap_or(shape.overlap),
        pad: shape.pad,
    };
    let mut shapes: Vec<CellShape> = Vec::new();
    for shape in SHAPES.map(given) {
        if !shapes.contains(&shape) {
            shapes.push(shape);
        }
    }
    shapes
}

/// A tree of cells, in no particular order.
#[derive(Clone)]
struct Tree {
    shape: CellShape,
    domain: (f64, f64),
    leaves: Vec<(f64, f64)>,
    ancestors: Vec<(f64, f64)>,
}

/// A tree that has grown, and its best fit.
struct Grown {
    tree: Tree,
    steps: Steps,
    fitted: Fitted,
    /// The sampled error, also at points that were not fitted to.
    error: f64,
    /// Where the error did not fall any more.
    stalled: Option<f64>,
    /// The neurons before those were dropped that the error does not need.
    fit_with: usize,
}

impl Grown {
    fn neurons(&self) -> usize {
        self.fitted.neurons()
    }

    /// Good enough with fewer neurons, or else nearer to it.
    fn better(&self, other: &Grown, eps: f64) -> bool {
        match (self.error <= eps, other.error <= eps) {
            (true, true) => self.neurons() < other.neurons(),
            (mine, theirs) if mine != theirs => mine,
            _ => self.error < other.error,
        }
    }
}

impl Tree {
    fn new(input: &Input, shape: CellShape) -> Tree {
        let domain = (input.lo, input.hi);
        Tree { shape, domain, leaves: vec![domain], ancestors: Vec::new() }
    }

    fn steps(&self, parameters: &Graded, goal: &Goal<'_>) -> Steps {
        let (precision, falling) = (goal.precision, goal.falling);
        let mut steps = Steps::new(parameters.activation);
        let CellShape { leaf, overlap, pad } = self.shape;
        for &(a, b) in self.ancestors.iter().chain(&self.leaves) {
            let delta = (b - a) / leaf as f64;
            let w = overlap * logistic_units(parameters.activation) / if falling { -delta } else { delta };
            (0..leaf).for_each(|k| steps.push(a + (k as f64 + 0.5) * delta, w, precision));
            let beyond = |at: f64, side: f64, touches: bool| {
                (1..=if touches { pad } else { 0 }).map(move |k| at + side * (k as f64 - 0.5) * delta)
            };
            let outside = beyond(a, -1.0, a == self.domain.0).chain(beyond(b, 1.0, b == self.domain.1));
            outside.for_each(|at| steps.push(at, w, precision));
        }
        steps
    }

    /// What a solve for this tree takes, about.
    fn operations(&self) -> u64 {
        let cells = self.leaves.len() as u64;
        let (steps, samples) = (2 * cells * self.shape.leaf as u64, cells * (DENSITY * self.shape.leaf + 1) as u64);
        2 * samples * steps * steps
    }

    /// Grows until the error is reached, or the neurons or the work are used up, or it does not help.
    fn grow(mut self, growth: &mut Growth<'_>) -> Result<Grown, CompileError> {
        let Growth { goal, parameters, singular, eps, most, fewer, kept, .. } = *growth;
        let free = goal.unrounded();
        let mut best: Option<Grown> = None;
        // Trees to come back to if no later one does with bounded weights.
        let mut small: Vec<Tree> = Vec::new();
        let (mut level, mut patience, mut pace) = (f64::INFINITY, PATIENCE, Pace::default());
        loop {
            let steps = self.steps(parameters, goal);
            let fit = Fit::new(goal, &steps, self.samples(goal)?);
            // The tree grows by what is possible with any weights: bounded or rounded ones would hide where it is too coarse.
            let plain = fit.unrounded();
            let (errors, worst) = self.errors(&free, &steps, &plain, &singular.samples)?;
            let stalled = (patience == 0).then(|| self.worst_place(&errors));
            // Some of the steps may be dropped in the end.
            let spare = if eps > 0.0 { most / 2 } else { 0 };
            let full = plain.neurons() > most + spare || steps.len() > 2 * most.min(MOST_NEURONS / 2);
            pace.see(worst, plain.neurons(), self.all_singular(&errors, worst, singular));
            let full = full || fewer && kept * pace.needed(eps, plain.neurons()) > most as f64;
            let done = stalled.is_some() || full || growth.purse.is_empty();
            let (mut reached, mut progress) = (false, worst);
            if eps == 0.0 || worst <= eps || done && !fewer {
                let grown = self.harvest(goal, steps, &fit, &singular.samples, (eps, stalled))?;
                reached = grown.error <= eps;
                progress = if worst <= eps { grown.error } else { worst };
                if grown.neurons() <= most && best.as_ref().is_none_or(|best| grown.error < best.error) {
                    best = Some(grown);
                }
            } else if !fewer && steps.len() <= CHEAP {
                small.push(self.clone());
            }
            growth.purse.pay(fit.operations());
            if progress < 0.9 * level {
                (level, patience) = (progress, PATIENCE);
            } else {
                patience = patience.saturating_sub(1);
            }
            if reached || done {
                break;
            }
            let before = self.clone();
            if !self.split(&errors, worst, pace.levels(eps), singular) {
                break;
            }
            if !growth.purse.affords(self.operations()) {
                small.extend((!fewer).then_some(before));
                break;
            }
        }
        if best.as_ref().is_none_or(|best| best.error > eps) {
            best = growth.harvest_again(small, best)?;
        }
        best.filter(|best| !fewer || best.error <= eps)
            .ok_or(CompileError::TooFewNeurons { most, least: self.shape.leaf })
    }

    /// The tree as it is, with weights that keep to their bound and no more neurons than the error needs.
    fn harvest(
        &self,
        goal: &Goal<'_>,
        steps: Steps,
        fit: &Fit<'_>,
        witness: &[f64],
        (eps, stalled): (f64, Option<f64>),
    ) -> Result<Grown, CompileError> {
        let mut fitted = fit.solve();
        let fit_with = fitted.neurons().max(1);
        let (_, mut error) = self.errors(goal, &steps, &fitted, witness)?;
        if error <= eps {
            // The tree has more steps than are needed: those chosen last are dropped as long as the error allows.
            let slack = eps * (fitted.error / error).min(1.0);
            let fewer = fit.smallest(slack).unwrap_or_else(|| fitted.clone());
            let (_, known) = self.errors(goal, &steps, &fewer, witness)?;
            if known <= eps {
                (fitted, error) = (fewer, known);
            }
        }
        Ok(Grown { tree: self.clone(), steps, fitted, error, stalled, fit_with })
    }

    fn samples(&self, goal: &Goal<'_>) -> Result<Samples, CompileError> {
        let per_leaf = DENSITY * self.shape.leaf;
        goal.sample(self.leaves.iter().flat_map(|leaf| chebyshev::points(leaf.0, leaf.1, per_leaf)).collect())
    }

    /// The largest sampled error on each leaf, and of all; at other points than were fitted to.
    fn errors(
        &self,
        goal: &Goal<'_>,
        steps: &Steps,
        fitted: &Fitted,
        witness: &[f64],
    ) -> Result<(Vec<f64>, f64), CompileError> {
        let per_leaf = 2 * DENSITY * self.shape.leaf + 1;
        let mut errors = Vec::with_capacity(self.leaves.len());
        for &(a, b) in &self.leaves {
            let mut points = chebyshev::points(a, b, per_leaf);
            let inside = witness.partition_point(|x| *x < a)..witness.partition_point(|x| *x <= b);
            points.extend(&witness[inside]);
            errors.push(goal.error(steps, fitted, &goal.sample(points)?));
        }
        let worst = errors.iter().copied().fold(0.0, f64::max);
        Ok((errors, worst))
    }

    fn worst_place(&self, errors: &[f64]) -> f64 {
        let worst = (0..errors.len()).fold(0, |worst, k| if errors[k] > errors[worst] { k } else { worst });
        0.5 * self.leaves[worst].0 + 0.5 * self.leaves[worst].1
    }

    /// Whether all leaves that are to be halved are at places where the expression is not analytic.
    fn all_singular(&self, errors: &[f64], worst: f64, singular: &Singular) -> bool {
        let mut chosen = self.leaves.iter().zip(errors).filter(|(_, error)| SPLIT * **error >= worst);
        chosen.all(|(leaf, _)| singular.touches(*leaf))
    }

    /// Halves the leaves with the largest errors, and of their parts those at singular places again, `levels` times in all;
    /// `false` if none can be.
    fn split(&mut self, errors: &[f64], worst: f64, levels: usize, singular: &Singular) -> bool {
        let before = self.leaves.len();
        let mut leaves = Vec::with_capacity(before + 2);
        for (leaf, error) in std::mem::take(&mut self.leaves).into_iter().zip(errors) {
            let mut cells = vec![(leaf, if SPLIT * error >= worst { levels } else { 0 })];
            while let Some((cell, levels)) = cells.pop() {
                match halves(cell).filter(|_| levels > 0) {
                    Some(parts) => {
                        self.ancestors.push(cell);
                        let again = |part| if singular.touches(part) { levels - 1 } else { 0 };
                        cells.extend(parts.map(|part| (part, again(part))).into_iter().rev());
                    }
                    None => leaves.push(cell),
                }
            }
        }
        self.leaves = leaves;
        self.leaves.len() > before
    }
}

/// What trees grow for, and how far.
struct Growth<'a> {
    goal: &'a Goal<'a>,
    parameters: &'a Graded,
    singular: &'a Singular,
    purse: Purse,
    /// The error; 0 for as small a one as can be.
    eps: f64,
    /// Neurons, at most.
    most: usize,
    /// Whether only a network that reaches the error counts.
    fewer: bool,
    /// The part of its steps that a tree is taken to keep in the end.
    kept: f64,
}

impl Growth<'_> {
    /// The best of some trees, and of what there is.
    fn harvest_again(&mut self, trees: Vec<Tree>, mut best: Option<Grown>) -> Result<Option<Grown>, CompileError> {
        for tree in trees {
            if best.is_some() && stopped() {
                break;
            }
            let steps = tree.steps(self.parameters, self.goal);
            let fit = Fit::new(self.goal, &steps, tree.samples(self.goal)?);
            let grown = tree.harvest(self.goal, steps, &fit, &self.singular.samples, (self.eps, None))?;
            self.purse.pay(fit.operations());
            if grown.neurons() <= self.most && best.as_ref().is_none_or(|best| grown.error < best.error) {
                best = Some(grown);
            }
        }
        Ok(best)
    }
}
