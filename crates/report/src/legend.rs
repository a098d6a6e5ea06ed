//! What stands above a plot: its heading, and the legend beside or beneath it.

use kuva::render::render::TextAnchor::Start;

use crate::drawing::Drawing;
use crate::frame::HALF_DIGIT;
use crate::mark::Mark;
use crate::marker::{self, Marker};
use crate::style::{self, Pen, Rgb};
use crate::text;
use crate::trace::Point;

/// What stands before the words of a legend entry.
pub enum Swatch {
    Line(Pen),
    Ring(Rgb),
    /// A line with a marker on it.
    Marked(Pen, Marker),
}

/// A heading and a legend above a plot.
pub struct Head<'a> {
    pub heading: &'a str,
    pub legend: &'a [(Swatch, String)],
    /// How wide both may be together.
    pub width: f64,
}

/// Height of the heading, and of each further line of the legend.
const HEADING: f64 = 25.0;
const LEGEND_LINE: f64 = 17.0;
/// Widths within the legend: a swatch, the gap after it, the gap after an entry.
const SWATCH: f64 = 22.0;
const SWATCH_GAP: f64 = 6.0;
const ENTRY_GAP: f64 = 18.0;

impl<'a> Head<'a> {
    /// A heading alone.
    pub fn plain(heading: &'a str, width: f64) -> Head<'a> {
        Head { heading, legend: &[], width }
    }

    pub fn height(&self) -> f64 {
        let rows = self.rows().len();
        HEADING + LEGEND_LINE * (rows.saturating_sub(usize::from(self.is_beside_heading()))) as f64
    }

    /// Draws both above a plot whose top left corner is at (`left`, `top`).
    pub fn draw(&self, page: &mut Drawing, (left, top): Point) {
        let beside = self.is_beside_heading();
        let mut baseline = top - self.height() + 15.0;
        let heading = text::shortened(self.heading, style::BODY, false, self.width);
        if !heading.is_empty() {
            page.text((left, baseline), &heading, style::BODY, false, Start, style::TEXT);
        }
        for (k, row) in self.rows().into_iter().enumerate() {
            baseline += if beside && k == 0 { 0.0 } else { LEGEND_LINE };
            let mut at = if beside && !self.heading.is_empty() { left + self.width - row_width(row) } else { left };
            for (swatch, words) in row {
                let words = text::shortened(words, style::SMALL, false, self.width - SWATCH - SWATCH_GAP);
                swatch.draw(page, (at, baseline - HALF_DIGIT));
                page.text((at + SWATCH + SWATCH_GAP, baseline), &words, style::SMALL, false, Start, style::TEXT);
                at += entry_width(&words) + ENTRY_GAP;
            }
        }
    }

    /// Whether the legend, or its first row where there is no heading, is on the heading's line.
    fn is_beside_heading(&self) -> bool {
        self.heading.is_empty()
            || text::width(self.heading, style::BODY, false) + 2.0 * ENTRY_GAP + row_width(self.legend) <= self.width
    }

    /// The legend in rows that fit; an entry too wide for any gets a row of its own.
    fn rows(&self) -> Vec<&[(Swatch, String)]> {
        let (mut rows, mut rest) = (Vec::new(), self.legend);
        while !rest.is_empty() {
            let fitting = (1..=rest.len()).rev().find(|&n| row_width(&rest[..n]) <= self.width).unwrap_or(1);
            let (row, tail) = rest.split_at(fitting);
            rows.push(row);
            rest = tail;
        }
        rows
    }
}

fn entry_width(words: &str) -> f64 {
    SWATCH + SWATCH_GAP + text::width(words, style::SMALL, false)
}

fn row_width(row: &[(Swatch, String)]) -> f64 {
    let gaps = ENTRY_GAP * row.len().saturating_sub(1) as f64;
    row.iter().map(|(_, words)| entry_width(words)).sum::<f64>() + gaps
}

impl Swatch {
    fn draw(&self, page: &mut Drawing, (x, y): Point) {
        let line = |pen: Pen| Mark::Lines(vec![vec![(x + 2.0, y), (x + SWATCH, y)]], pen);
        match self {
            Swatch::Line(pen) => page.mark(line(*pen)),
            Swatch::Ring(colour) => marker::ring(page, (x + SWATCH - 7.0, y), *colour),
            Swatch::Marked(pen, marker) => {
                page.mark(line(*pen));
                marker.draw(page, (x + 1.0 + SWATCH / 2.0, y));
            }
        }
    }
}
