//! DOT: the network as a graph for Graphviz, inputs on the left.

use std::fmt::Write;

use bumpnet_ir::text::dot;
use bumpnet_ir::{Certificate, Network};

use crate::facts::{comment, facts};
use crate::{ExportError, Options};

/// Most units that are drawn; beyond, a picture says nothing and Graphviz takes minutes. Heuristic.
const MOST: usize = 2000;

/// A node for each input and unit, an edge for each weight. Steps of a composed network have the names of `explain`.
///
/// # Errors
/// The network has too many units to draw.
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<String, ExportError> {
    let units: usize = network.layers.iter().map(|layer| layer.rows).sum();
    if units > MOST {
        return Err(ExportError::new(
            format!("a graph of {units} units is no picture: at most {MOST} are drawn"),
            "draw what it computes with `plot`",
        ));
    }
    let facts = facts(network, certificate, options);
    let mut text = comment(&facts, "// ");
    let (upper, word) = (certificate.upper.next_up(), options.standing.word());
    let label = format!("{}: |network - target| <= {upper:.4e}, {word}", network.name);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "digraph network {{\n  rankdir=LR;\n  label={};", dot(&label));
    text += "  node [shape=circle, fontname=\"Helvetica\", fontsize=10];\n  edge [fontname=\"Helvetica\", fontsize=8, color=gray40];\n";
    for (slot, input) in network.inputs.iter().enumerate() {
        let _ = writeln!(text, "  n{slot} [shape=box, label={}];", dot(&input.name));
    }
    let mut slot = network.inputs.len();
    for layer in &network.layers {
        for row in 0..layer.rows {
            let name = step(network, slot + row).map_or(String::new(), |name| name + "\n");
            let label = format!("{name}{}\n{:.4}", layer.activation.name(), layer.bias.get(row));
            let _ = writeln!(text, "  n{} [label={}];", slot + row, dot(&label));
        }
        for (row, column, value) in layer.weights.entries() {
            let _ = writeln!(text, "  n{} -> n{} [label=\"{value:.4}\"];", layer.inputs[column], slot + row);
        }
        slot += layer.rows;
    }
    Ok(text + "}\n")
}

/// What a slot of a composed network stands for, in the names of `explain`: the value of a step, or its argument.
fn step(network: &Network, slot: usize) -> Option<String> {
    let graph = network.graph.as_ref()?;
    let place = |slots: &[u32]| slots.iter().position(|known| *known as usize == slot);
    let value = place(&graph.values).map(|k| format!("s{}", k + 1));
    value.or_else(|| place(&graph.arguments).map(|k| format!("t of s{}", k + 1)))
}
