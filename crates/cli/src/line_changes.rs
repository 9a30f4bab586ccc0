//! What differs between two texts, line by line.

/// Lines shown around each change.
const CONTEXT: usize = 2;

/// The lines that differ between two texts, `-` before those that are gone and `+` before those that are new. Plain
/// longest-common-subsequence: documents are short, and only lines between the common ends are compared.
pub(crate) fn changes(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = |lines: &[&str]| lines.len().saturating_sub(start);
    let ends = old.iter().rev().zip(new.iter().rev());
    let end = ends.take_while(|(a, b)| a == b).count();
    let end = end.min(rest(&old)).min(rest(&new));
    let middle = |lines: &'_ [&str]| -> Vec<String> {
        let middle = lines
            .iter()
            .skip(start)
            .take(rest(lines).saturating_sub(end));
        middle.map(|line| (*line).to_owned()).collect()
    };
    let (old, new) = (middle(&old), middle(&new));
    let mut lines: Vec<(char, String)> = Vec::new();
    let common = common_lines(&old, &new);
    let (mut a, mut b) = (
        old.iter().enumerate().peekable(),
        new.iter().enumerate().peekable(),
    );
    for (to_old, to_new) in common.into_iter().chain([(old.len(), new.len())]) {
        while let Some((_, line)) = a.next_if(|(index, _)| *index < to_old) {
            lines.push(('-', line.clone()));
        }
        while let Some((_, line)) = b.next_if(|(index, _)| *index < to_new) {
            lines.push(('+', line.clone()));
        }
        if let (Some((_, line)), Some(_)) = (a.next(), b.next()) {
            lines.push((' ', line.clone()));
        }
    }
    with_context(&lines)
}

/// The changed lines, and up to two on each side of them.
fn with_context(lines: &[(char, String)]) -> String {
    let is_near = |at: usize| {
        let near = lines
            .iter()
            .skip(at.saturating_sub(CONTEXT))
            .take(CONTEXT + 1 + at.min(CONTEXT));
        near.into_iter().any(|(sign, _)| *sign != ' ')
    };
    let mut out = Vec::new();
    let mut gap = false;
    for (at, (sign, line)) in lines.iter().enumerate() {
        if is_near(at) {
            out.push(format!("{sign} {line}"));
            gap = false;
        } else if !gap {
            out.push("  ...".to_owned());
            gap = true;
        }
    }
    out.join("\n")
}

/// Pairs of indexes of equal lines, as many as possible, in order. Beyond a million comparisons: none, all lines are shown as changed.
fn common_lines(old: &[String], new: &[String]) -> Vec<(usize, usize)> {
    if old.len().saturating_mul(new.len()) > 1_000_000 {
        return Vec::new();
    }
    let width = new.len() + 1;
    let at = |a: usize, b: usize| a * width + b;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    let get = |longest: &[u32], index: usize| longest.get(index).copied().unwrap_or(0);
    for (a, old_line) in old.iter().enumerate().rev() {
        for (b, new_line) in new.iter().enumerate().rev() {
            let value = if old_line == new_line {
                get(&longest, at(a + 1, b + 1)) + 1
            } else {
                get(&longest, at(a + 1, b)).max(get(&longest, at(a, b + 1)))
            };
            if let Some(cell) = longest.get_mut(at(a, b)) {
                *cell = value;
            }
        }
    }
    let (mut a, mut b, mut pairs) = (0, 0, Vec::new());
    while let (Some(old_line), Some(new_line)) = (old.get(a), new.get(b)) {
        if old_line == new_line {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if get(&longest, at(a + 1, b)) >= get(&longest, at(a, b + 1)) {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn changes_are_shown_between_what_stayed() {
        assert_eq!(
            changes("a\nb\nc\nd\ne", "a\nB\nc\nx\nd\ne"),
            "- b\n+ B\n  c\n+ x"
        );
        assert_eq!(changes("a\nb", "a\nb"), "");
        assert_eq!(changes("a\na\na", "a\na"), "- a");
        assert_eq!(changes("", "a"), "+ a");
        assert_eq!(
            changes("a\n1\n2\n3\n4\n5\n6\nb", "A\n1\n2\n3\n4\n5\n6\nB"),
            "- a\n+ A\n  1\n  2\n  ...\n  5\n  6\n- b\n+ B"
        );
    }
}
