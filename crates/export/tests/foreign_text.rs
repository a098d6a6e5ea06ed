//! Foreign text in every export: whatever names, target, proof and program say, the file has the same lines of code as
//! with harmless words, and no character that is not seen.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

use bumpnet_export::fixed::{self, Width};
use bumpnet_export::{Options, c, csv, dot, npz, onnx, rust, safetensors, sollya, vnnlib};
use bumpnet_ir::text::{is_harmless, visible};
use bumpnet_ir::{Expr, Network, Parts};
use bumpnet_plan::Accuracy;
use bumpnet_prove::Standing;

/// What ends a comment or a string somewhere, joins lines, turns them round, or is not seen.
fn hostile() -> Vec<String> {
    let controls = (0..0xa0).filter_map(char::from_u32).filter(|c| c.is_control()).map(String::from);
    let marks = "\u{ad}\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\
                 \u{2068}\u{2069}\u{feff}\u{fffe}\u{ffff}\u{e0041}";
    let words = [
        "\"",
        "'",
        "\\",
        "\\\\",
        "\\N",
        "*/",
        "/*",
        "//",
        "??/",
        ";",
        "#",
        "]]>",
        "&quot;",
        "\nint x;",
        "\r\nfn f() {}",
    ];
    let mut all: Vec<String> =
        controls.chain(marks.chars().map(String::from)).chain(words.map(str::to_owned)).collect();
    all.push(all.concat());
    all.into_iter().map(|text| format!("a{text}b")).collect()
}

struct Subject {
    network: Network,
    target: Expr,
}

/// A small network of one input, or of two.
fn subject(inputs: usize) -> Subject {
    let text = match inputs {
        1 => {
            "version: 1\ntarget: x^2\ndomain: {x: [0, 1]}\nnetworks: {n: {method: bumps, activation: heaviside, resolution: 4}}\n"
        }
        _ => {
            "version: 1\ntarget: x+y\ndomain: {x: [0, 1], y: [0, 1]}\nnetworks: {n: {method: towers, activation: heaviside, resolution: 2}}\n"
        }
    };
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "s").unwrap();
    let network = bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap().network;
    Subject { network, target: spec.target }
}

impl Subject {
    /// With this text wherever there can be any: a network whose inputs have other names than a spec's cannot be held.
    fn saying(&self, text: &str) -> Network {
        let say = |parts: &mut Parts| {
            (parts.name, parts.target) = (text.to_owned(), text.to_owned());
            if let Some(certificate) = &mut parts.certificate {
                (certificate.method, certificate.note) = (text.to_owned(), Some(text.to_owned()));
            }
        };
        self.network.changed(say).unwrap()
    }

    /// Every export as text that a compiler or a person reads, each with the beginning of its comments.
    fn texts(&self, text: &str) -> Vec<(&'static str, &'static str, String)> {
        let network = self.saying(text);
        let certificate = network.certificate.clone().unwrap();
        let options =
            Options { target: &self.target, tool: text, standing: Standing::stated(), accuracy: Accuracy::default() };
        let mut all = vec![
            ("C", "//", c::write(&network, &certificate, &options).unwrap()),
            ("Rust", "//", rust::write(&network, &certificate, &options).unwrap()),
            ("CSV", "#", csv::write(&network, &certificate, &options).unwrap()),
            ("DOT", "//", dot::write(&network, &certificate, &options).unwrap()),
            ("VNN-LIB", ";", vnnlib::cells(&network, &certificate, &options).unwrap()),
            ("VNN-LIB 2", ";", vnnlib::against(&network, &certificate, &options).unwrap().query),
        ];
        if network.inputs.len() == 1 {
            all.push(("C, integers", "//", fixed::write(&network, &certificate, &options, Width::Int16).unwrap()));
        }
        all
    }
}

/// The lines that are code, with the function named after the network under another name.
fn code(text: &str, comment: &str, name: &str) -> Vec<String> {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let function: String = name.chars().map(plain).collect();
    let text = text
        .replace(&format!("bumpnet_{function}"), "NAME")
        .replace(&format!("BUMPNET_{}", function.to_uppercase()), "NAME");
    // A label of a picture is text as well.
    let unlabelled = |line: &str| line.split_once("label=\"").map_or(line, |(before, _)| before).to_owned();
    text.split('\n').filter(|line| !line.starts_with(comment)).map(unlabelled).collect()
}

#[test]
fn no_text_becomes_code() {
    for subject in [subject(1), subject(2)] {
        let harmless = subject.texts("ab");
        for text in hostile() {
            for ((format, comment, before), (_, _, after)) in harmless.iter().zip(subject.texts(&text)) {
                assert_eq!(code(&after, comment, &text), code(before, comment, "ab"), "{format}: {text:?}");
                assert!(after.chars().all(|c| is_harmless(c) || c == '\n'), "{format}: {text:?}");
                let joins = |text: &str| {
                    text.lines().filter(|line| line.starts_with(comment) && line.contains(['\\', '?'])).count()
                };
                assert_eq!(joins(&after), joins(before), "{format}: {text:?}");
            }
        }
    }
}

/// Graphviz ends a string at a quote without a backslash before it, and knows no other escape of a quote.
#[test]
fn labels_are_strings_of_dot() {
    let subject = subject(1);
    let certificate = subject.network.certificate.clone().unwrap();
    let options =
        Options { target: &subject.target, tool: "t", standing: Standing::stated(), accuracy: Accuracy::default() };
    for text in hostile() {
        let drawn = dot::write(&subject.saying(&text), &certificate, &options).unwrap();
        for line in drawn.lines().filter(|line| line.contains("label=\"") && !line.starts_with("//")) {
            let (_, label) = line.split_once("label=\"").unwrap();
            let plain = label.replace("\\\\", "").replace("\\\"", "");
            assert_eq!(plain.matches('"').count(), 1, "{text:?}: {line}");
        }
    }
}

/// What JSON and ONNX hold is the text itself, or for the marks that are not seen the same with escapes.
#[test]
fn binary_formats_hold_the_text() {
    let subject = subject(1);
    for text in hostile() {
        let network = subject.saying(&text);
        let certificate = network.certificate.clone().unwrap();
        let options = Options {
            target: &subject.target,
            tool: &text,
            standing: Standing::stated(),
            accuracy: Accuracy::default(),
        };
        let file = safetensors::write(&network, &certificate, &options).unwrap();
        let length = u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
        let header: serde_json::Value = serde_json::from_slice(&file[8..8 + length]).unwrap();
        assert_eq!(
            (&header["__metadata__"]["name"], &header["__metadata__"]["target"]),
            (&text.as_str().into(), &text.as_str().into())
        );
        let archive = npz::write(&network, &certificate, &options).unwrap();
        let quoted = bumpnet_ir::text::json(&text);
        assert!(archive.windows(quoted.len()).any(|bytes| bytes == quoted.as_bytes()), "{text:?}");
        let model = onnx::write(&network, &certificate, &options).unwrap();
        assert!(model.windows(text.len()).any(|bytes| bytes == text.as_bytes()), "{text:?}");
    }
}

/// A small network is refused by Sollya's export for its steps; what it writes of a smooth one has no text but comments.
#[test]
fn sollya_reads_no_text() {
    let text = "version: 1\ntarget: x^2\ndomain: {x: [0, 1]}\nnetworks: {n: {method: smooth, max_error: 0.1}}\n";
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "s").unwrap();
    let network = bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap().network;
    let subject = Subject { network, target: spec.target };
    let script = |text: &str| {
        let network = subject.saying(text);
        let certificate = network.certificate.clone().unwrap();
        let options = Options {
            target: &subject.target,
            tool: text,
            standing: Standing::stated(),
            accuracy: Accuracy::default(),
        };
        sollya::write(&network, &certificate, &options).unwrap()
    };
    let harmless = code(&script("ab"), "//", "ab");
    for text in hostile() {
        assert_eq!(code(&script(&text), "//", &text), harmless, "{}", visible(&text));
    }
}

/// With all of it at once, rustc and, where it is installed, gcc read the files without a warning.
#[test]
fn compilers_read_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let all = hostile().pop().unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let mut command = std::process::Command::new(program);
        command.args(arguments).current_dir(folder.path()).output()
    };
    for subject in [subject(1), subject(2)] {
        for (format, _, text) in subject.texts(&all) {
            let output = match format {
                "Rust" => {
                    std::fs::write(folder.path().join("lib.rs"), text).unwrap();
                    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
                    let kind = [
                        "--edition=2024",
                        "--crate-type=lib",
                        "--emit=metadata",
                        "-Dwarnings",
                        "-Adead_code",
                        "-Anon_snake_case",
                        "lib.rs",
                    ];
                    Some(run(&rustc, &kind).unwrap())
                }
                "C" | "C, integers" => {
                    std::fs::write(folder.path().join("a.c"), text).unwrap();
                    run("gcc", &["-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-unused", "-fsyntax-only", "a.c"]).ok()
                }
                _ => None,
            };
            if let Some(output) = output {
                assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
            }
        }
    }
}
