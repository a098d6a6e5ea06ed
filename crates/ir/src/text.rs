//! Foreign text, which a spec, a table, a lock or a file's name has brought: one function for each language that it is
//! written into. What comes out is text of that language and nothing else: no line break, no end of a comment or a
//! string, and no character that is not seen.

use std::fmt::Write;

/// Whether a character is seen where it stands, and leaves what stands around it alone: it is no control character, no
/// line or paragraph separator, no mark that turns the direction of text, and none that is nothing at all.
pub fn is_harmless(c: char) -> bool {
    let format =
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !(c.is_control() || format || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

/// For people: what is not harmless as Rust writes it, `\n` or `\u{202e}`.
pub fn visible(text: &str) -> String {
    mapped(text, |c, out| if is_harmless(c) { out.push(c) } else { out.extend(c.escape_default()) })
}

/// The same of prose, whose line breaks and tabs are blanks.
pub fn one_line(text: &str) -> String {
    visible(text.trim().replace(['\n', '\r', '\t'], " ").trim())
}

/// The beginning of a text that may be long, for people: at most so many characters and an ellipsis.
pub fn excerpt(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    visible(&text[..end]) + if end < text.len() { "..." } else { "" }
}

/// What is printed, of any number of lines, before people or a CI's runner: control characters but line breaks and tabs
/// as [`visible`] writes them, and nothing that a runner takes for a command, which is `::` at the beginning of a line
/// and `##[` or `##word[` anywhere.
pub fn printed(text: &str) -> String {
    text.split_inclusive('\n').map(|line| printed_line(line, false)).collect()
}

/// The same where a terminal watches: sequences that set colours stay.
pub fn printed_in_colour(text: &str) -> String {
    text.split_inclusive('\n').map(|line| printed_line(line, true)).collect()
}

fn printed_line(line: &str, coloured: bool) -> String {
    let mut out = String::with_capacity(line.len());
    if line.trim_start().starts_with("::") {
        out.push('\\');
    }
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let colour = if coloured { colour(rest) } else { 0 };
        let after = &rest[colour.max(c.len_utf8())..];
        match c {
            _ if colour > 0 => out.push_str(&rest[..colour]),
            '#' if is_command(after) => out.push_str("#\\"),
            '\n' | '\t' => out.push(c),
            c if is_harmless(c) => out.push(c),
            c => out.extend(c.escape_default()),
        }
        rest = after;
    }
    out
}

/// Whether this, behind a `#`, makes a command of older runners of GitHub, or of Azure's or TeamCity's.
fn is_command(after: &str) -> bool {
    after
        .strip_prefix('#')
        .is_some_and(|rest| rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('['))
}

/// The length of the sequence at the beginning that sets colours, `ESC [ 1;32 m`; 0 if there is none.
fn colour(text: &str) -> usize {
    let numbers =
        text.strip_prefix("\u{1b}[").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';'));
    numbers.filter(|rest| rest.starts_with('m')).map_or(0, |rest| text.len() - rest.len() + 1)
}

/// In a comment that ends with its line, of C, Rust, DOT, Sollya, CSV and SMT-LIB: neither backslash nor question mark (a
/// trigraph's), which could join the next line to a C comment, no beginning or end of a comment of several lines, and no
/// command to a runner that prints it.
pub fn comment(text: &str) -> String {
    let plain = mapped(text, |c, out| out.push(if is_harmless(c) && !matches!(c, '\\' | '?') { c } else { '_' }));
    plain.replace("*/", "*_").replace("/*", "_*").replace("##", "#_")
}

/// A string of JSON, its quotes included. A runner that looks for commands in it finds none.
pub fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default(); // a string always serialises
    in_json(&quoted)
}

/// JSON that a library has written: the same values, with escapes for what is not harmless, all of which stands in strings.
pub fn in_json(json: &str) -> String {
    let mut units = [0; 2];
    let escaped = mapped(json, |c, out| {
        if is_harmless(c) || c == '\n' {
            return out.push(c);
        }
        for unit in c.encode_utf16(&mut units) {
            let _ = write!(out, "\\u{unit:04x}"); // writing to a string cannot fail
        }
    });
    escaped.replace("##", "#\\u0023")
}

/// The text of an element, or the value of an attribute in quotes, of XML, SVG and HTML. A runner finds no command in it.
pub fn markup(text: &str) -> String {
    let escaped = mapped(&one_line(text), |c, out| match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    });
    escaped.replace("##", "#&#35;")
}

/// A label of DOT, its quotes included; its line breaks are Graphviz' own.
pub fn dot(label: &str) -> String {
    let line = |line: &str| {
        mapped(&visible(line), |c, out| match c {
            '"' | '\\' => out.extend(['\\', c]),
            // Graphviz knows HTML's names of characters.
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        })
    };
    format!("\"{}\"", label.split('\n').map(line).collect::<Vec<_>>().join("\\n").replace("##", "#&#35;"))
}

/// A field of CSV, in quotes if need be.
pub fn csv(field: &str) -> String {
    let field = visible(field);
    match field.contains([',', '"']) || field.trim() != field {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field,
    }
}

/// Code in a cell of a Markdown table.
pub fn markdown_code(text: &str) -> String {
    // A backslash of the text must not take away the one that keeps a bar from ending the cell.
    format!("`{}`", visible(text).replace("\\|", "\\ |").replace('|', "\\|").replace('`', "'"))
}

/// The message of a workflow command of GitHub, which may have several lines.
pub fn github_message(text: &str) -> String {
    let lines = mapped(text, |c, out| match c {
        '%' => out.push_str("%25"),
        '\n' => out.push_str("%0A"),
        c if is_harmless(c) => out.push(c),
        c => out.extend(c.escape_default()),
    });
    printed_line(&lines, false)
}

/// A property of a workflow command of GitHub.
pub fn github_property(text: &str) -> String {
    github_message(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}

fn mapped(text: &str, mut of: impl FnMut(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| of(c, &mut out));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every control character, line separators, marks of direction, ends of comments and strings, commands, and what
    /// only looks like one of them.
    fn hostile() -> impl Strategy<Value = String> {
        let pieces = [
            "\"",
            "'",
            "\\",
            "*/",
            "/*",
            "//",
            "??/",
            "-->",
            "<!--",
            "]]>",
            "<a>",
            "&amp;",
            "|",
            "`",
            "::",
            "##[",
            "##vso[",
            "%0A",
            ",",
            "\u{85}",
            "\u{2028}",
            "\u{2029}",
            "\u{202e}",
            "\u{2066}",
            "\u{200f}",
            "\u{feff}",
            "\u{e0041}",
            "\u{ffff}",
            "\u{1b}[31m",
            "\u{9b}2J",
            " ",
            "x",
            "\u{3c0}",
            "\u{1f600}",
        ];
        let piece = prop_oneof![
            (0u32..0xa0).prop_map(|c| char::from_u32(c).unwrap().to_string()),
            proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    /// The string that XML or HTML reads.
    fn unescaped(markup: &str) -> String {
        let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#35;", "#"), ("&amp;", "&")];
        names.iter().fold(markup.to_owned(), |text, (name, c)| text.replace(name, c))
    }

    proptest! {
        #[test]
        fn nothing_but_text_comes_out(text in hostile()) {
            for one in [
                visible(&text), one_line(&text), comment(&text), json(&text), markup(&text), dot(&text), csv(&text),
                markdown_code(&text), github_message(&text), github_property(&text),
            ] {
                prop_assert!(one.chars().all(is_harmless), "{one:?}");
            }
            let line = comment(&text);
            prop_assert!(!line.contains(['\\', '?']) && !line.contains("*/") && !line.contains("/*"), "{line}");
            prop_assert_eq!(serde_json::from_str::<String>(&json(&text)).unwrap(), text.clone());
            prop_assert_eq!(unescaped(&markup(&text)), one_line(&text));
            prop_assert!(!markup(&text).contains(['<', '>', '"', '\'']));
            let (label, cell) = (dot(&text), markdown_code(&text));
            let inner = label[1..label.len() - 1].replace("\\\\", "").replace("\\\"", "");
            prop_assert!(!inner.contains('"') && !inner.ends_with('\\'), "{label}");
            prop_assert!(!cell[1..cell.len() - 1].contains('`') && !cell.replace("\\|", "").contains('|'), "{cell}");
            prop_assert!(!cell.contains("\\\\|"), "{cell}");
            let property = github_property(&text);
            prop_assert!(!property.contains([':', ',']), "{property}");
            prop_assert!(csv(&text).starts_with('"') || !csv(&text).contains([',', '"']));
        }

        #[test]
        fn no_line_is_a_command(text in hostile()) {
            for text in [printed(&text), printed(&format!("  {text}")), printed(&text.replace('x', "\n"))] {
                for line in text.lines() {
                    prop_assert!(!line.trim_start().starts_with("::") && !line.contains("##[") && !line.contains("##vso["), "{line}");
                    prop_assert!(line.chars().all(|c| is_harmless(c) || c == '\t'), "{line:?}");
                }
            }
            let coloured = printed_in_colour(&text);
            prop_assert!(!coloured.contains(char::from(0x9b)), "{coloured:?}");
        }
    }

    #[test]
    fn what_is_written() {
        assert_eq!(visible("a\nb\u{202e}\u{0}\u{3c0}"), "a\\nb\\u{202e}\\u{0}\u{3c0}");
        assert_eq!(one_line(" two\n lines \n"), "two  lines");
        assert_eq!(excerpt(&"x".repeat(100), 3), "xxx...");
        assert_eq!(excerpt("\u{3c0}\u{3c0}", 2), "\u{3c0}\u{3c0}");
        assert_eq!(
            printed("a\n::error::b\n ::c\n##[d] ##vso[e] ## f\n"),
            "a\n\\::error::b\n\\ ::c\n#\\#[d] #\\#vso[e] ## f\n"
        );
        assert_eq!(printed("\u{1b}[1mx"), "\\u{1b}[1mx");
        assert_eq!(printed_in_colour("\u{1b}[1;32mx\u{1b}[2J"), "\u{1b}[1;32mx\\u{1b}[2J");
        assert_eq!(comment("x*/y /* \\ ?? \u{2028}"), "x*_y _* _ __ _");
        assert_eq!(json("a\"\n\u{e0041}##["), "\"a\\\"\\n\\udb40\\udc41#\\u0023[\"");
        assert_eq!(markup("<b a='1'>&\u{0}"), "&lt;b a=&#39;1&#39;&gt;&amp;\\u{0}");
        assert_eq!(dot("a\\N \"b\"\nc&amp;"), r#""a\\N \"b\"\nc&amp;amp;""#);
        assert_eq!([csv("x"), csv("a,b\""), csv(" x")], ["x", "\"a,b\"\"\"", "\" x\""]);
        assert_eq!(markdown_code("a|b`c"), "`a\\|b'c`");
        assert_eq!(github_property("a:b,c%\n"), "a%3Ab%2Cc%25\\n");
        assert_eq!(github_message("a: b\nc"), "a: b%0Ac");
    }
}
