//! The cases of a campaign: generated targets and networks for them, constructed or random.

use bumpnet_ir::{Activation, Certificate, Expr, Input, Network, Spec};
use bumpnet_prove::certify;

use super::random::Random;

/// What a target is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Smooth,
    Rational,
    Kinks,
    Jumps,
}

pub const KINDS: [Kind; 4] = [Kind::Smooth, Kind::Rational, Kind::Kinks, Kind::Jumps];

/// A target, a network and its certificate.
pub struct Case {
    pub name: String,
    pub kind: Kind,
    pub target: Expr,
    pub network: Network,
    pub certificate: Certificate,
}

/// The domains, as written, with a factor that takes them to a size of about 1.
const DOMAINS: [(&str, &str, &str); 9] = [
    ("0", "1", "1"),
    ("-300", "500", "0.00625"),
    ("1e-3", "1", "1.7"),
    ("0", "1e-6", "1e6"),
    ("-1", "1", "1.3"),
    ("-1e-12", "3e-12", "4e11"),
    ("1000", "1001", "0.9"),
    ("0.1", "7.3", "0.3"),
    ("-1e150", "1e150", "1e-150"),
];

/// Size of the values.
const SCALES: [&str; 7] = ["1", "1e-200", "1e200", "1e-9", "1e6", "3", "0.01"];

/// A term about the size of 1, in `t`.
fn smooth(random: &mut Random, t: &str) -> String {
    let (a, k, p) = (random.decimal(-1.0, 1.0), random.decimal(-9.0, 9.0), random.decimal(-1.0, 1.0));
    match random.below(9) {
        0 => format!("({a})*sin(({k})*{t}+({p}))"),
        1 => format!("({a})*cos(({k})*{t})"),
        2 => format!("({a})*exp(-({t}-({p}))^2)"),
        3 => format!("({a})*{t}^3-({p})*{t}"),
        4 => format!("({a})*tanh(({k})*({t}-({p})))"),
        5 => format!("({a})*erf({t}-({p}))"),
        6 => format!("({a})*sigmoid(({k})*{t})"),
        7 => format!("({a})*atan(({k})*{t})*sin({t})"),
        _ => format!("({a})*ln({t}^2+1.1)"),
    }
}

fn term(kind: Kind, random: &mut Random, t: &str) -> String {
    let (a, p, q) = (random.decimal(-1.0, 1.0), random.decimal(-0.9, 0.9), random.decimal(0.2, 1.7));
    let one = smooth(random, t);
    match (kind, random.below(5)) {
        (Kind::Smooth, _) => one,
        (Kind::Rational, 0) => format!("({a})/(1+({t}/({q}))^2)"),
        (Kind::Rational, 1) => format!("({t}^2-({p}))/({t}^4+({q}))"),
        (Kind::Rational, 2) => format!("({a}*{t}+1)/(2+{t}*{t})"),
        (Kind::Rational, 3) => format!("({q})^2/(({t}-({p}))^2+({q})^2)"),
        (Kind::Rational, _) => format!("({a})*{t}^5+{t}^2/(3+{t}^2)"),
        (Kind::Kinks, 0) => format!("({q})*abs({t}-({p}))"),
        (Kind::Kinks, 1) => format!("({q})*sqrt(abs({t}-({p})))"),
        (Kind::Kinks, 2) => format!("max({one}, ({a})*{t})"),
        (Kind::Kinks, 3) => format!("min({t}^2, ({q})+({p})*{t})"),
        (Kind::Kinks, _) => format!("({a})*cbrt({t}^2)"),
        (Kind::Jumps, 0) => format!("({a})*step({t}-({p}))"),
        (Kind::Jumps, 1) => format!("({a})*floor(3*{t})"),
        (Kind::Jumps, 2) => format!("if({t} < ({p}), {one}, ({a}))"),
        (Kind::Jumps, 3) => format!("({a})*sign({t}-({p}))*{t}"),
        (Kind::Jumps, _) => format!("({a})*round(2*{t})"),
    }
}

/// The text of a target on a domain, with values of a scale. `unit`: within (0, 1), for a logistic output.
pub fn target(kind: Kind, random: &mut Random, factor: &str, lo: &str, scale: &str, unit: bool) -> String {
    let t = if lo == "1000" { "((x-1000)*0.9)".to_owned() } else { format!("(x*{factor})") };
    let mut terms = vec![term(kind, random, &t)];
    for _ in 0..1 + random.below(3) {
        terms.push(smooth(random, &t));
    }
    let sum = terms.join("+");
    if unit { format!("0.5+0.45*tanh({sum})") } else { format!("{scale}*({sum})") }
}

/// One case: which kind, activation and form follow from its number, the rest from the seed. `Err` says why there is none.
pub fn case(number: usize, seed: u64) -> Result<Case, String> {
    let mut random = Random(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
    let activations: Vec<Activation> = Activation::ALL.into_iter().filter(|a| *a != Activation::Identity).collect();
    let kind = KINDS[number % 4];
    // Every activation with every kind after 40 numbers.
    let activation = activations[(number / 4) % activations.len()];
    let (lo, hi, factor) = DOMAINS[random.below(DOMAINS.len())];
    let unit = number % 7 == 3;
    let scale = SCALES[random.below(SCALES.len())];
    let text = target(kind, &mut random, factor, lo, scale, unit);
    if number % 5 == 4 {
        return table(number, kind, activation, &text, (lo, hi), scale, &mut random);
    }
    let resolution = match number % 100 {
        50 | 80 => 10_000,
        n if n % 10 == 1 => 1000,
        _ => random.pick(&[1, 2, 3, 5, 8, 13, 30, 64, 100, 200]),
    };
    let resolution = if activation == Activation::Arctan { resolution.min(300) } else { resolution };
    // Optimal cells are for jumps and straight pieces; the other activations take them as they are.
    let optimal = number % 6 == 2 && !unit && resolution <= 1000;
    let output = if optimal {
        ""
    } else if unit {
        ", output: logistic"
    } else {
        ", output: identity"
    };
    let layout = if optimal { "" } else { random.pick(&[", layout: steps", ", layout: steps", ", layout: pairs"]) };
    let heights = if optimal { "" } else { random.pick(&[", heights: midpoint", ", heights: midrange"]) };
    let width: f64 = hi.parse::<f64>().unwrap() - lo.parse::<f64>().unwrap();
    let steep = match random.below(3) {
        0 if activation != Activation::Heaviside => {
            format!(", steepness: {:e}", random.pick(&[1.0, 10.0, 100.0, 1e3, 1e4]) * resolution as f64 / width)
        }
        _ => String::new(),
    };
    let placement = if optimal { ", placement: optimal" } else { "" };
    let source = format!(
        "version: 1\nname: c\ntarget: \"{text}\"\ndomain: {{x: [{lo}, {hi}]}}\nnetworks:\n  n: {{method: bumps, activation: {}, \
         resolution: {resolution}{layout}{output}{heights}{steep}{placement}}}\n",
        activation.name()
    );
    let spec: Spec = bumpnet_parser::parse_spec(source.as_bytes(), "c")
        .map_err(|problems| format!("spec: {} in {source}", problems[0].message))?;
    let compiled =
        bumpnet_compiler::compile(&spec, &spec.networks[0]).map_err(|d| format!("{} in {text}", d.message))?;
    let certificate = compiled.network.certificate.clone().ok_or("no certificate")?;
    let name = format!("{number} {kind:?} {text} on [{lo}, {hi}]: {}", spec.networks[0].canonical());
    Ok(Case { name, kind, target: spec.target, network: compiled.network, certificate })
}

/// A table that no construction makes: weights of both signs and all sizes, some 0, some units twice.
fn table(
    number: usize,
    kind: Kind,
    activation: Activation,
    text: &str,
    (lo, hi): (&str, &str),
    scale: &str,
    random: &mut Random,
) -> Result<Case, String> {
    let network = random_network(activation, text, (lo, hi), scale, random);
    let target =
        bumpnet_parser::parse_expression(text, vec!["x".into()]).map_err(|problems| problems[0].message.clone())?;
    let proved = certify(&target, &network, f64::INFINITY).map_err(|error| format!("{error:?} in {text}"))?;
    let name = format!("{number} {kind:?} {text} on [{lo}, {hi}]: random {} table", activation.name());
    Ok(Case { name, kind, target, network, certificate: proved.into() })
}

/// That table.
pub fn random_network(
    activation: Activation,
    text: &str,
    (lo, hi): (&str, &str),
    scale: &str,
    random: &mut Random,
) -> Network {
    let (a, b): (f64, f64) = (lo.parse().unwrap(), hi.parse().unwrap());
    let scale: f64 = scale.parse().unwrap();
    let (mut w, mut bias, mut alpha) = (Vec::new(), Vec::new(), Vec::new());
    for k in 0..2 + random.below(30) {
        let steep = power_of_ten(random.between(-1.0, 4.0)) / (b - a) * random.pick(&[1.0, 1.0, -1.0]);
        let steep = if k % 13 == 7 { 0.0 } else { steep };
        let at = random.between(a - 0.1 * (b - a), b + 0.1 * (b - a));
        w.push(steep);
        bias.push(if steep == 0.0 { random.pick(&[0.0, 0.3, -6.0, 1.0]) } else { -steep * at });
        alpha.push(scale * random.between(-1.0, 1.0));
        if k % 9 == 5 {
            w.push(steep);
            bias.push(bias[bias.len() - 1]);
            alpha.push(scale * random.between(-1.0, 1.0));
        }
    }
    Network {
        name: "c/n".into(),
        target: text.into(),
        inputs: vec![Input { name: "x".into(), lo: a, hi: b }],
        layers: Network::one_hidden_layer(activation, (w, bias), alpha, 0.1 * scale, Activation::Identity),
        precision: bumpnet_ir::Precision::F64,
        outside: bumpnet_ir::Outside::Extend,
        graph: None,
        certificate: None,
    }
}

/// Not the standard library's power, which differs between platforms.
fn power_of_ten(exponent: f64) -> f64 {
    bumpnet_interval::elementary::binary(bumpnet_interval::Binary::Pow, 10.0, exponent)
}
