//! Groups in a file: `group:user1,user2` a line.

use std::collections::{BTreeMap, BTreeSet};

use crate::tokens::OWN_PRINCIPAL;

/// Who is in which group.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct GroupsFile {
    by_user: BTreeMap<String, BTreeSet<String>>,
    groups: BTreeSet<String>,
}

impl GroupsFile {
    /// Parses the file's text; empty lines and lines that begin with `#` mean nothing. An error
    /// has the line, counted from 1.
    pub(super) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut parsed = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |problem: &str| (index + 1, problem.to_string());
            let (group, members) = line
                .split_once(':')
                .ok_or_else(|| wrong("is not `group:user1,user2`"))?;
            let group = group.trim();
            if group.is_empty() {
                return Err(wrong("names no group"));
            }
            if !parsed.groups.insert(group.to_string()) {
                return Err(wrong("repeats a group; name all its users in one line"));
            }
            for user in members.split(',').map(str::trim) {
                match user {
                    "" => {}
                    OWN_PRINCIPAL => {
                        return Err(wrong("the name `_openmds` is reserved for this server"));
                    }
                    user => {
                        let groups = parsed.by_user.entry(user.to_string()).or_default();
                        groups.insert(group.to_string());
                    }
                }
            }
        }
        Ok(parsed)
    }

    pub(super) fn of(&self, user: &str) -> BTreeSet<String> {
        self.by_user.get(user).cloned().unwrap_or_default()
    }

    pub(super) fn groups(&self) -> &BTreeSet<String> {
        &self.groups
    }

    pub(super) fn users(&self) -> impl Iterator<Item = &String> {
        self.by_user.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_groups_and_their_users() {
        let groups = GroupsFile::parse("# all\n\nops: alice , bob,\nempty:\ndev:alice\n").unwrap();
        let names = |user| groups.of(user).into_iter().collect::<Vec<_>>();
        assert_eq!(names("alice"), ["dev", "ops"]);
        assert_eq!(names("bob"), ["ops"]);
        assert_eq!(names("carol"), [""; 0]);
        assert_eq!(groups.groups().len(), 3);
    }

    /// A group's name among the members is a user's name: there is no circle to follow.
    #[test]
    fn groups_hold_users_and_never_each_other() {
        let groups = GroupsFile::parse("a:b,x\nb:a").unwrap();
        let of = |user| groups.of(user).into_iter().collect::<Vec<_>>();
        assert_eq!(of("x"), ["a"]);
        assert_eq!(of("b"), ["a"]);
        assert_eq!(of("a"), ["b"]);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let fault = |text| GroupsFile::parse(text).unwrap_err();
        assert_eq!(fault("a:x\nb").0, 2);
        assert_eq!(
            fault("a:x\na:y").1,
            "repeats a group; name all its users in one line"
        );
        assert_eq!(fault(" :x").1, "names no group");
        assert!(fault("a:x,_openmds").1.contains("reserved"));
    }
}
