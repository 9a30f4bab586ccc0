//! Everybody who may do something.

use alloc::collections::BTreeMap;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use super::codes::{Operation, ResourceType};
use super::index::Index;
use super::rule::ALLOW;
use super::subject::EVERYBODY;
use super::verdict::{Reason, Verdict};
use crate::acl::HostRule;

/// Somebody who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhoCan<'a> {
    /// The user or group, with its type. `User:*` is everybody who is not denied.
    pub principal: &'a str,
    /// What allows it.
    pub reason: Reason<'a>,
    /// Only from there, as the ACL says it; `None` from everywhere.
    pub host: Option<&'a str>,
}

impl Index {
    /// Lists every principal that rules, the directory's groups or the settings name and that may
    /// do it, by name: users of the directory also where a group of theirs may. Off the path of
    /// requests: it decides for each principal there is.
    #[must_use]
    pub fn who_can(
        &self,
        operation: Operation,
        resource_type: ResourceType,
        name: &str,
    ) -> Vec<WhoCan<'_>> {
        let mut found: BTreeMap<&str, WhoCan<'_>> = BTreeMap::new();
        for principal in self.known_principals() {
            let verdict = self.verdict_on(principal, None, operation, resource_type, name);
            if verdict.is_allowed() {
                let reason = self.reason(verdict);
                found.insert(
                    principal,
                    WhoCan {
                        principal,
                        reason,
                        host: None,
                    },
                );
            }
        }
        // Those who may from some hosts only.
        for place in self.covering(resource_type, name) {
            let rules = self.layer(place).patterns.rules(place.pattern);
            for rule in rules
                .iter()
                .filter(|rule| rule.what == ALLOW && rule.host != 0)
            {
                let (principal, host) = (self.principal(rule.principal), self.host(rule.host));
                let Some(address) = address_of(host) else {
                    continue;
                };
                let verdict =
                    self.verdict_on(principal, Some(address), operation, resource_type, name);
                if verdict.is_allowed() && !found.contains_key(principal) {
                    let reason = self.reason(verdict);
                    found.insert(
                        principal,
                        WhoCan {
                            principal,
                            reason,
                            host: Some(host),
                        },
                    );
                }
            }
        }
        found.into_values().collect()
    }

    fn verdict_on(
        &self,
        principal: &str,
        host: Option<IpAddr>,
        operation: Operation,
        resource_type: ResourceType,
        name: &str,
    ) -> Verdict {
        let subject = self.subject(principal, &[]);
        self.decide(&subject, host, operation, resource_type, name)
    }

    fn known_principals(&self) -> BTreeSet<&str> {
        let super_users = self.settings.super_users.iter().map(String::as_str);
        let named = self.layers().flat_map(|layer| layer.names.principals());
        super_users.chain(named).chain([EVERYBODY]).collect()
    }
}

/// An address that the host of an ACL means.
fn address_of(host: &str) -> Option<IpAddr> {
    match HostRule::parse(host) {
        HostRule::Address(address) | HostRule::Network(address, _) => Some(address),
        HostRule::Everywhere | HostRule::Nowhere => None,
    }
}
