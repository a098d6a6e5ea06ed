//! What the exports in C and Rust share for networks that have no table, those of several inputs or hidden layers: the sum
//! of their units as this workspace's evaluator takes it, one operation after the other.
//!
//! All units stand in one list of slots behind the inputs. A layer sets its slots to the biases, adds `value * slots[from]`
//! to `slots[to]` entry by entry, and applies its activation in place: the evaluator's operations in its order, so networks
//! of jumps, ramps and sums give its very bits.
//!
//! The logistic function needs an exponential. It is `2^k p(r)` with `k` the whole number nearest to `x/ln 2`, `r = x - k ln 2`
//! by Cody and Waite, and p the Taylor polynomial of degree 13. With u the unit roundoff, |r| <= 0.3466:
//! - `k LN2_HI` is exact (32 bits times 11), so is `x - k LN2_HI` (Sterbenz); `k LN2_LO`, LN2_LO itself and the difference
//!   round, together by at most 0.36 u;
//! - what is cut off is below `r^14/14! < 0.05 u` of the value;
//! - Horner's last steps `1 + r q` with `q <= 1.21` known to 2.1 u: `0.3466 * 2.1 u + 0.42 u + u < 2.2 u`, of at least 0.707.
//!
//! That is below 3.6 u of the value, so `1/(1 + e)` is known to 3.6 u + 2 u of itself, in its tail too. A certificate's
//! `evaluated` allows 8 u in the first units of steps, and 16 u elsewhere. Below -708 the exponential is 0, above 709 it is
//! infinite: the logistic function is then off by less than the least normal number, which `evaluated` counts.

pub mod c;
pub mod rust;

use bumpnet_ir::{Activation, Certificate, Network, Window};

use crate::facts::{Facts, facts, said};
use crate::tabulated::MOST;
use crate::{ExportError, Options};

/// Coefficients of the exponential's Taylor polynomial, `1/13!` first, down to `1/0!`.
pub fn taylor() -> [f64; 14] {
    let mut factorial = 1.0;
    let mut coefficients = [1.0; 14];
    for k in 1..14 {
        factorial *= k as f64; // exact: 13! < 2^53
        coefficients[13 - k] = 1.0 / factorial;
    }
    coefficients
}

/// The high and the low part of `ln 2` (fdlibm's), and `1/ln 2`.
pub const LN2: (f64, f64, f64) =
    (f64::from_bits(0x3fe6_2e42_fee0_0000), f64::from_bits(0x3dea_39ef_3579_3c76), std::f64::consts::LOG2_E);

/// A network as lists of numbers.
pub struct Sum {
    /// Weight, the slot that it multiplies, and the slot that it adds to, in the order of evaluation.
    pub entries: Vec<(f64, u32, u32)>,
    /// The biases of all units.
    pub biases: Vec<f64>,
    /// For each layer its activation, how many units it has, and how many entries.
    pub layers: Vec<(Activation, usize, usize)>,
}

/// Whether a network is one that has no table by its form.
pub fn is_for(network: &Network) -> bool {
    Window::new(network).is_none()
}

/// The lists of a network for which [`is_for`] holds.
///
/// # Errors
/// An activation is not written, nothing is proved of the evaluator, or the lists are too long.
pub fn sum(network: &Network, certificate: &Certificate) -> Result<Sum, ExportError> {
    let unit = |activation| {
        use Activation::{ClippedLogistic, Heaviside, Identity, Logistic, Ramp, Smoothstep};
        matches!(activation, Heaviside | Logistic | ClippedLogistic | Ramp | Smoothstep | Identity)
    };
    if let Some(layer) = network.layers.iter().find(|layer| !unit(layer.activation)) {
        return Err(ExportError::new(
            format!("no function of its own is proved for the activation `{}`", layer.activation.name()),
            "export it as onnx, or ask for `activation: logistic` in the spec",
        ));
    }
    if !certificate.evaluated.is_finite() {
        return Err(ExportError::new(
            "nothing is proved of this network as it is evaluated",
            "ask for another method in the spec, or export it as onnx",
        ));
    }
    let (mut entries, mut biases, mut layers) = (Vec::new(), Vec::new(), Vec::new());
    let mut first = network.inputs.len();
    for layer in &network.layers {
        let before = entries.len();
        entries.extend(layer.weights.entries().map(|(row, column, w)| (w, layer.inputs[column], (first + row) as u32)));
        biases.extend((0..layer.rows).map(|row| layer.bias.get(row)));
        layers.push((layer.activation, layer.rows, entries.len() - before));
        first += layer.rows;
    }
    let size = 3 * entries.len() + biases.len();
    if size > MOST {
        return Err(ExportError::new(
            format!("lists of {size} numbers are too large for source code"),
            "accept a larger error with fewer neurons, or export it as onnx",
        ));
    }
    Ok(Sum { entries, biases, layers })
}

/// The facts of a function that sums.
pub fn of_sum(network: &Network, certificate: &Certificate, options: &Options<'_>, sum: &Sum) -> Facts {
    let mut facts = facts(network, certificate, options);
    let stack = 8 * (network.inputs.len() + sum.biases.len());
    facts.push(("sum", format!("{} weights, {stack} bytes of stack", sum.entries.len())));
    facts.push(("bound_evaluated", format!("{:?}", certificate.evaluated)));
    facts.push((
        "bound_evaluated_means",
        format!(
            "|this function - target| at every point of the domain whose coordinates are {}, its rounding included: {}",
            network.precision.format(),
            said(options.standing)
        ),
    ));
    facts
}

/// The layers as blocks of code: `block(first unit, first entry, (activation, units, entries))`.
pub fn blocks(sum: &Sum, block: impl Fn(usize, usize, &(Activation, usize, usize)) -> String) -> String {
    let (mut unit, mut entry) = (0, 0);
    let each = |layer: &(Activation, usize, usize)| {
        let text = block(unit, entry, layer);
        (unit, entry) = (unit + layer.1, entry + layer.2);
        text
    };
    sum.layers.iter().map(each).collect()
}

/// Which functions are needed: of those activations that are no more than a name.
pub fn needs(sum: &Sum, activation: Activation) -> bool {
    sum.layers.iter().any(|layer| layer.0 == activation)
}
