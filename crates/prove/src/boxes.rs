//! Certificates of smooth networks over boxes: Taylor models in several variables, subtracted before absolute values.
//!
//! Network and target are expanded about the middle of a part of the domain, to the same order and in the same variables.
//! Their difference has small coefficients however large the weights are, and the search divides the domain until no part
//! can hold an error that is larger by more than 1 % than one that was found.

mod expansion;
mod monomials;
mod residual;
mod rounding;
mod sample;
mod search;
mod slots;

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Activation, Certificate, Hidden};

use crate::certify::{CertifyError, METHOD};
use crate::several::Question;
pub use rounding::of_layers as rounding_of_layers;
use search::Proved;

/// Proves how far the network is from its target, which must be defined and bounded on the whole domain.
///
/// # Errors
/// The error cannot be told from infinity.
pub fn certify(question: &Question<'_>) -> Result<Certificate, CertifyError> {
    let proved = search::run(question);
    if !proved.upper.is_finite() {
        return Err(CertifyError::Form("the error of the network cannot be told from infinity".to_owned()));
    }
    let output = question.network.output();
    let hidden = (output != Activation::Identity).then(|| hidden(question)).flatten();
    let evaluated = UpperBound::new(proved.upper) + rounding::of_layers(question.network);
    Ok(Certificate {
        lower: proved.lower,
        upper: proved.upper,
        rms: rms(&proved),
        method: METHOD.to_owned(),
        evaluated: evaluated.get(),
        cells: proved.cells,
        hidden,
        note: (proved.upper > 1.01 * proved.lower).then(|| note(&proved)),
        argmax: proved.argmax,
    })
}

/// The error in front of the output neuron, where the target's logit is defined.
fn hidden(question: &Question<'_>) -> Option<Hidden> {
    let target = question.target.logit();
    let scale = crate::analyse(&target, &question.network.inputs).ok()?.magnitude().get();
    let mut network = question.network.clone();
    network.layers.last_mut()?.activation = Activation::Identity;
    let proved = search::run(&Question { target: &target, network: &network, threshold: f64::INFINITY, scale });
    proved.upper.is_finite().then_some(Hidden { lower: proved.lower, upper: proved.upper, argmax: proved.argmax })
}

/// The square root is correctly rounded.
fn rms(proved: &Proved) -> (f64, f64) {
    let low = proved.square.0.max(0.0).sqrt().next_down().max(0.0);
    (low.min(proved.upper), proved.square.1.sqrt().next_up().min(proved.upper))
}

fn note(proved: &Proved) -> String {
    match proved.limited {
        true => "not resolved further: the error is near the rounding of its own terms, or the target is not smooth"
            .to_owned(),
        false => "the proof stopped early".to_owned(),
    }
}
