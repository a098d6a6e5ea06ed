//! `method: auto`: the construction that needs the fewest neurons for an error, or has the smallest error for a number of
//! neurons. What counts is proved, so the choice is the same on every machine.

mod several;

use bumpnet_ir::{
    Activation, Auto, Bumps, Expr, Graded, Heights, Input, Layout, Method, NetworkSpec, Placement, Route, Smooth, Spec,
    Steepness,
};
use bumpnet_prove::watch;

use crate::compiled::{Candidate, Compiled};
use crate::construct::construct;
use crate::draft::MOST_PIECES;
use crate::error::{BoxJump, CompileError};
use crate::{chebyshev, jump, knots};

/// Coefficients of Chebyshev interpolation up to which equally spaced steps are the cheapest to look for. Heuristic.
const FEW_COEFFICIENTS: usize = 64;
/// Pieces up to which polygons and jumps are looked for first: as many as fitted steps may have.
const PROBED: usize = crate::fit::MOST_NEURONS;

/// Pieces of errors in a measure, at most: a second's proof. Heuristic.
const MOST_WEIGHTED: usize = 1 << 14;
/// Straight pieces, at most, where nothing else does: seconds. Heuristic.
const MOST_STRAIGHT: usize = 1 << 18;

/// Tries all constructions that may apply and keeps the best.
///
/// # Errors
/// That of the first construction, if none comes to a network.
pub fn choose(spec: &Spec, wanted: &NetworkSpec, parameters: &Auto) -> Result<Compiled, CompileError> {
    let mut choice = Choice::new(spec, wanted, parameters);
    match (&spec.domain[..], wanted.max_error) {
        ([_], Some(_)) if wanted.measure.is_some() && parameters.neurons.is_none() => choice.by_measure(),
        ([input], Some(eps)) if parameters.neurons.is_none() => choice.by_error(input, eps),
        ([_], _) => methods(parameters).iter().for_each(|(name, method)| choice.attempt(name, method, MOST_PIECES)),
        _ => choice.of_several(),
    }
    choice.finish()
}

/// A choice under way.
struct Choice<'a> {
    spec: &'a Spec,
    wanted: &'a NetworkSpec,
    parameters: &'a Auto,
    /// The best network so far, and its place among the candidates.
    best: Option<(usize, Compiled)>,
    candidates: Vec<Candidate>,
    first_error: Option<CompileError>,
    /// The pieces of a polygon that is known, and not yet constructed.
    polygon: Option<usize>,
    /// What was tried with any number of neurons.
    unlimited: Vec<&'static str>,
    /// Whether the target's values are known less well somewhere than to the error, so that no proof comes to it.
    unknown: bool,
}

impl<'a> Choice<'a> {
    fn new(spec: &'a Spec, wanted: &'a NetworkSpec, parameters: &'a Auto) -> Choice<'a> {
        Choice {
            spec,
            wanted,
            parameters,
            best: None,
            candidates: Vec::new(),
            first_error: None,
            polygon: None,
            unlimited: Vec::new(),
            unknown: false,
        }
    }

    /// The fewest neurons for an error. What is cheap comes first, and what costs more must do with fewer neurons than are
    /// known to do; what cannot is not tried.
    fn by_error(&mut self, input: &Input, eps: f64) {
        let methods = methods(self.parameters);
        let estimates = Estimates::of(&self.spec.target, input, eps, &methods);
        let mut order: Vec<&(&str, Method)> = methods.iter().collect();
        order.sort_by_key(|(_, method)| estimates.cost(method));
        // A polygon is counted on before it is proved.
        self.polygon = estimates.polygon;
        self.unknown = jump::known(&self.spec.target, input).1 > eps;
        for (name, method) in &order {
            if is_optimal(method, Activation::Ramp) {
                self.polygon = None;
            }
            match estimates.hopeless(method, self.most()) {
                Some(why) => self.skip(name, &why),
                None => self.attempt(name, method, self.most()),
            }
        }
        // What was asked for fewer neurons than a network has that came to nothing.
        if self.good().is_none() {
            for (name, method) in
                order.into_iter().filter(|(name, _)| !self.unlimited.contains(name)).collect::<Vec<_>>()
            {
                match estimates.hopeless(method, self.most()) {
                    Some(why) => self.skip(name, &why),
                    None => self.attempt(name, method, self.most()),
                }
            }
        }
    }

    /// For an error in a measure, of which nothing is estimated beforehand: fitted steps, then constant pieces.
    fn by_measure(&mut self) {
        for (name, method) in methods(self.parameters) {
            match is_optimal(&method, Activation::Ramp) {
                true => self.skip(name, "polygons keep to errors in the target's unit only"),
                // Errors in a measure are proved of jumps as of any units.
                false if is_optimal(&method, Activation::Heaviside) => {
                    self.attempt(name, &method, self.most().min(MOST_WEIGHTED));
                }
                false => self.attempt(name, &method, self.most()),
            }
        }
    }

    /// For several inputs: the cheapest networks first, each with fewer neurons than are known to do.
    fn of_several(&mut self) {
        let inputs = self.spec.domain.len();
        let jumps = jump::several::find(&self.spec.target, &self.spec.domain);
        let large = |jump: &BoxJump| self.wanted.max_error.is_some_and(|eps| jump.size > 2.0 * eps);
        let met = jumps.oblique.or(jumps.largest).filter(large);
        if met.as_ref().is_some_and(|jump| !jump.across) {
            self.first_error = met.map(|jump| CompileError::JumpAt { jump: Box::new(jump), continuous: true });
            return;
        }
        for (name, method) in several::methods(self.parameters) {
            if met.is_some() && !matches!(method, Method::Towers(_)) {
                self.skip(name, "the target jumps, and it has no units that do");
                continue;
            }
            let known = self.good().map(|best| best.network.neurons());
            match several::skipped(&method, inputs, known).filter(|_| self.best.is_some()) {
                Some(why) => {
                    self.note(name, None, why);
                }
                None => self.attempt(name, &method, known.map_or(MOST_PIECES, |known| known.saturating_sub(1))),
            }
        }
        if let Some(jump) = met {
            self.first_error.get_or_insert(CompileError::JumpAt { jump: Box::new(jump), continuous: true });
        }
    }

    /// The best network, if it is good enough and only one with fewer neurons would be better.
    fn good(&self) -> Option<&Compiled> {
        let best = self.best.as_ref().map(|(_, best)| best);
        best.filter(|best| best.missed.is_none() && self.parameters.neurons.is_none())
    }

    /// Most neurons of a network that would be better than what is known.
    fn most(&self) -> usize {
        let good = self.good().map(|best| best.network.neurons());
        let known = good.into_iter().chain(self.polygon).min();
        // One neuron may be none when it is fitted.
        known.map_or(MOST_PIECES, |known| if known < 2 { known } else { known - 1 })
    }

    fn attempt(&mut self, name: &'static str, method: &Method, most: usize) {
        if most == 0 {
            return self.skip(name, "no network has fewer neurons");
        }
        if self.best.is_some() && watch::stopped() {
            return self.skip(name, "the search was stopped");
        }
        if self.best.is_some() && self.unknown {
            return self.skip(name, "rounding in the target's formula stands in the way of any");
        }
        watch::trying(|| name.to_owned());
        let capped = most < MOST_PIECES;
        if !capped {
            self.unlimited.push(name);
        }
        let most = if is_optimal(method, Activation::Ramp) { most.min(MOST_STRAIGHT) } else { most };
        match construct(self.spec, self.wanted, method, most) {
            Ok(compiled) => {
                let (neurons, upper) = (compiled.network.neurons(), compiled.bound());
                let place = self.note(name, Some((neurons, upper)), verdict(&compiled, capped));
                if self.best.as_ref().is_none_or(|(_, best)| better(&compiled, best, self.wanted.max_error.is_some())) {
                    self.best = Some((place, compiled));
                }
            }
            Err(error) => {
                self.note(name, None, refused(&error, most, self.spec, self.wanted));
                if !capped {
                    self.first_error.get_or_insert(error);
                }
            }
        }
    }

    fn skip(&mut self, name: &str, why: &str) {
        self.note(name, None, format!("skipped: {why}"));
    }

    /// Notes what became of a candidate, in the place of what became of it before; returns the place.
    fn note(&mut self, name: &str, network: Option<(usize, f64)>, verdict: String) -> usize {
        let (neurons, upper) = network.unzip();
        let candidate = Candidate { name: name.to_owned(), neurons, upper, verdict };
        match self.candidates.iter().position(|known| known.name == name) {
            Some(place) => {
                self.candidates[place] = candidate;
                place
            }
            None => {
                self.candidates.push(candidate);
                self.candidates.len() - 1
            }
        }
    }

    fn finish(mut self) -> Result<Compiled, CompileError> {
        let Some((chosen, mut compiled)) = self.best else {
            let none = || CompileError::Unproved("no construction applies".to_owned());
            return Err(self.first_error.unwrap_or_else(none));
        };
        self.candidates[chosen].verdict = match (&compiled.missed, self.parameters.neurons) {
            (None, None) => "chosen: the fewest neurons that prove the error".to_owned(),
            _ => "chosen: the smallest proved error".to_owned(),
        };
        compiled.candidates = self.candidates;
        Ok(compiled)
    }
}

/// What is known of a target before anything is constructed.
struct Estimates<'a> {
    hidden: Expr,
    input: &'a Input,
    /// The error before the output neuron.
    eps: f64,
    /// Whether few coefficients of Chebyshev interpolation do.
    analytic: bool,
    /// Constant pieces that samples of the target alone take: the target takes no fewer, but for the rounding of samples.
    steps: usize,
    /// Straight pieces, if they are not very many.
    polygon: Option<usize>,
}

impl<'a> Estimates<'a> {
    fn of(target: &Expr, input: &'a Input, eps: f64, methods: &[(&'static str, Method)]) -> Estimates<'a> {
        let logistic = methods.iter().any(|(_, method)| method.output() == Activation::Logistic);
        let (hidden, before) = if logistic { (target.logit(), 4.0 * eps) } else { (target.clone(), eps) };
        let straight = methods.iter().any(|(_, method)| is_optimal(method, Activation::Ramp));
        Estimates {
            analytic: chebyshev::needed_within(&hidden, input, before, 2 * FEW_COEFFICIENTS).is_some(),
            steps: steps_needed(target, input, eps),
            polygon: if straight { knots::count(target, input, eps, PROBED) } else { None },
            hidden,
            input,
            eps: before,
        }
    }

    /// The place of a method in the order by cost.
    fn cost(&self, method: &Method) -> usize {
        match method {
            Method::Smooth(_) if self.analytic => 0,
            method if is_optimal(method, Activation::Heaviside) => 1,
            Method::Graded(_) => 2,
            Method::Smooth(_) => 3,
            _ => 4,
        }
    }

    /// Why a method will not do with so many neurons, if it will not: estimates, and heuristic.
    fn hopeless(&self, method: &Method, most: usize) -> Option<String> {
        let capped = most < MOST_PIECES;
        match method {
            Method::Smooth(_) if capped => {
                let coefficients = chebyshev::needed_within(&self.hidden, self.input, self.eps, 4 * most);
                coefficients.is_none_or(|needed| needed > 2 * most).then(|| {
                    format!("a polynomial through Chebyshev points takes more than {} coefficients", 2 * most.max(8))
                })
            }
            method if is_optimal(method, Activation::Heaviside) => (self.steps > most.min(PROBED))
                .then(|| format!("samples of the target take {} of its pieces already", self.steps)),
            method if is_optimal(method, Activation::Ramp) && capped => match self.polygon {
                Some(pieces) => (pieces > most).then(|| format!("it takes {pieces} pieces")),
                None => Some(format!("it takes more than {PROBED} pieces, or none keep to the error")),
            },
            _ => None,
        }
    }
}

fn is_optimal(method: &Method, activation: Activation) -> bool {
    let optimal = |bumps: &Bumps| bumps.placement == Placement::Optimal && bumps.activation == activation;
    matches!(method, Method::Bumps(bumps) if optimal(bumps))
}

fn steps_needed(target: &Expr, input: &Input, eps: f64) -> usize {
    let points = chebyshev::points(input.lo, input.hi, 2 * PROBED);
    let mut values = vec![0.0; points.len()];
    target.eval_many(&points, &mut values);
    let (mut pieces, mut low, mut high) = (1, f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        (low, high) = (low.min(value), high.max(value));
        if high - low > 2.0 * eps {
            (pieces, low, high) = (pieces + 1, value, value);
        }
    }
    pieces
}

/// Good enough with fewer neurons; or else the smaller error, and of equal ones the fewer neurons.
fn better(compiled: &Compiled, best: &Compiled, by_number: bool) -> bool {
    let neurons = |compiled: &Compiled| compiled.network.neurons();
    let by_error = compiled.network.certificate.is_some() && compiled.bound() < best.bound();
    match (compiled.missed.is_none(), best.missed.is_none()) {
        (true, true) if by_number => {
            neurons(compiled) < neurons(best) || neurons(compiled) == neurons(best) && by_error
        }
        (mine, theirs) if mine != theirs => mine,
        _ => by_error || compiled.bound() == best.bound() && neurons(compiled) < neurons(best),
    }
}

fn verdict(compiled: &Compiled, capped: bool) -> String {
    match &compiled.missed {
        None => "good enough".to_owned(),
        Some(_) if capped => "not with fewer neurons".to_owned(),
        Some(missed) => missed.clone(),
    }
}

fn refused(error: &CompileError, most: usize, spec: &Spec, wanted: &NetworkSpec) -> String {
    match error {
        CompileError::TooMany { .. } | CompileError::Jump { .. } | CompileError::Unresolved { .. }
            if most < MOST_PIECES =>
        {
            "not with fewer neurons".to_owned()
        }
        CompileError::TooFewNeurons { .. } => "not with so few neurons".to_owned(),
        error => error.diagnose(spec, wanted).message,
    }
}

/// The constructions to try, the cheapest networks first.
fn methods(auto: &Auto) -> Vec<(&'static str, Method)> {
    let fitted = auto.activation.unwrap_or(Activation::Logistic);
    let mut methods = Vec::new();
    if fitted.is_smooth() {
        let (neurons, max_weight, output) = (auto.neurons, auto.max_weight, auto.output);
        let smooth = Smooth {
            activation: fitted,
            neurons,
            overlap: None,
            pad: None,
            route: Route::LeastSquares,
            max_weight,
            output,
        };
        methods.push(("smooth", Method::Smooth(smooth)));
        let graded = Graded { activation: fitted, neurons, overlap: None, leaf: None, max_weight, output };
        methods.push(("graded", Method::Graded(graded)));
    }
    // `optimal` places jumps and polygons; any other activation, and an output neuron, goes with equal cells.
    let bumps = |activation, placement| {
        Method::Bumps(Bumps {
            activation,
            steepness: Steepness::Auto,
            placement,
            // One inner edge less than cells.
            resolution: auto.neurons.map(|n| n + usize::from(activation != Activation::Ramp)),
            heights: Heights::Midpoint,
            layout: Layout::Steps,
            output: auto.output,
        })
    };
    match (auto.activation, auto.output) {
        (None, Activation::Identity) => {
            methods.push(("bumps, ramp, optimal", bumps(Activation::Ramp, Placement::Optimal)));
            methods.push(("bumps, heaviside, optimal", bumps(Activation::Heaviside, Placement::Optimal)));
        }
        (Some(activation @ (Activation::Ramp | Activation::Heaviside)), Activation::Identity) => {
            methods.push(("bumps, optimal", bumps(activation, Placement::Optimal)));
        }
        (activation, _) => {
            methods.push(("bumps", bumps(activation.unwrap_or(Activation::Logistic), Placement::Uniform)));
        }
    }
    methods
}
