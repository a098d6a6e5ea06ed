//! Certificates: what is proved of a network's error.

use serde::{Deserialize, Serialize};

use crate::measure::Measure;

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
    /// The error in another measure, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<InMeasure>,
    /// Why `upper` is more than 1 % above `lower`, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Certificate {
    /// How many times `lower` the bound is, of the network or of what runs if that is less, where that is more than the promised 1 %; `None` for a tight one, and
    /// where the error is rounding, a part of about 1e-12 of `scale`, the target's magnitude, for which nothing is promised.
    pub fn loose(&self, scale: f64) -> Option<f64> {
        // An error in a measure is a part of 1, as a rule.
        let scale = if self.measured.is_some() { 1.0 } else { scale };
        let Bounds { lower, upper, evaluated, .. } = self.in_its_measure();
        let (promised, upper) = (lower >= 1e-12 * scale, upper.min(evaluated));
        (promised && upper > 1.01 * lower).then(|| upper / lower)
    }

    /// What a `max_error` and a gate are compared with: the error of what runs.
    pub fn bound(&self) -> f64 {
        self.evaluated
    }

    /// What is proved in the measure that was asked for, or else of the distance.
    pub fn in_its_measure(&self) -> Bounds<'_> {
        match &self.measured {
            Some(InMeasure { measure, lower, upper, argmax, rms, evaluated }) => Bounds {
                measure: Some(measure),
                lower: *lower,
                upper: *upper,
                argmax,
                rms: *rms,
                evaluated: *evaluated,
            },
            None => Bounds {
                measure: None,
                lower: self.lower,
                upper: self.upper,
                argmax: &self.argmax,
                rms: self.rms,
                evaluated: self.evaluated,
            },
        }
    }

    /// The same in a measure; nothing where that is not the certificate's.
    pub fn bound_in(&self, measure: Option<&Measure>) -> Option<f64> {
        match (measure, &self.measured) {
            (None, _) => Some(self.evaluated),
            (Some(measure), Some(known)) if known.measure == *measure => Some(known.evaluated),
            _ => None,
        }
    }
}

/// What a certificate says in one measure; see [`Certificate`] and [`InMeasure`].
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)] // the fields are those of `InMeasure`
pub struct Bounds<'a> {
    /// `None` for the distance in the target's unit.
    pub measure: Option<&'a Measure>,
    pub lower: f64,
    pub upper: f64,
    pub argmax: &'a [f64],
    pub rms: (f64, f64),
    pub evaluated: f64,
}

/// What is proved of the error in a measure of its own: the largest `w |N - f|` lies in `[lower, upper]`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InMeasure {
    /// The measure.
    pub measure: Measure,
    /// The error at `argmax` is at least this.
    pub lower: f64,
    /// The error is at most this everywhere.
    pub upper: f64,
    /// Where `lower` is attained.
    pub argmax: Vec<f64>,
    /// The root of the mean of its square lies between these.
    pub rms: (f64, f64),
    /// Like `upper`, for the network as the evaluator computes it.
    pub evaluated: f64,
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
