//! `destinations`: where events may go, rules V3 to V5.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::check::{join, member};
use super::{Form, Parser};
use crate::json::Json;
use crate::names::DestinationTopic;
use crate::text::quotation;

/// What `destinations` holds, as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Destinations {
    pub(super) bootstrap_servers: Vec<String>,
    pub(super) topics: BTreeMap<DestinationTopic, Option<u64>>,
    /// Names that were declared but are no topic names: using one is not a second fault.
    misspelt: BTreeSet<String>,
    /// The map itself is missing or no map: nothing can be said about names used elsewhere.
    unreadable: bool,
}

impl Destinations {
    fn unreadable() -> Self {
        Self {
            unreadable: true,
            ..Self::default()
        }
    }

    /// Whether using this undeclared name is covered by a fault named already.
    pub(super) fn excuses(&self, topic: &str) -> bool {
        self.unreadable || self.misspelt.contains(topic)
    }
}

impl Parser {
    pub(super) fn destinations(&mut self, json: Option<&Json>) -> Destinations {
        let json = match json {
            Some(Json::Null) | None if self.form == Form::Property => {
                return Destinations::default();
            }
            None => {
                self.faults.missing("destinations");
                return Destinations::unreadable();
            }
            Some(json) => json,
        };
        let Some(members) = self.faults.members("destinations", json) else {
            return Destinations::unreadable();
        };
        self.faults
            .refuse_others("destinations", &members, &["bootstrap_servers", "topics"]);
        let bootstrap_servers = self.bootstrap_servers(member(&members, "bootstrap_servers"));
        Destinations {
            bootstrap_servers,
            ..self.topics(member(&members, "topics"))
        }
    }

    fn bootstrap_servers(&mut self, json: Option<&Json>) -> Vec<String> {
        let texts = self.faults.strings("destinations.bootstrap_servers", json);
        let mut servers = Vec::new();
        for (path, text) in texts.unwrap_or_default() {
            if is_host_and_port(text) {
                servers.push(text.to_string());
            } else {
                let text = quotation(text);
                self.faults.add(&path, format!("`{text}` is not `host:port` with a port from 1 to 65535 (no scheme, no IPv6 literal)"));
            }
        }
        servers
    }

    fn topics(&mut self, json: Option<&Json>) -> Destinations {
        let path = "destinations.topics";
        let json = match json {
            Some(Json::Null) | None if self.form == Form::Property => {
                return Destinations::default();
            }
            None | Some(Json::Null) => {
                self.faults.missing(path);
                return Destinations::unreadable();
            }
            Some(json) => json,
        };
        let Some(members) = self.faults.members(path, json) else {
            return Destinations::unreadable();
        };
        let mut destinations = Destinations::default();
        for (name, settings) in members {
            let path = join(path, name);
            let retention = self.retention(&path, settings);
            match DestinationTopic::parse(name) {
                Ok(topic) => {
                    destinations.topics.insert(topic, retention);
                }
                Err(error) => {
                    destinations.misspelt.insert(name.to_string());
                    self.faults.add(&path, format!("the topic name {error}"));
                }
            }
        }
        destinations
    }

    fn retention(&mut self, path: &str, json: &Json) -> Option<u64> {
        let members = self.faults.members(path, json)?;
        self.faults.refuse_others(path, &members, &["retention_ms"]);
        let path = join(path, "retention_ms");
        match member(&members, "retention_ms") {
            Some(Json::Integer(number)) if *number >= 0 => u64::try_from(*number).ok(),
            Some(Json::Integer(_) | Json::Float(_)) => {
                self.faults.add(
                    &path,
                    "must be a whole number of milliseconds from 0 to 9223372036854775807",
                );
                None
            }
            Some(Json::Null) | None if self.form == Form::Property => None,
            Some(Json::Null) | None => {
                self.faults.missing(&path);
                None
            }
            Some(other) => {
                self.faults
                    .wrong_kind(&path, "a whole number of milliseconds", other);
                None
            }
        }
    }
}

/// `^[-.a-zA-Z0-9]{1,253}:[0-9]{1,5}$`, and a port that exists.
pub(in crate::audit) fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else {
        return false;
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let digits =
        !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    (1..=253).contains(&host.len())
        && host.bytes().all(plain)
        && digits
        && port.parse::<u16>().is_ok_and(|port| port > 0)
}
