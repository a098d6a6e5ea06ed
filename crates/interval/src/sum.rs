//! An exact enough running sum: double-double, so that a million heights or steps do not drift.

/// A running sum (Knuth's two-sum; Dekker 1971), good to about 2^-104 of its largest partial sum.
#[derive(Clone, Copy, Default, Debug)]
pub struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    /// Adds a number.
    pub fn add(&mut self, term: f64) {
        let high = self.high + term;
        let part = high - self.high;
        self.low += (self.high - (high - part)) + (term - part);
        self.high = high;
    }

    /// `target - sum`, rounded once (nearly).
    pub fn missing_to(&self, target: f64) -> f64 {
        (target - self.high) - self.low
    }

    /// The sum as binary64.
    pub fn value(&self) -> f64 {
        self.high + self.low
    }
}
