//! Hostile inputs, made here: whatever the bytes are, a diagnostic with its place, exit code 2, little text, no panic,
//! and no long wait.

mod support;

use std::time::{Duration, Instant};

use bumpnet_adversary::random::Random;
use support::{Folder, Outcome, run};

/// Most text that is said about a file with one error.
const MOST_TEXT: usize = 4096;
/// Longest wait; the aim is a second, the rest is for slow and busy machines.
const LONGEST: Duration = Duration::from_secs(8);

/// Compiles a file of these bytes.
fn compile(bytes: &[u8]) -> Outcome {
    let folder = Folder::new();
    let path = folder.write("hostile.yaml", bytes);
    let start = Instant::now();
    let outcome = run(arguments!["compile", path, "--out", folder.path("out")]);
    assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
    outcome
}

/// Expects one short diagnostic at this place, with a caret and these words.
#[track_caller]
fn refused(bytes: &[u8], place: &str, words: &[&str]) -> String {
    let said = compile(bytes).refused(2, &[&format!("hostile.yaml:{place}")]);
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
    assert!(said.contains('^') && said.len() < MOST_TEXT, "{} bytes\n{said}", said.len());
    said
}

/// A spec of this target.
fn spec(target: &str) -> String {
    support::square(8).replace("x^2", target)
}

#[test]
fn random_bytes() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for length in [1, 2, 3, 10, 100, 1000, 10_000, 100_000, 1_000_000] {
        for _ in 0..8 {
            let bytes: Vec<u8> = (0..length).map(|_| random.bits() as u8).collect();
            let said = compile(&bytes).refused(2, &["hostile.yaml:", "error: "]);
            assert!(said.len() < MOST_TEXT, "{} bytes\n{said}", said.len());
        }
    }
}

#[test]
fn random_printable_text() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..300 {
        let text: String = (0..200).map(|_| char::from(b' ' + (random.bits() % 95) as u8)).collect();
        compile(spec(&text).as_bytes()).says(&["hostile.yaml:"]);
    }
}

/// One byte of a good spec is replaced. It may stay good; it may never panic, nor be refused without a place.
#[test]
fn damaged_specs() {
    let good = "version: 1\nname: some\nlet: {a: 0.5}\ntarget: a*sin(x)\ndomain: {x: [0, 1]}\nnetworks:\n  \
                net: {method: bumps, activation: ramp, resolution: 8}\ngate: {max_error: 0.5}\n";
    assert_eq!(compile(good.as_bytes()).code, 0);
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut refused = 0;
    for _ in 0..300 {
        let mut bytes = good.as_bytes().to_vec();
        let at = (random.bits() % bytes.len() as u64) as usize;
        bytes[at] = random.bits() as u8;
        let outcome = compile(&bytes);
        match outcome.code {
            0 | 1 => assert!(!outcome.out.is_empty(), "{}", outcome.all()),
            _ => refused += usize::from(!outcome.refused(2, &["error: ", "hostile.yaml:"]).is_empty()),
        }
    }
    assert!(refused > 150, "only {refused} of 300 were refused");
}

#[test]
fn too_large_a_file() {
    refused(&vec![b'#'; 2 << 20], "1:1", &["1 MiB"]);
    let spec = spec("x") + "# " + &"y".repeat(2 << 20);
    refused(spec.as_bytes(), "1:1", &["1 MiB"]);
}

#[test]
fn the_largest_file_is_read() {
    let spec = spec("x") + "#";
    let spec = spec.clone() + &"y".repeat((1 << 20) - spec.len());
    assert_eq!(compile(spec.as_bytes()).code, 0);
    refused((spec + "y").as_bytes(), "1:1", &["1 MiB"]);
}

#[test]
fn brackets() {
    for open in ["[", "{", "- ", "? ", "[{a: ", "{{", "\"[", "&a [", "!!seq ["] {
        let said = compile(open.repeat(200_000).as_bytes()).refused(2, &["hostile.yaml:1:"]);
        assert!(said.len() < MOST_TEXT, "{said}");
    }
    refused(spec(&"[".repeat(200_000)).as_bytes(), "2:", &["error"]);
}

#[test]
fn alias_bombs() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (from, to) in ('a'..='h').zip('b'..='i') {
        bomb += &format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 9].join(", "));
    }
    refused(bomb.as_bytes(), "1:4", &["an anchor"]);
    let scalar = format!("text: &a {}\nlist: [{}]\n", "x".repeat(100_000), vec!["*a"; 20_000].join(", "));
    refused(scalar.as_bytes(), "1:7", &["an anchor"]);
    refused(b"<<: *a\n", "1:", &[]);
}

#[test]
fn deep_targets() {
    let deep = "nested deeper than 256";
    for (open, close) in [("(", ")"), ("-", ""), ("sin(", ")"), ("x^", ""), ("if(x<1,", ",x)"), ("2*(", ")")] {
        let most = 900_000 / (open.len() + close.len());
        for count in [300, most.min(200_000)] {
            let target = format!("\"{}x{}\"", open.repeat(count), close.repeat(count));
            refused(spec(&target).as_bytes(), "2:", &[deep]);
            // The other ends are missing.
            let target = format!("\"{}\"", open.repeat(count));
            compile(spec(&target).as_bytes()).refused(2, &["hostile.yaml:2:"]);
        }
    }
}

#[test]
fn long_sums() {
    let sum = |count: usize| spec(&format!("\"x{}\"", "+x-x*x/1".repeat(count)));
    // Read, evaluated and dropped without running out of stack, but refused by its values.
    let bad = sum(2000).replace("resolution: 8", "resolution: 1, output: logistic");
    compile(bad.as_bytes()).refused(2, &["hostile.yaml:2:", "between 0 and 1"]);
    refused(sum(100_000).as_bytes(), "2:", &["more than 20000"]);
}

#[test]
fn an_error_amid_a_line_of_a_mebibyte() {
    let half = vec!["x*0.5"; 80_000].join("+");
    let said = refused(spec(&format!("{half}+nope+{half}")).as_bytes(), "2:480009", &["unknown name `nope`"]);
    let lines: Vec<&str> = said.lines().collect();
    let line = lines.iter().position(|line| line.contains("+nope+")).expect("the place is shown");
    assert_eq!(lines[line].find("nope"), lines[line + 1].find('^'), "the caret stands below the error\n{said}");
    assert_eq!(said.matches("hostile.yaml").count(), 1, "one place\n{said}");
    refused(spec(&format!("{half}+ $ +{half}")).as_bytes(), "2:480010", &[" $ "]);
}

#[test]
fn nul_bytes() {
    refused(&[0; 1000], "1:1", &["error: "]);
    refused(spec("x^2\0").as_bytes(), "2:12", &["error: "]);
    refused((spec("x^2") + "\0").as_bytes(), "6:1", &["error: "]);
}

#[test]
fn carriage_returns_and_a_byte_order_mark() {
    let bad = spec("x").replace("[0, 1]", "[0, oops]").replace('\n', "\r\n");
    let said = refused(bad.as_bytes(), "3:17", &["unknown name `oops`"]);
    assert!(!said.contains('\r'), "{said:?}");
    let good = spec("x").replace('\n', "\r\n");
    assert_eq!(compile(good.as_bytes()).code, 0);
    assert_eq!(compile(("\u{feff}".to_owned() + &good).as_bytes()).code, 0);
    refused(("\u{feff}".to_owned() + &spec("y")).as_bytes(), "2:9", &["unknown name `y`"]);
    refused("\u{feff}".as_bytes(), "1:", &["empty"]);
}

/// What is wrong is no text, so the path alone says where.
#[test]
fn paths_that_are_no_specs() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("empty")).unwrap();
    std::fs::create_dir(folder.path("folder.yaml")).unwrap();
    folder.write("text/notes.txt", "version: 1");
    let file = folder.write("square.yaml", support::square(8));
    let out = folder.path("out");
    for (name, words) in [
        ("missing.yaml", "no such file"),
        ("empty", "no spec (*.yaml, *.yml)"),
        ("folder.yaml", "no spec (*.yaml, *.yml)"),
        ("text", "no spec (*.yaml, *.yml)"),
        ("square.yaml/inner.yaml", "cannot read"),
        ("square.yaml#net", "this command is for all networks of a spec: write "),
    ] {
        let path = folder.path(name);
        for paths in [arguments![path], arguments![file, path]] {
            let all = [arguments!["compile", "--out", out], paths].concat();
            let said = run(all).refused(2, &["error: ", words]);
            assert!(said.contains(&path.display().to_string()) && said.len() < MOST_TEXT, "{said}");
        }
        let target = format!("{}#net", path.display());
        run(arguments!["explain", target]).refused(2, &["error: cannot read"]);
        run(arguments!["eval", target, "--at", "0"]).refused(2, &["error: cannot read"]);
    }
    // A folder of that name may hold specs.
    folder.write("folder.yaml/inner.yaml", support::square(8));
    run(arguments!["compile", folder.path("folder.yaml"), "--out", out]).clean();
}

#[cfg(unix)]
#[test]
fn unreadable_files() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new();
    let path = folder.write("private.yaml", support::square(8));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads it all the same.
    if std::fs::read(&path).is_err() {
        run(arguments!["compile", path]).refused(2, &["cannot read", "private.yaml: permission denied"]);
    }
    symlink("loop.yaml", folder.path("loop.yaml")).unwrap();
    run(arguments!["compile", folder.path("loop.yaml")]).refused(2, &["cannot read", "loop.yaml: "]);
    // Opens, but does not read.
    if cfg!(target_os = "linux") {
        symlink("/proc/self/mem", folder.path("memory.yaml")).unwrap();
        run(arguments!["compile", folder.path("memory.yaml")]).refused(2, &["cannot read", "memory.yaml: "]);
    }
}

/// A folder that holds a link to itself.
#[cfg(unix)]
#[test]
fn links_that_run_in_a_circle() {
    let folder = Folder::new();
    folder.write("specs/square.yaml", support::square(8));
    std::os::unix::fs::symlink(".", folder.path("specs/self")).unwrap();
    let out = folder.path("out");
    let lines = run(arguments!["compile", folder.path("specs"), "--out", out, "--format", "json"]).clean();
    assert_eq!(lines.lines().count(), 1, "{lines}");
}

/// Runs a command that could wait for ever, but not for us.
#[cfg(unix)]
fn in_time(arguments: Vec<std::ffi::OsString>) -> Outcome {
    let (ended, end) = std::sync::mpsc::channel();
    std::thread::spawn(move || ended.send(run(arguments)));
    end.recv_timeout(LONGEST).expect("it ends")
}

/// What is no file could keep a reader waiting for ever.
#[cfg(unix)]
#[test]
fn pipes_and_devices_are_no_files() {
    let folder = Folder::new();
    let spec = folder.write("good.yaml", support::square(8));
    let table = folder.path("out/good/net.json");
    run(arguments!["compile", spec, "--out", folder.path("out")]).clean();
    for name in ["pipe.yaml", "pipe.json", "pipe.csv", "pipe.npy"] {
        let made = std::process::Command::new("mkfifo").arg(folder.path(name)).status();
        assert!(made.is_ok_and(|status| status.success()));
    }
    std::os::unix::fs::symlink("/dev/zero", folder.path("zero.yaml")).unwrap();
    let no_file = "it is a pipe or a device, not a file";
    for name in ["pipe.yaml", "zero.yaml"] {
        for command in ["compile", "check", "explain", "study"] {
            in_time(arguments![command, folder.path(name)]).refused(2, &["cannot read", name, no_file]);
        }
    }
    for command in ["verify", "plot", "time"] {
        in_time(arguments![command, folder.path("pipe.json")]).refused(2, &["cannot read", "pipe.json", no_file]);
    }
    for name in ["pipe.csv", "pipe.npy"] {
        in_time(arguments!["eval", table, "--input", folder.path(name)]).refused(2, &["cannot read", name, no_file]);
        // Nor is a file put in its place.
        in_time(arguments!["eval", table, "--at", "0", "--output", folder.path(name)])
            .refused(2, &["cannot write", name, no_file]);
    }
}

/// The first files with errors, and how many more there are.
#[test]
fn many_files_with_errors() {
    let folder = Folder::new();
    for k in 0..50 {
        folder.write(&format!("specs/{k}.yaml"), spec("y"));
    }
    let said = run(arguments!["compile", folder.path("specs"), "--out", folder.path("out")]).refused(2, &[]);
    assert_eq!(said.matches("unknown name `y`").count(), 20, "{said}");
    assert!(said.ends_with("... and 30 more files with errors\n"), "{said}");
}

/// Of what is long, the beginning is shown.
#[test]
fn long_words() {
    let folder = Folder::new();
    let file = folder.write("a.yaml", support::square(8));
    let long = "nope".repeat(25_000);
    for arguments in [
        arguments!["eval", file, "--at", long],
        arguments!["eval", file, "--at", format!("0,{long}")],
        arguments!["eval", file, "--input", folder.write("a.csv", &long)],
        arguments!["eval", file, "--input", folder.write("b.csv", format!("x\n{long}"))],
    ] {
        let said = run(arguments).refused(2, &["nope"]);
        assert!(said.len() < 1000, "{} bytes", said.len());
    }
}
