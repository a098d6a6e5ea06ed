//! The pipeline: spec in, network and certificate out.

use bumpnet_ir::{Activation, Diagnostic, Heights, Input, Method, NetworkSpec, Placement, Spec};
use bumpnet_prove::analyse;

use crate::compiled::Compiled;
use crate::construct::construct;
use crate::draft::MOST_PIECES;
use crate::error::CompileError;
use crate::{auto, bumps};

/// Constructs and proves one of a spec's networks.
///
/// # Errors
/// A diagnostic that names the place in the spec: the target where the target is the trouble, the network otherwise.
pub fn compile(spec: &Spec, wanted: &NetworkSpec) -> Result<Compiled, Diagnostic> {
    pipeline(spec, wanted).map_err(|error| error.diagnose(spec, wanted))
}

fn pipeline(spec: &Spec, wanted: &NetworkSpec) -> Result<Compiled, CompileError> {
    check_widths(&spec.domain)?;
    check_target(spec, wanted.method.output())?;
    match &wanted.method {
        Method::Auto(parameters) => auto::choose(spec, wanted, parameters),
        method => construct(spec, wanted, method, MOST_PIECES),
    }
}

/// Constructions divide the width of the domain, so binary64 must hold it.
fn check_widths(inputs: &[Input]) -> Result<(), CompileError> {
    match inputs.iter().find(|input| !(input.hi - input.lo).is_finite()) {
        Some(Input { name, lo, hi, .. }) => Err(CompileError::Parameters {
            message: format!("the domain of {name}, from {lo:?} to {hi:?}, is wider than the largest binary64"),
            help: format!("halve the domain of {name}, or write the target for a multiple of it"),
        }),
        None => Ok(()),
    }
}

/// The target must be defined and bounded on its whole domain, and its logit too where the output is logistic.
fn check_target(spec: &Spec, output: Activation) -> Result<(), CompileError> {
    analyse(&spec.target, &spec.domain).map_err(CompileError::Undefined)?;
    if output == Activation::Logistic {
        bumps::check_unit_range(&spec.target, &spec.domain[0])?;
        analyse(&spec.target.logit(), &spec.domain).map_err(|refusal| {
            CompileError::Undefined(bumpnet_prove::Refusal {
                problem: "`output: logistic` needs a target between 0 and 1; that cannot be proved".to_owned(),
                ..refusal
            })
        })?;
    }
    Ok(())
}

/// The same network wanted at another resolution. Given edges or heights fix the resolution: then it stays.
///
/// Returns whether it could be changed.
pub fn with_resolution(wanted: &mut NetworkSpec, resolution: usize) -> bool {
    let fixed = match &wanted.method {
        Method::Bumps(bumps) => {
            matches!(bumps.placement, Placement::Given(_)) || matches!(bumps.heights, Heights::Given(_))
        }
        _ => false,
    };
    if !fixed {
        wanted.method.set_resolution(resolution);
    }
    !fixed
}
