//! Plans, of one input and of several, beside a plain copy, a bare table look-up, the target as native code and by meval,
//! and the network's own sum:
//! `cargo bench --bench plans -- smooth`. Criterion watches each; at the end a table of ratios is printed, for which all
//! take turns, so that other work on the machine hits all alike; `-- --ratios` prints that table only.
//!
//! What is timed is checked first: values against the direct sum, each within its bound of the exact network.
#![allow(clippy::disallowed_methods)] // the native closures are the standard library's by intention

use std::hint::black_box;
use std::time::{Duration, Instant};

use bumpnet_interval::UpperBound;
use bumpnet_ir::Network;
use bumpnet_prove::{rounding_of, rounding_of_layers, units::Units};
use bumpnet_runner::{Accuracy, Evaluator, GraphPlan, PlanOptions, graph_plan, graph_plan_with, par_eval_points};
use criterion::{Criterion, Throughput};
use rayon::prelude::*;

/// Random points of an evaluation: with their values they take 16 MB.
const POINTS: usize = 1_000_000;
/// Of these so many for what costs a neuron each, or is slow.
const FEW: usize = 10_000;
/// Points of several inputs: turns so short that other work seldom interrupts them.
const SEVERAL: usize = 262_144;
/// Rounds of which the quickest counts; short ones are more.
const ROUNDS: (usize, usize) = (15, 60);
/// Points that a thread copies at a time.
const CHUNK: usize = 8192;

/// Plans to the last bits.
const EXACT: PlanOptions = PlanOptions { accuracy: Accuracy::Exact };

/// The article's target, and one with a root.
const ARTICLE: &str = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)";
const ROOT: &str = "sqrt(x)*sin(15*x)+0.05*cos(50*x)";

const FRANKE: &str = "0.75*exp(-((9*x-2)^2+(9*y-2)^2)/4)+0.75*exp(-(9*x+1)^2/49-(9*y+1)/10)\
                      +0.5*exp(-((9*x-7)^2+(9*y-3)^2)/4)-0.2*exp(-(9*x-4)^2-(9*y-7)^2)";
const TRIG: &str = "sin(3*x)*cos(2*y)+0.3*x*y";
const RUNGE: &str = "1/(1+x^2+y^2+z^2)";
const OPTION: &str =
    "s*0.5*(1+erf((ln(s)+0.02+v^2/2)/v/sqrt(2)))-exp(-0.02)*0.5*(1+erf(((ln(s)+0.02+v^2/2)/v-v)/sqrt(2)))";
const CHAIN: &str = "sin(a*b)+sin(b*c)+sin(c*d)+sin(d*f)+sin(f*g)+sin(g*h)+sin(h*i)+sin(i*j)+sin(j*k)";

fn article(p: &[f64]) -> f64 {
    let x = p[0];
    0.2 + 0.4 * x * x + 0.3 * x * (15.0 * x).sin() + 0.05 * (50.0 * x).cos()
}

fn root(p: &[f64]) -> f64 {
    let x = p[0];
    x.sqrt() * (15.0 * x).sin() + 0.05 * (50.0 * x).cos()
}

fn franke(p: &[f64]) -> f64 {
    let (x, y) = (9.0 * p[0], 9.0 * p[1]);
    let square = |t: f64| t * t;
    0.75 * (-(square(x - 2.0) + square(y - 2.0)) / 4.0).exp()
        + 0.75 * (-square(x + 1.0) / 49.0 - (y + 1.0) / 10.0).exp()
        + 0.5 * (-(square(x - 7.0) + square(y - 3.0)) / 4.0).exp()
        - 0.2 * (-square(x - 4.0) - square(y - 7.0)).exp()
}

fn trig(p: &[f64]) -> f64 {
    (3.0 * p[0]).sin() * (2.0 * p[1]).cos() + 0.3 * p[0] * p[1]
}

fn runge(p: &[f64]) -> f64 {
    1.0 / (1.0 + p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
}

/// That of the platform's library.
fn error_function(x: f64) -> f64 {
    #[allow(unsafe_code)] // a function of the platform's library
    unsafe extern "C" {
        safe fn erf(x: f64) -> f64;
    }
    erf(x)
}

/// The price of a call: Black and Scholes 1973.
fn option(p: &[f64]) -> f64 {
    let (s, v) = (p[0], p[1]);
    let d1 = (s.ln() + 0.02 + v * v / 2.0) / v;
    let normal = |x: f64| 0.5 * (1.0 + error_function(x * std::f64::consts::FRAC_1_SQRT_2));
    s * normal(d1) - (-0.02f64).exp() * normal(d1 - v)
}

fn chain(p: &[f64]) -> f64 {
    p.windows(2).map(|pair| (pair[0] * pair[1]).sin()).sum()
}

/// A network that is timed.
struct Case {
    name: &'static str,
    target: &'static str,
    /// The inputs, and the domain of each, the last for all that are left.
    inputs: &'static [&'static str],
    domain: &'static [(f64, f64)],
    native: fn(&[f64]) -> f64,
    network: &'static str,
}

const fn case(name: &'static str, network: &'static str) -> Case {
    Case { name, target: ARTICLE, inputs: &["x"], domain: &[(0.0, 1.0)], native: article, network }
}

const fn over_a_square(name: &'static str, network: &'static str) -> Case {
    Case { target: FRANKE, inputs: &["x", "y"], native: franke, ..case(name, network) }
}

const CASES: [Case; 20] = [
    case("heaviside/uniform/10", "method: bumps, activation: heaviside, resolution: 10"),
    case("heaviside/uniform/1000", "method: bumps, activation: heaviside, resolution: 1000"),
    case("heaviside/uniform/10000", "method: bumps, activation: heaviside, resolution: 10000"),
    case("heaviside/uniform/1000000", "method: bumps, activation: heaviside, resolution: 1000000"),
    case("heaviside/optimal/1000", "method: bumps, activation: heaviside, placement: optimal, resolution: 1000"),
    case("heaviside/optimal/10000", "method: bumps, activation: heaviside, placement: optimal, resolution: 10000"),
    case("smooth/1e-6", "method: smooth, max_error: 1e-6"),
    case("smooth/1e-12", "method: smooth, max_error: 1e-12"),
    Case { target: ROOT, native: root, ..case("graded/1e-8", "method: graded, max_error: 1e-8") },
    case("logistic/overlapping/1000", "method: bumps, activation: logistic, resolution: 1000"),
    case("logistic/steep/1000", "method: bumps, activation: logistic, steepness: 80000, resolution: 1000"),
    over_a_square("several/franke/composed", "method: composed, max_error: 1e-8"),
    over_a_square("several/franke/low-rank", "method: low-rank, max_error: 1e-3"),
    over_a_square("several/franke/low-rank/1e-8", "method: low-rank, max_error: 1e-8, gate: {max_error: 1e-8}"),
    Case {
        target: TRIG,
        native: trig,
        domain: &[(-1.0, 1.0)],
        ..over_a_square("several/trig/composed", "method: composed, max_error: 1e-6")
    },
    Case {
        target: TRIG,
        native: trig,
        domain: &[(-1.0, 1.0)],
        ..over_a_square("several/trig/ridge", "method: ridge, max_error: 1e-8")
    },
    Case {
        target: OPTION,
        inputs: &["s", "v"],
        native: option,
        domain: &[(0.5, 1.5), (0.2, 0.6)],
        ..case("several/option/composed", "method: composed, max_error: 1e-4, gate: {max_error: 1e-4}")
    },
    Case {
        target: RUNGE,
        inputs: &["x", "y", "z"],
        native: runge,
        domain: &[(-1.0, 1.0)],
        ..case("several/runge3/low-rank", "method: low-rank, max_error: 1e-4, gate: {max_error: 1e-4}")
    },
    Case {
        target: RUNGE,
        inputs: &["x", "y", "z"],
        native: runge,
        domain: &[(-1.0, 1.0)],
        ..case("several/runge3/composed", "method: composed, max_error: 1e-6")
    },
    Case {
        target: CHAIN,
        inputs: &["a", "b", "c", "d", "f", "g", "h", "i", "j", "k"],
        native: chain,
        domain: &[(-1.0, 1.0)],
        ..case("several/chain10/composed", "method: composed, max_error: 1e-6")
    },
];

impl Case {
    /// The domain of an input.
    fn side(&self, k: usize) -> (f64, f64) {
        self.domain[k.min(self.domain.len() - 1)]
    }

    fn network(&self) -> Network {
        let side = |(k, name): (usize, &&str)| format!("{name}: [{}, {}]", self.side(k).0, self.side(k).1);
        let domain = self.inputs.iter().enumerate().map(side).collect::<Vec<_>>().join(", ");
        let text = format!(
            "version: 1\ntarget: {}\ndomain: {{{domain}}}\nnetworks: {{n: {{{}}}}}\n",
            self.target, self.network
        );
        let spec = bumpnet_parser::parse_spec(text.as_bytes(), "plans").expect("the spec is right");
        bumpnet_compiler::compile(&spec, &spec.networks[0]).expect("it compiles").network
    }

    /// Random points from numbers of [0, 1).
    fn points(&self, numbers: &[f64]) -> Vec<f64> {
        let inputs = self.inputs.len();
        let count = if inputs == 1 { POINTS } else { SEVERAL };
        let number = |(k, part): (usize, &f64)| {
            let (lo, hi) = self.side(k % inputs);
            lo + (hi - lo) * part
        };
        numbers[..count * inputs].iter().enumerate().map(number).collect()
    }
}

/// A function of one point.
type Value<'a> = dyn Fn(&[f64]) -> f64 + 'a;

/// What is timed of a case: a name, how many points it fills, and the work.
type Contender<'a> = (&'static str, usize, Box<dyn FnMut() + 'a>);

/// The contenders, their values checked.
fn contenders<'a>(
    case: &'a Case,
    evaluator: &'a Evaluator<'a>,
    (plan, exact): (&'a GraphPlan, &'a GraphPlan),
    xs: &'a [f64],
    two: &'a rayon::ThreadPool,
) -> Vec<Contender<'a>> {
    let (inputs, native) = (case.inputs.len(), case.native);
    let count = xs.len() / inputs;
    let oracle: meval::Expr = case.target.parse().expect("meval can read it");
    // It has no error function.
    let oracle = oracle.bindn(case.inputs).ok();
    for (x, oracle) in xs.chunks_exact(inputs).take(FEW).zip(oracle.iter().cycle()) {
        assert!((oracle(x) - native(x)).abs() <= 1e-14, "{}: meval at {x:?}", case.name);
    }
    let few = |f: Box<Value<'a>>| -> Box<dyn FnMut() + 'a> {
        let mut ys = vec![0.0; FEW];
        Box::new(move || {
            xs.chunks_exact(inputs).zip(&mut ys).for_each(|(x, y)| *y = f(black_box(x)));
            black_box(&mut ys);
        })
    };
    let many = |f: Box<Fill<'a>>, count: usize| -> Box<dyn FnMut() + 'a> {
        let mut ys = vec![0.0; count];
        Box::new(move || {
            f(black_box(xs), &mut ys);
            black_box(&mut ys);
        })
    };
    let closure = move |xs: &[f64], ys: &mut [f64]| xs.chunks_exact(inputs).zip(ys).for_each(|(x, y)| *y = native(x));
    let mut all = vec![
        ("copy", count, many(Box::new(|xs, ys| ys.copy_from_slice(xs)), xs.len())),
        ("lookup", count, many(lookup(case, plan.pieces()), count)),
        ("native", count, many(Box::new(closure), count)),
        ("direct", FEW, few(Box::new(|x| evaluator.eval(x)))),
        ("plan", count, many(Box::new(|xs, ys| plan.eval_into(xs, ys)), count)),
        ("exact", count, many(Box::new(|xs, ys| exact.eval_into(xs, ys)), count)),
        ("scalar", count, many(Box::new(|xs, ys| plan.eval_each(xs, ys)), count)),
        (
            "copy, two threads",
            count,
            many(
                Box::new(|xs, ys| {
                    two.install(|| {
                        ys.par_chunks_mut(CHUNK).zip(xs.par_chunks(CHUNK)).for_each(|(ys, xs)| ys.copy_from_slice(xs))
                    });
                }),
                xs.len(),
            ),
        ),
        ("plan, two threads", count, many(Box::new(|xs, ys| two.install(|| par_eval_points(plan, xs, ys))), count)),
    ];
    all.extend(oracle.map(|oracle| ("meval", FEW, few(Box::new(oracle)))));
    all
}

/// A bare look-up in a table of so many entries, as many on each axis.
fn lookup<'a>(case: &Case, entries: usize) -> Box<Fill<'a>> {
    let inputs = case.inputs.len();
    let each = (1..=entries).take_while(|n| n.checked_pow(inputs as u32).is_some_and(|all| all <= entries)).last();
    let each = each.unwrap_or(1);
    let table: Vec<f64> = (0..(each + 1).pow(inputs as u32)).map(|k| k as f64).collect();
    let sides: Vec<(f64, f64)> =
        (0..inputs).map(|k| case.side(k)).map(|(lo, hi)| (lo, each as f64 / (hi - lo))).collect();
    let (lo, scale) = sides[0];
    match inputs {
        1 => {
            Box::new(move |xs, ys| xs.iter().zip(ys).for_each(|(x, y)| *y = table[((x - lo) * scale) as i32 as usize]))
        }
        _ => Box::new(move |xs, ys| {
            for (x, y) in xs.chunks_exact(inputs).zip(ys) {
                let cell =
                    |at, (x, (lo, scale)): (&f64, &(f64, f64))| at * (each + 1) + ((x - lo) * scale) as i32 as usize;
                *y = table[x.iter().zip(&sides).fold(0, cell)];
            }
        }),
    }
}

/// Checks the plan against the direct sum, each within its bound of the exact network, and one thread against two.
fn check(case: &Case, network: &Network, plan: &GraphPlan, xs: &[f64], two: &rayon::ThreadPool) {
    let (evaluator, inputs) = (Evaluator::new(network), case.inputs.len());
    let allowed = plan.bound()
        + match Units::new(network) {
            Some(units) => rounding_of(network, &units, UpperBound::ZERO),
            None => rounding_of_layers(network),
        };
    let bound = network.certificate.as_ref().expect("it is proved").upper + plan.bound().get();
    let (mut ys, mut again) = (vec![0.0; xs.len() / inputs], vec![0.0; xs.len() / inputs]);
    plan.eval_into(xs, &mut ys);
    two.install(|| par_eval_points(plan, xs, &mut again));
    assert!(ys == again, "{}: other bits from two threads", case.name);
    for (k, (x, y)) in xs.chunks_exact(inputs).zip(&ys).enumerate() {
        assert!((y - (case.native)(x)).abs() <= bound + 1e-14, "{}: {y} at {x:?}", case.name);
        assert!(k >= FEW || (y - evaluator.eval(x)).abs() <= allowed.get(), "{}: {y} at {x:?}", case.name);
    }
    let scale = ys.iter().fold(0.0, |m: f64, y| m.max(y.abs()));
    let asked = 0.0101 * network.certificate.as_ref().map_or(0.0, |certificate| certificate.upper);
    let rounding = if inputs == 1 { 4.0 } else { 1e4 } * f64::EPSILON * scale;
    assert!(plan.bound().get() <= asked + rounding, "{}: the plan is off by {:?}", case.name, plan.bound());
}

/// Fills the values of points.
type Fill<'a> = dyn Fn(&[f64], &mut [f64]) + 'a;

fn main() {
    let two = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads start");
    // What is no option filters by name, as for criterion.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let filters: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let only = |option: &str| arguments.iter().any(|argument| argument == option);
    let criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200));
    // Criterion refuses options that it does not know.
    let mut criterion = if only("--ratios") { criterion } else { criterion.configure_from_args() };
    let mut random = 1u64;
    let numbers: Vec<f64> = (0..POINTS.max(10 * SEVERAL)).map(|_| next(&mut random)).collect();
    let mut table = vec!["ratios: how many times as quick the plan is".to_owned()];
    let mut smallest = None;
    for case in &CASES {
        let group = format!("plans/{}", case.name);
        if !filters.is_empty() && !filters.iter().any(|filter| group.contains(*filter) || filter.contains(&group)) {
            continue;
        }
        let started = Instant::now();
        let network = case.network();
        let compiled = started.elapsed();
        let started = Instant::now();
        let plan = graph_plan(&network).expect("it has a plan");
        let made = started.elapsed().as_secs_f64() / compiled.as_secs_f64();
        let exact = graph_plan_with(&network, EXACT).expect("it has a plan");
        let xs = case.points(&numbers);
        check(case, &network, &plan, &xs, &two);
        check(case, &network, &exact, &xs, &two);
        if case.name.starts_with("smooth") {
            let scale = xs.iter().map(|x| exact.eval(&[*x]).abs()).fold(0.0, f64::max);
            let ulp = scale.next_up() - scale;
            assert!(exact.bound().get() <= 4.0 * ulp, "{}: the plan is off by {:?}", case.name, exact.bound());
        }
        let evaluator = Evaluator::new(&network);
        let mut contenders = contenders(case, &evaluator, (&plan, &exact), &xs, &two);
        if !only("--ratios") {
            watch(&mut criterion, &group, &mut contenders);
        }
        if !only("--list") && !only("--test") {
            table.push(ratios(case, &network, (&plan, made), &mut contenders, &mut smallest));
        }
    }
    criterion.final_summary();
    if table.len() > 1 {
        println!("{}", table.join("\n"));
    }
}

fn watch(criterion: &mut Criterion, group: &str, contenders: &mut [Contender<'_>]) {
    let mut group = criterion.benchmark_group(group);
    for (name, count, work) in contenders {
        group.throughput(Throughput::Elements(*count as u64));
        group.bench_function(*name, |bencher| bencher.iter(&mut *work));
    }
}

/// The line of a case. `smallest` is the time of the first uniform network, which the others' growth refers to.
fn ratios(
    case: &Case,
    network: &Network,
    (plan, made): (&GraphPlan, f64),
    contenders: &mut [Contender<'_>],
    smallest: &mut Option<f64>,
) -> String {
    let mut best = vec![f64::INFINITY; contenders.len()];
    for _ in 0..if case.inputs.len() == 1 { ROUNDS.0 } else { ROUNDS.1 } {
        for ((_, count, work), best) in contenders.iter_mut().zip(&mut best) {
            let start = Instant::now();
            work();
            *best = best.min(start.elapsed().as_secs_f64() / *count as f64);
        }
    }
    let time = |name: &str| contenders.iter().zip(&best).find(|c| c.0.0 == name).map_or(f64::NAN, |c| *c.1);
    let ratio = |name: &str| format!("{:.3}x {name}", time(name) / time("plan"));
    let timed = |name: &&str| contenders.iter().any(|c| c.0 == *name);
    let against =
        ["copy", "lookup", "native", "meval", "direct", "exact", "scalar"].into_iter().filter(timed).map(ratio);
    let against = against.collect::<Vec<_>>().join(", ");
    let growth = if case.name.starts_with("heaviside/uniform") {
        let first = *smallest.get_or_insert(time("plan"));
        format!(", {:.2}x the cost of the fewest", time("plan") / first)
    } else {
        String::new()
    };
    let what = match (plan.cells(), plan.alone()) {
        (Some(cells), _) => format!("{cells:?} cells of {} numbers", plan.numbers()),
        (_, Some(plan)) => format!("{} pieces of degree {}, {}", plan.pieces(), plan.degree(), plan.index()),
        _ => format!("{} look-ups and {} sums, {} pieces", plan.curves(), plan.sums(), plan.pieces()),
    };
    format!(
        "{} ({} neurons; {what}, {} kB, bound {:.2e}, made in {:.2}x the time of compilation and proof): {:.3} ns a point; {against}; two threads \
         {:.2}x one, {:.3}x their copy{growth}",
        case.name,
        network.neurons(),
        plan.bytes() / 1024,
        plan.bound().get(),
        made,
        time("plan") * 1e9,
        time("plan") / time("plan, two threads"),
        time("copy, two threads") / time("plan, two threads"),
    )
}

/// In [0, 1): a linear congruential generator (Knuth's MMIX), its upper bits.
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1u64 << 53) as f64
}
