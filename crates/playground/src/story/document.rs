//! The document of the story: what `describe` answered, edited as a person would.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::acls::{STORY_TOPIC, TOPIC_PREFIX};
use crate::blueprint::Blueprint;
use crate::shape::{LOGS, Listener, PAYMENTS};

/// How long events are kept, in milliseconds: 90 days.
pub const RETENTION_MS: u64 = 7_776_000_000;

/// Where events go that no route decides.
pub const DEFAULT_TOPIC: &str = TOPIC_PREFIX;

/// Where allowed requests to the story's topic are recorded.
pub const ALLOWED_TOPIC: &str = "confluent-audit-log-events_payments_allowed";

/// Where denied requests to the story's topic are recorded.
pub const DENIED_TOPIC: &str = "confluent-audit-log-events_payments_denied";

/// Sends events to `logs`, and records who produces to and consumes from the story's topic.
pub(super) fn edited(described: &str, blueprint: &Blueprint) -> Result<Value> {
    let mut document: Value =
        serde_json::from_str(described).context("`audit-log config describe` printed no JSON")?;
    let payments = &blueprint.cluster(PAYMENTS.name)?.id;
    let logs = blueprint.cluster(LOGS.name)?.addresses(Listener::Client);
    let retention = json!({ "retention_ms": RETENTION_MS });
    let mut topics = serde_json::Map::new();
    for topic in [DEFAULT_TOPIC, ALLOWED_TOPIC, DENIED_TOPIC] {
        topics.insert(topic.to_owned(), retention.clone());
    }
    let record = json!({ "allowed": ALLOWED_TOPIC, "denied": DENIED_TOPIC });
    let route = format!("crn:///kafka={payments}/topic={STORY_TOPIC}*");
    let fields = document
        .as_object_mut()
        .context("the document is no JSON object")?;
    fields.insert(
        "destinations".to_owned(),
        json!({ "bootstrap_servers": logs, "topics": topics }),
    );
    fields.insert(
        "default_topics".to_owned(),
        json!({ "allowed": DEFAULT_TOPIC, "denied": DEFAULT_TOPIC }),
    );
    fields.insert(
        "routes".to_owned(),
        json!({ route: { "produce": record, "consume": record } }),
    );
    Ok(document)
}
