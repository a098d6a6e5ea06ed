//! The nearest known name, for names that are not known.

/// The candidate nearest to `name` if it is near enough to be meant, as `did you mean ...?`, or else the list.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let folded = name.to_lowercase().replace('_', "-");
    let best = candidates.iter().map(|c| (strsim::damerau_levenshtein(&folded, &c.replace('_', "-")), *c)).min();
    match best {
        // Heuristic: a third of the letters may be wrong, two at least.
        Some((distance, candidate)) if distance <= (name.len() / 3).max(2) && distance < candidate.len() => {
            format!("did you mean `{candidate}`?")
        }
        _ if candidates.is_empty() => "none is known here".to_owned(),
        _ => format!("known: {}", candidates.join(", ")),
    }
}
