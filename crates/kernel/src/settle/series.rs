//! Taylor series of functions at numbers that are known exactly, with coefficients that are: how far they vanish.

use bumpnet_interval::{Binary, Constant, Unary};
use bumpnet_ir::{Expr, Node, NodeId};

use crate::graph::cut;

use super::exact::{Atom, Exact, MINUS_ONE, MOST_FACTORS, Ratio};

/// Coefficients of the variable's series. Heuristic.
const LENGTH: usize = 13;

/// The first coefficients, as many as are known.
#[derive(Clone, Debug)]
pub struct ExactSeries(Vec<Exact>);

impl ExactSeries {
    /// That of a function of one variable at a number; `None` where no exact form of it is known.
    pub fn of(function: &Expr, at: &Exact) -> Option<ExactSeries> {
        let mut variable = ExactSeries::constant(at.clone());
        variable.0[1] = Exact::whole(1);
        ExactSeries::along(function, &variable)
    }

    /// The value of a function of one variable.
    pub fn value_at(function: &Expr, at: &Exact) -> Option<Exact> {
        let quotient = function.nodes().iter().any(|node| matches!(node, Node::Quotient(..)));
        let series = match quotient {
            true => ExactSeries::of(function, at)?,
            false => ExactSeries::along(function, &ExactSeries(vec![at.clone()]))?,
        };
        series.0.into_iter().next()
    }

    /// A constant sub-expression.
    pub fn value(expr: &Expr, id: NodeId) -> Option<Exact> {
        ExactSeries::value_at(&cut(expr, id, expr.root()).filter(|_| id != expr.root())?, &Exact::whole(0))
    }

    /// That of a function of another series.
    fn along(function: &Expr, variable: &ExactSeries) -> Option<ExactSeries> {
        let mut known: Vec<ExactSeries> = Vec::with_capacity(function.nodes().len());
        let constant =
            |value: Exact| ExactSeries(ExactSeries::constant(value).0.into_iter().take(variable.0.len()).collect());
        for node in function.nodes() {
            let next = match node {
                Node::Input(_) => variable.clone(),
                Node::Literal(decimal) => constant(Exact::ratio(Ratio::literal(decimal)?)),
                Node::Constant(named) => constant(self::named(*named)?),
                Node::Unary(op, a) => known[a.index()].unary(*op)?,
                Node::Binary(op, a, b) => known[a.index()].binary(*op, &known[b.index()])?,
                Node::Quotient(quotient, a) => {
                    let [top, bottom] = quotient.parts().map(|part| ExactSeries::along(part, &known[a.index()]));
                    let (top, bottom) = (top?, bottom?);
                    let order = bottom.order()?;
                    top.shifted(order)?.binary(Binary::Div, &bottom.shifted(order)?)?
                }
                Node::If { .. } => return None,
            };
            known.push(next);
        }
        known.pop()
    }

    /// How many of the first coefficients are certainly zero, if the next one is known.
    pub fn order(&self) -> Option<usize> {
        self.0.iter().position(|c| !c.is_zero())
    }

    /// Whether so many of the first coefficients are certainly zero.
    pub fn vanishes(&self, order: usize) -> bool {
        self.0.get(..order).is_some_and(|first| first.iter().all(Exact::is_zero))
    }

    fn constant(value: Exact) -> ExactSeries {
        let mut all = vec![Exact::whole(0); LENGTH];
        all[0] = value;
        ExactSeries(all)
    }

    /// Divided by a power of the variable, before which all is zero.
    fn shifted(&self, places: usize) -> Option<ExactSeries> {
        (self.vanishes(places) && self.0.len() > places).then(|| ExactSeries(self.0[places..].to_vec()))
    }

    fn plus(&self, factor: i128, other: &ExactSeries) -> Option<ExactSeries> {
        let factor = Ratio { top: factor, bottom: 1 };
        self.0.iter().zip(&other.0).map(|(a, b)| a.plus(factor, b)).collect::<Option<_>>().map(ExactSeries)
    }

    fn times(&self, other: &ExactSeries) -> Option<ExactSeries> {
        let length = self.0.len().min(other.0.len());
        (0..length).map(|k| dot(&self.0[..=k], &other.0[..=k])).collect::<Option<_>>().map(ExactSeries)
    }

    fn over(&self, other: &ExactSeries) -> Option<ExactSeries> {
        self.times(&other.power(MINUS_ONE)?)
    }

    /// The series with this value whose derivative is `self' outer`.
    fn integral(&self, value: Exact, outer: &ExactSeries) -> Option<ExactSeries> {
        let next = (1..self.0.len().min(outer.0.len() + 1)).map(|k| self.next(&outer.0, k));
        std::iter::once(Some(value)).chain(next).collect::<Option<_>>().map(ExactSeries)
    }

    /// The coefficient `k` of a series whose derivative is `self'` times another, of which those before are known.
    fn next(&self, outer: &[Exact], k: usize) -> Option<Exact> {
        (1..=k).try_fold(Exact::whole(0), |sum, j| {
            let term = self.0[j].times(outer.get(k - j)?)?;
            sum.plus(Ratio::new(j as i128, k as i128)?, &term)
        })
    }

    fn exp(&self) -> Option<ExactSeries> {
        let mut y = vec![self.0[0].exp()?];
        for k in 1..self.0.len() {
            y.push(self.next(&y, k)?);
        }
        Some(ExactSeries(y))
    }

    fn ln(&self) -> Option<ExactSeries> {
        self.integral(self.0[0].ln()?, &self.power(MINUS_ONE)?)
    }

    /// From `u y' = exponent u' y`.
    fn power(&self, exponent: Ratio) -> Option<ExactSeries> {
        if exponent.bottom == 1 && (0..=MOST_FACTORS).contains(&exponent.top) {
            return (0..exponent.top).try_fold(ExactSeries::constant(Exact::whole(1)), |power, _| power.times(self));
        }
        let inverse = self.0[0].inverse()?;
        let mut y = vec![self.0[0].power(exponent)?];
        for k in 1..self.0.len() {
            let sum = (1..=k).try_fold(Exact::whole(0), |sum, j| {
                let part = Ratio::new(j as i128, k as i128)?;
                let factor = exponent.times(part)?.plus(part)?.plus(MINUS_ONE)?;
                sum.plus(factor, &self.0[j].times(&y[k - j])?)
            });
            y.push(sum?.times(&inverse)?);
        }
        Some(ExactSeries(y))
    }

    /// `sin`, and the same a quarter of a turn on: `cos`.
    fn circular(&self) -> Option<[ExactSeries; 2]> {
        let quarter = Exact::atom(Atom::Pi).times(&Exact::ratio(Ratio { top: 1, bottom: 2 }))?;
        let value = &self.0[0];
        // Even, so of a number and its opposite alike.
        let negative = value.terms().next().is_some_and(|(_, factor)| factor.top < 0);
        let sign = Ratio { top: if negative { 1 } else { -1 }, bottom: 1 };
        let (mut sine, mut cosine) = (vec![value.sin()?], vec![quarter.plus(sign, value)?.sin()?]);
        for k in 1..self.0.len() {
            let (next, less) = (self.next(&cosine, k)?, self.next(&sine, k)?);
            sine.push(next);
            cosine.push(Exact::whole(0).plus(MINUS_ONE, &less)?);
        }
        Some([ExactSeries(sine), ExactSeries(cosine)])
    }

    fn unary(&self, op: Unary) -> Option<ExactSeries> {
        let whole = |n: i128| ExactSeries::constant(Exact::whole(n));
        let half = Ratio { top: 1, bottom: 2 };
        let value = |op: Unary| if self.0[0].is_zero() { Some(Exact::whole(0)) } else { self.0[0].value(op) };
        let base = |n: i128| Exact::whole(n).ln().map(ExactSeries::constant);
        let hyperbolic = |sign: i128| self.exp()?.plus(sign, &whole(0).plus(-1, self)?.exp()?)?.over(&whole(2));
        match op {
            Unary::Neg => whole(0).plus(-1, self),
            Unary::Exp => self.exp(),
            Unary::Exp2 => self.times(&base(2)?)?.exp(),
            Unary::ExpM1 => self.exp()?.plus(-1, &whole(1)),
            Unary::Ln => self.ln(),
            Unary::Ln1p => self.plus(1, &whole(1))?.ln(),
            Unary::Log2 => self.ln()?.over(&base(2)?),
            Unary::Log10 => self.ln()?.over(&base(10)?),
            Unary::Sqrt => self.power(half),
            Unary::Cbrt => self.power(Ratio { top: 1, bottom: 3 }),
            Unary::Sin => self.circular().map(|[sine, _]| sine),
            Unary::Cos => self.circular().map(|[_, cosine]| cosine),
            Unary::Tan => self.circular().and_then(|[sine, cosine]| sine.over(&cosine)),
            Unary::Sinh => hyperbolic(-1),
            Unary::Cosh => hyperbolic(1),
            Unary::Tanh => hyperbolic(-1)?.over(&hyperbolic(1)?),
            Unary::Atan => self.integral(value(op)?, &whole(1).over(&self.times(self)?.plus(1, &whole(1))?)?),
            Unary::Asin => {
                self.integral(value(op)?, &whole(1).over(&whole(1).plus(-1, &self.times(self)?)?.power(half)?)?)
            }
            Unary::Asinh => {
                self.integral(value(op)?, &whole(1).over(&self.times(self)?.plus(1, &whole(1))?.power(half)?)?)
            }
            Unary::Atanh => self.integral(value(op)?, &whole(1).over(&whole(1).plus(-1, &self.times(self)?)?)?),
            _ => None,
        }
    }

    fn binary(&self, op: Binary, other: &ExactSeries) -> Option<ExactSeries> {
        match op {
            Binary::Add => self.plus(1, other),
            Binary::Sub => self.plus(-1, other),
            Binary::Mul => self.times(other),
            Binary::Div => self.over(other),
            Binary::Pow => match other.0[1..].iter().all(Exact::is_zero).then(|| other.0[0].as_ratio()).flatten() {
                Some(exponent) => self.power(exponent),
                None => self.ln()?.times(other)?.exp(),
            },
            _ => None,
        }
    }
}

/// A named constant.
pub fn named(constant: Constant) -> Option<Exact> {
    match constant {
        Constant::Pi => Some(Exact::atom(Atom::Pi)),
        Constant::Tau => Exact::atom(Atom::Pi).times(&Exact::whole(2)),
        Constant::E => Exact::whole(1).exp(),
    }
}

/// `sum_i a_i b_{n-1-i}`.
fn dot(a: &[Exact], b: &[Exact]) -> Option<Exact> {
    let mut pairs = a.iter().zip(b.iter().rev());
    pairs.try_fold(Exact::whole(0), |sum, (a, b)| sum.plus(Ratio::ONE, &a.times(b)?))
}
