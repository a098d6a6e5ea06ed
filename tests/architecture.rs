//! The layers: which crate may depend on which, where third-party crates may stand, who touches the outside world; that no
//! import runs in a circle; that no type shares its name with many; and that the oldest Rust that the manifests name is
//! enough for what is depended on.

mod definitions;
mod imports;
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, Package};
use definitions::Definitions;
use imports::{Imports, Module};

/// The crates from the lowest layer up; a crate depends on lower layers only, never on one of its own.
const LAYERS: [&[&str]; 9] = [
    &["bumpnet-interval"],
    &["bumpnet-ir"],
    &["bumpnet-kernel"],
    &["bumpnet-prove"],
    &["bumpnet-plan"],
    &["bumpnet-parser", "bumpnet-compiler", "bumpnet-runner", "bumpnet-report", "bumpnet-export"],
    &["bumpnet-adversary"],
    &["bumpnet-cli"],
    &["xtask"],
];

/// The root package, which holds only tests and benches.
const ROOT: &str = "bumpnet-workspace";

/// Third-party crates that only some crates may use.
const CONFINED: [(&str, &[&str]); 10] = [
    ("pest", &["bumpnet-parser"]),
    ("pest_derive", &["bumpnet-parser"]),
    ("granit-parser", &["bumpnet-parser"]),
    ("fpmath", &["bumpnet-interval"]),
    ("rayon", &["bumpnet-prove", "bumpnet-runner", "bumpnet-compiler", "bumpnet-cli", "xtask"]),
    ("clap", &["bumpnet-cli"]),
    ("clap_complete", &["bumpnet-cli"]),
    ("clap_mangen", &["bumpnet-cli"]),
    ("meval", &[]),
    ("serde_yaml", &[]),
];

/// What only the command line may name: files, environment, clock, processes, network, terminal.
const OUTSIDE: [&str; 10] = [
    "std::fs",
    "std::env",
    "std::time",
    "std::process",
    "std::net",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "println!(",
    "print!(",
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(support::root().join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--offline".into()])
        .exec()
        .expect("cargo metadata runs")
}

/// The same with all that is depended on, where it is built for this machine.
fn metadata_of_dependencies() -> Metadata {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = std::process::Command::new(rustc).arg("-vV").output().expect("rustc runs");
    let about = String::from_utf8(about.stdout).expect("rustc writes UTF-8");
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    MetadataCommand::new()
        .manifest_path(support::root().join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(["--offline", "--filter-platform", host].map(str::to_owned))
        .exec()
        .expect("cargo metadata runs")
}

/// Names of what a package needs to build, tests left out.
fn needs(package: &Package) -> impl Iterator<Item = &str> {
    package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development).map(|d| d.name.as_str())
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

/// What is wrong with the dependency `from -> to`.
fn forbidden(from: &str, to: &str) -> Option<String> {
    if let Some((_, allowed)) = CONFINED.iter().find(|(name, _)| *name == to) {
        return (!allowed.contains(&from)).then(|| format!("{from} -> {to}: only {allowed:?} may use it"));
    }
    let to_layer = layer(to)?;
    match layer(from) {
        Some(from_layer) if from_layer > to_layer => None,
        _ => Some(format!("{from} -> {to}: not a lower layer")),
    }
}

#[test]
fn dependencies_point_downwards() {
    let metadata = metadata();
    let packages = metadata.workspace_packages();
    assert!(packages.len() >= 7, "the workspace has its crates");
    let mut problems = Vec::new();
    for package in packages {
        if package.name.as_str() == ROOT {
            problems.extend(needs(package).map(|to| format!("{ROOT} -> {to}: it holds tests and benches only")));
            continue;
        }
        if layer(&package.name).is_none() {
            problems.push(format!("{}: give it a layer in this test", package.name));
        }
        problems.extend(needs(package).filter_map(|to| forbidden(&package.name, to)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// A file's name may be any text: people are shown it by `files::Shown`, programs get it whole.
#[test]
fn names_of_files_are_shown_with_escapes() {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    rust_files(&support::root().join("crates/cli/src"), &mut files);
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a source is readable");
        problems.extend(
            text.lines().filter(|line| line.contains(".display()")).map(|line| format!("{}: {line}", path.display())),
        );
    }
    assert!(problems.is_empty(), "write `shown()`:\n{}", problems.join("\n"));
}

/// The oldest toolchain: one for all our manifests, and enough for every dependency that names its own. Whether it is
/// enough for our own sources is clippy's lint `incompatible_msrv`.
#[test]
fn no_dependency_needs_a_newer_rust() {
    let metadata = metadata_of_dependencies();
    let members: Vec<_> = metadata.workspace_packages().iter().map(|package| package.id.clone()).collect();
    let ours = metadata.root_package().and_then(|root| root.rust_version.clone()).expect("the root has a rust-version");
    let (mut stated, mut problems) = (0, Vec::new());
    for package in &metadata.packages {
        match &package.rust_version {
            Some(theirs) if members.contains(&package.id) && *theirs != ours => {
                problems.push(format!("{}: {theirs}, but the workspace says {ours}", package.name));
            }
            Some(theirs) if *theirs > ours => {
                problems.push(format!("{} {} needs {theirs}, we say {ours}", package.name, package.version));
            }
            None if members.contains(&package.id) => problems.push(format!("{}: no rust-version", package.name)),
            theirs => stated += usize::from(theirs.is_some()),
        }
    }
    assert!(stated > 50, "manifests were read: {stated}");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Whoever adds a dependency says why.
#[test]
fn the_readme_has_a_reason_for_each_dependency() {
    let readme = std::fs::read_to_string(support::root().join("README.md")).expect("the README is there");
    let table = readme.split("\n## Dependencies\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let table = table.expect("the README has a section about dependencies");
    let metadata = metadata();
    let names = metadata.workspace_packages().into_iter().flat_map(|package| &package.dependencies);
    let missing: std::collections::BTreeSet<&str> = names
        .filter(|dependency| dependency.path.is_none() && !table.contains(&format!("`{}`", dependency.name)))
        .map(|dependency| dependency.name.as_str())
        .collect();
    assert!(missing.is_empty(), "not in the README's tables: {missing:?}");
}

#[test]
fn the_rules_can_fail() {
    let wrong = [
        ("bumpnet-interval", "bumpnet-ir"),
        ("bumpnet-ir", "bumpnet-ir"),
        ("bumpnet-compiler", "bumpnet-parser"),
        ("bumpnet-runner", "bumpnet-compiler"),
        ("bumpnet-plan", "bumpnet-runner"),
        ("bumpnet-cli", "xtask"),
        ("bumpnet-adversary", "bumpnet-cli"),
        ("bumpnet-cli", "pest"),
        ("bumpnet-ir", "rayon"),
        ("bumpnet-parser", "meval"),
        ("xtask", "serde_yaml"),
        ("bumpnet-unheard-of", "bumpnet-ir"),
    ];
    for (from, to) in wrong {
        assert!(forbidden(from, to).is_some(), "{from} -> {to}");
    }
    for (from, to) in [("bumpnet-ir", "bumpnet-interval"), ("bumpnet-runner", "rayon"), ("xtask", "bumpnet-cli")] {
        assert_eq!(forbidden(from, to), None);
    }
}

/// A line's code: a comment, from `//` on, is not.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

fn rust_files(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the entry is readable").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The sources of a package: each with its path within `src/`.
fn sources(package: &Package) -> Vec<(String, String)> {
    let folder = package.manifest_path.parent().expect("a manifest has a folder").join("src");
    let mut files = Vec::new();
    rust_files(folder.as_std_path(), &mut files);
    files.sort();
    let read = |file: &std::path::PathBuf| {
        let name = file.strip_prefix(&folder).expect("the file is in the folder").to_string_lossy().replace('\\', "/");
        (name, std::fs::read_to_string(file).expect("the source is readable"))
    };
    files.iter().map(read).collect()
}

/// Files that import one another can be read, tested and moved only together.
#[test]
fn no_import_runs_in_a_circle() {
    let mut problems = Vec::new();
    let mut count = 0;
    for package in metadata().workspace_packages().into_iter().filter(|package| package.name.as_str() != ROOT) {
        let sources = sources(package);
        let library = sources.iter().any(|(name, _)| name == "lib.rs");
        // Beside a library `main.rs` is a crate of its own.
        let files = sources.into_iter().filter(|(name, _)| !(library && name == "main.rs"));
        let imports = Imports::of(&files.map(|(name, text)| (imports::module(&name), text)).collect());
        count += imports.count();
        problems.extend(imports.circles().iter().map(|circle| format!("{}: {circle}", package.name)));
    }
    assert!(count > 500, "imports were read");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_circle_is_found() {
    let circles = |files: &[(&str, &str)]| {
        let files: BTreeMap<Module, String> =
            files.iter().map(|(name, text)| (imports::module(name), (*text).to_owned())).collect();
        Imports::of(&files).circles()
    };
    let root = ("lib.rs", "mod a; mod b; mod c;");
    let none: [&[(&str, &str)]; 7] = [
        &[root, ("a.rs", "use crate::b::B;"), ("b.rs", "use crate::c;"), ("c.rs", "pub struct C;")],
        &[root, ("a.rs", "use crate::Root;")],
        &[("lib.rs", "pub use a::A;"), ("a.rs", "#[cfg(test)]\nmod tests { use crate::Root; use super::*; }")],
        &[
            ("lib.rs", "pub use a::A;"),
            ("a.rs", "//! [`Root`](crate::Root)\n// crate::Root\nconst A: &str = \"crate::Root\";"),
        ],
        &[("lib.rs", "pub use a::A;"), ("a.rs", "#[cfg(test)]\nuse crate::Root;\npub(crate) struct A;")],
        &[root, ("a/mod.rs", "mod b;"), ("a/b.rs", "use super::A;")],
        &[root, ("a.rs", "mod inner { use super::A; fn f() { g::<crate::a::A>() } }")],
    ];
    for files in none {
        assert_eq!(circles(files), [""; 0], "{files:?}");
    }
    let some: [&[(&str, &str)]; 9] = [
        &[root, ("a.rs", "use crate::b::B;"), ("b.rs", "use crate::a::A;")],
        &[
            root,
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "use crate::c::C;"),
            ("c.rs", "use crate::{a as d, b::X as Y};"),
        ],
        &[("lib.rs", "pub use a::A;"), ("a.rs", "use crate::Root;")],
        &[("lib.rs", "mod a; fn f() { a::f() }"), ("a.rs", "fn f() { crate::g() }")],
        &[root, ("a/mod.rs", "mod b; pub use b::B;"), ("a/b.rs", "use super::A;")],
        &[root, ("a/mod.rs", "pub use self::b::B;"), ("a/b.rs", "mod inner { fn f() { super::super::f() } }")],
        &[root, ("a.rs", "use super::{b::{B, C}, c};"), ("b.rs", "macro_rules! m { () => { $crate::a::f() } }")],
        &[root, ("a.rs", "use crate::{b};"), ("b.rs", "use crate::a::*;")],
        &[root, ("a.rs", "use crate::b::*;"), ("b.rs", "fn f(x: &impl Fn(crate::a::A)) {}")],
    ];
    for files in some {
        let found = circles(files);
        assert_eq!(found.len(), 1, "{files:?}");
        assert!(found[0].contains(" -> a (") || found[0].starts_with("a -> "), "{found:?}");
    }
    assert_eq!(circles(some[0]), ["a -> b (crate::b::B) -> a (crate::a::A)"]);
}

/// Whoever reads a name should know what it is.
#[test]
fn no_type_name_has_more_than_two_meanings() {
    let mut definitions = Definitions::default();
    for package in metadata().workspace_packages().into_iter().filter(|package| package.name.as_str() != ROOT) {
        for (file, text) in sources(package) {
            definitions.read(&format!("{}/src/{file}", package.name), &text);
        }
    }
    assert!(definitions.count() > 300, "types were read: {}", definitions.count());
    let crowded = definitions.crowded();
    assert!(crowded.is_empty(), "defined more than twice; choose more specific names:\n{}", crowded.join("\n"));
}

#[test]
fn a_third_meaning_is_found() {
    let crowded = |third: &str| {
        let mut definitions = Definitions::default();
        definitions.read("a.rs", "pub(crate) struct Part<'a>(&'a str); impl Part<'_> { fn part() -> Part { Part } }");
        definitions.read("b.rs", "#[derive(Debug)]\nenum Part { Part }");
        definitions.read("c.rs", third);
        definitions.crowded()
    };
    for none in [
        "fn part(part: a::Part) -> Part { Part::new() }",
        "impl Whole for Part { type Part = u8; const PART: u8 = 0; }",
        "pub trait Whole: Sized { type Part: Copy; }",
        "// struct Part\nconst PART: &str = \"struct Part\"; struct Parts;",
    ] {
        assert_eq!(crowded(none), [""; 0], "{none}");
    }
    for some in [
        "struct Part;",
        "pub unsafe trait Part {}",
        "type Part = u8;",
        "mod inner { pub enum Part {} }",
        "#[cfg(test)]\nmod tests { struct Part; }",
        "impl Whole { fn part() { struct Part; } }",
        "impl Whole for u8 { type Output = u8; fn part() { type Part = u8; } }",
        "fn parts() -> impl Iterator<Item = u8> { type Part = u8; }",
    ] {
        assert_eq!(crowded(some), ["Part: a.rs, b.rs, c.rs"], "{some}");
    }
}

#[test]
fn only_the_command_line_touches_the_outside() {
    let metadata = metadata();
    let mut problems = Vec::new();
    let mut lines = 0;
    for package in metadata.workspace_packages() {
        if ["bumpnet-cli", "xtask", ROOT].contains(&package.name.as_str()) {
            continue;
        }
        for (file, text) in sources(package) {
            // Tests may print what they measure.
            let (text, _) = text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&text, ""));
            for (number, line) in text.lines().enumerate() {
                lines += 1;
                for name in OUTSIDE.iter().filter(|name| code(line).contains(**name)) {
                    problems.push(format!("{}/src/{file}:{}: {name}", package.name, number + 1));
                }
            }
        }
    }
    assert!(lines > 1000, "sources were read");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
