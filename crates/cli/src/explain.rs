//! `explain`: how a spec was read, and how its networks are built.

mod graph;

use bumpnet_compiler::Candidate;
use bumpnet_compiler::Compiled;
use bumpnet_ir::expr::sexpr::Sexpr;
use bumpnet_ir::text::one_line;
use bumpnet_ir::{
    Activation, Bumps, Certificate, Expr, Heights, Input, Layout, Method, NetworkSpec, Outside, Placement, Precision,
    Steepness,
};
use bumpnet_runner::{Evaluator, measure};
use bumpnet_runner::{PlanOptions, graph_plan_with};

use crate::args::Explain;
use crate::compile::{loose_words, round_up};
use crate::context::Context;
use crate::failure::Failure;
use crate::files::Shown;
use crate::load::Loaded;
use crate::{build, select};

/// Points of the grid on which figures are given for comparison with other programs: the article's linspace.
const LINSPACE: usize = 1000;

/// Runs the command.
pub fn run(arguments: &Explain, context: &mut Context<'_>) -> Result<u8, Failure> {
    let (loaded, wanted) = select::spec(&arguments.spec, context)?;
    context.write(&header(&loaded))?;
    for network in &wanted {
        let name = format!("{}/{}", loaded.spec.name, network.name);
        match context.wait.search(&name, || build::build(&loaded.spec, network)) {
            Ok(built) => context.write(&network_text(&loaded, network, &built, arguments.plans.options()))?,
            Err(problem) => {
                loaded.say(&[problem], context);
                return Err(Failure::Said);
            }
        }
    }
    Ok(if context.wait.is_over() { crate::exit::REGRESSION } else { crate::exit::CLEAN })
}

fn header(loaded: &Loaded) -> String {
    let spec = &loaded.spec;
    let mut text = format!("{} ({})\n", spec.name, loaded.path.shown());
    for (label, words) in [("", &spec.description), ("source: ", &spec.source)] {
        if let Some(words) = words {
            text += &format!("  {label}{}\n", one_line(words));
        }
    }
    text += &format!("  target  {}\n  read as {}\n", spec.target, Sexpr(&spec.target));
    for input in &spec.domain {
        text += &format!("  domain  {} in [{:?}, {:?}]\n", input.name, input.lo, input.hi);
    }
    if let [input] = &spec.domain[..] {
        let points = measure::linspace(input.lo, input.hi, 10_001);
        let mut values = vec![0.0; points.len()];
        spec.target.eval_many(&points, &mut values);
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        text += &format!("  range   about [{low:.6}, {high:.6}] (sampled at {} points)\n", points.len());
    }
    text
}

fn network_text(loaded: &Loaded, wanted: &NetworkSpec, built: &build::Built, options: PlanOptions) -> String {
    let network = &built.compiled.network;
    let inputs = &loaded.spec.domain[..];
    let input = &inputs[0];
    let evaluator = Evaluator::new(network);
    let mut lines = vec![method(wanted, &built.compiled)];
    match &built.compiled.method {
        Method::Bumps(bumps) => lines.extend([
            form(bumps, &input.name),
            format!("s(z) = {}", bumps.activation.formula()),
            cells(bumps, built.compiled.pieces, input),
            steepness(bumps, built.compiled.pieces, input, &evaluator),
            heights(bumps, built.compiled.pieces),
        ]),
        _ if inputs.len() > 1 => {}
        method => {
            let sum = fitted(method.output(), &input.name);
            let hidden = network.layers.first().filter(|_| network.layers.len() > 1);
            lines.push(sum);
            lines.extend(hidden.map(|layer| format!("s(z) = {}", layer.activation.formula())));
        }
    }
    lines.extend(built.compiled.summary.iter().cloned());
    lines.extend(graph::lines(&loaded.spec.target, &built.compiled));
    lines.extend(candidates(&built.compiled.candidates));
    if let Some(certificate) = &network.certificate {
        lines.extend(proved(certificate, network.precision, inputs));
        lines.extend(select::loose(&loaded.spec.target, network).map(loose_words));
    }
    lines.extend(beyond(network.outside, inputs));
    let plan = graph_plan_with(network, options).ok();
    lines.extend(plan.map(|plan| format!("plan: {}", crate::time::facts(&plan))));
    if let Some(at_least) = built.compiled.at_least {
        let (pieces, verdict) = (built.compiled.pieces, at_least == built.compiled.pieces);
        let proof = if verdict { "minimal, proved".to_owned() } else { format!("at least {at_least} are needed") };
        lines.push(format!("pieces: {pieces}, {proof} (among piecewise constant functions of so small an error)"));
    }
    lines.extend(built.compiled.missed.clone());
    let measured = &built.measured;
    lines.push(format!(
        "measured error: sup {:.4e} at {}, RMS {:.4e}, mean {:.4e} ({} points; not a bound)",
        measured.sup,
        place(inputs, &measured.argmax),
        measured.rms,
        measured.mean,
        measured.points
    ));
    if inputs.len() == 1 {
        lines.push(on_linspace("", &loaded.spec.target, input, |x| evaluator.eval(&[x])));
    }
    if network.output() == Activation::Logistic {
        let before =
            on_linspace(" before the output sigmoid, against ln(f/(1-f))", &loaded.spec.target.logit(), input, |x| {
                evaluator.eval_hidden(&[x])
            });
        lines.push(before);
    }
    if matches!(&built.compiled.method, Method::Bumps(bumps) if bumps.layout == Layout::Pairs) {
        lines.push(format!(
            "at the ends: {:?} at {} = {:?} and {:?} at {:?} before the output: half a bump, because the outer steps sit \
             on the ends of the domain; `layout: steps` has no such defect",
            evaluator.eval_hidden(&[input.lo]),
            input.name,
            input.lo,
            evaluator.eval_hidden(&[input.hi]),
            input.hi
        ));
    }
    if let Some(gate) = &wanted.gate {
        let verdict = if gate.is_met(network.certificate.as_ref()) { "met" } else { "OVER" };
        lines.push(format!("gate: {}, {verdict}", gate.in_spec()));
    }
    format!("\nnetwork {}\n  {}\n", wanted.name, lines.join("\n  "))
}

/// The construction and the network's size.
fn method(wanted: &NetworkSpec, compiled: &Compiled) -> String {
    let (asked, used) = (wanted.method.name(), compiled.method.name());
    let name = if asked == used { used.to_owned() } else { format!("{asked}, which chose {used}") };
    let stored = match compiled.network.precision {
        Precision::F64 => "",
        Precision::F32 => ", stored as binary32",
    };
    format!(
        "method: {name}, {} neurons, {} parameters{stored}",
        compiled.network.neurons(),
        compiled.network.parameters()
    )
}

/// What `auto` tried.
fn candidates(candidates: &[Candidate]) -> Vec<String> {
    if candidates.is_empty() {
        return Vec::new();
    }
    let mut table = crate::context::plain_table();
    table.set_header(["candidate", "neurons", "proved error", ""]);
    for candidate in candidates {
        table.add_row([
            candidate.name.clone(),
            candidate.neurons.map_or(String::new(), |n| n.to_string()),
            candidate.upper.map_or(String::new(), round_up),
            candidate.verdict.clone(),
        ]);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// The form of a fitted network.
fn fitted(output: Activation, input: &str) -> String {
    let sum = format!("c0 + sum of alpha s(w {input} + b)");
    match output {
        Activation::Logistic => format!("N({input}) = logistic({sum}), so that the sum approximates ln(f/(1-f))"),
        _ => format!("N({input}) = {sum}"),
    }
}

/// What the certificate says, in words.
fn proved(certificate: &Certificate, precision: Precision, inputs: &[Input]) -> Vec<String> {
    let mut lines = vec![
        format!(
            "proved: the largest error is at least {:.6e}, near {}, and at most {}; its RMS is from {:.3e} to {} ({} cells)",
            certificate.lower,
            place(inputs, &certificate.argmax),
            round_up(certificate.upper),
            certificate.rms.0,
            round_up(certificate.rms.1),
            certificate.cells
        ),
        format!(
            "as evaluated in {}, its rounding included: at most {}",
            precision.format(),
            round_up(certificate.evaluated)
        ),
    ];
    if let Some(measured) = &certificate.measured {
        lines.push(format!(
            "proved: the largest {} is at least {:.6e}, near {}, and at most {}; as evaluated at most {}; its RMS is from {:.3e} to {}",
            measured.measure.name(),
            measured.lower,
            place(inputs, &measured.argmax),
            round_up(measured.upper),
            round_up(measured.evaluated),
            measured.rms.0,
            round_up(measured.rms.1)
        ));
    }
    if let Some(hidden) = &certificate.hidden {
        lines.push(format!(
            "before the output sigmoid, against ln(f/(1-f)): the largest error is proved to be at least {:.6e}, near {}, and at \
             most {}",
            hidden.lower,
            place(inputs, &hidden.argmax),
            round_up(hidden.upper)
        ));
    }
    lines.extend(certificate.note.iter().map(|note| format!("note: {note}")));
    lines
}

/// A point for people.
fn place(inputs: &[Input], point: &[f64]) -> String {
    let named = inputs.iter().zip(point).map(|(input, x)| format!("{} = {x:.6}", input.name));
    named.collect::<Vec<_>>().join(", ")
}

/// What the network is outside the domain, where that is not its own value.
fn beyond(outside: Outside, inputs: &[Input]) -> Option<String> {
    let value = match outside {
        Outside::Extend => return None,
        Outside::Clamp if inputs.len() == 1 => "the value at the nearer end",
        Outside::Clamp => "the value at the nearest point",
        Outside::Nan => "NaN",
    };
    let sides = inputs.iter().map(|input| format!("{} in [{:?}, {:?}]", input.name, input.lo, input.hi));
    Some(format!("outside {}: {value}", sides.collect::<Vec<_>>().join(", ")))
}

/// Sup and RMS on the article's kind of grid.
fn on_linspace(space: &str, target: &Expr, input: &Input, network: impl Fn(f64) -> f64) -> String {
    let points = measure::linspace(input.lo, input.hi, LINSPACE);
    let errors: Vec<f64> = points.iter().map(|x| network(*x) - target.value_at(&[*x])).collect();
    let worst = (0..errors.len()).fold(0, |worst, k| if errors[k].abs() > errors[worst].abs() { k } else { worst });
    format!(
        "on linspace({:?}, {:?}, {LINSPACE}){space}: sup {} at {} = {:.4}, RMS {}",
        input.lo,
        input.hi,
        short(errors[worst].abs()),
        input.name,
        points[worst],
        short(measure::scaled_rms(&errors))
    )
}

/// Four decimals for errors of ordinary size, four digits for small ones.
fn short(error: f64) -> String {
    if (1e-2..1e4).contains(&error) || error == 0.0 { format!("{error:.4}") } else { format!("{error:.3e}") }
}

fn form(bumps: &Bumps, input: &str) -> String {
    let sum = match bumps.layout {
        Layout::Pairs => format!("sum over bumps of h [s(w ({input} - left)) - s(w ({input} - right))]"),
        Layout::Steps => format!("h0 + sum over inner edges of (h - previous h) s(w ({input} - edge))"),
    };
    match bumps.output {
        Activation::Logistic => format!("N({input}) = logistic({sum}), so that the sum approximates ln(f/(1-f))"),
        _ => format!("N({input}) = {sum}"),
    }
}

fn cells(bumps: &Bumps, n: usize, input: &Input) -> String {
    let width = input.hi - input.lo;
    match &bumps.placement {
        Placement::Given(edges) => format!("{n} cells with given edges {}", list(edges)),
        Placement::Optimal if bumps.activation == Activation::Ramp => {
            format!("{n} straight pieces, each as long as its chord allows")
        }
        Placement::Optimal => format!("{n} cells, each as wide as the target's oscillation allows"),
        Placement::Uniform if interpolates(bumps, n) => format!(
            "{n} knots, equally spaced by {:?}, the ends among them; steps midway between knots",
            width / (n - 1) as f64
        ),
        Placement::Uniform => format!("{n} cells of width {:?}", width / n as f64),
    }
}

fn interpolates(bumps: &Bumps, n: usize) -> bool {
    bumps.placement == Placement::Uniform
        && bumps.steepness == Steepness::Auto
        && bumps.activation.unit_slope().is_some()
        && bumps.heights == Heights::Midpoint
        && n > 1
}

fn steepness(bumps: &Bumps, n: usize, input: &Input, evaluator: &Evaluator<'_>) -> String {
    let reach = evaluator.steps().map_or(0.0, |(_, half_width)| half_width);
    let reach = match bumps.activation {
        Activation::Arctan => "never quite saturated".to_owned(),
        _ => {
            format!("saturated {reach:.3e} away from a step, {:.3} of a cell", reach * n as f64 / (input.hi - input.lo))
        }
    };
    match bumps.steepness {
        _ if bumps.activation == Activation::Heaviside => "steps: a jump at each edge".to_owned(),
        _ if bumps.placement == Placement::Optimal && bumps.activation == Activation::Ramp => {
            "steps: each as wide as its piece".to_owned()
        }
        Steepness::Value(w) => format!("steepness w = {w:?}: {reach}"),
        Steepness::Auto => format!("steepness matched to the spacing: {reach}"),
    }
}

fn heights(bumps: &Bumps, n: usize) -> String {
    match &bumps.heights {
        _ if bumps.placement == Placement::Optimal => "heights: with the placement".to_owned(),
        Heights::Midpoint if interpolates(bumps, n) => "heights: the target at the knots".to_owned(),
        Heights::Midpoint => "heights: the target in the middle of each cell".to_owned(),
        Heights::Midrange => "heights: midway between the target's extremes over each cell".to_owned(),
        Heights::Given(heights) => format!("heights: given, {}", list(heights)),
    }
}

/// A list, its middle left out if it is long.
fn list(values: &[f64]) -> String {
    let text: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    match text.len() {
        0..=12 => format!("[{}]", text.join(", ")),
        n => format!("[{}, ..., {}] ({n} numbers)", text[..4].join(", "), text[n - 1]),
    }
}
