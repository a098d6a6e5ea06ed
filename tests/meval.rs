//! An oracle: meval, an independent parser and evaluator, agrees wherever it knows the construct.
//!
//! How far two correct evaluations may differ depends on the expression: `sin(1e6*x)` magnifies an ulp, `floor` may
//! flip. So each expression is also put through [`Tracked`], which carries a bound of the rounding along; the two must
//! agree within that bound, and the tests count how often it is below 1e-12 of the value.
#![allow(clippy::disallowed_methods)] // the standard library's functions are the second opinion

mod support;

use std::cell::Cell;

use bumpnet_interval::{Binary, Comparison, Constant, Decimal, Scalar, Unary};
use bumpnet_ir::Expr;
use bumpnet_runner::measure::linspace;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// A value and how far another correct evaluation may be from it; `INFINITY` if that cannot be told.
#[derive(Clone, Copy, Debug)]
struct Tracked {
    value: f64,
    slack: f64,
}

/// Ulps by which two implementations of one function may differ; glibc states up to 2 for `tanh` and `sinh`.
const ULPS: f64 = 8.0;

impl Tracked {
    /// A result whose operands' slack moves it to one of these values.
    fn new(value: f64, moved: impl IntoIterator<Item = f64>) -> Tracked {
        let mut slack = ULPS * f64::EPSILON * value.abs() + 1e-300;
        for other in moved {
            let distance = (other - value).abs();
            // A NaN must not get lost: it means that a neighbouring operand is outside the domain.
            slack =
                if distance.is_nan() { f64::INFINITY } else { slack.max(ULPS * f64::EPSILON * value.abs() + distance) };
        }
        // Differences are no measure of sensitivity over a wide range.
        let local = slack <= 1e-4 * (1.0 + value.abs());
        Tracked { value, slack: if local && value.is_finite() { slack } else { f64::INFINITY } }
    }

    fn ends(self) -> [f64; 2] {
        [self.value - self.slack, self.value + self.slack]
    }
}

impl Scalar for Tracked {
    fn literal(decimal: &Decimal) -> Self {
        Tracked { value: f64::literal(decimal), slack: 0.0 }
    }

    fn point(value: f64) -> Self {
        Tracked { value, slack: 0.0 }
    }

    fn constant(constant: Constant) -> Self {
        Tracked { value: f64::constant(constant), slack: 0.0 }
    }

    fn unary(op: Unary, a: &Self) -> Self {
        if !a.slack.is_finite() {
            return Tracked { value: f64::unary(op, &a.value), slack: f64::INFINITY };
        }
        Tracked::new(f64::unary(op, &a.value), a.ends().map(|end| f64::unary(op, &end)))
    }

    fn binary(op: Binary, a: &Self, b: &Self) -> Self {
        let value = f64::binary(op, &a.value, &b.value);
        if !(a.slack.is_finite() && b.slack.is_finite()) {
            return Tracked { value, slack: f64::INFINITY };
        }
        let corners = a.ends().into_iter().flat_map(|a| b.ends().map(|b| f64::binary(op, &a, &b)));
        Tracked::new(value, corners)
    }

    fn select(op: Comparison, left: &Self, right: &Self, then: &Self, otherwise: &Self) -> Self {
        let decided = (left.value - right.value).abs() > left.slack + right.slack;
        let chosen = if op.holds(left.value, right.value) { then } else { otherwise };
        Tracked { value: chosen.value, slack: if decided { chosen.slack } else { f64::INFINITY } }
    }
}

/// How many values were compared, and how many of them to within 1e-12 of the value.
#[derive(Default)]
struct Counts {
    seen: Cell<usize>,
    compared: Cell<usize>,
    sharp: Cell<usize>,
}

impl Counts {
    fn add(&self, counter: &Cell<usize>) {
        counter.set(counter.get() + 1);
    }

    /// Compares the values at a point.
    fn compare(&self, ours: &Expr, oracle: f64, x: f64) -> Result<(), String> {
        let plain: f64 = ours.eval(&[x]);
        let tracked: Tracked = ours.eval(&[Tracked::point(x)]);
        if plain.to_bits() != tracked.value.to_bits() && !plain.is_nan() {
            return Err(format!("at {x}: {plain} as f64, {} as another scalar", tracked.value));
        }
        self.add(&self.seen);
        if !tracked.slack.is_finite() {
            return Ok(()); // undefined, overflown, on a jump, or too sensitive
        }
        self.add(&self.compared);
        if tracked.slack <= 1e-12 * plain.abs() {
            self.add(&self.sharp);
        }
        match (plain - oracle).abs() <= tracked.slack {
            true => Ok(()),
            false => Err(format!("at {x}: {plain}, meval {oracle}, slack {}", tracked.slack)),
        }
    }
}

fn ours(text: &str) -> Expr {
    bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

/// Text of an expression that both know: operators side by side without parentheses, so that precedence decides.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => Just("x".to_owned()),
        2 => (0u32..10).prop_map(|n| n.to_string()),
        2 => (1u32..4000).prop_map(|n| format!("{}", f64::from(n) / 1000.0)),
        1 => prop::sample::select(vec!["pi", "e", "3.", "2.5e-1", "0.3E1", "1e+0", "0.1"]).prop_map(str::to_owned),
    ];
    let functions = vec![
        "sqrt", "exp", "ln", "abs", "floor", "ceil", "round", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
        "cosh", "tanh", "asinh", "acosh", "atanh",
    ];
    leaf.prop_recursive(5, 24, 3, move |inner| {
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "^", " + ", " - ", " * ", " / ", " ^ "]);
        let call = prop::sample::select(functions.clone());
        let pair = prop::sample::select(vec!["max", "min", "atan2"]);
        prop_oneof![
            6 => (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("{a}{op}{b}")),
            2 => inner.clone().prop_map(|a| format!("({a})")),
            2 => inner.clone().prop_map(|a| format!("-{a}")),
            1 => inner.clone().prop_map(|a| format!("+ {a}")),
            4 => (call, inner.clone()).prop_map(|(f, a)| format!("{f}({a})")),
            1 => (pair, inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            1 => (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("max({a},{b} , {c})")),
        ]
    })
}

#[test]
fn generated_expressions_agree() {
    let default = Config::default();
    let config = Config { cases: default.cases * 16, failure_persistence: None, ..default };
    let points = [0.5, -0.75, 1.0, 0.0, 2.25, -3.0];
    let counts = Counts::default();
    let result = TestRunner::new(config).run(&expression(), |text| {
        let oracle: meval::Expr = text.parse().map_err(|error| TestCaseError::fail(format!("meval: {error}")))?;
        let oracle = oracle.bind("x").map_err(|error| TestCaseError::fail(format!("meval: {error}")))?;
        let ours = ours(&text);
        for x in points {
            counts.compare(&ours, oracle(x), x).map_err(TestCaseError::fail)?;
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let [seen, compared, sharp] = [&counts.seen, &counts.compared, &counts.sharp].map(Cell::get);
    println!("{compared} of {seen} values compared, {sharp} of them to 1e-12");
    assert!(compared * 3 > seen && sharp * 10 > compared * 8, "{compared} of {seen} compared, {sharp} sharply");
}

#[test]
fn precedence_and_literals_agree() {
    let cases = [
        ("-x^2", -9.0),
        ("2^3^2", 512.0),
        ("2^-x", 0.125),
        ("2^-x^2", 1.0 / 512.0),
        ("-2^-2", -0.25),
        ("2^-x*8", 1.0),
        ("2*-x^2", -18.0),
        ("-x*2", -6.0),
        ("8/4/2", 1.0),
        ("8-4-2", 2.0),
        ("6/2*3", 9.0),
        ("2-3*4^2/8", -4.0),
        ("2--x", 5.0),
        ("2 - - -x", -1.0),
        ("-(-x)", 3.0),
        ("+x", 3.0),
        ("x^0.5^2", 1.316_074_012_952_492_4),
        ("1e3", 1000.0),
        ("1.5E-3", 0.0015),
        ("2.", 2.0),
        ("0.1", 0.1),
        ("max(1, x, 2)", 3.0),
        ("min(4)", 4.0),
        ("min(1, -x)", -3.0),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -3.0),
        ("round(0.49999999999999994)", 0.0),
        ("floor(-0.5)", -1.0),
        ("ceil(-0.5)", 0.0),
        ("atan2(1, -1)", 2.356_194_490_192_345),
        ("atan2(-0, -1)", -std::f64::consts::PI),
        ("0^0", 1.0),
        ("(-2)^3", -8.0),
        ("sqrt(x+1)", 2.0),
        ("ln(e)", 1.0),
        ("cos(pi)", -1.0),
    ];
    for (text, expected) in cases {
        let oracle = text.parse::<meval::Expr>().unwrap().bind("x").unwrap()(3.0);
        let ours: f64 = ours(text).eval(&[3.0]);
        let close = |value: f64| (value - expected).abs() <= 1e-15 * f64::abs(expected);
        assert!(close(ours) && close(oracle), "{text}: {ours}, meval {oracle}, expected {expected}");
    }
}

/// What only one of the two knows; a change here is a change of the language.
#[test]
fn known_differences() {
    for text in [".5", "log(x)", "2**3", "sign(x)", "tau", "cbrt(x)", "if(x < 1, 2, 3)"] {
        ours(text);
        assert!(text.parse::<meval::Expr>().ok().and_then(|expr| expr.bind("x").ok()).is_none(), "{text}");
    }
    assert!("7 % 4".parse::<meval::Expr>().unwrap().bind("x").is_ok());
    assert!(bumpnet_parser::parse_expression("7 % 4", vec!["x".into()]).is_err());
}

/// meval with the functions it lacks and the standard library has.
fn extended() -> meval::Context<'static> {
    let mut context = meval::Context::new();
    context.var("tau", std::f64::consts::TAU);
    context.func("cbrt", f64::cbrt).func("exp2", f64::exp2).func("expm1", f64::exp_m1);
    context.func("log1p", f64::ln_1p).func("log2", f64::log2).func("log10", f64::log10).func("trunc", f64::trunc);
    context.func("sign", |x| if x == 0.0 { 0.0 } else { x.signum() });
    context.func("sigmoid", |x| if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) });
    context.func("softplus", |x| if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() });
    context.func("sinc", |x| if x == 0.0 { 1.0 } else { x.sin() / x });
    context.func("step", |x| if x >= 0.0 { 1.0 } else { 0.0 });
    context.func2("hypot", f64::hypot);
    context
}

#[test]
fn corpus_targets_agree() {
    let counts = Counts::default();
    let (mut plain, mut with_more, mut problems) = (0, 0, Vec::new());
    for entry in support::corpus() {
        let [input] = &entry.spec.domain[..] else { continue };
        let text = entry.spec.target.to_string();
        if text.contains("if(") {
            continue; // meval has no comparisons
        }
        let Ok(oracle) = text.parse::<meval::Expr>() else {
            problems.push(format!("{}: meval does not read {text}", entry.id()));
            continue;
        };
        if oracle.clone().bind(&input.name).is_ok() {
            plain += 1;
        }
        let Ok(oracle) = oracle.bind_with_context(extended(), &input.name) else { continue };
        with_more += 1;
        for x in linspace(input.lo, input.hi, 101) {
            if let Err(problem) = counts.compare(&entry.spec.target, oracle(x), x) {
                problems.push(format!("{}: {text} {problem}", entry.id()));
            }
        }
    }
    let [seen, compared, sharp] = [&counts.seen, &counts.compared, &counts.sharp].map(Cell::get);
    println!(
        "{plain} targets as meval is, {with_more} with more functions; {compared} of {seen} values, {sharp} to 1e-12"
    );
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(plain > 30 && with_more > 60, "{plain} and {with_more} targets");
    assert!(compared * 100 > seen * 97 && sharp * 10 > compared * 8, "{compared} of {seen} values, {sharp} sharply");
}
