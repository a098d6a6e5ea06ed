//! Diagnostics as text: file, line and column, the source line with a caret, and what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Padding, Renderer, Snippet};
use bumpnet_ir::{Diagnostic, Span};

use crate::failure::Line;

/// Width of a rendered line; longer source lines are cut around the caret.
const WIDTH: usize = 140;
/// Diagnostics shown per file; more are counted only.
const SHOWN: usize = 20;
/// A source line longer than this is cut before rendering; the renderer would work on all of it.
const LONG_LINE: usize = 2000;

/// All diagnostics of one text, `path` naming it.
pub fn diagnostics(path: &str, source: &[u8], problems: &[Diagnostic], colours: bool) -> String {
    let source = String::from_utf8_lossy(source);
    let place = Place { path, first: 1, source: &source, renderer: renderer(colours) };
    let mut text: Vec<String> = problems.iter().take(SHOWN).map(|problem| place.one(problem)).collect();
    if problems.len() > SHOWN {
        text.push(format!("... and {} more in {path}", problems.len() - SHOWN));
    }
    text.join("\n\n") + "\n"
}

/// What is wrong with one line of a file.
pub fn line(line: &Line, colours: bool) -> String {
    let source = String::from_utf8_lossy(&line.text);
    Place { path: &line.file, first: line.number, source: &source, renderer: renderer(colours) }.one(&line.problem)
        + "\n"
}

fn renderer(colours: bool) -> Renderer {
    if colours { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH)
}

/// Where problems are: a text, and the number of its first line.
struct Place<'a> {
    path: &'a str,
    first: usize,
    source: &'a str,
    renderer: Renderer,
}

impl Place<'_> {
    fn one(&self, problem: &Diagnostic) -> String {
        let source = self.source;
        let (label, words) = (clamp(source, &problem.label.0), problem.label.1.as_str());
        if line_length(source, label.start) > LONG_LINE {
            return self.in_long_line(label, problem);
        }
        let primary = AnnotationKind::Primary.span(label);
        let mut snippet = Snippet::source(source).line_start(self.first).path(self.path).annotation(match words {
            "" => primary,
            words => primary.label(words),
        });
        if let Some((span, words)) = &problem.related {
            let span = first_line(source, clamp(source, span));
            if line_length(source, span.start) <= LONG_LINE {
                snippet = snippet.annotation(AnnotationKind::Context.span(span).label(words.as_str()));
            }
        }
        self.render(Level::ERROR.primary_title(problem.message.as_str()).element(snippet), problem)
    }

    fn render(&self, group: Group<'_>, problem: &Diagnostic) -> String {
        let group = match &problem.help {
            Some(help) => group.element(Level::HELP.message(help.as_str())),
            None => group,
        };
        self.renderer.render(&[group])
    }

    /// A piece of a very long line around the caret, beneath its place in the whole line.
    fn in_long_line(&self, label: Span, problem: &Diagnostic) -> String {
        let source = self.source;
        let (line, column) = position(source, label.start);
        let line = self.first + line - 1;
        let start = floor_boundary(
            source,
            label.start.saturating_sub(40).max(source[..label.start].rfind('\n').map_or(0, |n| n + 1)),
        );
        let end = floor_boundary(source, label.end.min(label.start + 40).saturating_add(40));
        let piece = source[start..end].split('\n').next().unwrap_or_default();
        let caret = (label.start - start)..(label.end.min(label.start + 40) - start).min(piece.len());
        let caret = AnnotationKind::Primary.span(caret).label("in the middle of a long line");
        let group = Level::ERROR
            .primary_title(problem.message.as_str())
            .element(Origin::path(self.path).line(line).char_column(column))
            .element(Padding)
            .element(Snippet::source(piece).line_start(line).annotation(caret));
        self.render(group, problem)
    }
}

/// Line and column, both from 1; the column counts characters.
pub fn position(source: &str, at: usize) -> (usize, usize) {
    let before = &source[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn line_length(source: &str, at: usize) -> usize {
    let start = source[..at].rfind('\n').map_or(0, |newline| newline + 1);
    source[at..].find('\n').map_or(source.len(), |newline| at + newline) - start
}

/// Spans of several lines point at their first line only.
fn first_line(source: &str, span: Span) -> Span {
    let end = source[span.clone()].find('\n').map_or(span.end, |newline| span.start + newline);
    span.start..end
}

/// The span within the text and on character boundaries.
fn clamp(source: &str, span: &Span) -> Span {
    let start = floor_boundary(source, span.start);
    first_line(source, start..floor_boundary(source, span.end).max(start))
}

fn floor_boundary(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}
