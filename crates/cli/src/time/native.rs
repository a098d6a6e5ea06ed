//! Targets that `time` knows as native code.

use bumpnet_ir::Expr;

/// The article's target as a closure of the standard library's functions, if it is this one: what a Rust user would write.
#[allow(clippy::disallowed_methods)] // timed only, never on the way to a result
pub fn closure(target: &Expr) -> Option<fn(f64) -> f64> {
    let [x] = target.inputs() else { return None };
    let article = format!("0.2+0.4*{x}^2+0.3*{x}*sin(15*{x})+0.05*cos(50*{x})");
    let article = bumpnet_parser::parse_expression(&article, vec![x.clone()]).ok()?;
    (*target == article).then_some(|x| 0.2 + 0.4 * x * x + 0.3 * x * (15.0 * x).sin() + 0.05 * (50.0 * x).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closure_is_the_target() {
        let parse =
            |text: &str, x: &str| bumpnet_parser::parse_expression(text, vec![x.to_owned()]).expect("it parses");
        let target = parse("0.2+0.4*t^2+0.3*t*sin(15*t)+0.05*cos(50*t)", "t");
        let native = closure(&target).expect("it is the article's");
        for k in 0..=1000 {
            let x = f64::from(k) / 1000.0;
            assert!((native(x) - target.eval::<f64>(&[x])).abs() <= 1e-14, "at {x}");
        }
        assert!(closure(&parse("0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(51*x)", "x")).is_none());
    }
}
