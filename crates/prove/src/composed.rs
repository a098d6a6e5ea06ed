//! Certificates of composed networks: their blocks by searches of one input, and the whole by sums of the steps' errors; where
//! that is loose, by a search over boxes in which the errors keep their signs.

use std::cell::RefCell;
use std::collections::VecDeque;

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Expr, Network};
use bumpnet_kernel::boxes::proof::Boxes;
use bumpnet_kernel::composed::{self as kernel, Account, Blocks, Composed, Order, Question, Steps};
use bumpnet_kernel::line::Line;
use bumpnet_kernel::log::Log;
use bumpnet_kernel::on_line::LineProof;
use bumpnet_kernel::{CertifyError, Proved};

use crate::boxes::search::{self, Effort};
use crate::cover::{Cover, Part};
use crate::one_input::Asked;
use crate::{boxes, one_input, several};

/// Of `lower`, how much `upper` may be without any more work.
const PROMISE: f64 = 1.01;
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

/// Blocks proved by searches, whose logs are kept if that is wanted.
struct Searched(Option<RefCell<Vec<Log>>>);

impl Blocks for Searched {
    fn prove<'l, 'q>(&self, block: &'l Line<'q>) -> LineProof<'l, 'q> {
        let proof = one_input::search(block, f64::INFINITY, self.0.is_some()).proof;
        if let (Some(logs), Some(log)) = (&self.0, proof.log()) {
            logs.borrow_mut().push(log);
        }
        proof
    }
}

/// Blocks proved by the logs of a cover, in order.
struct Repeated<'c>(RefCell<VecDeque<&'c Log>>);

impl Blocks for Repeated<'_> {
    fn prove<'l, 'q>(&self, block: &'l Line<'q>) -> LineProof<'l, 'q> {
        let log = self.0.borrow_mut().pop_front();
        // Where none fits, the search is as good.
        let repeated = log.and_then(|log| one_input::repeat(block, log));
        repeated.unwrap_or_else(|| one_input::search(block, f64::INFINITY, false).proof)
    }
}

/// Proves how far a composed network is from its target; the cover is empty unless it is to be kept.
///
/// # Errors
/// The graph that the network states is not one of this target, or a step cannot be proved.
pub fn certify(
    target: &Expr,
    network: &Network,
    wanted: Asked<'_>,
    kept: bool,
) -> Result<(Proved, Cover), CertifyError> {
    let threshold = wanted.threshold;
    let weighted = wanted.measure.map(|measure| Boxes::in_measure(target, measure, network)).transpose()?;
    let (measured, log) = boxes::in_measure(weighted.as_ref(), wanted.in_measure, kept);
    let blocks = Searched(kept.then(RefCell::default));
    let question = Question { target, network, blocks: &blocks };
    let steps = Steps::new(&question)?;
    let mut composed = Composed::new(&question, &steps, Order::Listed)?;
    let mut found = several::largest_found(target, network);
    let logs = tighten(&mut composed, (target, network), &mut found, threshold, kept)?;
    let note = (composed.upper() > PROMISE * found.0).then(|| NOTE.to_owned());
    let proved = composed.conclude(found.1, measured, note)?;
    let of_blocks = blocks.0.map_or(Vec::new(), RefCell::into_inner);
    let of_blocks = of_blocks.into_iter().map(|log| (Part::Block, Some(log)));
    Ok((proved, Cover::new(of_blocks.chain(logs).chain([log]).collect())))
}

/// Bounds the error well enough for the largest one that was found, which may become larger; the logs of that.
fn tighten(
    composed: &mut Composed<'_>,
    (target, network): (&Expr, &Network),
    found: &mut (f64, Vec<f64>),
    threshold: f64,
    kept: bool,
) -> Result<Vec<(Part, Option<Log>)>, CertifyError> {
    let mut logs = Vec::new();
    let loose = |composed: &Composed<'_>, lower: f64| composed.upper() > PROMISE * lower;
    composed.add_sums(|_, _| true);
    if loose(composed, found.0) && found.0 >= SMALL * composed.scale() {
        *found = several::larger(target, network, found.clone());
        if loose(composed, found.0) {
            let accuracy = ACCURACY * found.0 / composed.upper();
            let signed = composed.signed(accuracy)?;
            let expansions = (WORK.0 / signed.work()).min(WORK.1) as usize;
            let effort = Effort { expansions, divisions: WORK.2, in_vain: expansions };
            let proved = search::run_with(&signed, threshold, (found.1.clone(), found.0), effort, kept);
            *found = (proved.lower, proved.argmax);
            logs.push((Part::Signed, proved.proof.log().map(|log| with_accuracy(log, accuracy))));
            composed.add_signed(proved.proof);
        }
    }
    if loose(composed, found.0) {
        let most = if composed.upper() > threshold { DIVISIONS.1 } else { DIVISIONS.0 };
        let enough = |divisions: usize, upper: f64| {
            upper <= PROMISE * found.0 || divisions >= most || divisions > 0 && most > DIVISIONS.0 && upper <= threshold
        };
        let divisions = composed.add_sums(enough);
        logs.push((Part::Sums, kept.then(|| Log::of(vec![divisions as u32], Vec::new()))));
    }
    Ok(logs)
}

/// A log that ends with the accuracy.
fn with_accuracy(mut log: Log, accuracy: f64) -> Log {
    log.number(accuracy);
    log
}

/// The proof that a cover holds, made anew step by step; `None` where it does not fit.
pub fn by_cover(target: &Expr, network: &Network, cover: &Cover) -> Option<Result<Proved, CertifyError>> {
    let stated = network.certificate.as_ref()?;
    let blocks = Repeated(RefCell::new(cover.all(Part::Block).collect()));
    let question = Question { target, network, blocks: &blocks };
    let steps = Steps::new(&question).ok()?;
    let mut composed = Composed::new(&question, &steps, Order::Listed).ok()?;
    composed.add_sums(|_, _| true);
    if let Some(log) = cover.part(Part::Signed) {
        let signed = composed.signed(*log.numbers.last()?).ok()?;
        composed.add_signed(boxes::repeat(&signed, log)?);
    }
    if let Some(log) = cover.part(Part::Sums) {
        // As many as it was, and no more than a search makes.
        let wanted = (*log.steps.first()? as usize).min(DIVISIONS.1);
        composed.add_sums(|divisions, _| divisions >= wanted);
    }
    let weighted = boxes::weighted(target, network, stated)?;
    let measured = boxes::repeat_measured(weighted.as_ref(), stated, cover)?;
    Some(composed.conclude(stated.argmax.clone(), measured, stated.note.clone()))
}

/// A bound of |evaluated - target| over the box for a program that adds the terms of a row in any order, with or without
/// fused multiply-add, and whose activations are off by at most 16 unit roundoffs (`logistic` and `tanh`: of their own value).
///
/// # Errors
/// What [`crate::certify`] says of a composed network.
pub fn in_any_order(target: &Expr, network: &Network) -> Result<UpperBound, CertifyError> {
    let question = Question { target, network, blocks: &Searched(None) };
    let steps = Steps::new(&question)?;
    let mut composed = Composed::new(&question, &steps, Order::Any)?;
    let mut found = several::largest_found(target, network);
    tighten(&mut composed, (target, network), &mut found, f64::INFINITY, false)?;
    Ok(composed.evaluated())
}

/// What a composed network's error is bounded by, step by step; see [`kernel::account`].
///
/// # Errors
/// The network has no certificate of this kind, or what [`crate::certify`] says.
pub fn account(target: &Expr, network: &Network) -> Result<Account, CertifyError> {
    kernel::account(&Question { target, network, blocks: &Searched(None) })
}
