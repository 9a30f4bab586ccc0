//! Checking a password: find the user's entry, then log in as it.

use ldap3::ldap_escape;
use secrecy::{ExposeSecret as _, SecretString};

use super::connection::{Connections, explain};
use super::entries::{Entry, search};
use crate::config::LdapSettings;

/// Results that mean no: constraint violated (locked), no such object, inappropriate
/// authentication, invalid credentials, insufficient rights, unwilling (RFC 4511, appendix A).
const REFUSALS: [u32; 6] = [19, 32, 48, 49, 50, 53];

/// The user's name, if the password is right; an error if the directory does not say.
pub(super) async fn log_in(
    connections: &Connections,
    settings: &LdapSettings,
    name: &str,
    password: &SecretString,
) -> Result<Option<String>, String> {
    // A bind without a password succeeds for everybody (RFC 4513, 5.1.2).
    if name.is_empty() || password.expose_secret().is_empty() {
        return Ok(None);
    }
    let users = &settings.users;
    let filter = format!(
        "(&{}({}={}))",
        users.filter,
        users.name.attribute,
        ldap_escape(name)
    );
    let attributes = [users.name.attribute.as_str()];
    let found = search(connections, settings, users, &filter, &attributes).await?;
    let entry = match found.as_slice() {
        [] => return Ok(None),
        [entry] => entry,
        several => {
            tracing::warn!(
                user = name,
                entries = several.len(),
                "several entries of the directory have this name: none of them can log in; narrow ldap.user.search.base or ldap.user.search.filter"
            );
            return Ok(None);
        }
    };
    let Some(spelt) = spelling(entry, settings, name) else {
        return Ok(None);
    };
    if entry.dn.is_empty() {
        return Ok(None);
    }
    let mut ldap = connections.open().await?;
    let result = ldap
        .with_timeout(settings.read_timeout)
        .simple_bind(&entry.dn, password.expose_secret())
        .await
        .map_err(|error| explain(&error))?;
    if let Err(error) = ldap.unbind().await {
        tracing::debug!("leaving an LDAP connection: {error}");
    }
    match result.rc {
        0 => Ok(Some(spelt)),
        refused if REFUSALS.contains(&refused) => {
            tracing::debug!(
                user = name,
                result = refused,
                "the directory refuses a password"
            );
            Ok(None)
        }
        other => Err(format!("LDAP result {other} ({})", result.text)),
    }
}

/// The directory compares names without regard to case; bindings do not. So the name is the
/// directory's (`rbac-registry-tokens.md` 8.2).
fn spelling(entry: &Entry, settings: &LdapSettings, typed: &str) -> Option<String> {
    let values = entry.values.first()?;
    let same = values
        .iter()
        .find(|value| value.to_lowercase() == typed.to_lowercase());
    let value = same.or_else(|| values.first())?;
    let value = if settings.directory_spelling {
        value.as_str()
    } else {
        typed
    };
    settings.users.name.name_in(value)
}
