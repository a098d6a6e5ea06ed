//! One panel: a heading with a legend, a vertical axis, shaded areas, and curves.

use crate::axis::Axis;
use crate::drawing::Drawing;
use crate::figure::Series;
use crate::frame::Frame;
use crate::legend::{Head, Swatch};
use crate::mark::Mark;
use crate::marker;
use crate::style::{self, COLUMN, Pen};
use crate::trace::{self, Point, Runs};

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

/// Points that all the filled curves of a panel may have together; about half a megabyte of SVG.
const FILLED_POINTS: usize = 24_000;

impl Panel<'_> {
    /// How high the heading and the legend above a plot of this width are.
    pub fn head_height(&self, width: f64) -> f64 {
        Head { heading: &self.heading_with_offset(), legend: &self.legend, width }.height()
    }

    /// Draws the panel above a horizontal axis.
    pub fn draw(&self, page: &mut Drawing, frame: Frame, x: &Axis) {
        frame.draw_grid(page, x, &self.y, self.zero_line);
        let head = Head { heading: &self.heading_with_offset(), legend: &self.legend, width: frame.width };
        head.draw(page, (frame.left, frame.top));
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
            marker::ring(page, place(x, y), style::ARGMAX);
        }
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

    fn heading_with_offset(&self) -> String {
        match self.y.offset.as_str() {
            "" => self.heading.clone(),
            offset => format!("{} (labels show the difference from {offset})", self.heading),
        }
    }
}
