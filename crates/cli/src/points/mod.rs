//! Points in and values out, block by block, so that inputs larger than memory stream through.

mod csv;
mod npy;
#[cfg(feature = "parquet")]
mod parquet;

use std::io::{Read, Write};
use std::path::Path;

use crate::context::output_error;
use crate::files::{self, Replacement};
use crate::{Context, Failure};

/// Points per block: half a megabyte of numbers, enough to share out over threads, and still in the cache when the next
/// stage takes them.
pub const BLOCK: usize = 65_536;

/// Where points come from.
pub enum Source<'a> {
    /// A list.
    List(std::vec::IntoIter<f64>),
    /// Equally spaced.
    #[allow(missing_docs)]
    Grid { lo: f64, hi: f64, count: u64, next: u64 },
    /// The first column of a CSV text.
    Csv(Box<csv::Reader<'a>>),
    /// A NumPy array.
    Npy(npy::Reader),
    /// A column of a Parquet file.
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::Reader>),
}

impl<'a> Source<'a> {
    /// A file, by its extension; `-` is CSV on standard input. A table's column is that of this name, or else the first
    /// of numbers.
    pub fn open(path: &Path, input: &'a mut (dyn Read + Send), column: &str) -> Result<Source<'a>, Failure> {
        if path == Path::new("-") {
            return Ok(Source::Csv(Box::new(csv::Reader::new("standard input", Box::new(input), None))));
        }
        let name = path.display().to_string();
        let file = std::fs::File::open(path)
            .map_err(|error| Failure::new(format!("cannot read {name}: {}", files::reason(&error))))?;
        match format(path) {
            Some(Format::Csv) => {
                let length = file.metadata().ok().filter(|known| known.is_file()).map(|known| known.len());
                Ok(Source::Csv(Box::new(csv::Reader::new(&name, Box::new(file), length))))
            }
            Some(Format::Npy) => npy::Reader::new(name, file).map(Source::Npy),
            #[cfg(feature = "parquet")]
            Some(Format::Parquet) => Ok(Source::Parquet(Box::new(parquet::Reader::new(name, file, column)?))),
            #[cfg(not(feature = "parquet"))]
            Some(Format::Parquet) => {
                let _ = column; // of tables
                Err(without_parquet(path))
            }
            None => Err(Failure::new(format!("{name}: points are read from {FORMATS} files, or - for CSV"))),
        }
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
            Source::Csv(reader) => reader.block(points)?,
            Source::Npy(reader) => reader.block(points)?,
            #[cfg(feature = "parquet")]
            Source::Parquet(reader) => reader.block(points)?,
        }
        Ok(())
    }

    /// How much was read, of how much, in some unit; `None` where the end is not known.
    pub fn progress(&self) -> Option<(u64, u64)> {
        match self {
            Source::List(_) => None,
            Source::Grid { count, next, .. } => Some((*next, *count)),
            Source::Csv(reader) => reader.progress(),
            Source::Npy(reader) => Some(reader.progress()),
            #[cfg(feature = "parquet")]
            Source::Parquet(reader) => Some(reader.progress()),
        }
    }
}

enum Format {
    Csv,
    Npy,
    Parquet,
}

/// The formats of files, for messages.
#[cfg(feature = "parquet")]
const FORMATS: &str = ".csv, .npy or .parquet";
/// The formats of files, for messages.
#[cfg(not(feature = "parquet"))]
const FORMATS: &str = ".csv or .npy";

fn format(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()? {
        "csv" => Some(Format::Csv),
        "npy" => Some(Format::Npy),
        "parquet" => Some(Format::Parquet),
        _ => None,
    }
}

#[cfg(not(feature = "parquet"))]
fn without_parquet(path: &Path) -> Failure {
    Failure::new(format!(
        "{}: this program was built without Parquet\nhelp: build it with `--features parquet`, or use .csv or .npy",
        path.display()
    ))
}

/// Where values go.
pub enum Sink<'a> {
    /// CSV, on standard output or in a file.
    Csv(csv::Writer<'a>),
    /// A NumPy array.
    Npy(npy::Writer),
    /// A Parquet file.
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::Writer>),
}

impl<'a> Sink<'a> {
    /// A file by its extension, or standard output, with columns of these names.
    pub fn open(output: Option<&Path>, names: &[&str], context: &'a mut Context<'_>) -> Result<Sink<'a>, Failure> {
        let Some(path) = output else {
            return csv::Writer::new(Destination::Stream(&mut context.out), names).map(Sink::Csv);
        };
        match format(path) {
            Some(Format::Csv) => csv::Writer::new(Destination::File(Replacement::new(path)?), names).map(Sink::Csv),
            Some(Format::Npy) => npy::Writer::new(path, names.len() - 1).map(Sink::Npy),
            #[cfg(feature = "parquet")]
            Some(Format::Parquet) => Ok(Sink::Parquet(Box::new(parquet::Writer::new(path, names)?))),
            #[cfg(not(feature = "parquet"))]
            Some(Format::Parquet) => Err(without_parquet(path)),
            None => Err(Failure::new(format!("{}: values are written to {FORMATS} files", path.display()))),
        }
    }

    /// Writes a block of columns, the points first. NPY holds the further columns only.
    pub fn block(&mut self, columns: &[&[f64]]) -> Result<(), Failure> {
        match self {
            Sink::Csv(writer) => writer.block(columns),
            Sink::Npy(writer) => writer.block(&columns[1..]),
            #[cfg(feature = "parquet")]
            Sink::Parquet(writer) => writer.block(columns),
        }
    }

    /// Finishes the file.
    pub fn finish(self) -> Result<(), Failure> {
        match self {
            Sink::Csv(writer) => writer.finish(),
            Sink::Npy(writer) => writer.finish(),
            #[cfg(feature = "parquet")]
            Sink::Parquet(writer) => writer.finish(),
        }
    }
}

/// Where a text goes.
pub enum Destination<'a> {
    /// Standard output.
    Stream(&'a mut (dyn Write + Send + 'a)),
    /// A file that appears when it is finished.
    File(Replacement),
}

impl Destination<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Destination::Stream(out) => out.write_all(bytes).map_err(output_error),
            Destination::File(file) => file.put(bytes),
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Destination::Stream(out) => out.flush().map_err(output_error),
            Destination::File(file) => file.finish(),
        }
    }
}
