//! From steps to one network: level by level the arguments, the units, and the values.

use bumpnet_ir::{Activation, Graph, Layer, Values, Weights};
use bumpnet_prove::graph::{Linear, NormalForm};

use super::ladder::Rung;

/// One layer under construction, its rows by the slots that they read.
struct Rows {
    activation: Activation,
    rows: Vec<(Vec<(u32, f64)>, f64)>,
}

/// The layers, and which slots stand for the steps.
pub fn assemble(form: &NormalForm, chosen: &[&Rung], expand: bool) -> (Vec<Layer>, Graph) {
    let levels = levels(form);
    let mut layers: Vec<Layer> = Vec::new();
    let mut slots = form.inputs as u32;
    let count = form.steps.len();
    let (mut arguments, mut values) = (vec![0u32; count], vec![0u32; count]);
    let mut push = |rows: Rows, slots: &mut u32| {
        if !rows.rows.is_empty() {
            *slots += rows.rows.len() as u32;
            layers.push(layer(rows));
        }
    };
    for level in 1..=levels.iter().copied().max().unwrap_or(0) {
        let here: Vec<usize> = (0..count).filter(|k| levels[*k] == level).collect();
        let mut affine = Rows { activation: Activation::Identity, rows: Vec::new() };
        for &k in &here {
            let argument = &form.steps[k].argument;
            arguments[k] = match argument.as_value() {
                Some(number) => slot(number, form.inputs, &values),
                None => {
                    affine.rows.push(row(argument, form.inputs, &values));
                    slots + affine.rows.len() as u32 - 1
                }
            };
        }
        push(affine, &mut slots);
        let mut sums: Vec<(Vec<(u32, f64)>, f64)> = vec![(Vec::new(), 0.0); here.len()];
        for activation in Activation::ALL {
            let mut units = Rows { activation, rows: Vec::new() };
            for (place, &k) in here.iter().enumerate() {
                let Some((last, hidden)) = chosen[k].layers.split_last() else { continue };
                sums[place].1 = last.bias.get(0);
                let Some(hidden) = hidden.first().filter(|hidden| hidden.activation == activation) else { continue };
                for (unit, _, weight) in hidden.weights.entries() {
                    sums[place].0.push((slots + units.rows.len() as u32, last.weights.value.get(unit)));
                    units.rows.push((vec![(arguments[k], weight)], hidden.bias.get(unit)));
                }
            }
            push(units, &mut slots);
        }
        for (place, &k) in here.iter().enumerate() {
            values[k] = slots + place as u32;
        }
        push(Rows { activation: Activation::Identity, rows: sums }, &mut slots);
    }
    let output = row(&form.root, form.inputs, &values);
    push(Rows { activation: Activation::Identity, rows: vec![output] }, &mut slots);
    (layers, Graph { expand, arguments, values })
}

/// A step's level: one above those that its argument reads.
fn levels(form: &NormalForm) -> Vec<usize> {
    let mut levels: Vec<usize> = Vec::with_capacity(form.steps.len());
    for step in &form.steps {
        let below = step.argument.terms.iter().filter_map(|(number, _)| number.checked_sub(form.inputs));
        levels.push(1 + below.map(|k| levels[k]).max().unwrap_or(0));
    }
    levels
}

fn slot(number: usize, inputs: usize, values: &[u32]) -> u32 {
    number.checked_sub(inputs).map_or(number as u32, |k| values[k])
}

/// An affine form as a row; of exact coefficients the nearest numbers.
fn row(form: &Linear, inputs: usize, values: &[u32]) -> (Vec<(u32, f64)>, f64) {
    let terms = form.terms.iter().map(|(number, factor)| (slot(*number, inputs, values), factor.midpoint()));
    (terms.collect(), form.constant.midpoint())
}

fn layer(rows: Rows) -> Layer {
    let mut inputs: Vec<u32> = rows.rows.iter().flat_map(|(terms, _)| terms.iter().map(|(slot, _)| *slot)).collect();
    inputs.sort_unstable();
    inputs.dedup();
    let (mut row, mut col, mut value) = (Vec::new(), Vec::new(), Vec::new());
    for (k, (terms, _)) in rows.rows.iter().enumerate() {
        for (slot, weight) in terms {
            row.push(k as u32);
            col.push(inputs.partition_point(|other| other < slot) as u32);
            value.push(*weight);
        }
    }
    let bias = Values::new(rows.rows.iter().map(|(_, bias)| *bias).collect());
    let weights = Weights { row, col, value: Values::new(value) };
    Layer { activation: rows.activation, inputs, rows: rows.rows.len(), weights, bias }
}
