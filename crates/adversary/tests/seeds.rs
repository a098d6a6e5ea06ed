//! Generated tables: valid, the same in every run, of every kind; their proofs attacked; and the judge's arithmetic held
//! against the product's intervals.

#![allow(clippy::unwrap_used)] // a test may panic

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use bumpnet_adversary::dd::Dd;
use bumpnet_adversary::number::Enclosure;
use bumpnet_adversary::random::Random;
use bumpnet_adversary::{Outcome, case, exact, generate, known, path, trial};
use bumpnet_interval::{Interval, Scalar, Wide};
use bumpnet_ir::{Activation, Network, Precision};

/// Tables that are proved and attacked; `cargo xtask attack` does more.
const ATTACKED: u64 = 1500;
/// Tables that are only generated.
const GENERATED: u64 = 10_000;

/// Runs numbered tasks on all processors.
fn in_parallel(tasks: u64, run: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= tasks {
                break;
            }
            run(number);
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
}

/// What campaigns have refuted once stays mended.
#[test]
fn what_was_refuted_is_mended() {
    for seed in known::MENDED {
        match trial(&case(*seed), 4) {
            Outcome::Proved(_, findings) => assert!(findings.is_empty(), "seed {seed}: {:?}", findings[0].text),
            Outcome::Refused(_) => {}
            Outcome::Panicked(message) | Outcome::Broken(message) => panic!("seed {seed}: {message}"),
        }
    }
}

/// Whatever is refuted or panics today is on a list, which whoever mends a proof makes shorter.
#[test]
fn nothing_else_is_refuted() {
    std::panic::set_hook(Box::new(|_| ())); // the proofs' panics are told below
    let (bad, paths) = (Mutex::new(Vec::new()), Mutex::new(BTreeMap::new()));
    in_parallel(ATTACKED, |seed| {
        if known::ENDLESS.contains(&seed) {
            return;
        }
        let case = case(seed);
        let (certificate, reason) = match trial(&case, 1) {
            Outcome::Proved(certificate, findings) => {
                let texts: Vec<String> = findings.iter().map(|f| format!("{:?} {}", f.claim, f.text)).collect();
                (Some(certificate), (!texts.is_empty()).then(|| texts.join("; ")))
            }
            Outcome::Refused(_) => (None, None),
            Outcome::Panicked(message) => (None, Some(message)),
            Outcome::Broken(message) => (None, Some(format!("the attack panicked: {message}"))),
        };
        let path = path(&case.network, certificate.as_deref());
        *paths.lock().unwrap().entry(path).or_insert(0) += 1;
        let listed = known::REFUTED.contains(&seed);
        if let Some(reason) = reason.filter(|reason| !listed || reason.starts_with("the attack")) {
            bad.lock().unwrap().push((seed, format!("{path:?}: {reason}")));
        }
    });
    let mut bad = bad.into_inner().unwrap();
    bad.sort();
    println!("{:?}", paths.lock().unwrap());
    println!("{:?}", bad.iter().map(|(seed, _)| seed).collect::<Vec<_>>());
    let _ = std::panic::take_hook();
    assert!(bad.is_empty(), "{bad:#?}");
    // Each of the proofs has its share.
    assert!(paths.lock().unwrap().values().all(|count| *count > ATTACKED / 20));
}

/// `case` itself panics where a table is not valid.
#[test]
fn the_whole_format_is_generated() {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 0..GENERATED {
        let network = case(seed).network;
        let mut see = |what: String| *seen.entry(what).or_insert(0) += 1;
        features(&network).into_iter().for_each(|what| see(what.to_owned()));
        generate::activations(&network).into_iter().for_each(|a| see(format!("{} somewhere", a.name())));
        see(format!("{} at the output", network.output().name()));
        see(format!("{} inputs", network.inputs.len()));
        assert_eq!(Network::from_json(&network.to_json()).as_ref(), Ok(&network), "seed {seed}");
    }
    println!("{seen:#?}");
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < GENERATED / 1000).collect();
    assert!(rare.is_empty(), "{rare:?}");
    assert_eq!(seen.len(), 2 * Activation::ALL.len() + 4 + 15, "something is never generated");
    assert_eq!(case(7).network, case(7).network);
}

/// What a table shows of the format.
fn features(network: &Network) -> Vec<&'static str> {
    let n = network.inputs.len() as u32;
    let reads_inputs = network.layers.iter().filter(|layer| layer.inputs.iter().any(|slot| *slot < n)).count();
    let numbers =
        || network.layers.iter().flat_map(|layer| layer.weights.value.as_slice().iter().chain(layer.bias.as_slice()));
    let twice = network.layers.iter().any(|layer| {
        let mut places: Vec<_> = layer.weights.entries().map(|(row, column, _)| (row, layer.inputs[column])).collect();
        let all = places.len();
        places.sort_unstable();
        places.dedup();
        places.len() < all
    });
    let empty = network.layers.iter().any(|layer| (0..layer.rows as u32).any(|row| !layer.weights.row.contains(&row)));
    let read: Vec<u32> = network.layers.iter().flat_map(|layer| layer.inputs.clone()).collect();
    let slots = n + network.layers.iter().map(|layer| layer.rows as u32).sum::<u32>();
    let side = |wanted: &dyn Fn(f64, f64) -> bool| network.inputs.iter().any(|side| wanted(side.lo, side.hi));
    let all = [
        (network.layers.len() == 1, "no hidden layer"),
        (network.layers.len() == 2, "one hidden layer"),
        (network.layers.len() > 3, "deep"),
        (reads_inputs > 1, "several layers read inputs"),
        (network.precision == Precision::F32, "binary32"),
        (network.graph.is_some(), "a graph"),
        (twice, "one place twice"),
        (empty, "a row without weights"),
        (network.layers.iter().any(|layer| layer.rows == 0), "a layer without rows"),
        ((n..slots - 1).any(|slot| !read.contains(&slot)), "a unit nobody reads"),
        (numbers().any(|v| *v != 0.0 && v.abs() < 1e-200), "tiny weights"),
        (numbers().any(|v| v.abs() > 1e200), "huge weights"),
        (side(&|lo, hi| lo.next_up() == hi), "a domain of one step"),
        (side(&|lo, hi| hi - lo > 1e290), "a huge domain"),
        (side(&|lo, hi| lo > 1e4 * (hi - lo)), "far from zero"),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, what)| what).collect()
}

/// Enclosures of one number by two arithmetics that share nothing have a number in common.
#[test]
fn the_judge_agrees_with_the_intervals() {
    in_parallel(1500, |seed| {
        let case = case(seed);
        let mut random = Random::of(seed);
        for k in 0..6 {
            let at = |side: &bumpnet_ir::Input| [side.lo, side.hi, random.between(side.lo, side.hi)][k.min(2)];
            let x: Vec<f64> = case.network.inputs.iter().map(at).collect();
            let numbers: Vec<Enclosure> = x.iter().map(|x| Enclosure::point(*x)).collect();
            let wide: Vec<Wide> = x.iter().map(|x| Wide::point(*x)).collect();
            let intervals: Vec<Interval> = x.iter().map(|x| Interval::point(*x)).collect();
            let apart = |a: &Enclosure, b: Interval| (a - &Enclosure::range(b.lo(), b.hi())).mignitude() > Dd::ZERO;
            let value = bumpnet_prove::value_at(&case.network, &wide).interval();
            assert!(!apart(&exact::value(&case.network, &numbers), value), "seed {seed} at {x:?}");
            let target = case.target.eval(&numbers);
            assert!(!apart(&target, case.target.eval(&intervals)), "seed {seed} at {x:?}");
            assert!(!apart(&target, case.target.eval(&wide).interval()), "seed {seed} at {x:?}");
        }
    });
}
