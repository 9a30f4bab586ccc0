//! JSON documents as text: what the user wrote and what the server sent is kept to the letter (order of keys, spelling of
//! numbers, unknown and repeated keys), because a parsed and rewritten document would hide mistakes from the server.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::failure::Failure;

/// A JSON object: its members in the order of the text.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Refuses a text that is not one JSON object; `source` is where it came from, `kind` what it should be.
pub(crate) fn check_object(text: &str, source: &str, kind: &str) -> Result<(), Failure> {
    members(text, source, kind).map(|_| ())
}

/// The document with its `metadata` replaced by the one of `resource_version`; all other members as they were.
pub(crate) fn with_resource_version(
    text: &str,
    resource_version: &str,
    source: &str,
    kind: &str,
) -> Result<String, Failure> {
    let metadata = serde_json::json!({ "resource_version": resource_version }).to_string();
    let mut parts = Vec::new();
    for (key, value) in members(text, source, kind)?.0 {
        if key != "metadata" {
            parts.push(format!("{}:{}", serde_json::json!(key), value.get()));
        }
    }
    parts.push(format!("\"metadata\":{metadata}"));
    Ok(format!("{{{}}}", parts.join(",")))
}

fn members<'a>(text: &'a str, source: &str, kind: &str) -> Result<Members<'a>, Failure> {
    serde_json::from_str(text).map_err(|error| {
        let what = if error.is_data() {
            format!("{source} is not {kind}: {error}")
        } else if text.trim().is_empty() {
            format!("{source} is empty")
        } else if error.is_eof() {
            let line = error.line();
            format!("{source} is not valid JSON: it ends in line {line}, before the document is complete")
        } else {
            format!("{source} is not valid JSON: {error}")
        };
        Failure::new(what).hint("Nothing was sent; correct the document and try again")
    })
}

/// The same JSON text with one member a line and two spaces an indent. `text` must be valid JSON.
pub(crate) fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                out.push('"');
                let mut escaped = false;
                for inner in characters.by_ref() {
                    out.push(inner);
                    if inner == '"' && !escaped {
                        break;
                    }
                    escaped = inner == '\\' && !escaped;
                }
            }
            '{' | '[' => {
                out.push(character);
                while characters.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(close) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            character if character.is_ascii_whitespace() => {}
            character => out.push(character),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indents_and_keeps_order_spelling_and_repetition() {
        let text = r#"{"z":[1,2.50],"a":{ },"s":"{\"x\": [\\","a":null,"e":[ ]}"#;
        let expected = r#"{
  "z": [
    1,
    2.50
  ],
  "a": {},
  "s": "{\"x\": [\\",
  "a": null,
  "e": []
}"#;
        assert_eq!(indented(text), expected);
        assert_eq!(indented(expected), expected);
    }

    #[test]
    fn only_metadata_is_replaced() {
        let text = r#"{ "unknown" : [1.0], "metadata": {"resource_version":"old"}, "routes":{"b":1,"a":2,"b":3} }"#;
        assert_eq!(
            with_resource_version(text, "n\"ew", "F", "an audit log configuration").as_deref(),
            Ok(
                r#"{"unknown":[1.0],"routes":{"b":1,"a":2,"b":3},"metadata":{"resource_version":"n\"ew"}}"#
            )
        );
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_place() {
        let message = |text| {
            check_object(text, "F", "an audit log configuration")
                .map_err(|failure| failure.message().to_owned())
        };
        assert_eq!(
            message("{\n  \"a\": 1,\n}"),
            Err("F is not valid JSON: trailing comma at line 3 column 1".to_owned())
        );
        assert_eq!(
            message("[]"),
            Err("F is not an audit log configuration: invalid type: sequence, expected a JSON object at line 1 column 0".to_owned())
        );
        let cut = "F is not valid JSON: it ends in line 2, before the document is complete";
        assert_eq!(message("{\n \"a\":"), Err(cut.to_owned()));
        assert_eq!(message(" \n"), Err("F is empty".to_owned()));
        assert!(message("{} {}").is_err());
        assert_eq!(message("{}"), Ok(()));
    }
}
