//! Strips on which a target is analytic: which are accepted, what is refused with which words, and how wide they get.
#![allow(clippy::unwrap_used)] // a test may panic

use bumpnet_adversary::random::Random;
use bumpnet_interval::Complex;
use bumpnet_ir::Expr;
use bumpnet_prove::{analytic, analytic_height};

const ARTICLE: &str = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)";

fn expr(text: &str) -> Expr {
    bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap()
}

#[test]
fn accepted() {
    for (text, lo, hi, height) in [
        (ARTICLE, 0.0, 1.0, 5.0),
        ("1/(1+25*x^2)", -1.0, 1.0, 0.19),
        ("1/(1+25*x^2)", -1.0, 1.0, 0.1999),
        ("sqrt(x+0.1)", 0.0, 1.0, 3.0),
        ("x/x", 1.0, 2.0, 5.0),
        ("sinc(x)", -1.0, 1.0, 5.0),
        ("sigmoid(x)", -4.0, 4.0, 3.13),
        ("softplus(x)", -4.0, 4.0, 3.13),
        ("1/(1+exp(-x))", -4.0, 4.0, 3.1),
        ("exp(400*x)/(1+exp(400*x))", 0.0, 1.0, 0.007),
        ("tanh(x)", -4.0, 4.0, 1.5),
        ("erf(3*x)", -1.0, 1.0, 2.0),
        ("hypot(x, 0.3)", -1.0, 1.0, 0.29),
        ("atan2(x, 0.3)", -1.0, 1.0, 0.29),
        ("atan2(0.3, x)", -1.0, 1.0, 0.29),
        ("x^2.5", 0.01, 1.0, 2.0),
        ("x^x", 0.01, 1.0, 1.0),
        ("2^x+x^-2", 0.5, 1.0, 2.0),
        ("asin(x)+acos(x)+atanh(x)", -0.9, 0.9, 3.0),
        ("acosh(x)", 1.1, 3.0, 3.0),
        ("asinh(x)+atan(x)", -1.0, 1.0, 0.99),
        // Pieces that the domain does not leave.
        ("abs(x-0.3)", 0.31, 1.0, 2.0),
        ("max(x, 2)+min(x, -1)", 0.0, 1.0, 2.0),
        ("if(x < 1.5, sin(x), sqrt(x-9))", 0.0, 1.0, 2.0),
        ("if(abs(x) < 2, x, 1/x)", -1.0, 1.0, 0.5),
        ("floor(x)*x", 0.1, 0.9, 2.0),
        ("cbrt(x)", -2.0, -0.5, 2.0),
        ("abs(0*x)+sqrt(0)", -1.0, 1.0, 1.0),
    ] {
        let result = analytic(&expr(text), lo, hi, height);
        assert!(result.is_ok(), "{text} up to {height}: {result:?}");
    }
}

#[test]
fn refused_with_the_part_to_blame() {
    for (text, lo, hi, height, part, words) in [
        (
            "1+1/(1+25*x^2)",
            -1.0,
            1.0,
            0.21,
            "1/(1+25*x^2)",
            "may have a pole in the complex plane, within 0.201 of x in [-",
        ),
        ("1+1/(1+25*x^2)", -1.0, 1.0, 0.2, "1/(1+25*x^2)", "may have a pole in the complex plane, within 0.2 of"),
        ("2*x/x", -1.0, 1.0, 0.1, "2*x/x", "may have a pole"),
        ("1+sqrt(x)", 0.0, 1.0, 0.1, "sqrt(x)", "may have a branch point near x in [0.0, "),
        ("x*abs(x-0.3)", 0.0, 1.0, 0.01, "abs(x-0.3)", "may go over to another formula"),
        ("x*abs(x-0.3)", 0.0, 0.3, 0.01, "abs(x-0.3)", "may go over to another formula"),
        ("x+min(x, 1-x)", 0.0, 1.0, 0.1, "min(x, 1-x)", "may go over to another formula"),
        ("x+if(x < 0.5, x, 2*x)", 0.0, 1.0, 0.1, "if(x < 0.5, x, 2*x)", "may go over to another formula"),
        ("x+if(sqrt(x-0.5) < 9, x, 2)", 0.0, 1.0, 0.1, "sqrt(x-0.5)", "may have a branch point"),
        ("max(0.5, x)*if(x < 2, 1/(x+2), abs(x))", -3.0, 0.0, 0.1, "1/(x+2)", "may have a pole"),
        ("x^0.5+1", 0.0, 1.0, 0.1, "x^0.5", "may have a pole or a branch point"),
        ("x+tanh(x)", -1.0, 1.0, 1.6, "tanh(x)", "may have a pole in the complex plane, within 1.5"),
        ("exp(exp(x))", 0.0, 6.7, 0.1, "exp(exp(x))", "may overflow"),
        ("cbrt(x)", -1.0, 1.0, 0.1, "cbrt(x)", "may have a branch point"),
        ("hypot(x, 0.3)", -1.0, 1.0, 0.31, "hypot(x, 0.3)", "may have a branch point"),
    ] {
        let obstacle = analytic(&expr(text), lo, hi, height).unwrap_err();
        let message = obstacle.diagnose("x").message;
        println!("{text}: {message}");
        assert_eq!(&text[obstacle.span.clone()], part, "{text} up to {height}: {message}");
        assert!(message.starts_with(&format!("the target {words}")), "{text}: {message}");
        assert!(lo <= obstacle.from && obstacle.to <= hi && obstacle.farthest <= height, "{obstacle:?}");
    }
}

#[test]
fn heights() {
    for (text, lo, hi, most, expected) in [
        (ARTICLE, 0.0, 1.0, 5.0, 5.0),
        ("1/(1+25*x^2)", -1.0, 1.0, 10.0, 0.2),
        ("1/(1+25*x^2)", 1.0, 2.0, 10.0, 10.0),
        ("sigmoid(50*x)", -1.0, 1.0, 1.0, std::f64::consts::PI / 50.0),
        ("sqrt(1+1e-4*x^2)+1/(1e-4+x^2)", -1.0, 1.0, 7.0, 0.01),
        ("abs(x-0.3)", 0.0, 1.0, 1.0, 0.0),
        ("sqrt(x)", 0.0, 1.0, 1.0, 0.0),
        ("hypot(x, 1e-6)", -1.0, 1.0, 1.0, 1e-6),
    ] {
        let height = analytic_height(&expr(text), lo, hi, most);
        println!("{text}: {height} of {expected}");
        assert!(height <= expected && expected <= height * 1.2, "{text}: {height} of {expected}");
        assert!(height == 0.0 || analytic(&expr(text), lo, hi, height).is_ok());
    }
}

/// A random expression, most of them with something in the way somewhere.
fn random_target(random: &mut Random, depth: usize) -> String {
    const FUNCTIONS: [&str; 22] = [
        "sqrt", "cbrt", "exp", "ln", "log1p", "abs", "floor", "sin", "cos", "tan", "asin", "acos", "atan", "tanh",
        "asinh", "acosh", "atanh", "erf", "sigmoid", "softplus", "sinc", "step",
    ];
    if depth == 0 {
        return if random.below(3) == 0 { format!("{:.3}", random.between(-2.0, 2.0)) } else { "x".to_owned() };
    }
    let mut part = || random_target(random, depth - 1);
    let [a, b, c, d] = [part(), part(), part(), part()];
    match random.below(16) {
        0 => format!("({a}+{b})"),
        1 => format!("({a}-{b})"),
        2 => format!("({a})*({b})"),
        3 => format!("({a})/({b})"),
        4 => format!("({a})^({b})"),
        5 => format!("({a})^{}", random.below(7)),
        6 => format!("max({a}, {b})"),
        7 => format!("hypot({a}, {b})"),
        8 => format!("atan2({a}, {b})"),
        9 => format!("if({a} < {b}, {c}, {d})"),
        _ => format!("{}({a})", random.pick(&FUNCTIONS)),
    }
}

/// An analytic function has at each point the mean of its values on a circle. The trapezoidal rule of 80 points takes
/// that mean to `4^-80` on circles a quarter as large as the strip allows. They lie across boxes, which therefore must
/// continue one and the same function.
#[test]
fn values_on_an_accepted_strip_have_the_mean_value_property() {
    use bumpnet_interval::{Unary, elementary::unary};
    let mut random = Random(7);
    let (lo, hi, mut strips, mut circles) = (-1.0, 1.5, 0, 0);
    for _ in 0..3000 {
        let text = random_target(&mut random, 3);
        let target = expr(&text);
        let height = analytic_height(&target, lo, hi, 2.0);
        if height < 0.1 || target.is_constant() {
            continue;
        }
        strips += 1;
        for _ in 0..10 {
            let (x, y) = (random.between(lo, hi), random.between(-height, height));
            let radius = 0.25 * (x - lo).min(hi - x).min(height - y.abs());
            let at = |x: f64, y: f64| target.eval(&[Complex::new(x, y)]);
            let circle: Vec<Complex<f64>> = (0..80)
                .map(|k| f64::from(k) * std::f64::consts::TAU / 80.0)
                .map(|t| at(x + radius * unary(Unary::Cos, t), y + radius * unary(Unary::Sin, t)))
                .collect();
            let mean = |part: fn(&Complex<f64>) -> f64| circle.iter().map(part).sum::<f64>() / 80.0;
            let (centre, mean) = (at(x, y), Complex::new(mean(|z| z.re), mean(|z| z.im)));
            let size = circle.iter().map(|z| z.re.abs().max(z.im.abs())).fold(1.0, f64::max);
            let error = (mean.re - centre.re).abs().max((mean.im - centre.im).abs());
            assert!(error <= 1e-9 * size, "{text} at {x} + {y}i, {radius}: {mean:?} {centre:?}");
            circles += usize::from(size > 1.0);
        }
    }
    println!("{strips} strips, {circles} circles");
    assert!(strips > 300 && circles > 1000, "{strips} {circles}");
}
