//! `diff`: two networks in a few lines, from tables, specs and revisions.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::ffi::OsStr;
use std::process::Command;

use bumpnet_ir::{Network, Values};
use support::{Folder, repository, run, spec_with};

fn table(folder: &Folder, name: &str) -> Network {
    Network::from_json(&folder.read(name)).unwrap()
}

#[test]
fn tells_what_has_changed() {
    let folder = Folder::new();
    let networks = "a: {method: bumps, activation: logistic, resolution: 8}\n\
                    b: {method: bumps, activation: logistic, resolution: 9}";
    let spec = folder.write("s.yaml", spec_with(networks));
    run(arguments!["compile", spec, "--out", folder.path("out")]).clean();
    let (a, b) = (folder.path("out/s/a.json"), folder.path("out/s/b.json"));
    assert_eq!(run(arguments!["diff", a, a]).clean(), "the networks are the same\n");
    let same = format!("{}#a", spec.display());
    assert_eq!(run(arguments!["diff", a, same]).clean(), "the networks are the same\n");

    let outcome = run(arguments!["diff", a, b]);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.out.contains("shape      7 neurons (logistic), ") && outcome.out.contains(" -> 8 neurons"),
        "{}",
        outcome.out
    );
    assert!(outcome.out.lines().count() <= 6, "{}", outcome.out);

    // Tables state their bounds; a spec's is proved.
    let lines = |old: &OsStr, new: &OsStr| run(arguments!["diff", old, new]).out;
    let other = format!("{}#b", spec.display());
    assert!(
        lines(a.as_ref(), b.as_ref()).contains("\nstated     ") && !lines(a.as_ref(), b.as_ref()).contains("proved")
    );
    let both = lines(same.as_ref(), other.as_ref());
    assert!(both.contains("\nproved     ") && !both.contains("stated"), "{both}");
    let mixed = lines(a.as_ref(), other.as_ref());
    let line = mixed.lines().find(|line| line.starts_with("bound      ")).unwrap();
    assert!(line.contains(" (stated) -> ") && line.ends_with(" (proved)"), "{mixed}");
    let bare = table(&folder, "out/s/a.json").with_certificate(None);
    let bare = folder.write("bare.json", bare.to_json());
    assert!(lines(bare.as_ref(), a.as_ref()).starts_with("stated     none -> "));
    assert!(
        lines(same.as_ref(), bare.as_ref()).starts_with("proved     ")
            && lines(a.as_ref(), bare.as_ref()).starts_with("stated ")
    );

    // The output bias, which is 0, three numbers up: no value notices.
    let first = table(&folder, "out/s/a.json");
    let bias = first.layers[1].bias.get(0).next_up().next_up().next_up();
    let moved = first.changed(|parts| parts.layers[1].bias = Values::Each(vec![bias])).unwrap();
    let moved = folder.write("moved.json", moved.to_json());
    let out = run(arguments!["diff", a, moved]).out;
    assert!(out.contains("weights    1 of 22 differ, by at most 3 ulp ("), "{out}");
    assert!(out.contains("function   the same at "), "{out}");
    // One output weight, to the other side of zero.
    let mut alphas: Vec<f64> = (0..7).map(|k| first.layers[1].weights.value.get(k)).collect();
    alphas[6] = -alphas[6];
    let turned = first.changed(|parts| parts.layers[1].weights.value = Values::Each(alphas)).unwrap();
    let turned = folder.write("turned.json", turned.to_json());
    let out = run(arguments!["diff", a, turned]).out;
    assert!(out.contains("1 of 22 differ") && out.contains(" and 1.000000, most at 1.000000: "), "{out}");
}

#[test]
fn refuses_what_is_not_there() {
    let folder = Folder::new();
    let spec = folder.write("s.yaml", spec_with("a: {method: bumps, activation: logistic, resolution: 8}"));
    run(arguments!["diff", spec, folder.path("none.json")]).refused(2, &["there is no such file"]);
    run(arguments!["diff", spec, "--upload-pack:x.json"]).refused(2, &["unexpected argument"]);
    if Command::new("git").arg("--version").output().is_ok() && repository().join(".git").exists() {
        run(arguments!["diff", spec, "no-such-revision:none.json"]).refused(2, &["no-such-revision:none.json: "]);
    }
}
