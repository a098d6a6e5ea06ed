//! Certificates of composed networks: every step by a certificate of one input, and how much each step matters.
//!
//! With the target in normal form, `a_k = g_k(L_k(a))` for each step and `f = L(a)`. In the network a step is off by
//! `delta_k`, the error of its block, proved by a one-input certificate over all arguments that can occur; and its argument
//! by `tau_k`, which rounded weights make of it. Along the segment from 0 to these perturbations the value moves by at most
//! the sum of `sup|df/da_k| (|delta_k| + sup|g_k'| |tau_k|)` (mean value theorem; Lipschitz functions have generalized
//! derivatives within the same enclosures, Clarke 1983). The suprema are interval adjoints on cells of the box, with ranges
//! widened by the errors themselves.
//!
//! Where this is far above the largest error that is found, the errors cancel, or none is largest where another is; then the whole
//! is bounded by Taylor models over boxes, see [`signed`].

mod block;
mod cells;
mod question;
mod rows;
mod series;
pub mod signed;

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Certificate, Expr, Graph, Input, Network};

use crate::analyse::analyse;
use crate::boxes::monomials::Monomials;
use crate::boxes::proof::{BoxProof, Boxes, of_measure};
use crate::error::CertifyError;
use crate::graph::{Expansion, NormalForm};
use crate::proved::Proved;
use crate::several;
use crate::units::Units;
pub use block::Order;
use cells::{Cells, StepError};
pub use question::{Blocks, Question};
use rows::Rows;
use signed::{Block, Signed};

/// How these certificates are proved.
pub const METHOD: &str = "composed";
/// Cells for the ranges of arguments. Heuristic: two halvings of each axis of four inputs.
const FIRST_CELLS: usize = 256;
/// The steps of a target that a network follows.
pub struct Steps<'a> {
    target: &'a Expr,
    network: &'a Network,
    form: NormalForm,
}

impl<'a> Steps<'a> {
    /// Those of a question.
    ///
    /// # Errors
    /// The target is not defined and bounded on the domain, or the graph that the network states is not one of it.
    pub fn new(question: &Question<'a>) -> Result<Steps<'a>, CertifyError> {
        let Question { target, network, .. } = *question;
        normal_form(target, network).map(|form| Steps { target, network, form })
    }
}

/// What is proved of a composed network, by sums of its steps' errors and by [`Signed`] ones; each proof takes the better.
pub struct Composed<'a> {
    target: &'a Expr,
    network: &'a Network,
    scale: f64,
    cells: Cells<'a>,
    /// How far the output's affine form is off by itself, exactly and as evaluated.
    output: (UpperBound, UpperBound),
    upper: f64,
    evaluated: f64,
    rms: (f64, f64),
    count: usize,
}

impl<'a> Composed<'a> {
    /// With every step proved, and nothing yet of their sum. In another order of a row's terms than the evaluator's, what is
    /// proved of rounding is for that.
    ///
    /// # Errors
    /// A step cannot be proved, or the steps are of another question.
    pub fn new(question: &Question<'a>, steps: &'a Steps<'a>, order: Order) -> Result<Composed<'a>, CertifyError> {
        let Question { target, network, .. } = *question;
        if !(std::ptr::eq(steps.target, target) && std::ptr::eq(steps.network, network)) {
            return Err(CertifyError::Contradiction("the steps are those of another target or network".to_owned()));
        }
        let scale = analyse(target, &network.inputs).map_err(CertifyError::Target)?.magnitude().get();
        let (cells, output) = proved_steps(question, &steps.form, order).map_err(CertifyError::Form)?;
        let (upper, evaluated, rms) = (f64::INFINITY, f64::INFINITY, (0.0, f64::INFINITY));
        Ok(Composed { target, network, scale, cells, output, upper, evaluated, rms, count: 0 })
    }

    /// A bound of the error, as far as is proved.
    pub fn upper(&self) -> f64 {
        self.upper
    }

    /// That of the evaluated network.
    pub fn evaluated(&self) -> UpperBound {
        UpperBound::new(self.evaluated)
    }

    /// A magnitude of the target over the domain.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Bounds the error by the sum of all errors of steps, on cells that are divided until `enough` of their divisions and the
    /// bound; how many divisions that took.
    pub fn add_sums(&mut self, enough: impl Fn(usize, f64) -> bool) -> usize {
        let first = self.cells.count();
        let bounds = self.cells.bound(self.output, enough);
        self.upper = self.upper.min(bounds.upper.get());
        self.rms = (self.rms.0, self.rms.1.min(bounds.rms).min(self.upper));
        self.evaluated = self.evaluated.min(bounds.evaluated.get());
        self.count = self.count.max(bounds.cells);
        bounds.cells - first
    }

    /// The error with the steps' signs, for a proof over boxes. `accuracy` says how well the steps' values are to be known.
    ///
    /// # Errors
    /// A block is not what it should be.
    pub fn signed(&self, accuracy: f64) -> Result<Signed<'a>, CertifyError> {
        let inputs = self.network.inputs.len();
        Ok(Signed {
            target: self.target,
            network: self.network,
            form: self.cells.form,
            scale: self.scale,
            table: Monomials::up_to(inputs, signed::degree(inputs)),
            blocks: blocks(self.network, &self.cells).map_err(CertifyError::Form)?,
            output: self.output.0,
            accuracy,
        })
    }

    /// Takes in a proof over boxes about [the error with its signs](Self::signed), if it is complete and about this network.
    pub fn add_signed(&mut self, proof: BoxProof<'_, Signed<'_>>) {
        let source = proof.source();
        if !(std::ptr::eq(source.form, self.cells.form) && std::ptr::eq(source.network, self.network)) {
            return;
        }
        self.upper = self.upper.min(proof.upper());
        let rms = proof.root_mean_square();
        self.rms = (self.rms.0.max(rms.0), self.rms.1.min(rms.1).min(self.upper));
        self.count = self.count.max(proof.cells());
        // The evaluator's rounding comes on top, by what it does to the network itself.
        let rounding = self.cells.rounding(self.output, |k, range| source.slope(k, range));
        self.evaluated = self.evaluated.min((UpperBound::new(self.upper) + rounding).get());
    }

    /// The certificate. `argmax` is a point at which the error is large, `measured` a proof about the error in a measure with one
    /// at which that is.
    ///
    /// # Errors
    /// Nothing is proved, or what is cannot be true.
    pub fn conclude(
        self,
        argmax: Vec<f64>,
        measured: Option<(BoxProof<'_, Boxes<'_>>, Vec<f64>)>,
        note: Option<String>,
    ) -> Result<Proved, CertifyError> {
        let measured =
            measured.map(|proof| of_measure((self.target, self.network), self.evaluated, proof)).transpose()?;
        Proved::new(Certificate {
            lower: several::at_least(self.target, self.network, &argmax)?,
            upper: self.upper,
            argmax,
            rms: (self.rms.0.min(self.upper), self.rms.1.min(self.upper)),
            method: METHOD.to_owned(),
            evaluated: self.evaluated,
            cells: self.count,
            hidden: None,
            measured,
            note,
        })
    }
}

/// What stands in the place of each step, and what is known of it.
fn blocks(network: &Network, cells: &Cells<'_>) -> Result<Vec<Block>, String> {
    let Some(graph) = &network.graph else { return Err("the network states no graph".to_owned()) };
    let rows = Rows::new(network, graph)?;
    let largest = |a: Vec<f64>, b: Vec<f64>| a.iter().zip(&b).map(|(a, b)| a.max(*b)).collect();
    let gains = cells.weights().into_iter().reduce(largest).unwrap_or_default();
    let block = |k: usize| {
        let block = rows.block(graph.arguments[k], graph.values[k])?;
        let Some(units) = Units::new(&block) else { return Err("a block is not one hidden layer".to_owned()) };
        let StepError { value, argument, .. } = cells.errors[k];
        Ok(Block::new(units, value.0, argument.0, gains[k]))
    };
    (0..gains.len()).map(block).collect()
}

/// The target's normal form, which the network's graph must be of.
fn normal_form(target: &Expr, network: &Network) -> Result<NormalForm, CertifyError> {
    let refuse = |what: String| CertifyError::Form(what);
    let Some(graph) = &network.graph else { return Err(refuse("the network states no graph".to_owned())) };
    let expansion = if graph.expand { Expansion::Quadratics } else { Expansion::OneVariable };
    let form = NormalForm::new(target, &network.inputs, expansion)
        .map_err(|problem| refuse(format!("the target has no normal form: {}", problem.message)))?;
    check(graph, &form).map_err(refuse)?;
    if network.output() != Activation::Identity {
        return Err(refuse("the output neuron of a composed network is `identity`".to_owned()));
    }
    Ok(form)
}

/// The box in cells with all steps proved on them, and how far the output's affine form is off by itself.
fn proved_steps<'a>(
    question: &Question<'a>,
    form: &'a NormalForm,
    order: Order,
) -> Result<(Cells<'a>, (UpperBound, UpperBound)), String> {
    let Question { target, network, blocks } = *question;
    let Some(graph) = &network.graph else { return Err("the network states no graph".to_owned()) };
    let rows = Rows::new(network, graph)?;
    let mut cells = Cells::new(target, &network.inputs, form, FIRST_CELLS);
    for k in 0..form.steps.len() {
        step(&mut cells, &rows, (graph, order, blocks), k)?;
    }
    let output = rows.last_error(&form.root, &cells.magnitudes())?;
    Ok((cells, output))
}

/// Whether a graph speaks of as many steps as there are.
fn check(graph: &Graph, form: &NormalForm) -> Result<(), String> {
    let count = form.steps.len();
    match graph.arguments.len() == count && graph.values.len() == count {
        true => Ok(()),
        false => Err(format!("the graph has {} steps, the target {count}", graph.values.len())),
    }
}

/// One step: the range of its argument, the error of its block there, and what that adds up to.
fn step(
    cells: &mut Cells<'_>,
    rows: &Rows<'_>,
    (graph, order, blocks): (&Graph, Order, &dyn Blocks),
    k: usize,
) -> Result<(), String> {
    let form = cells.form;
    let step = &form.steps[k];
    let numbers = &graph.values[..k];
    let argument = rows.affine_error(graph.arguments[k], numbers, &step.argument, &cells.magnitudes())?;
    let drift = step.argument.terms.iter().fold(argument.1, |sum, (number, factor)| {
        sum + factor.magnitude() * number.checked_sub(form.inputs).map_or(UpperBound::ZERO, |j| cells.errors[j].total)
    });
    let range = cells.arguments(k, drift);
    let what =
        |problem: String| format!("step {k}, `{}` of {} to {}: {problem}", step.function, range.lo(), range.hi());
    if !range.is_bounded() {
        return Err(what("its argument is not bounded".to_owned()));
    }
    let known = (0..k).find(|j| {
        rows.same_block(graph, *j, k) && cells.proved[*j].0 == range && form.steps[*j].function == step.function
    });
    let value = match known {
        Some(j) => cells.proved[j].1,
        None => {
            let block = rows.block(graph.arguments[k], graph.values[k])?;
            block::error(&block, &step.function, range, (order, blocks)).map_err(what)?
        }
    };
    let steepest = crate::graph::slope(&step.function, range).magnitude();
    let total = steepest * drift + value.1;
    cells.proved.push((range, value));
    cells.errors.push(StepError { value, argument, drift, total });
    cells.values(k);
    Ok(())
}

/// What the bound of a composed network is made of.
#[derive(Clone, Debug)]
pub struct Account {
    /// The steps and the output's affine form, in the target's own numbers.
    pub form: NormalForm,
    /// For each step, what it adds to the bound.
    pub items: Vec<StepContribution>,
    /// What the rounding of weights adds, in the arguments of all steps and in the output: the bound beyond all items.
    pub rounded_weights: UpperBound,
    /// The sum of all items and of the rounded weights, on the part of the box where it is largest: a bound, though not the
    /// certificate's where that knows how far errors of opposite signs cancel.
    pub upper: UpperBound,
}

/// What a step adds to the bound.
#[derive(Clone, Copy, Debug)]
pub struct StepContribution {
    /// Its block's hidden units.
    pub neurons: usize,
    /// The range of its argument, over which its block is proved.
    pub range: Interval,
    /// How far its block is from its function there.
    pub error: UpperBound,
    /// By how much an error of its value can be larger or smaller in the network's.
    pub factor: UpperBound,
    /// The product of both.
    pub amount: UpperBound,
}

/// What a composed network's error is bounded by, step by step: the proof of its certificate once more, on as many cells, but
/// for what errors of opposite signs cancel.
///
/// # Errors
/// The network has no certificate of this kind, or as [`Composed::new`].
pub fn account(question: &Question<'_>) -> Result<Account, CertifyError> {
    let Question { target, network, .. } = *question;
    let refuse = |what: &str| CertifyError::Form(what.to_owned());
    let certificate = network.certificate.as_ref().filter(|certificate| certificate.method == METHOD);
    let Some(certificate) = certificate else { return Err(refuse("the network is not proved step by step")) };
    let form = normal_form(target, network)?;
    let (mut cells, output) = proved_steps(question, &form, Order::Listed).map_err(CertifyError::Form)?;
    let first = cells.count();
    let bounds = cells.bound(output, |divisions, _| first + divisions >= certificate.cells);
    let Some(graph) = &network.graph else { return Err(refuse("the network states no graph")) };
    let rows = Rows::new(network, graph).map_err(CertifyError::Form)?;
    let (mut items, mut rounded_weights) = (Vec::with_capacity(form.steps.len()), output.0);
    for (k, (error, (adjoint, through))) in cells.errors.iter().zip(bounds.factors).enumerate() {
        let block = rows.block(graph.arguments[k], graph.values[k]).map_err(CertifyError::Form)?;
        items.push(StepContribution {
            neurons: block.neurons(),
            range: cells.proved[k].0,
            error: error.value.0,
            factor: adjoint,
            amount: adjoint * error.value.0,
        });
        rounded_weights = rounded_weights + through * error.argument.0;
    }
    drop(cells);
    Ok(Account { form, items, rounded_weights, upper: bounds.upper })
}

/// The range of each step's argument, and how much an error of its value can matter, cell by cell of the box.
///
/// It is what a construction may want to know; no certificate rests on it.
pub fn sensitivity(target: &Expr, inputs: &[Input], form: &NormalForm) -> (Vec<Interval>, Vec<Vec<f64>>) {
    let mut cells = Cells::new(target, inputs, form, FIRST_CELLS);
    let nothing = (UpperBound::ZERO, UpperBound::ZERO);
    let exact = StepError { value: nothing, argument: nothing, drift: UpperBound::ZERO, total: UpperBound::ZERO };
    let mut ranges = Vec::with_capacity(form.steps.len());
    for k in 0..form.steps.len() {
        ranges.push(cells.arguments(k, UpperBound::ZERO));
        cells.errors.push(exact);
        cells.values(k);
    }
    (ranges, cells.weights())
}
