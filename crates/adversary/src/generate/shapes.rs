//! The layers of each family.

use bumpnet_ir::Activation;

use super::draft::{Draft, DraftRow};
use super::family::Family;
use super::rows::{aimed, cancelling, constant, counted, extreme, twin};
use crate::random::Random;

use Activation::{Arctan, ClippedLogistic, Erf, Gompertz, Heaviside, Identity, Logistic, Ogee, Ramp, Smoothstep, Tanh};

const STEPS: [Activation; 10] =
    [Heaviside, Logistic, ClippedLogistic, Tanh, Gompertz, Ogee, Smoothstep, Ramp, Erf, Arctan];

/// Adds all layers, the output's included.
pub fn layers(random: &mut Random, draft: &mut Draft, family: Family) {
    let n = draft.slots();
    let axes: Vec<u32> = (0..n).collect();
    match family {
        Family::Units => {
            let activation = random.pick(&STEPS);
            let most = random.pick(&[3, 8, 8, 30]);
            hidden(random, draft, activation, axes, (1, most), 1);
            output(random, draft, n, false);
        }
        Family::Jumps => {
            let rows = rising(random, draft);
            draft.push(Heaviside, axes, rows);
            output(random, draft, n, false);
        }
        Family::Grid => grid(random, draft, axes),
        Family::Ridge => {
            let activation = random.pick(&STEPS);
            hidden(random, draft, activation, axes, (1, 6), n as usize);
            output(random, draft, n, false);
        }
        Family::Deep => {
            let same = random.once_in(2).then(|| random.pick(&STEPS));
            let first = random.pick(&STEPS);
            hidden(random, draft, same.unwrap_or(first), axes, (1, 5), n as usize);
            for _ in 0..random.count(1, 3) {
                let any = random.pick(&STEPS);
                let activation = same.unwrap_or(random.pick(&[any, Identity, Heaviside]));
                let skips = random.once_in(3);
                let columns = readable(draft, n, skips);
                hidden(random, draft, activation, columns, (1, 4), 4);
            }
            output(random, draft, n, true);
        }
        Family::Anything => {
            for _ in 0..random.count(0, 4) {
                let slots = draft.slots() as usize;
                // Any slots, some of them twice, in any order; or none.
                let columns: Vec<u32> = (0..random.count(0, 6)).map(|_| random.below(slots) as u32).collect();
                let activation = random.pick(&Activation::ALL);
                hidden(random, draft, activation, columns, (0, 4), 5);
            }
            output(random, draft, n, true);
        }
    }
}

/// The last layer's slots, or all behind the inputs, or all.
fn readable(draft: &Draft, inputs: u32, skips: bool) -> Vec<u32> {
    let last = draft.layers.last().map_or(inputs, |layer| layer.rows as u32);
    let from = if skips { 0 } else { draft.slots() - last };
    (from..draft.slots()).collect()
}

/// A layer of rows of every kind that read some of the columns, at most so many each.
fn hidden(
    random: &mut Random,
    draft: &mut Draft,
    activation: Activation,
    columns: Vec<u32>,
    (least, most): (usize, usize),
    reads: usize,
) {
    let mut rows: Vec<DraftRow> = Vec::new();
    for _ in 0..random.count(least, most) {
        let row = match (columns.is_empty(), rows.last(), random.below(24)) {
            (true, ..) | (_, _, 0) => constant(random, activation, &columns),
            (_, Some(before), 1..4) => twin(random, before),
            (_, _, 4) => extreme(random, &columns),
            (_, _, 5 | 6) if columns.len() > 1 => cancelling(random, draft, &columns),
            _ => aimed(random, draft, activation, &columns, reads),
        };
        rows.push(row);
    }
    draft.push(activation, columns, rows);
}

/// Steps that all rise, which the proof of jumps wants, or nearly.
fn rising(random: &mut Random, draft: &Draft) -> Vec<DraftRow> {
    let input = draft.inputs[0].clone();
    let width = (input.hi - input.lo).min(f64::MAX);
    let exact = random.once_in(3);
    let falls = random.once_in(5);
    let mut rows: Vec<DraftRow> = Vec::new();
    for _ in 0..random.pick(&[1, 2, 5, 12, 40]) {
        let inside = random.between(input.lo, input.hi);
        let at = random.pick(&[
            inside,
            inside,
            inside,
            inside,
            input.lo,
            input.hi,
            input.lo.next_up(),
            input.hi.next_down(),
        ]);
        let at = random.pick(&[at, at, at, at, at + 1e-16 * width, input.hi.next_up(), input.lo.next_down()]);
        let w =
            if exact { random.pick(&[1.0, 0.5, 4.0]) } else { random.between(0.3, 3.0) / width.clamp(1e-290, 1e290) };
        let w = draft.finite(if falls { w * random.sign() } else { w });
        let row = (-w * at, vec![(0, w)]);
        match rows.last() {
            Some(before) if random.once_in(5) => rows.push(twin(random, &before.clone())),
            _ => rows.push(row),
        }
    }
    if random.once_in(12) {
        rows.push(constant(random, Heaviside, &[0]));
    }
    rows
}

/// Steps of one input each, then steps of those.
fn grid(random: &mut Random, draft: &mut Draft, axes: Vec<u32>) {
    let n = axes.len() as u32;
    let first = random.weighted(&[(7, Heaviside), (1, Logistic), (1, Ramp), (1, ClippedLogistic), (1, Smoothstep)]);
    let mut rows: Vec<DraftRow> = Vec::new();
    for axis in 0..n {
        let side = draft.inputs[axis as usize].clone();
        for _ in 0..random.count(1, if n > 2 { 2 } else { 4 }) {
            let inside = random.between(side.lo, side.hi);
            let at = random.pick(&[inside, inside, side.lo, side.hi, 0.5 * side.lo + 0.5 * side.hi]);
            let width = (side.hi - side.lo).clamp(1e-290, 1e290);
            let steep = if first == Heaviside { 1.0 } else { random.power_of_ten(2.0, 9.0) };
            let w = random.sign() * steep * random.pick(&[1.0 / width, 3.7 / width, 1.0]);
            let w = draft.finite(w);
            let row = (-w * at, vec![(axis, w)]);
            rows.push(row.clone());
            if random.once_in(6) {
                rows.push(twin(random, &row));
            }
        }
    }
    draft.push(first, axes, rows);
    for _ in 0..random.weighted(&[(2, 0), (5, 1), (3, 2)]) {
        let skips = random.once_in(4);
        let columns: Vec<u32> = readable(draft, n, skips).into_iter().filter(|slot| *slot >= n).collect();
        let activation = random.weighted(&[(6, Heaviside), (2, Identity), (1, Logistic), (1, Ramp), (1, Tanh)]);
        if activation == Heaviside && random.once_in(2) {
            let rows = (0..random.count(1, 4)).map(|_| counted(random, &columns)).collect();
            draft.push(activation, columns, rows);
        } else {
            hidden(random, draft, activation, columns, (1, 4), 5);
        }
    }
    output(random, draft, n, false);
}

/// The output: weights of one size, some of which cancel, and now and then a neuron of its own.
fn output(random: &mut Random, draft: &mut Draft, inputs: u32, skips: bool) {
    let activation = if random.once_in(5) {
        random.pick(&[Heaviside, ClippedLogistic, Ogee, Logistic, Tanh, Ramp, Erf, Arctan, Gompertz, Smoothstep])
    } else {
        Identity
    };
    let slots = draft.slots();
    let all = random.once_in(6);
    let skipped = skips && random.once_in(3);
    let mut columns: Vec<u32> = match (all, skipped) {
        (true, _) => (inputs..slots).collect(),
        (false, skips) => readable(draft, inputs, skips),
    };
    // Some units nobody reads.
    if random.once_in(8) {
        columns.retain(|_| !random.once_in(3));
    }
    if activation != Identity && !columns.is_empty() {
        let row = match random.below(5) {
            0 if columns.len() > 1 => cancelling(random, draft, &columns),
            1 => counted(random, &columns),
            _ => aimed(random, draft, activation, &columns, columns.len()),
        };
        draft.push(activation, columns, vec![row]);
        return;
    }
    let size = random.weighted(&[(14, 1.0), (1, 1e-9), (1, 1e6), (1, 1e-200), (1, 1e200), (1, 1e-307), (1, 1e300)]);
    let size = draft.finite(if draft.finite(size) == 0.0 { 1e-40 } else { size });
    let mut terms: Vec<(u32, f64)> = (0..columns.len() as u32).map(|c| (c, size * random.between(-1.0, 1.0))).collect();
    let short = random.once_in(3);
    for term in &mut terms {
        if short {
            term.1 = size * random.pick(&[1.0, -1.0, 0.5, -2.0, 0.0]);
        }
    }
    if let (Some(&(column, weight)), 0) = (terms.first(), random.below(10)) {
        // One place twice: what it adds up to is small, the parts are not.
        let large = size * random.power_of_ten(0.0, 8.0);
        terms.push((column, large));
        terms.push((column, weight - large));
    }
    if terms.len() > 1 && random.once_in(10) {
        let large = size * random.power_of_ten(0.0, 16.0);
        terms[0].1 = large;
        terms[1].1 = -large;
    }
    let bias = random.pick(&[0.0, 0.25, -1.0, 0.1]) * size;
    draft.push(activation, columns, vec![(bias, terms)]);
}
