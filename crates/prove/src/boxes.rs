//! Certificates of smooth networks over boxes: Taylor models in several variables, subtracted before absolute values.
//!
//! Network and target are expanded about the middle of a part of the domain, to the same order and in the same variables.
//! Their difference has small coefficients however large the weights are, and the search divides the domain until no part
//! can hold an error that is larger by more than 1 % than one that was found.

pub mod expansion;
pub mod monomials;
mod residual;
mod rounding;
mod sample;
pub mod search;
pub mod slots;
pub mod source;

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Activation, Certificate, Hidden};

use crate::error::CertifyError;
use crate::one_input::METHOD;
use crate::several::Question;
pub use rounding::of_layers as rounding_of_layers;
use search::Proved;

/// Proves how far the network is from its target, which must be defined and bounded on the whole domain.
///
/// # Errors
/// The error cannot be told from infinity.
pub fn certify(question: &Question<'_>) -> Result<Certificate, CertifyError> {
    let proved = search::run(question, Vec::new());
    if !proved.upper.is_finite() {
        return Err(CertifyError::Form("the error of the network cannot be told from infinity".to_owned()));
    }
    let output = question.network.output();
    let hidden = (output != Activation::Identity).then(|| hidden(question)).flatten();
    let evaluated = evaluated(question, proved.upper);
    Ok(Certificate {
        lower: proved.lower,
        upper: proved.upper,
        rms: proved.rms,
        method: METHOD.to_owned(),
        evaluated: evaluated.get(),
        cells: proved.cells,
        hidden,
        note: (proved.upper > 1.01 * proved.lower).then(|| note(&proved)),
        argmax: proved.argmax,
    })
}

/// The bound for the evaluator: where units jump, that of the network on either side of every jump that is within reach of
/// its argument's rounding; and the rounding of all else.
fn evaluated(question: &Question<'_>, upper: f64) -> UpperBound {
    let rounding = rounding::analyse(question.network);
    let jumps = question.network.layers.iter().any(|layer| layer.activation.may_jump());
    let either = match jumps && rounding.arguments.iter().any(|off| *off != UpperBound::ZERO) {
        true => search::run(question, rounding.arguments).upper.max(upper),
        false => upper,
    };
    UpperBound::new(either) + rounding.output
}

/// The error in front of the output neuron, where the target's logit is defined.
fn hidden(question: &Question<'_>) -> Option<Hidden> {
    let target = question.target.logit();
    let scale = crate::analyse::analyse(&target, &question.network.inputs).ok()?.magnitude().get();
    let mut network = question.network.clone();
    network.layers.last_mut()?.activation = Activation::Identity;
    let proved =
        search::run(&Question { target: &target, network: &network, threshold: f64::INFINITY, scale }, Vec::new());
    proved.upper.is_finite().then_some(Hidden { lower: proved.lower, upper: proved.upper, argmax: proved.argmax })
}

fn note(proved: &Proved) -> String {
    match proved.limited {
        true => "not resolved further: the error is near the rounding of its own terms, or the target is not smooth"
            .to_owned(),
        false => "the proof stopped early".to_owned(),
    }
}
