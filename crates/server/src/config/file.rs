//! Reading the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use java_properties::PropertiesIter;

/// One property that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its name.
    pub property: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// Why the server does not start with this file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read or is no properties file.
    #[error("cannot read the configuration file {}: {reason}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// Properties are missing or wrong.
    #[error("{} cannot be used:{}", path.display(), list(faults))]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// All of them.
        faults: Vec<Fault>,
    },
}

fn list(faults: &[Fault]) -> String {
    faults
        .iter()
        .map(|fault| format!("\n  {}: {}", fault.property, fault.message))
        .collect()
}

/// Reads all properties, in UTF-8; the last of two equal names counts, as in Java.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let unreadable = |reason: String| ConfigError::Unreadable {
        path: path.to_path_buf(),
        reason,
    };
    let text = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    if let Err(error) = std::str::from_utf8(&text) {
        let position = error.valid_up_to();
        return Err(unreadable(format!("byte {position} is not UTF-8")));
    }
    let mut properties = BTreeMap::new();
    PropertiesIter::new_with_encoding(text.as_slice(), encoding_rs::UTF_8)
        .read_into(|name, value| {
            properties.insert(name, value.trim_end().to_string());
        })
        .map_err(|error| unreadable(error.to_string()))?;
    Ok(properties)
}
