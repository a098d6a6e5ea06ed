//! `eval`: points in, values out, as CSV and NPY.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::path::{Path, PathBuf};

use bumpnet_ir::Network;
use bumpnet_runner::{Accuracy, Evaluator, PlanOptions, plan_with};
use support::{Folder, Surroundings, run, run_in, spec_with, square};

/// A folder with the spec `a.yaml` of `x^2`, network `net`, and its table.
struct Subject {
    folder: Folder,
    table: PathBuf,
    network: Network,
}

fn subject() -> Subject {
    let folder = Folder::new();
    let networks = "net: {method: bumps, activation: logistic, resolution: 40}";
    let spec = folder.write("a.yaml", spec_with(networks));
    run(arguments!["compile", spec, "--out", folder.path("out")]).clean();
    let table = folder.path("out/a/net.json");
    let network = Network::from_json(&std::fs::read_to_string(&table).unwrap()).unwrap();
    Subject { folder, table, network }
}

impl Subject {
    /// Evaluates the table with these arguments.
    fn eval(&self, more: &[&dyn AsRef<std::ffi::OsStr>]) -> support::Outcome {
        let mut all = arguments!["eval", self.table];
        all.extend(more.iter().map(|argument| argument.as_ref().to_owned()));
        run(all)
    }

    /// What the network is at these points, one by one: many are looked up.
    fn values(&self, points: &[f64]) -> Vec<f64> {
        if points.len() > 1000 { self.planned(points) } else { self.sums(points) }
    }

    /// The same by its plan.
    fn planned(&self, points: &[f64]) -> Vec<f64> {
        // A plan for which what is stated of the evaluated network holds.
        let stated = self.network.certificate.as_ref().unwrap();
        let left = (stated.evaluated - stated.upper).min(Accuracy::SHARE * stated.upper);
        let plan = plan_with(&self.network, PlanOptions { accuracy: Accuracy::Within(left) }).unwrap();
        points.iter().map(|x| plan.eval(*x)).collect()
    }

    /// The same by direct sum.
    fn sums(&self, points: &[f64]) -> Vec<f64> {
        let evaluator = Evaluator::new(&self.network);
        points.iter().map(|x| evaluator.eval(&[*x])).collect()
    }

    /// Expects a CSV of these points and the network's values by direct sum.
    #[track_caller]
    fn expect_sums(&self, csv: &str, points: &[f64]) {
        let rows: Vec<Vec<f64>> = points.iter().zip(self.sums(points)).map(|(x, y)| vec![*x, y]).collect();
        assert_eq!(bits(&parsed(csv, "x,network")), bits(&rows), "{csv}");
        // Both are within what is stated of the evaluated network.
        let apart = self.network.certificate.as_ref().map_or(0.0, |stated| 2.0 * (stated.evaluated - stated.upper));
        for (row, planned) in rows.iter().zip(self.planned(points)) {
            assert!((row[1] - planned).abs() <= apart || planned.is_nan(), "{row:?} {planned}");
        }
    }

    /// Expects a CSV of these points and the network's values.
    #[track_caller]
    fn expect(&self, csv: &str, points: &[f64]) {
        let rows: Vec<Vec<f64>> = points.iter().zip(self.values(points)).map(|(x, y)| vec![*x, y]).collect();
        assert_eq!(bits(&parsed(csv, "x,network")), bits(&rows), "{csv}");
    }
}

/// Surroundings with this text on standard input.
fn typed(text: &str) -> Surroundings<'_> {
    Surroundings { input: text.as_bytes(), ..Surroundings::default() }
}

/// The rows of a CSV with this header.
#[track_caller]
fn parsed(csv: &str, header: &str) -> Vec<Vec<f64>> {
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some(header), "{csv}");
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("{text:?} is not a number"));
    lines.map(|line| line.split(',').map(number).collect()).collect()
}

/// Numbers as their bits, so that NaN equals itself.
fn bits(rows: &[Vec<f64>]) -> Vec<Vec<u64>> {
    let of = |value: &f64| if value.is_nan() { u64::MAX } else { value.to_bits() };
    rows.iter().map(|row| row.iter().map(of).collect()).collect()
}

/// An NPY file, as NumPy's format description has it.
fn npy(description: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{description}', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(data);
    bytes
}

fn f8(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Reads an NPY file of float64: its shape and its numbers.
fn read_npy(path: &Path) -> (String, Vec<f64>) {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!((10 + length) % 64, 0, "the data is aligned");
    let header = std::str::from_utf8(&bytes[10..10 + length]).unwrap();
    assert!(header.ends_with('\n') && header.contains("'descr': '<f8', 'fortran_order': False"), "{header}");
    let shape = header.split("'shape': ").nth(1).unwrap().split(", }").next().unwrap();
    let (numbers, rest) = bytes[10 + length..].as_chunks::<8>();
    assert!(rest.is_empty());
    (shape.to_owned(), numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}

#[test]
fn at_points() {
    let subject = subject();
    let out = subject.eval(&[&"--at", &"0, pi/4,max(0.1, 2/3) ,1e-3,-0.5, 1.5"]).clean();
    subject.expect_sums(&out, &[0.0, std::f64::consts::FRAC_PI_4, 2.0 / 3.0, 1e-3, -0.5, 1.5]);
    subject.expect_sums(&subject.eval(&[&"--at", &"-1/4"]).clean(), &[-0.25]);
    subject.expect_sums(&subject.eval(&[&"--at", &"0.25; 0.5,1"]).clean(), &[0.25, 0.5, 1.0]);
    for (list, words) in [
        ("0.1,,0.2", "--at: ``"),
        ("", "--at: ``"),
        ("0.1,x", "--at: `x`: unknown name `x`"),
        ("2 3", "--at: `2 3`: an operator is missing"),
        ("(0.1, 0.2", "--at: "),
        ("0.1)", "--at: "),
    ] {
        subject.eval(&[&"--at", &list]).refused(2, &[words]);
    }
}

/// The reference is the evaluator's sum.
#[test]
fn by_direct_sum() {
    let subject = subject();
    let out = subject.eval(&[&"--grid", &"5", &"--direct"]).clean();
    let grid: Vec<f64> = parsed(&out, "x,network").iter().map(|row| row[0]).collect();
    subject.expect_sums(&out, &grid);
}

#[test]
fn of_a_spec() {
    let subject = subject();
    let spec = subject.folder.path("a.yaml").display().to_string();
    for name in [spec.clone(), format!("{spec}#net")] {
        subject.expect_sums(&run(arguments!["eval", name, "--at", "0.3"]).clean(), &[0.3]);
    }
    let two =
        "one: {method: bumps, activation: ramp, resolution: 3}\ntwo: {method: bumps, activation: ramp, resolution: 4}";
    let two = subject.folder.write("two.yaml", spec_with(two)).display().to_string();
    run(arguments!["eval", two, "--at", "0"]).refused(2, &["several networks", "two.yaml#one", "two.yaml#two"]);
    for command in ["eval", "explain", "plot"] {
        let mut all = arguments![command, format!("{two}#three")];
        all.extend(if command == "eval" { arguments!["--at", "0"] } else { vec![] });
        run(all).refused(2, &["two.yaml has no network `three`", "it has: one, two"]);
    }
    let hash = subject.folder.write("a#b.yaml", square(8).replace("version", "name: ab\nversion"));
    run(arguments!["eval", hash, "--at", "0"]).clean();
}

/// A network's own `outside` counts, else the file's, else the network is extended; also by way of its table.
#[test]
fn outside_of_the_domain() {
    let folder = Folder::new();
    let net = |name: &str, key: &str| format!("  {name}: {{method: bumps, activation: tanh, resolution: 8{key}}}\n");
    let networks = [("own", ", outside: nan"), ("same", ", outside: extend"), ("plain", "")];
    let networks: String = networks.iter().map(|(name, key)| net(name, key)).collect();
    let spec = |top: &str| format!("version: 1\ntarget: x^2\ndomain: {{x: [0, 1]}}\n{top}networks:\n{networks}");
    folder.write("file.yaml", spec("outside: clamp\n"));
    folder.write("none.yaml", spec(""));
    run(arguments!["compile", folder.root(), "--out", folder.path("out")]).clean();
    let values = |file: &str, name: &str| {
        let table = folder.path(&format!("out/{file}/{name}.json"));
        let points = "-0.25,0,0.5,1,1.125";
        let out = run(arguments!["eval", table, "--at", points]).clean();
        let of_spec = format!("{}#{name}", folder.path(&format!("{file}.yaml")).display());
        assert_eq!(run(arguments!["eval", of_spec, "--at", points]).clean(), out);
        parsed(&out, "x,network").iter().map(|row| row[1]).collect::<Vec<f64>>()
    };
    let extended = values("none", "plain");
    assert!(extended[0] != extended[1] && extended[4] != extended[3], "{extended:?}");
    assert_eq!(values("file", "same"), extended);
    let [_, lo, mid, hi, _] = extended[..] else { panic!("{extended:?}") };
    assert_eq!(values("file", "plain"), [lo, lo, mid, hi, hi]);
    for file in ["file", "none"] {
        let own = values(file, "own");
        assert!(own[0].is_nan() && own[4].is_nan() && own[1..4] == [lo, mid, hi], "{own:?}");
        let explained = run(arguments!["explain", format!("{}#own", folder.path(&format!("{file}.yaml")).display())]);
        assert!(explained.clean().contains("outside x in [0.0, 1.0]: NaN\n"));
    }
    let explained = run(arguments!["explain", format!("{}#plain", folder.path("none.yaml").display())]).clean();
    assert!(!explained.contains("outside"), "{explained}");
}

#[test]
fn on_a_grid() {
    let subject = subject();
    let out = subject.eval(&[&"--grid", &"5"]).clean();
    subject.expect(&out, &[0.0, 0.25, 0.5, 0.75, 1.0]);
    subject.expect(&subject.eval(&[&"--grid", &"1"]).clean(), &[0.0]);
    subject.expect(&subject.eval(&[&"--grid", &"2"]).clean(), &[0.0, 1.0]);
}

#[test]
fn target_and_error_beside() {
    let subject = subject();
    let out = subject.eval(&[&"--at", &"0.3,0.4", &"--target"]).clean();
    let row = |x: f64, y: f64| vec![x, y, x * x, y - x * x];
    let values = subject.sums(&[0.3, 0.4]);
    let expected = [row(0.3, values[0]), row(0.4, values[1])];
    assert_eq!(bits(&parsed(&out, "x,network,target,error")), bits(&expected));
}

/// 0.7 is below 7/10, so that both are 6 there, although binary64 rounds 10 times 0.7 to 7.
#[test]
fn the_target_is_on_the_right_side_of_its_jumps() {
    let folder = Folder::new();
    let spec = "version: 1\ntarget: floor(10*x)\ndomain: {x: [0, 0.95]}\nnetworks:\n  \
                n: {method: bumps, activation: heaviside, placement: optimal, resolution: 10}\n";
    let spec = format!("{}#n", folder.write("a.yaml", spec).display());
    let out = run(arguments!["eval", spec, "--at", "0.7,0.3,0.6", "--target"]).clean();
    let rows = parsed(&out, "x,network,target,error");
    assert_eq!(rows, [[0.7, 6.0, 6.0, 0.0], [0.3, 2.0, 2.0, 0.0], [0.6, 5.0, 5.0, 0.0]]);
}

#[test]
fn points_from_csv() {
    let subject = subject();
    let points = [0.125, -3.0, 1e-300, 0.1];
    for (name, text) in [
        ("plain.csv", "0.125\n-3\n1e-300\n0.1\n"),
        ("header.csv", "x\n0.125\n-3\n1e-300\n0.1"),
        ("columns.csv", "y,x,z\n7,0.125,\nwords, -3 ,\n,1e-300,\n\"a,b\",0.1,\n"),
        ("windows.csv", "x\r\n0.125\r\n-3\r\n1e-300\r\n0.1\r\n"),
        ("quoted.csv", "\"x\"\n\"0.125\"\n-3\n\n1e-300\n0.1\n\n"),
    ] {
        let path = subject.folder.write(name, text);
        subject.expect(&subject.eval(&[&"--input", &path]).clean(), &points);
        // The same from standard input.
        let out = run_in(arguments!["eval", subject.table, "--input", "-"], typed(text)).clean();
        subject.expect(&out, &points);
    }
    for text in ["", "x\n"] {
        let path = subject.folder.write("empty.csv", text);
        subject.expect(&subject.eval(&[&"--input", &path]).clean(), &[]);
    }
}

#[test]
fn what_is_no_number_is_refused_with_its_line() {
    let subject = subject();
    let out = subject.folder.path("values.csv");
    for (text, place, words) in [
        ("x\n0.1\nhalf\n", ":3:1\n", "`half` is not a number"),
        ("0.1\n0.5\n0.2\n0.3x\n", ":4:1\n", "`0.3x` is not a number"),
        ("x\ny\n", ":2:1\n", "`y` is not a number"),
        ("0.1\n,1\n", ":2:1\n", "`` is not a number"),
        ("0.1\n\u{1b}[31m\n", ":2:1\n", "`\\u{1b}[31m` is not a number"),
        ("0.1\n0,5\n", ":2:1\n", "the line has 2 columns, not 1"),
        ("y,x\n1,\"2\n1,3\n", ":2:3\n", "this quote is not closed"),
        ("x\n1e400\n", ":2:1\n", "`1e400` is beyond the largest binary64"),
        ("0x10\n1\n", ":1:1\n", "neither a point nor a header that names `x`"),
        ("1_000\n1\n", ":1:1\n", "neither a point nor a header that names `x`"),
        ("t\n1\n", ":1:1\n", "neither a point nor a header that names `x`"),
    ] {
        let path = subject.folder.write("bad.csv", text);
        let said = subject.eval(&[&"--input", &path, &"--output", &out]).refused(2, &["bad.csv", place, words]);
        assert!(!said.contains('\u{1b}'));
        assert!(!out.exists(), "no half of a file is left");
        let outcome = run_in(arguments!["eval", subject.table, "--input", "-"], typed(text));
        outcome.says(&["standard input", place, words]);
        assert_eq!(outcome.code, 2);
    }
    let path = subject.folder.write("latin.csv", b"0.1\n\xff\xfe\n");
    subject.eval(&[&"--input", &path]).says(&["latin.csv:2:1"]);
}

/// Blank lines hold no point, but they are lines.
#[test]
fn blank_lines_count() {
    let subject = subject();
    let path = subject.folder.write("bad.csv", "0.1\n\n\nhalf\n");
    subject.eval(&[&"--input", &path]).refused(2, &["bad.csv:4:1\n", "`half` is not a number"]);
}

#[test]
fn points_from_npy() {
    let subject = subject();
    let points = [0.125, 0.75, -3.0, 0.1];
    let singles: Vec<u8> = points.iter().flat_map(|value| (*value as f32).to_le_bytes()).collect();
    let rounded: Vec<f64> = points.iter().map(|value| f64::from(*value as f32)).collect();
    let whole: Vec<u8> = [0i32, 1, -3].iter().flat_map(|value| value.to_le_bytes()).collect();
    for (name, bytes, points) in [
        ("f8.npy", npy("<f8", "(4,)", &f8(&points)), &points[..]),
        ("column.npy", npy("<f8", "(4, 1)", &f8(&points)), &points),
        ("f4.npy", npy("<f4", "(4,)", &singles), &rounded),
        ("i4.npy", npy("<i4", "(3,)", &whole), &[0.0, 1.0, -3.0]),
        ("none.npy", npy("<f8", "(0,)", &[]), &[]),
    ] {
        let path = subject.folder.write(name, bytes);
        subject.expect(&subject.eval(&[&"--input", &path]).clean(), points);
    }
}

#[test]
fn damaged_npy() {
    let subject = subject();
    let good = npy("<f8", "(4,)", &f8(&[0.1, 0.2, 0.3, 0.4]));
    let out = subject.folder.path("values.npy");
    for (bytes, words) in [
        (good[..good.len() - 1].to_vec(), "ends"),
        (good[..40].to_vec(), "too short"),
        (good[..9].to_vec(), "too short"),
        (vec![], "not an NPY file"),
        (b"0.1\n0.2\n".to_vec(), "not an NPY file"),
        (npy("<f8", "(2, 2)", &f8(&[0.1, 0.2, 0.3, 0.4])), "shape (2,2)"),
        (npy("<f8", "()", &f8(&[0.1])), "shape ()"),
        (npy("<f8", "(-1,)", &[]), "shape (-1,)"),
        (npy("<f8", "(99999999999999999999,)", &[]), "shape (99999999999999999999,)"),
        (npy("<f8", "(1152921504606846976,)", &[]), "ends"),
        (npy(">f8", "(1,)", &f8(&[0.1])), ">f8"),
        (npy("|O", "(1,)", &f8(&[0.1])), "|O"),
        (npy("<c16", "(1,)", &f8(&[0.1, 0.2])), "<c16"),
        ([&good[..], &[0]].concat(), "1 byte behind the 4 numbers"),
        ([&good[..], &good].concat(), "behind the 4 numbers"),
        (npy("<f8", "(0,)", &f8(&[0.1])), "8 bytes behind the 0 numbers"),
        ([&good[..6], &[4, 0], &good[8..]].concat(), "version 4.0"),
        ([&good[..6], &[1, 1], &good[8..]].concat(), "version 1.1"),
        ([&good[..6], &[0, 0], &good[8..]].concat(), "version 0.0"),
    ] {
        let path = subject.folder.write("bad.npy", bytes);
        subject.eval(&[&"--input", &path, &"--output", &out]).refused(2, &["bad.npy: ", words]);
        assert!(!out.exists(), "no half of a file is left");
    }
}

#[test]
fn values_to_files() {
    let subject = subject();
    let points = [0.0, 0.1, 0.7];
    let values = subject.sums(&points);
    let csv = subject.folder.path("new/folder/values.csv");
    assert_eq!(subject.eval(&[&"--at", &"0,0.1,0.7", &"--output", &csv]).clean(), "");
    subject.expect_sums(&std::fs::read_to_string(&csv).unwrap(), &points);

    let file = subject.folder.path("values.npy");
    assert_eq!(subject.eval(&[&"--at", &"0,0.1,0.7", &"--output", &file]).clean(), "");
    assert_eq!(read_npy(&file), ("(3,)".into(), values.clone()));
    // NPY holds what was asked for: network, target and error, but not the points again.
    subject.eval(&[&"--at", &"0,0.1,0.7", &"--target", &"--output", &file]).clean();
    let rows = points.iter().zip(values).flat_map(|(x, y)| [y, x * x, y - x * x]).collect::<Vec<_>>();
    assert_eq!(read_npy(&file), ("(3, 3)".into(), rows));
    // What was written can be read.
    subject.eval(&[&"--at", &"0,0.1,0.7", &"--output", &file]).clean();
    subject.eval(&[&"--input", &file]).clean();

    for name in ["values.txt", "values", "values.CSV", ".csv"] {
        let path = subject.folder.path(name);
        subject.eval(&[&"--at", &"0", &"--output", &path]).refused(2, &["values are written to .csv"]);
        assert!(!path.exists());
    }
    let below = csv.join("below.csv");
    subject.eval(&[&"--at", &"0", &"--output", &below]).refused(2, &["cannot write", "below.csv"]);
    for name in ["points.txt", "missing.csv", "missing.npy"] {
        subject.eval(&[&"--input", &subject.folder.path(name)]).refused(2, &[name]);
    }
}

#[test]
fn not_a_number_stays_so() {
    let subject = subject();
    let points = [f64::NAN, 0.5, f64::INFINITY, f64::NEG_INFINITY];
    let path = subject.folder.write("nan.npy", npy("<f8", "(4,)", &f8(&points)));
    let rows = parsed(&subject.eval(&[&"--input", &path, &"--target"]).clean(), "x,network,target,error");
    assert!(rows[0].iter().all(|value| value.is_nan()), "{rows:?}");
    assert!(rows[1].iter().all(|value| value.is_finite()), "{rows:?}");
    assert_eq!((rows[2][2], rows[3][2]), (f64::INFINITY, f64::INFINITY));
    // Far away a sum of steps is flat.
    assert!(rows[2][1].is_finite() && rows[3][1].is_finite(), "{rows:?}");
    let text = "x\nNaN\n0.5\ninf\n-inf\n";
    let out = run_in(arguments!["eval", subject.table, "--input", "-"], typed(text)).clean();
    subject.expect(&out, &points);
}

/// More than one block of points: nothing is lost or swapped where blocks meet.
#[test]
fn many_points() {
    let subject = subject();
    let count = 200_000;
    let points: Vec<f64> = (0..count).map(|k| f64::from(k * 7919 % count) / f64::from(count)).collect();
    let path = subject.folder.write("many.npy", npy("<f8", "(200000,)", &f8(&points)));
    let output = subject.folder.path("values.npy");
    subject.eval(&[&"--input", &path, &"--output", &output]).clean();
    let values = subject.values(&points);
    assert!(read_npy(&output) == ("(200000,)".into(), values.clone()));

    let csv: String = points.iter().map(|point| format!("{point:?}\n")).collect();
    let path = subject.folder.write("many.csv", csv);
    let out = subject.eval(&[&"--input", &path]).clean();
    let rows: Vec<Vec<f64>> = points.iter().zip(values).map(|(x, y)| vec![*x, y]).collect();
    assert!(parsed(&out, "x,network") == rows);

    let out = subject.eval(&[&"--grid", &"200001"]).clean();
    let grid: Vec<f64> = (0..=count).map(|k| f64::from(k) / f64::from(count)).collect();
    let rows: Vec<Vec<f64>> = grid.iter().zip(subject.values(&grid)).map(|(x, y)| vec![*x, y]).collect();
    assert!(parsed(&out, "x,network") == rows);
}

#[test]
fn damaged_tables() {
    let subject = subject();
    let good = std::fs::read_to_string(&subject.table).unwrap();
    let weight = good.find("\"value\":").unwrap() + "\"value\":".len() + 1;
    let digit = |text: &str| if text.starts_with('1') { "2" } else { "1" };
    let tampered = format!("{}{}{}", &good[..weight], digit(&good[weight..]), &good[weight + 1..]);
    for (text, words) in [
        (tampered.as_bytes(), "digest"),
        (good.replacen("x", "y", 1).as_bytes(), "not a weight table"),
        (&good.as_bytes()[..good.len() / 2], "not a weight table"),
        (b"", "not a weight table"),
        (b"{}", "not a weight table"),
        (b"\xff\xfe", "not UTF-8"),
        (good.replace("bumpnet-network/1", "bumpnet-network/9").as_bytes(), "bumpnet-network/9"),
        ("[".repeat(200_000).as_bytes(), "not a weight table"),
    ] {
        std::fs::write(&subject.table, text).unwrap();
        subject.eval(&[&"--at", &"0"]).refused(2, &["net.json", words]);
        let figure = subject.folder.path("figure.svg");
        run(arguments!["plot", subject.table, "--output", figure]).refused(2, &["net.json", words]);
        assert!(!figure.exists());
    }
    std::fs::write(&subject.table, &good).unwrap();
    subject.eval(&[&"--at", &"0"]).clean();
    let missing = subject.folder.path("missing.json");
    run(arguments!["eval", missing, "--at", "0"]).refused(2, &["cannot read", "missing.json"]);
}
