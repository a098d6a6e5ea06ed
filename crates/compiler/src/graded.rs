//! `method: graded`: steps on a dyadic tree, for kinks, cusps, singularities at the ends, and thin layers.
//!
//! Every cell of the tree, leaves and their ancestors alike, holds a few steps as steep as that cell is narrow. The
//! output weights come from linear least squares over all of them; then the leaves whose error is near the worst are
//! halved. Towards a singular point the cells shrink geometrically, so the neurons needed grow with the logarithm of the
//! error only, where equally spaced ones would grow like a power of it.
//!
//! Two or three steps a cell turn out to be enough: what a cell cannot do, its ancestors and neighbours do.

use bumpnet_ir::{Expr, Graded, Input, Precision};
use bumpnet_prove::analytic;

use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use crate::fit::{AIM, Fit, Fitted, Goal, Samples, Steps, weights};
use crate::smooth::logistic_units;
use crate::{chebyshev, jump};

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
/// A leaf this small a part of the domain, or of its own distance from zero, is not halved: a few roundings.
const NARROWEST: f64 = 16.0 * f64::EPSILON;
/// Halvings towards a point at which the expression is not analytic, for the sake of samples there; heuristic.
const LEVELS: usize = 40;

/// The form of a tree's cells.
#[derive(Clone, Copy, PartialEq, Debug)]
struct CellShape {
    leaf: usize,
    overlap: f64,
    pad: usize,
}

/// Constructs the layers for at most a number of neurons, or as few as an error needs.
///
/// # Errors
/// The target is not finite somewhere, or a weight overflows.
pub fn build(
    target: &Expr,
    input: &Input,
    parameters: &Graded,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let goal = Goal::new(target, input, (parameters.output, precision), parameters.max_weight)?;
    let witness = singular_samples(goal.hidden(), input);
    let (eps, most) = match budget {
        Budget::Error { eps, most } => (AIM * eps, most.min(most_neurons(precision))),
        Budget::Pieces(n) => (0.0, n),
    };
    // Beyond half a jump there is nothing to be gained.
    let jump = jump::largest(target, input).filter(|jump| jump.size > 2.0 * eps && eps > 0.0);
    // Nor below the normal numbers.
    let hopeless = jump.is_some() || eps > 0.0 && eps < f64::MIN_POSITIVE;
    let most = if hopeless { most.min(CHEAP) } else { most };
    let mut best: Option<Grown> = None;
    for shape in shapes(parameters) {
        // Not worth growing beyond what another shape has done with; nothing is less than a constant.
        let enough = best.as_ref().filter(|best| best.error <= eps).map(Grown::neurons);
        let Some(most) = enough.map_or(Some(most), |neurons| neurons.checked_sub(1)) else { break };
        let grown = match Tree::new(input, shape).grow(&goal, parameters, &witness, (eps, most)) {
            Ok(grown) => grown,
            Err(CompileError::TooFewNeurons { .. }) => continue, // for this shape
            Err(error) => return Err(error),
        };
        if best.as_ref().is_none_or(|best| grown.better(best, eps)) {
            best = Some(grown);
        }
    }
    let Some(best) = best else { return Err(CompileError::TooFewNeurons { most, least: SHAPES[0].leaf }) };
    let limit = (best.error > eps && eps > 0.0).then(|| match (jump, best.stalled) {
        (Some(jump), _) => jump.explain(&input.name),
        (_, Some(at)) => {
            format!("finer cells do not lower the error near {} = {at:.6}: rounding is the limit", input.name)
        }
        _ => format!("{most} neurons do not do"),
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

/// Points near those at which the expression is not analytic: the samples of a leaf may all miss a thin layer.
fn singular_samples(expr: &Expr, input: &Input) -> Vec<f64> {
    let mut points = Vec::new();
    let mut cells = vec![(input.lo, input.hi)];
    for _ in 0..LEVELS {
        let analytic_around = |cell: &(f64, f64)| analytic(expr, cell.0, cell.1, cell.1 - cell.0).is_ok();
        cells.retain(|cell| !analytic_around(cell));
        cells = cells.into_iter().filter_map(halves).flatten().collect();
        points.extend(cells.iter().map(|cell| cell.0 + 0.5 * (cell.1 - cell.0)));
        if cells.len() > MOST_SINGULAR {
            break;
        }
    }
    points.sort_by(f64::total_cmp);
    points.dedup();
    points
}

/// Cells that may be followed at once; heuristic.
const MOST_SINGULAR: usize = 64;

fn halves((a, b): (f64, f64)) -> Option<[(f64, f64); 2]> {
    let middle = a + 0.5 * (b - a);
    let narrow = b - a <= NARROWEST * a.abs().max(b.abs());
    (!narrow && a < middle && middle < b).then_some([(a, middle), (middle, b)])
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

    fn steps(&self, parameters: &Graded, precision: Precision) -> Steps {
        let mut steps = Steps::new(parameters.activation);
        let CellShape { leaf, overlap, pad } = self.shape;
        for &(a, b) in self.ancestors.iter().chain(&self.leaves) {
            let delta = (b - a) / leaf as f64;
            let w = overlap * logistic_units(parameters.activation) / delta;
            (0..leaf).for_each(|k| steps.push(a + (k as f64 + 0.5) * delta, w, precision));
            let beyond = |at: f64, side: f64, touches: bool| {
                (1..=if touches { pad } else { 0 }).map(move |k| at + side * (k as f64 - 0.5) * delta)
            };
            let outside = beyond(a, -1.0, a == self.domain.0).chain(beyond(b, 1.0, b == self.domain.1));
            outside.for_each(|at| steps.push(at, w, precision));
        }
        steps
    }

    /// Grows until the error is reached, or the neurons are used up, or it does not help.
    fn grow(
        mut self,
        goal: &Goal<'_>,
        parameters: &Graded,
        witness: &[f64],
        (eps, most): (f64, usize),
    ) -> Result<Grown, CompileError> {
        let free = goal.unrounded();
        let mut best: Option<Grown> = None;
        let (mut level, mut patience) = (f64::INFINITY, PATIENCE);
        loop {
            let steps = self.steps(parameters, goal.precision);
            let fit = Fit::new(goal, &steps, self.samples(goal)?);
            // The tree grows by what is possible with any weights: bounded or rounded ones would hide where it is too coarse.
            let plain = fit.unrounded();
            let (errors, worst) = self.errors(&free, &steps, &plain, witness)?;
            let stalled = (patience == 0).then(|| self.worst_place(&errors));
            let full = plain.neurons() > most || steps.len() > 2 * most.min(MOST_NEURONS / 2);
            let (mut reached, mut progress) = (false, worst);
            let cheap = steps.len() <= CHEAP || fit.within(&plain);
            if cheap || eps == 0.0 || worst <= eps || stalled.is_some() || full {
                let grown = self.harvest(goal, steps, &fit, witness, (eps, stalled))?;
                reached = grown.error <= eps;
                progress = if worst <= eps { grown.error } else { worst };
                if grown.neurons() <= most && best.as_ref().is_none_or(|best| grown.error < best.error) {
                    best = Some(grown);
                }
            }
            if progress < 0.9 * level {
                (level, patience) = (progress, PATIENCE);
            } else {
                patience = patience.saturating_sub(1);
            }
            if reached || stalled.is_some() || full || !self.split(&errors, worst) {
                return best.ok_or(CompileError::TooFewNeurons { most, least: self.shape.leaf });
            }
        }
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
        Ok(Grown { tree: self.clone(), steps, fitted, error, stalled })
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

    /// Halves the leaves with the largest errors; `false` if none can be.
    fn split(&mut self, errors: &[f64], worst: f64) -> bool {
        let mut leaves = Vec::with_capacity(self.leaves.len() + 2);
        let before = self.leaves.len();
        for (leaf, error) in self.leaves.iter().zip(errors) {
            match halves(*leaf).filter(|_| SPLIT * error >= worst) {
                Some(parts) => {
                    self.ancestors.push(*leaf);
                    leaves.extend(parts);
                }
                None => leaves.push(*leaf),
            }
        }
        self.leaves = leaves;
        self.leaves.len() > before
    }
}
