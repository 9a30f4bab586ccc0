//! Leaves: where an outcome's events go, rules V6 and V7; and `default_topics`.

use alloc::format;

use super::super::check::{join, member};
use super::super::document::{DefaultTopics, Target};
use super::destinations::Destinations;
use super::{Form, Parser};
use crate::json::Json;
use crate::text::quotation;

impl Parser {
    pub(super) fn default_topics(
        &mut self,
        json: Option<&Json>,
        destinations: &Destinations,
    ) -> Option<DefaultTopics> {
        let path = "default_topics";
        let members = match json {
            Some(Json::Null) | None if self.form == Form::Property => alloc::vec![],
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
                Some(json) => self.target(&path, json, destinations),
            }
        };
        let (allowed, denied) = (leaf("allowed"), leaf("denied"));
        Some(DefaultTopics {
            allowed: allowed?,
            denied: denied?,
        })
    }

    pub(super) fn target(
        &mut self,
        path: &str,
        json: &Json,
        destinations: &Destinations,
    ) -> Option<Target> {
        match json {
            Json::String(text) if text.is_empty() => Some(Target::Discard),
            Json::String(text) => {
                let declared = destinations.topics.get_key_value(text.as_str());
                if declared.is_none() && !destinations.excuses(text) {
                    let text = quotation(text);
                    self.faults.add(path, format!("`{text}` is not declared in destinations.topics; declare it, or write \"\" to discard"));
                }
                declared.map(|(topic, _)| Target::Topic(topic.clone()))
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
}
