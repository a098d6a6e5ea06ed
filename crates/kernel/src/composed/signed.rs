//! The error of a composed network on a box as a Taylor model in the inputs, each step's with its sign.
//!
//! With `a_k = g_k(t_k)` the target's steps and `t_k = L_k(a)`, the network has `B_k = g_k + delta_k` in the place of `g_k`, and
//! an argument that is off by `d_k = L_k(e) + tau_k`, where `e_j` is how far step j is off and `tau_k` is what rounded weights
//! make. So step k is off by
//! `e_k = B_k(t_k + d_k) - g_k(t_k) = delta_k(t_k) + sum_(0<j<=m) B_k^(j)(t_k)/j! d_k^j + R d_k^(m+1)`
//! with R at most the largest of `B_k^(m+1)/(m+1)!` over all arguments between the two (Taylor's theorem). All of this is as small as the errors
//! are, so nothing cancels but what cancels in the target itself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Expr, Network};

use super::series::{Around, Series};
use crate::boxes::expansion::TaylorModel;
use crate::boxes::monomials::Monomials;
use crate::boxes::source::{Arithmetic, Source, longest, sealed};
use crate::boxes::taylor::variables;
use crate::graph::{Linear, NormalForm, Step, slope};
use crate::poly::Cell;
use crate::units::Units;

/// Terms that are left out may be so large, in parts of an error that matters. Heuristic.
const NEGLIGIBLE: f64 = 1e-4;
/// Orders of a step's series beyond the table's: what cancels there would be a large remainder otherwise. Heuristic.
const FURTHER: usize = 6;
/// What stands for a remainder that is not bounded. Heuristic.
const UNBOUNDED: f64 = 1e300;
/// Powers of a step's error that are followed, at most. Heuristic.
const POWERS: usize = 3;

/// What is known of one step of the network.
pub struct Block {
    /// What stands in the step's place.
    units: Units,
    /// A bound of its error, over all arguments that it can have.
    error: UpperBound,
    /// How far rounded weights take its argument.
    argument: UpperBound,
    /// By how much an error of its value matters, about.
    gain: f64,
    /// Its series by centre and range: many boxes share a side, and so do the steps of one input.
    known: RefCell<HashMap<[u64; 3], Rc<Around>>>,
}

impl Block {
    /// A block; see the fields.
    pub fn new(units: Units, error: UpperBound, argument: UpperBound, gain: f64) -> Block {
        Block { units, error, argument, gain, known: RefCell::default() }
    }

    fn around(&self, function: &Expr, (centre, range): (f64, Interval), order: usize) -> Rc<Around> {
        let key = [centre, range.lo(), range.hi()].map(f64::to_bits);
        let new = || Rc::new(Around::new(&self.units, function, (centre, range), order));
        self.known.borrow_mut().entry(key).or_insert_with(new).clone()
    }
}

/// A composed network beside its target.
pub struct Signed<'a> {
    pub(super) target: &'a Expr,
    pub(super) network: &'a Network,
    pub(super) form: &'a NormalForm,
    pub(super) scale: f64,
    pub(super) table: Monomials,
    pub(super) blocks: Vec<Block>,
    /// How far rounded weights take the output.
    pub(super) output: UpperBound,
    /// How well the steps' values are to be known, in parts of their variation, where the errors cancel by so much.
    pub(super) accuracy: f64,
}

type IntervalModel<'t> = TaylorModel<'t, Interval>;

/// The total degree for a number of inputs. Heuristic: so a product takes some hundred multiplications.
pub fn degree(inputs: usize) -> usize {
    match inputs {
        0..=2 => 8,
        3 => 5,
        4 => 4,
        5..=6 => 3,
        _ => 2,
    }
}

impl Signed<'_> {
    /// Products of coefficients that an expansion takes, about.
    pub fn work(&self) -> f64 {
        let table = &self.table;
        let order = (table.order + FURTHER) as f64;
        let pairs: usize = table.degree.iter().map(|degree| table.count[table.order - degree]).sum();
        let products = table.order * pairs * self.blocks.len();
        let units: usize = self.blocks.iter().map(|block| block.units.list.len()).sum();
        products as f64 + 4.0 * order * order * units as f64
    }

    /// The slopes of what stands in the place of a step on a range.
    pub fn slope(&self, k: usize, range: Interval) -> Interval {
        if !range.is_bounded() {
            return Interval::ENTIRE;
        }
        let function = &self.form.steps[k].function;
        Around::new(&self.blocks[k].units, function, (range.midpoint(), range), FURTHER).slope()
    }
}

impl sealed::Sealed for Signed<'_> {}

impl Source for Signed<'_> {
    fn target(&self) -> &Expr {
        self.target
    }

    fn network(&self) -> &Network {
        self.network
    }

    fn table(&self) -> &Monomials {
        &self.table
    }

    fn scale(&self) -> f64 {
        self.scale
    }

    fn error(&self, cells: &[Cell], wanted: f64, _: Arithmetic) -> (IntervalModel<'_>, usize) {
        let table = &self.table;
        let sides: Vec<Interval> = cells.iter().map(Cell::interval).collect();
        let nodes: Vec<Interval> = self.target.eval_nodes(&sides);
        let mut values = variables::<Interval>(table, cells);
        let mut errors = vec![IntervalModel::constant(Interval::ZERO); values.len()];
        let mut axes = AxisScores::new(&sides);
        for (step, block) in self.form.steps.iter().zip(&self.blocks) {
            let own = step.origin.map(|(id, shift)| nodes[id.index()] - Interval::point(shift));
            let t = within(sum(step.argument.constant, &step.argument, &values), own);
            let d = off(sum(Interval::ZERO, &step.argument, &errors), block.argument);
            let (value, error) = stepped((step, block), &t, &d, (self.accuracy, NEGLIGIBLE * wanted / block.gain));
            axes.step(&step.argument, (t.range, value.range), block.gain * error.rest.get());
            values.push(within(value, step.result.map(|id| nodes[id.index()])));
            errors.push(error);
        }
        let error = off(sum(Interval::ZERO, &self.form.root, &errors), self.output);
        (error, longest(cells, &self.network.inputs, axes.score()))
    }
}

/// Along which axis to divide: remainders are blamed on the axes along which the steps' arguments vary.
struct AxisScores {
    /// How much each value varies along each axis, about.
    variations: Vec<Vec<f64>>,
    blame: Vec<f64>,
}

impl AxisScores {
    fn new(sides: &[Interval]) -> AxisScores {
        let width = |k: usize, i: usize| if k == i { sides[i].width().get() } else { 0.0 };
        let variations = (0..sides.len()).map(|k| (0..sides.len()).map(|i| width(k, i)).collect()).collect();
        AxisScores { variations, blame: vec![0.0; sides.len()] }
    }

    /// A step whose argument and value have these ranges, and what its remainder amounts to.
    fn step(&mut self, argument: &Linear, (from, to): (Interval, Interval), remainder: f64) {
        let mut along = vec![0.0; self.blame.len()];
        for (number, factor) in &argument.terms {
            let size = factor.magnitude().get();
            along.iter_mut().zip(&self.variations[*number]).for_each(|(sum, part)| *sum += size * part);
        }
        let all: f64 = along.iter().sum();
        if all > 0.0 && all.is_finite() && remainder > 0.0 {
            // One that is not bounded is worse than all others.
            let remainder = remainder.min(UNBOUNDED);
            self.blame.iter_mut().zip(&along).for_each(|(sum, part)| *sum += remainder * (part / all));
        }
        let slope = to.width().get() / from.width().get();
        let slope = if slope.is_finite() { slope } else { 1.0 };
        self.variations.push(along.into_iter().map(|part| slope * part).collect());
    }

    fn score(self) -> Option<Vec<f64>> {
        self.blame.iter().any(|score| *score > 0.0).then_some(self.blame)
    }
}

/// An affine form of values; its constant is given apart.
fn sum<'t>(constant: Interval, form: &Linear, values: &[IntervalModel<'t>]) -> IntervalModel<'t> {
    let mut sum = IntervalModel::constant(constant);
    form.terms.iter().for_each(|(number, factor)| sum.add_scaled(*factor, &values[*number]));
    sum.settle()
}

/// The same function, known to be off by no more than this.
fn off<'t>(mut model: IntervalModel<'t>, by: UpperBound) -> IntervalModel<'t> {
    model.rest = model.rest + by;
    model.range = model.range + Interval::symmetric(by);
    model
}

/// The same function, known to lie in this range too.
fn within<'t>(mut model: IntervalModel<'t>, range: Option<Interval>) -> IntervalModel<'t> {
    if let Some(both) = range.and_then(|range| model.range.intersection(&range)) {
        model.range = both;
    }
    model
}

/// A bound of the magnitude: by the polynomial, and by the range.
fn size(model: &IntervalModel<'_>) -> UpperBound {
    (model.c[0].magnitude() + model.deviation()).min(model.range.magnitude())
}

/// A step's value, and how far the network's is from it.
fn stepped<'t>(
    (step, block): (&Step, &Block),
    t: &IntervalModel<'t>,
    d: &IntervalModel<'t>,
    (accuracy, negligible): (f64, f64),
) -> (IntervalModel<'t>, IntervalModel<'t>) {
    let centre = t.c[0].midpoint();
    let range = t.range.hull(&(t.range + d.range)).hull(&Interval::point(centre));
    let value = step.function.eval(&[t.range]);
    // Only the bound of the block's error: the mean value theorem, with generalized derivatives at kinks.
    let bounded = || off(d.times(&IntervalModel::of_range(slope(&step.function, range))), block.error);
    if !range.is_bounded() {
        return (IntervalModel::of_range(value), bounded());
    }
    let order = t.table().map_or(0, |table| table.order);
    let around = block.around(&step.function, (centre, range), order + FURTHER);
    let scaled = |model: &IntervalModel<'t>, centre: f64| {
        let mut moved = model.clone();
        moved.c[0] = moved.c[0] - Interval::point(centre);
        moved.range = moved.range - Interval::point(centre);
        let mut scaled = IntervalModel::constant(Interval::ZERO);
        scaled.add_scaled(Interval::ONE / Interval::point(around.radius), &moved);
        scaled.settle()
    };
    let (y, moved) = (scaled(t, centre), scaled(d, 0.0));
    let (reach, largest) = (size(&y), size(&moved));
    let mut powers = Powers { list: vec![IntervalModel::constant(Interval::ONE), y], order, reach };
    let mut error = powers.composed(&around.error, 0, negligible);
    let first = largest * around.block.range(1, reach + largest).magnitude();
    let known = accuracy * value.width().get();
    let value = within(powers.composed(&around.function, 0, known), Some(value)).settle();
    if largest > UpperBound::ZERO {
        let mut power = moved.clone();
        let mut beyond = largest;
        for j in 1..=POWERS {
            let share = negligible / beyond.get();
            error.add_scaled(Interval::ONE, &powers.composed(&around.block, j, share).times(&power));
            beyond = beyond * largest;
            let rest = beyond * around.block.range(j + 1, reach + largest).magnitude();
            if rest.get() <= negligible || j == POWERS || !(rest < first) {
                error = off(error, rest);
                break;
            }
            power = power.times(&moved);
        }
    }
    let error = error.settle();
    let known = if error.rest <= block.error { None } else { Some(bounded()).filter(|other| other.rest < error.rest) };
    (value, known.unwrap_or(error))
}

/// Powers of a step's variable, as far as they are needed.
struct Powers<'t> {
    list: Vec<IntervalModel<'t>>,
    order: usize,
    /// A bound of the variable.
    reach: UpperBound,
}

impl<'t> Powers<'t> {
    /// The function `f^(j)/j!` of the variable, to as many orders as leave out what is negligible, or as little as can be.
    fn composed(&mut self, series: &Series, j: usize, negligible: f64) -> IntervalModel<'t> {
        let tails = series.tails(j, self.reach, self.order);
        let least = (0..tails.len()).fold(0, |best, n| if tails[n] < tails[best] { n } else { best });
        let top = tails.iter().position(|tail| tail.get() <= negligible).unwrap_or(least);
        while self.list.len() <= top {
            let next = self.list[self.list.len() - 1].times(&self.list[1]);
            self.list.push(next);
        }
        let mut sum = IntervalModel::constant(series.coefficient(j, 0));
        (1..=top).for_each(|i| sum.add_scaled(series.coefficient(j, i), &self.list[i]));
        off(sum, tails[top]).settle()
    }
}
