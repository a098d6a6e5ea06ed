//! What a spec says: a target over a box, the networks wanted for it, and the errors accepted.

use crate::activation::Activation;
use crate::certificate::Certificate;
use crate::diagnostic::Span;
use crate::evaluation::{Outside, Precision};
use crate::expr::Expr;
use crate::measure::Measure;
use crate::network::Input;
use crate::several::{Composed, LowRank, Ridge, Superposition, Towers};
use crate::single::{Auto, Bumps, Graded, Smooth, Steepness};

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
    /// What that is measured by, if not by the distance in the target's unit.
    pub measure: Option<Measure>,
    /// The error it must keep to: its own, or else the file's.
    pub gate: Option<Gate>,
}

/// An accepted error, compared without tolerance.
#[derive(Clone, PartialEq, Debug)]
pub struct Gate {
    /// Largest accepted sup error over the domain.
    pub max_error: f64,
    /// What that is measured by, if not by the distance in the target's unit.
    pub measure: Option<Measure>,
}

impl Gate {
    /// As it stands in a spec.
    pub fn in_spec(&self) -> String {
        self.measure.as_ref().map_or(format!("{:?}", self.max_error), |measure| measure.in_spec(self.max_error))
    }

    /// The proved error that it is about, of what runs; infinite where nothing is proved.
    pub fn bound(&self, certificate: Option<&Certificate>) -> f64 {
        certificate.and_then(|certificate| certificate.bound_in(self.measure.as_ref())).unwrap_or(f64::INFINITY)
    }

    /// Whether a certificate keeps to it, without tolerance.
    pub fn is_met(&self, certificate: Option<&Certificate>) -> bool {
        self.bound(certificate) <= self.max_error
    }
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

impl NetworkSpec {
    /// The measure that is proved of the network besides the distance: that of `max_error`, or else of the gate.
    pub fn measured(&self) -> Option<&Measure> {
        self.measure.as_ref().or_else(|| self.gate.as_ref().and_then(|gate| gate.measure.as_ref()))
    }

    /// All parameters in one canonical line, as in `bumps activation=logistic steepness=auto ...`.
    pub fn canonical(&self) -> String {
        let mut line = self.method.name().to_owned();
        let mut add = |key: &str, value: &str| line += &format!(" {key}={value}");
        self.method.parameters().iter().for_each(|(key, value)| add(key, value));
        match (self.max_error, &self.measure) {
            (Some(error), None) => add("max_error", &format!("{error:?}")),
            (Some(error), Some(measure)) => add("max_error", &measure.in_spec(error)),
            // Where a number of neurons is given, a gate's measure is what they are chosen by.
            (None, Some(measure)) => add("measure", &measure.name()),
            (None, None) => {}
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
