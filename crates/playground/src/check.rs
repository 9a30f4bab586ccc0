//! What the story claims, looked at from outside: with Kafka's own tools, never with `openmds`.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::blueprint::{ClusterPlan, NodePlan, write_private};
use crate::events::{EventStream, Expected};
use crate::parallel::in_parallel;
use crate::playground::Playground;
use crate::progress::Progress;
use crate::properties::Properties;
use crate::shape::{ADMIN, BROKER, LOGS, Listener};
use crate::story::{ALLOWED_TOPIC, DEFAULT_TOPIC, DENIED_TOPIC, RETENTION_MS, Told};
use crate::versions::Tool;

const KEY: &str = "confluent.security.event.router.config";
const TOPICS: [&str; 3] = [DEFAULT_TOPIC, ALLOWED_TOPIC, DENIED_TOPIC];
const BOUND: Duration = Duration::from_secs(20);

/// Verifies every claim; what is wrong first is the error.
pub fn verify(playground: &Playground, told: &Told, progress: Progress) -> Result<()> {
    progress.timed("check: destination topics by kafka-topics", || {
        destination_topics(playground)
    })?;
    let nodes = playground
        .clusters()
        .iter()
        .flat_map(|cluster| cluster.nodes().iter().map(move |node| (cluster, node)));
    in_parallel(nodes, |(cluster, node)| {
        progress.timed(
            format_args!(
                "check: document of {} node {} by kafka-configs",
                cluster.name(),
                node.id()
            ),
            || same_document(playground, cluster.plan(), node.plan(), &told.document),
        )
    })?;
    in_parallel(TOPICS.into_iter(), |topic| {
        progress.timed(
            format_args!("check: events in {topic} by kafka-console-consumer"),
            || events(playground, topic, &told.expected),
        )
    })
}

fn destination_topics(playground: &Playground) -> Result<()> {
    let logs = playground.cluster(LOGS.name)?;
    let config = playground.layout().client(LOGS.name, ADMIN);
    let said = playground.tool(
        Tool::Topics,
        &[
            "--bootstrap-server",
            &logs.bootstrap(),
            "--command-config",
            &config.display().to_string(),
            "--describe",
        ],
    )?;
    for topic in TOPICS {
        // `Topic: NAME<tab>TopicId: ...<tab>PartitionCount: 6<tab>...`
        let line = said
            .lines()
            .find(|line| line.split('\t').next().map(str::trim) == Some(&format!("Topic: {topic}")))
            .with_context(|| format!("{topic} does not exist:\n{said}"))?;
        for wanted in [
            format!("PartitionCount: {}", LOGS.partitions),
            format!("retention.ms={RETENTION_MS}"),
        ] {
            ensure!(
                line.contains(&wanted),
                "{topic} does not have {wanted}: {line}"
            );
        }
    }
    Ok(())
}

/// A node's own answer shows the described document, except `metadata` and retention times.
fn same_document(
    playground: &Playground,
    cluster: &ClusterPlan,
    node: &NodePlan,
    described: &Value,
) -> Result<()> {
    let found = applied_document(playground, cluster, node)?;
    ensure!(
        comparable(&found) == comparable(described),
        "{} node {} has applied another document: {found}",
        cluster.name,
        node.id
    );
    Ok(())
}

/// The document that a node says it has applied, asked at that node with `kafka-configs`.
pub fn applied_document(
    playground: &Playground,
    cluster: &ClusterPlan,
    node: &NodePlan,
) -> Result<Value> {
    applied_value(playground, cluster, node, KEY)
}

/// The same of any key whose value is JSON.
pub fn applied_value(
    playground: &Playground,
    cluster: &ClusterPlan,
    node: &NodePlan,
    key: &str,
) -> Result<Value> {
    let id = node.id.to_string();
    let (flag, listener, config) = if node.role.is_broker() {
        let config = playground.layout().client(&cluster.name, ADMIN);
        ("--bootstrap-server", Listener::Client, config)
    } else {
        let config = controller_client(playground, cluster)?;
        ("--bootstrap-controller", Listener::Controller, config)
    };
    let port = node
        .ports
        .get(&listener)
        .context("the node has this listener")?;
    let said = playground.tool(
        Tool::Configs,
        &[
            flag,
            &format!("127.0.0.1:{port}"),
            "--command-config",
            &config.display().to_string(),
            "--entity-type",
            "brokers",
            "--entity-name",
            &id,
            "--describe",
            "--all",
        ],
    )?;
    parse(&said, key).with_context(|| format!("{} node {id} shows no {key}", cluster.name))
}

/// The document in the cluster-wide default, asked with `kafka-configs --entity-default`.
pub fn default_document(playground: &Playground, cluster: &str) -> Result<Value> {
    default_value(playground, cluster, KEY)
}

/// The same of any key whose value is JSON.
pub fn default_value(playground: &Playground, cluster: &str, key: &str) -> Result<Value> {
    let config = playground.layout().client(cluster, ADMIN);
    let said = playground.tool(
        Tool::Configs,
        &[
            "--bootstrap-server",
            &playground.cluster(cluster)?.bootstrap(),
            "--command-config",
            &config.display().to_string(),
            "--entity-type",
            "brokers",
            "--entity-default",
            "--describe",
        ],
    )?;
    parse(&said, key).with_context(|| format!("{cluster} has no {key}"))
}

/// The first value of the key in what `kafka-configs --describe` prints.
fn parse(said: &str, key: &str) -> Result<Value> {
    let marker = format!("{key}=");
    let Some((_, rest)) = said.split_once(&marker) else {
        bail!("{key} is not there");
    };
    // The value is followed by ` sensitive=...` on the same line.
    serde_json::Deserializer::from_str(rest)
        .into_iter::<Value>()
        .next()
        .context("the value is empty")?
        .with_context(|| format!("the value of {key} is no JSON"))
}

/// A document without what may differ between the server and a broker.
pub fn comparable(document: &Value) -> Value {
    let mut document = document.clone();
    if let Some(fields) = document.as_object_mut() {
        fields.remove("metadata");
    }
    let topics = document
        .pointer_mut("/destinations/topics")
        .and_then(Value::as_object_mut);
    for topic in topics.into_iter().flat_map(|topics| topics.values_mut()) {
        if let Some(settings) = topic.as_object_mut() {
            settings.remove("retention_ms");
        }
    }
    document
}

/// The brokers' own credentials, which are those that a controller's listener knows.
fn controller_client(playground: &Playground, cluster: &ClusterPlan) -> Result<std::path::PathBuf> {
    let password = playground.blueprint().password(BROKER)?;
    let mut properties = Properties::new();
    properties
        .set("security.protocol", cluster.shape()?.protocol(Listener::Controller))
        .set("sasl.mechanism", "PLAIN")
        .set(
            "sasl.jaas.config",
            format!(
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"{BROKER}\" password=\"{password}\";"
            ),
        );
    let path = playground.layout().client(&cluster.name, "controller");
    write_private(&path, properties.to_string().as_bytes())?;
    Ok(path)
}

fn events(playground: &Playground, topic: &str, expected: &[Expected]) -> Result<()> {
    let mut stream = EventStream::open(playground, LOGS.name, topic)?;
    for event in expected.iter().filter(|event| event.topic == topic) {
        stream
            .wait_for(BOUND, |found| event.matches(found))
            .with_context(|| format!("missing: {event}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_applied_value_is_taken_from_what_the_tool_prints() {
        let said = format!(
            "All configs for broker 1 are:\n  {KEY}={{\"a\": 1}} sensitive=false synonyms={{DYNAMIC_DEFAULT_BROKER_CONFIG:{KEY}={{\"a\": 2}}}}\n"
        );
        assert_eq!(parse(&said, KEY).unwrap(), json!({"a": 1}));
        assert!(parse("  min.insync.replicas=1 sensitive=false", KEY).is_err());
        assert!(
            parse(&format!("  {KEY}=null sensitive=true"), KEY).is_ok_and(|value| value.is_null())
        );
    }

    #[test]
    fn metadata_and_retention_may_differ_and_nothing_else() {
        let one = json!({
            "destinations": {"topics": {"t": {"retention_ms": 1}}},
            "routes": {}, "metadata": {"resource_version": "x"},
        });
        let mut other =
            json!({"destinations": {"topics": {"t": {"retention_ms": 2}}}, "routes": {}});
        assert_eq!(comparable(&one), comparable(&other));
        other["routes"] = json!({"crn:///kafka=*": null});
        assert_ne!(comparable(&one), comparable(&other));
    }
}
