//! Names in messages: what is echoed from the file is cut, and a name that is not known gets the nearest known one.

/// Most characters echoed from the file: a line of a terminal holds them twice.
const ECHOED: usize = 40;
/// Most bytes of a formula in a help line.
const QUOTED: usize = 120;
/// Most characters of a list of known names.
const LISTED: usize = 300;
/// Names that get a suggestion: the command line shows 20 problems of a file, and later ones may be thousands.
const SUGGESTIONS: usize = 20;
/// Names offered where none is near.
const FEW: usize = 4;
/// Names that are looked through for them.
const MOST_ALIKE: usize = 1000;
/// Pairs of letters compared for one name, some milliseconds' worth.
const PAIRS: usize = 1_000_000;

/// Text of the file as a message shows it: cut, and with escapes for characters that cannot be seen.
pub fn echo(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(ECHOED) {
        if is_visible(c) { shown.push(c) } else { shown.extend(c.escape_default()) }
    }
    if text.chars().nth(ECHOED).is_some() {
        shown.push_str("...");
    }
    shown
}

/// Text of the file for a help line, if it is short enough to be read there and can be seen.
pub fn quoted(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= QUOTED && text.chars().all(is_visible)).then_some(text)
}

/// Whether a character can be printed as it is: no control, no combining mark, no blank but the space.
pub fn is_visible(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\') || c.escape_debug().len() == 1
}

/// What to say of names that are not known, for the first of them.
#[derive(Debug)]
pub struct Suggestions {
    left: usize,
}

impl Suggestions {
    /// For a file.
    pub fn new() -> Suggestions {
        Suggestions { left: SUGGESTIONS }
    }

    /// For a text that is only tried.
    pub fn none() -> Suggestions {
        Suggestions { left: 0 }
    }

    /// The candidate nearest to `name` if it is near enough to be meant, as `did you mean ...?`, or else the list;
    /// nothing once the file had its suggestions.
    pub fn nearest<'a>(
        &mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
    ) -> Option<String> {
        self.meant(name, candidates.into_iter(), list)
    }

    /// The same, and where none is near enough, the few that are spelled most alike in place of the list.
    pub fn few<'a>(
        &mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
    ) -> Option<String> {
        self.meant(name, candidates.into_iter(), |candidates| {
            let folded: String = fold(name).chars().take(ECHOED).collect();
            let mut alike: Vec<(usize, &str)> =
                candidates.take(MOST_ALIKE).map(|name| (strsim::damerau_levenshtein(&folded, name), name)).collect();
            alike.sort_unstable();
            let few: Vec<String> = alike.iter().take(FEW).map(|(_, name)| format!("`{name}`")).collect();
            let name = echo(name);
            format!("define it in `let`, as in `{name}(t): t^2`; nearest by name are {}", few.join(", "))
        })
    }

    fn meant<'a, I: Iterator<Item = &'a str> + Clone>(
        &mut self,
        name: &str,
        candidates: I,
        otherwise: impl FnOnce(I) -> String,
    ) -> Option<String> {
        self.left = self.left.checked_sub(1)?;
        Some(match nearest(name, candidates.clone()) {
            Some(candidate) => format!("did you mean `{candidate}`?"),
            None => otherwise(candidates),
        })
    }

    /// Whether there is one suggestion more to be made; it counts.
    pub fn another(&mut self) -> bool {
        let left = self.left > 0;
        self.left = self.left.saturating_sub(1);
        left
    }
}

fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    let length = folded.chars().count();
    // Heuristic: a third of the letters may be wrong, and more than half of the longer name must be right.
    let limit = (length / 3).max(1);
    let mut pairs = 0;
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let known = fold(candidate);
        let other = known.chars().count();
        if other.abs_diff(length) > limit {
            continue;
        }
        pairs += other * length;
        if pairs > PAIRS {
            break;
        }
        let distance = strsim::damerau_levenshtein(&folded, &known);
        if distance <= limit && 2 * distance < other.max(length) && best.is_none_or(|best| (distance, candidate) < best)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Capitals and the two dashes are no difference.
fn fold(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

fn list<'a>(candidates: impl Iterator<Item = &'a str> + Clone) -> String {
    let mut text = String::new();
    for (listed, candidate) in candidates.clone().enumerate() {
        let lead = if text.is_empty() { "known: " } else { ", " };
        if text.len() + lead.len() + candidate.len() > LISTED {
            return format!("{text} and {} more", candidates.count() - listed);
        }
        text.push_str(lead);
        text.push_str(candidate);
    }
    if text.is_empty() { "none is known here".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoes_are_short_and_visible() {
        assert_eq!(echo("x_1"), "x_1");
        assert_eq!(echo(&"n".repeat(40)), "n".repeat(40));
        assert_eq!(echo(&"n".repeat(900_000)), format!("{}...", "n".repeat(40)));
        assert_eq!(echo("it's π\u{200b}\n\t\0 \u{301}"), "it's π\\u{200b}\\n\\t\\u{0} \\u{301}");
    }

    #[test]
    fn near_names_are_suggested() {
        let functions = bumpnet_ir::names::functions();
        for (name, expect) in [
            ("sine", Some("sin")),
            ("Sin", Some("sin")),
            ("sigmod", Some("sigmoid")),
            ("LOG_1P", Some("log1p")),
            ("f", None),
            ("g", None),
            ("arcsinh", Some("asinh")),
            ("besselj", None),
        ] {
            assert_eq!(nearest(name, functions.iter().copied()), expect, "{name}");
        }
        for (name, expect) in
            [("top", None), ("X", Some("x")), ("y", None), ("taau", Some("tau")), ("rate-1", Some("Rate_1"))]
        {
            assert_eq!(nearest(name, ["x", "Rate_1", "pi", "e", "tau"].into_iter()), expect, "{name}");
        }
    }

    #[test]
    fn suggestions_end() {
        let mut suggestions = Suggestions::new();
        let given = (0..100).filter_map(|_| suggestions.nearest("y", ["x"])).count();
        assert_eq!(given, SUGGESTIONS);
        let many: Vec<String> = (0..9000).map(|k| format!("binding{k}")).collect();
        let list = Suggestions::new().nearest("y", many.iter().map(String::as_str)).unwrap();
        assert!(list.starts_with("known: binding0, binding1, ") && list.ends_with(" more"), "{list}");
        let (listed, more) = list.rsplit_once(" and ").unwrap();
        assert!(listed.len() <= LISTED);
        assert_eq!(more, format!("{} more", 9000 - listed.split(", ").count()));
    }
}
