//! What tests of plans of several inputs share: networks, their exact values, and random numbers.

use bumpnet_interval::{Interval, Wide};
use bumpnet_ir::Network;

/// The network of a spec with one.
pub fn network(target: &str, domain: &str, parameters: &str) -> Network {
    let text = format!("version: 1\ntarget: {target}\ndomain: {{{domain}}}\nnetworks: {{n: {{{parameters}}}}}\n");
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "t").expect("the spec is right");
    bumpnet_compiler::compile(&spec, &spec.networks[0]).expect("it compiles").network
}

/// The network's value in balls of 100 bits, layer by layer: shares nothing with plans.
pub fn exact(network: &Network, point: &[f64]) -> Interval {
    let mut slots: Vec<Wide> = point.iter().map(|x| Wide::point(*x)).collect();
    for layer in &network.layers {
        let mut sums: Vec<Wide> = (0..layer.rows).map(|row| Wide::point(layer.bias.get(row))).collect();
        for (row, column, weight) in layer.weights.entries() {
            sums[row] = sums[row] + Wide::point(weight) * slots[layer.inputs[column] as usize];
        }
        slots.extend(sums.iter().map(|sum| layer.activation.apply(sum)));
    }
    slots.last().expect("there is an output").interval()
}

/// In [0, 1): a linear congruential generator, its upper bits.
pub fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1u64 << 53) as f64
}
