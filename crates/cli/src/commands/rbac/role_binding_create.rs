//! `openmds iam rbac role-binding create`; the request and the output are shared with `delete`.

use openmds_api::ResourcesRequest;
use reqwest::{Method, StatusCode};

use super::resource::{Binding, BindingFlags, BindingRow, PatternRow};
use super::roles;
use crate::http::{Request, refusal};
use crate::server::Server;
use crate::{Connection, Failure, Output, World};

/// Give a principal a role
///
/// The role holds for the clusters of the scope and, with --resource, for that resource there. What is bound already stays bound.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam rbac role-binding create --role AuditAdmin \\
    --principal User:alice --kafka-cluster DBS26_qTQ-mT23p5opUK_g
  openmds iam rbac role-binding create --role DeveloperWrite \\
    --principal User:auditlogwriter \\
    --resource Topic:confluent-audit-log-events --prefix --cluster-name logs")]
pub struct RoleBindingCreate {
    #[command(flatten)]
    binding: BindingFlags,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl RoleBindingCreate {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let binding = self.binding.binding()?;
        let mut server = world.server(self.connection).await?;
        let warnings = change(&mut server, Method::POST, &binding).await?;
        world.printer.warnings(&warnings);
        show(world, &binding, self.output)
    }
}

/// Adds (`POST`) or removes (`DELETE`) a binding. Answers the server's warnings.
pub(super) async fn change(
    server: &mut Server,
    method: Method,
    binding: &Binding,
) -> Result<Vec<String>, Failure> {
    let (principal, role) = (binding.principal.as_str(), binding.role.as_str());
    let scope = binding.scope.to_wire();
    let request = match &binding.resource {
        None => {
            let path = ["principals", principal, "roles", role];
            Request::new(method, &path)?.json(&scope)?
        }
        Some((resource, pattern)) => {
            roles::check_resource_type(server, Some(role), resource).await?;
            let path = ["principals", principal, "roles", role, "bindings"];
            Request::new(method, &path)?.json(&ResourcesRequest {
                scope,
                resource_patterns: vec![pattern.clone()],
            })?
        }
    };
    let answer = server.send(&request).await?;
    match answer.status {
        StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT => Ok(answer.warnings),
        status if status.is_success() => Err(Failure::new(format!(
            "no error but received HTTP status code {}",
            status.as_u16()
        ))),
        StatusCode::NOT_FOUND => Err(refusal::general(&answer).hint(roles::LIST_HINT)),
        _ => Err(binding.scope.refused(&answer)),
    }
}

/// Prints what was bound or removed.
pub(super) fn show(world: &mut World, binding: &Binding, output: Output) -> Result<(), Failure> {
    let pattern = binding.resource.as_ref().map(|(_, pattern)| pattern);
    let row = BindingRow {
        principal: Some(binding.principal.clone()),
        role: binding.role.clone(),
        pattern: pattern.cloned().map(PatternRow::from),
    };
    if let Some(form) = output.structured() {
        return world.printer.value(form, &row);
    }
    let mut properties = vec![
        ("Principal", binding.principal.clone()),
        ("Role", row.role),
        ("Scope", binding.scope.describe()),
    ];
    properties.extend(row.pattern.iter().flat_map(PatternRow::columns));
    world.printer.properties(&properties)
}
