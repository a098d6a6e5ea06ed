//! `cargo xtask mutate`: tables, specs, locks, caches, covers and points, damaged in a way that keeps their form, through the
//! commands; commands that are killed; specs of random formulas.
//!
//! Each command is a process with a limit of memory and of time. What is looked for: a panic, an exit code above 3, more
//! memory, more time, and other results than without the damage, where there must be none. The same seeds give the same files.

mod cases;
mod child;
mod damage;
mod formulas;
mod kills;
mod options;
mod points;
mod seeds;
mod toll;

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use bumpnet_adversary::random::Random;

use kills::Scenes;
use options::{Campaign, MutateOptions, USAGE, options};
use seeds::Seeds;
use toll::Toll;

/// A case that takes more than this part of its time is told of.
const SLOW: f64 = 0.5;

/// Runs the command.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let Some(options) = options(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

/// What all cases begin with; of campaigns that are not asked for nothing is made.
struct Beginnings {
    seeds: Option<Seeds>,
    scenes: Option<Scenes>,
}

/// How much harm was done.
fn run(options: &MutateOptions) -> Result<u64, String> {
    let asked =
        |wanted: &dyn Fn(Campaign) -> bool| options.counts.iter().any(|(campaign, n)| *n > 0 && wanted(*campaign));
    let beginnings = Beginnings {
        seeds: asked(&|c| c != Campaign::Kills).then(|| Seeds::new(&options.folder)).transpose()?,
        scenes: asked(&|c| c == Campaign::Kills).then(|| Scenes::new(&options.folder)).transpose()?,
    };
    let (cases, next, toll) = (options.cases(), AtomicUsize::new(0), Mutex::new(Toll::default()));
    let started = Instant::now();
    let work = || {
        while started.elapsed() < options.limit {
            let Some((campaign, seed)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            one(&beginnings, *campaign, *seed, &options.folder, &toll);
        }
    };
    std::thread::scope(|scope| (0..options.threads).for_each(|_| drop(scope.spawn(work))));
    let toll = toll.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{toll}{:.1} s", started.elapsed().as_secs_f64());
    Ok(toll.harm())
}

/// One case in a folder of its own, which stays if there was harm.
fn one(beginnings: &Beginnings, campaign: Campaign, seed: u64, folder: &Path, toll: &Mutex<Toll>) {
    let name = campaign.name();
    let case = folder.join(format!("{name}-{seed}"));
    let mut random = Random::of(seed);
    let mut spent = (0.0, 0);
    let end = prepare(&case).and_then(|()| match (&beginnings.scenes, &beginnings.seeds) {
        (Some(scenes), _) if campaign == Campaign::Kills => kills::one(scenes, &case, &mut random),
        (_, Some(seeds)) => damaged(seeds, campaign, &case, &mut random, &mut spent),
        _ => Ok("not made".to_owned()),
    });
    let place = case.join("work");
    if let Err(what) = &end {
        println!("harm: --{name} 1 --seed {seed}: {what}; see {}", place.display());
    }
    if end.is_ok() {
        let _ = std::fs::remove_dir_all(&case); // what is left is overwritten by the next run
    }
    toll.lock().unwrap_or_else(PoisonError::into_inner).add(name, seed, end.map_err(|_| ()), spent);
}

fn prepare(case: &Path) -> Result<(), String> {
    let _ = std::fs::remove_dir_all(case); // of an older run, if there was one
    std::fs::create_dir_all(case.join("work")).map_err(|error| format!("{}: {error}", case.display()))
}

/// Writes the files of a case and runs its command; its exit code, or the harm that was done.
fn damaged(
    seeds: &Seeds,
    campaign: Campaign,
    case: &Path,
    random: &mut Random,
    spent: &mut (f64, u64),
) -> Result<String, String> {
    let made = cases::case(seeds, campaign, random);
    let place = case.join("work");
    for (name, bytes) in &made.files {
        let path = place.join(name);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let ran = child::run(case, &place, &made.command, campaign.patience());
    *spent = (ran.seconds, ran.megabytes);
    let about = if campaign == Campaign::Formulas { about(&made.files) } else { made.command.join(" ") };
    let what = |what: String| format!("{what}, {:.1} s, {} MB: {about}", ran.seconds, ran.megabytes);
    let is_slow = ran.seconds > SLOW * campaign.patience().as_secs_f64();
    let code = ran.end.as_ref().map_err(|end| what(end.clone()))?;
    if is_slow {
        println!("{}", what("slow".to_owned()));
    }
    match made.printed {
        Some(printed) if printed != ran.out => Err(what("it prints what it would not without the damage".to_owned())),
        _ => Ok(format!("exit {code}")),
    }
}

/// The lines of a spec that say what it asks for.
fn about(files: &seeds::Files) -> String {
    let text: String = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    let asked = text.lines().filter(|line| ["target:", "domain:", "  n:"].iter().any(|key| line.starts_with(key)));
    asked.map(str::trim).collect::<Vec<_>>().join("; ")
}
