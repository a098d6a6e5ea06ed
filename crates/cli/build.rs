//! Bakes a digest of the sources into the program, so that results of two builds are never taken for one another's.
//!
//! It covers `Cargo.lock` and every file below `crates/*/src`, wherever they lie in the workspace; of a crate that was
//! packaged alone, its own sources. Line ends count as one, so that a checkout on Windows is the same build.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Digits of the digest in the version: 48 bits, which no two builds share by chance.
const DIGITS: usize = 12;

fn main() {
    let package = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let workspace = package.ancestors().nth(2).filter(|root| root.join("Cargo.lock").is_file());
    let (root, watched) = match workspace {
        Some(root) => (root.to_owned(), sources(&root.join("crates"))),
        None => (package.clone(), vec![package.join("src")]),
    };
    let mut files = Vec::new();
    for folder in &watched {
        println!("cargo::rerun-if-changed={}", folder.display());
        collect(folder, &mut files);
    }
    files.push(root.join("Cargo.lock"));
    println!("cargo::rerun-if-changed={}", root.join("Cargo.lock").display());
    files.sort();
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let build = digest(&root, &files);
    println!("cargo::rustc-env=BUMPNET_BUILD={build}");
    println!("cargo::rustc-env=BUMPNET_VERSION={version}+{}", &build[..DIGITS]);
}

/// The `src` folders of the workspace's crates.
fn sources(crates: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(crates).into_iter().flatten().flatten();
    entries.map(|entry| entry.path().join("src")).filter(|folder| folder.is_dir()).collect()
}

/// All files below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The digest of names, lengths and contents, in hexadecimal digits.
fn digest(root: &Path, files: &[PathBuf]) -> String {
    let mut digest = Sha256::new();
    for path in files {
        let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let bytes = without_returns(&std::fs::read(path).unwrap_or_default());
        digest.update(format!("{name}\n{}\n", bytes.len()));
        digest.update(&bytes);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// With `\n` in the place of `\r\n`.
fn without_returns(bytes: &[u8]) -> Vec<u8> {
    let ends = |place: usize| bytes[place] == b'\r' && bytes.get(place + 1) == Some(&b'\n');
    (0..bytes.len()).filter(|&place| !ends(place)).map(|place| bytes[place]).collect()
}
