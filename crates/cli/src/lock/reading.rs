//! Reading `bumpnet.lock`: all of it, or a refusal with its place and what to do.

use std::fmt;
use std::path::Path;

use bumpnet_ir::Diagnostic;
use bumpnet_ir::names::is_full_name;
use bumpnet_ir::text::excerpt;
use serde::Deserialize;

use crate::failure::Failure;
use crate::files::{self, Shown};
use crate::lock::{Entries, FORMAT, MAX_LOCK};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "format")]
    _format: String,
    #[serde(deserialize_with = "unique")]
    networks: Entries,
}

/// The entries, each name once: a merge can leave two, and then neither is what was accepted.
fn unique<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Entries, D::Error> {
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Entries;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("networks by name")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
            let mut entries = Entries::new();
            while let Some(name) = map.next_key::<String>()? {
                if !is_full_name(&name) {
                    let name = excerpt(&name, SHOWN);
                    return Err(serde::de::Error::custom(format!("`{name}` is no network's name, SPEC/NETWORK")));
                }
                if entries.contains_key(&name) {
                    return Err(serde::de::Error::custom(format!("`{name}` stands twice")));
                }
                let entry = map.next_value()?;
                entries.insert(name, entry);
            }
            Ok(entries)
        }
    }
    deserializer.deserialize_map(Visitor)
}

/// Reads a lock. One that cannot be read whole is refused, whatever is asked for: what others have accepted must not be
/// lost by a part of it.
pub fn read(path: &Path) -> Result<Entries, Failure> {
    let bytes = files::read(path, MAX_LOCK)?;
    if bytes.len() > MAX_LOCK {
        return Err(Failure::new(format!("{}: larger than 64 MiB, which no lock is\n  {RESTORE}", path.shown())));
    }
    // The format first: a later one may have anything else in it.
    let format = serde_json::from_slice::<Head>(&bytes).map(|head| head.format).ok();
    if let Some(format) = format.filter(|format| format != FORMAT) {
        let message = format!("the format is `{}`; this version reads `{FORMAT}`", excerpt(&format, SHOWN));
        let help = if is_later(&format) { "a later version of bumpnet wrote it: use that one" } else { RESTORE };
        return Err(wrong(path, &bytes, (1, 1), &message, help));
    }
    serde_json::from_slice::<Wire>(&bytes).map(|wire| wire.networks).map_err(|error| match conflict(&bytes) {
        Some(line) => wrong(path, &bytes, (line, 1), "this looks like an unresolved merge", MERGED),
        None => {
            let place = format!(" at line {} column {}", error.line(), error.column());
            let what = error.to_string().replace(&place, "");
            let what = format!("not a lock file: {}", excerpt(&what, 4 * SHOWN));
            wrong(path, &bytes, (error.line(), error.column()), &what, RESTORE)
        }
    })
}

/// Characters of a wrong word that are shown.
const SHOWN: usize = 60;
/// What to do about a damaged lock.
const RESTORE: &str = "restore it from your repository's history; if there is none, remove it and accept the errors of all \
                       specs anew with `check --bless`";
/// What to do about one that a merge has left.
const MERGED: &str = "take one side, as `git checkout --ours` or `--theirs` with the file's name does, then accept what the \
                      merged specs give with `check --bless`";

/// What every version's lock begins with.
#[derive(Deserialize)]
struct Head {
    format: String,
}

fn is_later(format: &str) -> bool {
    let number = |format: &str| format.strip_prefix("bumpnet-lock/").and_then(|number| number.parse::<u32>().ok());
    number(format) > number(FORMAT)
}

/// The first line, from 1, that is a marker of a merge.
fn conflict(bytes: &[u8]) -> Option<usize> {
    let marker =
        |line: &[u8]| [b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"].iter().any(|mark| line.starts_with(*mark));
    bytes.split(|byte| *byte == b'\n').position(marker).map(|line| line + 1)
}

/// Something is wrong at a line and column, both from 1; the column counts bytes.
fn wrong(path: &Path, bytes: &[u8], (line, column): (usize, usize), what: &str, help: &str) -> Failure {
    let number = line.max(1);
    let text = bytes.split(|byte| *byte == b'\n').nth(number - 1).unwrap_or_default();
    let at = column.saturating_sub(1);
    Failure::line(&path.shown(), number, text, Diagnostic::new(at..at + 1, what).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::{Entry, text};

    /// A line of before, without `evaluated` and `gate`.
    const OLDER: &str = r#"{"spec":"a.yaml","spec_digest":"d","method":"bumps","neurons":9,"lower":0.1,"upper":0.1,
        "argmax":[0.5],"weights":"w","tool":"0.1.0"}"#;

    #[test]
    fn older_locks_are_read() {
        let older: Entry = serde_json::from_str(OLDER).unwrap();
        assert_eq!((older.evaluated, older.gate, older.upper), (None, None, Some(0.1)));
    }

    #[test]
    fn text_round_trips() {
        let older: Entry = serde_json::from_str(OLDER).unwrap();
        let entry = |evaluated: f64| Entry { evaluated: Some(evaluated), ..older.clone() };
        let entries: Entries = [("b/y".to_owned(), entry(1e-300)), ("a/x".to_owned(), entry(0.1))].into();
        let wire: Wire = serde_json::from_str(&text(&entries)).unwrap();
        assert_eq!((wire.networks, wire._format.as_str()), (entries, FORMAT));
        let empty: Wire = serde_json::from_str(&text(&Entries::new())).unwrap();
        assert!(empty.networks.is_empty());
    }
}
