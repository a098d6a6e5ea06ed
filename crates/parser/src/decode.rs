//! Reading the tree: keys, choices and numbers, each problem collected with its place.

use bumpnet_interval::{Decimal, DecimalError};
use bumpnet_ir::{Diagnostic, Span};

use crate::expression::scope::Scope;
use crate::foreign::{self, Place};
use crate::suggest::echo;
use crate::yaml::{self, Style, Value, YamlNode};

/// Most parts (distinct nodes) of an expression. Heuristic: a network's construction and proof evaluate all of them
/// at every point, and the 524,139 parts that a file holds took 37 s and 2 GB; formulas written by hand have hundreds.
pub const MAX_PARTS: usize = 20_000;

/// What all parts of the reader share: the text, what names mean so far, and the problems so far.
pub struct Reader<'a> {
    pub source: &'a str,
    pub scope: Scope,
    pub problems: Vec<Diagnostic>,
}

/// The entries of a mapping with known keys.
pub struct Fields<'t> {
    /// Where a missing key is reported.
    pub span: Span,
    /// Whether there are keys that are not known: what seems to be missing may be meant by them.
    has_unknown: bool,
    entries: Vec<(&'t YamlNode, &'t YamlNode)>,
}

impl<'t> Fields<'t> {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'t YamlNode> {
        self.entries.iter().find(|(known, _)| known.text() == Some(key)).map(|(_, value)| *value)
    }
}

impl Reader<'_> {
    /// Notes a problem.
    pub fn problem<T>(&mut self, problem: Diagnostic) -> Option<T> {
        self.problems.push(problem);
        None
    }

    /// The entries of a mapping whose keys are names, each once.
    pub fn entries<'t>(&mut self, node: &'t YamlNode, what: &str) -> Option<Vec<(&'t YamlNode, &'t YamlNode)>> {
        let Value::Mapping(pairs) = &node.value else {
            let message = format!("{what} is a mapping, this is {}", node.kind());
            let help = match what {
                "a spec" => "start with `version: 1`; `bumpnet new NAME` writes an example",
                "`let`" => "write names and their formulas, as in `let: {a: 2, f(t): a*t^2}`",
                "a gate" => "write `gate: {max_error: 0.01}`",
                "a network" => "write what it is to be, as in `{max_error: 1e-3}`",
                _ => "write `key: value` lines",
            };
            return self.problem(Diagnostic::new(node.span.clone(), message).help(help));
        };
        let mut entries: Vec<(&YamlNode, &YamlNode)> = Vec::with_capacity(pairs.len());
        let mut seen = std::collections::HashMap::new();
        for (key, value) in pairs {
            let Some(text) = key.text() else {
                self.problems.push(
                    Diagnostic::new(key.span.clone(), format!("a key of {what} is {}, not a name", key.kind()))
                        .help("write a name before the colon"),
                );
                continue;
            };
            match seen.insert(text, key.span.clone()) {
                None => entries.push((key, value)),
                Some(first) => self.problems.push(
                    Diagnostic::new(key.span.clone(), format!("`{}` stands twice in {what}", echo(text)))
                        .related(first, "first here")
                        .help("remove one of them"),
                ),
            }
        }
        Some(entries)
    }

    /// The entries of a mapping that has these keys only. Missing ones are reported at `span`.
    pub fn fields<'t>(&mut self, node: &'t YamlNode, what: &str, span: Span, keys: &[&str]) -> Option<Fields<'t>> {
        self.fields_at(None, node, what, span, keys)
    }

    /// The same where other tools have words for the keys.
    pub fn fields_at<'t>(
        &mut self,
        place: Option<Place>,
        node: &'t YamlNode,
        what: &str,
        span: Span,
        keys: &[&str],
    ) -> Option<Fields<'t>> {
        let mut entries = self.entries(node, what)?;
        let all = entries.len();
        entries.retain(|(key, _)| {
            let text = key.text().unwrap_or_default();
            let known = keys.contains(&text);
            if !known {
                let help = self.meant(place, text, keys.iter().copied());
                let message = format!("unknown key `{}` in {what}", echo(text));
                self.problems.push(Diagnostic { help, ..Diagnostic::new(key.span.clone(), message) });
            }
            known
        });
        Some(Fields { span, has_unknown: entries.len() < all, entries })
    }

    /// What to do about a word that is not known.
    fn meant<'c>(
        &mut self,
        place: Option<Place>,
        word: &str,
        known: impl IntoIterator<Item = &'c str, IntoIter: Clone>,
    ) -> Option<String> {
        match place.and_then(|place| foreign::word(place, word)) {
            Some(meant) => Some(meant.help()),
            None => self.scope.suggestions.nearest(word, known),
        }
    }

    /// Notes that a key is missing, unless a key that is not known may be it: that is the one mistake then.
    pub fn missing<T>(&mut self, fields: &Fields<'_>, message: String, help: &str) -> Option<T> {
        if !fields.has_unknown {
            self.problems.push(Diagnostic::new(fields.span.clone(), message).help(help));
        }
        None
    }

    /// The value of a key that must be there.
    pub fn required<'t>(&mut self, fields: &Fields<'t>, key: &str, what: &str, help: &str) -> Option<&'t YamlNode> {
        let found = fields.get(key);
        if found.is_none() { self.missing(fields, format!("{what} has no `{key}`"), help) } else { found }
    }

    /// The text of a scalar.
    pub fn text<'t>(&mut self, node: &'t YamlNode, what: &str) -> Option<&'t str> {
        match node.text() {
            Some(text) if !node.is_nothing() => Some(text),
            _ => {
                let problem =
                    Diagnostic::new(node.span.clone(), format!("{what} is one value, this is {}", node.kind()));
                let help = match node.value {
                    Value::List(_) => "write it without brackets or dashes",
                    Value::Mapping(_) => "write it without a key of its own",
                    Value::Scalar { .. } => "write it behind the colon, or remove the line",
                };
                self.problem(problem.help(help))
            }
        }
    }

    /// One of these names.
    pub fn choice<T: Copy>(&mut self, node: &YamlNode, what: &str, choices: &[(&str, T)]) -> Option<T> {
        self.choice_at(None, node, what, choices)
    }

    /// The same where other tools have words for the names.
    pub fn choice_at<T: Copy>(
        &mut self,
        place: Option<Place>,
        node: &YamlNode,
        what: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(node, what)?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let help = self.meant(place, text, choices.iter().map(|(name, _)| *name));
            let message = format!("unknown {what} `{}`", echo(text));
            self.problems.push(Diagnostic { help, ..Diagnostic::new(node.span.clone(), message) });
        }
        found
    }

    /// A constant expression, finite. `let` constants may stand in it.
    pub fn number(&mut self, node: &YamlNode, what: &str) -> Option<f64> {
        let text = self.text(node, what)?;
        // Plain numbers, of which there may be thousands, go straight through.
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        if let Ok(decimal) = unsigned.parse::<Decimal>() {
            if decimal.vanishes() {
                let message = format!("{what} is {}", DecimalError::Underflow);
                return self.problem(Diagnostic::new(node.span.clone(), message));
            }
            return Some(if unsigned.len() < text.len() { -decimal.nearest() } else { decimal.nearest() });
        }
        self.scope.is_number = true;
        let id = self.expression(node, what);
        self.scope.is_number = false;
        let id = id?;
        let message = match self.scope.constant(id) {
            Ok(value) if value.is_finite() => return Some(value),
            Ok(value) => format!("{what} is {}, not a finite number", describe(value)),
            Err(input) => format!("{what} is a number, this depends on the input `{}`", echo(input)),
        };
        self.problem(Diagnostic::new(node.span.clone(), message))
    }

    /// A positive number.
    pub fn positive(&mut self, node: &YamlNode, what: &str) -> Option<f64> {
        let value = self.number(node, what)?;
        if value > 0.0 {
            return Some(value);
        }
        self.problem(Diagnostic::new(
            node.span.clone(),
            format!("{what} is `{}`, but must be positive", echo(node.text().unwrap_or_default())),
        ))
    }

    /// An expression over the inputs and `let` names, in the scope's arena.
    pub fn expression(&mut self, node: &YamlNode, what: &str) -> Option<bumpnet_ir::NodeId> {
        self.text(node, what)?;
        let Value::Scalar { text, style } = &node.value else { return None };
        if *style == Style::Plain && is_yaml_infinity(text) {
            let message = format!("{what} is `{text}`, not a finite number");
            return self.problem(Diagnostic::new(node.span.clone(), message).help("write a finite number"));
        }
        let positions = yaml::positions(self.source, &node.span, text, *style);
        let place = |span: Span| {
            let start = positions[span.start.min(text.len())];
            let end = positions[span.end.min(text.len())];
            // The end is one past the last character, not where the next one stands on another line.
            let last = positions[span.end.min(text.len()).saturating_sub(1)];
            let width = text[..span.end.min(text.len())].chars().next_back().map_or(0, char::len_utf8);
            start..if span.end > span.start { (last + width).max(start) } else { end }
        };
        let before = self.scope.builder.nodes().len();
        let result = self.scope.parse(text, &place);
        let parts = self.scope.builder.nodes().len() - before;
        match result {
            Ok(_) if parts > MAX_PARTS => self.problem(too_many_parts(node.span.clone(), what, parts)),
            Ok(id) => Some(id),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    /// The numbers of a list.
    pub fn numbers(&mut self, node: &YamlNode, what: &str) -> Option<Vec<f64>> {
        let Value::List(items) = &node.value else {
            let message = format!("{what} is a list of numbers, this is {}", node.kind());
            return self.problem(Diagnostic::new(node.span.clone(), message).help("write [1, 2, 3]"));
        };
        let values: Vec<Option<f64>> = items.iter().map(|item| self.number(item, what)).collect();
        values.into_iter().collect()
    }
}

/// More than [`MAX_PARTS`].
pub fn too_many_parts(span: Span, what: &str, parts: usize) -> Diagnostic {
    let message = format!("{what} has {parts} operators, functions and numbers, more than {MAX_PARTS}");
    Diagnostic::new(span, message)
        .help("equal parts count once: write a shorter formula, or a spec for each part of it")
}

/// YAML's numbers that are not finite: `.nan` and `.inf`, in three spellings and with a sign.
fn is_yaml_infinity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    matches!(unsigned, ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF")
}

fn describe(value: f64) -> &'static str {
    match value {
        v if v.is_nan() => "undefined (NaN)",
        v if v > 0.0 => "infinite",
        _ => "minus infinite",
    }
}
