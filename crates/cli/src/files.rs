//! Files: finding specs, and reading with a cap; writing is `replacement`.

mod alone;
mod left_over;
mod replacement;
mod words;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
pub use alone::alone;
pub use replacement::{Replacement, abandon, write, write_again};
pub use words::{Shown, reason};
use words::{cannot_read, is_file};

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
                return Err(Failure::new(format!("no spec (*.yaml, *.yml) in {}", path.shown())));
            }
        } else {
            let known = std::fs::metadata(path);
            known.map_err(|error| {
                Failure::new(format!("cannot read {}: {}{}", path.shown(), reason(&error), whole(path)))
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
    let problem = |error: std::io::Error| Failure::new(format!("cannot read {}: {}", folder.shown(), reason(&error)));
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

/// Opens a file that is to be read. What is no file, such as a pipe, could keep its reader waiting for ever.
pub fn open(path: &Path) -> Result<File, Failure> {
    left_over::sweep_beside(path);
    let file = is_file(path).and_then(|()| File::open(path));
    file.map_err(|error| cannot_read(path, &error))
}

/// Removes a file; a pipe or a folder of its name stays.
pub fn remove(path: &Path) -> Result<(), Failure> {
    let removed = is_file(path).and_then(|()| std::fs::remove_file(path));
    removed.map_err(|error| words::cannot_write(path, &error))
}

/// The first `limit + 1` bytes of a file, so that a reader can tell when it is too long.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let file = open(path)?;
    // Room for all of it and for the read that finds its end, so that two reads do.
    let length = file.metadata().map_or(0, |known| known.len()).min(limit as u64);
    let mut bytes = Vec::with_capacity(length as usize + 1);
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| cannot_read(path, &error))?;
    Ok(bytes)
}

/// What to write where a network's name follows a spec that is there, which commands on whole specs do not take.
fn whole(path: &Path) -> String {
    let spec = path.to_str().and_then(|path| path.rsplit_once('#')).map(|(spec, _)| spec);
    match spec.filter(|spec| Path::new(spec).exists()) {
        Some(spec) => format!("\n  this command is for all networks of a spec: write {}", Path::new(spec).shown()),
        None => String::new(),
    }
}
