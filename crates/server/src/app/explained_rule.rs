//! Rules in the words of an answer.

use openmds_api::RuleInfo;
use openmds_policy::acl::AclPermission;
use openmds_policy::names::{PatternType, ResourcePattern};
use openmds_policy::rbac::{AclSource, Ground, RESERVED_TOPICS};

use super::scopes::scope_body;

/// The rule, and one sentence about it.
pub(super) fn explained(ground: &Ground) -> RuleInfo {
    let mut info = RuleInfo {
        kind: kind(ground).to_string(),
        text: sentence(ground),
        principal: None,
        role: None,
        scope: None,
        pattern: None,
        acl: None,
    };
    match ground {
        Ground::SuperUser(user) => info.principal = Some(user.to_string()),
        Ground::RoleBinding(key, pattern) => {
            info.principal = Some(key.principal.to_string());
            info.role = Some(key.role.clone());
            info.scope = Some(scope_body(&key.scope));
            info.pattern.clone_from(pattern);
        }
        Ground::Acl(acl, _) => {
            info.principal = Some(acl.entry.principal.to_string());
            info.acl = Some(acl.into());
        }
        Ground::Reserved | Ground::Everyone | Ground::Nothing => {}
    }
    info
}

const fn kind(ground: &Ground) -> &'static str {
    match ground {
        Ground::SuperUser(_) => "superUser",
        Ground::RoleBinding(..) => "roleBinding",
        Ground::Acl(..) => "acl",
        Ground::Reserved => "reservedTopic",
        Ground::Everyone => "everyone",
        Ground::Nothing => "nothing",
    }
}

fn sentence(ground: &Ground) -> String {
    match ground {
        Ground::SuperUser(user) => format!("{user} is a super user of this server"),
        Ground::RoleBinding(key, pattern) => {
            let on = match pattern {
                None => "the whole scope".to_string(),
                Some(pattern) => named(pattern),
            };
            format!("{} has the role {} on {on}", key.principal, key.role)
        }
        Ground::Acl(acl, source) => {
            let (pattern, entry) = (&acl.pattern, &acl.entry);
            let on = named(&ResourcePattern {
                resource_type: pattern.resource_type.as_str().to_string(),
                name: pattern.name.clone(),
                pattern_type: pattern.pattern_type,
            });
            let permission = match entry.permission_type {
                AclPermission::Allow => "allows",
                AclPermission::Deny => "denies",
            };
            let source = match source {
                AclSource::Central => "a central ACL",
                AclSource::Local => "an ACL of the cluster",
            };
            let host = match entry.host.as_str() {
                "*" => "every host".to_string(),
                host => format!("the host {host}"),
            };
            format!(
                "{source} {permission} {} {} on {on} from {host}",
                entry.principal,
                entry.operation.as_str()
            )
        }
        Ground::Reserved => {
            format!("topics named {RESERVED_TOPICS}* are closed to all but super users")
        }
        Ground::Everyone => "no rule names the resource, which opens it to everybody".to_string(),
        Ground::Nothing => "nothing allows it".to_string(),
    }
}

fn named(pattern: &ResourcePattern) -> String {
    match pattern.pattern_type {
        PatternType::Literal => format!("{}:{}", pattern.resource_type, pattern.name),
        PatternType::Prefixed => {
            format!("{}:{}* (prefix)", pattern.resource_type, pattern.name)
        }
    }
}
