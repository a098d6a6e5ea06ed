//! The plan: a table over the domain, and what to do elsewhere.

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Activation, Network, Outside, Precision, Window};
use bumpnet_prove::units::Units;

use crate::accuracy::Accuracy;
use crate::index::Index;
use crate::lower::lower;
use crate::model::Layer;
use crate::shared::shared;
use crate::steps::steps;
use crate::table::{Kind, Table};
use crate::wanted::{EQUAL, TableWanted};

/// The part of the network's magnitude that a piece may be off, before rounding: half an ulp, which rounding the value
/// costs anyway.
pub(crate) const TOLERANCE: f64 = f64::EPSILON / 2.0;
/// Widths of domains whose cells' widths, to the power of the degree, are normal binary64. Heuristic.
const WIDTHS: std::ops::Range<f64> = 1e-15..1e15;
/// Points at which the network's magnitude is estimated; it decides how fine the pieces are, never a bound.
const SAMPLES: usize = 512;

/// How to lower a network.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlanOptions {
    /// How far the plan may be from the network; half an ulp of the network's magnitude at least. The further, the
    /// smaller the table.
    pub accuracy: Accuracy,
}

/// Why there is no plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unplannable {
    /// The network has several inputs or hidden layers.
    Form,
    /// The domain is so wide or so narrow that its cells cannot be counted in binary64.
    Domain,
    /// A row of the network has two weights for one slot.
    Twice,
    /// A unit jumps in a value that is calculated, and so is not exact.
    Jump,
    /// The network has too many functions of one input.
    Large,
    /// The network breaks in its domain, or changes too fast, for cells in binary32.
    Single,
    /// A value of the network cannot be bounded, or the plan's errors cannot.
    Range,
}

impl std::fmt::Display for Unplannable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Unplannable::Form => {
                "the network has several inputs or hidden layers: plans are for one hidden layer over one input"
            }
            Unplannable::Domain => "the domain is too wide or too narrow for a plan",
            Unplannable::Twice => "a row of the network has two weights for one slot",
            Unplannable::Jump => "a unit jumps in a value that is calculated: plans take jumps of inputs only",
            Unplannable::Large => "the network has too many functions of one input for a plan",
            Unplannable::Single => {
                "the network's activation breaks in the domain, or its values change too fast for binary32"
            }
            Unplannable::Range => "a value of the network, or the error of a plan of it, cannot be bounded",
        })
    }
}

impl std::error::Error for Unplannable {}

/// A network lowered to pieces.
#[derive(Debug)]
pub struct Plan {
    pub(crate) lo: f64,
    pub(crate) hi: f64,
    pub(crate) table: Table,
    direct: Direct,
    outside: Outside,
    bound: UpperBound,
    /// Pieces that are summed directly.
    summed: usize,
}

/// The network's own sum: outside the domain, and where no polynomial was found.
#[derive(Debug)]
pub(crate) enum Direct {
    Window(Box<Window>, Activation),
    Constant(f64),
}

impl Direct {
    pub(crate) fn new(network: &Network) -> Option<Direct> {
        match &network.layers[..] {
            [output] => Some(Direct::Constant(output.activation.value(output.bias.get(0)))),
            _ => Some(Direct::Window(Box::new(Window::in_precision(network, Precision::F64)?), network.output())),
        }
    }

    pub(crate) fn value(&self, x: f64) -> f64 {
        match self {
            Direct::Window(window, output) => output.value(window.sum(x)),
            Direct::Constant(value) => *value,
        }
    }
}

/// Lowers a network of one input and at most one hidden layer.
///
/// A network in binary32 is lowered as what it is exactly, without the roundings of its evaluator.
///
/// # Errors
/// The network has another form.
pub fn plan(network: &Network) -> Result<Plan, Unplannable> {
    plan_with(network, PlanOptions::default())
}

/// The same with options.
///
/// # Errors
/// The network has another form.
pub fn plan_with(network: &Network, options: PlanOptions) -> Result<Plan, Unplannable> {
    plan_among(network, options, 1, None)
}

/// The same with pieces of a degree, where that is one that tables have and it can be had: to see what it costs.
///
/// # Errors
/// The network has another form.
pub fn plan_of_degree(network: &Network, options: PlanOptions, degree: usize) -> Result<Plan, Unplannable> {
    plan_among(network, options, 1, Some(degree))
}

/// The same for a plan that is one of so many that share the caches.
pub(crate) fn plan_among(
    network: &Network,
    options: PlanOptions,
    plans: usize,
    degree: Option<usize>,
) -> Result<Plan, Unplannable> {
    let units = Units::new(network).ok_or(Unplannable::Form)?;
    if network.output().may_jump() {
        return Err(Unplannable::Jump);
    }
    let (lo, hi) = (network.inputs[0].lo, network.inputs[0].hi);
    let direct = Direct::new(network).ok_or(Unplannable::Form)?;
    let tolerance = (size(&direct, lo, hi) * TOLERANCE).max(options.accuracy.tolerance(network)).max(f64::MIN_POSITIVE);
    if !width_is_fine(lo, hi) {
        return Err(Unplannable::Domain);
    }
    let output = network.output();
    let jumps = match units.activation {
        Activation::Heaviside => steps(&units, lo, hi, output),
        _ => None,
    };
    let (table, mut bound, summed) = match jumps {
        Some(steps) => {
            let index = Index::even(lo, hi, &steps.edges).unwrap_or_else(|| Index::of_edges(lo, hi, steps.edges));
            (Table::of_steps(index, &steps.values), steps.bound, 0)
        }
        None => match if output == Activation::Identity { shared(&units, (lo, hi), tolerance) } else { None } {
            Some((table, bound)) => (table, bound, 0),
            None => pieces(&units, (lo, hi), output, tolerance, (plans, degree)),
        },
    };
    if summed > 0 {
        bound = bound.max(of_direct(&units, network));
    }
    if !table.covers(lo, hi) {
        return Err(Unplannable::Domain);
    }
    Ok(Plan { lo, hi, table, direct, outside: network.outside, bound, summed })
}

/// About the largest magnitude on the domain.
pub(crate) fn size(direct: &Direct, lo: f64, hi: f64) -> f64 {
    let at = |k: usize| direct.value(lo + (hi - lo) * (k as f64 / SAMPLES as f64)).abs();
    (0..=SAMPLES).map(at).fold(0.0, f64::max)
}

/// Whether cells of the domain can be counted.
pub(crate) fn width_is_fine(lo: f64, hi: f64) -> bool {
    WIDTHS.contains(&(hi - lo)) && lo.abs().max(hi.abs()) <= WIDTHS.end
}

/// Polynomial pieces: the table, its bound, and how many pieces are to be summed directly.
fn pieces(
    units: &Units,
    (lo, hi): (f64, f64),
    output: Activation,
    tolerance: f64,
    (plans, degree): (usize, Option<usize>),
) -> (Table, UpperBound, usize) {
    let Some(layer) = Layer::new(units, lo, hi) else {
        let nothing = Table::of_pieces(Index::cells(lo, hi, 1), Kind::Centred(4), &[None]);
        return (nothing, UpperBound::ZERO, 1);
    };
    // An eighth for the models' remainders, which count twice, and three quarters for economisation.
    let models = layer.models(lo, hi, tolerance / 8.0);
    let wanted = TableWanted {
        output,
        tolerance,
        cells: true,
        smooth: layer.margin > 0.0,
        margin: layer.margin,
        largest: lo.abs().max(hi.abs()),
        equal: EQUAL,
        plans,
        degree,
        precision: Precision::F64,
    };
    let lowered = lower(&models, (lo, hi), wanted);
    (lowered.table, lowered.bound + layer.moved, lowered.direct)
}

/// A bound of the direct sum's rounding. Where it may take a jump elsewhere than the network does, there is none.
fn of_direct(units: &Units, network: &Network) -> UpperBound {
    let binary64 = Units { precision: Precision::F64, ..units.clone() };
    match units.activation {
        Activation::Heaviside | Activation::ClippedLogistic => UpperBound::INFINITE,
        _ => bumpnet_prove::rounding_of(network, &binary64, UpperBound::ZERO),
    }
}

impl Plan {
    /// The value at a point: within [`bound`](Self::bound) of the network in the domain. NaN for NaN; outside the
    /// domain what the network's `outside` says: its own value, by direct sum, that of the nearest end, or NaN.
    #[inline]
    pub fn eval(&self, x: f64) -> f64 {
        if self.lo <= x && x <= self.hi {
            let value = self.table.value(x);
            if !value.is_nan() {
                return value;
            }
        }
        self.elsewhere(x)
    }

    #[cold]
    fn elsewhere(&self, x: f64) -> f64 {
        let inside = self.lo <= x && x <= self.hi;
        match self.outside {
            _ if x.is_nan() => x,
            Outside::Clamp if !inside => self.eval(x.clamp(self.lo, self.hi)),
            Outside::Nan if !inside => f64::NAN,
            _ => self.direct.value(x),
        }
    }

    /// The values at many points, one after another: what [`eval_into`](Self::eval_into) is compared with.
    pub fn eval_each(&self, xs: &[f64], ys: &mut [f64]) {
        xs.iter().zip(ys).for_each(|(x, y)| *y = self.eval(*x));
    }

    /// The largest |plan - network| over the domain, the plan as it is evaluated, the network exact, in the target's
    /// unit: proved. (Where x is a binary64.)
    pub fn bound(&self) -> UpperBound {
        self.bound
    }

    /// Number of pieces.
    pub fn pieces(&self) -> usize {
        self.table.pieces()
    }

    /// Degree of the pieces.
    pub fn degree(&self) -> usize {
        self.table.kind.degree()
    }

    /// Pieces and degree of the activation's table, where each piece is a step and they share one.
    pub fn shared(&self) -> Option<(usize, usize)> {
        self.table.shared.as_ref().map(|shared| (shared.table.pieces(), shared.table.kind.degree()))
    }

    /// Bytes of the table and its index.
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }

    /// Pieces for which no polynomial was found: there the network's sum is evaluated.
    pub fn summed(&self) -> usize {
        self.summed
    }

    /// What the value is outside the domain.
    pub fn outside(&self) -> Outside {
        self.outside
    }

    /// How the piece of a point is found: `uniform` or `bucketed`.
    pub fn index(&self) -> &'static str {
        self.table.index.kind()
    }
}
