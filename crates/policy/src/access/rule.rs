//! One rule of a pattern.

use crate::acl::{AclOperation, AclPermission};
use crate::rbac::AclSource;

use super::codes::Operation;

/// Who may or may not do what, from where. Rules of a pattern are sorted by principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rule {
    /// Number of the principal.
    pub(super) principal: u32,
    /// [`DENY`], [`ALLOW`], or [`FIRST_ROLE`] and the number of a role.
    pub(super) what: u8,
    /// The operation of an ACL, by Kafka's code.
    pub(super) operation: u8,
    /// 0 of the metadata service, 1 of the cluster itself.
    source: u8,
    /// Number of the host; 0 is everywhere.
    pub(super) host: u32,
}

/// An ACL that denies.
pub(super) const DENY: u8 = 0;
/// An ACL that allows.
pub(super) const ALLOW: u8 = 1;
/// A role binding with role number 0.
pub(super) const FIRST_ROLE: u8 = 2;

impl Rule {
    pub(super) const fn of_role(principal: u32, what: u8) -> Self {
        Self {
            principal,
            what,
            operation: 0,
            source: 0,
            host: 0,
        }
    }

    pub(super) fn of_acl(
        principal: u32,
        host: u32,
        operation: AclOperation,
        permission: AclPermission,
        source: AclSource,
    ) -> Self {
        Self {
            principal,
            what: match permission {
                AclPermission::Deny => DENY,
                AclPermission::Allow => ALLOW,
            },
            operation: Operation::of(operation).0,
            source: u8::from(source == AclSource::Local),
            host,
        }
    }

    pub(super) const fn source(self) -> AclSource {
        if self.source == 0 {
            AclSource::Central
        } else {
            AclSource::Local
        }
    }
}

/// Bytes of a rule beside its pattern.
pub(super) const PACKED: usize = 12;

impl Rule {
    pub(super) const fn packed(self) -> [u8; PACKED] {
        let [a, b, c, d] = self.principal.to_le_bytes();
        let [e, f, g, h] = self.host.to_le_bytes();
        [
            a,
            b,
            c,
            d,
            e,
            f,
            g,
            h,
            self.what,
            self.operation,
            self.source,
            0,
        ]
    }

    const fn unpacked(bytes: &[u8; PACKED]) -> Self {
        let [a, b, c, d, e, f, g, h, what, operation, source, _] = *bytes;
        Self {
            principal: u32::from_le_bytes([a, b, c, d]),
            host: u32::from_le_bytes([e, f, g, h]),
            what,
            operation,
            source,
        }
    }
}

/// The rules of a pattern, sorted.
#[derive(Debug, Clone, Copy)]
pub(super) struct RuleList<'a>(&'a [[u8; PACKED]]);

impl<'a> RuleList<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes.as_chunks().0)
    }

    pub(super) const fn len(self) -> usize {
        self.0.len()
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(self, place: usize) -> Option<Rule> {
        self.0.get(place).map(Rule::unpacked)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Rule> + use<'a> {
        self.0.iter().map(Rule::unpacked)
    }

    /// Where the rules about the principal begin.
    pub(super) fn first_of(self, principal: u32) -> usize {
        let before = |bytes: &[u8; PACKED]| Rule::unpacked(bytes).principal < principal;
        self.0.partition_point(before)
    }
}

/// The operations, each a bit at its code, that an ACL must have to decide about one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deciding {
    /// If it denies.
    pub(super) denying: u32,
    /// If it allows.
    pub(super) allowing: u32,
}

impl Deciding {
    pub(super) fn about(operation: Operation) -> Self {
        const ALL: u32 = 1 << 2;
        match operation.known() {
            None => Self {
                denying: ALL,
                allowing: ALL,
            },
            Some(wanted) => {
                let own = 1 << operation.0;
                let implying = AclOperation::ALL.iter().filter(|one| one.implies(wanted));
                let bits = implying.fold(0, |bits, one| bits | 1 << Operation::of(*one).0);
                Self {
                    denying: ALL | own,
                    allowing: ALL | own | bits,
                }
            }
        }
    }
}
