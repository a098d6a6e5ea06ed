//! `check`: the networks of specs against `bumpnet.lock`.

use std::path::Path;

use crate::args::Check;
use crate::compile::{self, Row};
use crate::lock::{self, Entries, Entry, Verdict};
use crate::{Context, Failure, exit, files, load};

/// One line of the result.
struct Finding {
    name: String,
    verdict: Verdict,
    old: Option<f64>,
    new: Option<f64>,
    gate: Option<f64>,
}

/// Runs the command.
pub fn run(arguments: &Check, context: &mut Context<'_>) -> Result<u8, Failure> {
    if arguments.bless && context.ci {
        return Err(Failure::new(
            "--bless is refused where `CI` is set: accept errors on your own machine and commit the lock",
        ));
    }
    let path = lock::find(&arguments.paths)?;
    let (specs, all_good) = load::all(&arguments.paths, context)?;
    let known = path.is_file();
    let accepted = if known { lock::read(&path) } else { Ok(Entries::new()) };
    // A lock that cannot be read can be blessed away, but not checked against.
    let accepted = if arguments.bless { accepted.unwrap_or_default() } else { accepted? };

    let options = compile::Options { out: &arguments.out, force: false, jobs: arguments.jobs };
    let (rows, all_built) = compile::networks(&specs, &options, context)?;
    if !(all_good && all_built) {
        return Ok(exit::USAGE);
    }
    let current = entries(&specs, &rows, &path);
    let findings = findings(&rows, &accepted, &orphans(&accepted, &current, &arguments.paths, &path));
    context.write(&table(&findings))?;
    if arguments.bless {
        let mut entries = accepted;
        findings.iter().filter(|f| f.verdict == Verdict::Orphan).for_each(|f| drop(entries.remove(&f.name)));
        entries.extend(current);
        files::write(&path, lock::text(&entries).as_bytes())?;
        context.say(&format!("blessed {} in {}", compile::plural(entries.len(), "network"), path.display()));
        let over = findings.iter().any(|f| f.verdict == Verdict::OverGate);
        return Ok(if over { exit::REGRESSION } else { exit::CLEAN });
    }
    if !known {
        context.say(&format!(
            "error: there is no {}; accept the errors of now with `{} check {} --bless`",
            path.display(),
            context.name,
            named(arguments)
        ));
        return Ok(exit::NO_LOCK);
    }
    let failed = findings.iter().filter(|f| f.verdict.fails()).count();
    if failed == 0 {
        return Ok(exit::CLEAN);
    }
    context.say(&format!(
        "{failed} of {} networks fail; if that is meant, `{} check {} --bless`",
        findings.len(),
        context.name,
        named(arguments)
    ));
    Ok(exit::REGRESSION)
}

/// The paths as the user gave them.
fn named(arguments: &Check) -> String {
    arguments.paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ")
}

/// The lock entries of what is found now.
fn entries(specs: &[load::Loaded], rows: &[Row], lock: &Path) -> Entries {
    let wanted = specs.iter().flat_map(|loaded| loaded.spec.networks.iter().map(move |network| (loaded, network)));
    let entry = |(loaded, network): (&load::Loaded, &bumpnet_ir::NetworkSpec), row: &Row| Entry {
        spec: lock::relative(lock, &loaded.path),
        spec_digest: loaded.spec.digest(network),
        method: network.method.name().to_owned(),
        neurons: row.record.neurons,
        lower: row.record.certificate.as_ref().map(|c| c.lower),
        upper: row.record.certificate.as_ref().map(|c| c.upper),
        argmax: row.record.certificate.as_ref().map(|c| c.argmax.clone()).unwrap_or_default(),
        weights: row.record.weights.clone(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
    };
    wanted.zip(rows).map(|(pair, row)| (name(row), entry(pair, row))).collect()
}

fn name(row: &Row) -> String {
    format!("{}/{}", row.spec, row.network)
}

/// Accepted networks that these paths should hold and do not.
fn orphans(accepted: &Entries, current: &Entries, paths: &[std::path::PathBuf], lock: &Path) -> Vec<String> {
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
        .filter(|(name, entry)| !current.contains_key(*name) && below(&entry.spec))
        .map(|(n, _)| n.clone())
        .collect()
}

fn findings(rows: &[Row], accepted: &Entries, orphans: &[String]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = rows
        .iter()
        .map(|row| {
            let old = accepted.get(&name(row));
            Finding {
                name: name(row),
                verdict: lock::judge(&row.record, old, row.gate),
                old: old.and_then(|entry| entry.upper),
                new: row.record.certificate.as_ref().map(|c| c.upper),
                gate: row.gate,
            }
        })
        .collect();
    findings.extend(orphans.iter().map(|name| Finding {
        name: name.clone(),
        verdict: Verdict::Orphan,
        old: accepted.get(name).and_then(|entry| entry.upper),
        new: None,
        gate: None,
    }));
    findings
}

fn table(findings: &[Finding]) -> String {
    let mut table = crate::context::plain_table();
    table.set_header(["network", "verdict", "accepted", "now", "gate"]);
    let number = |value: Option<f64>| value.map_or(String::new(), compile::round_up);
    for finding in findings {
        let gate = finding.gate.map_or(String::new(), |gate| format!("{gate:?}"));
        table.add_row([
            finding.name.clone(),
            finding.verdict.to_string(),
            number(finding.old),
            number(finding.new),
            gate,
        ]);
    }
    let mut counts: Vec<(Verdict, usize)> = Vec::new();
    for finding in findings {
        match counts.iter_mut().find(|(verdict, _)| *verdict == finding.verdict) {
            Some((_, count)) => *count += 1,
            None => counts.push((finding.verdict, 1)),
        }
    }
    let summary: Vec<String> = counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    format!("{table}\n{}\n", summary.join(", "))
}
