//! Roles as the server defines them (mds-api 4.1).

use reqwest::StatusCode;
use serde::Deserialize;

use super::resource::Resource;
use crate::Failure;
use crate::http::{Answer, Request, refusal};
use crate::server::Server;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Role {
    pub(super) name: String,
    #[serde(rename = "accessPolicy")]
    access_policy: AccessPolicy,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessPolicy {
    scope_type: String,
    #[serde(default)]
    allowed_operations: Vec<Allowed>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allowed {
    resource_type: String,
    #[serde(default)]
    operations: Vec<String>,
}

pub(super) const HEADING: [&str; 4] = ["Name", "Scope", "Resource Type", "Operations"];
pub(super) const LIST_HINT: &str = "`openmds iam rbac role list` shows the roles";

impl Role {
    /// A row for each type of resource.
    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        self.access_policy
            .allowed_operations
            .iter()
            .map(|allowed| {
                vec![
                    self.name.clone(),
                    self.access_policy.scope_type.clone(),
                    allowed.resource_type.clone(),
                    allowed.operations.join(", "),
                ]
            })
            .collect()
    }

    fn resource_types(&self) -> impl Iterator<Item = &str> {
        self.access_policy
            .allowed_operations
            .iter()
            .map(|allowed| allowed.resource_type.as_str())
    }
}

pub(super) async fn all(server: &mut Server) -> Result<Answer, Failure> {
    let answer = server.send(&Request::get(&["roles"])?).await?;
    if !answer.status.is_success() {
        return Err(refusal::general(&answer));
    }
    Ok(answer)
}

/// `None`: there is no such role (404, and 204 in the reference product).
pub(super) async fn one(server: &mut Server, role: &str) -> Result<Option<Answer>, Failure> {
    let answer = server.send(&Request::get(&["roles", role])?).await?;
    match answer.status {
        StatusCode::NOT_FOUND | StatusCode::NO_CONTENT => Ok(None),
        status if status.is_success() => Ok(Some(answer)),
        _ => Err(refusal::general(&answer)),
    }
}

/// Refuses a resource of a type that the role (or, without one, any role) cannot be bound to.
pub(super) async fn check_resource_type(
    server: &mut Server,
    role: Option<&str>,
    resource: &Resource,
) -> Result<(), Failure> {
    let roles: Vec<Role> = match role {
        None => all(server).await?.json()?,
        Some(role) => {
            let found = one(server, role).await?.ok_or_else(|| {
                Failure::new(format!(
                    "failed to look up role \"{role}\": there is no such role"
                ))
                .hint(LIST_HINT)
            })?;
            vec![found.json()?]
        }
    };
    let mut types: Vec<&str> = roles.iter().flat_map(Role::resource_types).collect();
    if types.contains(&resource.kind.as_str()) {
        return Ok(());
    }
    types.sort_unstable();
    types.dedup();
    let whose = role.map_or("The roles".to_owned(), |role| format!("The role {role}"));
    Err(
        Failure::new(format!("invalid resource type \"{}\"", resource.kind)).hint(format!(
            "{whose} can be bound to: {} (upper and lower case matter)",
            types.join(", ")
        )),
    )
}
