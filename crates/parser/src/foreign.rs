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

/// Functions of other languages, each with what it is in terms of those here; `a` and `b` are its arguments.
const FUNCTIONS: [(&[&str], &str); 53] = [
    (&["cot", "ctg", "cotan"], "1/tan(a)"),
    (&["sec"], "1/cos(a)"),
    (&["csc", "cosec"], "1/sin(a)"),
    (&["coth"], "1/tanh(a)"),
    (&["sech"], "1/cosh(a)"),
    (&["csch", "cosech"], "1/sinh(a)"),
    (&["acot", "arccot"], "pi/2-atan(a)"),
    (&["asec", "arcsec"], "acos(1/a)"),
    (&["acsc", "arccsc"], "asin(1/a)"),
    (&["acoth", "arcoth"], "atanh(1/a)"),
    (&["asech", "arsech"], "acosh(1/a)"),
    (&["acsch", "arcsch"], "asinh(1/a)"),
    (&["tg"], "tan(a)"),
    (&["arctg", "arctan", "atn"], "atan(a)"),
    (&["arcsin"], "asin(a)"),
    (&["arccos"], "acos(a)"),
    (&["sh"], "sinh(a)"),
    (&["ch"], "cosh(a)"),
    (&["th"], "tanh(a)"),
    (&["arsinh", "arcsinh", "argsinh"], "asinh(a)"),
    (&["arcosh", "arccosh", "argcosh"], "acosh(a)"),
    (&["artanh", "arctanh", "argtanh"], "atanh(a)"),
    (&["arctan2"], "atan2(a, b)"),
    (&["sind"], "sin(pi/180*a)"),
    (&["cosd"], "cos(pi/180*a)"),
    (&["tand"], "tan(pi/180*a)"),
    (&["sinpi"], "sin(pi*a)"),
    (&["cospi"], "cos(pi*a)"),
    (&["erfc"], "1-erf(a)"),
    (&["normcdf", "ncdf"], "(1+erf(a/sqrt(2)))/2"),
    (&["logit"], "ln(a/(1-a))"),
    (&["expit", "logistic"], "sigmoid(a)"),
    (&["logb"], "ln(a)/ln(b)"),
    (&["ld", "lb"], "log2(a)"),
    (&["lg"], "log10(a)"),
    (&["exp10"], "10^a"),
    (&["pow", "power"], "a^b"),
    (&["root", "nthroot"], "a^(1/b)"),
    (&["square", "abs2"], "a^2"),
    (&["cube"], "a^3"),
    (&["rsqrt"], "1/sqrt(a)"),
    (&["sgn", "signum"], "sign(a)"),
    (&["fabs"], "abs(a)"),
    (&["ceiling"], "ceil(a)"),
    (&["int", "fix"], "trunc(a)"),
    (&["nint"], "round(a)"),
    (&["frac", "fract"], "a-floor(a)"),
    (&["mod", "modulo"], "a-b*floor(a/b)"),
    (&["fmod"], "a-b*trunc(a/b)"),
    (&["rem", "remainder"], "a-b*trunc(a/b)"),
    (&["heaviside", "theta"], "step(a)"),
    (&["relu"], "max(a, 0)"),
    (&["clamp", "clip"], "min(max(a, 0), 1)"),
];

/// Functions that have no short form here, with those that could be taken for another one.
const NONE: [&str; 25] = [
    "gamma",
    "lgamma",
    "tgamma",
    "beta",
    "zeta",
    "erfi",
    "erfinv",
    "erfcinv",
    "erfcx",
    "besselj",
    "bessely",
    "airy",
    "lambertw",
    "digamma",
    "expint",
    "sinint",
    "cosint",
    "factorial",
    "random",
    "rand",
    "sum",
    "mean",
    "diff",
    "sqr",
    "cis",
];

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
    let found = FUNCTIONS.iter().find(|(names, _)| names.contains(&name)).map(|(_, formula)| *formula);
    match name {
        // Square to some, square root to others.
        "sqr" => Some("write a^2, or sqrt(a)".to_owned()),
        // Of base 10 to some, of base 2 to others.
        "lg" => Some("write log10(a), or log2(a)".to_owned()),
        _ if NONE.contains(&name) => {
            Some("the language has no such function, and none that would do for it".to_owned())
        }
        _ => found.map(|formula| format!("write {formula}")),
    }
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
        let inputs = || vec!["a".to_owned(), "b".to_owned()];
        for (names, formula) in FUNCTIONS {
            assert!(crate::parse_expression(formula, inputs()).is_ok(), "{formula}");
            for name in names {
                let problems = crate::parse_expression(&format!("{name}(a, b)"), inputs()).unwrap_err();
                assert!(problems[0].message.starts_with("unknown function"), "{name}: {problems:?}");
                assert!(problems[0].help.as_ref().is_some_and(|help| help.starts_with("write ")), "{name}");
            }
        }
        for name in NONE {
            let problems = crate::parse_expression(&format!("{name}(a)"), inputs()).unwrap_err();
            assert!(problems[0].help.as_ref().is_some_and(|help| !help.contains("did you mean")), "{name}");
        }
    }
}
