//! The monomials up to a total degree in several variables: their order, their products, and what they are on a box.

use std::collections::BTreeMap;

/// All monomials of some variables up to a total degree, in order of their degree.
#[derive(Debug)]
pub struct Monomials {
    /// Number of variables.
    pub inputs: usize,
    /// The highest total degree.
    pub order: usize,
    /// One exponent per variable.
    pub exponents: Vec<Vec<u8>>,
    /// The total degree of each.
    pub degree: Vec<usize>,
    /// How many there are up to a degree.
    pub count: Vec<usize>,
    /// `degree!/product of exponent!`, exactly.
    pub multinomial: Vec<f64>,
    /// Each but the first as a monomial before it times a variable.
    pub parent: Vec<(usize, usize)>,
    /// For each monomial the products with those that keep within the order, in their order.
    product: Vec<Vec<u16>>,
    /// For each variable the monomials that differ in its exponent only, from exponent 0 upwards.
    pub lines: Vec<Vec<Vec<usize>>>,
}

/// Total degree for a number of variables. Heuristic: so a product takes some thousand multiplications.
fn order(inputs: usize) -> usize {
    match inputs {
        0 | 1 => 15,
        2 => 12,
        3 => 9,
        4 => 6,
        5 => 4,
        6..=10 => 3,
        _ => 2,
    }
}

impl Monomials {
    /// The monomials for a number of variables.
    pub fn new(inputs: usize) -> Monomials {
        Monomials::up_to(inputs, order(inputs))
    }

    /// The monomials up to a degree.
    pub fn up_to(inputs: usize, order: usize) -> Monomials {
        let (mut exponents, mut parent) = (vec![vec![0u8; inputs]], vec![(0, 0)]);
        let mut count = vec![1];
        let mut first = 0;
        for _ in 0..order {
            let last = exponents.len();
            for k in first..last {
                // Each once: its variables in order.
                let from = exponents[k].iter().rposition(|e| *e > 0).unwrap_or(0);
                for axis in from..inputs {
                    let mut next = exponents[k].clone();
                    next[axis] += 1;
                    exponents.push(next);
                    parent.push((k, axis));
                }
            }
            first = last;
            count.push(exponents.len());
        }
        let degree: Vec<usize> = exponents.iter().map(|e| e.iter().map(|k| usize::from(*k)).sum()).collect();
        let place: BTreeMap<&[u8], usize> = exponents.iter().enumerate().map(|(k, e)| (&e[..], k)).collect();
        let product = exponents
            .iter()
            .zip(&degree)
            .map(|(a, d)| {
                let sum = |b: &Vec<u8>| -> Vec<u8> { a.iter().zip(b).map(|(a, b)| a + b).collect() };
                exponents[..count[order - d]].iter().map(|b| place[&sum(b)[..]] as u16).collect()
            })
            .collect();
        let line = |axis: usize, k: usize| -> Vec<usize> {
            let along = |step: u8| {
                let mut e = exponents[k].clone();
                e[axis] = step;
                place.get(&e[..]).copied()
            };
            (0..=order as u8).map_while(along).collect()
        };
        let lines = (0..inputs)
            .map(|axis| (0..exponents.len()).filter(|k| exponents[*k][axis] == 0).map(|k| line(axis, k)).collect())
            .collect();
        let multinomial = exponents.iter().map(|e| multinomial(e)).collect();
        Monomials { inputs, order, degree, count, multinomial, parent, product, lines, exponents }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.exponents.len()
    }

    /// Whether there are none, which is never so.
    pub fn is_empty(&self) -> bool {
        self.exponents.is_empty()
    }

    /// The products of a monomial with the first ones, as long as they are within the order.
    #[inline]
    pub fn products(&self, k: usize) -> &[u16] {
        &self.product[k]
    }

    /// Whether it is a square, so that it is never negative.
    pub fn is_even(&self, k: usize) -> bool {
        self.exponents[k].iter().all(|e| e % 2 == 0)
    }
}

/// Exact: of degree 15 at most, so below 16^15 only for many variables, whose degree is small; all partial products are
/// binomial coefficients' products, integers below 2^53.
fn multinomial(exponents: &[u8]) -> f64 {
    let (mut result, mut n) = (1.0, 0.0);
    for e in exponents {
        for k in 1..=*e {
            n += 1.0;
            result = result * n / f64::from(k);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_sums_of_exponents() {
        for (inputs, order) in [(1, 15), (2, 6), (3, 4), (5, 2)] {
            let table = Monomials::up_to(inputs, order);
            for a in 0..table.len() {
                assert_eq!(table.products(a).len(), table.count[order - table.degree[a]]);
                for (b, ab) in table.products(a).iter().enumerate() {
                    let sum: Vec<u8> = table.exponents[a].iter().zip(&table.exponents[b]).map(|(a, b)| a + b).collect();
                    assert_eq!(table.exponents[usize::from(*ab)], sum);
                }
                if a > 0 {
                    let (parent, axis) = table.parent[a];
                    let mut up = table.exponents[parent].clone();
                    up[axis] += 1;
                    assert_eq!(table.exponents[a], up);
                }
            }
        }
    }

    #[test]
    fn multinomials_add_up() {
        let table = Monomials::up_to(3, 6);
        for d in 0..=6 {
            let sum: f64 = (0..table.len()).filter(|k| table.degree[*k] == d).map(|k| table.multinomial[k]).sum();
            assert_eq!(sum, f64::from(3u32.pow(d as u32)));
        }
    }

    #[test]
    fn every_monomial_is_on_one_line_of_each_axis() {
        let table = Monomials::up_to(3, 5);
        for axis in 0..3 {
            let mut all: Vec<usize> = table.lines[axis].iter().flatten().copied().collect();
            all.sort_unstable();
            assert_eq!(all, (0..table.len()).collect::<Vec<_>>());
        }
    }
}
