//! `openmds iam rbac role-binding list`

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;

use super::resource::{Pattern, Resource, check_principal};
use super::roles;
use crate::http::{Answer, Request, refusal};
use crate::json_text::indented;
use crate::scope::Scope;
use crate::server::Server;
use crate::{ClientCertificate, Failure, Output, OutputFormat, ScopeFlags, World};

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
    certificate: ClientCertificate,
    #[command(flatten)]
    output: Output,
}

impl RoleBindingList {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let scope = self.scope.scope()?;
        let resource = self.resource.as_deref().map(Resource::parse).transpose()?;
        let (role, resource) = (self.role.as_deref(), resource.as_ref());
        let rows = match (self.principal.as_deref(), role) {
            (Some(principal), _) => {
                check_principal(principal)?;
                let mut server = world.server(self.certificate).await?;
                bindings_of(&mut server, principal, role, resource, &scope).await?
            }
            (None, Some(role)) => {
                let mut server = world.server(self.certificate).await?;
                let rows = principals_with(&mut server, role, resource, &scope).await?;
                return print(
                    world,
                    &["Principal"],
                    &["principal"],
                    rows,
                    self.output.output,
                );
            }
            (None, None) => {
                return Err(Failure::usage("must specify either principal or role")
                    .hint("Add --principal User:NAME or --role ROLE"));
            }
        };
        let heading = ["Principal", "Role", "Resource Type", "Name", "Pattern Type"];
        let keys = ["principal", "role", "resource_type", "name", "pattern_type"];
        print(world, &heading, &keys, rows, self.output.output)
    }
}

/// Rows of principal, role, resource type, name, pattern type.
async fn bindings_of(
    server: &mut Server,
    principal: &str,
    role: Option<&str>,
    resource: Option<&Resource>,
    scope: &Scope,
) -> Result<Vec<Vec<String>>, Failure> {
    if let Some(resource) = resource {
        roles::check_resource_type(server, role, resource).await?;
    }
    let answer = ask(
        server,
        &["lookup", "principal", principal, "resources"],
        scope,
    )
    .await?;
    let found: BTreeMap<String, BTreeMap<String, Vec<Pattern>>> = answer.json()?;
    let mut rows = Vec::new();
    for (principal, roles) in found {
        for (bound, patterns) in roles {
            if role.is_some_and(|role| role != bound) {
                continue;
            }
            // A role without patterns is bound to the cluster as a whole.
            if patterns.is_empty() && resource.is_none() {
                let row = [principal.as_str(), &bound, "Cluster", "", ""];
                rows.push(row.map(str::to_owned).to_vec());
            }
            for pattern in patterns {
                if resource.is_none_or(|resource| pattern.covers(resource)) {
                    rows.push(vec![
                        principal.clone(),
                        bound.clone(),
                        pattern.resource_type,
                        pattern.name,
                        pattern.pattern_type,
                    ]);
                }
            }
        }
    }
    Ok(rows)
}

/// Rows of one principal each.
async fn principals_with(
    server: &mut Server,
    role: &str,
    resource: Option<&Resource>,
    scope: &Scope,
) -> Result<Vec<Vec<String>>, Failure> {
    let answer = match resource {
        None => ask(server, &["lookup", "role", role], scope).await?,
        Some(resource) => {
            roles::check_resource_type(server, Some(role), resource).await?;
            let path = [
                "lookup",
                "role",
                role,
                "resource",
                resource.kind.as_str(),
                "name",
                resource.name.as_str(),
            ];
            ask(server, &path, scope).await?
        }
    };
    let mut principals: Vec<String> = answer.json()?;
    principals.sort();
    Ok(principals.into_iter().map(|one| vec![one]).collect())
}

async fn ask(server: &mut Server, path: &[&str], scope: &Scope) -> Result<Answer, Failure> {
    let request = Request::new(Method::POST, path)?.body(scope.to_json().to_string());
    let answer = server.send(&request).await?;
    match answer.status {
        status if status.is_success() => Ok(answer),
        reqwest::StatusCode::NOT_FOUND => Err(refusal::general(&answer).hint(roles::LIST_HINT)),
        _ => Err(refusal::general(&answer)),
    }
}

fn print(
    world: &mut World,
    heading: &[&str],
    keys: &[&str],
    rows: Vec<Vec<String>>,
    output: OutputFormat,
) -> Result<(), Failure> {
    if output == OutputFormat::Human {
        return world.printer.table(heading, &rows);
    }
    let objects: Vec<String> = rows
        .into_iter()
        .map(|row| {
            let members: Vec<_> = keys
                .iter()
                .zip(row)
                .map(|(key, value)| format!("{}:{}", json!(key), json!(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        })
        .collect();
    world
        .printer
        .data(&indented(&format!("[{}]", objects.join(","))))
}
