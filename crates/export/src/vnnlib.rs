//! VNN-LIB: queries for verifiers of neural networks, whose answer is known: `unsat`, if the network's bound is proved.
//!
//! [`cells`] asks of the network alone, in the syntax of version 1.0: is there an x in a cell at which the network leaves the
//! target's range there, widened by the network's bound? [`against`] asks of network and target, two ONNX files, in the
//! syntax of version 2.0: is there an x at which they are further apart than the bound?
//! Numbers have no exponent, which neither version reads everywhere.

use std::fmt::Write;

use bumpnet_interval::Interval;
use bumpnet_ir::{Certificate, Network, Precision};
use bumpnet_prove::Standing;

use crate::facts::{comment, facts, said};
use crate::onnx;
use crate::{ExportError, Options};

/// Cells along the first input of `cells`. Heuristic: 64 queries keep a verifier busy and a file short.
const CELLS: usize = 64;
/// Parts of a cell in which the target's range is enclosed. Heuristic.
const PARTS: usize = 16;

/// A decimal without an exponent that reads back as the same number, with a point.
fn decimal(x: f64) -> String {
    let text = format!("{x}");
    if text.contains('.') { text } else { text + ".0" }
}

/// A number of the network's precision that is not below, or not above.
fn outward(x: f64, precision: Precision, up: bool) -> f64 {
    match precision {
        Precision::F64 => x,
        Precision::F32 => {
            let near = x as f32;
            let wrong = if up { f64::from(near) < x } else { f64::from(near) > x };
            f64::from(match (wrong, up) {
                (false, _) => near,
                (true, true) => near.next_up(),
                (true, false) => near.next_down(),
            })
        }
    }
}

/// Version 1.0: one file of a query for each cell, as the disjunction that the file asserts. The network is the file that
/// `onnx` writes: input `X_i`, output `Y_0`.
///
/// # Errors
/// Nothing is proved of the network as it is evaluated, or the target's range is not enclosed on some cell.
pub fn cells(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<String, ExportError> {
    let bound = proved(network, certificate, options)?;
    let mut text = comment(&facts(network, certificate, options), "; ");
    text += "; expected: unsat. For each cell: is there an x in it with |N(x) - c| >= eps, where c is the middle of the target's\n\
             ; range on the cell, and eps its radius and the network's bound as it is evaluated?\n";
    text += &condition(options.standing);
    text.push('\n');
    for k in 0..network.inputs.len() {
        let _ = writeln!(text, "(declare-const X_{k} Real)"); // writing to a string cannot fail
    }
    text += "(declare-const Y_0 Real)\n\n(assert (or\n";
    let first = &network.inputs[0];
    let edge = |k: usize| match k {
        CELLS => first.hi,
        _ => network.precision.round(first.lo + (first.hi - first.lo) * (k as f64 / CELLS as f64)).min(first.hi),
    };
    for k in 0..CELLS {
        let (a, b) = (edge(k), edge(k + 1));
        if a >= b {
            continue;
        }
        let range = range(network, options, (a, b)).ok_or_else(|| {
            ExportError::new(
                format!("the target's range is not enclosed for {} in [{a:?}, {b:?}]", first.name),
                "write the target so that interval arithmetic bounds it there",
            )
        })?;
        let up =
            outward((Interval::point(range.hi()) + Interval::point(bound)).hi().next_up(), network.precision, true);
        let down =
            outward((Interval::point(range.lo()) - Interval::point(bound)).lo().next_down(), network.precision, false);
        let mut cell = format!("(>= X_0 {}) (<= X_0 {})", decimal(a), decimal(b));
        for (i, input) in network.inputs.iter().enumerate().skip(1) {
            let _ = write!(cell, " (>= X_{i} {}) (<= X_{i} {})", decimal(input.lo), decimal(input.hi));
        }
        let _ =
            writeln!(text, "    (and {cell} (>= Y_0 {}))\n    (and {cell} (<= Y_0 {}))", decimal(up), decimal(down));
    }
    Ok(text + "))\n")
}

/// A line of comment where the answer is not known for sure.
fn condition(standing: Standing) -> String {
    match standing.is_proved() {
        true => String::new(),
        false => format!("; expected only if the network's bound holds: it is {}.\n", said(standing)),
    }
}

/// The bound of the network as it is evaluated.
fn proved(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<f64, ExportError> {
    let bound = onnx::bound(network, options.target, certificate).get();
    bound.is_finite().then_some(bound).ok_or_else(|| {
        ExportError::new(
            "nothing is proved of this network as it is evaluated, so no answer is known",
            "export a network of one hidden layer",
        )
    })
}

/// An enclosure of the target's range where the first input is in a cell.
fn range(network: &Network, options: &Options<'_>, (a, b): (f64, f64)) -> Option<Interval> {
    let edge = |k: usize| if k == PARTS { b } else { (a + (b - a) * (k as f64 / PARTS as f64)).clamp(a, b) };
    let mut point: Vec<Interval> = Vec::new();
    for input in &network.inputs {
        point.push(Interval::new(input.lo, input.hi)?);
    }
    let mut total: Option<Interval> = None;
    for k in 0..PARTS {
        point[0] = Interval::new(edge(k), edge(k + 1))?;
        let part = options.target.eval(&point);
        if !(part.quality() >= bumpnet_interval::Quality::Defined && part.is_bounded()) {
            return None;
        }
        total = Some(total.map_or(part, |sum| sum.hull(&part)));
    }
    total
}

/// A query about two networks, and the networks.
pub struct Against {
    /// The query: `network` and `target` are the networks' names in it.
    pub query: String,
    /// The network, ONNX.
    pub network: Vec<u8>,
    /// The target, ONNX.
    pub target: Vec<u8>,
}

/// Version 2.0: is there an x of the domain at which network and target are further apart than the bound?
///
/// The target's literals and operators are rounded in its ONNX file, so for this query `unsat` is expected, not proved.
///
/// # Errors
/// Network or target cannot be written as ONNX, or nothing is proved of the network as it is evaluated.
pub fn against(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<Against, ExportError> {
    let bound = outward(proved(network, certificate, options)?, network.precision, true);
    let model = onnx::write(network, certificate, options)?;
    let target = onnx::write_target(network, certificate, options)?;
    let (kind, width) = (if network.precision == Precision::F64 { "float64" } else { "float32" }, network.inputs.len());
    let mut text = comment(&facts(network, certificate, options), "; ");
    let _ = writeln!(
        text,
        "; expected: unsat, up to the rounding of the target's own graph.\n{}\n(vnnlib-version <2.0>)\n\n\
         (declare-network network\n    (declare-input X {kind} [1, {width}])\n    (declare-output Y {kind} [1, 1])\n)\n\
         (declare-network target\n    (declare-input U {kind} [1, {width}])\n    (declare-output V {kind} [1, 1])\n)\n",
        condition(options.standing)
    );
    for (k, input) in network.inputs.iter().enumerate() {
        let (lo, hi) = (decimal(input.lo), decimal(input.hi));
        let _ =
            writeln!(text, "(assert (and (>= X[0, {k}] {lo}) (<= X[0, {k}] {hi})))\n(assert (== U[0, {k}] X[0, {k}]))");
    }
    let bound = decimal(bound);
    let _ = writeln!(text, "(assert (or (> Y[0, 0] (+ V[0, 0] {bound})) (< Y[0, 0] (- V[0, 0] {bound}))))");
    Ok(Against { query: text, network: model, target })
}
