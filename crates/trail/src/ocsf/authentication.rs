//! Log ins: class 3002.

use serde::Serialize;

use super::head::{Class, Head, Severity, Unmapped, push};
use super::parties::{Endpoint, Service, Status, User};
use crate::authentication::{AuthenticationEvent, TYPE_AUTHENTICATION};

const AUTHENTICATION: Class = Class {
    uid: 3002,
    name: "Authentication",
    category_uid: 3,
    category_name: "Identity & Access Management",
};
const LOGON: (u32, &str) = (1, "Logon");

#[derive(Serialize)]
struct Authentication<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    #[serde(flatten)]
    status: Status<'a>,
    user: User<'a>,
    auth_protocol_id: u32,
    auth_protocol: &'a str,
    service: Service<'a>,
    src_endpoint: Endpoint,
    unmapped: Unmapped<'a, Rest<'a>>,
}

#[derive(Serialize)]
struct Rest<'a> {
    identifier: &'a str,
}

/// Of `SASL_SSL/GSSAPI` and the like, after the last slash.
fn protocol_id(mechanism: &str) -> u32 {
    match mechanism.rsplit('/').next() {
        Some("GSSAPI") => 2,
        Some("OAUTHBEARER") => 6,
        _ => 99,
    }
}

impl AuthenticationEvent<'_> {
    /// Appends the event as one line of OCSF without the line's end.
    pub fn write_ocsf(&self, out: &mut Vec<u8>) {
        let status = if self.accepted {
            Status::SUCCESS
        } else {
            Status::failure(self.message)
        };
        let event = Authentication {
            head: Head::new(
                &self.envelope,
                AUTHENTICATION,
                LOGON,
                Severity::of(self.accepted),
            ),
            status,
            // Of a failure the identifier is what was claimed.
            user: if self.accepted {
                User::of(self.principal)
            } else {
                User::named(self.identifier, self.principal)
            },
            auth_protocol_id: protocol_id(self.mechanism),
            auth_protocol: self.mechanism,
            service: Service {
                name: "Apache Kafka",
                uid: self.envelope.source,
            },
            src_endpoint: Endpoint::of(self.client_address),
            unmapped: Unmapped::new(
                &self.envelope,
                TYPE_AUTHENTICATION,
                Rest {
                    identifier: self.identifier,
                },
            ),
        };
        push(out, &event);
    }
}
