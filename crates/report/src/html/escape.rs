//! Data in HTML: nothing that a spec says can become markup or script. Text is `bumpnet_ir::text::markup`.

use bumpnet_ir::text::is_harmless;
use serde::Serialize;

/// As JSON in a script element, which ends at `</script` and nowhere else: there is no `<`, `>` or `&` in it. Marks that
/// turn the direction of text, and others that are not seen, are texts of what they are called.
pub fn json<T: Serialize>(value: &T) -> String {
    // Strings, numbers and lists: writing them to memory cannot fail.
    let json = serde_json::to_string(value).unwrap_or_default();
    let mut escaped = String::with_capacity(json.len());
    // All of them stand in strings only.
    for c in json.chars() {
        match c {
            '<' | '>' | '&' => escaped += &format!("\\u{:04x}", u32::from(c)),
            c if is_harmless(c) => escaped.push(c),
            c => escaped += &format!("\\\\u{{{:x}}}", u32::from(c)),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(json(&"</script><!--&"), "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
        assert_eq!(json(&"a\u{202e}\n"), "\"a\\\\u{202e}\\n\"");
    }
}
