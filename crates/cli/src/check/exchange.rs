//! What `check` has found, for programs that collect such results: SARIF 2.1.0 and JUnit's XML.

use std::fmt::Write;

use bumpnet_ir::text::{in_json, markup};
use serde_json::{Value, json};

use crate::check::report::{Finding, Report};
use crate::lock::Verdict;

/// The verdicts that are results, in the order of SARIF's rules, each with what it means.
const RULES: [(Verdict, &str); 7] = [
    (Verdict::ErrorRegressed, "The proved error is larger than the accepted one"),
    (Verdict::OverGate, "The proved error is larger than the spec allows"),
    (Verdict::CertificateLost, "What was proved once cannot be proved any more"),
    (Verdict::WeightsChanged, "The weights are others, the proved error is not larger"),
    (Verdict::Improved, "The proved error is smaller than the accepted one"),
    (Verdict::New, "The network is not in the lock yet"),
    (Verdict::Orphan, "The lock has a network that no spec asks for"),
];

/// A SARIF log: a result for each network that is not as accepted.
pub fn sarif(report: &Report) -> String {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|(verdict, meaning)| {
            json!({
                "id": verdict.to_string(),
                "shortDescription": {"text": meaning},
                "defaultConfiguration": {"level": level(verdict.fails())}
            })
        })
        .collect();
    let results: Vec<Value> = report.networks.iter().filter_map(result).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "bumpnet",
                "version": crate::version::VERSION,
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules
            }},
            "columnKind": "unicodeCodePoints",
            "results": results
        }]
    });
    in_json(&serde_json::to_string_pretty(&log).unwrap_or_default()) + "\n" // strings and integers
}

fn level(fails: bool) -> &'static str {
    if fails { "error" } else { "note" }
}

fn result(finding: &Finding) -> Option<Value> {
    let index = RULES.iter().position(|(verdict, _)| *verdict == finding.verdict)?;
    Some(json!({
        "ruleId": finding.verdict.to_string(),
        "ruleIndex": index,
        "level": level(finding.fails),
        "message": {"text": format!("{}: {}", finding.name, finding.message)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(&finding.file)},
            "region": {"startLine": finding.line, "startColumn": finding.column}
        }}],
        "partialFingerprints": {"network/v1": format!("{} {}", finding.name, finding.verdict)}
    }))
}

/// A path as a URI reference (RFC 3986, section 2.1): what is not unreserved, or a slash, as percent and two digits.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

/// JUnit's XML: a suite for each spec, a case for each network.
pub fn junit(report: &Report) -> String {
    let spec = |finding: &Finding| finding.name.split('/').next().unwrap_or_default().to_owned();
    let mut specs: Vec<String> = report.networks.iter().map(spec).collect();
    specs.sort();
    specs.dedup();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (all, failed) = (report.networks.len(), report.failed);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "<testsuites name=\"bumpnet check\" tests=\"{all}\" failures=\"{failed}\" errors=\"0\">");
    for name in specs {
        let cases: Vec<&Finding> = report.networks.iter().filter(|finding| spec(finding) == name).collect();
        let failures = cases.iter().filter(|finding| finding.fails).count();
        let skipped = cases.iter().filter(|finding| finding.verdict == Verdict::Orphan).count();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">",
            markup(&name),
            cases.len()
        );
        cases.iter().for_each(|finding| text += &case(finding, &name));
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

fn case(finding: &Finding, spec: &str) -> String {
    let network = finding.name.split_once('/').map_or(finding.name.as_str(), |(_, network)| network);
    let head = format!("    <testcase name=\"{}\" classname=\"{}\"", markup(network), markup(spec));
    let message = markup(&finding.message);
    let place = markup(&format!("{}:{}:{}", finding.file, finding.line, finding.column));
    let verdict = finding.verdict;
    match (finding.fails, verdict) {
        (true, _) => format!(
            "{head}>\n      <failure type=\"{verdict}\" message=\"{message}\">{place}: {message}</failure>\n    </testcase>\n"
        ),
        (_, Verdict::Orphan) => format!("{head}>\n      <skipped message=\"{message}\"/>\n    </testcase>\n"),
        (_, Verdict::Ok) => format!("{head}/>\n"),
        _ => format!("{head}>\n      <system-out>{place}: {verdict}: {message}</system-out>\n    </testcase>\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::report;
    use bumpnet_ir::text::{is_harmless, printed};

    fn findings(text: &str) -> Report {
        let finding = |verdict: Verdict| Finding {
            name: format!("{text}/{text}"),
            verdict,
            fails: verdict.fails(),
            message: text.to_owned(),
            accepted: Some(0.5),
            now: Some(0.25),
            exact: None,
            measure: None,
            loose: None,
            gate: None,
            accepted_neurons: Some(1),
            neurons: None,
            file: text.to_owned(),
            line: 1,
            column: 1,
        };
        Report::new([Verdict::OverGate, Verdict::New, Verdict::Orphan].map(finding).into())
    }

    /// Control characters, separators, marks that turn text, and what ends a string, a cell or an element somewhere.
    fn hostile() -> impl Iterator<Item = String> {
        let controls = (0..0xa0).filter_map(char::from_u32).filter(|c| c.is_control()).map(String::from);
        let marks = "\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{200f}\u{feff}\u{ffff}\u{e0041}"
            .chars()
            .map(String::from);
        let words = [
            "\"",
            "'",
            "\\",
            "\\|",
            "|",
            "`",
            "<b>",
            "&",
            "]]>",
            "-->",
            "%0A",
            "::",
            ",",
            "##[x]",
            "\n::error::",
            "\r\n##[x]",
        ];
        controls.chain(marks).chain(words.map(str::to_owned)).map(|text| format!("a{text}b"))
    }

    #[test]
    fn no_text_becomes_part_of_a_format() {
        let plain = findings("ab");
        let bars = |row: &str| row.replace("\\|", "").matches('|').count();
        for said in hostile() {
            let found = findings(&said);
            let formats = [report::table, report::json, junit, sarif, report::github, report::markdown];
            for (k, format) in formats.into_iter().enumerate() {
                let (mut text, harmless) = (format(&found), format(&plain));
                if k == 0 || k == 5 {
                    text = printed(&text); // for people
                }
                assert!(text.chars().all(|c| is_harmless(c) || c == '\n'), "{k}: {said:?}: {text}");
                assert!(!text.contains("##["), "{k}: {said:?}: {text}");
                assert_eq!(text.lines().count(), harmless.lines().count(), "{k}: {said:?}: {text}");
            }
            // Programs read the very text.
            let read: Value = serde_json::from_str(&report::json(&found)).unwrap();
            assert_eq!(read["networks"][0]["file"], said);
            let read: Value = serde_json::from_str(&sarif(&found)).unwrap();
            assert_eq!(read["runs"][0]["results"][0]["message"]["text"], format!("{said}/{said}: {said}"));
            // Neither an element, nor a row, nor a command more.
            for sign in ['<', '>', '"'] {
                assert_eq!(junit(&found).matches(sign).count(), junit(&plain).matches(sign).count(), "{said:?}");
            }
            for (row, harmless) in report::markdown(&found).lines().zip(report::markdown(&plain).lines()) {
                assert_eq!(
                    (bars(row), row.matches('`').count()),
                    (bars(harmless), harmless.matches('`').count()),
                    "{row}"
                );
            }
            let commands = |text: &str| text.lines().filter(|line| line.starts_with("::")).count();
            assert_eq!(commands(&report::github(&found)), 3);
            assert!(
                report::github(&found)
                    .lines()
                    .take(3)
                    .all(|line| line.split("::").next() == Some("") && line.matches(',').count() >= 3)
            );
        }
    }
}
