//! CSV: lines are parsed and formatted in parallel, in order.
//!
//! A line is a record; fields may stand in quotes, but no line break may. The first line that is not empty is a header if
//! it names the inputs, or else a point. Whatever is neither is refused with its line: nothing is guessed, and no line is
//! left out but empty ones.

mod line;
mod writer;

use std::io::Read;

use bumpnet_ir::Diagnostic;
use memchr::{memchr, memchr_iter, memrchr};
use rayon::prelude::*;

use crate::context::plural;
use crate::failure::Failure;
use crate::files;
use line::{Columns, LineProblem, content, first};
pub use writer::Writer;

/// Bytes read at a time: some hundred thousand numbers, enough to share out over threads. Heuristic.
const CHUNK: usize = 1 << 22;
/// Bytes that a thread parses at a time. Heuristic.
const PIECE: usize = 1 << 17;
/// Longest line. Heuristic: it keeps a file without line ends from filling the memory.
const MAX_LINE: usize = 1 << 26;

type Input<'a> = Box<dyn Read + Send + 'a>;

/// A text being read: its columns are the inputs, or a header says which of them are.
pub struct Reader<'a> {
    name: String,
    input: Option<Input<'a>>,
    /// What was read and holds no whole line yet.
    pending: Vec<u8>,
    /// Lines before that.
    lines: usize,
    read: u64,
    total: Option<u64>,
    /// The inputs' names.
    names: Vec<String>,
    /// What the first line says; `None` before it is read.
    layout: Option<Columns>,
}

impl<'a> Reader<'a> {
    /// A text of so many bytes, where that is known.
    pub fn new(name: &str, input: Input<'a>, total: Option<u64>, names: Vec<String>) -> Reader<'a> {
        let (name, input, pending) = (name.to_owned(), Some(input), Vec::new());
        Reader { name, input, pending, lines: 0, read: 0, total, names, layout: None }
    }

    /// How many bytes were read, of how many.
    pub fn progress(&self) -> Option<(u64, u64)> {
        self.total.map(|total| (self.read, total))
    }

    /// The next block.
    pub fn block(&mut self, points: &mut Vec<f64>) -> Result<(), Failure> {
        while points.is_empty() {
            let whole = self.fill()?;
            if whole == 0 {
                return Ok(());
            }
            self.parse(whole, points)?;
            self.lines += memchr_iter(b'\n', &self.pending[..whole]).count();
            self.pending.drain(..whole);
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

    /// The points of so many bytes, which are whole lines.
    fn parse(&mut self, whole: usize, points: &mut Vec<f64>) -> Result<(), Failure> {
        let chunk = &self.pending[..whole];
        let mut start = 0;
        while self.layout.is_none() && start < whole {
            let end = memchr(b'\n', &chunk[start..]).map_or(whole, |length| start + length + 1);
            if let Some(line) = content(&chunk[start..end]) {
                let (layout, is_header) = first(line, &self.names).map_err(|fault| self.failed(chunk, line, fault))?;
                self.layout = Some(layout);
                if !is_header {
                    break;
                }
            }
            start = end;
        }
        let Some(layout) = &self.layout else { return Ok(()) };
        let pieces: Vec<&[u8]> = pieces(&chunk[start..]).collect();
        let parsed: Vec<_> = pieces.par_iter().map(|piece| layout.points(piece)).collect();
        for parsed in parsed {
            points.extend(parsed.map_err(|(line, fault)| self.failed(chunk, line, fault))?);
        }
        Ok(())
    }

    /// The failure at a line of the chunk.
    fn failed(&self, chunk: &[u8], line: &[u8], LineProblem { place, message }: LineProblem) -> Failure {
        let before = line.as_ptr().addr() - chunk.as_ptr().addr();
        let number = self.lines + memchr_iter(b'\n', &chunk[..before]).count() + 1;
        let header = self.names.iter().map(|name| bumpnet_ir::text::csv(name)).collect::<Vec<_>>().join(",");
        let help = match self.layout.is_none() {
            true => format!("begin with a point, or with the line `{header}`"),
            false => format!("a line is one point: {}", plural(self.names.len(), "number")),
        };
        Failure::line(&self.name, number, line, Diagnostic::new(place, message).help(help))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader makes of a text, or the line and the words of its refusal.
    fn read(text: &str, names: &[&str]) -> Result<Vec<f64>, String> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let mut reader = Reader::new("a", Box::new(text.as_bytes()), None, names);
        let mut points = Vec::new();
        reader.block(&mut points).map(|()| points).map_err(|failure| failure.to_string())
    }

    #[test]
    fn points_of_all_kinds() {
        for text in [
            "1\n-2\n",
            "x\n1\n-2",
            "\n\n1\r\n\r\n-2\r\n",
            "\u{feff}x\n1\n-2\n",
            " 1 \n\"-2\"\n",
            "y,x\nwords,1\n\"a,\"\"b\",-2",
            "\"x\"\n1\n-2",
        ] {
            assert_eq!(read(text, &["x"]), Ok(vec![1.0, -2.0]), "{text:?}");
        }
        for text in ["1,2\n3,4\n", "x,y\n1,2\n3,4", "y,z,x\n2,,1\n4,?,3", " x , y \n 1 , 2\n3,\" 4\""] {
            assert_eq!(read(text, &["x", "y"]), Ok(vec![1.0, 2.0, 3.0, 4.0]), "{text:?}");
        }
        for text in ["", "\n\r\n", "x", "x\n\n"] {
            assert_eq!(read(text, &["x"]), Ok(vec![]), "{text:?}");
        }
        assert!(read("inf\n-inf\nNaN\n-0\n", &["x"]).is_ok_and(|points| points.len() == 4));
    }

    /// Nothing is guessed and nothing is left out.
    #[test]
    fn what_is_no_point_is_refused() {
        let first = "a:1: the first line is neither a point nor a header that names `x`";
        for (text, words) in [
            ("0x10\n1\n", first),
            ("1_000\n1\n", first),
            ("t\n1\n", first),
            ("X\n1\n", first),
            ("\n\nt\n1\n", "a:3: the first line"),
            ("x\n0x10\n", "a:2: `0x10` is not a number"),
            ("1\n\n2,3\n", "a:3: the line has 2 columns, not 1"),
            ("1,2\n", "a:1: the line has 2 columns, not 1"),
            ("x,y\n1,2\n3\n", "a:3: the line has 1 column, not 2"),
            ("x,x\n1,2\n", "a:1: two columns are named `x`"),
            ("1\n\"2\n3\n4\n", "a:2: this quote is not closed on its line"),
            ("x,\"y\n1,2\n", "a:1: this quote is not closed on its line"),
            ("x,y\n1,\"2\n3,4\n", "a:2: this quote is not closed on its line"),
            ("x,y\n1,\"2\"3\n", "a:2: there is text behind a quoted field"),
            ("1e400\n", "a:1: `1e400` is beyond the largest binary64"),
            ("1\n-1e400\n", "a:2: `-1e400` is beyond the largest binary64"),
            ("1\r2\r", "a:1: a carriage return alone ends no line"),
            ("1\n \n2\n", "a:2: `` is not a number"),
            ("1\n\u{0}\n", "a:2: `\\u{0}` is not a number"),
        ] {
            let refusal = read(text, &["x"]).unwrap_err();
            assert!(refusal.starts_with(words), "{text:?}: {refusal}");
        }
        for (text, words) in [
            ("1\n2\n", "a:1: the line has 1 column, not 2"),
            ("1,2,3\n", "a:1: the line has 3 columns, not 2"),
            ("x,t\n1,2\n", "a:1: the first line is neither a point nor a header that names `y`"),
            ("1,2\n3\n", "a:2: the line has 1 column, not 2"),
        ] {
            let refusal = read(text, &["x", "y"]).unwrap_err();
            assert!(refusal.starts_with(words), "{text:?}: {refusal}");
        }
    }

    #[test]
    fn pieces_are_whole_lines() {
        let text = "0.125\n".repeat(PIECE / 2) + "7";
        let layout = first(b"1", &["x".to_owned()]).unwrap().0;
        let cut: Vec<&[u8]> = pieces(text.as_bytes()).collect();
        assert!(cut.len() > 2 && cut.concat() == text.as_bytes());
        assert!(cut[..cut.len() - 1].iter().all(|piece| piece.ends_with(b"\n") && piece.len() < PIECE + 8));
        assert_eq!(cut.iter().map(|piece| layout.points(piece).unwrap().len()).sum::<usize>(), PIECE / 2 + 1);
    }
}
