//! C: one C99 header with a table and a function that gives the same bits as [`Plan::eval`](bumpnet_plan::Plan::eval) on the
//! domain and, where the network says `clamp` or `nan`, everywhere; or, of a network of several inputs or
//! layers, with its weights and its sum (`summed`). No function of libm is called.
//!
//! Floats are hexadecimal, so no compiler rounds them. Fused operations would change bits, so the compiler is to be told
//! `-ffp-contract=off` (gcc's `-std=c99` implies it); excess precision and `-ffast-math` are refused by the header.

use bumpnet_ir::{Certificate, Network, Outside};
use bumpnet_plan::{Layout, Pieces};

use crate::facts::comment;
use crate::tabulated::{identifier, list, of_plan, plan};
use crate::{ExportError, Options, summed};

/// The header's text.
///
/// # Errors
/// The network has neither a plan that a table can hold nor a sum that is proved.
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<String, ExportError> {
    if summed::is_for(network) {
        return summed::c::write(network, certificate, options);
    }
    let plan = plan(network, options.accuracy)?;
    let layout = plan.layout();
    let name = identifier(network);
    let facts = comment(&of_plan(network, certificate, options, &plan), "// ");
    let function = format!(
        "{}static inline double {name}(double x) {{\n{}{}}}\n",
        tables(&name, &layout),
        outside(&layout),
        body(&name, &layout)
    );
    let says = format!("double {name}(double x). Compile with -ffp-contract=off for these very bits.");
    Ok(header(&facts, &says, &format!("{}_H", name.to_uppercase()), &function))
}

/// A header around tables and functions.
pub(crate) fn header(facts: &str, says: &str, guard: &str, body: &str) -> String {
    format!(
        "{facts}//\n// {says}\n\n#ifndef {guard}\n#define {guard}\n\n\
         #include <float.h>\n#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n\n\
         #if FLT_RADIX != 2 || DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024\n#error \"double is not binary64\"\n#endif\n\
         #if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 1\n\
         #error \"double is calculated with excess precision\"\n#endif\n\
         #ifdef __FAST_MATH__\n#error \"-ffast-math breaks the bound\"\n#endif\n\n{body}\n#endif\n"
    )
}

/// A binary64 as a hexadecimal literal.
pub(crate) fn hexadecimal(x: f64) -> String {
    if x.is_nan() {
        return "NAN".to_owned();
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x.is_infinite() {
        return format!("{sign}INFINITY");
    }
    let (exponent, fraction) = ((x.to_bits() >> 52 & 0x7ff) as i64, x.to_bits() & ((1 << 52) - 1));
    match (exponent, fraction) {
        (0, 0) => format!("{sign}0x0p+0"),
        (0, _) => format!("{sign}0x0.{fraction:013x}p-1022"),
        (_, 0) => format!("{sign}0x1p{:+}", exponent - 1023),
        _ => format!("{sign}0x1.{}p{:+}", format!("{fraction:013x}").trim_end_matches('0'), exponent - 1023),
    }
}

fn tables(name: &str, layout: &Layout<'_>) -> String {
    let array = |kind: &str, what: &str, length: usize, numbers: String| {
        format!("static const {kind} {name}_{what}[{length}] = {{\n{numbers}}};\n\n")
    };
    let floats = |what: &str, numbers: &[f64]| array("double", what, numbers.len(), list(numbers, |x| hexadecimal(*x)));
    let mut text = floats("rows", layout.rows);
    if let Pieces::Edges { first, edges } = layout.pieces {
        text += &floats("edges", edges);
        text += &array("uint32_t", "first", first.len(), list(first, |piece| format!("{piece}u")));
    }
    if let Pieces::Even { edges } = layout.pieces {
        text += &floats("edges", edges);
    }
    if let Some(activation) = &layout.shared {
        text += &floats("activation", activation.rows);
    }
    text
}

fn outside(layout: &Layout<'_>) -> String {
    let (lo, hi) = (hexadecimal(layout.lo), hexadecimal(layout.hi));
    match layout.outside {
        Outside::Nan => format!("    if (!(x >= {lo} && x <= {hi})) return x != x ? x : NAN;\n"),
        _ => format!("    if (x != x) return x;\n    if (x < {lo}) x = {lo};\n    if (x > {hi}) x = {hi};\n"),
    }
}

fn body(name: &str, layout: &Layout<'_>) -> String {
    let (start, scale, stride) = (hexadecimal(layout.start), hexadecimal(layout.scale), layout.stride);
    if let Pieces::Cells = layout.pieces {
        return format!(
            "    const double position = (x - {start}) * {scale};\n\
             \x20   const double whole = position + 0x1.8p+52; /* the nearest whole number is in its last bits */\n\
             \x20   const double t = position - (whole - 0x1.8p+52);\n\
             \x20   uint64_t bits;\n    memcpy(&bits, &whole, sizeof bits);\n\
             \x20   const double *const row = {name}_rows + {stride} * (size_t)(uint32_t)bits;\n{}    return sum;\n",
            horner("row", 0, stride)
        );
    }
    let bucket = format!("    const size_t bucket = (size_t)(int32_t)((x - {start}) * {scale});\n");
    let piece = match layout.pieces {
        Pieces::Even { .. } => format!(
            "    size_t piece = bucket > 0 ? bucket - 1 : 0;\n\
             \x20   piece += {name}_edges[piece] <= x ? 1u : 0u;\n\
             \x20   piece += {name}_edges[piece] <= x ? 1u : 0u;\n"
        ),
        Pieces::Buckets | Pieces::Cells => "    const size_t piece = bucket;\n".to_owned(),
        Pieces::Edges { .. } => format!(
            "    size_t piece = {name}_first[bucket] & 0x7fffffffu;\n\
             \x20   if ((({name}_first[bucket] >> 31) & 1u) == 0u) {{\n\
             \x20       piece += x >= {name}_edges[piece] ? 1u : 0u;\n\
             \x20   }} else {{\n\
             \x20       size_t end = {name}_first[bucket + 1] & 0x7fffffffu;\n\
             \x20       while (piece < end) {{\n\
             \x20           const size_t middle = piece + (end - piece) / 2;\n\
             \x20           if ({name}_edges[middle] <= x) piece = middle + 1;\n\
             \x20           else end = middle;\n\
             \x20       }}\n\
             \x20   }}\n"
        ),
    };
    if stride == 1 {
        return format!("{bucket}{piece}    return {name}_rows[piece];\n");
    }
    let row = format!("{bucket}{piece}    const double *const row = {name}_rows + {stride} * piece;\n");
    let Some(activation) = &layout.shared else {
        return format!("{row}    const double t = x - row[0];\n{}    return sum;\n", horner("row", 1, stride));
    };
    let (weight, start, scale) =
        (hexadecimal(activation.weight), hexadecimal(activation.start), hexadecimal(activation.scale));
    let (lo, hi, stride) = (hexadecimal(activation.lo), hexadecimal(activation.hi), activation.stride);
    format!(
        "{row}    double z = (x - row[0]) * {weight} + row[1];\n    if (z < {lo}) z = {lo};\n    if (z > {hi}) z = {hi};\n\
         \x20   const double *const s = {name}_activation + {stride} * (size_t)(int32_t)((z - {start}) * {scale});\n\
         \x20   const double t = z - s[0];\n{}    return row[2] + row[3] * sum;\n",
        horner("s", 1, stride)
    )
}

/// Horner's scheme in t for a row of so many numbers, those from `first` on. (Not a loop: it is to be as quick without
/// optimisation for size.)
fn horner(row: &str, first: usize, stride: usize) -> String {
    let steps = (first..stride - 1).rev().map(|k| format!("    sum = sum * t + {row}[{k}];\n"));
    format!("    double sum = {row}[{}];\n{}", stride - 1, steps.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::hexadecimal;

    #[test]
    fn literals_are_exact() {
        let cases = [
            (0.1, "0x1.999999999999ap-4"),
            (-1.0, "-0x1p+0"),
            (0.0, "0x0p+0"),
            (-0.0, "-0x0p+0"),
            (5e-324, "0x0.0000000000001p-1022"),
            (f64::MAX, "0x1.fffffffffffffp+1023"),
            (f64::INFINITY, "INFINITY"),
        ];
        for (x, text) in cases {
            assert_eq!(hexadecimal(x), text);
        }
    }
}
