//! What holds for all bindings: each is found by every look-up that should find it and by no
//! other, what is granted and revoked leaves no trace, and look-ups agree with `authorize`.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::bindings::{beside, kafka, member, pattern, patterns};
use crate::desk::Desk;
use crate::world::World;

const PRINCIPALS: [&str; 4] = ["User:a", "User:b", "Group:a", "Group:g"];
const ROLES: [&str; 5] = [
    "Operator",
    "UserAdmin",
    "DeveloperRead",
    "DeveloperWrite",
    "ResourceOwner",
];
const RESOURCES: [&str; 7] = [
    "Topic:a",
    "Topic:ab",
    "Topic:a*",
    "Topic:ab*",
    "Topic:*",
    "Group:a",
    "Group:b*",
];
const NAMES: [&str; 4] = ["a", "ab", "abc", "b"];
const ROUNDS: usize = 40;

fn scopes() -> [Value; 3] {
    [kafka("k"), kafka("l"), beside("k", "connect-cluster", "c")]
}

fn on_resources(role: &str) -> bool {
    !["Operator", "UserAdmin"].contains(&role)
}

/// What is asked of the server, by places in the lists above.
#[derive(Debug, Clone)]
struct Step {
    principal: &'static str,
    role: &'static str,
    scope: usize,
    /// What to do with them: `POST`, `PUT` or `DELETE`; without resources the whole role.
    method: &'static str,
    resources: BTreeSet<&'static str>,
}

fn step() -> impl Strategy<Value = Step> {
    let resources = prop::collection::btree_set(prop::sample::select(RESOURCES.to_vec()), 0..4);
    (
        prop::sample::select(PRINCIPALS.to_vec()),
        prop::sample::select(ROLES.to_vec()),
        0..3usize,
        prop::sample::select(vec!["POST", "POST", "POST", "PUT", "DELETE"]),
        resources,
    )
        .prop_map(|(principal, role, scope, method, resources)| Step {
            principal,
            role,
            scope,
            method,
            resources,
        })
}

/// Principal, role and scope, and the resources; an own, naive memory of what was bound.
type Model = BTreeMap<(&'static str, &'static str, usize), BTreeSet<&'static str>>;

async fn take(desk: &Desk, model: &mut Model, step: &Step) {
    let key = (step.principal, step.role, step.scope);
    let scope = &scopes()[step.scope];
    let path = format!("/principals/{}/roles/{}", step.principal, step.role);
    let method: Method = step.method.parse().unwrap();
    let resources: Vec<&str> = step.resources.iter().copied().collect();
    let whole = resources.is_empty() && step.method != "PUT";
    if whole || !on_resources(step.role) {
        let method = if method == Method::PUT {
            Method::POST
        } else {
            method
        };
        let answer = desk
            .call(
                "mds",
                method.clone(),
                &format!("/security/1.0{path}"),
                Some(scope),
            )
            .await;
        if method == Method::DELETE {
            answer.is(204);
            model.remove(&key);
        } else if on_resources(step.role) {
            answer.is(400);
        } else {
            answer.is(204);
            model.insert(key, BTreeSet::new());
        }
        return;
    }
    let body = patterns(scope, &resources);
    let path = format!("/security/1.0{path}/bindings");
    desk.call("mds", method, &path, Some(&body)).await.is(204);
    let held = model.entry(key).or_default();
    match step.method {
        "POST" => held.extend(&step.resources),
        "PUT" => *held = step.resources.clone(),
        _ => held.retain(|one| !step.resources.contains(one)),
    }
    if held.is_empty() {
        model.remove(&key);
    }
}

/// Patterns in the order of answers: type, name, literal before prefixed.
fn sorted(resources: &BTreeSet<&'static str>) -> Value {
    let mut all: Vec<(&str, &str, bool)> = resources
        .iter()
        .map(|text| {
            let (kind, name) = text.split_once(':').unwrap();
            let prefix = name.strip_suffix('*').filter(|prefix| !prefix.is_empty());
            (kind, prefix.unwrap_or(name), prefix.is_some())
        })
        .collect();
    all.sort_unstable();
    let shown = |(kind, name, prefixed): (&str, &str, bool)| {
        pattern(&format!("{kind}:{name}{}", if prefixed { "*" } else { "" }))
    };
    all.into_iter().map(shown).collect()
}

fn covers(resource: &str, kind: &str, name: &str) -> bool {
    let (its_kind, its_name) = resource.split_once(':').unwrap();
    its_kind == kind
        && match its_name.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => its_name == name,
        }
}

/// What these principals hold at a scope, as look-ups show it.
fn held(model: &Model, principals: &[&str], scope: usize) -> Value {
    let mut shown = Map::new();
    for ((principal, role, at), resources) in model {
        if *at == scope && principals.contains(principal) {
            let roles = shown.entry(*principal).or_insert_with(|| json!({}));
            roles[*role] = sorted(resources);
        }
    }
    Value::Object(shown)
}

async fn look(desk: &Desk, path: &str, scope: &Value) -> Value {
    desk.post("mds", path, scope).await.is(200).json()
}

/// Every look-up tells what the model knows.
async fn look_everywhere(desk: &Desk, model: &Model) {
    for principal in PRINCIPALS {
        let mut everywhere = Vec::new();
        for (index, scope) in scopes().iter().enumerate() {
            let expected = held(model, &[principal], index);
            let found = look(
                desk,
                &format!("/lookup/principal/{principal}/resources"),
                scope,
            )
            .await;
            assert_eq!(found, expected);
            let found = look(
                desk,
                &format!("/lookup/rolebindings/principal/{principal}"),
                scope,
            )
            .await;
            assert_eq!(found, json!({"scope": scope, "rolebindings": expected}));
            if expected != json!({}) {
                everywhere.push(found);
            }
            let of_model = |role: &str| {
                model
                    .keys()
                    .any(|key| *key == (principal, role_of(role), index))
            };
            let roles: Vec<&str> = sorted_roles()
                .into_iter()
                .filter(|role| of_model(role))
                .collect();
            let found = look(
                desk,
                &format!("/lookup/principals/{principal}/roleNames"),
                scope,
            )
            .await;
            assert_eq!(found, json!(roles));
            for role in ROLES {
                let bound = model.get(&(principal, role, index));
                let path = format!("/principals/{principal}/roles/{role}/resources");
                let expected = bound.map_or(json!([]), sorted);
                assert_eq!(look(desk, &path, scope).await, expected);
            }
        }
        let by_text = |list: &mut Vec<Value>| list.sort_by_key(ToString::to_string);
        let path = format!("/lookup/rolebindings/principal/{principal}");
        let mut found = desk.get("mds", &path).await.is(200).json();
        let found = found.as_array_mut().unwrap();
        by_text(found);
        by_text(&mut everywhere);
        assert_eq!(*found, everywhere);
        let path = format!("/lookup/managed/clusters/principal/{principal}");
        let mut found = desk.get("mds", &path).await.is(200).json();
        let found = found.as_array_mut().unwrap();
        let mut expected: Vec<Value> = everywhere.iter().map(|one| one["scope"].clone()).collect();
        by_text(found);
        by_text(&mut expected);
        assert_eq!(*found, expected);
    }
    for (index, scope) in scopes().iter().enumerate() {
        for role in ROLES {
            let holders = |covers: &dyn Fn(&BTreeSet<&str>) -> bool| -> Vec<&str> {
                let mut principals = PRINCIPALS.to_vec();
                principals.retain(|one| model.get(&(*one, role, index)).is_some_and(covers));
                principals
            };
            let found = look(desk, &format!("/lookup/role/{role}"), scope).await;
            assert_eq!(found, json!(holders(&|_| true)));
            for kind in ["Topic", "Group"] {
                for name in NAMES {
                    let path = format!("/lookup/role/{role}/resource/{kind}/name/{name}");
                    let expected =
                        holders(&|bound| bound.iter().any(|one| covers(one, kind, name)));
                    assert_eq!(look(desk, &path, scope).await, json!(expected));
                }
            }
        }
        // Administrators manage exactly what is there.
        let path = "/lookup/managed/rolebindings/principal/User:mds";
        let managed = look(desk, path, scope).await;
        let mut bound = 0;
        for kind in ["cluster_role_bindings", "resource_role_bindings"] {
            for roles in managed[kind].as_object().unwrap().values() {
                bound += roles.as_object().unwrap().len();
            }
        }
        assert_eq!(bound, model.keys().filter(|key| key.2 == index).count());
    }
    let known = desk
        .post("mds", "/rbac/principals", &kafka("k"))
        .await
        .is(200)
        .json();
    for principal in ["User:a", "Group:a", "Group:g"] {
        let bound = model.keys().any(|key| key.0 == principal);
        assert_eq!(known.as_array().unwrap().contains(&json!(principal)), bound);
    }
}

fn sorted_roles() -> Vec<&'static str> {
    let mut roles = ROLES.to_vec();
    roles.sort_unstable();
    roles
}

fn role_of(name: &str) -> &'static str {
    ROLES.into_iter().find(|role| *role == name).unwrap()
}

/// What a user may do is what the look-ups say it holds, read with the tables of the roles.
async fn ask_everything(desk: &Desk, name: &str, groups: &[&str], roles: &Value) {
    let user = member(desk, name, groups);
    for scope in scopes() {
        let path = format!("/lookup/principal/User:{name}/resources");
        let held = desk
            .ask(&user, Method::POST, &path, &scope)
            .await
            .is(200)
            .json();
        let mut actions = Vec::new();
        let mut expected = Vec::new();
        for kind in ["Topic", "Group"] {
            for resource in NAMES {
                for operation in [
                    "Read",
                    "Write",
                    "Create",
                    "Describe",
                    "AlterAccess",
                    "DescribeAccess",
                ] {
                    actions.push(json!({"scope": scope, "operation": operation, "resourceType": kind, "resourceName": resource}));
                    let allowed = granted(&held, roles, kind, resource, operation);
                    expected.push(if allowed { "ALLOWED" } else { "DENIED" });
                }
            }
        }
        let body = json!({"userPrincipal": format!("User:{name}"), "actions": actions});
        let decided = desk.ask(&user, Method::PUT, "/authorize", &body).await;
        assert_eq!(decided.is(200).json(), json!(expected));
        for (kind, operation) in [
            ("Topic", "Create"),
            ("Topic", "AlterAccess"),
            ("Group", "AlterAccess"),
            ("Group", "Create"),
        ] {
            let path =
                format!("/lookup/principal/User:{name}/resource/{kind}/operation/{operation}");
            let shown = desk
                .ask(&user, Method::POST, &path, &scope)
                .await
                .is(200)
                .json();
            for resource in NAMES {
                let inside = shown["result"] == "ANY"
                    || shown["resourcePatterns"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|one| shows(one, kind, resource));
                assert_eq!(
                    inside,
                    granted(&held, roles, kind, resource, operation),
                    "{shown}"
                );
            }
        }
        let visible = json!([{"kafka-cluster": scope["clusters"]["kafka-cluster"], "connect-clusters": ["c"]}]);
        let path = format!("/lookup/principals/User:{name}/visibility");
        let shown = desk
            .ask(&user, Method::POST, &path, &visible)
            .await
            .is(200)
            .json();
        let cluster = if scope["clusters"].get("connect-cluster").is_some() {
            &shown["connect-clusters"][0]
        } else {
            &shown["kafka-cluster"]
        };
        assert!(held == json!({}) || cluster["visible"] == true);
    }
}

/// Whether a pattern of an answer covers the name.
fn shows(pattern: &Value, kind: &str, name: &str) -> bool {
    let its_name = pattern["name"].as_str().unwrap();
    pattern["resourceType"] == kind
        && match pattern["patternType"].as_str().unwrap() {
            "PREFIXED" => name.starts_with(its_name),
            _ => its_name == name || its_name == "*",
        }
}

fn granted(held: &Value, roles: &Value, kind: &str, name: &str, operation: &str) -> bool {
    let bindings = held.as_object().unwrap().values();
    let mut bindings = bindings.flat_map(|roles| roles.as_object().unwrap());
    bindings.any(|(role, patterns)| {
        let table = roles
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == *role);
        let policy = &table.unwrap()["accessPolicy"];
        let permits = policy["allowedOperations"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| {
                let types = [json!(kind), json!("All")];
                types.contains(&one["resourceType"])
                    && one["operations"]
                        .as_array()
                        .unwrap()
                        .contains(&json!(operation))
            });
        let patterns = patterns.as_array().unwrap();
        let whole = policy["scopeType"] == "Cluster";
        permits && (whole || patterns.iter().any(|one| shows(one, kind, name)))
    })
}

#[tokio::test(start_paused = true)]
async fn look_ups_know_what_was_bound_and_agree_with_authorize() {
    let world = World::new();
    let desk = world.start().await;
    desk.knows_home().await;
    let roles = desk.get("mds", "/roles").await.is(200).json();
    let mut runner = TestRunner::deterministic();
    let steps = prop::collection::vec(step(), 1..12);
    for _ in 0..ROUNDS {
        let steps = steps.new_tree(&mut runner).unwrap().current();
        let before = desk.app.present();
        let mut model = Model::new();
        for step in &steps {
            take(&desk, &mut model, step).await;
        }
        assert_eq!(
            desk.app.present().bindings().len(),
            model.len(),
            "{steps:?}"
        );
        look_everywhere(&desk, &model).await;
        for (name, groups) in [
            ("a", &[][..]),
            ("a", &["g"]),
            ("b", &["a", "g"]),
            ("nobody", &["a"]),
        ] {
            ask_everything(&desk, name, groups, &roles).await;
        }
        // Whatever was granted is revoked again: nothing is left of it.
        for (principal, role, scope) in model.keys() {
            let path = format!("/principals/{principal}/roles/{role}");
            desk.delete("mds", &path, Some(&scopes()[*scope]))
                .await
                .is(204);
        }
        let after = desk.app.present();
        let bindings = |state: &openmds_server::store::State| format!("{:?}", state.bindings());
        assert_eq!(bindings(&before), bindings(&after));
        look_everywhere(&desk, &Model::new()).await;
    }
}
