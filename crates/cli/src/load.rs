//! Loading specs: read and parse all of them, print what is wrong with each, keep the good ones.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bumpnet_ir::{Diagnostic, Spec};
use rayon::prelude::*;

use crate::context::{Context, plural};
use crate::failure::Failure;
use crate::files::Shown;
use crate::{files, render};

/// Files of whose errors is spoken; more are counted only.
const SHOWN: usize = 20;

/// What a weight table begins with.
const TABLE: &[u8] = b"{\"format\":\"bumpnet-network/";

/// A good spec, with its file for later diagnostics.
pub struct Loaded {
    /// As the user named it, or as found in a folder.
    pub path: PathBuf,
    /// The file's bytes.
    pub source: Vec<u8>,
    /// What it says.
    pub spec: Spec,
}

impl Loaded {
    /// Prints diagnostics about this file.
    pub fn say(&self, problems: &[Diagnostic], context: &mut Context<'_>) {
        say(&self.path, &self.source, problems, context);
    }
}

/// The good specs among the files below these paths, in order, and whether all were good.
pub fn all(paths: &[PathBuf], context: &mut Context<'_>) -> Result<(Vec<Loaded>, bool), Failure> {
    let paths = files::specs(paths)?;
    let results: Vec<_> = paths.into_par_iter().map(|path| (read(&path), path)).collect();
    let mut good = Vec::new();
    let mut bad = 0;
    let mut names: HashMap<String, PathBuf> = HashMap::new();
    for (result, path) in results {
        let (source, parsed) = result?;
        let problems = match parsed {
            Ok(spec) => match names.insert(spec.name.clone(), path.clone()) {
                None => {
                    good.push(Loaded { path, source, spec });
                    continue;
                }
                Some(other) => vec![same_name(&spec, &other)],
            },
            Err(problems) => problems,
        };
        bad += 1;
        if bad <= SHOWN {
            say(&path, &source, &problems, context);
        }
    }
    if bad > SHOWN {
        context.say(&format!("... and {} with errors", plural(bad - SHOWN, "more file")));
    }
    Ok((good, bad == 0))
}

/// One spec; what is wrong with it is printed.
pub fn one(path: &Path, context: &mut Context<'_>) -> Result<Loaded, Failure> {
    let (source, parsed) = read(path)?;
    match parsed {
        Ok(spec) => Ok(Loaded { path: path.to_owned(), source, spec }),
        Err(problems) => {
            say(path, &source, &problems, context);
            Err(Failure::Said)
        }
    }
}

type Parsed = (Vec<u8>, Result<Spec, Vec<Diagnostic>>);

fn read(path: &Path) -> Result<Parsed, Failure> {
    let source = files::read(path, bumpnet_parser::MAX_FILE_BYTES)?;
    if source.trim_ascii_start().starts_with(TABLE) {
        return Err(Failure::new(format!(
            "{} is a weight table, and this command is for specs\n  help: `verify`, `eval`, `export`, `plot`, `time`, `diff` \
             and `report` read tables",
            path.shown()
        )));
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let parsed = bumpnet_parser::parse_spec(&source, &stem).map(settled);
    Ok((source, parsed))
}

/// With a target that can be evaluated wherever it is defined; one that is not is refused where it is compiled.
fn settled(spec: Spec) -> Spec {
    match bumpnet_prove::settle(&spec.target, &spec.domain).map(std::borrow::Cow::into_owned) {
        Ok(target) => Spec { target, ..spec },
        Err(_) => spec,
    }
}

fn same_name(spec: &Spec, other: &Path) -> Diagnostic {
    let message = format!("the name `{}` is taken by {}", spec.name, other.shown());
    Diagnostic::new(0..0, message)
        .help("names are unique in a run, because tables and the lock are filed under them: write another `name:`")
}

fn say(path: &Path, source: &[u8], problems: &[Diagnostic], context: &mut Context<'_>) {
    let text = render::diagnostics(&path.shown(), source, problems, context.terminal);
    context.say(&text);
}
