//! NumPy arrays: a header, then numbers as they lie in memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use bumpnet_ir::text::excerpt;

use super::destination::BLOCK;
use crate::context::plural;
use crate::failure::Failure;
use crate::files::{self, Replacement};

/// Longest header that is read; NumPy's own have at most some hundred bytes for arrays of numbers.
const MAX_HEADER: usize = 1 << 16;

/// Characters of a header that are shown in a message.
const SHOWN: usize = 60;

/// The number types that are read.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // NumPy's names
enum Kind {
    F8,
    F4,
    I8,
    I4,
}

impl Kind {
    /// Bytes of a number.
    fn width(self) -> usize {
        if matches!(self, Kind::F8 | Kind::I8) { 8 } else { 4 }
    }
}

/// An array being read.
pub struct NpyReader {
    name: String,
    file: File,
    kind: Kind,
    total: u64,
    left: u64,
    /// Numbers of a point.
    inputs: u64,
    bytes: Vec<u8>,
}

impl NpyReader {
    /// Reads the header (format versions 1 to 3) of an array of one dimension or a single column; for several inputs of one
    /// row for each point.
    pub fn new(name: String, mut file: File, inputs: u64) -> Result<NpyReader, Failure> {
        let problem = |what: &str| Failure::new(format!("{name}: {what}"));
        let (header, start) = header(&mut file).map_err(|what| problem(&what))?;
        let kind = match header.split("'descr':'").nth(1).and_then(|rest| rest.split('\'').next()) {
            Some("<f8") => Kind::F8,
            Some("<f4") => Kind::F4,
            Some("<i8") => Kind::I8,
            Some("<i4") => Kind::I4,
            other => {
                let kind = excerpt(other.unwrap_or("?"), SHOWN);
                return Err(problem(&format!("arrays of {kind} are not read; save float64")));
            }
        };
        let shape = header.split("'shape':(").nth(1).and_then(|rest| rest.split(')').next()).unwrap_or_default();
        let sizes: Option<Vec<u64>> =
            shape.split(',').filter(|size| !size.is_empty()).map(|size| size.parse().ok()).collect();
        let shape = excerpt(shape, SHOWN);
        let ordered = header.contains("'fortran_order':False");
        let rows = match sizes.as_deref() {
            Some([total] | [total, 1]) if inputs == 1 => Ok(*total),
            Some([rows, columns]) if *columns == inputs && ordered => Ok(*rows),
            _ if inputs == 1 => {
                Err(problem(&format!("an array of shape ({shape}) is not a list of points; one dimension is needed")))
            }
            _ => Err(problem(&format!(
                "an array of shape ({shape}) is not a list of points of {inputs} inputs; (points, {inputs}) in C order is needed"
            ))),
        };
        let total = rows?
            .checked_mul(inputs)
            .ok_or_else(|| problem(&format!("an array of shape ({shape}) has more numbers than a file can hold")))?;
        // All of it is there and nothing else is, before anything is made of it.
        let there = file.metadata().map_err(|error| problem(&files::reason(&error)))?.len().saturating_sub(start);
        let needed = total.saturating_mul(kind.width() as u64);
        if there < needed {
            let missing = (needed - there).div_ceil(kind.width() as u64);
            return Err(problem(&format!(
                "the file ends {} too early; save the array anew",
                plural(missing as usize, "number")
            )));
        }
        if there > needed {
            let more = plural((there - needed) as usize, "byte");
            return Err(problem(&format!("{more} behind the {total} numbers of its header; save the array anew")));
        }
        Ok(NpyReader { name, file, kind, total, left: total, inputs, bytes: Vec::new() })
    }

    /// How many points there are, and how many of them were read.
    pub fn progress(&self) -> (u64, u64) {
        (self.total - self.left, self.total)
    }

    /// The next block. Its bytes come in one call of the system, and are copied once.
    pub fn block(&mut self, points: &mut Vec<f64>) -> Result<(), Failure> {
        let count = self.left.min(BLOCK as u64 * self.inputs) as usize;
        self.bytes.resize(count * self.kind.width(), 0);
        let left = self.left;
        let name = &self.name;
        self.file.read_exact(&mut self.bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                Failure::new(format!("{name}: the file ends {left} numbers too early"))
            }
            _ => Failure::new(format!("cannot read {name}: {}", files::reason(&error))),
        })?;
        let (words, _) = self.bytes.as_chunks::<4>();
        let (longs, _) = self.bytes.as_chunks::<8>();
        match self.kind {
            Kind::F8 => points.extend(longs.iter().map(|b| f64::from_le_bytes(*b))),
            Kind::I8 => points.extend(longs.iter().map(|b| i64::from_le_bytes(*b) as f64)),
            Kind::F4 => points.extend(words.iter().map(|b| f64::from(f32::from_le_bytes(*b)))),
            Kind::I4 => points.extend(words.iter().map(|b| f64::from(i32::from_le_bytes(*b)))),
        }
        self.left -= count as u64;
        Ok(())
    }
}

/// The text of the header, without its blanks, and where the numbers begin.
fn header(file: &mut File) -> Result<(String, u64), String> {
    let short = |_| "not an NPY file: too short".to_owned();
    let mut start = [0; 8];
    file.read_exact(&mut start).map_err(short)?;
    if &start[..6] != b"\x93NUMPY" {
        return Err("not an NPY file".to_owned());
    }
    let mut length = [0; 4];
    let bytes = match (start[6], start[7]) {
        (1, 0) => 2,
        (2 | 3, 0) => 4,
        (major, minor) => return Err(format!("NPY of version {major}.{minor}; this version reads 1.0, 2.0 and 3.0")),
    };
    file.read_exact(&mut length[..bytes]).map_err(short)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_HEADER {
        return Err("not an NPY file: its header is too long".to_owned());
    }
    let mut header = vec![0; length];
    file.read_exact(&mut header).map_err(short)?;
    Ok((String::from_utf8_lossy(&header).replace(' ', ""), (start.len() + bytes + length) as u64))
}

/// Length of the written header with room for any length of the array; a multiple of 64 as the format asks.
const HEADER: usize = 128;

/// An array being written: its length is put into the header at the end.
pub struct NpyWriter {
    file: Replacement,
    rows: u64,
    columns: usize,
    bytes: Vec<u8>,
}

impl NpyWriter {
    /// Starts a file.
    pub fn new(path: &Path, columns: usize) -> Result<NpyWriter, Failure> {
        let mut file = Replacement::new(path)?;
        file.put(&[0; HEADER])?;
        Ok(NpyWriter { file, rows: 0, columns, bytes: Vec::new() })
    }

    /// Appends rows, one number of each column a row.
    pub fn block(&mut self, columns: &[&[f64]]) -> Result<(), Failure> {
        let rows = columns.first().map_or(0, |column| column.len());
        self.bytes.resize(rows * columns.len() * 8, 0);
        let (places, _) = self.bytes.as_chunks_mut::<8>();
        match columns {
            [only] => places.iter_mut().zip(*only).for_each(|(place, value)| *place = value.to_le_bytes()),
            _ => {
                for (row, places) in places.chunks_exact_mut(columns.len()).enumerate() {
                    places.iter_mut().zip(columns).for_each(|(place, column)| *place = column[row].to_le_bytes());
                }
            }
        }
        self.rows += rows as u64;
        self.file.put(&self.bytes)
    }

    /// Writes the header and finishes the file.
    pub fn finish(mut self) -> Result<(), Failure> {
        let header = self.header();
        let start = self.file.seek(SeekFrom::Start(0)).map(|_| ());
        start.and_then(|()| self.file.write_all(&header)).map_err(|error| self.file.failed(&error))?;
        self.file.finish()
    }

    /// The header of an array of float64, format version 1.
    fn header(&self) -> Vec<u8> {
        let (rows, columns) = (self.rows, self.columns);
        let shape = if columns == 1 { format!("({rows},)") } else { format!("({rows}, {columns})") };
        let text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
        let mut header = b"\x93NUMPY\x01\x00".to_vec();
        header.extend(((HEADER - 10) as u16).to_le_bytes());
        header.extend(text.bytes());
        header.resize(HEADER - 1, b' ');
        header.push(b'\n');
        header
    }
}
