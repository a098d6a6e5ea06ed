//! Writing so that a kill leaves the old file or the new one.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::left_over;
use super::words::{cannot_write, is_file};
use crate::failure::Failure;

/// Writes a whole file: beside it, synced, then renamed over it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    filled(path, bytes)?.finish()
}

/// The same for a file that can be made again and whose digest is looked at, such as a table of the cache: it is renamed
/// but not synced. A kill leaves the old file or the new one as ever; after a power cut the file may be damaged, which the
/// next run notices. Waiting for the disk would take longer than compiling a small spec.
pub fn write_again(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    filled(path, bytes)?.rename()
}

fn filled(path: &Path, bytes: &[u8]) -> Result<Replacement, Failure> {
    let mut file = Replacement::new(path)?;
    file.put(bytes)?;
    Ok(file)
}

/// A file under way: it appears at its path only when it is finished.
pub struct Replacement {
    path: PathBuf,
    /// `None` once it is finished.
    file: Option<tempfile::NamedTempFile>,
}

impl Replacement {
    /// Starts a file, and its folder if need be.
    pub fn new(path: &Path) -> Result<Replacement, Failure> {
        let folder = left_over::folder_of(path);
        let failed = |error: std::io::Error| cannot_write(path, &error);
        if !folder.is_dir() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        if path.exists() {
            is_file(path).map_err(failed)?; // what is no file is not replaced by one
        }
        left_over::sweep_beside(path);
        let mut under_way = under_way();
        let file = left_over::temporary(folder).map_err(failed)?;
        under_way.insert(file.path().to_owned());
        Ok(Replacement { path: path.to_owned(), file: Some(file) })
    }

    /// Appends bytes.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_all(bytes).map_err(|error| self.failed(&error))
    }

    /// The failure to write this file, in words.
    pub fn failed(&self, error: &std::io::Error) -> Failure {
        cannot_write(&self.path, error)
    }

    /// Syncs and renames.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.file().and_then(|file| file.sync_all()).map_err(|error| self.failed(&error))?;
        self.rename()
    }

    /// Renames without waiting for the disk.
    pub fn rename(mut self) -> Result<(), Failure> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let temporary = file.path().to_owned();
        let done =
            set_mode(file.as_file()).and_then(|()| file.persist(&self.path).map(|_| ()).map_err(|error| error.error));
        under_way().remove(&temporary);
        done.map_err(|error| self.failed(&error))
    }

    fn file(&mut self) -> std::io::Result<&mut std::fs::File> {
        let file = self.file.as_mut().map(tempfile::NamedTempFile::as_file_mut);
        file.ok_or_else(|| std::io::Error::other("the file is finished"))
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            let temporary = file.path().to_owned();
            drop(file);
            under_way().remove(&temporary);
        }
    }
}

/// The temporary files of this process, for when it is interrupted.
static UNDER_WAY: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn under_way() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    // A set is whole after a panic, too.
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the temporary files and ends the process: no file is begun in between.
pub fn abandon(code: i32) -> ! {
    let under_way = under_way();
    for file in under_way.iter() {
        let _ = std::fs::remove_file(file); // it may have been renamed already
    }
    std::process::exit(code)
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file()?.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.file()?.flush()
    }
}

/// Temporary files are private; what they become is an ordinary file.
#[cfg(unix)]
fn set_mode(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_mode(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

impl std::io::Seek for Replacement {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.file()?.seek(to)
    }
}
