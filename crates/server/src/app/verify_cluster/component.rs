//! Clusters beside Kafka (Connect, ksqlDB, Schema Registry): an HTTP listener, and the id that it
//! tells, where it tells one (`rbac-registry-tokens.md` 2.4).

use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpStream;

use super::Finding;
use crate::config::Settings;
use crate::store::RegisteredCluster;

const PATIENCE: Duration = Duration::from_secs(4);

pub(super) async fn findings(settings: &Settings, cluster: &RegisteredCluster) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (host, port) in &cluster.hosts {
        let Some(port) = u16::try_from(*port).ok().filter(|port| *port > 0) else {
            findings.push(Finding::bad(
                "connect",
                format!("{host} is registered without a port"),
                "register the cluster again with host:port",
            ));
            continue;
        };
        let dialled = TcpStream::connect((host.as_str(), port));
        let reached = tokio::time::timeout(PATIENCE, dialled).await;
        let failure = match reached {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
        };
        if let Some(failure) = failure {
            findings.push(Finding::bad(
                "connect",
                format!("cannot reach {host}:{port}: {failure}"),
                "check that the component runs and the way there is open, or register its address again",
            ));
            continue;
        }
        findings.push(Finding::good(
            "connect",
            format!("{host}:{port} can be reached"),
        ));
        findings.extend(identity(settings, cluster, host, port).await);
    }
    findings
}

/// Compares what the component says it is; many say nothing, and that is no fault.
async fn identity(
    settings: &Settings,
    cluster: &RegisteredCluster,
    host: &str,
    port: u16,
) -> Option<Finding> {
    let scheme = cluster.protocol.to_ascii_lowercase();
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_string()
    };
    let url = format!("{scheme}://{host}:{port}/v1/metadata/id");
    let mut client = reqwest::Client::builder().timeout(PATIENCE).no_proxy();
    let trusted = settings
        .propagation
        .tls
        .as_ref()
        .and_then(|tls| tls.trusted_ca_pem.as_ref());
    if let Some(pem) = trusted {
        let authorities = reqwest::Certificate::from_pem_bundle(pem).ok()?;
        client = client.tls_certs_merge(authorities);
    }
    let answer = match client.build().ok()?.get(&url).send().await {
        Ok(answer) => answer,
        Err(error) => {
            return Some(Finding::bad(
                "http",
                format!("{url}: {error}"),
                "compare the registered protocol (HTTP or HTTPS) with what the component speaks, and its certificate with confluent.metadata.ssl.truststore.location",
            ));
        }
    };
    if !answer.status().is_success() {
        return Some(Finding::good(
            "http",
            format!(
                "{url} answers {}: the component does not tell its id",
                answer.status()
            ),
        ));
    }
    let said: Value = answer.json().await.ok()?;
    let clusters = said.get("scope")?.get("clusters")?.as_object()?;
    let registered = cluster.scope.clusters();
    let differs = registered.iter().find(|(key, id)| {
        clusters
            .get(key.as_str())
            .is_some_and(|said| said.as_str() != Some(id.as_str()))
    });
    Some(match differs {
        None => Finding::good("cluster-id", format!("{url} tells the registered ids")),
        Some((key, id)) => Finding::bad(
            "cluster-id",
            format!(
                "{url} says that its {} is {}, not {id}",
                key.as_str(),
                clusters.get(key.as_str()).unwrap_or(&Value::Null)
            ),
            "register the address of the right component, or this one under its own id",
        ),
    })
}
