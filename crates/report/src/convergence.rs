//! The convergence study: error against neurons on logarithmic axes, methods beside what they are measured against.

use crate::axis::{Axis, extent};
use crate::drawing::Drawing;
use crate::end_label::{self, EndLabel};
use crate::figure::{DrawError, Format, Series};
use crate::frame::{self, Frame, X_LABELS};
use crate::header::Header;
use crate::legend::{Head, Swatch};
use crate::mark::Mark;
use crate::marker::Marker;
use crate::style::{self, COLUMN};
use crate::text;
use crate::trace::{self, Point, Runs};

/// How errors fall as networks grow, both axes logarithmic. Curves without a point that can be shown are left out.
#[derive(Clone, Debug, Default)]
pub struct Convergence<'a> {
    /// The heading of the whole figure; may be empty.
    pub title: &'a str,
    /// Smaller text beneath the title, such as the target's expression; may be empty, may hold line breaks.
    pub subtitle: &'a str,
    /// The label beneath the horizontal axis, such as "neurons".
    pub x_label: &'a str,
    /// The label above the vertical axis, such as "proved sup error".
    pub y_label: &'a str,
    /// The curves. Colours and shapes follow their order, so a curve that is left out does not change the others'.
    pub curves: Vec<Curve<'a>>,
}

/// One curve of a convergence study.
#[derive(Clone, Copy, Debug, Default)]
pub struct Curve<'a> {
    /// What the legend or, for a reference, the end of the line says; may be empty.
    pub label: &'a str,
    /// Sizes and errors, of any unit. As in every series the points are joined in the order of their abscissae, and an
    /// ordinate that cannot be shown breaks the line; here only finite numbers above zero can be shown.
    pub points: Series<'a>,
    /// How it is drawn.
    pub style: CurveStyle,
}

/// How a curve of a convergence study is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CurveStyle {
    /// A solid line in colour with markers at its points, explained in the legend. The first 8 methods differ in
    /// colour and in the shape of their markers, the first 64 in one of the two. A point closer than 10 page units to
    /// the marker before it gets none.
    #[default]
    Method,
    /// A thin dashed grey line without markers, its label at its right end.
    Reference,
}

/// Height of the plot, in page units, unless the references' labels need more.
const PLOT_HEIGHT: f64 = 376.0;
/// Room beside the outermost points, as a share of the range (heuristic).
const ROOM: f64 = 0.03;
/// Least distances between the labels of whole decades, in page units (heuristic).
const X_SPACING: f64 = 56.0;
const Y_SPACING: f64 = 22.0;
/// Least distance between two markers of a curve, in page units: a marker is about 7 wide.
const MARKER_GAP: f64 = 10.0;

/// Draws a convergence study; the bytes are those of a complete file.
///
/// ```
/// use bumpnet_report::{Convergence, Curve, CurveStyle, Format, Series, draw_convergence};
///
/// let neurons = [8.0, 16.0, 32.0, 64.0];
/// let (ramps, best) = ([2e-2, 5e-3, 1.3e-3, 3e-4], [6e-2, 3e-2, 1.5e-2, 8e-3]);
/// let study = Convergence {
///     title: "ramps against steps",
///     x_label: "neurons",
///     y_label: "proved sup error",
///     curves: vec![
///         Curve { label: "ramp", points: Series { x: &neurons, y: &ramps }, style: CurveStyle::Method },
///         Curve { label: "best steps", points: Series { x: &neurons, y: &best }, style: CurveStyle::Reference },
///     ],
///     ..Convergence::default()
/// };
/// assert!(draw_convergence(&study, Format::Svg)?.starts_with(b"<svg "));
/// # Ok::<(), bumpnet_report::DrawError>(())
/// ```
pub fn draw_convergence(figure: &Convergence<'_>, format: Format) -> Result<Vec<u8>, DrawError> {
    for Curve { points, .. } in &figure.curves {
        points.checked("curve")?;
    }
    compose(figure).ok_or(DrawError::NothingToDraw)?.file(format)
}

/// A curve with what can be shown of it.
struct Shown<'a> {
    label: &'a str,
    /// Its place among the curves of its style.
    number: usize,
    x: Vec<f64>,
    /// NaN where the line is broken.
    y: Vec<f64>,
}

impl<'a> Shown<'a> {
    /// The `n`th curve of its style, if it has a point to show.
    fn new(curve: &Curve<'a>, number: usize) -> Option<Shown<'a>> {
        let can_be_shown = |v: f64| v.is_finite() && v > 0.0;
        let points = curve.points.x.iter().zip(curve.points.y).filter(|(x, _)| can_be_shown(**x));
        let (x, y): (Vec<f64>, Vec<f64>) =
            points.map(|(x, y)| (x, if can_be_shown(*y) { *y } else { f64::NAN })).unzip();
        let shown = Shown { label: curve.label, number, x, y };
        shown.y.iter().any(|y| y.is_finite()).then_some(shown)
    }

    /// Its lines on the page, before any point is left out.
    fn runs(&self, frame: Frame, x: &Axis, y: &Axis) -> Runs {
        trace::runs(&Series { x: &self.x, y: &self.y }, COLUMN, frame.place(x, y))
    }
}

/// The curves of one style that can be shown, each with its place among all of that style.
fn shown<'a>(figure: &Convergence<'a>, style: CurveStyle) -> Vec<Shown<'a>> {
    let curves = figure.curves.iter().filter(|curve| curve.style == style);
    curves.enumerate().filter_map(|(n, curve)| Shown::new(curve, n)).collect()
}

/// The whole page, unless there is nothing to draw.
fn compose(figure: &Convergence<'_>) -> Option<Drawing> {
    let (methods, references) = (shown(figure, CurveStyle::Method), shown(figure, CurveStyle::Reference));
    let curves = || methods.iter().chain(&references);
    let drawn = || curves().flat_map(|curve| curve.x.iter().zip(&curve.y)).filter(|(_, y)| y.is_finite());
    let (column, labels) = end_label::column(references.iter().map(|curve| curve.label));
    let height = labels.max(PLOT_HEIGHT);
    let y = Axis::logarithmic(extent(drawn().map(|(_, y)| *y))?, ROOM, height, Y_SPACING);
    let left = frame::left_edge(frame::label_width(&y));
    let right = style::PAGE_WIDTH - style::MARGIN;
    let width = right - column - left;
    let x = Axis::logarithmic(extent(drawn().map(|(x, _)| *x))?, ROOM, width, X_SPACING);

    let header = Header::new(figure.title, figure.subtitle, left);
    let entry = |curve: &Shown<'_>| {
        let swatch = Swatch::Marked(style::method(curve.number), Marker::nth(curve.number));
        (swatch, text::line(curve.label))
    };
    let legend: Vec<(Swatch, String)> = methods.iter().map(entry).collect();
    let head = Head { heading: &text::line(figure.y_label), legend: &legend, width: right - left };
    let frame = Frame { left, top: header.bottom() + head.height(), width, height };
    let mut page = Drawing::new((frame.bottom() + X_LABELS + style::MARGIN / 2.0).ceil());

    header.draw(&mut page);
    head.draw(&mut page, (frame.left, frame.top));
    frame.draw_grid(&mut page, &x, &y, false);
    frame.draw_x_labels(&mut page, &x, figure.x_label);
    draw_references(&mut page, frame, references.iter().map(|curve| (curve, curve.runs(frame, &x, &y))).collect());
    draw_methods(&mut page, methods.iter().map(|curve| (curve.number, curve.runs(frame, &x, &y))).collect());
    Some(page)
}

fn draw_references(page: &mut Drawing, frame: Frame, references: Vec<(&Shown<'_>, Runs)>) {
    let end = |runs: &Runs| runs.last().and_then(|run| run.last()).copied();
    let label = |(curve, runs): &(&Shown<'_>, Runs)| EndLabel::new(curve.label, end(runs)?);
    end_label::draw(page, frame, references.iter().filter_map(label).collect());
    for (curve, runs) in references {
        page.mark(Mark::Lines(trace::thinned(runs, COLUMN), style::reference(curve.number)));
    }
}

/// All lines beneath all markers.
fn draw_methods(page: &mut Drawing, methods: Vec<(usize, Runs)>) {
    for (number, runs) in &methods {
        page.mark(Mark::Lines(trace::thinned(runs.clone(), COLUMN), style::method(*number)));
    }
    for (number, runs) in &methods {
        for at in runs.iter().flat_map(|run| marked(run)) {
            Marker::nth(*number).draw(page, at);
        }
    }
}

/// The points of a line that get a marker: those that are clear of the marker before them.
fn marked(run: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    // Few points per column, so that a million of them do not become as many markers.
    for point in trace::decimated(run, COLUMN) {
        let clear = |last: &Point| {
            let (dx, dy) = (point.0 - last.0, point.1 - last.1);
            dx * dx + dy * dy >= MARKER_GAP * MARKER_GAP
        };
        if kept.last().is_none_or(clear) {
            kept.push(point);
        }
    }
    kept
}
