//! Targets that `time` knows as native code.

use bumpnet_ir::Expr;

/// A target as a closure of the standard library's functions: what a Rust user would write.
pub type Closure = fn(&[f64]) -> f64;

/// The targets, their inputs by number, and the closures: the article's, Franke's as the corpus writes it, and two more of
/// the corpus.
const TARGETS: [(&str, Closure); 5] = [
    ("0.2+0.4*{0}^2+0.3*{0}*sin(15*{0})+0.05*cos(50*{0})", article),
    (
        "0.75*exp(-(9*{0}-2)^2/4-(9*{1}-2)^2/4)+0.75*exp(-(9*{0}+1)^2/49-(9*{1}+1)/10)\
         +0.5*exp(-(9*{0}-7)^2/4-(9*{1}-3)^2/4)-0.2*exp(-(9*{0}-4)^2-(9*{1}-7)^2)",
        franke,
    ),
    (
        "0.75*exp(-((9*{0}-2)^2+(9*{1}-2)^2)/4)+0.75*exp(-(9*{0}+1)^2/49-(9*{1}+1)/10)\
         +0.5*exp(-((9*{0}-7)^2+(9*{1}-3)^2)/4)-0.2*exp(-(9*{0}-4)^2-(9*{1}-7)^2)",
        franke,
    ),
    ("sin(3*{0})*cos(2*{1})+0.3*{0}*{1}", waves),
    (
        "sin({0}*{1})+sin({1}*{2})+sin({2}*{3})+sin({3}*{4})+sin({4}*{5})+sin({5}*{6})+sin({6}*{7})+sin({7}*{8})\
         +sin({8}*{9})",
        chain,
    ),
];

#[allow(clippy::disallowed_methods)] // timed only, never on the way to a result
fn article(p: &[f64]) -> f64 {
    let x = p[0];
    0.2 + 0.4 * x * x + 0.3 * x * (15.0 * x).sin() + 0.05 * (50.0 * x).cos()
}

#[allow(clippy::disallowed_methods)] // as above
fn franke(p: &[f64]) -> f64 {
    let (x, y) = (9.0 * p[0], 9.0 * p[1]);
    let square = |t: f64| t * t;
    0.75 * (-(square(x - 2.0) + square(y - 2.0)) / 4.0).exp()
        + 0.75 * (-square(x + 1.0) / 49.0 - (y + 1.0) / 10.0).exp()
        + 0.5 * (-(square(x - 7.0) + square(y - 3.0)) / 4.0).exp()
        - 0.2 * (-square(x - 4.0) - square(y - 7.0)).exp()
}

#[allow(clippy::disallowed_methods)] // as above
fn waves(p: &[f64]) -> f64 {
    (3.0 * p[0]).sin() * (2.0 * p[1]).cos() + 0.3 * p[0] * p[1]
}

#[allow(clippy::disallowed_methods)] // as above
fn chain(p: &[f64]) -> f64 {
    p.windows(2).map(|pair| (pair[0] * pair[1]).sin()).sum()
}

/// The closure of a target, if it is one of these, whatever its inputs are called.
pub fn closure(target: &Expr) -> Option<Closure> {
    let inputs = target.inputs();
    let known = |(text, closure): &(&str, Closure)| {
        let named = |text: String, (k, name): (usize, &String)| text.replace(&format!("{{{k}}}"), name);
        let text = inputs.iter().enumerate().fold((*text).to_owned(), named);
        let known = bumpnet_parser::parse_expression(&text, inputs.to_vec()).ok()?;
        (*target.as_written() == known).then_some(*closure)
    };
    TARGETS.iter().find_map(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, inputs: &[&str]) -> Expr {
        bumpnet_parser::parse_expression(text, inputs.iter().map(|name| (*name).to_owned()).collect())
            .expect("it parses")
    }

    #[test]
    fn the_closures_are_the_targets() {
        for (text, inputs) in
            [(TARGETS[0].0, 1), (TARGETS[1].0, 2), (TARGETS[2].0, 2), (TARGETS[3].0, 2), (TARGETS[4].0, 10)]
        {
            let names: Vec<String> = (0..inputs).map(|k| format!("t{k}")).collect();
            let named = |text: String, (k, name): (usize, &String)| text.replace(&format!("{{{k}}}"), name);
            let text = names.iter().enumerate().fold(text.to_owned(), named);
            let target = parse(&text, &names.iter().map(String::as_str).collect::<Vec<_>>());
            let native = closure(&target).expect("it is known");
            for k in 0..=1000 {
                let point: Vec<f64> = (0..inputs).map(|i| f64::from((k * (i + 3)) % 1001) / 1000.0).collect();
                assert!((native(&point) - target.eval::<f64>(&point)).abs() <= 1e-14, "{text} at {point:?}");
            }
        }
    }

    #[test]
    fn others_are_not() {
        assert!(closure(&parse("0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(51*x)", &["x"])).is_none());
        assert!(closure(&parse("sin(3*y)*cos(2*x)+0.3*x*y", &["x", "y"])).is_none());
        assert!(closure(&parse("x", &["x", "y", "z"])).is_none());
    }
}
