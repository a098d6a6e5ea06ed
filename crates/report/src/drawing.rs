//! A page under construction: areas and text for `kuva`, and above them pictures and curves, which each format draws in its
//! way.

use std::fmt::Write;

use kuva::backend::svg::SvgBackend;
use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, Scene, TextAnchor, TextSpan};

use crate::figure::{DrawError, Format};
use crate::mark::Mark;
use crate::raster::Raster;
use crate::style::{PAGE_WIDTH, PNG_SCALE, Rgb};
use crate::trace::Point;

/// Attributes of the group of all marks in an SVG.
const ROUND: &str = "stroke-linecap=\"round\" stroke-linejoin=\"round\"";

/// One page.
pub struct Drawing {
    scene: Scene,
    rasters: Vec<Raster>,
    marks: Vec<Mark>,
}

fn colour([r, g, b]: Rgb) -> Color {
    Color::Rgb(r, g, b)
}

impl Drawing {
    /// An empty page.
    pub fn new(height: f64) -> Drawing {
        let mut scene = Scene::new(PAGE_WIDTH, height);
        // Verdana is as wide as DejaVu Sans, which it was drawn after; other fonts are narrower.
        scene.font_family = Some("DejaVu Sans, Verdana, sans-serif".to_owned());
        Drawing { scene, rasters: Vec::new(), marks: Vec::new() }
    }

    /// A filled rectangle from one corner to the opposite one.
    pub fn rect(&mut self, a: Point, b: Point, fill: Rgb, opacity: f64) {
        self.scene.add(Primitive::Rect {
            x: a.0.min(b.0),
            y: a.1.min(b.1),
            width: (b.0 - a.0).abs(),
            height: (b.1 - a.1).abs(),
            fill: colour(fill),
            stroke: None,
            stroke_width: None,
            opacity: (opacity < 1.0).then_some(opacity),
        });
    }

    /// A filled polygon.
    pub fn area(&mut self, outline: &[Point], fill: Rgb, opacity: f64) {
        self.scene.add(filled(outline, fill, Some(opacity)));
    }

    /// A line of text.
    pub fn text(&mut self, (x, y): Point, text: &str, size: u32, bold: bool, anchor: TextAnchor, fill: Rgb) {
        // A span, unlike a plain text, is bold in a PNG too, and its dollar signs are left alone.
        let span = TextSpan { bold, ..TextSpan::plain(text) };
        self.scene.add(Primitive::RichText { x, y, spans: vec![span], size, anchor, color: Some(colour(fill)) });
    }

    /// A picture, above all areas and beneath all marks.
    pub fn raster(&mut self, raster: Raster) {
        self.rasters.push(raster);
    }

    /// A mark on top of everything so far.
    pub fn mark(&mut self, mark: Mark) {
        self.marks.push(mark);
    }

    /// The page as a file.
    pub fn file(self, format: Format) -> Result<Vec<u8>, DrawError> {
        match format {
            Format::Svg => self.svg().map_err(DrawError::Encode),
            Format::Png => self.png().map_err(DrawError::Encode),
        }
    }

    fn svg(mut self) -> Result<Vec<u8>, String> {
        let round = Some(ROUND.to_owned());
        self.scene.add(Primitive::GroupStart { transform: None, title: None, extra_attrs: round });
        for mark in self.marks {
            self.scene.add(match mark {
                Mark::Lines(runs, pen) => Primitive::Path(Box::new(PathData {
                    d: path(runs.iter().map(Vec::as_slice)),
                    fill: None,
                    stroke: colour(pen.colour),
                    stroke_width: pen.width,
                    opacity: None,
                    stroke_dasharray: pen.dash.map(|(dash, gap)| format!("{dash} {gap}")),
                })),
                Mark::Dot((cx, cy), r, fill) => {
                    let fill = colour(fill);
                    Primitive::Circle { cx, cy, r, fill, fill_opacity: None, stroke: None, stroke_width: None }
                }
                Mark::Area(outline, fill) => filled(&outline, fill, None),
            });
        }
        self.scene.add(Primitive::GroupEnd);
        let svg = SvgBackend::new().with_pretty(true).render_scene(&self.scene);
        // `kuva` states a size only; with a view box the picture can be scaled.
        let view = format!("<svg viewBox=\"0 0 {} {}\" ", self.scene.width, self.scene.height);
        let svg = svg.replacen("<svg ", &view, 1);
        // `kuva` has no pictures: they go before the group of marks.
        let rasters = self.rasters.iter().map(Raster::element).collect::<Result<String, String>>()?;
        let marks = format!("<g {ROUND}>");
        Ok(svg.replacen(&marks, &(rasters + &marks), 1).into_bytes())
    }

    fn png(self) -> Result<Vec<u8>, String> {
        let backdrop = kuva::RasterBackend::new().with_scale(PNG_SCALE as f32).render_scene(&self.scene)?;
        crate::paint::finished(&backdrop, &self.rasters, &self.marks)
    }
}

fn filled(outline: &[Point], fill: Rgb, opacity: Option<f64>) -> Primitive {
    Primitive::Path(Box::new(PathData {
        d: path([outline]) + "z",
        fill: Some(colour(fill)),
        stroke: Color::None,
        stroke_width: 0.0,
        opacity,
        stroke_dasharray: None,
    }))
}

/// An SVG path: steps in hundredths of a unit, between rounded points so that no error adds up.
fn path<'a>(runs: impl IntoIterator<Item = &'a [Point]>) -> String {
    let mut d = String::new();
    for run in runs {
        let mut at = (0, 0);
        for (i, point) in run.iter().enumerate() {
            let to = (hundredths(point.0), hundredths(point.1));
            if i == 0 || to != at || run.len() == 2 {
                d.push(if i == 0 { 'M' } else { 'l' });
                let from = if i == 0 { (0, 0) } else { at };
                push(&mut d, to.0 - from.0);
                d.push(' ');
                push(&mut d, to.1 - from.1);
            }
            at = to;
        }
        if run.len() == 1 {
            // A lone point: its round ends make it visible.
            d.push_str("h0");
        }
    }
    d
}

fn hundredths(v: f64) -> i64 {
    (v * 100.0).round() as i64
}

/// A number of hundredths, as short as it gets.
fn push(d: &mut String, n: i64) {
    let (sign, whole, rest) = (if n < 0 { "-" } else { "" }, n.unsigned_abs() / 100, n.unsigned_abs() % 100);
    // Writing to a string cannot fail.
    let _ = match rest {
        0 => write!(d, "{sign}{whole}"),
        _ if rest % 10 == 0 => write!(d, "{sign}{whole}.{}", rest / 10),
        _ => write!(d, "{sign}{whole}.{rest:02}"),
    };
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn paths_are_short_and_exact() {
        let run = [(1.0, 2.0), (1.25, -0.5), (1.251, -0.5), (10.0, 3.1)];
        assert_eq!(path([&run[..]]), "M1 2l0.25 -2.5l8.75 3.6");
        assert_eq!(path([&run[..1], &run[3..]]), "M1 2h0M10 3.1h0");
    }
}
