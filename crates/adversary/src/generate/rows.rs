//! Rows of weights: aimed so that the unit's step lies in the domain, on a jump to the last bit or beside it, with sums that
//! cancel, with weights of any size, with none, or twice.

use bumpnet_ir::Activation;

use super::draft::{Draft, DraftRow};
use crate::random::Random;

/// Where an activation jumps, bends or saturates.
fn places(activation: Activation) -> &'static [f64] {
    match activation {
        Activation::ClippedLogistic => &[6.0, -6.0],
        Activation::Ogee => &[0.0, 1.0, -1.0],
        Activation::Smoothstep | Activation::Ramp => &[1.0, -1.0],
        _ => &[0.0],
    }
}

/// A row that reads some of the columns, its argument at a sampled point near one of the activation's own places.
pub fn aimed(random: &mut Random, draft: &Draft, activation: Activation, columns: &[u32], most: usize) -> DraftRow {
    let steepness = match random.below(8) {
        0..4 => random.power_of_ten(-0.3, 1.0),
        4 => random.power_of_ten(-3.0, 0.0),
        5 | 6 => random.power_of_ten(1.0, 4.0),
        _ => random.power_of_ten(3.0, 17.0),
    };
    let count = random.count(1, most.min(columns.len()).max(1));
    let bits = random.below(3);
    let mut terms: Vec<(u32, f64)> = (0..count)
        .map(|_| {
            let column = random.below(columns.len());
            let slope = random.sign() * random.between(0.2, 1.0) * steepness / draft.spread(columns[column]);
            (column as u32, if bits == 0 { slope } else { short(slope, bits * 3) })
        })
        .collect();
    if !random.once_in(20) {
        // One place once only, but for a few.
        terms.sort_by_key(|term| term.0);
        terms.dedup_by_key(|term| term.0);
    }
    let sample = random.below(draft.samples.len());
    let z = random.pick(places(activation));
    (bias(random, draft, columns, &terms, z, sample), terms)
}

/// A bias that takes the sum to `z` at a sampled point, as the evaluator rounds it, or a neighbour, or somewhere near.
fn bias(random: &mut Random, draft: &Draft, columns: &[u32], terms: &[(u32, f64)], z: f64, sample: usize) -> f64 {
    let slots = &draft.samples[sample];
    let round = |value: f64| draft.precision.round(value);
    let term = |(column, weight): &(u32, f64)| round(round(*weight) * slots[columns[*column as usize] as usize]);
    let sum = terms.iter().fold(0.0, |sum, t| round(sum + term(t)));
    let exact = round(z - sum);
    match random.below(8) {
        0..3 => exact,
        3 => exact.next_up(),
        4 => exact.next_down(),
        5 => exact * (1.0 + random.sign() * random.power_of_ten(-16.0, -6.0)),
        _ => {
            exact
                + random.between(-0.5, 0.5)
                    * terms.iter().map(|t| t.1.abs() * draft.spread(columns[t.0 as usize])).sum::<f64>()
        }
    }
}

/// A number with so many bits.
fn short(value: f64, bits: usize) -> f64 {
    if !value.is_normal() {
        return value;
    }
    let keep = !0u64 << (52 - bits.min(52));
    f64::from_bits(value.to_bits() & keep)
}

/// Large weights that cancel, and a small rest: of two slots, of one slot twice, or of a slot and the bias.
pub fn cancelling(random: &mut Random, draft: &Draft, columns: &[u32]) -> DraftRow {
    let (p, q) = (random.below(columns.len()) as u32, random.below(columns.len()) as u32);
    let large = random.sign() * random.power_of_ten(3.0, 17.0) / draft.spread(columns[p as usize]);
    let small = random.sign() * random.pick(&[1e-17, 1e-16, 2e-16, 1e-9, 1.0]);
    let other = random.below(columns.len()) as u32;
    let mut terms = vec![(p, large), (q, -large), (other, small)];
    if random.once_in(2) {
        terms.rotate_left(1);
    }
    let at = &draft.samples[random.below(draft.samples.len())];
    let gap = large * (at[columns[p as usize] as usize] - at[columns[q as usize] as usize]);
    (random.pick(&[0.0, -gap, -small, -gap - small, 1.0]), terms)
}

/// Sums like `0.1 + 0.2 - 0.3`: of steps that are 0 or 1, at a threshold that rounding decides.
pub fn counted(random: &mut Random, columns: &[u32]) -> DraftRow {
    let unit = random.pick(&[1.0, 1.0, 0.1, 1.0 / 3.0, 0.7]);
    let terms: Vec<(u32, f64)> =
        (0..columns.len() as u32).filter(|_| !random.once_in(4)).map(|column| (column, unit)).collect();
    let on = random.below(terms.len() + 1);
    let sum = (0..on).fold(0.0, |sum, _| sum + unit);
    let signs = random.once_in(3);
    let terms: Vec<(u32, f64)> =
        terms.into_iter().map(|(c, w)| (c, if signs { w * random.sign() } else { w })).collect();
    let bias = random.pick(&[-sum, -unit * on as f64, -sum + 0.5 * unit, (-sum).next_down()]);
    (bias, terms)
}

/// Weights of any size.
pub fn extreme(random: &mut Random, columns: &[u32]) -> DraftRow {
    let size = |random: &mut Random| random.sign() * random.power_of_ten(-300.0, 300.0);
    let count = random.count(1, columns.len().min(3));
    let terms = (0..count).map(|_| (random.below(columns.len()) as u32, size(random))).collect();
    (if random.once_in(3) { 0.0 } else { size(random) }, terms)
}

/// A row that reads nothing, or everything with weight zero.
pub fn constant(random: &mut Random, activation: Activation, columns: &[u32]) -> DraftRow {
    let terms = if random.once_in(2) {
        (0..columns.len() as u32).map(|c| (c, random.pick(&[0.0, -0.0]))).collect()
    } else {
        Vec::new()
    };
    let place = random.pick(places(activation));
    (random.pick(&[place, place.next_up(), place.next_down(), 0.3, 1.0, -0.0]), terms)
}

/// The same row with its step a tiny distance away.
pub fn twin(random: &mut Random, (bias, terms): &DraftRow) -> DraftRow {
    let beside = match random.below(4) {
        0 => bias.next_up(),
        1 => bias.next_down(),
        2 => bias * (1.0 + random.sign() * random.power_of_ten(-15.0, -3.0)),
        _ => *bias,
    };
    (beside, terms.clone())
}
