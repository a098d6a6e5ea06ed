//! The real program, killed and cut off: a table is the old one or the new one, never a part; a reader that goes away
//! is no error.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bumpnet_ir::Network;
use support::Folder;

/// How often `compile` is killed, at delays from nothing to the time it takes, and how often in the middle of writing.
const KILLS: u32 = 20;
const KILLS_WHILE_WRITING: u32 = 6;
/// Bumps of the network: a table of some megabytes, half a second of work.
const BUMPS: usize = 150_000;
/// Longest wait for the program.
const LONGEST: Duration = Duration::from_secs(60);

fn program(arguments: Vec<std::ffi::OsString>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bumpnet"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A folder with a spec, and the two tables that may stand at its table's place.
struct Subject {
    folder: Folder,
    old: String,
    new: String,
    /// How long the new one takes.
    time: Duration,
}

impl Subject {
    fn new() -> Subject {
        let folder = Folder::new();
        let net = format!("net: {{method: bumps, activation: heaviside, resolution: {BUMPS}}}");
        folder.write("big.yaml", support::spec_with(&net));
        let mut subject = Subject { folder, old: String::new(), new: String::new(), time: Duration::ZERO };
        assert!(subject.compile(&["--resolution", "1000"]).status().unwrap().success());
        subject.old = std::fs::read_to_string(subject.table()).unwrap();
        let start = Instant::now();
        assert!(subject.compile(&[]).status().unwrap().success());
        subject.time = start.elapsed();
        subject.new = std::fs::read_to_string(subject.table()).unwrap();
        for table in [&subject.old, &subject.new] {
            assert!(Network::from_json(table).is_ok());
        }
        assert_ne!(subject.old, subject.new);
        subject
    }

    fn table(&self) -> std::path::PathBuf {
        self.folder.path("out/big/net.json")
    }

    fn compile(&self, more: &[&str]) -> Command {
        let mut all = arguments!["compile", self.folder.path("big.yaml"), "--force", "--out", self.folder.path("out")];
        all.extend(more.iter().map(Into::into));
        program(all)
    }

    /// Puts the old table in place, or none.
    fn prepare(&self, with_old: bool) {
        if self.folder.path("out").exists() {
            std::fs::remove_dir_all(self.folder.path("out")).unwrap();
        }
        if with_old {
            self.folder.write("out/big/net.json", &self.old);
        }
    }

    /// Expects the old table, if there was one, or the new one; the result says that it was the new one.
    #[track_caller]
    fn expect_whole(&self, with_old: bool) -> bool {
        if !with_old && !self.table().exists() {
            return false;
        }
        let found = std::fs::read_to_string(self.table()).expect("a table was there before");
        assert!(found == self.new || (with_old && found == self.old), "{} bytes of neither table", found.len());
        found == self.new
    }
}

fn kill(mut child: Child) {
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
}

/// Whether a temporary file with something in it lies in the folder.
fn is_writing(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let begun = |entry: std::fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.ends_with(".tmp") && entry.metadata().is_ok_and(|known| known.len() > 0)
    };
    entries.filter_map(Result::ok).any(begun)
}

#[test]
fn a_killed_compile_leaves_a_whole_table_or_none() {
    let subject = Subject::new();
    let mut finished = 0;
    for k in 0..KILLS {
        let with_old = k % 2 == 0;
        subject.prepare(with_old);
        let child = subject.compile(&[]).spawn().unwrap();
        std::thread::sleep(subject.time * k / (KILLS - 1));
        kill(child);
        finished += u32::from(subject.expect_whole(with_old));
    }
    assert!(finished < KILLS, "no kill came in time");

    let mut cut = 0;
    for k in 0..KILLS_WHILE_WRITING {
        let with_old = k % 2 == 0;
        subject.prepare(with_old);
        let mut child = subject.compile(&[]).spawn().unwrap();
        let start = Instant::now();
        while !is_writing(&subject.folder.path("out/big")) && child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < LONGEST);
            std::thread::sleep(Duration::from_micros(200));
        }
        kill(child);
        subject.expect_whole(with_old);
        cut += u32::from(is_writing(&subject.folder.path("out/big")));
    }
    assert!(cut > 0, "no kill came while the table was written");

    // What a kill leaves behind is no hindrance, and is gone after the next run.
    subject.folder.write("out/big/.bumpnet-left.tmp", "left");
    assert!(subject.compile(&[]).status().unwrap().success());
    assert!(subject.expect_whole(true));
    let left: Vec<String> = subject.folder.files().into_iter().filter(|name| name.ends_with(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
    // A run that only reads finds them, too.
    subject.folder.write(".bumpnet-left.tmp", "left");
    subject.folder.write("out/big/.bumpnet-left.tmp", "left");
    let arguments = arguments!["eval", subject.table(), "--at", "0"];
    assert!(program(arguments).status().unwrap().success());
    assert!(
        program(arguments!["explain", subject.folder.write("a.yaml", support::square(2))]).status().unwrap().success()
    );
    let left: Vec<String> = subject.folder.files().into_iter().filter(|name| name.ends_with(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Sends a signal as `kill` does, and waits for the end. A child that has ended and been waited for has no process to send to.
fn interrupted(mut child: Child, signal: &str) -> Option<i32> {
    if let Some(status) = child.try_wait().unwrap() {
        return status.code();
    }
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    child.wait().unwrap().code()
}

/// Ctrl-C and a request to end leave no temporary file, and the old file as it was.
#[test]
fn an_interrupt_leaves_nothing_behind() {
    let subject = Subject::new();
    let (mut interrupts, before) = (0, subject.folder.write("values/kept.csv", "old"));
    for (k, signal) in ["-INT", "-TERM", "-INT", "-TERM"].into_iter().enumerate() {
        let values = subject.folder.path(if k < 2 { "values/kept.csv" } else { "values/new.npy" });
        let spec = format!("{}#net", subject.folder.write("small.yaml", support::square(8)).display());
        let mut child = program(arguments!["eval", spec, "--grid", "4000000000", "--output", values]).spawn().unwrap();
        let start = Instant::now();
        while !is_writing(&subject.folder.path("values")) {
            assert!(start.elapsed() < LONGEST && child.try_wait().unwrap().is_none());
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(interrupted(child, signal), Some(130), "{signal}");
        let left = support::files_below(&subject.folder.path("values"));
        assert_eq!(
            (left, std::fs::read_to_string(&before).unwrap().as_str()),
            (vec![before.clone()], "old"),
            "{signal}"
        );
    }
    for k in 0..KILLS_WHILE_WRITING {
        subject.prepare(k % 2 == 0);
        let mut child = subject.compile(&[]).spawn().unwrap();
        let start = Instant::now();
        while !is_writing(&subject.folder.path("out/big")) && child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < LONGEST);
            std::thread::sleep(Duration::from_micros(200));
        }
        let code = interrupted(child, "-INT");
        assert!(matches!(code, Some(0 | 130)), "{code:?}");
        interrupts += u32::from(code == Some(130));
        subject.expect_whole(k % 2 == 0);
        let left = support::files_below(&subject.folder.path("out"));
        assert!(!left.iter().any(|path| path.extension().is_some_and(|e| e == "tmp")), "{left:?}");
    }
    assert!(interrupts > 0, "no interrupt came in time");
}

/// What a kill has left behind goes when the folder is next read or written; all else stays.
#[test]
fn files_of_a_killed_run_are_swept_up() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", support::square(8));
    for name in [".bumpnet-old.tmp", "other-old.tmp", ".bumpnet-old.tmp.csv", ".bumpnet-new.tmp"] {
        folder.write(&format!("out/{name}"), "left");
    }
    // Its owner lives.
    let owned = std::fs::File::options().write(true).open(folder.path("out/.bumpnet-new.tmp")).unwrap();
    assert!(rustix::fs::flock(&owned, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_ok());
    std::os::unix::fs::symlink("/dev/null", folder.path("out/.bumpnet-link.tmp")).unwrap();
    let output = folder.path("out/values.csv");
    let arguments = arguments!["eval", format!("{}#net", spec.display()), "--at", "0", "--output", output];
    assert!(program(arguments).status().unwrap().success());
    let mut left: Vec<String> = std::fs::read_dir(folder.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, [".bumpnet-link.tmp", ".bumpnet-new.tmp", ".bumpnet-old.tmp.csv", "other-old.tmp", "values.csv"]);
}

/// As in `bumpnet ... | head -1`.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", support::square(8));
    let out = folder.path("out");
    for arguments in [
        arguments!["compile", spec, "--out", out, "--format", "json"],
        arguments!["compile", spec, "--out", out],
        arguments!["eval", spec, "--grid", "1000000"],
        arguments!["explain", spec],
        arguments!["schema"],
        arguments!["completions", "bash"],
        arguments!["--help"],
    ] {
        let mut command = program(arguments.clone());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), err.as_ref()), (Some(0), ""), "{arguments:?}");
    }
    let mut command = program(arguments!["compile", folder.path("missing.yaml")]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2), "nobody hears the diagnostic");
}

/// A folder with two links to itself has a great many paths; each of its files is searched for once.
#[test]
fn links_that_run_in_circles() {
    let folder = Folder::new();
    folder.write("specs/a.yaml", support::square(8));
    for name in ["one", "two"] {
        std::os::unix::fs::symlink(".", folder.path("specs").join(name)).unwrap();
    }
    let mut child = program(arguments!["compile", folder.path("specs"), "--out", folder.path("out")]).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() && start.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let code = child.try_wait().unwrap().map(|status| status.code());
    kill(child);
    assert_eq!(code, Some(Some(0)), "it does not end");
}
