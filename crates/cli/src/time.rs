//! `time`: points a second of a network's plan, beside a copy, a table look-up, the target and the network's own sum.

mod native;
mod race;
pub mod single;

use std::time::Instant;

use bumpnet_adversary::random::Random;
use bumpnet_interval::UpperBound;
use bumpnet_ir::network::place;
use bumpnet_ir::{Activation, Input, Layer, Network};
use bumpnet_prove::{rounding_of, rounding_of_layers, units::Units};
use bumpnet_runner::{Evaluator, GraphPlan, Plan, SinglePlan, graph_plan_with, par_eval_points};

use crate::args::{Format, Time};
use crate::context::{Context, plural};
use crate::failure::Failure;
use crate::select;
use crate::select::Subject;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    single: Option<f64>,
    direct: f64,
    points: usize,
    threads: usize,
    native_is: &'static str,
}

/// A plan, and the seconds that making it took.
struct Made {
    plan: GraphPlan,
    seconds: f64,
}

/// Runs the command.
pub fn run(arguments: &Time, context: &mut Context<'_>) -> Result<u8, Failure> {
    let subject = select::network(&arguments.network, context)?;
    let network = &subject.network;
    let started = Instant::now();
    let made = match graph_plan_with(network, arguments.plans.options()) {
        Ok(plan) => Some(Made { plan, seconds: started.elapsed().as_secs_f64() }),
        Err(reason) => {
            context.say(&format!("note: `plan` and `lookup` are left out: {reason}"));
            None
        }
    };
    let single = arguments.f32.then(|| single::plan(network, arguments.plans.options())).transpose()?;
    let evaluator = Evaluator::new(network);
    let points = random_points(network, &evaluator, arguments.points as usize);
    if let Some(made) = &made {
        agree(network, &evaluator, &made.plan, &points[..points.len().min(CHECKED * network.inputs.len())])?;
    }
    let threads = usize::from(arguments.threads);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| Failure::new(format!("cannot start {}: {error}", plural(threads, "thread"))))?;
    let plans = (made.as_ref().map(|made| &made.plan), single.as_ref());
    let measure = || rates(&subject, &evaluator, plans, &points, threads);
    let rates = if threads == 1 { measure() } else { pool.install(measure) };
    context.print(&match arguments.format {
        Format::Json => serde_json::to_string(&rates).map_err(|error| Failure::new(error.to_string()))? + "\n",
        Format::Table => table(network, &rates, made.as_ref(), single.as_ref()),
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
fn agree(network: &Network, evaluator: &Evaluator<'_>, plan: &GraphPlan, points: &[f64]) -> Result<(), Failure> {
    let inputs = plan.inputs();
    let rounding = match Units::new(network) {
        Some(units) => rounding_of(network, &units, UpperBound::ZERO),
        None => rounding_of_layers(network),
    };
    let allowed = (plan.bound() + rounding).get();
    // The sum's jumps are off by a rounding of w x. There the sum is on one side and the plan may be on the other, each
    // within its certificate's bound of the target.
    let jumps = |layer: &Layer| matches!(layer.activation, Activation::Heaviside | Activation::ClippedLogistic);
    let jumps = network.layers.iter().any(jumps);
    let across = network.certificate.as_ref().map_or(f64::INFINITY, |c| c.upper + c.evaluated) + allowed;
    // A little to the left, or to the right, in each input.
    let direct = |point: &[f64], aside: f64| {
        let reach = |i: &Input| aside * 4.0 * network.precision.unit_roundoff() * i.lo.abs().max(i.hi.abs());
        let moved = point.iter().zip(&network.inputs).map(|(x, i)| (x + reach(i)).clamp(i.lo, i.hi));
        evaluator.eval(&moved.collect::<Vec<_>>())
    };
    let at_jump = |point: &[f64]| jumps && !((direct(point, -1.0) - direct(point, 1.0)).abs() <= allowed);
    let mut values = vec![0.0; points.len() / inputs];
    plan.eval_into(points, &mut values);
    for (point, value) in points.chunks_exact(inputs).zip(values) {
        let sum = direct(point, 0.0);
        if !sum.is_finite() {
            return Err(Failure::new(format!(
                "{}: the network is {sum:?} at {}: its weights overflow binary64, so there is nothing to time",
                network.name,
                place(&network.inputs, point)
            )));
        }
        let off = (value - sum).abs();
        if !(off <= allowed || (off <= across && at_jump(point))) {
            return Err(Failure::new(format!(
                "{}: the plan gives {value:?} at {} and the direct sum {sum:?}, which may differ by {allowed:.3e}\n  \
                 nothing was timed: this is an error of the program, please report it",
                network.name,
                place(&network.inputs, point)
            )));
        }
    }
    Ok(())
}

/// Lets the contenders race.
fn rates(
    subject: &Subject,
    evaluator: &Evaluator<'_>,
    (plan, single): (Option<&GraphPlan>, Option<&SinglePlan>),
    points: &[f64],
    threads: usize,
) -> Rates {
    let inputs = evaluator.inputs();
    let native = native::closure(&subject.target);
    let is = if native.is_some() { "closure" } else { "interpreter" };
    let target = |xs: &[f64], ys: &mut [f64]| match native {
        Some(native) => xs.chunks_exact(inputs).zip(ys).for_each(|(point, y)| *y = native(point)),
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
        contenders.push(Contender::new(
            "lookup",
            false,
            shared(threads, inputs, lookup(&subject.network, plan.pieces())),
        ));
        contenders.push(Contender::new(
            "plan",
            false,
            if threads == 1 {
                Box::new(|xs, ys| plan.eval_into(xs, ys))
            } else {
                Box::new(|xs, ys| par_eval_points(plan, xs, ys))
            },
        ));
    }
    if let Some(single) = single {
        contenders.push(Contender::new("single", false, Box::new(single::fill(single, points, threads))));
    }
    race::race(&mut contenders, points, inputs);
    let rate = |name: &str| contenders.iter().find(|contender| contender.name == name).map(Contender::rate);
    Rates {
        copy: rate("copy").unwrap_or(f64::NAN),
        lookup: rate("lookup"),
        native: rate("native").unwrap_or(f64::NAN),
        plan: rate("plan"),
        single: rate("single"),
        direct: rate("direct").unwrap_or(f64::NAN),
        points: points.len() / inputs,
        threads,
        native_is: is,
    }
}

/// A bare look-up in a table over the domain, of so many entries, as many on each axis.
fn lookup(network: &Network, entries: usize) -> impl Fn(&[f64], &mut [f64]) + Sync + use<> {
    let inputs = network.inputs.len();
    let each = (1..=entries).take_while(|n| n.checked_pow(inputs as u32).is_some_and(|all| all <= entries)).last();
    let each = each.unwrap_or(1);
    let axes: Vec<(f64, f64)> = network.inputs.iter().map(|i| (i.lo, each as f64 / (i.hi - i.lo))).collect();
    // The domain's end is in a cell of its own.
    let table: Vec<f64> = (0..(each + 1).pow(inputs as u32)).map(|k| k as f64).collect();
    move |points, values| {
        for (point, value) in points.chunks_exact(inputs).zip(values) {
            let cell =
                |at: usize, (x, (lo, scale)): (&f64, &(f64, f64))| at * (each + 1) + ((x - lo) * scale) as i32 as usize;
            *value = table.get(point.iter().zip(&axes).fold(0, cell)).copied().unwrap_or(0.0);
        }
    }
}

/// What a plan is, in words.
pub fn facts(plan: &GraphPlan) -> String {
    let (kilobytes, bound) = (plan.bytes() as f64 / 1024.0, crate::compile::round_up(plan.bound().get()));
    let summed = match plan.summed() {
        0 => String::new(),
        summed => format!(", {summed} of them summed directly"),
    };
    let what = match (plan.cells(), plan.alone()) {
        (Some(cells), _) => {
            let each = cells.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
            format!("one table over the box, {each} cells of {} numbers", plan.numbers())
        }
        (_, Some(plan)) => format!("{}{summed}, {} index", one(plan), plan.index()),
        _ => format!(
            "{} and {} a point, in {} of {}{summed}",
            plural(plan.curves(), "look-up"),
            plural(plan.sums(), "sum"),
            plural(plan.plans().len(), "table"),
            plural(plan.pieces(), "piece")
        ),
    };
    format!("{what}, {kilobytes:.1} kB, proved within {bound} of the network")
}

/// A plan of one input: its pieces.
fn one(plan: &Plan) -> String {
    match plan.shared() {
        None => format!("{} of degree {}", plural(plan.pieces(), "piece"), plan.degree()),
        Some((pieces, degree)) => {
            let steps = plural(plan.pieces(), "step");
            format!("{steps} apart, which share a table of {pieces} pieces of degree {degree}")
        }
    }
}

fn table(network: &Network, rates: &Rates, made: Option<&Made>, single: Option<&SinglePlan>) -> String {
    let rows = [
        ("copy", Some(rates.copy)),
        ("lookup", rates.lookup),
        ("native", Some(rates.native)),
        ("plan", rates.plan),
        ("direct", Some(rates.direct)),
    ];
    let mut table = crate::context::plain_table();
    table.set_header(["", "points/s", "ns a point", "the plan is"]);
    let single_row = single.map(|_| ("single", rates.single));
    for (name, rate) in rows.into_iter().chain(single_row) {
        let text = |value: Option<f64>, write: &dyn Fn(f64) -> String| value.map_or("-".to_owned(), write);
        let ratio = rates.plan.zip(rate).filter(|_| name != "plan").map(|(plan, other)| plan / other);
        table.add_row([
            name.to_owned(),
            text(rate, &|rate| format!("{rate:.3e}")),
            text(rate, &|rate| format!("{:.3}", 1e9 / rate)),
            if name == "plan" { String::new() } else { text(ratio, &|ratio| format!("{ratio:.2}x")) },
        ]);
    }
    let plan = made
        .map_or(String::new(), |made| format!("plan: {}, made in {:.1} ms\n", facts(&made.plan), 1e3 * made.seconds));
    let single = single.map_or(String::new(), |plan| format!("single: {}\n", single::facts(plan)));
    format!(
        "{}: {}, {} at random, {}; `native` is the target as {}\n{}{plan}{single}",
        network.name,
        plural(network.neurons(), "neuron"),
        plural(rates.points, "point"),
        plural(rates.threads, "thread"),
        if rates.native_is == "closure" { "a closure of std's functions" } else { "the interpreter has it" },
        crate::context::table_text(&table)
    )
}
