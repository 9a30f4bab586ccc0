//! Bodies that nobody should send, to every endpoint that reads one: each is refused with 400 (too large: 413), says why, and
//! changes nothing (fault 55 of the list of faults: invalid JSON, unknown field, duplicate key, wrong type, huge, deep, no UTF-8, BOM, NUL).

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, basic, document, entry};
use crate::world::{PAYMENTS, World};

/// Endpoints with bodies, and a body that each takes.
fn endpoints() -> Vec<(Method, &'static str, Value)> {
    let scope = json!({"clusters": {"kafka-cluster": "payments-id"}});
    let pattern = json!({"resourceType": "Topic", "name": "t", "patternType": "LITERAL"});
    let bindings = json!({"scope": scope, "resourcePatterns": [pattern]});
    let acl = json!({"scope": scope, "aclBinding": {
        "pattern": {"resourceType": "TOPIC", "name": "t", "patternType": "LITERAL"},
        "entry": {"principal": "User:a", "host": "*", "operation": "READ", "permissionType": "ALLOW"}}});
    let filter = json!({"scope": scope, "aclBindingFilter": {
        "patternFilter": {"resourceType": "TOPIC", "name": "t", "patternType": "LITERAL"},
        "entryFilter": {"principal": "User:a", "host": "*", "operation": "ANY", "permissionType": "ANY"}}});
    let actions = json!({"userPrincipal": "User:a", "actions": [
        {"scope": scope, "operation": "Read", "resourceType": "Topic", "resourceName": "t"}]});
    let mut audit = document(1);
    audit["metadata"] = json!({"resource_version": "old"});
    vec![
        (
            Method::POST,
            "/principals/User:a/roles/ClusterAdmin",
            scope.clone(),
        ),
        (
            Method::DELETE,
            "/principals/User:a/roles/ClusterAdmin",
            scope.clone(),
        ),
        (
            Method::POST,
            "/principals/User:a/roles/DeveloperRead/bindings",
            bindings.clone(),
        ),
        (
            Method::PUT,
            "/principals/User:a/roles/DeveloperRead/bindings",
            bindings.clone(),
        ),
        (
            Method::DELETE,
            "/principals/User:a/roles/DeveloperRead/bindings",
            bindings,
        ),
        (Method::POST, "/lookup/role/SystemAdmin", scope),
        (Method::PUT, "/authorize", actions),
        (Method::POST, "/acls", acl),
        (Method::POST, "/acls:search", filter.clone()),
        (Method::DELETE, "/acls", filter),
        (
            Method::POST,
            "/registry/clusters",
            json!([entry("payments", "payments-id", PAYMENTS)]),
        ),
        (Method::POST, "/keys/rotate", json!({"algorithm": "ES256"})),
        (
            Method::POST,
            "/revocations",
            json!({"principal": "User:carol"}),
        ),
        (Method::PUT, "/audit/config", audit),
    ]
}

/// Endpoints whose unknown fields are refused, because a misspelt field would change the meaning of the rest.
const STRICT: [&str; 5] = [
    "/acls:search",
    "/acls",
    "/revocations",
    "/keys/rotate",
    "/audit/config",
];

/// All that requests may change. What the rounds write down of clusters is not of it.
fn kept(desk: &Desk) -> String {
    let present = desk.app.present();
    let (bindings, acls) = (present.bindings(), present.acls());
    let (keys, revocations) = (present.signing_keys(), present.revocations());
    format!(
        "{bindings:?} {acls:?} {keys:?} {revocations:?} {:?} {:?}",
        present.clusters(),
        present.audit()
    )
}

async fn send(desk: &Desk, method: &Method, path: &str, body: Vec<u8>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/security/1.0{path}"))
        .header(header::AUTHORIZATION, basic("mds"))
        .header(header::CONTENT_TYPE, "application/json");
    desk.send(request.body(Body::from(body)).unwrap()).await
}

/// The paths of all members of all objects.
fn members(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                let path = format!("{path}/{escaped}");
                members(value, &path, found);
                found.push(path);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                members(item, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The text with the member at the path written twice: the second time as in an attempt to smuggle something past a reader of the first.
fn doubled(value: &Value, path: &str) -> String {
    let (parent, _) = path.rsplit_once('/').unwrap();
    let mark = "@@here@@";
    let mut marked = value.clone();
    let object = marked.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    object.insert(mark.to_owned(), Value::Null);
    let name = path
        .rsplit('/')
        .next()
        .unwrap()
        .replace("~1", "/")
        .replace("~0", "~");
    let again = format!("{}:{}", Value::from(name), value.pointer(path).unwrap());
    marked
        .to_string()
        .replace(&format!("\"{mark}\":null"), &again)
}

/// Bodies that are wrong for every endpoint, with what the answer says.
fn wrong_texts(valid: &Value) -> Vec<(&'static str, Vec<u8>)> {
    let text = valid.to_string();
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    let with = |before: &[u8], after: &[u8]| [before, text.as_bytes(), after].concat();
    vec![
        ("nothing", Vec::new()),
        ("white space", b" \n ".to_vec()),
        ("cut off", text.as_bytes()[..text.len() - 1].to_vec()),
        ("more after it", with(b"", b"{}")),
        ("a comma after it", with(b"", b",")),
        ("a comment", with(b"// x\n", b"")),
        ("single quotes", text.replace('"', "'").into_bytes()),
        ("a byte order mark", with(b"\xef\xbb\xbf", b"")),
        (
            "UTF-16",
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("NUL after it", with(b"", b"\0")),
        ("NUL before it", with(b"\0", b"")),
        (
            "NUL in a name",
            text.replacen("\":", "\u{0}\":", 1).into_bytes(),
        ),
        ("no UTF-8", [b"{\"a\":\"".as_slice(), b"\xff\"}"].concat()),
        (
            "half a character",
            [b"{\"a\":\"".as_slice(), b"\xc3\"}"].concat(),
        ),
        ("a lone surrogate", br#"{"a":"\ud800"}"#.to_vec()),
        ("deep arrays", deep("[", "]").into_bytes()),
        ("deep objects", deep("{\"a\":", "}").into_bytes()),
        ("a string", b"\"x\"".to_vec()),
        ("a number", b"1e400".to_vec()),
        ("null", b"null".to_vec()),
        (
            "the wrong bracket",
            if valid.is_array() {
                b"{}".to_vec()
            } else {
                b"[]".to_vec()
            },
        ),
        ("NaN", b"NaN".to_vec()),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_body_that_is_wrong_is_refused_and_changes_nothing() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let before = kept(&desk);
    for (method, path, valid) in endpoints() {
        for (what, body) in wrong_texts(&valid) {
            let answer = send(&desk, &method, path, body).await;
            assert_eq!(
                answer.status,
                400,
                "{method} {path}: {what}: {}",
                answer.text()
            );
            let message = answer.is(400).message();
            assert!(message.len() < 2_000, "{method} {path}: {what}: {message}");
            assert!(
                !message.chars().any(|one| one.is_control() && one != '\n'),
                "{what}: {message:?}"
            );
        }
        let huge = json!({"a": "x".repeat(1_048_576)}).to_string();
        send(&desk, &method, path, huge.into_bytes()).await.is(413);
        assert_eq!(kept(&desk), before, "{method} {path}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_member_of_a_wrong_kind_and_every_member_twice_is_refused() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let before = kept(&desk);
    for (method, path, valid) in endpoints() {
        let mut found = Vec::new();
        members(&valid, "", &mut found);
        assert!(!found.is_empty());
        for member in found {
            let answer = send(&desk, &method, path, doubled(&valid, &member).into_bytes()).await;
            assert_eq!(
                answer.status,
                400,
                "{method} {path} {member} twice: {}",
                answer.text()
            );
            assert!(
                answer.text().contains("twice"),
                "{member}: {}",
                answer.text()
            );
            let mut wrong = valid.clone();
            let place = wrong.pointer_mut(&member).unwrap();
            *place = if place.is_array() {
                json!({"a": []})
            } else {
                json!([[true]])
            };
            let answer = send(&desk, &method, path, wrong.to_string().into_bytes()).await;
            assert_eq!(
                answer.status,
                400,
                "{method} {path} {member}: {}",
                answer.text()
            );
        }
        assert_eq!(kept(&desk), before, "{method} {path}");
    }
}

#[tokio::test(start_paused = true)]
async fn unknown_fields_are_ignored_except_where_a_misspelt_one_would_mean_more() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    for (method, path, valid) in endpoints() {
        let mut more = valid.clone();
        let object = if more.is_array() {
            &mut more[0]
        } else {
            &mut more
        };
        object["principl"] = json!("User:x");
        let answer = send(&desk, &method, path, more.to_string().into_bytes()).await;
        let strict = STRICT.contains(&path) && (method != Method::POST || path != "/acls");
        assert_eq!(
            answer.status == 400,
            strict,
            "{method} {path}: {}",
            answer.text()
        );
    }
    // The one field that keeps a filter from meaning everybody's ACLs.
    let (_, _, mut filter) = endpoints()
        .into_iter()
        .find(|(_, path, _)| *path == "/acls:search")
        .unwrap();
    let entry = filter["aclBindingFilter"]["entryFilter"]
        .as_object_mut()
        .unwrap();
    let principal = entry.remove("principal").unwrap();
    entry.insert("prinicpal".to_owned(), principal);
    let answer = send(
        &desk,
        &Method::DELETE,
        "/acls",
        filter.to_string().into_bytes(),
    )
    .await;
    assert!(answer.is(400).message().contains("prinicpal"));
}
