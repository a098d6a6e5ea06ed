//! Foreign text in what the commands print: names of files, descriptions and sources of specs, and what a table says of
//! itself come out as text, never as a command to a CI's runner or to a terminal.
#![cfg(unix)] // other systems have no such names of files
#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::ffi::OsString;

use bumpnet_ir::text::is_harmless;
use bumpnet_ir::{Network, Parts};
use support::{Folder, Outcome, Surroundings, run, run_in, square};

/// What a runner, a terminal or a reader would take for something else.
const HOSTILE: [&str; 8] = [
    "a\nerror: forged",
    "a\n::error::b",
    "::error::b",
    "a\r\n ::set-output name=x::y",
    "##[group]a ##vso[task.complete]",
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J",
    "a\u{202e}b\u{2028}c\u{2066}",
    "a\u{0085}::b\u{b}::c\u{c}::d",
];

/// Expects that everything that was printed is text.
#[track_caller]
fn is_text(outcome: &Outcome) {
    for text in [&outcome.out, &outcome.err] {
        for line in text.lines() {
            assert!(!line.trim_start().starts_with("::"), "{}", outcome.all());
            assert!(!line.trim_start().starts_with("error: forged"), "{}", outcome.all());
            assert!(!line.contains("##[") && !line.contains("##vso["), "{}", outcome.all());
        }
        assert!(text.chars().all(|c| is_harmless(c) || matches!(c, '\n' | '\t')), "{}", outcome.all());
    }
    assert!(outcome.code <= 3, "{}", outcome.all());
}

/// A command that must have something to say.
#[track_caller]
fn says_text(arguments: Vec<OsString>) {
    let outcome = run(arguments);
    is_text(&outcome);
    assert!(!(outcome.out.is_empty() && outcome.err.is_empty()));
}

#[test]
fn names_of_files() {
    for text in HOSTILE {
        let folder = Folder::new();
        // A name has no slash and no NUL; anything else goes.
        let name = |extension: &str| format!("specs/{}.{extension}", text.replace('/', "_"));
        let good = folder.write(&name("yaml"), format!("{}name: a\n", square(4)));
        let out = folder.path("out");
        let table = folder.path("out/a/net.json");
        says_text(arguments!["compile", good, "--out", out]);
        says_text(arguments!["compile", good, "--out", out, "--format", "json"]);
        let hostile_table = folder.write(&name("json"), std::fs::read(&table).unwrap());
        for format in ["table", "json", "junit", "sarif", "markdown"] {
            says_text(arguments!["check", good, "--out", out, "--format", format]);
        }
        says_text(arguments!["check", good, "--out", out, "--bless"]);
        says_text(arguments!["explain", good]);
        says_text(arguments!["verify", hostile_table]);
        says_text(arguments!["diff", hostile_table, folder.path("missing.json")]);
        says_text(arguments!["diff", OsString::from(format!("{text}:x.json")), table]);
        says_text(arguments!["plot", hostile_table, "--output", folder.path(&name("svg"))]);
        says_text(arguments!["plot", hostile_table, "--output", folder.path(&name("bmp"))]);
        says_text(arguments!["report", good, "--out", out, "--output", folder.path(&name("html"))]);
        says_text(arguments!["export", hostile_table, "--format", "sollya"]);
        says_text(arguments!["export", hostile_table, "--format", "vnnlib2"]);
        // Names of networks, revisions, and of specs with several networks.
        let both = square(4) + "  also: {method: bumps, activation: ramp, resolution: 3}\n";
        let two = folder.write(&format!("two/{}.yaml", text.replace('/', "_")), format!("{both}name: two\n"));
        says_text(arguments!["export", two, "--format", "c"]);
        says_text(arguments!["explain", OsString::from(format!("{}#{text}", two.display()))]);
        says_text(arguments!["compile", OsString::from(format!("{}#net", two.display()))]);
        says_text(arguments!["diff", OsString::from(format!("-{text}:x.json")), table]);
        says_text(arguments!["plot", good, "--slice", text, "--out", out]);
        says_text(arguments!["new", good]);
        says_text(arguments!["eval", table, "--input", folder.write(&name("csv"), format!("{text}\n1\n"))]);
        says_text(arguments!["eval", table, "--input", folder.write(&name("npy"), text)]);
        says_text(arguments!["eval", table, "--at", text]);
        says_text(arguments![text]);
        // And where something is wrong with them, before a terminal too.
        let bad = folder
            .write(&format!("bad/{}.yaml", text.replace('/', "_")), square(4).replace("x^2", &format!("{text}\u{9b}")));
        for command in ["compile", "check", "explain", "report", "study"] {
            says_text(arguments![command, bad]);
            says_text(arguments![command, folder.path(&format!("missing/{text}"))]);
        }
        let watched = run_in(
            arguments!["compile", bad, "--out", out],
            Surroundings { terminal: true, ..Surroundings::default() },
        );
        let colour = |rest: &str| {
            rest.strip_prefix('[')
                .is_some_and(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m'))
        };
        assert!(
            watched.err.split('\u{1b}').skip(1).all(colour) && !watched.err.contains('\u{9b}'),
            "{}",
            watched.all()
        );
        let lock = folder.write("specs/bumpnet.lock", text);
        says_text(arguments!["check", good, "--out", out]);
        std::fs::remove_file(lock).unwrap();
    }
}

#[test]
fn descriptions_and_sources() {
    for text in HOSTILE {
        let folder = Folder::new();
        let quoted = bumpnet_ir::text::json(text); // YAML reads strings of JSON
        let spec = folder.write("a.yaml", format!("{}description: {quoted}\nsource: {quoted}\n", square(4)));
        says_text(arguments!["explain", spec]);
        says_text(arguments!["compile", spec, "--out", folder.path("out")]);
        says_text(arguments!["report", spec, "--out", folder.path("out")]);
        let page = folder.read("out/report.html");
        assert!(page.chars().all(|c| is_harmless(c) || matches!(c, '\n' | '\t')), "{text:?}");
    }
}

/// A table may say anything of its proof.
#[test]
fn what_a_table_says() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", square(4));
    run(arguments!["compile", spec, "--out", folder.path("out")]).clean();
    let good = folder.path("out/a/net.json");
    for text in HOSTILE {
        let network = Network::from_json(&folder.read("out/a/net.json")).unwrap();
        let mut stated = network.certificate.clone().unwrap();
        (stated.method, stated.note) = (text.to_owned(), Some(text.to_owned()));
        let network = network.with_certificate(Some(stated));
        let table = folder.write("table.json", network.to_json());
        for arguments in [
            arguments!["verify", table],
            arguments!["diff", good, table],
            arguments!["eval", table, "--at", "0"],
            arguments!["time", table, "--points", "100"],
            arguments!["plot", table, "--out", folder.path("plots")],
            arguments!["report", table, "--output", folder.path("report.html")],
        ] {
            says_text(arguments);
        }
        for format in ["c", "rust", "csv", "dot", "vnnlib", "sollya"] {
            is_text(&run(arguments!["export", table, "--format", format]));
        }
        let changes: [&dyn Fn(&mut Parts); 3] =
            [&|parts| parts.inputs[0].name = text.to_owned(), &|parts| parts.target = format!("x{text}"), &|parts| {
                parts.name = format!("a/{text}")
            }];
        for change in changes {
            let mut parts = network.clone().into_parts();
            change(&mut parts);
            let table = folder.write("table.json", parts.to_json());
            for command in ["verify", "plot", "explain"] {
                let outcome = run(arguments![command, table]);
                is_text(&outcome);
            }
            run(arguments!["plot", table, "--out", folder.path("plots")]).refused(2, &["error: "]);
        }
    }
}

/// Annotations are commands, with the text in them escaped.
#[test]
fn annotations_are_ours_alone() {
    for text in HOSTILE {
        let folder = Folder::new();
        let name = format!("specs/{}.yaml", text.replace('/', "_"));
        let spec = folder.write(&name, format!("{}name: a\n", square(4)));
        let arguments = arguments!["check", spec, "--out", folder.path("out"), "--format", "github"];
        let outcome = run(arguments);
        let commands: Vec<&str> = outcome.out.lines().filter(|line| line.trim_start().starts_with("::")).collect();
        assert_eq!(commands.len(), 1, "{}", outcome.all());
        assert!(commands[0].starts_with("::notice file=") && commands[0].contains(",line=5,"), "{}", outcome.all());
    }
}
