//! `diff`: what has changed between two networks, in a few lines.

use std::path::Path;
use std::process::Command;

use bumpnet_adversary::random::Random;
use bumpnet_ir::text::{one_line, visible};
use bumpnet_ir::{Layer, Network, Precision};
use bumpnet_prove::Standing;
use bumpnet_runner::Evaluator;

use crate::args::Diff;
use crate::compile::round_up;
use crate::context::Context;
use crate::exit;
use crate::failure::Failure;
use crate::select::{self, Subject};

/// Points at which the two are evaluated, besides the steps of both. Heuristic.
const POINTS: usize = 4096;

/// Runs the command. As of `diff`, the exit code is 1 where something differs.
pub fn run(arguments: &Diff, context: &mut Context<'_>) -> Result<u8, Failure> {
    let [a, b] = [&arguments.old, &arguments.new].map(|name| subject(name, context));
    let (a, b) = (a?, b?);
    let standings = (a.standing, b.standing);
    let (a, b) = (a.network, b.network);
    let mut lines = Vec::new();
    if a.target != b.target {
        lines.push(format!("target     {}\n        -> {}", visible(&a.target), visible(&b.target)));
    }
    let ends = |network: &Network| -> Vec<String> {
        network.inputs.iter().map(|i| format!("{} in [{:?}, {:?}]", i.name, i.lo, i.hi)).collect()
    };
    if ends(&a) != ends(&b) {
        lines.push(format!("domain     {} -> {}", ends(&a).join(", "), ends(&b).join(", ")));
    }
    if a.precision != b.precision || a.outside != b.outside {
        let kind = |network: &Network| format!("{}, outside: {}", network.precision.name(), network.outside.name());
        lines.push(format!("kind       {} -> {}", kind(&a), kind(&b)));
    }
    lines.extend(weights(&a, &b));
    if !lines.is_empty() {
        lines.extend(function(&a, &b));
    }
    if a.certificate != b.certificate {
        lines.push(bounds((&a, standings.0), (&b, standings.1)));
    }
    if lines.is_empty() {
        context.write("the networks are the same\n")?;
        return Ok(exit::CLEAN);
    }
    context.write(&(lines.join("\n") + "\n"))?;
    Ok(exit::REGRESSION)
}

/// A table, `SPEC#NETWORK`, or `REVISION:TABLE`.
fn subject(name: &str, context: &mut Context<'_>) -> Result<Subject, Failure> {
    match name.split_once(':') {
        Some((revision, path)) if !Path::new(name).exists() && !name.contains('#') => {
            let bytes = at_revision(revision, path, name)?;
            select::parse_table(bytes, &visible(name))
        }
        _ => select::network(name, context),
    }
}

/// The bounds of both, and which of them are proved here and which only stated by a table. What has none is neither.
fn bounds((a, of_a): (&Network, Standing), (b, of_b): (&Network, Standing)) -> String {
    let upper = |network: &Network| network.certificate.as_ref().map(|certificate| round_up(certificate.upper));
    match (upper(a), upper(b)) {
        (Some(a), Some(b)) if of_a != of_b => format!("bound      {a} ({}) -> {b} ({})", of_a.word(), of_b.word()),
        (Some(a), Some(b)) => format!("{:11}{a} -> {b}", of_b.word()),
        (Some(a), None) => format!("{:11}{a} -> none", of_a.word()),
        (None, b) => format!("{:11}none -> {}", of_b.word(), b.unwrap_or_default()),
    }
}

/// A file as it was at a revision of the repository around this folder; its path is relative to this folder.
fn at_revision(revision: &str, path: &str, name: &str) -> Result<Vec<u8>, Failure> {
    let name = visible(name);
    if revision.starts_with('-') {
        return Err(Failure::new(format!("{name}: `{}` is no revision", visible(revision))));
    }
    let shown = Command::new("git").args(["show", &format!("{revision}:./{path}")]).output();
    let shown = shown.map_err(|error| Failure::new(format!("{name}: cannot run git: {error}")))?;
    match shown.status.success() {
        true => Ok(shown.stdout),
        false => Err(Failure::new(format!("{name}: {}", one_line(&String::from_utf8_lossy(&shown.stderr))))),
    }
}

/// Whether two layers have the same units and weights in the same places.
fn alike(a: &Layer, b: &Layer) -> bool {
    a.activation == b.activation
        && (a.inputs == b.inputs && a.rows == b.rows)
        && (a.weights.row == b.weights.row && a.weights.col == b.weights.col)
}

/// How many weights and biases differ, and the largest difference in units in the last place.
fn weights(a: &Network, b: &Network) -> Option<String> {
    let same_shape = a.layers.len() == b.layers.len() && a.layers.iter().zip(&b.layers).all(|(a, b)| alike(a, b));
    if !same_shape {
        let shape = |network: &Network| {
            let first = network.layers.first().map_or("none", |layer| layer.activation.name());
            format!("{} neurons ({first}), {} parameters", network.neurons(), network.parameters())
        };
        return Some(format!("shape      {} -> {}", shape(a), shape(b)));
    }
    let single = a.precision == Precision::F32 && b.precision == Precision::F32;
    let (mut changed, mut all, mut worst) = (0usize, 0usize, (0u64, 0.0, 0.0));
    for (a, b) in a.layers.iter().zip(&b.layers).flat_map(|(a, b)| numbers(a).zip(numbers(b))) {
        all += 1;
        changed += usize::from(a.to_bits() != b.to_bits());
        let apart = if single { ulps_f32(a as f32, b as f32) } else { ulps(a, b) };
        if apart > worst.0 {
            worst = (apart, a, b);
        }
    }
    (changed > 0).then(|| {
        let (apart, a, b) = worst;
        format!("weights    {changed} of {all} differ, by at most {apart} ulp ({a:?} -> {b:?})")
    })
}

fn numbers(layer: &Layer) -> impl Iterator<Item = f64> + '_ {
    let biases = (0..layer.rows).map(|row| layer.bias.get(row));
    layer.weights.entries().map(|(.., value)| value).chain(biases)
}

/// How many numbers two are apart.
fn ulps(a: f64, b: f64) -> u64 {
    // Bits of non-negative numbers grow with them; those of negative ones are turned round.
    let order = |x: f64| if x < 0.0 { -((x.to_bits() & !(1 << 63)) as i64) } else { (x.to_bits() & !(1 << 63)) as i64 };
    order(a).abs_diff(order(b))
}

fn ulps_f32(a: f32, b: f32) -> u64 {
    let order = |x: f32| {
        let size = i64::from(x.to_bits() & !(1 << 31));
        if x < 0.0 { -size } else { size }
    };
    order(a).abs_diff(order(b))
}

/// Where the function has changed, and by how much: measured at points of both domains.
fn function(a: &Network, b: &Network) -> Option<String> {
    if a.inputs.len() != b.inputs.len() {
        return None;
    }
    let (first, second) = (Evaluator::new(a), Evaluator::new(b));
    let ends: Vec<(f64, f64)> = a.inputs.iter().zip(&b.inputs).map(|(a, b)| (a.lo.max(b.lo), a.hi.min(b.hi))).collect();
    if ends.iter().any(|(lo, hi)| lo > hi) {
        return Some("function   the domains have no point in common".to_owned());
    }
    let points = points(&ends, &[&first, &second]);
    let (mut worst, mut at, mut changed) = (0.0f64, &points[0], Vec::new());
    for point in &points {
        let off = (first.eval(point) - second.eval(point)).abs();
        if off > 0.0 {
            changed.push(point);
        }
        if off > worst {
            (worst, at) = (off, point);
        }
    }
    let (Some(from), Some(to)) = (changed.first(), changed.last()) else {
        return Some(format!("function   the same at {} points (measured)", points.len()));
    };
    let text = |point: &[f64]| point.iter().map(|x| format!("{x:.6}")).collect::<Vec<_>>().join(", ");
    let extent = match ends.len() {
        1 => format!(" between {} and {}", text(from), text(to)),
        _ => String::new(),
    };
    let share = 100.0 * changed.len() as f64 / points.len() as f64;
    Some(format!(
        "function   differs at {share:.0} % of the points{extent}, most at {}: {worst:.3e} (measured)",
        text(at)
    ))
}

/// Points of the box, for one input in order: a grid, and the steps of both networks; for several, random ones.
fn points(ends: &[(f64, f64)], evaluators: &[&Evaluator<'_>]) -> Vec<Vec<f64>> {
    if let [(lo, hi)] = *ends {
        let mut points: Vec<f64> =
            (0..=POINTS).map(|k| (lo + (hi - lo) * (k as f64 / POINTS as f64)).clamp(lo, hi)).collect();
        for (steps, _) in evaluators.iter().filter_map(|evaluator| evaluator.steps()) {
            let stride = steps.len() / POINTS + 1;
            points.extend(steps.iter().step_by(stride).flat_map(|s| [s.next_down(), *s, s.next_up()]));
        }
        points.retain(|x| (lo..=hi).contains(x));
        points.sort_by(f64::total_cmp);
        points.dedup();
        return points.into_iter().map(|x| vec![x]).collect();
    }
    let mut random = Random(1);
    let mut point = || ends.iter().map(|(lo, hi)| (lo + (hi - lo) * random.unit()).clamp(*lo, *hi)).collect();
    (0..POINTS).map(|_| point()).collect()
}
