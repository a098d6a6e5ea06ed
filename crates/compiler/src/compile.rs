//! The pipeline: spec in, network and certificate out.

use bumpnet_ir::{Activation, Bumps, Certificate, Diagnostic, Heights, Method, Network, NetworkSpec, Placement, Spec};
use bumpnet_prove::{CertifyError, analyse, certify};

use crate::CompileError;
use crate::bumps::{self, Budget, Draft};
use crate::search::{self, Found};

/// A network with its certificate, and how it was found.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The network, its certificate in it.
    pub network: Network,
    /// Bumps, or straight pieces.
    pub pieces: usize,
    /// Proved: no function of this form with fewer pieces has so small an error.
    pub at_least: Option<usize>,
    /// Why `max_error` was not met, if it was not.
    pub missed: Option<String>,
}

/// Constructs and proves one of a spec's networks.
///
/// # Errors
/// A diagnostic that names the place in the spec: the target where the target is the trouble, the network otherwise.
pub fn compile(spec: &Spec, wanted: &NetworkSpec) -> Result<Compiled, Diagnostic> {
    pipeline(spec, wanted).map_err(|error| error.diagnose(spec, wanted))
}

fn pipeline(spec: &Spec, wanted: &NetworkSpec) -> Result<Compiled, CompileError> {
    let Method::Bumps(parameters) = &wanted.method;
    check_target(spec, parameters)?;
    let build = |budget: Budget| {
        let draft = bumps::build(&spec.target, &spec.domain[0], parameters, budget)?;
        prove(spec, wanted, draft)
    };
    let found = match (parameters.resolution, wanted.max_error, &parameters.placement) {
        (Some(n), _, _) => Found { compiled: build(Budget::Pieces(n))?, stalled: false },
        (None, Some(eps), Placement::Optimal) => {
            Found { compiled: aimed(eps, |aim| build(Budget::Error(aim)))?, stalled: false }
        }
        (None, eps, _) => search::smallest(eps.unwrap_or(f64::INFINITY), |n| build(Budget::Pieces(n)))?,
    };
    let upper = found.compiled.network.certificate.as_ref().map_or(f64::INFINITY, |c| c.upper);
    let missed = wanted.max_error.filter(|eps| upper > *eps).map(|eps| match found.stalled {
        true => format!("max_error {eps:?} is out of reach: the proved error stays at {upper:.4e} with more bumps"),
        false => format!("max_error {eps:?} is not met: the proved error is {upper:.4e}"),
    });
    Ok(Compiled { missed, ..found.compiled })
}

/// Tries of a placement that aims at an error by sampling and misses it by a little; heuristic.
const AIMS: usize = 4;

/// A placement for an error; where the proof finds a little more than that, it is asked for a little less.
fn aimed(eps: f64, build: impl Fn(f64) -> Result<Compiled, CompileError>) -> Result<Compiled, CompileError> {
    let mut aim = eps;
    let mut built = build(aim)?;
    for _ in 1..AIMS {
        let upper = built.network.certificate.as_ref().map_or(f64::INFINITY, |certificate| certificate.upper);
        if upper <= eps || !upper.is_finite() {
            break;
        }
        aim *= 0.9995 * eps / upper;
        let next = build(aim)?;
        let better = next.network.certificate.as_ref().is_some_and(|certificate| certificate.upper < 0.999 * upper);
        if !better {
            break; // the error is not the placement's, such as half a bump at the ends
        }
        built = next;
    }
    Ok(built)
}

/// The target must be defined and bounded on its whole domain, and its logit too where the output is logistic.
fn check_target(spec: &Spec, parameters: &Bumps) -> Result<(), CompileError> {
    let input = &spec.domain[0];
    analyse(&spec.target, input).map_err(CompileError::Undefined)?;
    if parameters.output == Activation::Logistic {
        bumps::check_unit_range(&spec.target, input)?;
        analyse(&spec.target.logit(), input).map_err(|refusal| {
            CompileError::Undefined(bumpnet_prove::Refusal {
                problem: "`output: logistic` needs a target between 0 and 1; that cannot be proved".to_owned(),
                ..refusal
            })
        })?;
    }
    Ok(())
}

fn prove(spec: &Spec, wanted: &NetworkSpec, draft: Draft) -> Result<Compiled, CompileError> {
    let mut network = Network {
        name: format!("{}/{}", spec.name, wanted.name),
        target: spec.target.to_string(),
        inputs: spec.domain.clone(),
        layers: draft.layers,
        certificate: None,
    };
    debug_assert_eq!(network.check(), Ok(()));
    let gate = wanted.gate.as_ref().map_or(f64::INFINITY, |gate| gate.max_error);
    // An error that the construction aimed at is worth proving to a millionth.
    let threshold = gate.min(wanted.max_error.unwrap_or(f64::INFINITY)).min(draft.aim * (1.0 + 1e-6));
    let certificate: Certificate = certify(&spec.target, &network, threshold).map_err(|error| match error {
        CertifyError::Target(refusal) => CompileError::Undefined(refusal),
        CertifyError::Form(what) => CompileError::Unproved(what),
    })?;
    // A count of pieces is about the error aimed at, so it is only told of networks that are proved to reach it.
    let at_least = draft.at_least.filter(|_| certificate.upper <= draft.aim * (1.0 + 2e-6));
    network.certificate = Some(certificate);
    Ok(Compiled { network, pieces: draft.pieces, at_least, missed: None })
}

/// The same network wanted at another resolution. Given edges or heights fix the resolution: then it stays.
///
/// Returns whether it could be changed.
pub fn with_resolution(wanted: &mut NetworkSpec, resolution: usize) -> bool {
    let Method::Bumps(bumps) = &mut wanted.method;
    let fixed = matches!(bumps.placement, Placement::Given(_)) || matches!(bumps.heights, Heights::Given(_));
    if !fixed {
        bumps.resolution = Some(resolution);
    }
    !fixed
}
