//! Proofs repeated from their logs, step by step.
//!
//! Nothing here has to be trusted: all it does goes through the rules, which check what they are asked. A log that does not
//! fit is refused.

use crate::line::{Leaf, Line, Node};
use crate::log::{Log, LogCursor};
use crate::on_line::{Cut, LineProof, Part, code};
use crate::poly::Number;
use crate::sweep::Sweep;

/// Parts that are proved apart, at most: a search makes 64.
const MOST_PARTS: u32 = 256;
/// Units looked at, at most, and for each unit; every step counts as so many. A search of as many units takes some hundredth of it.
const MOST_WORK: (usize, usize) = (1 << 24, 256);
const STEP: usize = 16;

/// The most obligations that may be open at once where the first is always divided first: a search has some hundreds.
const MOST_OPEN: usize = 4096;

/// Repeats a proof that begins with the whole domain.
pub fn from_root<'l, 'q, T: Number>(line: &'l Line<'q>, steps: &mut LogCursor<'_>) -> Option<LineProof<'l, 'q>> {
    let (mut proof, node) = LineProof::begin::<T>(line, Log::new(false));
    follow(&mut proof, node, steps, (&mut budget(line), false))?;
    Some(proof)
}

/// Repeats a proof that begins with a pass over the jumps.
pub fn from_sweep<'l, 'q>(line: &'l Line<'q>, steps: &mut LogCursor<'_>) -> Option<LineProof<'l, 'q>> {
    let (mut proof, rests) = Sweep::repeat(line, steps)?.finish();
    let mut budget = budget(line);
    for node in rests {
        follow(&mut proof, node, steps, (&mut budget, false))?;
    }
    Some(proof)
}

/// How much work repeating a proof may be.
fn budget(line: &Line<'_>) -> usize {
    MOST_WORK.0 + MOST_WORK.1 * line.units().list.len()
}

fn follow<T: Number>(
    proof: &mut LineProof<'_, '_>,
    node: Node<T>,
    steps: &mut LogCursor<'_>,
    (budget, is_part): (&mut usize, bool),
) -> Option<()> {
    let mut stack = vec![node];
    while let Some(mut node) = stack.pop() {
        loop {
            *budget = budget.checked_sub(node.near().len() + STEP)?;
            match steps.step()? {
                code::TARGET => proof.repeat_target(&mut node),
                code::UNITS => proof.repeat_units(&mut node, steps)?,
                code::MIDDLE => {
                    stack.extend(proof.divide(node, Cut::Middle).ok()?.into_iter().rev());
                    break;
                }
                code::AROUND => {
                    let cut = Cut::Around(steps.step()?, steps.step()?);
                    stack.extend(proof.divide(node, cut).ok()?.into_iter().rev());
                    break;
                }
                code::FORK if !is_part => {
                    let count = steps.step().filter(|count| *count <= MOST_PARTS)?;
                    let edges: Option<Vec<f64>> = (0..count).map(|_| steps.number()).collect();
                    for Part { promise, proof: mut part, node } in proof.fork(node, &edges?).ok()? {
                        follow(&mut part, node, steps, (&mut *budget, true))?;
                        proof.settle(promise, part);
                    }
                    break;
                }
                code::RANGE => {
                    proof.by_range(node);
                    break;
                }
                code::ENDS => {
                    proof.by_ends(node, f64::INFINITY).ok()?;
                    break;
                }
                code::LEAF => {
                    let leaf = proof.leaf(node, f64::INFINITY).ok()?;
                    follow_leaf(proof, leaf, steps, budget)?;
                    break;
                }
                _ => return None,
            }
        }
        if stack.len() > MOST_OPEN {
            return None;
        }
    }
    Some(())
}

fn follow_leaf(proof: &mut LineProof<'_, '_>, leaf: Leaf, steps: &mut LogCursor<'_>, budget: &mut usize) -> Option<()> {
    let mut stack = vec![leaf];
    while let Some(leaf) = stack.pop() {
        *budget = budget.checked_sub(STEP)?;
        match steps.step()? {
            code::HALVES if stack.len() < MOST_OPEN => stack.extend(proof.halves(leaf).into_iter().rev()),
            code::DONE => proof.by_polynomial(leaf),
            _ => return None,
        }
    }
    Some(())
}
