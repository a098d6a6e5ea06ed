//! Rust: one module with tables and a function that gives the same bits as [`Plan::eval`](bumpnet_plan::Plan::eval) on the
//! domain and, where the network says `clamp` or `nan`, everywhere; or, of a network of several inputs or
//! layers, with its weights and its sum. It needs `core` only.

use bumpnet_ir::{Certificate, Network, Outside, text};
use bumpnet_plan::{Layout, Pieces};

use crate::facts::comment;
use crate::tabulated::{identifier, list, of_plan, plan};
use crate::{ExportError, Options, summed};

/// The module's text.
///
/// # Errors
/// The network has neither a plan that a table can hold nor a sum that is proved.
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<String, ExportError> {
    if summed::is_for(network) {
        return summed::rust::write(network, certificate, options);
    }
    let plan = plan(network, options.accuracy)?;
    let layout = plan.layout();
    let facts = comment(&of_plan(network, certificate, options, &plan), "// ");
    let name = identifier(network);
    Ok(format!(
        "{facts}\n{}/// The network `{}` by its table; see the head of this file for the bound.\n\
         pub fn {name}(x: f64) -> f64 {{\n{}{}}}\n",
        tables(&layout),
        text::comment(&network.name),
        outside(&layout),
        body(&layout)
    ))
}

/// A binary64 as the shortest literal that reads back as the same number.
pub(crate) fn literal(x: f64) -> String {
    match x {
        _ if x.is_nan() => "f64::NAN".to_owned(),
        f64::INFINITY => "f64::INFINITY".to_owned(),
        f64::NEG_INFINITY => "f64::NEG_INFINITY".to_owned(),
        _ => format!("{x:?}"),
    }
}

fn tables(layout: &Layout<'_>) -> String {
    let array = |kind: &str, name: &str, length: usize, numbers: String| {
        format!("static {name}: [{kind}; {length}] = [\n{numbers}];\n\n")
    };
    let floats = |name: &str, numbers: &[f64]| array("f64", name, numbers.len(), list(numbers, |x| literal(*x)));
    let mut text = floats("ROWS", layout.rows);
    if let Pieces::Edges { first, edges } = layout.pieces {
        text += &floats("EDGES", edges);
        text += &array("u32", "FIRST", first.len(), list(first, u32::to_string));
    }
    if let Pieces::Even { edges } = layout.pieces {
        text += &floats("EDGES", edges);
    }
    if let Some(activation) = &layout.shared {
        text += &floats("ACTIVATION", activation.rows);
    }
    text
}

fn outside(layout: &Layout<'_>) -> String {
    let (lo, hi) = (literal(layout.lo), literal(layout.hi));
    let otherwise = match layout.outside {
        Outside::Nan => format!("    if !({lo}..={hi}).contains(&x) {{\n        return f64::NAN;\n    }}\n"),
        _ => format!("    let x = x.clamp({lo}, {hi});\n"),
    };
    format!("    if x.is_nan() {{\n        return x;\n    }}\n{otherwise}")
}

fn body(layout: &Layout<'_>) -> String {
    let (start, scale, stride) = (literal(layout.start), literal(layout.scale), layout.stride);
    if let Pieces::Cells = layout.pieces {
        return format!(
            "    let position = (x - ({start})) * {scale};\n\
             \x20   let whole = position + 6755399441055744.0; // the nearest whole number is in its last bits\n\
             \x20   let t = position - (whole - 6755399441055744.0);\n\
             \x20   let row = &ROWS[{stride} * (whole.to_bits() as u32 as usize)..][..{stride}];\n    {}\n",
            horner("row", 0, stride)
        );
    }
    let bucket = format!("    let bucket = ((x - ({start})) * {scale}) as i32 as usize;\n");
    let piece = match layout.pieces {
        Pieces::Even { .. } => "    let piece = bucket.saturating_sub(1);\n\
             \x20   let piece = piece + usize::from(EDGES[piece] <= x);\n\
             \x20   let piece = piece + usize::from(EDGES[piece] <= x);\n"
            .to_owned(),
        Pieces::Buckets | Pieces::Cells => "    let piece = bucket;\n".to_owned(),
        Pieces::Edges { .. } => "    let first = (FIRST[bucket] & 0x7fff_ffff) as usize;\n\
             \x20   let piece = if FIRST[bucket] >> 31 == 0 {\n\
             \x20       first + usize::from(x >= EDGES[first])\n\
             \x20   } else {\n\
             \x20       let end = (FIRST[bucket + 1] & 0x7fff_ffff) as usize;\n\
             \x20       first + EDGES[first..end].partition_point(|edge| *edge <= x)\n\
             \x20   };\n"
            .to_owned(),
    };
    if stride == 1 {
        return format!("{bucket}{piece}    ROWS[piece]\n");
    }
    let row = format!("{bucket}{piece}    let row = &ROWS[{stride} * piece..][..{stride}];\n");
    let Some(activation) = &layout.shared else {
        return format!("{row}    let t = x - row[0];\n    {}\n", horner("row", 1, stride));
    };
    let (weight, start, scale) = (literal(activation.weight), literal(activation.start), literal(activation.scale));
    let (lo, hi, stride) = (literal(activation.lo), literal(activation.hi), activation.stride);
    format!(
        "{row}    let z = ((x - row[0]) * {weight} + row[1]).clamp({lo}, {hi});\n\
         \x20   let piece = ((z - ({start})) * {scale}) as i32 as usize;\n\
         \x20   let s = &ACTIVATION[{stride} * piece..][..{stride}];\n    let t = z - s[0];\n\
         \x20   row[2] + row[3] * {}\n",
        horner("s", 1, stride)
    )
}

/// Horner's scheme in t for a row of so many numbers, those from `first` on.
fn horner(row: &str, first: usize, stride: usize) -> String {
    let last = stride - 1;
    format!("{row}[{first}..{last}].iter().rev().fold({row}[{last}], |sum, c| sum * t + c)")
}
