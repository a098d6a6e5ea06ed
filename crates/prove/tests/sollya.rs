//! Another prover's opinion: Sollya's `infnorm` and `supnorm` of small networks against these certificates. Skipped where
//! there is no `sollya` on the PATH, which `.ci/consumers` installs; a failure in CI.
#![allow(clippy::unwrap_used)] // a test may panic

#[path = "../../../tests/support/consumer.rs"]
mod consumer;

use std::fmt::Write;
use std::process::Command;
use std::time::Instant;

use bumpnet_ir::Network;

/// The article's target, in both languages.
const TARGET: &str = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)";

/// A binary64 exactly, as an integer times a power of two.
fn exact(x: f64) -> String {
    let (bits, sign) = (x.abs().to_bits(), if x < 0.0 { "-" } else { "" });
    let (exponent, fraction) = ((bits >> 52) as i64, bits & ((1 << 52) - 1));
    let (mantissa, power) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    format!("({sign}{mantissa}*2^({power}))")
}

/// `network - target` as a Sollya expression, weights exact.
fn difference(network: &Network) -> String {
    let [hidden, output] = &network.layers[..] else { panic!("a hidden layer and an output") };
    let mut text = exact(output.bias.get(0));
    for (row, _, w) in hidden.weights.entries() {
        let (b, alpha) = (hidden.bias.get(row), output.weights.value.get(row));
        write!(text, "+{}/(1+exp(-({}*x+{})))", exact(alpha), exact(w), exact(b)).unwrap();
    }
    format!("{text}-({TARGET})")
}

fn certified(n: usize) -> Network {
    let source = format!(
        "version: 1\nname: t\ntarget: {TARGET}\ndomain: {{x: [0, 1]}}\nnetworks:\n  n: {{method: bumps, activation: logistic, \
         resolution: {n}}}\n"
    );
    let spec = bumpnet_parser::parse_spec(source.as_bytes(), "t").unwrap();
    bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap().network
}

/// What Sollya encloses the norm in; `None` without Sollya.
fn sollya(command: &str) -> Option<(f64, f64)> {
    let script = format!("prec = 165!;\n{command}\n");
    let file = std::env::temp_dir().join(format!("bumpnet-{}-{}.sollya", std::process::id(), command.len()));
    std::fs::write(&file, script).unwrap();
    let output = Command::new("sollya").arg(&file).output();
    std::fs::remove_file(&file).unwrap();
    let text = String::from_utf8(output.ok()?.stdout).unwrap();
    let line = text.lines().rfind(|line| line.starts_with('[')).unwrap_or_else(|| panic!("no interval in {text}"));
    let mut ends = line.trim_matches(['[', ']']).split(';').map(|end| end.parse().unwrap());
    Some((ends.next().unwrap(), ends.next().unwrap()))
}

#[test]
fn sollya_agrees() {
    for n in [5, 10, 20] {
        let network = certified(n);
        let certificate = network.certificate.clone().unwrap();
        let target = bumpnet_parser::parse_expression(TARGET, vec!["x".into()]).unwrap();
        let started = Instant::now();
        bumpnet_prove::certify(&target, &network, f64::INFINITY).unwrap();
        let own = started.elapsed();
        let error = difference(&network);
        let started = Instant::now();
        let norm = sollya(&format!("print(infnorm({error}, [0;1]));"));
        consumer::there("sollya", norm.is_some());
        let Some(norm) = norm else { return };
        println!(
            "N = {n}: certificate [{:?}, {:?}] in {own:?}; infnorm [{:?}, {:?}] in {:?}",
            certificate.lower,
            certificate.upper,
            norm.0,
            norm.1,
            started.elapsed()
        );
        // Decimals of Sollya's are read to the nearest binary64.
        let slack = 1e-15 * certificate.upper;
        assert!(norm.0 <= certificate.upper + slack && certificate.lower <= norm.1 + slack, "N = {n}: {norm:?}");
        if n == 5 {
            let norm = sollya(&format!("print(supnorm(0, {error}, [0;1], absolute, 2^(-10)));")).unwrap();
            println!("N = {n}: supnorm {norm:?}");
            assert!(norm.0 <= certificate.upper + slack && certificate.lower <= norm.1 + slack, "supnorm {norm:?}");
        }
    }
}
