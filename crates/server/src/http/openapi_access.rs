//! What holds for operations by the kind of their path: who may call them, and which refusals they
//! share.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};

/// Who may call, by the beginning of the path and whether it changes anything; the first that fits
/// counts. A test compares it with what each role is answered (`spec/role-endpoints.txt`).
const WHO: [(&str, Change, &str); 27] = [
    (
        "/metrics",
        Change::Any,
        "every user, everybody or nobody, as openmds.metrics.access says",
    ),
    ("/kafka/", Change::Any, EVERY_USER),
    (
        "/security/1.0/registry/accept-restore",
        Change::Any,
        KEEPERS,
    ),
    (
        "/security/1.0/impersonate",
        Change::Any,
        "users whom confluent.metadata.server.impersonation.super.users names",
    ),
    (
        "/security/1.0/principals/{principal}/roles/{role}/bindings",
        Change::Yes,
        "users who may AlterAccess at the scope, or on each of the resources",
    ),
    (
        "/security/1.0/principals/",
        Change::Yes,
        "users who may AlterAccess at the scope",
    ),
    ("/security/1.0/principals/", Change::No, ONESELF),
    (
        "/security/1.0/lookup/role/",
        Change::Any,
        "users who may DescribeAccess at the scope",
    ),
    ("/security/1.0/lookup/", Change::Any, ONESELF),
    ("/security/1.0/rbac/explain", Change::Any, ONESELF),
    (
        "/security/1.0/rbac/who-can",
        Change::Any,
        "users who may DescribeAccess at the scope",
    ),
    (
        "/security/1.0/rbac/",
        Change::Any,
        "users who may AlterAccess or DescribeAccess at the scope, or on some resource there",
    ),
    ("/security/1.0/authorize", Change::Any, ONESELF),
    (
        "/security/1.0/acls:search",
        Change::Any,
        "users who may DescribeAccess at the scope, or Describe the cluster by a role or a central ACL",
    ),
    (
        "/security/1.0/acls",
        Change::Any,
        "users who may AlterAccess at the scope, or Alter the cluster by a role or a central ACL",
    ),
    (
        "/security/1.0/registry/clusters/{name}/nodes",
        Change::No,
        WATCHERS,
    ),
    (
        "/security/1.0/registry/clusters/{name}/shadow",
        Change::No,
        WATCHERS,
    ),
    (
        "/security/1.0/registry/clusters/{name}/",
        Change::Any,
        REGISTRARS,
    ),
    (
        "/security/1.0/registry/",
        Change::No,
        "every user; hosts and protocol are shown to those who may Describe the registry entry",
    ),
    ("/security/1.0/registry/", Change::Yes, REGISTRARS),
    ("/security/1.0/audit/", Change::Any, AUDITORS),
    ("/openmds/1.0/audit/", Change::Any, AUDITORS),
    ("/openmds/1.0/clusters/", Change::Any, REGISTRARS),
    (
        "/openmds/",
        Change::Any,
        "nodes of Kafka clusters, by their certificates",
    ),
    ("/security/1.0/keys", Change::Any, KEEPERS),
    ("/security/1.0/revocations", Change::No, KEEPERS),
    ("/security/1.0/revocations", Change::Yes, REVOKERS),
];

const EVERY_USER: &str = "every user";
const ONESELF: &str = "every user about themselves and their groups; about others users who may DescribeAccess at the scope";
const AUDITORS: &str =
    "users with AuditAdmin on the home cluster and on every registered Kafka cluster";
const REGISTRARS: &str =
    "users who may Alter the registry entry, at the cluster itself or at the home cluster";
const WATCHERS: &str =
    "users who may Describe the registry entry, at the cluster itself or at the home cluster";
const KEEPERS: &str = "users who may Alter SecurityMetadata of the home cluster";
const REVOKERS: &str = "every user about themselves; about others users who may Alter SecurityMetadata of the home cluster";

/// Whether an entry is for operations that change something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Yes,
    No,
    Any,
}

const DENIED: &[(&str, &str)] = &[
    ("401", "Nobody knows who is calling"),
    (
        "429",
        "Too many logins of this user from this address have failed",
    ),
];

const WITH_BODY: &[(&str, &str)] = &[
    ("400", "The body or the path cannot be used"),
    ("408", "The body did not arrive in time"),
    ("413", "The body is larger than 1 MiB"),
    ("415", "The body is not JSON"),
];

const EVERYWHERE: &[(&str, &str)] = &[
    (
        "500",
        "A fault of this service, or a cluster that it needs does not answer",
    ),
    (
        "503",
        "Too much to do, or not done in time; `Retry-After` says when to repeat",
    ),
];

/// Adds to every operation what its handler need not repeat.
pub(super) fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let methods = [
            (&mut item.get, false),
            (&mut item.head, false),
            (
                &mut item.post,
                !path.contains("/lookup/") && !path.ends_with("/resources"),
            ),
            (&mut item.put, true),
            (&mut item.delete, true),
        ];
        for (operation, changes) in methods {
            if let Some(operation) = operation {
                describe(path, operation, changes);
            }
        }
    }
}

fn describe(path: &str, operation: &mut Operation, changes: bool) {
    let nobody = SecurityRequirement::default();
    let open = operation
        .security
        .as_ref()
        .is_some_and(|asked| asked.contains(&nobody));
    let who = if open {
        "everybody, without credentials"
    } else {
        let fits = |(start, kind, _): &&(&str, Change, &str)| {
            let of_kind = match kind {
                Change::Yes => changes,
                Change::No => !changes,
                Change::Any => true,
            };
            path.starts_with(start) && of_kind
        };
        WHO.iter().find(fits).map_or(EVERY_USER, |(_, _, who)| who)
    };
    let mut text = operation.description.take().unwrap_or_default();
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(&format!("Who may call: {who}."));
    operation.description = Some(text);
    add(operation, EVERYWHERE);
    if !open {
        add(operation, DENIED);
    }
    if operation.request_body.is_some() {
        add(operation, WITH_BODY);
    }
}

fn add(operation: &mut Operation, refusals: &[(&str, &str)]) {
    for (status, about) in refusals {
        let body = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("ErrorResponse")))
            .build();
        let response = ResponseBuilder::new()
            .description(*about)
            .content("application/json", body)
            .build();
        operation
            .responses
            .responses
            .entry((*status).to_string())
            .or_insert(RefOr::T(response));
    }
}
