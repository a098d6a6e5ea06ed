//! `cargo xtask mutate`: valid tables, specs and locks, damaged in a way that keeps their form, through the commands.
//!
//! Each command is a process with a limit of memory and of time. What is looked for: a panic, an exit code above 3, more
//! memory, more time. The same seeds give the same files.

mod damage;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bumpnet_adversary::random::Random;

const USAGE: &str = "usage: cargo xtask mutate [--tables N] [--specs N] [--locks N] [--seed S] [--threads N] [--keep FOLDER]

Damages N tables (1000), specs (200) and locks (200) of the corpus, and gives each to a command, with 2 GB of addresses and 20 s.
  --keep FOLDER  where the files are made, and those that did harm stay (a folder of temporary files)
Exit code 1 if anything panicked, ended with a code above 3, or went beyond the limits.";

/// Addresses that a command may take, in KiB: a gigabyte of memory, and what threads reserve.
const ADDRESSES: &str = "2000000";
const SECONDS: u64 = 20;
/// The specs that all begins with: small ones of every construction.
const SEEDS: [&str; 8] = [
    "specs/smooth/bell.yaml",
    "specs/article/minimal.yaml",
    "specs/graded/root.yaml",
    "specs/auto/stairs.yaml",
    "specs/several/low-rank-runge.yaml",
    "specs/several/hinge.yaml",
    "specs/embedded/diode.yaml",
    "specs/several/sines.yaml",
];

struct MutateOptions {
    counts: [u64; 3],
    seed: u64,
    threads: usize,
    folder: PathBuf,
}

fn options(mut arguments: impl Iterator<Item = String>) -> Option<MutateOptions> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let folder = std::env::temp_dir().join("bumpnet-mutate");
    let mut options = MutateOptions { counts: [1000, 200, 200], seed: 0, threads, folder };
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--tables" => options.counts[0] = value.parse().ok()?,
            "--specs" => options.counts[1] = value.parse().ok()?,
            "--locks" => options.counts[2] = value.parse().ok()?,
            "--seed" => options.seed = value.parse().ok()?,
            "--threads" => options.threads = value.parse::<usize>().ok()?.max(1),
            "--keep" => options.folder = value.into(),
            _ => return None,
        }
    }
    Some(options)
}

/// Runs the command.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let Some(options) = options(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

/// How much harm was done.
fn run(options: &MutateOptions) -> Result<u64, String> {
    let started = Instant::now();
    let seeds = Seeds::new(&options.folder)?;
    let (next, harm) = (AtomicU64::new(0), AtomicU64::new(0));
    let total: u64 = options.counts.iter().sum();
    let work = || {
        loop {
            let k = next.fetch_add(1, Ordering::Relaxed);
            if k >= total {
                return;
            }
            let kind =
                if k < options.counts[0] { 0 } else { 1 + usize::from(k >= options.counts[0] + options.counts[1]) };
            let seed = options.seed.wrapping_add(k);
            if let Some(what) = one(&seeds, kind, seed, &options.folder.join(seed.to_string())) {
                harm.fetch_add(1, Ordering::Relaxed);
                println!("seed {seed}: {what}");
            }
        }
    };
    std::thread::scope(|scope| (0..options.threads).for_each(|_| drop(scope.spawn(work))));
    let harm = harm.into_inner();
    let [tables, specs, locks] = options.counts;
    println!(
        "{tables} tables, {specs} specs, {locks} locks in {:.1} s: {harm} did harm",
        started.elapsed().as_secs_f64()
    );
    Ok(harm)
}

/// Valid texts of each kind.
struct Seeds {
    tables: Vec<String>,
    specs: Vec<String>,
    lock: String,
}

impl Seeds {
    fn new(folder: &Path) -> Result<Seeds, String> {
        let error =
            |what: &Path, error: std::io::Error| format!("{}: {error}; run this in the repository", what.display());
        let read = |path: &Path| std::fs::read_to_string(path).map_err(|e| error(path, e));
        let out = folder.join("seeds");
        std::fs::create_dir_all(&out).map_err(|e| error(&out, e))?;
        let present: Vec<&str> = SEEDS.into_iter().filter(|path| Path::new(path).exists()).collect();
        let mut compile = vec!["compile".to_owned()];
        compile.extend(present.iter().map(|path| (*path).to_owned()));
        compile.extend(["--out".to_owned(), out.display().to_string()]);
        if let Err(what) = limited(Path::new("."), &compile, Duration::from_secs(600)) {
            return Err(format!("the corpus does not compile: {what}"));
        }
        let mut tables = Vec::new();
        for spec in std::fs::read_dir(&out).map_err(|e| error(&out, e))?.filter_map(Result::ok) {
            let files = std::fs::read_dir(spec.path()).into_iter().flatten().filter_map(Result::ok);
            tables.extend(files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|e| e == "json")));
        }
        tables.sort();
        let tables = tables.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
        let specs = present.iter().map(|path| read(Path::new(path))).collect::<Result<Vec<_>, _>>()?;
        // Of the corpus' lock what the first spec has.
        let lock = read(Path::new("specs/bumpnet.lock"))?.replace("smooth/bell.yaml", "a.yaml");
        let tables: Vec<String> = tables.into_iter().filter(|text| text.len() < 100_000).collect();
        if tables.is_empty() || specs.is_empty() {
            Err("no seeds".to_owned())
        } else {
            Ok(Seeds { tables, specs, lock })
        }
    }
}

/// One damaged file through one command, in a folder of its own; what harm it did.
fn one(seeds: &Seeds, kind: usize, seed: u64, folder: &Path) -> Option<String> {
    let mut random = Random::of(seed);
    let random = &mut random;
    let pick = |random: &mut Random, texts: &[String]| texts[random.below(texts.len())].clone();
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<String>>();
    let (name, text, mut command) = match kind {
        0 => {
            let text = damage::table(&pick(random, &seeds.tables), random);
            let commands = [
                "verify t.json",
                "verify t.json",
                "time t.json --points 1000",
                "plot t.json -o t.svg",
                "eval t.json --grid 9 --target",
                "diff t.json t.json",
            ];
            let formats = ["onnx", "npz", "safetensors", "csv", "c", "rust", "vnnlib", "sollya", "dot"];
            let command = match random.once_in(3) {
                true => format!("export t.json -o t.out --format {}", random.pick(&formats)),
                false => random.pick(&commands).to_owned(),
            };
            ("t.json", text, words(&command))
        }
        1 => ("a.yaml", damage::spec(&pick(random, &seeds.specs), random), words("compile a.yaml --out out")),
        _ => ("bumpnet.lock", damage::lock(&seeds.lock, random), words("check a.yaml --out out")),
    };
    if kind == 2 && random.once_in(2) {
        command.push("--bless".to_owned());
    }
    let made = std::fs::create_dir_all(folder)
        .and_then(|()| if kind == 2 { std::fs::write(folder.join("a.yaml"), &seeds.specs[0]) } else { Ok(()) })
        .and_then(|()| std::fs::write(folder.join(name), text));
    if let Err(error) = made {
        return Some(format!("{}: {error}", folder.display()));
    }
    match limited(folder, &command, Duration::from_secs(SECONDS)) {
        Ok(()) => {
            let _ = std::fs::remove_dir_all(folder); // what is left is overwritten by the next run
            None
        }
        Err(what) => Some(format!("{what}: cd {} && bumpnet {}", folder.display(), command.join(" "))),
    }
}

/// Runs this program with limits.
///
/// # Errors
/// What it did that it must not do.
fn limited(folder: &Path, arguments: &[String], patience: Duration) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v \"$0\"; exec \"$@\"", ADDRESSES]).arg(program).args(arguments).current_dir(folder);
    command.env("RAYON_NUM_THREADS", "2").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let Some(status) = wait(&mut child, patience) else {
        let _ = child.kill(); // it may have ended by itself
        let _ = child.wait();
        return Err(format!("no end after {} s", patience.as_secs()));
    };
    match status.code() {
        Some(0..=3) => Ok(()),
        Some(101) => Err("a panic".to_owned()),
        Some(code) => Err(format!("exit code {code}")),
        None => Err(format!("{status}, perhaps for want of memory")),
    }
}

/// How a process ends, if it does in time.
fn wait(child: &mut Child, patience: Duration) -> Option<std::process::ExitStatus> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    while started.elapsed() < patience {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        std::thread::sleep(pause);
        pause = (2 * pause).min(Duration::from_millis(20));
    }
    None
}
