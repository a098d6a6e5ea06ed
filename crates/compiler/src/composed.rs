//! `method: composed`: the target's own graph, every step of one variable a small network.

use bumpnet_ir::{Composed, Expr, Input, Precision};

use crate::CompileError;
use crate::bumps::{Budget, Draft};

/// Constructs the layers for a size, or as small as an error allows.
///
/// # Errors
/// The construction does not apply to the target.
pub fn build(
    target: &Expr,
    inputs: &[Input],
    parameters: &Composed,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let _ = (target, inputs, parameters, precision, budget);
    Err(CompileError::Unproved("`method: composed` is not built in this version".to_owned()))
}
