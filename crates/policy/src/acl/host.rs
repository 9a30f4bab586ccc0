//! Where an ACL holds.

use core::fmt::Write;
use core::net::{IpAddr, Ipv6Addr};

use alloc::string::{String, ToString};

/// The host of an ACL, read as Kafka reads it: everywhere, one address in the spelling of Java's
/// `InetAddress.getHostAddress`, or a network in CIDR form (Kafka 4.4). Any other text is a host
/// that no client comes from: Kafka compares texts and resolves no names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostRule {
    /// `*`.
    Everywhere,
    /// One address.
    Address(IpAddr),
    /// A network's address and the number of its leading bits that count.
    Network(IpAddr, u8),
    /// No address.
    Nowhere,
}

impl HostRule {
    /// Takes any text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "*" {
            return Self::Everywhere;
        }
        let network = text.split_once('/').and_then(|(address, bits)| {
            let address: IpAddr = address.parse().ok()?;
            let bits: u8 = bits.parse().ok()?;
            (bits <= width(address)).then_some(Self::Network(address, bits))
        });
        let address = || {
            let address: IpAddr = text.parse().ok()?;
            (java_text(address) == text).then_some(Self::Address(address))
        };
        network.or_else(address).unwrap_or(Self::Nowhere)
    }

    /// An address, of those that documents use (RFC 5737, RFC 3849), that none of the rules names;
    /// `None` if they name all of these.
    #[must_use]
    pub fn beyond(rules: impl Iterator<Item = Self> + Clone) -> Option<IpAddr> {
        let named = |address: &IpAddr| {
            let mut rules = rules.clone();
            rules.any(|rule| rule != Self::Everywhere && rule.covers(Some(*address), false))
        };
        let v4 = [[203, 0, 113], [198, 51, 100], [192, 0, 2]];
        let v4 = v4
            .into_iter()
            .flat_map(|[a, b, c]| (1..255).map(move |d| [a, b, c, d]));
        let v6 = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xfffe);
        let mut addresses = v4.map(IpAddr::from).chain([IpAddr::V6(v6)]);
        addresses.find(|address| !named(address))
    }

    /// Whether a client at the address is meant. If the address is not known, a denial is meant
    /// for it and an allowance is not, unless they hold everywhere.
    #[must_use]
    pub fn covers(self, host: Option<IpAddr>, denies: bool) -> bool {
        // Java knows no IPv4 address in the clothes of IPv6.
        let Some(host) = host.map(|host| host.to_canonical()) else {
            return denies || self == Self::Everywhere;
        };
        match self {
            Self::Everywhere => true,
            Self::Address(address) => address == host,
            Self::Network(address, bits) => {
                let dropped = u32::from(width(address).saturating_sub(bits));
                width(address) == width(host)
                    && (number(address) ^ number(host))
                        .checked_shr(dropped)
                        .unwrap_or(0)
                        == 0
            }
            Self::Nowhere => false,
        }
    }
}

const fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// As Java writes it: the eight numbers of an IPv6 address in full, none left out.
fn java_text(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => groups(address),
    }
}

fn groups(address: Ipv6Addr) -> String {
    let mut text = String::new();
    for (place, group) in address.segments().into_iter().enumerate() {
        let colon = if place == 0 { "" } else { ":" };
        // Writing to a text does not fail.
        let _ = write!(text, "{colon}{group:x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(rule: &str, host: &str) -> bool {
        HostRule::parse(rule).covers(Some(host.parse().unwrap()), false)
    }

    #[test]
    fn addresses_are_compared_as_java_writes_them() {
        assert!(covers("*", "10.0.0.1") && covers("*", "::1"));
        assert!(covers("10.0.0.1", "10.0.0.1") && !covers("10.0.0.1", "10.0.0.2"));
        assert!(covers("10.0.0.1", "::ffff:10.0.0.1"));
        assert!(covers("0:0:0:0:0:0:0:1", "::1"));
        for other_spelling in [
            "::1",
            "0:0:0:0:0:0:0:01",
            "[::1]",
            "localhost",
            "0:0:0:0:0:0:0:1%lo",
        ] {
            assert!(!covers(other_spelling, "::1"), "{other_spelling}");
        }
        assert!(!covers("010.0.0.1", "10.0.0.1"));
    }

    #[test]
    fn networks_hold_for_their_addresses() {
        assert!(covers("10.0.0.0/8", "10.255.0.1") && !covers("10.0.0.0/8", "11.0.0.1"));
        assert!(covers("10.1.2.3/8", "10.9.9.9"));
        assert!(covers("0.0.0.0/0", "1.2.3.4") && !covers("0.0.0.0/0", "::1"));
        assert!(covers("10.0.0.1/32", "10.0.0.1") && !covers("10.0.0.1/32", "10.0.0.0"));
        assert!(
            covers("2001:db8::/32", "2001:db8:1::1") && !covers("2001:db8::/32", "2001:db9::1")
        );
        assert!(covers("::/0", "::1") && !covers("::/0", "1.2.3.4"));
        for nonsense in ["10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0.0/-1", "a/8"] {
            assert!(!covers(nonsense, "10.0.0.0"), "{nonsense}");
        }
    }

    #[test]
    fn an_unknown_address_is_denied_and_not_allowed() {
        for rule in ["10.0.0.1", "10.0.0.0/8", "localhost"] {
            assert!(HostRule::parse(rule).covers(None, true), "{rule}");
            assert!(!HostRule::parse(rule).covers(None, false), "{rule}");
        }
        assert!(HostRule::parse("*").covers(None, false));
    }
}
