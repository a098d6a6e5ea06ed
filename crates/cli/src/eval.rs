//! `eval`: a network's values at points.

use std::io::IsTerminal;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::ScopedJoinHandle;

use bumpnet_interval::UpperBound;
use bumpnet_ir::text::excerpt;
use bumpnet_ir::{Certificate, Network};
use bumpnet_runner::{Accuracy, Evaluator};
use indicatif::ProgressBar;
use rayon::prelude::*;

use crate::args::Eval;
use crate::compile::{progress, round_up};
use crate::context::{Context, plural};
use crate::failure::Failure;
use crate::plans::AnyPlan;
use crate::points::{Sink, Source};
use crate::select::{self, Subject};

/// Runs the command.
pub fn run(arguments: &Eval, context: &mut Context<'_>) -> Result<u8, Failure> {
    let subject = select::network(&arguments.network, context)?;
    let inputs = &subject.network.inputs;
    let mut standard_input = std::mem::replace(&mut context.input, Box::new(std::io::empty()));
    let mut source = match (&arguments.at, arguments.grid, &arguments.input) {
        (Some(list), _, _) => {
            Source::List { numbers: points_at(list, inputs.len())?.into_iter(), inputs: inputs.len() }
        }
        (_, Some(count), _) => Source::grid(inputs, count)?,
        (_, _, Some(path)) => Source::open(path, &mut *standard_input, inputs)?,
        _ => return Err(Failure::new("give points with --at, --grid or --input")),
    };
    let mut names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    names.extend(if arguments.target { &["network", "target", "error"][..] } else { &["network"] });
    // The first block is read before anything is written: most bad input shows there.
    let mut points = Vec::new();
    source.block(&mut points)?;
    let bar = match source.progress() {
        // A bar would be lost between the lines that come out.
        Some((_, total)) if arguments.output.is_some() || !std::io::stdout().is_terminal() => {
            progress(total, "evaluating {wide_bar} {percent} %, {eta} left", context)
        }
        _ => ProgressBar::hidden(),
    };
    let direct = arguments.direct || arguments.at.is_some() || points.len() <= FEW * inputs.len();
    let values_at = evaluation(&subject, direct, arguments, context)?;
    let mut sink = Sink::open(arguments.output.as_deref(), &names, inputs.len(), context)?;
    let streamed = stream(&subject, points, &*values_at, (&mut source, &mut sink), arguments, &bar);
    bar.finish_and_clear();
    streamed?;
    sink.finish()?;
    Ok(crate::exit::CLEAN)
}

/// Blocks that may wait between two stages.
const AHEAD: usize = 2;

/// Points at which a thread evaluates the target at a time. Heuristic, as in the runner.
const CHUNK: usize = 8192;

/// Points for which no plan is made: it takes longer than they do, of some networks many seconds. Heuristic.
const FEW: usize = 1000;

/// Points on their way: the points themselves, then each further column.
type Columns = Vec<Vec<f64>>;

/// Reads, evaluates and writes at the same time, each in a thread of its own; blocks stay in order.
fn stream(
    subject: &Subject,
    first: Vec<f64>,
    values_at: &Evaluation<'_>,
    (source, sink): (&mut Source<'_>, &mut Sink<'_>),
    arguments: &Eval,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    std::thread::scope(|scope| {
        let (read, points) = sync_channel::<Vec<f64>>(AHEAD);
        let (evaluated, columns) = sync_channel::<Columns>(AHEAD);
        let reader = scope.spawn(move || read_blocks(source, first, &read, bar));
        let writer = scope.spawn(move || {
            let write = |columns: Columns| sink.block(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>());
            columns.into_iter().try_for_each(write)
        });
        for points in points {
            let inputs = subject.network.inputs.len();
            let mut values = vec![0.0; points.len() / inputs];
            values_at(&points, &mut values);
            let more = if arguments.target { target_and_error(subject, &points, &values) } else { Vec::new() };
            let columns = by_input(points, inputs).into_iter().chain([values]).chain(more).collect();
            if evaluated.send(columns).is_err() {
                break; // the writer has failed, and says so below
            }
        }
        drop(evaluated);
        join(writer)?;
        join(reader)
    })
}

/// From points to values.
type Evaluation<'a> = dyn Fn(&[f64], &mut [f64]) + 'a;

/// How values are found: by a plan in the network's precision, or by direct sum where there is none, where it is asked for,
/// for the points of a list, and for few points.
fn evaluation<'a>(
    subject: &'a Subject,
    direct: bool,
    arguments: &Eval,
    context: &mut Context<'_>,
) -> Result<Box<Evaluation<'a>>, Failure> {
    let network = &subject.network;
    let plan = match arguments.plans.plan_share {
        _ if arguments.f32 => Some(AnyPlan::Single(crate::time::single::plan(network, arguments.plans.options())?)),
        _ if direct => None,
        Some(accuracy) => AnyPlan::new(network, network.precision, accuracy).ok(),
        None => promised(network),
    };
    let Some(plan) = plan else {
        let evaluator = Evaluator::new(network);
        return Ok(Box::new(move |points, values| evaluator.eval_many(points, values)));
    };
    if let Some(stated) = network.certificate.as_ref().filter(|_| !is_covered(network, &plan)) {
        let bound = round_up((UpperBound::new(stated.upper) + plan.bound()).get());
        let sum = round_up(stated.evaluated);
        let measure = stated.measured.as_ref().map_or(String::new(), |measured| {
            let (name, evaluated) = (measured.measure.name(), round_up(measured.evaluated));
            format!("; of the plan's {name} nothing is proved, that of the sum (`--direct`) is within {evaluated}")
        });
        context.say(&format!(
            "note: values are those of a plan, within {bound} of the target; the network's sum is within {sum}{measure}"
        ));
    }
    Ok(Box::new(move |points, values| plan.eval(points, values)))
}

/// The smallest plan for which the certificate's `evaluated` holds too; `None` where values are so small that no plan's last
/// digits are those of the sum.
fn promised(network: &Network) -> Option<AnyPlan> {
    let left = network.certificate.as_ref().map_or(0.0, |stated| stated.evaluated - stated.upper);
    let left = Accuracy::Within(left.min(Accuracy::default().tolerance(network)));
    let plan = |accuracy: Accuracy| AnyPlan::new(network, network.precision, accuracy).ok();
    [left, Accuracy::Exact].into_iter().find_map(|accuracy| plan(accuracy).filter(|plan| is_covered(network, plan)))
}

/// Whether what is stated of the evaluated network holds for one that is so far from the exact one.
fn is_covered(network: &Network, plan: &AnyPlan) -> bool {
    let bound = plan.bound().get();
    let within =
        |stated: &Certificate| stated.measured.is_none() && (stated.upper + bound).next_up() <= stated.evaluated;
    // Without a certificate nothing is stated; a plan without an error is the exact network.
    bound == 0.0 || network.certificate.as_ref().is_none_or(within)
}

fn target_and_error(subject: &Subject, points: &[f64], values: &[f64]) -> Columns {
    let inputs = subject.network.inputs.len();
    let mut target = vec![0.0; points.len() / inputs];
    let chunks = target.par_chunks_mut(CHUNK).zip(points.par_chunks(CHUNK * inputs));
    chunks.for_each(|(target, points)| subject.target.values_at(points, target));
    let error = values.iter().zip(&target).map(|(value, target)| value - target).collect();
    vec![target, error]
}

/// The points as a column for each input.
fn by_input(points: Vec<f64>, inputs: usize) -> Columns {
    match inputs {
        1 => vec![points],
        _ => (0..inputs).map(|k| points.iter().skip(k).step_by(inputs).copied().collect()).collect(),
    }
}

/// Sends block after block until the last, or until nobody takes them.
fn read_blocks(
    source: &mut Source<'_>,
    mut points: Vec<f64>,
    to: &SyncSender<Vec<f64>>,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    while !points.is_empty() {
        bar.set_position(source.progress().map_or(0, |(done, _)| done));
        if to.send(std::mem::take(&mut points)).is_err() {
            break;
        }
        source.block(&mut points)?;
    }
    Ok(())
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The numbers of points: of one input they are separated by commas, of several by semicolons, the numbers of each by commas.
fn points_at(list: &str, inputs: usize) -> Result<Vec<f64>, Failure> {
    if inputs == 1 {
        // Whoever separates points by semicolons here as well means the same.
        let points: Result<Vec<Vec<f64>>, Failure> = list.split(';').map(numbers).collect();
        return points.map(|points| points.concat());
    }
    let mut all = Vec::new();
    for point in list.split(';') {
        let point = numbers(point)?;
        if point.len() != inputs {
            let example = vec!["0"; inputs].join(",");
            return Err(Failure::new(format!(
                "--at: a point has {}, the network has {inputs} inputs; write points as `{example};{example}`",
                plural(point.len(), "number")
            )));
        }
        all.extend(point);
    }
    Ok(all)
}

/// Constant expressions, separated by the commas that stand outside parentheses.
fn numbers(list: &str) -> Result<Vec<f64>, Failure> {
    let mut depth = 0i64;
    let outside = |c: char| {
        depth += i64::from(c == '(') - i64::from(c == ')');
        c == ',' && depth == 0
    };
    let value = |text: &str| {
        bumpnet_parser::parse_constant(text)
            .map_err(|problems| Failure::new(format!("--at: `{}`: {}", excerpt(text.trim(), 60), problems[0].message)))
    };
    list.split(outside).map(value).collect()
}
