//! Where a plot lies on the page; its grid, ticks, tick labels and spines.

use kuva::render::render::TextAnchor::{End, Middle};

use crate::axis::Axis;
use crate::drawing::Drawing;
use crate::trace::Point;
use crate::{style, text};

/// The rectangle of a plot, in page units.
#[derive(Clone, Copy)]
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// What the horizontal axis' labels and name need beneath the lowest plot.
pub const X_LABELS: f64 = 40.0;
/// Length of a tick and its distance from its label.
const TICK: f64 = 4.0;
const TICK_GAP: f64 = 4.0;
/// Length of a tick without a label.
const MINOR_TICK: f64 = 2.5;
/// From the middle of small text to its baseline: half the height of its digits, 0.73 em.
pub const HALF_DIGIT: f64 = 0.365 * style::SMALL as f64;
/// No axis starts further left than this, so that small changes of labels do not move it (heuristic).
const LEAST_LEFT: f64 = 66.0;

/// How wide the labels of a vertical axis are, ticks included.
pub fn label_width(y: &Axis) -> f64 {
    let labels = y.ticks.iter().map(|tick| &tick.label).chain([&y.factor]);
    labels.map(|label| text::width(label, style::SMALL, false)).fold(0.0, f64::max) + TICK + TICK_GAP
}

/// Where a plot begins whose vertical axis has labels of this width.
pub fn left_edge(labels: f64) -> f64 {
    (style::MARGIN + labels).max(LEAST_LEFT)
}

/// To the nearest device pixel of a PNG, so that thin upright and level lines are crisp.
fn snapped(v: f64) -> f64 {
    (v * style::PNG_SCALE).round() / style::PNG_SCALE
}

impl Frame {
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The page's point for a pair of values.
    pub fn place(&self, x: &Axis, y: &Axis) -> impl Fn(f64, f64) -> Point {
        move |a, b| (self.across(x, a), self.height_of(y, b))
    }

    /// The page's abscissa for a value.
    fn across(&self, x: &Axis, value: f64) -> f64 {
        self.left + self.width * x.fraction(value)
    }

    /// The page's ordinate for a value.
    pub fn height_of(&self, y: &Axis, value: f64) -> f64 {
        self.bottom() - self.height * y.fraction(value)
    }

    /// Grid lines, ticks and spines of both axes, and the labels of the vertical one.
    pub fn draw_grid(&self, page: &mut Drawing, x: &Axis, y: &Axis, stress_zero: bool) {
        let y_label = |page: &mut Drawing, baseline: f64, label: &str| {
            if !label.is_empty() {
                let at = (self.left - TICK - TICK_GAP, baseline);
                page.text(at, label, style::SMALL, false, End, style::TEXT);
            }
        };
        self.draw_minor_ticks(page, x, y);
        for tick in &x.ticks {
            let at = snapped(self.across(x, tick.value));
            page.rect((at - 0.5, self.top), (at + 0.5, self.bottom()), style::GRID, 1.0);
            page.rect((at - 0.5, self.bottom()), (at + 0.5, self.bottom() + TICK), style::SPINE, 1.0);
        }
        for tick in &y.ticks {
            let at = snapped(self.height_of(y, tick.value));
            let zero = stress_zero && tick.value == 0.0;
            let colour = if zero { style::SPINE } else { style::GRID };
            page.rect((self.left, at - 0.5), (self.right(), at + 0.5), colour, 1.0);
            page.rect((self.left - TICK, at - 0.5), (self.left, at + 0.5), style::SPINE, 1.0);
            y_label(page, at + HALF_DIGIT, &tick.label);
        }
        y_label(page, self.top - 10.0, &y.factor);
        let (left, bottom) = (snapped(self.left), snapped(self.bottom()));
        page.rect((left - 0.5, self.top), (left + 0.5, bottom + 0.5), style::SPINE, 1.0);
        page.rect((left - 0.5, bottom - 0.5), (self.right(), bottom + 0.5), style::SPINE, 1.0);
    }

    fn draw_minor_ticks(&self, page: &mut Drawing, x: &Axis, y: &Axis) {
        for &value in &x.minor {
            let at = snapped(self.across(x, value));
            page.rect((at - 0.5, self.bottom()), (at + 0.5, self.bottom() + MINOR_TICK), style::MINOR, 1.0);
        }
        for &value in &y.minor {
            let at = snapped(self.height_of(y, value));
            page.rect((self.left - MINOR_TICK, at - 0.5), (self.left, at + 0.5), style::MINOR, 1.0);
        }
    }

    /// Labels of the horizontal axis beneath the plot, and its name.
    pub fn draw_x_labels(&self, page: &mut Drawing, x: &Axis, name: &str) {
        for tick in x.ticks.iter().filter(|tick| !tick.label.is_empty()) {
            let at = self.across(x, tick.value);
            page.text((at, self.bottom() + 19.0), &tick.label, style::SMALL, false, Middle, style::TEXT);
        }
        let remark = x.remark();
        let name = match (text::line(name), remark.is_empty()) {
            (name, true) => name,
            (name, false) => format!("{name}  ({remark})"),
        };
        let name = text::shortened(&name, style::BODY, false, self.width);
        let at = (self.left + self.width / 2.0, self.bottom() + 38.0);
        page.text(at, &name, style::BODY, false, Middle, style::TEXT);
    }
}
