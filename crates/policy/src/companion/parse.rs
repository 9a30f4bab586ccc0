//! From text to a companion, or to the list of everything that is wrong with it.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::document::{Companion, FailMode, Format, ModeRules, Stamp};
use crate::audit::{Category, Faults, FieldError, join, member};
use crate::crn::CrnPattern;
use crate::json::Json;
use crate::names::DestinationTopic;
use crate::text::quotation;

const MODES: &str = "best-effort, durable or required";
const FORMATS: &str = "cloudevents or ocsf";

impl Companion {
    /// Parses a request or a broker property, naming all faults at once. A blank text, the
    /// property's default, stands for the companion that asks for nothing.
    pub fn parse(text: &str) -> Result<Self, Vec<FieldError>> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        Self::read(text, false)
    }

    /// Parses a request to the service, which must say what version it was made from, naming all
    /// faults at once.
    pub fn parse_request(text: &str) -> Result<Self, Vec<FieldError>> {
        Self::read(text, true)
    }

    fn read(text: &str, stamped: bool) -> Result<Self, Vec<FieldError>> {
        let json = Json::parse(text).map_err(|error| {
            alloc::vec![FieldError {
                path: String::new(),
                message: error.to_string(),
            }]
        })?;
        let mut parser = Parser(Faults::default());
        let companion = parser.companion(&json);
        let metadata = json.get("metadata").filter(|json| **json != Json::Null);
        if stamped && companion.is_some() && metadata.is_none() {
            parser.0.add(
                "metadata",
                "is required; paste the metadata of the current companion, or update with --force",
            );
        }
        parser.0.into_result(companion)
    }
}

/// One walk over one companion.
struct Parser(Faults);

impl Parser {
    fn companion(&mut self, json: &Json) -> Option<Companion> {
        let members = self.0.members("", json)?;
        let known = ["fail_modes", "formats", "metadata"];
        self.0.refuse_others("", &members, &known);
        let present = |name| member(&members, name).filter(|json| **json != Json::Null);
        let (default_mode, modes) = match present("fail_modes") {
            Some(json) => self.fail_modes(json),
            None => Default::default(),
        };
        Some(Companion {
            default_mode,
            modes,
            formats: present("formats")
                .map(|json| self.formats(json))
                .unwrap_or_default(),
            stamp: present("metadata").and_then(|json| self.stamp(json)),
        })
    }

    fn fail_modes(&mut self, json: &Json) -> (FailMode, BTreeMap<String, (CrnPattern, ModeRules)>) {
        let path = "fail_modes";
        let members = self.0.members(path, json).unwrap_or_default();
        self.0.refuse_others(path, &members, &["default", "routes"]);
        let default = member(&members, "default");
        let default = default.and_then(|json| self.mode("fail_modes.default", json));
        let routes = member(&members, "routes");
        let routes = routes.map(|json| self.routes("fail_modes.routes", json));
        (default.unwrap_or_default(), routes.unwrap_or_default())
    }

    fn routes(&mut self, path: &str, json: &Json) -> BTreeMap<String, (CrnPattern, ModeRules)> {
        let mut routes = BTreeMap::new();
        let mut spelled: BTreeMap<CrnPattern, &str> = BTreeMap::new();
        for (text, categories) in self.0.members(path, json).unwrap_or_default() {
            let path = join(path, text);
            let rules = self.rules(&path, categories);
            match CrnPattern::parse(text) {
                Ok(pattern) => {
                    if let Some(other) = spelled.insert(pattern.clone(), text) {
                        let other = quotation(other);
                        self.0
                            .add(&path, format!("means the same resources as `{other}`"));
                    }
                    routes.insert(text.to_string(), (pattern, rules));
                }
                Err(error) => self.0.add(&path, error.to_string()),
            }
        }
        routes
    }

    fn rules(&mut self, path: &str, json: &Json) -> ModeRules {
        let mut rules = ModeRules::default();
        for (name, json) in self.0.members(path, json).unwrap_or_default() {
            let path = join(path, name);
            let category = Category::parse(name);
            if let Err(error) = &category {
                self.0.add(&path, error.to_string());
            }
            for granted in [true, false] {
                let mode = match json {
                    Json::Object(_) => self.outcome(&path, json, granted),
                    // One mode for both: its fault is named once.
                    _ if granted => self.mode(&path, json),
                    _ => word(json).and_then(FailMode::parse),
                };
                if let (Ok(category), Some(mode)) = (&category, mode) {
                    rules.0.insert((*category, granted), mode);
                }
            }
        }
        rules
    }

    fn outcome(&mut self, path: &str, json: &Json, granted: bool) -> Option<FailMode> {
        let (name, members) = if granted {
            let members = self.0.members(path, json)?;
            self.0.refuse_others(path, &members, &["allowed", "denied"]);
            ("allowed", members)
        } else {
            ("denied", Faults::default().members(path, json)?)
        };
        let json = member(&members, name).filter(|json| **json != Json::Null)?;
        self.mode(&join(path, name), json)
    }

    fn mode(&mut self, path: &str, json: &Json) -> Option<FailMode> {
        let mode = word(json).and_then(FailMode::parse);
        if mode.is_none() {
            self.wrong_word(path, MODES, json);
        }
        mode
    }

    fn formats(&mut self, json: &Json) -> BTreeMap<DestinationTopic, Format> {
        let mut formats = BTreeMap::new();
        for (topic, json) in self.0.members("formats", json).unwrap_or_default() {
            let path = join("formats", topic);
            let format = word(json).and_then(Format::parse);
            if format.is_none() {
                self.wrong_word(&path, FORMATS, json);
            }
            match (DestinationTopic::parse(topic), format) {
                (Ok(topic), Some(format)) => {
                    formats.insert(topic, format);
                }
                (Ok(_), None) => {}
                (Err(error), _) => self.0.add(&path, error.to_string()),
            }
        }
        formats
    }

    fn stamp(&mut self, json: &Json) -> Option<Stamp> {
        let members = self.0.members("metadata", json)?;
        let known = ["resource_version", "updated_at"];
        self.0.refuse_others("metadata", &members, &known);
        let mut text = |name: &str| match member(&members, name) {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) => Some(text.clone()),
            Some(other) => {
                self.0
                    .wrong_kind(&join("metadata", name), "a string", other);
                None
            }
        };
        let (resource_version, updated_at) = (text("resource_version"), text("updated_at"));
        if resource_version.is_none() {
            self.0.missing("metadata.resource_version");
        }
        Some(Stamp {
            resource_version: resource_version?,
            updated_at,
        })
    }

    fn wrong_word(&mut self, path: &str, expected: &str, found: &Json) {
        match found {
            Json::String(text) => {
                let text = quotation(text);
                self.0
                    .add(path, format!("must be {expected}, not `{text}`"));
            }
            other => self.0.wrong_kind(path, expected, other),
        }
    }
}

fn word(json: &Json) -> Option<&str> {
    match json {
        Json::String(text) => Some(text),
        _ => None,
    }
}
