//! The compiler at scale: `cargo bench --bench scale` compiles a folder of 1,000 small specs, cold and warm, and a network
//! of a million optimal bumps, and prints how long each takes and how much memory.
//!
//! Every command runs in a process of its own, this very program with a command line behind `run`. What is timed is
//! checked: exit codes, how many rows there are, that warm rows are the cold ones, and what is proved.
#![allow(clippy::disallowed_methods)] // how long a file takes is no file's content

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use bumpnet_cli::Context;

/// Specs of the folder.
const SPECS: usize = 1000;
/// Bumps of the large network.
const BUMPS: usize = 1_000_000;
/// Warm runs, of which the quickest counts.
const ROUNDS: usize = 5;

/// Targets with a place for two numbers, and their domains; those of the first list are analytic, the second's have kinks,
/// cusps or thin layers.
const SMOOTH: [(&str, &str); 8] = [
    ("A*sin(B*x)+x^2", "[0, 1]"),
    ("exp(-A*x)*cos(B*x)", "[0, 2]"),
    ("1/(1+A*(x-0.4)^2)", "[0, 1]"),
    ("ln(1+A*x)/ln(1+A)", "[0, 1]"),
    ("A*x^3-B*x^2+x", "[-1, 1]"),
    ("tanh(A*(x-0.5))+0.1*sin(B*x)", "[0, 1]"),
    ("atan(B*x)*A", "[-2, 2]"),
    ("sqrt(A+x)*exp(-x/B)", "[0, 4]"),
];
const ROUGH: [(&str, &str); 4] = [
    ("abs(x-0.3)*A+0.1*sin(B*x)", "[0, 1]"),
    ("max(sin(B*x), A*x-0.1)", "[0, 1]"),
    ("sqrt(x)*A+x/B", "[0, 1]"),
    ("A*min(x, 1-x)^2+abs(x-0.7)", "[0, 1]"),
];
const ACTIVATIONS: [&str; 6] = ["heaviside", "ramp", "logistic", "clipped-logistic", "tanh", "smoothstep"];
const SIZES: [usize; 7] = [8, 12, 16, 24, 32, 48, 64];

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "run") {
        let code = bumpnet_cli::run(arguments.collect(), &mut Context::of_process("bumpnet"));
        eprintln!("{}", peak_memory().map_or(0, |bytes| bytes >> 20));
        return ExitCode::from(code);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    many(folder.path());
    large(folder.path());
    ExitCode::SUCCESS
}

/// A folder of small specs, cold and warm, and with one of them changed.
fn many(folder: &Path) {
    let (specs, mut networks) = (folder.join("specs"), 0);
    std::fs::create_dir(&specs).expect("a folder");
    for k in 0..SPECS {
        let (text, count) = spec(k, 0);
        std::fs::write(specs.join(format!("part-{k:04}.yaml")), text).expect("a spec is written");
        networks += count;
    }
    let compile = |jobs: &str, out: &str| {
        let out = folder.join(out);
        run([
            "compile".into(),
            specs.clone(),
            "--format=json".into(),
            "--jobs".into(),
            jobs.into(),
            "--out".into(),
            out,
        ])
    };
    let cold = compile("2", "out");
    assert_eq!(cold.rows().len(), networks);
    report(&format!("{SPECS} specs, {networks} networks, cold"), &cold, Some((SPECS, "specs")));
    let warm = (0..ROUNDS).map(|_| compile("2", "out")).min_by_key(|run| run.time).expect("a round");
    assert_eq!(warm.rows(), cold.rows());
    report("the same, nothing changed", &warm, Some((SPECS, "specs")));
    std::fs::write(specs.join("part-0500.yaml"), spec(500, 1).0).expect("a spec is written");
    let one = compile("2", "out");
    let changed = one.rows().iter().zip(cold.rows()).filter(|(a, b)| **a != *b).count();
    assert!((1..=3).contains(&changed), "{changed} rows changed with one spec");
    report("the same, one spec changed", &one, None);
}

/// A million optimal bumps: compiled, evaluated at a point, proved anew, and found unchanged.
fn large(folder: &Path) {
    let (spec, out) = (folder.join("large.yaml"), folder.join("large"));
    let text = format!(
        "version: 1\ntarget: 0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)\ndomain: {{x: [0, 1]}}\nnetworks:\n  \
         bumps: {{method: bumps, activation: heaviside, placement: optimal, resolution: {BUMPS}}}\n"
    );
    std::fs::write(&spec, text).expect("a spec is written");
    let table = out.join("large/bumps.json");
    let compile = || run(["compile".into(), spec.clone(), "--format=json".into(), "--out".into(), out.clone()]);
    let cold = compile();
    let line: serde_json::Value = serde_json::from_str(&cold.out).expect("a row");
    assert_eq!(line["neurons"], BUMPS - 1);
    // Half of the target's total variation, 2.0, is shared out among the bumps.
    assert!(line["upper"].as_f64().is_some_and(|upper| (0.9e-6..1.1e-6).contains(&upper)), "{line}");
    report(&format!("{BUMPS} optimal bumps, compiled, proved and written"), &cold, None);
    let megabytes = std::fs::metadata(&table).expect("a table").len() as f64 / 1e6;
    let eval = run(["eval".into(), table.clone(), "--at=0.5".into()]);
    report(&format!("eval TABLE --at 0.5, {megabytes:.1} MB"), &eval, None);
    report("verify TABLE", &run(["verify".into(), table]), None);
    let warm = compile();
    assert_eq!(warm.rows(), cold.rows());
    report("compiled again, nothing changed", &warm, None);
}

/// A spec with its networks and their number. `edit` changes the target and nothing else.
fn spec(k: usize, edit: usize) -> (String, usize) {
    let count = 1 + k % 3;
    let rough = k % 4 == 3;
    let (target, domain) = if rough { ROUGH[k / 4 % ROUGH.len()] } else { SMOOTH[k % SMOOTH.len()] };
    let (a, b) = (0.5 + (k % 17) as f64 / 8.0, 1.0 + ((k + edit) % 23) as f64 / 4.0);
    let target = target.replace('A', &format!("{a:?}")).replace('B', &format!("{b:?}"));
    let network = |j: usize| {
        let (turn, size) = (k / 3 + 5 * j, SIZES[(k + 3 * j) % SIZES.len()]);
        let what = match (turn % 4, rough) {
            (2, false) => format!("smooth, resolution: {size}"),
            (2, true) | (3, _) => format!("graded, resolution: {size}"),
            _ => format!("bumps, activation: {}, resolution: {size}", ACTIVATIONS[turn / 4 % ACTIVATIONS.len()]),
        };
        format!("  net-{j}: {{method: {what}}}\n")
    };
    let networks: String = (0..count).map(network).collect();
    (format!("version: 1\ntarget: {target}\ndomain: {{x: {domain}}}\nnetworks:\n{networks}"), count)
}

/// What a command printed, how long it took, and the most memory it had, in MiB.
struct Run {
    out: String,
    time: Duration,
    memory: u64,
}

impl Run {
    /// The JSON lines, without the time each took.
    fn rows(&self) -> Vec<serde_json::Value> {
        let row = |line: &str| {
            let mut row: serde_json::Value = serde_json::from_str(line).expect("a row");
            row.as_object_mut().expect("an object").remove("seconds");
            row
        };
        self.out.lines().map(row).collect()
    }
}

/// Runs a command, which must be clean.
fn run<const N: usize>(arguments: [PathBuf; N]) -> Run {
    let start = Instant::now();
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).arg("run").args(&arguments).stdin(Stdio::null()).output().expect("it runs");
    let (time, err) = (start.elapsed(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success(), "{arguments:?}: {err}");
    let memory = err.trim().parse().unwrap_or_else(|_| panic!("{arguments:?}: {err}"));
    Run { out: String::from_utf8_lossy(&output.stdout).into_owned(), time, memory }
}

/// The most memory this process has had, in bytes; only Linux says.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

fn report(what: &str, run: &Run, each: Option<(usize, &str)>) {
    let seconds = run.time.as_secs_f64();
    let rate = each.map_or(String::new(), |(count, of)| format!(", {:.0} {of}/s", count as f64 / seconds));
    println!("{what}: {:.3} s{rate}, {} MiB", seconds, run.memory);
}
