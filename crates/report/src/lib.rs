//! Figures as an SVG or PNG file's bytes: one network with its bumps and its error, maps and slices of networks of
//! several inputs, and errors against neurons; and the report page, all of that for all networks.
//!
//! **Invariant:** plain values in, bytes out. No file, clock or environment is read, no system font is looked for, and
//! the same figure gives the same bytes in every run.
//!
//! Everything is laid out here and written by `kuva`, except for the curves in a PNG: `kuva` smooths their edges along a
//! row of pixels but not from one row to the next, so the module `paint` covers those pixels itself.

mod axis;
mod colour;
mod content;
mod contour;
mod convergence;
mod drawing;
mod end_label;
mod figure;
mod frame;
mod header;
pub mod html;
mod legend;
mod maps;
mod mark;
mod marker;
mod number;
mod page;
mod paint;
mod panel;
mod raster;
mod slices;
mod style;
mod text;
mod trace;

pub use convergence::{Convergence, Curve, CurveStyle, draw_convergence};
pub use figure::{DrawError, Figure, Format, Series};
pub use maps::{MAP_PIXELS, Maps, draw_maps};
pub use number::place;
pub use slices::{Slice, Slices, draw_slices};

/// Draws a figure; the bytes are those of a complete file.
///
/// ```
/// use bumpnet_report::{Figure, Format, Series, draw};
///
/// let (x, target, network) = ([0.0, 0.5, 1.0], [0.0, 0.25, 1.0], [0.1, 0.25, 0.9]);
/// let figure = Figure {
///     title: "square",
///     input: "x",
///     target: Series { x: &x, y: &target },
///     network: Series { x: &x, y: &network },
///     ..Figure::default()
/// };
/// assert!(draw(&figure, Format::Svg)?.starts_with(b"<svg "));
/// # Ok::<(), bumpnet_report::DrawError>(())
/// ```
pub fn draw(figure: &Figure<'_>, format: Format) -> Result<Vec<u8>, DrawError> {
    let bumps = figure.bumps.iter().map(|bump| ("bump", bump));
    let curves = [("target", &figure.target), ("network", &figure.network), ("error", &figure.error)];
    for (name, series) in curves.into_iter().chain(bumps) {
        series.checked(name)?;
    }
    page::compose(figure).ok_or(DrawError::NothingToDraw)?.file(format)
}
