//! What `check` has found, for programs that collect such results: SARIF 2.1.0 and JUnit's XML.

use std::fmt::Write;

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
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n" // strings and integers
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
            xml(&name),
            cases.len()
        );
        cases.iter().for_each(|finding| text += &case(finding, &name));
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

fn case(finding: &Finding, spec: &str) -> String {
    let network = finding.name.split_once('/').map_or(finding.name.as_str(), |(_, network)| network);
    let head = format!("    <testcase name=\"{}\" classname=\"{}\"", xml(network), xml(spec));
    let message = xml(&finding.message);
    let place = xml(&format!("{}:{}:{}", finding.file, finding.line, finding.column));
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

/// Text in XML 1.0, which has no way to write most control characters.
fn xml(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}
