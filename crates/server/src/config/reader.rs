//! Taking typed values out of properties, collecting faults on the way.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use openmds_kafka::{HostPort, PropertyError};

use super::file::Fault;

pub(super) struct Reader {
    pub(super) properties: BTreeMap<String, String>,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<String>,
}

impl Reader {
    pub(super) fn fault(&mut self, property: &str, message: impl Into<String>) {
        let fault = Fault {
            property: property.to_string(),
            message: message.into(),
        };
        // Some properties are read twice, for two purposes.
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Takes over what is wrong with client properties.
    pub(super) fn faults_of(&mut self, errors: Vec<PropertyError>) {
        for error in errors {
            self.fault(&error.property, error.message);
        }
    }

    pub(super) fn text(&self, property: &str) -> Option<&str> {
        self.properties
            .get(property)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn required(&mut self, property: &str, hint: &str) -> String {
        let value = self.text(property).map(ToString::to_string);
        value.unwrap_or_else(|| {
            self.fault(property, format!("is required: {hint}"));
            String::new()
        })
    }

    pub(super) fn path(&self, property: &str) -> Option<PathBuf> {
        self.text(property).map(PathBuf::from)
    }

    pub(super) fn millis(&mut self, property: &str, default: u64) -> Duration {
        let Some(text) = self.text(property) else {
            return Duration::from_millis(default);
        };
        match text.parse() {
            Ok(millis) if millis > 0 => Duration::from_millis(millis),
            _ => {
                let message = format!("`{text}` is not a number of milliseconds above 0");
                self.fault(property, message);
                Duration::from_millis(default)
            }
        }
    }

    pub(super) fn count(&mut self, property: &str, default: usize) -> usize {
        let Some(text) = self.text(property) else {
            return default;
        };
        match text.parse() {
            Ok(count) if count > 0 => count,
            _ => {
                let message = format!("`{text}` is not a whole number above 0");
                self.fault(property, message);
                default
            }
        }
    }

    /// Milliseconds, of which 0 means never.
    pub(super) fn millis_or_zero(&mut self, property: &str, default: u64) -> Duration {
        match self.text(property) {
            Some("0") => Duration::ZERO,
            _ => self.millis(property, default),
        }
    }

    pub(super) fn flag(&mut self, property: &str) -> bool {
        self.flag_or(property, false)
    }

    pub(super) fn flag_or(&mut self, property: &str, default: bool) -> bool {
        match self.text(property) {
            None => default,
            Some("false") => false,
            Some("true") => true,
            Some(other) => {
                let message = format!("`{other}` is neither true nor false");
                self.fault(property, message);
                default
            }
        }
    }

    pub(super) fn list(&self, property: &str, separator: char) -> Vec<String> {
        let text = self.text(property).unwrap_or_default();
        text.split(separator)
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(ToString::to_string)
            .collect()
    }

    pub(super) fn host_ports(&mut self, property: &str) -> Vec<HostPort> {
        let mut addresses = Vec::new();
        for text in self.list(property, ',') {
            match text.parse::<HostPort>() {
                Ok(address) => addresses.push(address),
                Err(error) => self.fault(property, error.to_string()),
            }
        }
        addresses
    }

    /// The value must be one of the given ones; the first is the default.
    pub(super) fn one_of(&mut self, property: &str, values: &[&str], hint: &str) {
        if let Some(value) = self.text(property)
            && !values.contains(&value)
        {
            let message = format!(
                "`{value}` is not supported; use {}{hint}",
                values.join(" or ")
            );
            self.fault(property, message);
        }
    }

    /// The properties that begin with the prefix, without it.
    pub(super) fn under(&self, prefix: &str) -> BTreeMap<String, String> {
        let stripped = |(name, value): (&String, &String)| {
            name.strip_prefix(prefix)
                .map(|rest| (rest.to_string(), value.clone()))
        };
        self.properties.iter().filter_map(stripped).collect()
    }
}
