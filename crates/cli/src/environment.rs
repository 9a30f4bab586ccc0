//! Every environment variable that the commands look at, and nothing else of the process.
//!
//! Each setting has our own name, which comes first, and the name that users of the reference product have in their scripts.
//! A variable that is set to nothing counts as not set.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::failure::Failure;
use crate::session::Credentials;

/// The variables, for the help of the program.
pub const ENVIRONMENT_HELP: &str =
    "Environment (in brackets the reference client's name, second choice):
  OPENMDS_URL          address of the server [CONFLUENT_PLATFORM_MDS_URL]
  OPENMDS_USERNAME     user name [CONFLUENT_PLATFORM_USERNAME]
  OPENMDS_PASSWORD     password [CONFLUENT_PLATFORM_PASSWORD]
  OPENMDS_CA           PEM file of authorities to trust
                       [CONFLUENT_PLATFORM_CERTIFICATE_AUTHORITY_PATH]
  OPENMDS_CLIENT_CERT  PEM file [CONFLUENT_PLATFORM_CLIENT_CERT_PATH]
  OPENMDS_CLIENT_KEY   PEM file [CONFLUENT_PLATFORM_CLIENT_KEY_PATH]
  OPENMDS_SSO          true: log in by single sign-on, if the server offers it
                       [CONFLUENT_PLATFORM_SSO]
  OPENMDS_CONTEXT      name of the log in to use, if not the current one
  OPENMDS_CONFIG_DIR   where log ins are kept, if not in ~/.openmds
  VISUAL, EDITOR       editor of `audit-log config edit`, if not vi
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
                       proxies, never used for this machine itself
  NO_COLOR             no colours

Exit codes: 0 done, 1 failed, 2 wrong usage. Data goes to standard output,
everything else to standard error.";

/// Settings taken from environment variables.
#[derive(Debug, Default)]
pub struct Environment {
    /// `OPENMDS_URL`, `CONFLUENT_PLATFORM_MDS_URL`: the server to log in to.
    pub url: Option<String>,
    /// `OPENMDS_USERNAME`, `CONFLUENT_PLATFORM_USERNAME`.
    pub username: Option<String>,
    /// `OPENMDS_PASSWORD`, `CONFLUENT_PLATFORM_PASSWORD`.
    pub password: Option<SecretString>,
    /// `OPENMDS_CA`, `CONFLUENT_PLATFORM_CERTIFICATE_AUTHORITY_PATH`: a PEM file of authorities to trust besides the system's.
    pub certificate_authority_path: Option<PathBuf>,
    /// `OPENMDS_CLIENT_CERT`, `CONFLUENT_PLATFORM_CLIENT_CERT_PATH`.
    pub client_cert_path: Option<PathBuf>,
    /// `OPENMDS_CLIENT_KEY`, `CONFLUENT_PLATFORM_CLIENT_KEY_PATH`.
    pub client_key_path: Option<PathBuf>,
    /// `OPENMDS_SSO`, `CONFLUENT_PLATFORM_SSO`: log in by single sign-on although user name and password are known.
    pub single_sign_on: bool,
    /// `OPENMDS_CONTEXT`: the context to use in the place of the current one.
    pub context: Option<String>,
    /// `OPENMDS_CONFIG_DIR`, else `.openmds` in the home directory: where the contexts are kept. `None`: there is neither.
    pub config_dir: Option<PathBuf>,
    /// `VISUAL`, `EDITOR`, else `vi`: the user's editor, with arguments as for a shell.
    pub editor: String,
    /// `NO_COLOR`: set to anything, output has no colours.
    pub no_color: bool,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self::from_variables(|name| std::env::var(name).ok(), std::env::home_dir())
    }

    /// Reads the settings through `variable`; `home` is the user's home directory.
    pub fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
        home: Option<PathBuf>,
    ) -> Self {
        let first = |names: &[&str]| {
            names
                .iter()
                .filter_map(|name| variable(name))
                .find(|value| !value.is_empty())
        };
        let path = |names: &[&str]| first(names).map(PathBuf::from);
        Self {
            url: first(&["OPENMDS_URL", "CONFLUENT_PLATFORM_MDS_URL"]),
            username: first(&["OPENMDS_USERNAME", "CONFLUENT_PLATFORM_USERNAME"]),
            password: first(&["OPENMDS_PASSWORD", "CONFLUENT_PLATFORM_PASSWORD"])
                .map(SecretString::from),
            certificate_authority_path: path(&[
                "OPENMDS_CA",
                "CONFLUENT_PLATFORM_CERTIFICATE_AUTHORITY_PATH",
            ]),
            client_cert_path: path(&["OPENMDS_CLIENT_CERT", "CONFLUENT_PLATFORM_CLIENT_CERT_PATH"]),
            client_key_path: path(&["OPENMDS_CLIENT_KEY", "CONFLUENT_PLATFORM_CLIENT_KEY_PATH"]),
            single_sign_on: first(&["OPENMDS_SSO", "CONFLUENT_PLATFORM_SSO"])
                .is_some_and(|value| value.eq_ignore_ascii_case("true")),
            context: first(&["OPENMDS_CONTEXT"]),
            config_dir: path(&["OPENMDS_CONFIG_DIR"])
                .or_else(|| home.map(|home| home.join(".openmds"))),
            editor: first(&["VISUAL", "EDITOR"]).unwrap_or_else(|| "vi".to_owned()),
            no_color: first(&["NO_COLOR"]).is_some(),
        }
    }

    /// User name and password, if both are there.
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        Some(Credentials {
            username: self.username.clone()?,
            password: self.password.clone()?,
        })
    }

    /// The authorities to trust, as a path that outlives the current directory.
    pub(crate) fn authority(&self) -> Result<Option<PathBuf>, Failure> {
        let path = self.certificate_authority_path.as_deref();
        path.map(absolute).transpose()
    }
}

/// The variable that sets a proxy for a server with or without TLS. The HTTP library reads them by itself; messages name them.
pub(crate) fn proxy_variable(https: bool) -> Option<&'static str> {
    let names = if https {
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    };
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    names.into_iter().find(is_set)
}

/// The path from the root: what is remembered must not depend on where a later command is typed.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| {
        Failure::new(format!("cannot find {}: {error}", path.display()))
            .hint("Write the whole path of the file")
    })
}
