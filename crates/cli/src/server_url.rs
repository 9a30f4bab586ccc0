//! The address of a metadata server, completed where the user left something out.
//!
//! Rules: the reference client's (mds-api 2.1): no scheme means https, no port means 8090.

use std::fmt;

use openmds_policy::names::is_loopback;

use crate::failure::Failure;

const DEFAULT_PORT: u16 = 8090;

/// `scheme://host:port`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerUrl {
    text: String,
    assumed: Option<&'static str>,
}

impl ServerUrl {
    /// Reads what the user wrote.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let trimmed = text.trim();
        let (scheme, rest, scheme_assumed) = match trimmed.split_once("://") {
            Some((scheme, rest)) => (scheme, rest, false),
            None => ("https", trimmed, true),
        };
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, path.trim_matches('/')),
            None => (rest, ""),
        };
        let port_assumed = !has_port(authority);
        let mut completed = format!("{}://{authority}", scheme.to_ascii_lowercase());
        if port_assumed {
            completed.push_str(&format!(":{DEFAULT_PORT}"));
        }
        if !path.is_empty() {
            completed.push('/');
            completed.push_str(path);
        }
        let valid = reqwest::Url::parse(&completed).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host_str().is_some_and(|host| !host.is_empty())
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if !valid || authority.is_empty() || authority.starts_with(':') {
            return Err(
                Failure::usage(format!("invalid server URL \"{trimmed}\"")).hint(
                    "Write it as http(s)://HOST:PORT, for example https://mds.example.com:8090",
                ),
            );
        }
        Ok(Self {
            text: completed,
            assumed: match (scheme_assumed, port_assumed) {
                (true, true) => Some("Assuming https protocol and default MDS port 8090."),
                (true, false) => Some("Assuming https protocol."),
                (false, true) => Some("Assuming default MDS port 8090."),
                (false, false) => None,
            },
        })
    }

    /// What was filled in, as a sentence for the user.
    pub(crate) fn assumed(&self) -> Option<&'static str> {
        self.assumed
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is this machine itself.
    pub(crate) fn is_loopback(&self) -> bool {
        reqwest::Url::parse(&self.text)
            .is_ok_and(|url| is_loopback(url.host_str().unwrap_or_default()))
    }

    pub(crate) fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

fn has_port(authority: &str) -> bool {
    // An IPv6 address has colons of its own, inside brackets.
    let after_address = authority
        .rsplit_once(']')
        .map_or(authority, |(_, rest)| rest);
    after_address.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completes_what_is_missing() {
        for (written, completed) in [
            ("test.com", "https://test.com:8090"),
            ("test.com:80", "https://test.com:80"),
            ("http://test.com", "http://test.com:8090"),
            ("127.0.0.1", "https://127.0.0.1:8090"),
            ("HTTPS://mds:8090/", "https://mds:8090"),
            ("[::1]", "https://[::1]:8090"),
            ("http://[::1]:9", "http://[::1]:9"),
            ("https://gate:443/mds/", "https://gate:443/mds"),
        ] {
            assert_eq!(
                ServerUrl::parse(written).map(|url| url.text),
                Ok(completed.to_owned())
            );
        }
    }

    #[test]
    fn says_what_was_assumed() {
        let assumed = |text| ServerUrl::parse(text).ok().and_then(|url| url.assumed());
        assert_eq!(
            assumed("test.com"),
            Some("Assuming https protocol and default MDS port 8090.")
        );
        assert_eq!(
            assumed("http://test.com"),
            Some("Assuming default MDS port 8090.")
        );
        assert_eq!(assumed("test.com:80"), Some("Assuming https protocol."));
        assert_eq!(assumed("http://test.com:80"), None);
    }

    #[test]
    fn refuses_what_is_no_address() {
        for written in [
            "",
            "http:///test",
            "ftp://host:21",
            "https://:8090",
            "http://host:port",
            "http://u:p@host:1",
            "http://host:1?x",
        ] {
            let exit_code = ServerUrl::parse(written).map_err(|failure| failure.exit_code());
            assert_eq!(exit_code, Err(2), "{written}");
        }
    }
}
