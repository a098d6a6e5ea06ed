//! CSV being written: the shortest decimals that read back as the same numbers.

use std::io::Write;

use bumpnet_ir::text::csv;
use rayon::prelude::*;

use crate::failure::Failure;
use crate::points::destination::Destination;

/// Rows that a thread formats at a time. Heuristic.
const ROWS: usize = 8192;

/// A text being written.
pub struct Writer<'a>(Destination<'a>);

impl<'a> Writer<'a> {
    /// Begins with a line of names.
    pub fn new(mut destination: Destination<'a>, names: &[&str]) -> Result<Writer<'a>, Failure> {
        let names: Vec<String> = names.iter().map(|name| csv(name)).collect();
        destination.put(format!("{}\n", names.join(",")).as_bytes())?;
        Ok(Writer(destination))
    }

    /// Appends rows, one number of each column a row.
    pub fn block(&mut self, columns: &[&[f64]]) -> Result<(), Failure> {
        let rows = columns.first().map_or(0, |column| column.len());
        let starts: Vec<usize> = (0..rows).step_by(ROWS).collect();
        let texts: Vec<Vec<u8>> =
            starts.par_iter().map(|start| lines(columns, *start..rows.min(start + ROWS))).collect();
        texts.iter().try_for_each(|text| self.0.put(text))
    }

    /// Finishes the text.
    pub fn finish(self) -> Result<(), Failure> {
        self.0.finish()
    }
}

fn lines(columns: &[&[f64]], rows: std::ops::Range<usize>) -> Vec<u8> {
    let mut text = Vec::with_capacity(rows.len() * columns.len() * 22);
    for row in rows {
        for column in columns {
            push(&mut text, column[row]);
            text.push(b',');
        }
        text.pop();
        text.push(b'\n');
    }
    text
}

/// Appends the shortest decimal that reads back as this number, laid out as `{:?}` does.
fn push(text: &mut Vec<u8>, value: f64) {
    if (1e-4..1e16).contains(&value.abs()) {
        text.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else {
        let _ = write!(text, "{value:?}"); // writing to memory cannot fail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: f64) -> String {
        let mut text = Vec::new();
        push(&mut text, value);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_are_written_as_debug_writes_them() {
        let edges =
            [0.0, 1e-5, 1e-4, 1e-3, 0.1, 1.0, 10.0, 1e15, 1e16, 1e17, 5e-324, f64::MAX, 123_456_789_012_345_680.0];
        let near = edges.iter().flat_map(|x| [x.next_down(), *x, x.next_up()]);
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE];
        let mut state = 1u64;
        let random = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state
        });
        // All exponents, and those between 1e-5 and 1e17 again.
        let bits = random.take(200_000).flat_map(|bits| {
            let exponent = 1006 + (bits >> 52) % 75;
            [f64::from_bits(bits), f64::from_bits(bits << 12 >> 12 | exponent << 52)]
        });
        for value in near.chain(odd).chain(bits).flat_map(|value| [value, -value]) {
            let (ours, debug) = (text(value), format!("{value:?}"));
            // Of two shortest decimals that are equally near, ours is the even one.
            let tie = ours.len() == debug.len() && ours[..ours.len() - 1] == debug[..debug.len() - 1];
            assert!(
                ours == debug || (tie && ours.parse() == Ok(value) && ours.ends_with(['0', '2', '4', '6', '8'])),
                "{ours} {debug}"
            );
        }
    }
}
