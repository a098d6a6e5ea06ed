//! A network straight from its table, unit by unit, by formulas of its own, on the judge's numbers.

use bumpnet_interval::{Comparison, Scalar, Unary};
use bumpnet_ir::{Activation, Network};

use crate::number::Enclosure;

/// The sum in front of the output's activation.
pub fn hidden(network: &Network, point: &[Enclosure]) -> Enclosure {
    let mut slots = point.to_vec();
    let mut last = Enclosure::unknown();
    for (k, layer) in network.layers.iter().enumerate() {
        let mut sums: Vec<Enclosure> = (0..layer.rows).map(|row| Enclosure::from(layer.bias.get(row))).collect();
        for (row, column, weight) in layer.weights.entries() {
            let slot = layer.inputs[column] as usize;
            // Even where a slot is not known, 0 times it is 0.
            if weight != 0.0 {
                sums[row] = &sums[row] + &(&Enclosure::from(weight) * &slots[slot]);
            }
        }
        if k + 1 == network.layers.len() {
            last = sums.swap_remove(0);
        } else {
            slots.extend(sums.iter().map(|sum| activation(layer.activation, sum)));
        }
    }
    last
}

/// The network's value.
pub fn value(network: &Network, point: &[Enclosure]) -> Enclosure {
    activation(network.output(), &hidden(network, point))
}

/// The activations, by their definitions.
fn activation(activation: Activation, z: &Enclosure) -> Enclosure {
    let number = Enclosure::from;
    let half = |x: &Enclosure| x * &number(0.5);
    let (zero, one) = (number(0.0), number(1.0));
    let clip = |z: &Enclosure, lo: f64, hi: f64| {
        Enclosure::binary(
            bumpnet_interval::Binary::Min,
            &Enclosure::binary(bumpnet_interval::Binary::Max, z, &number(lo)),
            &number(hi),
        )
    };
    match activation {
        Activation::Identity => z.clone(),
        Activation::Heaviside => Enclosure::unary(Unary::Step, z),
        Activation::Logistic => Enclosure::unary(Unary::Sigmoid, z),
        Activation::ClippedLogistic => {
            let upper =
                Enclosure::select(Comparison::Greater, z, &number(6.0), &one, &Enclosure::unary(Unary::Sigmoid, z));
            Enclosure::select(Comparison::Less, z, &number(-6.0), &zero, &upper)
        }
        Activation::Tanh => Enclosure::unary(Unary::Tanh, z),
        Activation::Gompertz => Enclosure::unary(Unary::Exp, &-&Enclosure::unary(Unary::Exp, &-z)).within(0.0, 1.0),
        Activation::Ogee => {
            // The lower arc, as a function of the distance to its end: (y - 1/2)^2/(1/4) + (z + 1)^2 = 1, y below 1/2.
            let rise =
                |m: &Enclosure| half(&Enclosure::unary(Unary::Sqrt, &(m * &(&number(2.0) - m)).within(0.0, 1.0)));
            let above = &number(0.5) + &rise(&clip(z, 0.0, 1.0));
            let below = &number(0.5) - &rise(&clip(&-z, 0.0, 1.0));
            // One of the two is 1/2, and both increase.
            &(&above + &below) - &number(0.5)
        }
        Activation::Smoothstep => {
            let t = (&half(&clip(z, -1.0, 1.0)) + &number(0.5)).within(0.0, 1.0);
            t.monotone(|t| &(&t * &t) * &(&number(3.0) - &(&number(2.0) * &t)))
        }
        Activation::Ramp => (&half(&clip(z, -1.0, 1.0)) + &number(0.5)).within(0.0, 1.0),
        Activation::Erf => half(&(&one + &Enclosure::unary(Unary::Erf, z))),
        Activation::Arctan => {
            let pi = Enclosure::constant(bumpnet_interval::Constant::Pi);
            &number(0.5) + &(&Enclosure::unary(Unary::Atan, z) / &pi)
        }
    }
}
