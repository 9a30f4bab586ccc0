//! What a cluster says once we are logged in: who it is, what we may do, and whether its brokers
//! run the authorizer that records events.

use openmds_kafka::{Admin, ClusterDescription, ConfigValue, Connection, Connector, KafkaError};

use super::Finding;

const AUTHORIZER_KEY: &str = "authorizer.class.name";
const AUTHORIZER: &str = "io.openmds.kafka.OpenMdsAuthorizer";

/// The server's own principal, for words.
const PRINCIPAL: &str = "User:_openmds";

pub(super) async fn findings(
    connector: &dyn Connector,
    connection: &Connection,
    id: &str,
    known: &[(String, String)],
) -> Vec<Finding> {
    let unanswered = |error: &KafkaError| {
        vec![Finding::bad(
            "cluster-id",
            error.to_string(),
            "see that the brokers advertise addresses of the token listener that this server can reach (advertised.listeners)",
        )]
    };
    let admin = match connector.connect(connection).await {
        Ok(admin) => admin,
        Err(error) => return unanswered(&error),
    };
    let described = match admin.describe_cluster().await {
        Ok(described) => described,
        Err(error) => return unanswered(&error),
    };
    let mut findings = vec![identity(&described.cluster_id, id, known)];
    if described.cluster_id == id {
        findings.push(rights(&*admin).await);
        findings.push(plugin(&*admin, &described).await);
    }
    admin.close().await;
    findings
}

fn identity(found: &str, id: &str, known: &[(String, String)]) -> Finding {
    if found == id {
        return Finding::good("cluster-id", format!("the cluster is {id}, as registered"));
    }
    let other = known.iter().find(|(known, _)| known == found);
    let other = other
        .map(|(_, name)| format!(", which is registered as {name}"))
        .unwrap_or_default();
    Finding::bad(
        "cluster-id",
        format!("this is cluster {found}{other}, not {id}"),
        format!(
            "register the hosts of cluster {id}, or unregister this name and register it for {found}"
        ),
    )
}

async fn rights(admin: &dyn Admin) -> Finding {
    match admin.cluster_operations().await {
        Err(error) => Finding::bad(
            "rights",
            error.to_string(),
            format!("name {PRINCIPAL} in super.users of every broker and controller"),
        ),
        Ok(operations) => {
            let needed = ["DescribeConfigs", "AlterConfigs"];
            let missing: Vec<&str> = needed
                .into_iter()
                .filter(|one| !operations.contains(one))
                .collect();
            if missing.is_empty() {
                return Finding::good(
                    "rights",
                    format!("{PRINCIPAL} may DescribeConfigs and AlterConfigs on Cluster"),
                );
            }
            Finding::bad(
                "rights",
                format!("{PRINCIPAL} lacks {} on Cluster", missing.join(" and ")),
                format!(
                    "name {PRINCIPAL} in super.users of every broker and controller, or grant Describe, DescribeConfigs and AlterConfigs on Cluster to it"
                ),
            )
        }
    }
}

/// Every broker must name our authorizer; one that keeps another silently records nothing.
async fn plugin(admin: &dyn Admin, described: &ClusterDescription) -> Finding {
    let fix = format!(
        "put the OpenMDS jar on the class path and set {AUTHORIZER_KEY}={AUTHORIZER} on every broker and controller, then restart them one by one"
    );
    let mut without = Vec::new();
    for broker in &described.brokers {
        match admin.broker_config(broker.id, AUTHORIZER_KEY).await {
            Ok(config) => match config.applied {
                ConfigValue::Value(class) if class == AUTHORIZER => {}
                ConfigValue::Value(class) if !class.is_empty() => {
                    without.push(format!("broker {} runs {class}", broker.id));
                }
                _ => without.push(format!("broker {} runs no authorizer", broker.id)),
            },
            Err(error) => without.push(format!("broker {}: {error}", broker.id)),
        }
    }
    if without.is_empty() {
        let count = described.brokers.len();
        return Finding::good("plugin", format!("{count} brokers run {AUTHORIZER}"));
    }
    Finding::bad(
        "plugin",
        format!(
            "{}: such a broker records no audit events",
            without.join("; ")
        ),
        fix,
    )
}
