//! Client properties: how a user reaches a cluster.

use anyhow::Result;

use crate::blueprint::{Blueprint, ClusterPlan, write_private};
use crate::layout::Layout;
use crate::properties::Properties;
use crate::shape::Listener;

/// Security settings of a user at a cluster's CLIENT listener, without `bootstrap.servers`.
pub fn security(
    blueprint: &Blueprint,
    cluster: &ClusterPlan,
    user: &str,
    layout: &Layout,
) -> Result<Properties> {
    let shape = cluster.shape()?;
    let mut properties = Properties::new();
    properties
        .set("security.protocol", shape.protocol(Listener::Client))
        .set("sasl.mechanism", "SCRAM-SHA-256")
        .set(
            "sasl.jaas.config",
            scram_jaas(user, blueprint.password(user)?),
        );
    if shape.encrypts(Listener::Client) {
        properties
            .set("ssl.truststore.type", "PEM")
            .set("ssl.truststore.location", layout.ca().display());
    }
    Ok(properties)
}

/// The same with `bootstrap.servers`.
pub fn connection(
    blueprint: &Blueprint,
    cluster: &ClusterPlan,
    user: &str,
    layout: &Layout,
) -> Result<Properties> {
    let mut properties = Properties::new();
    properties
        .set("bootstrap.servers", cluster.bootstrap(Listener::Client))
        .set_all("", &security(blueprint, cluster, user, layout)?);
    Ok(properties)
}

/// Writes a file for every user of every cluster. It names no servers: the tools want
/// `--bootstrap-server` in any case.
pub fn write_all(blueprint: &Blueprint, layout: &Layout) -> Result<()> {
    std::fs::create_dir_all(layout.clients())?;
    for cluster in &blueprint.clusters {
        for user in cluster.shape()?.scram_users() {
            let mut properties = security(blueprint, cluster, user, layout)?;
            properties.set("client.id", user);
            write_private(
                &layout.client(&cluster.name, user),
                properties.to_string().as_bytes(),
            )?;
        }
    }
    Ok(())
}

/// A JAAS line for SCRAM.
pub fn scram_jaas(user: &str, password: &str) -> String {
    format!(
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"{user}\" password=\"{password}\";"
    )
}
