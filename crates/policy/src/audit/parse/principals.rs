//! `excluded_principals`: whose events are never recorded, rule V8.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Parser;
use crate::json::Json;
use crate::text::quotation;

impl Parser {
    pub(super) fn excluded_principals(&mut self, json: Option<&Json>) -> Option<Vec<String>> {
        let mut principals = Vec::new();
        for (path, text) in self.faults.strings("excluded_principals", json)? {
            if is_user(text) {
                principals.push(text.to_string());
            } else {
                let text = quotation(text);
                self.faults.add(
                    &path,
                    format!(
                        "`{text}` is not `User:<name>`; groups and wildcards cannot be excluded"
                    ),
                );
            }
        }
        Some(principals)
    }
}

/// `^User:.+$`; as in that expression, a name has no line break.
fn is_user(text: &str) -> bool {
    text.strip_prefix("User:")
        .is_some_and(|name| !name.is_empty() && !name.contains(['\n', '\r']))
}
