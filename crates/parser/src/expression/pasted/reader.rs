//! Operators, conditions and choices of other languages.

use bumpnet_ir::Span;

use super::super::scope::Scope;
use super::tokens::{Note, Token, Word};

/// Deepest nesting that is followed.
const DEEPEST: usize = 40;

/// A reader of words, which makes a text of this language as it goes; `None` where it does not understand.
pub struct Translator<'a> {
    pub tokens: &'a [Token],
    pub next: usize,
    depth: usize,
    /// How many `|` are open.
    pub bars: usize,
    /// Whether the second of two readings is wanted, and whether there are two.
    pub other: bool,
    pub doubtful: bool,
    pub notes: Vec<Note>,
    pub scope: &'a Scope,
}

impl<'a> Translator<'a> {
    /// Before the first word.
    pub fn new(tokens: &'a [Token], notes: Vec<Note>, other: bool, scope: &'a Scope) -> Translator<'a> {
        Translator { tokens, next: 0, depth: 0, bars: 0, other, doubtful: false, notes, scope }
    }
}

impl Translator<'_> {
    pub fn peek(&self) -> Option<&Word> {
        self.tokens.get(self.next).map(|token| &token.word)
    }

    pub fn at(&self, k: usize) -> Span {
        let at = self.tokens.get(k).map_or(0, |token| token.at);
        at..at + 1
    }

    pub fn note(&mut self, message: &'static str) {
        self.notes.push((self.at(self.next), message));
    }

    pub fn is(&self, words: &[&str]) -> bool {
        matches!(self.peek(), Some(Word::Sign(word) | Word::Name(word)) if words.contains(&word.as_str()))
    }

    pub fn take(&mut self, words: &[&str]) -> Option<String> {
        let taken = self.is(words).then(|| self.peek().cloned())??;
        self.next += 1;
        match taken {
            Word::Sign(word) | Word::Name(word) => Some(word),
            _ => None,
        }
    }

    /// All of it: `y = ...`, `f(x) = ...`, `lambda x: ...` and `x -> ...` are what stands behind.
    pub fn whole(&mut self) -> Option<String> {
        let signs = ["=", ":", "->", "=>"];
        let head = self
            .tokens
            .iter()
            .position(|token| matches!(&token.word, Word::Sign(sign) if signs.contains(&sign.as_str())));
        if let Some(head) = head.filter(|head| self.is_head(*head)) {
            self.notes.push((0..self.at(head).end, "the formula alone is meant here"));
            self.next = head + 1;
        }
        let text = self.choice()?;
        (self.next == self.tokens.len()).then_some(text)
    }

    /// Whether what stands before this sign is a name, a function with its arguments, or a list of arguments.
    fn is_head(&self, end: usize) -> bool {
        let is_input = |token: &Token| matches!(&token.word, Word::Name(name) if self.scope.has_input(name));
        if end == 1 && matches!(self.tokens[end].word, Word::Sign(ref sign) if sign == "=") && is_input(&self.tokens[0])
        {
            return false;
        }
        let names = self.tokens[..end].iter().filter(|token| matches!(token.word, Word::Name(_))).count();
        names > 0
            && self.tokens[..end].iter().all(|token| match &token.word {
                Word::Name(name) => !matches!(name.as_str(), "if" | "else"),
                Word::Sign(sign) => matches!(sign.as_str(), "(" | ")" | ","),
                _ => false,
            })
    }

    /// `c ? a : b`, `a if c else b`.
    pub fn choice(&mut self) -> Option<String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let first = self.joined()?;
        let choice = "a choice is written with `if`";
        let text = if self.is(&["?"]) {
            self.note(choice);
            self.next += 1;
            let then = self.choice()?;
            self.take(&[":"])?;
            format!("if({first}, {then}, {})", self.choice()?)
        } else if self.is(&["if"]) {
            self.note(choice);
            self.next += 1;
            let condition = self.joined()?;
            self.take(&["else"])?;
            format!("if({condition}, {first}, {})", self.choice()?)
        } else {
            first
        };
        self.depth -= 1;
        Some(text)
    }

    /// Conditions, and the numbers in them.
    fn joined(&mut self) -> Option<String> {
        let mut text = self.negated()?;
        loop {
            let word = match self.peek() {
                Some(Word::Sign(sign) | Word::Name(sign)) => match sign.as_str() {
                    "and" | "&&" | "&" | "∧" | "AND" => "and",
                    "or" | "||" | "∨" | "OR" => "or",
                    "|" if self.bars == 0 => "or",
                    _ => return Some(text),
                },
                _ => return Some(text),
            };
            if self.is(&["&", "|", "AND", "OR"]) {
                self.note("conditions are joined by `and` and `or`");
            }
            self.next += 1;
            text = format!("{text} {word} {}", self.negated()?);
        }
    }

    fn negated(&mut self) -> Option<String> {
        match self.take(&["not", "!", "¬"]) {
            Some(_) => Some(format!("not ({})", self.compared()?)),
            None => self.compared(),
        }
    }

    fn compared(&mut self) -> Option<String> {
        let first = self.sum()?;
        let mut left = first.clone();
        let mut parts = Vec::new();
        let signs = ["<", ">", "<=", ">=", "==", "!=", "≤", "≥", "≠", "=", "<>", "=<"];
        while self.is(&signs) {
            match self.peek() {
                Some(Word::Sign(sign)) if sign == "=" => self.note("a single `=` means nothing here"),
                Some(Word::Sign(sign)) if sign == "<>" || sign == "=<" => self.note("there is no such comparison"),
                _ => {}
            }
            let sign = match self.take(&signs)?.as_str() {
                "=" => "==".to_owned(),
                "<>" => "!=".to_owned(),
                "=<" => "<=".to_owned(),
                sign => sign.to_owned(),
            };
            let right = self.sum()?;
            parts.push(format!("{left} {sign} {right}"));
            left = right;
        }
        Some(if parts.is_empty() { first } else { parts.join(" and ") })
    }

    fn sum(&mut self) -> Option<String> {
        let mut text = self.product()?;
        while self.is(&["+", "-", "−", "–"]) {
            let spaced = self.tokens[self.next].spaced;
            let sign = self.take(&["+", "-", "−", "–"])?;
            let right = self.product()?;
            text = if spaced { format!("{text} {sign} {right}") } else { format!("{text}{sign}{right}") };
        }
        Some(text)
    }

    fn product(&mut self) -> Option<String> {
        let mut text = self.factor()?;
        let mut divided = false;
        let percent = "there is no operator `%`, nor `mod` between numbers";
        loop {
            if self.is(&["%", "mod"]) {
                self.note(percent);
                self.next += 1;
                text = format!("mod({text}, {})", self.factor()?);
            } else if self.is(&["//"]) {
                self.note("there is no operator `//`");
                self.next += 1;
                text = format!("floor({text}/{})", self.factor()?);
            } else if let Some(sign) = self.take(&["*", "/", "×", "·", "⋅", "∙", "÷"]) {
                divided = matches!(sign.as_str(), "/" | "÷");
                text = format!("{text}{sign}{}", self.factor()?);
            } else if self.starts_operand() {
                self.note("an operator is missing here");
                // Two numbers side by side are no product.
                if matches!(self.peek(), Some(Word::Number(_))) && text.ends_with(|c: char| c.is_ascii_digit()) {
                    return None;
                }
                self.doubtful |= divided;
                let right = self.factor()?;
                text = match text.rfind(['/', '÷']).filter(|_| divided && self.other) {
                    Some(at) => {
                        let from = at + text[at..].chars().next().map_or(1, char::len_utf8);
                        format!("{}({}*{right})", &text[..from], &text[from..])
                    }
                    None => format!("{text}*{right}"),
                };
                divided = divided && !self.other;
            } else {
                return Some(text);
            }
        }
    }

    pub fn starts_operand(&self) -> bool {
        match self.peek() {
            Some(Word::Name(name)) => {
                !matches!(name.as_str(), "if" | "else" | "and" | "or" | "not" | "AND" | "OR" | "mod" | "for")
            }
            Some(Word::Number(_) | Word::Command(_)) => true,
            Some(Word::Sign(sign)) => matches!(sign.as_str(), "(" | "√" | "∛" | "⌊" | "⌈" | "π" | "τ"),
            None => false,
        }
    }

    /// Signs, and a power.
    fn factor(&mut self) -> Option<String> {
        let mut signs = String::new();
        while let Some(sign) = self.take(&["-", "+", "−", "–"]) {
            signs += &sign;
        }
        let base = self.postfix()?;
        Some(signs + &self.raised(base)?)
    }

    pub fn raised(&mut self, base: String) -> Option<String> {
        match self.take(&["^", "**"]) {
            None => Some(base),
            Some(sign) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return None;
                }
                let exponent = self.factor()?;
                self.depth -= 1;
                Some(format!("{base}{sign}{exponent}"))
            }
        }
    }
}
