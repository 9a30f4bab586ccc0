//! The entry of the registry that a request names.

use openmds_policy::names::{ClusterId, ClusterName};
use openmds_policy::text::quotation;

use super::{AppError, Caller};
use crate::store::{RegisteredCluster, State};

/// The entry with this name, and the name as it is kept.
pub(super) fn registered<'s>(
    state: &'s State,
    caller: &Caller,
    name: &str,
) -> Result<(&'s ClusterName, &'s RegisteredCluster), AppError> {
    let found = ClusterName::parse(name).ok();
    let found = found.and_then(|name| state.clusters().get_key_value(&name));
    found.ok_or_else(|| AppError::not_found(not_registered(caller, name)))
}

/// The id of the Kafka cluster that the entry is; `without` says what other clusters lack.
pub(super) fn kafka_id(
    (name, cluster): (&ClusterName, &RegisteredCluster),
    without: &str,
) -> Result<ClusterId, AppError> {
    let id = cluster.scope.only_kafka_cluster();
    id.ok_or_else(|| AppError::invalid(format!("{name} is no Kafka cluster: {without}")))
}

/// What a caller hears who names a cluster that nobody registered, with the command of the caller's
/// own program that shows the names (`rulings.md` 10).
pub(super) fn not_registered(caller: &Caller, name: &str) -> String {
    format!(
        "no cluster named `{}` is registered; see `{} cluster list`",
        quotation(name),
        caller.program
    )
}
