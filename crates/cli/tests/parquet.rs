//! `eval` with Parquet files: with the feature they are read and written, without it the message says what to do.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use support::{Folder, run, spec_with};

const NET: &str = "net: {method: bumps, activation: logistic, resolution: 40}";

/// A spec of `x^2` and how to name its network.
fn subject() -> (Folder, String) {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", spec_with(NET));
    let name = format!("{}#net", spec.display());
    (folder, name)
}

#[cfg(not(feature = "parquet"))]
#[test]
fn without_the_feature() {
    let (folder, name) = subject();
    let input = folder.write("points.parquet", "PAR1");
    let words = ["points.parquet: this program was built without Parquet", "--features parquet"];
    run(arguments!["eval", name, "--input", input]).refused(2, &words);
    run(arguments!["eval", name, "--at", "0", "--output", input]).refused(2, &words);
    assert_eq!(folder.read("points.parquet"), "PAR1");
}

#[cfg(feature = "parquet")]
mod with_the_feature {
    use std::fs::File;
    use std::path::Path;
    use std::sync::Arc;

    use parquet::basic::Compression;
    use parquet::column::reader::ColumnReader;
    use parquet::data_type::{DoubleType, FloatType, Int32Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;

    /// A column: its numbers, and for an optional one where they stand.
    enum Column {
        Doubles(Vec<f64>, Option<Vec<i16>>),
        Floats(Vec<f32>),
        Whole(Vec<i32>),
    }

    /// Writes groups of columns as another program would: with a dictionary, statistics and compression.
    fn write(path: &Path, schema: &str, groups: &[&[Column]]) {
        let schema = Arc::new(parse_message_type(&format!("message m {{ {schema} }}")).unwrap());
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let mut file = SerializedFileWriter::new(File::create(path).unwrap(), schema, Arc::new(properties)).unwrap();
        for columns in groups {
            let mut group = file.next_row_group().unwrap();
            for column in *columns {
                let mut writer = group.next_column().unwrap().unwrap();
                let written = match column {
                    Column::Doubles(values, levels) => {
                        writer.typed::<DoubleType>().write_batch(values, levels.as_deref(), None)
                    }
                    Column::Floats(values) => writer.typed::<FloatType>().write_batch(values, None, None),
                    Column::Whole(values) => writer.typed::<Int32Type>().write_batch(values, None, None),
                };
                written.unwrap();
                writer.close().unwrap();
            }
            group.close().unwrap();
        }
        file.close().unwrap();
    }

    /// The names of a file's columns, and their numbers.
    fn read(path: &Path) -> (Vec<String>, Vec<Vec<f64>>) {
        let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
        let schema = file.metadata().file_metadata().schema_descr_ptr();
        let names = schema.columns().iter().map(|column| column.name().to_owned()).collect();
        let column = |k: usize| {
            let mut values = Vec::new();
            for group in 0..file.num_row_groups() {
                let group = file.get_row_group(group).unwrap();
                let ColumnReader::DoubleColumnReader(mut reader) = group.get_column_reader(k).unwrap() else {
                    panic!("doubles are written")
                };
                while reader.read_records(1 << 16, None, None, &mut values).unwrap().0 > 0 {}
            }
            values
        };
        (names, (0..schema.num_columns()).map(column).collect())
    }

    /// The rows that `eval` prints as CSV for an input, NaN as a text.
    fn printed(name: &str, input: &Path) -> Vec<String> {
        let out = run(arguments!["eval", name, "--input", input]).clean();
        out.lines().skip(1).map(str::to_owned).collect()
    }

    fn csv_of(folder: &Folder, name: &str, points: &[f64]) -> Vec<String> {
        let text: String = points.iter().map(|point| format!("{point:?}\n")).collect();
        printed(name, &folder.write("same.csv", text))
    }

    #[test]
    fn points_come_from_a_column() {
        let (folder, name) = subject();
        let path = folder.path("points.parquet");
        let (a, b) = (vec![0.125, 0.5], vec![0.75, f64::NAN, -1.0]);
        let other = || vec![9.0; 2];
        let doubles = |values: &[f64]| Column::Doubles(values.to_vec(), None);

        // The input's name counts before the order, and groups follow one another.
        let schema = "required double y; required double x; required int32 k;";
        let first = [doubles(&other()), doubles(&a), Column::Whole(vec![1, 2])];
        let second = [doubles(&b), doubles(&b), Column::Whole(vec![1, 2, 3])];
        write(&path, schema, &[&first, &second]);
        assert_eq!(printed(&name, &path), csv_of(&folder, &name, &[0.125, 0.5, 0.75, f64::NAN, -1.0]));

        // Float32 too.
        write(&path, "required int32 k; required float x;", &[&[Column::Whole(vec![1]), Column::Floats(vec![0.1])]]);
        assert_eq!(printed(&name, &path), csv_of(&folder, &name, &[f64::from(0.1f32)]));

        // No value is not a number.
        write(&path, "optional double x;", &[&[Column::Doubles(vec![0.25, 0.5], Some(vec![1, 0, 0, 1]))]]);
        assert_eq!(printed(&name, &path), csv_of(&folder, &name, &[0.25, f64::NAN, f64::NAN, 0.5]));

        write(&path, "required double x;", &[]);
        assert!(printed(&name, &path).is_empty());

        let whole = || Column::Whole(vec![1]);
        write(&path, "required int32 k; required int32 l;", &[&[whole(), whole()]]);
        let words = ["points.parquet: `x` is no column of float64 or float32; the columns are k, l"];
        run(arguments!["eval", name, "--input", path]).refused(2, &words);
        // Of a column by another name nothing is guessed.
        write(&path, "required double t;", &[&[doubles(&[0.5])]]);
        run(arguments!["eval", name, "--input", path]).refused(2, &["`x` is no column", "the columns are t"]);
        write(&path, "required int32 x; required double y;", &[&[whole(), doubles(&[0.5])]]);
        run(arguments!["eval", name, "--input", path]).refused(2, &["points.parquet: `x` is no column of float64"]);
    }

    #[test]
    fn columns_are_written() {
        let (folder, name) = subject();
        // More than a group.
        let grid = 1_200_001;
        let (table, text) = (folder.path("values.parquet"), folder.path("values.csv"));
        for target in [false, true] {
            let mut more = arguments!["--grid", grid.to_string()];
            more.extend(if target { arguments!["--target"] } else { vec![] });
            for output in [&table, &text] {
                let mut all = arguments!["eval", name, "--output", output];
                all.extend(more.iter().cloned());
                assert_eq!(run(all).clean(), "");
            }
            let text = folder.read("values.csv");
            let mut lines = text.lines();
            let (names, columns) = read(&table);
            assert_eq!(names.join(","), lines.next().unwrap());
            assert!(columns.iter().all(|column| column.len() == grid));
            for (row, line) in lines.enumerate() {
                let numbers = line.split(',').map(|field| field.parse::<f64>().unwrap().to_bits());
                assert!(numbers.eq(columns.iter().map(|column| column[row].to_bits())), "row {row}: {line}");
            }
        }
        // What was written can be read: its column `x`.
        let again = folder.path("again.parquet");
        run(arguments!["eval", name, "--input", table, "--target", "--output", again]).clean();
        assert!(std::fs::read(&again).unwrap() == std::fs::read(&table).unwrap());
    }

    /// Cut off or changed anywhere: refused or read, never a panic, and no half of a file.
    #[test]
    fn damaged_files() {
        let (folder, name) = subject();
        let (path, output) = (folder.path("bad.parquet"), folder.path("out.npy"));
        let values: Vec<f64> = (0..40).map(|k| f64::from(k % 7) / 7.0).collect();
        write(&path, "optional double x;", &[&[Column::Doubles(values, Some(vec![1; 40]))]]);
        let good = std::fs::read(&path).unwrap();
        let eval = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            run(arguments!["eval", name, "--input", path, "--output", output])
        };
        assert_eq!(eval(&good).code, 0);
        for length in 0..good.len() {
            let _ = std::fs::remove_file(&output);
            eval(&good[..length]).refused(2, &["bad.parquet: cannot read it as Parquet: "]);
            assert!(!output.exists());
        }
        for at in 0..good.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut bytes = good.clone();
                bytes[at] ^= flip;
                let _ = std::fs::remove_file(&output);
                let outcome = eval(&bytes);
                assert!(matches!(outcome.code, 0 | 2) && output.exists() == (outcome.code == 0), "{}", outcome.all());
            }
        }
    }
}
