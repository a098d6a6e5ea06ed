//! Certificates of smooth networks over boxes, by a search for the largest error.

mod sample;
pub mod search;
mod subproblem;

use bumpnet_ir::{Certificate, Expr, Network};
use bumpnet_kernel::boxes::proof::{BoxProof, Boxes};
use bumpnet_kernel::boxes::replay;
use bumpnet_kernel::boxes::source::Source;
use bumpnet_kernel::log::Log;
use bumpnet_kernel::{CertifyError, Proved};

use crate::cover::{Cover, Part};
use crate::one_input::Asked;
use crate::watch::stopped;
use search::SearchResult;

/// Proves how far the network is from its target; the cover is empty unless it is to be kept.
///
/// # Errors
/// The target is not defined and bounded on the whole domain, or the error cannot be told from infinity.
pub fn certify(
    target: &Expr,
    network: &Network,
    wanted: Asked<'_>,
    kept: bool,
) -> Result<(Proved, Cover), CertifyError> {
    let boxes = Boxes::new(target, network)?;
    let threshold = wanted.threshold;
    let found = search::run(&boxes, threshold, kept);
    let weighted = wanted.measure.map(|measure| Boxes::in_measure(target, measure, network)).transpose()?;
    let (measured, log) = in_measure(weighted.as_ref(), wanted.in_measure, kept);
    let (either, hidden) = (boxes.either(), boxes.hidden());
    let either = either.as_ref().map(|boxes| search::run(boxes, threshold, kept));
    let hidden = hidden.as_ref().map(|boxes| search::run(boxes, f64::INFINITY, kept));
    let cover = Cover::new(vec![
        (Part::Error, found.proof.log()),
        (Part::Either, either.as_ref().and_then(|either| either.proof.log())),
        (Part::Hidden, hidden.as_ref().and_then(|hidden| hidden.proof.log())),
        log,
    ]);
    let note = (found.proof.upper() > 1.01 * found.lower).then(|| note(&found));
    let either = either.map(|either| either.proof);
    let hidden = hidden.map(|hidden| (hidden.proof, hidden.argmax));
    Ok((found.proof.conclude(found.argmax, either, hidden, measured, note)?, cover))
}

/// A complete proof, and a point at which its error is large.
pub type WithArgmax<'b, 'q> = (BoxProof<'b, Boxes<'q>>, Vec<f64>);

/// The proof about an error in a measure, if one is asked for, and its log.
pub fn in_measure<'b, 'q>(
    weighted: Option<&'b Boxes<'q>>,
    threshold: f64,
    kept: bool,
) -> (Option<WithArgmax<'b, 'q>>, (Part, Option<Log>)) {
    let found = weighted.map(|boxes| search::run(boxes, threshold, kept));
    let log = (Part::Measured, found.as_ref().and_then(|found| found.proof.log()));
    (found.map(|found| (found.proof, found.argmax)), log)
}

/// The proof that a cover holds, made anew step by step; `None` where it does not fit.
pub fn by_cover(target: &Expr, network: &Network, cover: &Cover) -> Option<Result<Proved, CertifyError>> {
    let stated = network.certificate.as_ref()?;
    let boxes = Boxes::new(target, network).ok()?;
    let proof = repeat(&boxes, cover.part(Part::Error)?)?;
    let other = match cover.part(Part::Either) {
        Some(_) => boxes.either(),
        None => None,
    };
    let either = match (&other, cover.part(Part::Either)) {
        (Some(boxes), Some(log)) => Some(repeat(boxes, log)?),
        _ => None,
    };
    let layers = stated.hidden.as_ref().and_then(|_| boxes.hidden());
    let hidden = match (&layers, cover.part(Part::Hidden), &stated.hidden) {
        (Some(boxes), Some(log), Some(stated)) => Some((repeat(boxes, log)?, stated.argmax.clone())),
        _ => None,
    };
    let weighted = weighted(target, network, stated)?;
    let measured = repeat_measured(weighted.as_ref(), stated, cover)?;
    Some(proof.conclude(stated.argmax.clone(), either, hidden, measured, stated.note.clone()))
}

/// The error in the measure that is stated, if one is; `None` where there is none such.
pub fn weighted<'q>(target: &'q Expr, network: &'q Network, stated: &Certificate) -> Option<Option<Boxes<'q>>> {
    match &stated.measured {
        Some(stated) => Boxes::in_measure(target, &stated.measure, network).ok().map(Some),
        None => Some(None),
    }
}

/// The proof about that, from its log; `None` where that does not fit.
#[allow(clippy::option_option)] // a proof that is not there, and one that does not fit
pub fn repeat_measured<'b, 'q>(
    weighted: Option<&'b Boxes<'q>>,
    stated: &Certificate,
    cover: &Cover,
) -> Option<Option<WithArgmax<'b, 'q>>> {
    match (weighted, cover.part(Part::Measured), &stated.measured) {
        (Some(boxes), Some(log), Some(stated)) => Some(Some((repeat(boxes, log)?, stated.argmax.clone()))),
        _ => Some(None),
    }
}

/// Repeats a proof from its log; `None` where that does not fit.
pub fn repeat<'b, S: Source>(source: &'b S, log: &Log) -> Option<BoxProof<'b, S>> {
    let mut steps = log.read();
    let arithmetic = search::arithmetic(steps.step()?)?;
    let proof = replay::from_root(source, arithmetic, &mut steps)?;
    steps.end()?;
    Some(proof)
}

fn note(found: &SearchResult<'_, Boxes<'_>>) -> String {
    match found.limited {
        _ if stopped() => "the proof was stopped".to_owned(),
        true => "not resolved further: the error is near the rounding of its own terms, or the target is not smooth"
            .to_owned(),
        false => "the proof stopped early".to_owned(),
    }
}
