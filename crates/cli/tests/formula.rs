//! `formula`: how a formula is read, where it is defined, its range; and what is said of a text that is none.

mod support;

use support::run;

#[test]
fn reading() {
    let text = run(arguments!["formula", "-x²+√(y-1)/2"]).clean();
    let expected = "formula  -x^2+sqrt(y-1)/2\n\
                    \x20 read as  (+ (- (^ x 2)) (/ (sqrt (- y 1)) 2))\n\
                    \x20 LaTeX    -x^{2} + \\frac{\\sqrt{y - 1}}{2}\n\
                    \x20 needs    y-1 >= 0\n\
                    \x20 range    add its domain, as in --domain \"x=[0, 1], y=[0, 1]\"\n";
    assert_eq!(text, expected);
    for (formula, needs) in [
        ("sin(x)", "nothing"),
        ("1/(x-1)+ln(x)", "x-1 != 0\n           x > 0"),
        ("x^2.5+x^-2", "x >= 0\n           x != 0"),
        ("if(x < 0, 0, sqrt(x))", "x >= 0, where this branch is taken"),
        ("2/3*x+sqrt(2)", "nothing"),
        ("tan(x)", "cos(x) != 0"),
        ("mod(x, 2)", "nothing"),
    ] {
        let text = run(arguments!["formula", formula]).clean();
        assert!(text.contains(&format!("\n  needs    {needs}")), "{formula}: {text}");
    }
    assert!(run(arguments!["formula", "(-8)^(1/3)"]).clean().contains("\n  value    undefined\n"));
    assert!(run(arguments!["formula", "5!/7"]).clean().contains("\n  value    17.142857142857142\n"));
}

#[test]
fn on_a_domain() {
    for (formula, domain, said) in [
        (
            "sqrt(x-x^2)",
            "x=[0, 1]",
            "  defined  everywhere, and finite, which is proved\n  range    within [0.0, 0.5], which is proved\n",
        ),
        ("sin(x)/x", "x=[-1, 1]", "           where its two parts vanish together, a quotient is its limit\n"),
        ("x+y", "x: [0, 1]; y: [-pi/2, max(0, 1)]", "  range    within [-1.5707963267948966, 2.0]"),
        (
            "1/x",
            "x=[-1, 1]",
            "  defined  not everywhere, which is proved: the target divides by zero at x = 0.0\n --> formula:1:1\n",
        ),
        (
            "tan(x)",
            "x=[0, 2]",
            "  defined  not everywhere, which is proved: the target has a pole of `tan` somewhere for x in [1.57",
        ),
        ("exp(1000*x)", "x=[0, 1]", "  defined  perhaps, but it was not seen to be finite everywhere: "),
    ] {
        let text = run(arguments!["formula", formula, "--domain", domain]).clean();
        assert!(text.contains(said), "{formula}: {text}");
    }
}

#[test]
fn what_is_no_formula() {
    for (formula, domain, words) in [
        ("2x", None, &["formula:1:2", "^", "write 2*x"][..]),
        ("foo(x)", None, &["unknown function `foo`"]),
        ("", None, &["the expression is empty"]),
        ("x", Some("y=[0, 1]"), &["unknown name `x`"]),
        ("x", Some("x=[0 1]"), &["--domain:1:4", "write two ends, as in [0, 1]"]),
        ("x", Some("x=[1, 0]"), &["the range is empty"]),
        ("x", Some("x=[0, 2pi]"), &["--domain:1:8", "write 2*pi"]),
        ("x", Some("x"), &["the range of an input is missing"]),
        ("x", Some("[0, 1]"), &["the name of an input is missing"]),
        ("x", Some("sin=[0, 1]"), &["this cannot name an input"]),
        ("x", Some("x=[0, 1], x=[0, 1]"), &["an input stands twice"]),
        ("x", Some("x=[0, 1/0]"), &["not a finite number"]),
    ] {
        let mut arguments = arguments!["formula", formula];
        if let Some(domain) = domain {
            arguments.extend(arguments!["--domain", domain]);
        }
        run(arguments).refused(2, words);
    }
}
