//! `check`: the networks of specs against `bumpnet.lock`.

mod exchange;
pub mod report;

use std::path::Path;

use bumpnet_ir::{Certificate, Measure, NetworkSpec};
use report::{Finding, Report};

use crate::args::{Check, CheckFormat, Partition};
use crate::cache::Record;
use crate::compile::{self, Completion, Row};
use crate::context::{Context, plural};
use crate::failure::Failure;
use crate::files::Shown;
use crate::lock::{self, Entries, Entry, Verdict};
use crate::{exit, files, load, render, version};

/// Runs the command.
pub fn run(arguments: &Check, context: &mut Context<'_>) -> Result<u8, Failure> {
    if arguments.bless && context.ci {
        return Err(Failure::new(
            "--bless is refused where `CI` is set: accept errors on your own machine and commit the lock",
        ));
    }
    let path = lock::find(&arguments.paths)?;
    let (mut specs, all_good) = load::all(&arguments.paths, context)?;
    let known = path.is_file();
    let accepted = if known { lock::reading::read(&path)? } else { Entries::new() };

    let names = narrow(&mut specs, arguments, (&accepted, &path));
    let options = compile::Options { out: &arguments.out, force: false, jobs: arguments.jobs, cover: false };
    let (rows, outcome) = compile::networks(&specs, &options, context)?;
    match outcome {
        _ if !all_good => return Ok(exit::USAGE),
        Completion::Refused => return Ok(exit::USAGE),
        Completion::Unfinished => return Ok(exit::REGRESSION),
        Completion::Built => {}
    }
    let current = entries(&specs, &rows, &path);
    let mut orphans = orphans(&accepted, &names, &arguments.paths, &path);
    if arguments.partition.is_some_and(|partition| partition.part != 1) {
        orphans.clear(); // the first part speaks of them
    }
    let report = Report::new(findings(&specs, &rows, &accepted, (&orphans, &path)));
    let said = text(&report, arguments.format);
    match arguments.format {
        CheckFormat::Github => context.put(said.as_bytes())?, // its lines are commands, with foreign text escaped
        _ => context.write(&said)?,
    }
    if arguments.bless {
        // As it is now: another run may have accepted other specs' networks while these were built, or does so just now.
        let _alone = files::alone(&path);
        let mut entries = if path.is_file() { lock::reading::read(&path)? } else { Entries::new() };
        orphans.iter().for_each(|name| drop(entries.remove(name)));
        entries.extend(current);
        files::write(&path, lock::text(&entries).as_bytes())?;
        context.say(&format!("blessed {} in {}", plural(entries.len(), "network"), path.shown()));
        let over = report.networks.iter().any(|f| f.verdict == Verdict::OverGate);
        return Ok(if over { exit::REGRESSION } else { exit::CLEAN });
    }
    if !known {
        context.say(&format!(
            "error: there is no {}; accept the errors of now with `{} check {} --bless`",
            path.shown(),
            context.name,
            named(arguments)
        ));
        return Ok(exit::NO_LOCK);
    }
    if report.failed == 0 {
        return Ok(exit::CLEAN);
    }
    context.say(&advice(&report, &format!("{} check {} --bless", context.name, named(arguments))));
    Ok(exit::REGRESSION)
}

/// What to do about networks that fail: what has grown can be accepted; what a spec asks for can not.
fn advice(report: &Report, bless: &str) -> String {
    let over = report.networks.iter().filter(|finding| finding.verdict == Verdict::OverGate).count();
    let of = format!("of {}", plural(report.networks.len(), "network"));
    let spec = "raise the gate or `max_error`, or ask for more neurons, in the spec; `--bless` accepts none of that";
    match report.failed - over {
        0 if over == 1 => format!("1 {of} is over what its spec allows: {spec}"),
        0 => format!("{over} {of} are over what their specs allow: {spec}"),
        1 if over == 0 => format!("1 {of} fails; if that is meant, `{bless}`"),
        grown if over == 0 => format!("{grown} {of} fail; if that is meant, `{bless}`"),
        grown => format!(
            "{} {of} fail; if the larger errors ({grown}) are meant, `{bless}`; what is over its spec ({over}): {spec}",
            report.failed
        ),
    }
}

/// Keeps the networks that are to be checked: of one part of all, and of those that have changed. The result is the names
/// of all of them.
fn narrow(specs: &mut [load::Loaded], arguments: &Check, (accepted, lock): (&Entries, &Path)) -> Vec<String> {
    let of = |loaded: &load::Loaded, network: &NetworkSpec| format!("{}/{}", loaded.spec.name, network.name);
    let mut names: Vec<String> =
        specs.iter().flat_map(|loaded| loaded.spec.networks.iter().map(|network| of(loaded, network))).collect();
    names.sort();
    for loaded in specs {
        let keeps = |network: &NetworkSpec| {
            let name = of(loaded, network);
            let place = names.partition_point(|other| *other < name);
            let mine = arguments.partition.is_none_or(|partition| partition.holds(place));
            let settled = |entry: &Entry| is_settled(loaded, network, (entry, lock), &arguments.out);
            mine && !(arguments.only_changed && accepted.get(&name).is_some_and(settled))
        };
        let kept = loaded.spec.networks.iter().filter(|network| keeps(network)).cloned().collect();
        loaded.spec.networks = kept;
    }
    names
}

/// Whether the cache has what this very build has proved of a network, and it is within what the spec asks for, and all
/// that its line in the lock says. The line alone shows nothing: anyone can write one.
fn is_settled(loaded: &load::Loaded, network: &NetworkSpec, (line, lock): (&Entry, &Path), out: &Path) -> bool {
    compile::known(out, &loaded.spec, network).is_some_and(|record| {
        lock::judge(&record, Some(line), network.gate.as_ref()) == Verdict::Ok
            && *line == entry(loaded, network, &record, lock)
    })
}

impl Partition {
    /// Whether the network at this place of all is in this part.
    fn holds(self, place: usize) -> bool {
        place % self.parts == self.part - 1
    }
}

fn text(report: &Report, format: CheckFormat) -> String {
    match format {
        CheckFormat::Table => report::table(report),
        CheckFormat::Json => report::json(report),
        CheckFormat::Junit => exchange::junit(report),
        CheckFormat::Sarif => exchange::sarif(report),
        CheckFormat::Github => report::github(report),
        CheckFormat::Markdown => report::markdown(report),
    }
}

/// The paths as the user gave them.
fn named(arguments: &Check) -> String {
    arguments.paths.iter().map(|path| path.shown()).collect::<Vec<_>>().join(" ")
}

/// The lock entries of what is found now.
fn entries(specs: &[load::Loaded], rows: &[Row], lock: &Path) -> Entries {
    let wanted = specs.iter().flat_map(|loaded| loaded.spec.networks.iter().map(move |network| (loaded, network)));
    wanted.zip(rows).map(|((loaded, network), row)| (name(row), entry(loaded, network, &row.record, lock))).collect()
}

/// A network's line in the lock.
fn entry(loaded: &load::Loaded, network: &NetworkSpec, record: &Record, lock: &Path) -> Entry {
    let proved = record.certificate.as_ref().map(Certificate::in_its_measure);
    Entry {
        spec: lock::relative(lock, &loaded.path),
        spec_digest: loaded.spec.digest(network),
        method: network.method.name().to_owned(),
        neurons: record.neurons,
        lower: proved.map(|c| c.lower),
        upper: proved.map(|c| c.upper),
        evaluated: proved.map(|c| c.evaluated),
        measure: proved.and_then(|c| c.measure.cloned()),
        gate: network.gate.as_ref().map(|gate| gate.max_error),
        argmax: proved.map(|c| c.argmax.to_vec()).unwrap_or_default(),
        weights: record.weights.clone(),
        tool: version::VERSION.to_owned(),
    }
}

fn name(row: &Row) -> String {
    format!("{}/{}", row.spec, row.network)
}

/// Accepted networks that these paths should hold and do not.
fn orphans(accepted: &Entries, names: &[String], paths: &[std::path::PathBuf], lock: &Path) -> Vec<String> {
    let roots: Vec<String> = paths.iter().map(|path| lock::relative(lock, path)).collect();
    let below = |spec: &str| {
        roots.iter().any(|root| {
            root.is_empty()
                || root == "."
                || spec == root
                || spec.starts_with(&format!("{}/", root.trim_end_matches('/')))
        })
    };
    accepted
        .iter()
        .filter(|(name, entry)| names.binary_search(name).is_err() && below(&entry.spec))
        .map(|(n, _)| n.clone())
        .collect()
}

/// What is to be said of one network.
pub fn finding(loaded: &load::Loaded, network: &NetworkSpec, row: &Row, accepted: &Entries) -> Finding {
    let old = accepted.get(&name(row));
    let (line, column) = render::position(&String::from_utf8_lossy(&loaded.source), network.span.start);
    let proved = row.record.certificate.as_ref().map(Certificate::in_its_measure);
    let (before, now) = match old {
        Some(old) => lock::compared(&row.record, old),
        None => (None, proved.map(|proved| proved.evaluated)),
    };
    said(Finding {
        name: name(row),
        verdict: lock::judge(&row.record, old, row.gate.as_ref()),
        fails: false,
        message: row.record.missed.clone().unwrap_or_default(),
        accepted: before,
        now,
        exact: proved.map(|proved| proved.upper),
        measure: proved.and_then(|proved| proved.measure).map(Measure::name),
        loose: row.record.loose(),
        // The gate, or what was asked for and not reached.
        gate: row
            .gate
            .as_ref()
            .map(|gate| gate.max_error)
            .or(network.max_error.filter(|_| row.record.missed.is_some())),
        accepted_neurons: old.map(|entry| entry.neurons),
        neurons: Some(row.record.neurons),
        file: loaded.path.to_string_lossy().into_owned(),
        line,
        column,
    })
}

fn findings(
    specs: &[load::Loaded],
    rows: &[Row],
    accepted: &Entries,
    (orphans, lock): (&[String], &Path),
) -> Vec<Finding> {
    let wanted = specs.iter().flat_map(|loaded| loaded.spec.networks.iter().map(move |network| (loaded, network)));
    let mut findings: Vec<Finding> =
        wanted.zip(rows).map(|((loaded, network), row)| finding(loaded, network, row, accepted)).collect();
    let text = if orphans.is_empty() { Vec::new() } else { files::read(lock, lock::MAX_LOCK).unwrap_or_default() };
    let text = String::from_utf8_lossy(&text);
    findings.extend(orphans.iter().map(|name| {
        // One line for each network; names are written as JSON strings.
        let key = serde_json::to_string(name).unwrap_or_default();
        let line = text.lines().position(|line| line.starts_with(&key)).map_or(1, |line| line + 1);
        said(Finding {
            name: name.clone(),
            verdict: Verdict::Orphan,
            fails: false,
            message: String::new(),
            accepted: accepted.get(name).and_then(|entry| entry.evaluated.or(entry.upper)),
            now: None,
            exact: None,
            measure: None,
            loose: None,
            gate: None,
            accepted_neurons: accepted.get(name).map(|entry| entry.neurons),
            neurons: None,
            file: lock.to_string_lossy().into_owned(),
            line,
            column: 1,
        })
    }));
    findings
}

/// Two errors in words, with as many digits as it takes to see which is larger.
fn apart(old: Option<f64>, new: Option<f64>) -> (String, String) {
    let number = |value: Option<f64>| value.map_or("nothing".to_owned(), compile::round_up);
    let short = (number(old), number(new));
    if short.0 != short.1 || old == new {
        return short;
    }
    let whole = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:e}"));
    (whole(old), whole(new))
}

/// With its verdict in words, and whether it fails.
fn said(mut finding: Finding) -> Finding {
    let (old, new) = apart(finding.accepted, finding.now);
    finding.fails = finding.verdict.fails();
    finding.message = match finding.verdict {
        Verdict::Ok => format!("the proved error is {new}, as accepted"),
        Verdict::ErrorRegressed => format!("the proved error has grown from {old} to {new}"),
        Verdict::OverGate if !finding.message.is_empty() => finding.message,
        Verdict::OverGate => match finding.gate {
            Some(gate) => format!("the proved error {} is over the gate {gate:?}", apart(finding.now, Some(gate)).0),
            None => format!("the proved error {new} is over the spec's max_error"),
        },
        Verdict::CertificateLost => format!("an error of {old} was proved; now nothing can be"),
        Verdict::WeightsChanged => format!("the weights have changed; the proved error is {new}, accepted was {old}"),
        Verdict::Improved => format!("the proved error has fallen from {old} to {new}"),
        Verdict::New => format!("not in the lock yet; the proved error is {new}"),
        Verdict::Orphan => "in the lock, but in no spec".to_owned(),
    };
    finding
}
