//! The page: a title, the panels one above the other with their axes aligned, and the horizontal axis beneath.

use crate::axis::{Axis, extent, widened};
use crate::content;
use crate::drawing::Drawing;
use crate::figure::Figure;
use crate::frame::{self, Frame, X_LABELS};
use crate::header::Header;
use crate::{style, text};

/// Room beside the curves, as a share of the width, so that a jump at an end of the domain shows (heuristic).
const ROOM: f64 = 0.012;
/// The gap beneath a panel.
const PANEL_GAP: f64 = 18.0;

/// The whole page, unless there is nothing to draw.
pub fn compose(figure: &Figure<'_>) -> Option<Drawing> {
    let panels = content::panels(figure);
    let limits = widened(x_extent(figure)?, ROOM);
    let labels = panels.iter().map(|panel| frame::label_width(&panel.y)).reduce(f64::max)?;
    let left = frame::left_edge(labels);
    let width = style::PAGE_WIDTH - style::MARGIN - left;
    let x = x_axis(limits, width);

    let header = Header::new(figure.title, figure.subtitle, left);
    let mut top = header.bottom();
    let mut frames = Vec::new();
    for panel in &panels {
        top += panel.head_height(width);
        frames.push(Frame { left, top, width, height: panel.height });
        top += panel.height + PANEL_GAP;
    }
    let mut page = Drawing::new((top - PANEL_GAP + X_LABELS + style::MARGIN / 2.0).ceil());

    header.draw(&mut page);
    for (panel, frame) in panels.iter().zip(&frames) {
        panel.draw(&mut page, *frame, &x);
    }
    frames.last()?.draw_x_labels(&mut page, &x, figure.input);
    Some(page)
}

/// The range of the abscissae of everything that is drawn.
pub fn x_extent(figure: &Figure<'_>) -> Option<(f64, f64)> {
    let series = [&figure.target, &figure.network, &figure.error].into_iter().chain(&figure.bumps);
    let drawn = series.flat_map(|s| s.x.iter().zip(s.y).filter(|(_, y)| y.is_finite()).map(|(x, _)| *x));
    let marked = figure.argmax.filter(|(_, y)| y.is_finite() && !figure.error.x.is_empty()).map(|(x, _)| x);
    extent(drawn.chain(marked))
}

/// The horizontal axis, with as many ticks as its labels leave room for.
pub fn x_axis(limits: (f64, f64), width: f64) -> Axis {
    // At least 24 units between labels (heuristic).
    fitting_axis(limits, 9, width, 24.0)
}

/// An axis with as many ticks as there is room for, that far apart; about `most` of them at most.
pub fn fitting_axis(limits: (f64, f64), most: u32, width: f64, apart: f64) -> Axis {
    let fits = |axis: &Axis| {
        let labels: f64 = axis.ticks.iter().map(|tick| text::width(&tick.label, style::SMALL, false) + apart).sum();
        labels <= width
    };
    let axis = |count| Axis::new(limits, count);
    (3..=most).rev().map(axis).find(fits).unwrap_or_else(|| axis(2))
}
