//! The largest error that a search has seen: it decides how much work is done, never a bound.

use bumpnet_interval::Interval;

/// Where the error is large, and what it is there at least.
#[derive(Clone, Copy, Debug)]
pub struct Best {
    /// |e| at `argmax` is at least this.
    pub lower: f64,
    /// Where.
    pub argmax: f64,
}

impl Best {
    /// Nothing yet, on a domain that begins there.
    pub fn new(at: f64) -> Best {
        Best { lower: 0.0, argmax: at }
    }

    /// Notes the error at a point.
    pub fn at(&mut self, x: f64, error: Interval) {
        if error.mignitude() > self.lower {
            (self.lower, self.argmax) = (error.mignitude(), x);
        }
    }

    /// The larger of two, of equal ones the first.
    pub fn add(&mut self, other: Best) {
        if other.lower > self.lower {
            *self = other;
        }
    }
}
