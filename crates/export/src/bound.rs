//! How far a program that sums a network's units in floating point can be from the exact network.
//!
//! The program is not ours, so what is assumed of it is stated ([`Evaluator`]): it adds in any order, with or without fused
//! multiply-add, and its activations are off by no more than a given amount. Then with u the unit roundoff and
//! `gamma_n = n u / (1 - n u)` (Higham 2002, section 3.1):
//! - a row `z = sum_i w_i a_i + b` of n terms, whose operands are off by d_i, is off by at most
//!   `sum |w_i| d_i + gamma_{n+2} (sum |w_i| (|a_i| + d_i) + |b|)`, and half the least positive number for each operation;
//! - the activation adds its largest slope times that, and its own error.
//!
//! At a jump a wrong last bit takes the other side. For one hidden layer a certificate's `upper` covers both sides (cells
//! around jumps are widened by the rounding of `w x + b`), and its `evaluated` is about the side that this workspace's
//! evaluator takes, which is every program's where products with the weights are exact. So this bound plus the larger of
//! the two, or there plus `evaluated`, bounds the distance to the target everywhere. Behind a second layer nothing is known of a jump here; but the proofs of composed networks
//! and of those that are constant on boxes count rounding for every order of summation themselves ([`program`]).

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Certificate, Expr, Layer, Network};
use bumpnet_prove::units::Units;
use bumpnet_prove::{in_any_order, moved};

/// What is assumed of a program that evaluates a network.
#[derive(Clone, Copy, Debug)]
pub struct Evaluator {
    /// The program.
    pub name: &'static str,
    /// Of a logistic function: the largest error, in unit roundoffs of the network's precision.
    pub logistic: f64,
    /// The same of every other activation.
    pub others: f64,
}

/// ONNX Runtime's processor kernels. Its binary32 `Sigmoid`, `Tanh` and `Erf` are rational approximations, clamped:
/// `Sigmoid(-18)` is -6e-8, about one unit roundoff. Assumed: 8 unit roundoffs; the tests measure it.
pub const ONNX_RUNTIME: Evaluator = Evaluator { name: "ONNX Runtime", logistic: 8.0, others: 16.0 };

/// This workspace's own evaluator: 4 ulp of a number up to 1, and one rounding more.
pub const RUNNER: Evaluator = Evaluator { name: "bumpnet", logistic: 10.0, others: 10.0 };

/// Why a bound is larger than what this workspace's evaluator keeps to, where it is.
pub fn both_sides(certificate: &Certificate) -> Option<String> {
    let evaluated = certificate.evaluated;
    (certificate.upper > 1.01 * evaluated).then(|| {
        format!(
            "{:?} counts both sides of every jump, of the target and of the network, which lie between two numbers of the \
             precision; evaluated at those numbers by bumpnet, which takes each jump where the target does, the network is \
             within {evaluated:?}, but another program may take a jump one number beside",
            certificate.upper
        )
    })
}

/// A bound of |program - target| over the domain, at inputs of the network's precision; infinite where nothing is proved.
///
/// Most certificates' `evaluated` is for this workspace's evaluator, and what another program may differ from the exact
/// network by is added to it. Where [`any_order`] holds, the proof counts the program's rounding itself.
pub fn program(network: &Network, target: &Expr, certificate: &Certificate, evaluator: &Evaluator) -> UpperBound {
    let jumps = |layer: &Layer| layer.activation == Activation::Heaviside;
    let sides = !network.layers.iter().filter(|layer| jumps(layer)).all(sharp);
    let both = if sides { certificate.upper } else { 0.0 };
    let evaluated = UpperBound::new(certificate.evaluated.max(both));
    match any_order(network) {
        true if network.graph.is_some() => in_any_order(target, network).unwrap_or(UpperBound::INFINITE),
        true => evaluated,
        false => evaluated + direct_sum(network, evaluator),
    }
}

/// Whether its proof holds for sums in any order, with fused multiply-add or without, and activations off by at most 16 unit
/// roundoffs (of a composed network's logistic and tanh units: of their own value).
///
/// [`in_any_order`] bounds a row of n terms by `(n + 1) u` times the sum of all magnitudes, the certificate of a network
/// constant on boxes by `(n + 2) u`, and both widen what a row feeds by that. A jump that reads one slot is the exception:
/// its place is where this workspace's evaluator rounds `w x + b`. With w a power of two nothing but the sum rounds, and
/// that never changes its sign.
pub fn any_order(network: &Network) -> bool {
    let known = |layer: &Layer| match layer.activation {
        Activation::Heaviside => sharp(layer),
        other => matches!(other, Activation::Ramp | Activation::Identity),
    };
    match &network.graph {
        Some(_) => true,
        None => bumpnet_prove::is_constant_on_boxes(network) && network.layers.iter().all(known),
    }
}

/// A number and how far it is off: the exact value's range, and a bound of the error.
#[derive(Clone, Copy)]
struct Slot {
    range: Interval,
    off: UpperBound,
}

/// A bound of |program - network| over the domain, at inputs of the network's precision, outside of the jumps' own
/// rounding (see above). Infinite where nothing is known.
pub fn direct_sum(network: &Network, evaluator: &Evaluator) -> UpperBound {
    let layered = layered(network, evaluator).unwrap_or(UpperBound::INFINITE);
    windowed(network, evaluator).map_or(layered, |windowed| windowed.min(layered))
}

/// Whether products with its weights are exact.
fn sharp(layer: &Layer) -> bool {
    layer.weights.entries().all(|(_, _, w)| power_of_two(w))
}

/// Whether products with a weight are exact.
fn power_of_two(w: f64) -> bool {
    w == 0.0 || w.is_normal() && w.to_bits() << 12 == 0
}

fn error_of(activation: Activation, evaluator: &Evaluator, u: f64) -> UpperBound {
    UpperBound::new(
        u * match activation {
            Activation::Identity | Activation::Heaviside => 0.0,
            Activation::Logistic | Activation::ClippedLogistic => evaluator.logistic,
            _ => evaluator.others,
        },
    )
}

/// `n u / (1 - n u)`, rounded up.
fn gamma(n: usize, u: f64) -> UpperBound {
    let nu = UpperBound::new(n as f64) * UpperBound::new(u);
    nu.div_by_lower((1.0 - nu.get()).next_down())
}

/// For one hidden layer over one input: arguments round only where a unit is active, which `prove` counts.
fn windowed(network: &Network, evaluator: &Evaluator) -> Option<UpperBound> {
    let units = Units::new(network)?;
    let output = network.output();
    let u = network.precision.unit_roundoff();
    let ours = bumpnet_prove::rounding_of(network, &units, UpperBound::ZERO);
    let (low, high) = units.activation.limits();
    // A sum behind which the output jumps may be on the other side.
    if !(high - low).is_finite() || output.may_jump() {
        return None;
    }
    let size = units.list.iter().fold(UpperBound::ZERO, |sum, unit| sum + unit.size);
    let count: usize = units.list.iter().map(|unit| unit.count).sum();
    // A saturated unit's exact value and the evaluator's are both within the tail of the limit.
    let each = error_of(units.activation, evaluator, u) + UpperBound::new(2.0 * units.activation.tail());
    let added = gamma(count + 3, u) * (units.c0.magnitude() + size * UpperBound::new(2.0));
    let least = UpperBound::new(network.precision.extremes().0) * UpperBound::new(2.0 * count as f64 + 2.0);
    Some(ours + through(size * each + added + least, output, evaluator, u))
}

/// An error of the last sum, behind the output's activation.
fn through(sum: UpperBound, output: Activation, evaluator: &Evaluator, u: f64) -> UpperBound {
    match output {
        Activation::Identity => sum,
        output => moved(output, sum) + error_of(output, evaluator, u),
    }
}

/// Any network, layer by layer; `None` where a number may be too large.
fn layered(network: &Network, evaluator: &Evaluator) -> Option<UpperBound> {
    let mut slots: Vec<Slot> = Vec::new();
    for input in &network.inputs {
        slots.push(Slot { range: Interval::new(input.lo, input.hi)?, off: UpperBound::ZERO });
    }
    let single = network.layers.len() <= 2;
    for (k, layer) in network.layers.iter().enumerate() {
        let rows = rows(network, layer, &slots)?;
        let last = k + 1 == network.layers.len();
        for row in rows {
            slots.push(activate(layer.activation, row, evaluator, network.precision.unit_roundoff(), single && !last)?);
        }
    }
    slots.last().map(|slot| slot.off)
}

/// The sums of a layer's rows.
fn rows(network: &Network, layer: &Layer, slots: &[Slot]) -> Option<Vec<Slot>> {
    let (least, largest) = network.precision.extremes();
    let u = network.precision.unit_roundoff();
    struct RowSum {
        range: Interval,
        off: UpperBound,
        size: UpperBound,
        terms: usize,
    }
    let start = |row: usize| {
        let bias = Interval::point(layer.bias.get(row));
        RowSum { range: bias, off: UpperBound::ZERO, size: bias.magnitude(), terms: 0 }
    };
    let mut rows: Vec<RowSum> = (0..layer.rows).map(start).collect();
    for (row, column, value) in layer.weights.entries() {
        let (slot, weight) = (slots[layer.inputs[column] as usize], Interval::point(value));
        let row = &mut rows[row];
        row.range = row.range + weight * slot.range;
        row.off = row.off + weight.magnitude() * slot.off;
        row.size = row.size + weight.magnitude() * (slot.range.magnitude() + slot.off);
        row.terms += 1;
    }
    let finish = |row: RowSum| {
        // Programs add the zeros of a dense matrix too, which changes nothing.
        let rounding = gamma(row.terms + 2, u) * row.size + UpperBound::new(least * (2.0 * row.terms as f64 + 2.0));
        let off = row.off + rounding;
        let fits = (row.size + off).get() <= largest && row.range.is_bounded();
        fits.then_some(Slot { range: row.range, off })
    };
    rows.into_iter().map(finish).collect()
}

/// A unit's value from its sum. `jumps_covered`: a certificate's `evaluated` covers both sides of each jump.
fn activate(activation: Activation, z: Slot, evaluator: &Evaluator, u: f64, jumps_covered: bool) -> Option<Slot> {
    if activation == Activation::Identity {
        return Some(z);
    }
    let wide = z.range + Interval::symmetric(z.off);
    let jump = activation.meaning().jumps.iter().any(|jump| wide.contains(jump.at));
    if jump && !jumps_covered {
        return None;
    }
    let (low, high) = activation.limits();
    Some(Slot { range: Interval::new(low, high)?, off: moved(activation, z.off) + error_of(activation, evaluator, u) })
}
