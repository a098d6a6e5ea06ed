//! What `check` has found, from which every format is made; and the plain formats: JSON, GitHub's annotations, Markdown.

use bumpnet_ir::text;
use schemars::JsonSchema;
use serde::Serialize;

use crate::compile::{loose_words, round_up};
use crate::context::{plural, table_text};
use crate::lock::Verdict;

/// The format's name and version.
const FORMAT: &str = "bumpnet-check/1";
/// Most rows of a Markdown table: a job summary holds 1 MiB, a row about 150 bytes. Heuristic.
const MOST_ROWS: usize = 500;

/// The result of a run.
#[derive(Serialize, JsonSchema)]
pub struct Report {
    /// `bumpnet-check/1`.
    format: &'static str,
    /// How many networks fail.
    pub failed: usize,
    /// Every network that was checked, and those that only the lock has.
    pub networks: Vec<Finding>,
}

/// What is said of one network.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Finding {
    /// `spec/network`.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether it makes the check fail.
    pub fails: bool,
    /// The verdict in words.
    pub message: String,
    /// The proved error that was accepted, of the network as it is evaluated. Where the lock is older and does not say,
    /// of the network in exact arithmetic, and then `now` too.
    pub accepted: Option<f64>,
    /// The proved error of now, of the network as it is evaluated.
    pub now: Option<f64>,
    /// The proved error of now in exact arithmetic.
    pub exact: Option<f64>,
    /// What these errors are, if not distances in the target's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// How many times the error the proved one may be, where that is more than the promised 1 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loose: Option<f64>,
    /// The largest error that the spec allows.
    pub gate: Option<f64>,
    /// Hidden units, accepted.
    pub accepted_neurons: Option<usize>,
    /// Hidden units of now.
    pub neurons: Option<usize>,
    /// The file that says so: the spec, or for an orphan the lock.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
    /// The column in it, from 1.
    pub column: usize,
}

impl Report {
    /// Of these findings.
    pub fn new(networks: Vec<Finding>) -> Report {
        Report { format: FORMAT, failed: networks.iter().filter(|finding| finding.fails).count(), networks }
    }

    /// How many there are of each verdict, in words.
    pub fn summary(&self) -> String {
        let mut counts: Vec<(Verdict, usize)> = Vec::new();
        for finding in &self.networks {
            match counts.iter_mut().find(|(verdict, _)| *verdict == finding.verdict) {
                Some((_, count)) => *count += 1,
                None => counts.push((finding.verdict, 1)),
            }
        }
        let words: Vec<String> = counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
        if words.is_empty() { "nothing to check".to_owned() } else { words.join(", ") }
    }
}

/// The JSON Schema of [`json`].
pub fn schema() -> String {
    let schema = schemars::schema_for!(Report);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n" // a schema is plain JSON
}

/// One JSON object.
pub fn json(report: &Report) -> String {
    text::in_json(&serde_json::to_string_pretty(report).unwrap_or_default()) + "\n" // strings and numbers
}

/// A table for people.
pub fn table(report: &Report) -> String {
    let mut table = crate::context::plain_table();
    table.set_header(["network", "verdict", "accepted", "now", "exact", "gate", ""]);
    let number = |value: Option<f64>| value.map_or(String::new(), round_up);
    for finding in &report.networks {
        let gate = finding.gate.map_or(String::new(), |gate| format!("{gate:?}"));
        table.add_row([
            text::visible(&finding.name),
            finding.verdict.to_string(),
            number(finding.accepted),
            number(finding.now),
            number(finding.exact),
            gate,
            finding.measure.iter().cloned().chain(finding.loose.map(loose_words)).collect::<Vec<_>>().join(", "),
        ]);
    }
    format!("{}{}\n", table_text(&table), report.summary())
}

/// Workflow commands of GitHub Actions: an annotation on the spec's line for each network that is not as accepted.
pub fn github(report: &Report) -> String {
    use text::{github_message, github_property};
    let annotation = |finding: &Finding| {
        format!(
            "::{} file={},line={},col={},title={}::{}\n",
            if finding.fails { "error" } else { "notice" },
            github_property(&finding.file),
            finding.line,
            finding.column,
            github_property(&format!("{} {}", finding.name, finding.verdict)),
            github_message(&finding.message)
        )
    };
    let said = report.networks.iter().filter(|finding| finding.verdict != Verdict::Ok);
    said.map(annotation).collect::<String>() + &report.summary() + "\n"
}

/// A job summary: what fails, then what has changed; networks as accepted are only counted.
pub fn markdown(report: &Report) -> String {
    let head = if report.failed == 0 { "All networks keep their proved errors" } else { "Proved errors have grown" };
    let mut page = format!("## bumpnet check: {head}\n\n{}\n", report.summary());
    let mut rows: Vec<&Finding> = report.networks.iter().filter(|finding| finding.verdict != Verdict::Ok).collect();
    rows.sort_by_key(|finding| !finding.fails);
    if rows.is_empty() {
        return page;
    }
    page += "\n| network | verdict | proved error | neurons | gate |\n|---|---|---|---|---|\n";
    for finding in rows.iter().take(MOST_ROWS) {
        let change = |old: Option<String>, new: Option<String>| match (old, new) {
            (Some(old), Some(new)) if old == new => new,
            (Some(old), Some(new)) => format!("{old} → {new}"),
            (Some(old), None) => format!("{old} → none"),
            (None, Some(new)) => new,
            (None, None) => String::new(),
        };
        let count = |count: Option<usize>| count.map(|count| count.to_string());
        page += &format!(
            "| {} | {}{} | {}{} | {} | {} |\n",
            text::markdown_code(&finding.name),
            if finding.fails { "❌ " } else { "" },
            finding.verdict,
            change(finding.accepted.map(round_up), finding.now.map(round_up)),
            finding
                .measure
                .iter()
                .cloned()
                .chain(finding.loose.map(loose_words))
                .map(|words| format!(
                    ", {}",
                    if finding.measure.as_ref() == Some(&words) { text::markdown_code(&words) } else { words }
                ))
                .collect::<String>(),
            change(count(finding.accepted_neurons), count(finding.neurons)),
            finding.gate.map_or(String::new(), |gate| format!("{gate:?}")),
        );
    }
    if rows.len() > MOST_ROWS {
        page += &format!("\nand {} more\n", plural(rows.len() - MOST_ROWS, "network"));
    }
    page
}
