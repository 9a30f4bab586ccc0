//! Which ACLs a client means.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::binding::{AclBinding, AclEntry, AclPattern, Faults};
use super::words::{AclOperation, AclPermission, AclResourceType, Word};
use crate::audit::FieldError;
use crate::names::{PatternType, Principal};

/// Which patterns a filter's name is compared with, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternTypeFilter {
    /// Patterns of both types that have that very name.
    Any,
    /// Patterns that cover a resource of that name: literal, `*` and prefixed ones.
    Match,
    /// Patterns of one type that have that very name.
    Only(PatternType),
}

/// A set of ACLs; what is `None` does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AclFilter {
    /// About resources of that type.
    pub resource_type: Option<AclResourceType>,
    /// See [`PatternTypeFilter`].
    pub name: Option<String>,
    /// See [`PatternTypeFilter`].
    pub pattern_type: PatternTypeFilter,
    /// About exactly that principal: `User:*` is no wildcard here.
    pub principal: Option<Principal>,
    /// About exactly that host: `*` is no wildcard here.
    pub host: Option<String>,
    /// About exactly that operation: `ALL` is no wildcard here.
    pub operation: Option<AclOperation>,
    /// That allow, or that deny.
    pub permission_type: Option<AclPermission>,
}

/// The texts of a filter as a client wrote them.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of a filter, each as text")]
pub struct WrittenFilter<'a> {
    pub resource_type: &'a str,
    pub name: Option<&'a str>,
    pub pattern_type: &'a str,
    pub principal: Option<&'a str>,
    pub host: Option<&'a str>,
    pub operation: &'a str,
    pub permission_type: &'a str,
}

const ANY: &str = "ANY";
const MATCH: &str = "MATCH";

/// A word, `None` for `ANY`, or a fault: also for `UNKNOWN`, which Kafka refuses in filters
/// (Kafka 4.1 `AclControlManager.validateFilter`).
fn word_or_any<W: Word>(faults: &mut Faults, path: &str, text: &str) -> Option<W> {
    if text == ANY {
        None
    } else {
        faults.word(path, text, &[ANY])
    }
}

fn text_or_any(faults: &mut Faults, path: &str, text: Option<&str>) -> Option<String> {
    if text == Some("") {
        faults.add(path, "is empty; leave it away to match all".to_string());
    }
    text.map(ToString::to_string)
}

impl AclFilter {
    /// Takes a filter, or names everything that is wrong with it.
    pub fn parse(written: &WrittenFilter<'_>) -> Result<Self, Vec<FieldError>> {
        let mut faults = Faults::default();
        let resource_type = "patternFilter.resourceType";
        let resource_type = word_or_any(&mut faults, resource_type, written.resource_type);
        let name = text_or_any(&mut faults, "patternFilter.name", written.name);
        let pattern_type = match written.pattern_type {
            ANY => PatternTypeFilter::Any,
            MATCH => PatternTypeFilter::Match,
            text => {
                let only = faults.word("patternFilter.patternType", text, &[ANY, MATCH]);
                only.map_or(PatternTypeFilter::Any, PatternTypeFilter::Only)
            }
        };
        let principal = written.principal;
        let principal = principal.and_then(|text| faults.principal("entryFilter.principal", text));
        let host = text_or_any(&mut faults, "entryFilter.host", written.host);
        let operation = word_or_any(&mut faults, "entryFilter.operation", written.operation);
        let permission_type = "entryFilter.permissionType";
        let permission_type = word_or_any(&mut faults, permission_type, written.permission_type);
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        Ok(Self {
            resource_type,
            name,
            pattern_type,
            principal,
            host,
            operation,
            permission_type,
        })
    }

    /// Whether the ACL is meant (Kafka `AclBindingFilter.matches`).
    #[must_use]
    pub fn matches(&self, acl: &AclBinding) -> bool {
        self.matches_pattern(&acl.pattern) && self.matches_entry(&acl.entry)
    }

    /// Kafka `ResourcePatternFilter.matches`.
    fn matches_pattern(&self, pattern: &AclPattern) -> bool {
        let same_name = |name: &String| *name == pattern.name;
        let covered = |name: &String| match pattern.pattern_type {
            PatternType::Literal => same_name(name) || pattern.name == "*",
            PatternType::Prefixed => name.starts_with(&pattern.name),
        };
        let name = self.name.as_ref();
        self.resource_type
            .is_none_or(|one| one == pattern.resource_type)
            && match self.pattern_type {
                PatternTypeFilter::Any => name.is_none_or(same_name),
                PatternTypeFilter::Match => name.is_none_or(covered),
                PatternTypeFilter::Only(one) => {
                    one == pattern.pattern_type && name.is_none_or(same_name)
                }
            }
    }

    /// Kafka `AccessControlEntryFilter.matches`.
    fn matches_entry(&self, entry: &AclEntry) -> bool {
        self.principal
            .as_ref()
            .is_none_or(|one| *one == entry.principal)
            && self.host.as_ref().is_none_or(|one| *one == entry.host)
            && self.operation.is_none_or(|one| one == entry.operation)
            && self
                .permission_type
                .is_none_or(|one| one == entry.permission_type)
    }
}
