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

fn main() {
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(POINTS);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder can be made");
    let folder = folder.path();
    let path = |name: &str| folder.join(name);
    let network = network(folder, "x");
    let table = table(folder, "x");
    let points = points(count);
    let values = evaluate(&network, &points);
    let mut again = vec![0.0; count];
    let evaluation = quickest(|| Evaluator::new(&network).eval_many(&points, &mut again));
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
            check(folder, &output, &points, &values);
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

/// The table of a network of one neuron whose input has this name.
fn table(folder: &Path, input: &str) -> PathBuf {
    folder.join(format!("out/{input}/one.json"))
}

/// Compiles that network.
fn network(folder: &Path, input: &str) -> Network {
    let spec = folder.join(format!("{input}.yaml"));
    let text = format!(
        "version: 1\ntarget: {input}\ndomain: {{{input}: [0, 1]}}\n\
         networks: {{one: {{method: bumps, activation: heaviside, resolution: 2}}}}\n"
    );
    std::fs::write(&spec, text).expect("the spec is written");
    bumpnet(&["compile".as_ref(), &spec, "--out".as_ref(), &folder.join("out")]);
    Network::from_json(&std::fs::read_to_string(table(folder, input)).expect("a table")).expect("a network")
}

fn evaluate(network: &Network, points: &[f64]) -> Vec<f64> {
    let evaluator = Evaluator::new(network);
    points.iter().map(|point| evaluator.eval(&[*point])).collect()
}

fn bumpnet(arguments: &[&Path]) {
    let mut context = Context {
        name: "bumpnet",
        out: Box::new(std::io::sink()),
        err: Box::new(std::io::stderr()),
        input: Box::new(std::io::empty()),
        ci: false,
        terminal: false,
        wait: Default::default(),
    };
    let arguments = arguments.iter().map(|argument| argument.as_os_str().to_owned()).collect();
    assert_eq!(bumpnet_cli::run(arguments, &mut context), 0);
}

fn eval(table: &Path, input: &Path, output: &Path) {
    bumpnet(&["eval".as_ref(), table, "--input".as_ref(), input, "--output".as_ref(), output]);
}

/// Every value that was written is the network's.
fn check(folder: &Path, output: &Path, points: &[f64], values: &[f64]) {
    match output.extension().and_then(|extension| extension.to_str()) {
        Some("npy") => assert!(array(output) == values),
        Some("csv") => {
            let text = std::fs::read_to_string(output).expect("a text");
            let number = |field: &str| field.parse::<f64>().expect("a number");
            let rows = text.lines().skip(1).map(|line| line.split_once(',').expect("two columns"));
            let expected = points.iter().copied().zip(values.iter().copied());
            assert!(rows.map(|(x, y)| (number(x), number(y))).eq(expected));
        }
        // A column is what another evaluation takes for its points: the values of the values are checked.
        _ => {
            for (input, expected) in
                [("x", values.to_vec()), ("network", evaluate(&network(folder, "network"), values))]
            {
                eval(&table(folder, input), output, &folder.join("back.npy"));
                assert!(array(&folder.join("back.npy")) == expected);
            }
        }
    }
}

/// The numbers of an array that `eval` has written.
fn array(path: &Path) -> Vec<f64> {
    let bytes = std::fs::read(path).expect("an array");
    let (numbers, _) = bytes[128..].as_chunks::<8>();
    numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
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
