//! `server.properties` of one node.
//!
//! Listener settings are those that were tried on 3.9.2 to 4.4.0 with dedicated controllers; the
//! small-memory settings let five nodes share a laptop.

use anyhow::Result;

use crate::blueprint::{Blueprint, ClusterPlan, NodePlan};
use crate::clients;
use crate::layout::Layout;
use crate::node_listeners::{listeners, plain, tls, token_listener};
use crate::properties::Properties;
use crate::shape::{
    ADMIN, BROKER, Deciding, LOGS, Listener, PAYMENTS, SERVER_PRINCIPAL, Shape, TokenValidator,
};

const SMALL: &str = "
    num.network.threads=1
    num.io.threads=2
    background.threads=2
    num.recovery.threads.per.data.dir=1
    group.coordinator.threads=1
    log.cleaner.dedupe.buffer.size=10485760
    offsets.topic.num.partitions=1
    offsets.topic.replication.factor=1
    transaction.state.log.num.partitions=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    share.coordinator.state.topic.num.partitions=1
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    default.replication.factor=1
    min.insync.replicas=1
    group.initial.rebalance.delay.ms=0
    broker.session.timeout.ms=3000
    broker.heartbeat.interval.ms=500
    auto.create.topics.enable=false
    controlled.shutdown.enable=true";

/// The class that OpenMDS adds to brokers and controllers.
pub const AUTHORIZER: &str = "io.openmds.kafka.OpenMdsAuthorizer";

/// The class of the plugin that checks tokens.
pub const VALIDATOR: &str = "io.openmds.kafka.OpenMdsTokenValidator";

/// The class of the plugin that takes groups from tokens.
pub const PRINCIPAL_BUILDER: &str = "io.openmds.kafka.OpenMdsPrincipalBuilder";

/// The whole file for one node.
pub fn server_properties(
    blueprint: &Blueprint,
    cluster: &ClusterPlan,
    node: &NodePlan,
    layout: &Layout,
) -> Result<Properties> {
    let shape = cluster.shape()?;
    let mut p = Properties::new();
    p.set("process.roles", node.role.process_roles())
        .set("node.id", node.id)
        .set("controller.quorum.voters", cluster.voters())
        .set(
            "log.dirs",
            layout.node(&cluster.name, node.id).join("data").display(),
        )
        .set("num.partitions", shape.partitions)
        .set_lines(SMALL)
        .set("delegation.token.secret.key", blueprint.password(BROKER)?);
    listeners(&mut p, &shape, node);
    plain(&mut p, "repl", blueprint.password(BROKER)?);
    plain(&mut p, "controller", blueprint.password(BROKER)?);
    p.set("sasl.mechanism.controller.protocol", "PLAIN");
    if node.role.is_broker() {
        p.set("inter.broker.listener.name", Listener::Repl.name())
            .set("sasl.mechanism.inter.broker.protocol", "PLAIN")
            .set(
                "listener.name.client.sasl.enabled.mechanisms",
                "SCRAM-SHA-256",
            )
            .set(
                "listener.name.client.scram-sha-256.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
            );
    }
    for listener in node.ports.keys().filter(|name| name.takes_tokens()) {
        token_listener(&mut p, *listener, &shape, cluster, layout);
    }
    if shape.validator == TokenValidator::Plugin {
        keys(&mut p, blueprint, cluster, node, layout);
    }
    tls(&mut p, &shape, cluster, node, layout);
    authorizer(&mut p, blueprint, &shape, layout)?;
    if blueprint.plugin && shape.deciding == Deciding::Plugin {
        feed(&mut p, blueprint, cluster, node, layout);
    }
    Ok(p)
}

/// Where the plugin's validator finds the server's keys. The clusters start before the server: they
/// begin without any.
fn keys(
    p: &mut Properties,
    blueprint: &Blueprint,
    cluster: &ClusterPlan,
    node: &NodePlan,
    layout: &Layout,
) {
    p.set(
        "openmds.jwks.url",
        format!(
            "https://127.0.0.1:{}/security/1.0/jwks.json",
            blueprint.https_port
        ),
    )
    .set(
        "openmds.jwks.ssl.truststore.location",
        layout.ca().display(),
    )
    .set(
        "openmds.jwks.cache.path",
        layout.jwks_cache(&cluster.name, node.id).display(),
    )
    // Rotations are to be seen soon here; the defaults are 5 minutes and 10 seconds.
    .set("openmds.jwks.refresh.ms", 2_000)
    .set("openmds.jwks.early.refresh.ms", 500);
}

fn authorizer(
    p: &mut Properties,
    blueprint: &Blueprint,
    shape: &Shape,
    layout: &Layout,
) -> Result<()> {
    p.set(
        "super.users",
        format!("User:{SERVER_PRINCIPAL};User:{BROKER};User:{ADMIN}"),
    );
    if !blueprint.plugin || shape.deciding == Deciding::Kafka {
        p.set(
            "authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        );
        return Ok(());
    }
    p.set("authorizer.class.name", AUTHORIZER);
    let destination = blueprint.cluster(LOGS.name)?;
    let exporter = clients::connection(blueprint, destination, shape.writer, layout)?;
    p.set_all("confluent.security.event.logger.exporter.kafka.", &exporter)
        .set(
            "confluent.security.event.logger.exporter.kafka.topic.create",
            false,
        )
        .set(
            "openmds.audit.destinations.allowed",
            destinations(blueprint).join(","),
        );
    Ok(())
}

/// Where the node gets its policy. The token listener opens before: only the server, a super user, needs it by then.
fn feed(
    p: &mut Properties,
    blueprint: &Blueprint,
    cluster: &ClusterPlan,
    node: &NodePlan,
    layout: &Layout,
) {
    p.set(
        "openmds.feed.urls",
        format!("https://127.0.0.1:{}", blueprint.https_port),
    )
    .set(
        "openmds.feed.ssl.truststore.location",
        layout.ca().display(),
    )
    .set(
        "openmds.feed.dir",
        layout.feed(&cluster.name, node.id).display(),
    )
    .set(
        "openmds.feed.join.token.path",
        layout.join_token(&cluster.name, node.id).display(),
    )
    .set("openmds.listeners.early", Listener::Token.name())
    .set(
        "openmds.audit.spool.dir",
        layout.feed(&cluster.name, node.id).join("spool").display(),
    )
    .set("openmds.trail.checkpoint.ms", 10_000)
    .set("principal.builder.class", PRINCIPAL_BUILDER);
    if cluster.name == PAYMENTS.name {
        p.set("openmds.audit.require.signature", true)
            .set("openmds.audit.signature.wait.ms", 3_000);
    }
}

/// Every server that a document may name as destination.
pub fn destinations(blueprint: &Blueprint) -> Vec<String> {
    blueprint
        .clusters
        .iter()
        .filter(|cluster| {
            cluster
                .shape()
                .is_ok_and(|shape| shape.encrypts(Listener::Client))
        })
        .flat_map(|cluster| cluster.addresses(Listener::Client))
        .collect()
}
