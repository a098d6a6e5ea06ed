//! Points in and values out, block by block, so that inputs larger than memory stream through.

mod csv;
mod destination;
mod npy;
#[cfg(feature = "parquet")]
mod parquet;

use std::io::Read;
use std::path::Path;

use bumpnet_ir::Input;

use crate::context::Context;
use crate::failure::Failure;
use crate::files::Shown;
use crate::files::{self, Replacement};
use destination::{BLOCK, Destination};

/// Where points come from.
pub enum Source<'a> {
    /// A list.
    #[allow(missing_docs)]
    List { numbers: std::vec::IntoIter<f64>, inputs: usize },
    /// So many equally spaced points on each axis, the last axis fastest.
    #[allow(missing_docs)]
    Grid { inputs: Vec<Input>, count: u64, next: u64, total: u64 },
    /// Columns of a CSV text.
    Csv(Box<csv::Reader<'a>>),
    /// A NumPy array.
    Npy(npy::NpyReader),
    /// A column of a Parquet file for each input.
    #[cfg(feature = "parquet")]
    Parquet(Vec<parquet::ParquetReader>),
}

impl<'a> Source<'a> {
    /// So many equally spaced points on each axis.
    pub fn grid(inputs: &[Input], count: u64) -> Result<Source<'a>, Failure> {
        let total = u32::try_from(inputs.len()).ok().and_then(|n| count.checked_pow(n));
        let total = total.ok_or_else(|| Failure::new(format!("--grid: {count} points on each axis are too many")))?;
        Ok(Source::Grid { inputs: inputs.to_vec(), count, next: 0, total })
    }

    /// A file, by its extension; `-` is CSV on standard input. The columns are those of the inputs' names; without names, as
    /// many as there are inputs.
    pub fn open(path: &Path, input: &'a mut (dyn Read + Send), inputs: &[Input]) -> Result<Source<'a>, Failure> {
        let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
        if path == Path::new("-") {
            return Ok(Source::Csv(Box::new(csv::Reader::new("standard input", Box::new(input), None, names))));
        }
        let name = path.shown();
        let file = files::open(path)?;
        match format(path) {
            Some(FileFormat::Csv) => {
                let length = file.metadata().ok().map(|known| known.len());
                Ok(Source::Csv(Box::new(csv::Reader::new(&name, Box::new(file), length, names))))
            }
            Some(FileFormat::Npy) => npy::NpyReader::new(name, file, names.len() as u64).map(Source::Npy),
            #[cfg(feature = "parquet")]
            Some(FileFormat::Parquet) => {
                // A file for each column: copies of one would share its position.
                drop(file);
                let reader = |column: &String| parquet::ParquetReader::new(name.clone(), files::open(path)?, column);
                Ok(Source::Parquet(names.iter().map(reader).collect::<Result<_, _>>()?))
            }
            #[cfg(not(feature = "parquet"))]
            Some(FileFormat::Parquet) => Err(without_parquet(path)),
            None => Err(Failure::new(format!("{name}: points are read from {FORMATS} files, or - for CSV"))),
        }
    }

    /// The next block, empty at the end.
    pub fn block(&mut self, points: &mut Vec<f64>) -> Result<(), Failure> {
        points.clear();
        match self {
            Source::List { numbers, inputs } => points.extend(numbers.take(BLOCK * *inputs)),
            Source::Grid { inputs, count, next, total } => {
                let end = (*next + BLOCK as u64).min(*total);
                let last = (*count).max(2) - 1;
                let at = |Input { lo, hi, .. }: &Input, k: u64| match k == last {
                    true => *hi,
                    false => *lo + (*hi - *lo) * (k as f64 / last as f64),
                };
                for point in *next..end {
                    // The digits of its number, the last one fastest.
                    let places = (0..inputs.len() as u32).rev().map(|axis| point / count.pow(axis) % *count);
                    points.extend(inputs.iter().zip(places).map(|(input, k)| at(input, k)));
                }
                *next = end;
            }
            Source::Csv(reader) => reader.block(points)?,
            Source::Npy(reader) => reader.block(points)?,
            #[cfg(feature = "parquet")]
            Source::Parquet(readers) => match &mut readers[..] {
                [only] => only.block(points)?,
                readers => {
                    let mut columns = vec![Vec::new(); readers.len()];
                    readers.iter_mut().zip(&mut columns).try_for_each(|(reader, column)| reader.block(column))?;
                    // The columns of a file have the same groups, and so the same blocks.
                    let rows = columns.first().map_or(0, Vec::len);
                    if columns.iter().any(|column| column.len() != rows) {
                        return Err(Failure::new("the columns of the Parquet file have different numbers of rows"));
                    }
                    points.extend((0..rows).flat_map(|row| columns.iter().map(move |column| column[row])));
                }
            },
        }
        Ok(())
    }

    /// How much was read, of how much, in some unit; `None` where the end is not known.
    pub fn progress(&self) -> Option<(u64, u64)> {
        match self {
            Source::List { .. } => None,
            Source::Grid { total, next, .. } => Some((*next, *total)),
            Source::Csv(reader) => reader.progress(),
            Source::Npy(reader) => Some(reader.progress()),
            #[cfg(feature = "parquet")]
            Source::Parquet(readers) => readers.first().map(parquet::ParquetReader::progress),
        }
    }
}

enum FileFormat {
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

fn format(path: &Path) -> Option<FileFormat> {
    match path.extension()?.to_str()? {
        "csv" => Some(FileFormat::Csv),
        "npy" => Some(FileFormat::Npy),
        "parquet" => Some(FileFormat::Parquet),
        _ => None,
    }
}

#[cfg(not(feature = "parquet"))]
fn without_parquet(path: &Path) -> Failure {
    Failure::new(format!(
        "{}: this program was built without Parquet\nhelp: build it with `--features parquet`, or use .csv or .npy",
        path.shown()
    ))
}

/// Where values go.
pub enum Sink<'a> {
    /// CSV, on standard output or in a file.
    Csv(csv::Writer<'a>),
    /// A NumPy array, and how many columns come before those that it holds.
    Npy(npy::NpyWriter, usize),
    /// A Parquet file.
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::ParquetWriter>),
}

impl<'a> Sink<'a> {
    /// A file by its extension, or standard output, with columns of these names, so many of them the inputs'.
    pub fn open(
        output: Option<&Path>,
        names: &[&str],
        inputs: usize,
        context: &'a mut Context<'_>,
    ) -> Result<Sink<'a>, Failure> {
        let Some(path) = output else {
            return csv::Writer::new(Destination::Stream(&mut context.out), names).map(Sink::Csv);
        };
        match format(path) {
            Some(FileFormat::Csv) => csv::Writer::new(Destination::File(Replacement::new(path)?), names).map(Sink::Csv),
            Some(FileFormat::Npy) => Ok(Sink::Npy(npy::NpyWriter::new(path, names.len() - inputs)?, inputs)),
            #[cfg(feature = "parquet")]
            Some(FileFormat::Parquet) => Ok(Sink::Parquet(Box::new(parquet::ParquetWriter::new(path, names)?))),
            #[cfg(not(feature = "parquet"))]
            Some(FileFormat::Parquet) => Err(without_parquet(path)),
            None => Err(Failure::new(format!("{}: values are written to {FORMATS} files", path.shown()))),
        }
    }

    /// Writes a block of columns, the points first. NPY holds the further columns only.
    pub fn block(&mut self, columns: &[&[f64]]) -> Result<(), Failure> {
        match self {
            Sink::Csv(writer) => writer.block(columns),
            Sink::Npy(writer, inputs) => writer.block(&columns[*inputs..]),
            #[cfg(feature = "parquet")]
            Sink::Parquet(writer) => writer.block(columns),
        }
    }

    /// Finishes the file.
    pub fn finish(self) -> Result<(), Failure> {
        match self {
            Sink::Csv(writer) => writer.finish(),
            Sink::Npy(writer, _) => writer.finish(),
            #[cfg(feature = "parquet")]
            Sink::Parquet(writer) => writer.finish(),
        }
    }
}
