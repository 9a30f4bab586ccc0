//! Java properties files, written.

use std::fmt;

/// Keys and values in the order in which they were set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Properties(Vec<(String, String)>);

impl Properties {
    /// An empty file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line.
    pub fn set(&mut self, key: impl Into<String>, value: impl fmt::Display) -> &mut Self {
        self.0.push((key.into(), value.to_string()));
        self
    }

    /// Adds every line of another file, each key behind a prefix.
    pub fn set_all(&mut self, prefix: &str, other: &Self) -> &mut Self {
        for (key, value) in &other.0 {
            self.set(format!("{prefix}{key}"), value);
        }
        self
    }

    /// Adds the lines of a block of text, as they stand (`key=value` each).
    pub fn set_lines(&mut self, lines: &str) -> &mut Self {
        for (key, value) in lines.lines().filter_map(|line| line.trim().split_once('=')) {
            self.set(key, value);
        }
        self
    }

    /// Gives a key another value, or adds it.
    pub fn replace(&mut self, key: &str, value: impl fmt::Display) -> &mut Self {
        self.0.retain(|(name, _)| name != key);
        self.set(key, value)
    }

    /// All keys with their values.
    pub fn iter(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().cloned()
    }

    /// The value that was set last for a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        let (_, value) = self.0.iter().rev().find(|(name, _)| name == key)?;
        Some(value)
    }
}

impl fmt::Display for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, value) in &self.0 {
            // A backslash starts an escape and a line's end ends the value.
            let value = value.replace('\\', "\\\\").replace('\n', "\\n");
            writeln!(f, "{key}={value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_in_order_with_prefix_and_escapes() {
        let mut inner = Properties::new();
        inner.set("b", "x\\y");
        let mut outer = Properties::new();
        outer.set("a", 1).set_all("p.", &inner).set_lines("c=d=e\n");
        assert_eq!(outer.to_string(), "a=1\np.b=x\\\\y\nc=d=e\n");
        assert_eq!(outer.get("c"), Some("d=e"));
    }
}
