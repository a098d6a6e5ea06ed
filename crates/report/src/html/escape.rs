//! Text and data in HTML: nothing that a spec says can become markup or script.

use serde::Serialize;

/// As the text of an element, or the value of an attribute in double quotes. Control characters, and marks that turn
/// the direction of text, are written as what they are called.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() || is_direction(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Marks that turn the direction of what follows, so that a name could look like another one.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// As JSON in a script element, which ends at `</script` and nowhere else: there is no `<`, `>` or `&` in it.
pub fn json<T: Serialize>(value: &T) -> String {
    // Strings, numbers and lists: writing them to memory cannot fail.
    let json = serde_json::to_string(value).unwrap_or_default();
    // All of them stand in strings only.
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(text("<b a='1' c=\"2\">&amp;</b>"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;&lt;/b&gt;");
        assert_eq!(text("a\nb\u{0}\u{202e}c"), "a b\\u0000\\u202ec");
        assert_eq!(json(&"</script><!--&"), "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
    }
}
