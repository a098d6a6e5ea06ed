//! Waiting for searches: a limit of time, a line that says what is being tried, and ctrl-C. All three end a search by its
//! watch, so that what is finished is kept.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bumpnet_prove::watch::{self, Watch};
use clap::Args;

/// How long nothing is said of a search.
const QUIET: Duration = Duration::from_secs(2);
/// How often the line is looked after.
const TURN: Duration = Duration::from_millis(500);
/// Characters of the line.
const LINE: usize = 100;

/// Options of the commands that search.
#[derive(Args)]
pub struct Patience {
    /// End searches after so many seconds: the best so far is kept, and the exit code is 1 where it is not good enough
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<f64>,
    /// Say on standard error every two seconds what is being tried, even if that is not a terminal
    #[arg(long)]
    pub progress: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0 && *seconds <= 1e9);
    seconds.ok_or_else(|| "a positive number of seconds, such as 60".to_owned())
}

/// What the commands' searches and whoever waits for them know of each other.
#[derive(Default)]
pub struct Wait {
    watch: Arc<Watch>,
    interrupted: AtomicBool,
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Wait {
    /// Runs a search under the watch.
    pub fn search<R>(&self, name: &str, body: impl FnOnce() -> R) -> R {
        watch::watched(&self.watch, name, body)
    }

    /// Whether searches were asked to end.
    pub fn is_over(&self) -> bool {
        self.watch.is_stopped()
    }

    /// Asks searches to end; `false` if there is none, or they were asked before.
    pub fn interrupt(&self) -> bool {
        let first = !self.is_over() && !self.watch.trying().is_empty();
        if first {
            self.interrupted.store(true, Ordering::Relaxed);
            self.watch.stop();
        }
        first
    }

    /// Whether that was by an interrupt.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Why searches were asked to end, in words.
    pub fn why(&self) -> &'static str {
        if self.is_interrupted() { "interrupted" } else { "the time of --timeout is over" }
    }

    /// Notes how many searches there will be.
    pub fn expect(&self, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Notes that one of them is done.
    pub fn done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// What is being tried, in one line.
    fn line(&self) -> Option<String> {
        let trying = self.watch.trying();
        let (name, what) = trying.iter().find(|(_, what)| !what.is_empty()).or(trying.first())?;
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        let count = if total > 1 { format!("{done} of {total} done; ") } else { String::new() };
        let line = if what.is_empty() { format!("{count}{name}") } else { format!("{count}{name}: {what}") };
        Some(bumpnet_ir::text::excerpt(&line, LINE))
    }
}

/// A thread that waits; it ends with this value.
pub struct Waiter {
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Waiter {
    /// Begins to wait, if there is anything to be done meanwhile.
    pub fn begin(patience: Option<&Patience>, wait: &Arc<Wait>, terminal: bool) -> Waiter {
        let Some(patience) = patience.filter(|p| p.timeout.is_some() || p.progress || terminal) else {
            return Waiter { end: None, thread: None };
        };
        let (end, ended) = mpsc::channel();
        let wait = Arc::clone(wait);
        let limit = patience.timeout.map(Duration::from_secs_f64);
        let spoken = patience.progress || terminal;
        let thread = std::thread::spawn(move || watch_over(&wait, &ended, limit, (spoken, terminal)));
        Waiter { end: Some(end), thread: Some(thread) }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it only waits and prints
        }
    }
}

/// Waits until told to end: prints the line, and stops the searches when their time is over.
fn watch_over(wait: &Wait, ended: &mpsc::Receiver<()>, limit: Option<Duration>, (spoken, terminal): (bool, bool)) {
    let start = Instant::now();
    let mut said = start;
    let spinner = if terminal { indicatif::ProgressBar::new_spinner() } else { indicatif::ProgressBar::hidden() };
    loop {
        let left = limit.filter(|_| !wait.is_over()).map(|limit| limit.saturating_sub(start.elapsed()));
        let turn = left.map_or(TURN, |left| left.min(TURN));
        if ended.recv_timeout(turn) != Err(mpsc::RecvTimeoutError::Timeout) {
            return spinner.finish_and_clear();
        }
        if limit.is_some_and(|limit| start.elapsed() >= limit) {
            wait.watch.stop();
        }
        let due = if terminal { start.elapsed() >= QUIET } else { said.elapsed() >= QUIET };
        if let Some(line) = wait.line().filter(|_| spoken && due) {
            said = Instant::now();
            match terminal {
                true => spinner.set_message(bumpnet_ir::text::printed(&line)),
                false => eprintln!("{}", bumpnet_ir::text::printed(&line)),
            }
        }
    }
}
