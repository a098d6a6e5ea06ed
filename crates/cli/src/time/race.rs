//! Contenders that take turns on one machine, so that its other work hits all alike; the quickest turn of each counts.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rayon::prelude::*;

/// Turns of each contender; heuristic.
const ROUNDS: usize = 15;
/// How long a turn lasts at least: a thousand times the clock's own cost.
const TURN: Duration = Duration::from_millis(1);
/// How long a turn of a slow contender may last, which is then given fewer points; heuristic.
const SLOW: Duration = Duration::from_millis(50);
/// Points by which slow contenders are known.
const TRIAL: usize = 64;
/// Points a thread takes at a time, as [`bumpnet_runner::par_eval_into`] shares them out.
const CHUNK: usize = 8192;

/// Fills the values of points.
pub type Fill<'a> = Box<dyn FnMut(&[f64], &mut [f64]) + Send + 'a>;

/// What is timed.
pub struct Contender<'a> {
    /// What it is called.
    pub name: &'static str,
    /// Whether it may be given fewer points.
    slow: bool,
    fill: Fill<'a>,
    /// Points and repetitions of a turn.
    count: usize,
    repeats: u32,
    /// Seconds a point, in the quickest turn.
    best: f64,
}

impl<'a> Contender<'a> {
    /// One that has not run yet.
    pub fn new(name: &'static str, slow: bool, fill: Fill<'a>) -> Self {
        Contender { name, slow, fill, count: 0, repeats: 1, best: f64::INFINITY }
    }

    /// Points a second.
    pub fn rate(&self) -> f64 {
        1.0 / self.best
    }

    /// The time of filling the first `count` values.
    fn once(&mut self, count: usize, points: &[f64], inputs: usize, values: &mut [f64]) -> Duration {
        let started = Instant::now();
        (self.fill)(black_box(&points[..count * inputs]), &mut values[..count]);
        black_box(&mut *values);
        started.elapsed().max(Duration::from_nanos(1))
    }

    /// Decides on the size of a turn, and warms up.
    fn prepare(&mut self, points: &[f64], inputs: usize, values: &mut [f64]) {
        self.count = values.len();
        if self.slow {
            let trial = TRIAL.min(self.count);
            let point = self.once(trial, points, inputs, values).as_secs_f64() / trial as f64;
            self.count = self.count.min((SLOW.as_secs_f64() / point) as usize).max(trial);
        }
        let once = self.once(self.count, points, inputs, values);
        self.repeats = TURN.as_nanos().div_ceil(once.as_nanos()).min(1_000_000) as u32;
    }

    fn turn(&mut self, points: &[f64], inputs: usize, values: &mut [f64]) {
        let started = Instant::now();
        for _ in 0..self.repeats {
            (self.fill)(black_box(&points[..self.count * inputs]), &mut values[..self.count]);
            black_box(&mut *values);
        }
        let seconds = started.elapsed().max(Duration::from_nanos(1)).as_secs_f64();
        self.best = self.best.min(seconds / f64::from(self.repeats) / self.count as f64);
    }
}

/// Lets all take their turns. `points` holds `inputs` numbers a point.
pub fn race(contenders: &mut [Contender<'_>], points: &[f64], inputs: usize) {
    let mut values = vec![0.0; points.len() / inputs];
    contenders.iter_mut().for_each(|contender| contender.prepare(points, inputs, &mut values));
    for _ in 0..ROUNDS {
        contenders.iter_mut().for_each(|contender| contender.turn(points, inputs, &mut values));
    }
}

/// The same work shared out over the threads of the pool it runs in; done at once if there is one thread.
pub fn shared<'a>(threads: usize, inputs: usize, fill: impl Fn(&[f64], &mut [f64]) + Send + Sync + 'a) -> Fill<'a> {
    Box::new(move |points, values| match threads {
        1 => fill(points, values),
        _ => {
            let chunks = values.par_chunks_mut(CHUNK).zip(points.par_chunks(CHUNK * inputs));
            chunks.for_each(|(values, points)| fill(points, values));
        }
    })
}
