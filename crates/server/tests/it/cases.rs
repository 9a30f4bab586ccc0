//! Reading `spec/cases`; the format is described there.

use std::path::PathBuf;

use serde_json::{Map, Value};

/// One case, its own `given` laid over its file's.
pub(crate) struct Case {
    pub(crate) title: String,
    pub(crate) given: Map<String, Value>,
    pub(crate) when: Map<String, Value>,
    pub(crate) then: Map<String, Value>,
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec/cases")
        .join(name)
}

fn object(value: Option<&Value>) -> Map<String, Value> {
    let object = value.map(|value| value.as_object().unwrap().clone());
    object.unwrap_or_default()
}

/// The cases of one file.
pub(crate) fn of(theme: &str, file: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(folder(theme).join(file)).unwrap();
    let content: Value = serde_json::from_str(&text).unwrap();
    let case = |written: &Value| {
        let mut given = object(content.get("given"));
        given.extend(object(written.get("given")));
        Case {
            title: format!("{theme}/{file}: {}", written["name"]),
            given,
            when: object(written.get("when")),
            then: object(written.get("then")),
        }
    };
    content["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(case)
        .collect()
}

/// The cases of all files of a folder.
pub(crate) fn all(theme: &str) -> Vec<Case> {
    let entries = std::fs::read_dir(folder(theme)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.iter().flat_map(|name| of(theme, name)).collect()
}

impl Case {
    /// The document of the case, as text.
    pub(crate) fn document(&self) -> String {
        let piece = |piece: &Value| {
            let times = usize::try_from(piece[1].as_u64().unwrap()).unwrap();
            piece[0].as_str().unwrap().repeat(times)
        };
        match self.when.iter().next().unwrap() {
            (key, document) if key == "document" => document.to_string(),
            (key, Value::String(text)) if key == "text" => text.clone(),
            (key, Value::Array(pieces)) if key == "pieces" || key == "text" => {
                pieces.iter().map(piece).collect()
            }
            (key, _) => panic!("{}: unknown question {key}", self.title),
        }
    }
}
