//! What constructions are asked for and what they come to.

use bumpnet_ir::{Graph, Layer};

/// Most pieces that an error may ask for: the largest resolution of a spec.
pub const MOST_PIECES: usize = 1_000_000;

/// A network under construction, and what its construction proves of the number of pieces.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The layers, the output neuron last.
    pub layers: Vec<Layer>,
    /// What its slots are steps of, where it was composed.
    pub graph: Option<Graph>,
    /// What each step of the graph is made of.
    pub kinds: Vec<&'static str>,
    /// Bumps (or straight pieces).
    pub pieces: usize,
    /// No function of this form with fewer pieces has so small an error; `None` where nothing is said.
    pub at_least: Option<usize>,
    /// The error that the construction aimed at, where it had one.
    pub aim: f64,
    /// How it was constructed, a line each, where the parameters alone do not say.
    pub summary: Vec<String>,
    /// Why the error asked for was not reached, where the construction knows.
    pub limit: Option<String>,
}

impl Draft {
    /// Layers of which nothing more is known.
    pub fn new(layers: Vec<Layer>, pieces: usize) -> Draft {
        Draft {
            layers,
            graph: None,
            kinds: Vec::new(),
            pieces,
            at_least: None,
            aim: f64::INFINITY,
            summary: Vec::new(),
            limit: None,
        }
    }
}

/// How many pieces a network may have, or how good it must be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Budget {
    /// This many.
    Pieces(usize),
    /// As few as this error allows, and no more than a number.
    #[allow(missing_docs)]
    Error { eps: f64, most: usize },
}

impl Budget {
    /// Whether only a network that reaches the error counts: a number of pieces below the largest is that of one which does,
    /// less one. A construction refuses as soon as it knows that it comes to none.
    pub fn is_capped(&self) -> bool {
        matches!(self, Budget::Error { most, .. } if *most < MOST_PIECES)
    }
}
