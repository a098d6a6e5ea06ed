//! Functions of double-double numbers: reduction and Taylor series, or one correction step from a binary64 guess, which
//! doubles its digits. Good to about 1e-29 of the result or of the largest intermediate.

use bumpnet_interval::{Unary, elementary};

use super::{Dd, LN_2, PI, PI_3, two_product};

impl Dd {
    /// `e^x`.
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

    /// The natural logarithm.
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

    /// Sine and cosine.
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

    /// The arc tangent.
    pub fn atan(self) -> Dd {
        let guess = Dd::from(elementary::unary(Unary::Atan, self.hi));
        let (sin, cos) = guess.sin_cos();
        // The tangent of what is missing, which is about 1e-16, so that its cube does not count.
        guess + (self * cos - sin) / (cos + self * sin)
    }

    /// The hyperbolic tangent.
    pub fn tanh(self) -> Dd {
        if self.hi.abs() > 40.0 {
            return Dd::from(self.hi.signum());
        }
        let e = (self + self).exp();
        (e - Dd::ONE) / (e + Dd::ONE)
    }

    /// `1/(1+e^-x)`.
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
}
