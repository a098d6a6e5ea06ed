//! What all damage begins with: small specs of the corpus, and what the commands make of them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bumpnet_ir::Network;

use super::child;

/// The specs that all begins with: small ones of every construction.
const SPECS: [&str; 8] = [
    "specs/smooth/bell.yaml",
    "specs/article/minimal.yaml",
    "specs/graded/root.yaml",
    "specs/auto/stairs.yaml",
    "specs/several/low-rank-runge.yaml",
    "specs/several/hinge.yaml",
    "specs/embedded/diode.yaml",
    "specs/several/sines.yaml",
];
/// Larger tables are left out.
const LARGEST: usize = 100_000;

/// Files by their names.
pub type Files = Vec<(String, Vec<u8>)>;

/// Valid texts of each kind.
pub struct Seeds {
    /// Specs.
    pub specs: Vec<String>,
    /// Tables, each with its inputs, its cover and its points in Parquet.
    pub tables: Vec<SeedTable>,
    /// The corpus' lock, of `a.yaml` what the first spec has.
    pub lock: String,
    /// The first spec as `a.yaml`, and what `compile` has made of it below `out`.
    pub compiled: Files,
    /// What `compile` and `check` print of it.
    pub printed: [String; 2],
}

/// A table that damage begins with.
pub struct SeedTable {
    /// Its text.
    pub text: String,
    /// The names of its inputs.
    pub inputs: Vec<String>,
    /// Its cover, where it has one.
    pub cover: Option<String>,
    /// Some of its points, where this program writes Parquet.
    pub parquet: Vec<u8>,
}

/// The commands of [`Seeds::printed`].
pub const PRINTED: [&str; 2] = ["compile a.yaml --out out", "check a.yaml --out out"];

/// The words of a command.
pub fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

impl Seeds {
    /// Makes them below a folder.
    pub fn new(folder: &Path) -> Result<Seeds, String> {
        let case = folder.join("seeds");
        let _ = std::fs::remove_dir_all(&case); // of an older run, if there was one
        std::fs::create_dir_all(case.join("one")).map_err(|error| format!("{}: {error}", case.display()))?;
        let here = std::env::current_dir().map_err(|error| error.to_string())?;
        let present: Vec<PathBuf> = SPECS.iter().map(|path| here.join(path)).filter(|path| path.exists()).collect();
        let specs = present.iter().map(|path| text(path)).collect::<Result<Vec<String>, _>>()?;
        let first = specs.first().ok_or("no specs; run this in the repository")?;

        let mut compile = words("compile --cover --out tables");
        compile.extend(present.iter().map(|path| path.display().to_string()));
        must(&case, &case, &compile)?;
        let mut paths = files_below(&case.join("tables"));
        paths.retain(|path| {
            path.extension().is_some_and(|e| e == "json") && !path.starts_with(case.join("tables/.cache"))
        });
        let tables = paths.iter().map(|path| table(&case, path)).collect::<Result<Vec<_>, _>>()?;
        let tables: Vec<SeedTable> = tables.into_iter().filter(|table| table.text.len() < LARGEST).collect();

        let one = case.join("one");
        std::fs::write(one.join("a.yaml"), first).map_err(|error| error.to_string())?;
        let [compiled, checked] = PRINTED.map(|line| must(&case, &one, &words(line)));
        Ok(Seeds {
            lock: text(Path::new("specs/bumpnet.lock"))?.replace("smooth/bell.yaml", "a.yaml"),
            compiled: snapshot(&one),
            printed: [compiled?, checked?],
            specs,
            tables,
        })
    }
}

/// What a command prints that has to work.
fn must(case: &Path, folder: &Path, arguments: &[String]) -> Result<String, String> {
    let spent = child::run(case, folder, arguments, Duration::from_secs(600));
    spent.end.map_err(|what| format!("the corpus does no longer work: {what}: {}", arguments.join(" ")))?;
    Ok(spent.out)
}

fn table(case: &Path, path: &Path) -> Result<SeedTable, String> {
    let text = text(path)?;
    let inputs = Network::from_json(&text)?.inputs.iter().map(|input| input.name.clone()).collect();
    let mut parquet = Vec::new();
    if cfg!(feature = "parquet") {
        let mut eval = words("eval --grid 3 --output points.parquet");
        eval.insert(1, path.display().to_string());
        must(case, case, &eval)?;
        parquet = std::fs::read(case.join("points.parquet")).map_err(|error| error.to_string())?;
    }
    Ok(SeedTable { cover: std::fs::read_to_string(path.with_extension("cover")).ok(), text, inputs, parquet })
}

fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}; run this in the repository", path.display()))
}

/// The files below a folder, in the order of their names.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// The same with what is in them, by the paths below the folder.
pub fn snapshot(folder: &Path) -> Files {
    let name = |path: &Path| path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
    files_below(folder).iter().map(|path| (name(path), std::fs::read(path).unwrap_or_default())).collect()
}
