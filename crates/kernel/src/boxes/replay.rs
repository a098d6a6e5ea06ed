//! Proofs over boxes repeated from their logs; like [`crate::replay`], nothing that has to be trusted.

use std::collections::BTreeMap;

use super::proof::{BoxProof, DIVIDE, DONE};
use super::source::{Arithmetic, Source};
use crate::log::{Log, LogCursor};

/// The most pieces of a box: a search makes some thousands, each of some hundred bytes.
const MOST_PIECES: u32 = 1 << 17;

/// Repeats a proof; `None` where the log does not fit.
pub fn from_root<'b, S: Source>(
    source: &'b S,
    arithmetic: Arithmetic,
    steps: &mut LogCursor<'_>,
) -> Option<BoxProof<'b, S>> {
    let size = steps.number()?;
    let (mut proof, root) = BoxProof::begin(source, size, Log::new(false));
    let mut open = BTreeMap::from([(0, root)]);
    let mut made = 1;
    while let Some(step) = steps.step() {
        let next = open.remove(&steps.step()?)?;
        match step {
            DIVIDE => {
                for half in proof.divide(next, steps.step()? as usize).ok()? {
                    open.insert(made, half);
                    made += 1;
                }
            }
            DONE => {
                let count = steps.step().filter(|count| *count <= MOST_PIECES)?;
                let mut expanded = proof.expand(next, steps.number()?, arithmetic);
                for _ in 0..count {
                    let (piece, axis) = (steps.step()?, steps.step()?);
                    expanded.halve(source.table(), piece as usize, axis as usize)?;
                }
                proof.done(expanded);
            }
            _ => return None,
        }
    }
    Some(proof)
}
