//! Every environment variable that the commands look at, and nothing else of the process.
//!
//! Each setting has our own name, which comes first, and the name that users of the reference product have in their scripts.
//! A variable that is set to nothing counts as not set.

use std::path::PathBuf;

use secrecy::SecretString;

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
  OPENMDS_CONFIG_DIR   where the session is kept, if not in ~/.openmds
  VISUAL, EDITOR       editor of `audit-log config edit`, if not vi
  NO_COLOR             no colours";

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
    /// `OPENMDS_CONFIG_DIR`, else `.openmds` in the home directory: where the session is kept. `None`: there is neither.
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
            config_dir: path(&["OPENMDS_CONFIG_DIR"])
                .or_else(|| home.map(|home| home.join(".openmds"))),
            editor: first(&["VISUAL", "EDITOR"]).unwrap_or_else(|| "vi".to_owned()),
            no_color: first(&["NO_COLOR"]).is_some(),
        }
    }
}
