//! How steep the steps of towers are.

use bumpnet_ir::{Activation, Steepness};

/// The weights of the steps, and of the units above them.
#[derive(Clone, Copy, Debug)]
pub struct Steep {
    /// The activation of both layers.
    pub activation: Activation,
    /// What the steps in an input are multiplied with, for a spacing of 1; `None` where any will do.
    matched: Option<f64>,
    given: Option<f64>,
    /// The same of the units above: their arguments are whole numbers less a half.
    pub above: f64,
}

impl Steep {
    /// `None` for activations that are no steps from 0 to 1 which are over somewhere.
    ///
    /// Matched: from one limit to the other within a quarter of the spacing. A unit above gets at least 1/2 either way, so
    /// its weight is twice the saturation point, and a little.
    pub fn new(activation: Activation, steepness: Steepness) -> Option<Steep> {
        let (from, to) = activation.saturation();
        if activation.limits() != (0.0, 1.0) || !(to - from).is_finite() {
            return None;
        }
        let given = match steepness {
            Steepness::Auto => None,
            Steepness::Value(value) => Some(value),
        };
        match activation {
            Activation::Heaviside => Some(Steep { activation, matched: None, given, above: 1.0 }),
            _ => {
                let above = 2.0 * to.max(-from) * (1.0 + 1.0 / 64.0);
                Some(Steep { activation, matched: Some(4.0 * (to - from)), given, above })
            }
        }
    }

    /// The weight of a step among others at this spacing. A `heaviside` step is as steep with any weight; 1 puts its jump
    /// on the number itself.
    pub fn weight(&self, spacing: f64) -> f64 {
        self.given.unwrap_or(self.matched.map_or(1.0, |matched| matched / spacing))
    }
}
