//! The page: a title, the panels one above the other with their axes aligned, and the horizontal axis beneath.

use kuva::render::render::TextAnchor::Start;

use crate::axis::{Axis, extent, widened};
use crate::content;
use crate::drawing::Drawing;
use crate::panel::{Frame, draw_x_labels};
use crate::{Figure, style, text};

/// Room beside the curves, as a share of the width, so that a jump at an end of the domain shows (heuristic).
const ROOM: f64 = 0.012;
/// Most lines of title and subtitle.
const TITLE_LINES: usize = 2;
const SUBTITLE_LINES: usize = 3;
/// Line heights, and gaps beneath a line of text, a panel and the lowest panel.
const TITLE_HEIGHT: f64 = 23.0;
const SUBTITLE_HEIGHT: f64 = 17.0;
const PANEL_GAP: f64 = 18.0;
const X_LABELS: f64 = 40.0;
/// No axis starts further left than this, so that small changes of labels do not move it (heuristic).
const LEAST_LEFT: f64 = 66.0;

/// The whole page, unless there is nothing to draw.
pub fn compose(figure: &Figure<'_>) -> Option<Drawing> {
    let panels = content::panels(figure);
    let limits = widened(x_extent(figure)?, ROOM);
    let labels = panels.iter().map(|panel| panel.label_width()).reduce(f64::max)?;
    let left = (style::MARGIN + labels).max(LEAST_LEFT);
    let width = style::PAGE_WIDTH - style::MARGIN - left;
    let x = x_axis(limits, width);

    let text_width = style::PAGE_WIDTH - left - style::MARGIN;
    let title = text::wrapped(figure.title, style::TITLE, true, text_width, TITLE_LINES);
    let subtitle = text::wrapped(figure.subtitle, style::BODY, false, text_width, SUBTITLE_LINES);
    let header = TITLE_HEIGHT * title.len() as f64 + SUBTITLE_HEIGHT * subtitle.len() as f64;
    let gap = if header > 0.0 { 8.0 } else { 0.0 };

    let mut top = style::MARGIN + header + gap;
    let mut frames = Vec::new();
    for panel in &panels {
        top += panel.head_height(width);
        frames.push(Frame { left, top, width, height: panel.height });
        top += panel.height + PANEL_GAP;
    }
    let mut page = Drawing::new((top - PANEL_GAP + X_LABELS + style::MARGIN / 2.0).ceil());

    let mut baseline = style::MARGIN - 6.0;
    for line in &title {
        baseline += TITLE_HEIGHT;
        page.text((left, baseline), line, style::TITLE, true, Start, style::TEXT);
    }
    for line in &subtitle {
        baseline += SUBTITLE_HEIGHT;
        page.text((left, baseline), line, style::BODY, false, Start, style::MUTED);
    }
    for (panel, frame) in panels.iter().zip(&frames) {
        panel.draw(&mut page, *frame, &x);
    }
    draw_x_labels(&mut page, *frames.last()?, &x, figure.input);
    Some(page)
}

/// The range of the abscissae of everything that is drawn.
fn x_extent(figure: &Figure<'_>) -> Option<(f64, f64)> {
    let series = [&figure.target, &figure.network, &figure.error].into_iter().chain(&figure.bumps);
    let drawn = series.flat_map(|s| s.x.iter().zip(s.y).filter(|(_, y)| y.is_finite()).map(|(x, _)| *x));
    let marked = figure.argmax.filter(|(_, y)| y.is_finite() && !figure.error.x.is_empty()).map(|(x, _)| x);
    extent(drawn.chain(marked))
}

/// The horizontal axis, with as many ticks as its labels leave room for.
fn x_axis(limits: (f64, f64), width: f64) -> Axis {
    // At least 24 units between labels (heuristic).
    let fits = |axis: &Axis| {
        let labels: f64 = axis.ticks.iter().map(|tick| text::width(&tick.label, style::SMALL, false) + 24.0).sum();
        labels <= width
    };
    let axis = |count| Axis::new(limits, count);
    (3..=9).rev().map(axis).find(fits).unwrap_or_else(|| axis(2))
}
