//! API Activity, class 6003: somebody asked for something.

use serde::Serialize;

use super::head::{Class, Head, Unmapped};
use super::parties::{Actor, Endpoint, Resource, Service, Status};

pub(super) const API_ACTIVITY: Class = Class {
    uid: 6003,
    name: "API Activity",
    category_uid: 6,
    category_name: "Application Activity",
};

/// What the activity of an operation is called.
pub(super) fn activity_of(operation: &str) -> (u32, &str) {
    match operation {
        "Create" => (1, "Create"),
        "Read" | "Describe" | "DescribeConfigs" => (2, "Read"),
        "Write" | "Alter" | "AlterConfigs" => (3, "Update"),
        "Delete" => (4, "Delete"),
        // Of an activity of its own the name is the source's.
        other => (99, other),
    }
}

#[derive(Serialize)]
pub(super) struct ApiActivity<'a, D> {
    #[serde(flatten)]
    pub(super) head: Head<'a>,
    #[serde(flatten)]
    pub(super) status: Status<'a>,
    pub(super) actor: Actor<'a>,
    pub(super) api: Api<'a>,
    pub(super) src_endpoint: Endpoint,
    pub(super) resources: [Resource<'a>; 1],
    pub(super) unmapped: Unmapped<'a, D>,
}

#[derive(Serialize)]
pub(super) struct Api<'a> {
    /// `kafka.CreateTopics`, ...
    operation: &'a str,
    service: Service<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
}

#[derive(Serialize)]
struct Request {
    uid: String,
}

impl<'a> Api<'a> {
    /// `service` is a CRN; `request` the client's number, or the service's id of it.
    pub(super) fn new(
        operation: &'a str,
        name: &'static str,
        service: &'a str,
        request: Option<String>,
    ) -> Self {
        Self {
            operation,
            service: Service { name, uid: service },
            request: request.map(|uid| Request { uid }),
        }
    }
}
