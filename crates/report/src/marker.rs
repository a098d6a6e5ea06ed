//! Markers of the methods in a convergence study, told apart by shape and by colour.

use std::f64::consts::FRAC_1_SQRT_2;

use crate::drawing::Drawing;
use crate::mark::Mark;
use crate::style::{self, Rgb};
use crate::trace::Point;

/// All shapes cover about 36 square page units. Neighbours in this order differ most.
const SHAPES: [Glyph; 8] = [
    Glyph::Disc,
    Glyph::Square,
    Glyph::Triangle { up: true },
    Glyph::Diamond,
    Glyph::Ring,
    Glyph::Cross { upright: false },
    Glyph::Triangle { up: false },
    Glyph::Cross { upright: true },
];
/// Radii of discs, rings and what is left white within a ring, in page units.
const DISC: f64 = 3.4;
const RING: f64 = 4.0;
const HOLE: f64 = 2.3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Glyph {
    Disc,
    Ring,
    Square,
    Diamond,
    Triangle { up: bool },
    Cross { upright: bool },
}

/// A marker of a shape and a colour.
#[derive(Clone, Copy)]
pub struct Marker {
    shape: Glyph,
    colour: Rgb,
}

impl Marker {
    /// The marker of the `n`th method. With each round of the 8 colours the shapes move on by one: 64 different ones.
    pub fn nth(n: usize) -> Marker {
        Marker { shape: SHAPES[(n + n / SHAPES.len()) % SHAPES.len()], colour: style::method(n).colour }
    }

    /// Draws the marker, with a white rim, around a point.
    pub fn draw(&self, page: &mut Drawing, at: Point) {
        let rim = style::RIM.width / 2.0;
        let mut discs = |discs: &[(f64, Rgb)]| {
            for &(radius, colour) in discs {
                page.mark(Mark::Dot(at, radius, colour));
            }
        };
        match self.shape {
            Glyph::Disc => discs(&[(DISC + rim, style::WHITE), (DISC, self.colour)]),
            Glyph::Ring => discs(&[(RING + rim, style::WHITE), (RING, self.colour), (HOLE, style::WHITE)]),
            shape => {
                let corners: Vec<Point> = shape.corners().iter().map(|(x, y)| (at.0 + x, at.1 + y)).collect();
                let closed = corners.iter().chain(corners.first()).copied().collect();
                page.mark(Mark::Lines(vec![closed], style::RIM));
                page.mark(Mark::Area(corners, self.colour));
            }
        }
    }
}

impl Glyph {
    /// The corners of a polygon around the origin, in page units, ordinates growing downwards.
    fn corners(self) -> Vec<Point> {
        match self {
            Glyph::Disc | Glyph::Ring => Vec::new(),
            Glyph::Square => vec![(-3.0, -3.0), (3.0, -3.0), (3.0, 3.0), (-3.0, 3.0)],
            Glyph::Diamond => vec![(0.0, -4.3), (4.3, 0.0), (0.0, 4.3), (-4.3, 0.0)],
            // Its centre of gravity is the origin.
            Glyph::Triangle { up } => {
                let down = if up { 1.0 } else { -1.0 };
                vec![(0.0, -5.0 * down), (4.33, 2.5 * down), (-4.33, 2.5 * down)]
            }
            Glyph::Cross { upright } => {
                // Half of an arm's width, and its end.
                let (w, e) = (1.25, 4.5);
                let plus = [(w, e), (w, w), (e, w), (e, -w), (w, -w), (w, -e)];
                let turned = |(x, y): Point| ((x - y) * FRAC_1_SQRT_2, (x + y) * FRAC_1_SQRT_2);
                let both = plus.into_iter().chain(plus.map(|(x, y)| (-x, -y)));
                both.map(|p| if upright { p } else { turned(p) }).collect()
            }
        }
    }
}

/// A ring on white around a point of a figure.
pub fn ring(page: &mut Drawing, at: Point, colour: Rgb) {
    page.mark(Mark::Dot(at, 4.5, colour));
    page.mark(Mark::Dot(at, 2.75, style::WHITE));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_differ() {
        let markers: Vec<Marker> = (0..64).map(Marker::nth).collect();
        for (i, a) in markers.iter().enumerate() {
            for b in &markers[..i] {
                assert!(a.shape != b.shape || a.colour != b.colour, "{i}");
            }
        }
        assert!(
            (1..8).all(|i| markers[..i].iter().all(|b| b.shape != markers[i].shape && b.colour != markers[i].colour))
        );
    }
}
