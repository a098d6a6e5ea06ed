//! The arguments of `cargo xtask attack`.

use std::path::PathBuf;
use std::time::Duration;

/// What is said where they are wrong.
pub const USAGE: &str = "usage: cargo xtask attack [--tables N] [--seed S] [--seconds T] [--effort E] [--threads N] [--patience T] [--keep FOLDER]

Proves N random tables (100000), those of the seeds from S (0) on, and looks for points where a proof is wrong.
  --seconds T    starts no other table after so long
  --effort E     how many points: 1, or more
  --patience T   gives up a table after so many seconds (30)
  --keep FOLDER  writes what was refuted, panicked or had no end as weight tables there
Exit code 1 if anything was; the same seeds give the same results.";

/// What is asked for.
pub struct AttackOptions {
    /// How many tables.
    pub tables: u64,
    /// The first seed.
    pub seed: u64,
    /// After how long no other table is started.
    pub limit: Duration,
    /// How many points.
    pub effort: usize,
    /// How many processes at a time.
    pub threads: usize,
    /// After how long a table is given up.
    pub patience: Duration,
    /// Where to write what is bad.
    pub keep: Option<PathBuf>,
}

/// Reads the arguments; `None` if they are wrong.
pub fn options(mut arguments: impl Iterator<Item = String>) -> Option<AttackOptions> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (limit, patience) = (Duration::MAX, Duration::from_secs(30));
    let mut options = AttackOptions { tables: 100_000, seed: 0, limit, effort: 1, threads, patience, keep: None };
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        let seconds = || value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        match name.as_str() {
            "--tables" => options.tables = value.parse().ok()?,
            "--seed" => options.seed = value.parse().ok()?,
            "--seconds" => options.limit = seconds()?,
            "--effort" => options.effort = value.parse::<usize>().ok()?.max(1),
            "--threads" => options.threads = value.parse::<usize>().ok()?.max(1),
            "--patience" => options.patience = seconds()?,
            "--keep" => options.keep = Some(value.into()),
            _ => return None,
        }
    }
    Some(options)
}
