//! The expression language: values, precedence, printing both ways, limits.

use bumpnet_interval::{Binary, Comparison, Unary};
use bumpnet_ir::ExprBuilder;
use bumpnet_ir::expr::sexpr::{self, Sexpr};
use bumpnet_ir::{Expr, Node, NodeId};
use bumpnet_parser::parse_expression;
use proptest::prelude::*;

fn inputs() -> Vec<String> {
    vec!["x".into(), "y".into()]
}

fn sexpr(text: &str) -> String {
    Sexpr(&parse_expression(text, inputs()).expect(text)).to_string()
}

#[test]
fn precedence() {
    for (text, expect) in [
        ("-x^2", "(- (^ x 2))"),
        ("2^3^2", "(^ 2 (^ 3 2))"),
        ("2**-x*y", "(* (^ 2 (- x)) y)"),
        ("1-x-y", "(- (- 1 x) y)"),
        ("x/y*2", "(* (/ x y) 2)"),
        ("-x*y", "(* (- x) y)"),
        ("x--y", "(- x (- y))"),
        ("+x", "x"),
        ("(-x)^2", "(^ (- x) 2)"),
        ("-2^-x^-y", "(- (^ 2 (- (^ x (- y)))))"),
        ("if(x<=1, x, max(x, y, 3))", "(if (<= x 1) x (max (max x y) 3))"),
        ("log(x)+ln_1p(.5)", "(+ (ln x) (log1p 0.5))"),
        ("  x\n+\ty ", "(+ x y)"),
        ("2e-3*e", "(* 0.002 e)"),
    ] {
        assert_eq!(sexpr(text), expect, "{text}");
    }
}

#[test]
fn values() {
    for (text, value) in [
        ("2^10", 1024.0),
        ("-2^2", -4.0),
        ("sign(0)+step(0)+sinc(0)", 2.0),
        ("round(2.5)+round(-2.5)", 0.0),
        ("hypot(3,4)", 5.0),
        ("atan2(1,1)*4/pi", 1.0),
        ("if(1 < 2, 3, 1/0)", 3.0),
        ("cbrt(-27)", -3.0),
        ("max(1,min(5,3))", 3.0),
        ("softplus(0)-ln(2)", 0.0),
        ("tau-2*pi", 0.0),
    ] {
        assert_eq!(parse_expression(text, vec![]).unwrap().eval::<f64>(&[]), value, "{text}");
    }
}

/// A sign behind an operator stands in parentheses, and what is printed means the same.
#[test]
fn signs_are_printed_in_parentheses() {
    for (text, printed) in [
        ("100*x+-40", "100*x+(-40)"),
        ("x--y", "x-(-y)"),
        ("x+(-y)*2", "x+(-y)*2"),
        ("x-(-y*2/x)", "x-(-y)*2/x"),
        ("x-(-(y*2))", "x-(-(y*2))"),
        ("x-(-y)^2", "x-(-y)^2"),
        ("x+(-y+2)", "x+(-y+2)"),
        ("x+-y^2", "x+(-y^2)"),
        ("2*-x", "2*(-x)"),
        ("2^-x", "2^(-x)"),
        ("x*(-y*2)", "x*(-y*2)"),
        ("-x+-y", "-x+(-y)"),
        ("--x", "--x"),
        ("x+--y", "x+(--y)"),
        ("-x*y-1", "-x*y-1"),
        ("max(-x, 1)+if(-x < -1, -x, -y)", "max(-x, 1)+if(-x < -1, -x, -y)"),
    ] {
        let expr = parse_expression(text, inputs()).unwrap();
        assert_eq!(expr.to_string(), printed, "{text}");
        assert_eq!(parse_expression(printed, inputs()).unwrap(), expr, "{text}");
    }
}

/// Inputs that would overflow a recursive reader, printer, evaluator or destructor.
#[test]
fn long_inputs() {
    let long = 200_000;
    for (text, fine) in [
        (format!("{}x{}", "(".repeat(long), ")".repeat(long)), false),
        ("(".repeat(long), false),
        (")".repeat(long), false),
        (format!("{}x", "-".repeat(long)), false),
        (format!("x{}", "^x".repeat(long)), false),
        (format!("x{}", "+x".repeat(long)), true),
        (format!("x{}", "-x/2".repeat(long)), true),
        (format!("{}x{}", "sin(".repeat(long), ")".repeat(long)), false),
        (format!("{}x{}", "(".repeat(256), ")".repeat(256)), true),
        (format!("{}x{}", "if(x<1,x,".repeat(250), ")".repeat(250)), true),
        (format!("max({}x)", "x,".repeat(long)), true),
        ("9".repeat(long), false),
        (format!("0.{}", "9".repeat(long)), true),
        ("x ".repeat(long), false),
    ] {
        let result = parse_expression(&text, inputs());
        assert_eq!(result.is_ok(), fine, "{}...", &text[..20]);
        if let Ok(expr) = result {
            let value: f64 = expr.eval(&[0.5, 0.5]);
            assert!(!value.is_nan());
            assert_eq!(parse_expression(&expr.to_string(), inputs()).unwrap(), expr);
            assert_eq!(sexpr::parse(&Sexpr(&expr).to_string(), inputs()).unwrap(), expr);
        }
    }
}

/// The deepest nesting allowed fits the smallest stack that Rust gives a thread.
#[test]
fn nesting_fits_a_small_stack() {
    let text = format!("{}x{}", "if(x<1,x,-2^".repeat(60), ")".repeat(60));
    let deep = format!("{}x{}", "sin(-".repeat(127), ")".repeat(127));
    let parse = move || parse_expression(&text, inputs()).is_ok() && parse_expression(&deep, inputs()).is_ok();
    assert!(std::thread::Builder::new().stack_size(1 << 20).spawn(parse).unwrap().join().unwrap());
}

/// Arenas from a list of random choices: every operator occurs, sub-expressions are shared.
fn arena(choices: &[(u8, u8, u8, u8, u16)]) -> Expr {
    let mut builder = ExprBuilder::new(inputs());
    let mut ids: Vec<NodeId> = vec![builder.push(Node::Input(0), 0..0), builder.push(Node::Input(1), 0..0)];
    for &(kind, a, b, op, number) in choices {
        let pick = |k: u8| ids[usize::from(k) % ids.len()];
        let last = ids[ids.len() - 1];
        let node = match kind % 4 {
            0 => Node::Literal(
                format!("{}.{}e{}", number / 7, number % 1000, i32::from(b) - 128).parse().expect("a number"),
            ),
            1 => Node::Unary(Unary::ALL[usize::from(op) % Unary::ALL.len()], last),
            2 => Node::Binary(Binary::ALL[usize::from(op) % Binary::ALL.len()], pick(a), last),
            _ => Node::If {
                op: Comparison::ALL[usize::from(op) % 6],
                left: pick(a),
                right: pick(b),
                then: last,
                otherwise: pick(a.wrapping_add(b)),
            },
        };
        ids.push(builder.push(node, 0..0));
    }
    builder.finish(ids[ids.len() - 1])
}

/// The blocks of a large arena are smaller, their values the same.
#[test]
fn many_nodes_in_small_blocks() {
    for terms in [500, 600, 3000, 20_000] {
        let text: Vec<String> = (1..terms).map(|k| format!("x/{k}")).collect();
        let expr = parse_expression(&text.join("-"), inputs()).unwrap();
        let points: Vec<f64> = (0..2 * 67).map(|k| f64::from(k) * 0.37 - 3.0).collect();
        let mut out = vec![0.0; 67];
        expr.eval_many(&points, &mut out);
        for (point, value) in points.chunks(2).zip(&out) {
            assert_eq!(expr.eval(point).to_bits(), value.to_bits(), "{terms} terms at {point:?}");
        }
    }
}

proptest! {
    #[test]
    fn printing_round_trips(choices in prop::collection::vec(any::<(u8, u8, u8, u8, u16)>(), 0..24)) {
        let expr = arena(&choices);
        prop_assume!(expr.printed_len_bound() < 100_000);
        let printed = expr.to_string();
        prop_assert!(printed.len() <= expr.printed_len_bound());
        prop_assert_eq!(&parse_expression(&printed, inputs()).unwrap(), &expr, "{}", printed);
        prop_assert_eq!(&sexpr::parse(&Sexpr(&expr).to_string(), inputs()).unwrap(), &expr);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[-+*/^()<>=!,.0-9exyifmaxsinot \n%&|?:\\[{}π²⁻√⌊⌋×°\\\\]{0,60}") {
        if let Err(problems) = parse_expression(&text, inputs()) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                let span = problem.label.0;
                prop_assert!(span.start <= span.end && span.start <= text.len(), "{:?} in {:?}", span, text);
            }
        }
    }

    #[test]
    fn blocks_of_points_agree_with_single_points(choices in prop::collection::vec(any::<(u8, u8, u8, u8, u16)>(), 0..24), count in 0usize..600) {
        let expr = arena(&choices);
        let points: Vec<f64> = (0..2 * count).map(|k| (k as f64) * 0.37 - 3.0).collect();
        let mut out = vec![0.0; count];
        expr.eval_many(&points, &mut out);
        for (point, value) in points.chunks(2).zip(&out) {
            prop_assert_eq!(expr.eval(point).to_bits(), value.to_bits());
        }
    }
}

/// Literals of a product are one number, wherever binary64 does not hold one of them.
#[test]
fn products_of_extreme_literals() {
    let text = |text: &str| parse_expression(text, inputs()).unwrap().to_string();
    for (written, meant) in [
        ("1e310*x*1e-310", "1*x"),
        ("-2e310*x*1.5e-310", "-3*x"),
        ("x*1e-400*2.5e400+x", "x*2.5+x"),
        ("x/1e310*12e309", "x*1.2"),
        ("x/1e310/1e-300", "x/10000000000"),
        ("0*x*1e999", "0*x"),
        ("1e-400*x", "1e-400*x"),
        ("2*x*3", "2*x*3"),
    ] {
        assert_eq!(text(written), meant, "{written}");
    }
    for refused in ["1e310*x", "x^1e310*1e-310", "1e310*x*-1e-310", "1e310+1e-310", "x/3e310*1e310"] {
        assert!(parse_expression(refused, inputs()).is_err(), "{refused}");
    }
}

/// What is not a comparison is true where it is not 0, and its negation where it is.
#[test]
fn a_negation_is_a_comparison_with_zero() {
    for (text, help) in
        [("!x", "write if(x == 0, 1, 0)"), ("not x", "write if(x == 0, 1, 0)"), ("x < 1", "write if(x < 1, 1, 0)")]
    {
        let problems = parse_expression(text, vec!["x".to_owned()]).expect_err(text);
        assert_eq!(problems[0].help.as_deref(), Some(help), "{text}");
        let advised = help.strip_prefix("write ").expect("a line to write");
        assert!(parse_expression(advised, vec!["x".to_owned()]).is_ok(), "{advised}");
    }
}
