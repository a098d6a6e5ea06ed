//! A seeded source of numbers: splitmix64 (Steele, Lea and Flood 2014).

use bumpnet_interval::{Binary, elementary};

/// The source; its state is the seed.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// A source of its own for one number out of a run's: neighbouring seeds have nothing in common.
    pub fn of(seed: u64) -> Random {
        Random(Random(seed ^ 0x5bd1_e995_9e37_79b9).bits())
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From `a` to `b`, also where their difference overflows.
    pub fn between(&mut self, a: f64, b: f64) -> f64 {
        let t = self.unit();
        ((1.0 - t) * a + t * b).clamp(a.min(b), a.max(b))
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n.max(1) as u64) as usize
    }

    /// From `a` to `b`, both included.
    pub fn count(&mut self, a: usize, b: usize) -> usize {
        a + self.below(b + 1 - a)
    }

    /// Once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of a list.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// One of a list by weights.
    pub fn weighted<T: Copy>(&mut self, list: &[(usize, T)]) -> T {
        let mut left = self.below(list.iter().map(|item| item.0).sum());
        for (weight, item) in list {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        list[0].1
    }

    /// 1 or -1.
    pub fn sign(&mut self) -> f64 {
        self.pick(&[1.0, -1.0])
    }

    /// A power of ten with an exponent between two numbers, and a few digits.
    pub fn power_of_ten(&mut self, from: f64, to: f64) -> f64 {
        let exponent = self.between(from, to);
        // Not the standard library's power, which differs between platforms.
        elementary::binary(Binary::Pow, 10.0, exponent)
    }
}
