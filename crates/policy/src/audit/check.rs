//! Collecting every fault of a document instead of stopping at the first.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::json::Json;
use crate::text::excerpt;

/// Most faults named one by one; a hostile document must not produce an endless answer.
const MOST_FAULTS: usize = 100;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where, such as `routes["crn:///kafka=*"].produce.allowed`; empty for the whole text.
    pub path: String,
    /// What is wrong and what is expected.
    pub message: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            formatter.write_str(&self.message)
        } else {
            write!(formatter, "{}: {}", self.path, self.message)
        }
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Vec<FieldError>,
    beyond: usize,
}

impl Faults {
    pub(crate) fn add(&mut self, path: &str, message: impl Into<String>) {
        if self.found.len() < MOST_FAULTS {
            self.found.push(FieldError {
                path: path.to_string(),
                message: message.into(),
            });
        } else {
            self.beyond += 1;
        }
    }

    pub(crate) fn wrong_kind(&mut self, path: &str, expected: &str, found: &Json) {
        let subject = if path.is_empty() { "the document " } else { "" };
        let found = found.kind();
        self.add(path, format!("{subject}must be {expected}, not {found}"));
    }

    pub(crate) fn missing(&mut self, path: &str) {
        self.add(path, "is required and missing");
    }

    pub(crate) fn into_result<T>(mut self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        if self.beyond > 0 {
            let message = format!("and {} more", self.beyond);
            self.found.push(FieldError {
                path: String::new(),
                message,
            });
        }
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => Err(self.found),
        }
    }

    /// The members of an object, each once; duplicates are faults, and the first one counts.
    pub(crate) fn members<'a>(
        &mut self,
        path: &str,
        json: &'a Json,
    ) -> Option<Vec<(&'a str, &'a Json)>> {
        let Json::Object(members) = json else {
            self.wrong_kind(path, "an object", json);
            return None;
        };
        let mut seen: Vec<(&str, &Json)> = Vec::with_capacity(members.len());
        let mut names = alloc::collections::BTreeSet::new();
        for (name, value) in members {
            if names.insert(name.as_str()) {
                seen.push((name, value));
            } else {
                self.add(&join(path, name), "appears twice");
            }
        }
        Some(seen)
    }

    /// The strings of an array with their paths; what is no string is a fault. `None` if the array
    /// is absent, `null` or no array.
    pub(crate) fn strings<'a>(
        &mut self,
        path: &str,
        json: Option<&'a Json>,
    ) -> Option<Vec<(String, &'a str)>> {
        let items = match json {
            None | Some(Json::Null) => return None,
            Some(Json::Array(items)) => items,
            Some(other) => {
                self.wrong_kind(path, "an array of strings", other);
                return None;
            }
        };
        let mut strings = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            match item {
                Json::String(text) => strings.push((path, text.as_str())),
                other => self.wrong_kind(&path, "a string", other),
            }
        }
        Some(strings)
    }

    /// Names every member that is not expected.
    pub(crate) fn refuse_others(
        &mut self,
        path: &str,
        members: &[(&str, &Json)],
        expected: &[&str],
    ) {
        for (name, _) in members {
            if !expected.contains(name) {
                self.add(
                    &join(path, name),
                    format!("is not a field here; expected: {}", expected.join(", ")),
                );
            }
        }
    }
}

/// The member of that name.
pub(crate) fn member<'a>(members: &[(&'a str, &'a Json)], name: &str) -> Option<&'a Json> {
    members
        .iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| *value)
}

/// `path.name`, or `path["name"]`, cut if it is long, where the name is no plain word.
pub(crate) fn join(path: &str, name: &str) -> String {
    let plain = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match (path.is_empty(), plain) {
        (true, true) => name.to_string(),
        (false, true) => format!("{path}.{name}"),
        (_, false) => format!("{path}[{:?}]", excerpt(name)),
    }
}
