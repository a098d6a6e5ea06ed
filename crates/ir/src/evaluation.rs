//! How a network is evaluated: the precision of its numbers, and what it is outside its domain.

/// How numbers are stored and evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// IEEE 754 binary64.
    #[default]
    F64,
    /// IEEE 754 binary32: weights and biases are binary32 numbers, and so are the evaluator's inputs and roundings.
    F32,
}

impl Precision {
    /// As it is written in specs and tables.
    pub fn name(self) -> &'static str {
        match self {
            Precision::F64 => "f64",
            Precision::F32 => "f32",
        }
    }

    /// The format's name in IEEE 754.
    pub fn format(self) -> &'static str {
        match self {
            Precision::F64 => "binary64",
            Precision::F32 => "binary32",
        }
    }

    /// The nearest number of this precision.
    pub fn round(self, value: f64) -> f64 {
        match self {
            Precision::F64 => value,
            Precision::F32 => f64::from(value as f32),
        }
    }

    /// The first number of this precision from a value on.
    pub fn round_up(self, value: f64) -> f64 {
        let near = self.round(value);
        if near < value { self.next_up(near) } else { near }
    }

    /// The number of this precision behind one.
    pub fn next_up(self, number: f64) -> f64 {
        match self {
            Precision::F64 => number.next_up(),
            Precision::F32 => f64::from((number as f32).next_up()),
        }
    }

    /// The number of this precision before one.
    pub fn next_down(self, number: f64) -> f64 {
        -self.next_up(-number)
    }

    /// A number of this precision between two that are no neighbours, near the middle.
    pub fn middle(self, a: f64, b: f64) -> f64 {
        self.round(a + 0.5 * (b - a)).clamp(self.next_up(a), self.next_down(b))
    }

    /// Half the distance from 1 to the next number.
    pub fn unit_roundoff(self) -> f64 {
        match self {
            Precision::F64 => f64::EPSILON / 2.0,
            Precision::F32 => f64::from(f32::EPSILON) / 2.0,
        }
    }

    /// The least number of full precision: below it, roundings no longer shrink with what is rounded.
    pub fn least_normal(self) -> f64 {
        match self {
            Precision::F64 => f64::MIN_POSITIVE,
            Precision::F32 => f64::from(f32::MIN_POSITIVE),
        }
    }

    /// The least positive number, and the largest.
    pub fn extremes(self) -> (f64, f64) {
        match self {
            Precision::F64 => (f64::from_bits(1), f64::MAX),
            Precision::F32 => (f64::from(f32::from_bits(1)), f64::from(f32::MAX)),
        }
    }
}

/// What the value of a network is at a point outside the domain. Nothing is proved there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Outside {
    /// The network's own value, by its formula.
    #[default]
    Extend,
    /// The value at the nearest point of the domain.
    Clamp,
    /// NaN.
    Nan,
}

impl Outside {
    /// All of them.
    pub const ALL: [Outside; 3] = [Outside::Extend, Outside::Clamp, Outside::Nan];

    /// As it is written in specs and tables.
    pub fn name(self) -> &'static str {
        match self {
            Outside::Extend => "extend",
            Outside::Clamp => "clamp",
            Outside::Nan => "nan",
        }
    }
}
