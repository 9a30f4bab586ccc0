//! Whether brokers answer: asked over the wire as a super user, never read from a log.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use openmds_kafka::{
    Connection, Connector, PropertyContext, WireConnector, connection_from_properties,
};

use crate::blueprint::{ClusterPlan, NodePlan};
use crate::clients;
use crate::ground::Ground;
use crate::shape::{ADMIN, Listener};

/// How often a node that is not ready yet is asked.
const INTERVAL: Duration = Duration::from_millis(100);

/// Waits until this broker answers and knows at least `expected` live brokers.
pub(crate) fn wait(
    ground: &Ground,
    cluster: &ClusterPlan,
    node: &NodePlan,
    expected: &[i32],
    bound: Duration,
    is_running: impl Fn() -> bool,
) -> Result<()> {
    let connection = connection(ground, cluster, node)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let deadline = Instant::now() + bound;
    runtime.block_on(async {
        loop {
            let missing = match ask(&connection, expected).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            if !is_running() {
                bail!("its process has ended");
            }
            if Instant::now() > deadline {
                return Err(missing).with_context(|| format!("not ready after {bound:?}"));
            }
            tokio::time::sleep(INTERVAL).await;
        }
    })
}

async fn ask(connection: &Connection, expected: &[i32]) -> Result<()> {
    // Refused connections are the common case while Java starts: find out cheaply.
    for address in &connection.bootstrap {
        tokio::net::TcpStream::connect((address.host.as_str(), address.port)).await?;
    }
    let admin = WireConnector.connect(connection).await?;
    let answer = admin.describe_cluster().await;
    admin.close().await;
    let known: Vec<i32> = answer?.brokers.iter().map(|broker| broker.id).collect();
    match expected.iter().find(|id| !known.contains(id)) {
        Some(id) => bail!("broker {id} has not joined yet"),
        None => Ok(()),
    }
}

fn connection(ground: &Ground, cluster: &ClusterPlan, node: &NodePlan) -> Result<Connection> {
    let port = node
        .ports
        .get(&Listener::Client)
        .ok_or_else(|| anyhow!("{} node {} serves no clients", cluster.name, node.id))?;
    let security = clients::security(&ground.blueprint, cluster, ADMIN, &ground.layout)?;
    let mut properties: BTreeMap<String, String> = security.iter().collect();
    properties.insert("bootstrap.servers".to_owned(), format!("127.0.0.1:{port}"));
    let context = PropertyContext {
        prefix: String::new(),
        client_id: "playground".to_owned(),
        token_source: None,
        timeout: Duration::from_secs(5),
    };
    connection_from_properties(&properties, &context).map_err(|errors| {
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        anyhow!(texts.join("; "))
    })
}
