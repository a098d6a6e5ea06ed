//! What the page's script works with: subjects, their networks and, for each method, smaller networks of the same kind.

use bumpnet_ir::{Certificate, Expr, Gate, Input, Layer, Network, Node, Precision};
use serde::Serialize;
use serde_json::{Value, json};

use super::pack;

/// Most numbers of a network that stand in the page: weights and biases of 1,300 units over one input, 40 kB at worst.
/// Larger networks are shown at points. Heuristic.
const MOST_PARAMETERS: usize = 4096;
/// Points on a line through the domain, for networks whose weights are left out: twice the pixels of a plot.
const POINTS: u32 = 1025;
/// The same for each axis of several.
const POINTS_OF_SEVERAL: u32 = 129;

/// A spec, or a weight table.
#[derive(Clone, Debug, Serialize)]
pub struct Subject {
    /// The spec's name.
    pub name: String,
    /// The file it is from, as the user named it.
    pub file: String,
    /// What it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it comes from, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The target.
    #[serde(serialize_with = "target")]
    pub target: Expr,
    /// The box.
    #[serde(serialize_with = "domain")]
    pub domain: Vec<Input>,
    /// Its networks.
    pub networks: Vec<NetworkEntry>,
    /// Smaller networks made by its networks' methods.
    pub ladder: Vec<Rung>,
}

/// A network of a subject.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkEntry {
    /// Its name within the spec.
    pub name: String,
    /// Its construction, a word.
    pub method: String,
    /// The construction with all parameters.
    pub construction: String,
    /// The largest error that the spec allows; the page has it in words.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "in_words")]
    pub gate: Option<Gate>,
    /// What the certificate's error in a measure is called, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// What is proved of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// How many times the error its bound may be, where that is more than the promised 1 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loose: Option<f64>,
    /// That the certificate is a weight table's own, which nobody has proved again: the page calls it stated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    /// Why the spec's `max_error` is not met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<String>,
    /// How it stands against the lock; `None` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
    /// What it computes.
    #[serde(flatten)]
    pub shape: Shape,
    /// Which rungs of the subject's ladder are by its method.
    pub ladder: Vec<usize>,
}

/// The comparison with the lock.
#[derive(Clone, Debug, Serialize)]
pub struct Accepted {
    /// The verdict's name.
    pub verdict: String,
    /// The verdict in words.
    pub message: String,
    /// Whether it makes `check` fail.
    pub fails: bool,
    /// The proved error that was accepted.
    pub upper: Option<f64>,
    /// Hidden units, accepted.
    pub neurons: Option<usize>,
}

/// A smaller network by the method of another one.
#[derive(Clone, Debug, Serialize)]
pub struct Rung {
    /// The resolution it was asked for.
    pub resolution: usize,
    /// The proved error is at least this.
    pub lower: f64,
    /// And at most this.
    pub upper: f64,
    /// The same as evaluated, rounding included.
    pub evaluated: f64,
    /// What it computes.
    #[serde(flatten)]
    pub shape: Shape,
}

/// A network's numbers, or its values on lines where those are too many.
#[derive(Clone, Debug, Serialize)]
pub struct Shape {
    neurons: usize,
    parameters: usize,
    #[serde(skip_serializing_if = "is_double")]
    precision: &'static str,
    outside: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    layers: Vec<Value>,
    /// For each axis the values on the line along it through the certificate's `argmax`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<String>,
}

fn in_words<S: serde::Serializer>(gate: &Option<Gate>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&gate.as_ref().map_or(String::new(), Gate::in_spec))
}

fn is_double(precision: &str) -> bool {
    precision == Precision::F64.name()
}

impl NetworkEntry {
    /// Whether the page marks it: over its gate or its `max_error`, or worse than accepted.
    pub fn fails(&self) -> bool {
        self.missed.is_some() || self.over_gate() || self.accepted.as_ref().is_some_and(|accepted| accepted.fails)
    }

    /// The proved bound as a part of the gate, where that is a number.
    pub fn share(&self) -> Option<f64> {
        let gate = self.gate.as_ref().filter(|gate| gate.max_error > 0.0)?;
        Some(gate.bound(self.certificate.as_ref()) / gate.max_error).filter(|share| share.is_finite())
    }

    /// Whether the bound is over the gate.
    pub fn over_gate(&self) -> bool {
        self.gate.as_ref().is_some_and(|gate| !gate.is_met(self.certificate.as_ref()))
    }

    /// Hidden units, and weights and biases.
    pub fn size(&self) -> (usize, usize) {
        (self.shape.neurons, self.shape.parameters)
    }
}

impl Shape {
    /// Of a network, whose values `eval` computes.
    pub fn new(network: &Network, eval: impl Fn(&[f64]) -> f64) -> Shape {
        let whole = network.parameters() <= MOST_PARAMETERS;
        Shape {
            neurons: network.neurons(),
            parameters: network.parameters(),
            precision: network.precision.name(),
            outside: network.outside.name(),
            layers: if whole { network.layers.iter().map(layer).collect() } else { Vec::new() },
            lines: if whole { Vec::new() } else { lines(network, eval) },
        }
    }
}

fn layer(layer: &Layer) -> Value {
    json!({
        "activation": layer.activation.name(),
        "inputs": pack::integers(&layer.inputs),
        "rows": layer.rows,
        "row": pack::integers(&layer.weights.row),
        "col": pack::integers(&layer.weights.col),
        "value": pack::values(&layer.weights.value),
        "bias": pack::values(&layer.bias),
    })
}

fn lines(network: &Network, eval: impl Fn(&[f64]) -> f64) -> Vec<String> {
    let middle = || network.inputs.iter().map(|input| input.lo + (input.hi - input.lo) / 2.0).collect();
    // A table could say anything.
    let argmax = network.certificate.as_ref().map(|certificate| &certificate.argmax);
    let argmax = argmax.filter(|argmax| argmax.len() == network.inputs.len());
    let through: Vec<f64> = argmax.cloned().unwrap_or_else(middle);
    let points = if network.inputs.len() == 1 { POINTS } else { POINTS_OF_SEVERAL };
    let value = |axis: usize, k: u32| {
        let (input, mut point) = (&network.inputs[axis], through.clone());
        // As the script computes them.
        point[axis] = match k + 1 == points {
            true => input.hi,
            false => input.lo + (input.hi - input.lo) * (f64::from(k) / f64::from(points - 1)),
        };
        eval(&point)
    };
    let line = |axis| pack::floats(&(0..points).map(|k| value(axis, k)).collect::<Vec<f64>>());
    (0..network.inputs.len()).map(line).collect()
}

fn domain<S: serde::Serializer>(domain: &[Input], serializer: S) -> Result<S::Ok, S::Error> {
    let input = |input: &Input| json!({ "name": input.name, "lo": input.lo, "hi": input.hi });
    serializer.collect_seq(domain.iter().map(input))
}

/// The target as text and as a program: its arena, each node a number, an input, or an operator with the places of what
/// it is of.
fn target<S: serde::Serializer>(target: &Expr, serializer: S) -> Result<S::Ok, S::Error> {
    let target = target.as_written();
    let places = |node: &Node| node.children().map(|id| Value::from(id.index())).collect::<Vec<_>>();
    let named = |name: &str, node: &Node| Value::from([vec![Value::from(name)], places(node)].concat());
    let step = |node: &Node| match node {
        Node::Literal(decimal) => Value::from(decimal.nearest()),
        Node::Constant(constant) => Value::from(<f64 as bumpnet_interval::Scalar>::constant(*constant)),
        Node::Input(k) => json!(["input", k]),
        Node::Unary(op, _) => named(op.name(), node),
        Node::Binary(op, ..) => named(op.name(), node),
        Node::Quotient(..) => named("quotient", node), // nobody can write one
        Node::If { op, .. } => named(&format!("if{}", op.name()), node),
    };
    let program: Vec<Value> = target.nodes().iter().map(step).collect();
    json!({ "text": target.to_string(), "program": program }).serialize(serializer)
}
