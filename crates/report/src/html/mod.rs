//! The report page: all networks of a repository as one HTML file that loads nothing and sends nothing.
//!
//! The table is plain HTML. Everything else stands in the page as data, and its script builds a network's details when
//! its row is opened: so five hundred networks cost no more at the start than their rows. The script evaluates networks
//! from their own weights and targets from their own expressions, at whatever points a plot shows.
//!
//! **Invariant:** nothing of a spec reaches the page but as escaped text or as JSON without `<`; and the page's policy
//! runs no script but its own, by digest.

mod data;
mod escape;
mod pack;
mod rows;

pub use data::{Accepted, NetworkEntry, Rung, Shape, Subject};

use bumpnet_ir::text::markup as text;
use escape::json;
use sha2::{Digest, Sha256};

/// What a page is made of.
#[derive(Debug)]
pub struct Page<'a> {
    /// The heading.
    pub title: &'a str,
    /// The program and its version.
    pub program: &'a str,
    /// The specs, or tables, with their networks.
    pub subjects: &'a [Subject],
}

const STYLE: &str = include_str!("style.css");
/// The script's parts, each using those before it.
const SCRIPT: [&str; 12] = [
    include_str!("numbers.js"),
    include_str!("functions.js"),
    include_str!("network.js"),
    include_str!("bumps.js"),
    include_str!("plot.js"),
    include_str!("curves.js"),
    include_str!("panel.js"),
    include_str!("surface.js"),
    include_str!("convergence.js"),
    include_str!("weights.js"),
    include_str!("detail.js"),
    include_str!("main.js"),
];

/// Writes the page; the bytes are those of a complete file.
///
/// ```
/// use bumpnet_report::html::{Page, write};
/// let page = write(&Page { title: "a < b", program: "bumpnet", subjects: &[] });
/// assert!(page.starts_with("<!doctype html>") && page.contains("a &lt; b"));
/// ```
pub fn write(page: &Page<'_>) -> String {
    let script = format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPT.concat());
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        source_of(STYLE),
        source_of(&script)
    );
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         {header}{table}<footer>{program}. Bounds are proved, but for those called stated, and rounded up; curves are computed by this page in \
         binary64.</footer>\n\
         <script type=\"application/json\" id=\"data\">{data}</script>\n<script>{script}</script>\n</body>\n</html>\n",
        title = text(page.title),
        header = rows::header(page.title, page.subjects),
        table = rows::table(page.subjects),
        program = text(page.program),
        data = json(&page.subjects),
    )
}

/// What a content security policy calls this text: its digest.
fn source_of(text: &str) -> String {
    format!("sha256-{}", pack::base64(&Sha256::digest(text.as_bytes())))
}
