//! `method: composed`: the target's own graph, every step of one variable a small network.
//!
//! The target's normal form says which steps there are, its adjoints how much an error of each can matter. Every step has a
//! ladder of networks, more neurons for smaller errors, and neurons are bought where one of them lowers the bound most.

mod assemble;
mod gates;
mod ladder;
mod softened;

use bumpnet_interval::Interval;
use bumpnet_ir::{Composed, Expr, Gates, Input, Precision};
use bumpnet_prove::graph::{Expansion, NormalForm, Step};
use bumpnet_prove::sensitivity;

use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use crate::fit::AIM;
use crate::jump;
use ladder::NetworkLadder;

/// Rungs that are looked at together: errors of odd or even functions fall with every second neuron only. Heuristic.
const AHEAD: usize = 4;
/// How much wider than its range a step's network is made, relative: for the errors before it. Heuristic.
const MARGIN: f64 = 1e-3;
/// Parts of that, where the function ends sooner. Heuristic.
const PARTS: [f64; 4] = [1.0, 1.0 / 16.0, 1.0 / 256.0, 1.0 / 4096.0];

/// Constructs the layers for a number of neurons, or as few as an error needs.
///
/// # Errors
/// A part of the target has no normal form, or a step cannot be approximated.
pub fn build(
    target: &Expr,
    inputs: &[Input],
    parameters: &Composed,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let steep = match of_steps(target, inputs, parameters, precision, budget) {
        Err(error @ CompileError::NotApplicable(_)) => error,
        done => return done,
    };
    let Budget::Error { eps, most } = budget else { return Err(steep) };
    let Some((soft, off)) = softened::softened(target, inputs, eps) else { return Err(steep) };
    let budget = Budget::Error { eps: eps - off, most };
    let mut draft = of_steps(&soft, inputs, parameters, precision, budget).map_err(|_| steep)?;
    // The steps are those of another function, so they say nothing of the target's own.
    draft.graph = None;
    draft.kinds.clear();
    draft.summary.push(format!("roots are rounded off where they end, by {off:.1e} at most in samples"));
    Ok(draft)
}

/// The layers by the steps of a target whose slope is bounded.
fn of_steps(
    target: &Expr,
    inputs: &[Input],
    parameters: &Composed,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    // In binary32 a square made of three values of one curve is off by 7e-5.
    let native = parameters.gates == Gates::Native && precision == Precision::F64;
    let expansion = if native { Expansion::Quadratics } else { Expansion::OneVariable };
    let form =
        NormalForm::new(target, inputs, expansion).map_err(|problem| CompileError::NotApplicable(Box::new(problem)))?;
    let (ranges, weights) = sensitivity(target, inputs, &form);
    check(target, &form, &ranges, &weights)?;
    let axes: Vec<Input> = form.steps.iter().zip(&ranges).map(|(step, range)| axis(&step.function, *range)).collect();
    for ((step, axis), range) in form.steps.iter().zip(&axes).zip(&ranges) {
        // An argument that is calculated is off by a rounding, to either side.
        let exact = step.argument.as_value().is_some_and(|number| number < form.inputs);
        if !exact && (axis.lo >= range.lo() || axis.hi <= range.hi()) {
            let message =
                "this part ends where its argument does, and `method: composed` calculates that with roundings";
            let problem = bumpnet_ir::Diagnostic::new(place(target, step), message)
                .help("make the domain smaller, or use `method: low-rank`");
            return Err(CompileError::NotApplicable(Box::new(problem)));
        }
        if jump::largest(&step.function, axis).is_some_and(|jump| !jump.steep) {
            let message = "this part jumps, and `method: composed` has steps that are continuous only";
            let problem = bumpnet_ir::Diagnostic::new(place(target, step), message)
                .help("write `{method: towers, activation: heaviside, resolution: 16}`, which puts edges on jumps across an axis");
            return Err(CompileError::NotApplicable(Box::new(problem)));
        }
    }
    // Equal steps on equal ranges have one ladder.
    let first = |k: usize| {
        (0..=k).find(|j| form.steps[*j].function == form.steps[k].function && axes[*j] == axes[k]).unwrap_or(k)
    };
    let mut ladders: Vec<NetworkLadder<'_>> = Vec::new();
    let mut ladder_of: Vec<usize> = Vec::with_capacity(form.steps.len());
    for (k, axis) in axes.iter().enumerate() {
        match first(k) {
            j if j < k => ladder_of.push(ladder_of[j]),
            _ => {
                let step = &form.steps[k];
                let ladder = NetworkLadder::new(&step.function, axis, parameters.activation, native, precision);
                ladders.push(ladder.map_err(|error| of_argument(target, step, error))?);
                ladder_of.push(ladders.len() - 1);
            }
        }
    }
    let mut market = Market { weights: &weights, rungs: vec![0; form.steps.len()], ladders, ladder_of };
    let limit = market.buy(budget)?;
    let chosen: Vec<&ladder::Rung> = (0..form.steps.len()).map(|k| market.rung(k)).collect();
    let (layers, graph) = assemble::assemble(&form, &chosen, native);
    let neurons = chosen.iter().map(|rung| rung.neurons()).sum();
    let summary = vec![if native { "native gates" } else { "every step of overlapping steps" }.to_owned()];
    let kinds = chosen.iter().map(|rung| rung.kind).collect();
    let limit = limit.map(|k| format!("the step {} is at its limit", describe(&form.steps[k], ranges[k])));
    Ok(Draft { graph: Some(graph), kinds, summary, limit, ..Draft::new(layers, neurons) })
}

/// A range as the input of a step's network, a little wider where the function lives there too.
fn axis(function: &Expr, range: Interval) -> Input {
    let slack = MARGIN * (range.hi() - range.lo()).max(1e-9 * range.magnitude().get()).max(f64::MIN_POSITIVE);
    let wider = |(below, above): (f64, f64)| Input {
        name: "t".to_owned(),
        lo: range.lo() - below * slack,
        hi: range.hi() + above * slack,
    };
    let lives = |input: &Input| bumpnet_prove::analyse(function, std::slice::from_ref(input)).is_ok();
    let both = PARTS.into_iter().flat_map(|below| PARTS.map(|above| (below, above)));
    let one = [(0.0, 1.0), (1.0, 0.0), (0.0, 0.0)];
    both.chain(one).map(wider).find(lives).unwrap_or_else(|| wider((0.0, 0.0)))
}

/// What a step's network is refused for, said of the step's argument and not of the target's.
fn of_argument(target: &Expr, step: &Step, error: CompileError) -> CompileError {
    let CompileError::NotFinite { at, .. } = error else { return error };
    let message = format!("this part has no finite value where its argument is {at:?}");
    let problem = bumpnet_ir::Diagnostic::new(place(target, step), message)
        .help("arguments are known to be in a range only, and networks of parts before it are off by a little: use another method");
    CompileError::NotApplicable(Box::new(problem))
}

/// Every step has a bounded argument, and an error of it has a bounded effect.
fn check(target: &Expr, form: &NormalForm, ranges: &[Interval], weights: &[Vec<f64>]) -> Result<(), CompileError> {
    for (k, step) in form.steps.iter().enumerate() {
        let bounded = ranges[k].is_bounded() && weights.iter().all(|cell| cell[k].is_finite());
        if !bounded {
            let message = "`method: composed` cannot bound what an error in this part does to the target";
            let problem = bumpnet_ir::Diagnostic::new(place(target, step), message)
                .help("its slope is not bounded, or not seen to be: make the domain smaller, or use another method");
            return Err(CompileError::NotApplicable(Box::new(problem)));
        }
    }
    Ok(())
}

/// Where a step stands in the target, as near as it is known.
fn place(target: &Expr, step: &Step) -> bumpnet_ir::Span {
    let known = step.result.or(step.origin.map(|(id, _)| id));
    target.span(known.unwrap_or(target.root()))
}

/// The steps and what is bought of each.
struct Market<'a> {
    /// By cell and step, how much an error matters.
    weights: &'a [Vec<f64>],
    rungs: Vec<usize>,
    ladders: Vec<NetworkLadder<'a>>,
    ladder_of: Vec<usize>,
}

impl Market<'_> {
    fn rung(&self, k: usize) -> &ladder::Rung {
        &self.ladders[self.ladder_of[k]].rungs[self.rungs[k]]
    }

    fn neurons(&self) -> usize {
        (0..self.rungs.len()).map(|k| self.rung(k).neurons()).sum()
    }

    /// The cell with the largest sum of errors, and that sum.
    fn worst(&self) -> (usize, f64) {
        let errors: Vec<f64> = (0..self.rungs.len()).map(|k| self.rung(k).error).collect();
        let sum = |cell: &Vec<f64>| cell.iter().zip(&errors).map(|(weight, error)| weight * error).sum::<f64>();
        let sums = self.weights.iter().map(sum).enumerate();
        sums.fold((0, 0.0), |worst, (k, sum)| if sum > worst.1 { (k, sum) } else { worst })
    }

    /// Buys neurons until the budget holds. A step that keeps it from being met is named.
    fn buy(&mut self, budget: Budget) -> Result<Option<usize>, CompileError> {
        let (eps, most) = match budget {
            Budget::Pieces(most) => (0.0, most),
            Budget::Error { eps, most } => (AIM * eps, most),
        };
        let limit = loop {
            let (cell, sum) = self.worst();
            if sum <= eps {
                break None;
            }
            let Some((k, rung)) = self.best(cell, most)? else { break self.heaviest(cell) };
            self.rungs[k] = rung;
        };
        if limit.is_none() {
            self.trim(eps);
        }
        Ok(limit.filter(|_| matches!(budget, Budget::Error { .. })))
    }

    /// The step, and the rung of its ladder, that lowers the sum on a cell most for each neuron.
    fn best(&mut self, cell: usize, most: usize) -> Result<Option<(usize, usize)>, CompileError> {
        let left = most.saturating_sub(self.neurons());
        let mut best: Option<(f64, usize, usize)> = None;
        for k in 0..self.rungs.len() {
            let weight = self.weights[cell][k];
            if weight == 0.0 {
                continue;
            }
            let (at, ladder) = (self.rungs[k], self.ladder_of[k]);
            self.ladders[ladder].extend(at + AHEAD)?;
            let rungs = &self.ladders[ladder].rungs;
            for next in at + 1..rungs.len().min(at + AHEAD + 1) {
                let cost = rungs[next].neurons().saturating_sub(rungs[at].neurons());
                let gain = weight * (rungs[at].error - rungs[next].error) / cost.max(1) as f64;
                if cost <= left && gain > 0.0 && best.is_none_or(|(most, ..)| gain > most) {
                    best = Some((gain, k, next));
                }
            }
        }
        Ok(best.map(|(_, k, rung)| (k, rung)))
    }

    /// The step whose error counts most on a cell.
    fn heaviest(&self, cell: usize) -> Option<usize> {
        let amount = |k: usize| self.weights[cell][k] * self.rung(k).error;
        (0..self.rungs.len()).reduce(|a, b| if amount(b) > amount(a) { b } else { a })
    }

    /// Gives back what is not needed, the dearest first.
    fn trim(&mut self, eps: f64) {
        loop {
            let mut best: Option<(usize, usize)> = None;
            for k in 0..self.rungs.len() {
                if self.rungs[k] == 0 {
                    continue;
                }
                let before = self.rung(k).neurons();
                self.rungs[k] -= 1;
                let saved = before.saturating_sub(self.rung(k).neurons());
                if self.worst().1 <= eps && best.is_none_or(|(most, _)| saved > most) {
                    best = Some((saved, k));
                }
                self.rungs[k] += 1;
            }
            let Some((_, k)) = best else { return };
            self.rungs[k] -= 1;
        }
    }
}

/// A step in words.
fn describe(step: &Step, range: Interval) -> String {
    format!("{} for t in [{:.4}, {:.4}]", step.function, range.lo(), range.hi())
}
