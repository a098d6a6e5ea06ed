//! The monomials of a box's variables up to a total degree, and what each product of two of them is.

use std::collections::HashMap;

use crate::chebyshev::{binomial, polynomial as chebyshev};

/// Most inputs of a table over boxes.
pub const MOST_INPUTS: usize = 4;

/// Exponents of a monomial, by input.
pub type Exponents = [u8; MOST_INPUTS];

/// Monomials, or products of Chebyshev polynomials of the same degrees, by total degree.
pub struct Terms {
    /// Number of variables.
    pub inputs: usize,
    /// The largest total degree.
    pub order: usize,
    /// Exponents of each.
    pub exponents: Vec<Exponents>,
    /// Total degree of each.
    pub degree: Vec<usize>,
    /// How many are of a total degree up to this.
    pub count: Vec<usize>,
    /// Products of two that make the same at most.
    pub most: usize,
    /// For each the place of its product with the first ones, as far as that is of the order at most.
    pub product: Vec<Vec<u32>>,
    /// For each monomial the Chebyshev products that it is the sum of, with their factors: positive, and 1 together.
    pub to_chebyshev: Vec<Vec<(usize, f64)>>,
    /// For each Chebyshev product the monomials that it is the sum of, with their factors.
    pub from_chebyshev: Vec<Vec<(usize, f64)>>,
}

impl Terms {
    pub fn new(inputs: usize, order: usize) -> Terms {
        let mut exponents = Vec::new();
        for degree in 0..=order {
            of_degree(inputs, 0, degree, &mut [0; MOST_INPUTS], &mut exponents);
        }
        let degree: Vec<usize> = exponents.iter().map(|e| e.iter().map(|e| usize::from(*e)).sum()).collect();
        let count: Vec<usize> = (0..=order).map(|d| degree.partition_point(|degree| *degree <= d)).collect();
        let place: HashMap<Exponents, usize> = exponents.iter().enumerate().map(|(k, e)| (*e, k)).collect();
        let times = |a: &Exponents, b: &Exponents| place[&std::array::from_fn(|k| a[k] + b[k])] as u32;
        let product =
            |i: usize| exponents[..count[order - degree[i]]].iter().map(|b| times(&exponents[i], b)).collect();
        let divisors = |e: &Exponents| e.iter().map(|e| usize::from(*e) + 1).product();
        let sums = |of: fn(usize) -> Vec<(usize, f64)>| {
            exponents.iter().map(|e| tensor(e, of).into_iter().map(|(e, c)| (place[&e], c)).collect()).collect()
        };
        Terms {
            inputs,
            order,
            most: exponents.iter().map(divisors).max().unwrap_or(1),
            product: (0..exponents.len()).map(product).collect(),
            to_chebyshev: sums(|k| power(k).collect()),
            from_chebyshev: sums(polynomial),
            exponents,
            degree,
            count,
        }
    }

    pub fn len(&self) -> usize {
        self.exponents.len()
    }
}

/// The exponents of one total degree, from an input on, its own falling.
fn of_degree(inputs: usize, axis: usize, degree: usize, exponents: &mut Exponents, all: &mut Vec<Exponents>) {
    if axis + 1 == inputs {
        exponents[axis] = degree as u8;
        all.push(*exponents);
        return;
    }
    for own in (0..=degree).rev() {
        exponents[axis] = own as u8;
        of_degree(inputs, axis + 1, degree - own, exponents, all);
    }
}

/// `t^k` in Chebyshev polynomials: `2^(1-k) sum_j binomial(k, (k-j)/2) T_j`, half of that for j = 0.
pub fn power(k: usize) -> impl Iterator<Item = (usize, f64)> {
    let part = move |j: usize| {
        let scale = f64::from_bits((1023 + 1 - k as u64) << 52) * if j == 0 { 0.5 } else { 1.0 };
        (j, binomial(k, (k - j) / 2) * scale)
    };
    (k % 2..=k).step_by(2).map(part)
}

/// `T_j` in powers.
fn polynomial(j: usize) -> Vec<(usize, f64)> {
    if j == 0 { vec![(0, 1.0)] } else { (j % 2..=j).step_by(2).map(|k| (k, chebyshev(j, k))).collect() }
}

/// A product of one such sum for each variable.
fn tensor(e: &Exponents, of: fn(usize) -> Vec<(usize, f64)>) -> Vec<(Exponents, f64)> {
    let mut all = vec![([0; MOST_INPUTS], 1.0)];
    for (axis, e) in e.iter().enumerate() {
        let sum = of(usize::from(*e));
        let times = |(made, c): (Exponents, f64)| {
            sum.iter().map(move |(k, factor)| {
                let mut made = made;
                made[axis] = *k as u8;
                (made, c * factor)
            })
        };
        all = all.into_iter().flat_map(times).collect();
    }
    all
}
