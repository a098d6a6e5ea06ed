//! Networks over boxes, and an adversary for their certificates.

use bumpnet_interval::{Binary, Scalar};
use bumpnet_ir::{Activation, Certificate, Expr, Input, Layer, Network, Outside, Precision, Values, Weights};

use super::dd::Dd;
use super::random::Random;

/// A layer from its rows: a bias, and columns with their weights.
pub fn layer(activation: Activation, inputs: Vec<u32>, rows: &[(f64, Vec<(u32, f64)>)]) -> Layer {
    let mut weights = (Vec::new(), Vec::new(), Vec::new());
    for (row, (_, terms)) in rows.iter().enumerate() {
        for (col, value) in terms {
            weights.0.push(row as u32);
            weights.1.push(*col);
            weights.2.push(*value);
        }
    }
    Layer {
        activation,
        inputs,
        rows: rows.len(),
        weights: Weights { row: weights.0, col: weights.1, value: Values::Each(weights.2) },
        bias: Values::Each(rows.iter().map(|row| row.0).collect()),
    }
}

/// One hidden layer of units `(w, b, alpha)`.
pub fn ridge(activation: Activation, units: &[(Vec<f64>, f64, f64)], c0: f64) -> Vec<Layer> {
    let n = units[0].0.len() as u32;
    let row = |(w, b, _): &(Vec<f64>, f64, f64)| (*b, (0..n).zip(w.iter().copied()).collect());
    let rows: Vec<_> = units.iter().map(row).collect();
    let out = (0..).zip(units.iter().map(|unit| unit.2)).collect();
    let slots = (n..n + units.len() as u32).collect();
    vec![layer(activation, (0..n).collect(), &rows), layer(Activation::Identity, slots, &[(c0, out)])]
}

/// A network over a box with the names that targets use.
pub fn network(domain: &[(f64, f64)], target: &str, layers: Vec<Layer>) -> Network {
    let input = |(name, (lo, hi)): (&str, &(f64, f64))| Input { name: name.into(), lo: *lo, hi: *hi };
    Network {
        name: "t/n".into(),
        target: target.into(),
        inputs: ["x", "y", "z", "u"].into_iter().zip(domain).map(input).collect(),
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    }
}

/// The exact value, to about 30 digits, before nothing but the sums as they stand.
fn exact(network: &Network, point: &[f64]) -> Dd {
    let mut slots: Vec<Dd> = point.iter().map(|x| Dd::from(*x)).collect();
    for layer in &network.layers {
        let mut sums: Vec<Dd> = (0..layer.rows).map(|row| Dd::from(layer.bias.get(row))).collect();
        for (row, column, value) in layer.weights.entries() {
            sums[row] = sums[row] + Dd::from(value) * slots[layer.inputs[column] as usize];
        }
        slots.extend(sums.iter().map(|sum| layer.activation.apply(sum)));
    }
    slots[slots.len() - 1]
}

/// The value as an evaluator in binary64 sums it, row by row from the bias on.
fn evaluated(network: &Network, point: &[f64]) -> f64 {
    let mut slots = point.to_vec();
    for layer in &network.layers {
        let mut sums: Vec<f64> = (0..layer.rows).map(|row| layer.bias.get(row)).collect();
        for (row, column, value) in layer.weights.entries() {
            sums[row] += value * slots[layer.inputs[column] as usize];
        }
        slots.extend(sums.iter().map(|sum| layer.activation.value(*sum)));
    }
    slots[slots.len() - 1]
}

/// |network - target| at a point.
pub fn error_at(target: &Expr, network: &Network, x: &[f64]) -> f64 {
    let at: Vec<Dd> = x.iter().map(|x| Dd::from(*x)).collect();
    Dd::binary(Binary::Sub, &exact(network, x), &target.eval::<Dd>(&at)).abs().hi
}

/// Tries to refute a certificate at random points, on the faces, near the argmax and uphill from the worst.
pub fn attack(target: &Expr, network: &Network, certificate: &Certificate, effort: usize, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let inputs = &network.inputs;
    let dd_error = |x: &[f64]| error_at(target, network, x);
    let quick = |x: &[f64]| (evaluated(network, x) - target.eval::<f64>(x)).abs();
    let mut points: Vec<(f64, Vec<f64>)> = Vec::new();
    let (mut sum, mut count) = (0.0, 0.0);
    for k in 0..effort {
        let x: Vec<f64> = match k % 8 {
            // A corner or a face.
            0 => inputs.iter().map(|i| random.pick(&[i.lo, i.hi, random_in(&mut Random(k as u64), i)])).collect(),
            // Around the place that is said to be the worst.
            1 => inputs
                .iter()
                .zip(&certificate.argmax)
                .map(|(i, at)| (at + (i.hi - i.lo) * random.between(-0.01, 0.01)).clamp(i.lo, i.hi))
                .collect(),
            _ => inputs.iter().map(|i| random_in(&mut random, i)).collect(),
        };
        let error = quick(&x);
        if k % 8 > 1 {
            (sum, count) = (sum + error * error, count + 1.0);
        }
        points.push((error, x));
    }
    points.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut findings = Vec::new();
    let scale = target.eval::<f64>(&points[0].1).abs().max(1.0);
    let mut look = |x: &[f64]| {
        let error = dd_error(x);
        if !(error <= certificate.upper * (1.0 + 1e-12) + 1e-28 * scale) {
            findings.push(format!("at {x:?}: error {error:e} > upper {:e}", certificate.upper));
        }
        let rounded = quick(x);
        if !(rounded <= certificate.evaluated + 1e-15 * scale) {
            findings.push(format!("at {x:?}: evaluated error {rounded:e} > {:e}", certificate.evaluated));
        }
        error
    };
    for (_, x) in points.iter().take(effort / 20) {
        look(x);
    }
    for (_, x) in points.iter().take(5) {
        let (mut x, mut step) = (x.clone(), 0.01);
        let mut best = look(&x);
        for _ in 0..40 {
            let mut next = x.clone();
            let k = random.below(inputs.len());
            next[k] =
                (x[k] + (inputs[k].hi - inputs[k].lo) * random.between(-step, step)).clamp(inputs[k].lo, inputs[k].hi);
            let error = look(&next);
            if error > best { (best, x) = (error, next) } else { step *= 0.85 }
        }
    }
    let at = dd_error(&certificate.argmax);
    if !(at >= certificate.lower * (1.0 - 1e-12) - 1e-28 * scale) {
        findings.push(format!("at argmax {:?}: error {at:e} < lower {:e}", certificate.argmax, certificate.lower));
    }
    // A mean of that many squares is within a tenth of the true one.
    let rms = f64::sqrt(sum / count);
    if !(certificate.rms.0 <= rms * 1.1 && rms <= certificate.rms.1 * 1.1 + 1e-15 * scale) {
        findings.push(format!("RMS {rms:e} is not in {:?}", certificate.rms));
    }
    findings
}

fn random_in(random: &mut Random, input: &Input) -> f64 {
    random.between(input.lo, input.hi).clamp(input.lo, input.hi)
}
