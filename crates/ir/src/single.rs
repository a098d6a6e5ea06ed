//! The parameters of the constructions for one input.

use crate::activation::Activation;

/// Parameters of the smooth construction.
#[derive(Clone, PartialEq, Debug)]
pub struct Smooth {
    /// The activation of the hidden units: smooth, not piecewise.
    pub activation: Activation,
    /// Number of hidden units; `None` where `max_error` decides.
    pub neurons: Option<usize>,
    /// Steepness times spacing, in units in which the logistic function counts as it is; `None` to search for the best.
    pub overlap: Option<f64>,
    /// Units beyond each end of the domain; `None` to search for the best.
    pub pad: Option<usize>,
    /// How the output weights are found.
    pub route: Route,
    /// Largest magnitude of an output weight; `None` for the default.
    pub max_weight: Option<f64>,
    /// The activation of the output neuron: `Identity`, or `Logistic`.
    pub output: Activation,
}

/// How the smooth construction finds output weights.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Route {
    /// Both; the smaller network is kept.
    Auto,
    /// From the target's values off the real axis, without a solve.
    ClosedForm,
    /// By linear least squares.
    LeastSquares,
}

impl Route {
    /// As it is written in specs.
    pub fn name(self) -> &'static str {
        match self {
            Route::Auto => "auto",
            Route::ClosedForm => "closed-form",
            Route::LeastSquares => "least-squares",
        }
    }
}

/// Parameters of the graded construction.
#[derive(Clone, PartialEq, Debug)]
pub struct Graded {
    /// The activation of the hidden units: smooth, not piecewise.
    pub activation: Activation,
    /// Most hidden units; `None` where `max_error` decides.
    pub neurons: Option<usize>,
    /// Steepness times spacing within a cell of the tree, as in [`Smooth`]; `None` to search for the best.
    pub overlap: Option<f64>,
    /// Units per cell of the tree; `None` to search for the best.
    pub leaf: Option<usize>,
    /// Largest magnitude of an output weight; `None` for the default.
    pub max_weight: Option<f64>,
    /// The activation of the output neuron: `Identity`, or `Logistic`.
    pub output: Activation,
}

/// Parameters of the choice among constructions.
#[derive(Clone, PartialEq, Debug)]
pub struct Auto {
    /// The activation of the hidden units; `None` for each construction's own.
    pub activation: Option<Activation>,
    /// Most hidden units; `None` where `max_error` decides.
    pub neurons: Option<usize>,
    /// Largest magnitude of an output weight; `None` for the default.
    pub max_weight: Option<f64>,
    /// The activation of the output neuron: `Identity`, or `Logistic`.
    pub output: Activation,
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

impl Bumps {
    /// All parameters with their names, in the order of [`crate::NetworkSpec::canonical`].
    pub(crate) fn parameters(&self) -> Vec<(&'static str, String)> {
        let steepness = match self.steepness {
            Steepness::Auto => "auto".to_owned(),
            Steepness::Value(value) => format!("{value:?}"),
        };
        let placement = match &self.placement {
            Placement::Uniform => "uniform".to_owned(),
            Placement::Optimal => "optimal".to_owned(),
            Placement::Given(edges) => format!("{edges:?}"),
        };
        let heights = match &self.heights {
            Heights::Midpoint => "midpoint".to_owned(),
            Heights::Midrange => "midrange".to_owned(),
            Heights::Given(list) => format!("{list:?}"),
        };
        vec![
            ("activation", self.activation.name().to_owned()),
            ("steepness", steepness),
            ("placement", placement),
            ("resolution", self.resolution.map_or("least".to_owned(), |n| n.to_string())),
            ("heights", heights),
            ("layout", self.layout.name().to_owned()),
            ("output", self.output.name().to_owned()),
        ]
    }
}
