//! What the server already holds for a cluster.

use openmds_api::{
    AccessControlEntryFilter, AclBinding, AclBindingFilter, AclFilterRequest, ClusterAccessInfo,
    KafkaResourcePatternFilter, ManagedRoleBindings, MdsScope, ScopeBody,
};
use openmds_policy::migrate_acls::RuleSet;
use openmds_policy::names::{PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::AclSource;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Failure;
use crate::http::{Request, refusal};
use crate::server::Server;

/// Role bindings and central ACLs at the cluster, all of them.
pub(in crate::commands) async fn held(
    server: &mut Server,
    cluster_id: &str,
) -> Result<RuleSet, Failure> {
    let user = format!("User:{}", server.user());
    let scope = MdsScope {
        cluster_name: None,
        clusters: Some(scope_body(cluster_id).clusters),
    };
    let path = ["lookup", "managed", "clusters", "principal", &user];
    let access: ClusterAccessInfo = ask(server, &path, &scope).await?;
    if !access.cluster.iter().any(|one| one == "DescribeAccess") {
        return Err(Failure::new(format!(
            "{user} may not see all role bindings of the cluster {cluster_id}, so nothing can be compared"
        ))
        .hint("Log in as a user with SecurityAdmin, UserAdmin or SystemAdmin there"));
    }
    let path = ["lookup", "managed", "rolebindings", "principal", &user];
    let bound: ManagedRoleBindings = ask(server, &path, &scope).await?;
    let filter = AclFilterRequest {
        scope: scope_body(cluster_id),
        acl_binding_filter: everything(),
    };
    let acls: Vec<AclBinding> = ask(server, &["acls:search"], &filter).await?;
    let mut rules = RuleSet::default();
    for (principal, roles) in &bound.cluster_role_bindings {
        for role in roles.keys() {
            let key = (Principal::of_kafka(principal), role.clone());
            rules.bindings.entry(key).or_default();
        }
    }
    for (principal, roles) in bound.resource_role_bindings {
        for (role, patterns) in roles {
            let patterns = patterns.into_iter().map(|pattern| ResourcePattern {
                resource_type: pattern.resource_type,
                name: pattern.resource_name,
                pattern_type: match pattern.resource_pattern.as_str() {
                    "PREFIXED" => PatternType::Prefixed,
                    _ => PatternType::Literal,
                },
            });
            let key = (Principal::of_kafka(&principal), role);
            rules.bindings.entry(key).or_default().extend(patterns);
        }
    }
    let acls = acls.iter().filter_map(AclBinding::of_cluster);
    rules.acls = acls.map(|acl| (acl, AclSource::Central)).collect();
    Ok(rules)
}

async fn ask<T: DeserializeOwned>(
    server: &mut Server,
    path: &[&str],
    body: &impl Serialize,
) -> Result<T, Failure> {
    let request = Request::new(Method::POST, path)?.json(body)?;
    let answer = server.send(&request).await?;
    if !answer.status.is_success() {
        return Err(refusal::general(&answer));
    }
    answer.json()
}

pub(super) fn scope_body(cluster_id: &str) -> ScopeBody {
    let id = ("kafka-cluster".to_owned(), cluster_id.to_owned());
    ScopeBody {
        clusters: [id].into(),
    }
}

fn everything() -> AclBindingFilter {
    let any = || "ANY".to_owned();
    AclBindingFilter {
        pattern_filter: KafkaResourcePatternFilter {
            resource_type: any(),
            name: None,
            pattern_type: any(),
        },
        entry_filter: AccessControlEntryFilter {
            principal: None,
            host: None,
            operation: any(),
            permission_type: any(),
        },
    }
}
