//! Plans of any network: a graph of plans of one input, joined by affine maps, or one table over the box where that costs
//! less ([`crate::boxes`]).
//!
//! Every one-input function of the network ([`wiring`]) becomes a [`Plan`] on the range of its argument ([`ranges`]),
//! and points are evaluated in blocks, value by value, so that each plan sees many points at a time. A value as it is
//! calculated is the exact function of those it is calculated from, but for the plan's bound or the rounding of a sum.
//! By the mean value theorem these errors, times how much each can reach the output, add up to a bound of the whole.

pub(crate) mod ranges;
mod run;
mod shape;
mod step;
pub(crate) mod wiring;

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Network, Outside};
use bumpnet_prove::value_at;

use crate::accuracy::Accuracy;
use crate::boxes::{BoxTable, lower};
use crate::plan::{Plan, PlanOptions, TOLERANCE, Unplannable, plan_among, plan_with};
use ranges::Ranges;
use step::{Step, steps};
use wiring::{GraphNode, Wiring};

/// Most curves. Heuristic: each takes milliseconds to lower, and kilobytes.
const MOST: usize = 1 << 12;
/// Most units. Heuristic, for the same reason.
const MOST_UNITS: usize = 1 << 16;

/// A network of any number of inputs and layers, lowered to a graph of plans.
#[derive(Debug)]
pub struct GraphPlan {
    network: Network,
    /// One table over the box, in place of the graph.
    table: Option<BoxTable>,
    plans: Vec<Plan>,
    steps: Vec<Step>,
    /// Columns that a block of points needs, and which of them is the output.
    columns: usize,
    output: usize,
    bound: UpperBound,
}

/// Lowers a network of any form.
///
/// A network in binary32 is lowered as what it is exactly, without the roundings of its evaluator.
///
/// # Errors
/// A unit jumps in a value that is not exact, or the network is too large.
pub fn graph_plan(network: &Network) -> Result<GraphPlan, Unplannable> {
    graph_plan_with(network, PlanOptions::default())
}

/// The same with options: the tolerance is for all plans together.
///
/// # Errors
/// As for [`graph_plan`].
pub fn graph_plan_with(network: &Network, options: PlanOptions) -> Result<GraphPlan, Unplannable> {
    match plan_with(network, options) {
        Ok(plan) => return Ok(GraphPlan::of_one(network, plan)),
        Err(Unplannable::Form) => {}
        Err(reason) => return Err(reason),
    }
    let wiring = Wiring::new(network).ok_or(Unplannable::Twice)?;
    if wiring.jumps_inside() || network.output().may_jump() {
        return Err(Unplannable::Jump);
    }
    if wiring.curves() > MOST || network.neurons() > MOST_UNITS {
        return Err(Unplannable::Large);
    }
    let ranges = Ranges::new(&wiring, &network.inputs).ok_or(Unplannable::Range)?;
    let tolerance = options.accuracy.tolerance(network);
    if let Some(table) = lower(&ranges, &network.inputs, tolerance, cost(&wiring)) {
        return Ok(GraphPlan::of_table(network, table));
    }
    let plans = lowered(&ranges, tolerance)?;
    let errors: Vec<UpperBound> = (0..wiring.nodes.len()).map(|k| error(&ranges, &plans, k)).collect();
    let bound = ranges.amount(&errors);
    if !bound.is_finite() {
        return Err(Unplannable::Range);
    }
    let (steps, columns, output) = steps(&ranges);
    Ok(GraphPlan { network: network.clone(), table: None, plans, steps, columns, output, bound })
}

/// About the nanoseconds that a point takes in a graph, measured on common processors: see [`crate::boxes`].
fn cost(wiring: &Wiring) -> f64 {
    let of_node = |node: &GraphNode| match node {
        GraphNode::Curve { .. } => 1.5,
        GraphNode::Affine { terms, .. } => 0.3 + 0.15 * terms.len() as f64,
    };
    2.0 + wiring.nodes.iter().map(of_node).sum::<f64>()
}

/// The plans of all curves. One whose errors are felt less at the output may be off by more.
fn lowered(ranges: &Ranges<'_>, tolerance: f64) -> Result<Vec<Plan>, Unplannable> {
    let weights = ranges.weights();
    let rounding = ranges.size() * TOLERANCE;
    let share = tolerance / ranges.wiring.curves().max(1) as f64;
    let tolerance = |shape: usize| {
        let nodes = (0..weights.len()).filter(|k| ranges.shape_of[*k] == Some(shape));
        let felt = |k: usize| rounding.max(share) / weights[k].get();
        nodes.map(|k| felt(k).min(ranges.slack[ranges.wiring.inputs + k].get() / 8.0)).fold(f64::INFINITY, f64::min)
    };
    let plan = |k: usize| {
        let accuracy = Accuracy::Within(tolerance(k));
        plan_among(&ranges.shapes[k].network, PlanOptions { accuracy }, ranges.shapes.len(), None)
    };
    (0..ranges.shapes.len()).map(plan).collect()
}

/// How far a node's value can be from the exact function of the values that it is calculated from.
fn error(ranges: &Ranges<'_>, plans: &[Plan], k: usize) -> UpperBound {
    let (rounded, off) = ranges.bias[k];
    match &ranges.wiring.nodes[k] {
        GraphNode::Curve { .. } => ranges.shape_of[k].map_or(UpperBound::INFINITE, |shape| plans[shape].bound()),
        GraphNode::Affine { terms, .. } => {
            // Each product and each sum is off by u of itself; a product may also be off by half the least number.
            let u = UpperBound::new(f64::EPSILON / 2.0 * (1.0 + 1e-3));
            let (mut sum, mut error) = (Interval::point(rounded), off);
            for (value, weight) in terms {
                let slack = Interval::symmetric(ranges.slack[*value]);
                let term = Interval::point(*weight) * (ranges.hulls[*value] + slack);
                sum = sum + term;
                let product = if weight.abs() == 1.0 { UpperBound::ZERO } else { term.magnitude() };
                error = error + u * (product + sum.magnitude()) + UpperBound::new(f64::from_bits(1));
            }
            error
        }
    }
}

impl GraphPlan {
    /// A plan of one input is the whole graph.
    fn of_one(network: &Network, plan: Plan) -> GraphPlan {
        let (bound, steps) = (plan.bound(), vec![Step::Curve { plan: 0, source: 0, to: 1 }]);
        GraphPlan { network: network.clone(), table: None, plans: vec![plan], steps, columns: 2, output: 1, bound }
    }

    /// A table over the box is all there is.
    fn of_table(network: &Network, table: BoxTable) -> GraphPlan {
        let bound = table.bound;
        let (plans, steps) = (Vec::new(), Vec::new());
        GraphPlan { network: network.clone(), table: Some(table), plans, steps, columns: 0, output: 0, bound }
    }

    /// Number of inputs: the numbers that one point takes.
    pub fn inputs(&self) -> usize {
        self.network.inputs.len()
    }

    /// The value at a point: within [`bound`](Self::bound) of the network in the domain. NaN where a number is NaN;
    /// outside the domain what the network's `outside` says: its own value, by direct sum, that of the nearest point, or
    /// NaN.
    ///
    /// # Panics
    /// If the point has another number of inputs.
    pub fn eval(&self, point: &[f64]) -> f64 {
        let mut value = [0.0];
        self.eval_each(point, &mut value);
        value[0]
    }

    /// The values at many points, on the caller's thread: the same bits as [`eval`](Self::eval), quicker. `points` holds
    /// [`inputs`](Self::inputs) numbers a point.
    ///
    /// # Panics
    /// If `points.len() != values.len() * inputs`.
    pub fn eval_into(&self, points: &[f64], values: &mut [f64]) {
        match (&self.table, self.alone()) {
            (Some(table), _) => self.eval_table(table, points, values, true),
            (_, Some(plan)) => plan.eval_into(points, values),
            _ => self.eval_blocks(points, values, true),
        }
    }

    /// The values at many points, one after another: what [`eval_into`](Self::eval_into) is compared with.
    ///
    /// # Panics
    /// If `points.len() != values.len() * inputs`.
    pub fn eval_each(&self, points: &[f64], values: &mut [f64]) {
        match (&self.table, self.alone()) {
            (Some(table), _) => self.eval_table(table, points, values, false),
            (_, Some(plan)) => plan.eval_each(points, values),
            _ => self.eval_blocks(points, values, false),
        }
    }

    /// The plan of one input, where it is the whole graph.
    pub fn alone(&self) -> Option<&Plan> {
        match self.steps[..] {
            [Step::Curve { plan, source: 0, .. }] if self.inputs() == 1 => Some(&self.plans[plan]),
            _ => None,
        }
    }

    /// What a point outside of the domain is worth; `clamped` is the value at the nearest point of it.
    fn elsewhere(&self, point: &[f64], clamped: f64) -> f64 {
        match self.network.outside {
            _ if point.iter().any(|x| x.is_nan()) => f64::NAN,
            Outside::Clamp => clamped,
            Outside::Nan => f64::NAN,
            Outside::Extend => value_at(&self.network, point),
        }
    }

    /// The largest |plan - network| over the domain, the plan as it is evaluated, the network exact, in the target's
    /// unit: proved. (Where inputs are binary64.)
    pub fn bound(&self) -> UpperBound {
        self.bound
    }

    /// The plans of which it is made, each once; none where it is one table over the box.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// Functions of one input that are evaluated at each point.
    pub fn curves(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::Curve { .. })).count()
    }

    /// Sums that are evaluated at each point.
    pub fn sums(&self) -> usize {
        self.steps.len() - self.curves()
    }

    /// Cells along each input, where the plan is one table over the box.
    pub fn cells(&self) -> Option<Vec<usize>> {
        self.table.as_ref().map(|table| table.axes.iter().map(|axis| axis.cells).collect())
    }

    /// Numbers in each of these cells; 0 where there are none.
    pub fn numbers(&self) -> usize {
        self.table.as_ref().map_or(0, BoxTable::stride)
    }

    /// Pieces of all plans, or cells of the table.
    pub fn pieces(&self) -> usize {
        self.table.as_ref().map_or(0, BoxTable::cells) + self.plans.iter().map(Plan::pieces).sum::<usize>()
    }

    /// Bytes of all tables and indices.
    pub fn bytes(&self) -> usize {
        self.table.as_ref().map_or(0, BoxTable::bytes) + self.plans.iter().map(Plan::bytes).sum::<usize>()
    }

    /// Pieces for which no polynomial was found: there a curve's sum is evaluated.
    pub fn summed(&self) -> usize {
        self.plans.iter().map(Plan::summed).sum()
    }

    /// What the value is outside the domain.
    pub fn outside(&self) -> Outside {
        self.network.outside
    }
}
