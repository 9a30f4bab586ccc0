//! The table agrees with `spec/role-matrix.txt`, the published matrix of roles.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use super::table::{RESOURCE_ROLES, ROLES, Row};

const MATRIX: &str = include_str!("../../../../../spec/role-matrix.txt");

/// `Topic:Write` to whether each role allows it.
fn matrix() -> Result<BTreeMap<String, Vec<bool>>> {
    let mut allowed = BTreeMap::new();
    let mut kind = "";
    let mut head = false;
    for line in MATRIX.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words == ROLES {
            head = true;
        } else if let [one] = words.as_slice()
            && !line.starts_with(' ')
        {
            kind = one;
        } else if let [operation, marks @ ..] = words.as_slice()
            && marks.len() == ROLES.len()
            && head
        {
            let marks = marks.iter().map(|mark| *mark == "x").collect();
            allowed.insert(format!("{kind}:{operation}"), marks);
        }
    }
    ensure!(
        head && allowed.contains_key("Topic:Write"),
        "the matrix can be read, and has the table's columns"
    );
    Ok(allowed)
}

/// Every row says of every role what the matrix says of what it needs.
pub(super) fn agrees(table: &[Row]) -> Result<()> {
    let matrix = matrix()?;
    for row in table {
        for (index, role) in ROLES.iter().enumerate() {
            let one = |need: &str| -> Result<bool> {
                let (kind, elsewhere) = match need.strip_prefix("elsewhere:") {
                    Some(kind) => (kind, true),
                    None => (need, false),
                };
                let marks = matrix
                    .get(kind)
                    .with_context(|| format!("the matrix has no {kind}"))?;
                Ok(marks[index] && !(elsewhere && RESOURCE_ROLES.contains(role)))
            };
            let mut done = true;
            for all in row.needs.split('+') {
                let mut any = false;
                for need in all.split('|') {
                    any |= one(need)?;
                }
                done &= any;
            }
            ensure!(
                done == row.done[index],
                "table.txt and spec/role-matrix.txt differ about {} and {role}",
                row.action
            );
        }
    }
    Ok(())
}
