//! Which types the sources define, and which names that gives more than two meanings.
//!
//! A `struct`, an `enum`, a `trait` or a `type` is one wherever it stands, in a function or in tests, too. What an `impl` or
//! a `trait` says of its associated types is none: the trait has named them.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// As many types may share a name, a module apart.
const MEANINGS: usize = 2;

/// The types of all sources: where each name is defined.
#[derive(Default)]
pub struct Definitions(BTreeMap<String, Vec<String>>);

impl Definitions {
    /// Adds those of a file.
    pub fn read(&mut self, file: &str, text: &str) {
        let tokens: TokenStream = text.parse().expect("a source is made of tokens");
        let mut names = Vec::new();
        block(tokens, false, &mut names);
        for name in names {
            self.0.entry(name).or_default().push(file.to_owned());
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// The names that mean too much, each with the files that define it.
    pub fn crowded(&self) -> Vec<String> {
        let crowded = self.0.iter().filter(|(_, files)| files.len() > MEANINGS);
        crowded.map(|(name, files)| format!("{name}: {}", files.join(", "))).collect()
    }
}

/// The names that are defined in some tokens; `type` says nothing new directly in the block of an `impl` or a `trait`.
fn block(tokens: TokenStream, associated: bool, names: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    // Whether the next block is that of an `impl` or a `trait`.
    let mut head = false;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) => {
                let word = word.to_string();
                head |= word == "trait" || word == "impl" && begins_item(&tokens[..at]);
                let defines = matches!(word.as_str(), "struct" | "enum" | "trait") || word == "type" && !associated;
                if let (true, Some(TokenTree::Ident(name))) = (defines, tokens.get(at + 1)) {
                    names.push(name.to_string());
                }
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                block(group.stream(), std::mem::take(&mut head), names);
            }
            TokenTree::Group(group) => block(group.stream(), false, names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Whether an `impl` behind these tokens is an item, and not a type as in `-> impl Iterator`.
fn begins_item(before: &[TokenTree]) -> bool {
    !matches!(before.last(), Some(TokenTree::Punct(sign)) if sign.as_char() != ';')
}
