//! Errors that are asked for: a number in the target's unit, or a measure with its own.

use bumpnet_ir::expr::sexpr::Sexpr;
use bumpnet_ir::{Diagnostic, Measure, Precision};

use crate::decode::{Fields, Reader, too_many_parts};
use crate::yaml::{Value, YamlNode};

/// The precisions by name.
pub const PRECISIONS: [(&str, Precision); 2] = [("f64", Precision::F64), ("f32", Precision::F32)];
/// The keys of a measure.
pub const MEASURE_KEYS: [&str; 6] = ["relative", "absolute", "weight", "at_most", "ulps", "of"];

/// How a measure is written.
const HELP: &str = "write a number in the target's unit, {relative: 1e-4}, {relative: 1e-6, absolute: 1e-9}, \
                    {weight: \"1/(1+x^2)\", at_most: 1e-3}, {ulps: 2}, or {ulps: 2, of: f32}";

/// Parts of a weight, at most.
const MOST_PARTS: usize = 1000;

/// What may be too small.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Least {
    /// 0 is none.
    Positive,
    /// 0 is one.
    Zero,
}

/// An error and its measure; ulps are those of a precision, unless they say of which.
pub fn read(
    reader: &mut Reader<'_>,
    node: &YamlNode,
    (what, least): (&str, Least),
    precision: Precision,
) -> Option<(f64, Option<Measure>)> {
    let Value::Mapping(entries) = &node.value else {
        return at_least(reader, node, what, least).map(|error| (error, None));
    };
    let fields = reader.fields(node, &format!("{what} as a measure"), node.span.clone(), &MEASURE_KEYS)?;
    let given: Vec<&str> = MEASURE_KEYS.into_iter().filter(|key| fields.get(key).is_some()).collect();
    match given[..] {
        ["relative"] => Some((value(reader, &fields, "relative", least)?, Some(Measure::Relative))),
        ["relative", "absolute"] => {
            let relative = value(reader, &fields, "relative", Least::Positive);
            let absolute = value(reader, &fields, "absolute", Least::Positive);
            let (relative, absolute) = (relative?, absolute?);
            Some((1.0, Some(Measure::Mixed { relative, absolute })))
        }
        ["weight", "at_most"] => {
            let error = value(reader, &fields, "at_most", least);
            let root = fields.get("weight").and_then(|node| reader.expression(node, "the weight"));
            let weight = reader.scope.builder.finish(root?);
            if weight.nodes().len() > MOST_PARTS {
                let span = fields.get("weight").map_or(node.span.clone(), |node| node.span.clone());
                return reader.problem(too_many_parts(span, "the weight", weight.nodes().len()));
            }
            Some((error?, Some(Measure::Weight(Sexpr(&weight).to_string()))))
        }
        ["ulps"] => Some((value(reader, &fields, "ulps", least)?, Some(Measure::Ulps(precision)))),
        ["ulps", "of"] => {
            let of = fields.get("of").and_then(|node| reader.choice(node, "of", &PRECISIONS));
            Some((value(reader, &fields, "ulps", least)?, Some(Measure::Ulps(of?))))
        }
        [] if !entries.is_empty() => None, // its keys were called unknown
        [] => reader.problem(Diagnostic::new(node.span.clone(), format!("{what} is empty")).help(HELP)),
        ["absolute"] => reader.problem(
            Diagnostic::new(node.span.clone(), format!("{what} has `absolute` and no `relative`"))
                .help(format!("write the number alone, as in `{what}: 1e-9`, or `relative` beside it")),
        ),
        _ => {
            let keys: Vec<String> = given.iter().map(|key| format!("`{key}`")).collect();
            let message = format!("{what} is no measure: it has {}", keys.join(" and "));
            reader.problem(Diagnostic::new(node.span.clone(), message).help(HELP))
        }
    }
}

fn value(reader: &mut Reader<'_>, fields: &Fields<'_>, key: &str, least: Least) -> Option<f64> {
    fields.get(key).and_then(|node| at_least(reader, node, key, least))
}

fn at_least(reader: &mut Reader<'_>, node: &YamlNode, what: &str, least: Least) -> Option<f64> {
    if least == Least::Positive {
        return reader.positive(node, what);
    }
    let error = reader.number(node, what)?;
    if error >= 0.0 {
        return Some(error);
    }
    let message = format!("{what} is {error:?}, but an error is not negative");
    reader.problem(Diagnostic::new(node.span.clone(), message))
}

#[cfg(test)]
mod tests {
    use bumpnet_ir::{Measure, Precision};

    fn read(network: &str) -> Result<(Option<f64>, Option<Measure>), String> {
        let source = format!("version: 1\ntarget: exp(x)\ndomain: {{x: [0, 1]}}\nnetworks: {{n: {{{network}}}}}\n");
        let spec = crate::parse_spec(source.as_bytes(), "t").map_err(|problems| problems[0].message.clone())?;
        let network = &spec.networks[0];
        Ok((network.max_error, network.measured().cloned()))
    }

    #[test]
    fn measures_are_read() {
        let weight = Measure::Weight("(/ 1 (+ 1 x))".into());
        for (text, error, measure) in [
            ("max_error: 1e-3", Some(1e-3), None),
            ("max_error: {relative: 1e-4}", Some(1e-4), Some(Measure::Relative)),
            (
                "max_error: {absolute: 1e-9, relative: 1e-6}",
                Some(1.0),
                Some(Measure::Mixed { relative: 1e-6, absolute: 1e-9 }),
            ),
            ("max_error: {weight: 1/(1+x), at_most: 1e-3}", Some(1e-3), Some(weight)),
            ("max_error: {ulps: 4}, precision: f32", Some(4.0), Some(Measure::Ulps(Precision::F32))),
            ("max_error: {ulps: 4, of: f32}", Some(4.0), Some(Measure::Ulps(Precision::F32))),
            ("max_error: 1e-3, gate: {max_error: {relative: 0.01}}", Some(1e-3), Some(Measure::Relative)),
        ] {
            assert_eq!(read(text), Ok((error, measure)), "{text}");
        }
    }

    #[test]
    fn what_is_no_measure_is_refused() {
        for (text, said) in [
            ("max_error: {absolute: 1e-9}", "max_error has `absolute` and no `relative`"),
            ("max_error: {}", "max_error is empty"),
            ("max_error: {relative: 0}", "relative is `0`, but must be positive"),
            ("max_error: {weight: 1/(1+x)}", "max_error is no measure: it has `weight`"),
            ("max_error: {weight: 1/(1+y), at_most: 1}", "`y`"),
            ("max_error: {relative: 1e-3, ulps: 2}", "max_error is no measure: it has `relative` and `ulps`"),
            ("max_error: {relativ: 1e-3}", "unknown key `relativ`"),
            (
                "max_error: {relative: 1e-3}, gate: {max_error: {ulps: 4}}",
                "the gate is in another measure, {ulps: 4.0, of: f64}, than max_error: a network has one",
            ),
        ] {
            let problem = read(text).expect_err(text);
            assert!(problem.contains(said), "{text}: {problem}");
        }
    }
}
