//! Events as a table for people.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::blueprint::Blueprint;
use crate::events::text;

/// The first event of each kind, oldest first, and how many there were of it.
pub(super) fn of(events: &[Value], blueprint: &Blueprint) -> String {
    let mut events: Vec<&Value> = events.iter().collect();
    events.sort_by_key(|event| text(event, "/time").to_owned());
    let mut kinds: BTreeMap<[String; 6], usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for event in events {
        let kind = columns(event, blueprint);
        let count = kinds.entry(kind.clone()).or_default();
        *count += 1;
        if *count == 1 {
            let time = text(event, "/time");
            rows.push((time.get(11..23).unwrap_or(time).to_owned(), kind));
        }
    }
    let heading = [
        "TIME",
        "CLUSTER",
        "PRINCIPAL",
        "METHOD",
        "RESOURCE",
        "DECISION",
        "ROUTE",
        "EVENTS",
    ];
    let mut lines = vec![heading.map(ToOwned::to_owned).to_vec()];
    for (time, kind) in rows {
        let count = kinds.get(&kind).copied().unwrap_or_default();
        let mut line = vec![time];
        line.extend(kind);
        line.push(count.to_string());
        lines.push(line);
    }
    aligned(&lines)
}

fn aligned(lines: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    lines
        .iter()
        .map(|line| {
            let cells = line.iter().enumerate();
            let padded = cells.map(|(column, cell)| format!("{cell:<w$}", w = width(column)));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn columns(event: &Value, blueprint: &Blueprint) -> [String; 6] {
    let source = text(event, "/source");
    let cluster = blueprint
        .clusters
        .iter()
        .find(|cluster| source.ends_with(&cluster.id))
        .map_or(source, |cluster| cluster.name.as_str());
    let resource = format!(
        "{} {}",
        text(event, "/data/authorizationInfo/resourceType"),
        text(event, "/data/authorizationInfo/resourceName")
    );
    let granted = event.pointer("/data/authorizationInfo/granted");
    let granted = granted.and_then(Value::as_bool);
    [
        cluster.to_owned(),
        text(event, "/data/authenticationInfo/principal").to_owned(),
        text(event, "/data/methodName").to_owned(),
        resource,
        // Changes and log ins are no decisions.
        granted
            .map_or("", |granted| if granted { "allowed" } else { "denied" })
            .to_owned(),
        text(event, "/route").to_owned(),
    ]
}
