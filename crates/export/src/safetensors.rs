//! safetensors: the length of a JSON header, the header, and the arrays' bytes.
//! Format: <https://github.com/huggingface/safetensors>. Metadata is a map of strings.

use bumpnet_ir::{Certificate, Network, Precision};

use crate::facts::{facts, json};
use crate::tensors::{Data, activations, tensors};
use crate::{ExportError, Options};

/// The network's arrays (see the README for their names), its facts as metadata.
///
/// # Errors
/// None today; all networks go.
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<Vec<u8>, ExportError> {
    let mut facts = facts(network, certificate, options);
    facts.push(("activations", activations(network)));
    let mut header = format!("{{\"__metadata__\":{}", json(&facts));
    let mut body = Vec::new();
    for tensor in tensors(network) {
        let kind = match &tensor.data {
            Data::Floats(_, Precision::F64) => "F64",
            Data::Floats(_, Precision::F32) => "F32",
            Data::Integers(_) => "I64",
        };
        let start = body.len();
        body.extend(tensor.bytes());
        let shape: Vec<String> = tensor.shape.iter().map(usize::to_string).collect();
        header += &format!(
            ",\"{}\":{{\"dtype\":\"{kind}\",\"shape\":[{}],\"data_offsets\":[{start},{}]}}",
            tensor.name, // our own, of letters, digits and points
            shape.join(","),
            body.len()
        );
    }
    header.push('}');
    // The arrays begin at a multiple of 8, as the format asks for.
    while header.len() % 8 != 0 {
        header.push(' ');
    }
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.into_bytes());
    bytes.extend(body);
    Ok(bytes)
}
