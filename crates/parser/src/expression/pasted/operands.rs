//! Operands of other languages: functions without parentheses, brackets of all kinds, LaTeX.

use super::reader::Translator;
use super::tokens::Word;
use crate::foreign;

/// Functions with another name here, whose arguments are the same.
const RENAMED: [(&str, &str); 7] = [
    ("where", "if"),
    ("iif", "if"),
    ("ifelse", "if"),
    ("Sqrt", "sqrt"),
    ("Abs", "abs"),
    ("Max", "max"),
    ("Min", "min"),
];

const INVERSE: [(&str, &str); 6] =
    [("sin", "asin"), ("cos", "acos"), ("tan", "atan"), ("sinh", "asinh"), ("cosh", "acosh"), ("tanh", "atanh")];

impl Translator<'_> {
    pub fn postfix(&mut self) -> Option<String> {
        let mut text = self.atom()?;
        loop {
            if self.is(&["²", "³", "⁻", "¹", "⁰", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]) {
                text += &self.superscript();
            } else if self.is(&["!"]) {
                self.next += 1;
                text += "!";
            } else if self.is(&["°"]) {
                self.note("angles are in radians");
                self.next += 1;
                text = format!("rad({text})");
            } else if self.is(&["%"]) && !self.operand_behind() {
                self.note("there are no percentages");
                self.next += 1;
                text = format!("{text}/100");
            } else {
                return Some(text);
            }
        }
    }

    /// Whether the sign here has an operand on its right.
    fn operand_behind(&self) -> bool {
        let Some(token) = self.tokens.get(self.next + 1) else { return false };
        match &token.word {
            Word::Sign(sign) => matches!(sign.as_str(), "(" | "-" | "√" | "⌊" | "π" | "τ"),
            Word::Name(name) => !matches!(name.as_str(), "if" | "else" | "and" | "or"),
            _ => true,
        }
    }

    fn superscript(&mut self) -> String {
        let mut text = String::new();
        while let Some(sign) = self.take(&["⁻", "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]) {
            text += &sign;
        }
        text
    }

    fn atom(&mut self) -> Option<String> {
        match self.peek()?.clone() {
            Word::Number(number) => {
                self.next += 1;
                Some(number)
            }
            Word::Name(name) => self.name(name),
            Word::Command(command) => self.command(&command),
            Word::Sign(sign) => self.bracket(&sign),
        }
    }

    fn bracket(&mut self, sign: &str) -> Option<String> {
        let (open, close, last) = match sign {
            "(" => ("(", ")", ")"),
            "[" | "{" => ("(", ")", if sign == "[" { "]" } else { "}" }),
            "⌊" => ("⌊", "⌋", "⌋"),
            "⌈" => ("⌈", "⌉", "⌉"),
            "|" => ("abs(", ")", "|"),
            "√" | "∛" => {
                self.next += 1;
                return Some(format!("{sign}{}", self.atom()?));
            }
            "π" | "τ" => {
                self.next += 1;
                return Some(sign.to_owned());
            }
            _ => return None,
        };
        match sign {
            "|" => self.note("`|` is no bracket here"),
            "[" | "{" => self.note("parentheses are round"),
            _ => {}
        }
        self.next += 1;
        let bars = std::mem::replace(&mut self.bars, usize::from(sign == "|"));
        let inner = self.choice()?;
        self.bars = bars;
        self.take(&[last])?;
        Some(format!("{open}{inner}{close}"))
    }

    fn name(&mut self, name: String) -> Option<String> {
        let place = self.next;
        self.next += 1;
        let is_function = self.scope.is_function(&name) || RENAMED.iter().any(|(old, _)| *old == name);
        let name = RENAMED.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| (*new).to_owned());
        if !is_function {
            let known = self.scope.has_input(&name) || !self.scope.is_new(&name);
            let constant = foreign::constant(&name).filter(|_| !known);
            let constant = constant.and_then(|help| help.strip_prefix("write ")).filter(|text| text.len() < 8);
            return Some(constant.map_or(name, str::to_owned));
        }
        if self.is(&["("]) {
            return Some(format!("{name}({})", self.arguments("(", ")")?));
        }
        // `sin^2(x)`, `sin²(x)`, `tan^-1(x)`.
        let exponent = match self.take(&["^", "**"]) {
            Some(sign) => Some(sign + &self.exponent()?),
            None => Some(self.superscript()).filter(|text| !text.is_empty()),
        };
        if let Some(exponent) = exponent {
            self.notes.push((self.at(place + 1), "a power stands behind a function's argument"));
            let argument = self.argument()?;
            let inverse = ["^-1", "**-1", "^(-1)", "⁻¹"].contains(&exponent.as_str());
            let inverse = if inverse { INVERSE.iter().find(|(of, _)| *of == name)?.1 } else { "" };
            return Some(match inverse {
                "" => format!("{name}({argument}){exponent}"),
                inverse => format!("{inverse}({argument})"),
            });
        }
        self.notes.push((self.at(self.next), "a function's argument stands in parentheses"));
        let argument = self.argument()?;
        if !self.is(&["^", "**"]) {
            return Some(format!("{name}({argument})"));
        }
        // `sin x^2`
        self.doubtful = true;
        if self.other {
            Some(format!("{name}({argument})"))
        } else {
            Some(format!("{name}({})", self.raised(argument)?))
        }
    }

    /// A function's exponent: a number with or without a sign, or one in brackets.
    fn exponent(&mut self) -> Option<String> {
        if self.is(&["{", "("]) {
            let word = self.peek()?.clone();
            let Word::Sign(sign) = word else { return None };
            return self.bracket(&sign);
        }
        let sign = self.take(&["-", "−"]).unwrap_or_default();
        match self.peek()?.clone() {
            Word::Number(number) => {
                self.next += 1;
                Some(sign + &number)
            }
            _ => None,
        }
    }

    /// A function's argument: in brackets, or a number, a name, or both.
    fn argument(&mut self) -> Option<String> {
        for (open, close) in [("(", ")"), ("{", "}")] {
            if self.is(&[open]) {
                return self.arguments(open, close);
            }
        }
        let sign = self.take(&["-", "−"]).unwrap_or_default();
        let number = match self.peek()? {
            Word::Number(number) => Some(number.clone()),
            _ => None,
        };
        self.next += usize::from(number.is_some());
        let name = match self.peek() {
            Some(Word::Name(name)) if !self.scope.is_function(name) && self.starts_operand() => Some(name.clone()),
            Some(Word::Sign(sign)) if sign == "π" => Some(sign.clone()),
            _ => None,
        };
        self.next += usize::from(name.is_some());
        let text = [number, name].into_iter().flatten().collect::<Vec<_>>().join("*");
        // More of it might belong to the argument or not.
        (!text.is_empty() && !self.starts_operand()).then_some(sign + &text)
    }

    fn arguments(&mut self, open: &str, close: &str) -> Option<String> {
        self.take(&[open])?;
        let bars = std::mem::take(&mut self.bars);
        let mut arguments = vec![self.choice()?];
        while self.take(&[","]).is_some() {
            arguments.push(self.choice()?);
        }
        self.bars = bars;
        self.take(&[close])?;
        Some(arguments.join(", "))
    }

    fn command(&mut self, command: &str) -> Option<String> {
        self.next += 1;
        let braced = |this: &mut Self| this.arguments("{", "}");
        match command {
            "sqrt" if self.is(&["["]) => {
                let root = self.arguments("[", "]")?;
                let inner = braced(self)?;
                Some(if root == "3" { format!("cbrt({inner})") } else { format!("({inner})^(1/({root}))") })
            }
            "sqrt" => Some(format!("sqrt({})", braced(self)?)),
            "mathrm" | "operatorname" => {
                let name = braced(self)?;
                if self.is(&["("]) { Some(format!("{name}({})", self.arguments("(", ")")?)) } else { Some(name) }
            }
            _ => {
                let (top, bottom) = (braced(self)?, braced(self)?);
                let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
                let part = |text: String| if plain(&text) { text } else { format!("({text})") };
                Some(format!("({}/{})", part(top), part(bottom)))
            }
        }
    }
}
