//! Decisions of brokers and of the metadata service.

use serde::Serialize;

use super::activity::{API_ACTIVITY, Api, ApiActivity, activity_of};
use super::head::{Head, Severity, Unmapped, push};
use super::parties::{Actor, Authorization, Endpoint, Policy, Resource, Status, User};
use crate::event::{AuthorizationEvent, Cause, TYPE_AUTHORIZATION};
use crate::metadata::{Envelope, METHOD_AUTHORIZE, MetadataDecision};

/// What OCSF has no place for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rest<'a> {
    operation: &'a str,
    pattern_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<&'a str>,
}

impl AuthorizationEvent<'_> {
    /// Appends the event as one line of OCSF without the line's end.
    pub fn write_ocsf(&self, out: &mut Vec<u8>) {
        let envelope = Envelope {
            id: self.id,
            source: self.source,
            subject: self.subject,
            time_micros: self.time_micros,
            route: self.route,
        };
        let policy = match self.cause {
            Cause::Nothing => None,
            Cause::SuperUser => Some(Policy::super_user()),
            Cause::RoleBinding {
                role,
                cluster_id,
                acting_principal,
            } => Some(Policy::role(role, Some(cluster_id), acting_principal)),
            Cause::Acl {
                allows,
                host,
                acting_principal,
            } => {
                let permission = if allows { "ALLOW" } else { "DENY" };
                Some(Policy::acl(permission, host, acting_principal))
            }
        };
        let request = Some(self.correlation_id.to_string());
        let event = ApiActivity {
            head: Head::new(
                &envelope,
                API_ACTIVITY,
                activity_of(self.operation),
                Severity::of(self.granted),
            ),
            status: Status::of_decision(self.granted),
            actor: Actor {
                user: User::of(self.principal),
                app_name: self.client_id,
                invoked_by: None,
                authorizations: Some([Authorization::new(self.granted, policy)]),
            },
            api: Api::new(self.method, "Apache Kafka", self.source, request),
            src_endpoint: Endpoint::of(self.client_address),
            resources: [Resource {
                name: self.resource_name,
                kind: self.resource_type,
                uid: self.subject,
            }],
            unmapped: Unmapped::new(
                &envelope,
                TYPE_AUTHORIZATION,
                Rest {
                    operation: self.operation,
                    pattern_type: self.pattern_type,
                    asked_by: None,
                },
            ),
        };
        push(out, &event);
    }
}

impl MetadataDecision<'_> {
    /// The event as one line of OCSF without the line's end.
    #[must_use]
    pub fn to_ocsf(&self) -> Vec<u8> {
        let policy = if self.super_user {
            Some(Policy::super_user())
        } else if let Some(acl) = self.acl {
            let acting = acl.acting_principal;
            Some(Policy::acl(acl.permission_type, acl.host, acting))
        } else {
            self.rbac.map(|rbac| {
                let cluster = rbac.clusters.get("kafka-cluster").copied();
                Policy::role(rbac.role, cluster, rbac.acting_principal)
            })
        };
        let origin = &self.origin;
        let event = ApiActivity {
            head: Head::new(
                &self.envelope,
                API_ACTIVITY,
                activity_of(self.operation),
                Severity::of(self.granted),
            ),
            status: Status::of_decision(self.granted),
            actor: Actor {
                user: User::of(self.principal),
                app_name: None,
                invoked_by: origin.acted_by,
                authorizations: Some([Authorization::new(self.granted, policy)]),
            },
            api: Api::new(
                METHOD_AUTHORIZE,
                "OpenMDS",
                self.envelope.source,
                origin.request_id.map(str::to_owned),
            ),
            src_endpoint: Endpoint::of(origin.client_address),
            resources: [Resource {
                name: self.resource_name,
                kind: self.resource_type,
                uid: self.envelope.subject,
            }],
            unmapped: Unmapped::new(
                &self.envelope,
                TYPE_AUTHORIZATION,
                Rest {
                    operation: self.operation,
                    pattern_type: self.pattern_type,
                    asked_by: origin.asked_by,
                },
            ),
        };
        let mut out = Vec::new();
        push(&mut out, &event);
        out
    }
}
