//! What a cluster says once we are logged in: who it is, and what we may do.

use openmds_kafka::{Admin, Connector, KafkaError};

use super::{Finding, KafkaTarget, plugin};

/// The server's own principal, for words.
const PRINCIPAL: &str = "User:_openmds";

pub(super) async fn findings(connector: &dyn Connector, target: &KafkaTarget<'_>) -> Vec<Finding> {
    let unanswered = |error: &KafkaError| {
        vec![Finding::bad(
            "cluster-id",
            error.to_string(),
            "see that the brokers advertise addresses of the token listener that this server can reach (advertised.listeners)",
        )]
    };
    let admin = match connector.connect(&target.connection).await {
        Ok(admin) => admin,
        Err(error) => return unanswered(&error),
    };
    let described = match admin.describe_cluster().await {
        Ok(described) => described,
        Err(error) => return unanswered(&error),
    };
    let mut findings = vec![identity(&described.cluster_id, target)];
    if described.cluster_id == target.id.as_str() {
        findings.push(rights(&*admin).await);
        findings.push(plugin::brokers(&*admin, &described).await);
        findings.extend(plugin::controllers(connector, target, &described).await);
    }
    admin.close().await;
    findings
}

fn identity(found: &str, target: &KafkaTarget<'_>) -> Finding {
    let id = target.id.as_str();
    if found == id {
        return Finding::good("cluster-id", format!("the cluster is {id}, as registered"));
    }
    let mut known = target.others.iter();
    let other = known.find(|other| other.id.as_str() == found);
    let other = other
        .map(|other| format!(", which is registered as {}", other.name))
        .unwrap_or_default();
    Finding::bad(
        "cluster-id",
        format!("this is cluster {found}{other}, not {id}"),
        format!(
            "register the hosts of cluster {id}, or unregister {} and register it for {found}",
            target.name
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
