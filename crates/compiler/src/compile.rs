//! The pipeline: spec in, network and certificate out.

use bumpnet_ir::{
    Activation, Diagnostic, Heights, Input, Layer, Method, Network, NetworkSpec, Placement, Precision, Spec, TowerForm,
};
use bumpnet_prove::{CertifyError, Standing, analyse, certify};

use crate::auto::{self, Candidate};
use crate::bumps::{self, Budget, Draft, MOST_PIECES};
use crate::search::{self, Found};
use crate::{CompileError, composed, graded, low_rank, ridge, smooth, superposition, towers};

/// A network with its certificate, and how it was found.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The network, its certificate in it.
    pub network: Network,
    /// That its certificate is proved.
    pub standing: Standing,
    /// The construction: the one asked for, or the one that `auto` chose.
    pub method: Method,
    /// Bumps, straight pieces, or steps.
    pub pieces: usize,
    /// Proved: no function of this form with fewer pieces has so small an error.
    pub at_least: Option<usize>,
    /// How it was constructed, a line each, where the parameters alone do not say.
    pub summary: Vec<String>,
    /// What each step of a composed network is made of.
    pub kinds: Vec<&'static str>,
    /// What `auto` tried, in order.
    pub candidates: Vec<Candidate>,
    /// Why `max_error` was not met, if it was not.
    pub missed: Option<String>,
}

impl Compiled {
    /// What an error asked for is compared with: the proved bound for the network; in binary32, where the evaluator's
    /// rounding is no trifle, for what it evaluates to.
    pub fn bound(&self) -> f64 {
        self.network.certificate.as_ref().map_or(f64::INFINITY, |proved| proved.bound(self.network.precision))
    }
}

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

/// One construction, with at most a number of pieces or neurons where an error is asked for.
///
/// # Errors
/// Those of the construction and of the proof.
pub fn construct(spec: &Spec, wanted: &NetworkSpec, method: &Method, most: usize) -> Result<Compiled, CompileError> {
    let build = |budget: Budget| {
        let draft = draft(spec, method, wanted.precision, budget)?;
        prove(spec, wanted, method, draft)
    };
    let sampled = !matches!(method, Method::Bumps(_));
    let by_error = |eps: f64| aimed(eps, sampled, |aim| build(Budget::Error { eps: aim, most }));
    let (resolution, by_number) = match method {
        Method::Bumps(bumps) => (bumps.resolution, bumps.placement != Placement::Optimal),
        Method::Smooth(smooth) => (smooth.neurons, false),
        Method::Graded(graded) => (graded.neurons, false),
        Method::Auto(auto) => (auto.neurons, false),
        Method::Composed(composed) => (composed.neurons, false),
        Method::LowRank(low_rank) => (low_rank.neurons, false),
        Method::Ridge(ridge) => (ridge.neurons, false),
        Method::Towers(towers) => (towers.resolution, !towers.adaptive && towers.form != TowerForm::Solved),
        Method::Superposition(superposition) => (superposition.digits, false),
    };
    let found = match (resolution, wanted.max_error) {
        (Some(n), _) => Found { compiled: build(Budget::Pieces(n))?, stalled: false },
        (None, Some(eps)) if matches!(method, Method::Superposition(_)) => {
            search::upward(eps, |digits| build(Budget::Pieces(digits)))?
        }
        (None, Some(eps)) if !by_number => Found { compiled: by_error(eps)?, stalled: false },
        (None, eps) => search::smallest(eps.unwrap_or(f64::INFINITY), most, |n| build(Budget::Pieces(n)))?,
    };
    Ok(judge(found, wanted))
}

/// Says whether the error asked for was reached, and if not, what can be.
fn judge(found: Found, wanted: &NetworkSpec) -> Compiled {
    let Found { compiled, stalled } = found;
    let (bound, limit) = (compiled.bound(), compiled.missed.as_deref());
    let missed = wanted.max_error.filter(|eps| bound > *eps).map(|eps| match (stalled, limit, wanted.precision) {
        (true, ..) => format!("max_error {eps:?} is out of reach: the proved error stays at {bound:.4e} with more bumps"),
        (_, Some(limit), _) => format!("max_error {eps:?} is not met: the proved error is {bound:.4e}; {limit}"),
        (_, _, Precision::F32) => format!(
            "max_error {eps:?} is not met: {bound:.4e} is proved for what binary32 evaluates to; a larger max_error, or \
             `precision: f64`, would do"
        ),
        _ => format!("max_error {eps:?} is not met: the proved error is {bound:.4e}"),
    });
    Compiled { missed, ..compiled }
}

fn draft(spec: &Spec, method: &Method, precision: Precision, budget: Budget) -> Result<Draft, CompileError> {
    let (target, inputs) = (&spec.target, &spec.domain[..]);
    let input = &inputs[0];
    let mut draft = match method {
        Method::Bumps(parameters) => bumps::build(target, input, parameters, budget),
        Method::Smooth(parameters) => smooth::build(target, input, parameters, precision, budget),
        Method::Graded(parameters) => graded::build(target, input, parameters, precision, budget),
        Method::Auto(_) => Err(CompileError::Unproved("`auto` is a choice among constructions".to_owned())),
        Method::Composed(parameters) => composed::build(target, inputs, parameters, precision, budget),
        Method::LowRank(parameters) => low_rank::build(target, inputs, parameters, precision, budget),
        Method::Ridge(parameters) => ridge::build(target, inputs, parameters, precision, budget),
        Method::Towers(parameters) => towers::build(target, inputs, parameters, precision, budget),
        Method::Superposition(parameters) => superposition::build(target, inputs, parameters, precision, budget),
    }?;
    draft.layers.iter_mut().for_each(|layer| layer.round(precision));
    let finite =
        |layer: &Layer| layer.weights.value.as_slice().iter().chain(layer.bias.as_slice()).all(|v| v.is_finite());
    if draft.layers.iter().all(finite) { Ok(draft) } else { Err(CompileError::WeightOverflow) }
}

/// Tries of a construction that aims at an error by sampling and misses it by a little; heuristic.
const AIMS: usize = 4;
/// How much lower to aim where a try came to nothing better; heuristic.
const LOWER: f64 = 0.95;

/// A construction for an error; where the proof finds a little more than that, it is asked for a little less.
/// Where samples choose, a try may come to the same network or to a worse one; then the next aims lower still.
fn aimed(
    eps: f64,
    sampled: bool,
    build: impl Fn(f64) -> Result<Compiled, CompileError>,
) -> Result<Compiled, CompileError> {
    let mut aim = eps;
    let mut built = build(aim)?;
    for _ in 1..AIMS {
        let bound = built.bound();
        if bound <= eps || !bound.is_finite() || built.missed.is_some() {
            break;
        }
        aim *= 0.9995 * eps / bound;
        let Ok(next) = build(aim) else { break };
        if next.bound() < bound {
            built = next;
        } else if sampled {
            aim *= LOWER;
        } else {
            break; // the error is not the construction's, such as half a bump at the ends
        }
    }
    Ok(built)
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

fn prove(spec: &Spec, wanted: &NetworkSpec, method: &Method, draft: Draft) -> Result<Compiled, CompileError> {
    let mut network = Network {
        name: format!("{}/{}", spec.name, wanted.name),
        target: spec.target.to_string(),
        inputs: spec.domain.clone(),
        layers: draft.layers,
        precision: wanted.precision,
        outside: wanted.outside,
        graph: draft.graph,
        certificate: None,
    };
    debug_assert_eq!(network.check(), Ok(()));
    let gate = wanted.gate.as_ref().map_or(f64::INFINITY, |gate| gate.max_error);
    // An error that the construction aimed at is worth proving to a millionth.
    let threshold = gate.min(wanted.max_error.unwrap_or(f64::INFINITY)).min(draft.aim * (1.0 + 1e-6));
    let proved = certify(&spec.target, &network, threshold).map_err(|error| match error {
        CertifyError::Target(refusal) => CompileError::Undefined(refusal),
        CertifyError::Form(what) | CertifyError::Contradiction(what) => CompileError::Unproved(what),
    })?;
    if !proved.evaluated.is_finite() {
        return Err(CompileError::WeightOverflow);
    }
    // A count of pieces is about the error aimed at, so it is only told of networks that are proved to reach it.
    let at_least = draft.at_least.filter(|_| proved.upper <= draft.aim * (1.0 + 2e-6));
    let standing = proved.standing();
    network.certificate = Some(proved.into());
    Ok(Compiled {
        network,
        standing,
        method: method.clone(),
        pieces: draft.pieces,
        at_least,
        summary: draft.summary,
        kinds: draft.kinds,
        candidates: Vec::new(),
        missed: draft.limit,
    })
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
