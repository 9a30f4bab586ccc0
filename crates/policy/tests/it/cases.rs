//! Reading `spec/cases`; the format is described there.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value};

/// One case, its file's `given` under its own.
pub(crate) struct Case {
    /// File and name, for messages.
    pub(crate) title: String,
    pub(crate) given: Map<String, Value>,
    pub(crate) when: Map<String, Value>,
    pub(crate) then: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    about: String,
    #[serde(default)]
    given: Map<String, Value>,
    cases: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(default)]
    given: Map<String, Value>,
    when: Map<String, Value>,
    then: Map<String, Value>,
}

fn directory(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec/cases")
        .join(folder)
}

/// The names of a folder's files.
pub(crate) fn files(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(directory(folder)).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The cases of one file.
pub(crate) fn of(folder: &str, file: &str) -> Vec<Case> {
    let path = directory(folder).join(file);
    let text = fs::read_to_string(&path).unwrap();
    let file: File =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(!file.about.is_empty() && !file.cases.is_empty(), "{path:?}");
    let mut names = BTreeSet::new();
    let case = |written: Written| {
        assert!(
            names.insert(written.name.clone()),
            "{path:?}: {} twice",
            written.name
        );
        let mut given = file.given.clone();
        given.extend(written.given);
        Case {
            title: format!("{}: {}", path.file_name().unwrap().display(), written.name),
            given,
            when: written.when,
            then: written.then,
        }
    };
    file.cases.into_iter().map(case).collect()
}

/// Runs every case of a file and reports all that fail.
pub(crate) fn run(folder: &str, file: &str, check: impl Fn(&Case) -> Result<(), String>) {
    let cases = of(folder, file);
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let reason = check(case).err()?;
            Some(format!("{}\n  {reason}", case.title))
        })
        .collect();
    let (wrong, all) = (failures.len(), cases.len());
    assert!(
        failures.is_empty(),
        "{wrong} of {all} failed:\n{}",
        failures.join("\n")
    );
}

/// Fails with both values if they differ.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(found: T, wanted: T) -> Result<(), String> {
    if found == wanted {
        return Ok(());
    }
    Err(format!("found  {found:?}\n  wanted {wanted:?}"))
}

/// Compares an error, if there is one, with the part of its message that the case tells.
pub(crate) fn refused<T: std::fmt::Debug, E: std::fmt::Display>(
    result: Result<T, E>,
    says: &Value,
) -> Result<(), String> {
    let says = says.as_str().unwrap();
    match result {
        Ok(value) => Err(format!("accepted: {value:?}")),
        Err(error) if error.to_string().contains(says) => Ok(()),
        Err(error) => Err(format!("found  {error}\n  wanted {says}")),
    }
}

impl Case {
    /// A text that stands as it is, or in pieces, each repeated so many times.
    pub(crate) fn text(value: &Value) -> String {
        let pieces = match value {
            Value::String(text) => return text.clone(),
            Value::Object(object) => &object["pieces"],
            pieces => pieces,
        };
        let piece = |piece: &Value| {
            let times = usize::try_from(piece[1].as_u64().unwrap()).unwrap();
            piece[0].as_str().unwrap().repeat(times)
        };
        pieces.as_array().unwrap().iter().map(piece).collect()
    }

    /// The keys of `when`, to choose how to run it.
    pub(crate) fn asks(&self) -> Vec<&str> {
        self.when.keys().map(String::as_str).collect()
    }

    /// The keys of `then`, to choose what to compare.
    pub(crate) fn tells(&self) -> Vec<&str> {
        self.then.keys().map(String::as_str).collect()
    }

    /// A string of `when`.
    pub(crate) fn when(&self, key: &str) -> &str {
        let value = self.when.get(key);
        value
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{}: when.{key}", self.title))
    }
}
