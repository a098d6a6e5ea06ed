//! The operators and functions of the expression language, each with its name and meaning.

/// A named constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Constant {
    /// Archimedes' constant, 3.14159...
    Pi,
    /// Euler's number, 2.71828...
    E,
    /// `2 pi`.
    Tau,
}

/// A function of one argument (unary minus among them).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)] // each variant is the function of that name; `Unary::meaning` documents them
pub enum Unary {
    Neg,
    Sqrt,
    Cbrt,
    Exp,
    Exp2,
    ExpM1,
    Ln,
    Ln1p,
    Log2,
    Log10,
    Abs,
    Sign,
    Floor,
    Ceil,
    Round,
    Trunc,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Erf,
    Sigmoid,
    Softplus,
    Sinc,
    Step,
}

/// An operator or function of two arguments. `min` and `max` of more arguments fold from the left.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // each variant is the operator of that name
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
    Hypot,
    Atan2,
}

/// A comparison, in the condition of `if` only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // the mathematical relation of that name
pub enum Comparison {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}

impl Constant {
    /// Every constant.
    pub const ALL: [Constant; 3] = [Constant::Pi, Constant::E, Constant::Tau];

    /// As it is written in an expression.
    pub fn name(self) -> &'static str {
        match self {
            Constant::Pi => "pi",
            Constant::E => "e",
            Constant::Tau => "tau",
        }
    }
}

impl Unary {
    /// Every function of one argument, unary minus first.
    pub const ALL: [Unary; 33] = {
        use Unary::*;
        [
            Neg, Sqrt, Cbrt, Exp, Exp2, ExpM1, Ln, Ln1p, Log2, Log10, Abs, Sign, Floor, Ceil, Round, Trunc, Sin, Cos,
            Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh, Asinh, Acosh, Atanh, Erf, Sigmoid, Softplus, Sinc, Step,
        ]
    };

    /// As it is written in an expression (`-` for unary minus).
    pub fn name(self) -> &'static str {
        self.describe().0
    }

    /// The definition where it is not a textbook function.
    pub fn meaning(self) -> &'static str {
        self.describe().1
    }

    fn describe(self) -> (&'static str, &'static str) {
        match self {
            Unary::Neg => ("-", "the opposite"),
            Unary::Sqrt => ("sqrt", "square root, of numbers >= 0"),
            Unary::Cbrt => ("cbrt", "cube root, of every number"),
            Unary::Exp => ("exp", "e^x"),
            Unary::Exp2 => ("exp2", "2^x"),
            Unary::ExpM1 => ("expm1", "e^x - 1"),
            Unary::Ln => ("ln", "natural logarithm, of numbers > 0"),
            Unary::Ln1p => ("log1p", "ln(1 + x)"),
            Unary::Log2 => ("log2", "logarithm in base 2"),
            Unary::Log10 => ("log10", "logarithm in base 10"),
            Unary::Abs => ("abs", "absolute value"),
            Unary::Sign => ("sign", "-1, 0 or 1; sign(0) = 0"),
            Unary::Floor => ("floor", "largest integer <= x"),
            Unary::Ceil => ("ceil", "smallest integer >= x"),
            Unary::Round => ("round", "nearest integer, halves away from 0"),
            Unary::Trunc => ("trunc", "integer part"),
            Unary::Sin => ("sin", "sine, radians"),
            Unary::Cos => ("cos", "cosine, radians"),
            Unary::Tan => ("tan", "tangent, radians"),
            Unary::Asin => ("asin", "inverse sine, of [-1, 1]"),
            Unary::Acos => ("acos", "inverse cosine, of [-1, 1]"),
            Unary::Atan => ("atan", "inverse tangent"),
            Unary::Sinh => ("sinh", "hyperbolic sine"),
            Unary::Cosh => ("cosh", "hyperbolic cosine"),
            Unary::Tanh => ("tanh", "hyperbolic tangent"),
            Unary::Asinh => ("asinh", "inverse hyperbolic sine"),
            Unary::Acosh => ("acosh", "inverse hyperbolic cosine, of numbers >= 1"),
            Unary::Atanh => ("atanh", "inverse hyperbolic tangent, of (-1, 1)"),
            Unary::Erf => ("erf", "error function 2/sqrt(pi) * integral of exp(-t^2) from 0 to x"),
            Unary::Sigmoid => ("sigmoid", "1/(1 + e^-x)"),
            Unary::Softplus => ("softplus", "ln(1 + e^x)"),
            Unary::Sinc => ("sinc", "sin(x)/x, sinc(0) = 1"),
            Unary::Step => ("step", "0 for x < 0, 1 for x >= 0"),
        }
    }
}

impl Binary {
    /// Every operator and function of two arguments.
    pub const ALL: [Binary; 9] = {
        use Binary::*;
        [Add, Sub, Mul, Div, Pow, Min, Max, Hypot, Atan2]
    };

    /// As it is written in an expression.
    pub fn name(self) -> &'static str {
        match self {
            Binary::Add => "+",
            Binary::Sub => "-",
            Binary::Mul => "*",
            Binary::Div => "/",
            Binary::Pow => "^",
            Binary::Min => "min",
            Binary::Max => "max",
            Binary::Hypot => "hypot",
            Binary::Atan2 => "atan2",
        }
    }
}

impl Comparison {
    /// Every comparison.
    pub const ALL: [Comparison; 6] = {
        use Comparison::*;
        [Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual]
    };

    /// As it is written in the condition of `if`.
    pub fn name(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterEqual => ">=",
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
        }
    }

    /// The relation that holds between two numbers where this one does not.
    pub fn contrary(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::GreaterEqual,
            Comparison::LessEqual => Comparison::Greater,
            Comparison::Greater => Comparison::LessEqual,
            Comparison::GreaterEqual => Comparison::Less,
            Comparison::Equal => Comparison::NotEqual,
            Comparison::NotEqual => Comparison::Equal,
        }
    }

    /// Whether the relation holds between two numbers; nothing but `!=` holds for a NaN.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Comparison::Less => left < right,
            Comparison::LessEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterEqual => left >= right,
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
        }
    }
}
