//! Maps of a function of two inputs: target, network and error side by side, as colours with contour lines.

use bumpnet_prove::Standing;

use crate::axis::{Axis, extent, widened};
use crate::colour::Colours;
use crate::content::{evaluated_words, known_band};
use crate::contour::{contour, simplified};
use crate::drawing::Drawing;
use crate::figure::{DrawError, Format};
use crate::frame::{self, Frame, X_LABELS};
use crate::header::Header;
use crate::legend::{Head, Swatch};
use crate::mark::Mark;
use crate::raster::Raster;
use crate::style::{self, Pen};
use crate::trace::Point;
use crate::{marker, number, page, text};

/// Target, network and error over a rectangle. All three have their values row by row, the lowest row first; each value
/// stands for one of equal cells, and is best taken in its middle. A value that is not finite leaves its cell grey.
#[derive(Clone, Debug, Default)]
pub struct Maps<'a> {
    /// The heading of the whole figure; may be empty.
    pub title: &'a str,
    /// Smaller text beneath the title, such as the target's expression; may be empty, may hold line breaks.
    pub subtitle: &'a str,
    /// The names of the horizontal and of the vertical axis.
    pub inputs: [&'a str; 2],
    /// Where each of them begins and ends.
    pub domain: [(f64, f64); 2],
    /// How many values a row has. [`MAP_PIXELS`], or a divisor of it, makes cells of equal size in a PNG.
    pub columns: usize,
    /// The target's values.
    pub target: &'a [f64],
    /// The network's, with the same colours.
    pub network: &'a [f64],
    /// Network minus target, with colours of their own, in the middle at zero.
    pub error: &'a [f64],
    /// `[lower, upper]` around the largest absolute error: a sampled error does not belong here.
    pub error_band: Option<(f64, f64)>,
    /// Whether the bounds are labelled as proved or as stated.
    pub standing: Standing,
    /// The bound of the error as evaluated, which is what is drawn; said where it is larger than the bound.
    pub evaluated: Option<f64>,
    /// Where the largest error was found, and the error there (with its sign); marked on the map of the error.
    pub argmax: Option<([f64; 2], f64)>,
}

/// Pixels of a map in a PNG, in each direction.
pub const MAP_PIXELS: usize = 416;

/// Width and height of a map.
const SIDE: f64 = MAP_PIXELS as f64 / style::PNG_SCALE;
/// From the labels of the horizontal axes to the scales of colours, and how high these are.
const SCALE_GAP: f64 = 16.0;
const SCALE_HEIGHT: f64 = 12.0;
/// Room for a letter, the ticks' labels, and what they are multiplied by, above a vertical axis.
const NAME_ROOM: f64 = 70.0;
/// Ticks of the vertical axes, and contour lines of target and network and of the error, at most (heuristic).
const TICKS: u32 = 5;
const LEVELS: (u32, u32) = (14, 8);
/// Between the labels of a scale (heuristic).
const LABEL_GAP: f64 = 10.0;
/// Corners that all contour lines of a map may have together; with more of them a map is hidden under lines (heuristic).
const MOST_CORNERS: usize = 30_000;
/// How far a contour line may be from where it was found: a fifth of a pixel of a PNG.
const TOLERANCE: f64 = 0.1;
/// Width of a contour line.
const CONTOUR: f64 = 0.75;

/// Draws maps of two inputs; the bytes are those of a complete file.
///
/// ```
/// use bumpnet_report::{Format, Maps, draw_maps};
///
/// // x + y and a network of one cell, on 2 x 2 cells of the unit square.
/// let (target, network, error) = ([0.5, 1.0, 1.0, 1.5], [1.0; 4], [0.5, 0.0, 0.0, -0.5]);
/// let maps = Maps {
///     title: "a sum",
///     inputs: ["x", "y"],
///     domain: [(0.0, 1.0); 2],
///     columns: 2,
///     target: &target,
///     network: &network,
///     error: &error,
///     ..Maps::default()
/// };
/// assert!(draw_maps(&maps, Format::Svg)?.starts_with(b"<svg "));
/// # Ok::<(), bumpnet_report::DrawError>(())
/// ```
pub fn draw_maps(figure: &Maps<'_>, format: Format) -> Result<Vec<u8>, DrawError> {
    let cells = figure.target.len();
    for (series, values) in [("target", figure.target), ("network", figure.network), ("error", figure.error)] {
        if values.len() != cells || figure.columns == 0 || values.len() % figure.columns != 0 {
            return Err(DrawError::NotARectangle { series, values: values.len(), columns: figure.columns });
        }
    }
    compose(figure).ok_or(DrawError::NothingToDraw)?.file(format)
}

/// One map: its values, and how they become colours.
struct Map<'a> {
    heading: &'static str,
    values: &'a [f64],
    scale: Axis,
    colours: Colours,
}

/// The whole page, unless there is nothing to draw.
fn compose(figure: &Maps<'_>) -> Option<Drawing> {
    let all = || figure.target.iter().chain(figure.network).copied();
    let largest = extent(figure.error.iter().map(|error| error.abs()))?.1;
    let (x, y) = axes(figure)?;
    let left = snapped(frame::left_edge(frame::label_width(&y)));
    let gap = snapped((style::PAGE_WIDTH - style::MARGIN - left - 3.0 * SIDE) / 2.0);
    let shared =
        || extent(all()).map(|range| page::fitting_axis(widened(range, 0.0), LEVELS.0, 2.0 * SIDE + gap, LABEL_GAP));
    let around_zero = page::fitting_axis(widened((-largest, largest), 0.0), LEVELS.1, SIDE, LABEL_GAP);
    let map = |heading, values, scale, colours| Map { heading, values, scale, colours };
    let maps = [
        map("target", figure.target, shared()?, Colours::Sequential),
        map("network", figure.network, shared()?, Colours::Sequential),
        map("error", figure.error, around_zero, Colours::Diverging),
    ];

    let header = Header::new(figure.title, figure.subtitle, left);
    let legend: Vec<(Swatch, String)> =
        largest_words(figure).map(|words| (Swatch::Ring(style::ARGMAX), words)).into_iter().collect();
    let bound = known_band(figure.error_band)
        .map(|band| evaluated_words(figure.standing, band, figure.evaluated))
        .unwrap_or_default();
    let facts = Head { heading: &bound, legend: &legend, width: style::PAGE_WIDTH - style::MARGIN - left };
    let facts_height = if bound.is_empty() && legend.is_empty() { 0.0 } else { facts.height() };
    let top = snapped(header.bottom() + facts_height + Head::plain("", SIDE).height());
    let frames = [0.0, 1.0, 2.0].map(|k| Frame { left: left + k * (SIDE + gap), top, width: SIDE, height: SIDE });
    let scales = frames[0].bottom() + X_LABELS + SCALE_GAP;
    let mut page = Drawing::new((scales + SCALE_HEIGHT + X_LABELS + style::MARGIN / 2.0).ceil());

    header.draw(&mut page);
    if facts_height > 0.0 {
        facts.draw(&mut page, (left, header.bottom() + facts_height));
    }
    for (k, (map, frame)) in maps.iter().zip(frames).enumerate() {
        let bare = y.without_labels();
        map.draw(&mut page, frame, (&x, if k == 0 { &y } else { &bare }), figure);
    }
    let both = Frame { left, top: scales, width: frames[1].right() - left, height: SCALE_HEIGHT };
    maps[1].draw_scale(&mut page, both, "target and network");
    maps[2].draw_scale(&mut page, Frame { top: scales, height: SCALE_HEIGHT, ..frames[2] }, "error");
    if let Some(([a, b], _)) = marked(figure) {
        marker::ring(&mut page, frames[2].place(&x, &y)(a, b), style::ARGMAX);
    }
    Some(page)
}

/// To the nearest pixel of a PNG, so that cells have sharp edges.
fn snapped(v: f64) -> f64 {
    (v * style::PNG_SCALE).floor() / style::PNG_SCALE
}

/// Both axes, the vertical one with its name above it.
fn axes(figure: &Maps<'_>) -> Option<(Axis, Axis)> {
    let range = |(lo, hi): (f64, f64)| Some(widened(extent([lo, hi].into_iter())?, 0.0));
    let x = page::x_axis(range(figure.domain[0])?, SIDE);
    let mut y = Axis::new(range(figure.domain[1])?, TICKS);
    let remark = y.remark();
    let name = text::line(figure.inputs[1]);
    let name = if remark.is_empty() { name } else { format!("{name} ({remark})") };
    y.factor = text::shortened(&name, style::SMALL, false, NAME_ROOM);
    Some((x, y))
}

/// The marked place, if it can be shown.
fn marked(figure: &Maps<'_>) -> Option<([f64; 2], f64)> {
    let inside = |x: f64, (lo, hi): (f64, f64)| (lo..=hi).contains(&x);
    figure.argmax.filter(|(at, error)| error.is_finite() && (0..2).all(|k| inside(at[k], figure.domain[k])))
}

fn largest_words(figure: &Maps<'_>) -> Option<String> {
    let ([x, y], error) = marked(figure)?;
    let name = |k: usize| text::shortened(figure.inputs[k], style::SMALL, false, 120.0);
    let place = [(0, x), (1, y)].map(|(k, v)| format!("{} = {}", name(k), number::place(v, figure.domain[k])));
    Some(format!("largest found at {}: {}", place.join(", "), number::nearest(error)))
}

impl Map<'_> {
    /// The map with its axes, heading and contour lines.
    fn draw(&self, page: &mut Drawing, frame: Frame, (x, y): (&Axis, &Axis), figure: &Maps<'_>) {
        frame.draw_grid(page, x, y, false);
        frame.draw_x_labels(page, x, figure.inputs[0]);
        page.raster(self.raster(frame, figure.columns, self.values));
        let rows = self.values.len() / figure.columns;
        // From the middles of cells to the page.
        let place = |(column, row): Point| {
            let (right, up) = ((column + 0.5) / figure.columns as f64, (row + 0.5) / rows as f64);
            (frame.left + frame.width * right, frame.bottom() - frame.height * up)
        };
        let lines: Vec<(f64, Vec<Vec<Point>>)> = self
            .scale
            .ticks
            .iter()
            .map(|tick| (tick.value, contour(self.values, figure.columns, tick.value)))
            .collect();
        let corners: usize = lines.iter().flat_map(|(_, lines)| lines).map(Vec::len).sum();
        let rough = corners > MOST_CORNERS;
        for (level, lines) in lines.into_iter().filter(|_| !rough) {
            let runs =
                lines.into_iter().map(|line| simplified(&line.into_iter().map(place).collect::<Vec<_>>(), TOLERANCE));
            let pen = Pen { colour: self.colours.line(self.scale.fraction(level)), width: CONTOUR, dash: None };
            page.mark(Mark::Lines(runs.collect(), pen));
        }
        let heading =
            if rough { format!("{}, too rough for contour lines", self.heading) } else { self.heading.to_owned() };
        Head::plain(&heading, frame.width).draw(page, (frame.left, frame.top));
    }

    /// What the colours mean, beneath the maps.
    fn draw_scale(&self, page: &mut Drawing, frame: Frame, name: &str) {
        let count = MAP_PIXELS;
        let (lo, hi) = self.scale.ends();
        let value = |k: usize| {
            let share = (k as f64 + 0.5) / count as f64;
            lo * (1.0 - share) + hi * share
        };
        frame.draw_grid(page, &self.scale, &Axis::plain((0.0, 1.0)), false);
        frame.draw_x_labels(page, &self.scale, name);
        page.raster(self.raster(frame, count, &(0..count).map(value).collect::<Vec<f64>>()));
    }

    fn raster(&self, frame: Frame, columns: usize, values: &[f64]) -> Raster {
        let colour = |value: &f64| match value.is_finite() {
            true => self.colours.at(self.scale.fraction(*value)),
            false => style::MINOR,
        };
        let colours = values.chunks_exact(columns).rev().flatten().map(colour).collect();
        Raster { corner: (frame.left, frame.top), size: (frame.width, frame.height), columns, colours }
    }
}
