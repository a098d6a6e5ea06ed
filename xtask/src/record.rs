//! What became of one table, as a line from a process to the one that counts.

use std::time::Duration;

/// One table.
pub struct Record {
    /// What it was made from.
    pub seed: u64,
    /// How it was proved.
    pub path: String,
    /// The names of its activations.
    pub activations: Vec<String>,
    /// What became of it.
    pub end: End,
    /// How long it took.
    pub time: Duration,
}

/// What became of a table.
pub enum End {
    /// There is a certificate: whether `upper` is within 1 % of `lower`, whether `evaluated` is infinite, and what is false.
    Proved { tight: bool, unbounded: bool, false_claims: Vec<(String, String)> },
    /// There is none, and why.
    Refused(String),
    /// A panic: where, and the message.
    Panicked(String, String),
    /// It did not end in time, or took the process with it.
    GivenUp,
}

/// Between fields; and between the parts of one.
const TAB: &str = "\t";
const PART: &str = "\u{1f}";

impl Record {
    /// As a line.
    pub fn line(&self) -> String {
        let clean = |text: &str| text.replace(['\t', '\n', '\u{1f}'], " ");
        let end = match &self.end {
            End::Proved { tight, unbounded, false_claims } => {
                let mut fields = vec!["proved".to_owned(), tight.to_string(), unbounded.to_string()];
                fields.extend(false_claims.iter().map(|(claim, text)| format!("{claim}{PART}{}", clean(text))));
                fields.join(TAB)
            }
            End::Refused(reason) => ["refused", &clean(reason)].join(TAB),
            End::Panicked(place, message) => ["panicked", &clean(place), &clean(message)].join(TAB),
            End::GivenUp => "given up".to_owned(),
        };
        let activations = self.activations.join(PART);
        [&self.seed.to_string(), &self.time.as_micros().to_string(), &self.path, &activations, &end]
            .map(String::as_str)
            .join(TAB)
    }

    /// From a line.
    pub fn read(line: &str) -> Option<Record> {
        let mut fields = line.split(TAB);
        let seed = fields.next()?.parse().ok()?;
        let time = Duration::from_micros(fields.next()?.parse().ok()?);
        let path = fields.next()?.to_owned();
        let activations = fields.next()?.split(PART).map(str::to_owned).collect();
        let end = match fields.next()? {
            "proved" => {
                let (tight, unbounded) = (fields.next()? == "true", fields.next()? == "true");
                let claim = |text: &str| text.split_once(PART).map(|(claim, text)| (claim.to_owned(), text.to_owned()));
                End::Proved { tight, unbounded, false_claims: fields.map(claim).collect::<Option<_>>()? }
            }
            "refused" => End::Refused(fields.next()?.to_owned()),
            "panicked" => End::Panicked(fields.next()?.to_owned(), fields.next()?.to_owned()),
            _ => return None,
        };
        Some(Record { seed, path, activations, end, time })
    }
}
