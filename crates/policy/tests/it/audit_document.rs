//! `spec/cases/audit-document`.

use openmds_policy::audit::{Document, Form};
use serde_json::Value;

use crate::cases::{self, Case, same};

fn text(case: &Case) -> String {
    match case.asks().as_slice() {
        ["document"] => case.when["document"].to_string(),
        ["text"] => Case::text(&case.when["text"]),
        ["pieces"] => Case::text(&case.when["pieces"]),
        other => panic!("{}: unknown question {other:?}", case.title),
    }
}

fn document(case: &Case) -> Result<(), String> {
    let text = text(case);
    let form = match case.given["form"].as_str() {
        Some("request") => Form::Request,
        Some("property") => Form::Property,
        other => return Err(format!("unknown form {other:?}")),
    };
    match case.tells().as_slice() {
        ["rendered"] => {
            let document =
                Document::parse_property(&text).map_err(|faults| format!("{faults:?}"))?;
            same(
                Value::from(document.to_property()),
                case.then["rendered"].clone(),
            )?;
            same(
                Document::parse_property(&document.to_property()),
                Ok(document),
            )
        }
        ["warnings"] => {
            let parsed = Document::parse(&text, form).map_err(|faults| format!("{faults:?}"))?;
            every_one_says(&parsed.warnings, &strings(&case.then["warnings"]))
        }
        ["faults"] => {
            let faults = Document::parse(&text, form).err().ok_or("accepted")?;
            let found = faults.into_iter().map(|fault| (fault.path, fault.message));
            let wanted = case.then["faults"].as_array().unwrap().iter();
            let string = |value: &Value| value.as_str().unwrap().to_string();
            let wanted = wanted.map(|fault| (string(&fault["path"]), string(&fault["says"])));
            let (paths, messages) = by_path(found);
            let (wanted_paths, says) = by_path(wanted);
            same(paths, wanted_paths)?;
            every_one_says(&messages, &says)
        }
        other => Err(format!("unknown answer {other:?}")),
    }
}

/// Paths and texts, ordered by path: the order of keys in an object means nothing.
fn by_path(faults: impl Iterator<Item = (String, String)>) -> (Vec<String>, Vec<String>) {
    let mut faults: Vec<_> = faults.collect();
    faults.sort_by(|(one, _), (other, _)| one.cmp(other));
    faults.into_iter().unzip()
}

fn strings(array: &Value) -> Vec<String> {
    let items = array.as_array().unwrap().iter();
    items
        .map(|item| item.as_str().unwrap().to_string())
        .collect()
}

fn every_one_says(found: &[String], wanted: &[String]) -> Result<(), String> {
    let said = found.len() == wanted.len()
        && found
            .iter()
            .zip(wanted)
            .all(|(found, wanted)| found.contains(wanted.as_str()));
    if said {
        return Ok(());
    }
    Err(format!("found  {found:?}\n  wanted {wanted:?}"))
}

#[test]
fn documents() {
    let files = cases::files("audit-document");
    assert!(files.len() >= 16, "only {} files", files.len());
    for file in files {
        cases::run("audit-document", &file, document);
    }
}

/// One rule, one file; a rule without cases would go unnoticed.
#[test]
fn every_rule_has_its_file() {
    let files = cases::files("audit-document");
    for rule in 1..=12 {
        let prefix = format!("v{rule}-");
        assert!(
            files.iter().any(|file| file.starts_with(&prefix)),
            "V{rule}"
        );
    }
}
