//! Domains of a few numbers, targets and weights below the normal ones: each ends soon, in a network or in a diagnostic with
//! its place, and never in a panic or in a search that goes on through all that cannot be told apart.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::time::{Duration, Instant};

use support::{Folder, Outcome, run};

/// Longest wait; the aim is a second, the rest is for slow and busy machines.
const LONGEST: Duration = Duration::from_secs(20);

/// Ends of domains, of which each goes to the next number.
const ENDS: [f64; 5] = [0.0, 1.0, 1e300, 5e-324, -1.0];

fn compile(target: &str, domain: &str, network: &str) -> Outcome {
    let folder = Folder::new();
    let spec = format!("version: 1\ntarget: {target}\ndomain: {{{domain}}}\nnetworks:\n  n: {{{network}}}\n");
    let path = folder.write("a.yaml", &spec);
    let start = Instant::now();
    let outcome = run(arguments!["compile", path, "--out", folder.path("out")]);
    assert!(start.elapsed() < LONGEST, "{:?}\n{spec}", start.elapsed());
    match outcome.code {
        0 | 1 => {}
        2 => assert!(outcome.err.contains("a.yaml:") && outcome.err.contains('^'), "{spec}\n{}", outcome.all()),
        _ => panic!("{spec}\n{}", outcome.all()),
    }
    outcome
}

#[test]
fn domains_of_two_numbers() {
    for network in [
        "method: bumps, activation: heaviside, resolution: 4",
        "method: bumps, activation: logistic, resolution: 1",
        "method: bumps, activation: ramp, max_error: 1e-3",
        "method: bumps, activation: heaviside, placement: optimal, resolution: 3",
        "method: bumps, activation: ramp, placement: optimal, max_error: 1e-3",
        "method: smooth, activation: logistic, resolution: 8",
        "method: smooth, activation: tanh, route: closed-form, resolution: 8",
        "method: smooth, activation: logistic, route: closed-form, max_error: 1e-3",
        "method: graded, activation: tanh, resolution: 12",
        "max_error: 1e-3",
    ] {
        for a in ENDS {
            let domain = format!("x: [{a:e}, {:e}]", a.next_up());
            compile("sin(x)", &domain, network);
            compile("1e-320*x", &domain, network);
        }
    }
}

/// The advice is followed: the input becomes a constant, or its domain wider.
#[test]
fn several_inputs_take_more_than_a_few_numbers() {
    for network in [
        "method: composed, max_error: 1e-1",
        "method: low-rank, max_error: 1e-1",
        "method: ridge, max_error: 1e-1",
        "method: towers, activation: heaviside, resolution: 2",
        "method: towers, activation: logistic, form: literal, resolution: 1",
        "method: superposition, digits: 1",
    ] {
        for a in ENDS {
            for other in ["[0, 1]".to_owned(), format!("[{a:e}, {:e}]", a.next_up())] {
                let domain = format!("x: [{a:e}, {:e}], y: {other}", a.next_up());
                let said = compile("sin(x+y)", &domain, network).refused(2, &["has 2 numbers of binary64"]);
                assert!(said.contains("write x as a constant in `let`"), "{said}");
            }
        }
    }
    let wider = "x: [1, 1.0000000000002274], y: [0, 1]"; // 1024 steps
    assert!(compile("x*y", wider, "method: composed, max_error: 1e-1").code < 2);
    let constant = Folder::new();
    let spec =
        "version: 1\nlet: {x: 1e300}\ntarget: 1e-300*x*y\ndomain: {y: [0, 1]}\nnetworks: {n: {max_error: 0.1}}\n";
    let path = constant.write("a.yaml", spec);
    assert_eq!(run(arguments!["compile", path, "--out", constant.path("out")]).code, 0);
}

#[test]
fn targets_below_the_normal_numbers() {
    for network in [
        "method: bumps, activation: logistic, resolution: 20",
        "method: bumps, activation: ramp, max_error: 1e-322",
        "method: bumps, activation: heaviside, placement: optimal, resolution: 20",
        "method: smooth, activation: logistic, resolution: 12",
        "method: smooth, activation: logistic, resolution: 12, route: closed-form",
    ] {
        compile("1e-320*sin(5*x)", "x: [0, 1]", network);
    }
}

#[test]
fn steepness_at_the_ends_of_binary64() {
    for activation in ["heaviside", "logistic", "ramp"] {
        for steepness in ["1e308", "1e-308"] {
            let network = format!("method: bumps, activation: {activation}, resolution: 8, steepness: {steepness}");
            compile("sin(5*x)", "x: [0, 1]", &network);
        }
    }
    compile("sin(1e10*x)", "x: [0, 1]", "method: bumps, activation: logistic, resolution: 8");
}
