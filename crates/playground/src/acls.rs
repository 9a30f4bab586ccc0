//! The cluster's own access rules that the playground starts with, made by the real `kafka-acls`. Writers of audit
//! events and the topics' administrator have roles instead (`enrolment`).

use std::fs;

use anyhow::Result;

use crate::ground::Ground;
use crate::parallel::in_parallel;
use crate::shape::{ADMIN, ALLOWED_CLIENT, DENIED_CLIENT, Listener, PAYMENTS};
use crate::tools;
use crate::versions::Tool;

/// Every destination topic's name begins so.
pub const TOPIC_PREFIX: &str = "confluent-audit-log-events";

/// The topic of the story, and the prefix of what its allowed client may create.
pub const STORY_TOPIC: &str = "orders";

/// The arguments after `--add` of each call that this cluster needs.
fn calls(cluster: &str) -> Vec<Vec<String>> {
    if cluster == PAYMENTS.name {
        vec![allowed_client(), denied_client()]
    } else {
        Vec::new()
    }
}

/// Makes all rules of a cluster, once.
pub(crate) fn add_all(ground: &Ground, cluster: &str) -> Result<()> {
    let done = ground.layout.root().join(cluster).join("acls-added");
    if done.exists() {
        return Ok(());
    }
    in_parallel(calls(cluster).into_iter(), |args| {
        add(ground, cluster, &args)
    })?;
    fs::write(done, "")?;
    Ok(())
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(ToOwned::to_owned).collect()
}

/// May create, produce to and consume from topics that begin with `orders`.
fn allowed_client() -> Vec<String> {
    words(&format!(
        "--allow-principal User:{ALLOWED_CLIENT} --producer --consumer \
         --topic {STORY_TOPIC} --group {STORY_TOPIC} --resource-pattern-type prefixed"
    ))
}

/// May see that the topic exists: without that it would be refused before it produces anything.
fn denied_client() -> Vec<String> {
    words(&format!(
        "--allow-principal User:{DENIED_CLIENT} --operation Describe --topic {STORY_TOPIC}"
    ))
}

/// Makes one rule.
fn add(ground: &Ground, cluster: &str, args: &[String]) -> Result<()> {
    let plan = ground.blueprint.cluster(cluster)?;
    let config = ground.layout.client(cluster, ADMIN);
    let mut all = vec![
        "--bootstrap-server".to_owned(),
        plan.bootstrap(Listener::Client),
        "--command-config".to_owned(),
        config.display().to_string(),
        "--force".to_owned(),
        "--add".to_owned(),
    ];
    all.extend_from_slice(args);
    tools::run(ground, Tool::Acls, &all).map(drop)
}
