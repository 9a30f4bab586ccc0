//! Whoever is refused is told by whom, and why.

use std::fs;

use anyhow::{Result, ensure};
use openmds_playground::certificates::Authority;
use openmds_playground::clients::scram_jaas;
use openmds_playground::shape::{LOGS, TOPIC_ADMIN};
use openmds_playground::story::fixing_commands;
use serde_json::{Value, json};

use crate::verification::untrusted_certificates_are_named;
use crate::world::World;

const ADMIN: &str = "confluent.security.event.logger.destination.admin.";

pub(crate) fn bob_is_refused_with_the_commands_that_help(world: &World) -> Result<()> {
    for (operation, args) in [
        ("DescribeConfigs", ["audit-log", "config", "describe"]),
        ("AlterConfigs", ["audit-log", "config", "update"]),
    ] {
        let input = world.baseline_document()?.to_string();
        let ran = world.playground.cli_with_input("bob", &args, &input)?;
        ensure!(ran.code == Some(1), "{}", ran.said());
        let first = format!("User:bob not permitted to {operation} on one or more clusters");
        ensure!(ran.stderr.contains(&first), "{}", ran.said());
        let commands = fixing_commands(&ran.stderr);
        ensure!(commands.len() == 3, "{}", ran.said());
        for cluster in ["home", "payments", "logs"] {
            let id = world.playground.cluster(cluster)?.id();
            ensure!(commands.iter().any(|c| c.ends_with(id)), "{}", ran.said());
        }
    }
    Ok(())
}

pub(crate) fn untrusted_destination_is_named(world: &World) -> Result<()> {
    let stranger = stranger(world)?;
    let property = format!("{ADMIN}ssl.truststore.location");
    destination_refuses(world, &property, &stranger, &["certificate"])
}

pub(crate) fn wrong_credentials_are_named(world: &World) -> Result<()> {
    let jaas = scram_jaas(TOPIC_ADMIN, "not-the-password");
    let property = format!("{ADMIN}sasl.jaas.config");
    destination_refuses(world, &property, &jaas, &["uthentication"])
}

/// bob may log in at the destination, and nothing else.
pub(crate) fn missing_right_is_named(world: &World) -> Result<()> {
    let jaas = scram_jaas("bob", world.playground.blueprint().password("bob")?);
    let property = format!("{ADMIN}sasl.jaas.config");
    destination_refuses(
        world,
        &property,
        &jaas,
        &["confluent-audit-log-events", "Describe"],
    )
}

/// `GET`, `PUT` and the status all name the destination and the reason; nothing is stored.
fn destination_refuses(world: &World, property: &str, value: &str, reason: &[&str]) -> Result<()> {
    let mut document = world.describe()?;
    let before = world.status()?["resource_version"].clone();
    document["excluded_principals"] = json!(["User:nobody"]);
    let server = world.playground.server();
    server.configure(&[(property, value)])?;
    server.restart()?;
    let outcome = refused_everywhere(world, &document, &before, reason);
    server.configure(&[])?;
    server.restart()?;
    outcome?;
    world.applied()
}

fn refused_everywhere(
    world: &World,
    document: &Value,
    before: &Value,
    reason: &[&str],
) -> Result<()> {
    let get = world
        .playground
        .cli("alice", &["audit-log", "config", "describe"])?;
    ensure!(get.code == Some(1), "GET: {}", get.said());
    names(world, "GET", &get.stderr, reason)?;
    let put = world.update(document)?;
    ensure!(put.code == Some(1), "PUT: {}", put.said());
    names(world, "PUT", &put.stderr, reason)?;
    let status = world.status()?;
    names(world, "status", &status["destination"].to_string(), reason)?;
    ensure!(
        status["resource_version"] == *before,
        "stored all the same: {status:#}"
    );
    Ok(())
}

fn names(world: &World, what: &str, said: &str, reason: &[&str]) -> Result<()> {
    let address = world.playground.cluster(LOGS.name)?.bootstrap();
    for part in reason.iter().copied().chain([address.as_str()]) {
        ensure!(said.contains(part), "{what} does not name `{part}`: {said}");
    }
    Ok(())
}

/// A cluster whose certificate is not trusted: stored and pushed elsewhere, and named.
pub(crate) fn untrusted_cluster_is_named(world: &World) -> Result<()> {
    let mut document = world.describe()?;
    document["excluded_principals"] = json!(["User:nobody"]);
    let stranger = stranger(world)?;
    let server = world.playground.server();
    server.configure(&[("confluent.metadata.ssl.truststore.location", &stranger)])?;
    server.restart()?;
    let put = world.update(&document);
    let status = world.status_becomes("only payments and logs failed", |status| {
        let payments = cluster(status, "payments");
        payments["error"].to_string().contains("certificate")
            && cluster(status, "home")["state"] == "applied"
    });
    let verified = untrusted_certificates_are_named(world);
    server.configure(&[])?;
    server.restart()?;
    let put = put?;
    let status = status?;
    verified?;
    ensure!(put.code == Some(1), "{}", put.said());
    for part in ["payments", "certificate"] {
        ensure!(
            put.stderr.contains(part),
            "PUT does not name {part}: {}",
            put.said()
        );
    }
    // The home cluster needs no certificate and has it; the others follow as soon as they are trusted.
    ensure!(cluster(&status, "logs")["state"] == "failed", "{status:#}");
    world.applied()
}

fn cluster(status: &Value, name: &str) -> Value {
    let clusters = status["clusters"].as_array().cloned().unwrap_or_default();
    clusters
        .into_iter()
        .find(|cluster| cluster["cluster_name"] == name)
        .unwrap_or_default()
}

/// The https listener serves whoever trusts its authority; others are told which flag names it.
pub(crate) fn the_https_listener_serves_those_who_trust_it(world: &World) -> Result<()> {
    let url = world.playground.server().tls_url();
    let ca = world.playground.layout().ca().display().to_string();
    let doubting = world.playground.cli("bob", &["login", "--url", &url])?;
    ensure!(doubting.code == Some(1), "{}", doubting.said());
    ensure!(
        doubting.stderr.contains("--certificate-authority-path"),
        "{}",
        doubting.said()
    );
    let trusting = ["login", "--url", &url, "--certificate-authority-path", &ca];
    world.must("bob", &trusting)?;
    let clusters = world.must("bob", &["cluster", "list"]);
    world.must("bob", &["logout"])?;
    let listed = clusters?.stdout;
    ensure!(listed.contains("payments"), "{listed}");
    Ok(())
}

/// The certificate of an authority that signed nothing here.
fn stranger(world: &World) -> Result<String> {
    let path = world.playground.layout().tls().join("stranger.pem");
    fs::write(&path, Authority::new("somebody else")?.certificate())?;
    Ok(path.display().to_string())
}
