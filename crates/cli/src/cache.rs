//! The cache: what was compiled and measured before, by content.
//!
//! A network has one record, `OUT/.cache/<spec>/<network>.json`, so that old ones do not pile up. It is only good for
//! the key it was written with, which covers all that decides a result: what the spec asks for, the gate, which the
//! search for a proof stops at, and the sources of this program. It carries a digest of itself, and of the table it
//! speaks of, from which the certificate comes; where either does not fit, the network is made anew.

use std::path::{Path, PathBuf};

use bumpnet_ir::digest::sha256;
use bumpnet_ir::{Certificate, Gate, Network, NetworkSpec, Spec};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::{files, version};

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
    /// What is proved; `None` if nothing could be. It stands in the table.
    #[serde(skip)]
    pub certificate: Option<Certificate>,
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
    /// How many times the error the bound may be, see [`Certificate::loose`].
    pub fn loose(&self) -> Option<f64> {
        self.certificate.as_ref()?.loose(self.scale)
    }
}

/// Largest table that is read: a million-bump table has about 50 MB.
pub const MAX_TABLE: usize = 1 << 30;
/// Largest cache record that is read.
const MAX_RECORD: usize = 1 << 16;

/// A record as it is filed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filed {
    key: String,
    /// Of the key and of the record's own text.
    digest: String,
    record: Box<serde_json::value::RawValue>,
}

/// What decides the result for a network: the spec's digest, which covers `max_error`; the gate; and the
/// build of this program.
pub fn key(spec: &Spec, network: &NetworkSpec) -> String {
    let gate = network.gate.as_ref().map(Gate::in_spec);
    sha256(format!("{}\n{gate:?}\n{}", spec.digest(network), version::BUILD).as_bytes())
}

fn path(out: &Path, spec: &Spec, network: &NetworkSpec) -> PathBuf {
    out.join(".cache").join(&spec.name).join(format!("{}.json", network.name))
}

/// A network's record, if it is of this key and its table is still as it was written. An unreadable cache is an empty
/// cache.
pub fn find(out: &Path, spec: &Spec, network: &NetworkSpec, table: &Path) -> Option<Record> {
    let text = files::read(&path(out, spec, network), MAX_RECORD).ok()?;
    let filed: Filed = serde_json::from_slice(&text).ok()?;
    let good = filed.key == key(spec, network) && filed.digest == digest(&filed.key, filed.record.get());
    let record: Record = serde_json::from_str(good.then(|| filed.record.get())?).ok()?;
    let bytes = files::read(table, MAX_TABLE).ok()?;
    let text = (sha256(&bytes) == record.table).then(|| String::from_utf8(bytes).ok())??;
    Some(Record { certificate: Network::certificate_in(&text), ..record })
}

/// Files a network's record in the place of its last one.
pub fn keep(out: &Path, spec: &Spec, network: &NetworkSpec, record: &Record) -> Result<(), Failure> {
    let record = serde_json::to_string(record).map_err(|error| Failure::new(error.to_string()))?;
    let key = key(spec, network);
    let text = format!("{{\"key\":\"{key}\",\"digest\":\"{}\",\"record\":{record}}}\n", digest(&key, &record));
    files::write_again(&path(out, spec, network), text.as_bytes())
}

fn digest(key: &str, record: &str) -> String {
    sha256(format!("{key}\n{record}").as_bytes())
}

/// Removes the records of versions that filed them by their key, in one folder.
pub fn sweep(out: &Path) {
    for entry in std::fs::read_dir(out.join(".cache")).into_iter().flatten().flatten() {
        let digits = |name: &str| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let old = entry.file_name().to_str().is_some_and(digits) && entry.file_type().is_ok_and(|kind| kind.is_file());
        if old {
            // What cannot be removed is never read either.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
