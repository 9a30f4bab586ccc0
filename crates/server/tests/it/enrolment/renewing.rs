//! The next certificate.

use serde_json::json;

use super::{CERTIFICATE, Fleet, Key, certificate};

const DAY: i64 = 86_400;

#[tokio::test]
async fn the_present_certificate_brings_the_next_one_and_counts_until_it_ends() {
    let fleet = Fleet::new().await;
    let member = fleet.joined(1).await;
    let serial = member.certificate().serial;
    fleet.world.clock.advance(20 * DAY);
    let key = Key::new();
    let renewed = fleet
        .renew(&member.client, serial.as_str(), &key)
        .await
        .is(200)
        .body;
    assert_eq!(renewed["expires_at"], "2026-02-21T03:04:05Z");
    assert_eq!(renewed["server"], member.answer["server"]);
    assert_eq!(certificate(&renewed).node, 1);
    let client = fleet.client_with(&renewed, &key);
    let next = certificate(&renewed).serial;
    fleet.renew(&client, next.as_str(), &key).await.is(200);
    // The answer may have been lost: the old one still counts.
    fleet.visit(&member).await.is(200);
    fleet.world.clock.advance(10 * DAY + 1);
    let ended = fleet.visit(&member).await;
    ended.refuses(
        401,
        "the certificate of node 1 ended at 2026-02-01T03:04:05Z",
    );
    let anew = fleet.client_with(&member.answer, &member.key);
    let ended = fleet.renew(&anew, serial.as_str(), &member.key).await;
    ended.refuses(
        401,
        "does not count (invalid peer certificate: certificate expired",
    );
    fleet.renew(&client, next.as_str(), &key).await.is(200);
}

#[tokio::test]
async fn only_a_node_that_holds_the_new_key_gets_one() {
    let fleet = Fleet::new().await;
    let member = fleet.joined(1).await;
    let serial = member.certificate().serial.to_string();
    let key = Key::new();
    for proof in [
        member.key.sign(&serial),
        key.sign(&serial.to_uppercase()),
        key.sign(&member.token),
    ] {
        let body = json!({"public_key": key.public(), "proof": proof});
        let refused = fleet.post(&member.client, CERTIFICATE, &body).await;
        refused.refuses(403, "not a signature of the present certificate's serial");
    }
    let nobody = fleet.renew(&fleet.client(None), &serial, &member.key).await;
    nobody.refuses(401, "only nodes may ask this");
    // A user's password is no certificate.
    let request = fleet.client(None).post(fleet.street.url(CERTIFICATE));
    let request = request
        .basic_auth("mds", Some("mds-secret"))
        .json(&json!({}));
    assert_eq!(request.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_node_that_asks_without_end_has_to_wait() {
    let fleet = Fleet::new().await;
    let member = fleet.joined(1).await;
    for _ in 1..16 {
        fleet.visit(&member).await.is(200);
    }
    let refused = fleet
        .visit(&member)
        .await
        .refuses(429, "16 certificates within a day");
    assert_eq!(refused.retry_after.as_deref(), Some("86400"));
    // Another node waits for nothing.
    let other = fleet.joined(2).await;
    fleet.visit(&other).await.is(200);
    fleet.world.clock.advance(DAY);
    fleet.visit(&member).await.is(200);
}

#[tokio::test]
async fn a_certificate_lasts_as_long_as_the_settings_say() {
    let fleet = Fleet::with(|world, _| {
        world.set("openmds.enrollment.certificate.days", "3");
    })
    .await;
    let member = fleet.joined(7).await;
    assert_eq!(member.answer["expires_at"], "2026-01-05T03:04:05Z");
    assert_eq!(member.answer["renew_after"], "2026-01-04T03:04:05Z");
}
