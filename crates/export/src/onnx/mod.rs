//! ONNX: the network as a graph that ONNX Runtime evaluates, in binary64 or binary32, any number of inputs and layers.
//!
//! Input `x` has the shape `[points, inputs]`, output `y` `[points, 1]`. A layer is a product with a dense matrix, its bias
//! and its activation; one that reads other slots than the block before gathers them first. The bound that goes with the
//! file is the certificate's for an evaluator that rounds, plus what [`bound::ONNX_RUNTIME`](crate::bound::ONNX_RUNTIME) is
//! assumed to add.

mod activation;
mod graph;
mod proto;
mod target;

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Certificate, Expr, Layer, Network, Outside};

use crate::bound::{ONNX_RUNTIME, program};
use crate::facts::{facts, said};
use crate::{ExportError, Options};
use graph::{Graph, Name, OPSET};

/// Most numbers of all dense matrices together: an eighth of a gigabyte in binary64, of which writing makes five copies. ONNX
/// has no sparse product.
const MOST: usize = 1 << 24;
/// Most blocks of slots that all layers together are gathered from, each by its name.
const MOST_JOINED: usize = 1 << 22;

/// A bound of |what ONNX Runtime computes - target| over the domain, at inputs of the network's precision; infinite where
/// nothing is proved. What it assumes is [`ONNX_RUNTIME`].
pub fn bound(network: &Network, target: &Expr, certificate: &Certificate) -> UpperBound {
    program(network, target, certificate, &ONNX_RUNTIME)
}

/// The model's bytes.
///
/// # Errors
/// An activation has no kernel in this precision, or a dense matrix would be too large.
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<Vec<u8>, ExportError> {
    check_size(network)?;
    let mut graph = Graph::new(network.precision);
    let x = Name("x".to_owned());
    let value = layers(&mut graph, network, &x)?;
    graph.output(&value, "y");
    let mut facts = facts(network, certificate, options);
    facts.push(("opset", OPSET.to_string()));
    let bound = bound(network, options.target, certificate);
    facts.push((
        "bound_evaluated",
        if bound.is_finite() { format!("{:?}", bound.get()) } else { format!("none is {}", options.standing.word()) },
    ));
    facts.push((
        "bound_evaluated_means",
        format!(
            "|model - target| on the domain at inputs of {}, if sums are rounded in any order and activations are off by at most \
             {} (logistic) or {} (others) unit roundoffs{}, which is measured of {}, not proved{}",
            network.precision.format(),
            ONNX_RUNTIME.logistic,
            ONNX_RUNTIME.others,
            if network.graph.is_some() { " of their own value" } else { "" },
            ONNX_RUNTIME.name,
            match options.standing.is_proved() {
                true => String::new(),
                false => format!("; and if the network's own bound holds, which is {}", said(options.standing)),
            }
        ),
    ));
    Ok(graph.finish(&network.name, ("x", network.inputs.len()), "y", &facts))
}

/// The target as a model of the same input and output, in the network's precision: what verifiers compare the network with.
/// Nothing is proved of its rounding.
///
/// # Errors
/// ONNX, or ONNX Runtime in this precision, has no way to write one of the target's functions.
pub fn write_target(
    network: &Network,
    certificate: &Certificate,
    options: &Options<'_>,
) -> Result<Vec<u8>, ExportError> {
    let mut graph = Graph::new(network.precision);
    let value = target::value(&mut graph, options.target, &Name("x".to_owned()))?;
    graph.output(&value, "y");
    let mut facts = facts(network, certificate, options);
    facts.push(("opset", OPSET.to_string()));
    facts.push(("model", "the target itself, its literals and operators rounded".to_owned()));
    Ok(graph.finish("target", ("x", network.inputs.len()), "y", &facts))
}

/// The whole network; `x` has the shape `[points, inputs]`.
fn layers(graph: &mut Graph, network: &Network, x: &Name) -> Result<Name, ExportError> {
    let start = outside(graph, network, x);
    // Blocks of slots side by side, each with the first slot it holds and how many.
    let mut blocks = vec![(start, 0, network.inputs.len())];
    let mut slots = network.inputs.len();
    // Exponentials are made of tails: see `activation`.
    let tails = network.graph.is_some();
    for layer in &network.layers {
        let read = read(graph, layer, &blocks);
        let sum = match read {
            Some(read) => {
                let matrix = dense(graph, layer);
                let product = graph.node("MatMul", &[&read, &matrix]);
                let bias = biases(graph, layer);
                graph.node("Add", &[&product, &bias])
            }
            None => constant(graph, layer, &blocks[0]),
        };
        let value = activation::apply(graph, layer.activation, &sum, tails)?;
        blocks.push((value, slots, layer.rows));
        slots += layer.rows;
    }
    blocks.pop().map(|(value, ..)| value).ok_or_else(|| ExportError::new("the network has no layer", "compile it anew"))
}

/// The inputs as the network takes them: as they are, clamped to the domain, or NaN outside.
fn outside(graph: &mut Graph, network: &Network, x: &Name) -> Name {
    let count = network.inputs.len();
    let ends = |graph: &mut Graph| {
        let [lo, hi]: [Vec<f64>; 2] =
            [network.inputs.iter().map(|i| i.lo).collect(), network.inputs.iter().map(|i| i.hi).collect()];
        (graph.tensor(&[1, count], &lo), graph.tensor(&[1, count], &hi))
    };
    match network.outside {
        Outside::Extend => x.clone(),
        Outside::Clamp => {
            let (lo, hi) = ends(graph);
            let above = graph.node("Max", &[x, &lo]);
            graph.node("Min", &[&above, &hi])
        }
        Outside::Nan => {
            let (lo, hi) = ends(graph);
            let nan = graph.scalar(f64::NAN);
            let (above, below) = (graph.node("GreaterOrEqual", &[x, &lo]), graph.node("LessOrEqual", &[x, &hi]));
            let inside = graph.node("And", &[&above, &below]);
            graph.node("Where", &[&inside, x, &nan])
        }
    }
}

/// What a layer reads, in the order of its columns; `None` if it reads nothing.
fn read(graph: &mut Graph, layer: &Layer, blocks: &[(Name, usize, usize)]) -> Option<Name> {
    if layer.inputs.is_empty() || layer.weights.is_empty() {
        return None;
    }
    let whole = |first: usize, count: usize| layer.inputs.iter().map(|s| *s as usize).eq(first..first + count);
    if let Some((name, ..)) = blocks.iter().find(|(_, first, count)| whole(*first, *count)) {
        return Some(name.clone());
    }
    let all: Vec<&Name> = blocks.iter().map(|(name, ..)| name).collect();
    let joined = match all[..] {
        [one] => one.clone(),
        _ => graph.node_with("Concat", &all, &[("axis", 1)]),
    };
    let indices = graph.indices(&layer.inputs);
    Some(graph.node_with("Gather", &[&joined, &indices], &[("axis", 1)]))
}

/// Holds what a network would take as dense matrices against the limits, before any is made.
///
/// # Errors
/// It is too much.
fn check_size(network: &Network) -> Result<(), ExportError> {
    let help = "use safetensors or npz, which hold the sparse weights";
    // A layer that reads nothing stands as a matrix of zeros.
    let size = |layer: &Layer| layer.rows.saturating_mul(layer.inputs.len().max(network.inputs.len()));
    let largest = network.layers.iter().max_by_key(|layer| size(layer));
    if let Some(layer) = largest
        && network.layers.iter().fold(0usize, |sum, layer| sum.saturating_add(size(layer))) > MOST
    {
        let (columns, rows) = (layer.inputs.len(), layer.rows);
        let problem = format!(
            "dense matrices of more than {MOST} numbers together, such as one of {columns} x {rows}, are too large for ONNX"
        );
        return Err(ExportError::new(problem, help));
    }
    let layers = network.layers.len();
    if layers * layers / 2 > MOST_JOINED {
        return Err(ExportError::new(
            format!("{layers} layers are too many for ONNX, where each names all before it"),
            help,
        ));
    }
    Ok(())
}

/// The weights as a dense matrix, `[columns, rows]`.
fn dense(graph: &mut Graph, layer: &Layer) -> Name {
    let (columns, rows) = (layer.inputs.len(), layer.rows);
    let mut values = vec![0.0; columns * rows];
    for (row, column, value) in layer.weights.entries() {
        values[column * rows + row] += value;
    }
    graph.tensor(&[columns, rows], &values)
}

fn biases(graph: &mut Graph, layer: &Layer) -> Name {
    let values: Vec<f64> = (0..layer.rows).map(|row| layer.bias.get(row)).collect();
    graph.tensor(&[1, layer.rows], &values)
}

/// A layer that reads nothing, at as many points as there are; NaN where an input is.
fn constant(graph: &mut Graph, layer: &Layer, (input, _, count): &(Name, usize, usize)) -> Name {
    let zeros = graph.tensor(&[*count, layer.rows], &vec![0.0; count * layer.rows]);
    let nothing = graph.node("MatMul", &[input, &zeros]);
    let bias = biases(graph, layer);
    graph.node("Add", &[&nothing, &bias])
}
