//! DescribeAcls.

use kafka_protocol::messages::{DescribeAclsRequest, DescribeAclsResponse};
use openmds_policy::access::{Operation, ResourceType};
use openmds_policy::acl::{AclBinding, AclEntry, AclPattern, AclPermission};
use openmds_policy::names::{PatternType, Principal};

use super::code::Asked;
use crate::{HostPort, KafkaError, ListedAcls};

/// Kafka's code for "whatever it is" in all four enumerations of a filter
/// (`org.apache.kafka.common.acl`, `org.apache.kafka.common.resource`, 4.1).
const ANY: i8 = 1;

/// Asks for all.
pub(super) fn all() -> DescribeAclsRequest {
    DescribeAclsRequest::default()
        .with_resource_type_filter(ANY)
        .with_resource_name_filter(None)
        .with_pattern_type_filter(ANY)
        .with_principal_filter(None)
        .with_host_filter(None)
        .with_operation(ANY)
        .with_permission_type(ANY)
}

pub(super) fn listed(
    answer: &DescribeAclsResponse,
    at: &HostPort,
) -> Result<ListedAcls, KafkaError> {
    let asked = Asked {
        at,
        what: "DescribeAcls".to_owned(),
        operation: "Describe",
        resource: "Cluster".to_owned(),
    };
    asked.check(answer.error_code, answer.error_message.as_deref())?;
    let mut listed = ListedAcls::default();
    for resource in &answer.resources {
        let kind = u8::try_from(resource.resource_type).ok();
        let kind = kind.and_then(|code| ResourceType(code).known());
        let pattern_type = match resource.pattern_type {
            3 => Some(PatternType::Literal),
            4 => Some(PatternType::Prefixed),
            _ => None,
        };
        let pattern = kind.zip(pattern_type).map(|(resource_type, pattern_type)| {
            let name = resource.resource_name.to_string();
            AclPattern {
                resource_type,
                name,
                pattern_type,
            }
        });
        for acl in &resource.acls {
            let operation = u8::try_from(acl.operation).ok();
            let operation = operation.and_then(|code| Operation(code).known());
            let permission = match acl.permission_type {
                2 => Some(AclPermission::Deny),
                3 => Some(AclPermission::Allow),
                _ => None,
            };
            let (Some(pattern), Some(operation), Some(permission_type)) =
                (&pattern, operation, permission)
            else {
                listed.unknown += 1;
                continue;
            };
            listed.acls.insert(AclBinding {
                pattern: pattern.clone(),
                entry: AclEntry {
                    principal: Principal::of_kafka(&acl.principal),
                    host: acl.host.to_string(),
                    operation,
                    permission_type,
                },
            });
        }
    }
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use kafka_protocol::messages::describe_acls_response::{AclDescription, DescribeAclsResource};
    use kafka_protocol::protocol::StrBytes;
    use openmds_policy::acl::{AclOperation, AclResourceType};

    use super::*;

    fn text(text: &str) -> StrBytes {
        StrBytes::from_string(text.to_owned())
    }

    fn acl(principal: &str, operation: i8, permission: i8) -> AclDescription {
        AclDescription::default()
            .with_principal(text(principal))
            .with_host(text("*"))
            .with_operation(operation)
            .with_permission_type(permission)
    }

    fn resource(kind: i8, pattern: i8, acls: Vec<AclDescription>) -> DescribeAclsResource {
        DescribeAclsResource::default()
            .with_resource_type(kind)
            .with_resource_name(text("t"))
            .with_pattern_type(pattern)
            .with_acls(acls)
    }

    #[test]
    fn acls_are_read_by_kafkas_codes_and_unknown_ones_counted() {
        let at = "b:1".parse().unwrap();
        let answer = DescribeAclsResponse::default().with_resources(vec![
            resource(
                2,
                4,
                vec![
                    acl("User:a", 3, 3),
                    acl("Robot:r", 2, 2),
                    acl("User:a", 99, 3),
                ],
            ),
            resource(7, 3, vec![acl("User:a", 13, 3), acl("User:a", 3, 1)]),
            resource(9, 3, vec![acl("User:a", 3, 3)]),
            resource(2, 2, vec![acl("User:a", 3, 3)]),
        ]);
        let listed = listed(&answer, &at).unwrap();
        let shown: Vec<_> = listed
            .acls
            .iter()
            .map(|acl| {
                let (pattern, entry) = (&acl.pattern, &acl.entry);
                let who = entry.principal.to_string();
                (
                    pattern.resource_type,
                    pattern.pattern_type,
                    who,
                    entry.operation,
                    entry.permission_type,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (
                    AclResourceType::Topic,
                    PatternType::Prefixed,
                    "User:a".to_owned(),
                    AclOperation::Read,
                    AclPermission::Allow
                ),
                (
                    AclResourceType::Topic,
                    PatternType::Prefixed,
                    "Robot:r".to_owned(),
                    AclOperation::All,
                    AclPermission::Deny
                ),
                (
                    AclResourceType::User,
                    PatternType::Literal,
                    "User:a".to_owned(),
                    AclOperation::CreateTokens,
                    AclPermission::Allow
                ),
            ]
        );
        assert_eq!(listed.unknown, 4);
    }

    #[test]
    fn a_cluster_without_an_authorizer_says_so() {
        let at = "b:1".parse().unwrap();
        let answer = DescribeAclsResponse::default()
            .with_error_code(54)
            .with_error_message(Some(text("No Authorizer is configured.")));
        let error = listed(&answer, &at).unwrap_err().to_string();
        assert!(
            error.contains("No Authorizer is configured. (SECURITY_DISABLED)"),
            "{error}"
        );
    }
}
