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
mod rows;
mod series;
mod signed;

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Certificate, Expr, Graph, Input, Network};

use crate::analyse::analyse;
use crate::boxes::monomials::Monomials;
use crate::boxes::search::{self, Effort};
use crate::error::CertifyError;
use crate::graph::{Expansion, NormalForm};
use crate::several::{self, Question};
use crate::units::Units;
use block::Order;
use cells::{Bounds, Cells, StepError};
use rows::Rows;
use signed::{Block, Signed};

/// How these certificates are proved.
pub const METHOD: &str = "composed";
/// Of `lower`, how much `upper` may be without any more work.
const PROMISE: f64 = 1.01;
/// Cells for the ranges of arguments. Heuristic: two halvings of each axis of four inputs.
const FIRST_CELLS: usize = 256;
/// Cells that are divided, at most, where a bound stays loose; and where a threshold is not met yet. Heuristic.
const DIVISIONS: (usize, usize) = (256, 4096);

/// The part of the target's scale below which an error is rounding, for which nothing is promised.
const SMALL: f64 = 1e-12;
/// Products of coefficients that a tight bound may take, parts that it may divide the box into, and divisions of polynomials.
/// Heuristic: about half a second.
const WORK: (f64, f64, usize) = (1e8, 2000.0, 50_000);
/// How well the values of steps are to be known, in parts of their variation, where errors do not cancel. Heuristic.
const ACCURACY: f64 = 1e-3;
/// Why a bound may be loose.
const NOTE: &str =
    "not resolved further: the work would be too much, as where many inputs vary, or the error is near rounding";

/// Proves how far a composed network is from its target.
///
/// # Errors
/// The graph that the network states is not one of this target, or a step cannot be proved.
pub fn certify(question: &Question<'_>) -> Result<Certificate, CertifyError> {
    in_order(question, Order::Listed)
}

fn in_order(question: &Question<'_>, order: Order) -> Result<Certificate, CertifyError> {
    let Question { target, network, threshold, scale } = *question;
    let form = normal_form(target, network)?;
    let (mut cells, output) = proved_steps(target, network, &form, order).map_err(CertifyError::Form)?;
    let (lower, argmax) = several::largest_found(target, network, scale);
    let nothing = Certificate {
        lower,
        upper: f64::INFINITY,
        argmax,
        rms: (0.0, f64::INFINITY),
        method: METHOD.to_owned(),
        evaluated: f64::INFINITY,
        cells: 0,
        hidden: None,
        note: None,
    };
    let mut certificate = with_sums(nothing, &cells.bound(output, |_, _| true));
    if loose(&certificate) && lower >= SMALL * scale {
        with_signs(question, &form, &cells, output, &mut certificate)?;
    }
    if loose(&certificate) {
        let most = if certificate.upper > threshold { DIVISIONS.1 } else { DIVISIONS.0 };
        let enough = |divisions: usize, upper: f64| {
            upper <= PROMISE * certificate.lower
                || divisions >= most
                || divisions > 0 && most > DIVISIONS.0 && upper <= threshold
        };
        let bounds = cells.bound(output, enough);
        certificate = with_sums(certificate, &bounds);
    }
    certificate.note = loose(&certificate).then(|| NOTE.to_owned());
    Ok(certificate)
}

/// Whether the promise is not kept.
fn loose(certificate: &Certificate) -> bool {
    certificate.upper > PROMISE * certificate.lower
}

/// A certificate with what the sums of all errors prove besides.
fn with_sums(certificate: Certificate, bounds: &Bounds) -> Certificate {
    let upper = certificate.upper.min(bounds.upper.get());
    Certificate {
        upper,
        rms: (certificate.rms.0, certificate.rms.1.min(bounds.rms).min(upper)),
        evaluated: certificate.evaluated.min(bounds.evaluated.get()),
        cells: certificate.cells.max(bounds.cells),
        ..certificate
    }
}

/// Makes a certificate tighter: by a larger error that is found, and by Taylor models of the whole error, in which the errors of
/// the steps keep their signs.
fn with_signs(
    question: &Question<'_>,
    form: &NormalForm,
    cells: &Cells<'_>,
    output: (UpperBound, UpperBound),
    certificate: &mut Certificate,
) -> Result<(), CertifyError> {
    let inputs = &question.network.inputs;
    let found = (certificate.lower, std::mem::take(&mut certificate.argmax));
    (certificate.lower, certificate.argmax) = several::larger(question, found);
    if !loose(certificate) {
        return Ok(());
    }
    let table = Monomials::up_to(inputs.len(), signed::degree(inputs.len()));
    let source = Signed {
        target: question.target,
        inputs,
        form,
        blocks: blocks(question.network, cells).map_err(CertifyError::Form)?,
        output: output.0,
        accuracy: ACCURACY * certificate.lower / certificate.upper,
    };
    let expansions = (WORK.0 / source.work(&table)).min(WORK.1) as usize;
    let effort = Effort { expansions, divisions: WORK.2, in_vain: expansions };
    let found = (std::mem::take(&mut certificate.argmax), certificate.lower);
    let proved = search::run_with(question, &table, &source, found, effort);
    (certificate.lower, certificate.argmax) = (proved.lower, proved.argmax);
    certificate.upper = certificate.upper.min(proved.upper);
    certificate.rms = (proved.rms.0, certificate.rms.1.min(proved.rms.1));
    certificate.cells = certificate.cells.max(proved.cells);
    // The evaluator's rounding comes on top, by what it does to the network itself.
    let rounding = cells.rounding(output, |k, range| source.slope(k, range));
    certificate.evaluated = certificate.evaluated.min((UpperBound::new(certificate.upper) + rounding).get());
    Ok(())
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
    target: &'a Expr,
    network: &'a Network,
    form: &'a NormalForm,
    order: Order,
) -> Result<(Cells<'a>, (UpperBound, UpperBound)), String> {
    let Some(graph) = &network.graph else { return Err("the network states no graph".to_owned()) };
    let rows = Rows::new(network, graph)?;
    let mut cells = Cells::new(target, &network.inputs, form, FIRST_CELLS);
    for k in 0..form.steps.len() {
        step(&mut cells, &rows, (graph, order), k)?;
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
fn step(cells: &mut Cells<'_>, rows: &Rows<'_>, (graph, order): (&Graph, Order), k: usize) -> Result<(), String> {
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
            block::error(&block, &step.function, range, order).map_err(what)?
        }
    };
    let steepest = crate::graph::slope(&step.function, range).magnitude();
    let total = steepest * drift + value.1;
    cells.proved.push((range, value));
    cells.errors.push(StepError { value, argument, drift, total });
    cells.values(k);
    Ok(())
}

/// A bound of |evaluated - target| over the box for a program that adds the terms of a row in any order, with or without
/// fused multiply-add, and whose activations are off by at most 16 unit roundoffs (`logistic` and `tanh`: of their own value).
///
/// # Errors
/// What [`crate::certify`] says of a composed network.
pub fn in_any_order(target: &Expr, network: &Network) -> Result<UpperBound, CertifyError> {
    let scale = analyse(target, &network.inputs).map_err(CertifyError::Target)?.magnitude().get();
    let question = Question { target, network, threshold: f64::INFINITY, scale };
    Ok(UpperBound::new(in_order(&question, Order::Any)?.evaluated))
}

/// What the bound of a composed network is made of.
#[derive(Clone, Debug)]
pub struct Account {
    /// The steps and the output's affine form, in the target's own numbers.
    pub form: NormalForm,
    /// For each step, what it adds to the bound.
    pub items: Vec<Item>,
    /// What the rounding of weights adds, in the arguments of all steps and in the output: the bound beyond all items.
    pub rounded_weights: UpperBound,
    /// The sum of all items and of the rounded weights, on the part of the box where it is largest: a bound, though not the
    /// certificate's where that knows how far errors of opposite signs cancel.
    pub upper: UpperBound,
}

/// What a step adds to the bound.
#[derive(Clone, Copy, Debug)]
pub struct Item {
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
/// The network has no certificate of this kind, or what [`crate::certify`] says.
pub fn account(target: &Expr, network: &Network) -> Result<Account, CertifyError> {
    let refuse = |what: &str| CertifyError::Form(what.to_owned());
    let certificate = network.certificate.as_ref().filter(|certificate| certificate.method == METHOD);
    let Some(certificate) = certificate else { return Err(refuse("the network is not proved step by step")) };
    let form = normal_form(target, network)?;
    let (mut cells, output) = proved_steps(target, network, &form, Order::Listed).map_err(CertifyError::Form)?;
    let first = cells.count();
    let bounds = cells.bound(output, |divisions, _| first + divisions >= certificate.cells);
    let Some(graph) = &network.graph else { return Err(refuse("the network states no graph")) };
    let rows = Rows::new(network, graph).map_err(CertifyError::Form)?;
    let (mut items, mut rounded_weights) = (Vec::with_capacity(form.steps.len()), output.0);
    for (k, (error, (adjoint, through))) in cells.errors.iter().zip(bounds.factors).enumerate() {
        let block = rows.block(graph.arguments[k], graph.values[k]).map_err(CertifyError::Form)?;
        items.push(Item {
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
