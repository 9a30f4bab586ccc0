//! What every OCSF event begins and ends with.

use serde::Serialize;

use crate::metadata::Envelope;
use crate::time::push_micros;

/// The version of OCSF that records are written by.
pub const OCSF_VERSION: &str = "1.8.0";

/// A class and its category.
#[derive(Debug, Clone, Copy)]
pub(super) struct Class {
    pub(super) uid: u32,
    pub(super) name: &'static str,
    pub(super) category_uid: u32,
    pub(super) category_name: &'static str,
}

/// How bad it is: what was refused is worth a look, everything else is information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    Informational = 1,
    Low = 2,
    High = 4,
}

impl Severity {
    pub(super) const fn of(granted: bool) -> Self {
        if granted {
            Self::Informational
        } else {
            Self::Low
        }
    }
}

#[derive(Serialize)]
pub(super) struct Head<'a> {
    metadata: Metadata<'a>,
    category_uid: u32,
    category_name: &'static str,
    class_uid: u32,
    class_name: &'static str,
    activity_id: u32,
    activity_name: &'a str,
    type_uid: u32,
    type_name: String,
    severity_id: u32,
    severity: &'static str,
    /// Milliseconds since 1970.
    time: i64,
}

#[derive(Serialize)]
struct Metadata<'a> {
    version: &'static str,
    product: Product,
    uid: String,
    log_name: &'a str,
    original_time: String,
}

#[derive(Serialize)]
struct Product {
    name: &'static str,
    vendor_name: &'static str,
}

impl<'a> Head<'a> {
    pub(super) fn new(
        envelope: &Envelope<'a>,
        class: Class,
        (activity_id, activity_name): (u32, &'a str),
        severity: Severity,
    ) -> Self {
        Self {
            metadata: Metadata {
                version: OCSF_VERSION,
                product: Product {
                    name: "OpenMDS",
                    vendor_name: "OpenMDS",
                },
                uid: envelope.id.hyphenated().to_string(),
                log_name: envelope.route,
                original_time: rfc3339(envelope.time_micros),
            },
            category_uid: class.category_uid,
            category_name: class.category_name,
            class_uid: class.uid,
            class_name: class.name,
            activity_id,
            activity_name,
            type_uid: class.uid * 100 + activity_id,
            type_name: format!("{}: {activity_name}", class.name),
            severity_id: severity as u32,
            severity: match severity {
                Severity::Informational => "Informational",
                Severity::Low => "Low",
                Severity::High => "High",
            },
            time: envelope.time_micros.div_euclid(1_000),
        }
    }
}

/// The attributes of the event, among which the numbers will stand, and what has no place in OCSF.
#[derive(Serialize)]
pub(super) struct Unmapped<'a, D> {
    id: String,
    #[serde(rename = "type")]
    kind: &'a str,
    time: String,
    route: &'a str,
    data: D,
}

impl<'a, D> Unmapped<'a, D> {
    pub(super) fn new(envelope: &Envelope<'a>, kind: &'a str, data: D) -> Self {
        Self {
            id: envelope.id.hyphenated().to_string(),
            kind,
            time: rfc3339(envelope.time_micros),
            route: envelope.route,
            data,
        }
    }
}

fn rfc3339(micros: i64) -> String {
    let mut text = Vec::new();
    push_micros(&mut text, micros);
    String::from_utf8(text).unwrap_or_default()
}

/// Appends the event as one line without the line's end.
pub(super) fn push<E: Serialize>(out: &mut Vec<u8>, event: &E) {
    // Only a map whose keys are no texts could fail, and there is none.
    out.extend(serde_json::to_vec(event).unwrap_or_default());
}
