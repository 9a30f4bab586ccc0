//! What to do to a cluster's router configuration.

/// The cluster-wide value as the cluster shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObservedConfig<'a> {
    /// Not set.
    Absent,
    /// Set, but the node does not show values it does not know (no plugin there).
    Hidden,
    /// Set to this.
    Value(&'a str),
}

/// Whether the cluster's value is ours to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenure {
    /// It was written, or taken over, by this service.
    Ours,
    /// The cluster was registered after the last write of the document, and nothing was pushed yet.
    Unclaimed,
}

/// One change to a cluster's router configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushStep {
    /// Nothing was ever written here: nothing is pushed (`rulings.md` 1).
    NothingDesired,
    /// The cluster has it.
    Unchanged,
    /// Write the desired value.
    Set,
    /// The cluster holds somebody else's configuration; leave it (`rulings.md` 2).
    Foreign,
}

/// Plans the step for one cluster.
#[must_use]
pub fn plan_push(desired: Option<&str>, observed: ObservedConfig<'_>, tenure: Tenure) -> PushStep {
    let Some(desired) = desired else {
        return PushStep::NothingDesired;
    };
    match (observed, tenure) {
        (ObservedConfig::Value(value), _) if value == desired => PushStep::Unchanged,
        (ObservedConfig::Absent, _) | (_, Tenure::Ours) => PushStep::Set,
        // A blank value is the property's default and nobody's configuration.
        (ObservedConfig::Value(value), Tenure::Unclaimed) if value.trim().is_empty() => {
            PushStep::Set
        }
        (ObservedConfig::Hidden | ObservedConfig::Value(_), Tenure::Unclaimed) => PushStep::Foreign,
    }
}
