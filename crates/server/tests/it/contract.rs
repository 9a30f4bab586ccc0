//! Every route: who may come in, and what they hear who may not.

use axum::body::Body;
use axum::http::{Method, Request, header};
use openmds_server::http::known_routes;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, basic, document, entry};
use crate::world::{PAYMENTS, World};

/// Routes that ask for no credentials.
pub(crate) const OPEN: [&str; 8] = [
    "/health/live",
    "/health/ready",
    "/security/1.0/features",
    "/security/1.0/jwks.json",
    "/v1/metadata/id",
    "/openapi.json",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
];

/// Speaks OAuth 2.0 instead: see `oauth`.
pub(crate) const TOKEN_ENDPOINT: &str = "/oauth2/token";

/// Routes at which somebody logs in: what they give depends on more than a header (`sso` tests).
const LOGINS: &str = "/security/1.0/oidc/";

/// Routes of nodes, which show a certificate, or a token (`enrolment` tests) ...
const NODES: &str = "/openmds/";

/// ... but these are users'.
const USERS_AMONG_THEM: [&str; 2] = ["/openmds/1.0/clusters/", "/openmds/1.0/audit/"];

/// Routes that any user may use.
const FOR_ANY_USER: [(&str, &str); 11] = [
    ("GET", "/kafka/v3/clusters"),
    ("GET", "/kafka/v3/clusters/{id}"),
    ("GET", "/metrics"),
    ("GET", "/security/1.0/authenticate"),
    ("GET", "/security/1.0/metadataClusterId"),
    ("GET", "/security/1.0/activenodes/{protocol}"),
    ("GET", "/security/1.0/roles"),
    ("GET", "/security/1.0/roles/{role}"),
    ("GET", "/security/1.0/roleNames"),
    ("GET", "/security/1.0/registry/clusters"),
    ("GET", "/security/1.0/registry/clusters/{name}"),
];

pub(crate) fn routes() -> Vec<(Method, &'static str)> {
    let mut routes = known_routes();
    let of_user = |path: &str| USERS_AMONG_THEM.iter().any(|users| path.starts_with(users));
    let of_node = |path: &str| path.starts_with(NODES) && !of_user(path);
    routes.retain(|(_, path)| !path.starts_with(LOGINS) && !of_node(path));
    routes
}

pub(crate) fn filled(path: &str) -> String {
    let role = if path.ends_with("/bindings") {
        "DeveloperRead"
    } else {
        "ClusterAdmin"
    };
    path.replace("{principal}", "User:alice")
        .replace("{role}", role)
        .replace("/nodes/{id}", "/nodes/1")
        .replace("{node}", "1")
        .replace("{id}", "home-id")
        .replace("{protocol}", "http")
        .replace("{type}", "Topic")
        .replace("{operation}", "Create")
        .replace("{name}", "payments")
}

pub(crate) fn body(method: &Method, path: &str) -> Option<Value> {
    let scope = json!({"clusters": {"kafka-cluster": "payments-id"}});
    let mut audit = document(1);
    audit["metadata"] = json!({"resource_version": "old"});
    match (method, path) {
        (&Method::GET, _)
        | (_, "/security/1.0/registry/clusters/{name}" | "/security/1.0/keys/{name}") => None,
        (&Method::DELETE, path) if path.contains("/nodes/{") => None,
        (_, path) if path.ends_with("/join-tokens") => Some(json!({"count": 1})),
        (_, "/security/1.0/keys/rotate") => Some(json!({"algorithm": "ES256"})),
        (_, "/security/1.0/impersonate") => Some(json!({"targetPrincipalName": "alice"})),
        (_, "/security/1.0/revocations") => Some(json!({"principal": "User:carol"})),
        (_, "/security/1.0/audit/config") => Some(audit),
        (_, "/openmds/1.0/audit/companion") => {
            Some(json!({"metadata": {"resource_version": "old"}}))
        }
        (_, "/security/1.0/registry/clusters") => {
            Some(json!([entry("payments", "payments-id", PAYMENTS)]))
        }
        (&Method::POST, "/security/1.0/acls") => Some(json!({"scope": scope, "aclBinding": {
            "pattern": {"resourceType": "TOPIC", "name": "t", "patternType": "LITERAL"},
            "entry": {"principal": "User:alice", "host": "*", "operation": "READ", "permissionType": "ALLOW"},
        }})),
        (_, "/security/1.0/acls" | "/security/1.0/acls:search") => {
            Some(json!({"scope": scope, "aclBindingFilter": {
                "patternFilter": {"resourceType": "ANY", "patternType": "ANY"},
                "entryFilter": {"operation": "ANY", "permissionType": "ANY"},
            }}))
        }
        (_, "/security/1.0/authorize") => Some(json!({
            "userPrincipal": "User:alice",
            "actions": [{"scope": scope, "operation": "Read", "resourceType": "Topic", "resourceName": "t"}],
        })),
        (_, "/security/1.0/rbac/explain") => Some(json!({
            "principal": "User:alice", "scope": scope, "operation": "Read", "resourceType": "Topic", "resourceName": "t",
        })),
        (_, "/security/1.0/rbac/who-can") => Some(json!({
            "scope": scope, "operation": "Read", "resourceType": "Topic", "resourceName": "t",
        })),
        (_, path) if path.ends_with("/visibility") => {
            Some(json!([{"kafka-cluster": "payments-id", "connect-clusters": ["c"]}]))
        }
        (_, path) if path.ends_with("/bindings") => Some(json!({
            "scope": scope,
            "resourcePatterns": [{"resourceType": "Topic", "name": "t", "patternType": "LITERAL"}],
        })),
        _ => Some(scope),
    }
}

/// Whether a refused request was refused as one of nobody known.
fn is_unauthenticated(answer: Answer, what: &str) {
    let answer = answer.is(401);
    assert_eq!(answer.json()["type"], "UNAUTHENTICATED", "{what}");
    let challenge = answer.header("www-authenticate");
    assert_eq!(challenge, ["Basic realm=\"openmds\""], "{what}");
}

#[tokio::test(start_paused = true)]
async fn no_forged_token_opens_any_route() {
    let world = World::new();
    let desk = desk(&world).await;
    let forged = crate::forged::tokens(&desk).await;
    for (method, path) in routes() {
        if path == TOKEN_ENDPOINT {
            continue;
        }
        if OPEN.contains(&path) {
            continue;
        }
        for (what, token) in &forged {
            let request = Request::builder().method(&method).uri(filled(path));
            let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            let answer = desk.send(request.body(Body::empty()).unwrap()).await;
            is_unauthenticated(answer, &format!("{method} {path}: {what}"));
        }
    }
}

async fn desk(world: &World) -> Desk {
    let desk = world.start().await;
    desk.register_payments().await;
    desk
}

#[tokio::test(start_paused = true)]
async fn nobody_unknown_comes_in() {
    let world = World::new();
    let desk = desk(&world).await;
    let wrong_password = basic("alice").replace("Basic ", "Basic QQ");
    let unusable = [
        None,
        Some("Basic"),
        Some("Basic !!!"),
        Some("Basic YWxpY2U="),
        Some("Bearer"),
        Some("Bearer x.y.z"),
        Some("Digest username=alice"),
        Some(wrong_password.as_str()),
    ];
    for (method, path) in routes() {
        if path == TOKEN_ENDPOINT {
            continue;
        }
        for credentials in unusable {
            let mut request = Request::builder().method(&method).uri(filled(path));
            if let Some(credentials) = credentials {
                request = request.header(header::AUTHORIZATION, credentials);
            }
            // No body and no content type either: who is asking comes first.
            let answer = desk.send(request.body(Body::empty()).unwrap()).await;
            if OPEN.contains(&path) {
                answer.is(200);
            } else {
                is_unauthenticated(answer, &format!("{method} {path}"));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_without_rights_is_refused_where_rights_are_needed() {
    let world = World::new();
    let desk = desk(&world).await;
    for (method, path) in routes() {
        if path == TOKEN_ENDPOINT {
            continue;
        }
        if OPEN.contains(&path) {
            continue;
        }
        let body = body(&method, path);
        let answer = desk
            .call("bob", method.clone(), &filled(path), body.as_ref())
            .await;
        if FOR_ANY_USER.contains(&(method.as_str(), path)) {
            answer.is(200);
        } else {
            let answer = answer.is(403);
            assert_eq!(answer.json()["type"], "FORBIDDEN", "{method} {path}");
            assert!(answer.message().starts_with("User:bob not permitted to "));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_super_user_is_refused_nowhere() {
    let world = World::new();
    let desk = desk(&world).await;
    for (method, path) in routes() {
        if path == TOKEN_ENDPOINT {
            continue;
        }
        let body = body(&method, path);
        let answer = desk
            .call("mds", method.clone(), &filled(path), body.as_ref())
            .await;
        let status = answer.status.as_u16();
        // The version of the document is an outdated one.
        let right = [200, 204].contains(&status)
            || (status == 409 && (path.ends_with("config") || path.ends_with("companion")))
            // No node is ahead.
            || (status == 409 && path.ends_with("/accept-restore"))
            // There is no key of that name, and no node of that id.
            || (status == 404 && path == "/security/1.0/keys/{name}")
            || (status == 404 && path.contains("/nodes/{"));
        assert!(right, "{method} {path}: {status} {}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_method_is_refused_with_json() {
    let world = World::new();
    let desk = desk(&world).await;
    let known = known_routes();
    for (_, path) in &known {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            if known
                .iter()
                .any(|(other, same)| same == path && other == method)
            {
                continue;
            }
            let request = Request::builder().method(method).uri(filled(path));
            let answer = desk
                .send(request.body(Body::empty()).unwrap())
                .await
                .is(405);
            assert_eq!(answer.json()["type"], "METHOD NOT ALLOWED");
            assert_eq!(answer.header("allow").len(), 1, "{method} {path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_path_is_refused_with_json() {
    let world = World::new();
    let desk = desk(&world).await;
    let unknown = [
        "/",
        "/security",
        "/security/1.0",
        "/security/1.0/",
        "/security/1.0/nothing",
        "/security/1.0/roles/",
        "/security/1.0/roles/a/b",
        "/security/1.0/registry/clusters/a%2Fb/c",
        "/security/2.0/roles",
        "/v1/metadata",
    ];
    for path in unknown {
        for user in ["mds", "nobody"] {
            let answer = desk.call(user, Method::GET, path, None).await.is(404);
            assert_eq!(answer.json()["type"], "NOT FOUND", "{path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn open_routes_say_no_more_than_they_should() {
    let world = World::new();
    let desk = desk(&world).await;
    let get = |path: &'static str| {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        desk.send(request)
    };
    assert_eq!(
        get("/v1/metadata/id").await.is(200).json(),
        json!({"id": "home-id", "scope": {"path": [], "clusters": {"kafka-cluster": "home-id"}}})
    );
    let features = get("/security/1.0/features").await.is(200).json();
    assert_eq!(features["features"]["basic.auth.1.enabled"], true);
    assert_eq!(features["features"]["oidc.login.device.1.enabled"], false);
    let jwks = get("/security/1.0/jwks.json").await.is(200);
    assert_eq!(jwks.header("content-type"), ["application/json"]);
    let key = &jwks.json()["keys"][0];
    let members: Vec<&String> = key.as_object().unwrap().keys().collect();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
}
