//! Which cells and which terms a table has: the cheapest that are as fine as wanted, by the network's Taylor coefficients at
//! some points. What is guessed here decides how much work is done, never a bound.

use super::shape::Shape;
use super::source::{BoxSource, CellPlace, Known};
use super::table::CellAxis;
use super::terms::{Exponents, MOST_INPUTS, Terms};

/// Cells along an input.
const CELLS: [usize; 14] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];
/// Most bytes of a table: more leave the second-level caches for good.
const MOST_BYTES: usize = 1 << 22;
/// For each number of inputs: sampled points along each, and the order there.
const SAMPLES: [(usize, usize); MOST_INPUTS + 1] = [(0, 0), (0, 0), (9, 14), (5, 11), (3, 9)];
/// Sampled cells along an input if they were side by side: narrow enough for the series, and wide enough that coefficients
/// of high order are more than rounding.
const SAMPLED: f64 = 32.0;
/// Cells of a table at most, by inputs, so that it is made in about the time of a proof.
pub const MOST_CELLS: [usize; MOST_INPUTS + 1] = [0, 0, 1 << 12, 1 << 12, 1 << 10];

/// A table that may do.
#[derive(Clone, Debug)]
pub struct TableChoice {
    pub cells: Vec<usize>,
    pub shape: Shape,
    /// About the nanoseconds that a point takes.
    pub cost: f64,
}

/// The network's Taylor coefficients at some points.
pub struct Sampled {
    terms: Terms,
    /// Magnitudes, for cells of a width of the domain's by `SAMPLED`.
    coefficients: Vec<Vec<f64>>,
}

impl Sampled {
    /// `None` where nothing is known of the network at a point.
    pub fn new(source: &BoxSource<'_>, domain: &[(f64, f64)]) -> Option<Sampled> {
        let inputs = domain.len();
        let (points, order) = SAMPLES[inputs];
        let terms = Terms::new(inputs, order);
        let mut known = Known::new();
        let mut coefficients = Vec::new();
        for number in 0..points.pow(inputs as u32) {
            let mut place = CellPlace { at: [0; MOST_INPUTS], centre: [0.0; MOST_INPUTS], radius: [0.0; MOST_INPUTS] };
            for (k, (lo, hi)) in domain.iter().enumerate() {
                let radius = (hi - lo) / (2.0 * SAMPLED);
                place.at[k] = number / points.pow(k as u32) % points;
                let part = place.at[k] as f64 / (points - 1) as f64;
                place.centre[k] = lo + radius + (hi - lo - 2.0 * radius) * part;
                place.radius[k] = radius;
            }
            let mut c = source.on(&place, &terms, &mut known)?.c;
            c.resize(terms.len(), 0.0);
            coefficients.push(c.into_iter().map(f64::abs).collect());
        }
        Some(Sampled { terms, coefficients })
    }

    /// Candidates, the cheapest first.
    pub fn candidates(&self) -> Vec<TableChoice> {
        let inputs = self.terms.inputs;
        let mut all = Vec::new();
        let shapes: Vec<Shape> = shapes(inputs, self.terms.order);
        for number in 0..CELLS.len().pow(inputs as u32) {
            let cells: Vec<usize> =
                (0..inputs).map(|k| CELLS[number / CELLS.len().pow(k as u32) % CELLS.len()]).collect();
            let count: usize = cells.iter().product();
            if count > MOST_CELLS[inputs] {
                continue;
            }
            for shape in shapes.iter().filter(|shape| shape.bytes(count) <= MOST_BYTES) {
                all.push(TableChoice { cells: cells.clone(), shape: shape.clone(), cost: shape.cost(count) });
            }
        }
        // Of equal cost the one with fewer cells, which is made more quickly.
        all.sort_by(|a, b| {
            let count = |candidate: &TableChoice| candidate.cells.iter().product::<usize>();
            a.cost.total_cmp(&b.cost).then(count(a).cmp(&count(b)))
        });
        all
    }

    /// About how far a candidate is from the network, or something above `enough`.
    pub fn error(&mut self, candidate: &TableChoice, enough: f64) -> f64 {
        let powers = self.powers(&candidate.cells, 0.5);
        let exponents = self.terms.exponents.iter().enumerate();
        let left = exponents.filter(|(_, e)| !candidate.shape.contains(e)).map(|(k, e)| (k, scale(&powers, e)));
        let left: Vec<(usize, f64)> = left.collect();
        let mut worst = 0.0f64;
        for sample in 0..self.coefficients.len() {
            let coefficients = &self.coefficients[sample];
            worst = worst.max(left.iter().map(|(k, scale)| coefficients[*k] * scale).sum());
            if worst > enough {
                // Where one candidate is bad, others are: this point is the first to be looked at next time.
                self.coefficients.swap(0, sample);
                break;
            }
        }
        worst
    }

    /// The least order whose models leave out less than `enough`, about.
    pub fn order(&self, candidate: &TableChoice, enough: f64) -> usize {
        let powers = self.powers(&candidate.cells, 1.0);
        let beyond = |order: usize| {
            let places = self.terms.count[order]..self.terms.len();
            let of =
                |c: &Vec<f64>| -> f64 { places.clone().map(|k| c[k] * scale(&powers, &self.terms.exponents[k])).sum() };
            self.coefficients.iter().map(of).fold(0.0, f64::max)
        };
        (2..self.terms.order).find(|order| beyond(*order) <= enough).unwrap_or(self.terms.order)
    }

    /// For each input and power what a coefficient is to be multiplied with for cells of another width, and with `besides`
    /// for each power beyond the first.
    fn powers(&self, cells: &[usize], besides: f64) -> Vec<Vec<f64>> {
        let of_axis = |cells: &usize| {
            let ratio = SAMPLED / *cells as f64;
            let next = |power: &f64| Some(power * ratio * besides);
            let rising = std::iter::successors(Some(ratio), next);
            std::iter::once(1.0).chain(rising).take(self.terms.order + 1).collect()
        };
        cells.iter().map(of_axis).collect()
    }
}

fn scale(powers: &[Vec<f64>], e: &Exponents) -> f64 {
    powers.iter().zip(e).map(|(powers, e)| powers[usize::from(*e)]).product()
}

/// Shapes of one to three blocks, each with about four degrees less than the one before.
fn shapes(inputs: usize, order: usize) -> Vec<Shape> {
    let mut degrees: Vec<Vec<usize>> = Vec::new();
    for first in 1..order {
        degrees.push(vec![first]);
        for second in first.saturating_sub(5)..=first.saturating_sub(3) {
            degrees.push(vec![first, second]);
            if inputs == 2 {
                degrees.extend(
                    (second.saturating_sub(5)..=second.saturating_sub(3)).map(|third| vec![first, second, third]),
                );
            }
        }
    }
    degrees.dedup();
    let with = |lane: usize| degrees.iter().map(move |degrees| Shape { inputs, lane, degrees: degrees.clone() });
    (0..inputs).flat_map(with).collect()
}

/// The cells of a candidate.
pub fn axes(candidate: &TableChoice, domain: &[(f64, f64)]) -> Option<Vec<CellAxis>> {
    domain.iter().zip(&candidate.cells).map(|((lo, hi), cells)| CellAxis::new(*lo, *hi, *cells)).collect()
}
