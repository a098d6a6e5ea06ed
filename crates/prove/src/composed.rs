//! Certificates of composed networks: the blocks by searches of one input.

use std::cell::RefCell;
use std::collections::VecDeque;

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Expr, Network};
use bumpnet_kernel::composed::{self as kernel, Account, Blocks, Question};
use bumpnet_kernel::line::Line;
use bumpnet_kernel::log::Log;
use bumpnet_kernel::on_line::LineProof;
use bumpnet_kernel::{CertifyError, Proved};

use crate::cover::{Cover, Part};
use crate::{one_input, several};

/// Of `lower`, how much `upper` may be without any more work.
const PROMISE: f64 = 1.01;
/// Cells that are divided, at most; and where a threshold is not met yet. Heuristic.
const DIVISIONS: (usize, usize) = (256, 4096);

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
pub fn certify(target: &Expr, network: &Network, threshold: f64, kept: bool) -> Result<(Proved, Cover), CertifyError> {
    let blocks = Searched(kept.then(RefCell::default));
    let question = Question { target, network, blocks: &blocks };
    let (lower, argmax) = several::largest_found(target, network);
    let enough = |divisions: usize, _: usize, upper: f64| {
        upper <= PROMISE * lower
            || divisions >= if upper > threshold { DIVISIONS.1 } else { DIVISIONS.0 }
            || (divisions > 0 && threshold < f64::INFINITY && upper <= threshold)
    };
    let note = |upper: f64| {
        (upper > PROMISE * lower)
            .then(|| "each step's error counts where it is largest, all of them with one sign".to_owned())
    };
    let proved = kernel::conclude(&question, argmax, enough, note)?;
    let logs = blocks.0.map_or(Vec::new(), RefCell::into_inner);
    Ok((proved, Cover::new(logs.into_iter().map(|log| (Part::Block, Some(log))).collect())))
}

/// The proof that a cover holds, made anew step by step; `None` where it does not fit.
pub fn by_cover(target: &Expr, network: &Network, cover: &Cover) -> Option<Result<Proved, CertifyError>> {
    let stated = network.certificate.as_ref()?;
    let blocks = Repeated(RefCell::new(cover.all(Part::Block).collect()));
    let question = Question { target, network, blocks: &blocks };
    let note = stated.note.clone();
    // As far as is stated, and no further than a search goes.
    let enough = |divisions: usize, cells: usize, _: f64| cells >= stated.cells || divisions >= DIVISIONS.1;
    Some(kernel::conclude(&question, stated.argmax.clone(), enough, |_| note.clone()))
}

/// A bound of |evaluated - target| over the box for a program that adds the terms of a row in any order; see
/// [`kernel::in_any_order`].
///
/// # Errors
/// What [`crate::certify`] says of a composed network.
pub fn in_any_order(target: &Expr, network: &Network) -> Result<UpperBound, CertifyError> {
    kernel::in_any_order(&Question { target, network, blocks: &Searched(None) })
}

/// What the bound in a composed network's certificate is made of: the same proof once more, on as many cells.
///
/// # Errors
/// The network has no certificate of this kind, or what [`crate::certify`] says.
pub fn account(target: &Expr, network: &Network) -> Result<Account, CertifyError> {
    kernel::account(&Question { target, network, blocks: &Searched(None) })
}
