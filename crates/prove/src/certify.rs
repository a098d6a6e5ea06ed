//! `certify`: from a target and a network to a certificate, and `verify`: whether a certificate holds.

use bumpnet_interval::{Interval, UpperBound, Wide};
use bumpnet_ir::{Activation, Certificate, Continuity, Expr, Hidden, Input, Network, Precision, Window};

use crate::analyse::{Refusal, analyse};
use crate::descent::{Node, Search};
use crate::fault::{Fault, active};
use crate::found::Found;
use crate::jumps::Jumps;
use crate::parts;
use crate::poly::{Cell, Number, Poly};
use crate::proved::Proved;
use crate::staircase::{self, Question};
use crate::units::Units;
use crate::{rounding, several};

/// How these certificates are proved.
pub const METHOD: &str = "taylor-model";
/// The promise: `upper <= 1.01 lower` wherever `lower >= 1e-12` times the target's scale.
const PROMISE: f64 = 1.01;
/// How far an interval of `s(w x + b)` is wide, for the whole of its arithmetic; heuristic.
const INTERVAL_WIDTH: f64 = 4.0 * f64::EPSILON;
/// The part of an error that the width of its terms may be without any need for [`Wide`] arithmetic: a tenth of the promise.
const NEGLIGIBLE: f64 = 1e-3;
/// The part of the target's scale below which the promise is not given.
const SMALL: f64 = 1e-12;
/// Points sampled for a first idea of the largest error; it decides how much work is done, never a bound.
const SAMPLES: usize = 512;
/// Of these at most so many are tried to be confirmed.
const CONFIRMATIONS: usize = 8;

/// Why there is no certificate.
#[derive(Clone, PartialEq, Debug)]
pub enum CertifyError {
    /// The target is not defined and bounded on its domain.
    Target(Refusal),
    /// It is no network, or has a form that this version does not prove.
    Form(String),
    /// Two things were found that cannot both be true: an error of the program.
    Contradiction(String),
}

/// Proves how far a network is from a target over the network's domain.
///
/// `threshold` is an error that matters, such as a gate: where the true error is below it, more work is done until the
/// upper bound is so too. It may be infinite.
///
/// # Errors
/// The target is undefined or unbounded somewhere in the domain, or the network has a form that is not proved.
pub fn certify(target: &Expr, network: &Network, threshold: f64) -> Result<Proved, CertifyError> {
    network.check().map_err(CertifyError::Form)?;
    let certificate = match Form::new(network) {
        Some(form) => of_one_input(target, network, &form, threshold),
        None => several::certify(target, network, threshold),
    }?;
    sound(&certificate).map_err(CertifyError::Contradiction)?;
    Ok(Proved::new(certificate))
}

/// Whether what was found can be true together. A bound below an error that is attained would be an error of the program, which
/// must show and not be mended.
fn sound(certificate: &Certificate) -> Result<(), String> {
    let Certificate { lower, upper, evaluated, rms, .. } = certificate;
    if !(lower <= upper && upper <= evaluated && rms.0 <= rms.1) {
        return Err(format!(
            "the proof contradicts itself: the error is at least {lower:?} at {:?}, and at most {upper:?} ({evaluated:?} as \
             evaluated, RMS from {:?} to {:?}); this is an error of bumpnet, please report it",
            certificate.argmax, rms.0, rms.1
        ));
    }
    Ok(())
}

/// The proof for one hidden layer over one input.
fn of_one_input(target: &Expr, network: &Network, form: &Form, threshold: f64) -> Result<Certificate, CertifyError> {
    let input = &network.inputs[0];
    let output = network.output();
    let proved = search(target, form, (output, threshold), network)?;
    let hidden =
        match output {
            Activation::Identity => None,
            // Where the logit is not defined everywhere, nothing is said of the hidden layer.
            _ => search(&target.logit(), form, (Activation::Identity, f64::INFINITY), network)
                .ok()
                .map(|hidden| Hidden { lower: hidden.lower, upper: hidden.upper, argmax: vec![hidden.argmax] }),
        };
    let rounding = match form {
        Form::Jumps(jumps) => rounding::of_jumps(jumps, output),
        Form::Units(units) => rounding::of_units(units, input, output),
    };
    let rms = proved.root_mean_square(input);
    let evaluated = UpperBound::new(proved.upper.max(proved.evaluated));
    Ok(Certificate {
        lower: proved.lower,
        upper: proved.upper,
        argmax: vec![proved.argmax],
        rms: (rms.0.min(proved.upper), rms.1.min(proved.upper)),
        method: METHOD.to_owned(),
        evaluated: (evaluated + rounding).get(),
        cells: proved.cells,
        hidden,
        note: (proved.upper > PROMISE * proved.lower).then(|| note(&proved)),
    })
}

fn note(proved: &Found) -> String {
    match (proved.stopped, proved.floor) {
        (true, _) => "the proof stopped early: it would take too many cells, as where two branches of the target touch".to_owned(),
        (_, true) => {
            "not resolved further: either the error is near the rounding of its own terms, or a jump of the network and one \
                 of the target, or of the domain's end, cannot be told apart"
            .to_owned()
        }
        (_, false) => "the proof stopped early".to_owned(),
    }
}

/// A network made ready for its proof.
enum Form {
    Jumps(Jumps),
    Units(Units),
}

impl Form {
    /// `None` if the network is not one hidden layer over one input, or its output neuron jumps or is upright: the rounding of
    /// the sum is then no matter of a slope, and the general proofs follow it.
    fn new(network: &Network) -> Option<Form> {
        let output = network.output();
        if output.may_jump() || matches!(output.meaning().continuity, Continuity::Root(_)) {
            return None;
        }
        Jumps::new(network).map(Form::Jumps).or_else(|| Units::new(network).map(Form::Units))
    }
}

/// Searches the whole domain.
fn search(
    target: &Expr,
    form: &Form,
    (output, threshold): (Activation, f64),
    network: &Network,
) -> Result<Found, CertifyError> {
    let input = &network.inputs[0];
    let scale = analyse(target, std::slice::from_ref(input)).map_err(CertifyError::Target)?.magnitude().get();
    match form {
        Form::Jumps(jumps) => {
            Ok(staircase::prove(&Question { target, network, input, output, threshold, scale }, jumps))
        }
        Form::Units(units) => {
            let found = Found::new(scale, input);
            let mut search = Search::new(target, units, input, (output, threshold), scale, found);
            let error = confirm_samples(&mut search, network);
            // Intervals know a term of weight alpha to about 8 u alpha; their sum is wanted to a part of the error.
            if units.size().get() * INTERVAL_WIDTH <= NEGLIGIBLE * error.max(SMALL * scale) {
                parts::run(&mut search, root::<Interval>(input, units));
            } else {
                parts::run(&mut search, root::<Wide>(input, units));
            }
            Ok(search.found)
        }
    }
}

/// The whole domain, nothing absorbed.
fn root<T: Number>(input: &Input, units: &Units) -> Node<T> {
    let mut cell = Cell { a: input.lo, b: input.hi };
    if active(Fault::CellSkipped) {
        cell.a += (cell.b - cell.a) / 64.0;
    }
    let near = (0..units.list.len() as u32).collect();
    Node { cell, poly: Poly::constant(T::from(units.c0)), slop: UpperBound::ZERO, target_absorbed: false, near }
}

/// The largest sampled error that interval arithmetic confirms: next to a jump of the target it may not, and an estimate that
/// no point is proved to attain would stop the search before one is found. Returns the largest sampled error.
fn confirm_samples(search: &mut Search<'_>, network: &Network) -> f64 {
    let (target, units, output) = (search.target, search.units, search.output);
    let mut sample = sample(target, units, &network.inputs[0], output, network);
    sample.sort_by(|a, b| b.1.total_cmp(&a.1));
    let largest = sample.first().map_or(0.0, |(_, error)| *error);
    for (x, error) in sample.into_iter().take(CONFIRMATIONS) {
        let sum = units.value_at::<Wide>(x).interval();
        search.found.at(x, output.apply(&sum) - target.eval(&[Interval::point(x)]));
        if search.found.lower >= 0.999 * error {
            search.hint = error;
            break;
        }
    }
    largest
}

/// The error at some points, by plain evaluation: a grid, and both sides of some steps.
fn sample(target: &Expr, units: &Units, input: &Input, output: Activation, network: &Network) -> Vec<(f64, f64)> {
    let mut points: Vec<f64> =
        (0..=SAMPLES).map(|k| input.lo + (input.hi - input.lo) * (k as f64 / SAMPLES as f64)).collect();
    let stride = units.list.len() / SAMPLES + 1;
    for unit in units.list.iter().step_by(stride) {
        let at = unit.position();
        points.extend([at.next_down(), at, at.next_up()]);
    }
    points.retain(|x| (input.lo..=input.hi).contains(x));
    let window = Window::in_precision(network, Precision::F64);
    let value = |x: f64| match &window {
        Some(window) => window.sum(x),
        None => units.c0.midpoint(),
    };
    let error = |x: f64| (output.value(value(x)) - target.eval::<f64>(&[x])).abs();
    points.into_iter().map(|x| (x, error(x))).filter(|(_, error)| error.is_finite()).collect()
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
        ("evaluated", stated.evaluated, proved.lower, proved.evaluated),
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
    match (argmax, Form::new(network)) {
        ([x], Some(_)) => Ok(error_at(target, network, output, *x)),
        _ => Ok(several::error_at(target, network, argmax).mignitude()),
    }
}

/// What the error is at least at a point.
fn error_at(target: &Expr, network: &Network, output: Activation, x: f64) -> f64 {
    let Some(units) = Units::new(network) else { return 0.0 };
    let value = output.apply(&units.value_at::<Wide>(x).interval()) - target.eval(&[Interval::point(x)]);
    value.mignitude()
}
