//! The commands that would change an answer, one a line.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::codes::{Operation, ResourceType};
use super::rules::Providers;
use super::verdict::AclView;
use crate::acl::AclResourceType;
use crate::names::{ClusterId, PatternType};
use crate::rbac::{AclSource, Role, Roles, ScopeType};
use crate::text::shell_word;

/// What nobody has been allowed.
pub(super) struct Wanted<'a> {
    pub(super) principal: &'a str,
    pub(super) operation: Operation,
    pub(super) resource_type: ResourceType,
    pub(super) name: &'a str,
    pub(super) cluster: &'a ClusterId,
}

impl Wanted<'_> {
    /// The command that gives it, and no more than that goes with: the resource role that permits
    /// the least, else an ACL.
    pub(super) fn grant(&self, roles: &Roles, providers: Providers) -> Option<String> {
        let (kind, operation) = (self.resource_type.as_str(), self.operation.as_str());
        self.resource_type.known()?;
        self.operation.known()?;
        let on_resources = |role: &&Role| {
            role.access_policy.scope_type == ScopeType::Resource
                && role.can_bind(kind)
                && role.permits(kind, operation)
        };
        let least = roles.all().iter().filter(on_resources);
        let least = least.min_by_key(|role| permitted(role, kind));
        match least.filter(|_| providers.central) {
            Some(role) => Some(format!(
                "openmds iam rbac role-binding create --role {} --principal {} --resource {} --kafka-cluster {}",
                role.name,
                shell_word(self.principal),
                shell_word(&format!("{kind}:{}", self.name)),
                shell_word(self.cluster.as_str()),
            )),
            None => providers.local.then(|| self.add_acl()),
        }
    }

    fn add_acl(&self) -> String {
        format!(
            "kafka-acls --add --allow-principal {} --operation {} {}",
            shell_word(self.principal),
            self.operation.as_str(),
            resource_flag(self.resource_type, self.name)
        )
    }
}

/// How many operations on the type the role permits.
fn permitted(role: &Role, kind: &str) -> usize {
    let all = crate::acl::AclOperation::ALL.iter();
    all.filter(|one| role.permits(kind, one.as_str())).count()
}

fn resource_flag(resource_type: ResourceType, name: &str) -> String {
    let name = shell_word(name);
    match resource_type.known() {
        Some(AclResourceType::Topic) => format!("--topic {name}"),
        Some(AclResourceType::Group) => format!("--group {name}"),
        Some(AclResourceType::TransactionalId) => format!("--transactional-id {name}"),
        Some(AclResourceType::DelegationToken) => format!("--delegation-token {name}"),
        Some(AclResourceType::User) => format!("--user-principal {name}"),
        Some(AclResourceType::Cluster) | None => "--cluster".to_string(),
    }
}

/// The command that takes an ACL away.
pub(super) fn remove(acl: &AclView<'_>, cluster: &ClusterId) -> String {
    let prefixed = acl.pattern.pattern_type == PatternType::Prefixed;
    let (principal, host) = (shell_word(acl.principal), shell_word(acl.host));
    let mut words: Vec<String> = Vec::new();
    match acl.source {
        AclSource::Central => {
            let name = shell_word(acl.pattern.name);
            words.push(format!(
                "openmds iam acl delete --kafka-cluster {}",
                shell_word(cluster.as_str())
            ));
            words.push(if acl.allows { "--allow" } else { "--deny" }.to_string());
            words.push(format!("--principal {principal} --host {host}"));
            words.push(format!("--operation {}", flag(acl.operation.as_str())));
            words.push(match acl.pattern.resource_type.known() {
                Some(AclResourceType::Group) => format!("--consumer-group {name}"),
                Some(AclResourceType::Cluster) => "--cluster-scope".to_string(),
                Some(AclResourceType::TransactionalId) => format!("--transactional-id {name}"),
                _ => format!("--topic {name}"),
            });
            words.extend(prefixed.then(|| "--prefix".to_string()));
        }
        AclSource::Local => {
            let which = if acl.allows { "allow" } else { "deny" };
            words.push(format!(
                "kafka-acls --remove --{which}-principal {principal} --{which}-host {host}"
            ));
            words.push(format!("--operation {}", acl.operation.as_str()));
            words.push(resource_flag(acl.pattern.resource_type, acl.pattern.name));
            words.extend(prefixed.then(|| "--resource-pattern-type prefixed".to_string()));
        }
    }
    words.join(" ")
}

/// `AlterConfigs` as `alter-configs`.
fn flag(operation: &str) -> String {
    let mut flag = String::new();
    for character in operation.chars() {
        if character.is_ascii_uppercase() && !flag.is_empty() {
            flag.push('-');
        }
        flag.push(character.to_ascii_lowercase());
    }
    flag
}
