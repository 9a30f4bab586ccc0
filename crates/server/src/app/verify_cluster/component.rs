//! Clusters beside Kafka (Connect, ksqlDB, Schema Registry): an HTTP listener, and the id that it
//! tells, where it tells one (`rbac-registry-tokens.md` 2.4).

use std::time::Duration;

use openmds_policy::text::quotation;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use serde_json::{Map, Value};
use tokio::net::TcpStream;

use super::Finding;
use crate::config::Settings;
use crate::provider::causes;
use crate::store::RegisteredCluster;

const PATIENCE: Duration = Duration::from_secs(4);

/// More than any component has to say about its id, in bytes.
const LONGEST: usize = 65_536;

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
        findings.push(identity(settings, cluster, host, port).await);
    }
    findings
}

/// Compares what the component says it is; many say nothing, and that is no fault.
async fn identity(
    settings: &Settings,
    cluster: &RegisteredCluster,
    host: &str,
    port: u16,
) -> Finding {
    let scheme = cluster.protocol.to_ascii_lowercase();
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_string()
    };
    let url = format!("{scheme}://{host}:{port}/v1/metadata/id");
    let answered = match client(settings) {
        Ok(client) => ask(&client, &url).await,
        Err(error) => Err(error),
    };
    let said = match answered {
        Ok(said) => said,
        Err(error) => {
            return Finding::bad(
                "http",
                format!("{url}: {}", causes(&error.without_url())),
                "compare the registered protocol (HTTP or HTTPS) with what the component speaks, and its certificate with confluent.metadata.ssl.truststore.location",
            );
        }
    };
    match said {
        Said::Nothing(what) => Finding::good(
            "http",
            format!("{url} answers {what}: the component does not tell its id"),
        ),
        Said::Clusters(clusters) => compared(&url, cluster, &clusters),
    }
}

/// What a component answered.
enum Said {
    /// Something else, in words.
    Nothing(String),
    /// The clusters of its scope, by key.
    Clusters(Map<String, Value>),
}

/// Trusts what the connections to clusters trust, and stays at the registered address.
fn client(settings: &Settings) -> reqwest::Result<Client> {
    let client = Client::builder()
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .no_proxy();
    let tls = settings.propagation.tls.as_ref();
    match tls.and_then(|tls| tls.trusted_ca_pem.as_ref()) {
        Some(pem) => client.tls_certs_merge(Certificate::from_pem_bundle(pem)?),
        None => client,
    }
    .build()
}

async fn ask(client: &Client, url: &str) -> reqwest::Result<Said> {
    let mut answer = client.get(url).send().await?;
    if !answer.status().is_success() {
        return Ok(Said::Nothing(answer.status().to_string()));
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        body.extend_from_slice(&part);
        if body.len() > LONGEST {
            return Ok(Said::Nothing(format!("more than {LONGEST} bytes")));
        }
    }
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    let clusters = said.pointer("/scope/clusters").and_then(Value::as_object);
    Ok(clusters.map_or_else(
        || Said::Nothing("something without scope.clusters".to_string()),
        |clusters| Said::Clusters(clusters.clone()),
    ))
}

/// Ids that both name must be equal.
fn compared(url: &str, cluster: &RegisteredCluster, said: &Map<String, Value>) -> Finding {
    let mut equal = Vec::new();
    for (key, id) in cluster.scope.clusters() {
        match said.get(key.as_str()) {
            None => {}
            Some(theirs) if theirs.as_str() == Some(id.as_str()) => {
                equal.push(format!("{} {id}", key.as_str()));
            }
            Some(theirs) => {
                let theirs = theirs.to_string();
                return Finding::bad(
                    "cluster-id",
                    format!(
                        "{url} says that its {} is {}, not {id}",
                        key.as_str(),
                        quotation(theirs.trim_matches('"'))
                    ),
                    "register the address of the right component, or this one under its own id",
                );
            }
        }
    }
    if equal.is_empty() {
        return Finding::good("http", format!("{url} tells none of the registered ids"));
    }
    Finding::good(
        "cluster-id",
        format!("{url} tells {}, as registered", equal.join(", ")),
    )
}
