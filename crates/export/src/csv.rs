//! CSV: a line for each weight and bias, shortest decimals that read back as the same numbers; facts as `#` comments.

use std::fmt::Write;

use bumpnet_ir::{Certificate, Network};

use crate::facts::{comment, facts};
use crate::tensors::activations;
use crate::{ExportError, Options};

/// Columns `layer,row,slot,value`: `slot` is what a weight multiplies (first the inputs, then each layer's units in order),
/// and empty for a bias.
///
/// # Errors
/// None today; all networks go.
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<String, ExportError> {
    let mut facts = facts(network, certificate, options);
    facts.push(("activations", activations(network)));
    let mut text = comment(&facts, "# ") + "layer,row,slot,value\n";
    for (k, layer) in network.layers.iter().enumerate() {
        let mut weights = layer.weights.entries().peekable();
        for row in 0..layer.rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{k},{row},,{:?}", layer.bias.get(row));
            while let Some((_, column, value)) = weights.next_if(|(of, ..)| *of == row) {
                let _ = writeln!(text, "{k},{row},{},{value:?}", layer.inputs[column]);
            }
        }
    }
    Ok(text)
}
