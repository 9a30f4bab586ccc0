//! What people hear who may not: what was refused and where, and the commands that would change
//! it, one a line (`rulings.md` 10, `mds-api.md` 8.3).

use openmds_policy::names::{PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::Scope;
use openmds_policy::text::shell_word;

use super::{AppError, Caller};

/// Most commands in one answer.
const MOST_COMMANDS: usize = 20;

/// Longest command that anybody would paste, bytes.
const LONGEST_COMMAND: usize = 4096;

/// A binding that the caller does not have and that would be enough.
pub(super) struct Missing<'a> {
    /// The role.
    pub(super) role: &'a str,
    /// Where.
    pub(super) scope: &'a Scope,
    /// On which resources, for a role on resources.
    pub(super) resource: Option<&'a ResourcePattern>,
}

impl<'a> Missing<'a> {
    /// A role on the whole scope.
    pub(super) const fn role(role: &'a str, scope: &'a Scope) -> Self {
        Self {
            role,
            scope,
            resource: None,
        }
    }

    fn command(&self, caller: &Caller) -> String {
        self.command_for(caller.program, &caller.principal())
    }

    /// The command that gives the binding to the principal.
    pub(super) fn command_for(&self, program: &str, principal: &Principal) -> String {
        let principal = principal.to_string();
        let mut command = format!(
            "{program} iam rbac role-binding create --role {} --principal {}",
            self.role,
            shell_word(&principal)
        );
        if let Some(resource) = self.resource {
            let named = format!("{}:{}", resource.resource_type, resource.name);
            command.push_str(&format!(" --resource {}", shell_word(&named)));
            if resource.pattern_type == PatternType::Prefixed {
                command.push_str(" --prefix");
            }
        }
        for (key, id) in self.scope.clusters() {
            command.push_str(&format!(" --{} {}", key.as_str(), shell_word(id)));
        }
        command
    }
}

/// The refusal: `what` names the resource and the scope.
pub(super) fn denied(
    caller: &Caller,
    operation: &str,
    what: &str,
    missing: &[Missing<'_>],
) -> AppError {
    let principal = caller.principal();
    let message = format!("{principal} not permitted to {operation} on {what}");
    let mut commands: Vec<String> = Vec::new();
    for binding in missing {
        let command = binding.command(caller);
        if command.len() <= LONGEST_COMMAND && !commands.contains(&command) {
            commands.push(command);
        }
    }
    let left = commands.len().saturating_sub(MOST_COMMANDS);
    commands.truncate(MOST_COMMANDS);
    if left > 0 {
        commands.push(format!("# and {left} more"));
    }
    AppError::forbidden(if commands.is_empty() {
        format!("{message}. Ask a super user of this service")
    } else {
        format!("{message}. Fix it:\n{}", commands.join("\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use openmds_policy::names::ClusterId;

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        assert_eq!(shell_word("User:alice"), "User:alice");
        assert_eq!(shell_word("User:CN=a, OU=b"), "'User:CN=a, OU=b'");
        assert_eq!(shell_word("x'; rm -rf y"), r"'x'\''; rm -rf y'");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("a\n'b\\\u{85}"), r"$'a\x0a\'b\\\xc2\x85'");
    }

    #[test]
    fn commands_are_listed_once_and_not_without_end() {
        let caller = Caller::user("alice", "openmds");
        let scopes: Vec<Scope> = (0..=MOST_COMMANDS)
            .map(|number| Scope::kafka(&ClusterId::new(&format!("k{number}"))))
            .collect();
        let mut missing: Vec<Missing<'_>> = Vec::new();
        for scope in &scopes {
            missing.extend([
                Missing::role("UserAdmin", scope),
                Missing::role("UserAdmin", scope),
            ]);
        }
        let message = denied(&caller, "AlterAccess", "x", &missing).message;
        let lines: Vec<&str> = message.lines().collect();
        assert_eq!(lines.len(), MOST_COMMANDS + 2);
        assert_eq!(
            lines[0],
            "User:alice not permitted to AlterAccess on x. Fix it:"
        );
        assert_eq!(
            lines[1],
            "openmds iam rbac role-binding create --role UserAdmin --principal User:alice --kafka-cluster k0"
        );
        assert_eq!(lines[MOST_COMMANDS + 1], "# and 1 more");
        let endless = Scope::kafka(&ClusterId::new(&"x".repeat(LONGEST_COMMAND)));
        let message = denied(
            &caller,
            "Alter",
            "x",
            &[Missing::role("UserAdmin", &endless)],
        )
        .message;
        assert!(message.ends_with("on x. Ask a super user of this service"));
    }
}
