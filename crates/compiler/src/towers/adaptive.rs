//! Boxes that are small where the target varies: a k-d tree.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use bumpnet_ir::{Expr, Input};
use bumpnet_prove::watch::stopped;

use super::cells::{Cuts, Leaf, most_towers};
use crate::draft::Budget;
use crate::error::CompileError;

/// In the order of what is gained by a division; among equals the one that was there first.
struct Ranked(Leaf, usize);

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.spread.total_cmp(&other.0.spread).then(other.1.cmp(&self.1))
    }
}

/// The leaves for a number of them, or for an error; and the error that was aimed at.
///
/// A box is halved across the axis along whose lines the target varies most. (The sum over the two halves, which one might
/// minimise instead, degenerates to slivers.)
///
/// # Errors
/// The target is not finite somewhere, or more leaves would be needed than allowed.
pub fn divide(target: &Expr, inputs: &[Input], cuts: &Cuts, budget: Budget) -> Result<(Vec<Leaf>, f64), CompileError> {
    let limit = most_towers(inputs.len());
    let (eps, most) = match budget {
        Budget::Pieces(n) if n > limit => return Err(CompileError::TooManyTowers { most: limit }),
        Budget::Pieces(n) => (0.0, n),
        Budget::Error { eps, most } => (eps, most.min(limit)),
    };
    let mut heap = BinaryHeap::new();
    let mut made = 0;
    // Where there are more boxes between the cuts than are wanted, the cuts are left out.
    let whole = || vec![inputs.iter().map(|input| (input.lo, input.hi)).collect()];
    for sides in cuts.boxes(inputs, most).unwrap_or_else(whole) {
        heap.push(Ranked(Leaf::new(target, sides, cuts)?, made));
        made += 1;
    }
    while heap.len() < most
        && let Some(Ranked(leaf, number)) = heap.pop()
    {
        let axis = (0..inputs.len()).fold(0, |best, k| if leaf.along[k] > leaf.along[best] { k } else { best });
        let (lo, hi) = leaf.sides[axis];
        let middle = 0.5 * lo + 0.5 * hi;
        if leaf.spread <= eps || !(lo < middle && middle < hi) || stopped() {
            heap.push(Ranked(leaf, number));
            break;
        }
        for half in [(lo, middle), (middle, hi)] {
            let mut sides = leaf.sides.clone();
            sides[axis] = half;
            heap.push(Ranked(Leaf::new(target, sides, cuts)?, made));
            made += 1;
        }
    }
    let worst = heap.peek().map_or(0.0, |ranked| ranked.0.spread);
    if eps > 0.0 && worst > eps && !stopped() {
        return Err(CompileError::TooMany { most, eps });
    }
    let mut leaves = heap.into_vec();
    leaves.sort_by_key(|ranked| ranked.1);
    let aim = if eps > 0.0 { eps } else { f64::INFINITY };
    Ok((leaves.into_iter().map(|ranked| ranked.0).collect(), aim))
}
