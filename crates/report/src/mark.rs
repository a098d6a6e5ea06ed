//! Things that each format draws in its way.

use crate::style::{Pen, Rgb};
use crate::trace::{Point, Runs};

/// A thing drawn on top of the areas, in order.
pub enum Mark {
    /// Lines, with round joins and ends.
    Lines(Runs, Pen),
    /// A disc.
    Dot(Point, f64, Rgb),
    /// A filled polygon.
    Area(Vec<Point>, Rgb),
}
