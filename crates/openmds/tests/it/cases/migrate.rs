//! `migrate`, by `audit-log config migrate`: each configuration is a property in a file of its own.
//! No server runs and nobody is logged in.

use serde_json::Value;

use crate::case_files::{self, Case, same};
use crate::process::{openmds, run};

/// A property file that holds the document as a broker's would.
fn property_file(document: &Value) -> String {
    let text = match document {
        Value::String(text) => text.clone(),
        document => document.to_string(),
    };
    let value = text.replace('\\', "\\\\");
    format!("broker.id=1\nconfluent.security.event.router.config={value}\nsuper.users=${{x}}\n")
}

fn check(case: &Case) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let mut sources = Vec::new();
    for (id, document) in case.when["combine"].as_object().unwrap() {
        let file = folder.path().join(format!("{id}.properties"));
        std::fs::write(&file, property_file(document)).unwrap();
        sources.push(format!("{id}={}", file.display()));
    }
    let mut command = openmds(folder.path());
    command.args([
        "audit-log",
        "config",
        "migrate",
        "--combine",
        &sources.join(","),
    ]);
    if let Some(authority) = case.when.get("authority") {
        command.args(["--authority", authority.as_str().unwrap()]);
    }
    let servers = case.when.get("bootstrap_servers").and_then(Value::as_array);
    for server in servers.into_iter().flatten() {
        command.args(["--bootstrap-servers", server.as_str().unwrap()]);
    }
    let (exit_code, out, errors) = run(&mut command);
    if let Some(says) = case.then.get("refused") {
        same((exit_code, out.as_str()), (Some(1), ""))?;
        let says = says.as_str().unwrap();
        return match errors.starts_with("Error: ") && errors.contains(says) {
            true => Ok(()),
            false => Err(format!("found  {errors}\n  wanted {says}")),
        };
    }
    same(exit_code, Some(0)).map_err(|reason| format!("{reason}\n{errors}"))?;
    let document: Value = serde_json::from_str(&out).unwrap();
    same(document.get("metadata"), Some(&Value::Null))?;
    for (key, wanted) in &case.then {
        if key == "warnings" {
            let parts = wanted.as_array().unwrap().iter();
            let wanted: Vec<&str> = parts.map(|part| part.as_str().unwrap()).collect();
            let found: Vec<&str> = errors.lines().collect();
            let says = |(line, part): (&&str, &&str)| {
                line.strip_prefix("Warning: ")
                    .is_some_and(|line| line.contains(*part))
            };
            if found.len() != wanted.len() || !found.iter().zip(&wanted).all(says) {
                return Err(format!("found  {found:#?}\n  wanted {wanted:#?}"));
            }
        } else {
            same(document.get(key).unwrap_or(&Value::Null), wanted)?;
        }
    }
    Ok(())
}

#[test]
fn configurations_are_combined_as_the_cases_say() {
    let files = case_files::files("migrate");
    assert!(files.len() >= 7, "only {} files", files.len());
    for file in files {
        case_files::run("migrate", &file, check);
    }
}
