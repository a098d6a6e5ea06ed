//! What became of the cases, by campaign.

use std::collections::BTreeMap;
use std::fmt;

/// Slowest and largest cases told of each campaign.
const TOLD: usize = 5;

/// What became of the cases of one campaign.
#[derive(Default)]
struct Ends {
    cases: u64,
    harm: u64,
    /// How often each exit code, or each end of a kill.
    codes: BTreeMap<String, u64>,
    slowest: Vec<(f64, u64)>,
    largest: Vec<(u64, u64)>,
}

/// What became of all.
#[derive(Default)]
pub struct Toll(BTreeMap<&'static str, Ends>);

impl Toll {
    /// Counts a case of a campaign: how it ended, its seconds and its megabytes.
    pub fn add(&mut self, campaign: &'static str, seed: u64, end: Result<String, ()>, spent: (f64, u64)) {
        let ends = self.0.entry(campaign).or_default();
        ends.cases += 1;
        match end {
            Ok(code) => *ends.codes.entry(code).or_default() += 1,
            Err(()) => ends.harm += 1,
        }
        ends.slowest.push((spent.0, seed));
        ends.slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
        ends.slowest.truncate(TOLD);
        ends.largest.push((spent.1, seed));
        ends.largest.sort_by(|a, b| b.cmp(a));
        ends.largest.truncate(TOLD);
    }

    /// How many cases did harm.
    pub fn harm(&self) -> u64 {
        self.0.values().map(|ends| ends.harm).sum()
    }
}

impl fmt::Display for Toll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, ends) in &self.0 {
            let codes: Vec<String> = ends.codes.iter().map(|(code, count)| format!("{code}: {count}")).collect();
            writeln!(f, "{} {name}, {} did harm; {}", ends.cases, ends.harm, codes.join(", "))?;
            if ends.slowest.iter().all(|(seconds, _)| *seconds == 0.0) {
                continue; // kills, which are not measured
            }
            let slow: Vec<String> = ends.slowest.iter().map(|(s, seed)| format!("{s:.1} s (seed {seed})")).collect();
            let large: Vec<String> = ends.largest.iter().map(|(mb, seed)| format!("{mb} MB (seed {seed})")).collect();
            writeln!(f, "  slowest {}\n  largest {}", slow.join(", "), large.join(", "))?;
        }
        Ok(())
    }
}
