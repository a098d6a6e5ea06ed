//! Sums of floats that are exact, such as those of whole numbers.

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Activation, Network};

/// Whether binary floats of so many digits hold every sum of some of these numbers, whose magnitudes add up to `total` at
/// most: all are multiples of the last digit of one of them.
pub fn sums_are_exact(numbers: impl Iterator<Item = f64>, total: UpperBound, unit_roundoff: f64) -> bool {
    let last_digit = |v: f64| {
        let raw = (v.to_bits() >> 52 & 0x7ff) as i32;
        let zeros = (v.to_bits() & ((1 << 52) - 1) | 1 << 52).trailing_zeros() as i32;
        if raw == 0 { f64::from_bits(1) } else { f64::from_bits(((raw - 52 + zeros).max(1) as u64) << 52) }
    };
    let finest = numbers.filter(|v| *v != 0.0).map(last_digit).fold(f64::INFINITY, f64::min);
    finest > 1e-290 && total.get() * unit_roundoff <= finest
}

/// Whether nothing rounds where the evaluator adds up one hidden layer of jumps: then each of its sums is one of some of the
/// weights, in whatever order.
pub fn jumps_add_up_exactly(network: &Network) -> bool {
    let ([hidden, output], precision) = (&network.layers[..], network.precision) else { return false };
    let numbers = || output.weights.entries().map(|(.., value)| value).chain([output.bias.get(0)]);
    let total: UpperBound = numbers().map(|value| UpperBound::new(value.abs())).sum();
    hidden.activation == Activation::Heaviside
        && numbers().all(|value| precision.round(value) == value)
        && total.get() <= precision.extremes().1
        && sums_are_exact(numbers(), total, precision.unit_roundoff())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_that_floats_hold() {
        let exact = |list: &[f64]| {
            let total = list.iter().map(|v| UpperBound::new(v.abs())).sum();
            sums_are_exact(list.iter().copied(), total, f64::EPSILON / 2.0)
        };
        assert!(exact(&[1.0, -3.0, 0.5, 1024.0]) && exact(&[]) && exact(&[0.1]));
        assert!(exact(&[1.0, f64::EPSILON]) && !exact(&[1.0, f64::EPSILON / 2.0]));
        assert!(!exact(&[0.1, 0.2]) && !exact(&[1.0, 1e-300]) && !exact(&[1.0, 5e-324]));
    }
}
