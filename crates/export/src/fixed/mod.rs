//! Fixed point in C: integers in, integers out, no floating point in between, and a bound of its own.
//!
//! Input q stands for `x = q 2^-f`, output v for `y = v 2^-g`; f and g are as large as domain and values allow. A network of
//! jumps becomes thresholds and values; any other, equally spaced knots of the network between which it is interpolated,
//! rounded to nearest:
//! ```text
//! v = floor((T[k] (2^s - r) + T[k+1] r + 2^(s-1)) / 2^s),   q - first = k 2^s + r
//! ```
//! with non-negative T, so that C's unsigned arithmetic is the formula. `prove.rs` says how the bound is found.

mod emit;
mod prove;
mod table;

use bumpnet_ir::{Certificate, Network};
use bumpnet_plan::{Accuracy, Layout, Pieces, Plan};

use crate::tabulated::plan;
use crate::{ExportError, Options, summed};

pub use emit::emit;
pub use table::{Fixed, Width};
use table::{Table, power_of_two};

/// Most knots of an interpolated table: 16 kB in 32 bits. Heuristic.
const MOST_KNOTS: i64 = 4098;
/// How far, in units of the output, an interpolated value may be from the network for a table to be fine enough: half of
/// that is rounding. Heuristic.
const FINE: f64 = 1.0;

/// The most fractional bits with which a magnitude fits; `None` beyond what any sensible unit has.
fn fractional_bits(magnitude: f64, width: Width) -> Option<i32> {
    let fits = |bits: &i32| magnitude * power_of_two(*bits) <= width.largest() as f64;
    (-60..=200).rev().find(fits)
}

/// The nearest integer, halves up, within the width.
fn nearest(value: f64, width: Width) -> i64 {
    let (least, most) = (-width.largest() - 1, width.largest());
    ((value + 0.5).floor() as i64).clamp(least, most)
}

/// A network in fixed point.
///
/// # Errors
/// The network has no plan that a table can hold, its domain or values do not fit, or nothing can be proved of the target
/// on some part of the domain.
pub fn fix(
    network: &Network,
    certificate: &Certificate,
    options: &Options<'_>,
    width: Width,
) -> Result<Fixed, ExportError> {
    if summed::is_for(network) {
        return Err(ExportError::new(
            "fixed point is for networks of one hidden layer over one input",
            "export it without `--fixed`",
        ));
    }
    // Its own rounding is far coarser, and its jumps are to be where the network's are.
    let plan = plan(network, Accuracy::Exact)?;
    let layout = plan.layout();
    let unfit =
        || ExportError::new(format!("domain or values do not fit {}", width.name()), "export it as c in binary64");
    let input_bits = fractional_bits(layout.lo.abs().max(layout.hi.abs()), width).ok_or_else(unfit)?;
    let scale = power_of_two(input_bits);
    let inputs = (nearest(layout.lo * scale, width), nearest(layout.hi * scale, width));
    if inputs.0 >= inputs.1 {
        return Err(unfit());
    }
    let output_bits = fractional_bits(largest(&plan, &layout), width).ok_or_else(unfit)?;
    let table = steps(&layout, (input_bits, output_bits), width);
    let (bound, rests, bound_real) = (f64::INFINITY, false, None);
    let mut fixed = Fixed { width, input_bits, output_bits, inputs, bound, rests, bound_real, table: Table::none() };
    fixed.table = table.unwrap_or_else(|| knots(&plan, &fixed));
    prove::prove(&mut fixed, certificate, &plan, options)?;
    Ok(fixed)
}

/// The header's text.
///
/// # Errors
/// As [`fix`].
pub fn write(
    network: &Network,
    certificate: &Certificate,
    options: &Options<'_>,
    width: Width,
) -> Result<String, ExportError> {
    Ok(emit(network, certificate, options, &fix(network, certificate, options, width)?))
}

/// The largest magnitude of the values, which must fit: of all where they are in the table, else at some thousand points.
/// (What does not fit is cut off, and the bound says so.)
fn largest(plan: &Plan, layout: &Layout<'_>) -> f64 {
    if layout.stride == 1 {
        return layout.rows.iter().map(|value| value.abs()).fold(f64::MIN_POSITIVE, f64::max);
    }
    const SAMPLES: u32 = 4096;
    let at = |k: u32| plan.eval(layout.lo + (layout.hi - layout.lo) * (f64::from(k) / f64::from(SAMPLES))).abs();
    (0..=SAMPLES).map(at).fold(f64::MIN_POSITIVE, f64::max)
}

/// The thresholds and values of a network of jumps.
fn steps(layout: &Layout<'_>, (input_bits, output_bits): (i32, i32), width: Width) -> Option<Table> {
    let (edges, values): (Vec<f64>, Vec<f64>) = match layout.pieces {
        Pieces::Even { edges } | Pieces::Edges { edges, .. } if layout.stride == 1 => {
            (edges.to_vec(), layout.rows.to_vec())
        }
        _ => return None,
    };
    // The least input that is not below the edge: exactly, since scaling by a power of two and rounding up to an integer are.
    let threshold = |edge: &f64| (edge * power_of_two(input_bits)).ceil() as i64;
    Some(Table::Steps {
        thresholds: edges.iter().filter(|edge| edge.is_finite()).map(threshold).collect(),
        values: values.iter().map(|value| nearest(value * power_of_two(output_bits), width)).collect(),
    })
}

/// Knots: for 16 bits as few as come within [`FINE`] at every input, in any case at most [`MOST_KNOTS`].
fn knots(plan: &Plan, fixed: &Fixed) -> Table {
    let count = fixed.inputs.1 - fixed.inputs.0;
    let least = (0..31).find(|shift| (count >> shift) + 2 <= MOST_KNOTS).unwrap_or(31);
    if fixed.width == Width::Int32 {
        return knots_apart(plan, fixed, least);
    }
    let unit = power_of_two(fixed.output_bits);
    let fine = |table: &Table| {
        let off = |q: i64| (fixed.look_up(table, q) as f64 - plan.eval(fixed.point(q, plan)) * unit).abs();
        (fixed.inputs.0..=fixed.inputs.1).all(|q| off(q) <= FINE)
    };
    let tables = (least..=14).rev().map(|shift| knots_apart(plan, fixed, shift));
    tables.into_iter().find(fine).unwrap_or_else(|| knots_apart(plan, fixed, least))
}

fn knots_apart(plan: &Plan, fixed: &Fixed, shift: u32) -> Table {
    let (first, last) = fixed.inputs;
    let value = |q: i64| plan.eval(fixed.point(q, plan)) * power_of_two(fixed.output_bits);
    let knots = ((last - first) >> shift) + 2;
    let knot = |k: i64| {
        let q = first + (k << shift);
        if q <= last {
            return value(q);
        }
        // Beyond the domain: on the line through the knot before and the domain's end.
        let (before, end) = (first + ((k - 1) << shift), last);
        match end > before {
            true => value(before) + (value(end) - value(before)) * ((q - before) as f64 / (end - before) as f64),
            false => value(end),
        }
    };
    let raise = fixed.width.largest() + 1;
    Table::Knots { shift, raised: (0..knots).map(|k| nearest(knot(k), fixed.width) + raise).collect() }
}
