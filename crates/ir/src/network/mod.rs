//! Networks: feed-forward, over slots.
//!
//! Slots `0..n` hold the inputs. Each layer reads any earlier slots through a sparse matrix and a bias, applies one
//! activation, and appends its outputs as new slots. The last layer is the output. That covers every feed-forward
//! network, skip connections included.
//!
//! A one-input bump network is `N(x) = c0 + sum_k alpha_k s(w_k x + b_k)`: a hidden layer of rows `(w_k, b_k)` and an
//! output layer of one row, weights `alpha_k` and bias `c0`.

pub mod check;
pub mod program;
pub mod window;
pub mod wire;

use serde::{Deserialize, Serialize};

use crate::activation::Activation;
use crate::certificate::Certificate;
use crate::evaluation::{Outside, Precision};

/// An axis of the domain: closed, finite, `lo < hi`.
#[derive(Clone, PartialEq, Debug)]
pub struct Input {
    /// The input's name in the target.
    pub name: String,
    /// The lower end, in the input's unit.
    pub lo: f64,
    /// The upper end.
    pub hi: f64,
}

/// A point in words: `x = 0.5, y = 1.0`.
pub fn place(inputs: &[Input], point: &[f64]) -> String {
    let named = inputs.iter().zip(point).map(|(input, x)| format!("{} = {x:?}", input.name));
    named.collect::<Vec<_>>().join(", ")
}

/// A network and where it came from, checked: slots, shapes, names and numbers are as they must be. It is read as its
/// [`Parts`], and made from them:
///
/// ```compile_fail,E0451
/// fn unchecked(parts: bumpnet_ir::Parts) -> bumpnet_ir::Network {
///     bumpnet_ir::Network { parts }
/// }
/// ```
///
/// ```compile_fail,E0594
/// fn changed(network: &mut bumpnet_ir::Network) {
///     network.inputs[0].lo = f64::NAN;
/// }
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Network {
    parts: Parts,
}

/// What a network is made of.
#[derive(Clone, PartialEq, Debug)]
pub struct Parts {
    /// `spec/network`.
    pub name: String,
    /// The target, infix, `let` substituted.
    pub target: String,
    /// The box it was made for.
    pub inputs: Vec<Input>,
    /// The layers, the output layer last; at least one.
    pub layers: Vec<Layer>,
    /// How its numbers are stored and evaluated.
    pub precision: Precision,
    /// What its value is outside the box.
    pub outside: Outside,
    /// What its slots are steps of; only where it was composed from the target's own graph.
    pub graph: Option<Graph>,
    /// What is proved of it; `None` before it is.
    pub certificate: Option<Certificate>,
}

impl std::ops::Deref for Network {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl Network {
    /// Checks the parts.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(parts: Parts) -> Result<Network, String> {
        parts.check()?;
        Ok(Network { parts })
    }

    /// The network with this certificate.
    pub fn with_certificate(mut self, certificate: Option<Certificate>) -> Network {
        self.parts.certificate = certificate;
        self
    }

    /// A network whose parts are changed, checked again.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn changed(&self, change: impl FnOnce(&mut Parts)) -> Result<Network, String> {
        let mut parts = self.parts.clone();
        change(&mut parts);
        Network::new(parts)
    }

    /// Its parts.
    pub fn into_parts(self) -> Parts {
        self.parts
    }
}

/// Which slots of a composed network stand for the steps of its target: a hint to whoever proves it, who trusts none of it.
///
/// The steps are those that the target's normal form has, in its order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// Whether quadratics and exponents were taken apart.
    pub expand: bool,
    /// The slot of each step's argument.
    pub arguments: Vec<u32>,
    /// The slot of each step's value.
    pub values: Vec<u32>,
}

/// One layer: `activation(weights * slots[inputs] + bias)`, appended to the slots.
#[derive(Clone, PartialEq, Debug)]
pub struct Layer {
    /// The function of its units.
    pub activation: Activation,
    /// The slots it reads, in the order of the matrix' columns.
    pub inputs: Vec<u32>,
    /// Number of units.
    pub rows: usize,
    /// `rows x inputs.len()`.
    pub weights: Weights,
    /// One per row.
    pub bias: Values,
}

/// A sparse matrix as parallel lists; entry `i` stands at `(row[i], col[i])`. Rows are in order.
#[derive(Clone, PartialEq, Debug)]
pub struct Weights {
    /// Row of each entry.
    pub row: Vec<u32>,
    /// Column of each entry.
    pub col: Vec<u32>,
    /// Value of each entry.
    pub value: Values,
}

/// Numbers, stored once where they are all the same.
#[derive(Clone, Debug)]
pub enum Values {
    /// The same number everywhere.
    Same(f64),
    /// One by one.
    Each(Vec<f64>),
}

impl PartialEq for Values {
    /// Bits are compared, so that `-0.0` and `0.0` differ as they do in a table.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Values::Same(a), Values::Same(b)) => a.to_bits() == b.to_bits(),
            (Values::Each(a), Values::Each(b)) => a.iter().map(|v| v.to_bits()).eq(b.iter().map(|v| v.to_bits())),
            _ => false,
        }
    }
}

impl Values {
    /// Stores a list, once if all its numbers are the same (two at least).
    pub fn new(list: Vec<f64>) -> Values {
        match list[..] {
            [first, _, ..] if list.iter().all(|v| v.to_bits() == first.to_bits()) => Values::Same(first),
            _ => Values::Each(list),
        }
    }

    /// The number at a position (which the caller knows to be one).
    #[inline]
    pub fn get(&self, index: usize) -> f64 {
        match self {
            Values::Same(value) => *value,
            Values::Each(list) => list[index],
        }
    }

    /// How many numbers the table stores.
    pub fn stored(&self) -> usize {
        match self {
            Values::Same(_) => 1,
            Values::Each(list) => list.len(),
        }
    }

    /// The stored numbers.
    pub fn as_slice(&self) -> &[f64] {
        match self {
            Values::Same(value) => std::slice::from_ref(value),
            Values::Each(list) => list,
        }
    }
}

impl Layer {
    /// Rounds all weights and biases to a precision.
    pub fn round(&mut self, precision: Precision) {
        if precision == Precision::F64 {
            return;
        }
        for values in [&mut self.weights.value, &mut self.bias] {
            match values {
                Values::Same(value) => *value = precision.round(*value),
                Values::Each(list) => list.iter_mut().for_each(|value| *value = precision.round(*value)),
            }
        }
    }
}

impl Weights {
    /// A matrix of one column: row `k` holds `value[k]`.
    pub fn column(value: Vec<f64>) -> Weights {
        let rows = value.len() as u32;
        Weights { row: (0..rows).collect(), col: vec![0; value.len()], value: Values::new(value) }
    }

    /// A matrix of one row: column `k` holds `value[k]`.
    pub fn row(value: Vec<f64>) -> Weights {
        let columns = value.len() as u32;
        Weights { row: vec![0; value.len()], col: (0..columns).collect(), value: Values::new(value) }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.row.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.row.is_empty()
    }

    /// The entries `(row, column, value)`, in order.
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        (0..self.len()).map(|i| (self.row[i] as usize, self.col[i] as usize, self.value.get(i)))
    }
}

impl Network {
    /// One hidden layer over one input: `c0 + sum_k alpha[k] s(w[k] x + b[k])`, then the output's activation.
    ///
    /// # Panics
    /// If `w`, `b` and `alpha` differ in length.
    pub fn one_hidden_layer(
        activation: Activation,
        (w, b): (Vec<f64>, Vec<f64>),
        alpha: Vec<f64>,
        c0: f64,
        output: Activation,
    ) -> Vec<Layer> {
        assert!(w.len() == b.len() && b.len() == alpha.len(), "one weight, bias and height for each unit");
        let units = w.len();
        let hidden =
            Layer { activation, inputs: vec![0], rows: units, weights: Weights::column(w), bias: Values::new(b) };
        let last = Layer {
            activation: output,
            inputs: (1..=units as u32).collect(),
            rows: 1,
            weights: Weights::row(alpha),
            bias: Values::Each(vec![c0]),
        };
        // A constant network has no hidden unit, and then no hidden layer.
        if units == 0 { vec![last] } else { vec![hidden, last] }
    }
}

impl Parts {
    /// Units whose activation is not `identity`, the output neuron left out.
    pub fn neurons(&self) -> usize {
        let hidden = self.layers.split_last().map_or(&[][..], |(_, hidden)| hidden);
        hidden.iter().filter(|layer| layer.activation != Activation::Identity).map(|layer| layer.rows).sum()
    }

    /// Weights and biases of all layers, counted as the network has them (not as the table may abbreviate them).
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.weights.len() + layer.rows).sum()
    }

    /// The activation of the output neuron.
    pub fn output(&self) -> Activation {
        self.layers.last().map_or(Activation::Identity, |layer| layer.activation)
    }
}

/// The network of the tests here.
#[cfg(test)]
mod example {
    use super::*;

    pub fn parts() -> Parts {
        Parts {
            name: "a/b".into(),
            target: "x".into(),
            inputs: vec![Input { name: "x".into(), lo: 0.0, hi: 1.0 }],
            layers: Network::one_hidden_layer(
                Activation::Logistic,
                (vec![500.0, 500.0], vec![0.0, -100.0]),
                vec![-0.1, 0.1],
                0.0,
                Activation::Identity,
            ),
            precision: Precision::F64,
            outside: Outside::Extend,
            graph: None,
            certificate: None,
        }
    }
}
