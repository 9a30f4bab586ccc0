//! From text to a document, or to the list of everything that is wrong with it.
//!
//! The rules V1 to V12 are those of `audit-logs.md` 2.2; V1's content type is the server's.

use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::category::Category;
use super::check::{Faults, FieldError, join, member};
use super::document::{DefaultTopics, Document, Metadata, Route, Rule, Target};
use crate::crn::CrnPattern;
use crate::json::Json;
use crate::names::DestinationTopic;

/// Where a document came from decides what it must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A request to the service: everything required is required, `metadata` included.
    Request,
    /// The value of the broker property: retention, default topics and `metadata` may be missing
    /// (`audit-logs.md` 2.1 and 2.5).
    Property,
}

/// A valid document, and what its author should know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The document.
    pub document: Document,
    /// Not wrong, but probably not meant; one sentence each.
    pub warnings: Vec<String>,
}

impl Document {
    /// Parses a request or a broker property, naming all faults at once.
    pub fn parse(text: &str, form: Form) -> Result<Parsed, Vec<FieldError>> {
        let json = Json::parse(text).map_err(|error| {
            alloc::vec![FieldError {
                path: String::new(),
                message: error.to_string()
            }]
        })?;
        let mut parser = Parser {
            form,
            faults: Faults::default(),
            warnings: Vec::new(),
        };
        let document = parser.document(&json);
        let document = parser.faults.into_result(document)?;
        let mut warnings = parser.warnings;
        warnings.extend(unused_topics(&document));
        Ok(Parsed { document, warnings })
    }

    /// Parses the value of the broker property.
    pub fn parse_property(text: &str) -> Result<Self, Vec<FieldError>> {
        Self::parse(text, Form::Property).map(|parsed| parsed.document)
    }
}

/// V12: declared topics to which nothing is routed.
fn unused_topics(document: &Document) -> Vec<String> {
    let rules = document
        .routes()
        .flat_map(|(_, route)| route.rules.values().flatten());
    let leaves = rules
        .flat_map(|rule| [rule.allowed.as_ref(), rule.denied.as_ref()])
        .flatten();
    let defaults = [
        &document.default_topics.allowed,
        &document.default_topics.denied,
    ];
    let used: BTreeSet<&str> = leaves.chain(defaults).map(Target::as_str).collect();
    let declared = document.topics.keys().map(DestinationTopic::as_str);
    let unused = declared.filter(|topic| !used.contains(topic));
    unused
        .map(|topic| {
            format!("destinations.topics.{topic}: no route and no default leads to this topic")
        })
        .collect()
}

struct Parser {
    form: Form,
    faults: Faults,
    warnings: Vec<String>,
}

impl Parser {
    fn document(&mut self, json: &Json) -> Option<Document> {
        let members = self.faults.members("", json)?;
        let known = [
            "destinations",
            "excluded_principals",
            "default_topics",
            "routes",
            "metadata",
        ];
        self.faults.refuse_others("", &members, &known);
        let (bootstrap_servers, topics) = self.destinations(member(&members, "destinations"));
        let default_topics = self.default_topics(member(&members, "default_topics"), &topics);
        let excluded_principals = self.excluded_principals(member(&members, "excluded_principals"));
        let routes = self.routes(member(&members, "routes"), &topics);
        let metadata = self.metadata(member(&members, "metadata"));
        Some(Document {
            bootstrap_servers,
            topics,
            default_topics: default_topics?,
            excluded_principals,
            routes,
            metadata,
        })
    }

    fn destinations(
        &mut self,
        json: Option<&Json>,
    ) -> (Vec<String>, BTreeMap<DestinationTopic, Option<u64>>) {
        let nothing = (Vec::new(), BTreeMap::new());
        let json = match json {
            Some(Json::Null) | None if self.form == Form::Property => return nothing,
            None => {
                self.faults.missing("destinations");
                return nothing;
            }
            Some(json) => json,
        };
        let Some(members) = self.faults.members("destinations", json) else {
            return nothing;
        };
        self.faults
            .refuse_others("destinations", &members, &["bootstrap_servers", "topics"]);
        let servers = self.bootstrap_servers(member(&members, "bootstrap_servers"));
        let topics = self.topics(member(&members, "topics"));
        (servers, topics)
    }

    fn strings<'a>(
        &mut self,
        path: &str,
        json: Option<&'a Json>,
    ) -> Option<Vec<(String, &'a str)>> {
        let items = match json {
            None | Some(Json::Null) => return None,
            Some(Json::Array(items)) => items,
            Some(other) => {
                self.faults.wrong_kind(path, "an array of strings", other);
                return None;
            }
        };
        let mut strings = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            match item {
                Json::String(text) => strings.push((path, text.as_str())),
                other => self.faults.wrong_kind(&path, "a string", other),
            }
        }
        Some(strings)
    }

    fn bootstrap_servers(&mut self, json: Option<&Json>) -> Vec<String> {
        let mut servers = Vec::new();
        for (path, text) in self
            .strings("destinations.bootstrap_servers", json)
            .unwrap_or_default()
        {
            if is_host_and_port(text) {
                servers.push(text.to_string());
            } else {
                self.faults.add(&path, format!("`{text}` is not `host:port` with a port from 1 to 65535 (no scheme, no IPv6 literal)"));
            }
        }
        servers
    }

    fn topics(&mut self, json: Option<&Json>) -> BTreeMap<DestinationTopic, Option<u64>> {
        let path = "destinations.topics";
        let mut topics = BTreeMap::new();
        let json = match json {
            Some(Json::Null) | None if self.form == Form::Property => return topics,
            None | Some(Json::Null) => {
                self.faults.missing(path);
                return topics;
            }
            Some(json) => json,
        };
        for (name, settings) in self.faults.members(path, json).unwrap_or_default() {
            let path = join(path, name);
            let retention = self.retention(&path, settings);
            match DestinationTopic::parse(name) {
                Ok(topic) => {
                    topics.insert(topic, retention);
                }
                Err(error) => self.faults.add(&path, format!("the topic name {error}")),
            }
        }
        topics
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

    fn default_topics(
        &mut self,
        json: Option<&Json>,
        topics: &BTreeMap<DestinationTopic, Option<u64>>,
    ) -> Option<DefaultTopics> {
        let path = "default_topics";
        let members = match json {
            Some(Json::Null) | None if self.form == Form::Property => Vec::new(),
            None => {
                self.faults.missing(path);
                return None;
            }
            Some(json) => self.faults.members(path, json)?,
        };
        self.faults
            .refuse_others(path, &members, &["allowed", "denied"]);
        let mut leaf = |name: &str| {
            let path = join(path, name);
            match member(&members, name) {
                Some(Json::Null) | None if self.form == Form::Property => Some(Target::Discard),
                Some(Json::Null) | None => {
                    self.faults.missing(&path);
                    None
                }
                Some(json) => self.target(&path, json, topics),
            }
        };
        let (allowed, denied) = (leaf("allowed"), leaf("denied"));
        Some(DefaultTopics {
            allowed: allowed?,
            denied: denied?,
        })
    }

    fn target(
        &mut self,
        path: &str,
        json: &Json,
        topics: &BTreeMap<DestinationTopic, Option<u64>>,
    ) -> Option<Target> {
        match json {
            Json::String(text) if text.is_empty() => Some(Target::Discard),
            Json::String(text) => {
                let declared = topics.keys().find(|topic| topic.as_str() == text);
                if declared.is_none() {
                    self.faults.add(path, format!("`{text}` is not declared in destinations.topics; declare it, or write \"\" to discard"));
                }
                declared.cloned().map(Target::Topic)
            }
            other => {
                self.faults.wrong_kind(
                    path,
                    "a string: a topic of destinations.topics, or \"\" to discard",
                    other,
                );
                None
            }
        }
    }

    fn excluded_principals(&mut self, json: Option<&Json>) -> Option<Vec<String>> {
        let mut principals = Vec::new();
        for (path, text) in self.strings("excluded_principals", json)? {
            if text
                .strip_prefix("User:")
                .is_some_and(|name| !name.is_empty())
            {
                principals.push(text.to_string());
            } else {
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

    fn routes(
        &mut self,
        json: Option<&Json>,
        topics: &BTreeMap<DestinationTopic, Option<u64>>,
    ) -> Option<BTreeMap<String, Route>> {
        let json = json.filter(|json| **json != Json::Null)?;
        let mut routes = BTreeMap::new();
        let mut spelled: BTreeMap<CrnPattern, &str> = BTreeMap::new();
        for (text, categories) in self.faults.members("routes", json)? {
            let path = join("routes", text);
            let rules = self.rules(&path, categories, topics);
            match CrnPattern::parse(text) {
                Ok(pattern) => {
                    if let Some(other) = spelled.insert(pattern.clone(), text) {
                        self.faults
                            .add(&path, format!("means the same resources as {other:?}"));
                    }
                    routes.insert(text.to_string(), Route { pattern, rules });
                }
                Err(error) => self.faults.add(&path, error.to_string()),
            }
        }
        Some(routes)
    }

    fn rules(
        &mut self,
        path: &str,
        json: &Json,
        topics: &BTreeMap<DestinationTopic, Option<u64>>,
    ) -> BTreeMap<Category, Option<Rule>> {
        let mut rules = BTreeMap::new();
        let mut other = None;
        for (name, json) in self.faults.members(path, json).unwrap_or_default() {
            let path = join(path, name);
            let rule = self.rule(&path, json, topics);
            match Category::parse(name) {
                Ok(category) => {
                    rules.insert(category, rule);
                }
                Err(_) if name == "other" => other = Some((path, rule)),
                Err(error) => self.faults.add(&path, error.to_string()),
            }
        }
        if let Some((path, rule)) = other {
            // `audit-logs.md` 4.4: read as `management` unless that is present; never written.
            let fate = match rules.entry(Category::Management) {
                Entry::Occupied(_) => "dropped, because management is present",
                Entry::Vacant(vacant) => {
                    vacant.insert(rule);
                    "read as management"
                }
            };
            self.warnings.push(format!("{path}: the deprecated category is {fate}"));
        }
        rules
    }

    fn rule(
        &mut self,
        path: &str,
        json: &Json,
        topics: &BTreeMap<DestinationTopic, Option<u64>>,
    ) -> Option<Rule> {
        if *json == Json::Null {
            return None;
        }
        let members = self.faults.members(path, json)?;
        self.faults
            .refuse_others(path, &members, &["allowed", "denied"]);
        let mut leaf = |name: &str| {
            let json = member(&members, name).filter(|json| **json != Json::Null)?;
            self.target(&join(path, name), json, topics)
        };
        Some(Rule {
            allowed: leaf("allowed"),
            denied: leaf("denied"),
        })
    }

    fn metadata(&mut self, json: Option<&Json>) -> Option<Metadata> {
        let json = match json {
            Some(Json::Null) | None if self.form == Form::Property => return None,
            Some(Json::Null) | None => {
                self.faults.add("metadata", "is required; paste the metadata of the current configuration, or update with --force");
                return None;
            }
            Some(json) => json,
        };
        let members = self.faults.members("metadata", json)?;
        self.faults.refuse_others(
            "metadata",
            &members,
            &["resource_version", "updated_at", "modified_since"],
        );
        let text = |name: &str| match member(&members, name) {
            Some(Json::String(text)) => Some(text.clone()),
            _ => None,
        };
        match member(&members, "resource_version") {
            Some(Json::String(version)) => Some(Metadata {
                resource_version: version.clone(),
                updated_at: text("updated_at"),
                modified_since: text("modified_since"),
            }),
            Some(Json::Null) | None => {
                if self.form == Form::Request {
                    self.faults.missing("metadata.resource_version");
                }
                None
            }
            Some(other) => {
                self.faults
                    .wrong_kind("metadata.resource_version", "a string", other);
                None
            }
        }
    }
}

/// `^[-.a-zA-Z0-9]{1,253}:[0-9]{1,5}$`, and a port that exists.
fn is_host_and_port(text: &str) -> bool {
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
