//! Why a construction refuses a target.

use bumpnet_ir::{Diagnostic, NetworkSpec, Spec};
use bumpnet_prove::Refusal;

/// A place where the target changes between two neighbouring numbers, and is not proved to be continuous.
#[derive(Clone, PartialEq, Debug)]
pub struct BoxJump {
    /// The point behind it.
    pub at: Vec<f64>,
    /// The axis along which the two points are neighbours.
    pub axis: usize,
    /// The values there are proved to be at least this far apart.
    pub size: f64,
    /// Whether it is across that axis: beside that point it is at the same number.
    pub across: bool,
}

/// Why a construction refuses a target.
#[derive(Clone, PartialEq, Debug)]
pub enum CompileError {
    /// The target has no finite value at this point of several inputs.
    #[allow(missing_docs)]
    NotFiniteAt { at: Vec<f64>, value: f64 },
    /// The target has no finite value at this point.
    #[allow(missing_docs)]
    NotFinite { at: f64, value: f64 },
    /// `output: logistic`, and the target is not within (0, 1) at this point.
    #[allow(missing_docs)]
    OutsideUnit { at: f64, value: f64 },
    /// The cells are so narrow that their edges are the same binary64.
    #[allow(missing_docs)]
    CellsCollapse { at: f64, resolution: usize },
    /// A weight or bias, or what the evaluator sums, would be infinite.
    WeightOverflow,
    /// No straight piece from here on is within the error, as where the target jumps.
    #[allow(missing_docs)]
    Jump { at: f64, eps: f64 },
    /// The target of several inputs jumps by more than twice the error, and the construction has no step there; `continuous`
    /// where it has none at all.
    #[allow(missing_docs)]
    JumpAt { jump: Box<BoxJump>, continuous: bool },
    /// Neighbouring numbers do not resolve the target to the error here.
    #[allow(missing_docs)]
    Unresolved { at: f64, eps: f64 },
    /// More pieces are needed than allowed.
    #[allow(missing_docs)]
    TooMany { most: usize, eps: f64 },
    /// More towers, or steps of a superposition, than a network may have.
    #[allow(missing_docs)]
    TooManyTowers { most: usize },
    /// So few neurons cannot even hold one cell of the construction.
    #[allow(missing_docs)]
    TooFewNeurons { most: usize, least: usize },
    /// Parameters that do not go together, in words: what, and what to do about it.
    #[allow(missing_docs)]
    Parameters { message: String, help: String },
    /// A construction's condition that this target does not meet, in words; the place is its own or the whole target's.
    NotApplicable(Box<Diagnostic>),
    /// The search was asked to end before it had a network.
    Stopped,
    /// Pieces on which the target is proved to rise or to fall are too many near this point.
    #[allow(missing_docs)]
    TurnsTooOften { at: f64 },
    /// The target is not defined and bounded on its whole domain.
    Undefined(Refusal),
    /// No certificate for this form of network.
    Unproved(String),
}

impl CompileError {
    /// The diagnostic, at the target or at the network.
    pub fn diagnose(&self, spec: &Spec, wanted: &NetworkSpec) -> Diagnostic {
        let input = &spec.domain[0].name;
        match self.clone() {
            CompileError::NotFinite { at, value } => {
                CompileError::NotFiniteAt { at: vec![at], value }.diagnose(spec, wanted)
            }
            CompileError::NotFiniteAt { at, value } => {
                let kind = if value.is_nan() { "is undefined" } else { "is infinite" };
                let place = bumpnet_ir::network::place(&spec.domain, &at);
                Diagnostic::new(spec.target_span.clone(), format!("the target {kind} at {place}"))
                    .related(wanted.span.clone(), "for this network")
                    .help("make the domain smaller, or give the target a value there with `if`")
            }
            CompileError::OutsideUnit { at, value } => {
                let message =
                    format!("`output: logistic` needs a target between 0 and 1; at {input} = {at:?} it is {value:?}");
                Diagnostic::new(spec.target_span.clone(), message)
                    .related(wanted.span.clone(), "for this network")
                    .help("use `output: identity`, or scale the target into (0, 1)")
            }
            CompileError::CellsCollapse { at, resolution } => {
                let message = format!("{resolution} cells are too narrow for binary64 near {input} = {at:?}");
                Diagnostic::new(wanted.span.clone(), message).help("lower the resolution or widen the domain")
            }
            CompileError::WeightOverflow => {
                Diagnostic::new(wanted.span.clone(), "a weight, or a sum of them, would overflow")
                    .help("lower the steepness, or scale the input or the target")
            }
            CompileError::Jump { at, eps } => {
                let message =
                    format!("no straight piece from {input} = {at:?} on keeps to {eps:?}, as where the target jumps");
                Diagnostic::new(spec.target_span.clone(), message)
                    .related(wanted.span.clone(), "for this network")
                    .help("use `activation: heaviside`, whose steps meet a jump, or raise max_error")
            }
            CompileError::JumpAt { jump, continuous } => jump_at(&jump, continuous, spec, wanted),
            CompileError::Unresolved { at, eps } => {
                let message =
                    format!("the target is not known to {:?} at neighbouring numbers near {input} = {at:?}", 2.0 * eps);
                Diagnostic::new(spec.target_span.clone(), message)
                    .related(wanted.span.clone(), "for this network")
                    .help("raise max_error, or make the domain smaller")
            }
            CompileError::TooMany { most, eps } => {
                let message = format!("more than {most} pieces are needed for an error of {eps:?}");
                let help = match spec.domain.len() {
                    1 => "raise max_error, or use `activation: ramp`",
                    _ => "raise max_error; a target without jumps is met by far fewer neurons with `method: composed`",
                };
                Diagnostic::new(wanted.span.clone(), message).help(help)
            }
            CompileError::TooManyTowers { most } => {
                let message = format!("the network would have more than {most} towers or outer steps");
                Diagnostic::new(wanted.span.clone(), message)
                    .help("ask for fewer cells, or for a larger max_error; `method: composed` needs a few neurons only")
            }
            CompileError::TooFewNeurons { most, least } => {
                let message = format!("this construction takes at least {least} neurons, {most} are allowed");
                Diagnostic::new(wanted.span.clone(), message)
                    .help(format!("write `resolution: {least}` or more, or use `method: smooth`"))
            }
            CompileError::Parameters { message, help } => Diagnostic::new(wanted.span.clone(), message).help(help),
            CompileError::NotApplicable(problem) => problem.related(wanted.span.clone(), "for this network"),
            CompileError::Stopped => {
                Diagnostic::new(wanted.span.clone(), "the search was stopped before it had a network")
                    .help("give it more time, or raise max_error")
            }
            CompileError::TurnsTooOften { at } => {
                let message = format!(
                    "the domain is not divided into few enough pieces on which the target is proved to rise or to fall: near \
                     {input} = {at:?} they are too many"
                );
                Diagnostic::new(spec.target_span.clone(), message)
                    .related(wanted.span.clone(), "for this network")
                    .help("use `placement: uniform`, or a smaller domain")
            }
            CompileError::Undefined(refusal) => {
                refusal.diagnose(&spec.domain).related(wanted.span.clone(), "for this network")
            }
            CompileError::Unproved(what) => Diagnostic::new(wanted.span.clone(), what),
        }
    }
}

/// What is proved of a jump, and what to do about it.
fn jump_at(jump: &BoxJump, continuous: bool, spec: &Spec, wanted: &NetworkSpec) -> Diagnostic {
    let half = 0.5 * jump.size;
    let place = bumpnet_ir::network::place(&spec.domain, &jump.at);
    let change =
        format!("the target changes by {:.4e} between neighbouring numbers at {place}, as at a jump", jump.size);
    let why = match (continuous, jump.across) {
        (true, _) => format!("a network that hardly changes between the two is off by {half:.4e} at one of them"),
        (false, _) => format!(
            "that is across no axis, as edges of towers are: a box with both numbers is off by {half:.4e} at one of them"
        ),
    };
    let help = match jump.across {
        true => "use `method: towers` with `activation: heaviside` and `placement: adaptive`, whose edges meet jumps across an axis"
            .to_owned(),
        false => format!(
            "ask for a max_error of {:.2e} with `method: towers`, or write a steep slope for the jump, as `sigmoid(50*(a-b))` is \
             for `if(a > b, 1, 0)`",
            1.05 * half
        ),
    };
    Diagnostic::new(spec.target_span.clone(), format!("{change}; {why}"))
        .related(wanted.span.clone(), "for this network")
        .help(help)
}
