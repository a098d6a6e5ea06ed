//! What the adversary may find.

/// What is false.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Claim {
    /// A field is NaN, or a lower bound infinite.
    Field,
    /// `upper`: the exact error is larger.
    Upper,
    /// `evaluated`: the error of what runs is larger.
    Evaluated,
    /// `lower`: the error at `argmax` is smaller, or that is no point of the domain.
    Lower,
    /// Bounds of one quantity in the wrong order.
    Order,
    /// `rms`: the mean over the domain is not between its bounds.
    Rms,
    /// `measured`: the bounds of the error in a measure.
    Measured,
    /// `hidden`: the bounds in front of the output neuron.
    Hidden,
}

/// A certain contradiction.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is false.
    pub claim: Claim,
    /// Where, and by how much.
    pub text: String,
    /// How many times the truth is the bound, at least.
    pub factor: f64,
}
