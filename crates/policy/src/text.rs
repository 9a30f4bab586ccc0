//! Quoting what others wrote inside messages that people and logs read, and guessing what they meant.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Longest quotation, characters: enough to recognise the text.
const LONGEST: usize = 120;

/// The beginning of the text, marked if something was cut: a hostile name must not make an answer
/// endless.
pub(crate) fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// The text as one word of a shell and on one line: the commands are made to be pasted.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/@%+=,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return String::from(text);
    }
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let mut word = String::from("$'");
    for character in text.chars() {
        match character {
            '\'' | '\\' => word.extend(['\\', character]),
            _ if character.is_control() => {
                let mut bytes = [0; 4];
                for byte in character.encode_utf8(&mut bytes).bytes() {
                    word.push_str(&format!("\\x{byte:02x}"));
                }
            }
            _ => word.push(character),
        }
    }
    word.push('\'');
    word
}

/// An excerpt with control characters escaped: a hostile name must not break a log line.
#[must_use]
pub fn quotation(text: &str) -> String {
    let mut quoted = String::new();
    for character in excerpt(text).chars() {
        if character.is_control() {
            quoted.extend(character.escape_default());
        } else {
            quoted.push(character);
        }
    }
    quoted
}

/// Edit distance: how many bytes to insert, leave out or replace make one text the other. For hints, on texts
/// whose lengths may be multiplied.
#[must_use]
pub fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, a) in one.bytes().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(other.bytes()) {
            let substituted = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = substituted.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, distance, excerpt, quotation};

    #[test]
    fn ordinary_texts_are_quoted_as_they_are() {
        let text = "crn:///kafka=*/topic=\"é\"";
        assert_eq!(excerpt(text), text);
        assert_eq!(quotation(text), text);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "é".repeat(LONGEST + 1);
        assert_eq!(excerpt(&long).chars().count(), LONGEST + 1);
        assert!(excerpt(&long).ends_with('…'));
        let whole = "é".repeat(LONGEST);
        assert_eq!(excerpt(&whole), whole);
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(quotation("a\nb\u{1b}"), "a\\nb\\u{1b}");
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
