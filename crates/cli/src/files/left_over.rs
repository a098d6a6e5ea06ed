//! Temporary files. Each is locked as long as its owner lives, so that the next run that reads or writes in a folder knows
//! what a kill has left behind there, and removes it.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::NamedTempFile;

/// Names of temporary files, between which the random part stands.
const PREFIX: &str = ".bumpnet-";
const SUFFIX: &str = ".tmp";
/// How often a new file is made where others look whether its owner lives, just when it is made.
const ATTEMPTS: usize = 100;
/// Where files cannot be locked: how long one must have been left alone to count as left behind. A run that still writes it
/// touches it more often.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Folders in which older runs' files were looked for.
static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new temporary file in a folder, locked where files can be.
pub fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    for _ in 0..ATTEMPTS {
        let file = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
        match lock(file.as_file()) {
            // It may be gone: another run found it before it was locked.
            Lock::Ours if !file.path().exists() => {}
            Lock::Another => {}
            _ => return Ok(file),
        }
    }
    Err(std::io::Error::other("other runs remove what is written here"))
}

/// Removes what kills have left behind in the folder of a file, the first time that this process asks.
pub fn sweep_beside(path: &Path) {
    let folder = folder_of(path);
    // A set is whole after a panic, too.
    if SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned()) {
        sweep(folder);
    }
}

/// What cannot be removed does no harm.
fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        // Only a plain file: what a link or a folder of this name is, we have not made.
        if ours && entry.metadata().is_ok_and(|known| known.is_file() && is_left(&entry.path(), &known)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether the owner of a temporary file is gone.
fn is_left(path: &Path, known: &std::fs::Metadata) -> bool {
    let Ok(file) = File::options().write(true).open(path) else { return false };
    match lock(&file) {
        Lock::Ours => true,
        Lock::Another => false,
        Lock::None => known.modified().ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > STALE),
    }
}

/// Whose a file is.
#[cfg_attr(not(unix), allow(dead_code))]
enum Lock {
    /// Ours, until it is closed.
    Ours,
    /// A living process has it.
    Another,
    /// Files are not locked here.
    None,
}

#[cfg(unix)]
fn lock(file: &File) -> Lock {
    use rustix::fs::{FlockOperation, flock};
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Lock::Ours,
        Err(error) if error == rustix::io::Errno::WOULDBLOCK => Lock::Another,
        Err(_) => Lock::None,
    }
}

#[cfg(not(unix))]
fn lock(_: &File) -> Lock {
    Lock::None
}
