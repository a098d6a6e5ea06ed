//! What the names in an expression mean, and the arena that it is built in.

use std::collections::{HashMap, HashSet};

use bumpnet_ir::{Diagnostic, ExprBuilder, Node, NodeId, Span};

use super::template::{Template, words};
use crate::suggest::{Suggestions, echo};

/// Most names that are looked through for a circle of definitions, once a file.
const MOST_IN_CIRCLE: usize = 20;

/// What names mean, and the arena that expressions are built in.
#[derive(Debug)]
pub struct Scope {
    /// The arena; its inputs are the names of the domain.
    pub builder: ExprBuilder,
    /// `let` names and what they stand for.
    pub(super) bindings: HashMap<String, NodeId>,
    /// The names in `bindings` and `refused`, in the order of the file.
    pub(super) named: Vec<String>,
    /// Functions that are formulas: the `let` functions, and those of the language's own that were called.
    pub(super) functions: HashMap<String, Template>,
    /// While a function's formula is read: how many arguments it has, and what is captured, in the arena outside.
    pub(super) within: Option<(usize, Vec<NodeId>)>,
    /// Nodes that calls of functions have written out.
    pub(super) written_out: usize,
    /// `let` names that are defined further down, each with its text, to say so when one is used too early.
    pub later: HashMap<String, String>,
    /// Names that were refused, or what they stand for was: using one is no further mistake.
    pub(super) refused: HashSet<String>,
    /// Whether all inputs and `let` names could be read; otherwise an unknown name is no further mistake either.
    pub complete: bool,
    pub(crate) suggestions: Suggestions,
    /// Whether a number is read, so that no input is offered for a name.
    pub(crate) is_number: bool,
    /// The `let` value or function being read.
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
            functions: HashMap::new(),
            within: None,
            written_out: 0,
            later: HashMap::new(),
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

    /// Whether it has no meaning yet, and was not refused one.
    pub fn is_new(&self, name: &str) -> bool {
        !self.refused.contains(name) && !self.bindings.contains_key(name) && !self.functions.contains_key(name)
    }

    /// Whether it is the name of an input.
    pub(super) fn has_input(&self, name: &str) -> bool {
        self.builder.inputs().iter().any(|input| input == name)
    }

    /// What is wrong with a `let` name that is not defined yet where it is used; `None` for other names.
    pub(super) fn too_early(&mut self, name: &str, span: Span) -> Option<Diagnostic> {
        let shown = echo(name);
        let help = "a `let` value is a formula of inputs, and of values and functions above it";
        if self.current.as_deref() == Some(name) {
            return Some(Diagnostic::new(span, format!("`{shown}` is defined by itself")).help(help));
        }
        self.later.get(name)?;
        if let Some(circle) = self.circle(name) {
            let names: Vec<String> = circle.iter().chain(circle.first()).map(|name| echo(name)).collect();
            let message = format!("`{}` is defined by itself: {}", echo(&circle[0]), names.join(" -> "));
            return Some(Diagnostic::new(span, message).help(help));
        }
        let problem = Diagnostic::new(span, format!("`{shown}` is used before it is defined"));
        Some(problem.help("`let` is read from top to bottom: move its line up"))
    }

    /// The names from what is being read, by one that is defined further down, back to it, if its definition leads there.
    fn circle(&self, name: &str) -> Option<Vec<String>> {
        let current = self.current.as_deref()?;
        let mut from: HashMap<&str, &str> = HashMap::from([(name, current)]);
        let mut queue = vec![name];
        for k in 0..MOST_IN_CIRCLE {
            let at = *queue.get(k)?;
            for word in words(self.later.get(at).map_or("", String::as_str)).take(1000) {
                if word == current {
                    let mut circle = vec![at.to_owned()];
                    let mut back = at;
                    while back != name {
                        back = from.get(back)?;
                        circle.push(back.to_owned());
                    }
                    circle.push(current.to_owned());
                    circle.reverse();
                    return Some(circle);
                }
                if let Some((word, _)) = self.later.get_key_value(word)
                    && !from.contains_key(word.as_str())
                {
                    from.insert(word, at);
                    queue.push(word);
                }
            }
        }
        None
    }

    /// Whether there are `let` names.
    pub fn has_bindings(&self) -> bool {
        !self.bindings.is_empty() || self.functions.values().any(|function| function.of_file)
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
