//! Users in a file: `name:hash` a line (`rbac-registry-tokens.md` 3.4.2).

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::password::Stored;
use crate::tokens::OWN_PRINCIPAL;

/// Why a file of users or groups cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// A line is wrong.
    #[error("{}, line {line}: {problem}", path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong; never the line itself.
        problem: String,
    },
}

/// The users of one version of a file.
pub(super) struct UserFile {
    users: BTreeMap<String, Stored>,
    /// Verified when a user is unknown, so that guessing names takes as long as guessing passwords.
    decoy: Stored,
}

impl UserFile {
    /// Parses the file's text; empty lines and lines that begin with `#` mean nothing. An error
    /// has the line, counted from 1.
    pub(super) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut users = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |problem: &str| (index + 1, problem.to_string());
            let (name, secret) = line
                .split_once(':')
                .ok_or_else(|| wrong("is not `name:hash`"))?;
            if name.is_empty() || secret.is_empty() {
                return Err(wrong("has an empty name or hash"));
            }
            if name == OWN_PRINCIPAL {
                return Err(wrong("the name `_openmds` is reserved for this server"));
            }
            if users
                .insert(name.to_string(), Stored::parse(secret.trim()))
                .is_some()
            {
                return Err(wrong("repeats a name"));
            }
        }
        let decoy = super::hash("no such user").unwrap_or_default();
        Ok(Self {
            users,
            decoy: Stored::parse(&decoy),
        })
    }

    /// The users' names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.users.keys().map(String::as_str)
    }

    /// How many users have their password in clear in the file.
    pub(super) fn plain_passwords(&self) -> usize {
        self.users
            .values()
            .filter(|stored| stored.is_plain())
            .count()
    }

    /// Whether the name and the password belong together. Takes tens of milliseconds.
    pub(super) fn verify(&self, name: &str, password: &str) -> bool {
        match self.users.get(name) {
            Some(stored) => stored.verify(password),
            None => {
                self.decoy.verify(password);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn argon2_bcrypt_and_plain_lines_verify() {
        let argon2 = super::super::hash("one").unwrap();
        let bcrypt = bcrypt::hash("two", 4).unwrap();
        let text = format!("# users\n\na:{argon2}\nb:{bcrypt}\nc:three\n");
        let directory = UserFile::parse(&text).unwrap();
        assert!(
            directory.verify("a", "one")
                && directory.verify("b", "two")
                && directory.verify("c", "three")
        );
        assert!(!directory.verify("a", "two") && !directory.verify("nobody", "one"));
        assert_eq!(directory.plain_passwords(), 1);
    }

    #[test]
    fn the_servers_own_name_cannot_be_a_user() {
        let (line, problem) = UserFile::parse("a:b\n_openmds:x").err().unwrap();
        assert_eq!(
            (line, problem.as_str()),
            (2, "the name `_openmds` is reserved for this server")
        );
    }
}
