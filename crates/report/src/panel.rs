//! One panel: a heading with a legend, a vertical axis, shaded areas, and curves.

use kuva::render::render::TextAnchor::{End, Middle, Start};

use crate::Series;
use crate::axis::Axis;
use crate::drawing::{Drawing, Mark};
use crate::style::{self, Pen, Rgb};
use crate::text;
use crate::trace::{self, Point, Runs};

/// What stands before the words of a legend entry.
pub enum Swatch {
    Line(Pen),
    Ring(Rgb),
}

/// A panel, before it has a place on the page.
pub struct Panel<'a> {
    pub heading: String,
    pub legend: Vec<(Swatch, String)>,
    pub y: Axis,
    /// Of the plot itself.
    pub height: f64,
    /// Curves filled down to zero.
    pub filled: Vec<&'a Series<'a>>,
    /// Curves, from the bottom one to the top one.
    pub curves: Vec<(Series<'a>, Pen)>,
    /// Shaded between two ordinates.
    pub bands: Vec<(f64, f64)>,
    /// Lines from side to side.
    pub levels: Vec<(f64, Pen)>,
    /// A marked point.
    pub point: Option<Point>,
    /// Whether to stress the line at zero.
    pub zero_line: bool,
}

/// Where a panel's plot lies.
#[derive(Clone, Copy)]
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// Height of the heading, and of each further line of the legend.
const HEADING: f64 = 25.0;
const LEGEND_LINE: f64 = 17.0;
/// Widths within the legend: a swatch, the gap after it, the gap after an entry.
const SWATCH: f64 = 22.0;
const SWATCH_GAP: f64 = 6.0;
const ENTRY_GAP: f64 = 18.0;
/// Length of a tick and its distance from its label.
pub const TICK: f64 = 4.0;
pub const TICK_GAP: f64 = 4.0;
/// From the middle of small text to its baseline: half the height of its digits, 0.73 em.
const HALF_DIGIT: f64 = 0.365 * style::SMALL as f64;
/// A column of pixels in a PNG: what a curve is thinned to.
const COLUMN: f64 = 1.0 / style::PNG_SCALE;
/// Points that all the filled curves of a panel may have together; about half a megabyte of SVG.
const FILLED_POINTS: usize = 24_000;

impl Frame {
    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The page's point for a pair of values.
    fn place(&self, x: &Axis, y: &Axis) -> impl Fn(f64, f64) -> Point {
        move |a, b| (self.left + self.width * x.fraction(a), self.height_of(y, b))
    }

    /// The page's ordinate for a value.
    fn height_of(&self, y: &Axis, value: f64) -> f64 {
        self.bottom() - self.height * y.fraction(value)
    }
}

/// To the nearest device pixel of a PNG, so that thin upright and level lines are crisp.
fn snapped(v: f64) -> f64 {
    (v * style::PNG_SCALE).round() / style::PNG_SCALE
}

impl Panel<'_> {
    /// How wide the tick labels are.
    pub fn label_width(&self) -> f64 {
        let labels = self.y.ticks.iter().map(|tick| &tick.label).chain([&self.y.factor]);
        labels.map(|label| text::width(label, style::SMALL, false)).fold(0.0, f64::max) + TICK + TICK_GAP
    }

    /// How high the heading and the legend above a plot of this width are.
    pub fn head_height(&self, width: f64) -> f64 {
        let rows = self.legend_rows(width).len();
        HEADING + LEGEND_LINE * (rows.saturating_sub(usize::from(self.legend_beside_heading(width)))) as f64
    }

    /// Draws the panel above a horizontal axis.
    pub fn draw(&self, page: &mut Drawing, frame: Frame, x: &Axis) {
        self.draw_grid(page, frame, x);
        self.draw_head(page, frame);
        let place = frame.place(x, &self.y);
        self.draw_areas(page, frame, &place);
        let side_to_side = |y: f64, pen: Pen| {
            let y = frame.height_of(&self.y, y);
            Mark::Lines(vec![vec![(frame.left, y), (frame.right(), y)]], pen)
        };
        for &(level, pen) in &self.levels {
            page.mark(side_to_side(level, pen));
        }
        for (series, pen) in &self.curves {
            page.mark(Mark::Lines(trace::trace(series, COLUMN, &place), *pen));
        }
        if let Some((x, y)) = self.point {
            ring(page, place(x, y), style::ARGMAX);
        }
    }

    fn draw_grid(&self, page: &mut Drawing, frame: Frame, x: &Axis) {
        for tick in &x.ticks {
            let at = snapped(frame.left + frame.width * x.fraction(tick.value));
            page.rect((at - 0.5, frame.top), (at + 0.5, frame.bottom()), style::GRID, 1.0);
            page.rect((at - 0.5, frame.bottom()), (at + 0.5, frame.bottom() + TICK), style::SPINE, 1.0);
        }
        for tick in &self.y.ticks {
            let at = snapped(frame.height_of(&self.y, tick.value));
            let zero = self.zero_line && tick.value == 0.0;
            let colour = if zero { style::SPINE } else { style::GRID };
            page.rect((frame.left, at - 0.5), (frame.right(), at + 0.5), colour, 1.0);
            page.rect((frame.left - TICK, at - 0.5), (frame.left, at + 0.5), style::SPINE, 1.0);
            let label = (frame.left - TICK - TICK_GAP, at + HALF_DIGIT);
            page.text(label, &tick.label, style::SMALL, false, End, style::TEXT);
        }
        let (left, bottom) = (snapped(frame.left), snapped(frame.bottom()));
        page.rect((left - 0.5, frame.top), (left + 0.5, bottom + 0.5), style::SPINE, 1.0);
        page.rect((left - 0.5, bottom - 0.5), (frame.right(), bottom + 0.5), style::SPINE, 1.0);
    }

    fn draw_areas(&self, page: &mut Drawing, frame: Frame, place: &impl Fn(f64, f64) -> Point) {
        for &(a, b) in &self.bands {
            let [a, b] = [a, b].map(|v| frame.height_of(&self.y, v));
            page.rect((frame.left, a), (frame.right(), b), style::BAND_FILL, style::BAND_OPACITY);
        }
        let mut column = COLUMN;
        let mut traces: Vec<Runs> = self.filled.iter().map(|series| trace::trace(series, column, place)).collect();
        while column < frame.width && traces.iter().flatten().map(Vec::len).sum::<usize>() > FILLED_POINTS {
            column *= 2.0;
            traces = traces.into_iter().map(|runs| trace::thinned(runs, column)).collect();
        }
        let zero = frame.height_of(&self.y, 0.0);
        for runs in traces {
            for run in &runs {
                let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                let outline: Vec<Point> =
                    [(first.0, zero)].iter().chain(run).chain(&[(last.0, zero)]).copied().collect();
                page.area(&outline, style::BUMP_FILL, style::BUMP_OPACITY);
            }
            page.mark(Mark::Lines(runs, style::bump(self.filled.len())));
        }
    }

    fn draw_head(&self, page: &mut Drawing, frame: Frame) {
        let beside = self.legend_beside_heading(frame.width);
        let mut baseline = frame.top - self.head_height(frame.width) + 15.0;
        let heading = text::shortened(&self.heading_with_offset(), style::BODY, false, frame.width);
        page.text((frame.left, baseline), &heading, style::BODY, false, Start, style::TEXT);
        if !self.y.factor.is_empty() {
            let at = (frame.left - TICK - TICK_GAP, frame.top - 10.0);
            page.text(at, &self.y.factor, style::SMALL, false, End, style::TEXT);
        }
        for row in self.legend_rows(frame.width) {
            baseline += if beside { 0.0 } else { LEGEND_LINE };
            let mut at = if beside { frame.right() - row_width(row) } else { frame.left };
            for (swatch, words) in row {
                let words = text::shortened(words, style::SMALL, false, frame.width - SWATCH - SWATCH_GAP);
                swatch.draw(page, (at, baseline - HALF_DIGIT));
                page.text((at + SWATCH + SWATCH_GAP, baseline), &words, style::SMALL, false, Start, style::TEXT);
                at += entry_width(&words) + ENTRY_GAP;
            }
        }
    }

    fn heading_with_offset(&self) -> String {
        match self.y.offset.as_str() {
            "" => self.heading.clone(),
            offset => format!("{} (labels show the difference from {offset})", self.heading),
        }
    }

    fn legend_beside_heading(&self, width: f64) -> bool {
        let heading = text::width(&self.heading_with_offset(), style::BODY, false);
        heading + 2.0 * ENTRY_GAP + row_width(&self.legend) <= width
    }

    /// The legend in rows that fit; an entry too wide for any gets a row of its own.
    fn legend_rows(&self, width: f64) -> Vec<&[(Swatch, String)]> {
        let (mut rows, mut rest) = (Vec::new(), self.legend.as_slice());
        while !rest.is_empty() {
            let fitting = (1..=rest.len()).rev().find(|&n| row_width(&rest[..n]) <= width).unwrap_or(1);
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

fn ring(page: &mut Drawing, at: Point, colour: Rgb) {
    page.mark(Mark::Dot(at, 4.5, colour));
    page.mark(Mark::Dot(at, 2.75, [255; 3]));
}

impl Swatch {
    fn draw(&self, page: &mut Drawing, (x, y): Point) {
        match self {
            Swatch::Line(pen) => page.mark(Mark::Lines(vec![vec![(x + 2.0, y), (x + SWATCH, y)]], *pen)),
            Swatch::Ring(colour) => ring(page, (x + SWATCH - 7.0, y), *colour),
        }
    }
}

/// Labels of the horizontal axis beneath the lowest panel, and its name.
pub fn draw_x_labels(page: &mut Drawing, frame: Frame, x: &Axis, name: &str) {
    for tick in &x.ticks {
        let at = frame.left + frame.width * x.fraction(tick.value);
        page.text((at, frame.bottom() + 19.0), &tick.label, style::SMALL, false, Middle, style::TEXT);
    }
    let remark = x.remark();
    let name = match (text::line(name), remark.is_empty()) {
        (name, true) => name,
        (name, false) => format!("{name}  ({remark})"),
    };
    let name = text::shortened(&name, style::BODY, false, frame.width);
    page.text((frame.left + frame.width / 2.0, frame.bottom() + 38.0), &name, style::BODY, false, Middle, style::TEXT);
}
