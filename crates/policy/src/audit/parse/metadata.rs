//! `metadata`: the stamp that says which version an author started from.

use super::super::check::member;
use super::super::document::Metadata;
use super::{Form, Parser};
use crate::json::Json;

impl Parser {
    pub(super) fn metadata(&mut self, json: Option<&Json>) -> Option<Metadata> {
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
        // The times are the service's own: whatever a request says of them is ignored
        // (`audit-logs.md` 2.1).
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
