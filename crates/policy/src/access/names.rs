//! Principals and hosts by number. What came with changes is numbered on from the base.

use alloc::vec::Vec;
use core::net::IpAddr;

use super::hash::Hashing;
use super::texts::Texts;
use crate::acl::HostRule;

/// A kind that no pattern has.
const PRINCIPAL: u8 = 0xff;
const HOST: u8 = 0xfe;

#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    first_principal: u32,
    principals: Texts,
    first_host: u32,
    hosts: Texts,
    host_rules: Vec<HostRule>,
}

impl Names {
    /// With `*` as the first host.
    pub(super) fn base() -> Self {
        let mut names = Self::default();
        names.add_host("*");
        names
    }

    /// Nothing yet, numbered on from the base.
    pub(super) fn after(base: &Self) -> Self {
        Self {
            first_principal: base.principals.len() as u32,
            first_host: base.hosts.len() as u32,
            ..Self::default()
        }
    }

    pub(super) fn find_principal(&self, text: &str) -> Option<u32> {
        let hash = Hashing::of(PRINCIPAL, text.as_bytes());
        let found = self.principals.find(hash, text.as_bytes(), |_| true);
        found.map(|number| self.first_principal + number)
    }

    pub(super) fn principal(&self, number: u32) -> Option<&str> {
        let own = number.checked_sub(self.first_principal)?;
        ((own as usize) < self.principals.len()).then(|| self.principals.get(own))
    }

    pub(super) fn add_principal(&mut self, text: &str) -> u32 {
        let hash = Hashing::of(PRINCIPAL, text.as_bytes());
        self.first_principal + self.principals.add(hash, text.as_bytes())
    }

    /// All principals here.
    pub(super) fn principals(&self) -> impl Iterator<Item = &str> {
        (0..self.principals.len() as u32).map(|number| self.principals.get(number))
    }

    pub(super) fn find_host(&self, text: &str) -> Option<u32> {
        let hash = Hashing::of(HOST, text.as_bytes());
        let found = self.hosts.find(hash, text.as_bytes(), |_| true);
        found.map(|number| self.first_host + number)
    }

    pub(super) fn host(&self, number: u32) -> Option<&str> {
        let own = number.checked_sub(self.first_host)?;
        ((own as usize) < self.hosts.len()).then(|| self.hosts.get(own))
    }

    pub(super) fn add_host(&mut self, text: &str) -> u32 {
        let hash = Hashing::of(HOST, text.as_bytes());
        self.host_rules.push(HostRule::parse(text));
        self.first_host + self.hosts.add(hash, text.as_bytes())
    }

    /// Whether the host of that number, if it is one of these, is where the client is.
    pub(super) fn covers(&self, number: u32, host: Option<IpAddr>, denies: bool) -> Option<bool> {
        let own = number.checked_sub(self.first_host)?;
        let rule = self.host_rules.get(own as usize)?;
        Some(rule.covers(host, denies))
    }

    /// Bytes on the heap.
    pub(super) const fn size(&self) -> usize {
        let rules = self.host_rules.capacity() * size_of::<HostRule>();
        self.principals.size() + self.hosts.size() + rules
    }
}
