//! Which file of a crate imports from which, and whether that runs in a circle.
//!
//! A path belongs to the file of the last module that it names: `crate::a::b::Item` to `a/b.rs`, `crate::Item` to `lib.rs`
//! whether it defines or re-exports it. `mod a;` alone is no import; `a::Item` below it is one. What stands under
//! `#[cfg(test)]` does not count.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module's path within its crate; none for the root.
pub type Module = Vec<String>;

/// The modules of a crate that have a file, each with the modules whose files it imports from, and a path that does it.
pub struct Imports(BTreeMap<Module, BTreeMap<Module, String>>);

/// The module of a file, from its path within `src/`: `a/mod.rs` and `a.rs` are `a`, `lib.rs` and `main.rs` the root.
pub fn module(path: &str) -> Module {
    let mut names: Module = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    match names.last().map(String::as_str) {
        Some("mod") => drop(names.pop()),
        Some("lib" | "main") if names.len() == 1 => names.clear(),
        _ => {}
    }
    names
}

impl Imports {
    /// Those of a crate, from the text of each module's file.
    pub fn of(files: &BTreeMap<Module, String>) -> Imports {
        let of_file = |(module, text): (&Module, &String)| {
            let tokens: TokenStream = text.parse().expect("a source is made of tokens");
            let mut reader = Reader { files, file: module, found: BTreeMap::new() };
            reader.block(module, tokens);
            (module.clone(), reader.found)
        };
        Imports(files.iter().map(of_file).collect())
    }

    /// One circle for each group of files that import one another, the shortest through its first file, as text.
    pub fn circles(&self) -> Vec<String> {
        let mut done = BTreeSet::new();
        let mut circles = Vec::new();
        for start in self.0.keys() {
            let reached = self.reached(start);
            if done.contains(start) || !reached.contains_key(start) {
                continue;
            }
            circles.push(self.circle(start, &reached));
            done.extend(reached.into_keys().filter(|module| self.reached(module).contains_key(start)));
        }
        circles
    }

    /// How many imports there are.
    pub fn count(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// The shortest way from a module back to it, each step with a path that takes it.
    fn circle(&self, start: &Module, reached: &BTreeMap<Module, Module>) -> String {
        let mut text = String::new();
        let mut to = start;
        loop {
            let from = &reached[to];
            text = format!(" -> {} ({}){text}", name(to), self.0[from][to]);
            if from == start {
                return format!("{}{text}", name(start));
            }
            to = from;
        }
    }

    /// The modules that imports lead to, each with the one before it on a shortest way.
    fn reached(&self, start: &Module) -> BTreeMap<Module, Module> {
        let mut reached = BTreeMap::new();
        let mut next = vec![start];
        while !next.is_empty() {
            let mut after = Vec::new();
            for from in next {
                for to in self.0[from].keys() {
                    if !reached.contains_key(to) {
                        reached.insert(to.clone(), from.clone());
                        after.push(to);
                    }
                }
            }
            next = after;
        }
        reached
    }
}

/// Looks for paths in the tokens of one file.
struct Reader<'a> {
    files: &'a BTreeMap<Module, String>,
    file: &'a Module,
    found: BTreeMap<Module, String>,
}

impl Reader<'_> {
    /// The tokens of a module, or of a group in it.
    fn block(&mut self, module: &Module, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = match &tokens[at] {
                TokenTree::Punct(_) if for_tests(&tokens[at..]) => item_after(&tokens, at),
                TokenTree::Ident(word) if word == "mod" => match &tokens[at + 1..] {
                    // An inline module: its `super` is this one.
                    [TokenTree::Ident(name), TokenTree::Group(body), ..] => {
                        self.block(&joined(module, &name.to_string()), body.stream());
                        at + 3
                    }
                    _ => at + 2,
                },
                TokenTree::Ident(_) => self.path(module, &tokens, at),
                TokenTree::Group(group) => {
                    self.block(module, group.stream());
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    /// A path that begins at `at`, or a word; what comes behind it. A `use` is no different: `use a::{b, c}` is a path with
    /// a group at its end.
    fn path(&mut self, module: &Module, tokens: &[TokenTree], mut at: usize) -> usize {
        let mut names = Vec::new();
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(name)) => names.push(name.to_string()),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.tree(module, &names, group.stream());
                    return at + 1;
                }
                Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                    names.push("*".to_owned());
                }
                _ => break,
            }
            at += 1;
            if !is_path_separator(tokens, at) {
                break;
            }
            at += 2;
        }
        if names.len() > 1 {
            self.take(module, &names);
        }
        at
    }

    /// The branches of `prefix::{...}`.
    fn tree(&mut self, module: &Module, prefix: &[String], tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for branch in tokens.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',')) {
            let mut names = prefix.to_vec();
            for token in branch {
                match token {
                    TokenTree::Ident(name) if name == "as" => break,
                    TokenTree::Ident(name) => names.push(name.to_string()),
                    TokenTree::Group(group) => self.tree(module, &names, group.stream()),
                    TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                }
            }
            if !branch.is_empty() {
                self.take(module, &names);
            }
        }
    }

    /// Notes the file that a path belongs to, if it is one of this crate.
    fn take(&mut self, module: &Module, written: &[String]) {
        let mut path = module.clone();
        let mut names = written.iter().map(String::as_str).filter(|name| *name != "self").peekable();
        match names.peek() {
            Some(&"crate") => {
                path.clear();
                names.next();
            }
            Some(&"super") => {}
            Some(name) if self.files.contains_key(&joined(module, name)) => {}
            _ => return,
        }
        for name in names {
            match name {
                "super" => drop(path.pop()),
                name => path.push(name.to_owned()),
            }
        }
        while !self.files.contains_key(&path) {
            path.pop();
        }
        if path != *self.file {
            self.found.entry(path).or_insert_with(|| written.join("::"));
        }
    }
}

fn name(module: &Module) -> String {
    if module.is_empty() { "the root".to_owned() } else { module.join("::") }
}

fn joined(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(tokens.get(at)) && colon(tokens.get(at + 1))
}

/// Whether `#[cfg(test)]` stands here.
fn for_tests(tokens: &[TokenTree]) -> bool {
    let [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] = tokens else { return false };
    hash.as_char() == '#' && attribute.to_string().replace(' ', "") == "[cfg(test)]"
}

/// What comes behind the item at `at`: it ends with a block or a semicolon.
fn item_after(tokens: &[TokenTree], at: usize) -> usize {
    let end = tokens[at..].iter().position(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(semicolon) => semicolon.as_char() == ';',
        _ => false,
    });
    end.map_or(tokens.len(), |end| at + end + 1)
}
