//! Events of the metadata service itself: what it was asked, and what was changed in it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::event::{TYPE_AUTHORIZATION, push_address};
use crate::time::push_micros;

/// The CloudEvents type of a change, which the reference product does not have.
pub const TYPE_CHANGE: &str = "io.openmds.server/change";

/// The method of a decision (`audit-logs.md` 5.2).
pub const METHOD_AUTHORIZE: &str = "mds.Authorize";

/// What requests of the metadata service have instead of a client's number
/// (`audit-logs.md`, appendix A6).
const NO_CORRELATION: &str = "-1";

/// What an event says around its content.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// Unique for ever.
    pub id: Uuid,
    /// CRN of the cluster that the service belongs to.
    pub source: &'a str,
    /// CRN of the resource that it is about.
    pub subject: &'a str,
    /// When, microseconds since 1970.
    pub time_micros: i64,
    /// The destination topic.
    pub route: &'a str,
}

/// Who sent the request that an event is about, and from where.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The user who acts in the principal's name, `User:c3`.
    pub acted_by: Option<&'a str>,
    /// Who asked about the principal, where that is somebody else, `User:schema-registry`.
    pub asked_by: Option<&'a str>,
    /// The request's id, as its answer and the service's log name it.
    pub request_id: Option<&'a str>,
    /// The client's address.
    pub client_address: Option<IpAddr>,
}

/// A role binding that allowed something.
#[derive(Debug, Clone, Copy)]
pub struct RbacAuthorization<'a> {
    /// The role.
    pub role: &'a str,
    /// The scope of the binding, `kafka-cluster` and so on.
    pub clusters: &'a BTreeMap<&'a str, &'a str>,
    /// The group that the role is bound to, where it is not the user.
    pub acting_principal: Option<&'a str>,
}

/// An ACL that decided something.
#[derive(Debug, Clone, Copy)]
pub struct AclAuthorization<'a> {
    /// `ALLOW` or `DENY`.
    pub permission_type: &'a str,
    /// The host that the ACL names, or `*`.
    pub host: &'a str,
    /// Whom the ACL names, where it is not the user: a group, or `User:*`.
    pub acting_principal: Option<&'a str>,
}

/// A decision: whether somebody may do something (`audit-logs.md` 5.2, appendix A6).
#[derive(Debug, Clone, Copy)]
pub struct MetadataDecision<'a> {
    /// Around it.
    pub envelope: Envelope<'a>,
    /// From where.
    pub origin: Origin<'a>,
    /// Who wants to, `User:alice`.
    pub principal: &'a str,
    /// Whether it is allowed.
    pub granted: bool,
    /// `AlterAccess`, ...
    pub operation: &'a str,
    /// `SecurityMetadata`, `Topic`, ...
    pub resource_type: &'a str,
    /// The plain name.
    pub resource_name: &'a str,
    /// `LITERAL` or `PREFIXED`.
    pub pattern_type: &'a str,
    /// Whether it is allowed because the principal is a super user.
    pub super_user: bool,
    /// The ACL that decided it.
    pub acl: Option<AclAuthorization<'a>>,
    /// The role binding that allowed it.
    pub rbac: Option<RbacAuthorization<'a>>,
}

/// A change of what the service keeps. Never holds a secret.
#[derive(Debug, Clone, Copy)]
pub struct MetadataChange<'a> {
    /// Around it.
    pub envelope: Envelope<'a>,
    /// From where.
    pub origin: Origin<'a>,
    /// Who changed it.
    pub principal: &'a str,
    /// `mds.ChangeRoleBinding`, ...
    pub method: &'a str,
    /// What kind of thing it is: `role-binding`, `cluster`, ...
    pub kind: &'a str,
    /// Which one.
    pub key: &'a str,
    /// What it was; nothing if it was not there.
    pub before: Option<&'a Value>,
    /// What it is; nothing if it is gone.
    pub after: Option<&'a Value>,
    /// The position of the change in the service's log, and the one before it.
    pub generation: Option<(u64, u64)>,
}

impl MetadataDecision<'_> {
    /// The event as one line of JSON without the line's end.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let data = DecisionData {
            head: Head::new(
                &self.envelope,
                METHOD_AUTHORIZE,
                self.principal,
                &self.origin,
            ),
            authorization_info: AuthorizationInfo {
                granted: self.granted,
                operation: self.operation,
                resource_type: self.resource_type,
                resource_name: self.resource_name,
                pattern_type: self.pattern_type,
                super_user_authorization: self.super_user.then_some(true),
                acl_authorization: self.acl.map(|acl| Acl {
                    permission_type: acl.permission_type,
                    host: acl.host,
                    acting_principal: acl.acting_principal,
                }),
                rbac_authorization: self.rbac.map(|rbac| Rbac {
                    role: rbac.role,
                    scope: RbacScope {
                        outer_scope: [],
                        clusters: rbac.clusters,
                    },
                    acting_principal: rbac.acting_principal,
                }),
            },
            tail: Tail::new(&self.origin),
        };
        self.envelope.around(TYPE_AUTHORIZATION, &data)
    }
}

impl MetadataChange<'_> {
    /// The event as one line of JSON without the line's end.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let data = ChangeData {
            head: Head::new(&self.envelope, self.method, self.principal, &self.origin),
            change: Change {
                kind: self.kind,
                key: self.key,
                before: self.before,
                after: self.after,
                generation_before: self.generation.map(|(before, _)| before),
                generation: self.generation.map(|(_, after)| after),
            },
            tail: Tail::new(&self.origin),
        };
        self.envelope.around(TYPE_CHANGE, &data)
    }
}

impl Envelope<'_> {
    fn around<D: Serialize>(&self, kind: &str, data: &D) -> Vec<u8> {
        let mut time = Vec::new();
        push_micros(&mut time, self.time_micros);
        let event = Event {
            specversion: "1.0",
            id: self.id.hyphenated().to_string(),
            source: self.source,
            kind,
            datacontenttype: "application/json",
            subject: self.subject,
            time: &String::from_utf8_lossy(&time),
            route: self.route,
            data,
        };
        // Only a map whose keys are no texts could fail, and there is none.
        serde_json::to_vec(&event).unwrap_or_default()
    }
}

/// The order of the keys is the observed one (`audit-logs.md` 5.1).
#[derive(Serialize)]
struct Event<'a, D> {
    specversion: &'a str,
    id: String,
    source: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    datacontenttype: &'a str,
    subject: &'a str,
    time: &'a str,
    route: &'a str,
    data: &'a D,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DecisionData<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    authorization_info: AuthorizationInfo<'a>,
    #[serde(flatten)]
    tail: Tail<'a>,
}

#[derive(Serialize)]
struct ChangeData<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    change: Change<'a>,
    #[serde(flatten)]
    tail: Tail<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    service_name: &'a str,
    method_name: &'a str,
    resource_name: &'a str,
    authentication_info: AuthenticationInfo<'a>,
}

impl<'a> Head<'a> {
    fn new(
        envelope: &Envelope<'a>,
        method_name: &'a str,
        principal: &'a str,
        origin: &Origin<'a>,
    ) -> Self {
        Self {
            service_name: envelope.source,
            method_name,
            resource_name: envelope.subject,
            authentication_info: AuthenticationInfo {
                principal,
                principal_resource_id: "",
                acted_by: origin.acted_by,
                asked_by: origin.asked_by,
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthenticationInfo<'a> {
    principal: &'a str,
    principal_resource_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    acted_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorizationInfo<'a> {
    granted: bool,
    operation: &'a str,
    resource_type: &'a str,
    resource_name: &'a str,
    pattern_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    super_user_authorization: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acl_authorization: Option<Acl<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rbac_authorization: Option<Rbac<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Acl<'a> {
    permission_type: &'a str,
    host: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    acting_principal: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rbac<'a> {
    role: &'a str,
    scope: RbacScope<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acting_principal: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RbacScope<'a> {
    outer_scope: [&'a str; 0],
    clusters: &'a BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    kind: &'a str,
    key: &'a str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_before: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tail<'a> {
    request: Request,
    request_metadata: RequestMetadata<'a>,
}

impl<'a> Tail<'a> {
    fn new(origin: &Origin<'a>) -> Self {
        let shown = |address: IpAddr| {
            let mut text = vec![b'/'];
            push_address(&mut text, address);
            String::from_utf8_lossy(&text).into_owned()
        };
        Self {
            request: Request {
                correlation_id: NO_CORRELATION,
            },
            request_metadata: RequestMetadata {
                client_address: origin.client_address.map(shown),
                request_id: origin.request_id.filter(|id| !id.is_empty()),
            },
        }
    }
}

#[derive(Serialize)]
struct Request {
    correlation_id: &'static str,
}

#[derive(Serialize)]
struct RequestMetadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}
