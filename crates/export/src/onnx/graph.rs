//! An ONNX graph under way: nodes and constants, each with a name of its own.

use bumpnet_ir::Precision;

use super::proto::Message;
use crate::facts::Facts;
use crate::tensors::little_endian;

/// The version of ONNX' operators that the graphs use: of 2021, ONNX 1.12, read by every runtime since.
pub const OPSET: u64 = 17;
/// The version of the file format that goes with it.
const IR_VERSION: u64 = 8;
/// Element types, of `TensorProto.DataType`.
const INT64: u64 = 7;

fn element_type(precision: Precision) -> u64 {
    match precision {
        Precision::F32 => 1,
        Precision::F64 => 11,
    }
}

/// A value in a graph.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name(pub String);

/// Nodes and constants so far.
pub struct Graph {
    precision: Precision,
    nodes: Vec<Message>,
    constants: Vec<Message>,
}

impl Graph {
    /// An empty graph over numbers of a precision.
    pub fn new(precision: Precision) -> Graph {
        Graph { precision, nodes: Vec::new(), constants: Vec::new() }
    }

    /// The precision of its numbers.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// A node of one output.
    pub fn node(&mut self, operator: &str, inputs: &[&Name]) -> Name {
        self.node_with(operator, inputs, &[])
    }

    /// A node with integer attributes.
    pub fn node_with(&mut self, operator: &str, inputs: &[&Name], attributes: &[(&str, u64)]) -> Name {
        let name = Name(format!("{}_{}", operator.to_lowercase(), self.nodes.len()));
        self.put(operator, inputs, attributes, &name);
        name
    }

    /// The node that gives the graph's output its name.
    pub fn output(&mut self, value: &Name, name: &str) {
        self.put("Identity", &[value], &[], &Name(name.to_owned()));
    }

    fn put(&mut self, operator: &str, inputs: &[&Name], attributes: &[(&str, u64)], name: &Name) {
        let mut node = Message::default();
        for input in inputs {
            node = node.text(1, &input.0);
        }
        node = node.text(2, &name.0).text(3, &name.0).text(4, operator);
        for (attribute, value) in attributes {
            // AttributeProto: the name, an integer, and that it is one.
            node = node.message(5, &Message::default().text(1, attribute).int(3, *value).int(20, 2));
        }
        self.nodes.push(node);
    }

    /// A single number.
    pub fn scalar(&mut self, value: f64) -> Name {
        self.tensor(&[], &[value])
    }

    /// An array of numbers.
    pub fn tensor(&mut self, shape: &[usize], values: &[f64]) -> Name {
        let bytes = little_endian(values, self.precision);
        self.constant(shape, element_type(self.precision), &bytes)
    }

    /// A list of indices.
    pub fn indices(&mut self, values: &[u32]) -> Name {
        let bytes: Vec<u8> = values.iter().flat_map(|v| i64::from(*v).to_le_bytes()).collect();
        self.constant(&[values.len()], INT64, &bytes)
    }

    fn constant(&mut self, shape: &[usize], kind: u64, bytes: &[u8]) -> Name {
        let name = Name(format!("constant_{}", self.constants.len()));
        let mut tensor = Message::default();
        for length in shape {
            tensor = tensor.int(1, *length as u64);
        }
        self.constants.push(tensor.int(2, kind).text(8, &name.0).bytes(9, bytes));
        name
    }

    /// The model: one input of shape `[points, inputs]`, one output of shape `[points, 1]`.
    pub fn finish(self, title: &str, (input, inputs): (&str, usize), output: &str, facts: &Facts) -> Vec<u8> {
        let kind = element_type(self.precision);
        let value = |name: &str, width: usize| {
            let batch = Message::default().text(2, "points");
            let shape = Message::default().message(1, &batch).message(1, &Message::default().int(1, width as u64));
            let tensor = Message::default().int(1, kind).message(2, &shape);
            Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
        };
        let mut graph = Message::default();
        for node in &self.nodes {
            graph = graph.message(1, node);
        }
        graph = graph.text(2, title);
        for constant in &self.constants {
            graph = graph.message(5, constant);
        }
        graph = graph.message(11, &value(input, inputs)).message(12, &value(output, 1));
        let tool = facts.iter().find(|(name, _)| *name == "tool").map_or("", |(_, tool)| tool.as_str());
        let (producer, version) = tool.split_once(' ').unwrap_or((tool, ""));
        let mut model = Message::default().int(1, IR_VERSION).text(2, producer).text(3, version).message(7, &graph);
        model = model.message(8, &Message::default().text(1, "").int(2, OPSET));
        for (name, value) in facts {
            model = model.message(14, &Message::default().text(1, name).text(2, value));
        }
        model.finish()
    }
}
