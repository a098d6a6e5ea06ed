//! Formulas of other languages, in this one: what a text that is refused would be here. Only what has been read again in
//! full, without a problem, is offered; so the line of a help line works.
//!
//! It reads more than the language: `2x`, `np.sin(x)`, `|x|`, `sin^2(x)`, `a if c else b`, `\frac{1}{x}`. Where such a text
//! means one thing to some and another to others, as `1/2x` and `sin x^2` do, there are two readings.

mod operands;
mod reader;
mod tokens;

use bumpnet_ir::Diagnostic;

use self::reader::Translator;
use self::tokens::{Note, tokens};
use super::defined::defined;
use super::grammar::function;
use super::scope::Scope;
use crate::suggest::Suggestions;

/// Longest text that is looked at, and the longest that a help line shows, in bytes.
const LONGEST: usize = 400;

/// The problem of a refused text with the line to write instead, if there is one.
pub fn translated(text: &str, scope: &Scope) -> Option<Diagnostic> {
    let trial = scope.for_trial();
    let (texts, notes) = readings(text, scope)?;
    let works = |text: &String| trial.works(text);
    if texts.is_empty() || !texts.iter().all(works) {
        return None;
    }
    let (span, message) = notes.into_iter().min_by_key(|(span, _)| span.start)?;
    Some(Diagnostic::new(span, message).help(format!("write {}", texts.join(" or "))))
}

/// A text of one reading or two, and what is foreign about it.
fn readings(text: &str, scope: &Scope) -> Option<(Vec<String>, Vec<Note>)> {
    if text.len() > LONGEST {
        return None;
    }
    let mut words = Vec::new();
    let tokens = tokens(text, &mut words)?;
    let mut texts = Vec::new();
    let mut notes = Vec::new();
    for other in [false, true] {
        let mut reader = Translator::new(&tokens, words.clone(), other, scope);
        let read = reader.whole()?;
        notes = reader.notes;
        if read.len() <= LONGEST && !texts.contains(&read) {
            texts.push(read);
        }
        if !reader.doubtful {
            break;
        }
    }
    Some((texts, notes))
}

impl Scope {
    /// Whether calls of this name mean something.
    fn is_function(&self, name: &str) -> bool {
        function(name).is_some() || defined(name).is_some() || self.functions.contains_key(name)
    }

    /// A scope with the same names, all without a value, in which a text can be tried.
    fn for_trial(&self) -> Scope {
        let mut trial = Scope::new(self.builder.inputs().to_vec());
        trial.complete = self.complete;
        trial.suggestions = Suggestions::none();
        let values = self.bindings.keys().chain(self.later.keys()).chain(&self.refused);
        trial.refused = values.chain(self.functions.keys()).cloned().collect();
        trial
    }

    /// Whether a text has no problem here.
    fn works(&self, text: &str) -> bool {
        let mut trial = self.for_trial();
        match trial.read(text, &|span| span) {
            Ok(_) => true,
            Err(problems) => problems.is_empty(),
        }
    }
}

/// The line to write for a value that YAML does not read, such as `|x|` or `a ? b : c`; names may be any.
pub fn beside_yaml(text: &str) -> Option<String> {
    let mut scope = Scope::new(Vec::new());
    scope.complete = false;
    let help = translated(text, &scope)?.help?;
    help.strip_prefix("write ").filter(|text| !text.contains(" or ") && !text.contains(": ")).map(str::to_owned)
}
