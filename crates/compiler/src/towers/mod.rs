//! `method: towers`: chapter 4's two hidden layers. Steps in each input, and above them units that ask whether several
//! steps are on: towers over boxes, whose heights add up to the target.

mod adaptive;
mod cells;
mod literal;
mod solved;
mod steep;
mod steps;

use bumpnet_ir::{Activation, Expr, Input, Precision, TowerForm, Towers};

use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use crate::jump;
use cells::Cuts;
use steep::Steep;

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
    let cuts = cuts(target, inputs, parameters.activation, precision, budget)?;
    match (parameters.form, parameters.adaptive, budget) {
        (TowerForm::Steps, true, budget) => {
            let (leaves, aim) = adaptive::divide(target, inputs, &cuts, budget)?;
            steps::draft(inputs, &leaves, &steep, aim)
        }
        (form, _, Budget::Pieces(n)) => {
            let leaves = cells::uniform(target, inputs, n, &cuts)?;
            match form {
                TowerForm::Literal => Ok(literal::draft(inputs, &leaves, n, &steep)),
                _ => steps::draft(inputs, &leaves, &steep, f64::INFINITY),
            }
        }
        (_, _, Budget::Error { .. }) => Err(CompileError::Unproved("equal cells are chosen by number".to_owned())),
    }
}

/// Where boxes have edges for the sake of jumps: `heaviside` steps alone jump with the target.
///
/// # Errors
/// The target jumps by more than twice the error where no edge can be.
fn cuts(
    target: &Expr,
    inputs: &[Input],
    activation: Activation,
    precision: Precision,
    budget: Budget,
) -> Result<Cuts, CompileError> {
    if activation != Activation::Heaviside {
        return Ok(Cuts::new(inputs, vec![Vec::new(); inputs.len()], precision));
    }
    let jumps = jump::several::find(target, inputs);
    if let Budget::Error { eps, .. } = budget
        && let Some(jump) = jumps.oblique.filter(|jump| jump.size > 2.0 * eps)
    {
        return Err(CompileError::JumpAt { jump: Box::new(jump), continuous: false });
    }
    Ok(Cuts::new(inputs, jumps.cuts, precision))
}
