//! Targets: constants, simple expressions with kinks and jumps, and the network's own formula, so that the error is small.

use bumpnet_ir::{Activation, Input, Parts};

use super::domain::NAMES;
use crate::random::Random;

/// The longest text of a network's own formula.
const LONGEST: usize = 4000;
/// Most characters that a weight is written with exactly; long literals make proofs slow.
const PLACES: usize = 20;

/// Kinds of terms: the first are analytic, all others have kinks or jumps somewhere.
pub const SMOOTH: usize = 10;
pub const ALL: usize = 20;

/// A target for a network whose values at some points are of this size.
pub fn text(random: &mut Random, network: &Parts, size: f64) -> String {
    let scale = number(random.pick(&[size, size, size, 1.0, 0.0]));
    let own = if random.once_in(2) { formula(network) } else { None };
    match (own, random.below(8)) {
        (Some(own), 0..2) => own,
        (Some(own), 2) => format!("{own}+{}", number(size * random.power_of_ten(-20.0, 0.0))),
        (Some(own), _) => {
            let part = number(size * random.power_of_ten(-14.0, 0.0));
            format!("{own}+{part}*({})", sum(random, &network.inputs, ALL))
        }
        (None, 0) => number(random.pick(&[0.0, 1.0, 0.5, size, -size])),
        (None, _) if network.output() != Activation::Identity => match random.below(3) {
            0 => format!("0.5+0.45*tanh({})", sum(random, &network.inputs, ALL)),
            1 => format!("sigmoid({})", sum(random, &network.inputs, ALL)),
            _ => format!("step({})", sum(random, &network.inputs, ALL)),
        },
        (None, _) => format!("{scale}*({})", sum(random, &network.inputs, ALL)),
    }
}

/// A number in parentheses, exactly if that is short.
fn number(value: f64) -> String {
    let exact = format!("{value:.PLACES$}");
    let exact = exact.trim_end_matches('0').trim_end_matches('.');
    let whole = value.abs() < 1e15 && exact.len() < PLACES && exact.parse() == Ok(value);
    if whole { format!("({exact})") } else { format!("({value:?})") }
}

/// An input, moved and scaled to a size of about 1.
fn unit(input: &Input) -> String {
    let half = 0.5 * input.hi - 0.5 * input.lo;
    let middle = 0.5 * input.hi + 0.5 * input.lo;
    let factor = (1.0 / half).clamp(1e-300, 1e300);
    let factor: f64 = format!("{factor:.2e}").parse().unwrap_or(factor);
    if middle.abs() <= 2.0 * half {
        format!("({}*{})", input.name, number(factor))
    } else {
        format!("(({}-{})*{})", input.name, number(middle), number(factor))
    }
}

/// A sum of some terms of the first `kinds`.
pub fn sum(random: &mut Random, inputs: &[Input], kinds: usize) -> String {
    let terms: Vec<String> = (0..random.count(1, 3)).map(|_| term(random, inputs, kinds)).collect();
    terms.join("+")
}

fn term(random: &mut Random, inputs: &[Input], kinds: usize) -> String {
    let t = unit(&inputs[random.below(inputs.len())]);
    let s = unit(&inputs[random.below(inputs.len())]);
    let mut decimal = |size: f64| format!("({:.3})", random.between(-size, size));
    let (a, k, p) = (decimal(1.0), decimal(9.0), decimal(0.9));
    match random.below(kinds) {
        0 => a,
        1 | 2 => format!("{a}*{t}"),
        3 => format!("{a}*{t}*{s}"),
        4 => format!("{a}*sin({k}*{t}+{s})"),
        5 => format!("{a}*exp(-({t}-{p})^2)"),
        6 => format!("{a}*{t}^3-{p}*{s}"),
        7 => format!("{a}*tanh({k}*({t}-{p}))"),
        8 => format!("{a}/(1+({t}*{s})^2)"),
        9 => format!("{a}*ln({t}^2+1.1)"),
        10 | 11 => format!("{a}*abs({t}-{p})"),
        12 => format!("{a}*sqrt(abs({t}-{p}))"),
        13 => format!("max({a}*{t}, {p}*{s})"),
        14 | 15 => format!("{a}*step({t}-{p})"),
        16 => format!("{a}*floor(3*{t})"),
        17 => format!("if({t} < {p}, {a}*{s}, {a})"),
        18 => format!("{a}*sign({t})*{s}"),
        _ => format!("{a}*step({t}+{s}-{p})"),
    }
}

/// The network as an expression of its inputs; `None` where that is too long.
fn formula(network: &Parts) -> Option<String> {
    let mut slots: Vec<String> = NAMES.iter().take(network.inputs.len()).map(|name| (*name).to_owned()).collect();
    let mut length = 0;
    for layer in &network.layers {
        let mut sums: Vec<String> = (0..layer.rows).map(|row| number(layer.bias.get(row))).collect();
        for (row, column, weight) in layer.weights.entries() {
            sums[row] += &format!("+{}*{}", number(weight), slots[layer.inputs[column] as usize]);
        }
        for sum in sums {
            let value = apply(layer.activation, &sum);
            length += value.len();
            if length > LONGEST {
                return None;
            }
            slots.push(value);
        }
    }
    slots.pop()
}

fn apply(activation: Activation, z: &str) -> String {
    match activation {
        Activation::Identity => format!("({z})"),
        Activation::Heaviside => format!("step({z})"),
        Activation::Logistic => format!("sigmoid({z})"),
        Activation::ClippedLogistic => format!("if({z} < -6, 0, if({z} > 6, 1, sigmoid({z})))"),
        Activation::Tanh => format!("tanh({z})"),
        Activation::Gompertz => format!("exp(-exp(-({z})))"),
        Activation::Ogee => {
            let m = format!("min(abs({z}), 1)");
            format!("(0.5+0.5*sign({z})*sqrt({m}*(2-{m})))")
        }
        Activation::Smoothstep => {
            let t = apply(Activation::Ramp, z);
            format!("({t}^2*(3-2*{t}))")
        }
        Activation::Ramp => format!("min(max(({z})/2+0.5, 0), 1)"),
        Activation::Erf => format!("((1+erf({z}))/2)"),
        Activation::Arctan => format!("(0.5+atan({z})/pi)"),
    }
}
