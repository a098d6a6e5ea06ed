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

/// What became of a command.
pub struct Spent {
    /// Its exit code; or what it did that it must not do.
    pub end: Result<i32, String>,
    /// How long it took.
    pub seconds: f64,
    /// Most memory at once, in MB, where the system tells; looked at some times a second.
    pub megabytes: u64,
    /// What it printed.
    pub out: String,
}

/// Runs this program in a folder; `case/out` and `case/err` take what it prints.
pub fn run(case: &Path, folder: &Path, arguments: &[String], patience: Duration) -> Spent {
    let started = Instant::now();
    let mut megabytes = 0;
    let end = start(case, folder, arguments).and_then(|mut child| {
        let ended = wait(&mut child, patience, &mut megabytes);
        let _ = child.kill(); // it has mostly ended by itself
        let _ = child.wait();
        judge(ended?)
    });
    let end = end.map_err(|what| match excerpt(&case.join("err")).lines().find(|line| line.contains("panicked at")) {
        Some(place) => format!("{what}: {place}"),
        None => what,
    });
    Spent { end, seconds: started.elapsed().as_secs_f64(), megabytes, out: excerpt(&case.join("out")) }
}

/// Starts this program.
pub fn start(case: &Path, folder: &Path, arguments: &[String]) -> Result<Child, String> {
    let text = |error: std::io::Error| error.to_string();
    let program = std::env::current_exe().map_err(text)?;
    let file = |name: &str| File::create(case.join(name)).map_err(text);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v \"$0\"; exec \"$@\"", ADDRESSES]).arg(program).args(arguments).current_dir(folder);
    command.env("RAYON_NUM_THREADS", "2").env_remove("CI");
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

/// How a process ends, if it does in time and with as much memory as it may have.
fn wait(child: &mut Child, patience: Duration, megabytes: &mut u64) -> Result<ExitStatus, String> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    while started.elapsed() < patience {
        if let Ok(Some(status)) = child.try_wait() {
            return Ok(status);
        }
        *megabytes = memory(child.id()).unwrap_or(0).max(*megabytes);
        if *megabytes > MEMORY {
            return Err(format!("more than {MEMORY} MB"));
        }
        std::thread::sleep(pause);
        pause = (2 * pause).min(Duration::from_millis(20));
    }
    Err(format!("no end after {} s", patience.as_secs()))
}

/// The most memory that a process has had, in MB.
fn memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1000)
}

/// The beginning of a text file.
fn excerpt(path: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        let _ = file.take(KEPT).read_to_end(&mut bytes); // what cannot be read is not compared
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
