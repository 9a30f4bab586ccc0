//! Java property files, with the line of each property.

use std::path::Path;

use java_properties::{LineContent, PropertiesIter};

use crate::Failure;

/// One property as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    /// Where its first line is, counted from 1.
    pub(crate) line: usize,
    /// Its name.
    pub(crate) name: String,
    /// Its value, joined and unescaped; nothing in it is expanded.
    pub(crate) value: String,
}

/// Reads all properties in the order of the file, in UTF-8.
pub(crate) fn read(path: &Path) -> Result<Vec<Property>, Failure> {
    let shown = path.display();
    let text = std::fs::read(path).map_err(|error| {
        Failure::new(format!("invalid file path \"{shown}\": {error}"))
            .hint("Give the path of a property file that this user may read")
    })?;
    parse(&text).map_err(|reason| {
        Failure::new(format!("{shown} is no property file: {reason}"))
            .hint("Property files have lines like name=value, in UTF-8")
    })
}

/// Parses the bytes of a property file.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Property>, String> {
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(format!("byte {} is not UTF-8", error.valid_up_to()));
    }
    let mut properties = Vec::new();
    for line in PropertiesIter::new_with_encoding(bytes, encoding_rs::UTF_8) {
        let line = line.map_err(|error| error.to_string())?;
        let number = line.line_number();
        if let LineContent::KVPair(name, value) = line.consume_content() {
            properties.push(Property {
                line: number,
                name,
                value: value.trim_end().to_owned(),
            });
        }
    }
    Ok(properties)
}

/// The value that counts: the last one, as in Java.
pub(crate) fn value<'a>(properties: &'a [Property], name: &str) -> Option<&'a str> {
    let of_name = properties
        .iter()
        .rev()
        .find(|property| property.name == name);
    of_name.map(|property| property.value.as_str())
}
