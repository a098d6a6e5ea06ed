//! The proof for one hidden layer over one input: a first idea of its error, and the search for the largest.

use bumpnet_interval::{Interval, Wide};
use bumpnet_ir::{Expr, Measure, Network, Precision, Window};
use bumpnet_kernel::conclude::Ending;
use bumpnet_kernel::line::Line;
use bumpnet_kernel::log::{Log, LogCursor};
use bumpnet_kernel::on_line::LineProof;
use bumpnet_kernel::poly::Number;
use bumpnet_kernel::{CertifyError, Proved, replay};

use crate::best::Best;
use crate::cover::{Cover, Part};
use crate::descent::{Search, scale};
use crate::found::Found;
use crate::watch::stopped;
use crate::work::steps;
use crate::{parts, staircase};

/// The promise: `upper <= 1.01 lower` wherever `lower >= 1e-12` times the target's scale.
const PROMISE: f64 = 1.01;
/// How far an interval of `s(w x + b)` is wide, for the whole of its arithmetic; heuristic.
const INTERVAL_WIDTH: f64 = 4.0 * f64::EPSILON;
/// The part of an error that the width of its terms may be without any need for [`Wide`] arithmetic: a tenth of the promise.
const NEGLIGIBLE: f64 = 1e-3;
/// The part of the target's scale below which the promise is not given.
const SMALL: f64 = 1e-12;
/// Points sampled for a first idea of the largest error; it decides how much work is done, never a bound.
const SAMPLES: usize = 512;
/// Of these at most so many are tried to be confirmed.
const CONFIRMATIONS: usize = 8;
/// Divisions for a bound at the numbers of binary64 alone. Heuristic: a second.
const DIVISIONS: usize = 1 << 16;

/// What is asked of a proof.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'m> {
    /// An error that matters; see [`crate::certify`].
    pub threshold: f64,
    /// What else the error is to be bounded in.
    pub measure: Option<&'m Measure>,
    /// An error that matters in that.
    pub in_measure: f64,
}

impl<'m> Asked<'m> {
    /// The distance alone.
    pub fn within(threshold: f64) -> Asked<'m> {
        Asked { threshold, measure: None, in_measure: f64::INFINITY }
    }
}

/// How a proof begins.
const BY_INTERVALS: u32 = 0;
const BY_WIDE: u32 = 1;
const BY_SWEEP: u32 = 2;

/// Proves how far a network is from a target; `None` if it has not this form. See [`crate::certify`]. The cover is empty
/// unless it is to be kept.
pub fn certify(
    target: &Expr,
    network: &Network,
    wanted: Asked<'_>,
    kept: bool,
) -> Option<Result<(Proved, Cover), CertifyError>> {
    let line = Line::new(target, network)?;
    let measured = match wanted.measure {
        Some(measure) => Line::in_measure(target, measure, network)?.map(Some),
        None => Ok(None),
    };
    Some(line.and_then(|line| on(&line, measured?.as_ref(), wanted, kept)))
}

fn on(
    line: &Line<'_>,
    measured: Option<&Line<'_>>,
    wanted: Asked<'_>,
    kept: bool,
) -> Result<(Proved, Cover), CertifyError> {
    let found = search(line, wanted.threshold, kept);
    let measured = measured.map(|line| search(line, wanted.in_measure, kept));
    let hidden_line = line.hidden();
    let hidden = hidden_line.as_ref().map(|line| search(line, f64::INFINITY, kept));
    let loose = found.proof.so_far() > PROMISE * found.best.lower || line.network().precision == Precision::F32;
    let at_numbers = loose.then(|| steps(DIVISIONS));
    let log = found.proof.log().map(|mut log| {
        log.step(u32::from(loose));
        log
    });
    let cover = Cover::new(vec![
        (Part::Error, log),
        (Part::Squares, found.squares.as_ref().and_then(LineProof::log)),
        (Part::Hidden, hidden.as_ref().and_then(|hidden| hidden.proof.log())),
        (Part::Measured, measured.as_ref().and_then(|measured| measured.proof.log())),
    ]);
    let note = (found.proof.so_far() > PROMISE * found.best.lower).then(|| note(&found));
    let ending = Ending {
        argmax: found.best.argmax,
        squares: found.squares,
        hidden: hidden.map(|hidden| (hidden.proof, hidden.best.argmax)),
        measured: measured.map(|measured| (measured.proof, measured.best.argmax)),
        at_numbers,
        note,
    };
    Ok((found.proof.conclude(ending)?, cover))
}

/// The proof that a cover holds, made anew step by step; `None` where it does not fit.
pub fn by_cover(target: &Expr, network: &Network, cover: &Cover) -> Option<Result<Proved, CertifyError>> {
    let stated = network.certificate.as_ref()?;
    let line = Line::new(target, network)?.ok()?;
    let mut steps = cover.part(Part::Error)?.read();
    let proof = follow(&line, &mut steps)?;
    // The last step says whether the numbers of the precision were looked at by themselves.
    let at_numbers = (steps.step()? == 1).then_some(DIVISIONS);
    steps.end()?;
    let squares = match cover.part(Part::Squares) {
        Some(log) => Some(repeat(&line, log)?),
        None => None,
    };
    let hidden_line = line.hidden();
    let hidden = match (cover.part(Part::Hidden), &hidden_line, &stated.hidden) {
        (Some(log), Some(line), Some(stated)) => Some((repeat(line, log)?, *stated.argmax.first()?)),
        _ => None,
    };
    let measured_line = match &stated.measured {
        Some(stated) => Some(Line::in_measure(target, &stated.measure, network)?.ok()?),
        None => None,
    };
    let measured = match (cover.part(Part::Measured), &measured_line, &stated.measured) {
        (Some(log), Some(line), Some(stated)) => Some((repeat(line, log)?, *stated.argmax.first()?)),
        _ => None,
    };
    let (argmax, note) = (*stated.argmax.first()?, stated.note.clone());
    let ending = Ending { argmax, squares, hidden, measured, at_numbers, note };
    Some(proof.conclude(ending))
}

/// Repeats a proof from its log; `None` where that does not fit.
pub fn repeat<'l, 'q>(line: &'l Line<'q>, log: &Log) -> Option<LineProof<'l, 'q>> {
    let mut steps = log.read();
    let proof = follow(line, &mut steps)?;
    steps.end()?;
    Some(proof)
}

/// Repeats a proof from the next steps.
fn follow<'l, 'q>(line: &'l Line<'q>, steps: &mut LogCursor<'_>) -> Option<LineProof<'l, 'q>> {
    match steps.step()? {
        BY_INTERVALS => replay::from_root::<Interval>(line, steps),
        BY_WIDE => replay::from_root::<Wide>(line, steps),
        BY_SWEEP => replay::from_sweep(line, steps),
        _ => None,
    }
}

fn note(found: &Found<'_, '_>) -> String {
    match (found.stopped, found.floor) {
        _ if stopped() => "the proof was stopped".to_owned(),
        (true, _) => "the proof stopped early: it would take too many cells, as where two branches of the target touch".to_owned(),
        (_, true) => {
            "not resolved further: either the error is near the rounding of its own terms, or a jump of the network and one \
                 of the target, or of the domain's end, cannot be told apart"
            .to_owned()
        }
        (_, false) => "the proof stopped early".to_owned(),
    }
}

/// Searches the whole domain.
pub fn search<'l, 'q>(line: &'l Line<'q>, threshold: f64, kept: bool) -> Found<'l, 'q> {
    let log = |code: u32| {
        let mut log = Log::new(kept);
        log.step(code);
        log
    };
    if let Some(jumps) = line.jumps() {
        return staircase::prove(line, jumps, threshold, || log(BY_SWEEP));
    }
    let mut search = Search::new(line, threshold, Best::new(line.domain().a));
    let error = confirm_samples(&mut search);
    // Intervals know a term of weight alpha to about 8 u alpha; their sum is wanted to a part of the error.
    let narrow = line.weight().is_none()
        && line.units().size().get() * INTERVAL_WIDTH <= NEGLIGIBLE * error.max(SMALL * scale(line));
    let proof = match narrow {
        true => from_root::<Interval>(&mut search, log(BY_INTERVALS)),
        false => from_root::<Wide>(&mut search, log(BY_WIDE)),
    };
    let Search { best, floor, stopped, .. } = search;
    Found { proof, best, floor, stopped, squares: None }
}

fn from_root<'l, 'q, T: Number + Send + Sync>(search: &mut Search<'l, 'q>, log: Log) -> LineProof<'l, 'q> {
    let (mut proof, root) = LineProof::begin::<T>(search.line, log);
    parts::run(search, &mut proof, root);
    proof
}

/// The largest sampled error that interval arithmetic confirms: next to a jump of the target it may not, and an estimate that
/// no point is proved to attain would stop the search before one is found. Returns the largest sampled error.
fn confirm_samples(search: &mut Search<'_, '_>) -> f64 {
    let line = search.line;
    let mut sample = sample(line);
    sample.sort_by(|a, b| b.1.total_cmp(&a.1));
    let largest = sample.first().map_or(0.0, |(_, error)| *error);
    for (x, error) in sample.into_iter().take(CONFIRMATIONS) {
        search.best.at(x, line.error_at(x));
        if search.best.lower >= 0.999 * error {
            search.hint = error;
            break;
        }
    }
    largest
}

/// The error at some points, by plain evaluation: a grid, and both sides of some steps.
fn sample(line: &Line<'_>) -> Vec<(f64, f64)> {
    let (units, domain) = (line.units(), line.domain());
    let mut points: Vec<f64> =
        (0..=SAMPLES).map(|k| domain.a + (domain.b - domain.a) * (k as f64 / SAMPLES as f64)).collect();
    let stride = units.list.len() / SAMPLES + 1;
    for unit in units.list.iter().step_by(stride) {
        let at = unit.position();
        points.extend([at.next_down(), at, at.next_up()]);
    }
    points.retain(|x| (domain.a..=domain.b).contains(x));
    let window = Window::in_precision(line.network(), Precision::F64);
    let value = |x: f64| match &window {
        Some(window) => window.sum(x),
        None => units.c0.midpoint(),
    };
    let weight = |x: f64| line.weight().map_or(1.0, |weight| weight.eval::<f64>(&[x]));
    let error = |x: f64| (line.output().value(value(x)) - line.target().eval::<f64>(&[x])).abs() * weight(x);
    points.into_iter().map(|x| (x, error(x))).filter(|(_, error)| error.is_finite()).collect()
}
