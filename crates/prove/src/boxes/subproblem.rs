//! What a search over boxes has still to look at, the worst first.

use std::cmp::Ordering;

/// What may hold a large error.
pub struct Subproblem {
    /// What its error is at most.
    pub bound: f64,
    /// Among equal bounds the older one first.
    pub number: usize,
    /// Which box.
    pub of: usize,
    /// What part of the box.
    pub kind: SubproblemKind,
}

/// What part of a box.
pub enum SubproblemKind {
    /// All of the box, perhaps to be divided.
    Whole,
    /// All of it, its polynomial divided as far as was needed.
    Resolved,
    /// A piece of it: centre and half-width of its variables.
    Piece(usize, Vec<(f64, f64)>),
}

impl PartialEq for Subproblem {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Subproblem {}
impl PartialOrd for Subproblem {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Subproblem {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.total_cmp(&other.bound).then(other.number.cmp(&self.number))
    }
}
