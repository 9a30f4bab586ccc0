//! Users and groups in a real OpenLDAP directory (`rbac-registry-tokens.md` 3.4.1 and 8.2).

mod encrypted;
mod failing;
mod groups;
mod login;
mod slapd;

use slapd::Slapd;

use crate::world::World;

impl World {
    /// A server that finds its users in this directory, besides none of its own.
    pub(crate) fn with_ldap(directory: &Slapd) -> Self {
        let mut world = Self::new();
        let server = "confluent.metadata.server";
        world
            .set(&format!("{server}.user.store"), "LDAP")
            .unset(&format!("{server}.user.store.file.path"))
            .set("ldap.java.naming.provider.url", &directory.url())
            .set("ldap.java.naming.security.principal", slapd::READER)
            .set("ldap.java.naming.security.credentials", "reader-secret")
            .set("ldap.user.search.base", "ou=users,dc=example,dc=org")
            .set("ldap.user.object.class", "inetOrgPerson")
            .set("ldap.group.search.base", "ou=groups,dc=example,dc=org")
            .set(
                "ldap.group.member.attribute.pattern",
                "uid=([^,]*),ou=users,.*",
            )
            .set("ldap.com.sun.jndi.ldap.read.timeout", "3000")
            .set("ldap.refresh.interval.ms", "200")
            .set("openmds.ldap.verified.life.ms", "0");
        world
    }
}
