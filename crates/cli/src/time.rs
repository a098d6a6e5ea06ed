//! `time`: points a second of a network's plan, beside a copy, a table look-up, the target and the network's own sum.

mod native;
mod race;

use std::time::Instant;

use bumpnet_ir::{Activation, Network};
use bumpnet_prove::{rounding_of, units::Units};
use bumpnet_runner::{Evaluator, Plan, par_eval_into, plan};

use crate::args::{Format, Time};
use crate::compile::plural;
use crate::random::Random;
use crate::select::Subject;
use crate::{Context, Failure, select};

use race::{Contender, shared};

/// Points at which the plan is compared with the network's sum before anything is timed; heuristic.
const CHECKED: usize = 10_000;

/// The result, in points a second; `None` where there is no plan.
#[derive(serde::Serialize)]
struct Rates {
    copy: f64,
    lookup: Option<f64>,
    native: f64,
    plan: Option<f64>,
    direct: f64,
    points: usize,
    threads: usize,
    native_is: &'static str,
}

/// A plan, and the seconds that making it took.
struct Made {
    plan: Plan,
    seconds: f64,
}

/// Runs the command.
pub fn run(arguments: &Time, context: &mut Context<'_>) -> Result<u8, Failure> {
    let subject = select::network(&arguments.network, context)?;
    let network = &subject.network;
    let started = Instant::now();
    let made = match plan(network) {
        Ok(plan) => Some(Made { plan, seconds: started.elapsed().as_secs_f64() }),
        Err(reason) => {
            context.say(&format!("note: `plan` and `lookup` are left out: {reason}"));
            None
        }
    };
    let evaluator = Evaluator::new(network);
    let points = random_points(network, &evaluator, arguments.points as usize);
    if let Some(made) = &made {
        agree(network, &evaluator, &made.plan, &points[..points.len().min(CHECKED)])?;
    }
    let threads = usize::from(arguments.threads);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Failure::new(format!("cannot start {}: {error}", plural(threads, "thread"))))?;
    let measure = || rates(&subject, &evaluator, made.as_ref().map(|made| &made.plan), &points, threads);
    let rates = if threads == 1 { measure() } else { pool.install(measure) };
    context.print(&match arguments.format {
        Format::Json => serde_json::to_string(&rates).map_err(|error| Failure::new(error.to_string()))? + "\n",
        Format::Table => table(network, &rates, made.as_ref()),
    })
}

/// Points in the domain, evenly distributed, that are numbers of the network's precision; the same in every run.
fn random_points(network: &Network, evaluator: &Evaluator<'_>, count: usize) -> Vec<f64> {
    let mut random = Random(1);
    let mut points = Vec::with_capacity(count * network.inputs.len());
    for _ in 0..count {
        points.extend(network.inputs.iter().map(|input| {
            let part = random.unit();
            evaluator.round(input.lo * (1.0 - part) + input.hi * part).clamp(input.lo, input.hi)
        }));
    }
    points
}

/// Checks the plan against the network's sum, each within its own bound of the exact network.
fn agree(network: &Network, evaluator: &Evaluator<'_>, plan: &Plan, points: &[f64]) -> Result<(), Failure> {
    let Some(units) = Units::new(network) else { return Ok(()) };
    let input = &network.inputs[0];
    let allowed = (plan.bound() + rounding_of(&units, input, network.output())).get();
    // The sum's jumps are off by a rounding of w x. There the sum is on one side and the plan may be on the other, each
    // within its certificate's bound of the target.
    let jumps = matches!(units.activation, Activation::Heaviside | Activation::ClippedLogistic);
    let reach = 4.0 * network.precision.unit_roundoff() * input.lo.abs().max(input.hi.abs());
    let across = network.certificate.as_ref().map_or(f64::INFINITY, |c| c.upper + c.evaluated) + allowed;
    let direct = |x: f64| evaluator.eval(&[x.clamp(input.lo, input.hi)]);
    let at_jump = |x: f64| jumps && !((direct(x - reach) - direct(x + reach)).abs() <= allowed);
    let mut values = vec![0.0; points.len()];
    plan.eval_into(points, &mut values);
    for (x, value) in points.iter().zip(values) {
        let (sum, off) = (direct(*x), (value - direct(*x)).abs());
        if !(off <= allowed || (off <= across && at_jump(*x))) {
            return Err(Failure::new(format!(
                "{}: the plan gives {value:?} at {x:?} and the direct sum {sum:?}, which may differ by {allowed:.3e}\n  \
                 nothing was timed: this is an error of the program, please report it",
                network.name
            )));
        }
    }
    Ok(())
}

/// Lets the contenders race.
fn rates(subject: &Subject, evaluator: &Evaluator<'_>, plan: Option<&Plan>, points: &[f64], threads: usize) -> Rates {
    let inputs = evaluator.inputs();
    let native = native::closure(&subject.target);
    let is = if native.is_some() { "closure" } else { "interpreter" };
    let target = |xs: &[f64], ys: &mut [f64]| match native {
        Some(native) => xs.iter().zip(ys).for_each(|(x, y)| *y = native(*x)),
        None => subject.target.eval_many(xs, ys),
    };
    let direct = |xs: &[f64], ys: &mut [f64]| {
        xs.chunks_exact(inputs).zip(ys).for_each(|(point, y)| *y = evaluator.eval(point));
    };
    let mut contenders = vec![
        Contender::new("native", true, shared(threads, inputs, target)),
        Contender::new("direct", true, shared(threads, inputs, direct)),
    ];
    let mut copy = shared(threads, 1, |xs, ys| ys.copy_from_slice(xs));
    let mut wider = vec![0.0; if inputs == 1 { 0 } else { points.len() }];
    contenders.push(Contender::new(
        "copy",
        false,
        if inputs == 1 { copy } else { Box::new(move |xs, _| copy(xs, &mut wider)) },
    ));
    if let Some(plan) = plan {
        contenders.push(Contender::new("lookup", false, shared(threads, 1, lookup(&subject.network, plan.pieces()))));
        contenders.push(Contender::new(
            "plan",
            false,
            if threads == 1 {
                Box::new(|xs, ys| plan.eval_into(xs, ys))
            } else {
                Box::new(|xs, ys| par_eval_into(plan, xs, ys))
            },
        ));
    }
    race::race(&mut contenders, points, inputs);
    let rate = |name: &str| contenders.iter().find(|contender| contender.name == name).map(Contender::rate);
    Rates {
        copy: rate("copy").unwrap_or(f64::NAN),
        lookup: rate("lookup"),
        native: rate("native").unwrap_or(f64::NAN),
        plan: rate("plan"),
        direct: rate("direct").unwrap_or(f64::NAN),
        points: points.len() / inputs,
        threads,
        native_is: is,
    }
}

/// A bare look-up in a table of so many entries over the domain.
fn lookup(network: &Network, entries: usize) -> impl Fn(&[f64], &mut [f64]) + Sync + use<> {
    let (lo, hi) = (network.inputs[0].lo, network.inputs[0].hi);
    let table: Vec<f64> = (0..=entries).map(|k| k as f64).collect();
    let scale = entries as f64 / (hi - lo);
    move |xs, ys| {
        for (x, y) in xs.iter().zip(ys) {
            *y = table.get(((x - lo) * scale) as i32 as usize).copied().unwrap_or(0.0);
        }
    }
}

/// What a plan is, in words.
pub fn facts(plan: &Plan) -> String {
    let (kilobytes, bound) = (plan.bytes() as f64 / 1024.0, crate::compile::round_up(plan.bound().get()));
    let summed = match plan.summed() {
        0 => String::new(),
        summed => format!(", {summed} of them summed directly"),
    };
    let what = match plan.shared() {
        None => format!("{} of degree {}", plural(plan.pieces(), "piece"), plan.degree()),
        Some((pieces, degree)) => {
            format!(
                "{} apart, which share a table of {pieces} pieces of degree {degree}",
                plural(plan.pieces(), "step")
            )
        }
    };
    format!("{what}{summed}, {} index, {kilobytes:.1} kB, proved within {bound} of the network", plan.index())
}

fn table(network: &Network, rates: &Rates, made: Option<&Made>) -> String {
    let rows = [
        ("copy", Some(rates.copy)),
        ("lookup", rates.lookup),
        ("native", Some(rates.native)),
        ("plan", rates.plan),
        ("direct", Some(rates.direct)),
    ];
    let mut table = crate::context::plain_table();
    table.set_header(["", "points/s", "ns a point", "the plan is"]);
    for (name, rate) in rows {
        let text = |value: Option<f64>, write: &dyn Fn(f64) -> String| value.map_or("-".to_owned(), write);
        let ratio = rates.plan.zip(rate).filter(|_| name != "plan").map(|(plan, other)| plan / other);
        table.add_row([
            name.to_owned(),
            text(rate, &|rate| format!("{rate:.3e}")),
            text(rate, &|rate| format!("{:.3}", 1e9 / rate)),
            if name == "plan" { String::new() } else { text(ratio, &|ratio| format!("{ratio:.2}x")) },
        ]);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let plan = made
        .map_or(String::new(), |made| format!("plan: {}, made in {:.1} ms\n", facts(&made.plan), 1e3 * made.seconds));
    format!(
        "{}: {}, {} at random, {}; `native` is the target as {}\n{}\n{plan}",
        network.name,
        plural(network.neurons(), "neuron"),
        plural(rates.points, "point"),
        plural(rates.threads, "thread"),
        if rates.native_is == "closure" { "a closure of std's functions" } else { "the interpreter has it" },
        lines.join("\n")
    )
}
