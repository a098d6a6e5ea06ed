//! Commands as processes of their own, held to limits of time and memory.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Addresses that a command may take, in KiB: a gigabyte of memory, and what threads reserve.
const ADDRESSES: &str = "2000000";
/// Memory that it may have at once, in MB.
const MEMORY: u64 = 1000;
/// Bytes of what it says that are kept.
const KEPT: u64 = 1 << 20;

/// How much longer than its processor time a command may take: other programs run beside it.
const BUSY: u32 = 10;
/// Ticks a second of the processor times in `/proc`, on all Linux there is.
const TICKS: f64 = 100.0;

/// What became of a command.
pub struct Spent {
    /// Its exit code; or what it did that it must not do.
    pub end: Result<i32, String>,
    /// How much processor time it took, where the system tells; or how long.
    pub seconds: f64,
    /// Most memory at once, in MB, where the system tells; looked at some times a second.
    pub megabytes: u64,
    /// What it printed.
    pub out: String,
}

/// Runs this program in a folder; `case/out` and `case/err` take what it prints.
pub fn run(case: &Path, folder: &Path, arguments: &[String], patience: Duration) -> Spent {
    let mut used = Used::default();
    let end = start(case, folder, arguments, 1).and_then(|mut child| {
        let ended = wait(&mut child, patience, &mut used);
        let _ = child.kill(); // it has mostly ended by itself
        let _ = child.wait();
        judge(ended?)
    });
    let end = end.map_err(|what| match excerpt(&case.join("err")).lines().find(|line| line.contains("panicked at")) {
        Some(place) => format!("{what}: {place}"),
        None => what,
    });
    Spent { end, seconds: used.seconds, megabytes: used.megabytes, out: excerpt(&case.join("out")) }
}

/// Starts this program with so many threads for its work.
pub fn start(case: &Path, folder: &Path, arguments: &[String], threads: usize) -> Result<Child, String> {
    let text = |error: std::io::Error| error.to_string();
    let program = std::env::current_exe().map_err(text)?;
    let file = |name: &str| File::create(case.join(name)).map_err(text);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v \"$0\"; exec \"$@\"", ADDRESSES]).arg(program).args(arguments).current_dir(folder);
    command.env("RAYON_NUM_THREADS", threads.to_string()).env_remove("CI");
    command.stdin(Stdio::null()).stdout(file("out")?).stderr(file("err")?).spawn().map_err(text)
}

fn judge(status: ExitStatus) -> Result<i32, String> {
    match status.code() {
        Some(code @ 0..=3) => Ok(code),
        Some(101) => Err("a panic".to_owned()),
        Some(code) => Err(format!("exit code {code}")),
        None => Err(format!("{status}, perhaps for want of memory")),
    }
}

/// What a process has used so far.
#[derive(Default)]
struct Used {
    seconds: f64,
    megabytes: u64,
}

/// How a process ends, if it does in time and with as much memory as it may have.
fn wait(child: &mut Child, patience: Duration, used: &mut Used) -> Result<ExitStatus, String> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    while started.elapsed() < BUSY * patience {
        if let Ok(Some(status)) = child.try_wait() {
            return Ok(status);
        }
        used.megabytes = memory(child.id()).unwrap_or(0).max(used.megabytes);
        used.seconds = processor(child.id()).unwrap_or_else(|| started.elapsed().as_secs_f64()).max(used.seconds);
        if used.megabytes > MEMORY {
            return Err(format!("more than {MEMORY} MB"));
        }
        if used.seconds > patience.as_secs_f64() {
            break;
        }
        std::thread::sleep(pause);
        pause = (2 * pause).min(Duration::from_millis(20));
    }
    Err("no end".to_owned())
}

/// The most memory that a process has had, in MB.
fn memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1000)
}

/// The processor time that a process has had, in seconds.
fn processor(process: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which may be any text in parentheses: the state, and eleventh and twelfth from it the times.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |k: usize| fields.get(k)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}

/// The beginning of a text file.
fn excerpt(path: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        let _ = file.take(KEPT).read_to_end(&mut bytes); // what cannot be read is not compared
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
