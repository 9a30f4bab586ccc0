//! Bindings of a principal from a server that does not know the one lookup for them: two older lookups (mds-api 4.4).

use openmds_policy::names::ResourcePattern;
use reqwest::{Method, StatusCode};

use super::resource::{BindingRow, PatternRow, Resource};
use super::role_binding_list::ask;
use crate::Failure;
use crate::http::Request;
use crate::scope::Scope;
use crate::server::Server;

/// A role, and what it is bound to there.
pub(super) type Bound = (String, Vec<ResourcePattern>);

/// The bindings, role by role. `None`: the server does not know these lookups either.
pub(super) async fn bindings(
    server: &mut Server,
    principal: &str,
    role: Option<&str>,
    scope: &Scope,
) -> Result<Option<Vec<Bound>>, Failure> {
    let names = match role {
        Some(role) => vec![role.to_owned()],
        None => {
            let path = ["lookup", "principals", principal, "roleNames"];
            let request = Request::new(Method::POST, &path)?.json(&scope.to_wire())?;
            let answer = server.send(&request).await?;
            if answer.status == StatusCode::NOT_FOUND {
                return Ok(None);
            }
            if !answer.status.is_success() {
                return Err(scope.refused(&answer));
            }
            answer.json()?
        }
    };
    let mut all = Vec::new();
    for role in names {
        let path = ["principals", principal, "roles", &role, "resources"];
        let patterns = ask(server, &path, scope).await?.json()?;
        all.push((role, patterns));
    }
    Ok(Some(all))
}

/// The rows of bindings, only those that cover the resource if there is one. `principal`: whose they are, if that is known.
pub(super) fn covering(
    principal: Option<&str>,
    bound: impl IntoIterator<Item = Bound>,
    resource: Option<&Resource>,
) -> Vec<BindingRow> {
    let mut rows = Vec::new();
    for (role, patterns) in bound {
        let row = |pattern: PatternRow| BindingRow {
            principal: principal.map(str::to_owned),
            role: role.clone(),
            pattern: Some(pattern),
        };
        // A role without patterns is bound to the cluster as a whole.
        if patterns.is_empty() && resource.is_none() {
            rows.push(row(PatternRow::whole_cluster()));
        }
        let covering = patterns.into_iter().filter(|pattern| {
            resource.is_none_or(|resource| pattern.covers(&resource.kind, &resource.name))
        });
        rows.extend(covering.map(|pattern| row(PatternRow::from(pattern))));
    }
    rows
}
