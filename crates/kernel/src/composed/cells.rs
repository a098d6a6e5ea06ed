//! The box in cells: ranges of all values on each, and what the errors of the steps amount to there.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Expr, Input};

use crate::analyse::{divided, halves};
use crate::graph::{NormalForm, slope};
use crate::poly::Cell;

/// A cell and the ranges on it, of the exact values and the network's together.
#[derive(Clone)]
struct Subcell {
    sides: Vec<Cell>,
    /// The target's nodes, exactly.
    nodes: Vec<Interval>,
    values: Vec<Interval>,
    arguments: Vec<Interval>,
}

/// What is known of one step of the network.
#[derive(Clone, Copy, Debug)]
pub struct StepError {
    /// Of its value, by the block: exactly, and as the evaluator rounds.
    pub value: (UpperBound, UpperBound),
    /// Of its argument, by rounded weights: exactly, and as the evaluator rounds.
    pub argument: (UpperBound, UpperBound),
    /// A bound of how far its argument is off in all, evaluated.
    pub drift: UpperBound,
    /// The same of its value.
    pub total: UpperBound,
}

/// All cells.
pub struct Cells<'a> {
    target: &'a Expr,
    inputs: &'a [Input],
    pub form: &'a NormalForm,
    pub errors: Vec<StepError>,
    /// The range on which each step's block is proved, and its error.
    pub proved: Vec<(Interval, (UpperBound, UpperBound))>,
    parts: Vec<Subcell>,
}

/// What the errors amount to.
pub struct Bounds {
    pub upper: UpperBound,
    pub evaluated: UpperBound,
    pub rms: f64,
    pub cells: usize,
    /// Where the sum of all errors is largest: for each step how much an error of its value can matter there, and one of
    /// its argument.
    pub factors: Vec<(UpperBound, UpperBound)>,
}

impl<'a> Cells<'a> {
    /// The inputs' ranges are known.
    pub fn new(target: &'a Expr, inputs: &'a [Input], form: &'a NormalForm, cells: usize) -> Cells<'a> {
        let sides = divided(inputs, cells);
        let parts = sides.into_iter().map(|sides| Subcell::new(target, sides)).collect();
        Cells { target, inputs, form, errors: Vec::new(), proved: Vec::new(), parts }
    }

    /// How many cells there are.
    pub fn count(&self) -> usize {
        self.parts.len()
    }

    /// Bounds of the values known so far, over the whole box.
    pub fn magnitudes(&self) -> Vec<UpperBound> {
        let count = self.parts.first().map_or(0, |part| part.values.len());
        let largest = |k: usize| self.parts.iter().fold(UpperBound::ZERO, |m, part| m.max(part.values[k].magnitude()));
        (0..count).map(largest).collect()
    }

    /// The range of a step's argument over the whole box, `drift` around it included.
    pub fn arguments(&mut self, k: usize, drift: UpperBound) -> Interval {
        self.parts.iter_mut().for_each(|part| part.argument(self.form, k, drift));
        let ranges = self.parts.iter().map(|part| part.arguments[k]);
        ranges.reduce(|a, b| a.hull(&b)).unwrap_or(Interval::ENTIRE)
    }

    /// The ranges of a step's values, once its errors are known.
    pub fn values(&mut self, k: usize) {
        let error = self.errors[k];
        self.parts.iter_mut().for_each(|part| part.value(self.form, k, &error));
    }

    /// Divides the cell with the largest bound until it is enough, and bounds the error over the box.
    pub fn bound(&mut self, output: (UpperBound, UpperBound), enough: impl Fn(usize, f64) -> bool) -> Bounds {
        let parts = std::mem::take(&mut self.parts);
        let mut done: Vec<(UpperBound, UpperBound, Subcell)> =
            parts.into_iter().map(|part| self.amount(part, output)).collect();
        let mut divisions = 0;
        loop {
            let worst = (0..done.len()).reduce(|a, b| if done[b].0 > done[a].0 { b } else { a });
            let Some(worst) = worst.filter(|k| !enough(divisions, done[*k].0.get())) else { break };
            let Some((low, high)) = halves(&done[worst].2.sides, self.inputs) else { break };
            for (place, sides) in [(Some(worst), low), (None, high)] {
                let mut part = Subcell::new(self.target, sides);
                for (k, error) in self.errors.iter().enumerate() {
                    part.argument(self.form, k, error.drift);
                    part.value(self.form, k, error);
                }
                let bounds = self.amount(part, output);
                match place {
                    Some(place) => done[place] = bounds,
                    None => done.push(bounds),
                }
            }
            divisions += 1;
        }
        let most = |bound: fn(&(UpperBound, UpperBound, Subcell)) -> UpperBound| {
            done.iter().map(bound).fold(UpperBound::ZERO, UpperBound::max)
        };
        let square = |(upper, _, part): &(UpperBound, UpperBound, Subcell)| *upper * *upper * part.share(self.inputs);
        let rms = done.iter().map(square).sum::<UpperBound>().sqrt().get();
        let upper = most(|done| done.0);
        let worst = done.iter().find(|(bound, ..)| *bound == upper);
        let factors = worst.map_or(Vec::new(), |(.., part)| self.adjoints(part));
        let (evaluated, cells) = (most(|done| done.1), done.len());
        self.parts = done.into_iter().map(|(.., part)| part).collect();
        Bounds { upper, evaluated, rms, cells, factors }
    }

    /// The sum of all errors by how much they matter on a cell.
    fn amount(&self, part: Subcell, output: (UpperBound, UpperBound)) -> (UpperBound, UpperBound, Subcell) {
        let (mut exact, mut evaluated) = output;
        for (error, (adjoint, through)) in self.errors.iter().zip(self.adjoints(&part)) {
            exact = exact + adjoint * error.value.0 + through * error.argument.0;
            evaluated = evaluated + adjoint * error.value.1 + through * error.argument.1;
        }
        (exact, evaluated, part)
    }

    /// How far the evaluator's rounding can take the network over the box, by the mean value theorem in the network itself: `slope` is
    /// that of what stands in a step's place. Between the network and what is evaluated all values lie in the ranges on
    /// the cells, which are widened by the errors of both.
    pub fn rounding(
        &self,
        output: (UpperBound, UpperBound),
        slope: impl Fn(usize, Interval) -> Interval,
    ) -> UpperBound {
        let amount = |(error, (adjoint, through)): (&StepError, (UpperBound, UpperBound))| {
            adjoint * beyond(error.value) + through * beyond(error.argument)
        };
        let of_part = |part: &Subcell| {
            self.adjoints_with(part, &slope)
                .into_iter()
                .zip(&self.errors)
                .map(|(factors, error)| amount((error, factors)))
                .fold(beyond(output), |sum, amount| sum + amount)
        };
        self.parts.iter().map(of_part).fold(UpperBound::ZERO, UpperBound::max)
    }

    /// For each step how much an error of its value can matter on a cell, and one of its argument.
    fn adjoints(&self, part: &Subcell) -> Vec<(UpperBound, UpperBound)> {
        self.adjoints_with(part, &|k, range| slope(&self.form.steps[k].function, range))
    }

    /// The same with these slopes of the steps.
    fn adjoints_with(
        &self,
        part: &Subcell,
        slope: &impl Fn(usize, Interval) -> Interval,
    ) -> Vec<(UpperBound, UpperBound)> {
        let form = self.form;
        let mut adjoints = vec![Interval::ZERO; form.inputs + form.steps.len()];
        form.root.terms.iter().for_each(|(number, factor)| adjoints[*number] = *factor);
        let mut found = vec![(UpperBound::ZERO, UpperBound::ZERO); form.steps.len()];
        for (k, step) in form.steps.iter().enumerate().rev() {
            let adjoint = adjoints[form.inputs + k];
            if adjoint == Interval::ZERO {
                continue;
            }
            let through = adjoint * slope(k, part.arguments[k]);
            for (number, factor) in &step.argument.terms {
                adjoints[*number] = adjoints[*number] + through * *factor;
            }
            found[k] = (adjoint.magnitude(), through.magnitude());
        }
        found
    }

    /// How much an error of each step's value can matter, cell by cell.
    pub fn weights(&self) -> Vec<Vec<f64>> {
        let weights = |part: &Subcell| self.adjoints(part).into_iter().map(|(value, _)| value.get()).collect();
        self.parts.iter().map(weights).collect()
    }
}

impl Subcell {
    fn new(target: &Expr, sides: Vec<Cell>) -> Subcell {
        let values: Vec<Interval> = sides.iter().map(Cell::interval).collect();
        Subcell { nodes: target.eval_nodes(&values), sides, values, arguments: Vec::new() }
    }

    /// The part of the box that it is, from above.
    fn share(&self, inputs: &[Input]) -> UpperBound {
        let width = |lo: f64, hi: f64| Interval::point(hi) - Interval::point(lo);
        let parts =
            self.sides.iter().zip(inputs).map(|(side, input)| width(side.a, side.b) / width(input.lo, input.hi));
        parts.map(|part| part.magnitude()).fold(UpperBound::ONE, |product, part| product * part)
    }

    /// The range of a step's argument: by the values, and by the target's own form of it.
    fn argument(&mut self, form: &NormalForm, k: usize, drift: UpperBound) {
        let step = &form.steps[k];
        let linear = widened(step.argument.range(&self.values), drift);
        let own = step.origin.map(|(id, shift)| widened(self.nodes[id.index()] - Interval::point(shift), drift));
        self.arguments.push(own.map_or(linear, |own| linear.intersection(&own).unwrap_or(linear)));
    }

    fn value(&mut self, form: &NormalForm, k: usize, error: &StepError) {
        let step = &form.steps[k];
        let by_function = widened(step.function.eval(&[self.arguments[k]]), error.value.1);
        let own = step.result.map(|id| widened(self.nodes[id.index()], error.total));
        self.values.push(own.map_or(by_function, |own| by_function.intersection(&own).unwrap_or(by_function)));
    }
}

/// By how much the second of two bounds, exactly and as evaluated, is above the first, which is part of it.
fn beyond((exact, evaluated): (UpperBound, UpperBound)) -> UpperBound {
    match evaluated.is_finite() {
        true => UpperBound::new((evaluated.get() - exact.get()).max(0.0).next_up()),
        false => UpperBound::INFINITE,
    }
}

/// A range with an error around it.
fn widened(range: Interval, by: UpperBound) -> Interval {
    range + Interval::symmetric(by)
}
