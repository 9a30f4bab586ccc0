//! Names that nobody would choose, each with its exact answer (`mds-api.md` 0.6 and 1).

use axum::http::Method;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::world::World;

fn scope() -> Value {
    json!({"clusters": {"kafka-cluster": "k"}})
}

/// A path segment as a careful client writes it: every byte escaped.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Names as users, groups, topics and groups of consumers may have them.
const NAMES: [(&str, &str); 24] = [
    ("UTF-8", "\u{e9}t\u{e9} \u{65e5}\u{672c} \u{1f980}"),
    ("composed and decomposed are two names", "e\u{301}t"),
    ("right to left", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}"),
    ("an override of the direction", "a\u{202e}b"),
    ("a look-alike of `admin`", "\u{430}dmin"),
    ("a zero-width joiner", "ad\u{200d}min"),
    ("no break at all", "\u{feff}admin"),
    ("an escaped slash", "a/b"),
    ("a literal escape", "a%2Fb"),
    ("a literal escape of an escape", "a%252Fb"),
    ("a percent alone", "100%"),
    ("colons", "a:b::c"),
    ("plus", "a+b"),
    ("space", " a b "),
    ("parent folder", ".."),
    ("this folder", "."),
    ("up and away", "../../etc/passwd"),
    ("NUL", "a\u{0}b"),
    ("line ends", "a\r\nb"),
    ("an escape sequence", "\u{1b}[31ma"),
    ("a distinguished name", "CN=k,OU=a b\\,c,O=\"x\""),
    ("markup", "<script>&amp;'\"`"),
    ("a query", "a?b=c#d"),
    ("a star", "*"),
];

#[tokio::test(start_paused = true)]
async fn a_principal_is_kept_and_answered_as_it_is() {
    let world = World::new();
    let desk = world.start().await;
    for (what, name) in NAMES {
        for kind in ["User", "Group"] {
            let principal = format!("{kind}:{name}");
            let path = format!("/principals/{}/roles/SystemAdmin", escaped(&principal));
            desk.post("mds", &path, &scope()).await.is(204);
            let holders = desk.post("mds", "/lookup/role/SystemAdmin", &scope()).await;
            assert_eq!(holders.is(200).json(), json!([principal]), "{what}");
            let path = format!("/lookup/principal/{}/resources", escaped(&principal));
            let held = desk.post("mds", &path, &scope()).await.is(200).json();
            assert_eq!(held, json!({&principal: {"SystemAdmin": []}}), "{what}");
            let path = format!("/principals/{}/roles/SystemAdmin", escaped(&principal));
            desk.delete("mds", &path, Some(&scope())).await.is(204);
            let holders = desk.post("mds", "/lookup/role/SystemAdmin", &scope()).await;
            assert_eq!(holders.is(200).json(), json!([]), "{what}");
        }
    }
}

/// A segment as it stands in the path, and the answer: the principal, or a status and what is said.
type Segment = (&'static str, Result<&'static str, (u16, &'static str)>);

const SEGMENTS: [Segment; 24] = [
    ("User:a", Ok("User:a")),
    ("User%3Aa", Ok("User:a")),
    ("%55ser%3a%61", Ok("User:a")),
    ("User:a:b", Ok("User:a:b")),
    ("User::", Ok("User::")),
    ("User:a+b", Ok("User:a+b")),
    ("User:a%2Bb", Ok("User:a+b")),
    ("User:a%20b", Ok("User:a b")),
    ("User:a%2Fb", Ok("User:a/b")),
    ("User:a%252Fb", Ok("User:a%2Fb")),
    ("User:%25", Ok("User:%")),
    ("User:a@b&c=d$e;f,g", Ok("User:a@b&c=d$e;f,g")),
    ("User:", Err((400, "`User:` is not a principal"))),
    ("User", Err((400, "`User` is not a principal"))),
    (":a", Err((400, "`:a` is not a principal"))),
    ("user:a", Err((400, "`user:a` is not a principal"))),
    ("USER:a", Err((400, "`USER:a` is not a principal"))),
    ("User%00:a", Err((400, "`User\\u{0}:a` is not a principal"))),
    ("%20User:a", Err((400, "` User:a` is not a principal"))),
    ("U%D1%95er:a", Err((400, "is not a principal"))),
    (
        "ServiceAccount:a",
        Err((400, "`ServiceAccount:a` is not a principal")),
    ),
    ("User:%FF", Err((400, "the path cannot be used"))),
    ("User:%C3", Err((400, "the path cannot be used"))),
    ("User:a/b", Err((404, "there is nothing at"))),
];

#[tokio::test(start_paused = true)]
async fn a_segment_is_split_first_and_decoded_once() {
    let world = World::new();
    let desk = world.start().await;
    for (segment, expected) in SEGMENTS {
        let path = format!("/principals/{segment}/roles/SystemAdmin");
        let answer = desk.post("mds", &path, &scope()).await;
        match expected {
            Ok(principal) => {
                answer.is(204);
                let holders = desk.post("mds", "/lookup/role/SystemAdmin", &scope()).await;
                assert_eq!(holders.json(), json!([principal]), "{segment}");
                desk.delete("mds", &path, Some(&scope())).await.is(204);
            }
            Err((status, says)) => {
                let message = answer.is(status).message();
                assert!(message.contains(says), "{segment}: {message}");
                assert!(!message.chars().any(char::is_control), "{message:?}");
            }
        }
    }
    let holders = desk.post("mds", "/lookup/role/SystemAdmin", &scope()).await;
    assert_eq!(holders.json(), json!([]));
}

#[tokio::test(start_paused = true)]
async fn empty_segments_and_trailing_slashes() {
    let world = World::new();
    let desk = world.start().await;
    for (path, status) in [
        // Slashes in a row count as one, so an empty segment is none.
        ("/principals//roles/SystemAdmin", 404),
        ("/principals/User:a/roles//SystemAdmin", 204),
        ("/principals/User:a/roles/SystemAdmin/", 404),
        ("/principals/User:a/roles/SystemAdmin//", 404),
        ("/principals/User:a/roles/", 404),
        ("/principals/./roles/SystemAdmin", 400),
        ("/principals/../roles/SystemAdmin", 400),
        ("/principals/User:a/roles/..", 404),
        ("/principals/User:a/roles/SystemAdmin%2F", 404),
        ("/principals/User:a/roles/SystemAdmin%00", 404),
        ("/principals/User:a/roles/systemadmin", 404),
        ("/principals/User:a/roles/SystemAdmin%20", 404),
        ("/PRINCIPALS/User:a/roles/SystemAdmin", 404),
        ("/%70rincipals/User:b/roles/SystemAdmin", 404),
    ] {
        let answer = desk.post("mds", path, &scope()).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        answer.is(status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_no_role_is_quoted_and_nothing_else() {
    let world = World::new();
    let desk = world.start().await;
    for (what, name) in NAMES {
        let answer = desk.get("mds", &format!("/roles/{}", escaped(name))).await;
        let message = answer.is(404).message();
        assert!(
            message.starts_with("no role is named `"),
            "{what}: {message}"
        );
        assert!(
            !message.chars().any(char::is_control),
            "{what}: {message:?}"
        );
    }
    for segment in ["%FF", "%C3%28", "%ED%A0%80"] {
        desk.get("mds", &format!("/roles/{segment}")).await.is(400);
    }
    for (length, status) in [(10_000, 404), (60_000, 414)] {
        let path = format!("/roles/{}", "r".repeat(length));
        let message = desk.get("mds", &path).await.is(status).message();
        assert!(message.len() < 500, "{} bytes", message.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_resource_is_found_by_its_very_name() {
    let world = World::new();
    let desk = world.start().await;
    let others = NAMES.map(|(_, name)| name);
    for (what, name) in NAMES {
        let pattern = json!({"resourceType": "Topic", "name": name, "patternType": "LITERAL"});
        let body = json!({"scope": scope(), "resourcePatterns": [pattern]});
        let path = "/principals/User:a/roles/DeveloperRead/bindings";
        desk.put("mds", path, &body).await.is(204);
        for other in others {
            let path = format!(
                "/lookup/role/DeveloperRead/resource/Topic/name/{}",
                escaped(other)
            );
            let holders = desk.post("mds", &path, &scope()).await.is(200).json();
            let found = name == other || name == "*";
            let expected = if found { json!(["User:a"]) } else { json!([]) };
            assert_eq!(holders, expected, "{what}: {name:?} and {other:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_has_a_name_that_can_be_printed() {
    let world = World::new();
    let desk = world.start().await;
    let register = |name: String| {
        let entry = json!([{"clusterName": name, "scope": {"clusters": {"kafka-cluster": "k", "connect-cluster": "c"}},
            "hosts": [{"host": "h", "port": 1}], "protocol": "HTTPS"}]);
        let desk = &desk;
        async move { desk.post("mds", "/registry/clusters", &entry).await }
    };
    for name in [
        "a",
        "..",
        "a/b",
        "a%2Fb",
        "a:b+c",
        "?#&=",
        "*",
        "~!@$^()[]{}|\\",
        &"n".repeat(255),
    ] {
        register(name.to_owned()).await.is(204);
        let path = format!("/registry/clusters/{}", escaped(name));
        let found = desk.get("mds", &path).await.is(200).json();
        assert_eq!(found["clusterName"], name);
        desk.delete("mds", &path, None).await.is(204);
        desk.get("mds", &path).await.is(404);
    }
    let long = "n".repeat(256);
    for name in [
        "",
        " ",
        "a b",
        "a\tb",
        "a\u{0}",
        "a\n",
        "\u{e9}",
        "\u{202e}a",
        "\u{7f}",
        &long,
    ] {
        let message = register(name.to_owned()).await.is(400).message();
        assert!(
            message.contains("is not a cluster name"),
            "{name:?}: {message}"
        );
        assert!(
            !message.chars().any(|one| one.is_control() && one != '\n'),
            "{message:?}"
        );
    }
    // The name is a segment of its own: no other path is meant.
    desk.get("mds", "/registry/clusters/..%2F..%2Froles")
        .await
        .is(404);
    desk.get("mds", "/registry/clusters/").await.is(404);
}

#[tokio::test(start_paused = true)]
async fn a_crn_in_the_query_is_decoded_once_as_a_query_and_once_as_a_crn() {
    let world = World::new();
    let desk = world.start().await;
    let mut document = crate::desk::document(1);
    document["routes"] = json!({
        "crn:///kafka=*/topic=a%2Fb": {"produce": {"allowed": crate::desk::TOPIC}},
        "crn:///kafka=*/topic=a+b": {"produce": {"allowed": crate::desk::TOPIC}},
        "crn:///kafka=*/topic=a%20b": {"produce": {"allowed": crate::desk::TOPIC}},
        "crn:///kafka=*/topic=a%25b": {"produce": {"allowed": crate::desk::TOPIC}},
        "crn:///kafka=*/topic=%C3%A9*": {"produce": {"allowed": crate::desk::TOPIC}},
        "crn:///kafka=*/topic=%00": {"produce": {"allowed": crate::desk::TOPIC}},
    });
    desk.update(&document).await.is(200);
    let route = |topic: &str| format!("crn:///kafka=*/topic={topic}");
    let refused = |says: &'static str| Err(says);
    for (crn, expected) in [
        ("crn:///kafka=x/topic=a%252Fb", Ok(route("a%2Fb"))),
        (
            "crn%3A%2F%2F%2Fkafka%3Dx%2Ftopic%3Da%252Fb",
            Ok(route("a%2Fb")),
        ),
        // `%2F` of the query is a slash of the CRN: another shape.
        (
            "crn:///kafka=x/topic=a%2Fb",
            refused("`b` at position 3 is not `type=value`"),
        ),
        ("crn:///kafka=x/topic=a%2Bb", Ok(route("a+b"))),
        // A raw plus is a space in a query.
        ("crn:///kafka=x/topic=a+b", Ok(route("a%20b"))),
        ("crn:///kafka=x/topic=a%20b", Ok(route("a%20b"))),
        ("crn:///kafka=x/topic=a%2520b", Ok(route("a%20b"))),
        ("crn:///kafka=x/topic=a%2525b", Ok(route("a%25b"))),
        ("crn:///kafka=x/topic=%C3%A9%C3%A9", Ok(route("%C3%A9*"))),
        ("crn:///kafka=x/topic=%25C3%25A9", Ok(route("%C3%A9*"))),
        ("crn:///kafka=x/topic=%2500", Ok(route("%00"))),
        ("crn:///kafka=x/topic=%00", Ok(route("%00"))),
        ("crn:///kafka=x/topic=%E2%80%AEa", Ok("default".to_owned())),
        ("crn:///kafka=x/topic=..", Ok("default".to_owned())),
        (
            "crn:///kafka=x//topic=a",
            refused("`` at position 2 is not `type=value`"),
        ),
        (
            "crn:///kafka=x/topic=a/",
            refused("`` at position 3 is not `type=value`"),
        ),
        (
            "crn:///kafka=x/topic=",
            refused("`topic=` at position 2 is not `type=value`"),
        ),
        ("crn:///kafka=x/topic=a*", refused("`*` may stand only")),
        ("crn:///kafka=x/topic=%2525%25", refused("percent escape")),
        ("crn:///kafka=x/topic=%25FF", refused("percent escape")),
        ("crn:///", refused("names no resource")),
        ("", refused("must begin with `crn://`")),
        ("%00", refused("must begin with `crn://`")),
        (
            "crn://%D1%81onfluent.cloud/kafka=x",
            refused("the authority"),
        ),
        ("crn:///Kafka=x", refused("is not `type=value`")),
    ] {
        let answer = desk.get("mds", &format!("/audit/lookup?crn={crn}")).await;
        match expected {
            Ok(route) => assert_eq!(answer.is(200).json()["route"], route, "{crn}"),
            Err(says) => {
                let message = answer.is(400).message();
                assert!(message.contains(says), "{crn}: {message}");
                assert!(!message.chars().any(char::is_control), "{message:?}");
            }
        }
    }
    desk.get("mds", "/audit/lookup?crn=%FF").await.is(400);
    for (length, status, says) in [
        (8_000, 400, "bytes long"),
        (60_000, 414, "at most 16384 are taken"),
    ] {
        let long = format!(
            "/audit/lookup?crn=crn:///kafka=x/topic={}",
            "a".repeat(length)
        );
        let message = desk.get("mds", &long).await.is(status).message();
        assert!(message.contains(says), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn names_that_no_cluster_can_have_are_refused_where_they_are_written() {
    let world = World::new();
    let desk = world.start().await;
    let bind = |length: usize| format!("/principals/User:{}/roles/SystemAdmin", "p".repeat(length));
    desk.post("mds", &bind(16_000), &scope()).await.is(204);
    desk.post("mds", &bind(40_000), &scope()).await.is(414);
    let patterns = |length: usize| {
        let pattern =
            json!({"resourceType": "Group", "name": "g".repeat(length), "patternType": "PREFIXED"});
        json!({"scope": scope(), "resourcePatterns": [pattern]})
    };
    let path = "/principals/User:a/roles/DeveloperRead/bindings";
    desk.post("mds", path, &patterns(32_767)).await.is(204);
    let message = desk
        .post("mds", path, &patterns(32_768))
        .await
        .is(400)
        .message();
    assert!(
        message.contains("bytes long") && message.len() < 500,
        "{message}"
    );
    let acl = |principal: String, name: String, host: String| {
        json!({"scope": scope(), "aclBinding": {
            "pattern": {"resourceType": "GROUP", "name": name, "patternType": "LITERAL"},
            "entry": {"principal": principal, "host": host, "operation": "READ", "permissionType": "ALLOW"}}})
    };
    let (longest, longer) = (32_767 - "User:".len(), 32_768 - "User:".len());
    let by = |length: usize| {
        acl(
            format!("User:{}", "x".repeat(length)),
            "g".into(),
            "*".into(),
        )
    };
    desk.post("mds", "/acls", &by(longest)).await.is(204);
    desk.post("mds", "/acls", &by(longer)).await.is(400);
    let huge = "x".repeat(900_000);
    for body in [
        acl(format!("User:{huge}"), "g".into(), "*".into()),
        acl("User:a".into(), huge.clone(), "*".into()),
        acl("User:a".into(), "g".into(), huge.clone()),
    ] {
        let message = desk.post("mds", "/acls", &body).await.is(400).message();
        assert!(
            message.contains("bytes long") && message.len() < 1_000,
            "{message}"
        );
    }
    // A mebibyte does not even come in.
    let body = acl(
        format!("User:{}", "x".repeat(1_048_576)),
        "g".into(),
        "*".into(),
    );
    let answer = desk
        .call("mds", Method::POST, "/security/1.0/acls", Some(&body))
        .await;
    answer.is(413);
}

/// What a table says of a single principal, once more at the lookup by body.
#[tokio::test(start_paused = true)]
async fn look_alikes_are_somebody_else() {
    let world = World::new();
    let desk = world.start().await;
    desk.grant("alice", "SystemAdmin", "k").await;
    for other in [
        "Alice",
        "alice ",
        "\u{430}lice",
        "alice\u{0}",
        "alic\u{e9}",
        "ALICE",
        "alice\u{200b}",
    ] {
        let body = json!({"userPrincipal": format!("User:{other}"), "actions": [
            {"scope": scope(), "operation": "Read", "resourceType": "Topic", "resourceName": "t"}]});
        let answer = desk.put("mds", "/authorize", &body).await.is(200).json();
        assert_eq!(answer, json!(["DENIED"]), "{other:?}");
    }
    assert_allowed(&desk).await;
}

async fn assert_allowed(desk: &Desk) {
    let body = json!({"userPrincipal": "User:alice", "actions": [
        {"scope": scope(), "operation": "Read", "resourceType": "Topic", "resourceName": "t"}]});
    let answer = desk.put("mds", "/authorize", &body).await.is(200).json();
    assert_eq!(answer, json!(["ALLOWED"]));
}
