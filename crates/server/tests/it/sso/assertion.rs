//! A token of the provider as an assertion at the token endpoint (RFC 7523, 2.1).

use serde_json::json;

use super::bearer::{claims_of, with};
use super::provider::Provider;
use crate::desk::{Answer, Desk, basic};
use crate::oauth::{JWT_BEARER, ask, refused};
use crate::tokens::claims;
use crate::world::World;

async fn exchange(desk: &Desk, token: &str) -> Answer {
    ask(
        desk,
        None,
        &[("grant_type", JWT_BEARER), ("assertion", token)],
    )
    .await
}

#[tokio::test]
async fn a_providers_token_is_exchanged_at_the_token_endpoint() {
    let provider = Provider::start();
    let world = World::with_bearer(&provider, "FILE_WITH_OAUTH");
    let desk = world.start().await;
    let token = provider.access_token("openmds-aud").await;
    let answer = exchange(&desk, &token).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let said = answer.json();
    assert_eq!(said["token_type"], "Bearer");
    let ours = said["access_token"].as_str().unwrap();
    // One of ours, for the same user in the same groups, and it ends with the provider's.
    let inside = claims(ours);
    assert_eq!(inside.sub, "robot");
    assert_eq!(inside.groups, ["robots"]);
    assert!(inside.exp <= claims_of(&token)["exp"].as_i64().unwrap());
    let scope = json!({"clusters": {"kafka-cluster": "home-id"}});
    desk.post("mds", "/principals/Group:robots/roles/AuditAdmin", &scope)
        .await
        .is(204);
    with(&desk, ours, "/audit/config").await.is(200);
    // Whoever proves besides to be somebody else gets nothing.
    let form = [("grant_type", JWT_BEARER), ("assertion", token.as_str())];
    let answer = ask(&desk, Some(&basic("alice")), &form).await;
    refused(&answer, 400, "invalid_grant");
    let named = [form[0], form[1], ("client_id", "alice")];
    refused(&ask(&desk, None, &named).await, 401, "invalid_client");
    // Our own tokens are no assertions.
    refused(&exchange(&desk, ours).await, 400, "invalid_grant");
    world.clock.advance(400);
    let said = refused(&exchange(&desk, &token).await, 400, "invalid_grant");
    assert_eq!(said, "invalid_token: it has expired");
    with(&desk, ours, "/roles").await.is(401);
}

#[tokio::test]
async fn another_providers_token_is_no_grant_and_a_provider_that_is_away_is_no_refusal() {
    let mut provider = Provider::start();
    let other = Provider::start();
    let world = World::with_bearer(&provider, "FILE_WITH_OAUTH");
    let desk = world.start().await;
    let elsewhere = provider.access_token("elsewhere").await;
    let said = refused(&exchange(&desk, &elsewhere).await, 400, "invalid_grant");
    assert_eq!(said, "invalid_token: it is for another audience");
    let strange = other.access_token("openmds-aud").await;
    refused(&exchange(&desk, &strange).await, 400, "invalid_grant");
    let good = provider.access_token("openmds-aud").await;
    desk.kill().await;
    provider.stop();
    let desk = world.start().await;
    let answer = exchange(&desk, &good).await;
    refused(&answer, 503, "temporarily_unavailable");
}
