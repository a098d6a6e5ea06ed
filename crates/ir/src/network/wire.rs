//! The weight table, `bumpnet-network/1`: JSON, keys in a fixed order, floats as shortest round-trip decimals. Where its
//! certificate has what version 1 did not have, a measure of its own, it is `bumpnet-network/2`.
//!
//! The digest is the SHA-256 of the table without its `digest` key, so a change of any byte of meaning shows.

use serde::{Deserialize, Serialize};

use super::{Graph, Input, Layer, Network, Parts, Values, Weights};
use crate::activation::Activation;
use crate::certificate::Certificate;
use crate::digest;
use crate::evaluation::{Outside, Precision};
use crate::names::is_full_name;
use crate::text::excerpt;

/// The format's name and version.
pub const FORMAT: &str = "bumpnet-network/1";
/// That of tables whose certificates are in a measure.
pub const FORMAT_2: &str = "bumpnet-network/2";

/// The version that a certificate needs.
fn format(certificate: Option<&Certificate>) -> &'static str {
    if certificate.is_some_and(|certificate| certificate.measured.is_some()) { FORMAT_2 } else { FORMAT }
}

/// Characters of a wrong word that are shown.
const SHOWN: usize = 60;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableWire {
    format: String,
    name: String,
    target: String,
    inputs: Vec<InputWire>,
    layers: Vec<LayerWire>,
    output: String,
    /// Only where it is not binary64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    precision: Option<String>,
    /// Only where the network is not extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outside: Option<String>,
    /// Only where the network was composed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    graph: Option<Graph>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<Certificate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InputWire {
    name: String,
    lo: f64,
    hi: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerWire {
    activation: String,
    inputs: Vec<u32>,
    rows: usize,
    weights: WeightsWire,
    bias: Values,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsWire {
    row: Vec<u32>,
    col: Vec<u32>,
    value: Values,
}

impl Serialize for Values {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Values::Same(value) => value.serialize(serializer),
            Values::Each(list) => list.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Values;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number or a list of numbers")
            }
            fn visit_f64<E>(self, value: f64) -> Result<Values, E> {
                Ok(Values::Same(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Values, E> {
                Ok(Values::Same(value as f64))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Values, E> {
                Ok(Values::Same(value as f64))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, seq: A) -> Result<Values, A::Error> {
                Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(seq)).map(Values::Each)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl Parts {
    /// The table's text, one line, with its digest.
    pub fn to_json(&self) -> String {
        let mut wire = TableWire {
            format: format(self.certificate.as_ref()).into(),
            name: self.name.clone(),
            target: self.target.clone(),
            inputs: self.inputs.iter().map(|i| InputWire { name: i.name.clone(), lo: i.lo, hi: i.hi }).collect(),
            layers: self.layers.iter().map(layer_to_wire).collect(),
            output: self.output().name().into(),
            precision: (self.precision != Precision::F64).then(|| self.precision.name().into()),
            outside: (self.outside != Outside::Extend).then(|| self.outside.name().into()),
            graph: self.graph.clone(),
            certificate: self.certificate.clone(),
            digest: None,
        };
        wire.digest = Some(digest::sha256(&json(&wire)));
        String::from_utf8(json(&wire)).unwrap_or_default() + "\n"
    }

    /// The table's digest, as it stands in [`to_json`](Self::to_json): name, target, domain, weights and certificate.
    pub fn digest(&self) -> String {
        let text = self.to_json();
        let value = text.rsplit_once("\"digest\":\"").and_then(|(_, rest)| rest.split_once('"'));
        value.map_or_else(String::new, |(digest, _)| digest.to_owned())
    }

    /// The digest of the weights: layers, without name, target or certificate.
    pub fn weight_digest(&self) -> String {
        let layers: Vec<LayerWire> = self.layers.iter().map(layer_to_wire).collect();
        digest::sha256(&json(&layers))
    }
}

impl Network {
    /// The certificate that the text of a table states, without reading the rest of it.
    pub fn certificate_in(table: &str) -> Option<Certificate> {
        // No string of JSON has a quote without a backslash before it, so this is the key.
        let (_, value) = table.rsplit_once(",\"certificate\":")?;
        serde_json::Deserializer::from_str(value).into_iter().next()?.ok()
    }

    /// Reads a table and checks that it is a network: the format's version, the digest, slots and shapes, finite
    /// numbers.
    ///
    /// # Errors
    /// What is wrong, with line and column where the JSON itself is.
    pub fn from_json(text: &str) -> Result<Network, String> {
        let mut wire: TableWire = serde_json::from_str(text).map_err(|error| excerpt(&error.to_string(), 5 * SHOWN))?;
        if wire.format != format(wire.certificate.as_ref()) {
            let stated = excerpt(&wire.format, SHOWN);
            return Err(match &wire.format[..] {
                FORMAT | FORMAT_2 => {
                    format!("the format is `{stated}`, but a certificate in a measure is of `{FORMAT_2}`")
                }
                _ => format!("the format is `{stated}`; this version reads `{FORMAT}` and `{FORMAT_2}`"),
            });
        }
        let stated = wire.digest.take().ok_or("the table has no `digest`")?;
        if stated != digest::sha256(&json(&wire)) {
            return Err("the digest does not belong to this table: it was changed after it was written".into());
        }
        if !is_full_name(&wire.name) {
            let rule = "a spec's and a network's, each of letters a-z A-Z, digits, `_`, `-` and single `.`";
            return Err(format!(
                "{:?} is no name of a network: it is SPEC/NETWORK, {rule}",
                excerpt(&wire.name, SHOWN)
            ));
        }
        let network = Network::new(Parts {
            name: wire.name,
            target: wire.target,
            inputs: wire.inputs.into_iter().map(|i| Input { name: i.name, lo: i.lo, hi: i.hi }).collect(),
            layers: wire.layers.into_iter().map(layer_from_wire).collect::<Result<_, _>>()?,
            precision: match wire.precision.as_deref() {
                None => Precision::F64,
                Some("f32") => Precision::F32,
                Some(other) => {
                    let other = excerpt(other, SHOWN);
                    return Err(format!("the precision is `{other}`; this version reads `f32`"));
                }
            },
            outside: match wire.outside.as_deref() {
                None => Outside::Extend,
                Some("clamp") => Outside::Clamp,
                Some("nan") => Outside::Nan,
                Some(other) => {
                    let other = excerpt(other, SHOWN);
                    return Err(format!("`outside` is `{other}`; this version reads `clamp` and `nan`"));
                }
            },
            graph: wire.graph,
            certificate: wire.certificate,
        })?;
        if wire.output != network.output().name() {
            let stated = excerpt(&wire.output, SHOWN);
            return Err(format!("`output` is `{stated}`, the last layer is `{}`", network.output().name()));
        }
        Ok(network)
    }
}

fn layer_to_wire(layer: &Layer) -> LayerWire {
    LayerWire {
        activation: layer.activation.name().into(),
        inputs: layer.inputs.clone(),
        rows: layer.rows,
        weights: WeightsWire {
            row: layer.weights.row.clone(),
            col: layer.weights.col.clone(),
            value: layer.weights.value.clone(),
        },
        bias: layer.bias.clone(),
    }
}

fn layer_from_wire(wire: LayerWire) -> Result<Layer, String> {
    let activation = Activation::from_name(&wire.activation)
        .ok_or_else(|| format!("unknown activation `{}`", excerpt(&wire.activation, SHOWN)))?;
    let weights = Weights { row: wire.weights.row, col: wire.weights.col, value: wire.weights.value };
    Ok(Layer { activation, inputs: wire.inputs, rows: wire.rows, weights, bias: wire.bias })
}

/// Compact JSON. Writing plain structs of numbers and strings to memory cannot fail.
fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::example::parts;

    fn network() -> Network {
        Network::new(parts()).unwrap()
    }

    #[test]
    fn round_trip_and_layout() {
        let text = network().to_json();
        assert!(text.starts_with(
            r#"{"format":"bumpnet-network/1","name":"a/b","target":"x","inputs":[{"name":"x","lo":0.0,"hi":1.0}],"layers":[{"activation":"logistic","inputs":[0],"rows":2,"weights":{"row":[0,1],"col":[0,0],"value":500.0},"bias":[0.0,-100.0]},{"activation":"identity","inputs":[1,2],"rows":1,"weights":{"row":[0,0],"col":[0,1],"value":[-0.1,0.1]},"bias":[0.0]}],"output":"identity","digest":"sha256:"#
        ), "{text}");
        assert_eq!(Network::from_json(&text).unwrap(), network());
        assert_eq!((network().neurons(), network().parameters()), (2, 7));
    }

    /// Keys that tables of before do not have are only written where they say something.
    #[test]
    fn outside_follows_precision() {
        for (outside, key) in [(Outside::Clamp, r#","outside":"clamp""#), (Outside::Nan, r#","outside":"nan""#)] {
            let stored = network()
                .changed(|parts| {
                    (parts.precision, parts.outside) = (Precision::F32, outside);
                    parts.layers.iter_mut().for_each(|layer| layer.round(Precision::F32));
                })
                .unwrap();
            let text = stored.to_json();
            assert!(text.contains(&format!(r#""precision":"f32"{key},"digest""#)), "{text}");
            assert_eq!(Network::from_json(&text).unwrap(), stored);
        }
        let text = network().to_json();
        assert!(!text.contains("outside"));
        for name in ["extend", "wrap"] {
            let changed: serde_json::Value = serde_json::from_str(&text).unwrap();
            let mut wire: TableWire = serde_json::from_value(changed).unwrap();
            (wire.outside, wire.digest) = (Some(name.into()), None);
            wire.digest = Some(digest::sha256(&json(&wire)));
            let refusal = Network::from_json(&String::from_utf8(json(&wire)).unwrap()).unwrap_err();
            assert!(refusal.contains(name), "{refusal}");
        }
    }

    #[test]
    fn the_certificate_is_found() {
        let certificate = Certificate {
            lower: 0.1,
            upper: 0.2,
            argmax: vec![0.5],
            rms: (0.01, 0.02),
            method: "taylor-model".into(),
            evaluated: 0.2,
            cells: 1,
            hidden: None,
            measured: None,
            note: Some("a word,\"certificate\":{\"lower\":7}".into()),
        };
        let proved = network().with_certificate(Some(certificate.clone()));
        assert_eq!(Network::certificate_in(&proved.to_json()), Some(certificate));
        assert_eq!(Network::certificate_in(&network().to_json()), None);
    }

    /// Names become names of functions, files and graphs.
    #[test]
    fn names_are_those_of_specs() {
        let refused = |change: &dyn Fn(&mut Parts)| {
            let mut parts = network().into_parts();
            change(&mut parts);
            Network::from_json(&parts.to_json()).unwrap_err()
        };
        for name in ["", "net", "../net", "a/../b", "a/b\nint x;", "a/b*/", "a/\u{202e}b", "a/b\u{2028}"] {
            let refusal = refused(&|parts| parts.name = name.into());
            assert!(
                refusal.contains("no name of a network") && refusal.chars().all(crate::text::is_harmless),
                "{refusal}"
            );
        }
        for name in ["x\nint y;", "x*/", "\u{2028}", "pi", &"x".repeat(10_000)] {
            let inputs = vec![Input { name: name.into(), lo: 0.0, hi: 1.0 }];
            assert!(refused(&|parts| parts.inputs = inputs.clone()).len() < 300);
        }
    }

    #[test]
    fn tampering_shows() {
        let text = network().to_json();
        for (from, to) in [("500.0", "501.0"), ("\"x\",\"inputs", "\"x+1\",\"inputs"), ("0.1]", "0.2]")] {
            assert!(text.contains(from));
            assert!(Network::from_json(&text.replacen(from, to, 1)).is_err(), "{from} -> {to}");
        }
        for bad in ["", "{}", "[]", "{\"format\":1}", &text[..text.len() / 2]] {
            assert!(Network::from_json(bad).is_err());
        }
    }
}
