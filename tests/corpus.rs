//! The corpus from spec to measured network: what every spec says, what every network weighs, and that every gate
//! holds.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use bumpnet_adversary::{Claim, attack};
use bumpnet_ir::expr::sexpr::{self, Sexpr};
use bumpnet_ir::{
    Activation, Certificate, Gate, Layout, Measure, Method, Network, NetworkSpec, Outside, Placement, Values,
};
use bumpnet_runner::measure::linspace;
use bumpnet_runner::{Evaluator, measure_over};
use rayon::prelude::*;
use support::Entry;

/// One network of the corpus, constructed.
struct Built {
    entry: &'static Entry,
    wanted: &'static NetworkSpec,
    network: Network,
}

impl Built {
    fn id(&self) -> String {
        format!("{}#{}", self.entry.id(), self.wanted.name)
    }
}

static CORPUS: LazyLock<Vec<Entry>> = LazyLock::new(support::corpus);

static BUILT: LazyLock<Vec<Built>> = LazyLock::new(|| {
    let wanted: Vec<_> = CORPUS.iter().flat_map(|entry| entry.spec.networks.iter().map(move |n| (entry, n))).collect();
    wanted.into_par_iter().map(|(entry, wanted)| Built { entry, wanted, network: entry.compile(wanted) }).collect()
});

/// One snapshot for each folder of the corpus.
fn snapshot_folders(name: &str, text_of: impl Fn(&Entry, &mut String)) {
    let mut folders: BTreeMap<&str, String> = BTreeMap::new();
    for entry in CORPUS.iter() {
        text_of(entry, folders.entry(&entry.folder).or_default());
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        for (folder, text) in folders {
            insta::assert_snapshot!(format!("{name}-{folder}"), text);
        }
    });
}

#[test]
fn the_corpus_is_complete() {
    assert!(CORPUS.len() >= 100, "{} specs", CORPUS.len());
    assert!(BUILT.len() >= 300, "{} networks", BUILT.len());
    for activation in Activation::ALL.into_iter().filter(|a| *a != Activation::Identity) {
        assert!(BUILT.iter().any(|b| b.network.layers[0].activation == activation), "{}", activation.name());
    }
    for entry in CORPUS.iter() {
        assert!(
            entry.spec.description.is_some() && entry.spec.source.is_some(),
            "{}: says what and whence",
            entry.id()
        );
        assert!(entry.spec.networks.len() >= 2, "{}: several resolutions", entry.id());
        assert!(
            entry.spec.networks.iter().all(|network| network.gate.is_some()),
            "{}: every network is gated",
            entry.id()
        );
    }
}

#[test]
fn what_the_specs_say() {
    snapshot_folders("spec", |entry, text| {
        let spec = &entry.spec;
        let domain: Vec<String> =
            spec.domain.iter().map(|i| format!("{} in [{:?}, {:?}]", i.name, i.lo, i.hi)).collect();
        let _ = writeln!(text, "{}\n  {}\n  {}\n  {}", spec.name, Sexpr(&spec.target), spec.target, domain.join(", "));
        for network in &spec.networks {
            let gate = network.gate.as_ref().map_or("none".to_owned(), Gate::in_spec);
            let _ =
                writeln!(text, "  {}: {} gate={gate}\n    {}", network.name, network.canonical(), spec.digest(network));
        }
    });
}

#[test]
fn targets_read_back() {
    for entry in CORPUS.iter() {
        let target = &entry.spec.target;
        let inputs = || target.inputs().to_vec();
        assert_eq!(
            bumpnet_parser::parse_expression(&target.to_string(), inputs()).as_ref(),
            Ok(target),
            "{}",
            entry.id()
        );
        assert_eq!(sexpr::parse(&Sexpr(target).to_string(), inputs()).as_ref(), Ok(target), "{}", entry.id());
    }
}

#[test]
fn weight_tables() {
    /// Networks of up to this many neurons are shown whole.
    const SHOWN: usize = 12;
    snapshot_folders("weights", |entry, text| {
        for built in BUILT.iter().filter(|built| built.entry.id() == entry.id()) {
            let network = &built.network;
            let (neurons, parameters) = (network.neurons(), network.parameters());
            let _ = writeln!(text, "{} {neurons} {parameters} {}", network.name, network.weight_digest());
            if neurons <= SHOWN {
                text.push_str(&network.to_json());
            }
        }
    });
}

#[test]
fn weight_tables_round_trip() {
    BUILT.par_iter().for_each(|built| {
        let text = built.network.to_json();
        let read = Network::from_json(&text).unwrap_or_else(|problem| panic!("{}: {problem}", built.id()));
        assert!(read == built.network, "{}: another network was read", built.id());
        assert!(read.to_json() == text, "{}: another table is written", built.id());
    });
}

/// The largest weighted error at equally spaced points, against a gate.
fn measured(built: &Built, measure: &Measure, gate: f64) -> (bool, f64, String) {
    let (target, input) = (&built.entry.spec.target, &built.entry.spec.domain[0]);
    let weight = measure.weight(target).expect("it is an expression");
    let evaluator = Evaluator::new(&built.network);
    let error = |x: f64| (evaluator.eval(&[x]) - target.value_at(&[x])).abs() * weight.eval::<f64>(&[x]);
    let sup = linspace(input.lo, input.hi, 10_001).into_iter().map(error).fold(0.0, f64::max);
    (sup <= gate, sup / gate, format!("{}: {} {sup:.6e}, gate {gate:e}", built.id(), measure.name()))
}

#[test]
fn every_gate_holds() {
    let measured: Vec<(bool, f64, String)> = BUILT
        .par_iter()
        .map(|built| {
            let gate = built.wanted.gate.as_ref().expect("every network is gated");
            if let Some(measure) = &gate.measure {
                return measured(built, measure, gate.max_error);
            }
            let gate = gate.max_error;
            match measure_over(&built.entry.spec.target, &Evaluator::new(&built.network), &built.entry.spec.domain) {
                Ok(m) => {
                    let text = format!("{}: {:.6e} at {:?}, gate {gate:e}", built.id(), m.sup, m.argmax);
                    // A gate is about what runs; the target that it is measured against rounds too.
                    let allowed = gate + 4.0 * f64::EPSILON * built.entry.spec.target.eval::<f64>(&m.argmax).abs();
                    (m.sup <= allowed, m.sup / allowed, text)
                }
                Err(at) => (false, f64::INFINITY, format!("{}: no finite error at {at:?}", built.id())),
            }
        })
        .collect();
    let (_, ratio, worst) = measured.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("there are networks");
    println!("{} networks; nearest to its gate ({ratio:.4}): {worst}", measured.len());
    let broken: Vec<&str> = measured.iter().filter(|(holds, ..)| !holds).map(|(.., text)| text.as_str()).collect();
    assert!(broken.is_empty(), "{} gates do not hold:\n{}", broken.len(), broken.join("\n"));
}

/// What a table states is proved again from its network alone.
#[test]
fn every_certificate_holds() {
    let refused = |built: &Built| {
        let stated = built.network.certificate.as_ref().expect("every network is proved");
        let proved = bumpnet_prove::verify(&built.entry.spec.target, &built.network, stated);
        proved.err().map(|reason| format!("{}: {reason}", built.id()))
    };
    let refused: Vec<String> = BUILT.par_iter().filter_map(refused).collect();
    assert!(refused.is_empty(), "{} of {}:\n{}", refused.len(), BUILT.len(), refused.join("\n"));
}

/// No bound of a network of several inputs is refuted; with `THOROUGH=1` the adversary tries longer.
#[test]
fn no_bound_of_several_inputs_is_refuted() {
    let effort = if std::env::var_os("THOROUGH").is_some() { 40 } else { 1 };
    let attacked = |built: &&Built| {
        let stated = built.network.certificate.as_ref().expect("every network is proved");
        let found =
            |certificate: &Certificate| attack(&built.entry.spec.target, &built.network, certificate, effort, 1);
        let refuted = found(stated).first().map(|f| format!("{}: {:?} {}", built.id(), f.claim, f.text));
        // An adversary that finds nothing near the bounds looks in the wrong places.
        let smaller = Certificate { upper: 0.9 * stated.upper, ..stated.clone() };
        (refuted, found(&smaller).iter().any(|finding| finding.claim == Claim::Upper))
    };
    let several: Vec<&Built> = BUILT.iter().filter(|built| built.entry.spec.domain.len() > 1).collect();
    let found: Vec<(Option<String>, bool)> = several.par_iter().map(attacked).collect();
    let near = found.iter().filter(|(_, near)| *near).count();
    println!("{} networks, {near} with an error above 0.9 of the bound", found.len());
    let refuted: Vec<&str> = found.iter().filter_map(|(refuted, _)| refuted.as_deref()).collect();
    assert!(refuted.is_empty(), "{} refuted:\n{}", refuted.len(), refuted.join("\n"));
    assert!(near > found.len() / 2, "{near} of {}", found.len());
}

/// `wanted` with another layout, and extended beyond the domain.
fn with_layout(wanted: &NetworkSpec, layout: Layout) -> NetworkSpec {
    let mut other = NetworkSpec { outside: Outside::Extend, ..wanted.clone() };
    if let Method::Bumps(bumps) = &mut other.method {
        bumps.layout = layout;
    }
    other
}

/// Row `k` of a hidden layer with its output weight: `(w, b, alpha)`.
fn unit(network: &Network, k: usize) -> (f64, f64, f64) {
    let [hidden, output] = &network.layers[..] else { panic!("one hidden layer") };
    (hidden.weights.value.get(k), hidden.bias.get(k), output.weights.value.get(k))
}

/// `pairs = steps - h_0 (1 - S_0) - h_n-1 S_n`, where `S_0` and `S_n`, between 0 and 1, are the steps on the ends of the
/// domain. Inside, a step's width away from the ends, `S_0` is 1 and `S_n` is 0 where the activation saturates: the two
/// layouts are the same function.
#[test]
fn telescoped_steps_are_the_pairs() {
    let compared: usize = BUILT.par_iter().map(compare_layouts).sum();
    println!("{compared} points inside, all networks");
    assert!(compared >= 300 * 500, "{compared} points inside");
}

fn compare_layouts(built: &Built) -> usize {
    // Where the compiler chooses the number or the place of the cells, it may choose differently for the two layouts.
    let Method::Bumps(parameters) = &built.wanted.method else { return 0 };
    if parameters.resolution.is_none() || parameters.placement == Placement::Optimal {
        return 0;
    }
    let [steps, pairs] =
        [Layout::Steps, Layout::Pairs].map(|layout| built.entry.compile(&with_layout(built.wanted, layout)));
    let [hidden_steps, hidden_pairs] = [Evaluator::new(&steps), Evaluator::new(&pairs)];
    let activation = pairs.layers[0].activation;
    let (low, high) = activation.limits();
    let last = pairs.layers[0].rows - 1;
    let [(w0, b0, a0), (wn, bn, an)] = [unit(&pairs, 0), unit(&pairs, last)];
    let step = |w: f64, b: f64, x: f64| (activation.value(w * x + b) - low) / (high - low);
    let (first, final_) = (a0 * (high - low), -an * (high - low));
    let heights = match &pairs.layers[1].weights.value {
        Values::Same(value) => value.abs(),
        Values::Each(list) => list.iter().fold(0.0, |m: f64, a| m.max(a.abs())),
    };
    let scale = heights * (high - low);
    let reach = activation.saturation().1.max(-activation.saturation().0);
    let input = &built.entry.spec.domain[0];
    let width = input.hi - input.lo;
    let points = linspace(input.lo - 0.1 * width, input.hi + 0.1 * width, 1201);
    let mut inside = 0;
    for x in points {
        let [steps, pairs] = [&hidden_steps, &hidden_pairs].map(|network| network.eval_hidden(&[x]));
        let defect = first * (1.0 - step(w0, b0, x)) + final_ * step(wn, bn, x);
        let difference = (steps - pairs - defect).abs();
        assert!(difference <= 1e-12 * scale, "{} at {x}: {steps} {pairs}, defect {defect}", built.id());
        // Beyond the saturation of the two end steps there is no defect.
        if (w0 * x + b0) > reach && (wn * x + bn) < -reach {
            inside += 1;
            assert!((steps - pairs).abs() <= 1e-12 * scale, "{} at {x}: {steps} {pairs}", built.id());
        }
    }
    inside
}

/// Evaluating and measuring with 1, 2, 3 and 7 threads gives the same bits.
#[test]
fn thread_count_changes_no_byte() {
    const THREADS: [usize; 4] = [1, 2, 3, 7];
    let pools = THREADS.map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads start"));
    // The article's networks, and one network of each activation with all its specs' first networks.
    let chosen = BUILT.iter().filter(|b| b.entry.folder == "article" || b.wanted.name == b.entry.spec.networks[0].name);
    for built in chosen {
        let domain = &built.entry.spec.domain;
        let points = match &domain[..] {
            [input] => linspace(input.lo, input.hi, 20_001),
            inputs => bumpnet_prove::lattice(inputs, 9_000),
        };
        let evaluator = Evaluator::new(&built.network);
        let values = || {
            let mut values = vec![0.0; points.len() / domain.len()];
            evaluator.eval_many(&points, &mut values);
            values.into_iter().map(f64::to_bits).collect::<Vec<u64>>()
        };
        let results = pools.each_ref().map(|pool| pool.install(values));
        assert!(results.iter().all(|bits| *bits == results[0]), "{}: values differ", built.id());
        if built.entry.folder == "article" {
            let tables = pools.each_ref().map(|pool| pool.install(|| built.entry.compile(built.wanted).to_json()));
            assert!(tables.iter().all(|table| *table == tables[0]), "{}: tables differ", built.id());
            let measured = pools
                .each_ref()
                .map(|pool| pool.install(|| measure_over(&built.entry.spec.target, &evaluator, domain).map(bits)));
            assert!(measured.iter().all(|m| *m == measured[0]), "{}: {measured:?}", built.id());
        }
    }
}

fn bits(measured: bumpnet_runner::Measured) -> Vec<u64> {
    let mut numbers = vec![measured.sup, measured.rms, measured.mean, measured.scale];
    numbers.extend(measured.argmax);
    numbers.into_iter().map(f64::to_bits).collect()
}
