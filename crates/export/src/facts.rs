//! What every export says of itself: names and values for a header or metadata.

use bumpnet_ir::{Certificate, InMeasure, Network, Outside, text};
use bumpnet_prove::Standing;

use crate::Options;
use crate::bound::both_sides;

/// Names and values, in the order in which they are written. The values are foreign text: each format escapes them.
pub type Facts = Vec<(&'static str, String)>;

/// The facts that all formats share.
pub fn facts(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Facts {
    let domain: Vec<String> =
        network.inputs.iter().map(|i| format!("{} in [{:?}, {:?}]", i.name, i.lo, i.hi)).collect();
    let outside = match network.outside {
        Outside::Extend => "the network's own value (extend)",
        Outside::Clamp => "the value at the nearest point of the domain (clamp)",
        Outside::Nan => "NaN (nan)",
    };
    let shape =
        format!("{} neurons, {} parameters, {}", network.neurons(), network.parameters(), network.precision.name());
    let mark = if options.standing.is_proved() { "" } else { " (stated)" };
    let mut facts = vec![
        ("name", network.name.clone()),
        ("target", network.target.clone()),
        ("domain", domain.join(", ")),
        ("outside", outside.to_owned()),
        ("network", shape),
        ("bound", format!("{:?}", certificate.upper)),
        (
            "bound_means",
            format!("|network - target| on the whole domain, in exact arithmetic: {}", said(options.standing)),
        ),
        ("attained", format!("{:?} at {:?}{mark}", certificate.lower, certificate.argmax)),
        ("proof", certificate.method.clone() + mark),
        ("digest", network.digest()),
        ("tool", options.tool.to_owned()),
    ];
    facts.extend(certificate.measured.as_ref().map(|measured| {
        let InMeasure { measure, upper, evaluated, .. } = measured;
        let standing = said(options.standing);
        (
            "bound_in_measure",
            format!("{} of the network: {upper:?}, as bumpnet evaluates it {evaluated:?}: {standing}", measure.name()),
        )
    }));
    facts.extend(both_sides(certificate).map(|why| ("bound_jumps", why)));
    facts
}

/// What a bound is, in words; where it is only stated, who can tell whether it holds.
pub fn said(standing: Standing) -> &'static str {
    match standing.is_proved() {
        true => "proved",
        false => "stated by the table and not checked here (`bumpnet verify` does that)",
    }
}

/// The same of a bound that adds what this program rounds to one of the network, which is bounded in either case.
pub fn said_of_sum(standing: Standing) -> String {
    match standing.is_proved() {
        true => said(standing).to_owned(),
        false => format!("{}, plus the distance from the network, which is bounded here", said(standing)),
    }
}

/// The facts as lines of a comment, each behind a prefix.
pub fn comment(facts: &Facts, prefix: &str) -> String {
    facts.iter().map(|(name, value)| format!("{prefix}{name}: {}\n", text::comment(value))).collect()
}

/// The facts as an object of JSON.
pub fn json(facts: &Facts) -> String {
    let pairs: Vec<String> = facts.iter().map(|(name, value)| format!("\"{name}\":{}", text::json(value))).collect();
    format!("{{{}}}", pairs.join(","))
}
