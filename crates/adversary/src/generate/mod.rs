//! Random valid weight tables over the whole wire format, and targets for them, from a seed.

mod domain;
mod draft;
mod family;
mod rows;
mod shapes;
mod spec;
mod target;

use bumpnet_ir::{Activation, Expr, Graph, Network, Outside, Parts, Precision};

use crate::random::Random;
pub use draft::{Draft, DraftRow, sums};
pub use family::Family;
pub use spec::spec;

/// A network and what it is for.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it was made from.
    pub seed: u64,
    /// What it is like.
    pub family: Family,
    /// The target.
    pub target: Expr,
    /// The network, valid, without a certificate.
    pub network: Network,
    /// What a proof is asked for; infinite for the most.
    pub threshold: f64,
}

const FAMILIES: [(usize, Family); 6] = [
    (20, Family::Units),
    (14, Family::Jumps),
    (24, Family::Grid),
    (10, Family::Ridge),
    (16, Family::Deep),
    (16, Family::Anything),
];

/// The case of a seed; the same in every run.
///
/// # Panics
/// If what was generated is no valid network or target: that is an error of the generator.
pub fn case(seed: u64) -> Case {
    let mut random = Random::of(seed);
    let family = random.weighted(&FAMILIES);
    let precision = if random.once_in(4) { Precision::F32 } else { Precision::F64 };
    let count = match family {
        Family::Units | Family::Jumps => 1,
        Family::Ridge => random.weighted(&[(6, 2), (2, 3), (1, 4)]),
        _ => random.weighted(&[(6, 1), (7, 2), (2, 3), (1, 4)]),
    };
    let inputs = domain::inputs(&mut random, count, precision);
    let mut draft = Draft::new(inputs, precision, &mut random);
    shapes::layers(&mut random, &mut draft, family);
    let values = draft.samples.iter().filter_map(|slots| slots.last()).map(|v| v.abs()).filter(|v| v.is_finite());
    let size = values.fold(0.0, f64::max).clamp(1e-300, 1e300);
    let slots = draft.slots();
    let mut parts = Parts {
        name: format!("seed/{seed}"),
        target: String::new(),
        inputs: draft.inputs,
        layers: draft.layers,
        precision,
        outside: random.pick(&[Outside::Extend, Outside::Extend, Outside::Clamp, Outside::Nan]),
        graph: random.once_in(50).then(|| hint(&mut random, slots)),
        certificate: None,
    };
    parts.target = target::text(&mut random, &parts, size);
    let names = parts.inputs.iter().map(|input| input.name.clone()).collect();
    let target = match bumpnet_parser::parse_expression(&parts.target, names) {
        Ok(target) => target,
        Err(problems) => panic!("seed {seed}: {}: {}", problems[0].message, parts.target),
    };
    let network = Network::new(parts).unwrap_or_else(|problem| panic!("seed {seed}: {problem}"));
    let threshold = if random.once_in(6) { size * random.power_of_ten(-16.0, 0.0) } else { f64::INFINITY };
    Case { seed, family, target, network, threshold }
}

/// A wrong idea of what the slots are.
fn hint(random: &mut Random, slots: u32) -> Graph {
    let steps = random.below(5);
    let mut list = || (0..steps).map(|_| random.below(slots as usize) as u32).collect();
    let (arguments, values) = (list(), list());
    Graph { expand: random.once_in(2), arguments, values }
}

/// Whether it is one hidden layer over one input, which has proofs of its own.
pub fn is_window(network: &Network) -> bool {
    match &network.layers[..] {
        [hidden, output] => network.inputs.len() == 1 && hidden.inputs == [0] && !output.inputs.contains(&0),
        [output] => network.inputs.len() == 1 && output.inputs.is_empty(),
        _ => false,
    }
}

/// The activations that stand in a network, each once.
pub fn activations(network: &Network) -> Vec<Activation> {
    let stands = |activation: &Activation| network.layers.iter().any(|layer| layer.activation == *activation);
    Activation::ALL.into_iter().filter(stands).collect()
}
