//! Proofs about networks on boxes: the rules by which boxes are divided and bounded.
//!
//! Network and target are expanded about the middle of a box, to the same order and in the same variables. Their difference
//! has small coefficients however large the weights are; where it has a bound that is too large still, the polynomial itself
//! is divided, which costs next to nothing.

use std::borrow::Cow;

use bumpnet_interval::{Interval, UpperBound, Wide};
use bumpnet_ir::{Activation, Certificate, Expr, Hidden, InMeasure, Measure, Network, Program};

use super::expansion::TaylorModel;
use super::monomials::Monomials;
use super::residual::Residual;
use super::rounding;
use super::source::{Arithmetic, Source, highest_terms, longest, sealed};
use super::taylor::{Slots, variables};
use crate::analyse::analyse;
use crate::conclude::METHOD;
use crate::error::CertifyError;
use crate::fault::{Fault, active};
use crate::ledger::{Ledger, Seal, power_of_two};
use crate::log::Log;
use crate::measure::weight;
use crate::poly::Cell;
use crate::proved::Proved;
use crate::several::{at_least, inside};

/// Terms that are left out of sums may be so large, in parts of an error that matters; heuristic.
const NEGLIGIBLE: f64 = 1e-4;
/// Codes of the steps: a box is divided; one is done.
pub(crate) const DIVIDE: u32 = 0;
pub(crate) const DONE: u32 = 1;

/// A target and a network.
#[derive(Debug)]
pub struct Boxes<'q> {
    /// What the network is for.
    target: Cow<'q, Expr>,
    /// The network.
    network: Cow<'q, Network>,
    /// A magnitude of the target over the domain.
    scale: f64,
    /// The monomials of the Taylor models.
    table: Monomials,
    slots: Slots,
    /// Whether both sides of every jump within reach of the evaluator's rounding count.
    either: bool,
    /// The measure of errors, and what they are multiplied with in it, if not 1.
    weight: Option<(Measure, Expr)>,
}

impl<'q> Boxes<'q> {
    /// The network as it is written.
    ///
    /// # Errors
    /// The target is not defined and bounded on the domain.
    pub fn new(target: &'q Expr, network: &'q Network) -> Result<Boxes<'q>, CertifyError> {
        Boxes::of(Cow::Borrowed(target), Cow::Borrowed(network))
    }

    fn of(target: Cow<'q, Expr>, network: Cow<'q, Network>) -> Result<Boxes<'q>, CertifyError> {
        let scale = analyse(&target, &network.inputs).map_err(CertifyError::Target)?.magnitude().get();
        let (table, slots) = (Monomials::new(network.inputs.len()), Slots::new(Program::new(&network), Vec::new()));
        Ok(Boxes { target, network, scale, table, slots, either: false, weight: None })
    }

    /// The network as it is written, its error in a measure.
    ///
    /// # Errors
    /// The target or the weight is not defined and bounded on the domain, or a unit jumps.
    pub fn in_measure(target: &'q Expr, measure: &Measure, network: &'q Network) -> Result<Boxes<'q>, CertifyError> {
        let boxes = Boxes::new(target, network)?;
        if Program::new(network).rows.iter().any(|row| row.activation.may_jump()) {
            let what = "an error in a measure is proved of networks of several inputs or layers where no unit jumps";
            return Err(CertifyError::Form(what.to_owned()));
        }
        let (weight, _) = weight(measure, target, &network.inputs)?;
        Ok(Boxes { weight: Some((measure.clone(), weight)), ..boxes })
    }

    /// What errors are multiplied with, if not 1.
    pub fn weight(&self) -> Option<&Expr> {
        self.weight.as_ref().map(|(_, weight)| weight)
    }

    /// The network on either side of every jump that is within reach of its argument's rounding; `None` where no jump is.
    pub fn either(&self) -> Option<Boxes<'q>> {
        let program = Program::new(&self.network);
        let arguments = rounding::analyse(&self.network, &program).arguments;
        let jumps = program.rows.iter().any(|row| row.activation.may_jump());
        (jumps && arguments.iter().any(|off| *off != UpperBound::ZERO)).then(|| Boxes {
            target: self.target.clone(),
            network: self.network.clone(),
            scale: self.scale,
            table: Monomials::new(self.network.inputs.len()),
            slots: Slots::new(program, arguments),
            either: true,
            weight: None,
        })
    }

    /// The hidden layers against the target's logit, if that is defined everywhere; for an output neuron with an activation.
    pub fn hidden(&self) -> Option<Boxes<'q>> {
        if self.network.output() == Activation::Identity {
            return None;
        }
        let identity = |parts: &mut bumpnet_ir::Parts| {
            parts.layers.last_mut().into_iter().for_each(|last| last.activation = Activation::Identity);
        };
        let network = self.network.changed(identity).ok()?;
        Boxes::of(Cow::Owned(self.target.logit()), Cow::Owned(network)).ok()
    }

    /// The network made ready.
    pub fn slots(&self) -> &Slots {
        &self.slots
    }
}

impl sealed::Sealed for Boxes<'_> {}

impl Source for Boxes<'_> {
    fn target(&self) -> &Expr {
        &self.target
    }

    fn network(&self) -> &Network {
        &self.network
    }

    fn table(&self) -> &Monomials {
        &self.table
    }

    /// Errors in a measure are parts of 1, as a rule.
    fn scale(&self) -> f64 {
        if self.weight.is_some() { 1.0 } else { self.scale }
    }

    fn error_at(&self, point: &[f64]) -> Interval {
        let error = crate::several::error_at(&self.target, &self.network, point);
        let at: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
        self.weight().map_or(error, |weight| error * weight.eval(&at))
    }

    /// The network's value and the target's, one taken off the other; weighted.
    fn error(&self, cells: &[Cell], wanted: f64, arithmetic: Arithmetic) -> (TaylorModel<'_, Interval>, usize) {
        let (table, tolerance) = (&self.table, NEGLIGIBLE * wanted);
        let mut error = match arithmetic {
            Arithmetic::Intervals => self.slots.output::<Interval>(table, cells, tolerance),
            Arithmetic::Wide => self.slots.output::<Wide>(table, cells, tolerance).interval(),
        };
        let target: TaylorModel<'_, Interval> = self.target.eval(&variables(table, cells));
        let score = match error.rest > target.rest {
            true => Some(self.slots.variation(cells)),
            false => highest_terms(table, &target),
        };
        error.add_scaled(Interval::point(-1.0), &target);
        if let Some(weight) = self.weight() {
            error = error.times(&weight.eval(&variables(table, cells)));
        }
        (error, longest(cells, &self.network.inputs, score))
    }
}

/// A box on which the error is to be bounded: an obligation.
#[derive(Debug)]
pub struct Open {
    seal: Seal,
    /// Its number among those of its proof, in the order in which they were made.
    number: u32,
    cells: Vec<Cell>,
}

impl Open {
    /// The sides.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

/// An obligation with the error on its box.
#[derive(Debug)]
pub struct Expanded {
    open: Open,
    /// The error, on parts that are halves of the box, of halves, and so on.
    pieces: Vec<Residual>,
    /// How it came to that, and which error was said to matter.
    halved: Vec<(u32, u32)>,
    wanted: f64,
    whole: Residual,
    /// How much of the error's enclosure is coefficients that are not known better.
    pub noise: f64,
    /// The axis to divide along, if it is to be divided.
    pub axis: usize,
}

impl Expanded {
    /// The box's number among those of its proof.
    pub fn number(&self) -> u32 {
        self.open.number
    }

    /// The sides.
    pub fn cells(&self) -> &[Cell] {
        &self.open.cells
    }

    /// The error on the whole box.
    pub fn residual(&self) -> &Residual {
        &self.whole
    }

    /// The error on a piece; the whole box is the first.
    pub fn piece(&self, piece: usize) -> &Residual {
        &self.pieces[piece]
    }

    /// Halves a piece, in the variables of its proof.
    fn halve(&mut self, table: &Monomials, piece: usize, axis: usize) -> Option<usize> {
        if piece >= self.pieces.len() || axis >= table.inputs {
            return None;
        }
        let [low, high] = self.pieces[piece].halves(table, axis);
        self.pieces[piece] = low;
        self.pieces.push(high);
        self.halved.push((piece as u32, axis as u32));
        Some(self.pieces.len() - 1)
    }

    /// Takes all divisions back.
    pub fn undo(&mut self) {
        (self.pieces, self.halved) = (vec![self.whole.clone()], Vec::new());
    }

    /// A bound of the error on the box.
    pub fn bound(&self, table: &Monomials) -> f64 {
        self.pieces.iter().map(|piece| piece.bound(table)).fold(0.0, f64::max)
    }
}

/// A proof under way.
#[derive(Debug)]
pub struct BoxProof<'b, S> {
    source: &'b S,
    ledger: Ledger,
    made: u32,
}

impl<'b, S: Source> BoxProof<'b, S> {
    /// One that has only begun. `size` is about the error's size, for the mean square.
    pub fn begin(source: &'b S, size: f64, mut log: Log) -> (BoxProof<'b, S>, Open) {
        log.number(size);
        let (ledger, seal) = Ledger::new(power_of_two(size), 1.0, log);
        let mut cells = source.domain();
        if let (true, Some(first)) = (active(Fault::CellSkipped), cells.first_mut()) {
            first.a += (first.b - first.a) / 16.0;
        }
        (BoxProof { source, ledger, made: 1 }, Open { seal, number: 0, cells })
    }

    /// The error on a box as a Taylor model, where an error that matters is `wanted`.
    pub fn expand(&self, mut open: Open, wanted: f64, arithmetic: Arithmetic) -> Expanded {
        self.ledger.own(&mut open.seal);
        let (residual, noise, axis) = expansion(self.source, &open.cells, wanted, arithmetic);
        Expanded { open, pieces: vec![residual.clone()], halved: Vec::new(), wanted, whole: residual, noise, axis }
    }

    /// Halves a piece of a box: it becomes its lower half, and the upper one comes last. Its place, or `None` without such a
    /// piece or axis.
    pub fn halve(&self, expanded: &mut Expanded, piece: usize, axis: usize) -> Option<usize> {
        self.ledger.own(&mut expanded.open.seal);
        expanded.halve(self.source.table(), piece, axis)
    }

    /// The halves of a box along an axis.
    ///
    /// # Errors
    /// The box, where there is no number inside that side.
    pub fn divide(&mut self, open: Open, axis: usize) -> Result<[Open; 2], Open> {
        match halves(&open.cells, axis) {
            Some(parts) => Ok(self.divided(&open, axis, parts)),
            None => Err(open),
        }
    }

    /// Those of a box that was expanded in vain.
    ///
    /// # Errors
    /// As it was.
    pub fn divide_again(&mut self, expanded: Expanded) -> Result<[Open; 2], Expanded> {
        match halves(&expanded.open.cells, expanded.axis) {
            Some(parts) => Ok(self.divided(&expanded.open, expanded.axis, parts)),
            None => Err(expanded),
        }
    }

    fn divided(&mut self, open: &Open, axis: usize, [low, high]: [Vec<Cell>; 2]) -> [Open; 2] {
        [DIVIDE, open.number, axis as u32].into_iter().for_each(|step| self.ledger.log.step(step));
        let [first, second] = self.ledger.halved(&open.seal);
        let number = self.made;
        self.made += 2;
        [Open { seal: first, number, cells: low }, Open { seal: second, number: number + 1, cells: high }]
    }

    /// Discharges a box by the bounds on its pieces.
    pub fn done(&mut self, expanded: Expanded) {
        let bound = expanded.bound(self.source.table());
        let square = self.mean_square(&expanded);
        let Expanded { open, halved, wanted, .. } = expanded;
        [DONE, open.number, halved.len() as u32].into_iter().for_each(|step| self.ledger.log.step(step));
        halved.into_iter().for_each(|(piece, axis)| {
            self.ledger.log.step(piece);
            self.ledger.log.step(axis);
        });
        self.ledger.log.number(wanted);
        self.ledger.discharged_mean(open.seal, bound, square);
    }

    /// What a box adds to the mean square over the domain, in squared units.
    fn mean_square(&self, expanded: &Expanded) -> (f64, f64) {
        let point = Interval::point;
        let (mut measure, mut off) = (Interval::ONE, 0.0);
        for (cell, input) in expanded.open.cells.iter().zip(&self.source.network().inputs) {
            measure = measure * (point(cell.b) - point(cell.a)) / (point(input.hi) - point(input.lo));
            let (centre, radius) = (point(cell.centre()), point(cell.radius()));
            let short = |side: Interval| (Interval::ONE - side / radius).hi().max(0.0);
            off += short(centre - point(cell.a)).max(short(point(cell.b) - centre)) * (1.0 + 1e-9);
        }
        let (low, high) = expanded.whole.mean_square(self.source.table(), off, self.ledger.units().0);
        ((point(low) * measure).lo().max(0.0), (point(high) * measure).hi())
    }

    /// Its steps so far, where they are kept.
    pub fn log(&self) -> Option<Log> {
        self.ledger.log.is_kept().then(|| self.ledger.log.clone())
    }

    /// A bound of the error, once all is done; infinite before.
    pub fn upper(&self) -> f64 {
        self.ledger.upper()
    }

    /// What it is about.
    pub fn source(&self) -> &'b S {
        self.source
    }

    /// An enclosure of the root mean square, once all is done.
    pub(crate) fn root_mean_square(&self) -> (f64, f64) {
        self.ledger.root_of_means()
    }

    /// How many boxes are done.
    pub(crate) fn cells(&self) -> usize {
        self.ledger.cells()
    }
}

impl<'q> BoxProof<'_, Boxes<'q>> {
    /// The certificate. `either` is a proof about [the network on either side of its jumps](Boxes::either), `hidden` one about
    /// [the hidden layers](Boxes::hidden) with a point where their error is large.
    ///
    /// # Errors
    /// Something is not proved.
    pub fn conclude(
        self,
        argmax: Vec<f64>,
        either: Option<BoxProof<'_, Boxes<'_>>>,
        hidden: Option<(BoxProof<'_, Boxes<'_>>, Vec<f64>)>,
        measured: Option<(BoxProof<'_, Boxes<'_>>, Vec<f64>)>,
        note: Option<String>,
    ) -> Result<Proved, CertifyError> {
        let upper = self.ledger.upper();
        if !upper.is_finite() || self.source.either || self.source.weight.is_some() {
            return Err(CertifyError::Form("the error of the network cannot be told from infinity".to_owned()));
        }
        let rms = self.ledger.root_of_means();
        let evaluated = evaluated(self.source, upper, either).get();
        let about = (&*self.source.target, &*self.source.network);
        let measured = measured.map(|proof| of_measure(about, evaluated, proof)).transpose()?;
        let hidden = hidden.and_then(|(proof, argmax)| of_hidden(self.source, &proof, argmax));
        Proved::new(Certificate {
            lower: at_least(&self.source.target, &self.source.network, &argmax)?,
            upper,
            rms: (rms.0.min(upper), rms.1.min(upper)),
            method: METHOD.to_owned(),
            evaluated,
            cells: self.ledger.cells(),
            hidden,
            measured,
            note,
            argmax,
        })
    }
}

/// The bound for the evaluator: where units jump, that of the network on either side of every jump that is within reach of
/// its argument's rounding; and the rounding of all else.
fn evaluated(boxes: &Boxes<'_>, upper: f64, either: Option<BoxProof<'_, Boxes<'_>>>) -> UpperBound {
    let program = Program::new(&boxes.network);
    let rounding = rounding::analyse(&boxes.network, &program);
    let jumps = program.rows.iter().any(|row| row.activation.may_jump());
    let either = match either {
        _ if !(jumps && rounding.arguments.iter().any(|off| *off != UpperBound::ZERO)) => upper,
        Some(proof) if proof.source.either && same(proof.source, boxes) => proof.ledger.upper().max(upper),
        _ => f64::INFINITY,
    };
    UpperBound::new(either) + rounding.output
}

/// What a proof about the error in a measure, and a point at which that is large, say of a network whose distance from the
/// target is proved to be at most `evaluated` as it runs.
///
/// # Errors
/// The proof is about something else or not complete, or the point is none of the domain.
pub(crate) fn of_measure(
    (target, network): (&Expr, &Network),
    evaluated: f64,
    (proof, argmax): (BoxProof<'_, Boxes<'_>>, Vec<f64>),
) -> Result<InMeasure, CertifyError> {
    inside(network, &argmax)?;
    let (boxes, upper) = (proof.source, proof.ledger.upper());
    let about = (&*boxes.target, &*boxes.network) == (target, network);
    let Some((measure, weight)) = boxes.weight.as_ref().filter(|_| about && upper.is_finite()) else {
        return Err(CertifyError::Form("the error in the measure cannot be told from infinity".to_owned()));
    };
    let (rms, largest) =
        (proof.ledger.root_of_means(), analyse(weight, &network.inputs).map_err(CertifyError::Weight)?);
    let rounding = rounding::analyse(network, &Program::new(network)).output * largest.magnitude();
    Ok(InMeasure {
        measure: measure.clone(),
        lower: boxes.error_at(&argmax).mignitude(),
        upper,
        argmax,
        rms: (rms.0.min(upper), rms.1.min(upper)),
        evaluated: (UpperBound::new(upper) + rounding)
            .min(UpperBound::new(evaluated) * largest.magnitude())
            .get()
            .max(upper),
    })
}

fn same(one: &Boxes<'_>, other: &Boxes<'_>) -> bool {
    *one.network == *other.network && *one.target == *other.target && one.weight.is_none() && other.weight.is_none()
}

fn of_hidden(boxes: &Boxes<'_>, proof: &BoxProof<'_, Boxes<'_>>, argmax: Vec<f64>) -> Option<Hidden> {
    let wanted = boxes.hidden()?;
    let upper = proof.ledger.upper();
    let lower = at_least(&wanted.target, &wanted.network, &argmax).ok()?;
    (same(proof.source, &wanted) && !proof.source.either && upper.is_finite()).then_some(Hidden {
        lower,
        upper,
        argmax,
    })
}

/// The error on a box as a polynomial, how much of that is not known better, and the axis to divide along.
pub fn expansion(source: &impl Source, cells: &[Cell], wanted: f64, arithmetic: Arithmetic) -> (Residual, f64, usize) {
    let (error, axis) = source.error(cells, wanted, arithmetic);
    let (residual, noise) = Residual::new(&error);
    (residual, noise, axis)
}

/// The halves of some cells along an axis, if there is a number between its ends.
fn halves(cells: &[Cell], axis: usize) -> Option<[Vec<Cell>; 2]> {
    let Cell { a, b } = *cells.get(axis)?;
    let middle = cells[axis].centre();
    if !(a < middle && middle < b) {
        return None;
    }
    let (mut low, mut high) = (cells.to_vec(), cells.to_vec());
    (low[axis], high[axis]) = (Cell { a, b: middle }, Cell { a: middle, b });
    Some([low, high])
}
