//! From a complete proof about a line to a certificate: what is true of the error everywhere, at one point, in the mean, and of
//! what runs.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Certificate, Hidden, InMeasure};

use crate::error::CertifyError;
use crate::exact_sums::jumps_add_up_exactly;
use crate::line::Line;
use crate::on_line::LineProof;
use crate::proved::Proved;
use crate::several::inside;
use crate::taken::Taken;
use crate::{machine, rounding};

/// How these certificates are proved.
pub const METHOD: &str = "taylor-model";
/// The part of the error up to which the evaluator's rounding is not looked at more closely. Heuristic.
const NEGLIGIBLE: f64 = 1e-3;

/// What a certificate says besides the bound.
#[derive(Debug, Default)]
pub struct Ending<'l, 'q> {
    /// A point at which the error is large.
    pub argmax: f64,
    /// Another proof of the same, whose mean square and cells are to be told.
    pub squares: Option<LineProof<'l, 'q>>,
    /// A proof about the [hidden layer](Line::hidden), and a point at which its error is large.
    pub hidden: Option<(LineProof<'l, 'q>, f64)>,
    /// A proof about the error [in a measure](Line::in_measure), and a point at which that is large.
    pub measured: Option<(LineProof<'l, 'q>, f64)>,
    /// Divisions for a bound of what runs at the numbers of its precision alone, where jumps of network and target cannot
    /// be told apart otherwise.
    pub at_numbers: Option<usize>,
    /// Why the bound is not tight.
    pub note: Option<String>,
}

impl LineProof<'_, '_> {
    /// The certificate.
    ///
    /// # Errors
    /// Something is not proved.
    pub fn conclude(self, ending: Ending<'_, '_>) -> Result<Proved, CertifyError> {
        let line = self.line();
        inside(line.network, &[ending.argmax])?;
        let incomplete = || CertifyError::Contradiction("a part of the domain is left out of a proof".to_owned());
        let same = |other: &LineProof<'_, '_>| std::ptr::eq(other.line(), line) && other.ledger.is_closed();
        if !self.ledger.is_closed() || ending.squares.as_ref().is_some_and(|other| !same(other)) {
            return Err(incomplete());
        }
        let upper = self.ledger.upper();
        let squares = ending.squares.as_ref().map_or(&self.ledger, |other| &other.ledger);
        let domain = line.domain();
        let rms = squares.root_mean_square((domain.a, domain.b));
        let hidden = match ending.hidden {
            Some((proof, argmax)) => Some(of_hidden(line, &proof, argmax).ok_or_else(incomplete)?),
            None => None,
        };
        let measured = match ending.measured {
            Some((proof, argmax)) => Some(of_measure(line, &proof, argmax).ok_or_else(incomplete)?),
            None => None,
        };
        if line.weight.is_some() {
            return Err(CertifyError::Form("a proof in a measure alone is no certificate".to_owned()));
        }
        Proved::new(Certificate {
            lower: line.error_at(ending.argmax).mignitude(),
            upper,
            argmax: vec![ending.argmax],
            rms: (rms.0.min(upper), rms.1.min(upper)),
            method: METHOD.to_owned(),
            evaluated: evaluated(line, upper, ending.at_numbers).get(),
            cells: squares.cells(),
            hidden,
            measured,
            note: ending.note,
        })
    }
}

/// What is proved of the hidden layer; `None` where that proof is about something else, or not complete.
fn of_hidden(line: &Line<'_>, proof: &LineProof<'_, '_>, argmax: f64) -> Option<Hidden> {
    let hidden = proof.line();
    let same = std::ptr::eq(hidden.network, line.network)
        && hidden.target == line.target.logit()
        && hidden.weight.is_none()
        && (hidden.output, line.output != Activation::Identity) == (Activation::Identity, true);
    let inside = inside(line.network, &[argmax]).is_ok();
    (same && inside && proof.ledger.is_closed()).then(|| Hidden {
        lower: hidden.error_at(argmax).mignitude(),
        upper: proof.ledger.upper(),
        argmax: vec![argmax],
    })
}

/// What is proved of the error in a measure; `None` where that proof is about something else, or not complete.
fn of_measure(line: &Line<'_>, proof: &LineProof<'_, '_>, argmax: f64) -> Option<InMeasure> {
    let weighted = proof.line();
    let (measure, _) = weighted.weight.as_ref()?;
    let same = std::ptr::eq(weighted.network, line.network)
        && (&weighted.target, weighted.output) == (&line.target, line.output);
    let inside = inside(line.network, &[argmax]).is_ok();
    if !same || !inside || !proof.ledger.is_closed() {
        return None;
    }
    let (upper, domain) = (proof.ledger.upper(), line.domain());
    let rms = proof.ledger.root_mean_square((domain.a, domain.b));
    let rounding = rounding::weighted(line.network, line.units(), |x| weighted.weigh(x).magnitude());
    Some(InMeasure {
        measure: measure.clone(),
        lower: weighted.error_at(argmax).mignitude(),
        upper,
        argmax: vec![argmax],
        rms: (rms.0.min(upper), rms.1.min(upper)),
        evaluated: (UpperBound::new(upper.max(taken_early(line, weighted))) + rounding).get(),
    })
}

/// The error where the evaluator alone takes a jump within the domain, in the measure of another line about the same.
fn taken_early(line: &Line<'_>, measured: &Line<'_>) -> f64 {
    let Some(((from, k), jumps)) = line.jumps.as_ref().and_then(|jumps| Some((jumps.early?, jumps))) else {
        return 0.0;
    };
    let x = Interval::new(from, line.domain().b).unwrap_or(Interval::ENTIRE);
    let taken = line.output.apply(&jumps.sum(k + 1)) - line.target.eval(&[x]);
    measured.weighed(taken, x).magnitude().get()
}

/// The bound for the network as the evaluator computes it, at every number of its precision.
fn evaluated(line: &Line<'_>, upper: f64, at_numbers: Option<usize>) -> UpperBound {
    let (network, output) = (line.network, line.output);
    let mut bound = upper.max(taken_early(line, line));
    if let Some((divisions, taken)) = at_numbers.zip(Taken::new(network)) {
        // Where a step and a jump of the target cannot be told apart, no number may lie between them; where the error is
        // attained between numbers of binary32, none of these may come to it.
        bound = machine::bound(line, &taken, divisions).min(bound);
    }
    let rounding = match &line.jumps {
        _ if jumps_add_up_exactly(network) => {
            rounding::after_output(UpperBound::ZERO, output, network.precision.unit_roundoff())
        }
        Some(jumps) => rounding::of_jumps(jumps, output),
        None => rounding::of_units(network, line.units(), UpperBound::new(NEGLIGIBLE * upper)),
    };
    UpperBound::new(bound) + rounding
}
