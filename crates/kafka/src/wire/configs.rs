//! DescribeConfigs and IncrementalAlterConfigs.

use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::DescribeConfigsResourceResult;
use kafka_protocol::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use kafka_protocol::messages::{
    DescribeConfigsRequest, DescribeConfigsResponse, IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse,
};
use kafka_protocol::protocol::StrBytes;

use super::code::Asked;
use crate::{ConfigValue, HostPort, KafkaError, NodeConfig};

// `org.apache.kafka.common.config.ConfigResource.Type`
const TOPIC: i8 = 2;
const BROKER: i8 = 4;
// `org.apache.kafka.clients.admin.AlterConfigOp.OpType`
const SET: i8 = 0;
const DELETE: i8 = 1;
// `DescribeConfigsResponse.ConfigSource`
const DYNAMIC_BROKER_CONFIG: i8 = 2;
const DYNAMIC_DEFAULT_BROKER_CONFIG: i8 = 3;

/// Whose configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resource {
    /// The cluster-wide default of all brokers: BROKER `""`.
    BrokerDefault,
    /// One node: BROKER `"<id>"`.
    Node(i32),
    /// A topic.
    Topic(String),
}

impl Resource {
    fn kind(&self) -> i8 {
        match self {
            Self::BrokerDefault | Self::Node(_) => BROKER,
            Self::Topic(_) => TOPIC,
        }
    }

    fn name(&self) -> StrBytes {
        match self {
            Self::BrokerDefault => StrBytes::new(),
            Self::Node(id) => StrBytes::from_string(id.to_string()),
            Self::Topic(name) => StrBytes::from_string(name.clone()),
        }
    }

    /// What a right is needed on.
    fn authorized_as(&self) -> String {
        match self {
            Self::BrokerDefault | Self::Node(_) => "Cluster".to_owned(),
            Self::Topic(name) => format!("Topic {name}"),
        }
    }

    fn asked<'a>(&self, at: &'a HostPort, request: &str, operation: &'static str) -> Asked<'a> {
        let whose = match self {
            Self::BrokerDefault => "the cluster-wide broker default".to_owned(),
            Self::Node(id) => format!("node {id}"),
            Self::Topic(name) => format!("topic {name}"),
        };
        let what = format!("{request} of {whose}");
        Asked {
            at,
            what,
            operation,
            resource: self.authorized_as(),
        }
    }
}

/// Asks for one key, with where its value comes from.
pub(super) fn describe(resources: &[Resource], key: &str) -> DescribeConfigsRequest {
    let resources = resources.iter().map(|resource| {
        DescribeConfigsResource::default()
            .with_resource_type(resource.kind())
            .with_resource_name(resource.name())
            .with_configuration_keys(Some(vec![StrBytes::from_string(key.to_owned())]))
    });
    DescribeConfigsRequest::default()
        .with_resources(resources.collect())
        .with_include_synonyms(true)
}

/// The key in the answer about one resource, `None` if it is not set there.
pub(super) fn described<'a>(
    answer: &'a DescribeConfigsResponse,
    at: &HostPort,
    resource: &Resource,
    key: &str,
) -> Result<Option<&'a DescribeConfigsResourceResult>, KafkaError> {
    let name = resource.name();
    let result = answer
        .results
        .iter()
        .find(|result| result.resource_type == resource.kind() && result.resource_name == name)
        .ok_or_else(|| unanswered(at, "DescribeConfigs"))?;
    resource
        .asked(at, "DescribeConfigs", "DescribeConfigs")
        .check(result.error_code, result.error_message.as_deref())?;
    Ok(result.configs.iter().find(|config| &*config.name == key))
}

/// What a node shows of a key's value.
pub(super) fn value(config: Option<&DescribeConfigsResourceResult>) -> ConfigValue {
    match config {
        None => ConfigValue::Absent,
        Some(config) => match &config.value {
            Some(value) => ConfigValue::Value(value.to_string()),
            None if config.is_sensitive => ConfigValue::Hidden,
            None => ConfigValue::Absent,
        },
    }
}

/// A node's answer about one of its own keys: the value is what it applied, the synonym of the
/// cluster-wide default what it has stored.
pub(super) fn node_config(config: Option<&DescribeConfigsResourceResult>) -> NodeConfig {
    let synonyms = || config.into_iter().flat_map(|config| &config.synonyms);
    NodeConfig {
        applied: value(config),
        stored: synonyms()
            .find(|synonym| synonym.source == DYNAMIC_DEFAULT_BROKER_CONFIG)
            .and_then(|synonym| Some(synonym.value.as_ref()?.to_string())),
        per_broker_override: synonyms().any(|synonym| synonym.source == DYNAMIC_BROKER_CONFIG),
    }
}

/// Sets one key, or deletes it.
pub(super) fn alter(
    resource: &Resource,
    key: &str,
    value: Option<&str>,
) -> IncrementalAlterConfigsRequest {
    let config = AlterableConfig::default()
        .with_name(StrBytes::from_string(key.to_owned()))
        .with_config_operation(if value.is_some() { SET } else { DELETE })
        .with_value(value.map(|value| StrBytes::from_string(value.to_owned())));
    IncrementalAlterConfigsRequest::default().with_resources(vec![
        AlterConfigsResource::default()
            .with_resource_type(resource.kind())
            .with_resource_name(resource.name())
            .with_configs(vec![config]),
    ])
}

/// Whether the change was accepted.
pub(super) fn altered(
    answer: &IncrementalAlterConfigsResponse,
    at: &HostPort,
    resource: &Resource,
) -> Result<(), KafkaError> {
    let result = answer
        .responses
        .first()
        .ok_or_else(|| unanswered(at, "IncrementalAlterConfigs"))?;
    resource
        .asked(at, "IncrementalAlterConfigs", "AlterConfigs")
        .check(result.error_code, result.error_message.as_deref())
}

pub(super) fn unanswered(at: &HostPort, request: &str) -> KafkaError {
    KafkaError::Protocol {
        address: at.to_string(),
        reason: format!("the answer to {request} does not mention what was asked for"),
    }
}

#[cfg(test)]
mod tests {
    use kafka_protocol::messages::describe_configs_response::DescribeConfigsSynonym;

    use super::*;

    fn shown(value: Option<&'static str>, sensitive: bool) -> DescribeConfigsResourceResult {
        DescribeConfigsResourceResult::default()
            .with_value(value.map(StrBytes::from_static_str))
            .with_is_sensitive(sensitive)
    }

    #[test]
    fn hidden_is_not_absent() {
        assert_eq!(value(None), ConfigValue::Absent);
        assert_eq!(value(Some(&shown(None, true))), ConfigValue::Hidden);
        assert_eq!(value(Some(&shown(None, false))), ConfigValue::Absent);
        assert_eq!(
            value(Some(&shown(Some("x"), false))),
            ConfigValue::Value("x".into())
        );
    }

    #[test]
    fn applied_stored_and_override_are_told_apart() {
        let synonym = |source, value| {
            DescribeConfigsSynonym::default()
                .with_source(source)
                .with_value(Some(StrBytes::from_static_str(value)))
        };
        let config = shown(Some("old"), false).with_synonyms(vec![synonym(3, "new")]);
        let read = node_config(Some(&config));
        assert_eq!(read.applied, ConfigValue::Value("old".into()));
        assert_eq!(read.stored.as_deref(), Some("new"));
        assert!(!read.per_broker_override);
        let config = config.with_synonyms(vec![synonym(2, "own"), synonym(3, "new")]);
        assert!(node_config(Some(&config)).per_broker_override);
        assert_eq!(node_config(None).stored, None);
    }
}
