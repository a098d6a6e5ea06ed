//! What a cover saves: `cargo bench --bench covers` proves the certificates of the corpus with a search and by their covers, in
//! one run on one thread, and prints the ratios.

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bumpnet_ir::{Activation, Network};
use rayon::prelude::*;

/// Rounds of which the quickest counts, where one takes no longer than this.
const ROUNDS: usize = 5;
const SHORT: f64 = 0.02;

fn main() {
    let filters: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let corpus = support::corpus();
    let named = corpus.iter().flat_map(|entry| entry.spec.networks.iter().map(move |network| (entry, network)));
    let chosen = |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter));
    let wanted: Vec<_> = named.filter(|(entry, network)| chosen(&format!("{}/{}", entry.id(), network.name))).collect();
    let networks: Vec<_> =
        wanted.par_iter().map(|(entry, network)| (entry.spec.target.clone(), entry.compile(network))).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread starts");
    let mut ratios: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    pool.install(|| {
        for (target, network) in &networks {
            let stated = network.certificate.as_ref().expect("it is proved");
            let cover = bumpnet_prove::cover(target, network, stated).expect("it has a cover");
            let with = quickest(|| bumpnet_prove::verify_by(&cover, target, network, stated).expect("the cover fits"));
            let without = quickest(|| bumpnet_prove::verify(target, network, stated).expect("it is proved"));
            ratios.entry(form(network)).or_default().push((with, without));
        }
    });
    for (form, times) in &ratios {
        line(form, times);
    }
    line("all", &ratios.values().flatten().copied().collect::<Vec<_>>());
}

/// The proof, the first layer, and how many inputs.
fn form(network: &Network) -> String {
    let method = network.certificate.as_ref().map_or("", |certificate| &certificate.method);
    let jumps = network.layers.first().is_some_and(|layer| layer.activation == Activation::Heaviside);
    format!("{method}{}, {} inputs", if jumps { " of jumps" } else { "" }, network.inputs.len())
}

fn quickest<R>(work: impl Fn() -> R) -> f64 {
    let round = || {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    let first = round();
    let rounds = if first.as_secs_f64() < SHORT { ROUNDS } else { 1 };
    (1..rounds).map(|_| round()).fold(first, Duration::min).as_secs_f64()
}

fn line(form: &str, times: &[(f64, f64)]) {
    let mut ratios: Vec<f64> = times.iter().map(|(with, without)| with / without).collect();
    ratios.sort_by(f64::total_cmp);
    let (with, without) = times.iter().fold((0.0, 0.0), |sum, time| (sum.0 + time.0, sum.1 + time.1));
    println!(
        "{form}: {} networks, median ratio {:.3}, in all {:.2} s by covers and {:.2} s by searches",
        times.len(),
        ratios[ratios.len() / 2],
        with,
        without
    );
}
