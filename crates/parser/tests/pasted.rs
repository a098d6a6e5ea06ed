//! Formulas as people paste them from papers, programs and spreadsheets: what is taken, and as what.

use bumpnet_parser::parse_expression;

fn inputs() -> Vec<String> {
    ["x", "y", "m", "a", "b", "c", "t", "n"].map(str::to_owned).to_vec()
}

/// How the language prints a formula; or its problems.
fn read(text: &str) -> String {
    match parse_expression(text, inputs()) {
        Ok(expr) => {
            let printed = expr.to_string();
            assert_eq!(parse_expression(&printed, inputs()).as_ref(), Ok(&expr), "{text} prints as {printed}");
            printed
        }
        Err(problems) => panic!("{text}: {problems:?}"),
    }
}

#[test]
fn signs_of_typeset_formulas() {
    for (pasted, meant) in [
        ("π*x", "pi*x"),
        ("τ", "tau"),
        ("2×x", "2*x"),
        ("2·x", "2*x"),
        ("3−x", "3-x"),
        ("−x–1", "-x-1"),
        ("x²", "x^2"),
        ("x³+x²", "x^3+x^2"),
        ("-x²", "-x^2"),
        ("2^x²", "2^x^2"),
        ("(x+1)²·3", "(x+1)^2*3"),
        ("x⁻¹", "x^(-1)"),
        ("x¹⁰", "x^10"),
        ("sin(x)²", "sin(x)^2"),
        ("√x", "sqrt(x)"),
        ("2·√x+1", "2*sqrt(x)+1"),
        ("√(x+1)*x", "sqrt(x+1)*x"),
        ("-√x", "-sqrt(x)"),
        ("√√x", "sqrt(sqrt(x))"),
        ("∛x", "cbrt(x)"),
        ("x÷2", "x/2"),
        ("⌊x⌋+⌈x⌉", "floor(x)+ceil(x)"),
        ("if(x≤1, x, 2)", "if(x <= 1, x, 2)"),
        ("if(x≥1, x, 2)", "if(x >= 1, x, 2)"),
        ("if(x≠1, x, 2)", "if(x != 1, x, 2)"),
        ("x\u{a0}+\u{2009}1", "x+1"),
        ("5!", "120"),
        ("x^3/3!", "x^3/6"),
        ("-0!", "-1"),
        ("1e310·x·1e-310", "1*x"),
    ] {
        assert_eq!(read(pasted), meant, "{pasted}");
    }
}

#[test]
fn functions_of_other_languages() {
    for (pasted, meant) in [
        ("pow(x,3)", "x^3"),
        ("square(x)", "x^2"),
        ("fabs(x)", "abs(x)"),
        ("arctan(x)+arcsin(x)", "atan(x)+asin(x)"),
        ("arctan2(y,x)", "atan2(y, x)"),
        ("log1p(x)", "log1p(x)"),
        ("signum(x)", "sign(x)"),
        ("heaviside(x)", "step(x)"),
        ("relu(x)", "max(x, 0)"),
        ("clip(x,a,b)", "min(max(x, a), b)"),
        ("clamp(x,-1,1)", "min(max(x, -1), 1)"),
        ("fmod(x,m)", "x-m*trunc(x/m)"),
        ("mod(x,m)", "x-m*floor(x/m)"),
        ("lerp(a,b,t)", "a+t*(b-a)"),
        ("smoothstep(0,1,x)", "min(max((x-0)/(1-0), 0), 1)^2*(3-2*min(max((x-0)/(1-0), 0), 1))"),
        ("gelu(x)", "x*(1+erf(x/sqrt(2)))/2"),
        ("silu(x)", "x*sigmoid(x)"),
        ("sec(x)+csc(x)", "1/cos(x)+1/sin(x)"),
        ("cot(x)", "cos(x)/sin(x)"),
        ("sinpi(x)+cospi(x)", "sin(pi*x)+cos(pi*x)"),
        ("deg(x)+rad(x)", "180/pi*x+pi/180*x"),
        ("erfc(x)", "1-erf(x)"),
        ("logit(x)", "ln(x/(1-x))"),
        ("mean(a,b,c)", "(a+b+c)/3"),
        ("log(x)", "ln(x)"),
        ("log(x,b)", "ln(x)/ln(b)"),
        ("log(x,2)+log(x,10)+log(x,3)", "log2(x)+log10(x)+ln(x)/ln(3)"),
        ("mod(x+1,2)^2", "(x+1-2*floor((x+1)/2))^2"),
    ] {
        assert_eq!(read(pasted), meant, "{pasted}");
    }
    let value = |text: &str| parse_expression(text, vec![]).unwrap().eval::<f64>(&[]);
    for (text, expect) in
        [("mod(-7,3)", 2.0), ("fmod(-7,3)", -1.0), ("smoothstep(1,3,2)", 0.5), ("mean(1,2,6)", 3.0), ("cot(pi/4)", 1.0)]
    {
        assert!((value(text) - expect).abs() < 1e-15, "{text} is {}", value(text));
    }
}

#[test]
fn conditions() {
    for (pasted, meant) in [
        ("if(x>0 and y>0, a, b)", "if(x > 0, if(y > 0, a, b), b)"),
        ("if(x>0 or y>0, a, b)", "if(x > 0, a, if(y > 0, a, b))"),
        ("if(not x>0, a, b)", "if(x <= 0, a, b)"),
        ("if(not(x>0 or y==0), a, b)", "if(x <= 0, if(y != 0, a, b), b)"),
        ("if(x>0 && (y>0 || x<1), a, b)", "if(x > 0, if(y > 0, a, if(x < 1, a, b)), b)"),
        ("if(x<0 or x>1 and y>0, a, b)", "if(x < 0, a, if(x > 1, if(y > 0, a, b), b))"),
        ("if(!(x<0) ∧ ¬ y≥2, a, b)", "if(x >= 0, if(y < 2, a, b), b)"),
        ("if(((x<0)), a, b)", "if(x < 0, a, b)"),
        ("if(5!=x, a, b)", "if(5 != x, a, b)"),
        ("piecewise(x<0, a, b)", "if(x < 0, a, b)"),
        ("piecewise(x<0, 0, x<1 and y<1, x, 1)", "if(x < 0, 0, if(x < 1, if(y < 1, x, 1), 1))"),
    ] {
        assert_eq!(read(pasted), meant, "{pasted}");
    }
}

/// What is refused gives the line to write, which is read without a problem.
#[test]
fn what_is_refused_is_written_otherwise() {
    for (pasted, written) in [
        ("2x", "2*x"),
        ("2x + 1", "2*x + 1"),
        ("2 sin(x)", "2*sin(x)"),
        ("x(1-x)", "x*(1-x)"),
        ("3x²y", "3*x²*y"),
        ("(x+1)(x-1)", "(x+1)*(x-1)"),
        ("1/2x", "1/2*x or 1/(2*x)"),
        ("2π", "2*π"),
        ("np.sin(x)", "sin(x)"),
        ("math.sin(x)", "sin(x)"),
        ("Math.sin(x)+Math.PI", "sin(x)+pi"),
        ("torch.sin(x)", "sin(x)"),
        ("np.where(x<0, 0, x)", "if(x < 0, 0, x)"),
        ("std::pow(x, 2)", "pow(x, 2)"),
        ("|x|", "abs(x)"),
        ("-|x|+1", "-abs(x)+1"),
        ("2*|x|", "2*abs(x)"),
        ("sin^2(x)", "sin(x)^2"),
        ("sin²(x)+cos²(x)", "sin(x)²+cos(x)²"),
        ("tan^-1(x)", "atan(x)"),
        ("sin⁻¹(x)", "asin(x)"),
        ("sin x", "sin(x)"),
        ("sin 2x", "sin(2*x)"),
        ("2 sin x + 1", "2*sin(x) + 1"),
        ("sin x^2", "sin(x^2) or sin(x)^2"),
        ("x<0.5 ? 1 : 2", "if(x < 0.5, 1, 2)"),
        ("x<0 ? 0 : x<1 ? x : 1", "if(x < 0, 0, if(x < 1, x, 1))"),
        ("1 if x<0.5 else 2", "if(x < 0.5, 1, 2)"),
        ("if(x = 1, 2, 3)", "if(x == 1, 2, 3)"),
        ("if(x > 0 & x < 1, 2, 3)", "if(x > 0 and x < 1, 2, 3)"),
        ("if(x <> 1, 2, 3)", "if(x != 1, 2, 3)"),
        ("if(0 < x < 1, 2, 3)", "0 < x and x < 1"),
        ("2.0f*x", "2.0*x"),
        ("1_000", "1000"),
        ("0x10", "16"),
        ("1d-3", "1e-3"),
        ("1e-3x", "1e-3*x"),
        ("\\frac{1}{x}", "(1/x)"),
        ("\\sin(x)", "sin(x)"),
        ("\\sin^2 x", "sin(x)^2"),
        ("\\frac{1}{1+x^{2}}", "(1/(1+x^(2)))"),
        ("e^{-x}", "e^(-x)"),
        ("\\sqrt{x}\\cdot\\pi", "sqrt(x)*pi"),
        ("x % 2", "mod(x, 2)"),
        ("x mod 2", "mod(x, 2)"),
        ("x // 2", "floor(x/2)"),
        ("10%*x", "10/100*x"),
        ("M_PI*x", "pi"),
        ("E", "e"),
        ("PI", "pi"),
        ("z = x^2", "x^2"),
        ("f(x) = x^2", "x^2"),
        ("lambda x: x^2", "x^2"),
        ("x => x**2", "x**2"),
        ("[x+1]*2", "(x+1)*2"),
        ("30°", "rad(30)"),
        ("x < 1", "if(x < 1, 1, 0)"),
        ("(x > 0)*x", "if(x > 0, 1, 0)"),
        ("sqr(x)", "a^2, or sqrt(a)"),
        ("log3(x)", "log(a, 3)"),
        ("sinf(x)", "sin(a)"),
        ("atan(y, x)", "atan2(y, x)"),
        ("hypot(x, y, m)", "hypot(x, hypot(y, m))"),
        ("round(x, 2)", "round(x*10^2)/10^2"),
    ] {
        let problems = parse_expression(pasted, inputs()).expect_err(pasted);
        let help = problems[0].help.clone().unwrap_or_default();
        let line = help.strip_prefix("write ");
        assert_eq!(line, Some(written), "{pasted}: {problems:?}");
        for formula in written.split(", or ").flat_map(|part| part.split(" or ")) {
            let condition = !formula.starts_with("if") && formula.contains(" and ");
            let formula = if condition { format!("if({formula}, x, y)") } else { formula.to_owned() };
            let read = parse_expression(&formula, inputs());
            assert!(read.is_ok(), "{pasted}: {formula}: {read:?}");
        }
    }
}

/// What has no other form is said to have none, and no function of another meaning is offered.
#[test]
fn what_there_is_not() {
    for (pasted, message, help) in [
        ("n!", "a factorial of what is no whole number from 0 to 170", "write out such a number"),
        ("171!", "a factorial of what is no whole number from 0 to 170", "write out such a number"),
        ("inf", "unknown name `inf`", "the language has finite numbers only, and a domain has finite ends"),
        ("nan", "unknown name `nan`", "the language has no such number"),
        ("√x^2", "a power behind a root sign reads in two ways", "write sqrt(x^2) or sqrt(x)^2"),
        ("x²^3", "a power behind a superscript reads in two ways", "write (x^2)^3 or x^(2^3)"),
        ("gamma(x)", "unknown function `gamma`", "the language has no such function"),
        ("si(x)", "unknown function `si`", "the language has no such function"),
        ("exp1(x)", "unknown function `exp1`", "the language has no such function"),
        ("sinhc(x)", "unknown function `sinhc`", "the language has no such function"),
        ("x +", "the expression ends too early", ""),
        (
            "piecewise(x<0, 1)",
            "`piecewise` takes conditions, each with its value, and one value more, not 2 arguments",
            "write piecewise(",
        ),
        ("if(x, 1, 2)", "a condition is a comparison", "write x != 0"),
        ("sine(x)", "unknown function `sine`", "did you mean `sin`?"),
    ] {
        let problems = parse_expression(pasted, inputs()).expect_err(pasted);
        assert_eq!(problems[0].message, message, "{pasted}");
        assert!(problems[0].help.clone().unwrap_or_default().starts_with(help), "{pasted}: {problems:?}");
    }
    let far = parse_expression("wurzel(x)", inputs()).unwrap_err();
    let help = far[0].help.clone().unwrap_or_default();
    assert!((1..=6).contains(&(help.matches('`').count() / 2)), "{far:?}");
}
