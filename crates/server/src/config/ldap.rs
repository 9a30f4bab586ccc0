//! An LDAP directory, in the names of the reference (`rbac-registry-tokens.md` 3.4.1).

use std::time::Duration;

use openmds_kafka::{Tls, connection_from_properties};
use openmds_policy::names::is_loopback;
use regex::Regex;
use secrecy::SecretString;

use super::client::context;
use super::reader::Reader;

const PREFIX: &str = "ldap.";
const URLS: &str = "ldap.java.naming.provider.url";
const AUTHENTICATION: &str = "ldap.java.naming.security.authentication";
const PRINCIPAL: &str = "ldap.java.naming.security.principal";
const CREDENTIALS: &str = "ldap.java.naming.security.credentials";
const PROTOCOL: &str = "ldap.java.naming.security.protocol";
const START_TLS: &str = "openmds.ldap.starttls";
const PAGE: &str = "openmds.ldap.page.size";

/// Names under [`PREFIX`] that are read; one that ends in a dot stands for all that begin so.
pub(super) const READ: [&str; 29] = [
    "java.naming.provider.url",
    "java.naming.security.authentication",
    "java.naming.security.principal",
    "java.naming.security.credentials",
    "java.naming.security.protocol",
    "java.naming.factory.initial",
    "com.sun.jndi.ldap.read.timeout",
    "com.sun.jndi.ldap.connect.timeout",
    "search.mode",
    "group.authorization.enable",
    "group.search.base",
    "group.search.filter",
    "group.search.scope",
    "group.object.class",
    "group.name.attribute",
    "group.name.attribute.pattern",
    "group.member.attribute",
    "group.member.attribute.pattern",
    "user.search.base",
    "user.search.filter",
    "user.search.scope",
    "user.object.class",
    "user.name.attribute",
    "user.name.attribute.pattern",
    "user.memberof.attribute",
    "user.memberof.attribute.pattern",
    "refresh.interval.ms",
    "retry.timeout.ms",
    "principal.mapping",
];

/// How an LDAP directory is reached and searched.
#[derive(Debug, Clone)]
pub struct LdapSettings {
    /// Servers with the same content, tried in order.
    pub urls: Vec<String>,
    /// The account that searches; absent: anonymous.
    pub account: Option<(String, SecretString)>,
    /// Trust, and perhaps a certificate of our own, for LDAPS and StartTLS.
    pub tls: Option<Tls>,
    /// Whether `ldap://` is upgraded before anything is sent.
    pub start_tls: bool,
    /// Longest wait for an answer.
    pub read_timeout: Duration,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Whence groups come; absent: from nowhere.
    pub groups: Option<GroupSearch>,
    /// Where users are.
    pub users: Search,
    /// The user's groups, in the user's entry.
    pub member_of: NameAttribute,
    /// How often groups are read.
    pub refresh: Duration,
    /// How long groups hold while they cannot be read.
    pub retry_timeout: Duration,
    /// Whether a token carries the directory's spelling of a name, not the typed one.
    pub directory_spelling: bool,
    /// Entries asked for at once.
    pub page_size: i32,
    /// How long a verified password need not be verified again; zero: always again.
    pub verified_life: Duration,
}

/// Whence groups come.
#[derive(Debug, Clone)]
pub enum GroupSearch {
    /// From entries of groups, which name their members.
    Groups {
        /// Where they are, and what names them.
        groups: Search,
        /// What names a member.
        member: NameAttribute,
    },
    /// From entries of users, which name their groups.
    Users,
}

/// Where entries are, and what names them.
#[derive(Debug, Clone)]
pub struct Search {
    /// The distinguished name below which to search.
    pub base: String,
    /// 0: the base alone, 1: one level, 2: the whole tree.
    pub scope: u8,
    /// Class and additional filter, as one filter.
    pub filter: String,
    /// What names an entry.
    pub name: NameAttribute,
}

/// An attribute that holds a name, perhaps inside of a longer text.
#[derive(Debug, Clone)]
pub struct NameAttribute {
    /// The attribute.
    pub attribute: String,
    /// The whole text; its first group, if it has one, is the name.
    pub pattern: Option<Regex>,
}

impl NameAttribute {
    /// The name in a value; nothing if the pattern does not match.
    #[must_use]
    pub fn name_in(&self, value: &str) -> Option<String> {
        let Some(pattern) = &self.pattern else {
            return Some(value.to_string());
        };
        let captures = pattern.captures(value)?;
        let name = captures.get(1).or_else(|| captures.get(0))?;
        Some(name.as_str().to_string())
    }
}

impl LdapSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        check_names(reader);
        let start_tls = reader.flag(START_TLS);
        let urls = urls(reader, start_tls);
        let encrypted = start_tls || urls.iter().any(|url| url.starts_with("ldaps://"));
        reader.one_of("ldap.search.mode", &["GROUPS", "USERS"], "");
        reader.one_of("ldap.principal.mapping", &["ldap", "default"], "");
        let users = search(reader, "user", "ou=users", "organizationalRole", "uid");
        let member_of = attribute(reader, "ldap.user.memberof.attribute", "memberof");
        let on = reader.text("ldap.group.authorization.enable") != Some("false");
        let groups = match reader.text("ldap.search.mode") {
            _ if !on => None,
            Some("USERS") => Some(GroupSearch::Users),
            _ => Some(GroupSearch::Groups {
                groups: search(reader, "group", "ou=groups", "groupOfNames", "cn"),
                member: attribute(reader, "ldap.group.member.attribute", "member"),
            }),
        };
        Self {
            account: account(reader),
            tls: if encrypted { tls(reader) } else { None },
            start_tls,
            read_timeout: reader.millis("ldap.com.sun.jndi.ldap.read.timeout", 10_000),
            connect_timeout: reader.millis("ldap.com.sun.jndi.ldap.connect.timeout", 5_000),
            groups,
            users,
            member_of,
            refresh: reader.millis("ldap.refresh.interval.ms", 60_000),
            retry_timeout: reader.millis("ldap.retry.timeout.ms", 86_400_000),
            directory_spelling: reader.text("ldap.principal.mapping") != Some("default"),
            page_size: page_size(reader),
            verified_life: reader.millis_or_zero("openmds.ldap.verified.life.ms", 10_000),
            urls,
        }
    }
}

fn check_names(reader: &mut Reader) {
    for name in reader.under(PREFIX).into_keys() {
        let property = format!("{PREFIX}{name}");
        if name.starts_with("sasl.") {
            reader.fault(
                &property,
                "Kerberos is not supported; use simple authentication over TLS",
            );
        } else if !name.starts_with("ssl.") && !READ.contains(&name.as_str()) {
            reader.fault(&property, "is not a property of this version");
        }
    }
}

fn urls(reader: &mut Reader, start_tls: bool) -> Vec<String> {
    reader.required(
        URLS,
        "the directory's address, such as ldaps://ldap.example.com:636; several are separated by blanks",
    );
    // Java turns every connection into TLS by this.
    let tls = reader
        .text(PROTOCOL)
        .is_some_and(|protocol| protocol.eq_ignore_ascii_case("ssl"));
    let mut urls = Vec::new();
    for url in reader.list(URLS, ' ') {
        let url = match url.strip_prefix("ldap://") {
            Some(rest) if tls && !start_tls => format!("ldaps://{rest}"),
            _ => url,
        };
        let Some((scheme @ ("ldap" | "ldaps"), host)) = url.split_once("://") else {
            reader.fault(
                URLS,
                format!("`{url}` is not `ldap://host:port` or `ldaps://host:port`"),
            );
            continue;
        };
        let host = host.split('/').next().unwrap_or_default();
        let bare = host.rsplit_once(':').map_or(host, |(host, _)| host);
        if bare.is_empty() {
            reader.fault(URLS, format!("`{url}` names no host"));
        }
        if scheme == "ldap" && !start_tls && !is_loopback(bare) {
            reader.warnings.push(format!(
                "{URLS}: passwords go to {host} in clear; use ldaps:// or {START_TLS}=true"
            ));
        }
        urls.push(format!("{scheme}://{host}"));
    }
    urls
}

fn account(reader: &mut Reader) -> Option<(String, SecretString)> {
    reader.one_of(
        AUTHENTICATION,
        &["simple", "none"],
        " (Kerberos is not supported)",
    );
    let named = reader.text(PRINCIPAL).is_some();
    if reader.text(AUTHENTICATION) == Some("none") || !named {
        return None;
    }
    let principal = reader.required(PRINCIPAL, "the account that searches");
    // A bind with a name and an empty password succeeds anonymously (RFC 4513, 5.1.2).
    let credentials = reader.required(CREDENTIALS, "the password of the account that searches");
    Some((principal, SecretString::from(credentials)))
}

fn tls(reader: &mut Reader) -> Option<Tls> {
    let mut properties = reader.under(PREFIX);
    properties.retain(|name, _| name.starts_with("ssl."));
    properties.insert("security.protocol".to_string(), "SSL".to_string());
    properties.insert("bootstrap.servers".to_string(), "127.0.0.1:1".to_string());
    match connection_from_properties(&properties, &context(PREFIX, None)) {
        Ok(connection) => Some(connection.tls),
        Err(errors) => {
            reader.faults_of(errors);
            None
        }
    }
}

fn search(reader: &mut Reader, what: &str, base: &str, class: &str, name: &str) -> Search {
    let text = |reader: &Reader, property: &str, default: &str| {
        let property = format!("ldap.{what}.{property}");
        reader.text(&property).unwrap_or(default).to_string()
    };
    let class = text(reader, "object.class", class);
    let additional = text(reader, "search.filter", "");
    let filter = format!(
        "(&(objectClass={}){additional})",
        ldap3::ldap_escape(class.as_str())
    );
    if ldap3::parse_filter(&filter).is_err() {
        reader.fault(
            &format!("ldap.{what}.search.filter"),
            format!("`{additional}` is no LDAP filter, such as `(mail=*)`"),
        );
    }
    let scope = format!("ldap.{what}.search.scope");
    reader.one_of(&scope, &["1", "0", "2"], ": base, one level, whole tree");
    Search {
        scope: reader
            .text(&scope)
            .and_then(|scope| scope.parse().ok())
            .unwrap_or(1),
        base: text(reader, "search.base", base),
        filter,
        name: attribute(reader, &format!("ldap.{what}.name.attribute"), name),
    }
}

fn attribute(reader: &mut Reader, property: &str, default: &str) -> NameAttribute {
    let of_pattern = format!("{property}.pattern");
    let pattern = reader
        .text(&of_pattern)
        .map(|text| Regex::new(&format!(r"\A(?:{text})\z")));
    let pattern = match pattern.transpose() {
        Ok(pattern) => pattern,
        Err(error) => {
            reader.fault(&of_pattern, error.to_string());
            None
        }
    };
    NameAttribute {
        attribute: reader.text(property).unwrap_or(default).to_string(),
        pattern,
    }
}

fn page_size(reader: &mut Reader) -> i32 {
    let Some(text) = reader.text(PAGE) else {
        return 500;
    };
    match text.parse() {
        Ok(size) if size > 0 => size,
        _ => {
            let message = format!("`{text}` is not a number above 0");
            reader.fault(PAGE, message);
            500
        }
    }
}
