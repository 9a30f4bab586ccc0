//! The commands that add and take away a central ACL (`rulings.md` 10).

use openmds_policy::acl::{AclBinding, AclPermission, AclResourceType};
use openmds_policy::names::PatternType;
use openmds_policy::rbac::Scope;

use openmds_policy::text::shell_word;

/// `what` is `create` or `delete`.
pub(super) fn acl_command(program: &str, what: &str, acl: &AclBinding, scope: &Scope) -> String {
    let (pattern, entry) = (&acl.pattern, &acl.entry);
    let permission = match entry.permission_type {
        AclPermission::Allow => "--allow",
        AclPermission::Deny => "--deny",
    };
    let mut command = format!(
        "{program} iam acl {what} {permission} --principal {} --operation {}",
        shell_word(&entry.principal.to_string()),
        kebab(entry.operation.as_str())
    );
    if entry.host != "*" || what == "delete" {
        command.push_str(&format!(" --host {}", shell_word(&entry.host)));
    }
    let name = shell_word(&pattern.name);
    match pattern.resource_type {
        AclResourceType::Topic => command.push_str(&format!(" --topic {name}")),
        AclResourceType::Group => command.push_str(&format!(" --consumer-group {name}")),
        AclResourceType::TransactionalId => {
            command.push_str(&format!(" --transactional-id {name}"));
        }
        // Central ACLs are about no other type.
        _ => command.push_str(" --cluster-scope"),
    }
    if pattern.pattern_type == PatternType::Prefixed {
        command.push_str(" --prefix");
    }
    for (key, id) in scope.clusters() {
        command.push_str(&format!(" --{} {}", key.as_str(), shell_word(id)));
    }
    command
}

/// `DescribeConfigs` as `describe-configs`.
fn kebab(word: &str) -> String {
    let mut text = String::new();
    for character in word.chars() {
        if character.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(character.to_ascii_lowercase());
    }
    text
}
