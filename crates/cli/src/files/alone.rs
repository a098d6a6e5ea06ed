//! Runs that change one file, each what it has read before: one after the other.

use std::fs::File;
use std::path::Path;

use super::left_over::folder_of;

/// Waits until no other run changes files in the folder of this one; none does as long as the result is held. The folder is
/// locked, because the file is another one after each change, and a file for the purpose would be left over. Where folders
/// cannot be locked nobody waits.
pub fn alone(path: &Path) -> Option<File> {
    let folder = File::open(folder_of(path)).ok()?;
    wait(&folder).then_some(folder)
}

#[cfg(unix)]
fn wait(folder: &File) -> bool {
    use rustix::fs::{FlockOperation, flock};
    rustix::io::retry_on_intr(|| flock(folder, FlockOperation::LockExclusive)).is_ok()
}

#[cfg(not(unix))]
fn wait(_: &File) -> bool {
    false
}
