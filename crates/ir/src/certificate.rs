//! Certificates: what is proved of a network's error.

use serde::{Deserialize, Serialize};

/// A proof's result: the sup error over the whole domain lies in `[lower, upper]`, in the target's unit.
///
/// A sampled error is another type and never called a bound.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The error at `argmax` is at least this.
    pub lower: f64,
    /// The error is at most this everywhere; at jumps the limits from both sides count.
    pub upper: f64,
    /// Where `lower` is attained.
    pub argmax: Vec<f64>,
    /// The root mean square error over the domain lies between these.
    pub rms: (f64, f64),
    /// How it was proved.
    pub method: String,
    /// Like `upper`, for the network as the evaluator computes it in its precision: its rounding included.
    pub evaluated: f64,
    /// Cells the domain was divided into.
    pub cells: usize,
    /// For `output: logistic`: the error of the hidden layer against `ln(f/(1-f))`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Hidden>,
    /// Why `upper` is more than 1 % above `lower`, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Certificate {
    /// How many times `lower` the bound is, of the network or of what runs if that is less, where that is more than the promised 1 %; `None` for a tight one, and
    /// where the error is rounding, a part of about 1e-12 of `scale`, the target's magnitude, for which nothing is promised.
    pub fn loose(&self, scale: f64) -> Option<f64> {
        let (promised, upper) = (self.lower >= 1e-12 * scale, self.upper.min(self.evaluated));
        (promised && upper > 1.01 * self.lower).then(|| upper / self.lower)
    }

    /// What a `max_error` and a gate are compared with: the error of what runs.
    pub fn bound(&self) -> f64 {
        self.evaluated
    }
}

/// The error in front of the output neuron.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hidden {
    /// The error at `argmax` is at least this.
    pub lower: f64,
    /// The error is at most this everywhere.
    pub upper: f64,
    /// Where `lower` is attained.
    pub argmax: Vec<f64>,
}
