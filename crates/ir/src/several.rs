//! The parameters of the constructions for several inputs.

use crate::activation::Activation;
use crate::single::Steepness;

/// Parameters of the composed construction.
#[derive(Clone, PartialEq, Debug)]
pub struct Composed {
    /// The activation of the small networks for functions of one variable: smooth, not piecewise.
    pub activation: Activation,
    /// What the steps that have a gate of their own are made of.
    pub gates: Gates,
    /// Most hidden units; `None` where `max_error` decides.
    pub neurons: Option<usize>,
}

/// What steps of a composed network are made of for which a gate is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gates {
    /// A few neurons at a place where their own curve is the step: squares, exponentials, sigmoids, absolute values.
    Native,
    /// Overlapping steps, like any other function of one variable.
    Bumps,
}

impl Gates {
    /// All of them.
    pub const ALL: [Gates; 2] = [Gates::Native, Gates::Bumps];

    /// As it is written in specs.
    pub fn name(self) -> &'static str {
        match self {
            Gates::Native => "native",
            Gates::Bumps => "bumps",
        }
    }
}

/// Parameters of the low-rank construction.
#[derive(Clone, PartialEq, Debug)]
pub struct LowRank {
    /// The activation of the hidden units: smooth, not piecewise.
    pub activation: Activation,
    /// Most hidden units; `None` where `max_error` decides.
    pub neurons: Option<usize>,
    /// Largest magnitude of an output weight; `None` for the default.
    pub max_weight: Option<f64>,
}

/// Parameters of the ridge construction.
#[derive(Clone, PartialEq, Debug)]
pub struct Ridge {
    /// The activation of the hidden units: smooth, not piecewise.
    pub activation: Activation,
    /// Most hidden units; `None` where `max_error` decides.
    pub neurons: Option<usize>,
    /// Largest magnitude of an output weight; `None` for the default.
    pub max_weight: Option<f64>,
}

/// Parameters of the tower construction.
#[derive(Clone, PartialEq, Debug)]
pub struct Towers {
    /// The activation of the hidden units.
    pub activation: Activation,
    /// How towers are made.
    pub form: TowerForm,
    /// Whether cells are divided where the target varies, or equal.
    pub adaptive: bool,
    /// How steep the steps are.
    pub steepness: Steepness,
    /// Cells per axis of equal cells, or else most cells or hidden units; `None` where `max_error` decides.
    pub resolution: Option<usize>,
}

/// How towers are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TowerForm {
    /// As chapter 4 has them: a cell is where `2n` steps agree.
    Literal,
    /// Of conditions `x_i >= s` alone, the cells' values by mixed differences.
    Steps,
    /// Round towers whose heights are solved for.
    Solved,
}

impl TowerForm {
    /// All of them.
    pub const ALL: [TowerForm; 3] = [TowerForm::Literal, TowerForm::Steps, TowerForm::Solved];

    /// As it is written in specs.
    pub fn name(self) -> &'static str {
        match self {
            TowerForm::Literal => "literal",
            TowerForm::Steps => "steps",
            TowerForm::Solved => "solved",
        }
    }
}

/// Parameters of the superposition construction.
#[derive(Clone, PartialEq, Debug)]
pub struct Superposition {
    /// The activation of the hidden units.
    pub activation: Activation,
    /// How the outer values become one.
    pub readout: Readout,
    /// The base of the digits; `None` for the smallest that will do.
    pub gamma: Option<usize>,
    /// Digits; `None` where `max_error` decides.
    pub digits: Option<usize>,
    /// Rounds of the classical iteration, the r-th on cubes of r digits; `None` for a single one on cubes of all digits.
    pub rounds: Option<usize>,
}

/// How the outer values of a superposition become one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readout {
    /// Their mean, as in the classical proof.
    Mean,
    /// Their median: each input can spoil one of the shifts only.
    Median,
}

impl Readout {
    /// All of them.
    pub const ALL: [Readout; 2] = [Readout::Mean, Readout::Median];

    /// As it is written in specs.
    pub fn name(self) -> &'static str {
        match self {
            Readout::Mean => "mean",
            Readout::Median => "median",
        }
    }
}
