//! The families of random networks.

/// What a network is like, so that each kind of proof gets its share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Family {
    /// One input, one hidden layer that is not upright.
    Units,
    /// One input, one hidden layer of jumps.
    Jumps,
    /// A first layer of steps of one input each, mostly upright, and layers behind it.
    Grid,
    /// Several inputs, one hidden layer.
    Ridge,
    /// Several layers over any number of inputs.
    Deep,
    /// Any layers that read anything.
    Anything,
}
