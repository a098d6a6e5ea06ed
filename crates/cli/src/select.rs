//! What a command is about: a weight table, a spec, or one network of a spec.

use std::borrow::Cow;
use std::path::Path;

use bumpnet_ir::text::{excerpt, visible};
use bumpnet_ir::{Expr, Network, NetworkSpec};
use bumpnet_prove::Standing;

use crate::cache::MAX_TABLE;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;
use crate::files::Shown;
use crate::load::{self, Loaded};

/// Characters of a wrong name that are shown.
const SHOWN: usize = 60;

/// A network with its target, from a table or a spec.
pub struct Subject {
    /// The network.
    pub network: Network,
    /// Its target.
    pub target: Expr,
    /// Whether its certificate is proved, as a spec's is, or only stated, as a table's.
    pub standing: Standing,
}

/// Whether the argument names a weight table.
pub fn is_table(argument: &str) -> bool {
    Path::new(argument).extension().is_some_and(|extension| extension == "json")
}

/// The one network that `TABLE` or `SPEC#NETWORK` names; `SPEC` alone will do if it has only one.
pub fn network(argument: &str, context: &mut Context<'_>) -> Result<Subject, Failure> {
    if is_table(argument) {
        return table(Path::new(argument));
    }
    let (loaded, mut wanted) = spec(argument, context)?;
    match (wanted.pop(), wanted.is_empty()) {
        (Some(one), true) => subject(&loaded, &one, context),
        _ => {
            let argument = visible(argument);
            let names: Vec<String> = loaded.spec.networks.iter().map(|n| format!("{argument}#{}", n.name)).collect();
            Err(Failure::new(format!("{argument} has several networks; name one:\n  {}", names.join("\n  "))))
        }
    }
}

/// All networks that `TABLE`, `SPEC` or `SPEC#NETWORK` names.
pub fn networks(argument: &str, context: &mut Context<'_>) -> Result<Vec<Subject>, Failure> {
    if is_table(argument) {
        return Ok(vec![table(Path::new(argument))?]);
    }
    let (loaded, wanted) = spec(argument, context)?;
    wanted.iter().map(|wanted| subject(&loaded, wanted, context)).collect()
}

/// A spec, and the networks of it that `SPEC` or `SPEC#NETWORK` names.
pub fn spec(argument: &str, context: &mut Context<'_>) -> Result<(Loaded, Vec<NetworkSpec>), Failure> {
    let (path, name) = split(argument);
    let loaded = load::one(Path::new(path), context)?;
    let wanted = match name {
        None => loaded.spec.networks.clone(),
        Some(name) => vec![named(&loaded, name)?.clone()],
    };
    Ok((loaded, wanted))
}

/// The path and the network's name of `SPEC` or `SPEC#NETWORK`.
pub fn split(argument: &str) -> (&str, Option<&str>) {
    match argument.rsplit_once('#') {
        Some((path, name)) if !Path::new(argument).exists() => (path, Some(name)),
        _ => (argument, None),
    }
}

/// The network of a spec that has this name.
pub fn named<'a>(loaded: &'a Loaded, name: &str) -> Result<&'a NetworkSpec, Failure> {
    let all = &loaded.spec.networks;
    all.iter().find(|network| network.name == name).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|network| network.name.as_str()).collect();
        let (path, name) = (loaded.path.shown(), excerpt(name, SHOWN));
        Failure::new(format!("{path} has no network `{name}`\n  it has: {}", names.join(", ")))
    })
}

fn subject(loaded: &Loaded, wanted: &NetworkSpec, context: &mut Context<'_>) -> Result<Subject, Failure> {
    let name = format!("{}/{}", loaded.spec.name, wanted.name);
    match context.wait.search(&name, || bumpnet_compiler::compile(&loaded.spec, wanted)) {
        Ok(_) if context.wait.is_over() => {
            Err(Failure::new(format!("{} before the search for {name} came to an end", context.wait.why())))
        }
        Ok(built) => {
            Ok(Subject { network: built.network, target: loaded.spec.target.clone(), standing: built.standing })
        }
        Err(problem) => {
            loaded.say(&[problem], context);
            Err(Failure::Said)
        }
    }
}

/// Reads a weight table, and its target from the text in it.
pub fn table(path: &Path) -> Result<Subject, Failure> {
    parse_table(files::read(path, MAX_TABLE)?, &path.shown())
}

/// How many times the error the bound of a network's certificate may be, where that is more than the promised 1 %.
pub fn loose(target: &Expr, network: &Network) -> Option<f64> {
    let certificate = network.certificate.as_ref()?;
    certificate.loose(bumpnet_prove::analyse(target, &network.inputs).ok()?.magnitude().get())
}

/// The same from a table's bytes, `name` saying where they are from.
pub fn parse_table(bytes: Vec<u8>, name: &str) -> Result<Subject, Failure> {
    let problem = |what: &str| Failure::new(format!("{name}: {what}"));
    if bytes.len() > MAX_TABLE {
        return Err(problem("larger than 1 GiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| problem("not a weight table: not UTF-8 text"))?;
    let network = Network::from_json(&text).map_err(|error| problem(&format!("not a weight table: {error}")))?;
    let inputs = network.inputs.iter().map(|input| input.name.clone()).collect();
    let target = bumpnet_parser::parse_expression(&network.target, inputs)
        .map_err(|problems| problem(&format!("its target does not parse: {}", problems[0].message)))?;
    let target = bumpnet_prove::settle(&target, &network.inputs).map_or_else(|_| target.clone(), Cow::into_owned);
    Ok(Subject { network, target, standing: Standing::stated() })
}
