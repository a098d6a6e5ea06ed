//! Files: finding specs, reading with a cap, and writing so that a kill leaves the old file or the new one.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::failure::Failure;

/// Deepest folder nesting searched for specs; heuristic.
const MAX_FOLDERS: usize = 32;

/// The spec files below these paths, each once: files as given, folders searched in the order of their names.
pub fn specs(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        if path.is_dir() {
            search(path, &mut Vec::new(), &mut found)?;
            if found.len() == before {
                return Err(Failure::new(format!("no spec (*.yaml, *.yml) in {}", path.display())));
            }
        } else {
            let known = std::fs::metadata(path);
            known.map_err(|error| {
                Failure::new(format!("cannot read {}: {}{}", path.display(), reason(&error), whole(path)))
            })?;
            found.push(path.clone());
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    Ok(found)
}

/// `above` holds the folders being searched, by their true names: a link to one of them is not followed.
fn search(folder: &Path, above: &mut Vec<PathBuf>, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if above.contains(&place) || above.len() > MAX_FOLDERS {
        return Ok(());
    }
    above.push(place);
    let problem = |error: std::io::Error| Failure::new(format!("cannot read {}: {}", folder.display(), reason(&error)));
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(problem)? {
        entries.push(entry.map_err(problem)?.path());
    }
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            search(&path, above, found)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") && path.is_file()
        {
            found.push(path);
        }
    }
    above.pop();
    Ok(())
}

/// The first `limit + 1` bytes of a file, so that a reader can tell when it is too long.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let bytes = std::fs::File::open(path).and_then(|file| {
        // Room for all of it and for the read that finds its end, so that two reads do.
        let length = file.metadata().map_or(0, |known| known.len()).min(limit as u64);
        let mut bytes = Vec::with_capacity(length as usize + 1);
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    bytes.map_err(|error| Failure::new(format!("cannot read {}: {}", path.display(), reason(&error))))
}

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
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let failed = |error: std::io::Error| cannot_write(path, &error);
        if !folder.is_dir() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut under_way = under_way();
        if under_way.swept.insert(folder.to_owned()) {
            sweep(folder);
        }
        let file = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder).map_err(failed)?;
        under_way.files.insert(file.path().to_owned());
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
        under_way().files.remove(&temporary);
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
            under_way().files.remove(&temporary);
        }
    }
}

/// Names of temporary files, between which the random part stands.
const PREFIX: &str = ".bumpnet-";
const SUFFIX: &str = ".tmp";
/// How long a temporary file must have been left alone to count as left behind by a kill: a run that still writes it
/// touches it more often.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// The temporary files of this process, for when it is interrupted.
struct UnderWay {
    files: BTreeSet<PathBuf>,
    /// Folders in which older runs' files were looked for.
    swept: BTreeSet<PathBuf>,
}

static UNDER_WAY: Mutex<UnderWay> = Mutex::new(UnderWay { files: BTreeSet::new(), swept: BTreeSet::new() });

fn under_way() -> MutexGuard<'static, UnderWay> {
    // A set is whole after a panic, too.
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the temporary files and ends the process: no file is begun in between.
pub fn abandon(code: i32) -> ! {
    let under_way = under_way();
    for file in &under_way.files {
        let _ = std::fs::remove_file(file); // it may have been renamed already
    }
    std::process::exit(code)
}

/// Removes what a kill has left behind in a folder. What cannot be removed does no harm.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        // Only a plain file: what a link or a folder of this name is, we have not made.
        let plain = || entry.metadata().ok().filter(|known| known.is_file());
        let age = |known: std::fs::Metadata| known.modified().ok()?.elapsed().ok();
        if ours && plain().and_then(age).is_some_and(|age| age > STALE) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
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

/// The failure to write a file, in words.
pub fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write {}: {}", path.display(), reason(error)))
}

/// An I/O error without the operating system's number.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

impl std::io::Seek for Replacement {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.file()?.seek(to)
    }
}

/// What to write where a network's name follows a spec that is there, which commands on whole specs do not take.
fn whole(path: &Path) -> String {
    let spec = path.to_str().and_then(|path| path.rsplit_once('#')).map(|(spec, _)| spec);
    match spec.filter(|spec| Path::new(spec).exists()) {
        Some(spec) => format!("\n  this command is for all networks of a spec: write {spec}"),
        None => String::new(),
    }
}
