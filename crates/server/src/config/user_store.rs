//! Where users are known, and by what they may prove who they are (`rbac-registry-tokens.md` 3.4).

use std::path::PathBuf;
use std::time::Duration;

use super::access_tokens::AccessTokenSettings;
use super::ldap::LdapSettings;
use super::reader::Reader;
use crate::directory::certificate::PrincipalMapping;

const STORE: &str = "confluent.metadata.server.user.store";
const USERS: &str = "confluent.metadata.server.user.store.file.path";
const CLIENT_AUTHENTICATION: &str = "confluent.metadata.server.ssl.client.authentication";
const MAPPING: &str = "confluent.metadata.server.auth.ssl.principal.mapping.rules";

/// Where users are known.
#[derive(Clone)]
pub struct UserStoreSettings {
    /// Users and groups in files.
    pub files: FileStoreSettings,
    /// An LDAP directory.
    pub ldap: Option<LdapSettings>,
    /// An identity provider whose access tokens are taken.
    pub access_tokens: Option<AccessTokenSettings>,
    /// From certificates to users; absent: certificates prove nothing.
    pub certificates: Option<PrincipalMapping>,
}

/// Users and groups in files.
#[derive(Debug, Clone)]
pub struct FileStoreSettings {
    /// Lines `name:hash`.
    pub users: Option<PathBuf>,
    /// Lines `group:user1,user2`.
    pub groups: Option<PathBuf>,
    /// How often both are read again; zero: never.
    pub refresh: Duration,
}

impl UserStoreSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        reader.one_of(
            STORE,
            &[
                "FILE",
                "LDAP",
                "OAUTH",
                "LDAP_WITH_OAUTH",
                "FILE_WITH_OAUTH",
                "NONE",
            ],
            "",
        );
        let store = reader.text(STORE).unwrap_or("FILE").to_string();
        let files = FileStoreSettings::read(
            reader,
            !store.starts_with("LDAP") && store != "NONE" && store != "OAUTH",
        );
        let ldap = store
            .starts_with("LDAP")
            .then(|| LdapSettings::read(reader));
        let oauth = store.ends_with("OAUTH");
        let access_tokens = oauth.then(|| AccessTokenSettings::read(reader));
        let certificates = certificates(reader);
        if store == "NONE" && certificates.is_none() {
            reader.fault(
                STORE,
                format!("NONE leaves client certificates only: set {CLIENT_AUTHENTICATION} to REQUESTED or REQUIRED"),
            );
        }
        Self {
            files,
            ldap,
            access_tokens,
            certificates,
        }
    }
}

impl FileStoreSettings {
    fn read(reader: &mut Reader, with_users: bool) -> Self {
        let users = if with_users {
            Some(reader.required(USERS, "the file of users, one `name:hash` a line"))
        } else {
            None
        };
        Self {
            users: users.map(PathBuf::from),
            groups: reader.path("openmds.user.store.file.groups.path"),
            refresh: reader.millis_or_zero("openmds.user.store.file.refresh.interval.ms", 10_000),
        }
    }
}

/// The mapping, if the listeners ask for certificates (`rbac-registry-tokens.md` 3.4.5).
fn certificates(reader: &mut Reader) -> Option<PrincipalMapping> {
    let asked = reader.text(CLIENT_AUTHENTICATION).unwrap_or("NONE") != "NONE";
    let mapping = match reader.text(MAPPING).map(PrincipalMapping::parse) {
        None => PrincipalMapping::default(),
        Some(Ok(mapping)) => mapping,
        Some(Err(error)) => {
            reader.fault(MAPPING, error.to_string());
            return None;
        }
    };
    asked.then_some(mapping)
}
