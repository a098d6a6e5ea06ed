//! Covers beside tables: `NAME.cover` holds the steps of the proof of `NAME.json`.

use std::path::{Path, PathBuf};

use bumpnet_ir::Certificate;
use bumpnet_prove::{Cover, Proved};

use crate::failure::Failure;
use crate::files::{self, Shown};
use crate::select::{self, Subject};

/// Largest cover that is read.
const MAX_COVER: usize = 1 << 26;

/// Where the cover of a table is.
pub fn path(table: &Path) -> PathBuf {
    table.with_extension("cover")
}

/// Writes the cover of a table's proof beside it, if it is not there yet.
pub fn keep(table: &Path) -> Result<(), Failure> {
    let subject = select::table(table)?;
    let Some(stated) = &subject.network.certificate else { return Ok(()) };
    let (path, digest) = (path(table), subject.network.digest());
    if matches!(read(&path, &digest), Some(Ok(_))) {
        return Ok(());
    }
    let cover = bumpnet_prove::cover(&subject.target, &subject.network, stated)
        .map_err(|problem| Failure::new(format!("{}: no cover: {problem}", table.shown())))?;
    files::write_again(&path, cover.to_json(&digest).as_bytes())
}

/// Removes a cover that is of another table than the one of that digest, which stood there before.
pub fn drop_older(table: &Path, digest: &str) -> Result<(), Failure> {
    let path = path(table);
    match read(&path, digest) {
        Some(Err(_)) => files::remove(&path),
        _ => Ok(()),
    }
}

/// The cover at a path, of the table of that digest; `None` where there is none.
fn read(path: &Path, digest: &str) -> Option<Result<Cover, String>> {
    if !path.exists() {
        return None;
    }
    let text = files::read(path, MAX_COVER).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    Some(match text {
        Some(text) => Cover::from_json(&text, digest),
        None => Err("it cannot be read as text".to_owned()),
    })
}

/// The proof of a table's certificate by the cover beside it; `None` where there is no cover.
///
/// # Errors
/// Why the cover proves nothing. That says nothing of the certificate.
pub fn prove(table: &Path, subject: &Subject, stated: &Certificate) -> Option<Result<Proved, String>> {
    let path = path(table);
    let cover = read(&path, &subject.network.digest())?;
    let proved = cover.and_then(|cover| {
        let proved = bumpnet_prove::verify_by(&cover, &subject.target, &subject.network, stated);
        proved.ok_or_else(|| "its steps do not prove what the table states".to_owned())
    });
    Some(proved.map_err(|problem| format!("{}: {problem}", path.shown())))
}
