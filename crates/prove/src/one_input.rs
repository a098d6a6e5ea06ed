//! The proof for one hidden layer over one input: its form, a first idea of its error, and the search for the largest.

use bumpnet_interval::{Interval, UpperBound, Wide};
use bumpnet_ir::{Activation, Certificate, Continuity, Expr, Hidden, Input, Network, Precision, Window};

use crate::analyse::analyse;
use crate::descent::{Node, Search};
use crate::error::CertifyError;
use crate::exact_sums::jumps_add_up_exactly;
use crate::fault::{Fault, active};
use crate::found::Found;
use crate::jumps::Jumps;
use crate::poly::{Cell, Number, Poly};
use crate::staircase::{self, Question};
use crate::taken::Taken;
use crate::units::Units;
use crate::{machine, parts, rounding};

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

/// Proves how far a network is from a target; `None` if it has not this form. See [`crate::certify`].
pub fn certify(target: &Expr, network: &Network, threshold: f64) -> Option<Result<Certificate, CertifyError>> {
    Some(of_form(target, network, &Form::new(network)?, threshold))
}

/// Whether a network has this form.
pub fn is_for(network: &Network) -> bool {
    Form::new(network).is_some()
}

fn of_form(target: &Expr, network: &Network, form: &Form, threshold: f64) -> Result<Certificate, CertifyError> {
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
        _ if jumps_add_up_exactly(network) => {
            rounding::after_output(UpperBound::ZERO, output, network.precision.unit_roundoff())
        }
        Form::Jumps(jumps) => rounding::of_jumps(jumps, output),
        Form::Units(units) => rounding::of_units(network, units, UpperBound::new(NEGLIGIBLE * proved.upper)),
    };
    let rms = proved.root_mean_square(input);
    let mut evaluated = proved.upper.max(proved.evaluated);
    // Where a step and a jump of the target cannot be told apart, no number may lie between them; where `lower` is attained
    // between numbers of binary32, none of these may come to it.
    let loose = evaluated > PROMISE * proved.lower || network.precision == Precision::F32;
    if let (true, Some(taken)) = (loose, Taken::new(network)) {
        let scale = proved.unit;
        evaluated =
            machine::bound(&Question { target, network, input, output, threshold, scale }, &taken).min(evaluated);
    }
    let evaluated = UpperBound::new(evaluated);
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

/// What the error is at least at a point.
pub fn error_at(target: &Expr, network: &Network, output: Activation, x: f64) -> f64 {
    let Some(units) = Units::new(network) else { return 0.0 };
    let value = output.apply(&units.value_at::<Wide>(x).interval()) - target.eval(&[Interval::point(x)]);
    value.mignitude()
}
