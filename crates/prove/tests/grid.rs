//! Certificates of networks that are constant on the boxes of a grid, against an evaluator in double-double arithmetic: at
//! random points, next to every jump, and at the corners of boxes.

#![allow(clippy::unwrap_used)] // a test may panic

mod support;

use bumpnet_ir::{Activation, Expr, Input, Layer, Network, Outside, Precision, Spec, Values, Weights};
use bumpnet_prove::{certify, verify};
use support::dd::Dd;
use support::random::Random;

const TRIG: &str = "version: 1\nname: t\ntarget: sin(3*x)*cos(2*y)+0.3*x*y\ndomain: {x: [-1, 1], y: [-1, 1]}\n";

fn compiled(head: &str, network: &str) -> (Expr, Network) {
    let source = format!("{head}networks:\n  n: {{{network}}}\n");
    let spec: Spec = bumpnet_parser::parse_spec(source.as_bytes(), "t").map_err(|p| p[0].message.clone()).unwrap();
    let compiled = bumpnet_compiler::compile(&spec, &spec.networks[0]).map_err(|d| d.message).unwrap();
    (spec.target, compiled.network)
}

/// The network as its table has it, by formulas of its own.
fn value(network: &Network, point: &[Dd]) -> Dd {
    let mut slots = point.to_vec();
    for layer in &network.layers {
        let mut sums: Vec<Dd> = (0..layer.rows).map(|row| Dd::from(layer.bias.get(row))).collect();
        for (row, column, weight) in layer.weights.entries() {
            sums[row] = sums[row] + Dd::from(weight) * slots[layer.inputs[column] as usize];
        }
        slots.extend(sums.into_iter().map(|z| match layer.activation {
            Activation::Heaviside => Dd::from(f64::from(u8::from(z >= Dd::ZERO))),
            Activation::Logistic if z.hi > 80.0 => Dd::ONE,
            Activation::Logistic if z.hi < -80.0 => Dd::ZERO,
            Activation::Logistic => z.sigmoid(),
            Activation::Ramp if z > Dd::ONE => Dd::ONE,
            Activation::Ramp if z < -Dd::ONE => Dd::ZERO,
            Activation::Ramp => (z + Dd::ONE) / Dd::from(2.0),
            Activation::Identity => z,
            other => panic!("{other:?} is not used here"),
        }));
    }
    slots[slots.len() - 1]
}

/// The same as a runner has it, in binary64.
fn evaluated(network: &Network, point: &[f64]) -> f64 {
    let mut slots = point.to_vec();
    for layer in &network.layers {
        let mut sums: Vec<f64> = (0..layer.rows).map(|row| layer.bias.get(row)).collect();
        for (row, column, weight) in layer.weights.entries() {
            sums[row] += weight * slots[layer.inputs[column] as usize];
        }
        slots.extend(sums.iter().map(|z| layer.activation.value(*z)));
    }
    slots[slots.len() - 1]
}

/// What is wrong with the certificate, as far as about so many points show.
fn refutation(target: &Expr, network: &Network, points: usize) -> Option<String> {
    let certificate = network.certificate.as_ref().unwrap();
    let error = |point: &[Dd]| (value(network, point) - target.eval(point)).abs();
    let mut random = Random(5);
    let mut knots: Vec<Vec<f64>> =
        network.inputs.iter().map(|input| vec![input.lo, input.hi, 0.5 * input.lo + 0.5 * input.hi]).collect();
    let first = &network.layers[0];
    for (row, column, w) in first.weights.entries().filter(|_| network.layers.len() > 1) {
        knots[first.inputs[column] as usize].push(-first.bias.get(row) / w);
    }
    for k in 0..points {
        let coordinate = |(input, knots): (&Input, &Vec<f64>)| {
            let at = if k % 3 == 0 { random.between(input.lo, input.hi) } else { random.pick(knots) };
            let at = match random.below(4) {
                0 => at.next_up(),
                1 => at.next_down(),
                _ => at,
            };
            at.clamp(input.lo, input.hi)
        };
        let point: Vec<f64> = network.inputs.iter().zip(&knots).map(coordinate).collect();
        let exact: Vec<Dd> = point.iter().map(|x| Dd::from(*x)).collect();
        let error = error(&exact).hi;
        if error > certificate.upper * (1.0 + 1e-15) {
            return Some(format!("the error is {error} at {point:?}: {certificate:?}"));
        }
        let rounded = (Dd::from(evaluated(network, &point)) - target.eval(&exact)).abs().hi;
        if rounded > certificate.evaluated * (1.0 + 1e-15) {
            return Some(format!("evaluated, the error is {rounded} at {point:?}: {certificate:?}"));
        }
    }
    let argmax: Vec<Dd> = certificate.argmax.iter().map(|x| Dd::from(*x)).collect();
    let attained = error(&argmax).hi;
    let ordered = certificate.lower <= certificate.upper
        && certificate.rms.0 <= certificate.rms.1
        && certificate.upper <= certificate.evaluated;
    let holds = attained >= certificate.lower * (1.0 - 1e-12) && ordered;
    (!holds).then(|| format!("{attained} is attained: {certificate:?}"))
}

fn attack(target: &Expr, network: &Network, points: usize) {
    assert_eq!(refutation(target, network, points), None, "{target}");
}

fn tight((target, network): &(Expr, Network), points: usize) {
    attack(target, network, points);
    let certificate = network.certificate.as_ref().unwrap();
    assert!(certificate.upper <= 1.01 * certificate.lower && certificate.note.is_none(), "{certificate:?}");
    assert_eq!(certificate.method, "grid");
}

/// The mean square by a fine lattice, to about a thousandth.
fn mean_square(target: &Expr, network: &Network) -> f64 {
    const POINTS: usize = 200;
    let mut sum = 0.0;
    for i in 0..POINTS {
        for j in 0..POINTS {
            let side = |k: usize, input: &Input| input.lo + (input.hi - input.lo) * ((k as f64 + 0.37) / POINTS as f64);
            let point = [side(i, &network.inputs[0]), side(j, &network.inputs[1])];
            let error = value(network, &point.map(Dd::from)).hi - target.eval::<f64>(&point);
            sum += error * error;
        }
    }
    (sum / (POINTS * POINTS) as f64).sqrt()
}

#[test]
fn towers_of_steps() {
    for n in [1, 2, 5, 16] {
        let case = compiled(TRIG, &format!("method: towers, activation: heaviside, resolution: {n}"));
        tight(&case, 2000);
        let (low, high) = case.1.certificate.as_ref().unwrap().rms;
        let mean = mean_square(&case.0, &case.1);
        assert!(low <= 1.01 * mean && mean <= 1.01 * high, "{low} {mean} {high}");
        assert!(n < 16 || high <= 4.0 * low, "{low} {high}");
    }
    let three = "version: 1\ntarget: 1/(1+x^2+y^2+z^2)\ndomain: {x: [-1, 1], y: [0, 1], z: [0.1, 2]}\n";
    tight(&compiled(three, "method: towers, activation: heaviside, resolution: 5"), 1000);
    let kinks = "version: 1\ntarget: abs(x-0.3)+max(x, y)\ndomain: {x: [-1, 1], y: [0, 1]}\n";
    tight(&compiled(kinks, "method: towers, activation: heaviside, resolution: 7"), 1000);
    let steep = compiled(TRIG, "method: towers, activation: heaviside, steepness: 3, resolution: 6");
    attack(&steep.0, &steep.1, 2000);
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
    attack(&target, &network, 300);
}

#[test]
fn towers_as_they_are_taught() {
    let upright = compiled(TRIG, "method: towers, form: literal, activation: heaviside, resolution: 4");
    tight(&upright, 2000);
    assert_eq!(upright.1.neurons(), 5 * 16);
    for steepness in ["", ", steepness: 1000"] {
        let logistic = format!("method: towers, form: literal, activation: logistic, resolution: 4{steepness}");
        let (target, network) = compiled(TRIG, &logistic);
        attack(&target, &network, 1000);
        let certificate = network.certificate.as_ref().unwrap();
        assert!(certificate.method == "grid" && certificate.note.is_some(), "{certificate:?}");
        println!("{certificate:?}");
        assert!(certificate.lower > 0.5, "next to two steps the network is 0: {certificate:?}");
    }
}

#[test]
fn towers_where_the_target_varies() {
    let case = compiled(TRIG, "method: towers, placement: adaptive, activation: heaviside, max_error: 0.2");
    tight(&case, 2000);
    assert!(case.1.certificate.as_ref().unwrap().upper <= 0.2);
    let peak = "version: 1\ntarget: exp(-100*(x^2+y^2))\ndomain: {x: [-1, 1], y: [-1, 1]}\n";
    let adaptive = compiled(peak, "method: towers, placement: adaptive, activation: heaviside, resolution: 100");
    let uniform = compiled(peak, "method: towers, activation: heaviside, resolution: 10");
    tight(&adaptive, 2000);
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
    Network {
        name: "t/n".into(),
        target: "x*y".into(),
        inputs,
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    }
}

#[test]
fn tables_that_no_construction_writes() {
    let target = bumpnet_parser::parse_expression("x*y+0.1*sin(5*x)", vec!["x".into(), "y".into()]).unwrap();
    for seed in 0..24 {
        let mut network = random_table(&mut Random(seed), seed % 2 == 0);
        assert_eq!(network.check(), Ok(()));
        let certificate = certify(&target, &network, f64::INFINITY).unwrap();
        assert_eq!(certificate.method, "grid");
        network.certificate = Some(certificate.clone().into());
        attack(&target, &network, 600);
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
    let network = Network {
        name: "t/n".into(),
        target: "1".into(),
        inputs,
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    };
    let target = bumpnet_parser::parse_expression("1+0*x*y", vec!["x".into(), "y".into()]).unwrap();
    let certificate = certify(&target, &network, f64::INFINITY).unwrap();
    assert!(certificate.upper >= 1.0 && certificate.lower >= 1.0 - 1e-12, "both are on at 1/2: {certificate:?}");
}

#[test]
fn forms_that_are_refused() {
    let target = bumpnet_parser::parse_expression("x*y", vec!["x".into(), "y".into()]).unwrap();
    let mut network = random_table(&mut Random(1), true);
    network.layers[1].inputs[0] = 0;
    assert!(certify(&target, &network, f64::INFINITY).is_err(), "an input is read behind the steps");
    let mut network = random_table(&mut Random(1), true);
    network.layers[0].weights.row[1] = 0;
    assert!(certify(&target, &network, f64::INFINITY).is_err(), "a step reads two inputs");
}

/// A proof that cannot fail proves nothing: run by `cargo test -p bumpnet-prove --features fault-injection --test grid`.
#[cfg(feature = "fault-injection")]
#[test]
fn every_fault_is_refuted() {
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
        (target, Network { inputs, layers, ..random_table(&mut Random(1), true) })
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
            let mut certified = || proved = certify(target, network, f64::INFINITY).ok();
            match fault {
                Some(fault) => inject(fault, &mut certified),
                None => certified(),
            }
            refutation(target, &Network { certificate: proved.map(Certificate::from), ..network.clone() }, 500)
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
