//! Random specs: a target, and a network for it by one of the constructions, so that what they write is attacked too.

use bumpnet_ir::{Activation, Input};

use super::domain::NAMES;
use super::target::{ALL, SMOOTH, sum};
use crate::random::Random;

/// Domains of one input, and the sides of several.
const DOMAINS: [(f64, f64); 9] = [
    (0.0, 1.0),
    (-300.0, 500.0),
    (1e-3, 1.0),
    (0.0, 1e-6),
    (-1.0, 1.0),
    (-1e-12, 3e-12),
    (1000.0, 1001.0),
    (0.1, 7.3),
    (-1e150, 1e150),
];
const SIDES: [(f64, f64); 4] = [(-1.0, 1.0), (0.0, 1.0), (0.1, 2.3), (-300.0, 500.0)];

/// Sizes of targets; those for binary32 are near the ends of its range too.
const SCALES: [f64; 7] = [1.0, 1e-200, 1e200, 1e-9, 1e6, 3.0, 0.01];
const SCALES_F32: [f64; 4] = [1.0, 1e-38, 1e-42, 1e36];

/// Activations of fits.
const FITTED: [Activation; 5] =
    [Activation::Logistic, Activation::Tanh, Activation::Erf, Activation::Arctan, Activation::Gompertz];

/// The constructions, and how often each is taken; those from `Composed` on have several inputs.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Method {
    Bumps,
    Optimal,
    Smooth,
    Graded,
    Auto,
    Composed,
    LowRank,
    Ridge,
    Towers,
    Superposition,
}
const METHODS: [(usize, Method); 10] = [
    (36, Method::Bumps),
    (8, Method::Optimal),
    (18, Method::Smooth),
    (8, Method::Graded),
    (3, Method::Auto),
    (10, Method::Composed),
    (3, Method::LowRank),
    (3, Method::Ridge),
    (9, Method::Towers),
    (2, Method::Superposition),
];

/// The spec of a seed, with one network; the same in every run. Now and then its construction refuses the target.
pub fn spec(seed: u64) -> String {
    let mut random = Random::of(seed);
    let random = &mut random;
    let method = random.weighted(&METHODS);
    let several = method >= Method::Composed;
    let (sides, count) = if several { (&SIDES[..], random.pick(&[2, 2, 2, 3])) } else { (&DOMAINS[..], 1) };
    let side = |name: &&str| {
        let (lo, hi) = random.pick(sides);
        Input { name: (*name).to_owned(), lo, hi }
    };
    let inputs: Vec<Input> = NAMES.iter().take(count).map(side).collect();
    let kinds = match method {
        Method::Smooth | Method::LowRank | Method::Ridge => SMOOTH,
        Method::Graded | Method::Auto | Method::Composed if random.once_in(2) => SMOOTH,
        _ => ALL,
    };
    let sum = sum(random, &inputs, kinds);
    let single = random.once_in(4) && !several;
    // A neuron at the output, whose values are those of the target.
    let squashed = random.once_in(7) && !several && method != Method::Optimal;
    let scale = match (several || squashed, single) {
        (true, _) => 1.0,
        (false, true) => random.pick(&SCALES_F32),
        (false, false) => random.pick(&SCALES),
    };
    let target = if squashed { format!("0.5+0.45*tanh({sum})") } else { format!("{scale:e}*({sum})") };
    let mut network = network(random, method, &inputs[0], scale, single);
    if squashed {
        network += ", output: logistic";
    }
    if single {
        network += ", precision: f32";
    }
    let domain: Vec<String> =
        inputs.iter().map(|input| format!("{}: [{:?}, {:?}]", input.name, input.lo, input.hi)).collect();
    format!(
        "version: 1\nname: random\ntarget: \"{target}\"\ndomain: {{{}}}\nnetworks:\n  n: {{{network}}}\n",
        domain.join(", ")
    )
}

/// The method with its keys.
fn network(random: &mut Random, method: Method, input: &Input, scale: f64, single: bool) -> String {
    let hidden = &Activation::ALL[..];
    let hidden: Vec<Activation> = hidden.iter().copied().filter(|a| *a != Activation::Identity).collect();
    let fitted = random.pick(&FITTED).name();
    let error = |random: &mut Random, from: f64, to: f64| {
        // What is out of reach is looked for among up to a thousand neurons, which takes its time.
        let least = if single { from.max(-4.5) } else { from };
        format!("max_error: {:e}", scale * random.power_of_ten(least, to))
    };
    match method {
        Method::Bumps => {
            let activation = random.pick(&hidden);
            let most = if activation == Activation::Arctan { 300 } else { 10_000 };
            let resolution = random.pick(&[1, 2, 3, 5, 8, 13, 30, 64, 100, 200]);
            let resolution = if random.once_in(50) {
                10_000
            } else if random.once_in(10) {
                1000
            } else {
                resolution
            };
            let resolution = resolution.min(most);
            let layout = random.pick(&["steps", "steps", "pairs"]);
            let heights = random.pick(&["midpoint", "midrange"]);
            let steep = if random.once_in(3) && activation != Activation::Heaviside {
                let steep = random.pick(&[1.0, 10.0, 100.0, 1e3, 1e4]) * f64::from(resolution);
                format!(", steepness: {:e}", steep / (input.hi - input.lo))
            } else {
                String::new()
            };
            format!(
                "method: bumps, activation: {}, resolution: {resolution}, layout: {layout}, heights: {heights}{steep}",
                activation.name()
            )
        }
        Method::Optimal => format!(
            "method: bumps, activation: {}, resolution: {}, placement: optimal",
            random.pick(&hidden).name(),
            random.pick(&[1, 2, 5, 20, 64, 300])
        ),
        Method::Smooth => {
            // Of subnormal numbers there are too few for an error to be asked for.
            let wanted = if random.once_in(2) && scale > 1e-30 {
                error(random, -12.0, -3.0)
            } else {
                format!("resolution: {}", random.pick(&[8, 13, 40, 100, 200]))
            };
            format!("method: smooth, activation: {fitted}, {wanted}")
        }
        Method::Graded => {
            format!("method: graded, activation: {fitted}, resolution: {}", random.pick(&[8, 13, 24, 40, 50]))
        }
        Method::Auto => format!("method: auto, resolution: {}", random.pick(&[8, 13, 24, 40])),
        Method::Composed => {
            let gates = random.pick(&["", "", ", gates: bumps"]);
            format!("method: composed, {}{gates}", error(random, -8.0, -2.0))
        }
        Method::LowRank => format!("method: low-rank, {}", error(random, -2.0, -1.0)),
        Method::Ridge => format!("method: ridge, resolution: {}", random.pick(&[8, 13, 24])),
        Method::Towers => {
            // Other steps, and solved towers, take minutes to prove.
            let form = random.pick(&[
                "form: steps, resolution: 4",
                "form: steps, resolution: 7",
                "form: literal, resolution: 3",
                "placement: adaptive, resolution: 30",
            ]);
            format!("method: towers, activation: heaviside, {form}")
        }
        Method::Superposition => {
            format!("method: superposition, digits: 1, readout: {}", random.pick(&["median", "mean"]))
        }
    }
}
