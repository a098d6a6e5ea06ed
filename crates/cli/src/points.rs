//! Points in and values out, block by block, so that inputs larger than memory stream through. CSV and NPY.

use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::context::output_error;
use crate::files::{self, Replacement};
use crate::{Context, Failure};

/// Points per block: half a megabyte of numbers, enough to share out over threads.
pub const BLOCK: usize = 65_536;

/// Where points come from.
pub enum Source<'a> {
    /// A list.
    List(std::vec::IntoIter<f64>),
    /// Equally spaced.
    #[allow(missing_docs)]
    Grid { lo: f64, hi: f64, count: u64, next: u64 },
    /// The first column of a CSV text.
    #[allow(missing_docs)]
    Csv { name: String, reader: Box<csv::Reader<Box<dyn Read + Send + 'a>>>, first: bool },
    /// A NumPy array.
    #[allow(missing_docs)]
    Npy { name: String, reader: Box<dyn Read + Send + 'a>, kind: Kind, left: u64 },
}

/// The number types that are read from NPY.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // NumPy's names
pub enum Kind {
    F8,
    F4,
    I8,
    I4,
}

impl<'a> Source<'a> {
    /// A file, by its extension; `-` is CSV on standard input.
    pub fn open(path: &Path, input: &'a mut (dyn Read + Send)) -> Result<Source<'a>, Failure> {
        if path == Path::new("-") {
            return Ok(Source::csv("standard input", Box::new(BufReader::new(input))));
        }
        let name = path.display().to_string();
        let file = std::fs::File::open(path)
            .map_err(|error| Failure::new(format!("cannot read {name}: {}", files::reason(&error))))?;
        let reader: Box<dyn Read + Send> = Box::new(BufReader::with_capacity(1 << 20, file));
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Ok(Source::csv(&name, reader)),
            Some("npy") => npy_source(name, reader),
            _ => Err(Failure::new(format!("{name}: points are read from .csv or .npy files, or - for CSV"))),
        }
    }

    fn csv(name: &str, reader: Box<dyn Read + Send + 'a>) -> Source<'a> {
        let reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(reader);
        Source::Csv { name: name.to_owned(), reader: Box::new(reader), first: true }
    }

    /// The next block, empty at the end.
    pub fn block(&mut self, points: &mut Vec<f64>) -> Result<(), Failure> {
        points.clear();
        match self {
            Source::List(list) => points.extend(list.take(BLOCK)),
            Source::Grid { lo, hi, count, next } => {
                let end = (*next + BLOCK as u64).min(*count);
                let last = (*count).max(2) - 1;
                let at = |k: u64| if k == last { *hi } else { *lo + (*hi - *lo) * (k as f64 / last as f64) };
                points.extend((*next..end).map(at));
                *next = end;
            }
            Source::Csv { name, reader, first } => csv_block(name, reader, first, points)?,
            Source::Npy { name, reader, kind, left } => npy_block(name, reader, *kind, left, points)?,
        }
        Ok(())
    }
}

fn csv_block(
    name: &str,
    reader: &mut csv::Reader<impl Read>,
    first: &mut bool,
    points: &mut Vec<f64>,
) -> Result<(), Failure> {
    let mut record = csv::ByteRecord::new();
    while points.len() < BLOCK {
        let more = reader.read_byte_record(&mut record).map_err(|error| Failure::new(format!("{name}: {error}")))?;
        if !more {
            return Ok(());
        }
        let text = String::from_utf8_lossy(record.get(0).unwrap_or_default()).into_owned();
        match text.parse::<f64>() {
            Ok(value) => points.push(value),
            Err(_) if *first => {} // a header
            Err(_) => {
                // The record's own position is that before any blank lines; the reader stands at the end of its line.
                let line = reader.position().line().saturating_sub(1).max(1);
                return Err(Failure::new(format!("{name}:{line}:1: `{}` is not a number", text.escape_debug())));
            }
        }
        *first = false;
    }
    Ok(())
}

/// Reads the header of a NumPy array (format versions 1 to 3), one-dimensional or a single column.
fn npy_source<'a>(name: String, mut reader: Box<dyn Read + Send + 'a>) -> Result<Source<'a>, Failure> {
    let problem = |what: &str| Failure::new(format!("{name}: {what}"));
    let mut start = [0; 8];
    reader.read_exact(&mut start).map_err(|_| problem("not an NPY file: too short"))?;
    if &start[..6] != b"\x93NUMPY" {
        return Err(problem("not an NPY file"));
    }
    let mut length = [0; 4];
    let bytes = if start[6] == 1 { 2 } else { 4 };
    reader.read_exact(&mut length[..bytes]).map_err(|_| problem("not an NPY file: too short"))?;
    let length = u32::from_le_bytes(length) as usize;
    if length > 1 << 16 {
        return Err(problem("not an NPY file: its header is too long"));
    }
    let mut header = vec![0; length];
    reader.read_exact(&mut header).map_err(|_| problem("not an NPY file: too short"))?;
    let header = String::from_utf8_lossy(&header).replace(' ', "");
    let kind = match header.split("'descr':'").nth(1).and_then(|rest| rest.split('\'').next()) {
        Some("<f8") => Kind::F8,
        Some("<f4") => Kind::F4,
        Some("<i8") => Kind::I8,
        Some("<i4") => Kind::I4,
        other => return Err(problem(&format!("arrays of {} are not read; save float64", other.unwrap_or("?")))),
    };
    let shape = header.split("'shape':(").nth(1).and_then(|rest| rest.split(')').next()).unwrap_or_default();
    let sizes: Option<Vec<u64>> =
        shape.split(',').filter(|size| !size.is_empty()).map(|size| size.parse().ok()).collect();
    match sizes.as_deref() {
        Some([left] | [left, 1]) => Ok(Source::Npy { name, reader, kind, left: *left }),
        _ => Err(problem(&format!("an array of shape ({shape}) is not a list of points; one dimension is needed"))),
    }
}

fn npy_block(
    name: &str,
    reader: &mut impl Read,
    kind: Kind,
    left: &mut u64,
    points: &mut Vec<f64>,
) -> Result<(), Failure> {
    let count = (*left).min(BLOCK as u64) as usize;
    let width = if matches!(kind, Kind::F8 | Kind::I8) { 8 } else { 4 };
    let mut bytes = vec![0; count * width];
    reader
        .read_exact(&mut bytes)
        .map_err(|_| Failure::new(format!("{name}: the file ends {left} numbers too early")))?;
    let (words, _) = bytes.as_chunks::<4>();
    let (longs, _) = bytes.as_chunks::<8>();
    match kind {
        Kind::F8 => points.extend(longs.iter().map(|b| f64::from_le_bytes(*b))),
        Kind::I8 => points.extend(longs.iter().map(|b| i64::from_le_bytes(*b) as f64)),
        Kind::F4 => points.extend(words.iter().map(|b| f64::from(f32::from_le_bytes(*b)))),
        Kind::I4 => points.extend(words.iter().map(|b| f64::from(i32::from_le_bytes(*b)))),
    }
    *left -= count as u64;
    Ok(())
}

/// Where values go.
pub enum Sink<'a> {
    /// CSV, on standard output or in a file.
    Text(Box<dyn Write + Send + 'a>),
    /// CSV in a file that appears when it is finished.
    #[allow(missing_docs)]
    Csv { path: PathBuf, file: BufWriter<Replacement> },
    /// A NumPy array: its length is written into the header at the end.
    #[allow(missing_docs)]
    Npy { path: PathBuf, file: BufWriter<Replacement>, rows: u64, columns: usize },
}

/// Length of the NPY header with room for any length of the array; a multiple of 64 as the format asks.
const NPY_HEADER: usize = 128;

impl<'a> Sink<'a> {
    /// A file by its extension, or standard output; the first row of a CSV names the columns.
    pub fn open(output: Option<&Path>, names: &[&str], context: &'a mut Context<'_>) -> Result<Sink<'a>, Failure> {
        let header = names.join(",") + "\n";
        let Some(path) = output else {
            context.write(&header)?;
            return Ok(Sink::Text(Box::new(&mut context.out)));
        };
        let file = || Ok::<_, Failure>(BufWriter::with_capacity(1 << 20, Replacement::new(path)?));
        let failed = |error: std::io::Error| files::cannot_write(path, &error);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => {
                let mut file = file()?;
                file.write_all(header.as_bytes()).map_err(failed)?;
                Ok(Sink::Csv { path: path.to_owned(), file })
            }
            Some("npy") => {
                let mut file = file()?;
                file.write_all(&[0; NPY_HEADER]).map_err(failed)?;
                Ok(Sink::Npy { path: path.to_owned(), file, rows: 0, columns: names.len() - 1 })
            }
            _ => Err(Failure::new(format!("{}: values are written to .csv or .npy files", path.display()))),
        }
    }

    /// Writes a block: the points, then a list for each further column. NPY holds the further columns only.
    pub fn block(&mut self, points: &[f64], columns: &[&[f64]]) -> Result<(), Failure> {
        match self {
            Sink::Text(out) => out.write_all(&rows(points, columns)).map_err(output_error),
            Sink::Csv { path, file } => {
                file.write_all(&rows(points, columns)).map_err(|e| files::cannot_write(path, &e))
            }
            Sink::Npy { path, file, rows, .. } => {
                *rows += points.len() as u64;
                let mut bytes = Vec::with_capacity(points.len() * columns.len() * 8);
                for row in 0..points.len() {
                    columns.iter().for_each(|column| bytes.extend(column[row].to_le_bytes()));
                }
                file.write_all(&bytes).map_err(|error| files::cannot_write(path, &error))
            }
        }
    }

    /// Finishes the file.
    pub fn finish(self) -> Result<(), Failure> {
        match self {
            Sink::Text(mut out) => out.flush().map_err(output_error),
            Sink::Csv { path, file } => whole(&path, file)?.finish(),
            Sink::Npy { path, file, rows, columns } => {
                let mut file = whole(&path, file)?;
                file.seek(SeekFrom::Start(0))
                    .and_then(|_| file.write_all(&npy_header(rows, columns)))
                    .map_err(|error| files::cannot_write(&path, &error))?;
                file.finish()
            }
        }
    }
}

fn whole(path: &Path, file: BufWriter<Replacement>) -> Result<Replacement, Failure> {
    file.into_inner().map_err(|error| files::cannot_write(path, error.error()))
}

fn rows(points: &[f64], columns: &[&[f64]]) -> Vec<u8> {
    let mut text = Vec::with_capacity(points.len() * 24 * (columns.len() + 1));
    for (row, point) in points.iter().enumerate() {
        let _ = write!(text, "{point:?}"); // writing to memory cannot fail
        for column in columns {
            let _ = write!(text, ",{:?}", column[row]);
        }
        text.push(b'\n');
    }
    text
}

/// The header of a NumPy array of float64, format version 1.
fn npy_header(rows: u64, columns: usize) -> Vec<u8> {
    let shape = if columns == 1 { format!("({rows},)") } else { format!("({rows}, {columns})") };
    let text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    header.extend(((NPY_HEADER - 10) as u16).to_le_bytes());
    header.extend(text.bytes());
    header.resize(NPY_HEADER - 1, b' ');
    header.push(b'\n');
    header
}
