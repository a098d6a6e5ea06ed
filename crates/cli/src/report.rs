//! `report`: all networks of specs and tables as one HTML page.

mod ladder;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bumpnet_ir::{Certificate, NetworkSpec};
use bumpnet_report::html::{Accepted, NetworkEntry, Page, Subject, write};
use rayon::prelude::*;

use crate::args::Report;
use crate::check;
use crate::compile::{self, Completion, Row};
use crate::context::Context;
use crate::failure::Failure;
use crate::files::Shown;
use crate::load::{self, Loaded};
use crate::lock::{self, Entries};
use crate::{exit, files, select};

/// Runs the command. Where a spec or a network is refused, no page is written: one without it would look whole.
pub fn run(arguments: &Report, context: &mut Context<'_>) -> Result<u8, Failure> {
    let path = arguments.output.clone().unwrap_or_else(|| arguments.out.join("report.html"));
    if path.extension().is_none_or(|extension| extension != "html") {
        return Err(Failure::new(format!("{}: a report is .html", path.shown())));
    }
    let (tables, specs): (Vec<&String>, Vec<&String>) = arguments.paths.iter().partition(|path| select::is_table(path));
    let tables = tables.into_iter().map(|path| table(path)).collect::<Result<Vec<Subject>, Failure>>()?;
    let (specs, all_good) = wanted(&specs, context)?;
    let options = compile::Options { out: &arguments.out, force: false, jobs: arguments.jobs, cover: false };
    let (rows, outcome) = compile::networks(&specs, &options, context)?;
    if !all_good || outcome != Completion::Built {
        context.say(&format!("{} is not written", path.shown()));
        return Ok(if all_good && outcome == Completion::Unfinished { exit::REGRESSION } else { exit::USAGE });
    }
    let mut subjects = subjects(&specs, &rows, &options, context)?;
    subjects.extend(tables);
    let program = crate::version::TOOL;
    let page = write(&Page { title: "bumpnet report", program, subjects: &subjects });
    files::write(&path, page.as_bytes())?;
    context.say(&format!("wrote {}", path.shown()));
    let failed: Vec<String> = rows.iter().flat_map(compile::complaints).collect();
    failed.iter().for_each(|complaint| context.say(complaint));
    Ok(if failed.is_empty() { exit::CLEAN } else { exit::REGRESSION })
}

/// The specs, each with the networks that are asked for.
fn wanted(arguments: &[&String], context: &mut Context<'_>) -> Result<(Vec<Loaded>, bool), Failure> {
    let split: Vec<(&str, Option<&str>)> = arguments.iter().map(|argument| select::split(argument)).collect();
    let paths: Vec<PathBuf> = split.iter().map(|(path, _)| PathBuf::from(path)).collect();
    let (mut specs, all_good) = load::all(&paths, context)?;
    for loaded in &mut specs {
        let place = whole(&loaded.path);
        let mut names = Vec::new();
        for (path, name) in &split {
            match name {
                Some(name) if whole(Path::new(path)) == place => names.push(select::named(loaded, name)?.name.clone()),
                _ => {}
            }
        }
        // An argument that names all of it, or a folder above it.
        let all = split.iter().any(|(path, name)| name.is_none() && place.starts_with(whole(Path::new(path))));
        if !all {
            loaded.spec.networks.retain(|network| names.contains(&network.name));
        }
    }
    Ok((specs, all_good))
}

fn whole(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Specs with their networks, ladders and verdicts.
fn subjects(
    specs: &[Loaded],
    rows: &[Row],
    options: &compile::Options<'_>,
    context: &Context<'_>,
) -> Result<Vec<Subject>, Failure> {
    let ladders = ladder::ladders(specs, rows, options, context)?;
    let mut locks: HashMap<PathBuf, Option<Entries>> = HashMap::new();
    let mut rest = rows;
    let mut parts = Vec::new();
    for (loaded, ladder) in specs.iter().zip(ladders) {
        let (own, others) = rest.split_at(loaded.spec.networks.len());
        rest = others;
        let path = lock::find(std::slice::from_ref(&loaded.path))?;
        if !locks.contains_key(&path) {
            let entries = if path.is_file() { Some(lock::reading::read(&path)?) } else { None };
            locks.insert(path.clone(), entries);
        }
        parts.push((loaded, own, ladder, path));
    }
    let work = |(loaded, rows, ladder, lock): (&Loaded, &[Row], ladder::Ladder, PathBuf)| {
        subject(loaded, rows, ladder, locks.get(&lock).and_then(Option::as_ref))
    };
    compile::pool(options.jobs)?.install(|| parts.into_par_iter().map(work).collect())
}

fn subject(
    loaded: &Loaded,
    rows: &[Row],
    ladder: ladder::Ladder,
    accepted: Option<&Entries>,
) -> Result<Subject, Failure> {
    let spec = &loaded.spec;
    let entry = |((network, row), ladder): ((&NetworkSpec, &Row), Vec<usize>)| -> Result<NetworkEntry, Failure> {
        let finding = accepted.map(|entries| check::finding(loaded, network, row, entries));
        Ok(NetworkEntry {
            name: network.name.clone(),
            method: network.method.name().to_owned(),
            construction: network.canonical(),
            gate: row.gate.clone(),
            measure: row.record.certificate.as_ref().and_then(measure_of),
            certificate: row.record.certificate.clone(),
            loose: row.record.loose(),
            // Proved by this very program, now or when it filed the record; see `cache`.
            stated: false,
            missed: row.record.missed.clone(),
            accepted: finding.map(|finding| Accepted {
                verdict: finding.verdict.to_string(),
                message: finding.message,
                fails: finding.fails,
                upper: finding.accepted,
                neurons: finding.accepted_neurons,
            }),
            shape: ladder::shape(&select::table(&row.table)?.network),
            ladder,
        })
    };
    Ok(Subject {
        name: spec.name.clone(),
        file: loaded.path.to_string_lossy().into_owned(),
        description: spec.description.clone(),
        source: spec.source.clone(),
        target: spec.target.clone(),
        domain: spec.domain.clone(),
        networks: spec.networks.iter().zip(rows).zip(ladder.of).map(entry).collect::<Result<_, _>>()?,
        ladder: ladder.rungs,
    })
}

fn measure_of(certificate: &Certificate) -> Option<String> {
    certificate.measured.as_ref().map(|measured| measured.measure.name())
}

/// A weight table: what it says of itself.
fn table(path: &str) -> Result<Subject, Failure> {
    let select::Subject { network, target, .. } = select::table(Path::new(path))?;
    let (spec, name) = network.name.split_once('/').unwrap_or(("", &network.name));
    let entry = NetworkEntry {
        name: name.to_owned(),
        method: "table".to_owned(),
        construction: "as the weight table has it".to_owned(),
        gate: None,
        measure: network.certificate.as_ref().and_then(measure_of),
        certificate: network.certificate.clone(),
        loose: select::loose(&target, &network),
        stated: true,
        missed: None,
        accepted: None,
        shape: ladder::shape(&network),
        ladder: Vec::new(),
    };
    Ok(Subject {
        name: spec.to_owned(),
        file: path.to_owned(),
        description: None,
        source: None,
        target,
        domain: network.inputs.clone(),
        networks: vec![entry],
        ladder: Vec::new(),
    })
}
