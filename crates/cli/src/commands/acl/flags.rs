//! The flags that describe ACLs: exactly, for `create`, or as a filter, for `list` and `delete`.

use openmds_api::{
    AccessControlEntry, AccessControlEntryFilter, AclBinding, AclBindingFilter, AclFilterRequest,
    CreateAclRequest, KafkaResourcePattern, KafkaResourcePatternFilter, ScopeBody,
};

use crate::Failure;
use crate::principal::check_principal;

const ONE_RESOURCE: &str = "exactly one of `--cluster-scope`, `--consumer-group`, `--topic`, `--transactional-id` must be set";

/// Kafka's operations, as the API spells them.
const OPERATIONS: [&str; 11] = [
    "ALL",
    "READ",
    "WRITE",
    "CREATE",
    "DELETE",
    "ALTER",
    "DESCRIBE",
    "CLUSTER_ACTION",
    "DESCRIBE_CONFIGS",
    "ALTER_CONFIGS",
    "IDEMPOTENT_WRITE",
];

/// One of [`OPERATIONS`], from any of `describe-configs`, `DESCRIBE_CONFIGS`, `DescribeConfigs`.
fn operation(text: &str) -> Result<&'static str, String> {
    let letters = |text: &str| {
        let letters = text.chars().filter(|one| !matches!(one, '-' | '_'));
        letters.collect::<String>().to_ascii_lowercase()
    };
    let known = OPERATIONS
        .into_iter()
        .find(|known| letters(known) == letters(text));
    known.ok_or_else(|| {
        let names = OPERATIONS.map(|name| name.to_ascii_lowercase().replace('_', "-"));
        format!("the operations are {}", names.join(", "))
    })
}

/// Which Kafka cluster, whose, from where, what.
#[derive(Debug, clap::Args)]
pub(super) struct AclFlags {
    /// Id of the Kafka cluster that keeps the ACLs
    #[arg(long, value_name = "ID")]
    kafka_cluster: String,
    /// Whom the ACL is about: User:NAME or Group:NAME
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Option<String>,
    /// Operation: all, read, write, create, delete, alter, describe, cluster-action, describe-configs, alter-configs or
    /// idempotent-write; may be repeated, and several can stand with commas
    #[arg(long = "operation", value_name = "OPERATION", value_parser = operation, value_delimiter = ',')]
    operations: Vec<&'static str>,
    /// Address from which the client comes; * is every address
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// The ACL allows
    #[arg(long)]
    allow: bool,
    /// The ACL denies
    #[arg(long, conflicts_with = "allow")]
    deny: bool,
    #[command(flatten)]
    resource: ResourceFlags,
}

/// What the ACL is about: at most one of them.
#[derive(Debug, clap::Args)]
pub(super) struct ResourceFlags {
    /// The resource is the cluster itself
    #[arg(long, help_heading = "Resource")]
    cluster_scope: bool,
    /// The resource is a topic
    #[arg(long, value_name = "NAME", help_heading = "Resource")]
    topic: Option<String>,
    /// The resource is a consumer group
    #[arg(long, value_name = "NAME", help_heading = "Resource")]
    consumer_group: Option<String>,
    /// The resource is a transactional id
    #[arg(long, value_name = "NAME", help_heading = "Resource")]
    transactional_id: Option<String>,
    /// The resource is every one whose name begins with NAME
    #[arg(long, help_heading = "Resource")]
    prefix: bool,
}

impl ResourceFlags {
    /// Kafka's type and the name. `None`: no flag was given.
    fn resource(&self) -> Result<Option<(&'static str, String)>, Failure> {
        let named = |kind, name: &Option<String>| name.clone().map(|name| (kind, name));
        let given = [
            self.cluster_scope
                .then(|| ("CLUSTER", "kafka-cluster".to_owned())),
            named("GROUP", &self.consumer_group),
            named("TOPIC", &self.topic),
            named("TRANSACTIONAL_ID", &self.transactional_id),
        ];
        let mut given = given.into_iter().flatten();
        let first = given.next();
        if given.next().is_some() {
            return Err(Failure::usage(ONE_RESOURCE).hint("Run the command once for each resource"));
        }
        if self.prefix && first.as_ref().is_none_or(|(kind, _)| *kind == "CLUSTER") {
            return Err(Failure::usage("--prefix needs the beginning of a name")
                .hint("Add --topic, --consumer-group or --transactional-id with that beginning"));
        }
        Ok(first)
    }

    fn pattern_type(&self) -> &'static str {
        if self.prefix { "PREFIXED" } else { "LITERAL" }
    }
}

impl AclFlags {
    /// One request for each operation.
    pub(super) fn creations(self) -> Result<Vec<CreateAclRequest>, Failure> {
        let missing =
            |what: &str, hint: &str| Failure::usage(format!("{what} is missing")).hint(hint);
        let permission = self
            .permission()
            .ok_or_else(|| missing("what the ACL does", "Add --allow or --deny"))?;
        let (kind, name) = self.resource.resource()?.ok_or_else(|| {
            Failure::usage(ONE_RESOURCE).hint("Add one of them, for example --topic orders")
        })?;
        let principal = self.principal.as_deref().ok_or_else(|| {
            missing(
                "whom the ACL is about",
                "Add --principal User:NAME or Group:NAME",
            )
        })?;
        check_principal(principal)?;
        if self.operations.is_empty() {
            return Err(missing(
                "the operation",
                "Add --operation OPERATION, for example --operation read",
            ));
        }
        let pattern = KafkaResourcePattern {
            resource_type: kind.to_owned(),
            name,
            pattern_type: self.resource.pattern_type().to_owned(),
        };
        let creation = |operation: &&str| CreateAclRequest {
            scope: self.scope(),
            acl_binding: AclBinding {
                pattern: pattern.clone(),
                entry: AccessControlEntry {
                    principal: principal.to_owned(),
                    host: self.host.clone().unwrap_or_else(|| "*".to_owned()),
                    operation: (*operation).to_owned(),
                    permission_type: permission.to_owned(),
                },
            },
        };
        Ok(self.operations.iter().map(creation).collect())
    }

    /// One filter for each operation; what is not given is any. A name alone is meant literally (mds-api 5).
    pub(super) fn filters(self) -> Result<Vec<AclFilterRequest>, Failure> {
        if let Some(principal) = &self.principal {
            check_principal(principal)?;
        }
        let resource = self.resource.resource()?;
        let filter = |operation: &'static str| AclFilterRequest {
            scope: self.scope(),
            acl_binding_filter: AclBindingFilter {
                pattern_filter: KafkaResourcePatternFilter {
                    resource_type: resource.as_ref().map_or("ANY", |(kind, _)| kind).to_owned(),
                    name: resource.as_ref().map(|(_, name)| name.clone()),
                    pattern_type: match resource {
                        None => "ANY",
                        Some(_) => self.resource.pattern_type(),
                    }
                    .to_owned(),
                },
                entry_filter: AccessControlEntryFilter {
                    principal: self.principal.clone(),
                    host: self.host.clone(),
                    operation: operation.to_owned(),
                    permission_type: self.permission().unwrap_or("ANY").to_owned(),
                },
            },
        };
        if self.operations.is_empty() {
            return Ok(vec![filter("ANY")]);
        }
        Ok(self.operations.iter().copied().map(filter).collect())
    }

    /// Whether the flags narrow down anything within the cluster.
    pub(super) fn names_something(&self) -> bool {
        let resource = &self.resource;
        let names = [
            &resource.topic,
            &resource.consumer_group,
            &resource.transactional_id,
        ];
        self.principal.is_some()
            || self.host.is_some()
            || !self.operations.is_empty()
            || self.permission().is_some()
            || resource.cluster_scope
            || names.into_iter().any(Option::is_some)
    }

    fn scope(&self) -> ScopeBody {
        let id = ("kafka-cluster".to_owned(), self.kafka_cluster.clone());
        ScopeBody {
            clusters: [id].into(),
        }
    }

    fn permission(&self) -> Option<&'static str> {
        match (self.allow, self.deny) {
            (true, _) => Some("ALLOW"),
            (_, true) => Some("DENY"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_in_all_their_spellings() {
        for text in [
            "describe-configs",
            "DESCRIBE_CONFIGS",
            "DescribeConfigs",
            "describeconfigs",
        ] {
            assert_eq!(operation(text), Ok("DESCRIBE_CONFIGS"), "{text}");
        }
        for known in OPERATIONS {
            assert_eq!(operation(known), Ok(known));
        }
        assert!(operation("any").is_err());
        assert!(operation("").is_err());
    }
}
