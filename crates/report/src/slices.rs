//! Slices of a function of several inputs through a point: a column of two panels for each input, all of them to one scale.

use bumpnet_prove::Standing;

use crate::axis::{Axis, widened};
use crate::drawing::Drawing;
use crate::figure::{DrawError, Figure, Format, Series};
use crate::frame::{self, Frame, X_LABELS};
use crate::header::Header;
use crate::legend::{Head, Swatch};
use crate::panel::Panel;
use crate::{content, number, page, style, text};

/// Slices along several axes through one point.
#[derive(Clone, Debug, Default)]
pub struct Slices<'a> {
    /// The heading of the whole figure; may be empty.
    pub title: &'a str,
    /// Smaller text beneath the title, such as the target's expression and the point; may be empty, may hold line breaks.
    pub subtitle: &'a str,
    /// The slices, at least one with a finite value.
    pub slices: Vec<Slice<'a>>,
    /// What is marked in each slice, such as "at the point"; the error there follows.
    pub point_label: &'a str,
    /// `[lower, upper]` around the largest absolute error over the whole domain.
    pub error_band: Option<(f64, f64)>,
    /// Whether the bounds are labelled as proved or as stated.
    pub standing: Standing,
    /// The bound of the error as evaluated, which is what is drawn; said where it is larger than the bound.
    pub evaluated: Option<f64>,
}

/// One slice: what there is along an axis while the other inputs stay as they are in the point.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slice<'a> {
    /// The name of the input that varies.
    pub input: &'a str,
    /// The target along the axis.
    pub target: Series<'a>,
    /// The network.
    pub network: Series<'a>,
    /// Network minus target.
    pub error: Series<'a>,
    /// The input's value in the point, and the error there (with its sign).
    pub point: Option<(f64, f64)>,
}

/// Most slices beside one another (heuristic).
const MOST_COLUMNS: usize = 3;
/// Heights of the two panels of a slice, and the gaps between panels, slices and rows of them (heuristic).
const FUNCTION: f64 = 130.0;
const ERROR: f64 = 80.0;
const PANEL_GAP: f64 = 24.0;
const COLUMN_GAP: f64 = 24.0;
const ROW_GAP: f64 = 22.0;
/// Room beside the curves, as a share of the width, so that a jump at an end of the domain shows (heuristic).
const ROOM: f64 = 0.02;

/// Draws slices; the bytes are those of a complete file.
///
/// ```
/// use bumpnet_report::{Format, Series, Slice, Slices, draw_slices};
///
/// let (x, target, network, error) = ([0.0, 1.0], [0.0, 1.0], [0.1, 0.9], [0.1, -0.1]);
/// let series = |y| Series { x: &x, y };
/// let slice = |input| Slice {
///     input,
///     target: series(&target),
///     network: series(&network),
///     error: series(&error),
///     point: Some((0.5, 0.0)),
/// };
/// let slices = Slices { title: "a sum", slices: vec![slice("x"), slice("y"), slice("z")], ..Slices::default() };
/// assert!(draw_slices(&slices, Format::Svg)?.starts_with(b"<svg "));
/// # Ok::<(), bumpnet_report::DrawError>(())
/// ```
pub fn draw_slices(figure: &Slices<'_>, format: Format) -> Result<Vec<u8>, DrawError> {
    for slice in &figure.slices {
        for (name, series) in [("target", slice.target), ("network", slice.network), ("error", slice.error)] {
            series.checked(name)?;
        }
    }
    compose(figure).ok_or(DrawError::NothingToDraw)?.file(format)
}

/// The whole page, unless there is nothing to draw.
fn compose(figure: &Slices<'_>) -> Option<Drawing> {
    let figures: Vec<Figure<'_>> = figure.slices.iter().map(|slice| alone(slice, figure)).collect();
    let functions = content::joined(figures.iter().filter_map(content::function_limits))?;
    let errors = content::joined(figures.iter().filter_map(content::error_limits))?;
    let axes = [(functions, FUNCTION), (errors, ERROR)].map(|(limits, height)| content::value_axis(limits, height));
    let left = frame::left_edge(axes.iter().map(frame::label_width).fold(0.0, f64::max));
    let whole = style::PAGE_WIDTH - style::MARGIN - left;
    let columns = columns(figures.len());
    let width = (whole - COLUMN_GAP * (columns - 1) as f64) / columns as f64;

    let header = Header::new(figure.title, figure.subtitle, left);
    let legend = legend(figure, figures.first()?);
    let offsets = offsets(&axes);
    let head = Head { legend: &legend, ..Head::plain(&offsets, whole) };
    let first = header.bottom() + head.height();
    let row_height = FUNCTION + PANEL_GAP + ERROR + X_LABELS + ROW_GAP;
    let rows = figures.len().div_ceil(columns);
    let mut page = Drawing::new((first + rows as f64 * row_height - ROW_GAP + style::MARGIN / 2.0).ceil());

    header.draw(&mut page);
    head.draw(&mut page, (left, first));
    for (k, one) in figures.iter().enumerate() {
        let (column, row) = (k % columns, k / columns);
        let top = first + row as f64 * row_height;
        let frame = Frame { left: left + column as f64 * (width + COLUMN_GAP), top, width, height: FUNCTION };
        let axes = axes.each_ref().map(|axis| if column == 0 { axis.clone() } else { axis.without_labels() });
        draw_slice(&mut page, frame, one, axes);
    }
    Some(page)
}

/// Both panels of a slice, the upper one in this frame.
fn draw_slice(page: &mut Drawing, upper: Frame, figure: &Figure<'_>, axes: [Axis; 2]) {
    let Some(limits) = page::x_extent(figure) else { return };
    let x = page::x_axis(widened(limits, ROOM), upper.width);
    let lower = Frame { top: upper.bottom() + PANEL_GAP, height: ERROR, ..upper };
    let panels = [content::function_panel(figure, FUNCTION), content::error_panel(figure, ERROR)];
    for ((panel, frame), mut y) in panels.into_iter().zip([upper, lower]).zip(axes) {
        y.offset.clear();
        // What their headings and legends would say stands above all slices.
        let quiet = |panel| Panel { y, heading: String::new(), legend: Vec::new(), ..panel };
        if let Some(panel) = panel.map(quiet) {
            panel.draw(page, frame, &x);
        }
    }
    lower.draw_x_labels(page, &x, figure.input);
}

/// What is explained once, above all slices.
fn legend(figure: &Slices<'_>, first: &Figure<'_>) -> Vec<(Swatch, String)> {
    let mut legend = content::function_panel(first, FUNCTION).map_or(Vec::new(), |panel| panel.legend);
    legend.push((Swatch::Line(style::ERROR), "error".to_owned()));
    if let Some(band) = content::band(first) {
        legend.push((Swatch::Line(style::BOUND), content::evaluated_words(figure.standing, band, figure.evaluated)));
    }
    if let Some((_, error)) = content::point(first) {
        let label = text::line(figure.point_label);
        legend.push((Swatch::Ring(style::ARGMAX), format!("{label}: {}", number::nearest(error))));
    }
    legend
}

/// What is to be added to the labels of the vertical axes, if anything.
fn offsets(axes: &[Axis; 2]) -> String {
    let said = |(axis, what): (&Axis, &str)| {
        (!axis.offset.is_empty()).then(|| format!("labels of {what} show the difference from {}", axis.offset))
    };
    axes.iter().zip(["target and network", "the error"]).filter_map(said).collect::<Vec<_>>().join("; ")
}

/// How many slices stand beside one another: no row is left with a single one if that can be helped.
fn columns(slices: usize) -> usize {
    if slices == 4 { 2 } else { slices.clamp(1, MOST_COLUMNS) }
}

/// A slice as a figure of its own.
fn alone<'a>(slice: &Slice<'a>, figure: &Slices<'a>) -> Figure<'a> {
    Figure {
        input: slice.input,
        target: slice.target,
        network: slice.network,
        error: slice.error,
        error_band: figure.error_band,
        standing: figure.standing,
        argmax: slice.point,
        ..Figure::default()
    }
}
