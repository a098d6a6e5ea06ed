//! Building a normal form: one pass over the target's nodes, each a constant, a function of one earlier node, or affine in
//! several values.

use bumpnet_interval::{Binary, Comparison, Interval, Real, Scalar, Unary};
use bumpnet_ir::{Diagnostic, Expr, Input, Node, NodeId};

use super::function::{Known, cut, exponent, known, quadratic};
use super::{Expansion, Linear, NormalForm, Step};
use crate::analyse::node_ranges;

/// Most steps. Heuristic: each is a small network and a proof.
const MOST_STEPS: usize = 2000;
/// Cells that the box is divided into for the ranges that centres and scales are taken from. Heuristic.
const CELLS: usize = 1024;

/// What a node of the target is.
#[derive(Clone, Debug)]
enum NodeForm {
    /// A number.
    Constant(Interval),
    /// A function of this node only, which is an input or affine in several values.
    Function(NodeId),
    /// This, of several values.
    Affine(Linear),
}

impl NormalForm {
    /// The normal form of a target on a box.
    ///
    /// # Errors
    /// The sub-expression that has none, with what to do.
    pub fn new(target: &Expr, inputs: &[Input], expansion: Expansion) -> Result<NormalForm, Diagnostic> {
        Builder::new(target, inputs, expansion).run()
    }
}

struct Builder<'a> {
    target: &'a Expr,
    expansion: Expansion,
    /// The range of each node, for centres and scales and to decide on which side of a kink the target is.
    ranges: Vec<Interval>,
    forms: Vec<NodeForm>,
    inputs: usize,
    steps: Vec<Step>,
    /// The ranges of the steps' values.
    values: Vec<Interval>,
}

impl<'a> Builder<'a> {
    fn new(target: &'a Expr, inputs: &[Input], expansion: Expansion) -> Builder<'a> {
        let ranges = node_ranges(target, inputs, CELLS);
        let values = inputs.iter().map(|i| Interval::new(i.lo, i.hi).unwrap_or(Interval::ENTIRE)).collect();
        let (forms, steps) = (Vec::with_capacity(target.nodes().len()), Vec::new());
        Builder { target, expansion, ranges, forms, inputs: inputs.len(), steps, values }
    }

    fn run(mut self) -> Result<NormalForm, Diagnostic> {
        for id in self.target.ids() {
            let form = self.form(id)?;
            self.forms.push(form);
            if self.steps.len() > MOST_STEPS {
                let message = format!("the target has more than {MOST_STEPS} steps that are not affine");
                return Err(Diagnostic::new(self.target.span(id), message).help("use another method"));
            }
        }
        let root = self.linear(self.target.root());
        Ok(NormalForm { inputs: self.inputs, steps: self.steps, root })
    }

    fn range(&self, id: NodeId) -> Interval {
        self.ranges[id.index()]
    }

    /// What a node of several values would be a function of; `None` for a constant.
    fn base(&self, id: NodeId) -> Option<NodeId> {
        match &self.forms[id.index()] {
            NodeForm::Constant(_) => None,
            NodeForm::Function(base) => Some(*base),
            NodeForm::Affine(_) => Some(id),
        }
    }

    fn form(&mut self, id: NodeId) -> Result<NodeForm, Diagnostic> {
        let node = self.target.node(id);
        if let Node::Input(_) = node {
            return Ok(NodeForm::Function(id));
        }
        let bases: Vec<NodeId> = node.children().filter_map(|child| self.base(child)).collect();
        let native = self.expansion == Expansion::Quadratics;
        let kinked = matches!(node, Node::Unary(Unary::Abs, _) | Node::Binary(Binary::Min | Binary::Max, ..));
        match bases[..] {
            [] => return Ok(NodeForm::Constant(self.range(id))),
            [first, ..] if bases.iter().all(|base| *base == first) && !(native && kinked) => {
                return Ok(NodeForm::Function(first));
            }
            _ => {}
        }
        let affine = match *node {
            Node::Unary(Unary::Abs, a) => self.abs(a),
            Node::Binary(Binary::Add, a, b) => self.linear(a).plus(Interval::ONE, &self.linear(b)),
            Node::Binary(Binary::Sub, a, b) => self.linear(a).plus(-Interval::ONE, &self.linear(b)),
            Node::Binary(Binary::Mul, a, b) => {
                let (u, v) = (self.linear(a), self.linear(b));
                self.product((&u, self.range(a)), (&v, self.range(b)))
            }
            Node::Binary(Binary::Div, a, b) => self.quotient(a, b),
            Node::Binary(Binary::Pow, a, b) => self.power(a, b),
            Node::Binary(Binary::Max, a, b) => self.max(a, b, Interval::ONE),
            Node::Binary(Binary::Min, a, b) => self.max(a, b, -Interval::ONE),
            Node::Binary(Binary::Hypot, a, b) => self.hypot(a, b),
            Node::Binary(Binary::Atan2, a, b) => self.atan2(id, a, b)?,
            Node::If { op, left, right, then, otherwise } => self.choice(id, (op, left, right), then, otherwise)?,
            // What has one operand has one base.
            Node::Unary(..) | Node::Quotient(..) | Node::Literal(_) | Node::Constant(_) | Node::Input(_) => {
                self.linear(id)
            }
        };
        Ok(NodeForm::Affine(affine))
    }

    /// A node as an affine form; steps are made as needed.
    fn linear(&mut self, id: NodeId) -> Linear {
        let base = match &self.forms[id.index()] {
            NodeForm::Constant(value) => return Linear::constant(*value),
            NodeForm::Affine(linear) => return linear.clone(),
            NodeForm::Function(base) => *base,
        };
        if id == base {
            return self.base_linear(base);
        }
        // Constant factors and terms stay outside of the steps.
        let constant = |id: NodeId| match &self.forms[id.index()] {
            NodeForm::Constant(value) => Some(*value),
            _ => None,
        };
        match *self.target.node(id) {
            Node::Unary(Unary::Neg, a) => return self.linear(a).times(-Interval::ONE),
            Node::Binary(Binary::Add, a, b) => match (constant(a), constant(b)) {
                (Some(c), _) => return Linear::constant(c).plus(Interval::ONE, &self.linear(b)),
                (_, Some(c)) => return self.linear(a).plus(Interval::ONE, &Linear::constant(c)),
                _ => {}
            },
            Node::Binary(Binary::Sub, a, b) => match (constant(a), constant(b)) {
                (Some(c), _) => return Linear::constant(c).plus(-Interval::ONE, &self.linear(b)),
                (_, Some(c)) => return self.linear(a).plus(-Interval::ONE, &Linear::constant(c)),
                _ => {}
            },
            Node::Binary(Binary::Mul, a, b) => match (constant(a), constant(b)) {
                (Some(c), _) => return self.linear(b).times(c),
                (_, Some(c)) => return self.linear(a).times(c),
                _ => {}
            },
            Node::Binary(Binary::Div, a, b) => {
                if let Some(c) = constant(b) {
                    return self.linear(a).times(Interval::ONE / c);
                }
            }
            _ => {}
        }
        self.function(id, base)
    }

    fn base_linear(&self, base: NodeId) -> Linear {
        match (self.target.node(base), &self.forms[base.index()]) {
            (Node::Input(index), _) => Linear::value(usize::from(*index)),
            (_, NodeForm::Affine(linear)) => linear.clone(),
            _ => Linear::constant(self.range(base)), // bases are of these two kinds
        }
    }

    /// A node that is a function of its base.
    fn function(&mut self, id: NodeId, base: NodeId) -> Linear {
        let argument = self.base_linear(base);
        // A function of its base alone can be cut out.
        let Some(function) = cut(self.target, id, base) else { return Linear::constant(self.range(id)) };
        let zero = Interval::ZERO;
        let native = self.expansion == Expansion::Quadratics;
        match quadratic(&function) {
            Some([c0, c1, c2]) if c2 == zero => return Linear::constant(c0).plus(c1, &argument),
            Some(coefficients) if native => return self.quadratic(&argument, base, coefficients),
            _ => {}
        }
        if let (Some(coefficients), Node::Unary(_, a), true) = (exponent(&function), self.target.node(id), native)
            && coefficients[2] != zero
        {
            let inner = self.quadratic(&argument, base, coefficients);
            return self.step(known(Known::Apply(Unary::Exp)), inner, Some((*a, 0.0)), Some(id));
        }
        self.step(function, argument, Some((base, 0.0)), Some(id))
    }

    fn quadratic(&mut self, argument: &Linear, base: NodeId, [c0, c1, c2]: [Interval; 3]) -> Linear {
        let square = self.square(argument, self.range(base), Some(base));
        Linear::constant(c0).plus(c1, argument).plus(c2, &square)
    }

    /// The square, of the argument about its middle: `L^2 = (L - c)^2 + 2 c L - c^2`.
    fn square(&mut self, argument: &Linear, range: Interval, origin: Option<NodeId>) -> Linear {
        let centre = if range.is_bounded() { range.midpoint() } else { 0.0 };
        let at = Interval::point(centre);
        let moved = argument.plus(-Interval::ONE, &Linear::constant(at));
        let square = self.step(known(Known::Square), moved, origin.map(|id| (id, centre)), None);
        if centre == 0.0 {
            return square;
        }
        square.plus(at + at, argument).plus(-Interval::ONE, &Linear::constant(at * at))
    }

    /// The product of two affine forms in these ranges, by two squares: with `p` and `q` the factors about their middles and
    /// `s` a power of two that makes them about equally large, `p q = ((s p + q/s)/2)^2 - ((s p - q/s)/2)^2`.
    fn product(&mut self, (u, of_u): (&Linear, Interval), (v, of_v): (&Linear, Interval)) -> Linear {
        for (one, other) in [(u, v), (v, u)] {
            if one.terms.is_empty() {
                return other.times(one.constant);
            }
        }
        if u == v {
            return self.square(u, of_u, None);
        }
        let middle = |range: Interval| if range.is_bounded() { range.midpoint() } else { 0.0 };
        let (cu, cv) = (Interval::point(middle(of_u)), Interval::point(middle(of_v)));
        let (p, q) = (u.plus(-Interval::ONE, &Linear::constant(cu)), v.plus(-Interval::ONE, &Linear::constant(cv)));
        let scale = balance(of_u.width().get(), of_v.width().get());
        let (half_p, half_q) = (Interval::point(0.5 * scale), Interval::point(0.5 / scale));
        let sum = p.times(half_p).plus(half_q, &q);
        let difference = p.times(half_p).plus(-half_q, &q);
        let (sum, difference) = (self.plain_square(sum), self.plain_square(difference));
        let product = sum.plus(-Interval::ONE, &difference);
        product.plus(cu, v).plus(cv, u).plus(-Interval::ONE, &Linear::constant(cu * cv))
    }

    fn plain_square(&mut self, argument: Linear) -> Linear {
        if argument.terms.is_empty() {
            return Linear::constant(argument.constant.square());
        }
        self.step(known(Known::Square), argument, None, None)
    }

    fn quotient(&mut self, a: NodeId, b: NodeId) -> Linear {
        let numerator = self.linear(a);
        let (inverse, range) = self.reciprocal(b);
        self.product((&numerator, self.range(a)), (&inverse, range))
    }

    fn reciprocal(&mut self, b: NodeId) -> (Linear, Interval) {
        let denominator = self.linear(b);
        let inverse = self.step(known(Known::Reciprocal), denominator, Some((b, 0.0)), None);
        (inverse, Interval::ONE / self.range(b))
    }

    /// `a^b = exp(b ln a)`, where both vary.
    fn power(&mut self, a: NodeId, b: NodeId) -> Linear {
        let base = self.linear(a);
        let logarithm = self.step(known(Known::Apply(Unary::Ln)), base, Some((a, 0.0)), None);
        let exponent = self.linear(b);
        let of_logarithm = Interval::unary(Unary::Ln, &self.range(a));
        let inner = self.product((&exponent, self.range(b)), (&logarithm, of_logarithm));
        self.step(known(Known::Apply(Unary::Exp)), inner, None, None)
    }

    /// `|a| = 2 max(a, 0) - a`.
    fn abs(&mut self, a: NodeId) -> Linear {
        let inner = self.linear(a);
        self.relu(&inner, self.range(a), Some((a, 0.0))).times(Interval::point(2.0)).plus(-Interval::ONE, &inner)
    }

    /// `max(a, b) = b + max(a - b, 0)`; with the sign -1 the minimum, `-max(-a, -b)`.
    fn max(&mut self, a: NodeId, b: NodeId, sign: Interval) -> Linear {
        let (u, v) = (self.linear(a), self.linear(b));
        let difference = u.plus(-Interval::ONE, &v).times(sign);
        let range = (self.range(a) - self.range(b)) * sign;
        let relu = self.relu(&difference, range, None);
        v.plus(sign, &relu)
    }

    /// `max(L, 0)`.
    fn relu(&mut self, argument: &Linear, range: Interval, origin: Option<(NodeId, f64)>) -> Linear {
        match range {
            r if r.lo() >= 0.0 => argument.clone(),
            r if r.hi() <= 0.0 => Linear::constant(Interval::ZERO),
            _ if argument.terms.is_empty() => Linear::constant(range.intersection(&at_least_zero()).unwrap_or(range)),
            _ => self.step(known(Known::Relu), argument.clone(), origin, None),
        }
    }

    fn hypot(&mut self, a: NodeId, b: NodeId) -> Linear {
        let (u, v) = (self.linear(a), self.linear(b));
        let (u, v) = (self.square(&u, self.range(a), None), self.square(&v, self.range(b), None));
        self.step(known(Known::Apply(Unary::Sqrt)), u.plus(Interval::ONE, &v), None, None)
    }

    /// The angle by `atan`, in one of three half-planes.
    fn atan2(&mut self, id: NodeId, y: NodeId, x: NodeId) -> Result<Linear, Diagnostic> {
        let quarter = Interval::constant(bumpnet_interval::Constant::Pi) * Interval::point(0.5);
        let (above, below) = (self.range(y).lo() > 0.0, self.range(y).hi() < 0.0);
        let (numerator, denominator, turn, sign) = match () {
            () if self.range(x).lo() > 0.0 => (y, x, Interval::ZERO, Interval::ONE),
            () if above => (x, y, quarter, -Interval::ONE),
            () if below => (x, y, -quarter, -Interval::ONE),
            () => {
                let message = "`method: composed` needs `atan2(y, x)` where x is positive, or y keeps its sign";
                return Err(Diagnostic::new(self.target.span(id), message)
                    .help("make the domain smaller, or use `method: low-rank`"));
            }
        };
        let ratio = self.quotient(numerator, denominator);
        let angle = self.step(known(Known::Apply(Unary::Atan)), ratio, None, None);
        Ok(Linear::constant(turn).plus(sign, &angle))
    }

    /// The branch that is taken on the whole box.
    fn choice(
        &mut self,
        id: NodeId,
        (op, left, right): (Comparison, NodeId, NodeId),
        then: NodeId,
        otherwise: NodeId,
    ) -> Result<Linear, Diagnostic> {
        match Interval::decide(op, &self.range(left), &self.range(right)) {
            Some(true) => Ok(self.linear(then)),
            Some(false) => Ok(self.linear(otherwise)),
            None => {
                let message =
                    "`method: composed` needs an `if` over several inputs that takes one side on the whole domain";
                Err(Diagnostic::new(self.target.span(id), message)
                    .help("write it with min and max, make the domain smaller, or write `{method: towers, activation: heaviside, resolution: 16}`"))
            }
        }
    }

    /// The value of a step, which may be there already.
    fn step(
        &mut self,
        function: Expr,
        argument: Linear,
        origin: Option<(NodeId, f64)>,
        result: Option<NodeId>,
    ) -> Linear {
        let same = |step: &Step| step.argument == argument && step.function == function;
        if let Some(k) = self.steps.iter().position(same) {
            return Linear::value(self.inputs + k);
        }
        let at = argument.range(&self.values);
        let at =
            origin.map_or(at, |(id, shift)| at.intersection(&(self.range(id) - Interval::point(shift))).unwrap_or(at));
        self.values.push(function.eval(&[at]));
        self.steps.push(Step { function, argument, origin, result });
        Linear::value(self.inputs + self.steps.len() - 1)
    }
}

fn at_least_zero() -> Interval {
    Interval::new(0.0, f64::INFINITY).unwrap_or(Interval::ENTIRE)
}

/// A power of two near `sqrt(b/a)`.
fn balance(a: f64, b: f64) -> f64 {
    let (mut scale, ratio) = (1.0f64, b / a);
    if !(ratio > 0.0 && ratio.is_finite()) {
        return 1.0;
    }
    while scale * scale * 2.0 < ratio {
        scale *= 2.0;
    }
    while scale * scale > 2.0 * ratio {
        scale *= 0.5;
    }
    scale
}
