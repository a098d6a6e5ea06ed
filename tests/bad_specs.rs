//! Bad input is refused: every file of `tests/bad` and hostile ones made here get a diagnostic, soon, and none a panic.

mod support;

use std::fmt::Write;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use bumpnet_ir::Diagnostic;
use bumpnet_runner::{Evaluator, measure_over};

/// Each takes far below a second; a busy machine gets room.
const LONGEST: Duration = Duration::from_secs(10);
/// Most problems of an input that are listed.
const MOST_LINES: usize = 10;
/// Most characters of a message and of a help: whatever the input, they are for reading.
const LONGEST_TEXT: usize = 400;

/// Bad specs that are accepted all the same.
const MISSED: [&str; 0] = [];

/// How an input is refused: a line for each problem, the stage first where it is not the parser. Empty if it is not.
fn refusals(bytes: &[u8], stem: &str) -> Vec<String> {
    let spec = match bumpnet_parser::parse_spec(bytes, stem) {
        Ok(spec) => spec,
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            let defects = problems.iter().take(1000).filter_map(|problem| defect(bytes, problem));
            let mut lines: Vec<String> =
                problems.iter().take(MOST_LINES).map(|problem| support::show(bytes, problem)).collect();
            lines.extend(defects.map(|defect| format!("DEFECT {defect}")).take(1));
            if problems.len() > MOST_LINES {
                lines.push(format!("and {} more", problems.len() - MOST_LINES));
            }
            return lines;
        }
    };
    let mut lines: Vec<String> = Vec::new();
    for wanted in &spec.networks {
        match bumpnet_compiler::compile(&spec, wanted) {
            Err(problem) => {
                lines.push(format!("compile {}: {}", wanted.name, support::show(bytes, &problem)));
                lines.extend(defect(bytes, &problem).map(|defect| format!("DEFECT {defect}")));
            }
            Ok(compiled) => {
                if let Err(at) = measure_over(&spec.target, &Evaluator::new(&compiled.network), &spec.domain) {
                    lines.push(format!("measure {}: no finite value at {at:?}", wanted.name));
                }
            }
        }
    }
    lines
}

/// What is wrong with a diagnostic itself.
fn defect(bytes: &[u8], problem: &Diagnostic) -> Option<String> {
    let Diagnostic { message, label, related, help } = problem;
    for text in [Some(message), help.as_ref()].into_iter().flatten() {
        let shown: String = text.chars().take(60).collect();
        let length = text.chars().count();
        if text.is_empty() || text.ends_with('.') || text.chars().any(char::is_control) {
            return Some(format!("{shown:?} is not one line without a full stop"));
        }
        if length > LONGEST_TEXT {
            return Some(format!("{shown:?}... has {length} characters"));
        }
    }
    for span in [Some(&label.0), related.as_ref().map(|(span, _)| span)].into_iter().flatten() {
        let continues = |at: usize| bytes.get(at).is_some_and(|byte| (0x80..0xc0).contains(byte));
        let cut = std::str::from_utf8(bytes).is_ok() && (continues(span.start) || continues(span.end));
        if span.start > span.end || span.end > bytes.len() || cut {
            return Some(format!("{message:?}: {span:?} is not a range of characters of the file"));
        }
    }
    None
}

/// `refusals` and the time it took; a panic is named.
fn timed(name: &str, bytes: &[u8]) -> (Vec<String>, Duration) {
    let start = Instant::now();
    let lines = catch_unwind(|| refusals(bytes, "stem")).unwrap_or_else(|_| panic!("{name}: a panic, see above"));
    (lines, start.elapsed())
}

fn no_defects(text: &str) {
    let defects: Vec<&str> = text.lines().filter(|line| line.contains("DEFECT")).collect();
    assert!(defects.is_empty(), "{}", defects.join("\n"));
}

#[test]
fn every_bad_spec_is_refused() {
    let (mut text, mut accepted, mut slowest) = (String::new(), Vec::new(), (Duration::ZERO, String::new()));
    let files = support::yaml_files(&support::root().join("tests/bad"));
    for path in &files {
        let (_, stem) = support::names(path);
        let (lines, time) = timed(&stem, &std::fs::read(path).expect("the spec is readable"));
        slowest = slowest.max((time, stem.clone()));
        if lines.is_empty() {
            accepted.push(stem.clone());
        }
        let _ = writeln!(text, "{stem}");
        for line in &lines {
            let shown: String = line.chars().take(LONGEST_TEXT).collect();
            let _ = writeln!(text, "  {shown}");
        }
    }
    println!("{} files, slowest {} {:?}", files.len(), slowest.1, slowest.0);
    assert!(files.len() >= 190, "{} files", files.len());
    assert_eq!(accepted, MISSED, "accepted");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("bad-specs", text);
    });
    no_defects(&text);
    assert!(slowest.0 < LONGEST, "{}: took {:?}", slowest.1, slowest.0);
}

/// What to write instead, where a help says just that: a name, or for a key of another method nothing.
fn followed(source: &str, problem: &Diagnostic) -> Option<String> {
    let (help, span) = (problem.help.as_ref()?, problem.label.0.clone());
    let quoted = |lead: &str| help.strip_prefix(lead)?.split('`').next();
    let new = quoted("did you mean `").or_else(|| quoted("write `").filter(|_| help.ends_with("called here")))?;
    Some(format!("{}{new}{}", &source[..span.start], &source[span.end..]))
}

/// Where a help is followed its problem is gone, and no other one is new.
#[test]
fn helps_help() {
    let mut tried = 0;
    for path in &support::yaml_files(&support::root().join("tests/bad")) {
        let Ok(source) = std::fs::read_to_string(path) else { continue };
        let problems = |text: &str| bumpnet_parser::parse_spec(text.as_bytes(), "a").err().unwrap_or_default();
        let before = problems(&source);
        for problem in &before {
            let Some(text) = followed(&source, problem) else { continue };
            let after = problems(&text);
            assert!(after.len() < before.len(), "{}: {problem:?}\n{after:?}", path.display());
            tried += 1;
        }
    }
    assert!(tried >= 15, "{tried} helps");
}

/// A whole spec around a target.
fn with_target(target: &str) -> String {
    format!(
        "version: 1\ntarget: {target}\ndomain: {{x: [0, 1]}}\nnetworks: {{a: {{method: bumps, activation: ramp, resolution: 8}}}}\n"
    )
}

/// `let` names of which each uses the one before twice, joined by `operator`.
fn doubling(operator: &str) -> String {
    let mut text = format!("version: 1\nlet:\n  a1: x{operator}x\n");
    for k in 2..=40 {
        let _ = writeln!(text, "  a{k}: a{}{operator}a{}", k - 1, k - 1);
    }
    text + "target: a40\ndomain: {x: [0, 1]}\nnetworks: {a: {method: bumps, activation: ramp, resolution: 8}}\n"
}

/// Anchors of which each is a list of the one before, nine times.
fn alias_bomb() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for k in 1..9 {
        let items = vec![format!("*a{}", k - 1); 9].join(", ");
        let _ = writeln!(text, "a{k}: &a{k} [{items}]");
    }
    text
}

/// As many copies of a piece as a file of 1 MiB holds.
fn fill(piece: &str) -> String {
    piece.repeat((1_048_576 - 300) / piece.len())
}

/// Bytes without any structure, the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut byte = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| byte()).collect()
}

#[test]
fn hostile_input_is_refused() {
    let many = 200_000;
    let nested = |open: &str, close: &str| with_target(&format!("{}x{}", open.repeat(many), close.repeat(many)));
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("only-a-byte-order-mark", "\u{feff}".into()),
        ("zeros", vec![0; 4096]),
        ("noise", noise(100_000)),
        ("every-byte", (0..=255).collect()),
        ("invalid-utf8-in-target", [b"version: 1\ntarget: x + ".as_slice(), &[0xff, 0xfe]].concat()),
        ("truncated-utf8", "version: 1\ntarget: π".as_bytes()[..20].to_vec()),
        ("two-mebibytes", "# comment\n".repeat(209_716).into()),
        ("brackets", "[".repeat(many).into()),
        ("braces", "{".repeat(many).into()),
        ("brackets-in-a-spec", with_target(&"[".repeat(many)).into()),
        ("dashes", "- ".repeat(many).into()),
        ("question-marks", "? ".repeat(many).into()),
        ("colons", ":\n".repeat(many).into()),
        ("indentation", (0..1000).map(|k| format!("{}a:\n", " ".repeat(k))).collect::<String>().into()),
        ("quotes", "\"".repeat(many - 1).into()),
        ("anchors", (0..50_000).map(|k| format!("&a{k} ")).collect::<String>().into()),
        ("alias-bomb", alias_bomb().into()),
        ("many-keys", (0..60_000).map(|k| format!("k{k}: 1\n")).collect::<String>().into()),
        ("many-unknown-keys", (0..9_000).map(|k| format!("k{k}: 1\n")).collect::<String>().into()),
        ("one-key-repeated", "version: 1\n".repeat(9_000).into()),
        (
            "many-networks",
            format!("version: 1\nnetworks:\n{}", (0..4000).map(|k| format!("  n{k}: {{}}\n")).collect::<String>())
                .into(),
        ),
        ("parentheses", with_target(&"(".repeat(many)).into()),
        ("closing-parentheses", with_target(&format!("x{}", ")".repeat(many))).into()),
        ("nested-parentheses", nested("(", ")").into()),
        ("nested-calls", nested("sin(", ")").into()),
        ("nested-if", with_target(&format!("{}1{}", "if(x < 1, 2, ".repeat(50_000), ")".repeat(50_000))).into()),
        ("minus-signs", with_target(&format!("0{}x", "-".repeat(many))).into()),
        ("plus-signs-only", with_target(&format!("0{}", "+".repeat(many))).into()),
        ("powers", with_target(&format!("x{}", "^x".repeat(many))).into()),
        ("double-powers", with_target(&format!("2{}", "**-x".repeat(many))).into()),
        ("commas", with_target(&format!("max(x{})", ",".repeat(many))).into()),
        ("unknown-names", with_target(&format!("x{}", "+y".repeat(many))).into()),
        ("unknown-functions", with_target(&format!("x{}", "+f(x)".repeat(50_000))).into()),
        ("endless-name", with_target(&"y".repeat(900_000)).into()),
        ("endless-number", with_target(&format!("1e{}", "9".repeat(many))).into()),
        ("endless-digits", with_target(&"9".repeat(900_000)).into()),
        ("endless-key", format!("{}: 1\n", "k".repeat(1000)).into()),
        ("endless-function", with_target(&format!("{}(x)", "f".repeat(900_000))).into()),
        ("endless-choice", with_target("x").replace("ramp", &"r".repeat(900_000)).into()),
        ("endless-input", with_target("x").replace("{x:", &format!("{{? {} :", "x".repeat(900_000))).into()),
        ("endless-let-name", format!("let: {{? {} : 1}}\n{}", "a".repeat(900_000), with_target("x")).into()),
        (
            "endless-version",
            with_target("x").replace("version: 1", &format!("version: {}", "1".repeat(900_000))).into(),
        ),
        ("endless-zeros", with_target("x").replace(": 8", &format!(": 0.{}", "0".repeat(900_000))).into()),
        ("endless-key-twice", format!("? {0}\n: 1\n? {0}\n: 1\n", "k".repeat(300_000)).into()),
        ("endless-name-of-a-spec", format!("{}name: {}\n", with_target("x"), "n".repeat(many)).into()),
        ("long-names", {
            let inputs: Vec<String> = (10..26).map(|k| format!("{}{k}: [0, 1]", "x".repeat(98))).collect();
            with_target("y").replace("x: [0, 1]", &inputs.join(", ")).into()
        }),
        ("long-sum", with_target(&format!("x{}", fill("+x"))).into()),
        ("long-differences", with_target(&format!("x{}", fill("-x+x"))).into()),
        ("many-arguments", with_target(&format!("max(x{})", fill(", x"))).into()),
        ("long-sum-in-let", format!("let: {{a: x{}}}\n{}", fill("+x"), with_target("a")).into()),
        ("long-number", with_target("x").replace(": 8", &format!(": 8{}", fill("+0"))).into()),
        ("sum-of-long-sums", {
            let sums: String = (1..=3).map(|k| format!("  a{k}: x{}\n", format!("+{k}*x").repeat(9_000))).collect();
            format!("let:\n{sums}{}", with_target("a1+a2+a3")).into()
        }),
        ("one-node-too-many", with_target(&format!("x{}", "+x".repeat(20_000))).into()),
        ("deeper-when-printed", with_target(&format!("{}x{}", "x+-(".repeat(84), ")".repeat(84))).into()),
        ("doubling-sums", doubling("+").into()),
        ("doubling-powers", doubling("^").into()),
        ("let-chain", {
            let lines: String = (1..6000).map(|k| format!("  a{k}: sin(a{})\n", k - 1)).collect();
            format!("let:\n  a0: x\n{lines}{}", with_target("a5999")).into()
        }),
        ("misspelt-names", {
            let lines: String = (1..6000).map(|k| format!("  binding{k}: bindinq{k}\n")).collect();
            format!("let:\n{lines}{}", with_target("x")).into()
        }),
        ("huge-resolution", with_target("x").replace(": 8", ": 99999999999999999999").into()),
        ("not-a-number-ends", with_target("x").replace("[0, 1]", "[0/0, 1]").into()),
        ("infinite-ends", with_target("x").replace("[0, 1]", "[0, 1e999]").into()),
        ("overflowing-width", with_target("x*1e300").replace("[0, 1]", "[-1e308, 1e308]").into()),
        ("one-ulp-wide", with_target("x").replace("[0, 1]", "[1, 1.0000000000000002]").into()),
        ("weights-overflow", with_target("x").replace("[0, 1]", "[0, 1e-310]").into()),
        ("crlf-and-a-mistake", with_target("x +* 2").replace('\n', "\r\n").into()),
        ("byte-order-mark-and-a-mistake", format!("\u{feff}{}", with_target("x +* 2")).into()),
    ];
    let (mut text, mut accepted, mut times) = (String::new(), Vec::new(), Vec::new());
    for (name, bytes) in &cases {
        let (lines, time) = timed(name, bytes);
        times.push((time, *name));
        if lines.is_empty() {
            accepted.push(*name);
        }
        let _ = writeln!(text, "{name}");
        for line in &lines {
            let shown: String = line.chars().take(LONGEST_TEXT).collect();
            let _ = writeln!(text, "  {shown}");
        }
    }
    times.sort();
    println!("{} inputs, slowest {:?}", cases.len(), &times[times.len() - 5..]);
    assert!(accepted.is_empty(), "accepted: {accepted:?}");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("hostile", text);
    });
    no_defects(&text);
    let slow: Vec<_> = times.iter().filter(|(time, _)| *time > LONGEST).collect();
    assert!(slow.is_empty(), "too slow: {slow:?}");
}

/// Long but good: read, printed, constructed and dropped within the time, and evaluated right.
#[test]
fn long_input_is_read() {
    let cases = [
        ("sum", format!("x{}", "+x".repeat(19_999)), 20_000.0 * 0.5),
        ("differences", format!("x{}", "-x+x".repeat(9_999)), 0.5),
        ("powers-of-one", format!("1{}", "^x".repeat(250)), 1.0),
        ("signs", format!("{}x", "-".repeat(250)), 0.5),
        ("plus-signs", format!("{}x", fill("+")), 0.5),
        ("parentheses", format!("{}x{}", "(".repeat(250), ")".repeat(250)), 0.5),
        ("calls", format!("{}x{}", "abs(".repeat(250), ")".repeat(250)), 0.5),
        ("arguments", format!("max(x{})", ", x".repeat(19_999)), 0.5),
        ("digits", format!("x*1.{}", fill("0")), 0.5),
        ("blanks", format!("x{}+0", fill(" ")), 0.5),
    ];
    for (name, target, expected) in cases {
        let start = Instant::now();
        let spec = bumpnet_parser::parse_spec(with_target(&target).as_bytes(), "stem")
            .unwrap_or_else(|problems| panic!("{name}: {:?}", problems[0]));
        let value: f64 = spec.target.eval(&[0.5]);
        let parsed = start.elapsed();
        assert!((value - expected).abs() <= 1e-9 * expected, "{name}: {value}, not {expected}");
        let again = bumpnet_parser::parse_expression(&spec.target.to_string(), vec!["x".into()]);
        assert!(again.is_ok_and(|again| again == spec.target), "{name}: does not read back");
        drop(spec);
        println!("{name}: {parsed:?}, with printing and reading back {:?}", start.elapsed());
        assert!(start.elapsed() < LONGEST, "{name}: took {:?}", start.elapsed());
    }
}

/// Names are found without a search: 9,000 `let` lines that each use two others are read within the time.
#[test]
fn many_bindings_are_read() {
    let lines: String = (1..9_000).map(|k| format!("  binding{k}: binding{}/2+binding0\n", k - 1)).collect();
    let start = Instant::now();
    let text = format!("let:\n  binding0: x\n{lines}{}", with_target("binding40"));
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "stem").unwrap_or_else(|p| panic!("{:?}", p[0]));
    assert!((spec.target.eval::<f64>(&[0.5]) - 1.0).abs() < 1e-9);
    println!("{:?}", start.elapsed());
    assert!(start.elapsed() < LONGEST, "took {:?}", start.elapsed());
}

/// Line ends and a byte order mark are no mistakes.
#[test]
fn other_editors_files_are_read() {
    let plain = with_target("x^2");
    let expected = bumpnet_parser::parse_spec(plain.as_bytes(), "stem").unwrap();
    for (name, text) in
        [("CRLF", plain.replace('\n', "\r\n")), ("BOM", format!("\u{feff}{plain}")), ("no end", plain.trim().into())]
    {
        let spec = bumpnet_parser::parse_spec(text.as_bytes(), "stem")
            .unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        assert_eq!(spec.target, expected.target, "{name}");
        assert_eq!(spec.digest(&spec.networks[0]), expected.digest(&expected.networks[0]), "{name}");
    }
}
