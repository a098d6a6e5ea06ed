//! `study`: how the proved errors of the methods fall as networks grow, as a table and a figure.

mod column;

use std::path::Path;

use bumpnet_ir::Spec;
use bumpnet_report::{Convergence, Curve, CurveStyle, Format as Picture, Series, draw_convergence};
use rayon::prelude::*;

use crate::args::{Format, Study, StudyMethod};
use crate::compile::{progress, round_up};
use crate::context::{Context, plural};
use crate::failure::Failure;
use crate::files::Shown;
use crate::{exit, files, load, plot};

use column::{Column, Entry, REFERENCES, variation};

/// The results: for each column its entries, one for each number of neurons.
struct Results {
    columns: Vec<Column>,
    neurons: Vec<usize>,
    entries: Vec<Vec<Result<Entry, String>>>,
    /// The target's total variation, as sampled.
    variation: f64,
}

/// Runs the command.
pub fn run(arguments: &Study, context: &mut Context<'_>) -> Result<u8, Failure> {
    let loaded = load::one(&arguments.spec, context)?;
    let path = arguments.output.clone().unwrap_or_else(|| arguments.out.join(&loaded.spec.name).join("study.svg"));
    let picture = plot::format(&path)?;
    let (columns, neurons) = (columns(&arguments.methods), neurons(&arguments.neurons));
    check_sizes(&columns, &neurons)?;
    let spec = &loaded.spec;
    if spec.domain.len() > 1 {
        return Err(Failure::new(format!("{}: the study is about targets of one input", arguments.spec.shown())));
    }
    if let Err(refusal) = bumpnet_prove::analyse(&spec.target, &spec.domain) {
        loaded.say(&[refusal.diagnose(&spec.domain)], context);
        return Err(Failure::Said);
    }
    let results = results(spec, columns, neurons, context);
    say_refusals(&results, context);
    match arguments.format {
        Format::Json => context.write(&json_lines(&results))?,
        Format::Table => context.write(&table(spec, &results))?,
    }
    figure(spec, &results, &path, picture)?;
    context.say(&format!("wrote {}", path.shown()));
    Ok(exit::CLEAN)
}

/// The methods asked for, each once, and the references.
fn columns(methods: &[StudyMethod]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for column in methods.iter().copied().map(Column::Method).chain(REFERENCES.map(Column::Reference)) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// The numbers asked for, each once, in increasing order.
fn neurons(asked: &[u32]) -> Vec<usize> {
    let mut neurons: Vec<usize> = asked.iter().map(|n| *n as usize).collect();
    neurons.sort_unstable();
    neurons.dedup();
    neurons
}

fn check_sizes(columns: &[Column], neurons: &[usize]) -> Result<(), Failure> {
    let Some(&largest) = neurons.last() else { return Ok(()) };
    let small = |column: &&Column| column.most().is_some_and(|most| largest > most);
    let Some(column) = columns.iter().find(small) else { return Ok(()) };
    let name = |column: &Column| matches!(column, Column::Method(_)).then(|| column.name());
    let others: Vec<&str> = columns.iter().filter(|column| !small(column)).filter_map(name).collect();
    let advice = match &others[..] {
        [] => "lower --neurons".to_owned(),
        others => format!("lower --neurons, or leave it out: --methods {}", others.join(",")),
    };
    let most = column.most().unwrap_or(usize::MAX);
    Err(Failure::new(format!("`{}` takes at most {most} neurons, not {largest}\n  {advice}", column.name())))
}

/// All entries, in parallel. Each is by itself, so their order and number of threads change nothing.
fn results(spec: &Spec, columns: Vec<Column>, neurons: Vec<usize>, context: &Context<'_>) -> Results {
    let variation = variation(spec);
    let tasks: Vec<(Column, usize)> =
        columns.iter().flat_map(|column| neurons.iter().map(move |n| (*column, *n))).collect();
    let bar = progress(tasks.len() as u64, "compiling {wide_bar} {pos}/{len} networks, {eta} left", context);
    let wait = &context.wait;
    let work = |(column, n): &(Column, usize)| {
        let name = format!("{}, {n} neurons", column.name());
        let entry = match wait.is_over() {
            true => Err(wait.why().to_owned()),
            false => wait.search(&name, || column.entry(spec, *n, variation)),
        };
        bar.inc(1);
        entry
    };
    let mut entries = tasks.par_iter().with_max_len(1).map(work).collect::<Vec<_>>().into_iter();
    bar.finish_and_clear();
    let entries = columns.iter().map(|_| entries.by_ref().take(neurons.len()).collect()).collect();
    Results { columns, neurons, entries, variation }
}

/// Why entries are empty, once for each column.
fn say_refusals(results: &Results, context: &mut Context<'_>) {
    for (column, entries) in results.columns.iter().zip(&results.entries) {
        let refused = || results.neurons.iter().zip(entries).filter_map(|(n, entry)| Some((n, entry.as_ref().err()?)));
        let Some((n, reason)) = refused().next() else { continue };
        let others = match refused().count() - 1 {
            0 => String::new(),
            count => format!(" (and {count} more)"),
        };
        context.say(&format!("note: no `{}` for {}{others}: {reason}", column.name(), plural(*n, "neuron")));
    }
}

/// One JSON object for each entry, column by column.
fn json_lines(results: &Results) -> String {
    #[derive(serde::Serialize)]
    #[serde(untagged)]
    enum EntryLine<'a> {
        Method { method: &'a str, neurons: usize, lower: Option<f64>, upper: Option<f64>, evaluated: f64 },
        Reference { reference: &'a str, neurons: usize, error: f64 },
    }
    let line = |column: &Column, entry: &Entry| {
        let (name, neurons) = (column.name(), entry.neurons);
        let line = match column {
            Column::Method(_) => EntryLine::Method {
                method: name,
                neurons,
                lower: entry.lower,
                upper: entry.upper,
                evaluated: entry.error,
            },
            Column::Reference(_) => EntryLine::Reference { reference: name, neurons, error: entry.error },
        };
        // Strings and numbers: writing them to memory cannot fail.
        serde_json::to_string(&line).unwrap_or_default() + "\n"
    };
    let columns = results.columns.iter().zip(&results.entries);
    columns.flat_map(|(column, entries)| entries.iter().flatten().map(|entry| line(column, entry))).collect()
}

/// The table for people.
fn table(spec: &Spec, results: &Results) -> String {
    let mut table = crate::context::plain_table();
    let headings = results.columns.iter().map(|column| column.heading());
    table.set_header(["neurons\nat most".to_owned()].into_iter().chain(headings));
    for column in table.column_iter_mut() {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
    for (row, n) in results.neurons.iter().enumerate() {
        let entry = |column: &Vec<Result<Entry, String>>| match &column[row] {
            Ok(entry) => round_up(entry.error),
            Err(_) => String::new(),
        };
        table.add_row([n.to_string()].into_iter().chain(results.entries.iter().map(entry)));
    }
    format!("{}, {}\n{}", spec.target, domain(spec), crate::context::table_text(&table))
}

fn domain(spec: &Spec) -> String {
    let input = &spec.domain[0];
    format!("{} in [{:?}, {:?}]", input.name, input.lo, input.hi)
}

fn figure(spec: &Spec, results: &Results, path: &Path, picture: Picture) -> Result<(), Failure> {
    let between = sizes_between(&results.neurons);
    let curve = |(column, entries): (&Column, &Vec<Result<Entry, String>>)| -> (Vec<f64>, Vec<f64>) {
        let point = |entry: &Entry| (entry.neurons as f64, entry.error);
        match column.is_quick() {
            false => entries.iter().flatten().map(point).unzip(),
            true => {
                let entry = |n: &usize| column.entry(spec, *n, results.variation).ok();
                let entries: Vec<Option<Entry>> = between.par_iter().map(entry).collect();
                entries.iter().flatten().map(point).unzip()
            }
        }
    };
    let points: Vec<_> = results.columns.iter().zip(&results.entries).map(curve).collect();
    let curves = results.columns.iter().zip(&points).map(|(column, (x, y))| Curve {
        label: column.label(),
        points: Series { x, y },
        style: match column {
            Column::Method(_) => CurveStyle::Method,
            Column::Reference(_) => CurveStyle::Reference,
        },
    });
    let figure = Convergence {
        title: &spec.name,
        subtitle: &format!("target = {}\n{}", spec.target, domain(spec)),
        x_label: "neurons",
        y_label: "proved sup error",
        curves: curves.collect(),
    };
    let bytes =
        draw_convergence(&figure, picture).map_err(|error| Failure::new(format!("{}: {error}", path.shown())))?;
    files::write(path, &bytes)
}

/// The sizes asked for and others between them, about a sixteenth apart.
fn sizes_between(neurons: &[usize]) -> Vec<usize> {
    let next = |n: &usize| Some(n + (n / 16).max(1));
    let mut sizes = neurons.to_vec();
    if let [first, .., last] = neurons {
        sizes.extend(std::iter::successors(Some(*first), next).take_while(|n| n < last));
    }
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}
