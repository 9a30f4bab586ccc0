//! What a match is replaced with, as Java's `String.replaceAll` reads it.

use regex::{Captures, Regex};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Group(usize),
}

/// A replacement with references to groups: `$1`, and `\` before a character meant literally.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replacement(Vec<Piece>);

impl Replacement {
    /// Parses; a reference to a group that is not there is text, as in Kafka, unless there are no
    /// groups at all: Kafka then fails with every name, which is told at once here.
    pub(super) fn parse(text: &str, groups: usize) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\\' => plain.push(characters.next().ok_or("a `\\` ends the replacement")?),
                '$' => {
                    let mut digits = String::new();
                    while let Some(digit) = characters.next_if(char::is_ascii_digit) {
                        digits.push(digit);
                    }
                    match reference(&digits, groups) {
                        Some((group, rest)) => {
                            pieces.push(Piece::Text(std::mem::take(&mut plain)));
                            pieces.push(Piece::Group(group));
                            plain.push_str(rest);
                        }
                        None if digits.is_empty() => {
                            return Err("a `$` without a number; write `\\$`".to_string());
                        }
                        None if groups == 0 => {
                            return Err(format!("`${digits}`, but the pattern has no group"));
                        }
                        None => {
                            plain.push('$');
                            plain.push_str(&digits);
                        }
                    }
                }
                other => plain.push(other),
            }
        }
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    /// Replaces every match, also an empty one that follows another, as Java does.
    pub(super) fn all(&self, pattern: &Regex, name: &str) -> String {
        let mut replaced = String::new();
        let (mut from, mut copied) = (0, 0);
        while let Some((captures, matched)) = captures_at(pattern, name, from) {
            replaced.push_str(name.get(copied..matched.0).unwrap_or_default());
            self.push(&mut replaced, &captures);
            copied = matched.1;
            from = matched.1;
            if matched.0 == matched.1 {
                let step = name.get(from..).and_then(|rest| rest.chars().next());
                from += step.map_or(1, char::len_utf8);
            }
        }
        replaced.push_str(name.get(copied..).unwrap_or_default());
        replaced
    }

    fn push(&self, text: &mut String, captures: &Captures<'_>) {
        for piece in &self.0 {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Group(group) => {
                    text.push_str(captures.get(*group).map_or("", |matched| matched.as_str()));
                }
            }
        }
    }
}

fn captures_at<'n>(
    pattern: &Regex,
    name: &'n str,
    from: usize,
) -> Option<(Captures<'n>, (usize, usize))> {
    if from > name.len() {
        return None;
    }
    let captures = pattern.captures_at(name, from)?;
    let matched = captures.get(0)?;
    Some((captures, (matched.start(), matched.end())))
}

/// The longest beginning of the digits that numbers a group, and the rest.
fn reference(digits: &str, groups: usize) -> Option<(usize, &str)> {
    let longest = if digits.starts_with('0') {
        1
    } else {
        digits.len()
    };
    (1..=longest).rev().find_map(|length| {
        let (number, rest) = digits.split_at_checked(length)?;
        let number = number.parse().ok()?;
        (number <= groups).then_some((number, rest))
    })
}
