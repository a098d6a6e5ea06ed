//! What a proof about a composed network is about, and who proves its blocks.

use bumpnet_ir::{Expr, Network};

use crate::line::Line;
use crate::on_line::LineProof;

/// Who proves the blocks: their searches.
pub trait Blocks {
    /// A proof about a block, which may be incomplete.
    fn prove<'l, 'q>(&self, block: &'l Line<'q>) -> LineProof<'l, 'q>;
}

/// What is asked of a proof, and what a search knows.
pub struct Question<'a> {
    /// What the network is for.
    pub target: &'a Expr,
    /// The network.
    pub network: &'a Network,
    /// Who proves its blocks.
    pub blocks: &'a dyn Blocks,
}
