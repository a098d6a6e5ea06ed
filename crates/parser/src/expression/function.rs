//! Functions that are formulas: those of a file's `let`, and those that the language defines by its own operators.
//!
//! A function is read once, in an arena of its own whose inputs are its arguments and the names that it uses; a call is that
//! arena put in the call's place, with what the names stand for. So a call costs what the formula has, and functions of
//! functions cannot take more than a budget, whatever the depth.

use std::collections::HashMap;

use bumpnet_ir::{ExprBuilder, Node, NodeId, Span};

use super::scope::Scope;
use super::template::{Template, words};

/// Nodes that calls may write out in one file. Heuristic: fifty of the largest expressions.
const MOST_WRITTEN_OUT: usize = 1_000_000;

/// The arena outside, while a function's formula is read.
pub struct Outside {
    builder: ExprBuilder,
    bindings: HashMap<String, NodeId>,
    arguments: Vec<String>,
    captured: Vec<NodeId>,
}

impl Scope {
    /// Goes inside a function whose formula is this text.
    pub fn enter(&mut self, arguments: Vec<String>, text: &str) -> Outside {
        let mut names = arguments.clone();
        let mut captured = Vec::new();
        for word in words(text) {
            if names.iter().any(|name| name == word) || names.len() > usize::from(u16::MAX) {
                continue;
            }
            let input = self.builder.inputs().iter().position(|input| input == word);
            let id = match input {
                Some(index) => Some(self.builder.push(Node::Input(index as u16), 0..0)),
                None => self.bindings.get(word).copied(),
            };
            if let Some(id) = id {
                names.push(word.to_owned());
                captured.push(id);
            }
        }
        // What the functions that it calls have captured is captured with them, under names that nobody can write.
        for word in words(text) {
            for id in self.functions.get(word).map_or(&[][..], |function| &function.captured) {
                if !captured.contains(id) && names.len() <= usize::from(u16::MAX) {
                    names.push(format!("(captured {})", captured.len()));
                    captured.push(*id);
                }
            }
        }
        self.within = Some((arguments.len(), captured.clone()));
        let builder = std::mem::replace(&mut self.builder, ExprBuilder::new(names));
        Outside { builder, bindings: std::mem::take(&mut self.bindings), arguments, captured }
    }

    /// Leaves a function, and keeps it under its name if its formula could be read.
    pub fn leave(&mut self, outside: Outside, name: &str, root: Option<NodeId>, of_file: bool) {
        let inside = std::mem::replace(&mut self.builder, outside.builder);
        (self.bindings, self.within) = (outside.bindings, None);
        if let Some(root) = root {
            let Outside { arguments, captured, .. } = outside;
            let template = Template { arguments, captured, formula: inside.finish(root), of_file };
            self.functions.insert(name.to_owned(), template);
        }
    }

    /// Makes a function of the language's own known.
    pub(super) fn define(&mut self, name: &str, arguments: Vec<String>, formula: &str) -> Option<()> {
        let mut own = Scope::new(arguments.clone());
        let root = own.parse(formula, &|span| span).ok()?;
        let formula = own.builder.finish(root);
        self.functions.insert(name.to_owned(), Template { arguments, captured: Vec::new(), formula, of_file: false });
        Some(())
    }
}

/// A call written out; `None` where calls come to too much.
pub fn written_out(scope: &mut Scope, name: &str, values: &[NodeId], call: Span) -> Option<NodeId> {
    let Template { captured, formula, of_file, .. } = scope.functions.get(name)?;
    scope.written_out += formula.nodes().len();
    if scope.written_out > MOST_WRITTEN_OUT {
        return None;
    }
    let mut ids: Vec<NodeId> = Vec::with_capacity(formula.nodes().len());
    for id in formula.ids() {
        let span = if *of_file { formula.span(id) } else { call.clone() };
        ids.push(match formula.node(id) {
            Node::Input(index) => {
                let index = usize::from(*index);
                match (values.get(index), &scope.within) {
                    (Some(value), _) => *value,
                    (None, None) => *captured.get(index - values.len())?,
                    // Within another function's formula, that function's input for what was captured outside of both.
                    (None, Some((arguments, known))) => {
                        let outer = captured.get(index - values.len())?;
                        let place = known.iter().position(|id| id == outer)?;
                        scope.builder.push(Node::Input((arguments + place) as u16), 0..0)
                    }
                }
            }
            node => scope.builder.push(node.map(|child| ids[child.index()]), span),
        });
    }
    ids.last().copied()
}
