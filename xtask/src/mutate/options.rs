//! What is to be damaged, how often, and the arguments of `cargo xtask mutate`.

use std::path::PathBuf;
use std::time::Duration;

/// How the command is called.
pub const USAGE: &str =
    "usage: cargo xtask mutate [--CAMPAIGN N]... [--seed S] [--seconds S] [--threads N] [--keep FOLDER]

Each case is a command of its own, with 1 GB of memory and 20 s of a processor (a formula has 60 s):
  --tables N    weight tables, damaged, through every command that reads one
  --specs N     specs, damaged, through compile
  --locks N     locks, damaged, through check
  --records N   records of the cache and tables beside them, damaged, through compile and check
  --covers N    covers, damaged, through verify
  --points N    points as CSV, NPY and Parquet, damaged, through eval
  --kills N     compile, check --bless, report, export and eval, killed at some moment; then run again
  --formulas N  specs of random formulas for every method, through compile
Without any of them 500 cases, some of each; all that is not named is left out.
  --seed S       the first seed of each campaign (0)
  --seconds S    begin no case after that time
  --keep FOLDER  where the files are made, and those that did harm stay (a folder of temporary files)
Exit code 1 if anything panicked, ended with a code above 3, went beyond the limits, or was wrong after a kill.";

/// What is done to the program.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // as in `USAGE`
pub enum Campaign {
    Tables,
    Specs,
    Locks,
    Records,
    Covers,
    Points,
    Kills,
    Formulas,
}

impl Campaign {
    /// All, each with how many cases it has where none is named.
    pub const ALL: [(Campaign, u64); 8] = [
        (Campaign::Tables, 200),
        (Campaign::Specs, 50),
        (Campaign::Locks, 50),
        (Campaign::Records, 50),
        (Campaign::Covers, 20),
        (Campaign::Points, 100),
        (Campaign::Kills, 10),
        (Campaign::Formulas, 20),
    ];

    /// Its option, without the dashes.
    pub fn name(self) -> &'static str {
        match self {
            Campaign::Tables => "tables",
            Campaign::Specs => "specs",
            Campaign::Locks => "locks",
            Campaign::Records => "records",
            Campaign::Covers => "covers",
            Campaign::Points => "points",
            Campaign::Kills => "kills",
            Campaign::Formulas => "formulas",
        }
    }

    /// How long a command may take.
    pub fn patience(self) -> Duration {
        Duration::from_secs(if self == Campaign::Formulas { 60 } else { 20 })
    }
}

/// What is asked for.
pub struct MutateOptions {
    /// Campaigns, and how many cases of each.
    pub counts: Vec<(Campaign, u64)>,
    /// The first seed.
    pub seed: u64,
    /// How many cases at once.
    pub threads: usize,
    /// When no case is begun any more.
    pub limit: Duration,
    /// Where files are made.
    pub folder: PathBuf,
}

/// The options in the arguments; `None` if they are wrong.
pub fn options(mut arguments: impl Iterator<Item = String>) -> Option<MutateOptions> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let folder = std::env::temp_dir().join("bumpnet-mutate");
    let mut options = MutateOptions { counts: Vec::new(), seed: 0, threads, limit: Duration::MAX, folder };
    while let Some(name) = arguments.next() {
        let (name, value) = (name.strip_prefix("--")?, arguments.next()?);
        let campaign = Campaign::ALL.into_iter().map(|(campaign, _)| campaign).find(|c| c.name() == name);
        match (campaign, name) {
            (Some(campaign), _) => options.counts.push((campaign, value.parse().ok()?)),
            (None, "seed") => options.seed = value.parse().ok()?,
            (None, "seconds") => options.limit = Duration::from_secs(value.parse().ok()?),
            (None, "threads") => options.threads = value.parse::<usize>().ok()?.max(1),
            (None, "keep") => options.folder = value.into(),
            _ => return None,
        }
    }
    if options.counts.is_empty() {
        options.counts = Campaign::ALL.to_vec();
    }
    Some(options)
}

impl MutateOptions {
    /// All cases, evenly mixed, so that each campaign has its part when the time is up.
    pub fn cases(&self) -> Vec<(Campaign, u64)> {
        let of = |&(campaign, count): &(Campaign, u64)| {
            (0..count).map(move |k| ((k as f64 + 0.5) / count as f64, (campaign, self.seed.wrapping_add(k))))
        };
        let mut cases: Vec<_> = self.counts.iter().flat_map(of).collect();
        cases.sort_by(|a, b| a.0.total_cmp(&b.0));
        cases.into_iter().map(|(_, case)| case).collect()
    }
}
