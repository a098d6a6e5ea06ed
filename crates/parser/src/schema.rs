//! The JSON Schema of the spec format, for editors; generated from the types below, which say what the reader accepts.
//!
//! A test holds the keys of these types to the keys of the reader, and the corpus and the bad specs to both.

#![allow(dead_code)] // the types are read by the schema's generator only

use bumpnet_ir::Activation;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The schema's text: pretty JSON with a newline at its end.
pub fn json() -> String {
    // A key is there or it is not: `null` is no value, so optional keys are made without it.
    let mut schema = schemars::schema_for!(SpecFile).to_value();
    drop_null(&mut schema);
    // A schema is plain JSON, so writing it cannot fail.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Takes `null` out of the types, also where it is one of several alternatives.
fn drop_null(schema: &mut serde_json::Value) {
    use serde_json::{Value, json};
    match schema {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = &types[..] {
                    let only = only.clone();
                    map.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(any)) = map.get_mut("anyOf") {
                any.retain(|schema| *schema != json!({"type": "null"}));
            }
            map.values_mut().for_each(drop_null);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_null),
        _ => {}
    }
}

/// A bumpnet spec: a target function on a box, and the networks wanted for it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SpecFile {
    /// The format's version: 1.
    #[schemars(range(min = 1, max = 1))]
    version: u8,
    /// The spec's name; the file's stem unless given.
    name: Option<Name>,
    /// What the target is.
    description: Option<String>,
    /// Where the target comes from.
    source: Option<String>,
    /// Constants and named sub-expressions, in order.
    #[schemars(rename = "let")]
    bindings: Option<BTreeMap<String, Number>>,
    /// The function, such as `0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)`.
    target: Number,
    /// The closed box, one range per input: `{x: [0, 1]}`.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 16))]
    domain: BTreeMap<String, [Number; 2]>,
    /// The networks wanted, by name.
    #[schemars(extend("minProperties" = 1, "propertyNames" = {"$ref": "#/$defs/Name"}))]
    networks: BTreeMap<String, NetworkEntry>,
    /// The value at points outside the domain, of all networks that do not say it themselves; `extend` by default.
    outside: Option<OutsideName>,
    /// The error accepted of all networks that have no gate of their own.
    gate: Option<GateEntry>,
}

/// One network: how to construct it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct NetworkEntry {
    /// The construction; `auto` by default where there is a `max_error`.
    method: Option<MethodName>,
    /// The function of the hidden units; `bumps` needs it stated, others have `logistic` by default.
    activation: Option<ActivationName>,
    /// How steep a step is, per unit of the input; `auto` (the default) matches it to the spacing.
    steepness: Option<Number>,
    /// Where the cells are; `uniform` by default.
    placement: Option<PlacementEntry>,
    /// Number of bumps, or of neurons for methods without bumps. Required unless `max_error`, edges or heights are given.
    resolution: Option<Number>,
    /// The error to be proved; without a resolution the smallest network is sought.
    max_error: Option<ErrorEntry>,
    /// The height of each bump; `midpoint` by default.
    heights: Option<HeightsEntry>,
    /// How bumps are made of steps; `steps` by default.
    layout: Option<LayoutName>,
    /// Steepness times spacing of `smooth` and `graded`; searched for by default.
    overlap: Option<Number>,
    /// Units of `smooth` beyond each end of the domain; searched for by default.
    pad: Option<Number>,
    /// How `smooth` finds its output weights; `auto` by default.
    route: Option<RouteName>,
    /// Units per cell of the tree of `graded`; searched for by default.
    leaf: Option<Number>,
    /// What `composed` makes squares, exponentials and the like of; `native` by default.
    gates: Option<GatesName>,
    /// How `towers` are made; `steps` by default.
    form: Option<FormName>,
    /// How the outer values of `superposition` become one; `median` by default.
    readout: Option<ReadoutName>,
    /// The base of the digits of `superposition`; the smallest that will do by default.
    gamma: Option<Number>,
    /// The digits of `superposition`.
    digits: Option<Number>,
    /// Rounds of the classical iteration of `superposition`.
    rounds: Option<Number>,
    /// Largest magnitude of an output weight of `smooth`, `graded`, `low-rank` and `ridge`.
    max_weight: Option<Number>,
    /// How numbers are stored and evaluated; `f64` by default.
    precision: Option<PrecisionName>,
    /// The value at points outside the domain; the file's `outside` by default.
    outside: Option<OutsideName>,
    /// The output neuron; `identity` by default. `logistic` needs a target within (0, 1).
    output: Option<OutputName>,
    /// The error accepted of this network.
    gate: Option<GateEntry>,
}

/// An error: a number in the target's unit, or a measure.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum ErrorEntry {
    /// The largest distance from the target.
    Distance(Number),
    /// The largest error in a measure.
    Measure(MeasureEntry),
}

/// A measure of error: `relative`, with `absolute` besides or without; or `weight` and `at_most`; or `ulps`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MeasureEntry {
    /// The largest part of the target's magnitude that the error may be.
    relative: Option<Number>,
    /// What the error may be besides, in the target's unit.
    absolute: Option<Number>,
    /// A positive expression of the inputs, with which the error is multiplied.
    weight: Option<Number>,
    /// The largest weighted error.
    at_most: Option<Number>,
    /// The largest error in units of the last place of the target's value.
    ulps: Option<Number>,
    /// Of which precision these are; the network's by default, of a gate of the file `f64`.
    of: Option<PrecisionName>,
}

/// An accepted error.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct GateEntry {
    /// Largest accepted sup error over the domain.
    max_error: ErrorEntry,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum MethodName {
    /// One step up and one step down per cell.
    Bumps,
    /// Equally spaced overlapping steps, for analytic targets.
    Smooth,
    /// Steps on a dyadic tree, for kinks, cusps, end singularities and thin layers.
    Graded,
    /// Whichever of these needs the fewest neurons; `composed` for several inputs.
    Auto,
    /// The target's own graph, every step of one variable a small network.
    Composed,
    /// Few products of functions of one variable each.
    LowRank,
    /// One hidden layer over several inputs.
    Ridge,
    /// Two hidden layers: towers over cells.
    Towers,
    /// Kolmogorov's superposition.
    Superposition,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum GatesName {
    /// A few neurons at a place where their own curve is the step.
    Native,
    /// Overlapping steps.
    Bumps,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum FormName {
    /// As chapter 4 has them.
    Literal,
    /// Of conditions `x_i >= s` alone.
    Steps,
    /// Round towers, heights solved for.
    Solved,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum ReadoutName {
    /// Their mean.
    Mean,
    /// Their median.
    Median,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum RouteName {
    /// Both; the smaller network is kept.
    Auto,
    /// From the target's values off the real axis.
    ClosedForm,
    /// By linear least squares.
    LeastSquares,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum PrecisionName {
    /// IEEE 754 binary64.
    F64,
    /// IEEE 754 binary32.
    F32,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum OutsideName {
    /// The network's own value.
    Extend,
    /// The value at the nearest point of the domain.
    Clamp,
    /// NaN.
    Nan,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum PlacementEntry {
    /// Equal cells.
    Uniform,
    /// As few cells as the error allows, or as small an error as the number of cells allows.
    Optimal,
    /// Towers on cells that are divided where the target varies.
    Adaptive,
    /// These edges, increasing, from one end of the domain to the other.
    Given(Vec<Number>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum HeightsEntry {
    /// The target's value in the middle of the cell.
    Midpoint,
    /// The mean of its largest and smallest value over the cell.
    Midrange,
    /// These, one per cell.
    Given(Vec<Number>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum LayoutName {
    /// One step between neighbouring cells.
    Steps,
    /// Two steps for each bump.
    Pairs,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum OutputName {
    /// The hidden layer approximates the target.
    Identity,
    /// The hidden layer approximates the target's logit.
    Logistic,
}

/// A number, or a text that holds an expression.
struct Number;

impl JsonSchema for Number {
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A number, or an expression such as `2*pi`.", "type": ["number", "string"]})
    }
}

/// A name that is safe as a file name.
struct Name;

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9](?:[A-Za-z0-9_-]|\\.(?!\\.))*$", "maxLength": 100})
    }
}

struct ActivationName;

impl JsonSchema for ActivationName {
    fn schema_name() -> Cow<'static, str> {
        "ActivationName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let hidden = Activation::ALL.into_iter().filter(|a| *a != Activation::Identity);
        let choices: Vec<_> =
            hidden.map(|a| serde_json::json!({"const": a.name(), "description": a.formula()})).collect();
        json_schema!({ "oneOf": choices })
    }
}

#[cfg(test)]
mod tests {
    use crate::{network, shared, spec};

    fn keys(schema: &serde_json::Value) -> Vec<&str> {
        schema["properties"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn keys_are_the_readers() {
        let schema: serde_json::Value = serde_json::from_str(&super::json()).unwrap();
        for (schema, known) in [
            (&schema, &spec::KEYS[..]),
            (&schema["$defs"]["NetworkEntry"], &network::keys()),
            (&schema["$defs"]["GateEntry"], &shared::GATE_KEYS),
        ] {
            let (mut left, mut right) = (keys(schema), known.to_vec());
            left.sort_unstable();
            right.sort_unstable();
            assert_eq!(left, right);
            assert_eq!(schema["additionalProperties"], false);
        }
    }
}
