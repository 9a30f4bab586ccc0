//! `spec/cases/migrate`.

use openmds_policy::audit::{LegacyConfig, Migration, combine};
use serde_json::Value;

use crate::cases::{self, Case, refused, same};

/// The cases' question, answered; faults in the order in which they are found.
fn combined(case: &Case) -> Result<Migration, String> {
    let mut configs = Vec::new();
    for (id, document) in case.when["combine"].as_object().unwrap() {
        let text = match document {
            Value::String(text) => text.clone(),
            document => document.to_string(),
        };
        configs.push(LegacyConfig::parse(id, &text).map_err(lines)?);
    }
    let servers = case.when.get("bootstrap_servers").cloned();
    let servers: Vec<String> =
        serde_json::from_value(servers.unwrap_or(Value::Array(vec![]))).unwrap();
    let authority = case
        .when
        .get("authority")
        .map_or("", |value| value.as_str().unwrap());
    combine(&configs, &servers, authority).map_err(lines)
}

fn lines(faults: Vec<openmds_policy::audit::FieldError>) -> String {
    let faults = faults.iter().map(ToString::to_string);
    faults.collect::<Vec<_>>().join("\n")
}

fn check(case: &Case) -> Result<(), String> {
    let known = ["authority", "bootstrap_servers", "combine"];
    assert!(
        case.asks().iter().all(|key| known.contains(key)),
        "{}",
        case.title
    );
    let answer = combined(case);
    if let Some(says) = case.then.get("refused") {
        return refused(answer, says);
    }
    let migration = answer?;
    let document = serde_json::to_value(&migration).unwrap();
    same(document["metadata"].clone(), Value::Null)?;
    for (key, wanted) in &case.then {
        match key.as_str() {
            "warnings" => {
                let found: Vec<String> =
                    migration.warnings.iter().map(ToString::to_string).collect();
                let wanted = wanted.as_array().unwrap();
                let says =
                    |(found, part): (&String, &Value)| found.contains(part.as_str().unwrap());
                if found.len() != wanted.len() || !found.iter().zip(wanted).all(says) {
                    return Err(format!("found  {found:#?}\n  wanted {wanted:#?}"));
                }
            }
            "destinations" | "excluded_principals" | "default_topics" | "routes" => {
                same(document.get(key).unwrap_or(&Value::Null), wanted)?;
            }
            other => return Err(format!("unknown answer {other}")),
        }
    }
    Ok(())
}

#[test]
fn migrations() {
    let files = cases::files("migrate");
    assert!(files.len() >= 7, "only {} files", files.len());
    for file in files {
        cases::run("migrate", &file, check);
    }
}
