//! The constructions `ridge` and `low-rank`: how few neurons are proved to be enough, for the targets of the literature.
//! `THOROUGH=1 cargo test -p bumpnet-compiler --test several -- --nocapture` prints what was found.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

use bumpnet_compiler::{Compiled, compile};

const TRIG: (&str, &str) = ("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]");
/// Franke, *Scattered data interpolation: tests of some methods*, Mathematics of Computation 38 (1982).
const FRANKE: (&str, &str) = (
    "0.75*exp(-((9*x-2)^2+(9*y-2)^2)/4)+0.75*exp(-(9*x+1)^2/49-(9*y+1)/10)+0.5*exp(-((9*x-7)^2+(9*y-3)^2)/4)\
     -0.2*exp(-(9*x-4)^2-(9*y-7)^2)",
    "x: [0, 1], y: [0, 1]",
);
const RUNGE: (&str, &str) = ("1/(1+x^2+y^2+z^2)", "x: [-1, 1], y: [-1, 1], z: [-1, 1]");
const PRODUCT_SINE: (&str, &str) = ("sin(5*x*y)", "x: [-1, 1], y: [-1, 1]");

fn compiled((target, domain): (&str, &str), network: &str) -> Compiled {
    let text = format!("version: 1\ntarget: {target}\ndomain: {{{domain}}}\nnetworks:\n  n: {{{network}}}\n");
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "several").unwrap();
    let compiled = compile(&spec, &spec.networks[0]).unwrap();
    let proved = compiled.network.certificate.as_ref().unwrap();
    println!(
        "{network} for {target}: {} neurons, [{:.4e}, {:.4e}], evaluated {:.4e}, {} cells, {:?} {:?} {:?}",
        compiled.network.neurons(),
        proved.lower,
        proved.upper,
        proved.evaluated,
        proved.cells,
        compiled.summary,
        proved.note,
        compiled.missed
    );
    compiled
}

/// At most so many neurons are proved to be within an error.
fn check(target: (&str, &str), method: &str, eps: f64, most: usize) {
    let compiled = compiled(target, &format!("method: {method}, max_error: {eps:?}"));
    let proved = compiled.network.certificate.as_ref().unwrap();
    assert!(compiled.missed.is_none() && proved.upper <= eps, "{:?}", compiled.missed);
    assert!(proved.upper <= 1.05 * proved.lower, "{} {}", proved.lower, proved.upper);
    assert!(compiled.network.neurons() <= most, "{} neurons", compiled.network.neurons());
}

#[test]
fn ridges_that_algebra_finds() {
    check(TRIG, "ridge", 5e-6, 40);
    check(TRIG, "ridge", 1e-8, 60);
    check(("1/(1+25*(x+y)^2)+x-2*y", TRIG.1), "ridge", 1e-4, 60);
    check(("exp(x-2*y)*exp(y)+sin(x+z)^2+x*z", RUNGE.1), "ridge", 1e-5, 60);
}

#[test]
fn ridges_that_are_fitted() {
    check(("exp(-(x^2+y^2))", TRIG.1), "ridge", 1e-3, 60);
    check(("1/(4+x*y+z)", RUNGE.1), "ridge", 2e-2, 120);
    let proved = compiled(("x/(2+y)", TRIG.1), "method: ridge, resolution: 40");
    assert!(proved.network.neurons() <= 48 && proved.bound() < 1e-3, "{}", proved.bound());
}

#[test]
fn low_rank() {
    check(FRANKE, "low-rank", 1e-4, 60);
    check(FRANKE, "low-rank", 1e-6, 70);
    check(PRODUCT_SINE, "low-rank", 1e-5, 60);
    check(PRODUCT_SINE, "low-rank", 1e-8, 75);
}

#[test]
fn low_rank_of_three_inputs() {
    check(RUNGE, "low-rank", 1e-3, 100);
    // Minutes in a build for tests.
    if std::env::var_os("THOROUGH").is_some() {
        check(RUNGE, "low-rank", 1e-6, 175);
        check(FRANKE, "ridge", 1e-6, 800);
    }
}
