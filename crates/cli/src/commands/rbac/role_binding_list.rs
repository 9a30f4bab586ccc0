//! `openmds iam rbac role-binding list`

use std::collections::BTreeMap;

use openmds_policy::names::ResourcePattern;
use reqwest::{Method, StatusCode};

use super::resource::{BindingRow, PatternRow, Resource};
use super::role_binding_legacy::{self, covering};
use super::roles;
use crate::http::{Answer, Request, refusal};
use crate::principal::check_principal;
use crate::scope::Scope;
use crate::server::Server;
use crate::{Connection, Failure, Output, ScopeFlags, World};

/// List the bindings of a principal, or the principals of a role
///
/// With --principal: its bindings in the scope, those of its groups included. With --role alone: who has the role there, with
/// --resource: for that resource, by name or by prefix.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam rbac role-binding list --principal User:alice \\
    --kafka-cluster DBS26_qTQ-mT23p5opUK_g
  openmds iam rbac role-binding list --role AuditAdmin --cluster-name payments
  openmds iam rbac role-binding list --role DeveloperRead \\
    --resource Topic:orders --cluster-name payments -o json")]
pub struct RoleBindingList {
    /// Whose bindings: User:NAME or Group:NAME
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Option<String>,
    /// Only bindings of this role
    #[arg(long)]
    role: Option<String>,
    #[command(flatten)]
    scope: ScopeFlags,
    /// Only bindings that cover this resource
    #[arg(long, value_name = "TYPE:NAME")]
    resource: Option<String>,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl RoleBindingList {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let scope = self.scope.scope()?;
        let resource = self.resource.as_deref().map(Resource::parse).transpose()?;
        let (role, resource) = (self.role.as_deref(), resource.as_ref());
        if let Some(principal) = self.principal.as_deref() {
            check_principal(principal)?;
            let mut server = world.server(self.connection).await?;
            let rows = bindings_of(&mut server, principal, role, resource, &scope).await?;
            return show_bindings(world, &rows, self.output);
        }
        let Some(role) = role else {
            return Err(Failure::usage("must specify either principal or role")
                .hint("Add --principal User:NAME or --role ROLE"));
        };
        let mut server = world.server(self.connection).await?;
        let principals = principals_with(&mut server, role, resource, &scope).await?;
        show_principals(world, principals, self.output)
    }
}

async fn bindings_of(
    server: &mut Server,
    principal: &str,
    role: Option<&str>,
    resource: Option<&Resource>,
    scope: &Scope,
) -> Result<Vec<BindingRow>, Failure> {
    if let Some(resource) = resource {
        roles::check_resource_type(server, role, resource).await?;
    }
    let path = ["lookup", "principal", principal, "resources"];
    let request = Request::new(Method::POST, &path)?.json(&scope.to_wire())?;
    let answer = server.send(&request).await?;
    if answer.status == StatusCode::NOT_FOUND {
        let legacy = role_binding_legacy::bindings(server, principal, role, scope).await?;
        let rows = legacy.ok_or_else(|| refusal::general(&answer).hint(roles::LIST_HINT))?;
        return Ok(covering(None, rows, resource));
    }
    let answer = success(answer, scope)?;
    let found: BTreeMap<String, BTreeMap<String, Vec<ResourcePattern>>> = answer.json()?;
    let mut rows = Vec::new();
    for (principal, roles) in found {
        let roles = roles
            .into_iter()
            .filter(|(bound, _)| role.is_none_or(|role| role == bound));
        rows.extend(covering(Some(&principal), roles, resource));
    }
    Ok(rows)
}

async fn principals_with(
    server: &mut Server,
    role: &str,
    resource: Option<&Resource>,
    scope: &Scope,
) -> Result<Vec<String>, Failure> {
    let answer = match resource {
        None => ask(server, &["lookup", "role", role], scope).await?,
        Some(resource) => {
            roles::check_resource_type(server, Some(role), resource).await?;
            let (kind, name) = (resource.kind.as_str(), resource.name.as_str());
            let path = ["lookup", "role", role, "resource", kind, "name", name];
            ask(server, &path, scope).await?
        }
    };
    let mut principals: Vec<String> = answer.json()?;
    principals.sort();
    Ok(principals)
}

pub(super) async fn ask(
    server: &mut Server,
    path: &[&str],
    scope: &Scope,
) -> Result<Answer, Failure> {
    let request = Request::new(Method::POST, path)?.json(&scope.to_wire())?;
    success(server.send(&request).await?, scope)
}

fn success(answer: Answer, scope: &Scope) -> Result<Answer, Failure> {
    match answer.status {
        status if status.is_success() => Ok(answer),
        StatusCode::NOT_FOUND => Err(refusal::general(&answer).hint(roles::LIST_HINT)),
        _ => Err(scope.refused(&answer)),
    }
}

fn show_bindings(world: &mut World, rows: &[BindingRow], output: Output) -> Result<(), Failure> {
    if let Some(form) = output.structured() {
        return world.printer.value(form, &rows);
    }
    // A server of the oldest kind does not say whose a binding is.
    let told = rows.iter().all(|row| row.principal.is_some());
    let heading = ["Principal", "Role", "Resource Type", "Name", "Pattern Type"];
    let cells = |row: &BindingRow| {
        let pattern = row.pattern.iter().flat_map(PatternRow::columns);
        let cells = [row.principal.clone().unwrap_or_default(), row.role.clone()];
        cells
            .into_iter()
            .chain(pattern.map(|(_, cell)| cell))
            .skip(usize::from(!told))
            .collect()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let heading: Vec<&str> = heading.into_iter().skip(usize::from(!told)).collect();
    world.printer.table(&heading, &rows)
}

fn show_principals(
    world: &mut World,
    principals: Vec<String>,
    output: Output,
) -> Result<(), Failure> {
    #[derive(serde::Serialize)]
    struct Row {
        principal: String,
    }
    if let Some(form) = output.structured() {
        let rows: Vec<_> = principals
            .into_iter()
            .map(|principal| Row { principal })
            .collect();
        return world.printer.value(form, &rows);
    }
    let rows: Vec<_> = principals.into_iter().map(|one| vec![one]).collect();
    world.printer.table(&["Principal"], &rows)
}
