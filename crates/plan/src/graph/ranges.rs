//! What is known of a graph's values: their ranges, and what an error in each does to the output, cell by cell of the box.
//!
//! On each cell a value's range is what intervals make of it, and what its slopes by the inputs make of it around the
//! middle (mean value theorem), whichever is narrower: `x^2` and `x` of one polynomial do not know of each other, their
//! slopes do.

use bumpnet_interval::{Interval, UpperBound, Wide};
use bumpnet_ir::Input;
use bumpnet_prove::divided;
use bumpnet_prove::poly::Cell;

use super::shape::PiecewiseCurve;
use super::wiring::{Curve, GraphNode, Wiring};

/// Cells. Heuristic, as for the certificates of composed networks.
const CELLS: usize = 256;
/// How far a value may be off for its own sake, of the numbers that it is made of: more than any error that a plan may
/// have, and too little to matter for slopes. Heuristic.
const SLACK: f64 = 1.0 / (1u64 << 34) as f64;

/// A value on a cell.
#[derive(Clone)]
struct CellValue {
    range: Interval,
    middle: Interval,
    /// By each input; nothing where it jumps.
    slopes: Option<Vec<Interval>>,
    /// Of a curve by its source, an error of that included.
    slope: Interval,
}

struct Subcell {
    sides: Vec<Cell>,
    values: Vec<CellValue>,
}

/// All that is known.
pub struct Ranges<'w> {
    pub wiring: &'w Wiring,
    /// The curves, each once.
    pub shapes: Vec<PiecewiseCurve>,
    /// For each node its shape, if it is a curve.
    pub shape_of: Vec<Option<usize>>,
    /// For each affine node its bias, what curves have for a constant taken off, and how far that is from exact.
    pub bias: Vec<(f64, UpperBound)>,
    /// Over the whole box, for inputs and nodes.
    pub hulls: Vec<Interval>,
    /// How far each may be off, with all that is before it.
    pub slack: Vec<UpperBound>,
    parts: Vec<Subcell>,
}

impl<'w> Ranges<'w> {
    /// `None` where a value is not bounded, or a curve jumps in a value that is not exact.
    pub fn new(wiring: &'w Wiring, inputs: &[Input]) -> Option<Ranges<'w>> {
        let parts: Vec<Subcell> = divided(inputs, CELLS).into_iter().map(Subcell::new).collect();
        let hulls = inputs.iter().map(|input| Interval::new(input.lo, input.hi)).collect::<Option<_>>()?;
        let (shapes, shape_of) = (Vec::new(), Vec::new());
        let slack = vec![UpperBound::ZERO; inputs.len()];
        let mut ranges = Ranges { wiring, shapes, shape_of, bias: Vec::new(), hulls, slack, parts };
        for node in &wiring.nodes {
            ranges.add(node)?;
        }
        Some(ranges)
    }

    fn add(&mut self, node: &GraphNode) -> Option<()> {
        let (mut shape, mut bias) = (None, (0.0, UpperBound::ZERO));
        let (mut size, mut handed_on) = (UpperBound::new(f64::MIN_POSITIVE), UpperBound::ZERO);
        match node {
            GraphNode::Affine { bias: own, terms } => {
                let exact = terms.iter().fold(Wide::point(*own), |sum, (value, weight)| {
                    sum - Wide::point(*weight) * Wide::point(self.constant(*value))
                });
                let rounded = exact.midpoint().0;
                bias = (rounded, (exact - Wide::point(rounded)).magnitude());
                size = size + UpperBound::new(rounded.abs());
                for (value, weight) in terms {
                    let weight = UpperBound::new(weight.abs());
                    size = size + weight * self.hulls[*value].magnitude();
                    handed_on = handed_on + weight * self.slack[*value];
                }
                self.parts.iter_mut().for_each(|part| part.affine(exact.interval(), terms));
            }
            GraphNode::Curve { source, curve } => {
                let known = self.shape(*source, curve)?;
                let (curve, slack) = (&self.shapes[known], self.slack[*source]);
                self.parts.iter_mut().for_each(|part| part.curve(curve, *source, slack));
                shape = Some(known);
                let steepest = self.parts.iter().filter_map(|part| Some(part.values.last()?.slope.magnitude()));
                if slack > UpperBound::ZERO {
                    handed_on = steepest.fold(UpperBound::ZERO, UpperBound::max) * slack;
                }
            }
        }
        let number = self.hulls.len();
        let hull = self.parts.iter().map(|part| part.values[number].range).reduce(|a, b| a.hull(&b))?;
        self.slack.push((size + hull.magnitude()) * UpperBound::new(SLACK) + handed_on);
        self.hulls.push(hull);
        self.shape_of.push(shape);
        self.bias.push(bias);
        hull.is_bounded().then_some(())
    }

    /// The constant that a curve has only so that its values are small.
    fn constant(&self, value: usize) -> f64 {
        let Some(k) = value.checked_sub(self.wiring.inputs) else { return 0.0 };
        match (&self.wiring.nodes[k], self.shape_of[k]) {
            (GraphNode::Curve { curve: Curve { constant: None, .. }, .. }, Some(shape)) => {
                self.shapes[shape].constant()
            }
            _ => 0.0,
        }
    }

    /// The curve on the range of its source, one of those already there if it will do.
    fn shape(&mut self, source: usize, curve: &Curve) -> Option<usize> {
        let exact = source < self.wiring.inputs;
        let hull = self.hulls[source];
        let around = if exact { hull } else { hull + Interval::symmetric(self.slack[source]) };
        let known = self.wiring.nodes.iter().zip(&self.shape_of).find_map(|(node, shape)| match node {
            GraphNode::Curve { curve: other, .. } if other == curve => shape.filter(|shape| {
                let (lo, hi) = self.shapes[*shape].domain();
                lo <= around.lo() && around.hi() <= hi
            }),
            _ => None,
        });
        if known.is_some() {
            return known;
        }
        let shape = PiecewiseCurve::new(curve, around.lo(), around.hi())?;
        (exact || !shape.jumps()).then(|| {
            self.shapes.push(shape);
            self.shapes.len() - 1
        })
    }

    /// The largest magnitude that the output has in the middle of a cell: about its size.
    pub fn size(&self) -> f64 {
        let output = |part: &Subcell| part.values.last().map_or(0.0, |value| value.middle.magnitude().get());
        self.parts.iter().map(output).fold(0.0, f64::max)
    }

    /// By how much an error in each node reaches the output, at most.
    pub fn weights(&self) -> Vec<UpperBound> {
        let mut most = vec![UpperBound::ZERO; self.wiring.nodes.len()];
        for part in &self.parts {
            let weights = part.weights(self.wiring);
            most.iter_mut().zip(weights).for_each(|(most, weight)| *most = most.max(weight));
        }
        most
    }

    /// What errors of the nodes, each for itself, add up to at the output; infinite where they move a value further than
    /// ranges are wide.
    pub fn amount(&self, errors: &[UpperBound]) -> UpperBound {
        self.parts.iter().map(|part| part.amount(self, errors)).fold(UpperBound::ZERO, UpperBound::max)
    }
}

impl Subcell {
    fn new(sides: Vec<Cell>) -> Subcell {
        let value = |(k, side): (usize, &Cell)| CellValue {
            range: side.interval(),
            middle: Interval::point(side.centre()),
            slopes: Some((0..sides.len()).map(|j| if j == k { Interval::ONE } else { Interval::ZERO }).collect()),
            slope: Interval::ZERO,
        };
        Subcell { values: sides.iter().enumerate().map(value).collect(), sides }
    }

    fn affine(&mut self, bias: Interval, terms: &[(usize, f64)]) {
        let sum = |of: fn(&CellValue) -> Interval| {
            terms.iter().fold(bias, |sum, (value, weight)| sum + Interval::point(*weight) * of(&self.values[*value]))
        };
        let slopes = (0..self.sides.len()).map(|axis| {
            terms.iter().try_fold(Interval::ZERO, |sum, (value, weight)| {
                Some(sum + Interval::point(*weight) * self.values[*value].slopes.as_ref()?[axis])
            })
        });
        let (range, middle, slopes) = (sum(|value| value.range), sum(|value| value.middle), slopes.collect());
        self.push(CellValue { range, middle, slopes, slope: Interval::ZERO });
    }

    fn curve(&mut self, curve: &PiecewiseCurve, source: usize, slack: UpperBound) {
        let argument = &self.values[source];
        let reach = curve.on(argument.range + Interval::symmetric(slack));
        let range = if slack == UpperBound::ZERO { reach.values } else { curve.on(argument.range).values };
        let middle = curve.on(argument.middle).values;
        let slopes = match curve.jumps() || !reach.slopes.is_bounded() {
            true => None,
            false => argument.slopes.as_ref().map(|slopes| slopes.iter().map(|slope| reach.slopes * *slope).collect()),
        };
        self.push(CellValue { range, middle, slopes, slope: reach.slopes });
    }

    /// Adds a value, its range by the mean value theorem if that is narrower.
    fn push(&mut self, value: CellValue) {
        let around = value.slopes.as_ref().map(|slopes| {
            slopes.iter().zip(&self.sides).fold(value.middle, |sum, (slope, side)| {
                sum + *slope * Interval::symmetric(UpperBound::new(side.radius()))
            })
        });
        let range = around.and_then(|around| around.intersection(&value.range)).unwrap_or(value.range);
        self.values.push(CellValue { range, ..value });
    }

    /// By how much an error in each node reaches the output: interval adjoints, from the output back.
    fn weights(&self, wiring: &Wiring) -> Vec<UpperBound> {
        let mut adjoints = vec![Interval::ZERO; self.values.len()];
        if let Some(output) = adjoints.last_mut() {
            *output = Interval::ONE;
        }
        for (k, node) in wiring.nodes.iter().enumerate().rev() {
            let adjoint = adjoints[wiring.inputs + k];
            if adjoint == Interval::ZERO {
                continue;
            }
            match node {
                GraphNode::Affine { terms, .. } => terms
                    .iter()
                    .for_each(|(value, w)| adjoints[*value] = adjoints[*value] + adjoint * Interval::point(*w)),
                // An error of an input there is none.
                GraphNode::Curve { source, .. } if *source < wiring.inputs => {}
                GraphNode::Curve { source, .. } => {
                    let slope = self.values[wiring.inputs + k].slope;
                    adjoints[*source] = adjoints[*source] + adjoint * slope;
                }
            }
        }
        adjoints[wiring.inputs..].iter().map(Interval::magnitude).collect()
    }

    fn amount(&self, ranges: &Ranges<'_>, errors: &[UpperBound]) -> UpperBound {
        let wiring = ranges.wiring;
        let mut moved = vec![UpperBound::ZERO; wiring.inputs];
        for (k, node) in wiring.nodes.iter().enumerate() {
            let through = match node {
                GraphNode::Affine { terms, .. } => {
                    terms.iter().map(|(value, w)| UpperBound::new(w.abs()) * moved[*value]).sum()
                }
                GraphNode::Curve { source, .. } if *source < wiring.inputs => UpperBound::ZERO,
                GraphNode::Curve { source, .. } => self.values[wiring.inputs + k].slope.magnitude() * moved[*source],
            };
            moved.push(errors[k] + through);
            if moved[wiring.inputs + k] > ranges.slack[wiring.inputs + k] {
                return UpperBound::INFINITE;
            }
        }
        self.weights(wiring).into_iter().zip(errors).map(|(weight, error)| weight * *error).sum()
    }
}
