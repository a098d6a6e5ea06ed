//! The network on a cell of the table: each node of its graph as a Taylor model.

use std::collections::HashMap;

use bumpnet_interval::UpperBound;
use bumpnet_ir::Input;

use super::local::LocalCurve;
use super::model::{BoxModel, over};
use super::terms::{MOST_INPUTS, Terms};
use crate::graph::ranges::Ranges;
use crate::graph::wiring::GraphNode;

/// The part of the tolerance that is for what curves are off in all. Heuristic.
const CURVES: f64 = 1.0 / 16.0;

/// A network that can be looked at cell by cell.
pub struct BoxSource<'r> {
    ranges: &'r Ranges<'r>,
    inputs: &'r [Input],
    curves: Vec<LocalCurve>,
    /// For each node an error that is small.
    shares: Vec<f64>,
    /// For each node the inputs that it depends on, as bits.
    depends: Vec<u32>,
}

/// Values that are the same on many cells: those of nodes that do not depend on all inputs, by node and the cell's place
/// along those that they depend on.
pub type Known = HashMap<(usize, [usize; MOST_INPUTS]), Option<BoxModel>>;

/// A cell: for each input its place, centre and radius.
#[derive(Clone, Copy)]
pub struct CellPlace {
    pub at: [usize; MOST_INPUTS],
    pub centre: [f64; MOST_INPUTS],
    pub radius: [f64; MOST_INPUTS],
}

impl<'r> BoxSource<'r> {
    /// `None` where the network is not smooth.
    pub fn new(ranges: &'r Ranges<'r>, inputs: &'r [Input], tolerance: f64) -> Option<BoxSource<'r>> {
        let wiring = ranges.wiring;
        let share = CURVES * tolerance / wiring.curves().max(1) as f64;
        let shares: Vec<f64> =
            ranges.weights().iter().map(|weight| share / weight.get().max(f64::MIN_POSITIVE)).collect();
        let curve = |shape: usize| {
            let nodes = (0..shares.len()).filter(|k| ranges.shape_of[*k] == Some(shape));
            let least = nodes.map(|k| shares[k]).fold(f64::MAX, f64::min);
            let (lo, hi) = ranges.shapes[shape].domain();
            LocalCurve::new(ranges.shapes[shape].units(), lo, hi, least)
        };
        let curves = (0..ranges.shapes.len()).map(curve).collect::<Option<_>>()?;
        let mut depends: Vec<u32> = (0..wiring.inputs).map(|k| 1 << k).collect();
        for node in &wiring.nodes {
            depends.push(match node {
                GraphNode::Affine { terms, .. } => terms.iter().fold(0, |all, (value, _)| all | depends[*value]),
                GraphNode::Curve { source, .. } => depends[*source],
            });
        }
        let depends = depends.split_off(wiring.inputs);
        Some(BoxSource { ranges, inputs, curves, shares, depends })
    }

    /// The network on a cell; `None` where nothing is known of it.
    pub fn on(&self, place: &CellPlace, terms: &Terms, known: &mut Known) -> Option<BoxModel> {
        let inputs = self.inputs.len();
        let variable = |(k, input): (usize, &Input)| {
            let rest = slack(input.lo, input.hi);
            BoxModel::variable(inputs, k, (place.centre[k], place.radius[k]), rest)
        };
        let variables: Vec<BoxModel> = self.inputs.iter().enumerate().map(variable).collect();
        let mut values: Vec<Option<BoxModel>> = Vec::with_capacity(self.depends.len());
        for (k, depends) in self.depends.iter().enumerate() {
            let on_few = depends.count_ones() < inputs as u32;
            let key = (k, std::array::from_fn(|axis| if depends >> axis & 1 == 1 { place.at[axis] } else { 0 }));
            let value = match known.get(&key).filter(|_| on_few) {
                Some(value) => value.clone(),
                None => {
                    let value = self.node(k, &variables, &values, terms);
                    if on_few {
                        known.insert(key, value.clone());
                    }
                    value
                }
            };
            values.push(Some(value?));
        }
        values.pop()?
    }

    fn node(&self, k: usize, variables: &[BoxModel], values: &[Option<BoxModel>], terms: &Terms) -> Option<BoxModel> {
        let value = |value: usize| match value.checked_sub(variables.len()) {
            None => Some(&variables[value]),
            Some(node) => values[node].as_ref(),
        };
        match &self.ranges.wiring.nodes[k] {
            GraphNode::Affine { terms, .. } => {
                let (bias, off) = self.ranges.bias[k];
                let mut sum = BoxModel { rest: off, ..BoxModel::constant(bias) };
                for (source, weight) in terms {
                    sum.add_scaled(*weight, value(*source)?);
                }
                Some(sum)
            }
            GraphNode::Curve { source, .. } => {
                let argument = value(*source)?;
                let radius = argument.deviation().get().max(f64::MIN_POSITIVE);
                let curve = &self.curves[self.ranges.shape_of[k]?];
                let poly = curve.about(argument.c[0], radius, self.shares[k])?;
                let made = argument.through(radius, (&poly.coefficients, poly.rest), terms);
                made.rest.is_finite().then_some(made)
            }
        }
    }
}

/// How far an input may be from what a cell's centre, radius and the place in the cell say: for `index` and `place` as
/// they are calculated (see [`super::table::CellAxis`]), a difference, a product, the scale's own rounding, another difference,
/// and the roundings of centre and radius, which are less than sixteen of the domain's size together.
fn slack(lo: f64, hi: f64) -> UpperBound {
    over(16.0 * f64::EPSILON * (lo.abs() + hi.abs()))
}
