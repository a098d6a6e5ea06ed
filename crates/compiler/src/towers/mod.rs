//! `method: towers`: chapter 4's two hidden layers. Steps in each input, and above them units that ask whether several
//! steps are on: towers over boxes, whose heights add up to the target.

mod adaptive;
mod cells;
mod literal;
mod solved;
mod steps;

use bumpnet_ir::{Activation, Expr, Input, Precision, Steepness, TowerForm, Towers};

use crate::CompileError;
use crate::bumps::{Budget, Draft};

/// Most towers: their boxes and units fill some hundred megabytes in a proof. Heuristic.
pub const MOST_TOWERS: usize = 1 << 18;

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
    fn new(activation: Activation, steepness: Steepness) -> Option<Steep> {
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

/// Constructs the layers for a number of cells per axis (leaves, with `placement: adaptive`; towers, with `form: solved`), or
/// as few leaves or towers as an error allows.
///
/// # Errors
/// The construction does not apply to the target, or binary64 or the limit on towers does not hold the cells.
pub fn build(
    target: &Expr,
    inputs: &[Input],
    parameters: &Towers,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    if parameters.form == TowerForm::Solved {
        return solved::draft(target, inputs, parameters.activation, precision, budget);
    }
    let steep = Steep::new(parameters.activation, parameters.steepness).ok_or_else(|| {
        let message = format!("towers need steps from 0 to 1, which `{}` is not", parameters.activation.name());
        CompileError::Parameters { message, help: "write `activation: heaviside`, or `logistic`".to_owned() }
    })?;
    match (parameters.form, parameters.adaptive, budget) {
        (TowerForm::Steps, true, budget) => {
            let (leaves, aim) = adaptive::divide(target, inputs, budget)?;
            steps::draft(inputs, &leaves, &steep, aim)
        }
        (form, _, Budget::Pieces(n)) => {
            let leaves = cells::uniform(target, inputs, n)?;
            match form {
                TowerForm::Literal => Ok(literal::draft(inputs, &leaves, n, &steep)),
                _ => steps::draft(inputs, &leaves, &steep, f64::INFINITY),
            }
        }
        (_, _, Budget::Error { .. }) => Err(CompileError::Unproved("equal cells are chosen by number".to_owned())),
    }
}
