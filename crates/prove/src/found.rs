//! What a search comes back with: a proof, and where the error is large.

use bumpnet_kernel::on_line::LineProof;

use crate::best::Best;

/// A proof about a network of one input, and what was seen on the way.
#[derive(Debug)]
pub struct Found<'l, 'q> {
    /// All of the domain.
    pub proof: LineProof<'l, 'q>,
    /// The largest error found.
    pub best: Best,
    /// Whether rounding kept some cell from being proved tight.
    pub floor: bool,
    /// Whether the number of cells did.
    pub stopped: bool,
    /// The proof whose mean square is told, if another's.
    pub squares: Option<LineProof<'l, 'q>>,
}

impl<'l, 'q> Found<'l, 'q> {
    /// The same with the mean square of another proof about the same network, and with its cells, which that is a sum over.
    pub fn with_squares_of(self, other: Found<'l, 'q>) -> Found<'l, 'q> {
        Found { squares: Some(other.proof), ..self }
    }
}
