//! Certificates of composed networks: every step by a certificate of one input, and how much each step matters.
//!
//! With the target in normal form, `a_k = g_k(L_k(a))` for each step and `f = L(a)`. In the network a step is off by
//! `delta_k`, the error of its block, proved by a one-input certificate over all arguments that can occur; and its argument
//! by `tau_k`, which rounded weights make of it. Along the segment from 0 to these perturbations the value moves by at most
//! the sum of `sup|df/da_k| (|delta_k| + sup|g_k'| |tau_k|)` (mean value theorem; Lipschitz functions have generalized
//! derivatives within the same enclosures, Clarke 1983). The suprema are interval adjoints on cells of the box, with ranges
//! widened by the errors themselves.

mod block;
mod cells;
mod rows;

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Certificate, Expr, Graph, Input, Network};

use crate::analyse::analyse;
use crate::error::CertifyError;
use crate::graph::{Expansion, NormalForm};
use crate::line::Line;
use crate::on_line::LineProof;
use crate::proved::Proved;
use crate::several;
use block::Order;
use cells::{Cells, StepError};
use rows::Rows;

/// How these certificates are proved.
pub const METHOD: &str = "composed";
/// Cells for the ranges of arguments. Heuristic: two halvings of each axis of four inputs.
const FIRST_CELLS: usize = 256;
/// Cells that are divided where nobody says how many. Heuristic.
const DIVISIONS: usize = 256;

/// Who proves the blocks: their searches.
pub trait Blocks {
    /// A proof about a block, which may be incomplete.
    fn prove<'l, 'q>(&self, block: &'l Line<'q>) -> LineProof<'l, 'q>;
}

/// What is asked of a proof, and what a search knows.
pub struct Question<'a> {
    /// What the network is for.
    pub target: &'a Expr,
    /// The network.
    pub network: &'a Network,
    /// Who proves its blocks.
    pub blocks: &'a dyn Blocks,
}

/// Proves how far a composed network is from its target. Cells are divided until `enough` of the divisions, the
/// cells and the bound; `argmax` is a point at which the error is large.
///
/// # Errors
/// The graph that the network states is not one of this target, or a step cannot be proved.
pub fn conclude(
    question: &Question<'_>,
    argmax: Vec<f64>,
    enough: impl Fn(usize, usize, f64) -> bool,
    note: impl Fn(f64) -> Option<String>,
) -> Result<Proved, CertifyError> {
    let Question { target, network, .. } = *question;
    analyse(target, &network.inputs).map_err(CertifyError::Target)?;
    let form = normal_form(target, network)?;
    let (mut cells, output) = proved_steps(question, &form, Order::Listed).map_err(CertifyError::Form)?;
    let lower = several::at_least(target, network, &argmax)?;
    let first = cells.count();
    let bounds = cells.bound(output, |divisions, upper| enough(divisions, first + divisions, upper));
    let upper = bounds.upper.get();
    Proved::new(Certificate {
        lower,
        upper,
        argmax,
        rms: (0.0, bounds.rms.min(upper)),
        method: METHOD.to_owned(),
        evaluated: bounds.evaluated.get(),
        cells: bounds.cells,
        hidden: None,
        note: note(upper),
    })
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

/// A bound of |evaluated - target| over the box for a program that adds the terms of a row in any order, with or without
/// fused multiply-add, and whose activations are off by at most 16 unit roundoffs (`logistic` and `tanh`: of their own value).
///
/// # Errors
/// As [`conclude`].
pub fn in_any_order(question: &Question<'_>) -> Result<UpperBound, CertifyError> {
    let form = normal_form(question.target, question.network)?;
    let (mut cells, output) = proved_steps(question, &form, Order::Any).map_err(CertifyError::Form)?;
    Ok(cells.bound(output, |divisions, _| divisions >= DIVISIONS).evaluated)
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
    /// The bound: the sum of all items and of the rounded weights, on the part of the box where it is largest.
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

/// What the bound in a composed network's certificate is made of: the same proof once more, on as many cells.
///
/// # Errors
/// The network has no certificate of this kind, or as [`conclude`].
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
