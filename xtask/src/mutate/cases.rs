//! One damaged file, the command that it is given to, and what that has to print, where this is known.

use bumpnet_adversary::random::Random;

use super::options::Campaign;
use super::seeds::{Files, PRINTED, Seeds, words};
use super::{damage, formulas, points};

/// What is tried.
pub struct DamageCase {
    /// In a folder of its own.
    pub files: Files,
    /// Its words.
    pub command: Vec<String>,
    /// What it prints although there is damage.
    pub printed: Option<String>,
}

/// Commands that read a table.
const READERS: [&str; 8] = [
    "verify t.json",
    "verify t.json",
    "time t.json --points 1000",
    "plot t.json -o t.svg",
    "eval t.json --grid 9 --target",
    "explain t.json",
    "diff t.json t.json",
    "report t.json -o page.html",
];
/// Formats that a table is exported in.
const FORMATS: [&str; 10] =
    ["onnx", "npz", "safetensors", "csv", "c", "rust", "vnnlib", "sollya", "dot", "c --fixed int16"];

/// A case of a campaign other than kills.
pub fn case(seeds: &Seeds, campaign: Campaign, random: &mut Random) -> DamageCase {
    match campaign {
        Campaign::Tables => {
            let text = damage::table(&seeds.tables[random.below(seeds.tables.len())].text, random);
            let command = match random.once_in(3) {
                true => format!("export t.json -o t.out --format {}", random.pick(&FORMATS)),
                false => random.pick(&READERS).to_owned(),
            };
            plain(vec![file("t.json", text)], &command)
        }
        Campaign::Specs => {
            let text = damage::spec(&seeds.specs[random.below(seeds.specs.len())], random);
            plain(vec![file("a.yaml", text)], "compile a.yaml --out out")
        }
        Campaign::Locks => {
            let lock = damage::lock(&seeds.lock, random);
            let bless = if random.once_in(2) { " --bless" } else { "" };
            let files = vec![file("a.yaml", &seeds.specs[0]), file("bumpnet.lock", lock)];
            plain(files, &format!("check a.yaml --out out{bless}"))
        }
        Campaign::Records => record(seeds, random),
        Campaign::Covers => {
            let covered: Vec<_> = seeds.tables.iter().filter(|table| table.cover.is_some()).collect();
            let Some(table) = covered.get(random.below(covered.len())) else { return plain(Vec::new(), "--version") };
            let cover = damage::cover(table.cover.as_deref().unwrap_or_default(), random);
            plain(vec![file("t.json", &table.text), file("t.cover", cover)], "verify t.json")
        }
        Campaign::Points => {
            let table = &seeds.tables[random.below(seeds.tables.len())];
            let (name, bytes) = points::points(table, random);
            let output = random.pick(&["", " --output v.csv", " --output v.npy", " --target"]);
            plain(vec![file("t.json", &table.text), file(name, bytes)], &format!("eval t.json --input {name}{output}"))
        }
        Campaign::Formulas | Campaign::Kills => {
            plain(vec![file("a.yaml", formulas::spec(random))], "compile a.yaml --out out")
        }
    }
}

/// Where the cache or a table beside it is damaged, and does not say with a digest that fits that it is not.
fn record(seeds: &Seeds, random: &mut Random) -> DamageCase {
    let mut files = seeds.compiled.clone();
    let which = random.below(PRINTED.len());
    let mut printed = Some(seeds.printed[which].clone());
    let is_record = |name: &str| name.starts_with("out/.cache");
    let in_cache = !random.once_in(4);
    let those = files.iter_mut().filter(|(name, _)| name.ends_with(".json") && is_record(name) == in_cache);
    for (_, bytes) in those {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (text, fits) = if in_cache { damage::record(&text, random) } else { (damage::table(&text, random), false) };
        if fits {
            printed = None;
        }
        *bytes = text.into_bytes();
    }
    DamageCase { printed, ..plain(files, PRINTED[which]) }
}

fn plain(files: Files, command: &str) -> DamageCase {
    DamageCase { files, command: words(command), printed: None }
}

fn file(name: &str, bytes: impl AsRef<[u8]>) -> (String, Vec<u8>) {
    (name.to_owned(), bytes.as_ref().to_vec())
}
