//! Double-double arithmetic: a number as the sum of two binary64, about 31 decimal digits. It shares nothing with the
//! intervals of the product, so that a mistake there is not made here too.
//!
//! Sums and products: Knuth 1969, Dekker 1971. Functions: reduction and Taylor series, or one correction step from a
//! binary64 guess, which doubles its digits. Good to about 1e-29 of the result or of the largest intermediate.

use std::ops::{Add, Div, Mul, Neg, Sub};

use bumpnet_interval::{Binary, Comparison, Constant, Decimal, Scalar, Unary, elementary};

/// `hi + lo`, with `|lo|` at most half an ulp of `hi`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Dd {
    pub hi: f64,
    pub lo: f64,
}

pub const PI: Dd = Dd { hi: std::f64::consts::PI, lo: 1.224_646_799_147_353_2e-16 };
const LN_2: Dd = Dd { hi: std::f64::consts::LN_2, lo: 2.319_046_813_846_299_6e-17 };
/// pi to a third part.
const PI_3: f64 = -2.994_769_809_718_339_7e-33;

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let part = s - a;
    (s, (a - (s - part)) + (b - part))
}

fn split(a: f64) -> (f64, f64) {
    let c = 134_217_729.0 * a; // 2^27 + 1
    let high = c - (c - a);
    (high, a - high)
}

fn two_product(a: f64, b: f64) -> (f64, f64) {
    let p = a * b;
    let ((a1, a2), (b1, b2)) = (split(a), split(b));
    (p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2)
}

impl From<f64> for Dd {
    fn from(hi: f64) -> Dd {
        Dd { hi, lo: 0.0 }
    }
}

impl Add for Dd {
    type Output = Dd;
    fn add(self, other: Dd) -> Dd {
        let (s, e) = two_sum(self.hi, other.hi);
        let (t, f) = two_sum(self.lo, other.lo);
        let (s, e) = two_sum(s, e + t);
        let (hi, lo) = two_sum(s, e + f);
        Dd { hi, lo }
    }
}

impl Neg for Dd {
    type Output = Dd;
    fn neg(self) -> Dd {
        Dd { hi: -self.hi, lo: -self.lo }
    }
}

impl Sub for Dd {
    type Output = Dd;
    fn sub(self, other: Dd) -> Dd {
        self + -other
    }
}

impl Mul for Dd {
    type Output = Dd;
    fn mul(self, other: Dd) -> Dd {
        let (p, e) = two_product(self.hi, other.hi);
        let (hi, lo) = two_sum(p, e + (self.hi * other.lo + self.lo * other.hi));
        Dd { hi, lo }
    }
}

impl Div for Dd {
    type Output = Dd;
    fn div(self, other: Dd) -> Dd {
        let first = self.hi / other.hi;
        let rest = self - other * Dd::from(first);
        let second = rest.hi / other.hi;
        let rest = rest - other * Dd::from(second);
        Dd::from(first) + Dd::from(second) + Dd::from(rest.hi / other.hi)
    }
}

impl Dd {
    pub const ZERO: Dd = Dd { hi: 0.0, lo: 0.0 };
    pub const ONE: Dd = Dd { hi: 1.0, lo: 0.0 };
    const NAN: Dd = Dd { hi: f64::NAN, lo: f64::NAN };

    pub fn is_nan(self) -> bool {
        self.hi.is_nan() || self.lo.is_nan()
    }

    pub fn abs(self) -> Dd {
        if self < Dd::ZERO { -self } else { self }
    }

    fn half(self) -> Dd {
        Dd { hi: 0.5 * self.hi, lo: 0.5 * self.lo }
    }

    pub fn floor(self) -> Dd {
        let whole = self.hi.floor();
        let low = if whole == self.hi { self.lo.floor() } else { 0.0 };
        Dd::from(whole) + Dd::from(low)
    }

    pub fn sqrt(self) -> Dd {
        if self == Dd::ZERO {
            return self;
        }
        let guess = Dd::from(self.hi.sqrt());
        guess + (self - guess * guess) / (guess + guess)
    }

    pub fn exp(self) -> Dd {
        if self.hi > 709.0 {
            return Dd::from(f64::INFINITY);
        }
        if self.hi < -700.0 {
            return Dd::ZERO;
        }
        let k = (self.hi / LN_2.hi).round();
        let r = self - LN_2 * Dd::from(k);
        // exp(r) - 1 of r/256 by Taylor's series, doubled eight times: (1+e)^2 - 1 = e (2 + e) keeps its digits.
        let r = Dd { hi: r.hi / 256.0, lo: r.lo / 256.0 };
        let mut term = r;
        let mut sum = r;
        for n in 2..=11 {
            term = term * r / Dd::from(f64::from(n));
            sum = sum + term;
        }
        for _ in 0..8 {
            sum = sum * (sum + Dd::from(2.0));
        }
        let value = sum + Dd::ONE;
        let (a, b) = (k.div_euclid(2.0), k - k.div_euclid(2.0));
        let power = |k: f64| f64::from_bits(((k as i64 + 1023) as u64) << 52);
        Dd { hi: value.hi * power(a) * power(b), lo: value.lo * power(a) * power(b) }
    }

    pub fn ln(self) -> Dd {
        if !(self > Dd::ZERO) {
            return Dd::NAN;
        }
        let mut y = Dd::from(elementary::unary(Unary::Ln, self.hi));
        for _ in 0..2 {
            y = y + (self * (-y).exp() - Dd::ONE);
        }
        y
    }

    pub fn sin_cos(self) -> (Dd, Dd) {
        let quarter = PI.half();
        let k = (self.hi / quarter.hi).round();
        let (high, low) = two_product(k, quarter.hi);
        let r = self - Dd { hi: high, lo: low } - Dd::from(k) * Dd::from(quarter.lo) - Dd::from(k * PI_3 / 2.0);
        let square = r * r;
        let series = |first: Dd, from: i32| {
            let (mut term, mut sum) = (first, first);
            for n in 0..14 {
                let n = f64::from(from + 2 * n);
                term = -(term * square) / Dd::from(n * (n + 1.0));
                sum = sum + term;
            }
            sum
        };
        let (sin, cos) = (series(r, 2), series(Dd::ONE, 1));
        match k.rem_euclid(4.0) as u8 {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        }
    }

    pub fn atan(self) -> Dd {
        let guess = Dd::from(elementary::unary(Unary::Atan, self.hi));
        let (sin, cos) = guess.sin_cos();
        // The tangent of what is missing, which is about 1e-16, so that its cube does not count.
        guess + (self * cos - sin) / (cos + self * sin)
    }

    pub fn tanh(self) -> Dd {
        if self.hi.abs() > 40.0 {
            return Dd::from(self.hi.signum());
        }
        let e = (self + self).exp();
        (e - Dd::ONE) / (e + Dd::ONE)
    }

    pub fn sigmoid(self) -> Dd {
        if self.hi < 0.0 {
            let e = self.exp();
            return e / (Dd::ONE + e);
        }
        Dd::ONE / (Dd::ONE + (-self).exp())
    }

    /// By the series of positive terms `2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!`.
    pub fn erf(self) -> Dd {
        if self.hi.abs() > 9.0 {
            return Dd::from(self.hi.signum());
        }
        let square = self * self;
        let (mut term, mut sum) = (self, self);
        for n in 1..600 {
            term = term * square * Dd::from(2.0) / Dd::from(f64::from(2 * n + 1));
            sum = sum + term;
            if term.hi.abs() <= 1e-34 * sum.hi.abs() {
                break;
            }
        }
        sum * Dd::from(2.0) / PI.sqrt() * (-square).exp()
    }

    /// By repeated squaring, for whole exponents.
    fn power(self, n: i64) -> Dd {
        let (mut base, mut result, mut left) = (self, Dd::ONE, n.unsigned_abs());
        while left > 0 {
            if left & 1 == 1 {
                result = result * base;
            }
            base = base * base;
            left >>= 1;
        }
        if n < 0 { Dd::ONE / result } else { result }
    }

    /// `-1` where negative, and so on.
    fn sign(self) -> Dd {
        Dd::from(if self > Dd::ZERO {
            1.0
        } else if self < Dd::ZERO {
            -1.0
        } else {
            0.0
        })
    }
}

impl Scalar for Dd {
    fn literal(decimal: &Decimal) -> Dd {
        let (digits, exponent) = decimal.parts();
        let ten = Dd::from(10.0);
        let whole = digits.bytes().fold(Dd::ZERO, |n, d| n * ten + Dd::from(f64::from(d - b'0')));
        // In two steps, so that 10^-320 is no obstacle.
        let (a, b) = (i64::from(exponent) / 2, i64::from(exponent) - i64::from(exponent) / 2);
        let scaled = |n: Dd, e: i64| if e < 0 { n / ten.power(-e) } else { n * ten.power(e) };
        scaled(scaled(whole, a), b)
    }

    fn point(value: f64) -> Dd {
        Dd::from(value)
    }

    fn constant(constant: Constant) -> Dd {
        match constant {
            Constant::Pi => PI,
            Constant::Tau => PI + PI,
            Constant::E => Dd::ONE.exp(),
        }
    }

    fn unary(op: Unary, a: &Dd) -> Dd {
        let (a, one) = (*a, Dd::ONE);
        match op {
            Unary::Neg => -a,
            Unary::Sqrt if a < Dd::ZERO => Dd::NAN,
            Unary::Sqrt => a.sqrt(),
            Unary::Cbrt if a == Dd::ZERO => a,
            Unary::Cbrt => a.sign() * (a.abs().ln() / Dd::from(3.0)).exp(),
            Unary::Exp => a.exp(),
            Unary::Exp2 => (a * LN_2).exp(),
            Unary::ExpM1 => a.exp() - one,
            Unary::Ln => a.ln(),
            Unary::Ln1p => (one + a).ln(),
            Unary::Log2 => a.ln() / LN_2,
            Unary::Log10 => a.ln() / Dd::from(10.0).ln(),
            Unary::Abs => a.abs(),
            Unary::Sign => a.sign(),
            Unary::Floor => a.floor(),
            Unary::Ceil => -(-a).floor(),
            Unary::Trunc => a.sign() * a.abs().floor(),
            Unary::Round => a.sign() * (a.abs() + Dd::from(0.5)).floor(),
            Unary::Sin => a.sin_cos().0,
            Unary::Cos => a.sin_cos().1,
            Unary::Tan => a.sin_cos().0 / a.sin_cos().1,
            Unary::Asin => (a / ((one - a) * (one + a)).sqrt()).atan(),
            Unary::Acos => PI.half() - Dd::unary(Unary::Asin, &a),
            Unary::Atan => a.atan(),
            Unary::Sinh => (a.exp() - (-a).exp()).half(),
            Unary::Cosh => (a.exp() + (-a).exp()).half(),
            Unary::Tanh => a.tanh(),
            Unary::Asinh => a.sign() * (a.abs() + (a * a + one).sqrt()).ln(),
            Unary::Acosh => (a + (a * a - one).sqrt()).ln(),
            Unary::Atanh => ((one + a) / (one - a)).ln().half(),
            Unary::Erf => a.erf(),
            Unary::Sigmoid => a.sigmoid(),
            Unary::Softplus => (if a > Dd::ZERO { a } else { Dd::ZERO }) + (one + (-a.abs()).exp()).ln(),
            Unary::Sinc if a == Dd::ZERO => one,
            Unary::Sinc => a.sin_cos().0 / a,
            Unary::Step => Dd::from(f64::from(u8::from(a >= Dd::ZERO))),
        }
    }

    fn binary(op: Binary, a: &Dd, b: &Dd) -> Dd {
        let (a, b) = (*a, *b);
        match op {
            Binary::Add => a + b,
            Binary::Sub => a - b,
            Binary::Mul => a * b,
            Binary::Div => a / b,
            Binary::Pow if b.lo == 0.0 && b.hi == b.hi.trunc() && b.hi.abs() < 1e6 => a.power(b.hi as i64),
            Binary::Pow if a == Dd::ZERO => a,
            Binary::Pow => (b * a.ln()).exp(),
            Binary::Min => {
                if a < b {
                    a
                } else {
                    b
                }
            }
            Binary::Max => {
                if a > b {
                    a
                } else {
                    b
                }
            }
            Binary::Hypot => (a * a + b * b).sqrt(),
            // `a` over `b`: the angle of (b, a), by quadrants.
            Binary::Atan2 if b > Dd::ZERO => (a / b).atan(),
            Binary::Atan2 if a > Dd::ZERO => PI.half() - (b / a).atan(),
            Binary::Atan2 if a < Dd::ZERO => -(PI.half() + (b / a).atan()),
            Binary::Atan2 => panic!("the tests do not use atan2 on the negative axis"),
        }
    }

    fn select(op: Comparison, left: &Dd, right: &Dd, then: &Dd, otherwise: &Dd) -> Dd {
        let holds = match op {
            Comparison::Less => left < right,
            Comparison::LessEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterEqual => left >= right,
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
        };
        if holds { *then } else { *otherwise }
    }
}

/// Known digits, from Abramowitz and Stegun's tables and their continuations.
#[test]
fn known_digits() {
    let number = |digits: &str| {
        let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
        let value = Dd::literal(&digits.parse().unwrap());
        if negative { -value } else { value }
    };
    let x = number("0.7");
    for (what, value, digits) in [
        ("e", Dd::ONE.exp(), "2.71828182845904523536028747135266249775724709"),
        ("pi", PI, "3.14159265358979323846264338327950288419716939"),
        ("ln 2", Dd::from(2.0).ln(), "0.693147180559945309417232121458176568075500134"),
        ("4 atan 1", Dd::from(4.0) * Dd::ONE.atan(), "3.14159265358979323846264338327950288419716939"),
        ("sin", x.sin_cos().0, "0.644217687237691053672614351398720183065813845"),
        ("cos 1000", Dd::from(1000.0).sin_cos().1, "0.562379076290702991078249226605395968755811822"),
        ("sin -77.7", (-number("77.7")).sin_cos().0, "-0.744520521019826857652556089428749688043535658"),
        ("tanh", x.tanh(), "0.604367777117163496308687183103826475015566647"),
        ("erf", x.erf(), "0.677801193837418472975628809244151396716288174"),
        ("erf 5.5", Dd::from(5.5).erf(), "0.99999999999999264215208202560193693163760143"),
        ("erf -3", Dd::from(-3.0).erf(), "-0.999977909503001414558627223870417679620152293"),
        ("sigmoid", (-Dd::from(30.0) * x).sigmoid(), "0.000000000758256042216238446800779343136112591177589609"),
        ("exp -80.7", (-number("80.7")).exp(), "8.96262674731562571472440426279431784912593455e-36"),
        ("sqrt", x.sqrt(), "0.836660026534075547978172025785187489392815369"),
        ("atan", (Dd::from(100.0) * x).atan(), "1.55651158420749998879481007806060395970082021"),
        ("power", Dd::binary(Binary::Pow, &x, &number("2.5")), "0.409963413001697018509304292634741869802479531"),
        ("literal", number("1.25e-200") / number("7e-101"), "1.78571428571428571428571428571428571428571429e-100"),
        ("ln", number("1e-7").ln(), "-16.1180956509583197881259401827905494532077104"),
    ] {
        let known = number(digits);
        let off = ((value - known) / known).abs().hi;
        assert!(off < 1e-28, "{what}: off by {off:e} of itself");
    }
    assert_eq!(number("6.9999999999999999999999").floor(), Dd::from(6.0));
    assert_eq!(number("7").floor(), Dd::from(7.0));
}
