//! Everything about a file without starting anything.

use std::path::Path;

use super::{ConfigError, Settings};

/// One thing about a property file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The property; empty for the file as a whole.
    pub property: String,
    /// What is wrong, and what to write instead.
    pub message: String,
    /// Whether the server does not start because of it.
    pub is_fault: bool,
}

/// Reads the file as the server does at its start, and says all that it would say.
#[must_use]
pub fn check(path: &Path) -> Vec<Checked> {
    let whole = |message: String, is_fault| Checked {
        property: String::new(),
        message,
        is_fault,
    };
    match Settings::load(path) {
        Ok(settings) => {
            let warnings = settings.warnings.into_iter();
            warnings.map(|warning| whole(warning, false)).collect()
        }
        Err(ConfigError::Invalid { faults, .. }) => faults
            .into_iter()
            .map(|fault| Checked {
                property: fault.property,
                message: fault.message,
                is_fault: true,
            })
            .collect(),
        Err(error) => vec![whole(error.to_string(), true)],
    }
}
