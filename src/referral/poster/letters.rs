//! Which letters of what people call themselves are drawn.

/// More letters than these are never drawn, whatever their width.
const MOST: usize = 120;

/// The text without what draws nothing by itself, or draws over its neighbours: controls, marks that turn the direction of
/// writing, joiners, stacked accents, selectors. At most some letters of it: nobody sees more on a poster.
pub(super) fn plain(text: &str) -> String {
    let text = text.chars().filter(|letter| !letter.is_control() && !shapes_others(*letter)).take(MOST);
    text.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shapes_others(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
        // Marks that are drawn over the letter before.
        | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{302a}'..='\u{302f}'
        | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::{MOST, plain};

    #[test]
    fn what_shapes_other_letters_is_left_out_and_words_stay() {
        assert_eq!(plain("林 小满"), "林 小满");
        assert_eq!(plain("  Ann\t\n Lee "), "Ann Lee");
        assert_eq!(plain("\u{202e}gpj.exe\u{202c}\u{200b}"), "gpj.exe");
        assert_eq!(plain("Z\u{300}\u{301}\u{302}\u{303}a\u{489}l"), "Zal");
        assert_eq!(plain("👨\u{200d}👩\u{fe0f}"), "👨👩", "whether it can be drawn, the font says");
        assert_eq!(plain(&"长".repeat(100_000)).chars().count(), MOST);
        assert_eq!(plain("\u{0}\u{202e}\n"), "");
    }
}
