//! `method: towers`: chapter 4's two hidden layers.

use bumpnet_ir::{Expr, Input, Precision, Towers};

use crate::CompileError;
use crate::bumps::{Budget, Draft};

/// Constructs the layers for a size, or as small as an error allows.
///
/// # Errors
/// The construction does not apply to the target.
pub fn build(
    target: &Expr,
    inputs: &[Input],
    parameters: &Towers,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let _ = (target, inputs, parameters, precision, budget);
    Err(CompileError::Unproved("`method: towers` is not built in this version".to_owned()))
}
