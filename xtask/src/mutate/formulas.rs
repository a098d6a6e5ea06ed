//! Specs of random formulas of the whole grammar, over random domains, for every method.

use bumpnet_adversary::random::Random;
use bumpnet_interval::{Comparison, Unary};
use bumpnet_ir::Activation;

/// How deep a formula nests.
const DEEPEST: usize = 4;
/// Inputs.
const NAMES: [&str; 6] = ["x", "y", "z", "u", "v", "w"];
/// Functions that are defined everywhere and small: most of what people write is.
const TAME: [Unary; 8] =
    [Unary::Sin, Unary::Cos, Unary::Tanh, Unary::Atan, Unary::Sigmoid, Unary::Abs, Unary::Erf, Unary::Sinc];
/// Activations that networks may be fitted with.
const FITTED: [Activation; 4] = [Activation::Logistic, Activation::Tanh, Activation::Arctan, Activation::Erf];

/// A spec with one network.
pub fn spec(random: &mut Random) -> String {
    let inputs = random.weighted(&[(14, 1), (4, 2), (2, 3), (1, 4), (1, 6)]);
    let target = formula(random, &NAMES[..inputs], DEEPEST);
    let domain: Vec<String> = NAMES[..inputs].iter().map(|name| format!("{name}: {}", interval(random))).collect();
    let network = network(random, inputs);
    format!(
        "version: 1\nname: a\ntarget: \"{target}\"\ndomain: {{{}}}\nnetworks:\n  n: {{{network}}}\n",
        domain.join(", ")
    )
}

fn interval(random: &mut Random) -> String {
    let scale = random.power_of_ten(-3.0, 3.0);
    let (lo, hi) = match random.below(12) {
        0..3 => (0.0, 1.0),
        3..5 => (-1.0, 1.0),
        5 => (0.0, scale),
        6 => (0.1, 1.0 + scale),
        7 => (-scale, 0.0),
        8 => (1.7e9, 1.7e9 + scale),
        9 => (0.0, random.power_of_ten(-300.0, 300.0)),
        10 => {
            let lo = random.between(-2.0, 2.0);
            (lo, (0..random.count(1, 4)).fold(lo, |x, _| x.next_up()))
        }
        _ => (-scale, scale * random.between(0.1, 10.0)),
    };
    format!("[{lo:?}, {hi:?}]")
}

/// A formula of these inputs.
pub fn formula(random: &mut Random, inputs: &[&str], depth: usize) -> String {
    if depth == 0 || random.once_in(5) {
        return match random.below(4) {
            0 => number(random),
            _ => random.pick(inputs).to_owned(),
        };
    }
    let part = |random: &mut Random| formula(random, inputs, depth - 1);
    match random.below(14) {
        0..3 => format!("({} {} {})", part(random), random.pick(&["+", "-", "*"]), part(random)),
        3 => format!("({} / {})", part(random), part(random)),
        4 => format!("({})^{}", part(random), random.pick(&["2", "3", "0.5", "-1", "7", "2.5"])),
        5 => format!("{}*{}", number(random), part(random)),
        6..9 => format!("{}({})", random.pick(&TAME).name(), part(random)),
        9..11 => match random.pick(&Unary::ALL) {
            Unary::Neg => format!("-({})", part(random)),
            function => format!("{}({})", function.name(), part(random)),
        },
        11 => format!("{}({}, {})", random.pick(&["min", "max", "hypot", "atan2"]), part(random), part(random)),
        12 => {
            let (left, right) = (part(random), part(random));
            let comparison = random.pick(&Comparison::ALL).name();
            format!("if({left} {comparison} {right}, {}, {})", part(random), part(random))
        }
        _ => format!("({})^({})", part(random), part(random)),
    }
}

fn number(random: &mut Random) -> String {
    match random.below(8) {
        0 => random.pick(&["pi", "e", "tau"]).to_owned(),
        1..4 => random.pick(&["0", "1", "2", "3", "0.5", "10", "100"]).to_owned(),
        4 => format!("{:.3e}", random.power_of_ten(-20.0, 20.0)),
        _ => format!("{:.3}", random.between(0.0, 5.0)),
    }
}

fn network(random: &mut Random, inputs: usize) -> String {
    let error = format!("max_error: {:.1e}", random.power_of_ten(-6.0, -1.0));
    let count = format!("resolution: {}", random.pick(&[1, 2, 8, 13, 40, 100]));
    let size = if random.once_in(2) { error.clone() } else { count.clone() };
    let mut hidden = || random.pick(&Activation::ALL[1..]).name();
    let any = hidden();
    let fitted = random.pick(&FITTED).name();
    let single = ["bumps", "optimal", "smooth", "graded", "auto", "composed"];
    let several = ["composed", "low-rank", "ridge", "towers", "superposition"];
    let method = if inputs == 1 && !random.once_in(8) { random.pick(&single) } else { random.pick(&several) };
    match method {
        "bumps" => format!("method: bumps, activation: {any}, {size}"),
        "optimal" => format!("method: bumps, activation: {any}, placement: optimal, {size}"),
        "auto" => error,
        "composed" => format!("method: composed, {error}{}", random.pick(&["", "", ", gates: bumps"])),
        "low-rank" | "ridge" => format!("method: {method}, {}", if method == "ridge" { size } else { error }),
        "towers" => {
            let form = random.pick(&["", ", form: literal", ", form: solved", ", placement: adaptive"]);
            format!("method: towers, activation: {}{form}, {size}", random.pick(&["heaviside", "heaviside", any]))
        }
        "superposition" => {
            let readout = random.pick(&["median", "mean"]);
            format!("method: superposition, readout: {readout}, digits: {}", random.pick(&[1, 1, 2]))
        }
        _ => format!("method: {method}, activation: {fitted}, {}", if method == "graded" { count } else { size }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A formula that does not parse tries nothing but the parser.
    #[test]
    fn most_formulas_are_read() {
        let of = |seed| spec(&mut Random::of(seed));
        assert_eq!(of(7), of(7));
        let read = (0..300).filter(|seed| bumpnet_parser::parse_spec(of(*seed).as_bytes(), "a").is_ok()).count();
        assert!(read > 250, "{read} of 300");
    }
}
