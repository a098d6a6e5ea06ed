//! The pipeline: spec in, network and certificate out.

use std::borrow::Cow;

use bumpnet_ir::{Activation, Diagnostic, Heights, Input, Method, NetworkSpec, Placement, Spec};
use bumpnet_prove::watch::stopped;
use bumpnet_prove::{analyse, settle};

use crate::compiled::Compiled;
use crate::construct::construct;
use crate::draft::MOST_PIECES;
use crate::error::CompileError;
use crate::{auto, bumps};

/// Fewest steps between neighbouring numbers on each of several axes. Heuristic: constructions sample some hundred places.
const FEWEST_STEPS: u64 = 1023;

/// Constructs and proves one of a spec's networks.
///
/// # Errors
/// A diagnostic that names the place in the spec: the target where the target is the trouble, the network otherwise.
pub fn compile(spec: &Spec, wanted: &NetworkSpec) -> Result<Compiled, Diagnostic> {
    let mut built = pipeline(spec, wanted).map_err(|error| error.diagnose(spec, wanted))?;
    // Whatever a search that was stopped says of itself, it might have come further.
    if stopped() && built.missed.is_some() {
        built.missed = Some("the search was stopped; this is the best so far".to_owned());
    }
    Ok(built)
}

fn pipeline(spec: &Spec, wanted: &NetworkSpec) -> Result<Compiled, CompileError> {
    check_widths(&spec.domain)?;
    check_numbers(&spec.domain)?;
    match settle(&spec.target, &spec.domain).map_err(CompileError::Undefined)? {
        Cow::Borrowed(_) => build(spec, wanted),
        Cow::Owned(target) => build(&Spec { target, ..spec.clone() }, wanted),
    }
}

/// For a target that is seen to be defined and bounded on its whole domain.
fn build(spec: &Spec, wanted: &NetworkSpec) -> Result<Compiled, CompileError> {
    check_logit(spec, wanted.method.output())?;
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

/// Constructions for several inputs sample each axis and divide it, so it must hold more than a few numbers. (Those for one
/// input work on domains of any size.)
fn check_numbers(inputs: &[Input]) -> Result<(), CompileError> {
    match inputs.iter().find(|input| inputs.len() > 1 && steps(input) < FEWEST_STEPS) {
        Some(input) => Err(CompileError::Parameters {
            message: format!(
                "the domain of {name}, from {lo:?} to {hi:?}, has {} numbers of binary64; networks of several inputs take at \
                 least {}",
                steps(input) + 1,
                FEWEST_STEPS + 1,
                name = input.name,
                lo = input.lo,
                hi = input.hi,
            ),
            help: format!("make it wider, or write {} as a constant in `let`", input.name),
        }),
        None => Ok(()),
    }
}

/// Steps from one number of binary64 to the next from a domain's lower to its upper end.
fn steps(input: &Input) -> u64 {
    // In the order of the numbers; +0 and -0 are one.
    let place = |x: f64| {
        let magnitude = x.abs().to_bits() as i64;
        if x < 0.0 { -magnitude } else { magnitude }
    };
    place(input.hi).abs_diff(place(input.lo))
}

/// The target's logit must be defined and bounded too where the output is logistic.
fn check_logit(spec: &Spec, output: Activation) -> Result<(), CompileError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_across_zero() {
        let steps = |lo: f64, hi: f64| steps(&Input { name: "x".into(), lo, hi });
        for a in [0.0, 1.0, 1e300, 5e-324, -1.0, -5e-324, -0.0] {
            assert_eq!(steps(a, a.next_up()), 1, "{a:e}");
        }
        assert_eq!(steps(-1e-323, 1e-323), 4);
        assert!(steps(f64::MIN, f64::MAX) > u64::MAX / 2);
    }
}
