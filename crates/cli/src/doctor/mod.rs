//! Reading property files of brokers, controllers and metadata servers for what will not work, or not safely.
//!
//! The rules are pure: they see properties, and ask one function about other files. Sources: `kafka-internals.md` 5 for tokens,
//! `audit-logs.md` 6 for the audit exporter, Kafka's own `KafkaConfig` for listeners. The server's own properties are the server's
//! business: its check is handed in by the program that has both.

mod authorizer;
mod exporter;
mod listeners;
mod names;
mod secrets;
mod tokens;

use openmds_policy::audit::Severity;

use crate::findings::Finding;
use crate::properties::Property;

/// What a property file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A metadata server of OpenMDS.
    Server,
    /// A Kafka node.
    Node {
        /// It is a broker, alone or beside being a controller.
        broker: bool,
        /// It is a controller.
        controller: bool,
    },
    /// Neither can be told.
    Unknown,
}

/// What is the case with a file that a property names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// It cannot be found.
    Missing,
    /// It is there and cannot be read by this user.
    Unreadable,
    /// It can be read; its permission bits where there are such.
    Readable(Option<u32>),
}

/// What is known besides the file's text.
pub(crate) struct Around<'a> {
    /// Looks at another file.
    pub(crate) look: &'a dyn Fn(&str) -> Access,
    /// The id of the cluster to which the node belongs.
    pub(crate) cluster_id: Option<&'a str>,
    /// The permission bits of the file itself.
    pub(crate) mode: Option<u32>,
}

/// One property file under examination.
pub(crate) struct Examined<'a> {
    file: &'a str,
    properties: &'a [Property],
    around: &'a Around<'a>,
    findings: Vec<Finding>,
}

/// Tells what the file is for, by properties that only such files have.
pub(crate) fn kind(properties: &[Property]) -> Kind {
    let value = |name: &str| crate::properties::value(properties, name);
    let has = |name: &str| value(name).is_some();
    if let Some(roles) = value("process.roles") {
        let has_role = |role| roles.split(',').any(|one| one.trim() == role);
        return Kind::Node {
            broker: has_role("broker"),
            controller: has_role("controller"),
        };
    }
    if has("broker.id") || has("zookeeper.connect") || has("log.dirs") || has("log.dir") {
        return Kind::Node {
            broker: true,
            controller: false,
        };
    }
    let ours = [
        "confluent.metadata.server.",
        "openmds.store.",
        "openmds.cluster.",
    ];
    let is_ours = |property: &Property| ours.iter().any(|prefix| property.name.starts_with(prefix));
    match properties.iter().any(is_ours) {
        true => Kind::Server,
        false => Kind::Unknown,
    }
}

/// Everything about a file, the worst first, then by line. The server's own properties are left to the server.
pub(crate) fn examine(file: &str, properties: &[Property], around: &Around<'_>) -> Vec<Finding> {
    let mut examined = Examined {
        file,
        properties,
        around,
        findings: Vec::new(),
    };
    examined.repeated();
    match kind(properties) {
        Kind::Server => {}
        Kind::Node { broker, controller } => {
            let listeners = listeners::check(&mut examined, broker, controller);
            tokens::check(&mut examined, &listeners, broker);
            authorizer::check(&mut examined, broker);
            exporter::check(&mut examined, broker);
            names::check(&mut examined, &listeners);
        }
        Kind::Unknown => examined.find(
            Severity::Error,
            "unknown-kind",
            "",
            "is neither a broker's, a controller's nor a metadata server's file".to_owned(),
            "a node of Kafka has process.roles, a server confluent.metadata.server.listeners",
        ),
    }
    secrets::check(&mut examined);
    let mut findings = examined.findings;
    findings.sort_by(|one, other| {
        (one.severity, one.line, &one.path).cmp(&(other.severity, other.line, &other.path))
    });
    findings
}

impl<'a> Examined<'a> {
    /// The value that counts, without blanks at its ends; a blank one is none.
    fn get(&self, name: &str) -> Option<&'a str> {
        let value = crate::properties::value(self.properties, name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    fn is_true(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The items of a list.
    fn list(&self, name: &str) -> Vec<&'a str> {
        let items = self.get(name).unwrap_or_default().split(',');
        items
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .collect()
    }

    /// Notes a finding about a property; about the whole file, if it names none.
    fn find(&mut self, severity: Severity, rule: &str, property: &str, message: String, fix: &str) {
        let line = self
            .properties
            .iter()
            .rev()
            .find(|one| one.name == property);
        self.findings.push(Finding {
            severity,
            rule: rule.to_owned(),
            file: Some(self.file.to_owned()),
            line: line.map(|property| property.line),
            path: property.to_owned(),
            message,
            fix: fix.to_owned(),
        });
    }

    fn error(&mut self, rule: &str, property: &str, message: impl Into<String>, fix: &str) {
        self.find(Severity::Error, rule, property, message.into(), fix);
    }

    fn warning(&mut self, rule: &str, property: &str, message: impl Into<String>, fix: &str) {
        self.find(Severity::Warning, rule, property, message.into(), fix);
    }

    fn note(&mut self, rule: &str, property: &str, message: impl Into<String>, fix: &str) {
        self.find(Severity::Note, rule, property, message.into(), fix);
    }

    /// Of a property that stands twice the last one counts, which is easy to overlook.
    fn repeated(&mut self) {
        for (index, property) in self.properties.iter().enumerate() {
            let later = self.properties.iter().skip(index + 1);
            let Some(later) = later.clone().find(|later| later.name == property.name) else {
                continue;
            };
            if later.value != property.value {
                let line = later.line;
                self.findings.push(Finding {
                    severity: Severity::Warning,
                    rule: "repeated-property".to_owned(),
                    file: Some(self.file.to_owned()),
                    line: Some(property.line),
                    path: property.name.clone(),
                    message: format!("stands again in line {line}, and only the last one counts"),
                    fix: "leave one of them out".to_owned(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
