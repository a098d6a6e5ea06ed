//! What tables of one input cost: `cargo bench --bench tables -- --costs` prints nanoseconds a point for tables of each
//! degree and size, from which `crates/plan/src/cost.rs` has its constants; `-- --making` makes the plans of all networks of
//! one input of the corpus, to the last bits and as fine as their certificates ask for, and prints the time of each.
#![allow(clippy::disallowed_methods)] // a benchmark's arithmetic proves nothing

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::Instant;

use bumpnet_ir::Network;
use bumpnet_plan::{Accuracy, Plan, PlanOptions, plan_of_degree, plan_with};

/// Random points of an evaluation: few enough that they, their values and a small table are in the second-level cache.
const POINTS: usize = 16_384;
/// Rounds of which the quickest counts.
const ROUNDS: usize = 200;
/// The degrees of pieces: about centres, and in the cells' coordinates.
const DEGREES: [usize; 9] = [1, 2, 3, 5, 6, 7, 10, 11, 14];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = |option: &str| arguments.iter().any(|argument| argument == option);
    if asked("--costs") {
        costs();
    }
    if asked("--making") {
        making(&arguments);
    }
}

fn network(target: &str, parameters: &str) -> Network {
    let text = format!("version: 1\ntarget: {target}\ndomain: {{x: [0, 1]}}\nnetworks: {{n: {{{parameters}}}}}\n");
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "tables").expect("the spec is right");
    bumpnet_compiler::compile(&spec, &spec.networks[0]).expect("it compiles").network
}

/// A smooth network, whose cells are equal, and a graded one, whose pieces are searched, at tolerances from coarse to fine.
fn costs() {
    let equal = network("0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)", "method: smooth, max_error: 1e-12");
    let searched = network("sqrt(x)*sin(15*x)+0.05*cos(50*x)", "method: graded, max_error: 1e-10");
    println!("form       degree   pieces       bytes  ns a point");
    for network in [equal, searched] {
        for degree in DEGREES {
            for tolerance in [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13] {
                let options = PlanOptions { accuracy: Accuracy::Within(tolerance) };
                let Ok(plan) = plan_of_degree(&network, options, degree) else { continue };
                if plan.degree() == degree {
                    let time = time(&plan);
                    println!("{:<10} {degree:>6} {:>8} {:>11}  {time:.3}", plan.index(), plan.pieces(), plan.bytes());
                }
            }
        }
    }
}

/// Nanoseconds a point.
fn time(plan: &Plan) -> f64 {
    let mut random = 1u64;
    let xs: Vec<f64> = (0..POINTS).map(|_| next(&mut random)).collect();
    let mut ys = vec![0.0; POINTS];
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        plan.eval_into(black_box(&xs), &mut ys);
        black_box(&mut ys);
        best = best.min(start.elapsed().as_secs_f64());
    }
    best * 1e9 / POINTS as f64
}

/// The plans of the corpus, each way in turn.
fn making(filters: &[String]) {
    let filters: Vec<&String> = filters.iter().filter(|filter| !filter.starts_with('-')).collect();
    let (mut exact, mut shared) = (0.0, 0.0);
    println!("ms exact   ms share   kB exact   kB share  network");
    for entry in support::corpus_of_one_input() {
        if !filters.is_empty() && !filters.iter().any(|filter| entry.id().contains(*filter)) {
            continue;
        }
        for wanted in &entry.spec.networks {
            let network = entry.compile(wanted);
            let Some((slow, large)) = made(&network, Accuracy::Exact) else { continue };
            let Some((quick, small)) = made(&network, Accuracy::default()) else { continue };
            println!("{slow:8.2} {quick:10.2} {:10.1} {:10.1}  {}", large / 1024.0, small / 1024.0, network.name);
            (exact, shared) = (exact + slow, shared + quick);
        }
    }
    println!("{exact:8.0} {shared:10.0} ms of processor time in all: {:.2}x", exact / shared);
}

/// The milliseconds that a plan takes to make, the quickest of two times, and its bytes.
fn made(network: &Network, accuracy: Accuracy) -> Option<(f64, f64)> {
    let once = || {
        let start = processor_time();
        let plan = black_box(plan_with(network, PlanOptions { accuracy }).ok()?);
        Some((1e3 * (processor_time() - start), plan.bytes() as f64))
    };
    let ((first, bytes), (second, _)) = (once()?, once()?);
    Some((first.min(second), bytes))
}

/// Seconds that this thread has had a processor for; elsewhere than on Linux seconds.
fn processor_time() -> f64 {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match statistics.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds * 1e-9,
        None => std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |t| t.as_secs_f64()),
    }
}

/// In [0, 1): a linear congruential generator (Knuth's MMIX), its upper bits.
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1u64 << 53) as f64
}
