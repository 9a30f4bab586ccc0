//! LDAPS and StartTLS.

use super::login::log_in;
use super::slapd::Slapd;
use crate::world::World;

#[tokio::test]
async fn passwords_travel_under_tls() {
    let directory = Slapd::start();
    for (url, start_tls, protocol) in [
        (directory.encrypted_url(), "false", "plain"),
        (directory.url(), "true", "plain"),
        // Java's spelling of LDAPS.
        (
            directory.encrypted_url().replace("ldaps", "ldap"),
            "false",
            "SSL",
        ),
    ] {
        let mut world = World::with_ldap(&directory);
        world
            .set("ldap.java.naming.provider.url", &url)
            .set("ldap.java.naming.security.protocol", protocol)
            .set("openmds.ldap.starttls", start_tls)
            .set("ldap.ssl.truststore.type", "PEM")
            .set("ldap.ssl.truststore.location", &directory.trusted());
        let desk = world.start().await;
        log_in(&desk, "alice", "alice-secret").await.is(200);
        log_in(&desk, "alice", "wrong").await.is(401);
        assert_eq!(desk.app.directory.groups_of("alice").len(), 1);
    }
}

#[tokio::test]
async fn another_authority_is_not_trusted() {
    let directory = Slapd::start();
    let other = Slapd::start();
    for (url, start_tls) in [
        (directory.encrypted_url(), "false"),
        (directory.url(), "true"),
    ] {
        let mut world = World::with_ldap(&directory);
        world
            .set("ldap.java.naming.provider.url", &url)
            .set("openmds.ldap.starttls", start_tls)
            .set("ldap.ssl.truststore.type", "PEM")
            .set("ldap.ssl.truststore.location", &other.trusted());
        let desk = world.start().await;
        let message = log_in(&desk, "alice", "alice-secret")
            .await
            .is(503)
            .message();
        assert!(message.to_lowercase().contains("certificate"), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }
}

#[tokio::test]
async fn tls_without_trust_stops_the_start() {
    let directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    world.set("openmds.ldap.starttls", "true");
    let message = world.refuses_to_start().await;
    assert!(
        message.contains("ldap.ssl.truststore.location"),
        "{message}"
    );
}

#[tokio::test]
async fn a_directory_may_demand_a_certificate() {
    let directory = Slapd::start_demanding();
    let other = Slapd::start();
    for (url, start_tls) in [
        (directory.encrypted_url(), "false"),
        (directory.url(), "true"),
    ] {
        let mut world = World::with_ldap(&directory);
        world
            .set("ldap.java.naming.provider.url", &url)
            .set("openmds.ldap.starttls", start_tls)
            .set("ldap.ssl.truststore.type", "PEM")
            .set("ldap.ssl.truststore.location", &directory.trusted());
        for (certificate, status) in [
            (None, 503),
            (Some(other.client()), 503),
            (Some(directory.client()), 200),
        ] {
            if let Some(certificate) = &certificate {
                world
                    .set("ldap.ssl.keystore.type", "PEM")
                    .set("ldap.ssl.keystore.location", certificate);
            }
            let desk = world.start().await;
            let answer = log_in(&desk, "alice", "alice-secret").await.is(status);
            assert!(!answer.text().contains("secret"), "{}", answer.text());
            let groups = usize::from(status == 200);
            assert_eq!(desk.app.directory.groups_of("alice").len(), groups);
            desk.kill().await;
        }
    }
}
