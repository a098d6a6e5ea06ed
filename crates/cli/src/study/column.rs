//! What the study compares: the methods, each with the network it stands for, and what they are measured against.

use bumpnet_compiler::{MOST_NEURONS, chebyshev};
use bumpnet_ir::{
    Activation, Bumps, Graded, Heights, Layout, Method, NetworkSpec, Outside, Placement, Precision, Route, Smooth,
    Spec, Steepness,
};
use bumpnet_runner::measure;

use crate::args::StudyMethod;

/// Points of the grid on which the total variation is estimated. Heuristic.
const VARIATION_POINTS: usize = 100_001;
/// Steepness of the article's steps on a domain of width 1.
const ARTICLE_STEEPNESS: f64 = 500.0;

/// A column of the table, a curve of the figure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A method to compare.
    Method(StudyMethod),
    /// What the methods are measured against.
    Reference(Reference),
}

/// What the methods are measured against.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// The construction of Tavora's article: pairs of steep steps around equal cells.
    Article,
    /// The total variation TV over twice the number of pieces N: so small an error N constant pieces can have, because
    /// they can be placed such that the target varies by TV/N in each. The variation is sampled, so this is an estimate.
    Variation,
    /// Polynomial interpolation at Chebyshev points.
    Chebyshev,
}

/// All references, in the order of the table.
pub const REFERENCES: [Reference; 3] = [Reference::Article, Reference::Variation, Reference::Chebyshev];

/// An entry of the table.
pub struct Entry {
    /// Neurons of the network, which may be fewer than asked for; for a reference, those it is compared with.
    pub neurons: usize,
    /// Proved: the error is at least this. `None` for what is not proved.
    pub lower: Option<f64>,
    /// Proved in exact arithmetic: the error is at most this.
    pub upper: Option<f64>,
    /// The proved upper bound of the network as it is evaluated, or what was measured.
    pub error: f64,
}

/// A target's total variation, as sampled; NaN where the target is not finite at a sample.
pub fn variation(spec: &Spec) -> f64 {
    let input = &spec.domain[0];
    let points = measure::linspace(input.lo, input.hi, VARIATION_POINTS);
    let mut values = vec![0.0; points.len()];
    spec.target.eval_many(&points, &mut values);
    values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum()
}

impl Column {
    /// What the column is called in output for programs.
    pub fn name(self) -> &'static str {
        match self {
            Column::Method(StudyMethod::Bumps) => "bumps",
            Column::Method(StudyMethod::Optimal) => "optimal",
            Column::Method(StudyMethod::Ramp) => "ramp",
            Column::Method(StudyMethod::Smooth) => "smooth",
            Column::Method(StudyMethod::Graded) => "graded",
            Column::Reference(Reference::Article) => "article",
            Column::Reference(Reference::Variation) => "variation",
            Column::Reference(Reference::Chebyshev) => "chebyshev",
        }
    }

    /// The heading in the table, its second line what kind of number stands below.
    pub fn heading(self) -> String {
        match self {
            Column::Reference(Reference::Variation) => "TV/(2N)\nestimate".to_owned(),
            Column::Reference(Reference::Chebyshev) => "Chebyshev\nmeasured".to_owned(),
            proved => format!("{}\nproved", proved.name()),
        }
    }

    /// The words in the figure.
    pub fn label(self) -> &'static str {
        match self {
            Column::Method(StudyMethod::Bumps) => "bumps: equal steps",
            Column::Method(StudyMethod::Optimal) => "optimal: placed steps",
            Column::Method(StudyMethod::Ramp) => "ramp: polygon",
            Column::Method(StudyMethod::Smooth) => "smooth",
            Column::Method(StudyMethod::Graded) => "graded",
            Column::Reference(Reference::Article) => "the article's construction (proved)",
            Column::Reference(Reference::Variation) => "TV/(2N), within reach of N constant pieces (estimate)",
            Column::Reference(Reference::Chebyshev) => "Chebyshev interpolation (measured)",
        }
    }

    /// Whether it is sampled and quick to find, so that its curve need not stop at the sizes asked for.
    pub fn is_quick(self) -> bool {
        matches!(self, Column::Reference(Reference::Variation | Reference::Chebyshev))
    }

    /// Most neurons that it can have; `None` where the command line's own limit does.
    pub fn most(self) -> Option<usize> {
        matches!(self, Column::Method(StudyMethod::Smooth | StudyMethod::Graded)).then_some(MOST_NEURONS)
    }

    /// The entry for at most so many neurons, or in a few words why there is none. `variation` is the target's.
    pub fn entry(self, spec: &Spec, neurons: usize, variation: f64) -> Result<Entry, String> {
        let sampled = |error: f64| match error.is_finite() {
            true => Ok(Entry { neurons, lower: None, upper: None, error }),
            false => Err("the target has no finite value at a sample".to_owned()),
        };
        match self {
            Column::Method(method) => proved(spec, construction(method, neurons)),
            Column::Reference(Reference::Article) if neurons < 2 => Err("a bump takes two neurons".to_owned()),
            Column::Reference(Reference::Article) => proved(spec, article(spec, neurons / 2)),
            Column::Reference(Reference::Variation) => sampled(variation / (2 * (neurons + 1)) as f64),
            Column::Reference(Reference::Chebyshev) if neurons > chebyshev::MOST_COEFFICIENTS => {
                Err(format!("no more than {} coefficients are tried", chebyshev::MOST_COEFFICIENTS))
            }
            Column::Reference(Reference::Chebyshev) => {
                sampled(chebyshev::interpolation_error(&spec.target, &spec.domain[0], neurons))
            }
        }
    }
}

/// Constructs and proves.
fn proved(spec: &Spec, method: Method) -> Result<Entry, String> {
    let span = spec.target_span.clone();
    let (precision, name) = (Precision::F64, "study".to_owned());
    let (outside, max_error, measure, gate) = (Outside::Extend, None, None, None);
    let wanted = NetworkSpec { name, span, method, precision, outside, max_error, measure, gate };
    let network = bumpnet_compiler::compile(spec, &wanted).map_err(|problem| problem.message)?.network;
    match &network.certificate {
        Some(proved) => {
            let (lower, upper) = (Some(proved.lower), Some(proved.upper));
            Ok(Entry { neurons: network.neurons(), lower, upper, error: proved.evaluated })
        }
        None => Err("no error could be proved".to_owned()),
    }
}

fn construction(method: StudyMethod, neurons: usize) -> Method {
    // One inner edge less than constant pieces.
    let pieces = neurons + 1;
    match method {
        StudyMethod::Bumps => bumps(Activation::Heaviside, Placement::Uniform, pieces),
        StudyMethod::Optimal => bumps(Activation::Heaviside, Placement::Optimal, pieces),
        StudyMethod::Ramp => bumps(Activation::Ramp, Placement::Optimal, neurons),
        StudyMethod::Smooth => Method::Smooth(Smooth {
            activation: Activation::Logistic,
            neurons: Some(neurons),
            overlap: None,
            pad: None,
            route: Route::LeastSquares,
            max_weight: None,
            output: Activation::Identity,
        }),
        StudyMethod::Graded => Method::Graded(Graded {
            activation: Activation::Logistic,
            neurons: Some(neurons),
            overlap: None,
            leaf: None,
            max_weight: None,
            output: Activation::Identity,
        }),
    }
}

fn bumps(activation: Activation, placement: Placement, resolution: usize) -> Method {
    Method::Bumps(Bumps {
        activation,
        steepness: Steepness::Auto,
        placement,
        resolution: Some(resolution),
        heights: Heights::Midpoint,
        layout: Layout::Steps,
        output: Activation::Identity,
    })
}

/// The article's network, its steps as steep for the domain as the article's are for [0, 1].
fn article(spec: &Spec, resolution: usize) -> Method {
    let input = &spec.domain[0];
    Method::Bumps(Bumps {
        activation: Activation::ClippedLogistic,
        steepness: Steepness::Value(ARTICLE_STEEPNESS / (input.hi - input.lo)),
        placement: Placement::Uniform,
        resolution: Some(resolution),
        heights: Heights::Midpoint,
        layout: Layout::Pairs,
        output: Activation::Identity,
    })
}
