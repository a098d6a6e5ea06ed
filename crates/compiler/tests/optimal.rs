//! `placement: optimal` and `max_error`: the counts of pieces, their proofs, and a comparison with brute force.
#![allow(clippy::unwrap_used)] // a test may panic

use bumpnet_compiler::{CompileError, Compiled, compile, optimal, with_resolution};
use bumpnet_ir::{Expr, Input, Spec};

const ARTICLE: &str = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)";

fn expr(text: &str) -> Expr {
    bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap()
}

fn unit() -> Input {
    Input { name: "x".into(), lo: 0.0, hi: 1.0 }
}

fn spec(target: &str, network: &str) -> Spec {
    let source = format!(
        "version: 1\nname: t\ntarget: {target}\ndomain: {{x: [0, 1]}}\nnetworks:\n  n: {{method: bumps, {network}}}\n"
    );
    bumpnet_parser::parse_spec(source.as_bytes(), "t").unwrap()
}

fn built(target: &str, network: &str) -> Compiled {
    let spec = spec(target, network);
    compile(&spec, &spec.networks[0]).unwrap()
}

fn upper(compiled: &Compiled) -> f64 {
    compiled.network.certificate.as_ref().unwrap().upper
}

#[test]
fn minimal_pieces_of_the_article() {
    let target = expr(ARTICLE);
    for (eps, pieces) in [(1e-1, 7), (1e-2, 95), (1e-3, 994), (1e-4, 9998)] {
        let found = optimal::fewest(&target, &unit(), eps, 1_000_000).unwrap();
        assert_eq!((found.heights.len(), found.at_least), (pieces, pieces), "{eps}");
        let compiled = built(ARTICLE, &format!("activation: heaviside, placement: optimal, max_error: {eps:?}"));
        assert_eq!(
            (compiled.pieces, compiled.at_least, compiled.missed.clone()),
            (pieces, Some(pieces), None),
            "{eps}"
        );
        assert!(upper(&compiled) <= eps, "{eps}: {}", upper(&compiled));
    }
}

#[test]
fn smallest_error_for_ten_pieces() {
    let compiled = built(ARTICLE, "activation: heaviside, placement: optimal, resolution: 10");
    assert!((upper(&compiled) - 0.0687).abs() < 1e-4, "{}", upper(&compiled));
    assert_eq!((compiled.pieces, compiled.at_least), (10, Some(10)));
}

/// The fewest pieces with edges on a grid, for an error: dynamic programming over the samples. Edges between samples, and
/// values between them, are not seen, so the true minimum for `eps` is at least this.
fn fewest_on_samples(values: &[f64], eps: f64) -> usize {
    // fewest[k]: pieces for the first k samples.
    let mut fewest = vec![usize::MAX; values.len() + 1];
    fewest[0] = 0;
    for end in 1..=values.len() {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for start in (0..end).rev() {
            (low, high) = (low.min(values[start]), high.max(values[start]));
            if high - low > 2.0 * eps {
                break;
            }
            fewest[end] = fewest[end].min(fewest[start] + 1);
        }
    }
    fewest[values.len()]
}

/// A number in [0, 1) from a counter: the golden ratio's multiples.
fn spread(k: usize) -> f64 {
    (k as f64 * 0.618_033_988_749_894_9).fract()
}

#[test]
fn brute_force_needs_as_many_pieces() {
    let mut sharp = 0;
    for k in 0..30 {
        let number = |j: usize, a: f64, b: f64| format!("({:.3})", a + (b - a) * spread(7 * k + j + 1));
        let text = match k % 5 {
            0 => format!("{}*sin({}*x+{})+x^2", number(1, 0.2, 1.0), number(2, 3.0, 14.0), number(3, 0.0, 3.0)),
            1 => format!("abs(x-{})+{}*cos({}*x)", number(1, 0.1, 0.9), number(2, 0.1, 0.5), number(3, 3.0, 20.0)),
            2 => format!("exp(-{}*x)*sin({}*x)", number(1, 0.5, 3.0), number(2, 5.0, 25.0)),
            3 => format!("sqrt(x)+max({}*x, sin({}*x))", number(1, 0.1, 0.9), number(2, 2.0, 9.0)),
            _ => format!("1/(1+{}*(x-{})^2)", number(1, 5.0, 60.0), number(2, 0.2, 0.8)),
        };
        let target = expr(&text);
        let values: Vec<f64> = (0..=4000).map(|i| target.eval(&[f64::from(i) / 4000.0])).collect();
        let width = values.iter().fold(f64::MIN, |a, b| a.max(*b)) - values.iter().fold(f64::MAX, |a, b| a.min(*b));
        let eps = width * (0.02 + 0.2 * spread(k + 100));
        let found = optimal::fewest(&target, &unit(), eps, 1000).unwrap();
        let brute = fewest_on_samples(&values, eps);
        assert!(brute <= found.heights.len(), "{text}: brute force needs {brute}, found {}", found.heights.len());
        assert!(found.at_least <= found.heights.len(), "{text}: {found:?}");
        // Pieces with edges on samples are real pieces for a little more than the error: the claim is below them.
        let step = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
        let real = fewest_on_samples(&values, eps - step);
        assert!(found.at_least <= real, "{text}: at least {}, but {real} are enough", found.at_least);
        sharp += usize::from(brute == found.heights.len() && found.at_least == found.heights.len());
    }
    println!("in {sharp} of 30 the samples themselves need as many pieces as were found");
    assert!(sharp >= 28, "{sharp}");
}

/// With an edge on the jump in the middle, two pieces are within one half of this staircase, and so are three: then three
/// are not the fewest for that error. Four meet it.
#[test]
fn a_plateau_is_not_called_minimal() {
    for n in 2..=6 {
        let found = optimal::smallest_error(&expr("floor(4*x)"), &Input { hi: 0.9, ..unit() }, n).unwrap();
        println!("{n} pieces: {} with {}, at least {}", found.eps, found.heights.len(), found.at_least);
        assert!(found.eps < 0.5 || found.at_least <= 2, "two pieces suffice: {found:?}");
        let wanted = if n < 4 { 0.5 } else { 0.0 };
        assert!((found.eps - wanted).abs() < 1e-8 && found.heights.len() <= 4, "{found:?}");
    }
}

#[test]
fn max_error_finds_a_network_whose_neighbour_is_too_small() {
    for (network, eps) in [
        ("activation: logistic", 2e-2),
        ("activation: ramp", 1e-3),
        ("activation: heaviside, heights: midrange", 1e-2),
        ("activation: clipped-logistic, steepness: 3000", 5e-2),
    ] {
        let spec = spec(ARTICLE, &format!("{network}, max_error: {eps:?}"));
        let found = compile(&spec, &spec.networks[0]).unwrap();
        assert!(found.missed.is_none() && upper(&found) <= eps, "{network}: {} {:?}", upper(&found), found.missed);
        let mut smaller = spec.networks[0].clone();
        assert!(with_resolution(&mut smaller, found.pieces - 1));
        let neighbour = compile(&spec, &smaller).unwrap();
        assert!(upper(&neighbour) > eps, "{network}: {} pieces do", found.pieces - 1);
    }
}

/// What runs, and the error of what runs.
fn evaluated(compiled: &Compiled) -> f64 {
    compiled.network.certificate.as_ref().unwrap().evaluated
}

/// Cells end at the numbers around jumps of the target, so that as many as there are levels meet a staircase, and between
/// jumps there are as few as without them.
#[test]
fn cells_end_at_jumps() {
    for (target, pieces) in [("floor(5*x)", 6), ("step(x-0.7)", 2), ("if(x<0.3, 0, 1)", 2), ("sign(x-0.25)", 3)] {
        let found = optimal::fewest(&expr(target), &unit(), 1e-6, 1000).unwrap();
        assert_eq!((found.heights.len(), found.at_least), (pieces, pieces), "{target}: {found:?}");
        for wanted in [format!("resolution: {pieces}"), "max_error: 1e-6".to_owned()] {
            let compiled = built(target, &format!("activation: heaviside, placement: optimal, {wanted}"));
            assert_eq!((compiled.pieces, compiled.missed.clone()), (pieces, None), "{target}");
            assert!(evaluated(&compiled) <= 1e-14, "{target}: {:e}", evaluated(&compiled));
        }
    }
    let compiled = built("if(x<0.3, 0, 1)+x", "activation: heaviside, placement: optimal, resolution: 10");
    assert_eq!((compiled.pieces, compiled.at_least), (10, Some(10)));
    assert!((evaluated(&compiled) - 0.05).abs() < 1e-9 && upper(&compiled) > 1.0, "{:e}", evaluated(&compiled));
}

/// A jump about zero is found among the bits of numbers, on either side.
#[test]
fn jumps_next_to_zero() {
    for target in ["step(x)", "if(x <= 0, x, x+1)", "sign(x)+x"] {
        let found = optimal::fewest(&expr(target), &Input { lo: -1.0, ..unit() }, 0.3, 1000).unwrap();
        assert_eq!(found.at_least, found.heights.len(), "{target}: {found:?}");
        assert!(found.edges.iter().any(|edge| edge.abs() < 1e-300), "{target}: {found:?}");
    }
}

/// Other steps are continuous: they are off by half the jump, and the network says so.
#[test]
fn a_jump_is_named() {
    let spec = spec("step(x-0.3)+x/10", "activation: logistic, placement: optimal, max_error: 0.1");
    let missed = compile(&spec, &spec.networks[0]).unwrap().missed.unwrap();
    assert!(missed.contains("the target changes by 1.0000e0 within a few numbers of binary64 at x = 0.3"), "{missed}");
    // Half the jump is what one constant costs.
    assert!(optimal::fewest(&expr("step(x-0.3)+x/10"), &unit(), 0.6, 1000).unwrap().heights.len() == 1);
}

/// Equal cells have edges at a jump for some numbers of cells only, and an error is met with the fewest of those.
#[test]
fn equal_cells_meet_jumps_by_number() {
    for (target, pieces) in [("step(x-0.7)", 10), ("if(x<0.3, 0, 1)+x", 10), ("step(x-0.7)+2*x", 20)] {
        let compiled = built(target, "activation: heaviside, max_error: 0.1");
        assert_eq!((compiled.pieces, compiled.missed.clone()), (pieces, None), "{target}");
    }
    let compiled = built("step(x-1/pi)", "activation: heaviside, max_error: 0.1");
    assert!(compiled.missed.is_some_and(|missed| missed.contains("the target changes by more than 0.2 at x = 0.318")));
}

/// Where a jump is that no digits can tell, no cell ends.
#[test]
fn a_jump_that_cannot_be_told() {
    let refused = optimal::fewest(&expr("floor(sin(x)^2+cos(x)^2)"), &unit(), 0.1, 1000).unwrap_err();
    assert!(matches!(refused, CompileError::Unresolved { .. } | CompileError::TurnsTooOften { .. }), "{refused:?}");
}

#[test]
fn a_million_pieces() {
    let started = std::time::Instant::now();
    let found = optimal::fewest(&expr(ARTICLE), &unit(), 1e-6, 2_000_000).unwrap();
    println!("{} pieces, at least {} needed, in {:?}", found.heights.len(), found.at_least, started.elapsed());
    assert!(found.heights.len() > 900_000 && found.at_least <= found.heights.len());
    assert!(found.heights.len() - found.at_least <= 2, "{} {}", found.heights.len(), found.at_least);
}

/// The error for a number of pieces is found without a sweep for each guess, and is the smallest.
#[test]
fn a_hundred_thousand_pieces_by_number() {
    let (target, pieces) = (expr(ARTICLE), 100_000);
    let found = optimal::smallest_error(&target, &unit(), pieces).unwrap();
    assert_eq!((found.heights.len(), found.at_least), (pieces, pieces));
    let spared = |part: f64| optimal::fewest(&target, &unit(), found.eps * part, 2 * pieces).unwrap().heights.len();
    assert_eq!(spared(1.0 + 1e-6), pieces);
    assert!(spared(1.0 - 1e-5) > pieces, "a smaller error will do");
}

/// Constants, jumps, and values near the ends of binary64's range.
#[test]
fn edge_cases_by_number() {
    for (text, pieces) in [("2", 3), ("floor(4*x)", 2), ("1e-320*x", 3), ("1e300*x^3", 50)] {
        let target = expr(text);
        let found = optimal::smallest_error(&target, &unit(), pieces).unwrap();
        println!("{text}: {:e} with {}", found.eps, found.heights.len());
        assert!(found.heights.len() <= pieces && found.at_least <= found.heights.len(), "{text}: {found:?}");
        let value = |x: f64| target.eval::<f64>(&[x]);
        for (pair, height) in found.edges.windows(2).zip(&found.heights) {
            let off = (value(0.5 * (pair[0] + pair[1])) - height).abs();
            assert!(off <= found.eps * (1.0 + 1e-9) + 4.0 * f64::EPSILON * height.abs(), "{text}: {off} {found:?}");
        }
    }
}
