//! Adding what is proposed.

use openmds_api::{CreateAclRequest, MdsScope, ResourcesRequest};
use openmds_policy::acl::AclPermission;
use openmds_policy::migrate_acls::Proposal;
use openmds_policy::rbac::AclSource;
use reqwest::Method;

use super::held::scope_body;
use crate::Failure;
use crate::http::{Request, refusal};
use crate::server::Server;

/// Adds every rule of the proposal that the server keeps, those that deny first: at no moment does
/// anybody get more than in the end. What is there already stays.
pub(super) async fn apply(
    server: &mut Server,
    cluster_id: &str,
    proposal: &Proposal,
) -> Result<(), Failure> {
    let rules = proposal.rules();
    let mut requests = Vec::new();
    let central = rules.acls.iter();
    let mut central: Vec<_> = central
        .filter(|(_, source)| *source == AclSource::Central)
        .map(|(acl, _)| acl)
        .collect();
    central.sort_by_key(|acl| acl.entry.permission_type != AclPermission::Deny);
    for acl in central {
        let body = CreateAclRequest {
            scope: scope_body(cluster_id),
            acl_binding: acl.into(),
        };
        requests.push(Request::new(Method::POST, &["acls"])?.json(&body)?);
    }
    for ((principal, role), patterns) in &rules.bindings {
        let principal = principal.to_string();
        let path = ["principals", &principal, "roles", role, "bindings"];
        let body = ResourcesRequest {
            scope: MdsScope {
                cluster_name: None,
                clusters: Some(scope_body(cluster_id).clusters),
            },
            resource_patterns: patterns.iter().cloned().collect(),
        };
        requests.push(Request::new(Method::POST, &path)?.json(&body)?);
    }
    let all = requests.len();
    for (done, request) in requests.iter().enumerate() {
        let answer = server.send(request).await;
        let failure = match answer {
            Ok(answer) if answer.status.is_success() => continue,
            Ok(answer) => refusal::general(&answer),
            Err(failure) => failure,
        };
        return Err(failure.hint(format!(
            "{done} of {all} changes are made and stay; run the command again to make the rest"
        )));
    }
    Ok(())
}
