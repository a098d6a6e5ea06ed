//! `time`: the shape of what it prints. How long anything takes is never asserted.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::path::PathBuf;

use serde_json::{Map, Value};
use support::{Folder, Outcome, repository, run, spec_with};

const KEYS: [&str; 8] = ["copy", "lookup", "native", "plan", "direct", "points", "threads", "native_is"];

/// Times a network with these options.
fn time(network: &str, options: &str) -> Outcome {
    let mut arguments = arguments!["time", network];
    arguments.extend(options.split_whitespace().map(Into::into));
    run(arguments)
}

/// The object that was printed, its keys checked.
fn object(outcome: Outcome) -> Map<String, Value> {
    let out = outcome.clean();
    assert_eq!((out.lines().count(), out.ends_with("}\n")), (1, true), "one object: {out}");
    let places: Vec<usize> = KEYS.iter().map(|key| out.find(&format!("\"{key}\":")).expect(key)).collect();
    assert!(places.is_sorted(), "keys in order: {out}");
    let Value::Object(object) = serde_json::from_str(&out).unwrap() else { panic!("an object: {out}") };
    assert_eq!(object.len(), KEYS.len(), "{out}");
    object
}

#[track_caller]
fn assert_rates(object: &Map<String, Value>, keys: &[&str]) {
    for key in keys {
        let rate = object[*key].as_f64().unwrap_or_else(|| panic!("{key} is no number: {object:?}"));
        assert!(rate > 0.0 && rate.is_finite(), "{key}: {object:?}");
    }
}

/// A spec of `x^2` with a network of each kind that a plan has a form for.
fn spec(folder: &Folder) -> PathBuf {
    let jumps = "{method: bumps, activation: heaviside, resolution: 30}";
    let networks = format!(
        "jumps: {jumps}\nramps: {}\nsteep: {}\nsteps: {}\nfew: {}\nfree: {}\n",
        jumps.replace("heaviside", "ramp"),
        jumps.replace("heaviside", "clipped-logistic, steepness: 5000"),
        jumps.replace("heaviside", "logistic"),
        jumps.replace("heaviside", "logistic, precision: f32"),
        jumps.replace("heaviside", "heaviside, placement: optimal, precision: f32"),
    );
    folder.write("a.yaml", spec_with(&networks))
}

#[test]
fn one_object_with_its_keys_in_order() {
    let folder = Folder::new();
    let spec = spec(&folder);
    for network in ["jumps", "ramps", "steep", "steps", "few", "free"] {
        let object = object(time(&format!("{}#{network}", spec.display()), "--points 3000 --format json"));
        assert_rates(&object, &KEYS[..7]);
        let facts = [&object["points"], &object["threads"], &object["native_is"]].map(Value::to_string);
        assert_eq!(facts, ["3000", "1", "\"interpreter\""], "{network}");
    }
}

#[test]
fn threads_and_tables() {
    let folder = Folder::new();
    let spec = spec(&folder);
    run(arguments!["compile", spec, "--out", folder.path("out")]).clean();
    let table = folder.path("out/a/jumps.json").display().to_string();
    // More points than a thread takes at a time, and a single one.
    for (points, threads) in [(20_000, 3), (1, 2), (1, 1)] {
        let object = object(time(&table, &format!("--points {points} --threads {threads} --format json")));
        assert_rates(&object, &KEYS[..5]);
        assert_eq!((object["points"].as_u64(), object["threads"].as_u64()), (Some(points), Some(threads)));
    }
}

#[test]
fn the_articles_target_is_native() {
    let spec = repository().join("specs/article/tavora.yaml").display().to_string();
    let object = object(time(&format!("{spec}#midpoint-10"), "--points 1000 --format json"));
    assert_eq!(object["native_is"], "closure");
}

#[test]
fn the_table() {
    let folder = Folder::new();
    let out = time(&format!("{}#jumps", spec(&folder).display()), "--points 1000 --threads 2").clean();
    let rows: Vec<&str> = out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(rows, ["a/jumps:", "points/s", "copy", "lookup", "native", "plan", "direct", "plan:"], "{out}");
    for words in ["29 neurons, 1000 points at random, 2 threads", "the interpreter", "30 pieces of degree 0, uniform"] {
        assert!(out.contains(words), "{words:?} is missing\n{out}");
    }
}

/// A network of two hidden layers over one input: `activation` of the first, tanh behind it.
fn deep(folder: &Folder, activation: bumpnet_ir::Activation) -> String {
    let spec = spec(folder);
    run(arguments!["compile", spec, "--out", folder.path("out")]).clean();
    let network = bumpnet_ir::Network::from_json(&folder.read("out/a/steps.json")).unwrap();
    let one = |activation, slot| bumpnet_ir::Layer {
        activation,
        rows: 1,
        weights: bumpnet_ir::Weights { row: vec![0], col: vec![0], value: bumpnet_ir::Values::Same(1.0) },
        inputs: vec![slot],
        bias: bumpnet_ir::Values::Same(0.0),
    };
    use bumpnet_ir::Activation::{Identity, Tanh};
    let layers = vec![one(Tanh, 0), one(activation, 1), one(Identity, 2)];
    let network = network.with_certificate(None).changed(|parts| parts.layers = layers).unwrap();
    folder.write("deep.json", network.to_json()).display().to_string()
}

#[test]
fn without_a_plan() {
    let folder = Folder::new();
    let table = deep(&folder, bumpnet_ir::Activation::Heaviside);
    let outcome = time(&table, "--points 500 --format json");
    outcome.says(&["note: `plan` and `lookup` are left out: a unit jumps in a value that is calculated"]);
    let object = object(outcome);
    assert_rates(&object, &["copy", "native", "direct"]);
    assert!(object["plan"].is_null() && object["lookup"].is_null(), "{object:?}");
    let out = time(&table, "--points 500").clean();
    assert!(!out.contains("plan:") && out.contains("direct"), "{out}");
}

#[test]
fn several_hidden_layers() {
    let folder = Folder::new();
    let table = deep(&folder, bumpnet_ir::Activation::Tanh);
    assert_rates(&object(time(&table, "--points 500 --format json")), &KEYS[..7]);
    let out = time(&table, "--points 500").clean();
    assert!(out.contains("plan: 2 look-ups and 0 sums a point, in 2 tables of "), "{out}");
}

#[test]
fn several_inputs() {
    let spec = repository().join("specs/several/franke.yaml").display().to_string();
    for threads in [1, 2] {
        let object = object(time(&format!("{spec}#fine"), &format!("--points 9000 --threads {threads} --format json")));
        assert_rates(&object, &KEYS[..7]);
        assert_eq!((object["points"].as_u64(), &object["native_is"]), (Some(9000), &Value::from("closure")));
    }
    let out = time(&format!("{spec}#fine"), "--points 300").clean();
    assert!(
        out.contains("plan: one table over the box, ") && out.contains("numbers") && out.contains("of the network"),
        "{out}"
    );
}

#[test]
fn what_cannot_be_timed() {
    let folder = Folder::new();
    let spec = spec(&folder).display().to_string();
    let network = format!("{spec}#jumps");
    time(&network, "--points 0").refused(2, &["0 is not in 1..=100000000"]);
    time(&network, "--points -3").refused(2, &["-3"]);
    time(&network, "--points many").refused(2, &["many"]);
    time(&network, "--threads 0").refused(2, &["0 is not in 1..=1024"]);
    time(&network, "--format xml").refused(2, &["xml"]);
    time(&spec, "").refused(2, &["has several networks; name one"]);
    time(&format!("{spec}#none"), "").refused(2, &["has no network `none`"]);
    time("missing.json", "").refused(2, &["cannot read"]);
    let damaged = folder.write("damaged.json", "{}").display().to_string();
    time(&damaged, "").refused(2, &["not a weight table"]);
    // Two units of the largest weight.
    let two = folder.write("two.yaml", support::square(8));
    run(arguments!["compile", two, "--out", folder.path("out")]).clean();
    let network = bumpnet_ir::Network::from_json(&folder.read("out/two/net.json")).unwrap().with_certificate(None);
    let huge = network.changed(|parts| parts.layers[1].weights.value = bumpnet_ir::Values::Same(f64::MAX)).unwrap();
    let huge = folder.write("huge.json", huge.to_json()).display().to_string();
    time(&huge, "--points 10").refused(2, &["its weights overflow binary64, so there is nothing to time"]);
}
