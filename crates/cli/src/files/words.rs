//! Paths and what is wrong with them, in words.

use std::path::Path;

use bumpnet_ir::text::visible;

use crate::failure::Failure;

/// How a path is shown to people: a file's name may be any text, so [`Path::display`] is not for them.
pub trait Shown {
    /// The path, with escapes for what is not seen.
    fn shown(&self) -> String;
}

impl Shown for Path {
    fn shown(&self) -> String {
        visible(&self.to_string_lossy())
    }
}

/// Whether a path that is there names a file.
pub fn is_file(path: &Path) -> std::io::Result<()> {
    let known = std::fs::metadata(path)?;
    let what = match (known.is_file(), known.is_dir()) {
        (true, _) => return Ok(()),
        (_, true) => "it is a folder, not a file",
        _ => "it is a pipe or a device, not a file",
    };
    Err(std::io::Error::other(what))
}

/// The failure to read a file, in words.
pub fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot read {}: {}", path.shown(), reason(error)))
}

/// The failure to write a file, in words.
pub fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write {}: {}", path.shown(), reason(error)))
}

/// An I/O error without the operating system's number.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
