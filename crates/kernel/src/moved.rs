//! What an activation makes of an error of its argument, and what its own evaluation adds.

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Activation, Continuity};

/// How far an activation's value can move when its argument does, where no jump lies between. What happens at a jump is not
/// counted: whoever uses this takes both sides of a jump that is within the argument's error.
pub fn moved(activation: Activation, argument: UpperBound) -> UpperBound {
    match activation.meaning().continuity {
        // An argument that may overflow may be no number, and nothing makes one of it again.
        _ if !argument.is_finite() => UpperBound::INFINITE,
        Continuity::Lipschitz(c) => argument * UpperBound::new(c),
        Continuity::Root(c) => (argument * UpperBound::new(c)).sqrt(),
    }
}

/// How far the evaluator's value of an activation is from the exact one of its own argument: 4 ulp of 1 at most, rounded once
/// more to the precision, and the tail that it may cut off. Jumps and `identity` are exact.
pub fn own_error(activation: Activation, u: f64) -> UpperBound {
    match activation {
        Activation::Heaviside | Activation::Identity => UpperBound::ZERO,
        Activation::Logistic
        | Activation::ClippedLogistic
        | Activation::Tanh
        | Activation::Gompertz
        | Activation::Ogee
        | Activation::Smoothstep
        | Activation::Ramp
        | Activation::Erf
        | Activation::Arctan => UpperBound::new(16.0 * u) + UpperBound::new(activation.tail()),
    }
}
