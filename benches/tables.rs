//! What tables of one input cost: `cargo bench --bench tables -- --costs` prints nanoseconds a point for tables of each
//! degree and size, from which `crates/plan/src/cost.rs` has its constants; `-- --making` makes the plans of all networks of
//! one input of the corpus, to the last bits and as fine as their certificates ask for, and prints the time of each; `--
//! --single` compares the plan in binary32 with that in binary64, and single calls, in Rust and of the table exported in C
//! (where there is a `cc`), with each other, in turns.
#![allow(clippy::disallowed_methods)] // a benchmark's arithmetic proves nothing

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use bumpnet_ir::Network;
use bumpnet_plan::{Accuracy, Plan, PlanOptions, plan_of_degree, plan_with, single_plan};

/// Random points of an evaluation: few enough that they, their values and a small table are in the second-level cache.
const POINTS: usize = 16_384;
/// Points that with their values take 16 MB.
const MANY: usize = 1_000_000;
/// Rounds of which the quickest counts.
const ROUNDS: usize = 100;
/// The degrees of pieces: about centres, and in the cells' coordinates.
const DEGREES: [usize; 9] = [1, 2, 3, 5, 6, 7, 10, 11, 14];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = |option: &str| arguments.iter().any(|argument| argument == option);
    if asked("--costs") {
        costs();
    }
    if asked("--single") {
        single();
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

/// The article's network: to 1e-3 in binary32, to 1e-6 in binary64, point by point in Rust and in C.
fn single() {
    let target = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)";
    let (coarse, fine) =
        (network(target, "method: smooth, max_error: 1e-3"), network(target, "method: smooth, max_error: 1e-6"));
    let in_single = single_plan(&coarse, PlanOptions::default()).expect("it is smooth");
    let double = plan_with(&fine, PlanOptions::default()).expect("it is smooth");
    let mut random = 1u64;
    let xs: Vec<f64> = (0..MANY).map(|_| next(&mut random)).collect();
    let short: Vec<f32> = xs.iter().map(|x| *x as f32).collect();
    let (mut ys, mut copied, mut values) = (vec![0.0; MANY], vec![0.0; MANY], vec![0.0f32; MANY]);
    let c = c_function(&fine);
    let mut best = [f64::INFINITY; 5];
    for _ in 0..ROUNDS {
        turn(&mut best[0], || black_box(&mut copied).copy_from_slice(black_box(&xs)));
        turn(&mut best[1], || double.eval_into(black_box(&xs), &mut ys));
        turn(&mut best[2], || in_single.eval_into(black_box(&short), &mut values));
        turn(&mut best[3], || black_box(&xs).iter().zip(&mut ys).for_each(|(x, y)| *y = double.eval(*x)));
        if let Some(seconds) = c.as_ref().and_then(|program| c_seconds(program)) {
            best[4] = best[4].min(seconds * 1e9 / MANY as f64);
        }
    }
    let [copy, batch, short, scalar, c] = best;
    println!(
        "binary64 to 1e-6: {} pieces of degree {}, {} bytes, bound {:.2e}: {batch:.3} ns a point, {:.2}x a copy",
        double.pieces(),
        double.degree(),
        double.bytes(),
        double.bound().get(),
        copy / batch
    );
    println!(
        "binary32 to 1e-3: {} pieces of degree {}, {} bytes, bound {:.2e}: {short:.3} ns a point, {:.2}x binary64",
        in_single.pieces(),
        in_single.degree(),
        in_single.bytes(),
        in_single.bound().get(),
        batch / short
    );
    println!("single calls: {scalar:.3} ns in Rust, {c:.3} ns in C, {:.2}x that in Rust", c / scalar);
}

/// The quickest turn, in nanoseconds a point.
fn turn(best: &mut f64, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    *best = best.min(start.elapsed().as_secs_f64() * 1e9 / MANY as f64);
}

/// A program that calls the exported function at the same points, and prints the seconds; `None` without a C compiler.
fn c_function(network: &Network) -> Option<std::path::PathBuf> {
    let target = bumpnet_parser::parse_expression("x", vec!["x".into()]).ok()?;
    let (standing, accuracy) = (bumpnet_prove::Standing::stated(), Accuracy::default());
    let options = bumpnet_export::Options { target: &target, tool: "tables", standing, accuracy };
    let header = bumpnet_export::c::write(network, network.certificate.as_ref()?, &options).ok()?;
    let name = header.split("static inline double ").nth(1)?.split('(').next()?.to_owned();
    let folder = std::env::temp_dir().join(format!("bumpnet-tables-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok()?;
    std::fs::write(folder.join("network.h"), header).ok()?;
    std::fs::write(folder.join("main.c"), MAIN.replace("FUNCTION", &name).replace("MANY", &MANY.to_string())).ok()?;
    let program = folder.join("program");
    let built =
        Command::new("cc").args(["-O2", "-ffp-contract=off", "-o"]).arg(&program).arg(folder.join("main.c")).status();
    built.is_ok_and(|status| status.success()).then_some(program)
}

/// The same points, and a turn after one that warms up.
const MAIN: &str = r#"#include "network.h"
#include <stdio.h>
#include <time.h>
static double xs[MANY], ys[MANY];
int main(void) {
    uint64_t state = 1;
    for (int k = 0; k < MANY; k++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        xs[k] = (double)(state >> 11) / 9007199254740992.0;
    }
    struct timespec from, to;
    for (int turn = 0; turn < 2; turn++) {
        clock_gettime(CLOCK_MONOTONIC, &from);
        for (int k = 0; k < MANY; k++) ys[k] = FUNCTION(xs[k]);
        clock_gettime(CLOCK_MONOTONIC, &to);
    }
    printf("%.9f %g\n", (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec), ys[MANY / 2]);
    return 0;
}
"#;

fn c_seconds(program: &Path) -> Option<f64> {
    let run = Command::new(program).output().ok()?;
    String::from_utf8(run.stdout).ok()?.split_whitespace().next()?.parse().ok()
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
