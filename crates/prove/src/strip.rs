//! Is the target analytic on a strip around its domain, and how wide a strip?
//!
//! The upper half of the strip, `[lo, hi] x [0, height]`, is covered by boxes on each of which the [complex
//! scalar](bumpnet_interval::complex) proves the target analytic and bounded. Boxes that touch continue the same function,
//! those on the real axis continue the target, and the lower half is the mirror image, `f(conj z) = conj f(z)`. So there is
//! one analytic function on the strip that is the target on the domain, and evaluation at complex points gives its values.

use bumpnet_interval::{Binary, Comparison, Complex, Interval, Quality, Real, Unary};
use bumpnet_ir::{Diagnostic, Expr, Node, NodeId, Span};

/// Boxes that are tried before a target is given up. Heuristic: a strip is as long as thousands of its heights, with
/// something to go around at each, and still done in tens of milliseconds.
const MOST_BOXES: usize = 10_000;

/// A box is not divided further when both sides are this small a part of the height. Heuristic: so a strip that ends
/// 1/1000 of its height below a pole is accepted.
const SMALLEST: f64 = 1.0 / (1u64 << 14) as f64;

/// The heights that [`analytic_height`] tries are `2^(-1/4)` apart; this is the number of steps to the last, `2^-32`.
const HEIGHTS: u32 = 128;

/// `2^(-k/4)`
const QUARTERS: [f64; 4] = [1.0, 0.840_896_415_253_714_5, std::f64::consts::FRAC_1_SQRT_2, 0.594_603_557_501_360_5];

/// What stands in the way of a strip.
#[derive(Clone, PartialEq, Debug)]
pub struct Obstacle {
    /// What the target may have there.
    pub problem: String,
    /// Where, along the domain.
    pub from: f64,
    /// To where.
    pub to: f64,
    /// How far from the domain, at least; 0 if it may be on it.
    pub nearest: f64,
    /// How far at most.
    pub farthest: f64,
    /// The place in the text of the sub-expression that has it.
    pub span: Span,
}

impl Obstacle {
    /// As a diagnostic, for an input of this name.
    pub fn diagnose(&self, input: &str) -> Diagnostic {
        let place = match self.from == self.to {
            true => format!("{input} = {:?}", self.from),
            false => format!("{input} in [{:?}, {:?}]", self.from, self.to),
        };
        let place = match self.nearest == 0.0 {
            true => format!("near {place}"),
            false => format!("in the complex plane, within {:?} of {place}", three_digits_up(self.farthest)),
        };
        Diagnostic::new(self.span.clone(), format!("the target {} {place}", self.problem)).label("this part")
    }
}

/// A positive number rounded up to three digits, or at least to one that is not below it.
fn three_digits_up(x: f64) -> f64 {
    let rounded = |x: f64| format!("{x:.2e}").parse().unwrap_or(x);
    // Half a unit of the third digit is at least 0.05 % and at most 0.5 %.
    [rounded(x), rounded(x * 1.005)].into_iter().find(|y| *y >= x).unwrap_or(x)
}

/// A box in the closed upper half plane.
#[derive(Clone, Copy, Debug)]
struct Area {
    x: (f64, f64),
    y: (f64, f64),
}

impl Area {
    fn number(&self) -> Complex<Interval> {
        let side = |(lo, hi)| Interval::new(lo, hi).unwrap_or(Interval::NOWHERE);
        Complex::new(side(self.x), side(self.y))
    }

    /// The halves to the left and right, or below and above; `None` if both sides are small.
    fn divide(&self, smallest: f64) -> Option<[Area; 2]> {
        let (width, height) = (self.x.1 - self.x.0, self.y.1 - self.y.0);
        if width <= smallest && height <= smallest {
            return None;
        }
        let halve = |(lo, hi): (f64, f64)| {
            let middle = lo + 0.5 * (hi - lo);
            (lo < middle && middle < hi).then_some([(lo, middle), (middle, hi)])
        };
        match width > height {
            true => halve(self.x).map(|halves| halves.map(|x| Area { x, ..*self })),
            false => halve(self.y).map(|halves| halves.map(|y| Area { y, ..*self })),
        }
    }
}

/// Proves that a target of one input is analytic and bounded for real parts from `lo` to `hi` and imaginary parts of
/// magnitude at most `height`, on more than a single point.
///
/// # Errors
/// What is in the way, or cannot be told from something that is, in the first box (of those that were tried) that is too
/// small to be divided.
pub fn analytic(target: &Expr, lo: f64, hi: f64, height: f64) -> Result<(), Obstacle> {
    cover(target, lo, hi, height).1
}

/// A height up to which a target of one input is [proved analytic](analytic) over `[lo, hi]`: at most `most`, and at least
/// `2^-32` of it, or else 0. If the boxes do not fail earlier, the widest strip that there is is wider by less than
/// `2^(1/4)`.
pub fn analytic_height(target: &Expr, lo: f64, hi: f64, most: f64) -> f64 {
    let height = |k: u32| most * QUARTERS[(k % 4) as usize] / (1u64 << (k / 4)) as f64;
    let proved = |k: u32| analytic(target, lo, hi, height(k)).is_ok();
    if proved(0) {
        return most;
    } else if !proved(HEIGHTS) {
        return 0.0;
    }
    let (mut fails, mut holds) = (0, HEIGHTS);
    while holds - fails > 1 {
        let middle = (fails + holds) / 2;
        *(if proved(middle) { &mut holds } else { &mut fails }) = middle;
    }
    height(holds)
}

/// The number of boxes that were tried, and whether they cover the strip.
fn cover(target: &Expr, lo: f64, hi: f64, height: f64) -> (usize, Result<(), Obstacle>) {
    let mut stack = vec![Area { x: (lo, hi), y: (0.0, height) }];
    let mut tried = 0;
    while let Some(area) = stack.pop() {
        tried += 1;
        if is_good(&target.eval(&[area.number()])) {
            continue;
        }
        match area.divide(SMALLEST * height) {
            // The one at the left and below is next.
            Some([first, second]) if tried < MOST_BOXES => stack.extend([second, first]),
            _ => return (tried, Err(blame(target, &area))),
        }
    }
    (tried, Ok(()))
}

fn is_good(value: &Complex<Interval>) -> bool {
    value.is_analytic() && value.is_bounded()
}

/// From the root down to the node that spoils the value on the box.
fn blame(target: &Expr, area: &Area) -> Obstacle {
    let values = target.eval_nodes(&[area.number()]);
    let mut id = target.root();
    while let Some(child) = spoilt_by(target.node(id), &values) {
        id = child;
    }
    let problem = match target.node(id) {
        _ if values[id.index()].is_analytic() => "may overflow",
        Node::Binary(Binary::Div, ..) => "may have a pole",
        Node::Unary(Unary::Tan | Unary::Tanh | Unary::Sigmoid, _) => "may have a pole",
        Node::Binary(Binary::Pow, ..) => "may have a pole or a branch point",
        Node::If { .. } | Node::Binary(Binary::Min | Binary::Max, ..) => "may go over to another formula",
        Node::Unary(
            Unary::Abs | Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc | Unary::Step,
            _,
        ) => "may go over to another formula",
        _ => "may have a branch point",
    };
    Obstacle {
        problem: problem.to_owned(),
        from: area.x.0,
        to: area.x.1,
        nearest: area.y.0,
        farthest: area.y.1,
        span: target.span(id),
    }
}

/// The child because of which a node's value is bad; `None` if it is so by itself.
fn spoilt_by(node: &Node, values: &[Complex<Interval>]) -> Option<NodeId> {
    let is_bad = |id: &NodeId| !is_good(&values[id.index()]);
    // Of what is compared it matters that it may be undefined; then only the side that is chosen counts.
    let choose = |op, [left, right]: [NodeId; 2], [then, otherwise]: [NodeId; 2]| {
        let undefined = |id: &NodeId| values[id.index()].re.quality() <= Quality::Partial;
        let decided = Real::decide(op, &values[left.index()].re, &values[right.index()].re);
        let chosen = decided.map(|holds| if holds { then } else { otherwise }).filter(is_bad);
        [left, right].into_iter().find(undefined).or(chosen)
    };
    match *node {
        Node::If { op, left, right, then, otherwise } => choose(op, [left, right], [then, otherwise]),
        Node::Binary(Binary::Min, a, b) => choose(Comparison::Less, [a, b], [a, b]),
        Node::Binary(Binary::Max, a, b) => choose(Comparison::Greater, [a, b], [a, b]),
        _ => node.children().find(is_bad),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expr(text: &str) -> Expr {
        bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap()
    }

    #[test]
    fn few_boxes_are_needed() {
        let article = expr("0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)");
        for (target, lo, hi, height, most) in [
            (&article, 0.0, 1.0, 5.0, 1),
            (&expr("1/(1+25*x^2)"), -1.0, 1.0, 0.19, 300),
            (&expr("1/(1+25*x^2)"), -1.0, 1.0, 0.21, 200),
            (&expr("abs(x-0.3)"), 0.0, 1.0, 0.1, 60),
            (&expr("exp(-x^2)*sqrt(x+0.1)"), 0.0, 1.0, 1.0, 10),
            (&expr("sigmoid(20*(x-0.5))"), 0.0, 1.0, 0.15, 100),
        ] {
            let tried = cover(target, lo, hi, height).0;
            assert!(tried <= most, "{target} at {height}: {tried} boxes");
        }
    }

    #[test]
    fn never_more_boxes_than_the_cap() {
        let (tried, covered) = cover(&expr("1/(2+sin(x)+(x-x))"), 0.0, 1e9, 1.0);
        // Those that wait at the end may still be good.
        assert!(tried <= MOST_BOXES + 100 && covered.is_err(), "{tried}");
    }
}
