//! Exports as compilers see them: C, integers in C, and Rust without `std`.

use std::path::{Path, PathBuf};
use std::process::Command;

use bumpnet_export::bound::{RUNNER, direct_sum};
use bumpnet_export::{c, fixed, rust};
use bumpnet_ir::Outside;
use bumpnet_runner::Evaluator as Runner;

use crate::consumer;
use crate::{Largest, Sample, largest_difference, largest_error, samples};

/// A program that reads points as binary64 on standard input and writes a value for each.
pub struct Program {
    path: PathBuf,
    /// Which of the functions that are in it.
    which: usize,
}

impl Program {
    /// Values at points.
    pub fn run(&self, points: &[f64]) -> Vec<f64> {
        let file = self.path.with_extension("points");
        let bytes: Vec<u8> = points.iter().flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(&file, bytes).unwrap();
        let mut program = Command::new(&self.path);
        let run = program.arg(self.which.to_string()).stdin(std::fs::File::open(file).unwrap()).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        run.stdout.chunks_exact(8).map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap())).collect()
    }
}

/// Whether there is a gcc.
pub fn has_gcc() -> bool {
    consumer::has("gcc", "--version")
}

/// Compiles a header, and a program that calls its function for each point of so many `double` that it reads.
pub fn build_c(folder: &Path, source: &str, (call, inputs): (&str, usize), flags: &str) -> Program {
    std::fs::write(folder.join("network.h"), source).unwrap();
    let main = format!(
        "#include \"network.h\"\n#include <stdio.h>\nint main(void) {{\n    double x[{inputs}];\n    while (fread(x, sizeof x, 1, stdin) == 1) \
         {{\n        const double y = {call};\n        if (fwrite(&y, sizeof y, 1, stdout) != 1) return 1;\n    }}\n    return 0;\n}}\n"
    );
    std::fs::write(folder.join("main.c"), main).unwrap();
    let program = folder.join("program");
    let flags = format!("-std=c99 -O1 -Wall -Wextra -Wpedantic -Wconversion -Werror {flags}");
    let mut gcc = Command::new("gcc");
    let built = gcc.args(flags.split_whitespace()).arg("-o").arg(&program).arg(folder.join("main.c")).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Program { path: program, which: 0 }
}

/// The Rust compiler, where there is one.
pub fn rustc() -> Option<std::ffi::OsString> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let found = Command::new(&rustc).arg("--version").output().is_ok();
    consumer::there("rustc", found).then_some(rustc)
}

/// A module in Rust: its source, its function, and a point's numbers, with which the function is called as `call`.
pub struct Module {
    pub source: String,
    pub call: String,
    pub inputs: usize,
}

/// The same for modules in Rust, all in one program: once without `std`, and once to run.
pub fn build_rust(rustc: &std::ffi::OsStr, folder: &Path, modules: &[Module]) -> Vec<Program> {
    let (mut names, mut arms) = (String::new(), String::new());
    for (k, module) in modules.iter().enumerate() {
        std::fs::write(folder.join(format!("n{k}.rs")), &module.source).unwrap();
        names += &format!("pub mod n{k};\n");
        arms += &format!("        {k} => each(&all, |x: [f64; {}]| n{k}::{}),\n", module.inputs, module.call);
    }
    let main = format!(
        "{names}use std::io::{{Read, Write}};\nfn each<const N: usize>(all: &[u8], f: impl Fn([f64; N]) -> f64) {{\n    \
         let mut out = std::io::stdout().lock();\n    for x in all.chunks_exact(8 * N) {{\n        \
         let x = std::array::from_fn(|k| f64::from_le_bytes(x[8 * k..][..8].try_into().unwrap()));\n        \
         out.write_all(&f(x).to_le_bytes()).unwrap();\n    }}\n}}\nfn main() {{\n    let mut all = Vec::new();\n    \
         std::io::stdin().read_to_end(&mut all).unwrap();\n    \
         match std::env::args().nth(1).unwrap().parse::<usize>().unwrap() {{\n{arms}        _ => panic!(),\n    }}\n}}\n"
    );
    std::fs::write(folder.join("main.rs"), main).unwrap();
    std::fs::write(folder.join("bare.rs"), format!("#![no_std]\n#![deny(warnings)]\n{names}")).unwrap();
    let compile = |arguments: &[&str], file: &str| {
        let mut command = Command::new(rustc);
        command.current_dir(folder).args(["--edition", "2021"]).args(arguments).arg(file);
        let built = command.output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    };
    compile(&["--crate-type", "lib", "--emit", "metadata"], "bare.rs");
    compile(&["-C", "opt-level=1", "-o", "program"], "main.rs");
    (0..modules.len()).map(|which| Program { path: folder.join("program"), which }).collect()
}

/// Points for a table: those of the domain, the plan's edges, what is not in the domain, and no number.
fn table_points(sample: &Sample, plan: &bumpnet_plan::Plan) -> Vec<f64> {
    let mut points = sample.points();
    let layout = plan.layout();
    let edges = match layout.pieces {
        bumpnet_plan::Pieces::Even { edges } | bumpnet_plan::Pieces::Edges { edges, .. } => edges.to_vec(),
        bumpnet_plan::Pieces::Buckets => {
            (0..layout.rows.len() / layout.stride).map(|k| layout.start + k as f64 / layout.scale).collect()
        }
        bumpnet_plan::Pieces::Cells => {
            (0..layout.rows.len() / layout.stride).map(|k| layout.start + (k as f64 + 0.5) / layout.scale).collect()
        }
    };
    points.extend(edges.iter().flat_map(|e: &f64| [e.next_down(), *e, e.next_up()]));
    let (lo, hi) = (layout.lo, layout.hi);
    points.extend([lo, hi, lo.next_up(), hi.next_down(), lo.next_down(), hi.next_up(), lo - 1.0, hi + 1.0, 0.0, -0.0]);
    points.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, -5e-324, f64::MAX, f64::MIN]);
    points
}

/// Holds a compiled table to the plan's bits and its bound; notes the largest difference from the runner.
fn hold_table(sample: &Sample, plan: &bumpnet_plan::Plan, program: &Program, language: &str, largest: &mut Largest) {
    let points = table_points(sample, plan);
    let values = program.run(&points);
    assert_eq!(points.len(), values.len());
    let input = &sample.network.inputs[0];
    for (x, value) in points.iter().zip(&values) {
        // A table ends with the domain: where the network goes on, it has the nearest point's value.
        let at = if sample.network.outside == Outside::Extend { x.clamp(input.lo, input.hi) } else { *x };
        let expected = plan.eval(at);
        let same = value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan();
        assert!(same, "{} {language} at {x:e}: {value:e}, not {expected:e}", sample.id);
    }
    let inside = sample.points();
    let values = program.run(&inside);
    let off = largest_difference(sample, &inside, &values);
    let bound = plan.bound().get() + direct_sum(&sample.network, &RUNNER).get();
    largest.note(sample, language, off, &format!("bound {bound:9.3e}; {} points equal", points.len()));
    assert!(off <= bound, "{} {language}: {off:e} > {bound:e}", sample.id);
    let stated = sample.certificate.upper + plan.bound().get();
    let error = largest_error(sample, &inside, &values);
    assert!(error <= stated * (1.0 + f64::EPSILON), "{} {language}: {error:e} > {stated:e}", sample.id);
}

/// The function's name in a table's source.
pub fn function(source: &str, before: &str) -> String {
    let rest = source.split(before).nth(1).unwrap();
    rest.split('(').next().unwrap().to_owned()
}

#[test]
fn c_gives_the_same_bits() {
    if !has_gcc() {
        return;
    }
    let (folder, mut largest) = (tempfile::tempdir().unwrap(), Largest::default());
    for sample in samples() {
        let source = match c::write(&sample.network, &sample.certificate, &sample.options()) {
            Ok(source) => source,
            Err(error) => {
                println!("{:<40} c            refused: {}", sample.id, error.problem);
                continue;
            }
        };
        let plan = bumpnet_plan::plan(&sample.network).unwrap();
        let name = function(&source, "static inline double ");
        let program = build_c(folder.path(), &source, (&format!("{name}(x[0])"), 1), "-ffp-contract=off");
        hold_table(sample, &plan, &program, "c", &mut largest);
    }
}

/// Fixed point, for every fourth network: every input of 16 bits, and many of 32, in C against the target's interval.
#[test]
fn fixed_point_keeps_its_bound() {
    if !has_gcc() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (sample, width) in
        samples().iter().step_by(4).flat_map(|sample| [(sample, fixed::Width::Int16), (sample, fixed::Width::Int32)])
    {
        let fixed = match fixed::fix(&sample.network, &sample.certificate, &sample.options(), width) {
            Ok(fixed) => fixed,
            Err(error) => {
                println!("{:<40} {:<12} refused: {}", sample.id, width.name(), error.problem);
                continue;
            }
        };
        let source = fixed::emit(&sample.network, &sample.certificate, &sample.options(), &fixed);
        let kind = format!("{}_t", width.name());
        let name = function(&source, &format!("static inline {kind} "));
        let program = build_c(folder.path(), &source, (&format!("{name}(({kind})x[0])"), 1), "");
        let inputs: Vec<f64> = match width {
            fixed::Width::Int16 => (i16::MIN..=i16::MAX).map(f64::from).collect(),
            fixed::Width::Int32 => {
                let span = (fixed.inputs.1 - fixed.inputs.0) as u64;
                let inside = (0..100_000u64)
                    .map(|k| fixed.inputs.0 + (k.wrapping_mul(0x9E37_79B9_7F4A_7C15) % (span + 1)) as i64);
                let ends = [i64::from(i32::MIN), i64::from(i32::MAX), fixed.inputs.0, fixed.inputs.1];
                inside.chain(ends).map(|q| q as f64).collect()
            }
        };
        let values = program.run(&inputs);
        let power = |bits: i32| f64::from_bits(((1023 - bits) as u64) << 52);
        let (x_unit, y_unit) = (power(fixed.input_bits), power(fixed.output_bits));
        let input = &sample.network.inputs[0];
        let (mut worst, mut runner_off) = (0.0f64, 0.0f64);
        let runner = Runner::new(&sample.network);
        for (q, v) in inputs.iter().zip(&values) {
            assert_eq!(*v, fixed.value(*q as i64) as f64, "{} {} at {q}", sample.id, width.name());
            let x = q * x_unit;
            if (input.lo..=input.hi).contains(&x) {
                let target = sample.target.eval(&[bumpnet_interval::Interval::point(x)]);
                worst = worst.max((bumpnet_interval::Interval::point(v * y_unit) - target).mignitude());
                runner_off = runner_off.max((runner.eval(&[x]) - v * y_unit).abs());
            }
        }
        println!(
            "{:<40} {:<12} largest error {worst:9.3e}, bound {:9.3e}, any real {:9.3e}; from the runner {runner_off:9.3e}; {} numbers",
            sample.id,
            width.name(),
            fixed.bound,
            fixed.bound_real.unwrap_or(f64::NAN),
            fixed.size()
        );
        assert!(worst <= fixed.bound, "{} {}: {worst:e} > {:e}", sample.id, width.name(), fixed.bound);
        // A proof by exhaustion is tight.
        assert!(width == fixed::Width::Int32 || fixed.bound <= worst * 1.001 + 1e-15, "{}", sample.id);
    }
}

#[test]
fn rust_gives_the_same_bits() {
    let Some(rustc) = rustc() else { return };
    let (folder, mut largest) = (tempfile::tempdir().unwrap(), Largest::default());
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    for sample in samples() {
        let Ok(source) = rust::write(&sample.network, &sample.certificate, &sample.options()) else { continue };
        let call = format!("{}(x[0])", function(&source, "pub fn "));
        kept.push((sample, bumpnet_plan::plan(&sample.network).unwrap()));
        modules.push(Module { source, call, inputs: 1 });
    }
    for ((sample, plan), program) in kept.iter().zip(build_rust(&rustc, folder.path(), &modules)) {
        hold_table(sample, plan, &program, "rust", &mut largest);
    }
}
