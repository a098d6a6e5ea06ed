//! What a spec says: a target over a box, the networks wanted for it, and the errors accepted.

use crate::several::{Composed, LowRank, Ridge, Superposition, Towers};
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
    /// How its numbers are stored and evaluated.
    pub precision: Precision,
    /// What it is outside the domain: its own choice, or else the file's.
    pub outside: Outside,
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
    /// Equally spaced overlapping steps, for analytic targets.
    Smooth(Smooth),
    /// Steps on a dyadic tree, for kinks, cusps, end singularities and thin layers.
    Graded(Graded),
    /// Whichever construction needs the fewest neurons.
    Auto(Auto),
    /// The target's own graph: every step of one variable a small network.
    Composed(Composed),
    /// Few products of functions of one variable each.
    LowRank(LowRank),
    /// One hidden layer over several inputs (Cybenko 1989).
    Ridge(Ridge),
    /// Chapter 4's two hidden layers: towers over cells.
    Towers(Towers),
    /// Kolmogorov's superposition: inner functions that depend on nothing but the number of inputs.
    Superposition(Superposition),
}

/// How numbers are stored and evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Precision {
    /// IEEE 754 binary64.
    #[default]
    F64,
    /// IEEE 754 binary32: weights and biases are binary32 numbers, and so are the evaluator's inputs and roundings.
    F32,
}

impl Precision {
    /// As it is written in specs and tables.
    pub fn name(self) -> &'static str {
        match self {
            Precision::F64 => "f64",
            Precision::F32 => "f32",
        }
    }

    /// The format's name in IEEE 754.
    pub fn format(self) -> &'static str {
        match self {
            Precision::F64 => "binary64",
            Precision::F32 => "binary32",
        }
    }

    /// The nearest number of this precision.
    pub fn round(self, value: f64) -> f64 {
        match self {
            Precision::F64 => value,
            Precision::F32 => f64::from(value as f32),
        }
    }

    /// Half the distance from 1 to the next number.
    pub fn unit_roundoff(self) -> f64 {
        match self {
            Precision::F64 => f64::EPSILON / 2.0,
            Precision::F32 => f64::from(f32::EPSILON) / 2.0,
        }
    }

    /// The least positive number, and the largest.
    pub fn extremes(self) -> (f64, f64) {
        match self {
            Precision::F64 => (f64::from_bits(1), f64::MAX),
            Precision::F32 => (f64::from(f32::from_bits(1)), f64::from(f32::MAX)),
        }
    }
}

/// What the value of a network is at a point outside the domain. Nothing is proved there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Outside {
    /// The network's own value, by its formula.
    #[default]
    Extend,
    /// The value at the nearest point of the domain.
    Clamp,
    /// NaN.
    Nan,
}

impl Outside {
    /// All of them.
    pub const ALL: [Outside; 3] = [Outside::Extend, Outside::Clamp, Outside::Nan];

    /// As it is written in specs and tables.
    pub fn name(self) -> &'static str {
        match self {
            Outside::Extend => "extend",
            Outside::Clamp => "clamp",
            Outside::Nan => "nan",
        }
    }
}

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

impl Method {
    /// As it is written in specs.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Bumps(_) => "bumps",
            Method::Smooth(_) => "smooth",
            Method::Graded(_) => "graded",
            Method::Auto(_) => "auto",
            Method::Composed(_) => "composed",
            Method::LowRank(_) => "low-rank",
            Method::Ridge(_) => "ridge",
            Method::Towers(_) => "towers",
            Method::Superposition(_) => "superposition",
        }
    }

    /// The activation of the output neuron.
    pub fn output(&self) -> Activation {
        match self {
            Method::Bumps(bumps) => bumps.output,
            Method::Smooth(smooth) => smooth.output,
            Method::Graded(graded) => graded.output,
            Method::Auto(auto) => auto.output,
            Method::Composed(_)
            | Method::LowRank(_)
            | Method::Ridge(_)
            | Method::Towers(_)
            | Method::Superposition(_) => Activation::Identity,
        }
    }

    /// Sets the number of bumps, neurons, cells per axis, or digits.
    pub fn set_resolution(&mut self, resolution: usize) {
        let place = match self {
            Method::Bumps(bumps) => &mut bumps.resolution,
            Method::Smooth(smooth) => &mut smooth.neurons,
            Method::Graded(graded) => &mut graded.neurons,
            Method::Auto(auto) => &mut auto.neurons,
            Method::Composed(composed) => &mut composed.neurons,
            Method::LowRank(low_rank) => &mut low_rank.neurons,
            Method::Ridge(ridge) => &mut ridge.neurons,
            Method::Towers(towers) => &mut towers.resolution,
            Method::Superposition(superposition) => &mut superposition.digits,
        };
        *place = Some(resolution);
    }

    /// The parameters as `key=value`, in a fixed order.
    fn parameters(&self) -> Vec<(&'static str, String)> {
        let count = |n: Option<usize>| n.map_or("least".to_owned(), |n| n.to_string());
        let whole = |n: Option<usize>| n.map_or("auto".to_owned(), |n| n.to_string());
        let number = |v: Option<f64>| v.map_or("auto".to_owned(), |v| format!("{v:?}"));
        match self {
            Method::Bumps(bumps) => bumps.parameters(),
            Method::Smooth(smooth) => vec![
                ("activation", smooth.activation.name().to_owned()),
                ("resolution", count(smooth.neurons)),
                ("overlap", number(smooth.overlap)),
                ("pad", whole(smooth.pad)),
                ("route", smooth.route.name().to_owned()),
                ("max_weight", number(smooth.max_weight)),
                ("output", smooth.output.name().to_owned()),
            ],
            Method::Graded(graded) => vec![
                ("activation", graded.activation.name().to_owned()),
                ("resolution", count(graded.neurons)),
                ("overlap", number(graded.overlap)),
                ("leaf", whole(graded.leaf)),
                ("max_weight", number(graded.max_weight)),
                ("output", graded.output.name().to_owned()),
            ],
            Method::Auto(auto) => vec![
                ("activation", auto.activation.map_or("auto", Activation::name).to_owned()),
                ("resolution", count(auto.neurons)),
                ("max_weight", number(auto.max_weight)),
                ("output", auto.output.name().to_owned()),
            ],
            Method::Composed(_)
            | Method::LowRank(_)
            | Method::Ridge(_)
            | Method::Towers(_)
            | Method::Superposition(_) => self.parameters_of_several(),
        }
    }
}

impl Method {
    /// The parameters of the methods for several inputs, as [`Method::parameters`] has them.
    fn parameters_of_several(&self) -> Vec<(&'static str, String)> {
        let count = |n: Option<usize>| n.map_or("least".to_owned(), |n| n.to_string());
        let number = |v: Option<f64>| v.map_or("auto".to_owned(), |v| format!("{v:?}"));
        match self {
            Method::Composed(composed) => vec![
                ("activation", composed.activation.name().to_owned()),
                ("gates", composed.gates.name().to_owned()),
                ("resolution", count(composed.neurons)),
            ],
            Method::LowRank(LowRank { activation, neurons, max_weight })
            | Method::Ridge(Ridge { activation, neurons, max_weight }) => vec![
                ("activation", activation.name().to_owned()),
                ("resolution", count(*neurons)),
                ("max_weight", number(*max_weight)),
            ],
            Method::Towers(towers) => vec![
                ("activation", towers.activation.name().to_owned()),
                ("form", towers.form.name().to_owned()),
                ("placement", if towers.adaptive { "adaptive" } else { "uniform" }.to_owned()),
                (
                    "steepness",
                    match towers.steepness {
                        Steepness::Auto => "auto".to_owned(),
                        Steepness::Value(value) => format!("{value:?}"),
                    },
                ),
                ("resolution", count(towers.resolution)),
            ],
            Method::Superposition(superposition) => vec![
                ("activation", superposition.activation.name().to_owned()),
                ("readout", superposition.readout.name().to_owned()),
                ("gamma", superposition.gamma.map_or("auto".to_owned(), |gamma| gamma.to_string())),
                ("digits", count(superposition.digits)),
                ("rounds", superposition.rounds.map_or("auto".to_owned(), |rounds| rounds.to_string())),
            ],
            _ => Vec::new(),
        }
    }
}

impl Bumps {
    fn parameters(&self) -> Vec<(&'static str, String)> {
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

impl NetworkSpec {
    /// All parameters in one canonical line, as in `bumps activation=logistic steepness=auto ...`.
    pub fn canonical(&self) -> String {
        let mut line = self.method.name().to_owned();
        let mut add = |key: &str, value: &str| line += &format!(" {key}={value}");
        self.method.parameters().iter().for_each(|(key, value)| add(key, value));
        if let Some(error) = self.max_error {
            add("max_error", &format!("{error:?}"));
        }
        if self.precision != Precision::F64 {
            add("precision", self.precision.name());
        }
        if self.outside != Outside::Extend {
            add("outside", self.outside.name());
        }
        line
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
