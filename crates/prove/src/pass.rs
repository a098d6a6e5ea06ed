//! How a pass over a network of jumps goes through the domain: cells as wide as the one before suggests.

use bumpnet_kernel::sweep::Sweep;

use crate::watch::stopped;
use crate::work::steps;

/// A cell where the target is not smooth is divided while it holds more jumps than this, or is a larger part of the domain
/// than [`LARGE`]. Heuristics.
const FEW: usize = 4;
const LARGE: f64 = 1.0 / 16.0;
/// The first cell, as a part of the domain. Heuristic.
const FIRST: f64 = 1.0 / 8.0;
/// No cell is made smaller than this part of the domain.
const SMALL: f64 = 1.0 / (1u64 << 30) as f64;
/// Cells tried, at most, and one for each jump besides. Heuristic: seconds; the corpus takes some hundreds.
const MANY: usize = 1 << 18;
const SHORT: usize = 16;

/// Goes through the domain, which ends at `end` and is that wide.
pub fn run(sweep: &mut Sweep<'_, '_>, end: f64, whole: f64) {
    let (mut width, mut again) = (FIRST * whole, false);
    let most = steps(MANY + sweep.jumps_to(end));
    let mut left = most;
    while sweep.at() < end {
        // A pass that is asked to end does so after a part of the work.
        if left == 0 || most - left > most / SHORT && stopped() {
            sweep.leave(end);
            return;
        }
        left -= 1;
        let a = sweep.at();
        // No sliver is left at the end; but a cell that is tried again is narrower than before.
        let room = if again { 1.0 } else { 1.05 };
        // A domain of few numbers is not divided between two of them.
        let b = if end - a <= room * width { end } else { (a + width).max(a.next_up()) };
        let (done, wider) = sweep.cell(b);
        let better = 0.95 * wider;
        if done {
            (width, again) = ((b - a) * better.clamp(0.5, 4.0), false);
            continue;
        }
        let few = wider == 0.0 && sweep.jumps_to(b) <= FEW && b - a <= LARGE * whole;
        if few || b - a <= SMALL * whole || b <= a.next_up() {
            sweep.leave(b);
            (width, again) = (4.0 * (b - a), false);
        } else {
            (width, again) = ((b - a) * better.clamp(0.25, 0.95), true);
        }
    }
}
