//! `method: ridge`: one hidden layer over several inputs (Cybenko 1989).

use bumpnet_ir::{Expr, Input, Precision, Ridge};

use crate::CompileError;
use crate::bumps::{Budget, Draft};

/// Constructs the layers for a size, or as small as an error allows.
///
/// # Errors
/// The construction does not apply to the target.
pub fn build(
    target: &Expr,
    inputs: &[Input],
    parameters: &Ridge,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let _ = (target, inputs, parameters, precision, budget);
    Err(CompileError::Unproved("`method: ridge` is not built in this version".to_owned()))
}
