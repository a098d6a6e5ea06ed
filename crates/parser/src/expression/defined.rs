//! Functions that are formulas of the language's own operators: what other languages have under these names.
//!
//! Each is put in place of its call, so tables, plans and proofs know nothing of them, and no name is taken: an input or a
//! `let` value may be called `deg`, and a function of the file's own `clamp`.

/// A function's names, its arguments, and the formula.
type Definition = (&'static [&'static str], &'static str, &'static str);

/// All of them.
pub const DEFINED: [Definition; 57] = [
    (&["pow", "power"], "a b", "a^b"),
    (&["square"], "a", "a^2"),
    (&["cube"], "a", "a^3"),
    (&["rsqrt"], "a", "1/sqrt(a)"),
    (&["exp10"], "a", "10^a"),
    (&["ld", "lb"], "a", "log2(a)"),
    (&["fabs"], "a", "abs(a)"),
    (&["sgn", "signum"], "a", "sign(a)"),
    (&["heaviside"], "a", "step(a)"),
    (&["ceiling"], "a", "ceil(a)"),
    (&["fmin", "minimum"], "a b", "min(a, b)"),
    (&["fmax", "maximum"], "a b", "max(a, b)"),
    (&["mod", "modulo"], "a b", "a-b*floor(a/b)"),
    (&["fmod"], "a b", "a-b*trunc(a/b)"),
    (&["clip", "clamp"], "a lo hi", "min(max(a, lo), hi)"),
    (&["saturate"], "a", "min(max(a, 0), 1)"),
    (&["lerp", "mix"], "a b t", "a+t*(b-a)"),
    (&["smoothstep"], "lo hi a", "min(max((a-lo)/(hi-lo), 0), 1)^2*(3-2*min(max((a-lo)/(hi-lo), 0), 1))"),
    (&["relu"], "a", "max(a, 0)"),
    (&["relu6"], "a", "min(max(a, 0), 6)"),
    (&["gelu"], "a", "a*(1+erf(a/sqrt(2)))/2"),
    (&["silu", "swish"], "a", "a*sigmoid(a)"),
    (&["expit", "logistic"], "a", "sigmoid(a)"),
    (&["logit"], "a", "ln(a/(1-a))"),
    (&["erfc"], "a", "1-erf(a)"),
    (&["sec"], "a", "1/cos(a)"),
    (&["csc", "cosec"], "a", "1/sin(a)"),
    (&["cot", "ctg", "cotan"], "a", "cos(a)/sin(a)"),
    (&["sech"], "a", "1/cosh(a)"),
    (&["csch", "cosech"], "a", "1/sinh(a)"),
    (&["coth"], "a", "1/tanh(a)"),
    (&["tg"], "a", "tan(a)"),
    (&["arcsin"], "a", "asin(a)"),
    (&["arccos"], "a", "acos(a)"),
    (&["arctan", "arctg", "atn"], "a", "atan(a)"),
    (&["arctan2"], "a b", "atan2(a, b)"),
    (&["asec", "arcsec"], "a", "acos(1/a)"),
    (&["acsc", "arccsc"], "a", "asin(1/a)"),
    (&["arsinh", "arcsinh", "argsinh"], "a", "asinh(a)"),
    (&["arcosh", "arccosh", "argcosh"], "a", "acosh(a)"),
    (&["artanh", "arctanh", "argtanh"], "a", "atanh(a)"),
    (&["acoth", "arcoth"], "a", "atanh(1/a)"),
    (&["asech", "arsech"], "a", "acosh(1/a)"),
    (&["acsch", "arcsch"], "a", "asinh(1/a)"),
    (&["sinpi"], "a", "sin(pi*a)"),
    (&["cospi"], "a", "cos(pi*a)"),
    (&["tanpi"], "a", "tan(pi*a)"),
    (&["sind"], "a", "sin(pi/180*a)"),
    (&["cosd"], "a", "cos(pi/180*a)"),
    (&["tand"], "a", "tan(pi/180*a)"),
    (&["asind"], "a", "180/pi*asin(a)"),
    (&["acosd"], "a", "180/pi*acos(a)"),
    (&["atand"], "a", "180/pi*atan(a)"),
    (&["deg", "degrees", "rad2deg"], "a", "180/pi*a"),
    (&["rad", "radians", "deg2rad"], "a", "pi/180*a"),
    (&["versin"], "a", "1-cos(a)"),
    (&["logaddexp"], "a b", "max(a, b)+log1p(exp(-abs(a-b)))"),
];

/// The arguments and the formula of a function.
pub fn defined(name: &str) -> Option<(Vec<String>, &'static str)> {
    let (_, arguments, formula) = DEFINED.iter().find(|(names, ..)| names.contains(&name))?;
    Some((arguments.split(' ').map(str::to_owned).collect(), formula))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each formula is one of all its arguments, and no name is defined twice or the language's own.
    #[test]
    fn definitions_are_formulas() {
        let mut seen = std::collections::HashSet::new();
        for (names, arguments, formula) in DEFINED {
            let inputs: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
            let expr = crate::parse_expression(formula, inputs.clone()).expect(formula);
            let used = |k: usize| expr.nodes().contains(&bumpnet_ir::Node::Input(k as u16));
            assert!((0..inputs.len()).all(used), "{formula}");
            for name in names {
                assert!(seen.insert(name), "{name} is defined twice");
                assert!(!bumpnet_ir::names::is_reserved(name), "{name}");
            }
        }
    }
}
