//! The configuration file of the metadata server.

use anyhow::{Result, anyhow};
use argon2::Argon2;
use argon2::password_hash::PasswordHasher;

use crate::blueprint::Blueprint;
use crate::certificates::SERVER_KEYSTORE;
use crate::clients;
use crate::layout::Layout;
use crate::node_config::destinations;
use crate::properties::Properties;
use crate::shape::{HOME, LOGS, Listener, TOKEN_ISSUER, TOPIC_ADMIN, USERS_AUDIENCE};

/// Who may do everything on the server's HTTP interface.
pub const SUPER_USER: &str = "mds";

/// A user without roles of her own.
pub const GROUP_MEMBER: &str = "carol";

/// The group in which she is.
pub const GROUP: &str = "auditors";

/// Everybody who can log in at the server with a password.
pub const USERS: [&str; 4] = [SUPER_USER, "alice", "bob", GROUP_MEMBER];

/// The server's properties.
pub fn server_properties(blueprint: &Blueprint, layout: &Layout) -> Result<Properties> {
    let home = blueprint.cluster(HOME.name)?;
    let mut p = Properties::new();
    p.set("super.users", format!("User:{SUPER_USER}"));
    let mut metadata = Properties::new();
    metadata
        .set(
            "listeners",
            format!(
                "http://127.0.0.1:{},https://127.0.0.1:{}",
                blueprint.http_port, blueprint.https_port
            ),
        )
        .set("authentication.method", "BEARER")
        .set("user.store", "FILE")
        .set("user.store.file.path", users_file(layout).display())
        .set("token.key.path", layout.signing_key().display())
        .set("token.max.lifetime.ms", 3_600_000)
        .set("ssl.keystore.type", "PEM")
        .set(
            "ssl.keystore.location",
            layout.keystore(SERVER_KEYSTORE).display(),
        )
        // Certificates are asked for, not demanded: most users have none.
        .set("ssl.client.authentication", "REQUESTED")
        .set("ssl.truststore.type", "PEM")
        .set("ssl.truststore.location", layout.ca().display())
        .set(
            "auth.ssl.principal.mapping.rules",
            "RULE:^CN=([^,]+),.*$/$1/,DEFAULT",
        );
    p.set_all("confluent.metadata.server.", &metadata);
    // The home cluster, by its token listener: the server logs in everywhere with its own tokens.
    p.set(
        "confluent.metadata.bootstrap.servers",
        home.bootstrap(Listener::Token),
    )
    .set(
        "confluent.metadata.security.protocol",
        HOME.protocol(Listener::Token),
    )
    .set("confluent.metadata.sasl.mechanism", "OAUTHBEARER")
    .set("openmds.cluster.id", &home.id)
    // The nodes of `payments` follow nothing else.
    .set("openmds.audit.documents.sign", true)
    // For clusters with SASL_SSL token listeners.
    .set("confluent.metadata.ssl.truststore.type", "PEM")
    .set(
        "confluent.metadata.ssl.truststore.location",
        layout.ca().display(),
    );
    let destination = blueprint.cluster(LOGS.name)?;
    p.set_all(
        "confluent.security.event.logger.destination.admin.",
        &clients::connection(blueprint, destination, TOPIC_ADMIN, layout)?,
    );
    p.set_all(
        "confluent.security.event.logger.exporter.kafka.",
        &clients::connection(blueprint, destination, HOME.writer, layout)?,
    );
    p.set(
        "confluent.security.event.logger.exporter.kafka.topic.create",
        false,
    );
    p.set(
        "openmds.user.store.file.groups.path",
        groups_file(layout).display(),
    )
    .set(
        "openmds.store.path",
        layout.server().join("store").display(),
    )
    .set("openmds.token.issuer", TOKEN_ISSUER)
    .set("openmds.token.audience", USERS_AUDIENCE)
    .set("openmds.token.jwks.path", layout.jwks().display())
    .set(
        "openmds.audit.destinations.allowed",
        destinations(blueprint).join(","),
    );
    for cluster in &blueprint.clusters {
        let controllers: Vec<_> = cluster
            .nodes
            .iter()
            .filter_map(|node| {
                let port = node.ports.get(&Listener::Ctoken)?;
                Some(format!("{}@127.0.0.1:{port}", node.id))
            })
            .collect();
        if !controllers.is_empty() {
            p.set(
                format!("openmds.controllers.{}", cluster.name),
                controllers.join(","),
            );
        }
    }
    Ok(p)
}

/// The user store: a line `user:hash` for everybody.
pub(crate) fn users(blueprint: &Blueprint) -> Result<String> {
    let mut text = String::new();
    for user in USERS {
        let hash = Argon2::default()
            .hash_password(blueprint.password(user)?.as_bytes())
            .map_err(|error| anyhow!("cannot hash a password: {error}"))?;
        text.push_str(&format!("{user}:{hash}\n"));
    }
    Ok(text)
}

/// The groups: a line `group:user,user` for each.
pub(crate) fn groups() -> String {
    format!("{GROUP}:{GROUP_MEMBER}\n")
}

/// Where the groups file lies.
pub(crate) fn groups_file(layout: &Layout) -> std::path::PathBuf {
    layout.server().join("groups")
}

/// Where the user store lies.
pub(crate) fn users_file(layout: &Layout) -> std::path::PathBuf {
    layout.server().join("users")
}
