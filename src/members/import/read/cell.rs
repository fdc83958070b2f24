//! The text of a cell, freed of what is not meant to be seen.

/// Letters without a shape: they come from copied web pages and chats, and make equal words different.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A cell without control characters, invisible letters and blanks around it, cut after `longest` characters and one. A
/// text that was written as a formula, `="138…"`, or with an apostrophe before it is that text.
pub(super) fn clean(text: &str, longest: usize) -> String {
    let seen = text.trim();
    let seen = written_as_text(seen).unwrap_or(seen);
    let plain = seen.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let most = longest.saturating_add(1);
    if plain {
        return seen.chars().take(most).collect();
    }
    let letters = seen.chars().filter(|letter| !is_invisible(*letter));
    let letters = letters.map(|letter| if letter.is_control() { ' ' } else { letter });
    letters.take(most).collect::<String>().trim().to_owned()
}

/// What spreadsheets are told so that they do not take a number for one.
fn written_as_text(cell: &str) -> Option<&str> {
    let formula = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    formula.or_else(|| cell.strip_prefix('\'')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_cannot_be_seen_is_gone() {
        for (written, kept) in [
            ("  张三\u{3000}", "张三"),
            ("\u{feff}手机", "手机"),
            ("张\u{200b}三\u{202e}", "张三"),
            ("a\0b\tc\r\nd", "a b c  d"),
            ("=\"13800138000\"", "13800138000"),
            ("'13800138000", "13800138000"),
            ("", ""),
        ] {
            assert_eq!(clean(written, 50), kept, "{written:?}");
        }
    }

    #[test]
    fn a_long_cell_is_cut_so_that_it_is_seen_to_be_long() {
        assert_eq!(clean(&"长".repeat(60), 50).chars().count(), 51);
        assert_eq!(clean(&"x".repeat(50), 50).len(), 50);
    }
}
