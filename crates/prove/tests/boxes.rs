//! Certificates over boxes, searched for refutations.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_adversary::random::Random;
use bumpnet_ir::{Activation, Network, Parts};
use support::{holds, layer, mean_square, network, ridge};

/// What must hold of a certificate; returns upper/lower.
fn check(name: &str, network: &Network) -> f64 {
    let (target, certificate) = holds(network, 8);
    println!("{name}: {certificate:?}");
    // A mean of that many squares is within a tenth of the true one.
    let mean = mean_square(&target, network, [0, 0, 80, 20, 9][network.inputs.len()]);
    let (low, high) = certificate.rms;
    assert!(low <= 1.1 * mean && mean <= 1.1 * high, "{name}: {low} {mean} {high}");
    certificate.upper / certificate.lower
}

/// A target that is a network's own formula and a little more: the terms cancel, whatever their size.
fn disturbed(activation: Activation, size: f64, extra: &str, inputs: usize, seed: u64) -> Network {
    let mut random = Random(seed);
    let names = ["x", "y", "z", "u"];
    let units: Vec<(Vec<f64>, f64, f64)> = (0..8)
        .map(|_| {
            let w = (0..inputs).map(|_| (random.between(-3.0, 3.0) * 64.0).round() / 64.0).collect();
            let round = |x: f64| (x * 64.0).round() / 64.0;
            (w, round(random.between(-2.0, 2.0)), round(random.between(-size, size)))
        })
        .collect();
    let formula = |z: &str| match activation {
        Activation::Logistic => format!("sigmoid({z})"),
        Activation::Erf => format!("(1+erf({z}))/2"),
        Activation::Arctan => format!("(0.5+atan({z})/pi)"),
        Activation::Gompertz => format!("exp(-exp(-({z})))"),
        _ => format!("tanh({z})"),
    };
    let terms: Vec<String> = units
        .iter()
        .map(|(w, b, a)| {
            let z: Vec<String> = w.iter().zip(names).map(|(w, x)| format!("({w:?})*{x}")).collect();
            format!("({a:?})*{}", formula(&format!("{}+({b:?})", z.join("+"))))
        })
        .collect();
    let domain: Vec<(f64, f64)> = (0..inputs).map(|k| (-1.0 + 0.25 * k as f64, 1.0)).collect();
    network(&domain, &format!("{}+{extra}", terms.join("+")), ridge(activation, &units, 0.0))
}

#[test]
fn one_hidden_layer_whose_terms_cancel() {
    for (activation, size, extra, inputs) in [
        (Activation::Logistic, 1.0, "0.001*sin(3*x*y)", 2),
        (Activation::Tanh, 1000.0, "1e-8*cos(2*x+y)", 2),
        (Activation::Erf, 10.0, "1e-6/(1+x^2+y^2)", 2),
        (Activation::Arctan, 1.0, "1e-3*x*y", 2),
        (Activation::Gompertz, 2.0, "1e-4*exp(x-y)", 2),
        (Activation::Logistic, 1.0, "1e-4*cos(x*y*z)", 3),
        (Activation::Tanh, 1.0, "0.3*(x*y-z*u)", 4),
    ] {
        let name = format!("{} {extra}", activation.name());
        let ratio = check(&name, &disturbed(activation, size, extra, inputs, 11));
        assert!(ratio <= 1.01, "{name}: {ratio}");
    }
}

#[test]
fn targets_that_are_not_smooth() {
    for (extra, most) in
        [("0.1*abs(x-0.3*y)", 1.02), ("0.1*max(x, y)", 1.02), ("0.1*hypot(x, y)", 1.02), ("0.1*sqrt(x+1)", 1.02)]
    {
        let ratio = check(extra, &disturbed(Activation::Logistic, 1.0, extra, 2, 5));
        assert!(ratio <= most, "{extra}: {ratio}");
    }
}

/// `x y` by squares of sums, through a layer of read-outs and skip connections.
#[test]
fn layers_that_read_layers() {
    let h = 0.0625;
    let b = 2.292_431_669_561_177_4;
    let curve = -0.068_041_381_744 * h * h;
    let readout =
        layer(Activation::Identity, vec![0, 1], &[(0.0, vec![(0, 0.5), (1, 0.5)]), (0.0, vec![(0, 0.5), (1, -0.5)])]);
    let gates = layer(
        Activation::Logistic,
        vec![2, 3],
        &[(b, vec![(0, h)]), (b, vec![(0, -h)]), (b, vec![(1, h)]), (b, vec![(1, -h)])],
    );
    let a = 1.0 / curve;
    let last =
        layer(Activation::Identity, vec![4, 5, 6, 7, 0], &[(0.0, vec![(0, a), (1, a), (2, -a), (3, -a), (4, 0.25)])]);
    let product = network(&[(-1.0, 1.0), (-1.0, 0.5)], "x*y+x/4", vec![readout, gates, last]);
    let ratio = check("product", &product);
    assert!(ratio <= 1.01, "{ratio}");
}

/// A neuron at the output, whose own error is told too.
#[test]
fn an_output_neuron() {
    let plain = disturbed(Activation::Logistic, 1.0, "0.01*x*y", 2, 3);
    let squash = |parts: &mut Parts| {
        parts.target = format!("sigmoid({})", plain.target);
        parts.layers.last_mut().unwrap().activation = Activation::Logistic;
    };
    let squashed = plain.changed(squash).unwrap();
    assert!(check("sigmoid of a sum", &squashed) <= 1.01);
}
