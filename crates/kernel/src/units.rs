//! The hidden layer of a one-input network, made ready for a proof: equal units merged, breakpoints enclosed, and what a
//! unit is on a cell: a constant, a smooth function, or neither.

use bumpnet_interval::{Interval, Jet, UpperBound};
use bumpnet_ir::{Activation, Jump, Network, Precision};

use crate::fault::{Fault, active};
use crate::place::sign;
use crate::poly::{Cell, Number, ORDER, Poly};

/// `alpha * s(w x + b)`, several equal units merged.
#[derive(Clone, Debug)]
pub struct Unit {
    w: f64,
    b: f64,
    /// The merged weight, an enclosure of the exact sum.
    pub alpha: Interval,
    /// The sum of the merged weights' magnitudes, which the evaluator adds one by one.
    pub size: UpperBound,
    /// How many were merged.
    pub count: usize,
    /// The precision in which the evaluator calculates its argument.
    precision: Precision,
}

/// `c0 + sum of units`, in front of the output's activation.
#[derive(Clone, Debug)]
pub struct Units {
    /// The activation of all of them.
    pub activation: Activation,
    /// The units, by position.
    pub list: Vec<Unit>,
    /// The output neuron's bias.
    pub c0: Interval,
    /// The precision of the evaluator.
    pub precision: Precision,
}

/// What a unit is on a cell.
pub enum Role<T> {
    /// This constant, up to a slope of the magnitude given.
    Constant(T, UpperBound),
    /// This polynomial.
    Smooth(Box<Poly<T>>),
    /// It has a break in the cell, or changes too fast for a polynomial.
    Hard,
}

impl Units {
    /// `None` if the network is not one hidden layer over one input.
    pub fn new(network: &Network) -> Option<Units> {
        if network.inputs.len() != 1 {
            return None;
        }
        let precision = network.precision;
        let (hidden, output) = match &network.layers[..] {
            [output] if output.inputs.is_empty() => {
                let c0 = Interval::point(output.bias.get(0));
                return Some(Units { activation: Activation::Heaviside, list: Vec::new(), c0, precision });
            }
            [hidden, output] if hidden.inputs == [0] && !output.inputs.contains(&0) => (hidden, output),
            _ => return None,
        };
        let mut w = vec![None; hidden.rows];
        for (row, _, value) in hidden.weights.entries() {
            // Two entries for one place would have to be added exactly; nobody writes that.
            if w[row].replace(value).is_some() {
                return None;
            }
        }
        let mut list: Vec<Unit> = Vec::with_capacity(hidden.rows);
        for (_, column, value) in output.weights.entries() {
            let row = output.inputs[column] as usize - 1;
            let alpha = Interval::point(value);
            let (w, b) = (w[row].unwrap_or(0.0), hidden.bias.get(row));
            list.push(Unit { w, b, alpha, size: alpha.magnitude(), count: 1, precision });
        }
        list.sort_by(|p, q| p.position().total_cmp(&q.position()).then(p.w.total_cmp(&q.w)).then(p.b.total_cmp(&q.b)));
        list.dedup_by(|next, kept| {
            let same = (next.w, next.b) == (kept.w, kept.b);
            if same {
                kept.alpha = kept.alpha + next.alpha;
                kept.size = kept.size + next.size;
                kept.count += next.count;
            }
            same
        });
        Some(Units { activation: hidden.activation, list, c0: Interval::point(output.bias.get(0)), precision })
    }

    /// Of a network that has none: anything is possible.
    pub(crate) fn unknown() -> Units {
        Units { activation: Activation::Heaviside, list: Vec::new(), c0: Interval::ENTIRE, precision: Precision::F64 }
    }

    /// The sum at a point, term by term.
    pub fn value_at<T: Number>(&self, x: f64) -> T {
        let term = |unit: &Unit| T::from(unit.alpha) * unit.at::<T>(self.activation, x);
        self.list.iter().fold(T::from(self.c0), |sum, unit| sum + term(unit))
    }

    /// The sum of the weights' magnitudes.
    pub fn size(&self) -> UpperBound {
        self.list.iter().map(|unit| unit.size).sum()
    }
}

impl Unit {
    /// About where its step is.
    pub fn position(&self) -> f64 {
        if self.w == 0.0 { f64::NEG_INFINITY } else { -self.b / self.w }
    }

    /// The weight on the input.
    pub fn weight(&self) -> f64 {
        self.w
    }

    /// The bias.
    pub fn bias(&self) -> f64 {
        self.b
    }

    fn argument<T: Number>(&self, x: T) -> T {
        T::point(self.w) * x + T::point(self.b)
    }

    /// How far the evaluator's `w x + b`, rounded twice, can be from the exact one: `u |w x| + u |w x + b|`, and a little.
    pub fn argument_rounding(&self, x: Interval) -> UpperBound {
        let product = (Interval::point(self.w) * x).magnitude();
        let sum = self.argument(x).magnitude();
        let least = match self.precision {
            Precision::F64 => f64::MIN_POSITIVE,
            Precision::F32 => f64::from(f32::MIN_POSITIVE),
        };
        (product + product + sum) * UpperBound::new(self.precision.unit_roundoff()) + UpperBound::new(least)
    }

    /// A bound of the magnitude of the argument, and of the evaluator's.
    pub fn largest_argument(&self, x: Interval) -> UpperBound {
        self.argument(x).magnitude() + self.argument_rounding(x)
    }

    /// The argument with that rounding: on which side of a break the evaluator is, too.
    pub(crate) fn wide_argument(&self, x: Interval) -> Interval {
        self.argument(x) + Interval::symmetric(self.argument_rounding(x))
    }

    /// The values on `x`, by monotony; at a jump both sides.
    pub fn hull(&self, activation: Activation, x: Interval) -> Interval {
        let z = match breaks(activation) {
            [] => self.argument(x),
            _ => self.wide_argument(x),
        };
        let ends = activation.apply(&Interval::point(z.lo())).hull(&activation.apply(&Interval::point(z.hi())));
        if active(Fault::JumpOneSided) && activation == Activation::Heaviside {
            return activation.apply(&Interval::point(z.hi()));
        }
        // At a jump exactly on an end, `apply` gives the value there; the limit from the other side belongs to it too.
        match jumps_at(activation, z) {
            Some(around) => ends.hull(&around),
            None => ends,
        }
    }

    /// The value at a point, decided as well as the point is known: a jump on the very point is on its right.
    pub fn at<T: Number>(&self, activation: Activation, x: f64) -> T {
        if activation.is_smooth() {
            return activation.apply(&self.argument(T::point(x)));
        }
        if activation == Activation::Heaviside
            && let Some(sign) = sign(self.w, x, self.b, 0.0)
        {
            return T::point(if sign >= 0 { 1.0 } else { 0.0 });
        }
        let z = self.argument(Interval::point(x));
        T::from(activation.apply(&Interval::point(z.lo())).hull(&activation.apply(&Interval::point(z.hi()))))
    }

    /// The slopes on `x`, as `d/dx`. Unbounded where there is a jump.
    pub fn slope(&self, activation: Activation, x: Interval) -> Interval {
        let jet = activation.apply(&Jet::variable(self.argument(x), 1));
        jet.coefficient(1) * Interval::point(self.w) * self.alpha
    }

    /// Whether a jump may lie in the cell.
    pub fn may_jump(&self, activation: Activation, x: Interval) -> bool {
        jumps_at(activation, self.wide_argument(x)).is_some()
    }

    /// Whether a point where it is not smooth may lie in `x`.
    pub fn has_break(&self, activation: Activation, x: Interval) -> bool {
        let z = self.wide_argument(x);
        breaks(activation).iter().any(|at| z.lo() <= *at && *at <= z.hi())
    }

    /// What it is on a cell. `tolerance` is how much of the error its remainder may be.
    pub fn role<T: Number>(&self, activation: Activation, cell: &Cell, tolerance: f64) -> Role<T> {
        if self.w == 0.0 {
            return Role::Constant(T::from(self.alpha) * activation.apply(&T::point(self.b)), UpperBound::ZERO);
        }
        let z = self.wide_argument(cell.interval());
        let (mut from, mut to) = activation.saturation();
        if active(Fault::WindowTooNarrow) {
            (from, to) = (from / 4.0, to / 4.0);
        }
        let (low, high) = activation.limits();
        let (tail, slope) = (activation.tail(), activation.tail_slope());
        let near = |limit: f64| T::point(limit).plus_minus(|| UpperBound::new(tail));
        let rest = || (self.alpha * Interval::point(self.w)).magnitude() * UpperBound::new(slope);
        if z.hi() < from {
            return Role::Constant(T::from(self.alpha) * near(low), rest());
        }
        if z.lo() > to {
            return Role::Constant(T::from(self.alpha) * near(high), rest());
        }
        if self.has_break(activation, cell.interval()) {
            return Role::Hard;
        }
        match self.expand(activation, cell) {
            Some((poly, remainder)) if remainder <= tolerance => Role::Smooth(Box::new(poly)),
            _ => Role::Hard,
        }
    }

    /// The same where errors are weighted: a tail may then be as large as the error, and counts as a polynomial where that says
    /// more of it, whatever is tolerated; so it is the same when a proof is repeated.
    pub fn weighted_role<T: Number>(&self, activation: Activation, cell: &Cell, tolerance: f64) -> Role<T> {
        let role = self.role(activation, cell, tolerance);
        if !matches!(role, Role::Constant(..)) || self.w == 0.0 {
            return role;
        }
        let tail = (self.alpha.magnitude() * UpperBound::new(activation.tail())).get();
        match self.expand(activation, cell) {
            Some((poly, remainder)) if remainder <= tolerance.min(tail) => Role::Smooth(Box::new(poly)),
            _ if tail <= tolerance => role,
            _ => Role::Hard,
        }
    }

    /// The Taylor polynomial of `alpha s(w x + b)`, and the size of its last term.
    fn expand<T: Number>(&self, activation: Activation, cell: &Cell) -> Option<(Poly<T>, f64)> {
        let scale = T::point(self.w) * T::point(cell.radius());
        let centre: T = self.argument(T::point(cell.centre()));
        // The series converges within the distance to the nearest singularity: about 3 for the steps themselves (pi for
        // the logistic function), and the distance to the step for their tails. Beyond, the try would be wasted.
        let polynomial = matches!(activation, Activation::Ramp | Activation::Smoothstep);
        if scale.magnitude().get() > 3.0f64.max(0.7 * centre.mignitude()) && !polynomial {
            return None;
        }
        let over_cell = activation.apply(&Jet::variable(self.argument(cell.interval()), ORDER));
        let last = over_cell.coefficient(ORDER).magnitude().get();
        if !last.is_finite() {
            return None;
        }
        let at_centre = activation.apply(&Jet::variable(centre, ORDER - 1));
        let poly = Poly::from_jets(&at_centre, &over_cell, scale)?;
        let mut scaled = Poly::constant(T::point(0.0));
        scaled.add_scaled(T::from(self.alpha), &poly);
        let remainder = scaled.coefficients().get(ORDER).map_or(0.0, |c| (*c).into().width().get());
        Some((scaled, remainder))
    }

    /// Narrow intervals that hold the points of the domain where the unit is not smooth, in increasing order.
    pub fn break_points(&self, activation: Activation) -> Vec<Cell> {
        let mut cells: Vec<Cell> = Vec::new();
        if self.w == 0.0 {
            return cells;
        }
        for at in breaks(activation) {
            let exact = (Interval::point(*at) - Interval::point(self.b)) / Interval::point(self.w);
            // Outside of this the rounded argument is on the same side as the exact one: twice, for the division.
            let slack = self.argument_rounding(exact).div_by_lower(self.w.abs());
            let wide = exact + Interval::symmetric(slack + slack);
            cells.push(Cell { a: wide.lo().next_down(), b: wide.hi().next_up() });
        }
        cells.sort_by(|p, q| p.a.total_cmp(&q.a));
        cells
    }
}

/// The arguments at which an activation is not smooth.
pub fn breaks(activation: Activation) -> &'static [f64] {
    activation.meaning().breaks
}

/// The values around the jumps among these arguments, the limits from both sides included; `None` without one.
pub fn jumps_at(activation: Activation, z: Interval) -> Option<Interval> {
    let within = |jump: &&Jump| z.lo() <= jump.at && jump.at <= z.hi();
    let around = |jump: &Jump| Interval::new(jump.between.0, jump.between.1).unwrap_or(Interval::ENTIRE);
    activation.meaning().jumps.iter().filter(within).map(around).reduce(|a, b| a.hull(&b))
}
