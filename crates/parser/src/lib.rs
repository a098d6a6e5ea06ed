//! Text in, [`Spec`] or diagnostics out.
//!
//! ```text
//! bytes --yaml--> tree with spans --spec, network--> Spec
//!                                         `-- expression (pest grammar) --> Expr
//! ```
//! Every stage collects all its errors; each names a range of bytes of the file, also inside quoted, folded and
//! literal block scalars.

mod bindings;
mod decode;
mod domain;
pub mod expression;
mod foreign;
mod measure;
mod network;
pub mod schema;
mod shared;
mod spec;
mod suggest;
pub mod yaml;

use bumpnet_ir::{Diagnostic, Spec};
pub use expression::{free_names, parse_constant, parse_expression};
pub use yaml::MAX_FILE_BYTES;

/// Reads one spec. `stem` names it where the file does not.
///
/// # Errors
/// All problems found, in the order of the file.
///
/// ```
/// let spec = bumpnet_parser::parse_spec(
///     b"version: 1\ntarget: x^2\ndomain: {x: [0, 1]}\n\
///       networks: {a: {method: bumps, activation: ramp, resolution: 8}}\n",
///     "square",
/// )
/// .unwrap();
/// assert_eq!(spec.name, "square");
/// assert_eq!(spec.target.eval(&[0.5]), 0.25);
/// ```
pub fn parse_spec(bytes: &[u8], stem: &str) -> Result<Spec, Vec<Diagnostic>> {
    let source = yaml::text(bytes)?;
    let tree = yaml::parse(source)?;
    let (spec, mut problems) = spec::read(&tree, source, stem);
    problems.sort_by_key(|problem| problem.label.0.start);
    match spec {
        Some(spec) if problems.is_empty() => Ok(spec),
        _ => Err(problems),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages about a spec that starts with these lines, without their places.
    fn messages(lines: &str) -> Vec<String> {
        let networks = "networks: {a: {method: bumps, activation: ramp, resolution: 8}}";
        let source = format!("version: 1\n{lines}\n{networks}\n");
        parse_spec(source.as_bytes(), "stem").err().unwrap_or_default().into_iter().map(|p| p.message).collect()
    }

    #[test]
    fn one_mistake_is_one_problem() {
        for (lines, message) in [
            ("target: x+y", "the spec has no `domain`"),
            ("target: x+y\ndomain: [x, y]", "the domain is a mapping, this is a list"),
            ("target: x+y\ndomain:", "the domain is a mapping, this is nothing"),
            ("target: x+y\ndomain: {x: [0, 1], 2y: [0, 1]}", "`2y` cannot name an input"),
            (
                "target: sin+x\ndomain: {sin: [0, 1]}",
                "`sin` is a function or constant of the language and cannot name an input",
            ),
            ("let: [a]\ntarget: x+a\ndomain: {x: [0, a]}", "`let` is a mapping, this is a list"),
            ("let: ~\ntarget: x+a\ndomain: {x: [0, 1]}", "`let` is a mapping, this is nothing"),
            ("let: {a: 2*, b: a+1}\ntarget: x+a+b\ndomain: {x: [0, b]}", "the expression ends too early"),
            ("let: {a: null}\ntarget: x+a\ndomain: {x: [0, 1]}", "`a` is one value, this is nothing"),
            ("let: {a: .nan}\ntarget: x+a\ndomain: {x: [0, a]}", "`a` is `.nan`, not a finite number"),
            (
                "let: {max: 2}\ntarget: x+max\ndomain: {x: [0, max]}",
                "`max` is a function or constant of the language and cannot name a `let` value",
            ),
            (
                "target: x\ndomain: {y: [0, 1], x: [0, x]}",
                "the range of `x` is a number, this depends on the input `x`",
            ),
            ("target: x\ndomain: {x: [0, -.Inf]}", "the range of `x` is not finite"),
        ] {
            let found = messages(lines);
            let networks = "`bumps` is for one input, the domain has 2";
            assert_eq!(found.iter().filter(|found| *found != networks).collect::<Vec<_>>(), [message], "{lines}");
        }
    }

    /// Constants are evaluated once, however many numbers use them.
    #[test]
    fn numbers_share_their_constants() {
        let sum: Vec<String> = (1..6_000).map(|k| format!("1/{k}")).collect();
        let heights: Vec<String> = (0..9_000).map(|k| format!("a+{k}")).collect();
        let source = format!(
            "version: 1\nlet: {{a: {}}}\ntarget: x\ndomain: {{x: [0, a]}}\n\
             networks: {{a: {{method: bumps, activation: ramp, heights: {{given: [{}]}}}}}}\n",
            sum.join("+"),
            heights.join(", ")
        );
        let spec = parse_spec(source.as_bytes(), "stem").unwrap();
        let harmonic: f64 = (1..6_000).map(|k| 1.0 / f64::from(k)).sum();
        assert!((spec.domain[0].hi - harmonic).abs() < 1e-9);
    }

    /// A spec's target with `let` substituted, or what is said about it.
    fn target(head: &str) -> Result<String, Vec<String>> {
        let source = format!(
            "version: 1\n{head}\ndomain: {{x: [0, 1]}}\nnetworks: {{a: {{method: smooth, max_error: 1e-3}}}}\n"
        );
        let spec = parse_spec(source.as_bytes(), "stem");
        spec.map(|spec| spec.target.to_string()).map_err(|all| all.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn functions_of_a_file() {
        for (head, meant) in [
            ("let: {f(t): t^2 + 1, g(a, b): hypot(a, f(b))}\ntarget: g(x, 2*x)", "hypot(x, (2*x)^2+1)"),
            ("let:\n  k: 3\n  f(x): k*x\n  h: f(x)+f(1)\ntarget: h*x", "(3*x+3*1)*x"),
            ("let: {f(t): x*t}\ntarget: f(2)", "x*2"),
            // What a function has captured stays what it is in the functions that call it.
            ("let: {A: 5, f(t): t+A, g(u): f(u)}\ntarget: g(x)", "x+5"),
            ("let: {A: 5, f(t): t+A, g(u): f(2*u)}\ntarget: g(x)", "2*x+5"),
            ("let: {f(t): t+x, g(t): f(2*t)}\ntarget: g(x+1)", "2*(x+1)+x"),
            ("let: {A: 5, B: 7, f(t): t+B, g(t,u): u+A*f(t), h(t): g(t, f(t))}\ntarget: h(x)", "x+7+5*(x+7)"),
            ("let: {A: x+1, f(v): v*A, g(u): f(u)}\ntarget: g(x)", "x*(x+1)"),
            ("let: {A: 5, f(t): 'piecewise(t<A, 1, A)', g(t): f(t)}\ntarget: g(x)", "if(x < 5, 1, 5)"),
            ("let: {clamp(t): min(t, 1)}\ntarget: clamp(x)", "min(x, 1)"),
            ("let: {f(t): sin(t)}\ntarget: f(f(f(x)))", "sin(sin(sin(x)))"),
            ("let: {deg: 2}\ntarget: deg*deg(x)", "2*(180/pi*x)"),
            ("target: max(x, min(x, 1), 0)", "max(x, min(x, 1), 0)"),
        ] {
            assert_eq!(target(head).as_deref(), Ok(meant), "{head}");
        }
        let circle = "`f` is defined by itself: f -> g -> f";
        for (head, said) in [
            ("let: {f(t): f(t-1)}\ntarget: f(x)", "`f` is defined by itself"),
            ("let: {f(t): g(t), g(t): f(t)}\ntarget: f(x)", circle),
            ("let: {f: g, g: f+1}\ntarget: f+x", circle),
            ("let: {f(t): g(t), g(t): t}\ntarget: f(x)", "`g` is used before it is defined"),
            ("let: {f(t): t}\ntarget: f(x, 1)", "`f` takes one argument, not 2"),
            ("let: {f(t): t}\ntarget: f*x", "`f` is a function and needs arguments"),
            ("let: {f(t): 2*u}\ntarget: f(x)", "unknown name `u`"),
            ("let: {f(t, t): t}\ntarget: f(x, x)", "two arguments are called `t`"),
            ("let: {f(): 1}\ntarget: x", "a function without arguments"),
            ("let: {f(t: t}\ntarget: x", "`(` without `)`"),
            (
                "let: {sin(t): t}\ntarget: x",
                "`sin` is a function or constant of the language and cannot name a `let` function",
            ),
            (
                "let: {f(pi): 1}\ntarget: x",
                "`pi` is a function or constant of the language and cannot name an argument",
            ),
            ("let: {f(t): t, f(a, b): a}\ntarget: x", "`f` is defined already"),
            ("let: {x(t): t}\ntarget: x", "`x` is an input already"),
            ("let: {f: 2}\ntarget: f(x)", "`f` is not a function"),
        ] {
            assert_eq!(target(head), Err(vec![said.to_owned()]), "{head}");
        }
    }

    /// Functions that double at each level are refused before they take memory.
    #[test]
    fn functions_of_functions_end() {
        let lines: Vec<String> = (1..60).map(|k| format!("  f{k}(t): f{0}(t)+f{0}(t+{k})\n", k - 1)).collect();
        let found = target(&format!("let:\n  f0(t): sin(t)\n{}target: f59(x)", lines.concat())).unwrap_err();
        assert!(found.len() == 1 && found[0].contains("more than 20000"), "{found:?}");
        let calls: Vec<String> = (0..2000).map(|k| format!("f12(x/{k}+{k})")).collect();
        let lines = lines[..12].concat();
        let found = target(&format!("let:\n  f0(t): sin(t)\n{lines}target: {}", calls.join("+"))).unwrap_err();
        assert!(found.iter().any(|said| said.contains("too many operators")), "{found:?}");
    }

    /// Ranges of other tools are refused with the line to write, which is good.
    #[test]
    fn ranges_of_other_tools() {
        let good = "`domain: {t: [0, 1]}`";
        for (domain, written) in [
            ("{min: 0, max: 1}", good),
            ("{t: {min: 0, max: 1}}", "t: [0, 1]"),
            ("{t: {lower: 0, upper: 1}}", "t: [0, 1]"),
            ("{t: 0..1}", "t: [0, 1]"),
            ("{t: 0 to 1}", "t: [0, 1]"),
            ("{t: (-1,1)}", "t: [-1, 1]"),
            ("{t: '(-1,1)'}", "t: [-1, 1]"),
            ("{t: '[0, pi]'}", "t: [0, pi]"),
            ("{t: -1, 1}", "`domain: {t: [-1, 1]}`"),
            ("[0, 1]", good),
            ("0..1", good),
            ("'(0, 1)'", good),
            ("{t: [1, 0]}", "t: [0.0, 1.0]"),
            ("{t: 1}", "t: [0, 1]"),
            ("\n  - t: [0, 1]", "it without dashes, as in `domain: {x: [0, 1], y: [0, 1]}`"),
            (
                "{t: [-inf, inf]}",
                "the largest number that matters, such as 100: nothing is proved of an infinite range",
            ),
            (
                "{t: [0, np.inf]}",
                "the largest number that matters, such as 100: nothing is proved of an infinite range",
            ),
        ] {
            let spec = |domain: &str| {
                let networks = "networks: {a: {method: smooth, max_error: 1e-3}}";
                parse_spec(format!("version: 1\ntarget: t^2\ndomain: {domain}\n{networks}\n").as_bytes(), "stem")
            };
            let problems = spec(domain).expect_err(domain);
            assert_eq!(problems.len(), 1, "{domain}: {problems:?}");
            assert_eq!(problems[0].help, Some(format!("write {written}")), "{domain}: {problems:?}");
            let whole = written.strip_prefix("`domain: ").and_then(|text| text.strip_suffix('`'));
            if let Some(domain) =
                whole.map(str::to_owned).or(written.starts_with("t:").then(|| format!("{{{written}}}")))
            {
                assert!(spec(&domain).is_ok(), "{domain}");
            }
        }
    }

    /// So are networks without a name.
    #[test]
    fn networks_without_a_name() {
        let spec = |networks: &str| {
            parse_spec(format!("version: 1\ntarget: x\ndomain: {{x: [0, 1]}}\n{networks}\n").as_bytes(), "stem")
        };
        let example = "networks: {a: {max_error: 1e-3}}";
        for (networks, written) in [
            ("networks: {max_error: 1e-3}", example),
            ("networks:\n  max_error: 1e-3", example),
            ("networks:\n  - {max_error: 1e-3}", example),
            ("networks: {a: 1e-3}", "{max_error: 1e-3}"),
        ] {
            let problems = spec(networks).expect_err(networks);
            assert_eq!(problems.len(), 1, "{networks}: {problems:?}");
            assert!(problems[0].help.as_ref().is_some_and(|help| help.contains(written)), "{networks}: {problems:?}");
        }
        assert!(spec(example).is_ok());
    }
}
