//! Who holds what: look-ups about others for administrators, about oneself for everybody
//! (`rbac-registry-tokens.md` 1.5 and 9.4).

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::world::World;

fn scope() -> Value {
    json!({"clusters": {"kafka-cluster": "k"}})
}

async fn bind(desk: &Desk, principal: &str, role: &str, kind: &str, name: &str, how: &str) {
    let body = json!({
        "scope": scope(),
        "resourcePatterns": [{"resourceType": kind, "name": name, "patternType": how}],
    });
    let path = format!("/principals/{principal}/roles/{role}/bindings");
    desk.post("mds", &path, &body).await.is(204);
}

async fn seeded(world: &World) -> Desk {
    let desk = world.start().await;
    desk.grant("alice", "SecurityAdmin", "k").await;
    bind(
        &desk,
        "User:alice",
        "DeveloperRead",
        "Topic",
        "food",
        "LITERAL",
    )
    .await;
    bind(
        &desk,
        "User:alice",
        "DeveloperRead",
        "Topic",
        "drink",
        "LITERAL",
    )
    .await;
    bind(
        &desk,
        "Group:hobbits",
        "DeveloperWrite",
        "Topic",
        "shire-",
        "PREFIXED",
    )
    .await;
    bind(&desk, "User:bob", "DeveloperRead", "Topic", "*", "LITERAL").await;
    desk
}

#[tokio::test(start_paused = true)]
async fn answers_are_sorted_and_empty_ones_are_empty() {
    let world = World::new();
    let desk = seeded(&world).await;
    let ask = |path: &'static str| {
        let desk = &desk;
        async move { desk.post("mds", path, &scope()).await.is(200).json() }
    };
    let topic =
        |name: &str| json!({"resourceType": "Topic", "name": name, "patternType": "LITERAL"});
    assert_eq!(
        ask("/lookup/principal/User:alice/resources").await,
        json!({"User:alice": {"DeveloperRead": [topic("drink"), topic("food")], "SecurityAdmin": []}})
    );
    assert_eq!(
        ask("/lookup/principals/User:alice/roleNames").await,
        json!(["DeveloperRead", "SecurityAdmin"])
    );
    assert_eq!(
        ask("/principals/User:alice/roles/DeveloperRead/resources").await,
        json!([topic("drink"), topic("food")])
    );
    assert_eq!(
        ask("/lookup/role/DeveloperRead").await,
        json!(["User:alice", "User:bob"])
    );
    assert_eq!(
        ask("/lookup/role/DeveloperWrite").await,
        json!(["Group:hobbits"])
    );
    // Prefixes and the name for all count here, on the server's side.
    let holders = "/lookup/role/DeveloperWrite/resource/Topic/name/shire-parties";
    assert_eq!(ask(holders).await, json!(["Group:hobbits"]));
    let holders = "/lookup/role/DeveloperRead/resource/Topic/name/food";
    assert_eq!(ask(holders).await, json!(["User:alice", "User:bob"]));
    let holders = "/lookup/role/DeveloperRead/resource/Topic/name/fo";
    assert_eq!(ask(holders).await, json!(["User:bob"]));
    let holders = "/lookup/role/DeveloperRead/resource/Group/name/food";
    assert_eq!(ask(holders).await, json!([]));
    // Never 404 for nothing found: clients of the field would fall back to older calls.
    assert_eq!(
        ask("/lookup/principal/User:nobody/resources").await,
        json!({})
    );
    assert_eq!(
        ask("/lookup/principals/User:nobody/roleNames").await,
        json!([])
    );
    assert_eq!(ask("/lookup/role/Operator").await, json!([]));
    assert_eq!(
        ask("/principals/User:nobody/roles/Operator/resources").await,
        json!([])
    );
}

#[tokio::test(start_paused = true)]
async fn everybody_may_ask_about_oneself() {
    let world = World::new();
    let desk = seeded(&world).await;
    for path in [
        "/lookup/principal/User:PRINCIPAL/resources",
        "/lookup/principals/User:PRINCIPAL/roleNames",
        "/principals/User:PRINCIPAL/roles/DeveloperRead/resources",
    ] {
        let about = |name: &str| path.replace("PRINCIPAL", name);
        desk.post("bob", &about("bob"), &scope()).await.is(200);
        let message = desk
            .post("bob", &about("alice"), &scope())
            .await
            .is(403)
            .message();
        assert!(
            message.starts_with("User:bob not permitted to DescribeAccess"),
            "{message}"
        );
        desk.post("bob", &about("BOB"), &scope()).await.is(403);
        // A SecurityAdmin reads all of that scope, and nothing of another.
        desk.post("alice", &about("bob"), &scope()).await.is(200);
        let other = json!({"clusters": {"kafka-cluster": "other"}});
        desk.post("alice", &about("bob"), &other).await.is(403);
        desk.post("bob", &about("bob"), &other).await.is(200);
    }
    for path in [
        "/lookup/role/DeveloperRead",
        "/lookup/role/DeveloperRead/resource/Topic/name/food",
    ] {
        desk.post("bob", path, &scope()).await.is(403);
        desk.post("alice", path, &scope()).await.is(200);
    }
}
