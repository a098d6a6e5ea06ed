//! CSV: lines are parsed and formatted in parallel, in order.
//!
//! Chunks of whole lines are split among threads. Where a quote shows, or a line that ends in a carriage return alone,
//! lines may not be records, and the `csv` crate takes over from there.

use std::io::{Cursor, Read, Write};

use memchr::{memchr, memchr_iter, memchr2_iter, memrchr};
use rayon::prelude::*;

use super::destination::{BLOCK, Destination};
use crate::failure::Failure;
use crate::files;

/// Bytes read at a time: some hundred thousand numbers, enough to share out over threads. Heuristic.
const CHUNK: usize = 1 << 22;
/// Bytes that a thread parses at a time. Heuristic.
const PIECE: usize = 1 << 17;
/// Rows that a thread formats at a time. Heuristic.
const ROWS: usize = 8192;
/// Longest line. Heuristic: it keeps a file without line ends from filling the memory.
const MAX_LINE: usize = 1 << 26;
/// Characters of a field that are shown in a message.
const SHOWN: usize = 60;

type Input<'a> = Box<dyn Read + Send + 'a>;

/// A text being read: the first columns are the points, or those that a header names; of one input always the first.
pub struct Reader<'a> {
    name: String,
    input: Option<Input<'a>>,
    /// What was read and holds no whole line yet.
    pending: Vec<u8>,
    /// Lines before that.
    lines: u64,
    /// Whether a header may come.
    first: bool,
    read: u64,
    total: Option<u64>,
    records: Option<Box<csv::Reader<Records<'a>>>>,
    /// The inputs' names, and the columns that they stand in.
    names: Vec<String>,
    columns: Vec<usize>,
}

type Records<'a> = std::io::Chain<Cursor<Vec<u8>>, Input<'a>>;

impl<'a> Reader<'a> {
    /// A text of so many bytes, where that is known.
    pub fn new(name: &str, input: Input<'a>, total: Option<u64>, names: Vec<String>) -> Reader<'a> {
        let (name, pending, columns) = (name.to_owned(), Vec::new(), (0..names.len()).collect());
        Reader {
            name,
            input: Some(input),
            pending,
            lines: 0,
            first: true,
            read: 0,
            total,
            records: None,
            names,
            columns,
        }
    }

    /// How many bytes were read, of how many.
    pub fn progress(&self) -> Option<(u64, u64)> {
        self.total.map(|total| (self.read, total))
    }

    /// The next block.
    pub fn block(&mut self, points: &mut Vec<f64>) -> Result<(), Failure> {
        while points.is_empty() {
            if self.records.is_some() {
                return self.record_block(points);
            }
            let whole = self.fill()?;
            if whole == 0 {
                return Ok(());
            }
            if self.names.len() == 1 && lines_are_records(&self.pending[..whole]) {
                self.parse(whole, points)?;
                self.lines += memchr_iter(b'\n', &self.pending[..whole]).count() as u64;
                self.pending.drain(..whole);
            } else {
                let rest: Input<'a> = self.input.take().unwrap_or_else(|| Box::new(std::io::empty()));
                let bytes = Cursor::new(std::mem::take(&mut self.pending)).chain(rest);
                let mut builder = csv::ReaderBuilder::new();
                builder.has_headers(false).flexible(true).trim(csv::Trim::All);
                self.records = Some(Box::new(builder.from_reader(bytes)));
            }
        }
        Ok(())
    }

    /// Reads on until there is a whole line, and then as many as come at once; their length.
    fn fill(&mut self) -> Result<usize, Failure> {
        let start = self.lines == 0 && self.pending.is_empty();
        while let Some(input) = &mut self.input {
            let before = self.pending.len();
            let count = input.take(CHUNK as u64).read_to_end(&mut self.pending);
            let count =
                count.map_err(|error| Failure::new(format!("cannot read {}: {}", self.name, files::reason(&error))))?;
            self.read += count as u64;
            if count < CHUNK {
                self.input = None;
            }
            if start && self.pending.starts_with(b"\xef\xbb\xbf") {
                self.pending.drain(..3); // a byte order mark
            }
            if let (Some(last), Some(_)) =
                (memrchr(b'\n', &self.pending[before.min(self.pending.len())..]), &self.input)
            {
                return Ok(before + last + 1);
            }
            if self.pending.len() > MAX_LINE {
                let line = self.lines + 1;
                return Err(Failure::new(format!("{}:{line}: a line of more than {MAX_LINE} bytes", self.name)));
            }
        }
        Ok(self.pending.len())
    }

    /// The numbers of so many bytes, which are whole lines.
    fn parse(&mut self, whole: usize, points: &mut Vec<f64>) -> Result<(), Failure> {
        let chunk = &self.pending[..whole];
        let mut start = 0;
        while self.first && start < whole {
            let end = memchr(b'\n', &chunk[start..]).map_or(whole, |length| start + length + 1);
            match number(&chunk[start..end]) {
                Some(Ok(_)) => self.first = false,
                Some(Err(_)) => (self.first, start) = (false, end), // a header
                None => start = end,
            }
        }
        let pieces: Vec<&[u8]> = pieces(&chunk[start..]).collect();
        let parsed: Vec<Result<Vec<f64>, &[u8]>> = pieces.par_iter().map(|piece| numbers(piece)).collect();
        for (piece, parsed) in pieces.iter().zip(parsed) {
            points.extend(parsed.map_err(|field| {
                // The field lies in this piece, and the piece in the chunk.
                let offset = |inner: &[u8], outer: &[u8]| inner.as_ptr().addr() - outer.as_ptr().addr();
                let before = offset(piece, chunk) + offset(field, piece);
                let line = self.lines + memchr_iter(b'\n', &chunk[..before]).count() as u64 + 1;
                not_a_number(&self.name, line, field)
            })?);
        }
        Ok(())
    }

    /// The next block by way of the `csv` crate.
    fn record_block(&mut self, points: &mut Vec<f64>) -> Result<(), Failure> {
        let Some(records) = &mut self.records else { return Ok(()) };
        let mut record = csv::ByteRecord::new();
        while points.len() < BLOCK * self.names.len() {
            let more = records.read_byte_record(&mut record);
            if !more.map_err(|error| Failure::new(format!("{}: {error}", self.name)))? {
                break;
            }
            let start = points.len();
            for &column in &self.columns {
                let field = record.get(column).unwrap_or_default();
                match parsed(field) {
                    Some(value) => points.push(value),
                    None if self.first => {
                        // A header; where it names all inputs, these are the columns.
                        let place = |name: &String| record.iter().position(|field| field == name.as_bytes());
                        if let Some(columns) = self.names.iter().map(place).collect() {
                            self.columns = columns;
                        }
                        points.truncate(start);
                        break;
                    }
                    None => {
                        // The record's own position is that before any blank lines; the reader stands at the end of its line.
                        let line = self.lines + records.position().line().saturating_sub(1).max(1);
                        return Err(not_a_number(&self.name, line, field));
                    }
                }
            }
            self.first = false;
        }
        Ok(())
    }
}

fn not_a_number(name: &str, line: u64, field: &[u8]) -> Failure {
    let text: String = String::from_utf8_lossy(field).chars().take(SHOWN).collect();
    Failure::new(format!("{name}:{line}:1: `{}` is not a number", text.escape_debug()))
}

/// Whether each line is a record: no quotes, and no carriage return but before a line feed or at the very end.
fn lines_are_records(chunk: &[u8]) -> bool {
    memchr2_iter(b'"', b'\r', chunk).all(|at| chunk[at] == b'\r' && matches!(chunk.get(at + 1), None | Some(b'\n')))
}

/// Whole lines, [`PIECE`] bytes of them and a little more at a time.
fn pieces(mut chunk: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let rest = chunk.get(PIECE..).and_then(|rest| memchr(b'\n', rest));
        let (piece, after) = chunk.split_at(rest.map_or(chunk.len(), |end| PIECE + end + 1));
        chunk = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The numbers of whole lines, or the first field that is none.
fn numbers(piece: &[u8]) -> Result<Vec<f64>, &[u8]> {
    let mut numbers = Vec::with_capacity(piece.len() / 16);
    let mut start = 0;
    let ends = memchr_iter(b'\n', piece).chain(std::iter::once(piece.len()));
    for end in ends {
        if let Some(value) = number(&piece[start..end]) {
            numbers.push(value?);
        }
        start = (end + 1).min(piece.len());
    }
    Ok(numbers)
}

/// The number of a line, or the field that is none; `None` for an empty line.
fn number(line: &[u8]) -> Option<Result<f64, &[u8]>> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return None;
    }
    let field = line[..memchr(b',', line).unwrap_or(line.len())].trim_ascii();
    Some(parsed(field).ok_or(field))
}

fn parsed(field: &[u8]) -> Option<f64> {
    fast_float2::parse(field).ok()
}

/// A text being written.
pub struct Writer<'a>(Destination<'a>);

impl<'a> Writer<'a> {
    /// Begins with a line of names.
    pub fn new(mut destination: Destination<'a>, names: &[&str]) -> Result<Writer<'a>, Failure> {
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

    /// The parser takes what the standard library's takes, as the same number.
    #[test]
    fn numbers_are_those_of_the_standard_library() {
        let odd = [
            "",
            "+",
            "-",
            ".",
            "e",
            "1e",
            "1e+",
            ".5",
            "5.",
            "-.5e-3",
            "+1",
            "1_0",
            "0x1",
            "inf",
            "-INF",
            "Infinity",
            "infinit",
            "nan",
            "NaN",
            "-nan",
            "1e400",
            "1e-400",
            "1d0",
            " 1",
            "1 ",
            "--1",
            "00.10",
            "1E5",
            "٣",
            "1f64",
            "123456789012345678901234567890",
            "9007199254740993",
            "2.2250738585072011e-308",
            "4.9e-324",
            "2e-324",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "0.1000000000000000055511151231257827021181583404541015625",
        ];
        for text in odd {
            let ours = parsed(text.as_bytes()).map(f64::to_bits);
            assert_eq!(ours, text.parse().ok().map(f64::to_bits), "{text:?}");
        }
    }

    /// What the reader makes of a text, in chunks or not, is what the `csv` crate makes of it.
    #[test]
    fn lines_and_records_agree() {
        for chunk in [
            "1\n2\n",
            "1",
            "\n\n1\r\n\r\n2\r\n",
            "x\n1",
            "\u{feff}x\n1\n",
            "1,2\n 3 ,4\n,\n",
            " \n1\n",
            "x\ny\n1\n",
            "1\r2\r",
            "1\r",
            "\"1\"\n2\n",
            "x\n\"1\n",
            "1\n2\"\n",
            "1\n\n\n?\n",
            "1\n\n\"\n\"\n3\n",
            "inf\nNaN\n-0\n+1e3\n",
        ] {
            let read = |quoted: bool| {
                let mut reader = Reader::new("a", Box::new(chunk.as_bytes()), None, vec!["x".to_owned()]);
                if quoted {
                    let mut builder = csv::ReaderBuilder::new();
                    builder.has_headers(false).flexible(true).trim(csv::Trim::All);
                    let bytes = Cursor::new(Vec::new()).chain(Box::new(chunk.as_bytes()) as Input<'_>);
                    reader.records = Some(Box::new(builder.from_reader(bytes)));
                }
                let mut points = Vec::new();
                let end = reader.block(&mut points).map_err(|failure| format!("{failure:?}"));
                end.map(|()| points.iter().map(|x| x.to_bits()).collect::<Vec<_>>())
            };
            assert_eq!(read(false), read(true), "{chunk:?}");
        }
    }

    #[test]
    fn pieces_are_whole_lines() {
        let text = "0.125\n".repeat(PIECE / 2) + "7";
        let cut: Vec<&[u8]> = pieces(text.as_bytes()).collect();
        assert!(cut.len() > 2 && cut.concat() == text.as_bytes());
        assert!(cut[..cut.len() - 1].iter().all(|piece| piece.ends_with(b"\n") && piece.len() < PIECE + 8));
        assert_eq!(cut.iter().map(|piece| numbers(piece).unwrap().len()).sum::<usize>(), PIECE / 2 + 1);
    }
}
