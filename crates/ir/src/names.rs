//! Names: which the expression language has a meaning for, and which an input may have, in a spec and in a table alike.

use bumpnet_interval::{Constant, Unary};

/// Longest name of a network, an input or a `let`, in bytes.
pub const MAX_NAME: usize = 100;

/// Every function name of the expression language.
pub fn functions() -> Vec<&'static str> {
    let mut names: Vec<&str> = Unary::ALL.iter().filter(|op| **op != Unary::Neg).map(|op| op.name()).collect();
    names.extend(["log", "ln_1p", "min", "max", "hypot", "atan2", "if"]);
    names
}

/// Whether a name is taken by the language, so that no input and no `let` may have it.
pub fn is_reserved(name: &str) -> bool {
    functions().contains(&name) || Constant::ALL.iter().any(|constant| constant.name() == name)
}

/// Whether a text is spelled as a name of an input: an ASCII letter or `_`, then letters, digits and `_`, not too long.
pub fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && text.len() <= MAX_NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_inputs() {
        for name in ["x", "_", "x_1", "Temperature"] {
            assert!(is_identifier(name) && !is_reserved(name), "{name}");
        }
        for name in ["", "1x", "x y", "x\n", "x-1", "\u{e9}", "x;", &"x".repeat(101)] {
            assert!(!is_identifier(name), "{name:?}");
        }
        for name in ["pi", "e", "tau", "sin", "log", "if", "atan2", "step"] {
            assert!(is_reserved(name), "{name}");
        }
        assert!(!is_reserved("-"));
    }
}
