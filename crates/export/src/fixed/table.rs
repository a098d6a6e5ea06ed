//! A network in fixed point: its table, and how the C function looks values up in it.

use bumpnet_plan::Plan;

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

/// How an input becomes a value.
#[derive(Clone, PartialEq, Debug)]
pub enum Table {
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
    pub(super) table: Table,
}

/// `2^n`; the exponents here are far from the format's ends.
pub fn power_of_two(n: i32) -> f64 {
    f64::from_bits(((1023 + n) as u64) << 52)
}

impl Table {
    pub fn none() -> Table {
        Table::Steps { thresholds: Vec::new(), values: Vec::new() }
    }
}

impl Fixed {
    /// The point of an input, within the domain.
    pub(super) fn point(&self, q: i64, plan: &Plan) -> f64 {
        let layout = plan.layout();
        (q as f64 * power_of_two(-self.input_bits)).clamp(layout.lo, layout.hi)
    }

    /// What the C function gives for an input.
    pub fn value(&self, q: i64) -> i64 {
        self.look_up(&self.table, q.clamp(self.inputs.0, self.inputs.1))
    }

    pub(super) fn look_up(&self, table: &Table, q: i64) -> i64 {
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
