//! A network as named arrays: what safetensors and npz hold.

use bumpnet_ir::{Layer, Network, Precision};

/// An array's numbers.
pub enum Data {
    /// Numbers of the network's precision.
    Floats(Vec<f64>, Precision),
    /// Indices.
    Integers(Vec<i64>),
}

/// A named array.
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its shape; the last axis runs fastest.
    pub shape: Vec<usize>,
    /// Its numbers.
    pub data: Data,
}

impl Tensor {
    fn floats(name: String, values: Vec<f64>, precision: Precision) -> Tensor {
        Tensor { name, shape: vec![values.len()], data: Data::Floats(values, precision) }
    }

    fn integers(name: String, values: impl Iterator<Item = u32>) -> Tensor {
        let values: Vec<i64> = values.map(i64::from).collect();
        Tensor { name, shape: vec![values.len()], data: Data::Integers(values) }
    }

    /// The numbers' bytes, little-endian.
    pub fn bytes(&self) -> Vec<u8> {
        match &self.data {
            Data::Floats(values, precision) => little_endian(values, *precision),
            Data::Integers(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }
}

/// Numbers as bytes.
pub fn little_endian(values: &[f64], precision: Precision) -> Vec<u8> {
    match precision {
        Precision::F64 => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Precision::F32 => values.iter().flat_map(|v| (*v as f32).to_le_bytes()).collect(),
    }
}

/// The arrays of a network: `domain` (a row `lo, hi` for each input; binary64), and for each layer k `layer<k>.inputs` (the
/// slots its columns read: first the inputs, then each layer's units), `layer<k>.row`, `.col` and `.value` (the sparse
/// weights) and `layer<k>.bias`. The names are in order of their bytes.
pub fn tensors(network: &Network) -> Vec<Tensor> {
    let ends: Vec<f64> = network.inputs.iter().flat_map(|input| [input.lo, input.hi]).collect();
    let mut all = vec![Tensor {
        shape: vec![network.inputs.len(), 2],
        ..Tensor::floats("domain".to_owned(), ends, Precision::F64)
    }];
    for (k, layer) in network.layers.iter().enumerate() {
        all.extend(of_layer(k, layer, network.precision));
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn of_layer(k: usize, layer: &Layer, precision: Precision) -> [Tensor; 5] {
    let name = |what: &str| format!("layer{k}.{what}");
    let each = |count: usize, at: &dyn Fn(usize) -> f64| (0..count).map(at).collect::<Vec<f64>>();
    [
        Tensor::floats(name("bias"), each(layer.rows, &|row| layer.bias.get(row)), precision),
        Tensor::integers(name("col"), layer.weights.col.iter().copied()),
        Tensor::integers(name("inputs"), layer.inputs.iter().copied()),
        Tensor::integers(name("row"), layer.weights.row.iter().copied()),
        Tensor::floats(name("value"), each(layer.weights.len(), &|i| layer.weights.value.get(i)), precision),
    ]
}

/// The layers' activations, in order.
pub fn activations(network: &Network) -> String {
    let names: Vec<&str> = network.layers.iter().map(|layer| layer.activation.name()).collect();
    names.join(",")
}
