//! The median of an odd number of slots as layers: comparators, each of one `ramp` unit.
//!
//! With `r = ramp(2(a - b)/L - 1)`, which is `(a - b)/L` cut off at 0 and 1, `min(a, b) = a - L r` and `max(a, b) = b + L r`
//! exactly wherever `|a - b| <= L`; and L is a power of two, so that the weights round nothing.
//!
//! Of `m/2 + 2` numbers of m the least and the largest are not the median. They are put aside, the next number is taken in, and
//! so on until three are left: 3, 7, 13, 20 comparators for 3, 5, 7, 9 numbers.

use bumpnet_ir::{Activation, Layer, Values, Weights};

/// Layers under construction behind some that there are.
pub struct Comparators<'a> {
    layers: &'a mut Vec<Layer>,
    /// Slots that are filled.
    slots: usize,
    /// A power of two that no two numbers are apart by more than.
    range: f64,
}

impl Comparators<'_> {
    /// Appends layers that end in the median of some slots, an odd number of them, no two of which are ever further apart than
    /// `range`, a power of two. Returns its slot.
    pub fn median(layers: &mut Vec<Layer>, slots: usize, numbers: &[u32], range: f64) -> u32 {
        let mut comparators = Comparators { layers, slots, range };
        let keep = numbers.len() / 2 + 2;
        let mut open: Vec<u32> = numbers[..keep.min(numbers.len())].to_vec();
        let mut rest = numbers[open.len()..].iter();
        while open.len() > 1 {
            comparators.put_aside(&mut open);
            open.extend(rest.next());
        }
        open[0]
    }

    /// Takes the least and the largest of some slots off: pairs are ordered, then the least of the lower and the largest of
    /// the upper ones are carried along.
    fn put_aside(&mut self, open: &mut Vec<u32>) {
        let odd = (open.len() % 2 == 1).then(|| open.pop()).flatten();
        let (mut low, mut high): (Vec<u32>, Vec<u32>) =
            open.chunks_exact(2).map(|pair| self.compare(pair[0], pair[1])).unzip();
        open.clear();
        while let [a, b, ..] = low[..] {
            let (least, other) = self.compare(a, b);
            low.splice(..2, [least]);
            open.push(other);
        }
        while let [a, b, ..] = high[..] {
            let (other, largest) = self.compare(a, b);
            high.splice(..2, [largest]);
            open.push(other);
        }
        if let Some(middle) = odd {
            // It may be the least or the largest of all, or neither.
            let (_, not_least) = self.compare(low[0], middle);
            let (inside, _) = self.compare(not_least, high[0]);
            open.push(inside);
        }
    }

    /// The slots of the lesser and of the larger of two.
    fn compare(&mut self, a: u32, b: u32) -> (u32, u32) {
        let scale = 2.0 / self.range;
        self.layers.push(Layer {
            activation: Activation::Ramp,
            inputs: vec![a, b],
            rows: 1,
            weights: Weights { row: vec![0, 0], col: vec![0, 1], value: Values::Each(vec![scale, -scale]) },
            bias: Values::Each(vec![-1.0]),
        });
        let excess = self.slots as u32;
        self.layers.push(Layer {
            activation: Activation::Identity,
            inputs: vec![a, b, excess],
            rows: 2,
            weights: Weights {
                row: vec![0, 0, 1, 1],
                col: vec![0, 2, 1, 2],
                value: Values::Each(vec![1.0, -self.range, 1.0, self.range]),
            },
            bias: Values::Same(0.0),
        });
        self.slots += 3;
        (excess + 1, excess + 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(layers: &[Layer], numbers: &[f64]) -> Vec<f64> {
        let mut slots = numbers.to_vec();
        for layer in layers {
            let mut sums: Vec<f64> = (0..layer.rows).map(|row| layer.bias.get(row)).collect();
            for (row, column, weight) in layer.weights.entries() {
                sums[row] += weight * slots[layer.inputs[column] as usize];
            }
            slots.extend(sums.iter().map(|z| layer.activation.value(*z)));
        }
        slots
    }

    /// A network of comparators that is right for all zeros and ones is right for all numbers (Knuth, *The Art of Computer
    /// Programming*, 5.3.4, theorem Z).
    #[test]
    fn the_median_of_every_row_of_zeros_and_ones() {
        for (count, comparators) in [(1, 0), (3, 3), (5, 7), (7, 13), (9, 20)] {
            let mut layers = Vec::new();
            let numbers: Vec<u32> = (0..count).collect();
            let median = Comparators::median(&mut layers, count as usize, &numbers, 2.0);
            assert_eq!(layers.len(), 2 * comparators, "{count} numbers");
            for bits in 0..1u32 << count {
                let numbers: Vec<f64> = (0..count).map(|k| f64::from(bits >> k & 1)).collect();
                let value = run(&layers, &numbers)[median as usize];
                assert_eq!(value, f64::from(u8::from(bits.count_ones() > count / 2)), "{numbers:?}");
            }
        }
    }
}
