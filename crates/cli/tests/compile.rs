//! `compile`: the JSON lines, the tables, the cache, and what happens beside bad specs.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bumpnet_ir::Network;
use bumpnet_runner::Evaluator;
use support::{Folder, Outcome, repository, run, spec_with, square};

/// The keys of a JSON line, in order.
const KEYS: [&str; 11] =
    ["spec", "network", "neurons", "parameters", "lower", "upper", "evaluated", "argmax", "rms", "seconds", "table"];

/// The keys of a JSON object in the order of the text.
fn keys(line: &str) -> Vec<String> {
    struct Keys(Vec<String>);
    impl<'de> serde::Deserialize<'de> for Keys {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Keys, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Keys;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                    let mut keys = Vec::new();
                    while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                        keys.push(key);
                    }
                    Ok(Keys(keys))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    serde_json::from_str::<Keys>(line).unwrap_or_else(|error| panic!("{line}: {error}")).0
}

/// The JSON lines of a result.
fn lines(out: &str) -> Vec<serde_json::Value> {
    assert!(out.ends_with('\n'), "{out:?}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Compiles a path of the folder into its folder `out`, with JSON lines.
fn compile(folder: &Folder, path: &str, more: &[&str]) -> Outcome {
    let mut all = arguments!["compile", folder.path(path), "--out", folder.path("out"), "--format", "json"];
    all.extend(more.iter().map(Into::into));
    run(all)
}

/// Reads a table as anybody would.
fn table(path: &Path) -> Network {
    Network::from_json(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Sets a file's time far back; a file that is written anew loses it.
fn age(path: &Path) -> SystemTime {
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    long_ago
}

fn modified(path: &Path) -> SystemTime {
    std::fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn json_lines() {
    let folder = Folder::new();
    let networks = "one: {method: bumps, activation: logistic, resolution: 20}\n\
                    two: {method: bumps, activation: ramp, resolution: 7, layout: pairs}";
    folder.write("specs/b.yaml", spec_with(networks));
    folder.write("specs/a.yaml", square(3));
    let outcome = compile(&folder, "specs", &[]);
    assert_eq!(outcome.err, "");
    let out = outcome.clean();
    for line in out.lines() {
        assert_eq!(keys(line), KEYS, "{line}");
    }
    let lines = lines(&out);
    let names: Vec<String> = lines.iter().map(|line| format!("{}/{}", line["spec"], line["network"])).collect();
    assert_eq!(names, [r#""a"/"net""#, r#""b"/"one""#, r#""b"/"two""#]);
    for line in &lines {
        let path = PathBuf::from(line["table"].as_str().unwrap());
        let (spec, name) = (line["spec"].as_str().unwrap(), line["network"].as_str().unwrap());
        assert_eq!(path, folder.path("out").join(spec).join(format!("{name}.json")));
        let network = table(&path);
        assert_eq!(network.name, format!("{spec}/{name}"));
        assert_eq!(line["neurons"], network.neurons());
        assert_eq!(line["parameters"], network.parameters());
        let at = line["argmax"][0].as_f64().unwrap();
        let error = (Evaluator::new(&network).eval(&[at]) - at * at).abs();
        let (lower, upper) = (line["lower"].as_f64().unwrap(), line["upper"].as_f64().unwrap());
        let within = lower * (1.0 - 1e-12)..=upper * (1.0 + 1e-12);
        assert!(within.contains(&error) && upper <= 1.01 * lower, "{error:?} at the place\n{line}");
        let (low, high) = (line["rms"][0].as_f64().unwrap(), line["rms"][1].as_f64().unwrap());
        assert!(0.0 < low && low <= high && high <= upper, "{line}");
        assert!((0.0..600.0).contains(&line["seconds"].as_f64().unwrap()));
    }
    // x^2 on three cells with heaviside steps: 1 - (5/6)^2 at the end.
    assert_eq!(lines[0]["argmax"][0], 1.0);
    assert!((lines[0]["upper"].as_f64().unwrap() - 11.0 / 36.0).abs() < 1e-14);
    assert_eq!((&lines[0]["neurons"], &lines[0]["parameters"]), (&2.into(), &7.into()));
}

#[test]
fn a_table_for_people() {
    let folder = Folder::new();
    folder.write("specs/a.yaml", square(3) + "gate: {max_error: 0.5}\n");
    folder.write("specs/b.yaml", square(4) + "gate: {max_error: 0.01}\n");
    let outcome = run(arguments!["compile", folder.path("specs"), "--out", folder.path("out")]);
    assert_eq!(outcome.code, 1, "{}", outcome.all());
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let text = format!("{}\n--- standard error\n{}", trimmed(&outcome.out), outcome.err);
    snapshot!("compile-table", folder.redact(&text));
}

#[test]
fn unchanged_specs_are_not_compiled_again() {
    let folder = Folder::new();
    folder.write("a.yaml", square(20));
    let first = compile(&folder, "a.yaml", &[]).clean();
    let path = folder.path("out/a/net.json");
    let bytes = std::fs::read(&path).unwrap();
    let long_ago = age(&path);
    // The cache knows the content, not the file's spelling.
    folder.write("a.yaml", format!("# a comment\n{}description: other words\n", square(20)));
    let second = compile(&folder, "a.yaml", &[]).clean();
    assert_eq!(modified(&path), long_ago);
    assert_eq!(without_seconds(&first), without_seconds(&second));

    let forced = compile(&folder, "a.yaml", &["--force"]).clean();
    assert_ne!(modified(&path), long_ago);
    assert_eq!((without_seconds(&forced), std::fs::read(&path).unwrap()), (without_seconds(&first), bytes));
}

#[test]
fn a_table_is_always_that_of_its_spec() {
    let folder = Folder::new();
    folder.write("a.yaml", square(20));
    let first = compile(&folder, "a.yaml", &[]).clean();
    let path = folder.path("out/a/net.json");
    let good = std::fs::read_to_string(&path).unwrap();
    let expect_restored = |what: &str| {
        let again = compile(&folder, "a.yaml", &[]).clean();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), good, "after {what}");
        assert_eq!(without_seconds(&again), without_seconds(&first), "after {what}");
    };
    std::fs::remove_file(&path).unwrap();
    expect_restored("it was deleted");
    std::fs::write(&path, good.replacen("0.", "1.", 1)).unwrap();
    expect_restored("it was tampered with");
    std::fs::write(&path, &good[..good.len() / 2]).unwrap();
    expect_restored("it was cut");
    std::fs::write(&path, "").unwrap();
    expect_restored("it was emptied");
    compile(&folder, "a.yaml", &["--resolution", "5"]).clean();
    assert_ne!(std::fs::read_to_string(&path).unwrap(), good);
    expect_restored("another resolution");

    // Whatever stands in the cache, the answer is right.
    let cache = support::files_below(&folder.path("out/.cache"));
    assert!(!cache.is_empty());
    for text in ["", "{", "null", "\u{0}", "[1, 2]"] {
        cache.iter().for_each(|record| std::fs::write(record, text).unwrap());
        expect_restored(&format!("the cache held {text:?}"));
    }
    std::fs::remove_dir_all(folder.path("out/.cache")).unwrap();
    expect_restored("the cache was deleted");
    folder.write("a.yaml", square(21));
    compile(&folder, "a.yaml", &[]).clean();
    assert_eq!(table(&path).neurons(), 20, "a changed spec is compiled");
}

#[test]
fn another_resolution() {
    let folder = Folder::new();
    let networks = "uniform: {method: bumps, activation: heaviside, resolution: 4}\n\
                    pairs: {method: bumps, activation: heaviside, resolution: 4, layout: pairs}\n\
                    edges: {method: bumps, activation: heaviside, placement: {given: [0, 0.5, 1]}}\n\
                    heights: {method: bumps, activation: heaviside, heights: {given: [0.1, 0.2, 0.3]}}";
    folder.write("a.yaml", spec_with(networks));
    let outcome = compile(&folder, "a.yaml", &["--resolution", "9"]);
    outcome.says(&["note: a/edges keeps its resolution", "note: a/heights keeps its resolution"]);
    assert_eq!(outcome.err.lines().count(), 2, "{}", outcome.err);
    let neurons: Vec<_> = lines(&outcome.clean()).iter().map(|line| line["neurons"].as_u64()).collect();
    assert_eq!(neurons, [8, 18, 1, 2].map(Some));
}

/// JSON lines without the time they took.
fn without_seconds(out: &str) -> String {
    let mut lines = lines(out);
    lines.iter_mut().for_each(|line| drop(line.as_object_mut().unwrap().remove("seconds")));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let compiled = |jobs: &[&str]| {
        let folder = Folder::new();
        let specs = repository().join("specs/chapter4");
        let mut all = arguments!["compile", specs, "--out", folder.path("out"), "--format", "json"];
        all.extend(jobs.iter().map(Into::into));
        let outcome = run(all);
        let tables = || folder.files().into_iter().filter(|name| !name.contains(".cache"));
        let tables: Vec<_> = tables().map(|name| (folder.read(&name), name)).collect();
        assert!(tables.len() >= 10, "{}", tables.len());
        (folder.redact(&without_seconds(&outcome.clean())), tables)
    };
    let (out, tables) = compiled(&["--jobs", "1"]);
    for jobs in [&["--jobs", "2"][..], &["--jobs", "7"], &[]] {
        let (other_out, other_tables) = compiled(jobs);
        assert_eq!(out, other_out, "{jobs:?}");
        assert!(tables == other_tables, "{jobs:?}: the tables differ");
    }
}

#[test]
fn a_name_is_given_once() {
    let folder = Folder::new();
    folder.write("specs/a.yaml", square(8));
    folder.write("specs/b.yaml", format!("name: a\n{}", square(9)));
    folder.write("specs/c.yaml", square(10));
    let outcome = compile(&folder, "specs", &[]);
    outcome.says(&["the name `a` is taken by", "a.yaml", "b.yaml:1:1"]);
    assert_eq!((outcome.code, lines(&outcome.out).len()), (2, 2), "{}", outcome.all());
    assert_eq!(table(&folder.path("out/a/net.json")).neurons(), 7, "the first keeps its name");
}

#[test]
fn a_file_that_is_named_twice_is_compiled_once() {
    let folder = Folder::new();
    let path = folder.write("specs/a.yaml", square(8));
    let (specs, out) = (folder.path("specs"), folder.path("out"));
    let out = run(arguments!["compile", specs, path, specs.join("./a.yaml"), "--out", out, "--format", "json"]);
    assert_eq!(lines(&out.clean()).len(), 1);
}

#[test]
fn folders_are_searched_in_order() {
    let folder = Folder::new();
    for name in ["b.yml", "a.yaml", "deep/er/z.yaml", "c.yaml.txt", ".hidden/h.yaml", "notes.md"] {
        folder.write(&format!("specs/{name}"), square(2));
    }
    let lines = lines(&compile(&folder, "specs", &[]).clean());
    let names: Vec<_> = lines.iter().map(|line| line["spec"].as_str().unwrap()).collect();
    assert_eq!(names, ["a", "b", "z"]);
}

#[test]
fn gates() {
    let folder = Folder::new();
    let gated = |gate: f64| format!("{}gate: {{max_error: {gate:?}}}\n", square(2));
    folder.write("a.yaml", gated(0.5));
    let evaluated = lines(&compile(&folder, "a.yaml", &[]).clean())[0]["evaluated"].as_f64().unwrap();
    // What runs is held to it. The error of x^2 on 2 heaviside cells is 1 - (3/4)^2. A gate has no tolerance, and equality is met.
    let error = 7.0f64 / 16.0;
    assert!((evaluated - error).abs() < 1e-14, "{evaluated:?}");
    folder.write("a.yaml", gated(evaluated));
    compile(&folder, "a.yaml", &[]).clean();
    folder.write("a.yaml", gated(error.next_down()));
    let outcome = compile(&folder, "a.yaml", &[]);
    outcome.says(&["a/net", "over its gate", &format!("{:?}", error.next_down())]);
    assert_eq!((outcome.code, lines(&outcome.out).len()), (1, 1), "{}", outcome.all());
    assert!(folder.path("out/a/net.json").is_file());
    // A network's own gate comes before the file's.
    let own = square(2).replace("resolution: 2", "resolution: 2, gate: {max_error: 0.5}") + "gate: {max_error: 0.1}\n";
    folder.write("a.yaml", own);
    compile(&folder, "a.yaml", &[]).clean();
}

#[test]
fn good_specs_are_compiled_beside_bad_ones() {
    let folder = Folder::new();
    folder.write("specs/a.yaml", square(8));
    folder.write("specs/b.yaml", square(8).replace("x^2", "x^y"));
    folder.write("specs/c.yaml", square(8).replace("x^2", "1/x"));
    folder.write("specs/d.yaml", square(8) + "gate: {max_error: 1e-9}\n");
    let outcome = compile(&folder, "specs", &[]);
    outcome.says(&["b.yaml:2:11", "c.yaml:2:", "d/net", "over its gate"]);
    let compiled = lines(&outcome.out);
    let names: Vec<_> = compiled.iter().map(|line| line["spec"].as_str().unwrap()).collect();
    assert_eq!((names, outcome.code), (vec!["a", "d"], 2), "bad input outweighs a gate");
    assert!(folder.path("out/a/net.json").is_file() && folder.path("out/d/net.json").is_file());
    assert!(!folder.path("out/b").exists() && !folder.path("out/c").exists());
}

#[test]
fn names_stay_within_the_output_folder() {
    let long = "a".repeat(101);
    let names = [
        "..",
        ".",
        "../evil",
        "../../evil",
        "a/b",
        "/tmp/evil",
        "a\\\\b",
        "C:evil",
        "~",
        "$HOME",
        "a\\0b",
        ".cache",
        "",
        " ",
        "-x",
        "nul\\n",
        &long,
    ];
    for name in names {
        let quoted = format!("\"{name}\"");
        for (text, file) in [
            (format!("name: {quoted}\n{}", square(2)), "inner/a.yaml"),
            (square(2).replace("net:", &format!("{quoted}:")), "inner/a.yaml"),
        ] {
            let folder = Folder::new();
            folder.write(file, text);
            let all = arguments!["compile", folder.path(file), "--out", folder.path("inner/out")];
            run(all).refused(2, &["cannot be a name", "inner/a.yaml:"]);
            assert_eq!(folder.files(), [file], "{name:?}");
        }
    }
    for stem in ["a b", ".", "a..b", "-x", "café"] {
        let folder = Folder::new();
        let file = format!("inner/{stem}.yaml");
        folder.write(&file, square(2));
        let all = arguments!["compile", folder.path(&file), "--out", folder.path("inner/out")];
        run(all).refused(2, &["cannot be a name", "give the spec a `name:`"]);
        assert_eq!(folder.files(), [file]);
    }
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", square(2));
    let file = folder.write("file", "mine");
    // A file where the folder, a folder within it, or the folder of a table should be.
    folder.write("out1/a", "mine");
    std::fs::create_dir_all(folder.path("out2/a/net.json")).unwrap();
    for out in [file.clone(), file.join("below"), folder.path("out1"), folder.path("out2")] {
        let words = ["error: cannot write", &out.display().to_string()];
        run(arguments!["compile", spec, "--out", out]).refused(2, &words);
    }
    assert_eq!((folder.read("file"), folder.read("out1/a")), ("mine".into(), "mine".into()));
    let left: Vec<_> = folder.files().into_iter().filter(|name| name.ends_with(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The cache saves work; without it all is the same. A file or a folder in its place is left alone, and spoken of.
#[test]
fn a_cache_that_cannot_be_written() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", square(2));
    folder.write("out1/.cache", "mine");
    std::fs::create_dir_all(folder.path("out2/.cache/a/net.json/kept")).unwrap();
    for name in ["out1", "out2"] {
        for _ in 0..2 {
            let outcome = run(arguments!["compile", spec, "--out", folder.path(name)]);
            outcome.says(&["note: 1 network will be made anew the next time: cannot write", ".cache"]);
            outcome.clean();
        }
        assert!(folder.path(&format!("{name}/a/net.json")).is_file());
    }
    assert!(folder.path("out2/.cache/a/net.json/kept").is_dir() && folder.read("out1/.cache") == "mine");
}

/// What is proved stands in the table, whose digest is looked at; a record of the cache has none of it.
#[test]
fn a_record_has_no_certificate() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", square(2));
    let arguments = || arguments!["compile", spec, "--out", folder.path("out"), "--format", "json"];
    let without_time = |line: &str| line.split(",\"seconds\"").next().unwrap().to_owned();
    let first = without_time(&run(arguments()).clean());
    let record = folder.read("out/.cache/a/net.json");
    assert!(!record.contains("evaluated") && !record.contains("certificate"), "{record}");
    assert_eq!(without_time(&run(arguments()).clean()), first);
}

/// A search that takes long ends with its time: what is finished is kept, and what is not is made anew.
#[test]
fn a_time_that_is_over() {
    let folder = Folder::new();
    let slow = "version: 1\ntarget: sin(1e6*x)\ndomain: {x: [0, 1]}\nnetworks:\n  n: {method: auto, max_error: 1e-3}\n";
    let spec = folder.write("slow.yaml", slow);
    let timed = |seconds: &str| {
        run(vec![
            "compile".into(),
            spec.clone().into(),
            "--out".into(),
            folder.path("out").into(),
            "--timeout".into(),
            seconds.into(),
        ])
    };
    let Outcome { code, out, err } = timed("0.05");
    assert!(code == 1 && out.contains("stopped"), "{code} {out} {err}");
    assert!(err.contains("the time of --timeout is over; 1 network did not come to an end"), "{err}");
    let table = std::fs::read_to_string(folder.path("out/slow/n.json")).unwrap();
    assert!(Network::from_json(&table).unwrap().certificate.is_some());
    assert!(!folder.path("out/.cache/slow/n.json").exists());
    for wrong in ["0", "-1", "soon"] {
        assert_eq!(timed(wrong).code, 2);
    }
}
