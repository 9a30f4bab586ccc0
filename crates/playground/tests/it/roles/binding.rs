//! Binding by the server's HTTP interface, and knowing when brokers decide by it.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use openmds_playground::http::Http;
use openmds_playground::server_config::SUPER_USER;
use serde_json::{Value, json};

use crate::world::{REST, World};

/// Somebody who may bind everything.
pub(crate) fn administrator(world: &World) -> Result<Http> {
    let mut http = world.playground.server().http()?;
    let password = world.playground.blueprint().password(SUPER_USER)?;
    http.log_in(SUPER_USER, password)?;
    Ok(http)
}

/// One binding on one Kafka cluster.
pub(crate) struct Binding {
    path: String,
    body: Value,
}

impl Binding {
    /// A role on the whole cluster.
    pub(crate) fn cluster(principal: &str, role: &str, cluster: &str) -> Self {
        Self {
            path: format!("principals/{principal}/roles/{role}"),
            body: json!({ "clusters": { "kafka-cluster": cluster } }),
        }
    }

    /// A role on everything whose name begins so, of these types; with `cluster`, on the cluster itself too.
    pub(crate) fn prefix(
        principal: &str,
        role: &str,
        cluster: &str,
        types: &[&str],
        prefix: &str,
    ) -> Self {
        let pattern = |kind: &&str| match *kind {
            "Cluster" => {
                json!({ "resourceType": kind, "name": "kafka-cluster", "patternType": "LITERAL" })
            }
            kind => json!({ "resourceType": kind, "name": prefix, "patternType": "PREFIXED" }),
        };
        Self {
            path: format!("principals/{principal}/roles/{role}/bindings"),
            body: json!({
                "scope": { "clusters": { "kafka-cluster": cluster } },
                "resourcePatterns": types.iter().map(pattern).collect::<Vec<_>>(),
            }),
        }
    }

    pub(crate) fn grant(&self, http: &Http) -> Result<()> {
        let answer = http.post(&self.path, &self.body)?;
        ensure!(answer.status.is_success(), "{}: {answer:?}", self.path);
        Ok(())
    }

    pub(crate) fn revoke(&self, http: &Http) -> Result<()> {
        let answer = http.delete(&self.path, &self.body)?;
        ensure!(answer.status.is_success(), "{}: {answer:?}", self.path);
        Ok(())
    }
}

/// Waits until every node of the cluster decides by what is stored now.
pub(crate) fn followed(http: &Http, cluster: &str) -> Result<()> {
    let deadline = Instant::now() + REST;
    loop {
        let answer = http.get(&format!("registry/clusters/{cluster}/nodes"))?;
        let nodes = answer.body["nodes"].as_array();
        if nodes.is_some_and(|nodes| {
            !nodes.is_empty() && nodes.iter().all(|node| node["state"] == "current")
        }) {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("{cluster} does not follow: {:#}", answer.body);
        }
        thread::sleep(Duration::from_millis(50));
    }
}
