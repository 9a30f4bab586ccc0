//! Changes of what the metadata service keeps.

use serde::Serialize;
use serde_json::Value;

use super::activity::{API_ACTIVITY, Api, ApiActivity};
use super::head::{Head, Severity, Unmapped, push};
use super::parties::{Actor, Endpoint, Resource, Status, User};
use crate::metadata::{MetadataChange, TYPE_CHANGE};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rest<'a> {
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_before: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<&'a str>,
}

impl MetadataChange<'_> {
    /// The event as one line of OCSF without the line's end.
    #[must_use]
    pub fn to_ocsf(&self) -> Vec<u8> {
        let activity = match (self.before, self.after) {
            (None, Some(_)) => (1, "Create"),
            (Some(_), None) => (4, "Delete"),
            _ => (3, "Update"),
        };
        let (envelope, origin) = (&self.envelope, &self.origin);
        let event = ApiActivity {
            head: Head::new(envelope, API_ACTIVITY, activity, Severity::Informational),
            status: Status::SUCCESS,
            actor: Actor {
                user: User::of(self.principal),
                app_name: None,
                invoked_by: origin.acted_by,
                authorizations: None,
            },
            api: Api::new(
                self.method,
                "OpenMDS",
                envelope.source,
                origin.request_id.map(str::to_owned),
            ),
            src_endpoint: Endpoint::of(origin.client_address),
            resources: [Resource {
                name: self.key,
                kind: self.kind,
                uid: envelope.subject,
            }],
            unmapped: Unmapped::new(
                envelope,
                TYPE_CHANGE,
                Rest {
                    before: self.before,
                    after: self.after,
                    generation_before: self.generation.map(|(before, _)| before),
                    generation: self.generation.map(|(_, after)| after),
                    asked_by: origin.asked_by,
                },
            ),
        };
        let mut out = Vec::new();
        push(&mut out, &event);
        out
    }
}
