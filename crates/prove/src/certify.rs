//! `certify`: from a target and a network to a certificate, by the proof that is for the network's form; and `verify`: whether
//! a certificate holds.

use bumpnet_ir::{Activation, Certificate, Expr, InMeasure, Input, Network};
use bumpnet_kernel::analyse::{Refusal, analyse};
use bumpnet_kernel::boxes::proof::Boxes;
use bumpnet_kernel::boxes::source::Source;
use bumpnet_kernel::line::{Line, is_line};
use bumpnet_kernel::several::inside;
use bumpnet_kernel::{CertifyError, Proved, several};

use crate::cover::Cover;
use crate::one_input::Asked;
use crate::{boxes, composed, grid, one_input, sample};

/// Proves how far a network is from a target over the network's domain.
///
/// `threshold` is an error that matters, such as a gate: where the true error is below it, more work is done until the
/// upper bound is so too. It may be infinite.
///
/// # Errors
/// The target is undefined or unbounded somewhere in the domain, or the network has a form that is not proved.
pub fn certify(target: &Expr, network: &Network, threshold: f64) -> Result<Proved, CertifyError> {
    certify_in(target, network, Asked::within(threshold))
}

/// The same, and the error in a measure besides.
///
/// # Errors
/// As for [`certify`]; or the measure has no weight on the domain, or is not one of the network's form.
pub fn certify_in(target: &Expr, network: &Network, wanted: Asked<'_>) -> Result<Proved, CertifyError> {
    search(target, network, wanted, false).map(|(proved, _)| proved)
}

fn search(target: &Expr, network: &Network, wanted: Asked<'_>, kept: bool) -> Result<(Proved, Cover), CertifyError> {
    if let Some(proved) = one_input::certify(target, network, wanted, kept) {
        return proved;
    }
    match network.graph {
        Some(_) => composed::certify(target, network, wanted, kept),
        None if grid::is_for(network) && wanted.measure.is_some() => {
            let form = "errors in a measure are not proved of networks that are constant on boxes of several inputs";
            Err(CertifyError::Form(form.to_owned()))
        }
        None if grid::is_for(network) => grid::certify(target, network, wanted.threshold, kept),
        None => boxes::certify(target, network, wanted, kept),
    }
}

/// The proof that a cover names, made step by step; `None` where it does not fit the network and its certificate.
fn by_cover(target: &Expr, network: &Network, cover: &Cover) -> Option<Result<Proved, CertifyError>> {
    match network.graph {
        _ if is_line(network) => one_input::by_cover(target, network, cover),
        Some(_) => composed::by_cover(target, network, cover),
        None if grid::is_for(network) => grid::by_cover(target, network, cover),
        None => boxes::by_cover(target, network, cover),
    }
}

/// Whether a certificate holds for a network, proved anew. The result is what was proved, which is no worse.
///
/// # Errors
/// What does not hold, or why it cannot be proved.
pub fn verify(target: &Expr, network: &Network, stated: &Certificate) -> Result<Proved, String> {
    // What one point shows to be false takes no search.
    let known = seen(target, network);
    if known > stated.upper {
        analyse(target, &network.inputs).map_err(|refusal| undefined(&refusal, network))?;
        return Err(below("`upper`", stated.upper, known));
    }
    // The same work as for an ordinary certificate, and that of one that was asked for an error only if this does not
    // reach what is stated.
    let measure = stated.measured.as_ref().map(|stated| &stated.measure);
    let first = certify_in(target, network, Asked { measure, ..Asked::within(f64::INFINITY) });
    let short = first.as_ref().is_ok_and(|proved| unproved(stated, proved).is_some() && proved.lower <= stated.upper);
    let proved = match if short { certify_in(target, network, aims(stated)) } else { first } {
        Ok(proved) => proved,
        Err(CertifyError::Form(what) | CertifyError::Contradiction(what)) => return Err(what),
        Err(CertifyError::Target(refusal) | CertifyError::Weight(refusal)) => return Err(undefined(&refusal, network)),
    };
    holds(target, network, stated, &proved)?;
    Ok(proved)
}

/// What a certificate states, as what is asked of a proof.
fn aims(stated: &Certificate) -> Asked<'_> {
    let measured = stated.measured.as_ref();
    Asked {
        threshold: stated.upper,
        measure: measured.map(|measured| &measured.measure),
        in_measure: measured.map_or(f64::INFINITY, |measured| measured.upper),
    }
}

fn undefined(refusal: &Refusal, network: &Network) -> String {
    format!("{} {}", refusal.problem, refusal.place(&network.inputs))
}

/// Points at which a certificate is held against the error before it is proved. Heuristic: most false ones fail at any.
const TRIED: usize = 4;

/// The largest error proved at a few points.
fn seen(target: &Expr, network: &Network) -> f64 {
    let points = sample::lattice(&network.inputs, TRIED);
    let error = |point: &[f64]| several::at_least(target, network, point).unwrap_or(0.0);
    points.chunks(network.inputs.len().max(1)).map(error).fold(0.0, f64::max)
}

/// A cover from which a network's certificate can be proved without a search, found by one.
///
/// # Errors
/// What does not hold, or why it cannot be proved.
pub fn cover(target: &Expr, network: &Network, stated: &Certificate) -> Result<Cover, String> {
    // As in `verify`: with the error that is stated in mind only where nothing else does.
    let aims = aims(stated);
    for wanted in [Asked { threshold: f64::INFINITY, in_measure: f64::INFINITY, ..aims }, aims] {
        if let Ok((proved, cover)) = search(target, network, wanted, true)
            && unproved(stated, &proved).is_none()
        {
            return Ok(cover);
        }
    }
    verify(target, network, stated).and(Err("no cover of this proof is found".to_owned()))
}

/// Whether a certificate holds for a network, by the proof that a cover names; `None` where that proof is not complete or
/// does not reach what is stated, so that nothing is said of the certificate.
pub fn verify_by(cover: &Cover, target: &Expr, network: &Network, stated: &Certificate) -> Option<Proved> {
    let with = network.clone().with_certificate(Some(stated.clone()));
    let proved = by_cover(target, &with, cover)?.ok()?;
    holds(target, network, stated, &proved).is_ok().then_some(proved)
}

/// Whether what is stated was proved.
///
/// # Errors
/// What was not.
fn holds(target: &Expr, network: &Network, stated: &Certificate, proved: &Proved) -> Result<(), String> {
    if let Some(reason) = unproved(stated, proved) {
        return Err(reason);
    }
    let known = match stated.argmax == proved.argmax {
        true => proved.lower,
        false => attained(target, network, network.output(), &stated.argmax)?,
    };
    check_lower("lower", stated.lower, known)?;
    if !(stated.rms.0 <= proved.rms.0) {
        return Err(format!("`rms` is at least {:?}, but only {:?} can be proved", stated.rms.0, proved.rms.0));
    }
    if let Some(measured) = &stated.measured {
        inside(network, &measured.argmax)
            .map_err(|_| "`argmax` of `measured` is not a point of the domain".to_owned())?;
        let attained = attained_in(target, network, measured).ok_or("nothing can be proved of `measured`")?;
        check_lower("the lower bound of `measured`", measured.lower, attained)?;
        let known = proved.measured.as_ref().map_or(0.0, |proved| proved.rms.0);
        if !(measured.rms.0 <= known) {
            return Err(format!(
                "`rms` of `measured` is at least {:?}, but only {known:?} can be proved",
                measured.rms.0
            ));
        }
    }
    if let Some(hidden) = &stated.hidden {
        let Some(proved) = &proved.hidden else { return Err("nothing can be proved of `hidden`".to_owned()) };
        if !(hidden.upper >= proved.upper) {
            return Err(format!("`hidden` is at most {:?}, but only {:?} can be proved", hidden.upper, proved.upper));
        }
        let known = match hidden.argmax == proved.argmax {
            true => proved.lower,
            false => attained(&target.logit(), network, Activation::Identity, &hidden.argmax)?,
        };
        check_lower("the lower bound of `hidden`", hidden.lower, known)?;
    }
    Ok(())
}

/// The words for a bound that is below a proved error.
fn below(name: &str, claim: f64, known: f64) -> String {
    format!("{name} is {claim:?}, but the error is proved to be at least {known:?}")
}

/// The first upper bound that is stated and not proved. Comparisons are such that a NaN is never proved.
fn unproved(stated: &Certificate, proved: &Certificate) -> Option<String> {
    let mut claims = vec![
        ("`upper`", stated.upper, proved.lower, proved.upper),
        ("`evaluated`", stated.evaluated, 0.0, proved.evaluated),
        ("`rms`", stated.rms.1, proved.rms.0, proved.rms.1),
    ];
    match (&stated.measured, &proved.measured) {
        (Some(stated), Some(proved)) if stated.measure == proved.measure => claims.extend([
            ("`upper` of `measured`", stated.upper, proved.lower, proved.upper),
            ("`evaluated` of `measured`", stated.evaluated, 0.0, proved.evaluated),
            ("`rms` of `measured`", stated.rms.1, proved.rms.0, proved.rms.1),
        ]),
        (Some(_), _) => return Some("nothing can be proved of `measured`".to_owned()),
        (None, _) => {}
    }
    claims.into_iter().find(|(_, claim, _, proved_from)| !(claim >= proved_from)).map(
        |(name, claim, refuted_below, proved_from)| match claim < refuted_below {
            true => below(name, claim, refuted_below),
            false => format!("{name} is {claim:?}, but only {proved_from:?} can be proved"),
        },
    )
}

fn check_lower(name: &str, claim: f64, attained: f64) -> Result<(), String> {
    match claim <= attained {
        true => Ok(()),
        false => Err(format!("{name} is {claim:?}, but the error at its argmax is {attained:?}")),
    }
}

/// What the error is at least at a stated point of the domain, of the network with that activation at its output.
fn attained(target: &Expr, network: &Network, output: Activation, argmax: &[f64]) -> Result<f64, String> {
    let inside = |(x, input): (&f64, &Input)| (input.lo..=input.hi).contains(x);
    if argmax.len() != network.inputs.len() || !argmax.iter().zip(&network.inputs).all(inside) {
        return Err("`argmax` is not a point of the domain".to_owned());
    }
    let network = network.changed(|parts| {
        if let Some(last) = parts.layers.last_mut() {
            last.activation = output;
        }
    })?;
    match (argmax, Line::new(target, &network)) {
        ([x], Some(Ok(line))) => Ok(line.error_at(*x).mignitude()),
        _ => Ok(several::error_at(target, &network, argmax).mignitude()),
    }
}

/// What the error in a measure is at least at the stated point.
fn attained_in(target: &Expr, network: &Network, stated: &InMeasure) -> Option<f64> {
    match (&stated.argmax[..], Line::in_measure(target, &stated.measure, network)) {
        ([x], Some(line)) => Some(line.ok()?.error_at(*x).mignitude()),
        (point, _) => Some(Boxes::in_measure(target, &stated.measure, network).ok()?.error_at(point).mignitude()),
    }
}
