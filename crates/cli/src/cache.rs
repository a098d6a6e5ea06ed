//! The cache: what was compiled and measured before, by content.
//!
//! A key covers the spec's digest and this very program (its file's length and time), so another version never finds
//! the records of this one. A record is only good while the table it speaks of is still there, byte for byte.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bumpnet_ir::Certificate;
use bumpnet_ir::digest::sha256;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::files;

/// What is known of a network without building it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Hidden units.
    pub neurons: usize,
    /// Weights and biases.
    pub parameters: usize,
    /// Bumps, or straight pieces.
    pub pieces: usize,
    /// Fewest pieces that could do, where that is proved.
    pub at_least: Option<usize>,
    /// What is proved; `None` if nothing could be.
    pub certificate: Option<Certificate>,
    /// What a gate is compared with; see [`bumpnet_ir::Certificate::bound`].
    pub bound: f64,
    /// Why `max_error` was not met.
    pub missed: Option<String>,
    /// A magnitude of the target: rounding noise is relative to it.
    pub scale: f64,
    /// Digest of the weights.
    pub weights: String,
    /// Digest of the table's file.
    pub table: String,
}

impl Record {
    /// The proved bound; infinite without a certificate.
    pub fn upper(&self) -> f64 {
        self.certificate.as_ref().map_or(f64::INFINITY, |certificate| certificate.upper)
    }
}

/// Largest cache record that is read.
const MAX_RECORD: usize = 1 << 16;

/// The key of a network, from its spec's digest.
pub fn key(spec_digest: &str) -> String {
    sha256(format!("{spec_digest}\n{}", program()).as_bytes()).trim_start_matches("sha256:").to_owned()
}

/// What identifies this program: its version, and its file's length and time of change.
fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let file = std::env::current_exe().and_then(std::fs::metadata);
        let stamp = file.and_then(|file| Ok((file.len(), file.modified()?)));
        format!("{} {:?}", env!("CARGO_PKG_VERSION"), stamp.ok())
    })
}

fn record_path(out: &Path, key: &str) -> PathBuf {
    out.join(".cache").join(key)
}

/// The record of a key, if its table is still as it was written. An unreadable cache is an empty cache.
pub fn find(out: &Path, key: &str, table: &Path) -> Option<Record> {
    let record: Record = serde_json::from_slice(&files::read(&record_path(out, key), MAX_RECORD).ok()?).ok()?;
    let bytes = std::fs::read(table).ok()?;
    (sha256(&bytes) == record.table).then_some(record)
}

/// Files a record.
pub fn keep(out: &Path, key: &str, record: &Record) -> Result<(), Failure> {
    let text = serde_json::to_vec(record).map_err(|error| Failure::new(error.to_string()))?;
    files::write_again(&record_path(out, key), &text)
}
