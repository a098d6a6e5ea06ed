//! Names: which the expression language has a meaning for, and which inputs, networks and specs may have, in a spec, a
//! table and a lock alike.

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

/// Whether a text is a name of a spec or a network, safe as a file name everywhere, so that it cannot leave a folder: ASCII
/// letters, digits, `_`, `-` and single `.`, a letter or digit first, not too long.
pub fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(plain)
        && !text.contains("..")
        && text.len() <= MAX_NAME
}

/// Whether a text names a network of a spec, `SPEC/NETWORK`.
pub fn is_full_name(text: &str) -> bool {
    text.split_once('/').is_some_and(|(spec, network)| is_name(spec) && is_name(network))
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

    #[test]
    fn names_of_networks() {
        for name in ["a/b", "article/ten-bumps", "1/v1.0_a"] {
            assert!(is_full_name(name), "{name}");
        }
        for name in
            ["", "a", "a/", "/b", "a/b/c", "../b", "a/..", "a/.b", "-a/b", "a b/c", "a/b\n", "a/b\u{202e}", "\u{e9}/b"]
        {
            assert!(!is_full_name(name), "{name:?}");
        }
        assert!(!is_name(&"x".repeat(101)));
    }
}
