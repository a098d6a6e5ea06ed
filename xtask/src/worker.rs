//! A process that proves and attacks some tables, a line for each.

use std::cell::RefCell;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bumpnet_adversary::generate::activations;
use bumpnet_adversary::{Case, Outcome, case, path, trial};

use crate::options::options;
use crate::record::{End, Record};

thread_local! {
    /// Where this thread last panicked.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs the tables of the arguments.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let Some(options) = options(arguments) else { return ExitCode::from(2) };
    std::panic::set_hook(Box::new(|panic| {
        // The function of ours that is nearest, where the place itself is in the standard library.
        let trace = std::backtrace::Backtrace::force_capture().to_string();
        let ours = trace.lines().find_map(|line| line.find("bumpnet_").map(|at| line[at..].to_owned()));
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        PLACE.set(ours.unwrap_or(place));
    }));
    // One thread: what a proof does in parallel is done in turn, and a process takes one processor.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(1 << 23).build();
    let Ok(pool) = pool else { return ExitCode::FAILURE };
    let written = pool.install(|| {
        (0..options.tables).try_for_each(|number| {
            let record = one(options.seed.wrapping_add(number), options.effort, options.keep.as_deref());
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", record.line()).and_then(|()| out.flush())
        })
    });
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(seed: u64, effort: usize, keep: Option<&Path>) -> Record {
    let since = Instant::now();
    let mut case = case(seed);
    let outcome = trial(&case, effort);
    let time = since.elapsed();
    let mut proved = None;
    let end = match outcome {
        Outcome::Proved(certificate, findings) => {
            let claim = |f: &bumpnet_adversary::Finding| {
                (format!("{:?}", f.claim), format!("({:.3e} times) {}", f.factor, f.text))
            };
            let (tight, unbounded) =
                (certificate.upper <= 1.01 * certificate.lower, certificate.evaluated == f64::INFINITY);
            proved = Some(*certificate);
            End::Proved { tight, unbounded, false_claims: findings.iter().map(claim).collect() }
        }
        Outcome::Refused(reason) => End::Refused(reason),
        Outcome::Panicked(message) => End::Panicked(PLACE.take(), message),
        Outcome::Broken(message) => End::Panicked(format!("the attack itself: {}", PLACE.take()), message),
    };
    let record = record(&case, proved.as_ref(), end, time);
    if matches!(&record.end, End::Panicked(..))
        || matches!(&record.end, End::Proved { false_claims, .. } if !false_claims.is_empty())
    {
        case.network = case.network.with_certificate(proved);
        write(&case, keep);
    }
    record
}

fn record(case: &Case, proved: Option<&bumpnet_ir::Certificate>, end: End, time: Duration) -> Record {
    let path = format!("{:?}", path(&case.network, proved)).to_lowercase();
    let activations = activations(&case.network).iter().map(|activation| activation.name().to_owned()).collect();
    Record { seed: case.seed, path, activations, end, time }
}

/// A table that had no end.
pub fn given_up(seed: u64, time: Duration, keep: Option<&Path>) -> Record {
    let case = case(seed);
    write(&case, keep);
    record(&case, None, End::GivenUp, time)
}

fn write(case: &Case, keep: Option<&Path>) {
    let Some(folder) = keep else { return };
    let path = folder.join(format!("{}.json", case.seed));
    if let Err(problem) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, case.network.to_json())) {
        eprintln!("{}: {problem}", path.display());
    }
}
