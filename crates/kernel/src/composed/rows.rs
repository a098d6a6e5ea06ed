//! A composed network by slots: what each row reads, how far an affine row is from the form it stands for, and the block
//! between an argument and a value.

use std::collections::HashMap;

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Graph, Input, Network, Parts};

use crate::graph::Linear;

/// One row of a layer.
struct LayerRow {
    activation: Activation,
    terms: Vec<(usize, f64)>,
    bias: f64,
}

/// The rows of all layers.
pub struct Rows<'a> {
    network: &'a Network,
    /// By slot, the inputs left out.
    rows: Vec<LayerRow>,
}

impl<'a> Rows<'a> {
    /// Sorts the weights by row. A slot that a graph names must be there.
    pub fn new(network: &'a Network, graph: &Graph) -> Result<Rows<'a>, String> {
        let mut rows: Vec<LayerRow> = Vec::new();
        for layer in &network.layers {
            let start = rows.len();
            let row = |k: usize| LayerRow { activation: layer.activation, terms: Vec::new(), bias: layer.bias.get(k) };
            rows.extend((0..layer.rows).map(row));
            for (row, column, weight) in layer.weights.entries() {
                rows[start + row].terms.push((layer.inputs[column] as usize, weight));
            }
        }
        let slots = network.inputs.len() + rows.len();
        match graph.arguments.iter().chain(&graph.values).find(|slot| **slot as usize >= slots) {
            Some(slot) => Err(format!("the graph names slot {slot}, but there are {slots}")),
            None => Ok(Rows { network, rows }),
        }
    }

    fn row(&self, slot: u32) -> Option<&LayerRow> {
        (slot as usize).checked_sub(self.network.inputs.len()).map(|k| &self.rows[k])
    }

    /// How far the slot is from an affine form of the values in these slots, exactly and as evaluated; `magnitudes` bounds
    /// the values as evaluated.
    pub fn affine_error(
        &self,
        slot: u32,
        values: &[u32],
        form: &Linear,
        magnitudes: &[UpperBound],
    ) -> Result<(UpperBound, UpperBound), String> {
        let inputs = self.network.inputs.len();
        // The values' numbers by slot.
        let mut numbers: HashMap<usize, usize> = (0..inputs).map(|i| (i, i)).collect();
        values.iter().enumerate().for_each(|(k, slot)| _ = numbers.insert(*slot as usize, inputs + k));
        if let Some(number) = numbers.get(&(slot as usize)) {
            // The value itself.
            let own = Linear::value(*number);
            return Ok(distance(&own, form, magnitudes)).map(|error| (error, error));
        }
        let Some(row) = self.row(slot).filter(|row| row.activation == Activation::Identity) else {
            return Err(format!("slot {slot} stands for an argument and is not affine"));
        };
        self.row_error(row, &numbers, form, magnitudes)
    }

    /// The same for the output.
    pub fn last_error(&self, form: &Linear, magnitudes: &[UpperBound]) -> Result<(UpperBound, UpperBound), String> {
        let graph = self.network.graph.as_ref().map_or(&[][..], |graph| &graph.values);
        let inputs = self.network.inputs.len();
        let mut numbers: HashMap<usize, usize> = (0..inputs).map(|i| (i, i)).collect();
        graph.iter().enumerate().for_each(|(k, slot)| _ = numbers.insert(*slot as usize, inputs + k));
        match self.rows.last() {
            Some(row) => self.row_error(row, &numbers, form, magnitudes),
            None => Err("the network has no output".to_owned()),
        }
    }

    fn row_error(
        &self,
        row: &LayerRow,
        numbers: &HashMap<usize, usize>,
        form: &Linear,
        magnitudes: &[UpperBound],
    ) -> Result<(UpperBound, UpperBound), String> {
        let mut own = Linear::constant(Interval::point(row.bias));
        let mut size = UpperBound::new(row.bias.abs());
        for (slot, weight) in &row.terms {
            let Some(number) = numbers.get(slot) else { return Err(format!("slot {slot} stands for no value")) };
            own = own.plus(Interval::point(*weight), &Linear::value(*number));
            size = size + UpperBound::new(weight.abs()) * magnitudes[*number];
        }
        let exact = distance(&own, form, magnitudes);
        // Each term rounds as a product and once with every sum that it goes through, in any order: exports rely on that.
        let u = self.network.precision.unit_roundoff();
        let (least, largest) = self.network.precision.extremes();
        let count = row.terms.len() as f64 + 1.0;
        let rounding = size * UpperBound::new(1.01 * u * count) + UpperBound::new(least * count);
        // A sum that may be too large for the precision may be no number.
        let fits = (size + rounding).get() <= largest;
        Ok((exact, if fits { exact + rounding } else { UpperBound::INFINITE }))
    }

    /// The block of one input between an argument and a value.
    pub fn block(&self, argument: u32, value: u32) -> Result<Network, String> {
        let problem = |what: &str| format!("slot {value} is no sum over units of slot {argument}: {what}");
        let Some(last) = self.row(value).filter(|row| row.activation == Activation::Identity) else {
            return Err(problem("it is not affine"));
        };
        let (mut w, mut b, mut alpha) = (Vec::new(), Vec::new(), Vec::new());
        let mut activation = None;
        for (slot, weight) in &last.terms {
            let Some(unit) = self.row(*slot as u32) else { return Err(problem("it reads an input")) };
            if *activation.get_or_insert(unit.activation) != unit.activation {
                return Err(problem("its units have several activations"));
            }
            match unit.terms[..] {
                [(read, factor)] if read == argument as usize => w.push(factor),
                _ => return Err(problem("a unit reads something else")),
            }
            b.push(unit.bias);
            alpha.push(*weight);
        }
        let activation = activation.unwrap_or(Activation::Logistic);
        let layers = Network::one_hidden_layer(activation, (w, b), alpha, last.bias, Activation::Identity);
        let input = Input { name: "t".to_owned(), lo: 0.0, hi: 1.0 };
        let (name, target) = (self.network.name.clone(), String::new());
        let (precision, outside) = (self.network.precision, self.network.outside);
        Network::new(Parts {
            name,
            target,
            inputs: vec![input],
            layers,
            precision,
            outside,
            graph: None,
            certificate: None,
        })
    }

    /// Whether two steps have the same block.
    pub fn same_block(&self, graph: &Graph, j: usize, k: usize) -> bool {
        let block =
            |k: usize| self.block(graph.arguments[k], graph.values[k]).map(|block| block.into_parts().layers).ok();
        let size = |k: usize| self.row(graph.values[k]).map(|row| row.terms.len());
        size(j) == size(k) && block(j).is_some_and(|one| Some(one) == block(k))
    }
}

/// A bound of the distance of two affine forms.
fn distance(a: &Linear, b: &Linear, magnitudes: &[UpperBound]) -> UpperBound {
    let difference = a.plus(-Interval::ONE, b);
    let term = |(number, factor): &(usize, Interval)| factor.magnitude() * magnitudes[*number];
    difference.terms.iter().map(term).fold(difference.constant.magnitude(), |sum, term| sum + term)
}
