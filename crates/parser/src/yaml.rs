//! YAML behind one module: a tree of nodes with spans, within a strict budget.
//!
//! The event parser is `granit-parser` (the one under `serde-saphyr`); a tree of our own lets every error of a file be
//! reported instead of the first. Anchors, aliases, tags and several documents are refused as they arrive, so nothing
//! can expand.

mod commas;
mod node;

use crate::expression::pasted::beside_yaml;
use crate::suggest::echo;
use bumpnet_ir::{Diagnostic, Span};
use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError};
pub use node::{Style, Value, YamlNode};

/// Largest spec file, in bytes (1 MiB).
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// Deepest nesting of lists and mappings.
pub const MAX_DEPTH: usize = 16;
/// Most nodes (scalars, lists, mappings) in a file.
pub const MAX_NODES: usize = 20_000;

/// The file as text.
///
/// # Errors
/// Too large, not UTF-8, or empty.
pub fn text(bytes: &[u8]) -> Result<&str, Vec<Diagnostic>> {
    if bytes.len() > MAX_FILE_BYTES {
        let message = format!("the file has more than {MAX_FILE_BYTES} bytes (1 MiB)");
        return Err(vec![Diagnostic::new(0..0, message).help("a spec is a formula and a few settings; is this one?")]);
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        vec![
            Diagnostic::new(at..at, format!("not UTF-8 text: byte {at} is 0x{:02x}", bytes[at]))
                .help("save it as UTF-8"),
        ]
    })
}

/// Parses a file of one document.
///
/// # Errors
/// One diagnostic: YAML that does not parse cannot be read on from.
pub fn parse(source: &str) -> Result<YamlNode, Vec<Diagnostic>> {
    let mut options = Options::default();
    options.flow_nesting_limit = MAX_DEPTH + 1;
    options.block_nesting_limit = MAX_DEPTH + 1;
    let mut tree = Tree { source, open: Vec::new(), root: None, nodes: 0 };
    for event in Parser::new_from_str_with_options(source, options) {
        let result = match event {
            Ok((event, span)) => tree.add(event, span.byte_range().unwrap_or(0..0)),
            Err(error) => Err(scan_error(source, &error)),
        };
        result.map_err(|problem| vec![*problem])?;
    }
    tree.root.ok_or_else(|| {
        vec![
            Diagnostic::new(0..0, "the file is empty")
                .help("start with `version: 1`; `bumpnet new NAME` writes an example"),
        ]
    })
}

fn scan_error(source: &str, error: &ScanError) -> Box<Diagnostic> {
    let at = error.marker().byte_offset().unwrap_or(0).min(source.len());
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return too_deep(at..at);
    }
    let mut message = error.kind().to_string();
    if let Some(colon) = message.find(" at byte") {
        message.truncate(colon);
    }
    let diagnostic = Diagnostic::new(at..at, format!("not valid YAML: {message}"));
    let line = &source[source[..at].rfind('\n').map_or(0, |newline| newline + 1)..];
    if let Some(help) = formula_beside(line) {
        return Box::new(diagnostic.help(help));
    }
    Box::new(match line.chars().find(|c| *c != ' ') {
        Some('\t') => diagnostic.help("indent with spaces, not tabs"),
        _ => diagnostic.help("check indentation, quotes and brackets; a text with `: ` or ` #` in it needs quotes"),
    })
}

/// The line to write in place of one whose value is a formula of another language that is no YAML, such as `target: |x|`.
fn formula_beside(line: &str) -> Option<String> {
    let (key, value) = line.lines().next()?.split_once(": ")?;
    let meant = beside_yaml(value.trim())?;
    Some(format!("write {}: {meant}", echo(key.trim())))
}

fn too_deep(span: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(span, format!("nested deeper than {MAX_DEPTH} lists or mappings")))
}

/// A tree under construction.
struct Tree<'a> {
    source: &'a str,
    /// Lists and mappings that are not closed, each with its children so far (keys and values alternate).
    open: Vec<(usize, bool, Vec<YamlNode>)>,
    root: Option<YamlNode>,
    nodes: usize,
}

impl Tree<'_> {
    fn add(&mut self, event: Event<'_>, span: Span) -> Result<(), Box<Diagnostic>> {
        let node = match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                let problem = Diagnostic::new(span, "a second document").help("one spec per file: remove the `---`");
                return Err(Box::new(problem));
            }
            Event::Alias(_) => return Err(refused(span, "an alias (`*name`)")),
            Event::Scalar(text, style, anchor, tag) => {
                self.count(&span, anchor, tag.is_some())?;
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    _ => Style::Block,
                };
                YamlNode { span, value: Value::Scalar { text: text.into_owned(), style } }
            }
            Event::SequenceStart(_, anchor, tag) => return self.open(span, false, anchor, tag.is_some()),
            Event::MappingStart(_, anchor, tag) => return self.open(span, true, anchor, tag.is_some()),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some((start, is_mapping, children)) => {
                    // In block style a comma ends nothing.
                    let flow = self.source[start.min(self.source.len())..].starts_with(['{', '[']);
                    let children = if flow { commas::joined(children, is_mapping) } else { children };
                    close(start..span.end, is_mapping, children)
                }
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        match self.open.last_mut() {
            Some((_, _, children)) => children.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }

    fn open(&mut self, span: Span, is_mapping: bool, anchor: usize, tagged: bool) -> Result<(), Box<Diagnostic>> {
        self.count(&span, anchor, tagged)?;
        if self.open.len() == MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.open.push((span.start, is_mapping, Vec::new()));
        Ok(())
    }

    fn count(&mut self, span: &Span, anchor: usize, tagged: bool) -> Result<(), Box<Diagnostic>> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let problem = Diagnostic::new(span.clone(), format!("more than {MAX_NODES} values in one file"));
            return Err(Box::new(problem));
        }
        if anchor != 0 {
            return Err(refused(self.token_before(span, '&'), "an anchor (`&name`)"));
        }
        if tagged {
            return Err(refused(self.token_before(span, '!'), "a tag (`!name`)"));
        }
        Ok(())
    }

    /// The property that stands before a node on its line, such as its anchor.
    fn token_before(&self, span: &Span, sign: char) -> Span {
        match self.source.get(..span.end).and_then(|text| text.rfind(sign)) {
            Some(at) => at..at + self.source[at..].find(char::is_whitespace).unwrap_or(self.source.len() - at),
            None => span.clone(),
        }
    }
}

fn refused(span: Span, what: &str) -> Box<Diagnostic> {
    let problem = Diagnostic::new(span, format!("{what} is not allowed in a spec"));
    Box::new(problem.help("write the value out; `let` names constants and sub-expressions"))
}

fn close(span: Span, is_mapping: bool, children: Vec<YamlNode>) -> YamlNode {
    if !is_mapping {
        return YamlNode { span, value: Value::List(children) };
    }
    let mut pairs = Vec::with_capacity(children.len() / 2);
    let mut children = children.into_iter();
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        pairs.push((key, value));
    }
    YamlNode { span, value: Value::Mapping(pairs) }
}

/// Where in the file each byte of a scalar's decoded text comes from; one entry more for its end.
///
/// The decoded text and the source hold the same characters that are not white space, in the same order, once escapes
/// are read: so the two are walked side by side.
pub fn positions(source: &str, span: &Span, text: &str, style: Style) -> Vec<usize> {
    let mut at = span.start;
    let end = span.end.min(source.len());
    match style {
        Style::SingleQuoted | Style::DoubleQuoted => at += 1,
        // The header (`|`, `>-`, `|2 # comment`) ends with its line.
        Style::Block if source[at..end].starts_with(['|', '>']) => {
            at += source[at..end].find('\n').map_or(0, |newline| newline + 1);
        }
        Style::Plain | Style::Block => {}
    }
    let mut positions = Vec::with_capacity(text.len() + 1);
    for wanted in text.chars() {
        if !wanted.is_whitespace() {
            // Skip to the unit that decodes to the wanted character.
            while at < end {
                let (found, length) = unit(&source[at..end], style);
                if found == Some(wanted) {
                    break;
                }
                at += length;
            }
        }
        positions.extend(std::iter::repeat_n(at.min(end), wanted.len_utf8()));
        if !wanted.is_whitespace() && at < end {
            at += unit(&source[at..end], style).1;
        }
    }
    positions.push(at.min(end));
    positions
}

/// The first character of a scalar's source as it decodes, and how many bytes it takes.
fn unit(rest: &str, style: Style) -> (Option<char>, usize) {
    let mut chars = rest.chars();
    let Some(first) = chars.next() else { return (None, 1) };
    match (style, first) {
        (Style::SingleQuoted, '\'') if rest.starts_with("''") => (Some('\''), 2),
        (Style::DoubleQuoted, '\\') => {
            let Some(escape) = chars.next() else { return (None, 1) };
            let digits = match escape {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                other => return (Some(other), 1 + other.len_utf8()),
            };
            let code = rest.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
            (code.and_then(char::from_u32), 2 + digits)
        }
        _ => (Some(first), first.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every non-blank character of the decoded text sits where `positions` says (escapes aside).
    fn check(source: &str, expect: &str) {
        let root = parse(source).unwrap();
        let Value::Mapping(pairs) = &root.value else { panic!("not a mapping") };
        let Value::Scalar { text, style } = &pairs[0].1.value else { panic!("not a scalar") };
        assert_eq!(text, expect);
        let positions = positions(source, &pairs[0].1.span, text, *style);
        assert_eq!(positions.len(), text.len() + 1);
        for (i, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            let found = unit(&source[positions[i]..], *style).0;
            assert_eq!(found, Some(c), "byte {i} of {text:?} in {source:?}");
        }
        assert!(positions.is_sorted());
    }

    #[test]
    fn positions_in_every_style() {
        check("a: x + 1 # no\n", "x + 1");
        check("a: x +\n   y\n   + z\n", "x + y + z");
        check("a: 'x + ''1'\n", "x + '1");
        check("a: \"x \\u002b 1\\x2bx \\\n  + 2\"\n", "x + 1+x + 2");
        check("a: |\n  x +\n\n  y\nb: 1\n", "x +\n\ny\n");
        check("a: >- # comment | x\n  x +\n  y\nb: 1\n", "x + y");
        check("a: |2-\n    x\n", "  x");
        check("{a: x*y, b: 2}", "x*y");
        check("a: π + x\n", "π + x");
    }

    #[test]
    fn budgets() {
        assert!(parse(&"[".repeat(200_000)).is_err());
        assert!(parse(&format!("[{}", "1,".repeat(30_000))).unwrap_err()[0].message.contains("20000"));
        assert!(parse(&format!("{}1{}", "[".repeat(16), "]".repeat(16))).is_ok());
        assert!(parse(&format!("{}1{}", "[".repeat(17), "]".repeat(17))).is_err());
        for bad in ["a: &x 1", "a: *x", "a: !!int 1", "a: 1\n---\nb: 2", "", "# nothing", "a: [", "a:\n\tb: 1", "a: \0"]
        {
            let problems = parse(bad).unwrap_err();
            assert_eq!(problems.len(), 1, "{bad:?}");
        }
    }
}
