//! The networks of a spec: one mapping each, read into the parameters of its construction.

mod bumps;
pub mod fields;
mod fitted;
mod several;

use bumpnet_ir::{Diagnostic, Gate, Input, Measure, Method, NetworkSpec, Outside, Precision, Span};

use crate::decode::{Fields, Reader};
use crate::expression::parse_constant;
use crate::foreign::{self, Meant, Place};
use crate::measure::{self, Least, PRECISIONS};
use crate::shared::{name, read_gate};
use crate::suggest::{echo, quoted};
use crate::yaml::{Value, YamlNode};

/// The keys of a network, each with the methods that have it; none stands for all.
const KEYS_OF: [(&str, &[MethodName]); 23] = [
    ("method", &[]),
    ("activation", &[]),
    ("steepness", &[MethodName::Bumps, MethodName::Towers]),
    ("placement", &[MethodName::Bumps, MethodName::Towers]),
    ("resolution", &[]),
    ("max_error", &[]),
    ("heights", &[MethodName::Bumps]),
    ("layout", &[MethodName::Bumps]),
    ("overlap", &[MethodName::Smooth, MethodName::Graded]),
    ("pad", &[MethodName::Smooth]),
    ("route", &[MethodName::Smooth]),
    ("leaf", &[MethodName::Graded]),
    ("gates", &[MethodName::Composed]),
    ("form", &[MethodName::Towers]),
    ("readout", &[MethodName::Superposition]),
    ("gamma", &[MethodName::Superposition]),
    ("digits", &[MethodName::Superposition]),
    ("rounds", &[MethodName::Superposition]),
    ("max_weight", &[MethodName::Smooth, MethodName::Graded, MethodName::Auto, MethodName::LowRank, MethodName::Ridge]),
    ("precision", &[]),
    ("outside", &[]),
    ("output", &ONE_INPUT),
    ("gate", &[]),
];
#[derive(Clone, Copy, PartialEq, Eq)]
enum MethodName {
    Bumps,
    Smooth,
    Graded,
    Auto,
    Composed,
    LowRank,
    Ridge,
    Towers,
    Superposition,
}

/// The methods that have an output neuron of their own to choose; all but `auto` are for one input only.
const ONE_INPUT: [MethodName; 4] = [MethodName::Bumps, MethodName::Smooth, MethodName::Graded, MethodName::Auto];

const METHODS: [(&str, MethodName); 9] = [
    ("bumps", MethodName::Bumps),
    ("smooth", MethodName::Smooth),
    ("graded", MethodName::Graded),
    ("auto", MethodName::Auto),
    ("composed", MethodName::Composed),
    ("low-rank", MethodName::LowRank),
    ("ridge", MethodName::Ridge),
    ("towers", MethodName::Towers),
    ("superposition", MethodName::Superposition),
];

/// What the file says of all its networks.
pub struct Common<'a> {
    /// The box; `None` if it is not good.
    pub domain: Option<&'a [Input]>,
    /// The gate of those that have none of their own.
    pub gate: Option<Gate>,
    /// What those are outside the domain that do not say it themselves.
    pub outside: Outside,
}

/// All networks of a spec, in the file's order.
pub fn all(reader: &mut Reader<'_>, fields: &Fields<'_>, common: &Common<'_>) -> Option<Vec<NetworkSpec>> {
    let help = "name at least one, as in `networks: {coarse: {method: bumps, activation: logistic, resolution: 20}}`";
    let node = reader.required(fields, "networks", "the spec", help)?;
    if let Some(problem) = unnamed(reader, node) {
        return reader.problem(problem);
    }
    let entries = reader.entries(node, "`networks`")?;
    if entries.is_empty() {
        return reader.problem(Diagnostic::new(node.span.clone(), "no network is asked for").help(help));
    }
    let networks: Vec<_> = entries.into_iter().map(|(key, value)| one(reader, key, value, common)).collect();
    networks.into_iter().collect()
}

/// What is wrong with networks that have no names: a network's own keys, or a list.
fn unnamed(reader: &Reader<'_>, node: &YamlNode) -> Option<Diagnostic> {
    let example = "networks: {a: {max_error: 1e-3}}";
    match &node.value {
        Value::Mapping(pairs) => {
            let keys = keys();
            let of_network =
                |key: &str| keys.contains(&key) || matches!(foreign::word(Place::NetworkKey, key), Some(Meant::Is(_)));
            let is_key = |(key, value): &(YamlNode, YamlNode)| {
                key.text().is_some_and(of_network) && !matches!(value.value, Value::Mapping(_))
            };
            if pairs.is_empty() || !pairs.iter().all(is_key) {
                return None;
            }
            let inside = reader.source.get(node.span.clone()).filter(|text| text.starts_with('{')).and_then(quoted);
            let written = inside.map_or(example.to_owned(), |text| format!("networks: {{a: {text}}}"));
            let problem = Diagnostic::new(node.span.clone(), "the network has no name");
            Some(problem.help(format!("write `{written}`, with a name for each network")))
        }
        Value::List(_) => {
            let problem = Diagnostic::new(node.span.clone(), "`networks` is a mapping, this is a list");
            Some(problem.help(format!("write a name in place of each dash, as in `{example}`")))
        }
        _ => None,
    }
}

fn one(reader: &mut Reader<'_>, key: &YamlNode, node: &YamlNode, common: &Common<'_>) -> Option<NetworkSpec> {
    let domain = common.domain;
    let name = name(reader, key.text()?, key.span.clone(), "name");
    let keys = keys();
    if let Some(error) =
        node.text().filter(|text| !node.is_nothing() && parse_constant(text).is_ok_and(|error| error > 0.0))
    {
        let help = format!("write {{max_error: {}}}", echo(error));
        return reader
            .problem(Diagnostic::new(node.span.clone(), "a network is a mapping, this is a number").help(help));
    }
    let fields = reader.fields_at(Some(Place::NetworkKey), node, "a network", key.span.clone(), &keys)?;
    let precision =
        fields.get("precision").map_or(Some(Precision::F64), |node| reader.choice(node, "precision", &PRECISIONS));
    let units = precision.unwrap_or_default();
    let own_gate = fields.get("gate").and_then(|node| read_gate(reader, node, units));
    let gate = own_gate.or_else(|| common.gate.clone());
    let asked = fields.get("max_error");
    let asked = asked.and_then(|node| measure::read(reader, node, ("max_error", Least::Positive), units));
    let (max_error, measure) = asked.map_or((None, None), |(error, measure)| (Some(error), measure));
    one_measure(reader, &fields, (max_error.unwrap_or(1.0), measure.as_ref()), gate.as_ref());
    let outside = fields.get("outside").map_or(Some(common.outside), |node| fields::outside(reader, node));
    let known = match fields.get("method") {
        Some(node) => reader.choice_at(Some(Place::Method), node, "method", &METHODS),
        // An error asked for says what is wanted; how is left to the compiler.
        None if fields.get("max_error").is_some() => Some(MethodName::Auto),
        None => reader.missing(
            &fields,
            "the network has no `method`".to_owned(),
            "write `method: bumps`, `smooth` or `graded`, for several inputs `composed`; or `max_error`, and the compiler \
             chooses the method",
        ),
    };
    foreign_keys(reader, &fields, known);
    let span = fields.get("method").map_or(key.span.clone(), |node| node.span.clone());
    inputs_fit(reader, known, domain, span);
    if let (Some(MethodName::Auto), Some(node), Some([_, _, ..])) = (known, fields.get("output"), domain) {
        let message = "`output` is for networks of one input";
        reader.problems.push(Diagnostic::new(node.span.clone(), message).help("remove `output`"));
    }
    let method = match known {
        // Without a method it is not known which keys are missing.
        None => None,
        Some(MethodName::Bumps) => bumps::bumps(reader, &fields, domain).map(Method::Bumps),
        Some(MethodName::Smooth) => fitted::smooth(reader, &fields).map(Method::Smooth),
        Some(MethodName::Graded) => fitted::graded(reader, &fields).map(Method::Graded),
        Some(MethodName::Auto) => fitted::auto(reader, &fields).map(Method::Auto),
        Some(MethodName::Composed) => several::composed(reader, &fields).map(Method::Composed),
        Some(MethodName::LowRank) => several::low_rank(reader, &fields).map(Method::LowRank),
        Some(MethodName::Ridge) => several::ridge(reader, &fields).map(Method::Ridge),
        Some(MethodName::Towers) => several::towers(reader, &fields).map(Method::Towers),
        Some(MethodName::Superposition) => several::superposition(reader, &fields).map(Method::Superposition),
    };
    known?;
    Some(NetworkSpec {
        name: name?,
        span: key.span.clone(),
        method: method?,
        precision: precision?,
        outside: outside?,
        max_error,
        measure,
        gate,
    })
}

/// A network is proved in one measure besides the target's unit.
fn one_measure(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    (error, asked): (f64, Option<&Measure>),
    gate: Option<&Gate>,
) {
    let (Some(asked), Some(Gate { measure: Some(other), max_error })) = (asked, gate) else { return };
    if asked == other {
        return;
    }
    let node = fields.get("gate").or_else(|| fields.get("max_error"));
    let message =
        format!("the gate is in another measure, {}, than max_error: a network has one", other.in_spec(*max_error));
    let help = format!("write gate: {{max_error: {}}}, or a plain number", asked.in_spec(error));
    let span = node.map_or(fields.span.clone(), |node| node.span.clone());
    reader.problems.push(Diagnostic::new(span, message).help(help));
}

/// The keys of a network.
pub fn keys() -> [&'static str; KEYS_OF.len()] {
    KEYS_OF.map(|(key, _)| key)
}

/// Keys that other methods have.
fn foreign_keys(reader: &mut Reader<'_>, fields: &Fields<'_>, method: Option<MethodName>) {
    let Some(method) = method else { return };
    let name = |method: MethodName| METHODS.iter().find(|(_, m)| *m == method).map_or("", |(name, _)| name);
    for (key, methods) in KEYS_OF.iter().filter(|(_, methods)| !methods.is_empty() && !methods.contains(&method)) {
        let Some(node) = fields.get(key) else { continue };
        let theirs: Vec<String> = methods.iter().map(|m| format!("`method: {}`", name(*m))).collect();
        let theirs = theirs.join(" or ");
        let message = match fields.get("method") {
            Some(_) => format!("`method: {}` has no `{key}`", name(method)),
            None => format!("where no `method` is written the compiler chooses one, and sets `{key}` itself"),
        };
        let help = format!("remove `{key}`, or write {theirs}");
        reader.problems.push(Diagnostic::new(node.span.clone(), message).help(help));
    }
}

/// Whether the method is for so many inputs.
fn inputs_fit(reader: &mut Reader<'_>, method: Option<MethodName>, domain: Option<&[Input]>, span: Span) {
    let (Some(inputs), Some(method)) = (domain, method) else { return };
    let name = METHODS.iter().find(|(_, m)| *m == method).map_or("", |(name, _)| name);
    if inputs.len() > 1 && matches!(method, MethodName::Bumps | MethodName::Smooth | MethodName::Graded) {
        let message = format!("`{name}` is for one input, the domain has {}", inputs.len());
        let help = "use `method: composed`, or fix the other inputs with `let`, one spec for each";
        reader.problems.push(Diagnostic::new(span, message).help(help));
    } else if inputs.len() == 1 && matches!(method, MethodName::LowRank | MethodName::Superposition) {
        let message = format!("`{name}` is for two or more inputs, the domain has one");
        reader.problems.push(Diagnostic::new(span, message).help("use `method: smooth`, or leave the method out"));
    }
}
