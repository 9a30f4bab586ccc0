//! Kafka's numbers for operations and types of resources.

use crate::acl::{AclOperation, AclResourceType};

/// An operation by Kafka's code (`AclOperation.code`). A code of a Kafka newer than this is an
/// operation, too: one that only rules for all operations are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation(pub u8);

/// A type of resource by Kafka's code (`ResourceType.code`). A code of a Kafka newer than this is
/// one that only roles for all types are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(pub u8);

/// Kafka's code of `ALL`; the others follow in the order of [`AclOperation::ALL`].
const FIRST_OPERATION: u8 = 2;
/// Kafka's code of `TOPIC`; the others follow in the order of [`AclResourceType::ALL`].
const FIRST_TYPE: u8 = 2;

impl Operation {
    /// Kafka's code.
    #[must_use]
    pub fn of(operation: AclOperation) -> Self {
        let place = AclOperation::ALL.iter().position(|one| *one == operation);
        Self(code(FIRST_OPERATION, place))
    }

    /// The operation, if this release knows it.
    #[must_use]
    pub fn known(self) -> Option<AclOperation> {
        let place = self.0.checked_sub(FIRST_OPERATION)?;
        AclOperation::ALL.get(usize::from(place)).copied()
    }

    /// `Read`, `AlterConfigs`, ...
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.known().map_or("Unknown", AclOperation::as_str)
    }

    /// The operation that role tables call so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        AclOperation::named_in_roles(name).map(Self::of)
    }
}

impl ResourceType {
    /// Kafka's code.
    #[must_use]
    pub fn of(resource_type: AclResourceType) -> Self {
        let mut all = AclResourceType::ALL.iter();
        Self(code(FIRST_TYPE, all.position(|one| *one == resource_type)))
    }

    /// The type, if this release knows it.
    #[must_use]
    pub fn known(self) -> Option<AclResourceType> {
        let place = self.0.checked_sub(FIRST_TYPE)?;
        AclResourceType::ALL.get(usize::from(place)).copied()
    }

    /// `Topic`, `Group`, ...
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.known().map_or("Unknown", AclResourceType::as_str)
    }

    /// The type that role tables call so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        AclResourceType::named_in_roles(name).map(Self::of)
    }
}

fn code(first: u8, place: Option<usize>) -> u8 {
    let place = place.and_then(|place| u8::try_from(place).ok());
    place.map_or(0, |place| first.saturating_add(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kafka 4.1 `AclOperation`, `ResourceType`.
    #[test]
    fn the_codes_are_kafkas() {
        let operations = [
            (2, "All"),
            (3, "Read"),
            (4, "Write"),
            (5, "Create"),
            (6, "Delete"),
            (7, "Alter"),
            (8, "Describe"),
            (9, "ClusterAction"),
            (10, "DescribeConfigs"),
            (11, "AlterConfigs"),
            (12, "IdempotentWrite"),
            (13, "CreateTokens"),
            (14, "DescribeTokens"),
            (15, "TwoPhaseCommit"),
        ];
        for (code, name) in operations {
            assert_eq!(Operation(code).as_str(), name);
            assert_eq!(Operation::named(name), Some(Operation(code)));
        }
        let types = [
            (2, "Topic"),
            (3, "Group"),
            (4, "Cluster"),
            (5, "TransactionalId"),
            (6, "DelegationToken"),
            (7, "User"),
        ];
        for (code, name) in types {
            assert_eq!(ResourceType(code).as_str(), name);
            assert_eq!(ResourceType::named(name), Some(ResourceType(code)));
        }
        for unknown in [0, 1, 16, 255] {
            assert_eq!(Operation(unknown).known(), None);
            assert_eq!(Operation(unknown).as_str(), "Unknown");
        }
        assert_eq!(
            (ResourceType(8).known(), ResourceType(1).known()),
            (None, None)
        );
    }
}
