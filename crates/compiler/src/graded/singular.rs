//! Where a target is not analytic: the places towards which a tree is refined.

use bumpnet_ir::{Expr, Input};
use bumpnet_prove::analytic;

/// Halvings towards a point at which the expression is not analytic, for the sake of samples there; heuristic.
const LEVELS: usize = 40;
/// A leaf this small a part of the domain, or of its own distance from zero, is not halved: a few roundings.
const NARROWEST: f64 = 16.0 * f64::EPSILON;
/// Cells that may be followed at once; heuristic.
const MOST_SINGULAR: usize = 64;

/// Where the expression is not analytic.
pub struct Singular {
    /// Points near those: the samples of a leaf may all miss a thin layer.
    pub samples: Vec<f64>,
    /// Tiny cells around them; none if there are too many.
    places: Vec<(f64, f64)>,
}

impl Singular {
    pub fn of(expr: &Expr, input: &Input) -> Singular {
        let mut samples = Vec::new();
        let mut places = vec![(input.lo, input.hi)];
        for _ in 0..LEVELS {
            let analytic_around = |cell: &(f64, f64)| analytic(expr, cell.0, cell.1, cell.1 - cell.0).is_ok();
            places.retain(|cell| !analytic_around(cell));
            places = places.into_iter().filter_map(halves).flatten().collect();
            samples.extend(places.iter().map(|cell| cell.0 + 0.5 * (cell.1 - cell.0)));
            if places.len() > MOST_SINGULAR {
                places.clear();
            }
        }
        samples.sort_by(f64::total_cmp);
        samples.dedup();
        Singular { samples, places }
    }

    pub fn touches(&self, (a, b): (f64, f64)) -> bool {
        self.places.iter().any(|place| place.0 <= b && a <= place.1)
    }
}

/// The two halves of a cell; `None` of one of hardly any numbers.
pub fn halves((a, b): (f64, f64)) -> Option<[(f64, f64); 2]> {
    let middle = a + 0.5 * (b - a);
    let narrow = b - a <= NARROWEST * a.abs().max(b.abs());
    (!narrow && a < middle && middle < b).then_some([(a, middle), (middle, b)])
}
