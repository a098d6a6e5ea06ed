//! Commands killed at some moment, and run again: each file is the old one or the new one, what runs afterwards is as if
//! there had been no kill, and nothing is left over.

use std::path::Path;
use std::time::{Duration, Instant};

use bumpnet_adversary::random::Random;

use super::child;
use super::options::Campaign;
use super::seeds::{Files, snapshot, words};

/// A spec of several networks, for a command to have something to do; bumps of the first.
fn spec(bumps: u32) -> String {
    format!(
        "version: 1\nname: a\ntarget: \"exp(-x^2)\"\ndomain: {{x: [-3, 3]}}\nnetworks:\n  \
         wide: {{method: bumps, activation: heaviside, resolution: {bumps}}}\n  \
         good: {{method: smooth, activation: logistic, resolution: 12}}\n  \
         few: {{method: bumps, activation: logistic, resolution: 9}}\n"
    )
}
/// Bumps before and after the change that the killed command is about: tables of some hundred kilobytes.
const BUMPS: [u32; 2] = [3000, 4000];

/// What is killed. The table `t.json` is there before.
const COMMANDS: [&str; 7] = [
    "compile a.yaml --out out --cover",
    "check a.yaml --out out --bless",
    "report a.yaml --out out -o page.html",
    "export t.json -o t.onnx --format onnx",
    "export t.json -o t.c --format c",
    "eval t.json --grid 300000 --output values.csv",
    "eval t.json --grid 2000000 --target --output values.npy",
];

/// A command, and what a folder is before and after it.
struct Scene {
    command: &'static str,
    /// Before: what the older spec has left, and the newer spec.
    old: Files,
    /// After an undisturbed run over that.
    new: Files,
    /// What such a run prints, and one over nothing, and one over its own files: `check` tells what is new.
    printed: Vec<String>,
    /// What it returns.
    code: i32,
    /// How long that takes.
    time: Duration,
}

/// All scenes.
pub struct Scenes(Vec<Scene>);

impl Scenes {
    /// Runs each command undisturbed.
    pub fn new(folder: &Path) -> Result<Scenes, String> {
        COMMANDS
            .iter()
            .enumerate()
            .map(|(k, command)| scene(&folder.join(format!("scene-{k}")), command))
            .collect::<Result<_, _>>()
            .map(Scenes)
    }
}

fn scene(case: &Path, command: &'static str) -> Result<Scene, String> {
    let _ = std::fs::remove_dir_all(case); // of an older run, if there was one
    let folder = case.join("work");
    let text = |error: std::io::Error| error.to_string();
    std::fs::create_dir_all(&folder).map_err(text)?;
    let must = |line: &str| {
        let spent = child::run(case, &folder, &words(line), Duration::from_secs(600));
        spent.end.clone().map(|code| (spent, code)).map_err(|what| format!("{line}: {what}"))
    };
    for bumps in BUMPS {
        std::fs::write(folder.join("a.yaml"), spec(bumps)).map_err(text)?;
        if bumps == BUMPS[0] {
            must("compile a.yaml --out tables")?;
            std::fs::rename(folder.join("tables/a/wide.json"), folder.join("t.json")).map_err(text)?;
            std::fs::remove_dir_all(folder.join("tables")).map_err(text)?;
            must(command)?;
        }
    }
    let old = snapshot(&folder);
    let started = Instant::now();
    let (over_old, code) = must(command)?;
    let time = started.elapsed();
    let new = snapshot(&folder);
    let (over_new, _) = must(command)?;
    std::fs::remove_dir_all(&folder).and_then(|()| std::fs::create_dir_all(&folder)).map_err(text)?;
    for (name, bytes) in new.iter().filter(|(name, _)| is_given(name)) {
        std::fs::write(folder.join(name), bytes).map_err(text)?;
    }
    let (over_nothing, _) = must(command)?;
    let printed = [&over_old, &over_new, &over_nothing].map(|spent| spent.out.clone()).to_vec();
    Ok(Scene { command, old, new, printed, code, time })
}

/// Whether a command reads this file and does not make it.
fn is_given(name: &str) -> bool {
    matches!(name, "a.yaml" | "t.json")
}

/// Kills one command and runs it again; what was wrong then.
pub fn one(scenes: &Scenes, case: &Path, random: &mut Random) -> Result<String, String> {
    let scene = &scenes.0[random.below(scenes.0.len())];
    let what = |what: String| format!("{what}: {}", scene.command);
    let folder = case.join("work");
    let mut before: Vec<&(String, Vec<u8>)> = scene.old.iter().collect();
    if random.once_in(3) {
        before.retain(|(name, _)| is_given(name)); // nothing was there before
    }
    for (name, bytes) in &before {
        let path = folder.join(name);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|error| what(error.to_string()))?;
    }
    let mut killed = child::start(case, &folder, &words(scene.command), 2).map_err(what)?;
    let delay = scene.time.mul_f64(random.between(0.0, 1.1));
    if random.once_in(2) {
        std::thread::sleep(delay);
    } else {
        // While something is written: that is short.
        let started = Instant::now();
        while started.elapsed() < delay && !is_writing(&folder) && matches!(killed.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_micros(300));
        }
        std::thread::sleep(Duration::from_micros(random.below(4000) as u64));
    }
    let _ = killed.kill(); // it may have ended by itself
    let _ = killed.wait();

    let find =
        |files: &[&(String, Vec<u8>)], name: &str| files.iter().find(|file| file.0 == name).map(|file| file.1.clone());
    let new: Vec<&(String, Vec<u8>)> = scene.new.iter().collect();
    let mut left = 0;
    for (name, bytes) in snapshot(&folder) {
        let is_temporary = name.rsplit('/').next().is_some_and(|name| name.starts_with(".bumpnet-"));
        left += usize::from(is_temporary);
        let whole = [find(&before, &name), find(&new, &name)].into_iter().flatten().any(|known| known == bytes);
        if !(is_temporary || whole) {
            return Err(what(format!("{name} is torn")));
        }
    }
    let again = child::run(case, &folder, &words(scene.command), Campaign::Kills.patience());
    let code = again.end.map_err(what)?;
    if code != scene.code || !scene.printed.contains(&again.out) {
        return Err(what(format!("after a kill it ends with {code} and prints other text")));
    }
    let now = snapshot(&folder);
    if let Some((name, _)) = now.iter().find(|(name, _)| find(&new, name).is_none()) {
        return Err(what(format!("{name} is left over")));
    }
    match scene.new.iter().find(|file| !now.contains(file)) {
        Some((name, _)) => Err(what(format!("after a kill {name} is another file"))),
        None => Ok(if left > 0 { "killed while a file was written".to_owned() } else { "killed elsewhere".to_owned() }),
    }
}

/// Whether there is a temporary file.
fn is_writing(folder: &Path) -> bool {
    snapshot_names(folder).any(|name| name.starts_with(".bumpnet-"))
}

/// The names of the files in the folders that the commands write to.
fn snapshot_names(folder: &Path) -> impl Iterator<Item = String> {
    let folders = [folder.to_owned(), folder.join("out/a"), folder.join("out/.cache/a")];
    let entries = folders.into_iter().flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten());
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}
