//! What is wrong with a document, as the program and the server say it.

use serde_json::Value;

use crate::case_files::Case;

/// The lines in which the program repeats the server's faults.
pub(super) fn told(errors: &str) -> Result<Vec<&str>, String> {
    let heading = "Error: 400 Bad Request\n\
                   the audit log configuration is not valid; nothing was changed:\n";
    let end = "\n\nSuggestions:\n    Nothing was stored; correct the document and try again\n";
    let lines = errors
        .strip_prefix(heading)
        .and_then(|rest| rest.strip_suffix(end));
    Ok(lines.ok_or(format!("found  {errors}"))?.lines().collect())
}

/// The faults of the server's answer, as lines.
pub(super) fn answered(body: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).unwrap();
    let text = |fault: &Value, key: &str| fault[key].as_str().unwrap().to_owned();
    let faults = body["errors"].as_array().unwrap().iter();
    faults
        .map(|fault| match text(fault, "error_type").as_str() {
            "document" => text(fault, "message"),
            path => format!("{path}: {}", text(fault, "message")),
        })
        .collect()
}

/// Each line is one fault that the case tells, and nothing is missing; the order means nothing.
pub(super) fn are_those_of(case: &Case, lines: &[impl AsRef<str>]) -> Result<(), String> {
    let mut left: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    let faults = case.then["faults"].as_array().unwrap();
    let failure = format!("found  {left:#?}\n  wanted {faults:?}");
    // A fault of the whole text has no path to be known by: it takes what the others leave.
    let is_whole = |fault: &&Value| fault["path"] == "";
    let (whole, fields): (Vec<&Value>, Vec<&Value>) = faults.iter().partition(is_whole);
    for fault in fields.into_iter().chain(whole) {
        let says = fault["says"].as_str().unwrap();
        let path = fault["path"].as_str().unwrap();
        let begin = if path.is_empty() {
            String::new()
        } else {
            format!("{path}: ")
        };
        let message = |line: &&str| line.strip_prefix(&begin).is_some_and(|m| m.contains(says));
        match left.iter().position(message) {
            Some(at) => drop(left.remove(at)),
            None => return Err(failure),
        }
    }
    if left.is_empty() {
        Ok(())
    } else {
        Err(failure)
    }
}

/// Whether all faults are of the text as a whole: then the program may refuse it by itself.
pub(super) fn are_of_the_text(case: &Case) -> bool {
    let faults = case.then["faults"].as_array().unwrap();
    faults.iter().all(|fault| fault["path"] == "")
}
