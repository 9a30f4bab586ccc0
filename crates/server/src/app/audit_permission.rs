//! Who may see and change the audit-log configuration: an audit administrator of the home cluster
//! and of every registered Kafka cluster (`audit-logs.md` 8).

use openmds_policy::names::{ClusterId, PatternType, ResourcePattern};
use openmds_policy::rbac::{AUDIT_LOG, KAFKA_CLUSTER, Scope};

use super::{App, AppError, Caller};
use crate::store::State;

impl App {
    /// Checks the caller on all clusters at once; the refusal lists the commands that fix it
    /// (`audit-logs.md` 7.6, `rulings.md` 10).
    pub(super) fn permit_audit(
        &self,
        state: &State,
        caller: &Caller,
        operation: &str,
    ) -> Result<(), AppError> {
        if self.is_super_user(caller) {
            return Ok(());
        }
        let resource = ResourcePattern {
            resource_type: AUDIT_LOG.to_string(),
            name: KAFKA_CLUSTER.to_string(),
            pattern_type: PatternType::Literal,
        };
        let mut clusters: Vec<ClusterId> = vec![self.home(state)?];
        for (_, id, _) in state.kafka_clusters() {
            if !clusters.contains(&id) {
                clusters.push(id);
            }
        }
        clusters.retain(|id| !self.may(state, caller, &Scope::kafka(id), operation, &resource));
        if clusters.is_empty() {
            return Ok(());
        }
        let principal = caller.principal();
        let program = caller.program;
        let fixes: String = clusters
            .iter()
            .map(|id| {
                format!("\n{program} iam rbac role-binding create --role AuditAdmin --principal {} --kafka-cluster {}", shell_word(&principal.to_string()), shell_word(id.as_str()))
            })
            .collect();
        Err(AppError::forbidden(format!(
            "{principal} not permitted to {operation} on one or more clusters. Fix it:{fixes}"
        )))
    }
}

/// The text as one word of a POSIX shell: the commands are made to be pasted.
fn shell_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/@%+=,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_string()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        assert_eq!(shell_word("User:alice"), "User:alice");
        assert_eq!(shell_word("User:CN=a, OU=b"), "'User:CN=a, OU=b'");
        assert_eq!(shell_word("x'; rm -rf y"), r"'x'\''; rm -rf y'");
        assert_eq!(shell_word(""), "''");
    }
}
