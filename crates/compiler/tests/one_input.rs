//! Searches for one input: what `auto` tries and leaves out, ends of functions, domains far from zero, and searches that are
//! asked to end.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

use std::sync::Arc;

use bumpnet_compiler::{Compiled, compile};
use bumpnet_prove::watch::{Watch, watched};

fn built(target: &str, domain: &str, network: &str) -> Compiled {
    let source =
        format!("version: 1\nname: t\ntarget: \"{target}\"\ndomain: {{x: {domain}}}\nnetworks:\n  n: {{{network}}}\n");
    let spec = bumpnet_parser::parse_spec(source.as_bytes(), "t").unwrap();
    compile(&spec, &spec.networks[0]).unwrap_or_else(|problem| panic!("{target}: {}", problem.message))
}

fn verdict<'a>(compiled: &'a Compiled, name: &str) -> &'a str {
    &compiled.candidates.iter().find(|candidate| candidate.name == name).unwrap().verdict
}

/// A polygon is counted before anything is solved for, and what cannot do with less is left out.
#[test]
fn what_cannot_win_is_skipped() {
    let root = built("sqrt(x)", "[0, 1]", "method: auto, max_error: 1e-3");
    assert!(root.missed.is_none() && root.network.neurons() <= 22, "{}", root.network.neurons());
    for name in ["smooth", "bumps, heaviside, optimal"] {
        assert!(verdict(&root, name).starts_with("skipped: "), "{:?}", root.candidates);
    }
    // Where few coefficients do, equally spaced steps come first; of jumps no other construction is needed.
    let wave = built("sin(3*x)", "[0, 1]", "method: auto, max_error: 1e-6");
    assert_eq!(wave.candidates[0].name, "smooth");
    let stairs = built("floor(4*x)", "[0, 0.9]", "method: auto, max_error: 1e-3");
    assert_eq!((stairs.network.neurons(), stairs.missed), (3, None));
}

/// Trees halve several levels at once towards singular places, and come to no more neurons for it.
#[test]
fn singular_places() {
    for (target, domain, most) in
        [("acos(x)", "[-1, 1]", 117), ("cbrt(x)", "[-1, 1]", 136), ("sqrt(x*(1-x))", "[0, 1]", 105)]
    {
        let found = built(target, domain, "method: auto, max_error: 1e-4");
        assert!(found.missed.is_none() && found.network.neurons() <= most, "{target}: {}", found.network.neurons());
    }
}

/// Steps of composed networks live where their functions do, up to the ends.
#[test]
fn composed_at_the_ends() {
    for (target, domain) in [("sqrt(x)", "[0, 1]"), ("acosh(x)", "[1, 2]"), ("asin(x)", "[-1, 1]")] {
        let found = built(target, domain, "method: composed, max_error: 1e-2");
        assert_eq!(found.missed, None, "{target}");
    }
}

/// Far from zero about as many neurons do as near it.
#[test]
fn far_from_zero() {
    let near = built("sin(x)", "[0, 10]", "method: auto, max_error: 1e-5");
    let far = built("sin(x)", "[1.7e9, 1700000010]", "method: auto, max_error: 1e-5");
    assert!(near.missed.is_none() && far.missed.is_none());
    assert!(far.network.neurons() <= 2 * near.network.neurons(), "{}", far.network.neurons());
}

/// A target whose parts are large is proved by its own size.
#[test]
fn quotients_of_large_numbers() {
    let found = built("(exp(2*x)-1)/(exp(2*x)+1)", "[-300, 300]", "method: auto, max_error: 1e-3");
    assert_eq!(found.missed, None);
}

/// What is said of a target that is not met is no more than is known.
#[test]
fn reasons() {
    let rounding = built("x-sin(x)", "[-1e-6, 1e-6]", "method: smooth, max_error: 1e-25").missed.unwrap();
    assert!(rounding.contains("rounding in its formula may put the target's values off"), "{rounding}");
    // No construction is proved to come closer than that: one is enough.
    let unknown = built("x-sin(x)", "[-1e-6, 1e-6]", "method: auto, max_error: 1e-25");
    assert_eq!(unknown.candidates.iter().filter(|candidate| candidate.neurons.is_some()).count(), 1);
    // Below the normal numbers there is nothing to be gained, and no work is done for it.
    let tiny = built("1e-320*sin(3*x)", "[0, 1]", "method: graded, max_error: 1e-322");
    assert!(tiny.missed.is_some());
}

/// A search that is asked to end gives what it has, proved.
#[test]
fn a_search_that_is_asked_to_end() {
    let watch = Arc::new(Watch::default());
    watch.stop();
    let found = watched(&watch, "n", || built("abs(sin(9*x))", "[0, 1]", "method: graded, max_error: 1e-6"));
    assert!(found.missed.is_some_and(|missed| missed.contains("the search was stopped")));
    assert!(found.network.certificate.is_some());
}
