//! Searches and proofs that are asked to end do so soon, whatever the construction: each of these takes a minute otherwise.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

use std::sync::Arc;
use std::time::{Duration, Instant};

use bumpnet_compiler::compile;
use bumpnet_prove::watch::{Watch, watched};

/// Targets, domains, networks.
const HEAVY: [(&str, &str, &str); 8] = [
    (
        "sin(exp(x))",
        "{x: [0, 12]}",
        "method: bumps, activation: heaviside, placement: optimal, precision: f32, max_error: 1e-3",
    ),
    ("sin(exp(x))", "{x: [0, 12]}", "method: bumps, activation: heaviside, placement: optimal, resolution: 100000"),
    ("sin(exp(x))", "{x: [0, 12]}", "method: bumps, activation: ramp, placement: optimal, max_error: 1e-5"),
    ("sin(x)", "{x: [0, 1e7]}", "method: bumps, activation: heaviside, precision: f32, resolution: 10000"),
    (
        "sin(9*x)*cos(8*y)",
        "{x: [0, 1], y: [0, 1]}",
        "method: towers, activation: heaviside, placement: adaptive, max_error: 5e-3",
    ),
    ("sin(900*x*y)", "{x: [0, 1], y: [0, 1]}", "method: towers, activation: heaviside, resolution: 30"),
    ("1/(1+x^2+y^2+z^2)", "{x: [-1, 1], y: [-1, 1], z: [-1, 1]}", "method: low-rank, max_error: 1e-9"),
    ("sqrt(x^2+y^2)", "{x: [-1, 1], y: [-1, 1]}", "max_error: 1e-9"),
];

#[test]
fn all_constructions_end_when_asked_to() {
    for (target, domain, network) in HEAVY {
        let source =
            format!("version: 1\nname: t\ntarget: {target}\ndomain: {domain}\nnetworks:\n  n: {{{network}}}\n");
        let spec = bumpnet_parser::parse_spec(source.as_bytes(), "t").unwrap();
        let watch = Arc::new(Watch::default());
        let start = std::thread::scope(|scope| {
            let stop = scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(300));
                watch.stop();
                Instant::now()
            });
            let _ = watched(&watch, "n", || compile(&spec, &spec.networks[0]));
            stop.join().unwrap()
        });
        assert!(start.elapsed() < Duration::from_secs(15), "{target}, {network}: {:?}", start.elapsed());
        println!("{target}, {network}: {:?}", start.elapsed());
    }
}
