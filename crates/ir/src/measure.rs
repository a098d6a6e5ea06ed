//! Measures of error: in which sense a network is near its target.
//!
//! Each is the largest `w |N - f|` over the domain for a positive weight `w`, an expression of the inputs; the error that is
//! usual, in the target's unit, is that for `w = 1`.

use bumpnet_interval::{Binary, Unary};
use serde::{Deserialize, Serialize};

use crate::diagnostic::Span;
use crate::evaluation::Precision;
use crate::expr::build::ExprBuilder;
use crate::expr::{Expr, Node, NodeId, sexpr};

/// What an error is measured by.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Measure {
    /// `|N - f| / |f|`.
    Relative,
    /// `|N - f| / (absolute + relative |f|)`, which is to be 1 at most: NumPy's `allclose`.
    Mixed {
        /// The part of the target's magnitude that is allowed.
        relative: f64,
        /// What is allowed besides, in the target's unit.
        absolute: f64,
    },
    /// `w |N - f|` for an expression of the inputs, as an s-expression.
    Weight(String),
    /// `|N - f|` in units of the last place that the target's value has in a precision: of numbers between `2^e` and
    /// `2^(e+1)`, the first included, that is `2^(e-52)` in binary64 and `2^(e-23)` in binary32; below the normal numbers it
    /// is the least positive one. (Muller et al., *Handbook of Floating-Point Arithmetic*, 2nd edition, 2.3.2, Goldberg's.)
    Ulps(Precision),
}

impl Measure {
    /// The weight for a target.
    ///
    /// # Errors
    /// A weight that is no s-expression of the target's inputs.
    pub fn weight(&self, target: &Expr) -> Result<Expr, String> {
        if let Measure::Weight(text) = self {
            return sexpr::parse(text, target.inputs().to_vec()).map_err(|(_, message)| message);
        }
        let (builder, f) = ExprBuilder::extend(target);
        let mut terms = Terms { span: target.span(f), builder };
        let size = terms.unary(Unary::Abs, f);
        let root = match *self {
            Measure::Mixed { relative, absolute } => {
                let (one, relative, absolute) = (terms.number(1.0), terms.number(relative), terms.number(absolute));
                let part = terms.binary(Binary::Mul, relative, size);
                let allowed = terms.binary(Binary::Add, absolute, part);
                terms.binary(Binary::Div, one, allowed)
            }
            Measure::Ulps(precision) => {
                let (bits, least) = match precision {
                    Precision::F64 => (52.0, -1022.0),
                    Precision::F32 => (23.0, -126.0),
                };
                let (tiny, bits, least) = (terms.number(f64::MIN_POSITIVE), terms.number(bits), terms.number(least));
                let size = terms.binary(Binary::Max, size, tiny);
                let exponent = terms.unary(Unary::Log2, size);
                let exponent = terms.unary(Unary::Floor, exponent);
                let exponent = terms.binary(Binary::Max, exponent, least);
                let places = terms.binary(Binary::Sub, bits, exponent);
                terms.unary(Unary::Exp2, places)
            }
            _ => {
                let one = terms.number(1.0);
                terms.binary(Binary::Div, one, size)
            }
        };
        Ok(terms.builder.finish(root))
    }

    /// What an error in this measure is called before its number, as in `relative error`.
    pub fn name(&self) -> String {
        match self {
            Measure::Relative => "relative error".to_owned(),
            Measure::Mixed { relative, absolute } => format!("error over {absolute:?} + {relative:?} |target|"),
            Measure::Weight(text) => format!("error times {}", infix(text)),
            Measure::Ulps(precision) => format!("error in ulps of {}", precision.format()),
        }
    }

    /// As it stands in a spec, with the error that is asked for: `{relative: 0.0001}`.
    pub fn in_spec(&self, error: f64) -> String {
        match self {
            Measure::Relative => format!("{{relative: {error:?}}}"),
            Measure::Mixed { relative, absolute } => format!("{{relative: {relative:?}, absolute: {absolute:?}}}"),
            Measure::Weight(text) => format!("{{weight: \"{}\", at_most: {error:?}}}", infix(text)),
            Measure::Ulps(precision) => format!("{{ulps: {error:?}, of: {}}}", precision.name()),
        }
    }
}

/// A weight as people write it; its inputs are whatever names it has.
fn infix(text: &str) -> String {
    let names = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let mut inputs: Vec<String> = Vec::new();
    for name in names.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')) {
        if !inputs.iter().any(|known| known == name) {
            inputs.push(name.to_owned());
        }
    }
    sexpr::parse(text, inputs).map_or_else(|_| text.to_owned(), |expr| expr.to_string())
}

/// An expression under construction, all of whose nodes stand for one place.
struct Terms {
    builder: ExprBuilder,
    span: Span,
}

impl Terms {
    fn push(&mut self, node: Node) -> NodeId {
        self.builder.push(node, self.span.clone())
    }

    fn unary(&mut self, f: Unary, a: NodeId) -> NodeId {
        self.push(Node::Unary(f, a))
    }

    fn binary(&mut self, f: Binary, a: NodeId, b: NodeId) -> NodeId {
        self.push(Node::Binary(f, a, b))
    }

    /// A finite number, as the shortest decimal that is read as it.
    fn number(&mut self, value: f64) -> NodeId {
        let literal = |value: f64| format!("{:?}", value.abs()).parse().ok().map(Node::Literal);
        let node = literal(value).or_else(|| literal(0.0)).unwrap_or(Node::Input(0));
        let magnitude = self.push(node);
        if value < 0.0 { self.unary(Unary::Neg, magnitude) } else { magnitude }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_what_the_measures_say() {
        let f = sexpr::parse("(* 3 x)", vec!["x".into()]).unwrap();
        let at = |measure: &Measure, x: f64| measure.weight(&f).unwrap().eval::<f64>(&[x]);
        assert_eq!(at(&Measure::Relative, -0.5), 1.0 / 1.5);
        assert_eq!(at(&Measure::Mixed { relative: 0.5, absolute: 0.25 }, 0.5), 1.0);
        assert_eq!(at(&Measure::Weight("(exp x)".into()), 0.0), 1.0);
        let power = |exponent: u64| f64::from_bits((1023 + exponent) << 52);
        for (x, exponent) in [(1.0, 22), (0.25, 24), (-10.0, 19), (0.0, 149), (1e-39, 149)] {
            assert_eq!(at(&Measure::Ulps(Precision::F32), x), power(exponent), "{x}");
        }
        assert_eq!(at(&Measure::Ulps(Precision::F64), 0.5), power(52));
    }

    #[test]
    fn words() {
        let weight = Measure::Weight("(/ 1 (+ 0.1 (^ x 2)))".into());
        assert_eq!(weight.in_spec(1e-3), "{weight: \"1/(0.1+x^2)\", at_most: 0.001}");
        assert_eq!(Measure::Relative.in_spec(1e-4), "{relative: 0.0001}");
        for measure in [
            weight,
            Measure::Relative,
            Measure::Mixed { relative: 1e-6, absolute: 1e-9 },
            Measure::Ulps(Precision::F32),
        ] {
            let text = serde_json::to_string(&measure).unwrap();
            assert_eq!(serde_json::from_str::<Measure>(&text).unwrap(), measure, "{text}");
        }
    }
}
