//! Proofs over boxes repeated from their logs; like [`crate::replay`], nothing that has to be trusted.

use std::collections::BTreeMap;

use super::proof::{BoxProof, DIVIDE, DONE};
use super::source::{Arithmetic, Source};
use crate::log::{Log, LogCursor};

/// The most pieces of a box: a search makes some thousands, each of some hundred bytes.
const MOST_PIECES: u32 = 1 << 17;

/// Boxes that are expanded, and divisions of their polynomials: as many as a search makes at most.
const MOST: (u32, u32) = (100_000, 5_000_000);

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
    let (mut expansions, mut divisions) = MOST;
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
                expansions = expansions.checked_sub(1)?;
                let count = steps.step().filter(|count| *count <= MOST_PIECES)?;
                let mut expanded = proof.expand(next, steps.number()?, arithmetic);
                for _ in 0..count {
                    let (piece, axis) = (steps.step()?, steps.step()?);
                    proof.halve(&mut expanded, piece as usize, axis as usize)?;
                    divisions = divisions.checked_sub(1)?;
                }
                proof.done(expanded);
            }
            _ => return None,
        }
    }
    Some(proof)
}
