//! The corpus and the bad specs, as the tests and the benches see them.
#![allow(dead_code)] // each test uses its part

use std::path::{Path, PathBuf};

use bumpnet_ir::{Diagnostic, Network, NetworkSpec, Spec};

/// A spec file of the corpus.
pub struct Entry {
    /// The folder within `specs/`.
    pub folder: String,
    /// The file's name without `.yaml`.
    pub stem: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// What it says.
    pub spec: Spec,
}

impl Entry {
    /// `folder/stem`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.folder, self.stem)
    }

    /// The network of that name.
    pub fn network(&self, name: &str) -> &NetworkSpec {
        self.spec.networks.iter().find(|network| network.name == name).expect("the network is in the spec")
    }

    /// Constructs one of the networks.
    pub fn compile(&self, wanted: &NetworkSpec) -> Network {
        match bumpnet_compiler::compile(&self.spec, wanted) {
            Ok(compiled) => compiled.network,
            Err(problem) => panic!("{}#{}: {}", self.id(), wanted.name, show(&self.bytes, &problem)),
        }
    }
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder that end in `.yaml`, folders within it included, in order.
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is readable") {
            let path = entry.expect("the entry is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Folder and stem of a corpus file.
pub fn names(path: &Path) -> (String, String) {
    let folder = path.parent().and_then(Path::file_name).expect("a file has a folder");
    let stem = path.file_stem().expect("a file has a name");
    (folder.to_string_lossy().into_owned(), stem.to_string_lossy().into_owned())
}

/// The corpus, read; every problem of every file at once if one does not read.
pub fn corpus() -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    for path in yaml_files(&root().join("specs")) {
        let (folder, stem) = names(&path);
        let bytes = std::fs::read(&path).expect("the spec is readable");
        match bumpnet_parser::parse_spec(&bytes, &stem) {
            Ok(spec) => entries.push(Entry { folder, stem, bytes, spec }),
            Err(found) => {
                problems.extend(found.iter().map(|problem| format!("{folder}/{stem}: {}", show(&bytes, problem))));
            }
        }
    }
    assert!(problems.is_empty(), "the corpus does not read:\n{}", problems.join("\n"));
    entries
}

/// Those of one input.
pub fn corpus_of_one_input() -> Vec<Entry> {
    corpus().into_iter().filter(|entry| entry.spec.domain.len() == 1).collect()
}

/// The spec `folder/stem` of the corpus.
pub fn entry(id: &str) -> Entry {
    corpus().into_iter().find(|entry| entry.id() == id).expect("the spec is in the corpus")
}

/// `line:column message [help]`; lines end with `\n`, columns count characters, both from 1.
pub fn show(source: &[u8], problem: &Diagnostic) -> String {
    let before = String::from_utf8_lossy(&source[..problem.label.0.start.min(source.len())]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    match &problem.help {
        Some(help) => format!("{line}:{column} {} [{help}]", problem.message),
        None => format!("{line}:{column} {}", problem.message),
    }
}
