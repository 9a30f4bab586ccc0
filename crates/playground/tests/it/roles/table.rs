//! The expectations, read from `table.txt`.

use anyhow::{Context, Result, ensure};

/// The ten, in the order of the table's columns.
pub(super) const ROLES: [&str; 10] = [
    "Operator",
    "ResourceOwner",
    "DeveloperManage",
    "DeveloperRead",
    "DeveloperWrite",
    "AuditAdmin",
    "ClusterAdmin",
    "SecurityAdmin",
    "SystemAdmin",
    "UserAdmin",
];

/// Those that are bound to resources.
pub(super) const RESOURCE_ROLES: [&str; 4] = [
    "ResourceOwner",
    "DeveloperManage",
    "DeveloperRead",
    "DeveloperWrite",
];

/// One thing that a client does.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) action: String,
    pub(super) clients: String,
    pub(super) needs: String,
    refused: Vec<String>,
    /// By role.
    pub(super) done: Vec<bool>,
}

impl Row {
    /// Whether this outcome is what the table says of the role.
    pub(super) fn expects(&self, role: usize, outcome: &str) -> bool {
        if self.done[role] {
            // What is asked for is nowhere: the answer of somebody who may ask.
            let nowhere = [
                "GROUP_ID_NOT_FOUND",
                "TRANSACTIONAL_ID_NOT_FOUND",
                "RESOURCE_NOT_FOUND",
                "BROKER_ID_NOT_REGISTERED",
                "ELECTION_NOT_NEEDED",
            ];
            return outcome == "ok" || nowhere.contains(&outcome);
        }
        self.refused.iter().any(|code| code == outcome)
    }

    pub(super) fn expectation(&self, role: usize) -> String {
        if self.done[role] {
            "success".to_owned()
        } else {
            self.refused.join(" or ")
        }
    }
}

pub(super) fn table() -> Result<Vec<Row>> {
    let text = include_str!("table.txt");
    let lines = text.lines().skip_while(|line| !line.starts_with("action "));
    let mut lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    let head = lines.next().context("the table has a head")?;
    ensure!(head.ends_with(&ROLES), "the columns are the ten roles");
    lines.map(|words| row(&words)).collect()
}

fn row(words: &[&str]) -> Result<Row> {
    let [action, clients, needs, refused, done @ ..] = words else {
        anyhow::bail!("a row has four words before its roles: {words:?}");
    };
    ensure!(done.len() == ROLES.len(), "{action}: one mark a role");
    ensure!(done.iter().all(|mark| ["x", "."].contains(mark)));
    let code = |name: &str| format!("{name}_AUTHORIZATION_FAILED");
    Ok(Row {
        action: (*action).to_owned(),
        clients: (*clients).to_owned(),
        needs: (*needs).to_owned(),
        refused: refused.split('|').map(code).collect(),
        done: done.iter().map(|mark| *mark == "x").collect(),
    })
}
