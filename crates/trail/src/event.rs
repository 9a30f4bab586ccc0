//! The record of one authorization decision.

use std::fmt::Display;
use std::io::Write as _;
use std::net::IpAddr;

use uuid::Uuid;

use crate::json::push_string;
use crate::metadata::Envelope;
use crate::time::push_micros;

/// The CloudEvents type of a decision (`audit-logs.md` 5.1).
pub const TYPE_AUTHORIZATION: &str = "io.confluent.kafka.server/authorization";

/// The `content-type` header of a record that holds one event: CloudEvents structured mode.
pub const CONTENT_TYPE: &str = "application/cloudevents+json";

/// One decision of an authorizer, in the shape of the 7.x generation (`audit-logs.md` 5.2, 5.3).
/// Every text is written as it is given; names of resources are CRNs where the field says so.
#[derive(Debug, Clone, Copy)]
pub struct AuthorizationEvent<'a> {
    /// Unique for ever.
    pub id: Uuid,
    /// CRN of the emitting cluster.
    pub source: &'a str,
    /// CRN of the resource that was asked for.
    pub subject: &'a str,
    /// When it was decided, microseconds since 1970.
    pub time_micros: i64,
    /// The destination topic.
    pub route: &'a str,
    /// `kafka.CreateTopics`, ...
    pub method: &'a str,
    /// `User:alice`.
    pub principal: &'a str,
    /// Whether it was allowed.
    pub granted: bool,
    /// Kafka's name of the ACL operation, `Create`, `DescribeConfigs`, ...
    pub operation: &'a str,
    /// Kafka's name of the resource type, `Topic`, `TransactionalId`, ...
    pub resource_type: &'a str,
    /// The plain name; `kafka-cluster` for the cluster.
    pub resource_name: &'a str,
    /// `LITERAL` or `PREFIXED`.
    pub pattern_type: &'a str,
    /// What decided it.
    pub cause: Cause<'a>,
    /// The client's number of its request.
    pub correlation_id: i32,
    /// The client's name for itself.
    pub client_id: Option<&'a str>,
    /// Where the client connected from.
    pub client_address: Option<IpAddr>,
}

/// What decided (`audit-logs.md` 5.2). Only if it was the principal itself that a rule names, the
/// acting principal is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cause<'a> {
    /// No rule: denied because none matched, or allowed because the resource has none.
    #[default]
    Nothing,
    /// The principal is a super user.
    SuperUser,
    /// A role binding in the emitting cluster.
    RoleBinding {
        /// `DeveloperRead`, ...
        role: &'a str,
        /// The id of the Kafka cluster that the role is bound in.
        cluster_id: &'a str,
        /// The group that the role is bound to.
        acting_principal: Option<&'a str>,
    },
    /// An ACL.
    Acl {
        /// Whether it allows; else it denies.
        allows: bool,
        /// The hosts that it is about.
        host: &'a str,
        /// The group, or `User:*`, that it names.
        acting_principal: Option<&'a str>,
    },
}

impl AuthorizationEvent<'_> {
    /// Appends the event as one line of JSON without the line's end.
    ///
    /// The key order is the observed one, and `resourceType` and `resourceName` are neighbours:
    /// consumers search for the text (`audit-logs.md` 5.1).
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let envelope = Envelope {
            id: self.id,
            source: self.source,
            subject: self.subject,
            time_micros: self.time_micros,
            route: self.route,
        };
        push_envelope(out, &envelope, TYPE_AUTHORIZATION);
        field(out, ",\"data\":{\"serviceName\":", self.source);
        field(out, ",\"methodName\":", self.method);
        field(out, ",\"resourceName\":", self.subject);
        field(
            out,
            ",\"authenticationInfo\":{\"principal\":",
            self.principal,
        );
        text(
            out,
            ",\"principalResourceId\":\"\"},\"authorizationInfo\":{\"granted\":",
            bool_text(self.granted),
        );
        field(out, ",\"operation\":", self.operation);
        field(out, ",\"resourceType\":", self.resource_type);
        field(out, ",\"resourceName\":", self.resource_name);
        field(out, ",\"patternType\":", self.pattern_type);
        self.cause.write_json(out);
        text(
            out,
            "},\"request\":{\"correlation_id\":\"",
            &self.correlation_id.to_string(),
        );
        out.push(b'"');
        if let Some(client_id) = self.client_id {
            field(out, ",\"client_id\":", client_id);
        }
        out.push(b'}');
        push_client_address(out, self.client_address);
        out.extend_from_slice(b"}}");
    }
}

/// Appends what stands before `data`, without a comma behind it.
pub(crate) fn push_envelope(out: &mut Vec<u8>, envelope: &Envelope<'_>, kind: &str) {
    text(out, "{\"specversion\":\"1.0\",\"id\":", "");
    out.push(b'"');
    out.extend_from_slice(
        envelope
            .id
            .hyphenated()
            .encode_lower(&mut Uuid::encode_buffer())
            .as_bytes(),
    );
    out.push(b'"');
    field(out, ",\"source\":", envelope.source);
    field(out, ",\"type\":", kind);
    field(out, ",\"datacontenttype\":", "application/json");
    field(out, ",\"subject\":", envelope.subject);
    out.extend_from_slice(b",\"time\":\"");
    push_micros(out, envelope.time_micros);
    out.push(b'"');
    field(out, ",\"route\":", envelope.route);
}

/// Appends the field, with a comma before it.
pub(crate) fn push_client_address(out: &mut Vec<u8>, address: Option<IpAddr>) {
    out.extend_from_slice(b",\"requestMetadata\":{");
    if let Some(address) = address {
        out.extend_from_slice(b"\"client_address\":\"/");
        push_address(out, address);
        out.push(b'"');
    }
    out.push(b'}');
}

impl Cause<'_> {
    /// Appends the field, with a comma before it.
    fn write_json(&self, out: &mut Vec<u8>) {
        let acting = match *self {
            Self::Nothing => return,
            Self::SuperUser => return text(out, ",\"superUserAuthorization\":", "true"),
            Self::RoleBinding {
                role,
                cluster_id,
                acting_principal,
            } => {
                field(out, ",\"rbacAuthorization\":{\"role\":", role);
                let scope = ",\"scope\":{\"outerScope\":[],\"clusters\":{\"kafka-cluster\":";
                field(out, scope, cluster_id);
                out.extend_from_slice(b"}}");
                acting_principal
            }
            Self::Acl {
                allows,
                host,
                acting_principal,
            } => {
                let permission = if allows { "ALLOW" } else { "DENY" };
                let before = ",\"aclAuthorization\":{\"permissionType\":";
                field(out, before, permission);
                field(out, ",\"host\":", host);
                acting_principal
            }
        };
        if let Some(principal) = acting {
            field(out, ",\"actingPrincipal\":", principal);
        }
        out.push(b'}');
    }
}

fn text(out: &mut Vec<u8>, before: &str, text: &str) {
    out.extend_from_slice(before.as_bytes());
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn field(out: &mut Vec<u8>, before: &str, value: &str) {
    out.extend_from_slice(before.as_bytes());
    push_string(out, value);
}

pub(crate) fn push_display(out: &mut Vec<u8>, value: impl Display) {
    // Writing into a vector cannot fail.
    let _ = write!(out, "{value}");
}

const fn bool_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// Every event has an address: without the machinery of formatting.
fn push_decimal(out: &mut Vec<u8>, number: u8) {
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    if hundreds > 0 {
        out.push(b'0' | hundreds);
    }
    if hundreds > 0 || tens > 0 {
        out.push(b'0' | tens);
    }
    out.push(b'0' | ones);
}

/// As Java's `InetAddress.getHostAddress`: eight groups for IPv6, none left out.
pub(crate) fn push_address(out: &mut Vec<u8>, address: IpAddr) {
    match address {
        IpAddr::V4(v4) => {
            for (index, octet) in v4.octets().into_iter().enumerate() {
                if index > 0 {
                    out.push(b'.');
                }
                push_decimal(out, octet);
            }
        }
        IpAddr::V6(v6) => {
            for (index, group) in v6.segments().iter().enumerate() {
                if index > 0 {
                    out.push(b':');
                }
                push_display(out, format_args!("{group:x}"));
            }
        }
    }
}
