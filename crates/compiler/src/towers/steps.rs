//! Towers of conditions `x_i >= s` alone.
//!
//! The box from a to b is `sum of +-1 over its vertices v of [x >= v]`, plus where an even number of the vertex' coordinates
//! is of b. So with `[x >= v] = s(h (sum of the k steps at v's coordinates - (k - 1/2)))`, and no condition where a
//! coordinate is the domain's lower end, the weight of a vertex is a sum of `+-` the heights around it: the mixed
//! difference. Vertices on an upper end are never inside, and so are left out. n axes of N equal cells take `n (N - 1)` steps
//! and at most `N^n - 1` units above them.

use std::collections::BTreeMap;

use bumpnet_interval::Sum;
use bumpnet_ir::{Activation, Input, Layer, Values, Weights};

use super::cells::{Leaf, MOST_TOWERS};
use super::steep::Steep;
use crate::draft::Draft;
use crate::error::CompileError;

/// Most corners of boxes, each visited once: seconds. Heuristic.
const MOST_CORNERS: usize = 1 << 25;
/// Most memory of the vertices, and what each takes besides its number on each axis, about.
const MOST_BYTES: usize = 1_000_000_000;
const EACH: usize = 128;

/// The layers for some leaves that tile the domain.
///
/// # Errors
/// There are more vertices than can be numbered, or than fit into memory.
pub fn draft(inputs: &[Input], leaves: &[Leaf], steep: &Steep, aim: f64) -> Result<Draft, CompileError> {
    let edges = edges(inputs, leaves);
    let vertices = vertices(&edges, leaves)?;
    let radix: Vec<u64> = edges.iter().map(|edges| edges.len() as u64).collect();
    // The vertex at all lower ends is always on.
    let constant = vertices.get(&0).map_or(0.0, Sum::value);
    let units: Vec<(Vec<u64>, f64)> = vertices
        .iter()
        .filter(|(key, sum)| **key != 0 && sum.value() != 0.0)
        .map(|(key, sum)| (digits(*key, &radix), sum.value()))
        .collect();
    let (first, slots) = first_layer(inputs, &edges, &units, steep);
    let second = second_layer(&first, &units, &slots, steep);
    let last = Layer {
        activation: Activation::Identity,
        inputs: (0..units.len() as u32).map(|k| (inputs.len() + first.rows) as u32 + k).collect(),
        rows: 1,
        weights: Weights::row(units.iter().map(|unit| unit.1).collect()),
        bias: Values::Each(vec![constant]),
    };
    let largest = units.iter().fold(0.0f64, |most, unit| most.max(unit.1.abs()));
    let spread = leaves.iter().fold(0.0f64, |most, leaf| most.max(leaf.spread));
    let layers = if units.is_empty() { vec![last] } else { vec![first, second, last] };
    let mut draft = Draft::new(layers, leaves.len());
    draft.aim = aim;
    draft.summary.push(format!("{} boxes; {} vertices where the heights around differ", leaves.len(), units.len()));
    draft.summary.push(format!(
        "in samples half the target's oscillation is at most {spread:.3e} on a box; the largest mixed difference is {largest:.3e}"
    ));
    Ok(draft)
}

/// The coordinates of the boxes on each axis, in order; the first is the lower end.
fn edges(inputs: &[Input], leaves: &[Leaf]) -> Vec<Vec<f64>> {
    let axis = |k: usize| {
        let mut edges: Vec<f64> = leaves.iter().flat_map(|leaf| [leaf.sides[k].0, leaf.sides[k].1]).collect();
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        edges
    };
    (0..inputs.len()).map(axis).collect()
}

/// The weight of each vertex inside, by its number in the mixed radix of the edges.
fn vertices(edges: &[Vec<f64>], leaves: &[Leaf]) -> Result<BTreeMap<u64, Sum>, CompileError> {
    let total = edges.iter().try_fold(1u64, |product, edges| product.checked_mul(edges.len() as u64));
    let corners = 1usize << edges.len().min(20);
    let most = MOST_CORNERS.min(MOST_BYTES / (EACH + 8 * edges.len())) / corners;
    // Equal cells share their corners.
    let shared = total.is_some_and(|total| total <= (most * corners) as u64 && leaves.len() <= MOST_CORNERS / corners);
    if total.is_none() || edges.len() > 20 || leaves.len() > most && !shared {
        return Err(CompileError::TooManyTowers { most: most.min(MOST_TOWERS) });
    }
    let mut vertices: BTreeMap<u64, Sum> = BTreeMap::new();
    let place = |edges: &[f64], at: f64| edges.partition_point(|edge| *edge < at);
    for leaf in leaves {
        let ends: Vec<(usize, usize)> =
            leaf.sides.iter().zip(edges).map(|(side, edges)| (place(edges, side.0), place(edges, side.1))).collect();
        for corner in 0..1u32 << edges.len() {
            let (mut key, mut radix, mut inside) = (0, 1, true);
            for (k, (from, to)) in ends.iter().enumerate() {
                let upper = corner >> k & 1 == 1;
                inside &= !upper || to + 1 < edges[k].len();
                key += radix * if upper { *to } else { *from } as u64;
                radix = radix.wrapping_mul(edges[k].len() as u64);
            }
            if inside {
                let sign = if corner.count_ones() % 2 == 0 { 1.0 } else { -1.0 };
                vertices.entry(key).or_default().add(sign * leaf.height);
            }
        }
    }
    Ok(vertices)
}

/// The edge of a vertex on each axis.
fn digits(mut key: u64, radix: &[u64]) -> Vec<u64> {
    let digit = |radix: &u64| {
        let digit = key % radix;
        key /= radix;
        digit
    };
    radix.iter().map(digit).collect()
}

/// The steps that some vertex asks for; and the slot of each, by axis and edge.
fn first_layer(
    inputs: &[Input],
    edges: &[Vec<f64>],
    units: &[(Vec<u64>, f64)],
    steep: &Steep,
) -> (Layer, Vec<Vec<Option<u32>>>) {
    let mut slots: Vec<Vec<Option<u32>>> = edges.iter().map(|edges| vec![None; edges.len()]).collect();
    for (vertex, _) in units {
        vertex.iter().enumerate().filter(|(_, edge)| **edge > 0).for_each(|(k, edge)| {
            slots[k][*edge as usize] = Some(0);
        });
    }
    let (mut col, mut value, mut bias) = (Vec::new(), Vec::new(), Vec::new());
    for (k, edges) in edges.iter().enumerate() {
        for e in 1..edges.len() {
            let Some(slot) = &mut slots[k][e] else { continue };
            let after = edges.get(e + 1).map_or(f64::INFINITY, |next| next - edges[e]);
            let w = steep.weight(after.min(edges[e] - edges[e - 1]));
            *slot = (inputs.len() + bias.len()) as u32;
            col.push(k as u32);
            value.push(w);
            bias.push(-(w * edges[e]));
        }
    }
    let rows = bias.len();
    let weights = Weights { row: (0..rows as u32).collect(), col, value: Values::new(value) };
    let all = (0..inputs.len() as u32).collect();
    (Layer { activation: steep.activation, inputs: all, rows, weights, bias: Values::new(bias) }, slots)
}

/// For each vertex the unit that is on where all its steps are.
fn second_layer(first: &Layer, units: &[(Vec<u64>, f64)], slots: &[Vec<Option<u32>>], steep: &Steep) -> Layer {
    let n = slots.len() as u32;
    let (mut row, mut col, mut bias) = (Vec::new(), Vec::new(), Vec::new());
    for (unit, (vertex, _)) in units.iter().enumerate() {
        let steps = vertex.iter().zip(slots).filter_map(|(edge, slots)| slots[*edge as usize]);
        let before = row.len();
        for slot in steps {
            row.push(unit as u32);
            col.push(slot - n);
        }
        bias.push(-(steep.above * ((row.len() - before) as f64 - 0.5)));
    }
    Layer {
        activation: steep.activation,
        inputs: (n..n + first.rows as u32).collect(),
        rows: units.len(),
        weights: Weights { row, col, value: Values::Same(steep.above) },
        bias: Values::new(bias),
    }
}
