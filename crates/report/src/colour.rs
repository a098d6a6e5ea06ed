//! Colours for values: a scale for what has a least and a largest value, and one for what lies on both sides of zero.

use crate::style::{Rgb, WHITE};

/// Steps between the shades of a scale. With one colour for what has no value, a picture's colours are numbers of one byte;
/// and zero, in the middle of a scale, is a shade of its own.
const SHADES: f64 = 254.0;
/// Lightness from which on a contour line is darker than its surroundings instead of lighter (heuristic).
const LIGHT: f64 = 0.42;
/// How far a contour line's colour is from its surroundings, as a share of the way to white or black (heuristic).
const CONTRAST: f64 = 0.55;

/// A colour scale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colours {
    /// Viridis (van der Walt and Smith 2015): equal steps look equally large, under every common colour blindness and in
    /// grey.
    Sequential,
    /// ColorBrewer's RdBu (Harrower and Brewer 2003): blue below the middle, red above it, the middle nearly white; told
    /// apart under every common colour blindness.
    Diverging,
}

impl Colours {
    /// The colour of a value that lies at a fraction of its axis, 0 to 1.
    pub fn at(self, fraction: f64) -> Rgb {
        let shade = (fraction.clamp(0.0, 1.0) * SHADES).round() / SHADES;
        let colour = match self {
            Colours::Sequential => colorous::VIRIDIS.eval_continuous(shade),
            Colours::Diverging => colorous::RED_BLUE.eval_continuous(1.0 - shade),
        };
        [colour.r, colour.g, colour.b]
    }

    /// The colour of a contour line there.
    pub fn line(self, fraction: f64) -> Rgb {
        let around = self.at(fraction);
        let towards = if lightness(around) < LIGHT { WHITE } else { [0; 3] };
        let mixed = |k: usize| f64::from(around[k]) * (1.0 - CONTRAST) + f64::from(towards[k]) * CONTRAST;
        [0, 1, 2].map(|k| mixed(k).round() as u8)
    }
}

/// How light a colour is, 0 to 1: the weights of Rec. 709, without its gamma.
fn lightness([r, g, b]: Rgb) -> f64 {
    (0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b)) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_values_are_lighter() {
        let lights: Vec<f64> = (0..=50).map(|k| lightness(Colours::Sequential.at(f64::from(k) / 50.0))).collect();
        assert!(lights.is_sorted_by(|a, b| a < b), "{lights:?}");
        // The ends that matplotlib has, #440154 and #fde725, within the rounding of colorous' spline.
        let near = |a: Rgb, b: Rgb| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 1);
        assert!(near(Colours::Sequential.at(0.0), [0x44, 0x01, 0x54]), "{:?}", Colours::Sequential.at(0.0));
        assert!(near(Colours::Sequential.at(1.0), [0xfd, 0xe7, 0x25]), "{:?}", Colours::Sequential.at(1.0));
    }

    #[test]
    fn signs_are_told_apart() {
        let [r, _, b] = Colours::Diverging.at(0.9);
        assert!(r > b, "red is above the middle");
        let [r, _, b] = Colours::Diverging.at(0.1);
        assert!(r < b, "blue is below it");
        assert!(Colours::Diverging.at(0.5).iter().all(|v| *v > 0xe8), "the middle is nearly white");
    }

    #[test]
    fn lines_stand_out() {
        for colours in [Colours::Sequential, Colours::Diverging] {
            for k in 0..=100 {
                let at = f64::from(k) / 100.0;
                let contrast = (lightness(colours.at(at)) - lightness(colours.line(at))).abs();
                assert!(contrast > 0.2, "{colours:?} at {at}: {contrast}");
            }
        }
    }
}
