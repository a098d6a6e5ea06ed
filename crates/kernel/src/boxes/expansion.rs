//! Taylor models in several variables: on a box, a polynomial and a bound of what it leaves out.
//!
//! A box with centre `c` and radii `r` has the variables `t_i = (x_i - c_i)/r_i` in [-1, 1]. A [`TaylorModel`] of a function
//! says two things of every point of the box at which the function is defined: its value is within `rest` of that of the
//! polynomial, for some coefficients in the coefficients' sets, the same for all points; and it lies in `range`, whose
//! quality says whether the function is defined and continuous (M. Berz and K. Makino, *Verified integration of ODEs and
//! flows using differential algebraic methods on high-order Taylor models*, Reliable Computing 4, 1998).
//!
//! What a product has beyond the order goes into `rest`. A function of one variable is its own Taylor polynomial at the
//! polynomial's constant term, with Lagrange's remainder over the range.

use bumpnet_interval::jet::MAX_ORDER;
use bumpnet_interval::{
    Binary, Comparison, Constant, Decimal, Interval, Jet, Quality, Real, Scalar, Unary, UpperBound,
};
use bumpnet_ir::Activation;

use super::monomials::Monomials;
use super::product::{Plain, horner, product, total};
use crate::fault::{Fault, active};
use crate::poly::Number;

/// A function on a box.
#[derive(Clone, Debug)]
pub struct TaylorModel<'t, T> {
    /// The variables; `None` for a constant.
    table: Option<&'t Monomials>,
    /// All coefficients up to some degree, in the table's order; those beyond are zero.
    pub c: Vec<T>,
    /// How far the function may be from the polynomial.
    pub rest: UpperBound,
    /// Values it can have, and how well it is defined.
    pub range: Interval,
}

/// A function of one input on a box.
#[derive(Clone, Debug)]
pub struct AxisModel<'t, T> {
    table: &'t Monomials,
    /// Which input.
    pub axis: usize,
    /// The coefficients of its polynomial, to some orders beyond the table's.
    pub c: Vec<T>,
    rest: UpperBound,
    range: Interval,
}

/// A function of one variable.
#[derive(Clone, Copy, Debug)]
pub enum Outer {
    /// One of the language.
    Unary(Unary),
    /// `1/z`.
    Reciprocal,
    /// `z^r`.
    Power(Interval),
    /// One of a unit.
    Activation(Activation),
}

impl Outer {
    /// Its Taylor coefficients at a number.
    fn series<T: Number>(&self, at: T, order: usize) -> Jet<T> {
        let z = Jet::variable(at, order);
        match *self {
            Outer::Unary(op) => Jet::unary(op, &z),
            Outer::Reciprocal => Jet::binary(Binary::Div, &Jet::point(1.0), &z),
            Outer::Power(r) => Jet::binary(Binary::Pow, &z, &Jet::constant(T::from(r))),
            Outer::Activation(activation) => activation.apply(&z),
        }
    }
}

impl<'t, T: Number> TaylorModel<'t, T> {
    /// A number.
    pub fn constant(value: T) -> Self {
        let range: Interval = value.into();
        TaylorModel { table: None, c: vec![value], rest: UpperBound::ZERO, range }
    }

    /// `centre + radius t` for a variable, known to lie in `range`.
    pub fn variable(table: &'t Monomials, axis: usize, (centre, radius): (f64, f64), range: Interval) -> Self {
        let mut c = vec![T::point(0.0); table.count[1.min(table.order)]];
        c[0] = T::point(centre);
        c[1 + axis] = T::point(radius);
        TaylorModel { table: Some(table), c, rest: UpperBound::ZERO, range }
    }

    /// A function of which only the range is known.
    pub fn of_range(range: Interval) -> Self {
        let middle = range.midpoint();
        let known = range.quality() != Quality::Nowhere && range.is_bounded();
        let (c, rest) = match known {
            true => (T::point(middle), (range - Interval::point(middle)).magnitude()),
            false => (T::point(0.0), UpperBound::INFINITE),
        };
        TaylorModel { table: None, c: vec![c], rest, range }
    }

    /// Its variables, unless it is a constant.
    pub fn table(&self) -> Option<&'t Monomials> {
        self.table
    }

    /// A bound of the magnitudes of the coefficients of each degree together.
    fn by_degree(&self) -> Vec<UpperBound> {
        let Some(table) = self.table else { return vec![self.c[0].magnitude()] };
        let part = |degree: usize| {
            let from = if degree == 0 { 0 } else { table.count[degree - 1] };
            total(self.c.get(from..table.count[degree].min(self.c.len())).unwrap_or(&[]))
        };
        (0..=table.order).map(part).collect()
    }

    /// How far the function may be from its value at the centre: the polynomial's terms but the first, and the rest.
    pub fn deviation(&self) -> UpperBound {
        total(&self.c[1..]) + self.rest
    }

    /// Makes use of what the polynomial and the range say of each other.
    pub fn settle(mut self) -> Self {
        if self.range.quality() == Quality::Nowhere {
            return TaylorModel::of_range(self.range);
        }
        let first: Interval = self.c[0].into();
        let around = first + Interval::symmetric(self.deviation());
        if around.quality() != Quality::Nowhere
            && let Some(both) = self.range.intersection(&around)
        {
            self.range = Interval::new(both.lo(), both.hi()).unwrap_or(both).demoted(self.range.quality());
        }
        // Where the polynomial knows less than the range, the range is all there is.
        let useless = !(self.rest.get() < 0.5 * self.range.width().get() || self.rest == UpperBound::ZERO);
        if useless { TaylorModel::of_range(self.range) } else { self }
    }

    /// Adds `factor * other`.
    pub fn add_scaled(&mut self, factor: T, other: &TaylorModel<'t, T>) {
        self.table = self.table.or(other.table);
        if other.c.len() > self.c.len() {
            self.c.resize(other.c.len(), T::point(0.0));
        }
        for (c, o) in self.c.iter_mut().zip(&other.c) {
            if o.as_point() != Some(0.0) {
                *c = *c + factor * *o;
            }
        }
        self.rest = self.rest + factor.magnitude() * other.rest;
        let factor: Interval = factor.into();
        self.range = self.range + factor * other.range;
    }

    /// The product, up to a total degree.
    fn product(&self, other: &TaylorModel<'t, T>, range: Interval, degree: usize) -> Self {
        let Some(table) = self.table.or(other.table) else {
            let rest = self.rest * (other.c[0].magnitude() + other.rest) + other.rest * self.c[0].magnitude();
            return TaylorModel { table: None, c: vec![self.c[0] * other.c[0]], rest, range };
        };
        let (a, b) = (self.by_degree(), other.by_degree());
        let top = |sums: &[UpperBound]| sums.iter().rposition(|s| s.get() > 0.0).unwrap_or(0);
        let degree = degree.min(top(&a) + top(&b));
        let sum = |sums: &[UpperBound]| sums.iter().copied().sum::<UpperBound>();
        let (c, off) = product(table, (&self.c, sum(&a)), (&other.c, sum(&b)), degree);
        let mut rest = self.rest * (sum(&b) + other.rest) + other.rest * sum(&a) + off;
        if !active(Fault::TruncationDropped) {
            for (i, a) in a.iter().enumerate() {
                let beyond = (degree + 1).saturating_sub(i).min(b.len());
                rest = rest + *a * sum(&b[beyond..]);
            }
        }
        TaylorModel { table: Some(table), c, rest, range }
    }

    /// The product.
    pub fn times(&self, other: &TaylorModel<'t, T>) -> Self {
        let order = self.table.or(other.table).map_or(0, |table| table.order);
        self.product(other, self.range * other.range, order).settle()
    }

    /// A function of this one; terms that are smaller than `negligible` are not worth their work.
    pub fn through(&self, outer: &Outer, negligible: f64) -> Self {
        // The values, and the polynomial's constant term, about which the function is expanded.
        let first: Interval = self.c[0].into();
        let (lo, hi) = (self.range.lo().min(first.lo()), self.range.hi().max(first.hi()));
        let known = self.range.quality() != Quality::Nowhere && first.quality() != Quality::Nowhere;
        let Some(inside) = Interval::new(lo, hi).filter(|_| known) else {
            return TaylorModel::of_range(self.range);
        };
        if !inside.is_bounded() {
            let value = outer.series(inside, 0).value();
            return TaylorModel::of_range(value.demoted(self.range.quality()));
        }
        let order = self.table.map_or(0, |table| table.order);
        let over = outer.series(inside, order + 1);
        let range = over.value().demoted(self.range.quality());
        if over.value().quality() != Quality::Continuous {
            return TaylorModel::of_range(range);
        }
        let reach = self.deviation();
        let mut power = UpperBound::ONE;
        let mut best = (UpperBound::INFINITE, 0);
        for k in 0..=order {
            power = power * reach;
            let next = over.coefficient(k + 1);
            let remainder = if next.is_bounded() { next.magnitude() * power } else { UpperBound::INFINITE };
            if remainder < best.0 {
                best = (remainder, k);
            }
            if remainder.get() <= negligible {
                break;
            }
        }
        let (remainder, top) = best;
        if !remainder.is_finite() {
            return TaylorModel::of_range(range);
        }
        let series = outer.series(self.c[0], top);
        let at: Interval = series.value().into();
        if at.quality() != Quality::Continuous {
            return TaylorModel::of_range(range);
        }
        let mut result = match self.table {
            Some(table) if self.rest == UpperBound::ZERO && self.c.len() <= table.count[1.min(order)] => {
                self.of_line(table, &series, top)
            }
            _ => self.by_horner(&series, top),
        };
        if !active(Fault::RemainderDropped) {
            result.rest = result.rest + remainder;
        }
        result.range = range;
        result.settle()
    }

    /// A function of a form that varies along one axis only, to so many orders beyond the table's. Sums of many such
    /// functions cancel in those orders too.
    pub fn along(&self, axis: usize, outer: &Outer, further: usize) -> Option<AxisModel<'t, T>> {
        let table = self.table?;
        let inside = Interval::new(self.range.lo(), self.range.hi()).filter(Interval::is_bounded)?;
        let last = (table.order + further).min(MAX_ORDER - 1);
        let over = outer.series(inside, last + 1);
        let next = over.coefficient(last + 1);
        if over.value().quality() != Quality::Continuous || !next.is_bounded() {
            return None;
        }
        let series = outer.series(self.c[0], last);
        let slope = self.c.get(1 + axis).copied().unwrap_or(T::point(0.0));
        let mut c = Vec::with_capacity(last + 1);
        let (mut power, mut reach) = (T::point(1.0), UpperBound::ONE);
        for k in 0..=last {
            c.push(series.coefficient(k) * power);
            power = power * slope;
            reach = reach * slope.magnitude();
        }
        let rest = if active(Fault::RemainderDropped) { UpperBound::ZERO } else { next.magnitude() * reach };
        let range = over.value().demoted(self.range.quality());
        Some(AxisModel { table, axis, c, rest, range })
    }

    /// Adds `factor * line`, but for the line's coefficients.
    pub fn add_beside(&mut self, factor: T, line: &AxisModel<'t, T>) {
        self.table = self.table.or(Some(line.table));
        self.rest = self.rest + factor.magnitude() * line.rest;
        let factor: Interval = factor.into();
        self.range = self.range + factor * line.range;
    }

    /// Adds the coefficients along an axis of a sum of lines; those beyond the table's order are bounded.
    pub fn add_along(&mut self, axis: usize, sum: &[T]) {
        let Some(table) = self.table.filter(|_| !sum.is_empty()) else { return };
        let places = &table.lines[axis][0];
        self.c.resize(table.len(), T::point(0.0));
        for (c, place) in sum.iter().zip(places) {
            self.c[*place] = self.c[*place] + *c;
        }
        if !active(Fault::TruncationDropped) {
            self.rest = self.rest + total(sum.get(places.len()..).unwrap_or(&[]));
        }
    }

    /// `sum_k g_k d^k` for a linear `d`: the multinomial theorem.
    fn of_line(&self, table: &'t Monomials, series: &Jet<T>, top: usize) -> Self {
        let mut power = vec![T::point(1.0); table.count[top]];
        let mut c = vec![series.value(); table.count[top]];
        for k in 1..c.len() {
            let (parent, axis) = table.parent[k];
            let slope = self.c.get(1 + axis).copied().unwrap_or(T::point(0.0));
            // A product with zero is zero, exactly, and most weights are zero where each unit looks at one input.
            if slope.as_point() == Some(0.0) || power[parent].as_point() == Some(0.0) {
                (power[k], c[k]) = (T::point(0.0), T::point(0.0));
                continue;
            }
            power[k] = power[parent] * slope;
            c[k] = series.coefficient(table.degree[k]) * (T::point(table.multinomial[k]) * power[k]);
        }
        TaylorModel { table: Some(table), c, rest: UpperBound::ZERO, range: Interval::ZERO }
    }

    /// `sum_k g_k d^k` by Horner's scheme; `d` has no constant term, so what is multiplied k times more is needed to
    /// the order less k only.
    fn by_horner(&self, series: &Jet<T>, top: usize) -> Self {
        if let Some(result) = self.table.and_then(|table| self.by_plain_horner(table, series, top)) {
            return result;
        }
        let order = self.table.map_or(0, |table| table.order);
        let mut d = self.clone();
        d.c[0] = T::point(0.0);
        let mut sum = TaylorModel::constant(series.coefficient(top));
        for k in (0..top).rev() {
            sum = sum.product(&d, Interval::ZERO, order - k);
            sum.c[0] = sum.c[0] + series.coefficient(k);
        }
        sum
    }

    /// The same in plain arithmetic; `None` where the coefficients are better known, or something overflows.
    fn by_plain_horner(&self, table: &'t Monomials, series: &Jet<T>, top: usize) -> Option<Self> {
        let mut d = Plain::new(&self.c, self.rest)?;
        d.c[0] = 0.0;
        let series: Vec<(f64, UpperBound)> = (0..=top).map(|k| series.coefficient(k).ball()).collect::<Option<_>>()?;
        let Plain { c, off } = horner(table, &d, &series)?;
        let c = c.into_iter().map(T::point).collect();
        Some(TaylorModel { table: Some(table), c, rest: off, range: Interval::ZERO })
    }

    /// With intervals for coefficients.
    pub fn interval(&self) -> TaylorModel<'t, Interval> {
        let c = self.c.iter().map(|c| (*c).into()).collect();
        TaylorModel { table: self.table, c, rest: self.rest, range: self.range }
    }

    /// Whether a relation holds between this and another on the whole box.
    fn decide(op: Comparison, left: &Self, right: &Self) -> Option<bool> {
        <Interval as Real>::decide(op, &left.range, &right.range).or_else(|| {
            let mut difference = left.clone();
            difference.add_scaled(T::point(-1.0), right);
            <Interval as Real>::decide(op, &difference.settle().range, &Interval::ZERO)
        })
    }

    /// The same with a quality of at most another's.
    fn limited(mut self, quality: Quality) -> Self {
        self.range = self.range.demoted(quality);
        self
    }

    /// The angle of `(x, y)`, where it is known in which half-plane without the cut the box lies.
    fn angle(y: &Self, x: &Self, range: Interval) -> Self {
        let positive = |z: &Self| z.range.lo() > 0.0;
        let turn = |sign: f64| TaylorModel::constant(T::constant(Constant::Pi) * T::point(0.5 * sign));
        let atan = |a: &Self, b: &Self| Self::binary(Binary::Div, a, b).through(&Outer::Unary(Unary::Atan), 0.0);
        let result = if positive(x) {
            atan(y, x)
        } else if positive(y) {
            Self::binary(Binary::Sub, &turn(1.0), &atan(x, y))
        } else if y.range.hi() < 0.0 {
            Self::binary(Binary::Sub, &turn(-1.0), &atan(x, y))
        } else {
            return TaylorModel::of_range(range);
        };
        TaylorModel { range: range.intersection(&result.range).unwrap_or(range), ..result }.settle()
    }

    fn power(base: &Self, exponent: &Self) -> Self {
        let natural = Interval::binary(Binary::Pow, &base.range, &exponent.range);
        if exponent.table.is_none() && exponent.rest == UpperBound::ZERO {
            let r: Interval = exponent.c[0].into();
            if r.as_point() == Some(2.0) {
                return base.product(base, base.range.square(), base.table.map_or(0, |t| t.order)).settle();
            }
            return base.through(&Outer::Power(r), 0.0);
        }
        if base.range.lo() > 0.0 {
            let log = base.through(&Outer::Unary(Unary::Ln), 0.0);
            let result = exponent.times(&log).through(&Outer::Unary(Unary::Exp), 0.0);
            return TaylorModel { range: natural, ..result }.settle();
        }
        TaylorModel::of_range(natural)
    }
}

impl<T: Number> Scalar for TaylorModel<'_, T> {
    fn literal(decimal: &Decimal) -> Self {
        TaylorModel { range: Interval::literal(decimal), ..TaylorModel::constant(T::literal(decimal)) }
    }

    fn point(value: f64) -> Self {
        TaylorModel::constant(T::point(value))
    }

    fn constant(constant: Constant) -> Self {
        TaylorModel::constant(T::constant(constant))
    }

    fn unary(op: Unary, a: &Self) -> Self {
        match op {
            Unary::Neg => {
                let mut result = a.clone();
                result.c.iter_mut().for_each(|c| *c = T::point(0.0) - *c);
                result.range = -result.range;
                result
            }
            Unary::Abs if a.range.lo() > 0.0 => a.clone(),
            Unary::Abs if a.range.hi() < 0.0 => Self::unary(Unary::Neg, a),
            _ => a.through(&Outer::Unary(op), 0.0),
        }
    }

    fn binary(op: Binary, a: &Self, b: &Self) -> Self {
        let natural = |op| Interval::binary(op, &a.range, &b.range);
        match op {
            Binary::Add | Binary::Sub => {
                let mut sum = a.clone();
                sum.add_scaled(T::point(if op == Binary::Add { 1.0 } else { -1.0 }), b);
                sum.range = natural(op);
                sum.settle()
            }
            Binary::Mul => a.times(b),
            Binary::Div => {
                let range = natural(op);
                let inverse = b.through(&Outer::Reciprocal, 0.0);
                TaylorModel { range, ..a.times(&inverse) }.settle()
            }
            Binary::Pow => Self::power(a, b),
            Binary::Min | Binary::Max => {
                let (low, high) = if op == Binary::Max { (b, a) } else { (a, b) };
                let quality = a.range.quality().min(b.range.quality());
                match Self::decide(Comparison::GreaterEqual, high, low) {
                    Some(true) => a.clone().limited(quality),
                    Some(false) => b.clone().limited(quality),
                    None => TaylorModel::of_range(natural(op)),
                }
            }
            Binary::Hypot => {
                let sum = Self::binary(Binary::Add, &a.times(a), &b.times(b));
                TaylorModel { range: natural(op), ..sum.through(&Outer::Unary(Unary::Sqrt), 0.0) }.settle()
            }
            Binary::Atan2 => Self::angle(a, b, natural(op)),
        }
    }

    fn select(op: Comparison, left: &Self, right: &Self, then: &Self, otherwise: &Self) -> Self {
        let quality = left.range.quality().min(right.range.quality());
        match Self::decide(op, left, right) {
            _ if quality < Quality::Defined => Self::of_range(then.range.hull(&otherwise.range).demoted(quality)),
            Some(true) => then.clone().limited(quality),
            Some(false) => otherwise.clone().limited(quality),
            None => Self::of_range(then.range.hull(&otherwise.range).demoted(quality.min(Quality::Defined))),
        }
    }

    fn between(lo: f64, hi: f64) -> Option<Self> {
        Interval::new(lo, hi).map(|value| TaylorModel::constant(T::from(value)))
    }

    fn bounds(&self) -> Option<(f64, f64)> {
        self.range.bounds()
    }

    fn defined(self) -> Self {
        Self::of_range(self.range.defined())
    }
}
