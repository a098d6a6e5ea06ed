//! Work that a search may take: it is counted in operations of inner loops, never in seconds, so that every machine comes to
//! the same network.

use std::cell::Cell;

/// What is left of a search's budget. Heuristic: some 1e9 multiplications take a second.
#[derive(Debug)]
pub struct Allowance {
    left: Cell<f64>,
}

impl Allowance {
    /// With so many multiplications to spend.
    pub fn new(operations: f64) -> Allowance {
        Allowance { left: Cell::new(operations) }
    }

    /// Spends some, as far as there are any.
    pub fn spend(&self, operations: f64) {
        self.left.set(self.left.get() - operations);
    }

    /// Whether so many are left.
    pub fn holds(&self, operations: f64) -> bool {
        operations <= self.left.get()
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        !self.holds(0.0)
    }
}
