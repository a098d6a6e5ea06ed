//! Targets that are sums of functions of one affine form each, found by algebra: `sin A cos B` and products of affine forms
//! are such sums (`cos A cos B = (cos(A+B) + cos(A-B))/2`; `u v = ((u+v)^2 - (u-v)^2)/4`, polarisation).
//!
//! Slopes are kept in binary64. What that rounds the certificate sees, as it sees everything else about the network.

use bumpnet_interval::{Binary, Decimal, Scalar, Unary};
use bumpnet_ir::ExprBuilder;
use bumpnet_ir::{Expr, Input, Node, NodeId};

use crate::least_squares::Factors;

/// Most terms of a sum; heuristic, beyond that a direct fit does better.
const MOST_TERMS: usize = 64;
/// Directions that differ by no more than this are the same: a few roundings.
const SAME: f64 = 1e-13;

/// `g(direction . x)`.
#[derive(Clone, Debug)]
pub struct Ridge {
    /// One number per input, the first of the largest is 1.
    pub direction: Vec<f64>,
    /// A function of one input, `t`.
    pub g: Expr,
}

/// One term of a sum; `w` is the direction, and what stands with it is a function of `t = w . x`.
#[derive(Clone, Debug)]
enum Term {
    /// `b + w . x`, the direction not scaled.
    Affine { w: Vec<f64>, b: f64 },
    /// `a cos(b + w . x)`, the direction not scaled.
    Wave { a: f64, w: Vec<f64>, b: f64 },
    /// `a exp(b + w . x)`, the direction not scaled.
    Exp { a: f64, w: Vec<f64>, b: f64 },
    /// A node, the direction scaled.
    Other { w: Vec<f64>, node: NodeId },
}

/// The target as a constant and ridges, if algebra finds that.
pub fn split(target: &Expr, inputs: usize) -> Option<(f64, Vec<Ridge>)> {
    let mut splitter = Splitter::new(inputs);
    let mut forms: Vec<Option<Vec<Term>>> = Vec::new();
    for node in target.nodes() {
        let form = splitter.form(node, &forms).map(merged).filter(|terms| terms.len() <= MOST_TERMS);
        forms.push(form);
    }
    splitter.ridges(forms.pop()??)
}

/// The directions of affine forms that a function of one variable is taken of somewhere in the target, without those of
/// the axes themselves.
pub fn directions(target: &Expr, inputs: usize) -> Vec<Vec<f64>> {
    let mut splitter = Splitter::new(inputs);
    let mut forms: Vec<Option<Vec<Term>>> = Vec::new();
    let mut found: Vec<Vec<f64>> = Vec::new();
    for node in target.nodes() {
        let form = splitter.form(node, &forms).map(merged).filter(|terms| terms.len() <= MOST_TERMS);
        let nonlinear = !matches!(node, Node::Binary(Binary::Add | Binary::Sub, ..) | Node::Unary(Unary::Neg, _));
        for child in node.children().filter(|_| nonlinear) {
            if let Some(Some([Term::Affine { w, .. }])) = forms.get(child.index()).map(Option::as_deref) {
                let (w, _) = scaled(w);
                if w.iter().filter(|w| **w != 0.0).count() > 1 && !found.iter().any(|other| same(other, &w)) {
                    found.push(w);
                }
            }
        }
        forms.push(form);
    }
    found
}

struct Splitter {
    builder: ExprBuilder,
    inputs: usize,
    /// A number overflowed on the way.
    broken: bool,
}

impl Splitter {
    fn new(inputs: usize) -> Splitter {
        Splitter { builder: ExprBuilder::new(vec!["t".to_owned()]), inputs, broken: false }
    }
}

impl Splitter {
    fn form(&mut self, node: &Node, forms: &[Option<Vec<Term>>]) -> Option<Vec<Term>> {
        let of = |id: NodeId| forms[id.index()].as_ref();
        let constant = |b: f64| Some(vec![Term::Affine { w: vec![0.0; self.inputs], b }]);
        match node {
            Node::Literal(decimal) => constant(decimal.nearest()),
            Node::Constant(c) => constant(f64::constant(*c)),
            Node::Input(k) => {
                let mut w = vec![0.0; self.inputs];
                w[usize::from(*k)] = 1.0;
                Some(vec![Term::Affine { w, b: 0.0 }])
            }
            Node::Unary(op, a) => self.unary(*op, of(*a)?),
            Node::Binary(op, a, b) => self.binary(*op, of(*a)?, of(*b)?),
            Node::If { .. } | Node::Quotient(..) => None,
        }
    }

    fn unary(&mut self, op: Unary, a: &[Term]) -> Option<Vec<Term>> {
        if op == Unary::Neg {
            return Some(a.iter().map(|term| self.scale(term, -1.0)).collect());
        }
        if let [Term::Affine { w, b }] = a {
            let (w, b) = (w.clone(), *b);
            if w.iter().all(|w| *w == 0.0) {
                return Some(vec![Term::Affine { w, b: f64::unary(op, &b) }]);
            }
            match op {
                Unary::Cos => return Some(vec![Term::Wave { a: 1.0, w, b }]),
                Unary::Sin => return Some(vec![Term::Wave { a: 1.0, w, b: b - std::f64::consts::FRAC_PI_2 }]),
                Unary::Exp => return Some(vec![Term::Exp { a: 1.0, w, b }]),
                _ => {}
            }
        }
        let (w, inner) = self.along_one(a)?;
        Some(vec![Term::Other { w, node: self.push(Node::Unary(op, inner)) }])
    }

    fn binary(&mut self, op: Binary, a: &[Term], b: &[Term]) -> Option<Vec<Term>> {
        let number = |terms: &[Term]| match terms {
            [Term::Affine { w, b }] if w.iter().all(|w| *w == 0.0) => Some(*b),
            _ => None,
        };
        match (op, number(a), number(b)) {
            (_, Some(a), Some(b)) => Some(vec![Term::Affine { w: vec![0.0; self.inputs], b: f64::binary(op, &a, &b) }]),
            (Binary::Add, ..) => Some([a, b].concat()),
            (Binary::Sub, ..) => {
                let negative = b.iter().map(|term| self.scale(term, -1.0)).collect();
                Some([a.to_vec(), negative].concat())
            }
            (Binary::Mul, Some(factor), _) => Some(b.iter().map(|term| self.scale(term, factor)).collect()),
            (Binary::Mul, _, Some(factor)) => Some(a.iter().map(|term| self.scale(term, factor)).collect()),
            (Binary::Div, _, Some(divisor)) => Some(a.iter().map(|term| self.scale(term, 1.0 / divisor)).collect()),
            (Binary::Mul, ..) => self.together(op, a, b).or_else(|| self.products(a, b)),
            (Binary::Pow, _, Some(2.0)) => self.together(op, a, b).or_else(|| self.products(a, a)),
            _ => self.together(op, a, b),
        }
    }

    /// An operator of two functions of the same form.
    fn together(&mut self, op: Binary, a: &[Term], b: &[Term]) -> Option<Vec<Term>> {
        let both = merged([a, b].concat());
        let (w, _) = self.along_one(&both)?;
        let (a, b) = (self.along(&w, a)?, self.along(&w, b)?);
        Some(vec![Term::Other { w, node: self.push(Node::Binary(op, a, b)) }])
    }

    /// The product of two sums.
    fn products(&mut self, a: &[Term], b: &[Term]) -> Option<Vec<Term>> {
        if a.len() * b.len() > MOST_TERMS {
            return None;
        }
        let mut terms = Vec::new();
        for x in a {
            for y in b {
                terms.extend(self.product(x, y)?);
            }
        }
        Some(terms)
    }

    fn product(&mut self, x: &Term, y: &Term) -> Option<Vec<Term>> {
        let sum =
            |p: &[f64], q: &[f64], sign: f64| -> Vec<f64> { p.iter().zip(q).map(|(p, q)| p + sign * q).collect() };
        match (x, y) {
            (Term::Affine { w, b }, other) | (other, Term::Affine { w, b }) if w.iter().all(|w| *w == 0.0) => {
                Some(vec![self.scale(other, *b)])
            }
            (Term::Wave { a, w, b }, Term::Wave { a: c, w: v, b: d }) => {
                let part = |sign: f64| Term::Wave { a: 0.5 * a * c, w: sum(w, v, sign), b: b + sign * d };
                Some(vec![part(1.0), part(-1.0)])
            }
            (Term::Exp { a, w, b }, Term::Exp { a: c, w: v, b: d }) => {
                Some(vec![Term::Exp { a: a * c, w: sum(w, v, 1.0), b: b + d }])
            }
            (Term::Affine { w, b }, Term::Affine { w: v, b: d }) if !same(&scaled(w).0, &scaled(v).0) => {
                // Scaled to like sizes first, so that neither square is much larger than the product.
                let balance = (size(w) / size(v)).sqrt();
                let mut part = |sign: f64| {
                    let v: Vec<f64> = v.iter().map(|v| v * balance).collect();
                    let form = Term::Affine { w: sum(w, &v, sign), b: b + sign * d * balance };
                    let (w, inner) = self.along_one(std::slice::from_ref(&form))?;
                    let two = self.number(2.0);
                    let node = self.push(Node::Binary(Binary::Pow, inner, two));
                    Some(self.scale(&Term::Other { w, node }, 0.25 * sign / balance))
                };
                Some(vec![part(1.0)?, part(-1.0)?])
            }
            (x, y) => self.together(Binary::Mul, std::slice::from_ref(x), std::slice::from_ref(y)),
        }
    }

    /// A multiple of a term.
    fn scale(&mut self, term: &Term, factor: f64) -> Term {
        match term.clone() {
            Term::Affine { w, b } => Term::Affine { w: w.iter().map(|w| w * factor).collect(), b: b * factor },
            Term::Wave { a, w, b } => Term::Wave { a: a * factor, w, b },
            Term::Exp { a, w, b } => Term::Exp { a: a * factor, w, b },
            Term::Other { w, node } => {
                let factor = self.number(factor);
                Term::Other { w, node: self.push(Node::Binary(Binary::Mul, factor, node)) }
            }
        }
    }

    /// The one direction of some terms, and their sum along it.
    fn along_one(&mut self, terms: &[Term]) -> Option<(Vec<f64>, NodeId)> {
        let (w, _) = terms.iter().map(|term| scaled(term.direction())).find(|(_, s)| *s != 0.0)?;
        let sum = self.along(&w, terms)?;
        Some((w, sum))
    }

    /// The sum of some terms as a function of `t = w . x`, if they are.
    fn along(&mut self, w: &[f64], terms: &[Term]) -> Option<NodeId> {
        let mut sum: Option<NodeId> = None;
        for term in terms {
            let (own, factor) = scaled(term.direction());
            if factor != 0.0 && !same(&own, w) {
                return None;
            }
            let node = match term {
                Term::Affine { b, .. } => self.line(factor, *b),
                Term::Wave { a, b, .. } => self.of_line(Unary::Cos, *a, factor, *b),
                Term::Exp { a, b, .. } => self.of_line(Unary::Exp, *a, factor, *b),
                Term::Other { node, .. } => *node,
            };
            sum = Some(sum.map_or(node, |sum| self.push(Node::Binary(Binary::Add, sum, node))));
        }
        sum
    }

    fn of_line(&mut self, op: Unary, a: f64, factor: f64, b: f64) -> NodeId {
        let line = self.line(factor, b);
        let value = self.push(Node::Unary(op, line));
        let a = self.number(a);
        self.push(Node::Binary(Binary::Mul, a, value))
    }

    /// `factor t + b`.
    fn line(&mut self, factor: f64, b: f64) -> NodeId {
        let b = self.number(b);
        if factor == 0.0 {
            return b;
        }
        let (t, factor) = (self.push(Node::Input(0)), self.number(factor));
        let product = self.push(Node::Binary(Binary::Mul, factor, t));
        self.push(Node::Binary(Binary::Add, product, b))
    }

    fn number(&mut self, value: f64) -> NodeId {
        // The shortest decimal of a finite binary64 is a literal; anything else is no number that a fit could use.
        let Ok(literal) = format!("{:?}", value.abs()).parse::<Decimal>() else {
            self.broken = true;
            return self.push(Node::Input(0));
        };
        let node = self.push(Node::Literal(literal));
        if value < 0.0 { self.push(Node::Unary(Unary::Neg, node)) } else { node }
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.builder.push(node, 0..0)
    }

    /// Groups by direction. What is affine goes along with other directions where they span its own.
    fn ridges(&mut self, terms: Vec<Term>) -> Option<(f64, Vec<Ridge>)> {
        let mut constant = 0.0;
        let mut slope = vec![0.0; self.inputs];
        let mut groups: Vec<(Vec<f64>, Vec<Term>)> = Vec::new();
        for term in terms {
            match &term {
                Term::Affine { w, b } => {
                    constant += b;
                    slope.iter_mut().zip(w).for_each(|(sum, w)| *sum += w);
                }
                _ => {
                    let (w, factor) = scaled(term.direction());
                    if factor == 0.0 {
                        return None; // a constant in disguise
                    }
                    match groups.iter_mut().find(|(other, _)| same(other, &w)) {
                        Some((_, list)) => list.push(term),
                        None => groups.push((w, vec![term])),
                    }
                }
            }
        }
        for (direction, factor) in self.spread(&slope, &groups) {
            let term = Term::Affine { w: direction.iter().map(|w| w * factor).collect(), b: 0.0 };
            match groups.iter_mut().find(|(other, _)| same(other, &direction)) {
                Some((_, list)) => list.push(term),
                None => groups.push((direction, vec![term])),
            }
        }
        let mut ridges = Vec::new();
        for (direction, terms) in groups {
            let root = self.along(&direction, &terms)?;
            ridges.push(Ridge { g: self.builder.finish(root), direction });
        }
        (constant.is_finite() && !self.broken).then_some((constant, ridges))
    }

    /// A slope as a combination of directions in use, or else as a direction of its own.
    fn spread(&self, slope: &[f64], groups: &[(Vec<f64>, Vec<Term>)]) -> Vec<(Vec<f64>, f64)> {
        let (own, factor) = scaled(slope);
        if factor == 0.0 {
            return Vec::new();
        }
        if let Some((direction, _)) = groups.iter().find(|(other, _)| same(other, &own)) {
            return vec![(direction.clone(), factor)];
        }
        let columns: Vec<Vec<f64>> = groups.iter().map(|(direction, _)| direction.clone()).collect();
        let factors = Factors::new(columns.clone(), slope.to_vec(), 1e-6);
        let solution = factors.solution(factors.rank(), |v| v);
        let off = |k: usize| slope[k] - columns.iter().zip(&solution).map(|(c, s)| c[k] * s).sum::<f64>();
        match (0..slope.len()).all(|k| off(k).abs() <= SAME * factor.abs()) {
            true => columns.into_iter().zip(solution).filter(|(_, s)| *s != 0.0).collect(),
            false => vec![(own, factor)],
        }
    }
}

impl Term {
    fn direction(&self) -> &[f64] {
        match self {
            Term::Affine { w, .. } | Term::Wave { w, .. } | Term::Exp { w, .. } | Term::Other { w, .. } => w,
        }
    }
}

/// Affine terms added up.
fn merged(terms: Vec<Term>) -> Vec<Term> {
    let mut affine: Option<(Vec<f64>, f64)> = None;
    let mut rest = Vec::new();
    for term in terms {
        match term {
            Term::Affine { w, b } => {
                affine = Some(match affine {
                    None => (w, b),
                    Some((v, c)) => (v.iter().zip(&w).map(|(v, w)| v + w).collect(), b + c),
                });
            }
            other => rest.push(other),
        }
    }
    let trivial = |(w, b): &(Vec<f64>, f64)| *b == 0.0 && w.iter().all(|w| *w == 0.0);
    if let Some((w, b)) = affine.filter(|affine| rest.is_empty() || !trivial(affine)) {
        rest.insert(0, Term::Affine { w, b });
    }
    rest
}

/// A direction whose first largest component is 1, and the factor to the one given.
fn scaled(w: &[f64]) -> (Vec<f64>, f64) {
    let largest = w.iter().fold(0.0f64, |best, w| if w.abs() > best.abs() * (1.0 + SAME) { *w } else { best });
    match largest == 0.0 {
        true => (w.to_vec(), 0.0),
        false => (w.iter().map(|w| w / largest).collect(), largest),
    }
}

fn size(w: &[f64]) -> f64 {
    w.iter().fold(0.0, |largest, w| largest.max(w.abs()))
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= SAME)
}

/// The range of `direction . x` over a box.
pub fn range(direction: &[f64], inputs: &[Input]) -> (f64, f64) {
    direction.iter().zip(inputs).fold((0.0, 0.0), |(low, high), (w, i)| {
        let ends = (w * i.lo, w * i.hi);
        (low + ends.0.min(ends.1), high + ends.0.max(ends.1))
    })
}
