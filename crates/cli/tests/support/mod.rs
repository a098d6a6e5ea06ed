//! Calls the commands in this process with their output captured, and keeps their files in a temporary folder.
#![allow(dead_code)] // each test uses its part

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use bumpnet_cli::Context;

/// What a command has done.
pub struct Outcome {
    /// Its exit code.
    pub code: u8,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Outcome {
    /// Both outputs after the exit code, to be shown when an expectation fails.
    pub fn all(&self) -> String {
        format!("exit code {}\n--- out\n{}\n--- err\n{}", self.code, self.out, self.err)
    }

    /// Expects success; the result is standard output.
    #[track_caller]
    pub fn clean(self) -> String {
        assert_eq!(self.code, 0, "{}", self.all());
        self.out
    }

    /// Expects an exit code and, among the diagnostics, each of these words; nothing may stand on standard output.
    #[track_caller]
    pub fn refused(self, code: u8, words: &[&str]) -> String {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.all());
        self.says(words);
        self.err
    }

    /// Expects each of these words on standard error.
    #[track_caller]
    pub fn says(&self, words: &[&str]) {
        for word in words {
            assert!(self.err.contains(word), "{word:?} is missing\n{}", self.all());
        }
    }
}

/// The command line: anything that names a file or is a text.
#[macro_export]
macro_rules! arguments {
    ($($argument:expr),* $(,)?) => { vec![$(std::ffi::OsString::from(&$argument)),*] };
}

/// What surrounds a command.
pub struct Surroundings<'a> {
    /// How the user calls the program.
    pub name: &'static str,
    /// What stands on standard input.
    pub input: &'a [u8],
    /// Whether `CI` is set.
    pub ci: bool,
    /// Whether a terminal watches.
    pub terminal: bool,
}

impl Default for Surroundings<'_> {
    fn default() -> Self {
        Surroundings { name: "bumpnet", input: b"", ci: false, terminal: false }
    }
}

/// Runs a command with nothing on standard input, outside CI, and without a terminal.
pub fn run(arguments: Vec<OsString>) -> Outcome {
    run_in(arguments, Surroundings::default())
}

/// Runs a command in given surroundings.
pub fn run_in(arguments: Vec<OsString>, surroundings: Surroundings<'_>) -> Outcome {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut context = Context {
        name: surroundings.name,
        out: Box::new(&mut out),
        err: Box::new(&mut err),
        input: Box::new(surroundings.input),
        ci: surroundings.ci,
        terminal: surroundings.terminal,
        wait: Default::default(),
    };
    let code = bumpnet_cli::run(arguments, &mut context);
    drop(context);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    Outcome { code, out: text(out), err: text(err) }
}

/// A temporary folder. It counts as a repository, so that no lock is looked for above it.
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// An empty one.
    pub fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a temporary folder can be made"));
        std::fs::create_dir(folder.path(".git")).expect("a folder can be made");
        folder
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// A path within it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file, and the folders it is in.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        std::fs::write(&path, text).expect("the file can be written");
        path
    }

    /// Reads a text.
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A text with this folder's place left out.
    pub fn redact(&self, text: &str) -> String {
        text.replace(&self.root().display().to_string(), "[folder]")
    }

    /// All files in it, folders within it included, in order, as paths relative to it.
    pub fn files(&self) -> Vec<String> {
        let relative = |path: &Path| path.strip_prefix(self.root()).expect("it was found there").display().to_string();
        let mut files: Vec<String> = files_below(self.root()).iter().map(|path| relative(path)).collect();
        files.sort();
        files
    }
}

/// The files below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is readable") {
            let path = entry.expect("the entry is readable").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The files of a folder of the repository that end in `.yaml`, folders within it included, in order.
pub fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let mut files = files_below(&repository().join(folder));
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files
}

/// A spec of the target `x^2` over [0, 1] with one network `net` of so many bumps.
pub fn square(resolution: usize) -> String {
    spec_with(&format!("net: {{method: bumps, activation: heaviside, resolution: {resolution}}}"))
}

/// A spec of the target `x^2` over [0, 1] with these networks, a line each.
pub fn spec_with(networks: &str) -> String {
    let lines: String = networks.lines().map(|line| format!("  {}\n", line.trim())).collect();
    format!("version: 1\ntarget: x^2\ndomain: {{x: [0, 1]}}\nnetworks:\n{lines}")
}

/// Compares with a snapshot whose file is named `<name>.snap`.
#[macro_export]
macro_rules! snapshot {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($name, $text);
        })
    };
}

/// A figure without the words of its bound and the dashes before them, which stand where the words' width puts them.
pub fn without_bound(svg: &str) -> Vec<&str> {
    svg.lines().filter(|line| !line.contains("sup |error|") && !line.contains("stroke-dasharray")).collect()
}
