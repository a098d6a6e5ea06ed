//! Words of other tools and languages: what they are called here, or what to write instead. Without this list the nearest
//! known word would be offered for them, which means something else: `cos` for `cot`, `erf` for `erfc`.

/// Where a word stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// A key of a spec.
    SpecKey,
    /// A key of a network.
    NetworkKey,
    /// The value of `method`.
    Method,
    /// The value of `activation`.
    Activation,
}

/// What to do about a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meant {
    /// This word is the one for it here.
    Is(&'static str),
    /// This is to be done.
    Do(&'static str),
}

impl Meant {
    /// As the help of a diagnostic.
    pub fn help(self) -> String {
        match self {
            Is(word) => format!("write `{word}`, which it is called here"),
            Do(what) => what.to_owned(),
        }
    }
}

use Meant::{Do, Is};

type Words = (&'static [&'static str], Meant);

const TRAINED: Meant = Do("networks are constructed, not trained: remove it");

const SPEC_KEYS: [Words; 6] = [
    (&["function", "func", "f", "formula", "expression", "expr"], Is("target")),
    (&["range", "ranges", "interval", "bounds", "box", "inputs", "variables", "vars"], Is("domain")),
    (&["network", "nets", "net", "models", "model"], Is("networks")),
    (&["constants", "parameters", "params", "where", "definitions"], Is("let")),
    (&["title", "id"], Is("name")),
    (
        &["max_error", "tolerance", "tol", "eps", "epsilon", "error", "accuracy", "resolution", "method", "activation"],
        Do("it belongs to a network, as in `networks: {a: {max_error: 1e-3}}`"),
    ),
];

const NETWORK_KEYS: [Words; 8] = [
    (
        &["tolerance", "tol", "eps", "epsilon", "error", "accuracy", "rtol", "atol", "abs_tol", "max_err", "threshold"],
        Is("max_error"),
    ),
    (
        &[
            "n",
            "neurons",
            "units",
            "width",
            "hidden",
            "hidden_size",
            "size",
            "nodes",
            "pieces",
            "segments",
            "bumps",
            "knots",
        ],
        Is("resolution"),
    ),
    (&["act", "activation_function", "nonlinearity", "transfer_function"], Is("activation")),
    (&["type", "algorithm", "construction", "kind", "approach"], Is("method")),
    (&["dtype", "float"], Is("precision")),
    (&["extrapolate", "extrapolation", "boundary"], Is("outside")),
    (&["loss", "optimizer", "lr", "learning_rate", "epochs", "batch_size", "seed", "iterations"], TRAINED),
    (&["range", "interval", "bounds", "domain", "target"], Do("it belongs to the spec, beside `networks`")),
];

const METHODS: [Words; 6] = [
    (&["remez", "minimax", "chebyshev", "fit", "fitted", "smoothed"], Is("smooth")),
    (&["tensor-train", "svd", "lowrank", "separable"], Is("low-rank")),
    (&["kolmogorov", "kolmogorov-arnold", "kan"], Is("superposition")),
    (
        &["pwl", "piecewise-linear", "linear", "spline"],
        Do("write `method: bumps` with `activation: ramp`, which joins straight pieces"),
    ),
    (&["steps", "piecewise-constant", "constant"], Do("write `method: bumps` with `activation: heaviside`")),
    (
        &["adam", "sgd", "train", "training", "gradient-descent", "lbfgs"],
        Do("networks are constructed, not trained: write `auto`, or `max_error` and no method"),
    ),
];

const ACTIVATIONS: [Words; 8] = [
    (&["sigmoid", "logsig", "expit", "logit"], Is("logistic")),
    (&["step", "threshold", "hardlim", "unit-step", "unit_step", "binary", "sign"], Is("heaviside")),
    (&["tansig", "hyperbolic-tangent"], Is("tanh")),
    (&["atan"], Is("arctan")),
    (&["hard-sigmoid", "hard_sigmoid", "hardsigmoid", "hard-tanh", "hardtanh", "clip", "linear"], Is("ramp")),
    (&["probit", "normcdf", "phi"], Is("erf")),
    (
        &["relu", "relu6", "leaky-relu", "leaky_relu", "prelu"],
        Do("activations here are bounded: write `ramp`, which is the difference of two such units"),
    ),
    (
        &["gelu", "silu", "swish", "elu", "selu", "softplus", "mish", "gaussian", "rbf", "sin", "sine", "softmax"],
        Do("activations here rise from one bound to another: write `logistic`, or `tanh`"),
    ),
];

/// Functions of other languages whose meaning differs between them, or whose arguments do, each with what to write;
/// `a` and `b` are its arguments.
const FUNCTIONS: [(&[&str], &str); 17] = [
    (&["acot", "arccot"], "atan(1/a), or pi/2-atan(a)"),
    (&["sqr"], "a^2, or sqrt(a)"),
    (&["lg"], "log10(a), or log2(a)"),
    (&["root", "nthroot"], "a^(1/b); of negative numbers sign(a)*abs(a)^(1/b)"),
    (&["surd"], "sign(a)*abs(a)^(1/b)"),
    (&["rem", "remainder"], "fmod(a, b), or a-b*round(a/b)"),
    (&["int", "fix"], "trunc(a), or floor(a)"),
    (&["nint", "rint"], "round(a), which rounds halves away from 0"),
    (&["frac", "fract"], "a-floor(a), or a-trunc(a)"),
    (&["theta"], "step(a)"),
    (&["normcdf", "ncdf"], "(1+erf(a/sqrt(2)))/2"),
    (&["sh"], "sinh(a)"),
    (&["ch"], "cosh(a)"),
    (&["th"], "tanh(a)"),
    (&["where", "iif", "ifelse", "select", "cond"], "if(a < b, a, b)"),
    (&["mish"], "a*tanh(softplus(a))"),
    (&["haversin"], "(1-cos(a))/2"),
];

/// Functions that have no short form here, with those that could be taken for another one.
const NONE: [&str; 53] = [
    "gamma",
    "lgamma",
    "tgamma",
    "lngamma",
    "beta",
    "zeta",
    "erfi",
    "erfinv",
    "erfcinv",
    "erfcx",
    "erf2",
    "besselj",
    "bessely",
    "airy",
    "lambertw",
    "digamma",
    "expint",
    "exp1",
    "expi",
    "expn",
    "sinint",
    "cosint",
    "si",
    "ci",
    "shi",
    "li",
    "ei",
    "factorial",
    "random",
    "rand",
    "sum",
    "prod",
    "diff",
    "cis",
    "cas",
    "sinhc",
    "tanhc",
    "tanc",
    "cosc",
    "cosm1",
    "sinm1",
    "log1m",
    "log1mexp",
    "median",
    "med",
    "mid",
    "mode",
    "std",
    "var",
    "gd",
    "sinpic",
    "spence",
    "agm",
];

/// Names of constants in other languages, with what they are here.
pub fn constant(name: &str) -> Option<&'static str> {
    Some(match name {
        "M_PI" | "PI" | "Pi" | "MATH_PI" => "write pi",
        "M_E" | "E" | "EULER" | "exp1" => "write e",
        "TAU" | "M_2PI" | "TWO_PI" => "write tau",
        "M_PI_2" | "PI_2" | "HALF_PI" => "write pi/2",
        "M_SQRT2" | "SQRT2" => "write sqrt(2)",
        "inf" | "Inf" | "INFINITY" | "infinity" | "Infinity" | "oo" => {
            "the language has finite numbers only, and a domain has finite ends; write a large number, such as 100"
        }
        "nan" | "NaN" | "NAN" => "the language has no such number: write the formula for where it has a value",
        "i" | "j" | "I" => "numbers are real",
        "true" | "True" | "TRUE" => "write a comparison, such as 1 > 0, in a condition, and 1 elsewhere",
        "false" | "False" | "FALSE" => "write a comparison, such as 0 > 1, in a condition, and 0 elsewhere",
        _ => return None,
    })
}

/// What a word is here.
pub fn word(place: Place, word: &str) -> Option<Meant> {
    let list: &[Words] = match place {
        Place::SpecKey => &SPEC_KEYS,
        Place::NetworkKey => &NETWORK_KEYS,
        Place::Method => &METHODS,
        Place::Activation => &ACTIVATIONS,
    };
    let lower = word.to_ascii_lowercase();
    list.iter().find(|(words, _)| words.contains(&lower.as_str())).map(|(_, meant)| *meant)
}

/// What to write for a function of another language.
pub fn function(name: &str) -> Option<String> {
    if let Some((_, formula)) = FUNCTIONS.iter().find(|(names, _)| names.contains(&name)) {
        return Some(format!("write {formula}"));
    }
    if NONE.contains(&name) {
        return Some("the language has no such function, and none that would do for it".to_owned());
    }
    if matches!(name, "and" | "or" | "not" | "AND" | "OR" | "NOT") {
        return Some("write if(a < b and not b < c, a, b), or `or` between comparisons".to_owned());
    }
    // A logarithm to another base, and C's functions of other precisions.
    if let Some(base) = name.strip_prefix("log").filter(|base| base.parse::<u32>().is_ok_and(|base| base > 1)) {
        return Some(format!("write log(a, {base})"));
    }
    let known = |name: &&str| bumpnet_ir::names::functions().contains(name);
    let plain = name.strip_suffix(['f', 'l']).filter(known)?;
    Some(format!("write {plain}(a)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(key: &str, inputs: &str, network: &str) -> Vec<(String, Option<String>)> {
        let text = format!("version: 1\n{key}: x^2\ndomain: {{{inputs}}}\nnetworks: {{n: {{{network}}}}}\n");
        let problems = crate::parse_spec(text.as_bytes(), "s").err().unwrap_or_default();
        problems.into_iter().map(|problem| (problem.message, problem.help)).collect()
    }

    /// One problem, at the word, with its help; and none where the help is followed.
    #[test]
    fn what_is_said_works() {
        let one = "x: [0, 1]";
        let two = "x: [0, 1], y: [0, 1]";
        for (place, lists) in
            [(Place::NetworkKey, &NETWORK_KEYS[..]), (Place::Method, &METHODS), (Place::Activation, &ACTIVATIONS)]
        {
            for (words, meant) in lists {
                for word in *words {
                    let write = |word: &str| match place {
                        Place::NetworkKey => match *meant {
                            Is("activation") => format!("method: bumps, {word}: ramp, resolution: 8"),
                            Is("method") => format!("{word}: smooth, resolution: 8"),
                            Is("precision") => format!("{word}: f32, max_error: 0.1"),
                            Is("outside") => format!("{word}: clamp, max_error: 0.1"),
                            Is("resolution") => format!("method: smooth, {word}: 8"),
                            _ => format!("{word}: 0.1"),
                        },
                        Place::Method => format!("method: {word}, max_error: 0.1"),
                        _ => format!("method: bumps, activation: {word}, resolution: 8"),
                    };
                    let inputs = if matches!(meant, Is("low-rank" | "superposition")) { two } else { one };
                    let found = problems("target", inputs, &write(word));
                    assert_eq!(found.len(), 1, "{place:?} {word}: {found:?}");
                    assert!(
                        found[0].0.starts_with("unknown ") && found[0].0.contains(&format!("`{word}`")),
                        "{found:?}"
                    );
                    assert_eq!(found[0].1, Some(meant.help()));
                    if let Is(here) = meant {
                        assert_eq!(problems("target", inputs, &write(here)), [], "{place:?} {word}");
                    }
                }
            }
        }
        let found = problems("formula", one, "max_error: 0.1");
        assert_eq!((found.len(), found[0].1.clone()), (1, Some(Is("target").help())), "{found:?}");
    }

    /// Each formula is one, and no name in the list is known here or near to one that is.
    #[test]
    fn functions_are_written_otherwise() {
        let inputs = || ["a", "b", "c"].map(str::to_owned).to_vec();
        let names = FUNCTIONS.iter().flat_map(|(names, _)| names.iter().copied());
        for name in names.chain(["log3", "sinf", "sqrtl", "and"]) {
            let problems = crate::parse_expression(&format!("{name}(a, b)"), inputs()).unwrap_err();
            assert!(problems[0].message.starts_with("unknown function"), "{name}: {problems:?}");
            let help = problems[0].help.clone().unwrap_or_default();
            let written = help.strip_prefix("write ").unwrap_or_else(|| panic!("{name}: {help}"));
            for formula in written
                .split(", or ")
                .flat_map(|part| part.split(", which"))
                .flat_map(|part| part.split("; of negative numbers "))
            {
                if formula.contains('a') && !formula.starts_with([' ', '`']) {
                    assert!(crate::parse_expression(formula, inputs()).is_ok(), "{name}: {formula}");
                }
            }
        }
        for name in NONE {
            let problems = crate::parse_expression(&format!("{name}(a)"), inputs()).unwrap_err();
            assert!(
                problems[0].help.as_ref().is_some_and(|help| help.starts_with("the language has no such")),
                "{name}"
            );
        }
    }
}
