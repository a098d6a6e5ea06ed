//! What the names in an expression mean, and the arena that it is built in.

use std::collections::{HashMap, HashSet};

use bumpnet_ir::{ExprBuilder, Node, NodeId};

use crate::suggest::Suggestions;

/// What names mean, and the arena that expressions are built in.
#[derive(Debug)]
pub struct Scope {
    /// The arena; its inputs are the names of the domain.
    pub builder: ExprBuilder,
    /// `let` names and what they stand for.
    pub(super) bindings: HashMap<String, NodeId>,
    /// The names in `bindings` and `refused`, in the order of the file.
    pub(super) named: Vec<String>,
    /// `let` names that are defined further down, to say so when one is used too early.
    pub later: HashSet<String>,
    /// Names that were refused, or what they stand for was: using one is no further mistake.
    pub(super) refused: HashSet<String>,
    /// Whether all inputs and `let` names could be read; otherwise an unknown name is no further mistake either.
    pub complete: bool,
    pub(crate) suggestions: Suggestions,
    /// Whether a number is read, so that no input is offered for a name.
    pub(crate) is_number: bool,
    /// The `let` value being read.
    pub(crate) current: Option<String>,
    /// Of the arena's nodes so far: the value, and an input that it depends on.
    known: (Vec<f64>, Vec<Option<u16>>),
}

impl Scope {
    /// A scope with these inputs and no `let` names.
    pub fn new(inputs: Vec<String>) -> Scope {
        Scope {
            builder: ExprBuilder::new(inputs),
            bindings: HashMap::new(),
            named: Vec::new(),
            later: HashSet::new(),
            refused: HashSet::new(),
            complete: true,
            suggestions: Suggestions::new(),
            is_number: false,
            current: None,
            known: (Vec::new(), Vec::new()),
        }
    }

    /// Gives a name a meaning. No name is bound or refused twice.
    pub fn bind(&mut self, name: String, id: NodeId) {
        self.named.push(name.clone());
        self.bindings.insert(name, id);
    }

    /// Notes a name that was refused, or what it stands for was.
    pub fn refuse(&mut self, name: String) {
        self.named.push(name.clone());
        self.refused.insert(name);
    }

    /// Whether there are `let` names.
    pub fn has_bindings(&self) -> bool {
        !self.bindings.is_empty()
    }

    /// The value of a node, or the name of an input that it depends on. All calls together take time in proportion to
    /// the arena.
    pub fn constant(&mut self, id: NodeId) -> Result<f64, &str> {
        let (values, depends) = &mut self.known;
        self.builder.eval_more(&vec![f64::NAN; self.builder.inputs().len()], values);
        for node in &self.builder.nodes()[depends.len()..] {
            depends.push(match node {
                Node::Input(index) => Some(*index),
                _ => node.children().find_map(|child| depends[child.index()]),
            });
        }
        match depends[id.index()] {
            None => Ok(values[id.index()]),
            Some(input) => Err(&self.builder.inputs()[usize::from(input)]),
        }
    }
}
