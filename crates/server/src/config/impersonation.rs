//! Who may act in whose name (`rbac-registry-tokens.md` 3.5).

use std::collections::BTreeSet;

use openmds_policy::names::Principal;

use super::reader::Reader;

/// Who may act in whose name.
#[derive(Debug, Clone, Default)]
pub struct Impersonation {
    /// Users and groups who may act in others' names; usually nobody.
    pub super_users: BTreeSet<Principal>,
    /// Users and members of groups in whose name nobody may act; static super users are among
    /// them in any case.
    pub protected: BTreeSet<Principal>,
}

impl Impersonation {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let server = "confluent.metadata.server.impersonation";
        Self {
            super_users: principals(reader, &format!("{server}.super.users")),
            protected: principals(reader, &format!("{server}.protected.users")),
        }
    }
}

/// Principals separated by `;`. One that cannot be read is a fault: a list that loses an entry
/// protects less than it says.
pub(super) fn principals(reader: &mut Reader, property: &str) -> BTreeSet<Principal> {
    let mut principals = BTreeSet::new();
    for text in reader.list(property, ';') {
        match Principal::parse(&text) {
            Ok(principal) => {
                principals.insert(principal);
            }
            Err(error) => reader.fault(property, error.to_string()),
        }
    }
    principals
}
