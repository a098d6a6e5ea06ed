//! Covers: each proves what its search has proved, to the last bit; and none, however it is changed, proves what is false.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_ir::{Certificate, Expr, Network};
use bumpnet_prove::{Cover, cover, verify_by};

/// Networks of every kind of proof.
const SPECS: [(&str, &str, &str); 12] = [
    ("sin(7*x)+x^2", "x: [0, 1]", "method: smooth, max_error: 1e-6"),
    ("0.5+0.4*sin(7*x)", "x: [0, 1]", "method: smooth, max_error: 1e-4, output: logistic"),
    ("abs(x-0.3)", "x: [0, 1]", "method: bumps, activation: ramp, resolution: 20"),
    ("exp(x)", "x: [0, 1]", "method: bumps, activation: clipped-logistic, resolution: 9"),
    ("1/(1+25*x^2)", "x: [-1, 1]", "method: bumps, activation: heaviside, resolution: 40"),
    ("floor(5*x)+x", "x: [0, 1]", "method: bumps, activation: heaviside, resolution: 40"),
    ("0.5+0.4*sin(9*x)", "x: [0, 1]", "method: bumps, activation: heaviside, resolution: 30, output: logistic"),
    ("sin(40*x)", "x: [0, 1]", "method: bumps, activation: ramp, resolution: 3000"),
    ("x*y+sin(x)", "x: [0, 1], y: [0, 1]", "method: composed, max_error: 1e-4"),
    ("exp(-x^2-y^2)", "x: [-1, 1], y: [-1, 1]", "method: low-rank, max_error: 1e-3"),
    ("x*y", "x: [0, 1], y: [0, 1]", "method: towers, activation: heaviside, resolution: 8"),
    ("sin(x)*y", "x: [0, 1], y: [0, 1]", "method: ridge, max_error: 1e-2"),
];

fn compiled((target, domain, network): (&str, &str, &str)) -> (Expr, Network, Certificate) {
    let source =
        format!("version: 1\nname: t\ntarget: {target}\ndomain: {{{domain}}}\nnetworks:\n  n: {{{network}}}\n");
    let (target, network) = support::compiled(&source).unwrap();
    let stated = network.certificate.clone().unwrap();
    (target, network, stated)
}

#[test]
fn a_cover_proves_what_its_search_has() {
    for spec in SPECS {
        let (target, network, stated) = compiled(spec);
        let cover = cover(&target, &network, &stated).unwrap();
        let text = cover.to_json("t");
        assert_eq!(Cover::from_json(&text, "t"), Ok(cover.clone()), "{spec:?}");
        assert!(Cover::from_json(&text, "u").is_err());
        let proved = verify_by(&cover, &target, &network, &stated).unwrap_or_else(|| panic!("{spec:?}: no proof"));
        assert_eq!(Certificate::from(proved), stated, "{spec:?}");
        // What no step needs is no part of a proof. (Blocks of composed networks are then searched for.)
        for (end, more) in [("],\"numbers\"", "1"), ("]}]}", "0.5")] {
            let (before, after) = text.split_at(text.rfind(end).unwrap());
            let comma = if before.ends_with('[') { "" } else { "," };
            let longer = Cover::from_json(&format!("{before}{comma}{more}{after}"), "t").unwrap();
            let proved = verify_by(&longer, &target, &network, &stated);
            assert!(proved.is_none() || network.graph.is_some(), "{spec:?} and {more}");
        }
    }
}

/// Changes of a cover's text: numbers left out, repeated, and made others.
fn changed(text: &str, seed: u64) -> String {
    let mut numbers: Vec<String> = Vec::new();
    let mut between = vec![String::new()];
    let mut number = String::new();
    for character in text.chars() {
        let is_of_number = character.is_ascii_digit() || "-+.e".contains(character) && !number.is_empty();
        if is_of_number {
            number.push(character);
        } else {
            if !number.is_empty() {
                numbers.push(std::mem::take(&mut number));
                between.push(String::new());
            }
            between.last_mut().unwrap().push(character);
        }
    }
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    // The first is of the format's name.
    for _ in 0..=random(3) {
        if numbers.len() < 2 {
            break;
        }
        let k = 1 + random(numbers.len() - 1);
        numbers[k] = match random(5) {
            0 => (random(10)).to_string(),
            1 => numbers[1 + random(numbers.len() - 1)].clone(),
            2 => numbers[k].parse::<f64>().map_or("0".to_owned(), |n| format!("{}", (n + 1.0) as u32)),
            3 => format!("0,{}", numbers[k]),
            _ => "4294967295".to_owned(),
        };
    }
    let mut text = between[0].clone();
    numbers.iter().zip(&between[1..]).for_each(|(number, rest)| text.extend([number.as_str(), rest.as_str()]));
    text
}

#[test]
fn no_cover_proves_what_is_false() {
    let mut fitting = 0;
    for spec in SPECS {
        let (target, network, stated) = compiled(spec);
        let text = cover(&target, &network, &stated).unwrap().to_json("t");
        let slightly = |bound: f64| bound.min(stated.lower * (1.0 - 1e-9));
        let wrong = Certificate { upper: slightly(stated.upper), lower: 0.0, ..stated.clone() };
        for seed in 0..if network.inputs.len() == 1 { 40 } else { 8 } {
            let Ok(cover) = Cover::from_json(&changed(&text, seed), "t") else { continue };
            fitting += 1;
            assert_eq!(verify_by(&cover, &target, &network, &wrong), None, "{spec:?} with seed {seed}");
        }
    }
    assert!(fitting > 100, "most changes can be read: {fitting}");
}

/// Small covers ask for no more memory and time than a search takes.
#[test]
fn work_is_limited() {
    let (target, network, stated) = compiled(SPECS[0]);
    let table = "t";
    let fork = |parts: usize| {
        let edges: Vec<String> = (0..=parts).map(|k| format!("{:?}", k as f64 / parts as f64)).collect();
        format!(r#""steps":[0,9,{}],"numbers":[{}]"#, parts + 1, edges.join(","))
    };
    let tree = format!(r#""steps":[0{}],"numbers":[]"#, ",2".repeat(60) + &",4,2".repeat(2_000_000));
    for part in [fork(100_000), tree] {
        let text = format!(r#"{{"format":"bumpnet-cover/1","table":"t","parts":[{{"of":"error",{part}}}]}}"#);
        let cover = Cover::from_json(&text, table).unwrap();
        assert_eq!(verify_by(&cover, &target, &network, &stated), None);
    }
    let long = format!(r#"{{"format":"{}","table":"t","parts":[]}}"#, "x".repeat(1 << 20));
    assert!(Cover::from_json(&long, table).unwrap_err().len() < 400);
}
