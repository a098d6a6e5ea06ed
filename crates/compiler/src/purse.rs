//! How much work a search may take. Operations of inner loops are counted, not seconds, so that the same network comes out
//! everywhere; only a stop from outside cuts a search at another place.

use std::cell::Cell;

use bumpnet_prove::watch::stopped;

/// What is left of the operations that a search may take. Heuristic: some 1e9 multiplications take a second.
#[derive(Clone, Debug)]
pub struct Purse {
    left: Cell<u64>,
}

impl Purse {
    /// A purse for a number of operations.
    pub fn new(operations: u64) -> Purse {
        Purse { left: Cell::new(operations) }
    }

    /// Takes out what was spent, as far as there is so much.
    pub fn pay(&self, operations: u64) {
        self.left.set(self.left.get().saturating_sub(operations));
    }

    /// Whether so much is left.
    pub fn holds(&self, operations: u64) -> bool {
        !self.is_empty() && operations <= self.left.get()
    }

    /// The same; if not, the purse is empty from now on.
    pub fn affords(&self, operations: u64) -> bool {
        if !self.holds(operations) {
            self.left.set(0);
        }
        !self.is_empty()
    }

    /// Whether the search is to end with the best so far.
    pub fn is_empty(&self) -> bool {
        self.left.get() == 0 || stopped()
    }

    /// Why it ended, if it did so for the sake of the purse.
    pub fn limit(&self) -> Option<String> {
        let why = if stopped() { "the search was stopped" } else { "the search would take too much work" };
        self.is_empty().then(|| format!("{why}; this is the best so far"))
    }
}
