//! Domains: ordinary ones, narrow to one step between neighbouring numbers, wide to 1e300, and far from zero.

use bumpnet_ir::{Input, Precision};

use crate::random::Random;

/// Names of inputs, in order.
pub const NAMES: [&str; 4] = ["x", "y", "z", "u"];

const ORDINARY: [(f64, f64); 8] =
    [(0.0, 1.0), (-1.0, 1.0), (-1.0, 0.5), (0.1, 7.3), (-300.0, 500.0), (1e-3, 1.0), (0.25, 0.75), (-3.0, -2.0)];

const UNUSUAL: [(f64, f64); 14] = [
    (0.0, 1e-6),
    (-1e-12, 3e-12),
    (1000.0, 1001.0),
    (1e15, 1e15 + 8.0),
    (16_777_215.0, 16_777_217.0),
    (-1e150, 1e150),
    (-1e300, 1e300),
    (0.0, 1e300),
    (1e-300, 3e-300),
    (-1e-307, 1e-307),
    (0.0, 5e-324),
    (-1e-320, 1e-320),
    (-8.9e307, 8.9e307),
    (1e38, 3e38),
];

/// The sides of a box.
pub fn inputs(random: &mut Random, count: usize, precision: Precision) -> Vec<Input> {
    let unusual = random.once_in(4);
    (0..count)
        .map(|k| {
            let (lo, hi) = match random.below(12) {
                0..9 if !unusual => random.pick(&ORDINARY),
                0..7 => random.pick(&UNUSUAL),
                7 | 9 if unusual => narrow(random, precision),
                _ => {
                    let (a, b) = (random.between(-2.0, 2.0), random.power_of_ten(-3.0, 3.0));
                    (a, a + b)
                }
            };
            Input { name: NAMES[k].into(), lo, hi }
        })
        .collect()
}

/// A few neighbouring numbers of the precision.
fn narrow(random: &mut Random, precision: Precision) -> (f64, f64) {
    let lo = random.pick(&[0.3, 1.0, -1.0, 0.1, 1e300, 1e-300, 12_345.678, 0.999_999_999]);
    let lo = if random.once_in(2) { lo } else { precision.round(lo).clamp(-1e300, 1e300) };
    let steps = random.pick(&[1, 1, 2, 3, 17]);
    let up = |x: f64| match precision {
        Precision::F32 if x.abs() < 1e37 => f64::from((x as f32).next_up()),
        _ => x.next_up(),
    };
    (lo, (0..steps).fold(lo, |x, _| up(x)))
}
