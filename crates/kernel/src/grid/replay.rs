//! Proofs over grids repeated from their logs; like [`crate::replay`], nothing that has to be trusted.

use std::collections::BTreeMap;

use super::gridded::Gridded;
use super::proof::{BETTER, BoxPart, FACES, GridProof, HALVES};
use crate::log::{Log, LogCursor};

/// Divisions, at most, besides four for each box: twice as many as a search makes.
const MOST: usize = 4_000_000;

/// Repeats a proof; `None` where the log does not fit.
pub fn from_root<'g, 'q>(of: &'g Gridded<'q>, steps: &mut LogCursor<'_>) -> Option<GridProof<'g, 'q>> {
    let mut proof = GridProof::begin(of, Log::new(false));
    let (mut open, mut sides): (BTreeMap<u32, BoxPart>, _) = (BTreeMap::new(), Vec::new());
    let mut made = of.boxes() as u32;
    let mut left = MOST + 4 * of.boxes();
    while let Some(step) = steps.step() {
        left = left.checked_sub(1)?;
        let number = steps.step()?;
        let mut part = match open.remove(&number) {
            Some(part) => part,
            // Nothing is small enough, so that the box is given out.
            None => proof.take(number as usize, f64::NEG_INFINITY, &mut sides)?,
        };
        let parts = match step {
            BETTER => {
                proof.better(&mut part, f64::INFINITY);
                open.insert(number, part);
                continue;
            }
            FACES => proof.faces(part, steps.step()? as usize),
            HALVES => proof.halves(part, steps.step()? as usize),
            _ => return None,
        };
        for part in parts.ok()? {
            open.insert(made, part);
            made += 1;
        }
    }
    open.into_values().for_each(|part| proof.close(part));
    for index in 0..of.boxes() {
        if let Some(part) = proof.take(index, f64::INFINITY, &mut sides) {
            proof.close(part);
        }
    }
    Some(proof)
}
