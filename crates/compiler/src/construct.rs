//! One construction, its proof, and what it is asked again where an error is wanted.

use bumpnet_ir::{
    Activation, Certificate, Expr, Input, Layer, Measure, Method, Network, NetworkSpec, Parts, Placement, Precision,
    Spec, TowerForm, Towers,
};
use bumpnet_prove::watch::stopped;
use bumpnet_prove::{Asked, certify_in};

use crate::compiled::Compiled;
use crate::draft::{Budget, Draft};
use crate::error::{BoxJump, CompileError};
use crate::search::{self, Found};
use crate::weighting::{Weighting, unproved};
use crate::{bumps, composed, edges, graded, jump, low_rank, ridge, scale, smooth, superposition, towers};

/// One construction, with at most a number of pieces or neurons where an error is asked for.
///
/// # Errors
/// Those of the construction and of the proof.
pub fn construct(spec: &Spec, wanted: &NetworkSpec, method: &Method, most: usize) -> Result<Compiled, CompileError> {
    let weighting = Weighting::of(&spec.target, &spec.domain, wanted)?;
    // An error in the target's unit that is asked for comes before a gate in a measure.
    let by = weighting.as_ref().filter(|_| wanted.measure.is_some() || wanted.max_error.is_none());
    let build = |budget: Budget| {
        let draft = draft(spec, method, (wanted.precision, by), budget)?;
        prove(spec, wanted, (method, weighting.as_ref()), draft)
    };
    let sampled = !matches!(method, Method::Bumps(_));
    let by_error = |eps: f64| {
        let mut built = aimed(eps, sampled, |aim| build(Budget::Error { eps: aim, most }))?;
        let mut aim = eps;
        for _ in 0..COARSER.1 {
            // Where `auto` has others to try, or the construction knows why, a coarser network is not worth its proof.
            let known = built.missed.is_some() || matches!(wanted.method, Method::Auto(_));
            if !is_loose(&built) || built.bound() <= eps || known || stopped() {
                break;
            }
            aim *= COARSER.0;
            built = provable(built, build(Budget::Error { eps: aim, most }));
        }
        Ok(built)
    };
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
        (None, Some(eps)) if by.is_some() => search::smallest(eps, most, |n| build(Budget::Pieces(n)))?,
        (None, eps) => by_cells(spec, method, eps.unwrap_or(f64::INFINITY), most, build)?,
    };
    Ok(judge(found, wanted))
}

/// The fewest cells for an error; where the target jumps by too much for it, of those numbers alone that have edges there.
fn by_cells(
    spec: &Spec,
    method: &Method,
    eps: f64,
    most: usize,
    build: impl Fn(Budget) -> Result<Compiled, CompileError>,
) -> Result<Found, CompileError> {
    let input = &spec.domain[0];
    let cells = match method {
        Method::Bumps(bumps) if bumps.activation == Activation::Heaviside && bumps.placement == Placement::Uniform => {
            edges::equal_cells(&spec.target, input, eps, most)
        }
        Method::Towers(towers) => return by_boxes(spec, towers, eps, most, build),
        _ => Ok(1),
    };
    let one = cells.unwrap_or(1);
    let mut found = search::smallest(eps, most / one, |n| build(Budget::Pieces(n * one)))?;
    if let Err(jump) = cells {
        found.stalled = false;
        found.compiled.missed = Some(format!(
            "the target changes by more than {:?} at {} = {jump:?}, as at a jump, where no equal cells have an edge: write \
             `placement: optimal`, which puts edges on jumps",
            2.0 * eps,
            input.name
        ));
    }
    Ok(found)
}

/// The same for equal boxes.
fn by_boxes(
    spec: &Spec,
    towers: &Towers,
    eps: f64,
    most: usize,
    build: impl Fn(Budget) -> Result<Compiled, CompileError>,
) -> Result<Found, CompileError> {
    let (target, inputs) = (&spec.target, &spec.domain[..]);
    let jumps = jump::several::find(target, inputs);
    let continuous = is_continuous(&Method::Towers(towers.clone()));
    let large = |jump: Option<BoxJump>| jump.filter(|jump| jump.size > 2.0 * eps);
    let met = if continuous { large(jumps.largest) } else { large(jumps.oblique) };
    if let Some(jump) = met {
        return Err(CompileError::JumpAt { jump: Box::new(jump), continuous });
    }
    // Equal cells with edges on all cuts, where there are any.
    let one = edges::equal_boxes(inputs, &jumps.cuts, most).map_err(|(axis, at)| CompileError::Parameters {
        message: format!("the target jumps at {} = {at:?}, where no equal cells have an edge", inputs[axis].name),
        help: "write `placement: adaptive`, which puts edges on jumps".to_owned(),
    });
    let one = if continuous || eps.is_infinite() { 1 } else { one? };
    search::smallest(eps, most / one, |n| build(Budget::Pieces(n * one)))
}

/// How much larger than the largest error that was found a bound is, where the proof and not the network is the limit.
const LOOSE: f64 = 1.5;

/// What to say where the search for a network of several inputs was content, and the proof is not.
const UNSEEN: &str = "the search goes by samples, and those do not see the largest error";

/// How many times as large an error is asked for where a proof ended loose, and how often. Heuristic: that takes half the
/// neurons.
const COARSER: (f64, usize) = (10.0, 2);

/// Of a network whose proof ended loose and a smaller one the one with the smaller bound.
fn provable(loose: Compiled, smaller: Result<Compiled, CompileError>) -> Compiled {
    match smaller {
        Ok(smaller) if smaller.bound() < loose.bound() => Compiled { missed: Some(BUDGET.to_owned()), ..smaller },
        _ => loose,
    }
}

/// What to say where the rounding of a network's sums has no bound in a measure.
const UNMEASURED: &str = "the network's rounding has no bound in this measure: its sums, or the weight, come near the largest \
                          binary64";

/// What to say where a proof comes to no bound.
const UNBOUNDED: &str = "nothing is proved of the network's error, as where an error in one part of the target may have any \
                         effect, its slope there not being bounded; another method, such as `towers`, would do";

/// What to say where a step of a composed network comes to no weights.
const STEEP: &str = "a step of `method: composed` takes weights that binary64 does not hold, as where the slope of a part of the \
                     target is not bounded; a smaller domain, or another method, would do";

/// What to say of such a network.
const BUDGET: &str = "the budget of its proof ended there; a network that a larger max_error asks for is smaller, and its \
                      error easier to bound";

/// Whether the bound of a network of several inputs is far above the error: then it says more of the proof than of the network.
fn is_loose(compiled: &Compiled) -> bool {
    let loose = |certificate: &Certificate| certificate.upper.min(certificate.evaluated) > LOOSE * certificate.lower;
    compiled.network.inputs.len() > 1 && compiled.network.certificate.as_ref().is_some_and(loose)
}

/// Says whether the error asked for was reached, and if not, what can be.
fn judge(found: Found, wanted: &NetworkSpec) -> Compiled {
    let Found { compiled, stalled } = found;
    let (bound, limit) = (compiled.bound(), compiled.missed.as_deref());
    let sampled =
        matches!(compiled.method, Method::LowRank(_) | Method::Ridge(_)) && wanted.precision == Precision::F64;
    let limit = limit.or(is_loose(&compiled).then_some(BUDGET)).or(sampled.then_some(UNSEEN));
    let (error, asked) = match &wanted.measure {
        None => ("error".to_owned(), format!("{:?}", wanted.max_error.unwrap_or(0.0))),
        Some(measure) => (measure.name(), measure.in_spec(wanted.max_error.unwrap_or(0.0))),
    };
    let missed = wanted.max_error.filter(|eps| bound > *eps).map(|_| match (stalled, limit, wanted.precision) {
        (true, ..) if matches!(wanted.method, Method::Towers(_)) => format!(
            "max_error {asked} is out of reach: the proved {error} stays at {bound:.4e} with more cells, as where the target \
             jumps and no cell ends; a max_error above the jump would do"
        ),
        (true, ..) => format!("max_error {asked} is out of reach: the proved {error} stays at {bound:.4e} with more bumps"),
        (_, Some(limit), _) => format!("max_error {asked} is not met: the proved {error} is {bound:.4e}; {limit}"),
        (_, _, Precision::F32) => format!(
            "max_error {asked} is not met: {bound:.4e} is proved for what binary32 evaluates to; a larger max_error, or \
             `precision: f64`, would do"
        ),
        _ => format!("max_error {asked} is not met: the proved {error} is {bound:.4e}"),
    });
    Compiled { missed, ..compiled }
}

/// Whether a construction of several inputs has no units that jump.
fn is_continuous(method: &Method) -> bool {
    match method {
        Method::LowRank(_) | Method::Ridge(_) => true,
        Method::Towers(towers) => towers.form == TowerForm::Solved || towers.activation != Activation::Heaviside,
        _ => false,
    }
}

fn draft(
    spec: &Spec,
    method: &Method,
    (precision, weighting): (Precision, Option<&Weighting>),
    budget: Budget,
) -> Result<Draft, CompileError> {
    let (target, inputs) = (&spec.target, &spec.domain[..]);
    let weight = weighting.map(|weighting| &weighting.weight);
    let input = &inputs[0];
    let budget = weighting.filter(|_| inputs.len() > 1).map_or(budget, |weighting| weighting.budget(budget));
    if let Budget::Error { eps, .. } = budget
        && is_continuous(method)
        && let Some(jump) = jump::several::find(target, inputs).largest.filter(|jump| jump.size > 2.0 * eps)
    {
        return Err(CompileError::JumpAt { jump: Box::new(jump), continuous: true });
    }
    let mut draft = match method {
        Method::Bumps(parameters) => bumps::build(target, input, parameters, (precision, weighting), budget),
        Method::Smooth(parameters) => smooth::build(target, input, parameters, (precision, weight), budget),
        Method::Graded(parameters) => graded::build(target, input, parameters, (precision, weight), budget),
        Method::Auto(_) => Err(CompileError::Unproved("`auto` is a choice among constructions".to_owned())),
        Method::Composed(parameters) => composed::build(target, inputs, parameters, precision, budget),
        Method::LowRank(_) | Method::Ridge(_) | Method::Towers(_) | Method::Superposition(_) => {
            match scale::factor(target, inputs) {
                1.0 => of_several(target, inputs, method, precision, budget),
                factor => of_several(
                    &scale::scaled(target, factor),
                    inputs,
                    &scale::method(method, factor),
                    precision,
                    scale::budget(budget, factor),
                )
                .map(|draft| scale::back(draft, factor)),
            }
        }
    }?;
    draft.layers.iter_mut().for_each(|layer| layer.round(precision));
    let finite =
        |layer: &Layer| layer.weights.value.as_slice().iter().chain(layer.bias.as_slice()).all(|v| v.is_finite());
    match (draft.layers.iter().all(finite), method) {
        (true, _) => Ok(draft),
        (false, Method::Composed(_)) => Err(CompileError::Unproved(STEEP.to_owned())),
        (false, _) => Err(CompileError::WeightOverflow),
    }
}

fn of_several(
    target: &Expr,
    inputs: &[Input],
    method: &Method,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    match method {
        Method::LowRank(parameters) => low_rank::build(target, inputs, parameters, precision, budget),
        Method::Ridge(parameters) => ridge::build(target, inputs, parameters, precision, budget),
        Method::Towers(parameters) => towers::build(target, inputs, parameters, precision, budget),
        Method::Superposition(parameters) => superposition::build(target, inputs, parameters, precision, budget),
        _ => Err(CompileError::Unproved("a construction of one input".to_owned())),
    }
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
        if bound <= eps || !bound.is_finite() || built.missed.is_some() || is_loose(&built) {
            break;
        }
        aim *= 0.9995 * eps / bound;
        // Below the normal numbers nothing is gained.
        if aim < f64::MIN_POSITIVE || stopped() {
            break;
        }
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

fn prove(
    spec: &Spec,
    wanted: &NetworkSpec,
    (method, weighting): (&Method, Option<&Weighting>),
    draft: Draft,
) -> Result<Compiled, CompileError> {
    let aim = draft.aim;
    let network = Network::new(Parts {
        name: format!("{}/{}", spec.name, wanted.name),
        target: spec.target.to_string(),
        inputs: spec.domain.clone(),
        layers: draft.layers,
        precision: wanted.precision,
        outside: wanted.outside,
        graph: draft.graph,
        certificate: None,
    })
    .map_err(CompileError::Unproved)?;
    let measured = weighting.map(|weighting| &weighting.measure);
    let proved = certify_in(&spec.target, &network, thresholds(wanted, measured, aim))
        .map_err(|error| unproved(error, weighting, &spec.domain))?;
    if proved.measured.as_ref().is_some_and(|measured| !measured.evaluated.is_finite()) {
        return Err(CompileError::Unproved(UNMEASURED.to_owned()));
    }
    match (proved.upper.is_finite(), proved.evaluated.is_finite()) {
        (true, true) => {}
        (true, false) if !matches!(method, Method::Composed(_)) => return Err(CompileError::WeightOverflow),
        _ => return Err(CompileError::Unproved(UNBOUNDED.to_owned())),
    }
    // A count of pieces is about the error aimed at, so it is only told of networks that are proved to reach it.
    let reached = match (&proved.measured, aims_in_measure(wanted)) {
        (Some(measured), true) => measured.evaluated.min(measured.upper),
        _ => proved.evaluated.min(proved.upper),
    };
    let at_least = draft.at_least.filter(|_| reached <= aim * (1.0 + 2e-6));
    let standing = proved.standing();
    Ok(Compiled {
        network: network.with_certificate(Some(proved.into())),
        standing,
        measure: wanted.measure.clone(),
        method: method.clone(),
        pieces: draft.pieces,
        at_least,
        summary: draft.summary,
        kinds: draft.kinds,
        candidates: Vec::new(),
        missed: draft.limit,
    })
}

/// Whether what is aimed at is an error in a measure.
fn aims_in_measure(wanted: &NetworkSpec) -> bool {
    wanted.measure.is_some() || wanted.max_error.is_none()
}

/// The errors that matter to a proof. One that the construction aimed at is worth proving to a millionth.
fn thresholds<'m>(wanted: &NetworkSpec, measure: Option<&'m Measure>, aim: f64) -> Asked<'m> {
    let (mut threshold, mut in_measure) = (f64::INFINITY, f64::INFINITY);
    if let Some(gate) = &wanted.gate {
        let place = if gate.measure.is_some() { &mut in_measure } else { &mut threshold };
        *place = place.min(gate.max_error);
    }
    let aimed = wanted.max_error.unwrap_or(f64::INFINITY).min(aim * (1.0 + 1e-6));
    match measure {
        Some(_) if aims_in_measure(wanted) => in_measure = in_measure.min(aimed),
        _ => threshold = threshold.min(aimed),
    }
    Asked { threshold, measure, in_measure }
}
