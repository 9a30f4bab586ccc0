//! Error codes in answers, as errors for operators.

use kafka_protocol::ResponseError;

use crate::{HostPort, KafkaError};

/// What was asked, and the right that it needs.
pub(super) struct Asked<'a> {
    pub(super) at: &'a HostPort,
    pub(super) what: String,
    pub(super) operation: &'static str,
    pub(super) resource: String,
}

impl Asked<'_> {
    /// `Ok` for code 0.
    pub(super) fn check(&self, code: i16, message: Option<&str>) -> Result<(), KafkaError> {
        let Some(error) = ResponseError::try_from_code(code) else {
            return Ok(());
        };
        let name = kafkas_name(&error);
        let theirs = message.map(plain_text).filter(|text| !text.is_empty());
        let what = format!("{} at {}", self.what, self.at);
        Err(match error {
            ResponseError::ClusterAuthorizationFailed | ResponseError::TopicAuthorizationFailed => {
                KafkaError::NotAuthorized {
                    operation: self.operation.to_owned(),
                    resource: self.resource.clone(),
                    reason: format!("{} answered {name} to {}", self.at, self.what),
                }
            }
            ResponseError::RequestTimedOut => KafkaError::Timeout {
                what: format!("{what} (it gave up waiting for the active controller)"),
            },
            _ => KafkaError::Rejected {
                what,
                reason: theirs.map_or_else(|| name.clone(), |text| format!("{text} ({name})")),
            },
        })
    }
}

/// `ClusterAuthorizationFailed` as Kafka writes it: `CLUSTER_AUTHORIZATION_FAILED`.
pub(super) fn kafkas_name(error: &ResponseError) -> String {
    if let ResponseError::Unknown(code) = error {
        return format!("error code {code}");
    }
    let mut name = String::new();
    for c in error.to_string().chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
    }
    name
}

/// The text of a plugin's `ConfigException`, without what Kafka wraps around it on the way
/// (`DynamicBrokerConfig`, `ConfigException(String, Object)`).
fn plain_text(message: &str) -> &str {
    let text = message
        .strip_prefix("Invalid value org.apache.kafka.common.config.ConfigException: ")
        .unwrap_or(message);
    text.strip_suffix(" for configuration Invalid dynamic configuration")
        .unwrap_or(text)
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(code: i16, message: &str) -> Result<(), KafkaError> {
        let at = "b:1".parse().unwrap();
        let asked = Asked {
            at: &at,
            what: "IncrementalAlterConfigs".into(),
            operation: "AlterConfigs",
            resource: "Cluster".into(),
        };
        asked.check(code, Some(message))
    }

    #[test]
    fn a_missing_right_names_operation_and_resource() {
        let error = checked(31, "Cluster authorization failed.").unwrap_err();
        assert!(
            matches!(&error, KafkaError::NotAuthorized { operation, resource, .. }
            if operation == "AlterConfigs" && resource == "Cluster")
        );
        let text = error.to_string();
        assert!(
            text.contains("b:1 answered CLUSTER_AUTHORIZATION_FAILED"),
            "{text}"
        );
    }

    #[test]
    fn the_plugins_own_text_is_unwrapped() {
        let wrapped = "Invalid value org.apache.kafka.common.config.ConfigException: routes: no \
                       such category for configuration Invalid dynamic configuration";
        let text = checked(42, wrapped).unwrap_err().to_string();
        let expected = "IncrementalAlterConfigs at b:1 was rejected: routes: no such category \
                        (INVALID_REQUEST)";
        assert_eq!(text, expected);
    }

    #[test]
    fn other_codes_keep_their_name() {
        assert!(checked(0, "").is_ok());
        assert!(matches!(checked(7, ""), Err(KafkaError::Timeout { .. })));
        assert!(
            checked(44, "")
                .unwrap_err()
                .to_string()
                .ends_with("POLICY_VIOLATION")
        );
        assert!(
            checked(9999, "")
                .unwrap_err()
                .to_string()
                .ends_with("error code 9999")
        );
    }
}
