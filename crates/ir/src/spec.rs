//! What a spec says: a target over a box, the networks wanted for it, and the errors accepted.

use crate::{Activation, Expr, Input, Span};

/// One spec file, read and checked.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The name that tables and the lock use; the file's stem unless the spec says otherwise.
    pub name: String,
    /// What the target is, for people.
    pub description: Option<String>,
    /// Where the target comes from, for people.
    pub source: Option<String>,
    /// The target, `let` substituted.
    pub target: Expr,
    /// Where the target stands in the file.
    pub target_span: Span,
    /// The box, one input per axis, in the file's order.
    pub domain: Vec<Input>,
    /// The networks wanted, in the file's order.
    pub networks: Vec<NetworkSpec>,
}

/// One network that a spec asks for.
#[derive(Clone, Debug)]
pub struct NetworkSpec {
    /// Its name within the spec.
    pub name: String,
    /// Where it stands in the file.
    pub span: Span,
    /// How to construct it.
    pub method: Method,
    /// The error that must be proved; without a resolution the smallest network is sought that does.
    pub max_error: Option<f64>,
    /// The error it must keep to: its own, or else the file's.
    pub gate: Option<Gate>,
}

/// An accepted error, compared without tolerance.
#[derive(Clone, PartialEq, Debug)]
pub struct Gate {
    /// Largest accepted sup error over the domain.
    pub max_error: f64,
}

/// A construction and its parameters.
#[derive(Clone, PartialEq, Debug)]
pub enum Method {
    /// Bumps: one step up and one step down per cell.
    Bumps(Bumps),
}

/// Parameters of the bump construction.
#[derive(Clone, PartialEq, Debug)]
pub struct Bumps {
    /// The activation of the hidden units.
    pub activation: Activation,
    /// How steep a step is.
    pub steepness: Steepness,
    /// Where the cells are.
    pub placement: Placement,
    /// Number of bumps (cells), at least 1; `None` where `max_error` decides.
    pub resolution: Option<usize>,
    /// The height of each bump.
    pub heights: Heights,
    /// How bumps are made of steps.
    pub layout: Layout,
    /// The activation of the output neuron: `Identity`, or `Logistic` (the hidden layer then approximates the logit).
    pub output: Activation,
}

/// How steep a step is: `w` in `s(w (x - position))`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Steepness {
    /// Matched to the spacing: neighbouring steps join.
    Auto,
    /// This many per unit of the input.
    Value(f64),
}

/// Where the cells are.
#[derive(Clone, PartialEq, Debug)]
pub enum Placement {
    /// Equal cells.
    Uniform,
    /// As few cells as the error allows, or as small an error as the number of cells allows.
    Optimal,
    /// These `resolution + 1` edges, increasing, the first and the last on the ends of the domain.
    Given(Vec<f64>),
}

/// The height of each bump, in the space that the hidden layer approximates.
#[derive(Clone, PartialEq, Debug)]
pub enum Heights {
    /// The target's value in the middle of the cell.
    Midpoint,
    /// The mean of the target's largest and smallest value over the cell: the best constant for that cell.
    Midrange,
    /// These, one per cell.
    Given(Vec<f64>),
}

/// How bumps are made of steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    /// One step between neighbouring cells: the bumps' sum telescoped, half the neurons, no defect at the ends.
    Steps,
    /// Two steps for each bump, as in the article; half a bump at the very ends of the domain.
    Pairs,
}

impl Layout {
    /// As it is written in specs.
    pub fn name(self) -> &'static str {
        match self {
            Layout::Steps => "steps",
            Layout::Pairs => "pairs",
        }
    }
}

impl Method {
    /// As it is written in specs.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Bumps(_) => "bumps",
        }
    }
}

impl NetworkSpec {
    /// All parameters in one canonical line, as in `bumps activation=logistic steepness=auto ...`.
    pub fn canonical(&self) -> String {
        let Method::Bumps(bumps) = &self.method;
        let steepness = match bumps.steepness {
            Steepness::Auto => "auto".to_owned(),
            Steepness::Value(value) => format!("{value:?}"),
        };
        let placement = match &bumps.placement {
            Placement::Uniform => "uniform".to_owned(),
            Placement::Optimal => "optimal".to_owned(),
            Placement::Given(edges) => format!("{edges:?}"),
        };
        let heights = match &bumps.heights {
            Heights::Midpoint => "midpoint".to_owned(),
            Heights::Midrange => "midrange".to_owned(),
            Heights::Given(list) => format!("{list:?}"),
        };
        let resolution = bumps.resolution.map_or("least".to_owned(), |n| n.to_string());
        let max_error = self.max_error.map_or(String::new(), |error| format!(" max_error={error:?}"));
        format!(
            "{} activation={} steepness={steepness} placement={placement} resolution={resolution} heights={heights} \
             layout={} output={}{max_error}",
            self.method.name(),
            bumps.activation.name(),
            bumps.layout.name(),
            bumps.output.name(),
        )
    }
}

impl Spec {
    /// The digest of all that decides a network of this spec: names, target, domain and parameters; not its gate, nor
    /// comments, layout or spelling of the file.
    pub fn digest(&self, network: &NetworkSpec) -> String {
        let domain: Vec<String> =
            self.domain.iter().map(|input| format!("{}=[{:?}, {:?}]", input.name, input.lo, input.hi)).collect();
        let lines = [
            "bumpnet-spec/1".to_owned(),
            format!("{}/{}", self.name, network.name),
            crate::expr::sexpr::Sexpr(&self.target).to_string(),
            domain.join(" "),
            network.canonical(),
        ];
        crate::digest::sha256(lines.join("\n").as_bytes())
    }
}
