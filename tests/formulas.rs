//! Ordinary formulas, as people bring them: each is met within its `max_error`, or refused with what is true of it.

/// A formula, its domain, a network's keys, and what is expected: a number of neurons that it takes at most, or words of the
/// refusal.
const FORMULAS: &[(&str, &str, &str, Expected)] = &[
    // A branch counts on its own side of the condition.
    ("if(x < 0, sqrt(-x), sqrt(x))", "{x: [-1, 1]}", "method: auto, max_error: 1e-2", Met(20)),
    ("if(x==1, 0.25, ln((x+3)/4)/(x-1))", "{x: [0.5, 1.5]}", "method: auto, max_error: 1e-4", Met(4)),
    ("if(x<1, 0, acosh(x))", "{x: [0, 2]}", "method: auto, max_error: 1e-2", Met(12)),
    ("if(abs(x)<1, exp(-1/(1-x^2)), 0)", "{x: [-2, 2]}", "method: auto, max_error: 1e-3", Met(40)),
    // An argument is bounded in several forms.
    ("sqrt(x^2-2*x+1+1e-9)", "{x: [0, 2]}", "method: auto, max_error: 1e-3", Met(40)),
    ("sqrt(x-x^2)", "{x: [0, 1]}", "method: auto, max_error: 1e-2", Met(20)),
    ("ln(1+4*0.9999999*(x^2-x))", "{x: [0, 1]}", "method: auto, max_error: 1e-2", Met(80)),
    ("acos(x/sqrt(x^2+1))", "{x: [0, 100]}", "method: auto, max_error: 1e-2", Met(20)),
    ("sqrt(x^2-0.6*x+0.09)", "{x: [0, 1]}", "method: auto, max_error: 1e-2", Refused("could not be proved")),
    ("sqrt(x-0.5)", "{x: [0, 1]}", "method: auto, max_error: 1e-2", Refused("is undefined")),
    // Zeros of both parts.
    ("sin(x)/x", "{x: [-1, 1]}", "method: auto, max_error: 1e-4", Met(4)),
    ("(1-cos(x))/x^2", "{x: [-1, 1]}", "method: auto, max_error: 1e-4", Met(4)),
    ("ln((x+3)/4)/(x-1)", "{x: [0, 2]}", "method: auto, max_error: 1e-4", Met(5)),
    ("x*ln(x)", "{x: [0, 1]}", "method: auto, max_error: 1e-3", Met(20)),
    ("sin(x)/x^2", "{x: [-1, 1]}", "method: auto, max_error: 1e-4", Refused("divides by zero")),
    // Parts that overflow, singular ends.
    ("1/cosh(10*(x-0.2))^2+1/cosh(1000*(x-0.6))^6", "{x: [0, 1]}", "method: auto, max_error: 1e-3", Met(120)),
    ("(exp(2*x)-1)/(exp(2*x)+1)", "{x: [-300, 300]}", "method: auto, max_error: 1e-3", Met(60)),
    ("hypot(1e200*x, 1e200)/1e200", "{x: [0, 1]}", "method: auto, max_error: 1e-3", Met(4)),
    ("sqrt(x)", "{x: [0, 1]}", "method: auto, max_error: 1e-3", Met(30)),
    ("sqrt(1-x^2)", "{x: [-1, 1]}", "method: auto, max_error: 1e-3", Met(60)),
    ("acos(x)", "{x: [-1, 1]}", "method: auto, max_error: 1e-3", Met(60)),
    ("sqrt(x)", "{x: [0, 1]}", "method: composed, max_error: 1e-2", Met(200)),
    ("acosh(x)", "{x: [1, 2]}", "method: composed, max_error: 1e-2", Met(200)),
    // Several inputs.
    ("if(x<y, x, y)", "{x: [0, 1], y: [0, 1]}", "method: auto, max_error: 1e-2", Met(2)),
    ("max(x, y)", "{x: [0, 1], y: [0, 1]}", "method: auto, max_error: 1e-2", Met(2)),
    ("sqrt(x^2+y^2)", "{x: [-1, 1], y: [-1, 1]}", "method: auto, max_error: 1e-2", Met(20)),
    ("sin(x*y)/(x*y)", "{x: [-2, 2], y: [-2, 2]}", "method: auto, max_error: 1e-2", Met(40)),
    // Far from zero, and at every scale.
    ("sin(t)", "{t: [1.7e9, 1700000010]}", "method: auto, max_error: 1e-5", Met(20)),
    ("1e154*sin(x*y)", "{x: [0, 1], y: [0, 1]}", "method: low-rank, max_error: 1e151", Met(20)),
    ("1e-250*sin(x*y)", "{x: [0, 1], y: [0, 1]}", "method: low-rank, max_error: 1e-253", Met(20)),
    ("1e310*x*1e-310", "{x: [0, 1]}", "method: auto, max_error: 1e-3", Met(2)),
    ("x*1e-400+sin(x)", "{x: [0, 1]}", "method: auto, max_error: 1e-3", Met(4)),
    // Constants in disguise.
    ("exp2(x)-2^x", "{x: [0, 1]}", "method: auto, max_error: 1e-3", Met(0)),
    ("atan2(0*x, -1)", "{x: [0, 1]}", "method: auto, max_error: 1e-2", Met(0)),
];

enum Expected {
    /// With at most so many neurons.
    Met(usize),
    /// With a diagnostic that says this.
    Refused(&'static str),
}
use Expected::{Met, Refused};

#[test]
fn ordinary_formulas() {
    let mut wrong = Vec::new();
    for (target, domain, keys, expected) in FORMULAS {
        let text = format!("version: 1\ntarget: \"{target}\"\ndomain: {domain}\nnetworks:\n  n: {{{keys}}}\n");
        let spec = bumpnet_parser::parse_spec(text.as_bytes(), "a").expect("it parses");
        let found = bumpnet_compiler::compile(&spec, &spec.networks[0]);
        let as_expected = match (expected, &found) {
            (Met(most), Ok(built)) => built.missed.is_none() && built.network.neurons() <= *most,
            (Refused(words), Err(problem)) => problem.message.contains(words),
            _ => false,
        };
        if !as_expected {
            let what = match &found {
                Ok(built) => format!("{} neurons, {:e}, {:?}", built.network.neurons(), built.bound(), built.missed),
                Err(problem) => problem.message.clone(),
            };
            wrong.push(format!("{target} ({keys}): {what}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
