//! The words of an ACL, as Kafka spells them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::text::quotation;

/// What an ACL is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AclResourceType {
    /// A topic.
    Topic,
    /// A consumer group.
    Group,
    /// The cluster itself; its one resource is named `kafka-cluster`.
    Cluster,
    /// A transactional producer.
    TransactionalId,
    /// A delegation token; in a cluster's own ACLs only.
    DelegationToken,
    /// A user whose tokens others handle; in a cluster's own ACLs only.
    User,
}

/// What an ACL allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AclOperation {
    /// Every operation.
    All,
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Creating.
    Create,
    /// Deleting.
    Delete,
    /// Changing what it is.
    Alter,
    /// Seeing that it is there.
    Describe,
    /// What brokers do among themselves.
    ClusterAction,
    /// Reading its configuration.
    DescribeConfigs,
    /// Changing its configuration.
    AlterConfigs,
    /// Writing idempotently.
    IdempotentWrite,
    /// Creating tokens of a user; in a cluster's own ACLs only.
    CreateTokens,
    /// Seeing tokens of a user; in a cluster's own ACLs only.
    DescribeTokens,
    /// Taking part in two-phase commits; in a cluster's own ACLs only.
    TwoPhaseCommit,
}

/// Whether an ACL allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AclPermission {
    /// It forbids, whatever else allows.
    Deny,
    /// It allows.
    Allow,
}

impl AclResourceType {
    /// All types, in the order of Kafka's codes.
    pub const ALL: [Self; 6] = [
        Self::Topic,
        Self::Group,
        Self::Cluster,
        Self::TransactionalId,
        Self::DelegationToken,
        Self::User,
    ];

    /// The name in role tables and patterns.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Topic => "Topic",
            Self::Group => "Group",
            Self::Cluster => "Cluster",
            Self::TransactionalId => "TransactionalId",
            Self::DelegationToken => "DelegationToken",
            Self::User => "User",
        }
    }

    /// The type of that name.
    #[must_use]
    pub fn named_in_roles(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// Whether central ACLs are about it.
    #[must_use]
    pub fn is_central(self) -> bool {
        self.spelled().is_some()
    }
}

impl AclOperation {
    /// The name in role tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Create => "Create",
            Self::Delete => "Delete",
            Self::Alter => "Alter",
            Self::Describe => "Describe",
            Self::ClusterAction => "ClusterAction",
            Self::DescribeConfigs => "DescribeConfigs",
            Self::AlterConfigs => "AlterConfigs",
            Self::IdempotentWrite => "IdempotentWrite",
            Self::CreateTokens => "CreateTokens",
            Self::DescribeTokens => "DescribeTokens",
            Self::TwoPhaseCommit => "TwoPhaseCommit",
        }
    }

    /// All operations, in the order of Kafka's codes.
    pub const ALL: [Self; 14] = [
        Self::All,
        Self::Read,
        Self::Write,
        Self::Create,
        Self::Delete,
        Self::Alter,
        Self::Describe,
        Self::ClusterAction,
        Self::DescribeConfigs,
        Self::AlterConfigs,
        Self::IdempotentWrite,
        Self::CreateTokens,
        Self::DescribeTokens,
        Self::TwoPhaseCommit,
    ];

    /// The operation of that name.
    #[must_use]
    pub fn named_in_roles(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// Whether central ACLs are about it.
    #[must_use]
    pub fn is_central(self) -> bool {
        self.spelled().is_some()
    }

    /// Whether being allowed this means being allowed that (Kafka 4.1 `StandardAuthorizerData`).
    #[must_use]
    pub const fn implies(self, wanted: Self) -> bool {
        match wanted {
            Self::Describe => {
                matches!(self, Self::Read | Self::Write | Self::Delete | Self::Alter)
            }
            Self::DescribeConfigs => matches!(self, Self::AlterConfigs),
            _ => false,
        }
    }
}

/// An enumeration with a spelling for each value that central ACLs may have.
pub(super) trait Word: Copy + PartialEq + 'static {
    /// Those values and their spellings.
    const SPELLED: &'static [(Self, &'static str)];

    /// The value of that spelling, exactly.
    fn named(text: &str) -> Option<Self> {
        let mut spelled = Self::SPELLED.iter();
        spelled
            .find(|(_, spelling)| *spelling == text)
            .map(|(word, _)| *word)
    }

    /// The spelling, if it is one of the values.
    fn spelled(self) -> Option<&'static str> {
        let mut spelled = Self::SPELLED.iter();
        spelled
            .find(|(word, _)| *word == self)
            .map(|(_, spelling)| *spelling)
    }

    /// Why a text is none of the values.
    fn unknown(text: &str, also: &[&str]) -> String {
        let own = Self::SPELLED.iter().map(|(_, spelling)| *spelling);
        let known: Vec<&str> = own.chain(also.iter().copied()).collect();
        format!(
            "`{}` is not possible here; use {}",
            quotation(text),
            known.join(", ")
        )
    }
}

impl Word for AclResourceType {
    const SPELLED: &'static [(Self, &'static str)] = &[
        (Self::Topic, "TOPIC"),
        (Self::Group, "GROUP"),
        (Self::Cluster, "CLUSTER"),
        (Self::TransactionalId, "TRANSACTIONAL_ID"),
    ];
}

impl Word for AclOperation {
    const SPELLED: &'static [(Self, &'static str)] = &[
        (Self::All, "ALL"),
        (Self::Read, "READ"),
        (Self::Write, "WRITE"),
        (Self::Create, "CREATE"),
        (Self::Delete, "DELETE"),
        (Self::Alter, "ALTER"),
        (Self::Describe, "DESCRIBE"),
        (Self::ClusterAction, "CLUSTER_ACTION"),
        (Self::DescribeConfigs, "DESCRIBE_CONFIGS"),
        (Self::AlterConfigs, "ALTER_CONFIGS"),
        (Self::IdempotentWrite, "IDEMPOTENT_WRITE"),
    ];
}

impl Word for AclPermission {
    const SPELLED: &'static [(Self, &'static str)] =
        &[(Self::Deny, "DENY"), (Self::Allow, "ALLOW")];
}

impl Word for crate::names::PatternType {
    const SPELLED: &'static [(Self, &'static str)] =
        &[(Self::Literal, "LITERAL"), (Self::Prefixed, "PREFIXED")];
}
