//! Networks of one hidden layer over one input: what a proof about one is about, and what is known of its error on a cell.
//!
//! On a cell the error `e = N - f` is a [`Poly`] for everything that is smooth there, and a list of units that are not. Each
//! part of a cell begins with what is known of the whole.

use std::sync::OnceLock;

use bumpnet_interval::{Interval, UpperBound, Wide};
use bumpnet_ir::{Activation, Continuity, Expr, Measure, Network};

use crate::analyse::analyse;
use crate::error::CertifyError;
use crate::fault::{Fault, active};
use crate::jumps::Jumps;
use crate::ledger::Seal;
use crate::measure::weight;
use crate::poly::{Cell, Number, Poly};
use crate::units::{Role, Units};

/// A target and a network of this form, or its hidden layer. What it is about does not change while it is proved:
///
/// ```compile_fail,E0616
/// fn another(line: &mut bumpnet_kernel::line::Line<'_>) {
///     line.jumps = None;
/// }
/// ```
#[derive(Debug)]
pub struct Line<'q> {
    /// What the network is for.
    pub(crate) target: Expr,
    /// The measure of errors, and what they are multiplied with in it, if not 1.
    pub(crate) weight: Option<(Measure, Expr)>,
    /// The network.
    pub(crate) network: &'q Network,
    /// The activation of the output neuron, `identity` for the hidden layer alone.
    pub(crate) output: Activation,
    /// A magnitude of the target over the domain.
    pub(crate) scale: f64,
    /// Where the network is one of jumps.
    pub(crate) jumps: Option<Jumps>,
    units: OnceLock<Units>,
    /// Of jumps: the network's values between them, and how far each may be off.
    levels: OnceLock<(Vec<f64>, f64)>,
}

/// Whether a network has this form: one hidden layer over one input. Not where its output neuron jumps or is upright: the
/// rounding of the sum is then no matter of a slope, and the general proofs follow it.
pub fn is_line(network: &Network) -> bool {
    let output = network.output();
    let upright = output.may_jump() || matches!(output.meaning().continuity, Continuity::Root(_));
    !upright && (Units::new(network).is_some() || Jumps::new(network).is_some())
}

impl<'q> Line<'q> {
    /// `None` if the network has another form.
    ///
    /// # Errors
    /// The target is not defined and bounded on the domain.
    pub fn new(target: &Expr, network: &'q Network) -> Option<Result<Line<'q>, CertifyError>> {
        if !is_line(network) {
            return None;
        }
        let jumps = Jumps::new(network);
        Some(Line::of(target.clone(), network, network.output(), jumps))
    }

    /// For errors in a measure, which are multiplied with its weight. Jumps are then proved as other units are.
    ///
    /// `None` if the network has another form.
    ///
    /// # Errors
    /// The target or the weight is not defined and bounded on the domain.
    pub fn in_measure(
        target: &Expr,
        measure: &Measure,
        network: &'q Network,
    ) -> Option<Result<Line<'q>, CertifyError>> {
        Some(Line::new(target, network)?.and_then(|line| {
            let (weight, _) = weight(measure, target, &network.inputs)?;
            Ok(Line { jumps: None, weight: Some((measure.clone(), weight)), ..line })
        }))
    }

    fn of(
        target: Expr,
        network: &'q Network,
        output: Activation,
        jumps: Option<Jumps>,
    ) -> Result<Line<'q>, CertifyError> {
        let scale = analyse(&target, &network.inputs).map_err(CertifyError::Target)?.magnitude().get();
        let weight = None;
        Ok(Line { target, weight, network, output, scale, jumps, units: OnceLock::new(), levels: OnceLock::new() })
    }

    /// The hidden layer against the target's logit, if that is defined everywhere.
    pub fn hidden(&self) -> Option<Line<'q>> {
        (self.output != Activation::Identity)
            .then(|| Line::of(self.target.logit(), self.network, Activation::Identity, self.jumps.clone()).ok())
            .flatten()
    }

    /// What the network is for.
    pub fn target(&self) -> &Expr {
        &self.target
    }

    /// What errors are multiplied with, if not 1.
    pub fn weight(&self) -> Option<&Expr> {
        self.weight.as_ref().map(|(_, weight)| weight)
    }

    /// What an error somewhere in a range is multiplied with.
    pub fn weigh(&self, x: Interval) -> Interval {
        self.weight().map_or(Interval::ONE, |weight| weight.eval(&[x]))
    }

    /// The network.
    pub fn network(&self) -> &'q Network {
        self.network
    }

    /// The activation of the output neuron, `identity` for the hidden layer alone.
    pub fn output(&self) -> Activation {
        self.output
    }

    /// A magnitude of the target over the domain.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Where the network is one of jumps, these.
    pub fn jumps(&self) -> Option<&Jumps> {
        self.jumps.as_ref()
    }

    /// The units of the hidden layer.
    pub fn units(&self) -> &Units {
        // A network of jumps has units; where they could not be told, nothing would be known of it.
        self.units.get_or_init(|| Units::new(self.network).unwrap_or_else(Units::unknown))
    }

    /// The values of a network of jumps between them, behind the output neuron, and how far each may be off.
    pub fn levels(&self) -> Option<(&[f64], f64)> {
        let jumps = self.jumps.as_ref()?;
        if self.output == Activation::Identity {
            return Some((&jumps.sums, jumps.slack));
        }
        let (levels, slack) = self.levels.get_or_init(|| {
            let mut slack = UpperBound::ZERO;
            let value = |k| {
                let exact = self.output.apply(&jumps.sum(k));
                slack = slack.max((exact - Interval::point(exact.midpoint())).magnitude());
                exact.midpoint()
            };
            let levels = (0..jumps.sums.len()).map(value).collect();
            (levels, slack.get())
        });
        Some((levels, *slack))
    }

    /// The domain.
    pub fn domain(&self) -> Cell {
        let input = &self.network.inputs[0];
        Cell { a: input.lo, b: input.hi }
    }

    /// The error at a point of the domain, weighted.
    pub fn error_at(&self, x: f64) -> Interval {
        // Where it is not known that a jump is not at the point, its unit says so.
        let sum = match self.jumps.as_ref().and_then(|jumps| jumps.at(x)) {
            Some(sum) => sum,
            None => self.units().value_at::<Wide>(x).interval(),
        };
        let error = self.output.apply(&sum) - self.target.eval(&[Wide::point(x)]).interval();
        self.weighed(error, Interval::point(x))
    }

    /// An error of points in a range, weighted.
    pub(crate) fn weighed(&self, error: Interval, x: Interval) -> Interval {
        if self.weight.is_some() { error * self.weigh(x) } else { error }
    }
}

/// What is known of the error on a cell, which is to be bounded there: an obligation of a proof.
///
/// There is one of each, and none but those that a proof gives out:
///
/// ```compile_fail,E0599
/// fn twice(node: bumpnet_kernel::line::Node<bumpnet_interval::Interval>) {
///     let _ = (node.clone(), node);
/// }
/// ```
///
/// ```compile_fail,E0616
/// fn narrower(node: &mut bumpnet_kernel::line::Node<bumpnet_interval::Interval>) {
///     node.cell.b = 0.5;
/// }
/// ```
#[derive(Debug)]
pub struct Node<T> {
    pub(crate) seal: Seal,
    pub(crate) cell: Cell,
    /// The sum of what was absorbed.
    pub(crate) poly: Poly<T>,
    /// Bound of the slope (d/dx) of saturated units that count as constants.
    slop: UpperBound,
    /// Whether the target is in `poly` (with a minus sign).
    target_absorbed: bool,
    /// The units that are not, by position.
    near: Vec<u32>,
}

impl<T: Number> Node<T> {
    /// A sum, with these units beside it.
    pub(crate) fn new(seal: Seal, cell: Cell, sum: Interval, near: Vec<u32>) -> Node<T> {
        let poly = Poly::constant(T::from(sum));
        Node { seal, cell, poly, slop: UpperBound::ZERO, target_absorbed: false, near }
    }

    /// On a part of the cell.
    pub(crate) fn part(&self, seal: Seal, cell: Cell) -> Node<T> {
        let poly = self.poly.restrict(&self.cell, &cell);
        Node { seal, cell, poly, slop: self.slop, target_absorbed: self.target_absorbed, near: self.near.clone() }
    }

    /// The cell.
    pub fn cell(&self) -> Cell {
        self.cell
    }

    /// The units that are neither constant nor smooth on it, as far as was tried, by position.
    pub fn near(&self) -> &[u32] {
        &self.near
    }

    /// Whether the target is smooth on it, as far as was tried.
    pub fn has_target(&self) -> bool {
        self.target_absorbed
    }

    /// Takes the target over, if it is smooth on the cell up to a remainder that is small enough.
    pub(crate) fn take_target(&mut self, line: &Line<'_>, enough: impl Fn(f64, &Poly) -> bool) -> bool {
        if line.output != Activation::Identity || self.target_absorbed {
            return false;
        }
        let Some(poly) = Poly::of_expression(&line.target, &self.cell) else { return false };
        let remainder = poly.coefficients().get(crate::poly::ORDER).map_or(0.0, |c| c.width().get());
        if enough(remainder, &poly) {
            self.poly.add_scaled(T::point(-1.0), &poly.convert());
            self.target_absorbed = true;
        }
        self.target_absorbed
    }

    /// Takes over the units that are constant on the cell, or smooth up to a share of the error. `among` says of each, by its
    /// place in the list, whether to try; `taken` hears of those that were.
    pub(crate) fn take_units(
        &mut self,
        line: &Line<'_>,
        share: f64,
        mut among: impl FnMut(usize) -> bool,
        mut taken: impl FnMut(usize),
    ) {
        let (units, poly, slop, cell) = (line.units(), &mut self.poly, &mut self.slop, &self.cell);
        let mut place = 0;
        self.near.retain(|&k| {
            let at = place;
            place += 1;
            if !among(at) {
                return true;
            }
            let unit = &units.list[k as usize];
            let role = match line.weight {
                Some(_) => unit.weighted_role(units.activation, cell, share),
                None => unit.role(units.activation, cell, share),
            };
            match role {
                Role::Constant(value, slope) => {
                    poly.add_constant(value);
                    *slop = *slop + slope;
                }
                Role::Smooth(smooth) => poly.add_scaled(T::point(1.0), &smooth),
                Role::Hard => return true,
            }
            taken(at);
            false
        });
    }

    /// The error as a polynomial, once all units are absorbed.
    pub(crate) fn error_poly(&self, line: &Line<'_>, tolerance: f64) -> Option<Poly> {
        let smooth = self.near.is_empty() && (self.target_absorbed || line.output != Activation::Identity);
        if !smooth {
            return None;
        }
        let sum = self.poly.interval();
        match line.output {
            Activation::Identity => Some(sum),
            output => crate::layers::compose(output, &sum, &line.target, &self.cell, tolerance),
        }
    }

    /// Where the error lies on the cell, by monotony of each unit; weighted.
    pub fn range(&self, line: &Line<'_>) -> Interval {
        let (x, units) = (self.cell.interval(), line.units());
        let unit = |k: &u32| &units.list[*k as usize];
        let sum =
            self.near.iter().fold(self.poly.range(), |sum, k| sum + unit(k).alpha * unit(k).hull(units.activation, x));
        line.weighed(self.minus_target(line, sum, x), x)
    }

    /// The error at a point of the cell, weighted.
    pub fn value(&self, line: &Line<'_>, x: f64) -> Interval {
        line.weighed(self.plain_value(line, x), Interval::point(x))
    }

    fn plain_value(&self, line: &Line<'_>, x: f64) -> Interval {
        let units = line.units();
        let unit = |k: &u32| &units.list[*k as usize];
        let start = self.poly.value(self.cell.parameter(T::point(x)));
        let term = |k: &u32| T::from(unit(k).alpha) * unit(k).at::<T>(units.activation, x);
        let sum = self.near.iter().fold(start, |sum, k| sum + term(k));
        self.minus_target(line, sum.into(), Interval::point(x))
    }

    fn minus_target(&self, line: &Line<'_>, sum: Interval, x: Interval) -> Interval {
        match (self.target_absorbed, line.output) {
            (true, _) => sum,
            (false, Activation::Identity) => sum - line.target.eval(&[x]),
            (false, output) => output.apply(&sum) - line.target.eval(&[x]),
        }
    }

    /// The errors at the ends of the cell, not weighted, if it is monotone there: then it lies between them.
    pub(crate) fn ends(&self, line: &Line<'_>) -> Option<(Interval, Interval)> {
        let (x, units) = (self.cell.interval(), line.units());
        let unit = |k: &u32| &units.list[*k as usize];
        if !self.target_absorbed || self.near.iter().any(|k| unit(k).may_jump(units.activation, x)) {
            return None;
        }
        let own = self.poly.slope() / Interval::point(self.cell.radius()) + Interval::symmetric(self.slop);
        let near = if active(Fault::MonotoneUnchecked) { &[] } else { &self.near[..] };
        let slope = near.iter().fold(own, |sum, k| sum + unit(k).slope(units.activation, x));
        if !(slope.lo() > 0.0 || slope.hi() < 0.0) || slope.quality() < bumpnet_interval::Quality::Defined {
            return None;
        }
        Some((self.plain_value(line, self.cell.a), self.plain_value(line, self.cell.b)))
    }
}

/// A cell on which the error is a polynomial: an obligation.
#[derive(Debug)]
pub struct Leaf {
    pub(crate) seal: Seal,
    /// The cell.
    pub(crate) cell: Cell,
    /// The error, not weighted.
    pub(crate) poly: Poly,
}

impl Leaf {
    /// The cell.
    pub fn cell(&self) -> Cell {
        self.cell
    }

    /// The error, not weighted.
    pub fn poly(&self) -> &Poly {
        &self.poly
    }

    /// Where the error lies on the cell, weighted.
    pub fn range(&self, line: &Line<'_>) -> Interval {
        line.weighed(self.poly.range(), self.cell.interval())
    }

    /// The error at a point of the cell, weighted.
    pub fn value(&self, line: &Line<'_>, x: f64) -> Interval {
        let x = Interval::point(x);
        line.weighed(self.poly.value(self.cell.parameter(x)), x)
    }
}
