//! The part of the page that is plain HTML: heading, controls, and the table with a row for each network.

use std::collections::BTreeSet;

use bumpnet_ir::text::markup as text;

use super::data::{NetworkEntry, Subject};
use crate::number;

/// A column: its name, whether its cells are numbers, and what a reader should know of it.
const COLUMNS: [(&str, bool, &str); 8] = [
    ("Network", false, "spec and network"),
    ("Target", false, "the function that is approximated"),
    ("Method", false, "the construction"),
    ("Neurons", true, "hidden units"),
    ("Parameters", true, "weights and biases"),
    (
        "Proved error",
        true,
        "the largest error of the network as it is evaluated is at most this, everywhere in the domain; stated: so says a \
         weight table",
    ),
    ("Of its gate", true, "the proved error as a part of the largest one that the spec allows"),
    ("Verdict", false, "compared with what bumpnet.lock has accepted"),
];

/// The heading, and what the page holds.
pub fn header(title: &str, subjects: &[Subject]) -> String {
    let entries = || subjects.iter().flat_map(|subject| &subject.networks);
    let fails = entries().filter(|entry| entry.fails()).count();
    let unproved = entries().filter(|entry| entry.certificate.is_none()).count();
    let stated = entries().filter(|entry| entry.certificate.is_some() && entry.stated).count();
    let proved = match (unproved, entries().count() - unproved - stated) {
        (unproved, proved) if stated > 0 => {
            let parts =
                [(proved, "proved"), (stated, "stated by a weight table, not proved again"), (unproved, "unknown")];
            let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
            format!("of the errors {}", parts.collect::<Vec<_>>().join(", "))
        }
        (0, _) => "every error is proved".to_owned(),
        (1, _) => "every error but one is proved".to_owned(),
        (count, _) => format!("all errors but {count} are proved"),
    };
    let plural = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let verdict = match fails {
        0 => "<span class=\"good\">none fails</span>".to_owned(),
        1 => "<strong class=\"bad\">1 fails</strong>".to_owned(),
        _ => format!("<strong class=\"bad\">{fails} fail</strong>"),
    };
    format!(
        "<header><div><h1>{}</h1><p>{} of {}; {verdict}. Constructed, not trained; {proved}.</p></div>\
         <button type=\"button\" id=\"theme\" hidden>Dark</button></header>\n",
        text(title),
        plural(entries().count(), "network"),
        plural(subjects.len(), "spec"),
    )
}

/// The controls and the table.
pub fn table(subjects: &[Subject]) -> String {
    let entries = || subjects.iter().flat_map(|subject| subject.networks.iter().map(move |entry| (subject, entry)));
    let methods: BTreeSet<&str> = entries().map(|(_, entry)| entry.method.as_str()).collect();
    let options: String = methods.iter().map(|method| format!("<option>{}</option>", text(method))).collect();
    let rows: String = entries().enumerate().map(|(k, (subject, entry))| row(k, subject, entry)).collect();
    let heads: String = COLUMNS
        .iter()
        .map(|(name, number, title)| {
            let class = if *number { " class=\"number\"" } else { "" };
            format!("<th scope=\"col\"{class} title=\"{title}\" aria-sort=\"none\">{name}</th>")
        })
        .collect();
    format!(
        "<main>\n<form id=\"controls\" hidden>\
         <label>Filter <input type=\"search\" id=\"filter\" placeholder=\"name, target, verdict\"></label>\
         <label>Method <select id=\"method\"><option value=\"\">all</option>{options}</select></label>\
         <label><input type=\"checkbox\" id=\"failing\"> only what fails</label>\
         <span id=\"count\" role=\"status\"></span></form>\n\
         <noscript><p>Without scripts this page is its table only.</p></noscript>\n\
         <div class=\"scroll\"><table id=\"networks\"><caption>Networks; open one for its curves, weights and \
         certificate</caption><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n</main>\n"
    )
}

fn row(k: usize, subject: &Subject, entry: &NetworkEntry) -> String {
    let (neurons, parameters) = entry.size();
    let bound =
        entry.certificate.as_ref().map(|proved| proved.in_its_measure().evaluated).filter(|bound| bound.is_finite());
    let share = entry.share();
    let measure = entry.measure.as_ref().map_or(String::new(), |name| format!(" <small>{}</small>", text(name)));
    let stated = if entry.stated { " (stated)" } else { "" };
    let loose = |times| {
        let title = format!("up to {} times the error", number::away_from_zero(times));
        format!(" <abbr title=\"{title}\">loose</abbr>")
    };
    let loose = entry.loose.map_or(String::new(), loose);
    let number = |value: Option<f64>, words: String| {
        format!(
            "<td class=\"number\" data-value=\"{}\">{words}</td>",
            value.map_or(String::new(), |v| format!("{v:e}"))
        )
    };
    let (verdict, class) = match (&entry.accepted, entry.missed.is_some() || entry.over_gate()) {
        (Some(accepted), _) if accepted.fails => (accepted.verdict.as_str(), "bad"),
        (Some(accepted), _) => (accepted.verdict.as_str(), if accepted.verdict == "ok" { "good" } else { "none" }),
        (None, true) => ("over-gate", "bad"),
        (None, false) => ("no lock", "none"),
    };
    let target = subject.target.to_string();
    format!(
        "<tr data-k=\"{k}\"{fails}><th scope=\"row\">{name}</th><td class=\"target\"><code>{target}</code></td>\
         <td>{method}</td>{neurons}{parameters}{error}{share}<td><span class=\"{class}\">{verdict}</span></td></tr>\n",
        fails = if entry.fails() { " class=\"fails\"" } else { "" },
        name = text(&format!("{}/{}", subject.name, entry.name)),
        target = text(&shortened(&target)),
        method = text(&entry.method),
        neurons = number(Some(neurons as f64), neurons.to_string()),
        parameters = number(Some(parameters as f64), parameters.to_string()),
        error = number(
            bound,
            bound.map_or("none".to_owned(), |upper| number::away_from_zero(upper) + stated + &measure + &loose)
        ),
        share = number(share, share.map_or(String::new(), percent)),
        verdict = text(verdict),
    )
}

/// A share in whole percent, rounded up.
fn percent(share: f64) -> String {
    format!("{} %", (share * 100.0).ceil().min(1e6))
}

/// Characters of a target in the table; its details show all of it.
const MOST_CHARACTERS: usize = 80;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
