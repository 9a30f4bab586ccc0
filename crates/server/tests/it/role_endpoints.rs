//! The golden file `spec/role-endpoints.txt`: what each role may ask of the service. Run with
//! `UPDATE_GOLDEN=1` to rewrite it.

use std::fmt::Write as _;
use std::path::Path;

use axum::http::Method;
use openmds_policy::rbac::{Roles, ScopeType};
use openmds_server::http::openapi_document;
use serde_json::{Value, json};

use crate::contract::{OPEN, TOKEN_ENDPOINT, body, filled, routes};
use crate::desk::Desk;
use crate::world::World;

/// Whoever asks in the matrix; what is asked concerns somebody else.
const WHO: &str = "bob";

/// Binds the role on both clusters; a role on resources, on those that the questions name.
async fn bind(desk: &Desk, role: &str, scope_type: ScopeType) {
    for cluster in ["home-id", "payments-id"] {
        let scope = json!({"clusters": {"kafka-cluster": cluster}});
        let path = format!("/principals/User:{WHO}/roles/{role}");
        if scope_type == ScopeType::Cluster {
            desk.post("mds", &path, &scope).await.is(204);
        } else {
            let topic = json!({"resourceType": "Topic", "name": "t", "patternType": "LITERAL"});
            let request = json!({"scope": scope, "resourcePatterns": [topic]});
            let path = format!("{path}/bindings");
            desk.post("mds", &path, &request).await.is(204);
        }
    }
}

/// The answer to each route, in the order of the routes.
async fn answers(role: Option<(&str, ScopeType)>, who: &str) -> Vec<u16> {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    if let Some((role, scope_type)) = role {
        bind(&desk, role, scope_type).await;
    }
    let mut answers = Vec::new();
    for (method, path) in routes() {
        let body = body(&method, path);
        let answer = desk
            .call(who, method.clone(), &filled(path), body.as_ref())
            .await;
        answers.push(answer.status.as_u16());
        if method == Method::DELETE {
            desk.register_payments().await;
        }
    }
    answers
}

fn cell(status: u16) -> String {
    match status {
        403 => ".".to_string(),
        other => other.to_string(),
    }
}

#[tokio::test(start_paused = true)]
async fn what_each_role_may_ask_is_the_golden_table() {
    let roles = Roles::predefined();
    let mut columns = vec![("nobody", answers(None, WHO).await)];
    for role in roles.all() {
        let with = Some((role.name.as_str(), role.access_policy.scope_type));
        columns.push((role.name.as_str(), answers(with, WHO).await));
    }
    columns.push(("super user", answers(None, "mds").await));
    let mut text = String::from(
        "What each role may ask of the service: the status of each answer, `.` for 403. The caller holds the role on the home cluster and on\n\
         the cluster in question; roles on resources are held on Topic:t. Generated: UPDATE_GOLDEN=1 cargo test -p openmds-server\n",
    );
    for (index, (name, _)) in columns.iter().enumerate() {
        writeln!(text, "  {:>2} {name}", index + 1).unwrap();
    }
    text.push('\n');
    let numbers = (1..=columns.len()).map(|number| format!("{number:>4}"));
    writeln!(text, "{:<86}{}", "", numbers.collect::<String>()).unwrap();
    for (index, (method, path)) in routes().into_iter().enumerate() {
        if OPEN.contains(&path) || path == TOKEN_ENDPOINT {
            continue;
        }
        let cells = columns
            .iter()
            .map(|(_, answers)| format!("{:>4}", cell(answers[index])));
        let line = format!(
            "{:<7}{path:<79}{}",
            method.as_str(),
            cells.collect::<String>()
        );
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/role-endpoints.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "what roles may ask changed; if that is meant: UPDATE_GOLDEN=1 cargo test -p openmds-server role_endpoints\n{text}"
    );
}

/// Which columns of the golden table, beside the super user, a phrase of the API's description stands
/// for: all that ask about somebody else, with a role at the scope.
const MEANT: [(&str, &[&str]); 15] = [
    (EVERY_USER, &EVERYBODY),
    (
        "every user, everybody or nobody, as openmds.metrics.access says",
        &EVERYBODY,
    ),
    (
        "every user; hosts and protocol are shown to those who may Describe the registry entry",
        &EVERYBODY,
    ),
    (
        "users whom confluent.metadata.server.impersonation.super.users names",
        &[],
    ),
    (
        "users who may AlterAccess at the scope, or on each of the resources",
        &["ResourceOwner", "SystemAdmin", "UserAdmin"],
    ),
    (
        "users who may AlterAccess at the scope",
        &["SystemAdmin", "UserAdmin"],
    ),
    (
        "users who may DescribeAccess at the scope",
        &["SecurityAdmin", "SystemAdmin", "UserAdmin"],
    ),
    (
        "every user about themselves and their groups; about others users who may DescribeAccess at the scope",
        &["SecurityAdmin", "SystemAdmin", "UserAdmin"],
    ),
    (
        "users who may AlterAccess or DescribeAccess at the scope, or on some resource there",
        &[
            "ResourceOwner",
            "ClusterAdmin",
            "SecurityAdmin",
            "SystemAdmin",
            "UserAdmin",
        ],
    ),
    (
        "users who may DescribeAccess at the scope, or Describe the cluster by a role or a central ACL",
        &[
            "Operator",
            "ClusterAdmin",
            "SecurityAdmin",
            "SystemAdmin",
            "UserAdmin",
        ],
    ),
    (
        "users who may AlterAccess at the scope, or Alter the cluster by a role or a central ACL",
        &["ClusterAdmin", "SystemAdmin", "UserAdmin"],
    ),
    (
        "users who may Alter the registry entry, at the cluster itself or at the home cluster",
        &["ClusterAdmin", "SystemAdmin"],
    ),
    (
        "users who may Describe the registry entry, at the cluster itself or at the home cluster",
        &["ClusterAdmin", "SystemAdmin"],
    ),
    (
        "users with AuditAdmin on the home cluster and on every registered Kafka cluster",
        &["AuditAdmin", "SystemAdmin"],
    ),
    (
        "users who may Alter SecurityMetadata of the home cluster",
        &["SystemAdmin"],
    ),
];

const EVERY_USER: &str = "every user";

const EVERYBODY: [&str; 11] = [
    "nobody",
    "Operator",
    "ResourceOwner",
    "DeveloperManage",
    "DeveloperRead",
    "DeveloperWrite",
    "AuditAdmin",
    "ClusterAdmin",
    "SecurityAdmin",
    "SystemAdmin",
    "UserAdmin",
];

#[test]
fn the_description_of_the_api_lets_in_whom_the_golden_table_lets_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/role-endpoints.txt");
    let table = std::fs::read_to_string(path).unwrap();
    let document: Value = serde_json::from_str(&openapi_document()).unwrap();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split_whitespace().collect())
        .filter(|row: &Vec<&str>| row.get(1).is_some_and(|path| path.starts_with('/')))
        .collect();
    assert!(rows.len() > 40, "{} rows", rows.len());
    for row in rows {
        let (method, path, cells) = (row[0], row[1], &row[2..]);
        assert_eq!(cells.len(), EVERYBODY.len() + 1, "{method} {path}");
        let description = &document["paths"][path][method.to_lowercase()]["description"];
        let description = description.as_str().unwrap();
        let (_, who) = description.split_once("Who may call: ").unwrap();
        let who = who.trim_end_matches('.');
        let of_others = who.strip_prefix("every user about themselves; about others ");
        let (_, meant) = MEANT
            .iter()
            .find(|(phrase, _)| *phrase == of_others.unwrap_or(who))
            .unwrap_or_else(|| panic!("{method} {path}: nobody knows who that is: {who}"));
        let let_in: Vec<&str> = EVERYBODY
            .into_iter()
            .zip(cells)
            .filter(|(_, cell)| **cell != ".")
            .map(|(role, _)| role)
            .collect();
        assert_eq!(let_in, **meant, "{method} {path}: {who}");
        assert_ne!(cells.last(), Some(&"."), "{method} {path}: a super user");
    }
}
