//! Parquet: one column of numbers in, columns of numbers out.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, Repetition, Type as PhysicalType};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{DataType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use bumpnet_ir::text::excerpt;

use super::destination::BLOCK;
use crate::failure::Failure;
use crate::files::Replacement;

/// Rows of a group: 8 MiB a column, of which readers take whole groups. The format's own default.
const GROUP: usize = 1 << 20;

/// A column being read.
pub struct ParquetReader {
    name: String,
    file: SerializedFileReader<File>,
    column: usize,
    /// The column in the group that is being read.
    reader: Option<ColumnReader>,
    next_group: usize,
    read: u64,
    levels: Vec<i16>,
    singles: Vec<f32>,
    doubles: Vec<f64>,
}

impl ParquetReader {
    /// Finds the column of this name.
    pub fn new(name: String, file: File, wanted: &str) -> Result<ParquetReader, Failure> {
        let file = guarded(|| SerializedFileReader::new(file)).map_err(|error| unreadable(&name, &error))?;
        let columns = file.metadata().file_metadata().schema_descr().columns();
        let numbers = |k: &usize| {
            let is_float = matches!(columns[*k].physical_type(), PhysicalType::FLOAT | PhysicalType::DOUBLE);
            is_float && columns[*k].max_rep_level() == 0
        };
        let named = (0..columns.len()).find(|k| columns[*k].path().string() == wanted);
        let column = named.filter(numbers).ok_or_else(|| {
            let found: Vec<String> = columns.iter().map(|column| column.path().string()).collect();
            let found = excerpt(&found.join(", "), 500);
            Failure::new(format!("{name}: `{wanted}` is no column of float64 or float32; the columns are {found}"))
        })?;
        let (levels, singles, doubles) = (Vec::new(), Vec::new(), Vec::new());
        Ok(ParquetReader { name, file, column, reader: None, next_group: 0, read: 0, levels, singles, doubles })
    }

    /// How many rows were read, of how many.
    pub fn progress(&self) -> (u64, u64) {
        (self.read, u64::try_from(self.file.metadata().file_metadata().num_rows()).unwrap_or(0))
    }

    /// The next block; NaN where the column has no value.
    pub fn block(&mut self, points: &mut Vec<f64>) -> Result<(), Failure> {
        while points.is_empty() {
            if self.reader.is_none() {
                if self.next_group == self.file.num_row_groups() {
                    let (read, total) = self.progress();
                    if read != total {
                        let message = format!("{}: {read} rows, but the file says that it has {total}", self.name);
                        return Err(Failure::new(message));
                    }
                    return Ok(());
                }
                let group = || self.file.get_row_group(self.next_group)?.get_column_reader(self.column);
                let reader = guarded(group);
                self.reader = Some(reader.map_err(|error| unreadable(&self.name, &error))?);
                self.next_group += 1;
            }
            let count = guarded(|| self.records(points)).map_err(|error| unreadable(&self.name, &error))?;
            self.read += count as u64;
            if count == 0 {
                self.reader = None;
            }
        }
        Ok(())
    }

    /// Appends the next rows of the group; how many there were.
    fn records(&mut self, points: &mut Vec<f64>) -> Result<usize, ParquetError> {
        let (levels, singles, doubles) = (&mut self.levels, &mut self.singles, &mut self.doubles);
        levels.clear();
        doubles.clear();
        let rows = match &mut self.reader {
            Some(ColumnReader::DoubleColumnReader(reader)) => {
                reader.read_records(BLOCK, Some(levels), None, doubles)?.0
            }
            Some(ColumnReader::FloatColumnReader(reader)) => {
                singles.clear();
                let rows = reader.read_records(BLOCK, Some(levels), None, singles)?.0;
                doubles.extend(singles.iter().map(|value| f64::from(*value)));
                rows
            }
            _ => return Err(ParquetError::General("a group has another type in this column".to_owned())),
        };
        if doubles.len() == rows {
            points.append(doubles);
        } else {
            // Values stand one after another, and levels say in which rows: the highest level is a value.
            let full = self.file.metadata().file_metadata().schema_descr().column(self.column).max_def_level();
            let mut values = doubles.iter();
            let value = |level: &i16| if *level == full { values.next().copied() } else { None };
            points.extend(levels.iter().map(value).map(|value| value.unwrap_or(f64::NAN)));
        }
        Ok(rows)
    }
}

/// The crate panics on some damaged files; for a reader that is an error like any other.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    // What was being read is not looked at again.
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ParquetError::General("the file is damaged".to_owned())))
}

fn unreadable(name: &str, error: &ParquetError) -> Failure {
    let help = match error {
        ParquetError::General(text) if text.contains("feature") => "\nhelp: save it with snappy compression, or none",
        _ => "",
    };
    let error = excerpt(&error.to_string(), 300);
    Failure::new(format!("{name}: cannot read it as Parquet: {error}{help}"))
}

/// A file being written: uncompressed columns of float64, no nulls.
pub struct ParquetWriter {
    file: SerializedFileWriter<Replacement>,
    /// The rows of the group that is not written yet, by column.
    pending: Vec<Vec<f64>>,
}

impl ParquetWriter {
    /// Starts a file with columns of these names.
    pub fn new(path: &Path, names: &[&str]) -> Result<ParquetWriter, Failure> {
        let field = |name: &&str| {
            let field = Type::primitive_type_builder(name, DoubleType::get_physical_type());
            field.with_repetition(Repetition::REQUIRED).build().map(Arc::new)
        };
        let fields = names.iter().map(field).collect::<Result<Vec<_>, _>>();
        let schema = fields.and_then(|fields| Type::group_type_builder("bumpnet").with_fields(fields).build());
        // Numbers are all different: a dictionary would only be dropped again, and compression saves little.
        let properties = WriterProperties::builder()
            .set_created_by(crate::version::TOOL.to_owned())
            .set_dictionary_enabled(false)
            .set_compression(Compression::UNCOMPRESSED)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .build();
        let schema = Arc::new(schema.map_err(unwritable)?);
        let file =
            SerializedFileWriter::new(Replacement::new(path)?, schema, Arc::new(properties)).map_err(unwritable)?;
        Ok(ParquetWriter { file, pending: vec![Vec::new(); names.len()] })
    }

    /// Appends rows, one number of each column a row.
    pub fn block(&mut self, columns: &[&[f64]]) -> Result<(), Failure> {
        for (pending, column) in self.pending.iter_mut().zip(columns) {
            pending.extend_from_slice(column);
        }
        if self.pending.first().is_some_and(|column| column.len() >= GROUP) { self.group() } else { Ok(()) }
    }

    fn group(&mut self) -> Result<(), Failure> {
        write_group(&mut self.file, &self.pending).map_err(unwritable)?;
        self.pending.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    /// Writes the last group and finishes the file.
    pub fn finish(mut self) -> Result<(), Failure> {
        if self.pending.first().is_some_and(|column| !column.is_empty()) {
            self.group()?;
        }
        self.file.into_inner().map_err(unwritable)?.finish()
    }
}

fn write_group(file: &mut SerializedFileWriter<Replacement>, columns: &[Vec<f64>]) -> Result<(), ParquetError> {
    let mut group = file.next_row_group()?;
    for column in columns {
        if let Some(mut writer) = group.next_column()? {
            writer.typed::<DoubleType>().write_batch(column, None, None)?;
            writer.close()?;
        }
    }
    group.close().map(|_| ())
}

fn unwritable(error: ParquetError) -> Failure {
    Failure::new(format!("cannot write the Parquet file: {error}"))
}
