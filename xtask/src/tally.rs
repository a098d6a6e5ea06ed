//! What became of the tables, by proof and by activation.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::record::{End, Record};

/// A table that takes longer is told as slow.
const SLOW: Duration = Duration::from_secs(2);
/// Seeds told of each kind.
const TOLD: usize = 8;

/// How many of one kind.
#[derive(Default)]
struct Outcomes {
    proved: u64,
    tight: u64,
    unbounded: u64,
    refused: u64,
    refuted: u64,
    panicked: u64,
    given_up: u64,
    slow: u64,
}

/// How many, and the first seeds.
#[derive(Default)]
struct Seeds(u64, Vec<u64>);

/// All of them.
#[derive(Default)]
pub struct Tally {
    tables: u64,
    time: Duration,
    paths: BTreeMap<String, Outcomes>,
    activations: BTreeMap<String, Outcomes>,
    reasons: BTreeMap<String, u64>,
    bad: BTreeMap<String, Seeds>,
    slow: Vec<(Duration, u64)>,
}

/// A message with its numbers left out, so that messages of one kind are one.
fn kind(message: &str) -> String {
    let mut text = String::new();
    for c in message.chars() {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if !(c == '#' && text.ends_with('#')) {
            text.push(c);
        }
    }
    text
}

impl Outcomes {
    fn add(&mut self, record: &Record) {
        self.slow += u64::from(record.time > SLOW);
        match &record.end {
            End::Proved { tight, unbounded, false_claims } => {
                self.proved += 1;
                self.tight += u64::from(*tight);
                self.unbounded += u64::from(*unbounded);
                self.refuted += u64::from(!false_claims.is_empty());
            }
            End::Refused(_) => self.refused += 1,
            End::Panicked(..) => self.panicked += 1,
            End::GivenUp => self.given_up += 1,
        }
    }
}

impl Seeds {
    fn add(&mut self, seed: u64) {
        self.0 += 1;
        self.1.push(seed);
        self.1.sort_unstable();
        self.1.truncate(TOLD);
    }
}

impl Tally {
    /// Counts one; the line to tell of it at once, if it is bad.
    pub fn add(&mut self, record: &Record) -> Option<String> {
        let Record { seed, path, time, .. } = record;
        self.tables += 1;
        self.time += *time;
        self.paths.entry(path.clone()).or_default().add(record);
        for activation in &record.activations {
            self.activations.entry(activation.clone()).or_default().add(record);
        }
        if *time > SLOW {
            self.slow.push((*time, *seed));
        }
        let mut bad = |what: String| self.bad.entry(what).or_default().add(*seed);
        match &record.end {
            End::Proved { false_claims, .. } => {
                false_claims.iter().for_each(|(claim, _)| bad(format!("refuted: {claim} of {path}")));
                let texts: Vec<String> = false_claims.iter().map(|(claim, text)| format!("{claim} {text}")).collect();
                (!texts.is_empty()).then(|| format!("refuted: seed {seed}, {path}: {}", texts.join("; ")))
            }
            End::Refused(reason) => {
                *self.reasons.entry(kind(reason)).or_default() += 1;
                None
            }
            End::Panicked(place, message) => {
                bad(format!("panicked: {place}"));
                Some(format!("panicked: seed {seed}: {place}: {message}"))
            }
            End::GivenUp => {
                bad(format!("given up: {path}"));
                Some(format!("given up: seed {seed}, {path}, after {:.0} s", time.as_secs_f64()))
            }
        }
    }

    /// How many there are.
    pub fn tables(&self) -> u64 {
        self.tables
    }

    /// Whether nothing was refuted, panicked, or had no end.
    pub fn is_clean(&self) -> bool {
        self.bad.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["proved", "tight", "unbounded", "refused", "refuted", "panicked", "given up", "slow"];
        writeln!(f, "{:<18}{}", "", head.map(|name| format!("{name:>10}")).concat())?;
        for (name, row) in self.paths.iter().chain(&self.activations) {
            let Outcomes { proved, tight, unbounded, refused, refuted, panicked, given_up, slow } = row;
            let numbers = [proved, tight, unbounded, refused, refuted, panicked, given_up, slow];
            writeln!(f, "{name:<18}{}", numbers.map(|number| format!("{number:>10}")).concat())?;
        }
        for (reason, count) in &self.reasons {
            writeln!(f, "refused {count}: {reason}")?;
        }
        for (what, Seeds(count, seeds)) in &self.bad {
            writeln!(f, "{count} {what}, seeds {seeds:?}")?;
        }
        let mut slow = self.slow.clone();
        slow.sort_by(|a, b| b.cmp(a));
        for (time, seed) in slow.iter().take(TOLD) {
            writeln!(f, "slow: {:.1} s, seed {seed}", time.as_secs_f64())?;
        }
        writeln!(f, "{:.2} ms a table", 1e3 * self.time.as_secs_f64() / self.tables.max(1) as f64)
    }
}
