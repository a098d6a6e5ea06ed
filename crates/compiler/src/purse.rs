//! How much work a search may take. Operations are counted, not seconds, so that the same network comes out everywhere; only
//! a stop from outside cuts a search at another place.

use bumpnet_prove::watch::stopped;

/// What is left of the operations that a search may take.
#[derive(Clone, Copy, Debug)]
pub struct Purse {
    left: u64,
}

impl Purse {
    /// A purse for a number of operations.
    pub fn new(operations: u64) -> Purse {
        Purse { left: operations }
    }

    /// Takes out what was spent.
    pub fn pay(&mut self, operations: u64) {
        self.left = self.left.saturating_sub(operations);
    }

    /// Whether so much is left. If not, the purse is empty from now on.
    pub fn affords(&mut self, operations: u64) -> bool {
        if self.left < operations {
            self.left = 0;
        }
        !self.is_empty()
    }

    /// Whether the search is to end with the best so far.
    pub fn is_empty(&self) -> bool {
        self.left == 0 || stopped()
    }

    /// Why it ended, if it did so for the sake of the purse.
    pub fn limit(&self) -> Option<String> {
        let why = if stopped() { "the search was stopped" } else { "the search would take too much work" };
        self.is_empty().then(|| format!("{why}; this is the best so far"))
    }
}
