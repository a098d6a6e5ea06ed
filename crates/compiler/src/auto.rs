//! `method: auto`: the construction that needs the fewest neurons for an error, or has the smallest error for a number of
//! neurons. What counts is proved, so the choice is the same on every machine.

mod several;

use bumpnet_ir::{
    Activation, Auto, Bumps, Graded, Heights, Layout, Method, NetworkSpec, Placement, Route, Smooth, Spec, Steepness,
};

use crate::compiled::{Candidate, Compiled};
use crate::construct::construct;
use crate::draft::MOST_PIECES;
use crate::error::CompileError;

/// Tries all constructions that may apply and keeps the best.
///
/// # Errors
/// That of the first construction, if none comes to a network.
pub fn choose(spec: &Spec, wanted: &NetworkSpec, parameters: &Auto) -> Result<Compiled, CompileError> {
    let mut best: Option<(usize, Compiled)> = None;
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut first_error = None;
    let methods = if spec.domain.len() > 1 { several::methods(parameters) } else { methods(parameters) };
    for (name, method) in methods {
        // Only a network with fewer neurons would be better than one that is good enough.
        let good = best.as_ref().filter(|(_, best)| best.missed.is_none() && parameters.neurons.is_none());
        let known = good.map(|(_, best)| best.network.neurons());
        let most =
            known.map_or(MOST_PIECES, |known| if spec.domain.len() > 1 { known.saturating_sub(1) } else { known });
        let candidate = |neurons, upper, verdict| Candidate { name: name.to_owned(), neurons, upper, verdict };
        if spec.domain.len() > 1
            && best.is_some()
            && let Some(why) = several::skipped(&method, spec.domain.len(), known)
        {
            candidates.push(candidate(None, None, why));
            continue;
        }
        match construct(spec, wanted, &method, most) {
            Ok(compiled) => {
                let (neurons, upper) = (compiled.network.neurons(), compiled.bound());
                candidates.push(candidate(Some(neurons), Some(upper), verdict(&compiled, good.is_some())));
                if best.as_ref().is_none_or(|(_, best)| better(&compiled, best, wanted.max_error.is_some())) {
                    best = Some((candidates.len() - 1, compiled));
                }
            }
            Err(error) => {
                candidates.push(candidate(None, None, refused(&error, most, spec, wanted)));
                first_error.get_or_insert(error);
            }
        }
    }
    let Some((chosen, mut compiled)) = best else {
        return Err(first_error.unwrap_or(CompileError::Unproved("no construction applies".to_owned())));
    };
    candidates[chosen].verdict = match (&compiled.missed, parameters.neurons) {
        (None, None) => "chosen: the fewest neurons that prove the error".to_owned(),
        _ => "chosen: the smallest proved error".to_owned(),
    };
    compiled.candidates = candidates;
    Ok(compiled)
}

/// Good enough with fewer neurons; or else the smaller error, and of equal ones the fewer neurons.
fn better(compiled: &Compiled, best: &Compiled, by_number: bool) -> bool {
    let neurons = |compiled: &Compiled| compiled.network.neurons();
    let by_error = compiled.network.certificate.is_some() && compiled.bound() < best.bound();
    match (compiled.missed.is_none(), best.missed.is_none()) {
        (true, true) if by_number => {
            neurons(compiled) < neurons(best) || neurons(compiled) == neurons(best) && by_error
        }
        (mine, theirs) if mine != theirs => mine,
        _ => by_error || compiled.bound() == best.bound() && neurons(compiled) < neurons(best),
    }
}

fn verdict(compiled: &Compiled, capped: bool) -> String {
    match &compiled.missed {
        None => "good enough".to_owned(),
        Some(_) if capped => "not with fewer neurons".to_owned(),
        Some(missed) => missed.clone(),
    }
}

fn refused(error: &CompileError, most: usize, spec: &Spec, wanted: &NetworkSpec) -> String {
    match error {
        CompileError::TooMany { .. } | CompileError::Jump { .. } | CompileError::Unresolved { .. }
            if most < MOST_PIECES =>
        {
            "not with fewer neurons".to_owned()
        }
        CompileError::TooFewNeurons { .. } => "not with so few neurons".to_owned(),
        error => error.diagnose(spec, wanted).message,
    }
}

/// The constructions to try, the cheapest networks first.
fn methods(auto: &Auto) -> Vec<(&'static str, Method)> {
    let fitted = auto.activation.unwrap_or(Activation::Logistic);
    let mut methods = Vec::new();
    if fitted.is_smooth() {
        let (neurons, max_weight, output) = (auto.neurons, auto.max_weight, auto.output);
        let smooth = Smooth {
            activation: fitted,
            neurons,
            overlap: None,
            pad: None,
            route: Route::LeastSquares,
            max_weight,
            output,
        };
        methods.push(("smooth", Method::Smooth(smooth)));
        let graded = Graded { activation: fitted, neurons, overlap: None, leaf: None, max_weight, output };
        methods.push(("graded", Method::Graded(graded)));
    }
    // `optimal` places jumps and polygons; any other activation, and an output neuron, goes with equal cells.
    let bumps = |activation, placement| {
        Method::Bumps(Bumps {
            activation,
            steepness: Steepness::Auto,
            placement,
            // One inner edge less than cells.
            resolution: auto.neurons.map(|n| n + usize::from(activation != Activation::Ramp)),
            heights: Heights::Midpoint,
            layout: Layout::Steps,
            output: auto.output,
        })
    };
    match (auto.activation, auto.output) {
        (None, Activation::Identity) => {
            methods.push(("bumps, ramp, optimal", bumps(Activation::Ramp, Placement::Optimal)));
            methods.push(("bumps, heaviside, optimal", bumps(Activation::Heaviside, Placement::Optimal)));
        }
        (Some(activation @ (Activation::Ramp | Activation::Heaviside)), Activation::Identity) => {
            methods.push(("bumps, optimal", bumps(activation, Placement::Optimal)));
        }
        (activation, _) => {
            methods.push(("bumps", bumps(activation.unwrap_or(Activation::Logistic), Placement::Uniform)));
        }
    }
    methods
}
