//! A fixed-point table as a C99 header of integers.

use bumpnet_ir::{Certificate, Network};

use super::table::{Fixed, Table, Width};
use crate::Options;
use crate::facts::{comment, facts, said_of_sum};
use crate::tabulated::{identifier, list};

/// The header's text for a network that is in fixed point already.
pub fn emit(network: &Network, certificate: &Certificate, options: &Options<'_>, fixed: &Fixed) -> String {
    let width = fixed.width;
    let name = format!("{}_{}", identifier(network), width.name());
    let guard = format!("{}_H", name.to_uppercase());
    let kind = format!("{}_t", width.name());
    let (tables, body) = match &fixed.table {
        Table::Steps { thresholds, values } => steps(&name, fixed, thresholds, values),
        Table::Knots { shift, raised } => knots(&name, fixed, *shift, raised),
    };
    format!(
        "{}//\n// {kind} {name}({kind} q).\n\n#ifndef {guard}\n#define {guard}\n\n#include <stddef.h>\n#include <stdint.h>\n\n{tables}\
         static inline {kind} {name}({kind} q) {{\n{body}}}\n\n#endif\n",
        header(network, certificate, options, fixed)
    )
}

fn header(network: &Network, certificate: &Certificate, options: &Options<'_>, fixed: &Fixed) -> String {
    let mut facts = facts(network, certificate, options);
    facts.retain(|(name, _)| *name != "outside");
    facts.push(("input", format!("q, x = q * 2^{}, from {} to {}", -fixed.input_bits, fixed.inputs.0, fixed.inputs.1)));
    facts.push(("output", format!("v, y = v * 2^{}", -fixed.output_bits)));
    facts.push(("outside", "the value at the nearest input of the domain".to_owned()));
    facts.push(("bound_fixed", format!("{:?}", fixed.bound)));
    let said = if fixed.rests { said_of_sum(options.standing) } else { "proved".to_owned() };
    facts.push(("bound_fixed_means", format!("|y - target(x)| at every input of the domain: {said}")));
    if let Some(bound) = fixed.bound_real {
        facts.push(("bound_real", format!("{bound:?}")));
        let means = "the same for every real x of the domain that is rounded to the nearest input: proved";
        facts.push(("bound_real_means", means.to_owned()));
    }
    comment(&facts, "// ")
}

/// The least integer of a type is no literal in C: it is written as a difference.
fn literal(value: &i64) -> String {
    if *value == i64::from(i32::MIN) { "(-2147483647 - 1)".to_owned() } else { value.to_string() }
}

fn array(kind: &str, name: &str, what: &str, numbers: &[i64], text: impl Fn(&i64) -> String) -> String {
    format!("static const {kind} {name}_{what}[{}] = {{\n{}}};\n\n", numbers.len(), list(numbers, text))
}

fn steps(name: &str, fixed: &Fixed, thresholds: &[i64], values: &[i64]) -> (String, String) {
    let kind = &format!("{}_t", fixed.width.name());
    let (first, last) = (literal(&fixed.inputs.0), literal(&fixed.inputs.1));
    let mut tables = array(kind, name, "values", values, literal);
    if thresholds.is_empty() {
        return (tables, format!("    (void)q;\n    return {name}_values[0];\n"));
    }
    tables += &array(kind, name, "thresholds", thresholds, literal);
    let body = format!(
        "    const {kind} p = q < {first} ? {first} : q > {last} ? {last} : q;\n    size_t piece = 0, end = {};\n    while (piece < end) {{\n        const size_t middle = piece + (end - piece) / 2;\n\
         \x20       if ({name}_thresholds[middle] <= p) piece = middle + 1;\n        else end = middle;\n    }}\n\
         \x20   return {name}_values[piece];\n",
        thresholds.len()
    );
    (tables, body)
}

fn knots(name: &str, fixed: &Fixed, shift: u32, raised: &[i64]) -> (String, String) {
    let ((narrow, wide, signed), kind) = match fixed.width {
        Width::Int16 => (("uint16_t", "uint32_t", "int32_t"), "int16_t"),
        Width::Int32 => (("uint32_t", "uint64_t", "int64_t"), "int32_t"),
    };
    let (first, last) = (literal(&fixed.inputs.0), literal(&fixed.inputs.1));
    let tables = array(narrow, name, "knots", raised, |value| format!("{value}u"));
    let body = format!(
        "    const {signed} p = q < {first} ? {first} : q > {last} ? {last} : q;\n\
         \x20   const {wide} offset = ({wide})(p - ({first}));\n    const {wide} one = ({wide})1 << {shift};\n\
         \x20   const {wide} r = offset & (one - 1);\n    const {narrow} *const knot = {name}_knots + (size_t)(offset >> {shift});\n\
         \x20   const {wide} sum = ({wide})knot[0] * (one - r) + ({wide})knot[1] * r + (one >> 1);\n\
         \x20   return ({kind})(({signed})(sum >> {shift}) - ({signed}){});\n",
        format_args!("{}u", fixed.width.largest() + 1)
    );
    (tables, body)
}
