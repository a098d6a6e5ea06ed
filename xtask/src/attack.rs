//! `cargo xtask attack`: random tables of every form, proved and attacked, for as long as asked.
//!
//! The work is done by processes of their own, each with a part of the seeds: one that overflows its stack, takes all memory or
//! never ends costs its table and no more.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::options::{AttackOptions, USAGE, options};
use crate::record::Record;
use crate::tally::Tally;
use crate::worker;

/// Tables that one process is given at a time.
const PORTION: u64 = 500;

/// Runs the command.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let Some(options) = options(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let started = Instant::now();
    let next = AtomicU64::new(0);
    let tally = Mutex::new(Tally::default());
    let work = || {
        while started.elapsed() < options.limit {
            let from = next.fetch_add(PORTION, Ordering::Relaxed);
            let to = (from + PORTION).min(options.tables);
            if from >= to || !portion(&options, (from, to), started, &tally) {
                break;
            }
        }
    };
    std::thread::scope(|scope| (0..options.threads).for_each(|_| drop(scope.spawn(work))));
    let tally = locked(&tally);
    print!("{tally}");
    println!("{} tables in {:.1} s", tally.tables(), started.elapsed().as_secs_f64());
    // Less than was asked for is no success, unless the time was up.
    let short = tally.tables() < options.tables && started.elapsed() < options.limit;
    if short {
        eprintln!("only {} of {} tables: a process could not be started", tally.tables(), options.tables);
    }
    if tally.is_clean() && !short { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Some tables in turn, by as many processes as it takes; whether one could be started.
fn portion(options: &AttackOptions, (mut from, to): (u64, u64), started: Instant, tally: &Mutex<Tally>) -> bool {
    while from < to && started.elapsed() < options.limit {
        let Some(child) = spawn(options, from, to) else { return false };
        let child = Mutex::new(child);
        // When the table under way was begun.
        let (since, done) = (Mutex::new(Instant::now()), AtomicBool::new(false));
        let output = locked(&child).stdout.take();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(20));
                    let over = started.elapsed() >= options.limit;
                    if locked(&since).elapsed()
                        > if over { options.patience.min(options.limit) } else { options.patience }
                    {
                        let _ = locked(&child).kill(); // it may have ended by itself
                    }
                }
            });
            for line in output.into_iter().flat_map(|output| BufReader::new(output).lines()).map_while(Result::ok) {
                let Some(record) = Record::read(&line) else { continue };
                from = record.seed.wrapping_sub(options.seed) + 1;
                tell(tally, &record);
                *locked(&since) = Instant::now();
                if started.elapsed() >= options.limit {
                    let _ = locked(&child).kill();
                    break;
                }
            }
            done.store(true, Ordering::Relaxed);
        });
        let time = locked(&since).elapsed();
        let ended = locked(&child).wait();
        if from < to && started.elapsed() < options.limit && !ended.is_ok_and(|status| status.success()) {
            let seed = options.seed.wrapping_add(from);
            tell(tally, &worker::given_up(seed, time, options.keep.as_deref()));
            from += 1;
        }
    }
    true
}

fn tell(tally: &Mutex<Tally>, record: &Record) {
    if let Some(line) = locked(tally).add(record) {
        println!("{line}");
    }
}

fn spawn(options: &AttackOptions, from: u64, to: u64) -> Option<Child> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.arg("attack-worker");
    let numbers =
        [("--seed", options.seed.wrapping_add(from)), ("--tables", to - from), ("--effort", options.effort as u64)];
    for (name, number) in numbers {
        command.arg(name).arg(number.to_string());
    }
    if let Some(folder) = &options.keep {
        command.arg("--keep").arg(folder);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()
}
