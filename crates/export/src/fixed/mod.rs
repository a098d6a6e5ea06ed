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

use bumpnet_ir::{Certificate, Network};
use bumpnet_plan::{Layout, Pieces, Plan};

use crate::tabulated::plan;
use crate::{ExportError, Options, summed};

pub use emit::{emit, write};

/// The width of input and output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// 16 bits.
    Int16,
    /// 32 bits.
    Int32,
}

impl Width {
    /// The largest integer; the least is one further from 0.
    pub fn largest(self) -> i64 {
        match self {
            Width::Int16 => i64::from(i16::MAX),
            Width::Int32 => i64::from(i32::MAX),
        }
    }

    /// As it is written on the command line and in C.
    pub fn name(self) -> &'static str {
        match self {
            Width::Int16 => "int16",
            Width::Int32 => "int32",
        }
    }
}

/// Most knots of an interpolated table: 16 kB in 32 bits. Heuristic.
const MOST_KNOTS: i64 = 4098;
/// How far, in units of the output, an interpolated value may be from the network for a table to be fine enough: half of
/// that is rounding. Heuristic.
const FINE: f64 = 1.0;

/// How an input becomes a value.
#[derive(Clone, PartialEq, Debug)]
enum Table {
    /// Below `thresholds[0]` the first value, from `thresholds[k]` on value k + 1.
    Steps { thresholds: Vec<i64>, values: Vec<i64> },
    /// Knots `2^shift` apart from the first input on, each value raised by `2^(bits-1)`.
    Knots { shift: u32, raised: Vec<i64> },
}

/// A network in fixed point, with its bound.
#[derive(Clone, PartialEq, Debug)]
pub struct Fixed {
    /// The width of input and output.
    pub width: Width,
    /// x is the input times `2^-input_bits`.
    pub input_bits: i32,
    /// y is the output times `2^-output_bits`.
    pub output_bits: i32,
    /// The inputs of the domain; others count as the nearest of these.
    pub inputs: (i64, i64),
    /// A bound of |y - target(x)| at every input of the domain: proved, but where `rests` as far as the certificate is.
    pub bound: f64,
    /// Whether `bound` adds to the certificate's; else it is proved straight against the target.
    pub rests: bool,
    /// The same for every real x of the domain that is rounded to the nearest input: proved; `None` where it is not.
    pub bound_real: Option<f64>,
    table: Table,
}

/// `2^n`; the exponents here are far from the format's ends.
fn power_of_two(n: i32) -> f64 {
    f64::from_bits(((1023 + n) as u64) << 52)
}

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
    let plan = plan(network)?;
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

impl Table {
    fn none() -> Table {
        Table::Steps { thresholds: Vec::new(), values: Vec::new() }
    }
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

impl Fixed {
    /// The point of an input, within the domain.
    fn point(&self, q: i64, plan: &Plan) -> f64 {
        let layout = plan.layout();
        (q as f64 * power_of_two(-self.input_bits)).clamp(layout.lo, layout.hi)
    }

    /// What the C function gives for an input.
    pub fn value(&self, q: i64) -> i64 {
        self.look_up(&self.table, q.clamp(self.inputs.0, self.inputs.1))
    }

    fn look_up(&self, table: &Table, q: i64) -> i64 {
        match table {
            Table::Steps { thresholds, values } => values[thresholds.partition_point(|t| *t <= q)],
            Table::Knots { shift, raised } => {
                let offset = q - self.inputs.0;
                let (k, r) = ((offset >> shift) as usize, offset & ((1 << shift) - 1));
                // Below 2^63: a knot has at most 32 bits, the shift is at most 31.
                let sum = raised[k] * ((1 << shift) - r) + raised[k + 1] * r + ((1 << shift) >> 1);
                (sum >> shift) - (self.width.largest() + 1)
            }
        }
    }

    /// Numbers in the table.
    pub fn size(&self) -> usize {
        match &self.table {
            Table::Steps { thresholds, values } => thresholds.len() + values.len(),
            Table::Knots { raised, .. } => raised.len(),
        }
    }
}
