//! `certify`: from a target and a network to a certificate, by the proof that is for the network's form; and `verify`: whether
//! a certificate holds.

use bumpnet_ir::{Activation, Certificate, Expr, Input, Network};

use crate::analyse::analyse;
use crate::error::{CertifyError, sound};
use crate::proved::Proved;
use crate::several::{self, Question};
use crate::{boxes, composed, grid, one_input};

/// Proves how far a network is from a target over the network's domain.
///
/// `threshold` is an error that matters, such as a gate: where the true error is below it, more work is done until the
/// upper bound is so too. It may be infinite.
///
/// # Errors
/// The target is undefined or unbounded somewhere in the domain, or the network has a form that is not proved.
pub fn certify(target: &Expr, network: &Network, threshold: f64) -> Result<Proved, CertifyError> {
    network.check().map_err(CertifyError::Form)?;
    let certificate = match one_input::certify(target, network, threshold) {
        Some(proved) => proved,
        None => of_several(target, network, threshold),
    }?;
    sound(&certificate)?;
    Ok(Proved::new(certificate))
}

/// The proof for any other form.
fn of_several(target: &Expr, network: &Network, threshold: f64) -> Result<Certificate, CertifyError> {
    let scale = analyse(target, &network.inputs).map_err(CertifyError::Target)?.magnitude().get();
    let question = Question { target, network, threshold, scale };
    match network.graph {
        Some(_) => composed::certify(&question),
        None if grid::is_for(network) => grid::certify(&question),
        None => boxes::certify(&question),
    }
}

/// Whether a certificate holds for a network, proved anew. The result is what was proved, which is no worse.
///
/// # Errors
/// What does not hold, or why it cannot be proved.
pub fn verify(target: &Expr, network: &Network, stated: &Certificate) -> Result<Proved, String> {
    // The same work as for an ordinary certificate, and that of one that was asked for an error only if this does not
    // reach what is stated.
    let first = certify(target, network, f64::INFINITY);
    let short = first.as_ref().is_ok_and(|proved| unproved(stated, proved).is_some() && proved.lower <= stated.upper);
    let proved = match if short { certify(target, network, stated.upper) } else { first } {
        Ok(proved) => proved,
        Err(CertifyError::Form(what) | CertifyError::Contradiction(what)) => return Err(what),
        Err(CertifyError::Target(refusal)) => {
            return Err(format!("{} {}", refusal.problem, refusal.place(&network.inputs)));
        }
    };
    if let Some(reason) = unproved(stated, &proved) {
        return Err(reason);
    }
    let output = network.output();
    let at_argmax = attained(target, network, output, &stated.argmax)?;
    // The proof may know the error at its own argmax better than one evaluation there does.
    let known = if stated.argmax == proved.argmax { at_argmax.max(proved.lower) } else { at_argmax };
    check_lower("lower", stated.lower, known)?;
    if !(stated.rms.0 <= proved.rms.0) {
        return Err(format!("`rms` is at least {:?}, but only {:?} can be proved", stated.rms.0, proved.rms.0));
    }
    if let Some(hidden) = &stated.hidden {
        let Some(proved) = &proved.hidden else { return Err("nothing can be proved of `hidden`".to_owned()) };
        if !(hidden.upper >= proved.upper) {
            return Err(format!("`hidden` is at most {:?}, but only {:?} can be proved", hidden.upper, proved.upper));
        }
        let error = attained(&target.logit(), network, Activation::Identity, &hidden.argmax)?;
        let known = if hidden.argmax == proved.argmax { error.max(proved.lower) } else { error };
        check_lower("the lower bound of `hidden`", hidden.lower, known)?;
    }
    Ok(proved)
}

/// The first upper bound that is stated and not proved. Comparisons are such that a NaN is never proved.
fn unproved(stated: &Certificate, proved: &Certificate) -> Option<String> {
    let claims = [
        ("upper", stated.upper, proved.lower, proved.upper),
        ("evaluated", stated.evaluated, 0.0, proved.evaluated),
        ("rms", stated.rms.1, proved.rms.0, proved.rms.1),
    ];
    claims.into_iter().find(|(_, claim, _, proved_from)| !(claim >= proved_from)).map(
        |(name, claim, refuted_below, proved_from)| match claim < refuted_below {
            true => format!("`{name}` is {claim:?}, but the error is proved to be at least {refuted_below:?}"),
            false => format!("`{name}` is {claim:?}, but only {proved_from:?} can be proved"),
        },
    )
}

fn check_lower(name: &str, claim: f64, attained: f64) -> Result<(), String> {
    match claim <= attained {
        true => Ok(()),
        false => Err(format!("{name} is {claim:?}, but the error at its argmax is {attained:?}")),
    }
}

/// What the error is at least at a stated point of the domain.
fn attained(target: &Expr, network: &Network, output: Activation, argmax: &[f64]) -> Result<f64, String> {
    let inside = |(x, input): (&f64, &Input)| (input.lo..=input.hi).contains(x);
    if argmax.len() != network.inputs.len() || !argmax.iter().zip(&network.inputs).all(inside) {
        return Err("`argmax` is not a point of the domain".to_owned());
    }
    match argmax {
        [x] if one_input::is_for(network) => Ok(one_input::error_at(target, network, output, *x)),
        _ => Ok(several::error_at(target, network, argmax).mignitude()),
    }
}
