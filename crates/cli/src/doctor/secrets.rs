//! Passwords in the file, and files that others may read.

use super::{Access, Examined};

/// Bits for everybody else, and for the group.
const OTHERS: u32 = 0o007;
const GROUP: u32 = 0o070;

/// Properties that name a file with a secret in it.
const SECRET_FILES: [&str; 4] = [
    "ssl.keystore.location",
    "token.key.path",
    "user.store.file.path",
    "password.file",
];
/// Properties that name a file without one.
const OPEN_FILES: [&str; 1] = ["ssl.truststore.location"];

pub(super) fn check(examined: &mut Examined<'_>) {
    let secrets: Vec<&str> = examined
        .properties
        .iter()
        .filter(|property| holds_secret(&property.name, &property.value))
        .map(|property| property.name.as_str())
        .collect();
    if let Some(name) = secrets.first() {
        let count = secrets.len();
        let what = format!(
            "a password stands here in clear ({count} such {} in the file)",
            if count == 1 { "line" } else { "lines" }
        );
        let fix = "chmod 600 the file, or take the value from a config provider: ${file:/path:key}";
        match examined.around.mode {
            Some(mode) if mode & OTHERS != 0 => examined.error(
                "password-in-open-file",
                name,
                format!("{what}, and everybody on this machine may read it"),
                fix,
            ),
            Some(mode) if mode & GROUP != 0 => examined.warning(
                "password-in-open-file",
                name,
                format!("{what}, and the file's group may read it"),
                fix,
            ),
            _ => examined.note(
                "password-in-clear",
                name,
                what,
                "a config provider would keep it out of the file: ${file:/path:key}",
            ),
        }
    }
    for property in examined.properties {
        let (name, path) = (property.name.as_str(), property.value.trim());
        let ends = |list: &[&str]| list.iter().any(|end| name.ends_with(end));
        let secret = ends(&SECRET_FILES);
        if path.is_empty() || path.contains("${") || !(secret || ends(&OPEN_FILES)) {
            continue;
        }
        match (examined.around.look)(path) {
            Access::Missing => examined.error(
                "no-file",
                name,
                format!("{path} is not there"),
                "correct the path, or make the file",
            ),
            Access::Unreadable => examined.warning(
                "unreadable-file",
                name,
                format!("{path} cannot be read by this user"),
                "run this as the user who runs the process, or make the file readable for it",
            ),
            Access::Readable(Some(mode)) if secret && mode & OTHERS != 0 => examined.error(
                "open-key-file",
                name,
                format!("everybody on this machine may read {path}"),
                "chmod 600 it",
            ),
            Access::Readable(_) => {}
        }
    }
}

/// Whether the value is a password, or holds one, that no config provider supplies.
fn holds_secret(name: &str, value: &str) -> bool {
    let filled = |value: &str| !value.trim().is_empty() && !value.trim_start().starts_with("${");
    if name.ends_with(".password")
        || name.ends_with(".client.secret")
        || name.ends_with("ssl.keystore.key")
    {
        return filled(value);
    }
    if !name.ends_with("sasl.jaas.config") {
        return false;
    }
    let mut quoted = ["password=\"", "clientSecret=\""]
        .iter()
        .flat_map(|name| value.split(name).skip(1));
    quoted.any(|rest| rest.split('"').next().is_some_and(filled))
        || value.split_whitespace().any(|word| {
            word.starts_with("user_")
                && word
                    .split_once('=')
                    .is_some_and(|(_, secret)| filled(secret.trim_matches(['"', ';'])))
        })
}
