//! The commands for networks of several inputs: from a spec to values in every format, and back to a proof.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use support::{Folder, run};

const SPEC: &str = "version: 1\ntarget: x*exp(y)\ndomain: {x: [0, 1], y: [-1, 1]}\n\
                    networks: {n: {max_error: 1e-7}}\ngate: {max_error: 1e-7}\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("a.yaml", SPEC);
    run(arguments!["compile", folder.path("a.yaml"), "--out", folder.path("out")]).clean();
    folder
}

fn rows(csv: &str) -> Vec<Vec<f64>> {
    csv.lines().skip(1).map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect()
}

#[test]
fn values_at_points() {
    let folder = folder();
    let table = folder.path("out/a/n.json");
    let csv = run(arguments!["eval", table, "--at", "0.5,0.25; 1, -1", "--target"]).clean();
    assert!(csv.starts_with("x,y,network,target,error\n"), "{csv}");
    let found = rows(&csv);
    assert_eq!(found.len(), 2);
    for row in &found {
        assert!(
            (row[2] - row[0] * bumpnet_interval::elementary::unary(bumpnet_interval::Unary::Exp, row[1])).abs() < 1e-7
                && row[4].abs() < 1e-7,
            "{row:?}"
        );
    }
    let grid = rows(&run(arguments!["eval", table, "--grid", "3"]).clean());
    let points: Vec<(f64, f64)> = grid.iter().map(|row| (row[0], row[1])).collect();
    let all = [0.0, 0.5, 1.0].into_iter().flat_map(|x| [-1.0, 0.0, 1.0].map(|y| (x, y)));
    assert_eq!(points, all.collect::<Vec<_>>());
    for (list, what) in [("0.5", "a point has 1 number,"), ("0.5,1,2", "a point has 3 numbers"), ("0.1,;1,1", "--at")] {
        let refused = run(arguments!["eval", table, "--at", list]);
        assert!(refused.code == 2 && refused.err.contains(what), "{list}: {}", refused.err);
    }
    let many = run(arguments!["eval", table, "--grid", "10000000000"]);
    assert!(many.code == 2 && many.err.contains("too many"), "{}", many.err);
}

#[test]
fn files_of_points() {
    let folder = folder();
    let table = folder.path("out/a/n.json");
    let expected = rows(&run(arguments!["eval", table, "--at", "0.5,0.25;1,-1"]).clean());
    // Without a header a column for each input; with one that names the inputs, these.
    for (name, text) in [
        ("plain.csv", "0.5,0.25\n1,-1\n"),
        ("more.csv", "x,y,z\n0.5,0.25,7\n1,-1,8\n"),
        ("named.csv", "id,y,x\n1,0.25,0.5\n2,-1,1\n"),
        ("blanks.csv", "x, y\n0.5,0.25\n\n1,-1\n"),
    ] {
        let file = folder.write(name, text);
        assert_eq!(rows(&run(arguments!["eval", table, "--input", file, "--direct"]).clean()), expected, "{name}");
        assert_eq!(rows(&run(arguments!["eval", table, "--input", file]).clean()), expected, "{name}");
    }
    // Many points by the plan: nearer to the exact network than the sum of large weights is.
    let many = folder.write("many.csv", "0.5,0.25\n1,-1\n".repeat(1000));
    let planned = rows(&run(arguments!["eval", table, "--input", many]).clean());
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9;
    assert!(planned[..2].iter().flatten().zip(expected.iter().flatten()).all(near), "{:?}", &planned[..2]);
    assert_ne!(planned[..2], expected);
    let short = folder.write("short.csv", "0.5,0.25\n1\n");
    let refused = run(arguments!["eval", table, "--input", short]);
    assert!(refused.code == 2 && refused.err.contains(":2:"), "{}", refused.err);
    for text in ["0.5\n1\n", "0.5,0.25,7\n", "a,b\n0.5,0.25\n", "x,b\n0.5,0.25\n"] {
        let file = folder.write("bad.csv", text);
        run(arguments!["eval", table, "--input", file]).refused(2, &["bad.csv:1:1"]);
    }
    // A NumPy array of the grid's values, and back in as points of one row each.
    let npy = folder.path("grid.npy");
    run(arguments!["eval", table, "--grid", "2", "--target", "--output", npy]).clean();
    let bytes = std::fs::read(&npy).unwrap();
    assert!(String::from_utf8_lossy(&bytes[..128]).contains("(4, 3)"));
    assert_eq!(bytes.len(), 128 + 4 * 3 * 8);
    let refused = run(arguments!["eval", table, "--input", npy]);
    assert!(refused.code == 2 && refused.err.contains("(points, 2) in C order"), "{}", refused.err);
    let mut two = bytes[..128].to_vec();
    let shape = two.windows(6).position(|six| six == b"(4, 3)").unwrap();
    two[shape..shape + 6].copy_from_slice(b"(2, 2)");
    let points: Vec<u8> = [0.5f64, 0.25, 1.0, -1.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    std::fs::write(folder.path("two.npy"), [two, points].concat()).unwrap();
    assert_eq!(rows(&run(arguments!["eval", table, "--input", folder.path("two.npy"), "--direct"]).clean()), expected);
}

#[test]
fn from_lock_to_proof() {
    let folder = folder();
    run(arguments!["check", folder.path("a.yaml"), "--out", folder.path("out"), "--bless"]).clean();
    let checked = run(arguments!["check", folder.path("a.yaml"), "--out", folder.path("out")]).clean();
    assert!(checked.contains("1 ok"), "{checked}");
    let verified = run(arguments!["verify", folder.path("out/a/n.json"), "--spec", folder.path("a.yaml")]).clean();
    assert!(verified.contains("x in [0.0, 1.0], y in [-1.0, 1.0]"), "{verified}");
    let explained = run(arguments!["explain", folder.path("a.yaml")]).clean();
    assert!(explained.contains("square gate") && explained.contains(", near x = "), "{explained}");
    // A table that claims less than it can prove.
    let table = std::fs::read_to_string(folder.path("out/a/n.json")).unwrap();
    let network = bumpnet_ir::Network::from_json(&table).unwrap();
    let liar = network.changed(|parts| parts.certificate.as_mut().unwrap().upper /= 2.0).unwrap();
    let liar = folder.write("liar.json", liar.to_json());
    assert_eq!(run(arguments!["verify", liar]).code, 1);
}
