//! How fast `eval` streams files: `cargo bench --bench io -- 10000000` prints, for so many points, the throughput of
//! each pair of formats beside a plain read and write of the same bytes, in the same run. With `--features parquet`
//! Parquet too.
//!
//! The network has one neuron, so that its evaluation is in nobody's way. All values are checked first; files are
//! written to the disk (`fsync`) by both, as `eval` does before a file gets its name.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bumpnet_cli::Context;
use bumpnet_ir::Network;
use bumpnet_runner::Evaluator;

/// Points unless the command line says otherwise.
const POINTS: usize = 2_000_000;
/// Rounds of which the quickest counts.
const ROUNDS: usize = 5;
const SPEC: &str = "version: 1\ntarget: x\ndomain: {x: [0, 1]}\n\
                    networks: {one: {method: bumps, activation: heaviside, resolution: 2}}\n";

fn main() {
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(POINTS);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder can be made");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a.yaml"), SPEC).expect("the spec is written");
    bumpnet(&["compile".as_ref(), &path("a.yaml"), "--out".as_ref(), &path("out")]);
    let table = path("out/a/one.json");
    let network = Network::from_json(&std::fs::read_to_string(&table).expect("a table")).expect("a network");
    let points = points(count);
    let mut values = vec![0.0; count];
    let evaluation = quickest(|| Evaluator::new(&network).eval_many(&points, &mut values));
    println!("{count} points; evaluation alone {:.1} M points/s", million(count, evaluation));

    std::fs::write(path("in.npy"), npy(&points)).expect("points are written");
    let text: String = points.iter().map(|point| format!("{point:?}\n")).collect();
    std::fs::write(path("in.csv"), text).expect("points are written");
    let mut formats = vec!["npy", "csv"];
    if cfg!(feature = "parquet") {
        eval(&table, &path("in.npy"), &path("in.parquet"));
        formats.push("parquet");
    }
    for from in &formats {
        for to in &formats {
            let (input, output) = (path(&format!("in.{from}")), path(&format!("out.{to}")));
            eval(&table, &input, &output);
            check(&table, &output, &points, &values, &path("back.npy"));
            let bytes = std::fs::read(&output).expect("the values are there");
            let (mut plain, mut streamed) = (Duration::MAX, Duration::MAX);
            for _ in 0..ROUNDS {
                plain = plain.min(time(|| read_and_write(&input, &path("plain"), &bytes)));
                streamed = streamed.min(time(|| eval(&table, &input, &output)));
            }
            let size = std::fs::metadata(&input).expect("the points are there").len() as usize + bytes.len();
            println!(
                "{from} -> {to}: {:.1} M points/s, {:.0} MB/s, {:.2} times the time of a plain read and write",
                million(count, streamed),
                million(size, streamed),
                streamed.as_secs_f64() / plain.as_secs_f64()
            );
        }
    }
}

fn bumpnet(arguments: &[&Path]) {
    let mut context = Context {
        name: "bumpnet",
        out: Box::new(std::io::sink()),
        err: Box::new(std::io::stderr()),
        input: Box::new(std::io::empty()),
        ci: false,
        terminal: false,
    };
    let arguments = arguments.iter().map(|argument| argument.as_os_str().to_owned()).collect();
    assert_eq!(bumpnet_cli::run(arguments, &mut context), 0);
}

fn eval(table: &Path, input: &Path, output: &Path) {
    bumpnet(&["eval".as_ref(), table, "--input".as_ref(), input, "--output".as_ref(), output]);
}

/// Every value that was written is the network's.
fn check(table: &Path, output: &Path, points: &[f64], values: &[f64], scratch: &PathBuf) {
    let extension = output.extension().and_then(|extension| extension.to_str());
    let (bytes, expected) = match extension {
        Some("npy") => (std::fs::read(output), values),
        Some("csv") => {
            let text = std::fs::read_to_string(output).expect("a text");
            let number = |field: &str| field.parse::<f64>().expect("a number");
            let rows = text.lines().skip(1).map(|line| line.split_once(',').expect("two columns"));
            let mut left = points.iter().zip(values);
            for (x, y) in rows {
                assert_eq!(Some((&number(x), &number(y))), left.next());
            }
            assert!(left.next().is_none());
            return;
        }
        // Its points come back as the points of another evaluation, so that they and the values are seen.
        _ => {
            eval(table, output, scratch);
            (std::fs::read(scratch), values)
        }
    };
    let bytes = bytes.expect("an array");
    let (numbers, _) = bytes[128..].as_chunks::<8>();
    assert!(numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).eq(expected.iter().copied()));
}

fn read_and_write(input: &Path, output: &Path, bytes: &[u8]) {
    std::hint::black_box(std::fs::read(input).expect("the points are read"));
    let mut file = std::fs::File::create(output).expect("a file is made");
    file.write_all(bytes).and_then(|()| file.sync_all()).expect("the bytes are written");
}

/// Numbers in [0, 1) with all their digits, the same in every run.
fn points(count: usize) -> Vec<f64> {
    let mut state = 1u64;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn npy(points: &[f64]) -> Vec<u8> {
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({},), }}", points.len());
    let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    bytes.extend(format!("{header:117}\n").bytes());
    bytes.extend(points.iter().flat_map(|point| point.to_le_bytes()));
    bytes
}

fn quickest(mut work: impl FnMut()) -> Duration {
    (0..ROUNDS).map(|_| time(&mut work)).min().unwrap_or_default()
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn million(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64() / 1e6
}
