//! `bumpnet.lock`: what the repository has accepted, one line per network, and the verdict on what is found now.

pub mod reading;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use bumpnet_ir::{Certificate, Gate, Measure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cache::Record;
use crate::failure::Failure;
use crate::files;
use crate::files::Shown;

/// The file's name.
pub const FILE: &str = "bumpnet.lock";
/// The format's name and version.
pub const FORMAT: &str = "bumpnet-lock/1";
/// Largest lock that is read: 100,000 networks of about 500 bytes.
pub const MAX_LOCK: usize = 64 << 20;
/// An error has grown if it grew by more than this part of itself. Bounds are proved to be 1 % tight at best, so a
/// smaller change can come from the proof alone ...
const RELATIVE: f64 = 0.01;
/// ... and by more than this part of the target's largest value: four units in the last place, the noise of rounding.
const ABSOLUTE: f64 = 4.0 * f64::EPSILON;

/// What was accepted for one network.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The spec's file, relative to the lock, with `/` between folders.
    pub spec: String,
    /// Digest of what the spec asks for.
    pub spec_digest: String,
    /// The construction.
    pub method: String,
    /// Hidden units.
    pub neurons: usize,
    /// The sup error is proved to be at least this; `None` without a certificate.
    pub lower: Option<f64>,
    /// The sup error is proved to be at most this, in exact arithmetic.
    pub upper: Option<f64>,
    /// The same of the network as its evaluator computes it: what is compared. Older locks do not have it.
    #[serde(default)]
    pub evaluated: Option<f64>,
    /// What these errors are measured by, if not by the distance from the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// The gate that it was held to. Older locks do not have it.
    #[serde(default)]
    pub gate: Option<f64>,
    /// Where `lower` is attained.
    pub argmax: Vec<f64>,
    /// Digest of the weights.
    pub weights: String,
    /// The version and build that accepted it.
    pub tool: String,
}

/// The entries by `spec/network`.
pub type Entries = BTreeMap<String, Entry>;

/// What is to be said of a network.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As accepted.
    Ok,
    /// The error has grown.
    ErrorRegressed,
    /// The proved error is over the gate, or over the spec's `max_error`.
    OverGate,
    /// What was proved once cannot be proved any more.
    CertificateLost,
    /// Other weights, no larger error.
    WeightsChanged,
    /// The error has fallen.
    Improved,
    /// Not in the lock yet.
    New,
    /// In the lock, but no longer in the specs.
    Orphan,
}

impl Verdict {
    /// Whether it makes `check` fail.
    pub fn fails(self) -> bool {
        matches!(self, Verdict::ErrorRegressed | Verdict::OverGate | Verdict::CertificateLost)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Ok => "ok",
            Verdict::ErrorRegressed => "error-regressed",
            Verdict::OverGate => "over-gate",
            Verdict::CertificateLost => "certificate-lost",
            Verdict::WeightsChanged => "weights-changed",
            Verdict::Improved => "improved",
            Verdict::New => "new",
            Verdict::Orphan => "orphan",
        })
    }
}

/// The proved errors that are compared, accepted and now, of the network as it is evaluated; with a line that does not
/// have it yet, of the network in exact arithmetic.
pub fn compared(now: &Record, accepted: &Entry) -> (Option<f64>, Option<f64>) {
    let now = now.certificate.as_ref().map(Certificate::in_its_measure);
    match accepted.evaluated {
        // Errors in different measures cannot be compared.
        _ if now.is_some_and(|now| now.measure != accepted.measure.as_ref()) => {
            (None, now.map(|proved| proved.evaluated))
        }
        None => (accepted.upper, now.map(|proved| proved.upper)),
        evaluated => (evaluated, now.map(|proved| proved.evaluated)),
    }
}

/// The verdict on a network that is in the specs. Proved bounds are compared; a gate has no tolerance.
pub fn judge(now: &Record, accepted: Option<&Entry>, gate: Option<&Gate>) -> Verdict {
    let proved_before = accepted.is_some_and(|entry| entry.upper.is_some());
    if proved_before && now.certificate.is_none() {
        return Verdict::CertificateLost;
    }
    if gate.is_some_and(|gate| !gate.is_met(now.certificate.as_ref())) || now.missed.is_some() {
        return Verdict::OverGate;
    }
    let Some(accepted) = accepted else { return Verdict::New };
    // An error in a measure is a part of 1, as a rule.
    let measured = now.certificate.as_ref().is_some_and(|proved| proved.measured.is_some());
    let scale = if measured { 1.0 } else { now.scale };
    let (before, bound) = compared(now, accepted);
    let (before, bound) = (before.unwrap_or(f64::INFINITY), bound.unwrap_or(f64::INFINITY));
    let threshold = |old: f64| (RELATIVE * old).max(ABSOLUTE * scale);
    if bound > before + threshold(before) {
        Verdict::ErrorRegressed
    } else if before > bound + threshold(bound) {
        Verdict::Improved
    } else if now.weights != accepted.weights {
        Verdict::WeightsChanged
    } else {
        Verdict::Ok
    }
}

/// Where the lock of these paths is: the nearest one in their folder or above it, within the repository; or else
/// where a new one belongs, beside them.
pub fn find(paths: &[PathBuf]) -> Result<PathBuf, Failure> {
    let mut found: Option<PathBuf> = None;
    for path in paths {
        let lock = find_one(path)?;
        match &found {
            Some(other) if *other != lock => {
                return Err(Failure::new(format!(
                    "these paths have different locks, {} and {}: check them one by one",
                    other.shown(),
                    lock.shown()
                )));
            }
            _ => found = Some(lock),
        }
    }
    found.ok_or_else(|| Failure::new("no path is given"))
}

fn find_one(path: &Path) -> Result<PathBuf, Failure> {
    let absolute = match path.canonicalize() {
        Ok(absolute) => absolute,
        Err(_) => std::path::absolute(path).map_err(|error| Failure::new(files::reason(&error)))?,
    };
    let beside = if absolute.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(&absolute) };
    for folder in beside.ancestors() {
        if folder.join(FILE).is_file() {
            return Ok(folder.join(FILE));
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(beside.join(FILE))
}

/// A spec's path as the lock writes it.
pub fn relative(lock: &Path, spec: &Path) -> String {
    let folder = lock.parent().unwrap_or(lock);
    let absolute = spec.canonicalize().unwrap_or_else(|_| spec.to_owned());
    let relative = absolute.strip_prefix(folder).unwrap_or(&absolute);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// The lock's text: sorted, one line per network, so that merges are easy.
pub fn text(entries: &Entries) -> String {
    let quote = |name: &str| serde_json::to_string(name).unwrap_or_default(); // a string always serialises
    let lines: Vec<String> = entries
        .iter()
        .map(|(name, entry)| format!("{}:{}", quote(name), serde_json::to_string(entry).unwrap_or_default()))
        .collect();
    format!("{{\"format\":{},\n\"networks\":{{\n{}\n}}}}\n", quote(FORMAT), lines.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(upper: f64, weights: &str) -> Record {
        let certificate = Certificate {
            lower: upper,
            upper,
            argmax: vec![0.5],
            rms: (0.1, 0.1),
            method: "taylor-model".into(),
            evaluated: upper,
            cells: 1,
            hidden: None,
            measured: None,
            note: None,
        };
        Record {
            neurons: 9,
            parameters: 28,
            pieces: 10,
            at_least: None,
            certificate: Some(certificate),
            missed: None,
            scale: 1.0,
            weights: weights.into(),
            table: "t".into(),
        }
    }

    fn entry(upper: f64) -> Entry {
        Entry {
            spec: "a.yaml".into(),
            spec_digest: "d".into(),
            method: "bumps".into(),
            neurons: 9,
            lower: Some(upper),
            upper: Some(upper),
            evaluated: Some(upper),
            measure: None,
            gate: None,
            argmax: vec![0.5],
            weights: "w".into(),
            tool: "0.1.0".into(),
        }
    }

    fn gate(max_error: f64) -> Gate {
        Gate { max_error, measure: None }
    }

    #[test]
    fn verdicts() {
        let old = entry(0.1);
        assert_eq!(judge(&record(0.1, "w"), Some(&old), None), Verdict::Ok);
        assert_eq!(judge(&record(0.1, "v"), Some(&old), None), Verdict::WeightsChanged);
        assert_eq!(judge(&record(0.1009, "v"), Some(&old), None), Verdict::WeightsChanged);
        assert_eq!(judge(&record(0.102, "v"), Some(&old), None), Verdict::ErrorRegressed);
        assert_eq!(judge(&record(0.09, "v"), Some(&old), None), Verdict::Improved);
        assert_eq!(judge(&record(0.1, "w"), None, None), Verdict::New);
        assert_eq!(
            judge(&record(0.1, "w"), None, Some(&gate(0.1))),
            Verdict::New,
            "a gate has no tolerance, and equality is met"
        );
        assert_eq!(judge(&record(0.1f64.next_up(), "w"), Some(&old), Some(&gate(0.1))), Verdict::OverGate);
        let unproved = Record { certificate: None, ..record(0.1, "w") };
        assert_eq!(judge(&unproved, Some(&old), None), Verdict::CertificateLost);
        assert_eq!(judge(&unproved, None, Some(&gate(0.2))), Verdict::OverGate, "what is not proved meets no gate");
        assert_eq!(
            judge(&record(0.1, "w"), Some(&Entry { upper: None, evaluated: None, ..entry(0.1) }), None),
            Verdict::Improved
        );
        // Both thresholds must be passed: an error of rounding size may double.
        assert_eq!(judge(&record(4e-16, "v"), Some(&entry(2e-16)), None), Verdict::WeightsChanged);
        assert_eq!(judge(&record(4e-14, "v"), Some(&entry(2e-14)), None), Verdict::ErrorRegressed);
    }

    #[test]
    fn what_runs_is_compared() {
        let rounded = |evaluated: f64| {
            let mut now = record(0.1, "v");
            now.certificate.iter_mut().for_each(|proved| proved.evaluated = evaluated);
            now
        };
        assert_eq!(judge(&rounded(0.2), Some(&entry(0.1)), None), Verdict::ErrorRegressed);
        // A line of an older lock does not say what ran; then what both have is compared.
        assert_eq!(judge(&rounded(0.2), Some(&Entry { evaluated: None, ..entry(0.1) }), None), Verdict::WeightsChanged);
        let lost = Entry { evaluated: Some(0.2), ..entry(0.1) };
        assert_eq!(judge(&rounded(0.1), Some(&lost), None), Verdict::Improved);
    }
}
