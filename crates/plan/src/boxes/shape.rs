//! Which terms a cell's polynomial has, how they lie in a row, and what a point then costs.
//!
//! One input, the *lane*, has its powers side by side, four to a vector, so that Horner's scheme in the other inputs is
//! done for four powers at once, with every number of the row used as it is loaded; what is left is a polynomial of the
//! lane. Terms with a higher power of the lane have lower ones of the others: block b, of the powers 4b to 4b+3, has the
//! others up to the total degree `degrees[b]`.

use super::terms::{Exponents, MOST_INPUTS, Terms};

/// Powers in a vector.
pub const LANES: usize = 4;

/// The terms of a polynomial.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Number of inputs.
    pub inputs: usize,
    /// The input whose powers lie side by side.
    pub lane: usize,
    /// For each four powers of it, the largest total degree of the others; not rising.
    pub degrees: Vec<usize>,
}

impl Shape {
    /// The inputs but the lane, the outermost of Horner's scheme first.
    pub fn others(&self) -> impl Iterator<Item = usize> {
        let lane = self.lane;
        (0..self.inputs).filter(move |k| *k != lane)
    }

    /// Whether a term is one of these.
    pub fn contains(&self, e: &Exponents) -> bool {
        let others: usize = self.others().map(|k| usize::from(e[k])).sum();
        self.degrees.get(usize::from(e[self.lane]) / LANES).is_some_and(|degree| others <= *degree)
    }

    /// Vectors in a row.
    pub fn vectors(&self) -> usize {
        let of_block = |m: &usize| (1..self.inputs).fold(1, |count, k| count * (m + k) / k);
        self.degrees.iter().map(of_block).sum()
    }

    /// The places of a row's numbers among the terms, as Horner's scheme takes them, the block of the highest powers first;
    /// `None` for a term beyond the order.
    pub fn row(&self, terms: &Terms) -> Vec<[Option<usize>; LANES]> {
        let others: Vec<usize> = self.others().collect();
        let mut vectors = Vec::with_capacity(self.vectors());
        for (b, degree) in self.degrees.iter().enumerate().rev() {
            falling(&others, *degree, &mut [0; MOST_INPUTS], &mut |e| {
                vectors.push(std::array::from_fn(|k| {
                    let mut e = *e;
                    e[self.lane] = (LANES * b + k) as u8;
                    terms.exponents.iter().position(|known| *known == e)
                }));
            });
        }
        vectors
    }

    /// About the nanoseconds that a point takes in a table of so many cells, measured on common processors: to find the
    /// cell, a product and a sum for each vector, and lines from the caches behind the first. A constant, so that the same
    /// plan is made everywhere.
    pub fn cost(&self, cells: usize) -> f64 {
        let vectors = self.vectors() as f64;
        let beyond = |cache: f64| (1.0 - cache / self.bytes(cells) as f64).max(0.0);
        let lines = vectors / 2.0 * (0.2 * beyond(32e3) + 0.9 * beyond(600e3));
        1.2 * self.inputs as f64 - 0.8 + 0.27 * vectors + lines
    }

    /// Bytes of so many rows.
    pub fn bytes(&self, cells: usize) -> usize {
        cells * self.vectors() * LANES * 8
    }
}

/// The exponents of total degree at most `degree` in the order of nested Horner schemes: each from its highest power down.
fn falling(others: &[usize], degree: usize, e: &mut Exponents, visit: &mut impl FnMut(&Exponents)) {
    let Some((outer, inner)) = others.split_first() else { return visit(e) };
    for power in (0..=degree).rev() {
        e[*outer] = power as u8;
        falling(inner, degree - power, e, visit);
    }
    e[*outer] = 0;
}
