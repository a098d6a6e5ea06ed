//! `compile`: specs in; weight tables, and a line for each network, out.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bumpnet_compiler::Compiled;
use bumpnet_ir::text::in_json;
use bumpnet_ir::{Certificate, Diagnostic, Gate, InMeasure, Measure, Method, NetworkSpec, Spec};
use rayon::prelude::*;

use crate::args::{Compile, Format};
use crate::cache::{self, Record};
use crate::context::{Context, plural, table_text};
use crate::failure::Failure;
use crate::files::Shown;
use crate::load::Loaded;
use crate::wait::Wait;
use crate::{cover, exit, files, load};

/// One network's line.
pub struct Row {
    /// The spec's name.
    pub spec: String,
    /// The network's name within it.
    pub network: String,
    /// What was built.
    pub record: Record,
    /// The gate it must keep to.
    pub gate: Option<Gate>,
    /// Wall time of this run.
    pub seconds: f64,
    /// The weight table's file.
    pub table: PathBuf,
    /// Why the cache did not take its record: it will be made anew.
    pub unfiled: Option<Failure>,
    /// Whether the search was asked to end before: another run may come to another network.
    pub stopped: bool,
}

/// What became of the networks that were asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Completion {
    /// All are built.
    Built,
    /// Searches were asked to end before all were.
    Unfinished,
    /// Some were refused.
    Refused,
}

impl Row {
    /// Whether the proved error is over the gate.
    pub fn over_gate(&self) -> bool {
        self.gate.as_ref().is_some_and(|gate| !gate.is_met(self.record.certificate.as_ref()))
    }
}

/// Runs the command.
pub fn run(arguments: &Compile, context: &mut Context<'_>) -> Result<u8, Failure> {
    let (mut specs, all_good) = load::all(&arguments.paths, context)?;
    if let Some(resolution) = arguments.resolution {
        set_resolution(&mut specs, resolution as usize, context);
    }
    let options = Options { out: &arguments.out, force: arguments.force, jobs: arguments.jobs, cover: arguments.cover };
    let (rows, outcome) = networks(&specs, &options, context)?;
    match arguments.format {
        Format::Json => context.write(&rows.iter().map(json_line).collect::<String>())?,
        Format::Table if rows.is_empty() => {}
        Format::Table => context.write(&table(&rows))?,
    }
    let failed: Vec<String> = rows.iter().flat_map(complaints).collect();
    failed.iter().for_each(|complaint| context.say(complaint));
    Ok(match (all_good, outcome) {
        (false, _) | (_, Completion::Refused) => exit::USAGE,
        (true, Completion::Built) if failed.is_empty() => exit::CLEAN,
        _ => exit::REGRESSION,
    })
}

/// What a network fails at.
pub fn complaints(row: &Row) -> Vec<String> {
    let name = format!("{}/{}", row.spec, row.network);
    let missed = row.record.missed.as_ref().map(|missed| format!("{name}: {missed}"));
    let gate = row.gate.as_ref().filter(|_| row.over_gate());
    let over = gate.map(|gate| {
        let (error, bound) = (error_in(gate.measure.as_ref()), gate.bound(row.record.certificate.as_ref()));
        format!("{name}: over its gate: the proved {error} is {} > {:?}", round_up(bound), gate.max_error)
    });
    missed.into_iter().chain(over).collect()
}

/// What an error in a measure is called.
pub fn error_in(measure: Option<&Measure>) -> String {
    measure.map_or("error".to_owned(), Measure::name)
}

fn set_resolution(specs: &mut [Loaded], resolution: usize, context: &mut Context<'_>) {
    for loaded in specs {
        for network in &mut loaded.spec.networks {
            if !bumpnet_compiler::with_resolution(network, resolution) {
                let name = format!("{}/{}", loaded.spec.name, network.name);
                context.say(&format!("note: {name} keeps its resolution, which its given edges or heights fix"));
            }
        }
    }
}

/// How to build.
pub struct Options<'a> {
    /// Folder of tables and cache.
    pub out: &'a Path,
    /// Build what the cache knows, too.
    pub force: bool,
    /// Threads.
    pub jobs: Option<u16>,
    /// Keep covers beside the tables.
    pub cover: bool,
}

/// Builds all networks of these specs, in parallel; rows come in the order of the specs. Diagnostics are printed. Rows are as
/// many as networks, and none of them stopped, where all are built.
pub fn networks(
    specs: &[Loaded],
    options: &Options<'_>,
    context: &mut Context<'_>,
) -> Result<(Vec<Row>, Completion), Failure> {
    let (mut rows, mut outcome, mut left) = (Vec::new(), Completion::Built, 0);
    for (attempt, (loaded, _)) in attempts(specs, options, context)?.into_iter().zip(tasks(specs)) {
        match attempt {
            Some(Ok(row)) => {
                left += usize::from(row.stopped);
                rows.push(row);
            }
            Some(Err(problem)) => {
                loaded.say(&[problem], context);
                outcome = Completion::Refused;
            }
            None => left += 1,
        }
    }
    if left > 0 {
        let count = plural(left, "network");
        let why = context.wait.why();
        context.say(&format!("note: {why}; {count} did not come to an end, and what is finished is kept"));
        outcome = outcome.max(Completion::Unfinished);
    }
    let reasons: Vec<&Failure> = rows.iter().filter_map(|row| row.unfiled.as_ref()).collect();
    if let Some(reason) = reasons.first() {
        let count = plural(reasons.len(), "network");
        context.say(&format!("note: {count} will be made anew the next time: {reason}"));
    }
    Ok((rows, outcome))
}

/// The networks of these specs, in order.
fn tasks(specs: &[Loaded]) -> Vec<(&Loaded, &NetworkSpec)> {
    specs.iter().flat_map(|loaded| loaded.spec.networks.iter().map(move |network| (loaded, network))).collect()
}

/// The same without a word: in the place of a network that a construction refuses is its diagnostic, and nothing in that of
/// one that was not begun because searches are to end. The heaviest are begun first.
pub fn attempts(
    specs: &[Loaded],
    options: &Options<'_>,
    context: &Context<'_>,
) -> Result<Vec<Option<Result<Row, Diagnostic>>>, Failure> {
    let tasks = tasks(specs);
    cache::sweep(options.out);
    let wait = &context.wait;
    wait.expect(tasks.len());
    let failed = AtomicBool::new(false);
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by_key(|k| std::cmp::Reverse(weight(&tasks[*k].0.spec, tasks[*k].1)));
    let mut results: Vec<(usize, Result<Option<_>, Failure>)> = pool(options.jobs)?.install(|| {
        let work = |&k: &usize| {
            // After a failure to write, which will not get better, the rest is not tried.
            if failed.load(Ordering::Relaxed) || wait.is_over() {
                return (k, Ok(None));
            }
            let (loaded, network) = tasks[k];
            let result = network_row(&loaded.spec, network, options, wait);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            wait.done();
            (k, result.map(Some))
        };
        // In this order, one after the other as threads are free.
        order.iter().par_bridge().map(work).collect()
    });
    results.sort_by_key(|(k, _)| *k);
    results.into_iter().map(|(_, result)| result).collect()
}

/// How heavy a network is, about: what is begun last should be light.
fn weight(spec: &Spec, network: &NetworkSpec) -> u64 {
    let method = match &network.method {
        Method::Composed(_) | Method::Bumps(_) => 1,
        Method::Smooth(_) | Method::Graded(_) => 4,
        Method::Auto(_) | Method::Towers(_) | Method::Superposition(_) => 8,
        Method::LowRank(_) => 16,
        Method::Ridge(_) => 32,
    };
    // Three digits of the error, or a hundred neurons, are one more of the same.
    let digits = network.max_error.map_or(0, |eps| (1.0 / eps).clamp(1.0, 1e18) as u64);
    let digits = u64::from(digits.max(1).ilog10()) / 3;
    method * spec.domain.len() as u64 * (1 + digits)
}

/// So many threads, or as many as there are cores.
pub fn pool(jobs: Option<u16>) -> Result<rayon::ThreadPool, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0).into()).build();
    pool.map_err(|error| Failure::new(format!("cannot start threads: {error}")))
}

/// A bar of this length and looks, if somebody watches.
pub fn progress(length: u64, template: &str, context: &Context<'_>) -> indicatif::ProgressBar {
    if !context.terminal {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new(length);
    match indicatif::ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// One network: from the cache, or built, written and filed. A construction that refuses is the inner error.
fn network_row(
    spec: &Spec,
    network: &NetworkSpec,
    options: &Options<'_>,
    wait: &Wait,
) -> Result<Result<Row, Diagnostic>, Failure> {
    let mut stopped = false;
    let start = Instant::now();
    let table = table_path(options.out, spec, network);
    let mut unfiled = None;
    let known = if options.force { None } else { known(options.out, spec, network) };
    let record = match known {
        Some(record) => record,
        None => {
            match wait.search(&format!("{}/{}", spec.name, network.name), || bumpnet_compiler::compile(spec, network)) {
                Err(problem) => return Ok(Err(problem)),
                Ok(built) => {
                    let text = built.network.to_json();
                    let record = record(spec, &built, &text);
                    files::write_again(&table, text.as_bytes())?;
                    cover::drop_older(&table, &built.network.digest())?;
                    stopped = wait.is_over();
                    if !stopped {
                        unfiled = cache::keep(options.out, spec, network, &record).err();
                    }
                    record
                }
            }
        }
    };
    if options.cover {
        cover::keep(&table)?;
    }
    Ok(Ok(Row {
        spec: spec.name.clone(),
        network: network.name.clone(),
        record,
        gate: network.gate.clone(),
        seconds: start.elapsed().as_secs_f64(),
        table,
        unfiled,
        stopped,
    }))
}

fn table_path(out: &Path, spec: &Spec, network: &NetworkSpec) -> PathBuf {
    out.join(&spec.name).join(format!("{}.json", network.name))
}

/// What the cache knows of a network.
pub fn known(out: &Path, spec: &Spec, network: &NetworkSpec) -> Option<Record> {
    cache::find(out, spec, network, &table_path(out, spec, network))
}

fn record(spec: &Spec, built: &Compiled, table: &str) -> Record {
    let range = match &spec.domain[..] {
        [input] => bumpnet_prove::range(&spec.target, input, 16),
        inputs => bumpnet_prove::range_over(&spec.target, inputs, 256),
    };
    Record {
        neurons: built.network.neurons(),
        parameters: built.network.parameters(),
        pieces: built.pieces,
        at_least: built.at_least,
        certificate: built.network.certificate.clone(),
        missed: built.missed.clone(),
        scale: range.magnitude().get().min(f64::MAX),
        weights: built.network.weight_digest(),
        table: bumpnet_ir::digest::sha256(table.as_bytes()),
    }
}

/// One JSON object, keys in the order of the format.
fn json_line(row: &Row) -> String {
    #[derive(serde::Serialize)]
    struct RecordLine<'a> {
        spec: &'a str,
        network: &'a str,
        neurons: usize,
        parameters: usize,
        lower: Option<f64>,
        upper: Option<f64>,
        evaluated: Option<f64>,
        argmax: Option<&'a [f64]>,
        rms: Option<(f64, f64)>,
        #[serde(skip_serializing_if = "Option::is_none")]
        measured: Option<&'a InMeasure>,
        seconds: f64,
        table: String,
    }
    let proved = row.record.certificate.as_ref();
    let line = RecordLine {
        spec: &row.spec,
        network: &row.network,
        neurons: row.record.neurons,
        parameters: row.record.parameters,
        lower: proved.map(|c| c.lower),
        upper: proved.map(|c| c.upper),
        evaluated: proved.map(|c| c.evaluated),
        argmax: proved.map(|c| &c.argmax[..]),
        rms: proved.map(|c| c.rms),
        measured: proved.and_then(|c| c.measured.as_ref()),
        seconds: row.seconds,
        table: row.table.to_string_lossy().into_owned(),
    };
    // Strings and finite numbers: writing them to memory cannot fail.
    in_json(&serde_json::to_string(&line).unwrap_or_default()) + "\n"
}

/// The table for people.
fn table(rows: &[Row]) -> String {
    let mut table = crate::context::plain_table();
    table.set_header(["spec", "network", "neurons", "proved error", "exact", "at", "rms <=", "gate", ""]);
    for column in 2..=7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    for row in rows {
        let proved = row.record.certificate.as_ref().map(Certificate::in_its_measure);
        table.add_row([
            row.spec.clone(),
            row.network.clone(),
            row.record.neurons.to_string(),
            proved.map_or("none".to_owned(), |c| round_up(c.evaluated)),
            proved.map_or(String::new(), |c| round_up(c.upper)),
            proved.map_or(String::new(), |c| point(c.argmax)),
            proved.map_or(String::new(), |c| round_up(c.rms.1)),
            row.gate.as_ref().map_or(String::new(), Gate::in_spec),
            remark(row),
        ]);
    }
    let specs: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.spec.as_str()).collect();
    let tables = rows.first().and_then(|row| row.table.parent()).and_then(Path::parent);
    let folder = tables.map_or(String::new(), |folder| format!("; tables in {}", folder.shown()));
    format!("{}{} of {}{folder}\n", table_text(&table), plural(rows.len(), "network"), plural(specs.len(), "spec"))
}

/// A point for people; of many inputs the first.
pub fn point(at: &[f64]) -> String {
    let number = |x: &f64| format!("{:.6}", x + 0.0);
    match at {
        [first, second, _, ..] => format!("{}, {}, ...", number(first), number(second)),
        _ => at.iter().map(number).collect::<Vec<_>>().join(", "),
    }
}

/// A bound with four digits, never below itself.
pub fn round_up(bound: f64) -> String {
    let text = format!("{bound:.3e}");
    match text.parse::<f64>() {
        // One more in the last digit; formatting that again carries 9.999 over to 1.000e1.
        Ok(shown) if shown < bound => format!("{:.3e}", shown * (1.0 + 1e-3 / mantissa(&text))),
        _ => text,
    }
}

fn mantissa(text: &str) -> f64 {
    text.split('e').next().and_then(|digits| digits.parse().ok()).unwrap_or(1.0)
}

fn remark(row: &Row) -> String {
    let minimal = row.record.at_least.map(|at_least| match at_least == row.record.pieces {
        true => format!("{}, minimal, proved", plural(row.record.pieces, "piece")),
        false => format!("{}, at least {at_least} needed", plural(row.record.pieces, "piece")),
    });
    let loose = row.record.loose().map(loose_words);
    let proved = row.record.certificate.as_ref().map(Certificate::in_its_measure);
    let measure = proved.and_then(|c| c.measure).map(Measure::name);
    let rms = proved.filter(|c| c.rms.1 > c.evaluated).map(|_| "rms: of exact arithmetic, as `exact` is".to_owned());
    let over = (row.over_gate() || row.record.missed.is_some()).then(|| "OVER".to_owned());
    let stopped = row.stopped.then(|| "stopped".to_owned());
    over.into_iter().chain(stopped).chain(measure).chain(minimal).chain(loose).chain(rms).collect::<Vec<_>>().join(", ")
}

/// The mark of a bound that may be so many times the error.
pub fn loose_words(times: f64) -> String {
    // One digit behind the point, rounded up: it is no measurement.
    let tenths = (10.0 * times).ceil();
    match tenths < 1e4 {
        true => format!("loose: the true error may be {:?} times smaller", tenths / 10.0),
        false => format!("loose: the true error may be {} times smaller", round_up(times)),
    }
}

#[cfg(test)]
mod tests {
    use super::round_up;

    #[test]
    fn bounds_are_rounded_up() {
        for (bound, text) in [
            (1.0, "1.000e0"),
            (0.09999999999, "1.000e-1"),
            (9.9991e-4, "1.000e-3"),
            (4.15362e-1, "4.154e-1"),
            (0.0, "0.000e0"),
            (1.2345e-300, "1.235e-300"),
        ] {
            assert_eq!(round_up(bound), text);
            assert!(round_up(bound).parse::<f64>().unwrap() >= bound);
        }
    }
}
