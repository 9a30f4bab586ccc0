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

/// An enumeration with a spelling for each of its values.
pub(super) trait Word: Copy + 'static {
    /// All values and their spellings.
    const SPELLED: &'static [(Self, &'static str)];

    /// The value of that spelling, exactly.
    fn named(text: &str) -> Option<Self> {
        let mut spelled = Self::SPELLED.iter();
        spelled
            .find(|(_, spelling)| *spelling == text)
            .map(|(word, _)| *word)
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
