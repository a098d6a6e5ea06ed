//! Certificates of networks that are constant on the boxes of a grid, held against the adversary.

#![allow(clippy::unwrap_used)] // a test may panic

mod support;

use bumpnet_adversary::random::Random;
use bumpnet_ir::{Activation, Expr, Input, Layer, Network, Outside, Parts, Precision, Values, Weights};
use bumpnet_prove::{certify, verify};
use support::{mean_square, refutation};

const TRIG: &str = "version: 1\nname: t\ntarget: sin(3*x)*cos(2*y)+0.3*x*y\ndomain: {x: [-1, 1], y: [-1, 1]}\n";

fn compiled(head: &str, network: &str) -> (Expr, Network) {
    support::compiled(&format!("{head}networks:\n  n: {{{network}}}\n")).unwrap()
}

fn attack(target: &Expr, network: &Network, effort: usize) {
    assert_eq!(refutation(target, network, network.certificate.as_ref().unwrap(), effort), None);
}

fn tight((target, network): &(Expr, Network), effort: usize) {
    attack(target, network, effort);
    let certificate = network.certificate.as_ref().unwrap();
    assert!(certificate.upper <= 1.01 * certificate.lower && certificate.note.is_none(), "{certificate:?}");
    assert_eq!(certificate.method, "grid");
}

/// Parts of each side whose middles are on no step of the towers here.
const PARTS: usize = 208;

#[test]
fn towers_of_steps() {
    for n in [1, 2, 5, 16] {
        let case = compiled(TRIG, &format!("method: towers, activation: heaviside, resolution: {n}"));
        tight(&case, 8);
        let (low, high) = case.1.certificate.as_ref().unwrap().rms;
        let mean = mean_square(&case.0, &case.1, PARTS);
        assert!(low <= 1.01 * mean && mean <= 1.01 * high, "{low} {mean} {high}");
        assert!(n < 16 || high <= 4.0 * low, "{low} {high}");
    }
    let three = "version: 1\ntarget: 1/(1+x^2+y^2+z^2)\ndomain: {x: [-1, 1], y: [0, 1], z: [0.1, 2]}\n";
    tight(&compiled(three, "method: towers, activation: heaviside, resolution: 5"), 6);
    let kinks = "version: 1\ntarget: abs(x-0.3)+max(x, y)\ndomain: {x: [-1, 1], y: [0, 1]}\n";
    tight(&compiled(kinks, "method: towers, activation: heaviside, resolution: 7"), 6);
    let steep = compiled(TRIG, "method: towers, activation: heaviside, steepness: 3, resolution: 6");
    attack(&steep.0, &steep.1, 8);
}

/// Mixed differences: the bound of the literature, and the number of neurons.
#[test]
fn sixty_four_cells_an_axis() {
    let (target, network) = compiled(TRIG, "method: towers, activation: heaviside, resolution: 64");
    let certificate = network.certificate.as_ref().unwrap();
    println!("{} neurons, {certificate:?}", network.neurons());
    assert!(network.neurons() < 2 * 63 + 64 * 64);
    let largest = network.layers[2].weights.value.as_slice().iter().fold(0.0f64, |most, w| most.max(w.abs()));
    // Half the oscillation on a cell: at most half of the sum of slopes times sides.
    let eps = 0.5 * (3.3 + 2.3) / 32.0;
    assert!(certificate.upper <= eps + largest && certificate.upper < 0.055, "{certificate:?} {largest}");
    attack(&target, &network, 2);
}

#[test]
fn towers_as_they_are_taught() {
    let upright = compiled(TRIG, "method: towers, form: literal, activation: heaviside, resolution: 4");
    tight(&upright, 8);
    assert_eq!(upright.1.neurons(), 5 * 16);
    for steepness in ["", ", steepness: 1000"] {
        let logistic = format!("method: towers, form: literal, activation: logistic, resolution: 4{steepness}");
        let (target, network) = compiled(TRIG, &logistic);
        attack(&target, &network, 6);
        let certificate = network.certificate.as_ref().unwrap();
        assert!(certificate.method == "grid" && certificate.note.is_some(), "{certificate:?}");
        println!("{certificate:?}");
        assert!(certificate.lower > 0.5, "next to two steps the network is 0: {certificate:?}");
    }
}

#[test]
fn towers_where_the_target_varies() {
    let case = compiled(TRIG, "method: towers, placement: adaptive, activation: heaviside, max_error: 0.2");
    tight(&case, 8);
    assert!(case.1.certificate.as_ref().unwrap().upper <= 0.2);
    let peak = "version: 1\ntarget: exp(-100*(x^2+y^2))\ndomain: {x: [-1, 1], y: [-1, 1]}\n";
    let adaptive = compiled(peak, "method: towers, placement: adaptive, activation: heaviside, resolution: 100");
    let uniform = compiled(peak, "method: towers, activation: heaviside, resolution: 10");
    tight(&adaptive, 8);
    let upper = |case: &(Expr, Network)| case.1.certificate.as_ref().unwrap().upper;
    assert!(upper(&adaptive) < 0.5 * upper(&uniform), "{} {}", upper(&adaptive), upper(&uniform));
}

/// One of a list, or any number of a range.
fn some(random: &mut Random, list: &[f64], (a, b): (f64, f64)) -> f64 {
    if random.below(list.len() + 1) == 0 { random.between(a, b) } else { random.pick(list) }
}

/// Tables that no construction writes: weights of both signs and all sizes, several layers, units that nothing reads.
fn random_table(random: &mut Random, precise: bool) -> Network {
    let inputs: Vec<Input> = (0..2)
        .map(|k| Input { name: ["x", "y"][k].into(), lo: random.pick(&[-1.0, 0.0, 0.1]), hi: random.pick(&[1.0, 2.3]) })
        .collect();
    let mut layers = Vec::new();
    let mut slots = 2usize;
    let rows = 3 + random.below(12);
    let mut first = Layer {
        activation: Activation::Heaviside,
        inputs: vec![0, 1],
        rows,
        weights: Weights { row: (0..rows as u32).collect(), col: vec![], value: Values::Same(1.0) },
        bias: Values::Same(0.0),
    };
    let (mut w, mut b) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        let axis = random.below(2);
        let weight = if precise { random.pick(&[1.0, -1.0, 4.0]) } else { random.between(-3.0, 3.0) };
        let at = some(random, &[inputs[axis].lo, inputs[axis].hi, 0.5, 0.3], (-1.0, 2.0));
        first.weights.col.push(axis as u32);
        w.push(weight);
        b.push(-(weight * at));
    }
    (first.weights.value, first.bias) = (Values::Each(w), Values::Each(b));
    layers.push(first);
    for activation in
        [Activation::Identity, Activation::Heaviside, Activation::Ramp, Activation::Logistic, Activation::Identity]
    {
        let before = slots;
        slots += layers.last().map_or(0, |layer: &Layer| layer.rows);
        let last = layers.len() == 5;
        let rows = if last { 1 } else { 1 + random.below(5) };
        let columns: Vec<u32> = (2..slots as u32).collect();
        let dense = before == 2 || random.below(2) == 0;
        let (mut row, mut col, mut value) = (Vec::new(), Vec::new(), Vec::new());
        for r in 0..rows {
            for c in 0..columns.len() {
                if dense || random.below(3) == 0 {
                    row.push(r as u32);
                    col.push(c as u32);
                    value.push(some(random, &[1.0, -1.0], (-2.0, 2.0)));
                }
            }
            if row.last() != Some(&(r as u32)) {
                row.push(r as u32);
                col.push(random.below(columns.len()) as u32);
                value.push(1.0);
            }
        }
        let bias = (0..rows).map(|_| some(random, &[0.0, -1.0], (-1.0, 1.0))).collect();
        layers.push(Layer {
            activation,
            inputs: columns,
            rows,
            weights: Weights { row, col, value: Values::Each(value) },
            bias: Values::Each(bias),
        });
    }
    Network::new(Parts {
        name: "t/n".into(),
        target: "x*y".into(),
        inputs,
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    })
    .expect("a network")
}

#[test]
fn tables_that_no_construction_writes() {
    let target = bumpnet_parser::parse_expression("x*y+0.1*sin(5*x)", vec!["x".into(), "y".into()]).unwrap();
    for seed in 0..24 {
        let network = random_table(&mut Random(seed), seed % 2 == 0);
        let certificate = certify(&target, &network, f64::INFINITY).unwrap();
        assert_eq!(certificate.method, "grid");
        let network = network.with_certificate(Some(certificate.clone().into()));
        attack(&target, &network, 4);
        if seed % 2 == 0 {
            assert!(certificate.upper <= 1.01 * certificate.lower, "{seed} {certificate:?}");
        }
        verify(&target, &network, &certificate).unwrap();
    }
}

/// Jumps at one place, some up and some down, so that the point itself is like neither side.
#[test]
fn a_point_between_two_boxes() {
    let mut layers = Network::one_hidden_layer(
        Activation::Heaviside,
        (vec![1.0, -1.0], vec![-0.5, 0.5]),
        vec![1.0, 1.0],
        0.0,
        Activation::Identity,
    );
    layers[1].inputs = vec![2, 3];
    let inputs = ["x", "y"].map(|name| Input { name: name.into(), lo: 0.0, hi: 1.0 }).to_vec();
    let network = Network::new(Parts {
        name: "t/n".into(),
        target: "1".into(),
        inputs,
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    })
    .expect("a network");
    let target = bumpnet_parser::parse_expression("1+0*x*y", vec!["x".into(), "y".into()]).unwrap();
    let certificate = certify(&target, &network, f64::INFINITY).unwrap();
    assert!(certificate.upper >= 1.0 && certificate.lower >= 1.0 - 1e-12, "both are on at 1/2: {certificate:?}");
}

#[test]
fn forms_that_are_refused() {
    let target = bumpnet_parser::parse_expression("x*y", vec!["x".into(), "y".into()]).unwrap();
    let table = random_table(&mut Random(1), true);
    let network = table.changed(|parts| parts.layers[1].inputs[0] = 0).unwrap();
    assert!(certify(&target, &network, f64::INFINITY).is_err(), "an input is read behind the steps");
    let network = table.changed(|parts| parts.layers[0].weights.row[1] = 0).unwrap();
    assert!(certify(&target, &network, f64::INFINITY).is_err(), "a step reads two inputs");
}

/// A proof that cannot fail proves nothing: run by `cargo test -p bumpnet-prove --features fault-injection --test grid`.
#[cfg(feature = "fault-injection")]
#[test]
fn every_fault_is_refuted() {
    use bumpnet_prove::CertifyError;
    use bumpnet_prove::fault::{Fault, inject};
    let table = |text: &str, sides: (f64, f64), activation: Activation, units: &[(f64, f64, f64)], c0: f64| {
        let (w, b) = units.iter().map(|unit| (unit.0, unit.1)).unzip();
        let alpha: Vec<f64> = units.iter().map(|unit| unit.2).collect();
        let mut layers = Network::one_hidden_layer(activation, (w, b), alpha, c0, Activation::Identity);
        let last = layers.len() - 1;
        layers[last].inputs.iter_mut().for_each(|slot| *slot += 1);
        let target = bumpnet_parser::parse_expression(text, vec!["x".into(), "y".into()]).unwrap();
        let side = |name: &str| Input { name: name.into(), lo: sides.0, hi: sides.1 };
        let inputs = vec![side("x"), side("y")];
        (target, Network::new(Parts { inputs, layers, ..random_table(&mut Random(1), true).into_parts() }).unwrap())
    };
    let (step, unit) = (Activation::Heaviside, (0.0, 1.0));
    let cases = [
        // The largest error is between the ends, where the target turns.
        table("x*(0.7-x)+0*y", unit, step, &[], -0.5),
        // On the last box only, or on the first.
        table("0*x*y", unit, step, &[(1.0, -0.25, 1.0)], 0.0),
        table("0*x*y", unit, step, &[(1.0, -0.25, -1.0)], 1.0),
        // A sum that rounds: 1e16 + 1 - 1e16.
        table("1+0*x*y", unit, step, &[(1.0, 1.0, 1e16), (1.0, 2.0, 1.0), (1.0, 3.0, -1e16)], 0.0),
        // A step that is nearly over on the whole domain.
        table("1+0*x*y", (0.55, 10.0), Activation::Logistic, &[(50.0, -25.0, 1.0)], 0.0),
    ];
    let refuted = |fault: Option<Fault>| {
        cases.iter().find_map(|(target, network)| {
            let mut proved = None;
            let mut certified = || proved = Some(certify(target, network, f64::INFINITY));
            match fault {
                Some(fault) => inject(fault, &mut certified),
                None => certified(),
            }
            match proved? {
                Ok(certificate) => refutation(target, network, &certificate.into(), 4),
                Err(CertifyError::Contradiction(what)) => Some(what),
                Err(_) => None,
            }
        })
    };
    assert_eq!(refuted(None), None);
    for fault in [
        Fault::CurvatureForgotten,
        Fault::MonotoneUnchecked,
        Fault::CellSkipped,
        Fault::JumpSkipped,
        Fault::EvaluatorExact,
        Fault::WindowTooNarrow,
    ] {
        let found = refuted(Some(fault));
        println!("{fault:?}: {found:?}");
        assert!(found.is_some(), "{fault:?} goes unnoticed");
    }
}
