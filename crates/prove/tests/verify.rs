//! `verify`: a certificate that holds is accepted, one that was tampered with is not.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

use bumpnet_ir::{Activation, Certificate, Expr, Network};
use bumpnet_prove::verify;

fn expr(text: &str) -> Expr {
    bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap()
}

/// Networks of several forms, each with its target and certificate.
fn certified() -> Vec<(Expr, Network, Certificate)> {
    let article = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)";
    let cases = [
        (article, "activation: logistic, resolution: 20"),
        (article, "activation: heaviside, resolution: 10, placement: optimal"),
        (article, "activation: clipped-logistic, steepness: 500, resolution: 5, layout: pairs, output: logistic"),
        ("abs(x-0.3)", "activation: ramp, resolution: 12"),
        ("0.5", "activation: heaviside, resolution: 1"),
    ];
    cases.into_iter().map(compiled).collect()
}

/// A network with its target and certificate.
fn compiled((target, network): (&str, &str)) -> (Expr, Network, Certificate) {
    let source = format!(
        "version: 1\nname: v\ntarget: {target}\ndomain: {{x: [0, 1]}}\nnetworks:\n  n: {{method: bumps, {network}}}\n"
    );
    let spec = bumpnet_parser::parse_spec(source.as_bytes(), "v").unwrap();
    let network = bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap().network;
    let certificate = network.certificate.clone().unwrap();
    (spec.target, network, certificate)
}

#[test]
fn good_certificates_hold() {
    for (target, network, certificate) in certified() {
        let proved = verify(&target, &network, &certificate).unwrap();
        // What was asked for an error may have been proved with other work.
        assert!(proved.upper <= certificate.upper && proved.lower >= 0.999 * certificate.lower, "{proved:?}");
        // Weaker claims hold as well.
        let weaker = Certificate {
            lower: 0.9 * certificate.lower,
            upper: 1.5 * certificate.upper + 1e-9,
            evaluated: 2.0 * certificate.evaluated + 1e-9,
            rms: (0.5 * certificate.rms.0, 2.0 * certificate.rms.1 + 1e-9),
            ..certificate
        };
        verify(&target, &network, &weaker).unwrap();
    }
}

/// Two branches that touch cannot be told apart near there, and no division helps: the proof ends all the same, and holds.
#[test]
fn branches_that_touch_end() {
    let (target, network, certificate) = compiled(("max(sin(1.5*x), 1.5*x)", "activation: ramp, resolution: 16"));
    // max(sin(1.5 x), 1.5 x) = 1.5 x, which the polygon is, but for roundings.
    assert!(certificate.lower <= 1e-15 && certificate.upper <= 1e-7, "{certificate:?}");
    assert!(certificate.note.is_some());
    verify(&target, &network, &certificate).unwrap();
}

/// How a proof goes depends on the error asked for, which a table does not say; what it states can be proved all the same.
#[test]
fn certificates_of_optimal_placements_hold() {
    for bumps in [30, 300, 3_001, 20_000, 100_000] {
        let article = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)";
        let network = format!("activation: heaviside, placement: optimal, resolution: {bumps}");
        let (target, network, certificate) = compiled((article, &network));
        verify(&target, &network, &certificate).unwrap_or_else(|reason| panic!("{bumps}: {reason}"));
    }
}

#[test]
fn tampered_weights_fail() {
    for (target, network, certificate) in certified().into_iter().take(4) {
        for layer in 0..network.layers.len() {
            for bias in [false, true] {
                let mut forged = network.clone().into_parts();
                let layer = &mut forged.layers[layer];
                let list = if bias { &mut layer.bias } else { &mut layer.weights.value };
                let changed: Vec<f64> = list.as_slice().iter().map(|v| 1.05 * v + 0.05).collect();
                *list = bumpnet_ir::Values::Each(if changed.len() == 1 && layer.rows > 1 && bias {
                    vec![changed[0]; layer.rows]
                } else {
                    changed
                });
                if list.as_slice().len() == 1 && !bias {
                    *list = bumpnet_ir::Values::Same(list.get(0));
                }
                let forged = Network::new(forged).unwrap();
                assert!(verify(&target, &forged, &certificate).is_err(), "{} {bias}", network.target);
            }
        }
    }
}

#[test]
fn tampered_bounds_fail() {
    for (target, network, certificate) in certified().into_iter().take(4) {
        let forge = |change: &dyn Fn(&mut Certificate)| {
            let mut forged = certificate.clone();
            change(&mut forged);
            verify(&target, &network, &forged)
        };
        for (what, result) in [
            ("upper below lower", forge(&|c| c.upper = c.lower.next_down())),
            ("upper 0", forge(&|c| c.upper = 0.0)),
            ("upper NaN", forge(&|c| c.upper = f64::NAN)),
            ("upper negative", forge(&|c| c.upper = -1.0)),
            ("evaluated below lower", forge(&|c| c.evaluated = c.lower.next_down())),
            ("evaluated NaN", forge(&|c| c.evaluated = f64::NAN)),
            ("lower above upper", forge(&|c| c.lower = c.upper.next_up())),
            ("lower NaN", forge(&|c| c.lower = f64::NAN)),
            ("argmax elsewhere", forge(&|c| c.argmax = vec![0.5 * c.argmax[0] + 0.24])),
            ("argmax outside", forge(&|c| c.argmax = vec![1.5])),
            ("argmax missing", forge(&|c| c.argmax = vec![])),
            ("argmax NaN", forge(&|c| c.argmax = vec![f64::NAN])),
            ("rms too small", forge(&|c| c.rms.1 = 0.5 * c.rms.0)),
            ("rms NaN", forge(&|c| c.rms.1 = f64::NAN)),
            ("rms too large", forge(&|c| c.rms.0 = 2.0 * c.rms.1)),
        ] {
            assert!(result.is_err(), "{what}: {} with {certificate:?}", network.target);
        }
        // At a jump both sides are possible for `verify`; elsewhere a billionth is noticed.
        if network.layers[0].activation == Activation::Logistic || network.layers[0].activation == Activation::Ramp {
            assert!(forge(&|c| c.lower *= 1.0 + 1e-9).is_err(), "{}", network.target);
        }
        // One step below what is proved: refused, unless more work does prove it.
        if let Ok(proved) = forge(&|c| c.upper = c.upper.next_down()) {
            assert!(proved.upper < certificate.upper);
        }
    }
}

#[test]
fn another_target_or_domain_fails() {
    for (_, network, certificate) in certified() {
        let other = expr(&format!("{}+0.01*(1+x)", network.target));
        assert!(verify(&other, &network, &certificate).is_err(), "{}", network.target);
    }
    let (target, network, certificate) = certified().remove(0);
    let network = network.changed(|parts| parts.inputs[0].hi = 2.0).unwrap();
    assert!(verify(&target, &network, &certificate).is_err());
    let target = expr("1/(x-0.5)");
    assert!(verify(&target, &network, &certificate).unwrap_err().contains("divides by zero"));
}

#[test]
fn claims_about_the_hidden_layer_are_checked() {
    let (target, network, certificate) = certified().remove(2);
    let hidden = certificate.hidden.clone().unwrap();
    let forge = |lower: f64, upper: f64, argmax: f64| {
        let hidden = Some(bumpnet_ir::Hidden { lower, upper, argmax: vec![argmax] });
        verify(&target, &network, &Certificate { hidden, ..certificate.clone() })
    };
    let at = hidden.argmax[0];
    assert!(forge(hidden.lower, hidden.upper, at).is_ok());
    for (lower, upper, at) in [
        (hidden.lower, 0.5 * hidden.lower, at),
        (1.1 * hidden.upper, 2.0 * hidden.upper, at),
        (hidden.lower, hidden.upper, 0.5 * at + 0.24),
        (hidden.lower, f64::NAN, at),
    ] {
        assert!(forge(lower, upper, at).is_err(), "[{lower}, {upper}] at {at}");
    }
    // A network without an output activation has nothing to say of a hidden layer.
    let (target, network, certificate) = certified().remove(0);
    let forged = Certificate { hidden: Some(hidden), ..certificate };
    assert!(verify(&target, &network, &forged).is_err());
}

#[test]
fn what_is_no_network_is_refused() {
    let (_, network, _) = certified().remove(0);
    let output = network.layers[1].clone();
    let with = |layer: bumpnet_ir::Layer| network.changed(|parts| parts.layers.push(layer)).unwrap_err();
    let narrow = with(bumpnet_ir::Layer { inputs: vec![0], ..output.clone() });
    assert!(narrow.contains("outside the matrix"), "{narrow}");
    let ahead = with(bumpnet_ir::Layer { inputs: vec![1000; output.inputs.len()], ..output });
    assert!(ahead.contains("reads slot 1000"), "{ahead}");
}
