//! Quotients whose two parts vanish together, such as `sin(x)/x` at 0: the continuous function that they are everywhere.
//!
//! Where `f` and `g` and their derivatives before the order m are zero at `c`, `f(x) = (x - c)^m F(x)` and
//! `g(x) = (x - c)^m G(x)`, and the Taylor coefficients of `F` and `G` are those of `f` and `g`, m places on
//! ([`Jet::shifted`]). So around `c` the quotient is a Taylor polynomial of `F/G` with Lagrange's remainder. That the parts
//! vanish is for the caller to prove.
//!
//! A point that is no matter of the quotient's, because an `if` has another value for it, can be left out instead.

use std::hash::{Hash, Hasher};

use bumpnet_interval::jet::MAX_ORDER;
use bumpnet_interval::{Binary, Interval, Jet, Quality, Scalar};

use super::{Around, DivisorZero, Expr, Quotient};

/// Orders of the remainder that are tried; quotients in the parts have an order of their own. No derivative beyond is known.
const ORDERS: [usize; 4] = [16, 12, 8, 4];
/// Highest order of a zero that is left out. Heuristic.
const MOST: usize = 4;
/// Cells that are tried before it is given up that a function has one zero only. Heuristic.
const MOST_CELLS: usize = 1000;
/// What a remainder may be of the value at the zero: less than half a unit in the last place.
const NEGLIGIBLE: f64 = 1.0 / (1u64 << 54) as f64;

impl Quotient {
    /// A quotient whose parts vanish together, with their derivatives before some order, at a number in each of these
    /// intervals, and are proved to be smooth within some radius of at most `reach` of each; `None` where that is not proved.
    pub fn removable(top: Expr, bottom: Expr, at: &[(Interval, usize)], reach: f64) -> Option<Quotient> {
        let places = at.iter().map(|(at, order)| place(&top, &bottom, *at, *order, reach)).collect::<Option<_>>()?;
        Some(Quotient { top, bottom, places })
    }

    /// What is divided, and by what.
    pub fn parts(&self) -> [&Expr; 2] {
        [&self.top, &self.bottom]
    }

    /// Whether it is analytic at all the places.
    pub fn is_removable(&self) -> bool {
        self.places.iter().all(|place| matches!(place.around, Around::Polynomial { .. }))
    }

    /// A quotient that nobody asks for at some numbers, which are proved to be the only zeros of the bottom in `range`; `None`
    /// where that is not proved.
    pub fn without(top: Expr, bottom: Expr, at: &[f64], range: Interval) -> Option<Quotient> {
        let places =
            at.iter().map(|at| DivisorZero { at: Interval::point(*at), around: Around::LeftOut { range } }).collect();
        no_other_zeros(&bottom, at, range).then_some(Quotient { top, bottom, places })
    }

    /// The value, at the places too.
    pub(super) fn eval<T: Scalar>(&self, t: &T) -> T {
        self.around(t).unwrap_or_else(|| self.direct(t))
    }

    fn direct<T: Scalar>(&self, t: &T) -> T {
        let t = std::slice::from_ref(t);
        T::binary(Binary::Div, &self.top.eval(t), &self.bottom.eval(t))
    }

    /// The value near one of the places.
    fn around<T: Scalar>(&self, t: &T) -> Option<T> {
        let (lo, hi) = t.bounds()?;
        let place = self.places.iter().find(|place| place.covers(lo, hi))?;
        match &place.around {
            Around::LeftOut { .. } => {
                let over = [Interval::new(lo, hi)?];
                let parts = [&self.top, &self.bottom].map(|part| part.eval(&over).quality());
                parts.iter().all(|quality| *quality >= Quality::Defined).then(|| self.direct(t).defined())
            }
            Around::Polynomial { coefficients, .. } if t.order() >= coefficients.len() => None,
            Around::Polynomial { coefficients, .. } => {
                let constant = |c: &Interval| T::between(c.lo(), c.hi());
                let d = T::binary(Binary::Sub, t, &constant(&place.at)?);
                let (last, rest) = coefficients.split_last()?;
                rest.iter().rev().try_fold(constant(last)?, |sum, c| {
                    Some(T::binary(Binary::Add, &T::binary(Binary::Mul, &sum, &d), &constant(c)?))
                })
            }
        }
    }
}

impl DivisorZero {
    fn covers(&self, lo: f64, hi: f64) -> bool {
        match self.around {
            Around::LeftOut { range } => {
                lo <= self.at.lo() && self.at.hi() <= hi && range.lo() <= lo && hi <= range.hi()
            }
            // A little less, for the rounding of the two sums.
            Around::Polynomial { radius, .. } => {
                let radius = radius * 0.99;
                self.at.hi() - radius <= lo && hi <= self.at.lo() + radius
            }
        }
    }
}

/// The place's polynomial, with a remainder of the highest order that is known of both parts.
fn place(top: &Expr, bottom: &Expr, at: Interval, order: usize, reach: f64) -> Option<DivisorZero> {
    let most = MAX_ORDER.checked_sub(order)?;
    ORDERS.iter().find_map(|last| polynomial(top, bottom, at, (order, (*last).min(most)), reach))
}

/// The same for one order, on the widest of some intervals where the remainder is negligible.
fn polynomial(top: &Expr, bottom: &Expr, at: Interval, orders: (usize, usize), reach: f64) -> Option<DivisorZero> {
    let centre = shifted_quotient(top, bottom, at, orders)?;
    let (value, last) = (centre.value().magnitude().get(), orders.1);
    for k in 0..40 {
        let radius = reach / (1u64 << k) as f64;
        let Some(ball) = Interval::new(at.lo() - radius, at.hi() + radius) else { continue };
        let Some(over) = shifted_quotient(top, bottom, ball, orders) else { continue };
        let rest = over.coefficient(last);
        // Where the value at the place is zero, the first coefficients tell what is negligible.
        let power = |exponent: usize| (0..exponent).fold(1.0, |power, _| power * radius);
        let scale = (0..4).map(|j| centre.coefficient(j).magnitude().get() * power(j)).fold(value, f64::max);
        if rest.is_bounded() && rest.magnitude().get() * power(last) <= NEGLIGIBLE * scale {
            let coefficients = (0..last).map(|j| centre.coefficient(j)).chain([rest]).collect::<Vec<_>>();
            let known = coefficients.iter().all(Interval::is_bounded);
            return known.then_some(DivisorZero { at, around: Around::Polynomial { radius, coefficients } });
        }
    }
    None
}

/// The quotient's Taylor coefficients over an interval that holds the zero, of this order; and up to which.
fn shifted_quotient(top: &Expr, bottom: &Expr, over: Interval, orders: (usize, usize)) -> Option<Jet<Interval>> {
    let (order, last) = orders;
    let jets = [top, bottom].map(|part| part.eval(&[Jet::variable(over, last + order)]));
    let continuous = jets.iter().all(|jet| jet.value().quality() == Quality::Continuous);
    let [top, bottom] = jets.map(|jet| jet.shifted(order));
    (continuous && bottom.value().mignitude() > 0.0).then(|| Jet::binary(Binary::Div, &top, &bottom))
}

/// Whether a function is proved to have no zeros in a range but these.
fn no_other_zeros(function: &Expr, at: &[f64], range: Interval) -> bool {
    let order_at = |at: &f64| {
        let jet = function.eval(&[Jet::variable(Interval::point(*at), MOST)]);
        let order = (1..=MOST).find(|k| jet.coefficient(*k) != Interval::ZERO)?;
        (0..order).all(|k| jet.coefficient(k) == Interval::ZERO).then_some(order)
    };
    let Some(orders) = at.iter().map(order_at).collect::<Option<Vec<_>>>() else { return false };
    // Around one of them the shifted function has no zero; elsewhere the function itself.
    let is_good = |cell: Interval| {
        let inside: Vec<usize> = (0..at.len()).filter(|k| cell.contains(at[*k])).collect();
        match inside[..] {
            [] => function.eval::<Interval>(&[cell]).mignitude() > 0.0,
            [k] => {
                let jet = function.eval(&[Jet::variable(cell, orders[k])]);
                jet.value().quality() == Quality::Continuous && jet.shifted(orders[k]).value().mignitude() > 0.0
            }
            _ => false,
        }
    };
    let mut stack = vec![range];
    let mut tried = 0;
    while let Some(cell) = stack.pop() {
        tried += 1;
        if is_good(cell) {
            continue;
        }
        let (low, high) = cell.split();
        if tried > MOST_CELLS || low == cell || high == cell {
            return false;
        }
        stack.extend([high, low]);
    }
    true
}

impl Eq for Quotient {}

impl Hash for Quotient {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.top.nodes().hash(state);
        self.bottom.nodes().hash(state);
        self.places.iter().for_each(|place| place.at.lo().to_bits().hash(state));
    }
}
