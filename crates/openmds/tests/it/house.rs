//! The rules of the house that a compiler does not keep: who may use whom, which words belong in
//! which room, how long a file may be, and that pages name things that exist. `ARCHITECTURE.md`
//! says why.

mod dependencies;
mod files;
mod monitoring;
mod pages;
mod rooms;

use std::fs;
use std::path::{Path, PathBuf};

/// The top of the repository.
fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

/// What is built, fetched or recorded, not written.
const NOT_OURS: [&str; 6] = [
    "target",
    ".git",
    ".playground",
    "node_modules",
    "corpus",
    "artifacts",
];

/// All files under a folder, by their path from the top, in order.
fn files_under(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if !NOT_OURS.contains(&name) {
                    folders.push(path);
                }
            } else {
                let relative = path.strip_prefix(root()).unwrap();
                found.push(relative.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// All files under a folder whose names end so.
fn files_with(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut files = files_under(folder);
    files.retain(|file| endings.iter().any(|ending| file.ends_with(ending)));
    assert!(!files.is_empty(), "no {endings:?} under {folder:?}");
    files
}

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Whether the text holds the word by itself, not as a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (
            text.get(..at).unwrap(),
            text.get(at + word.len()..).unwrap(),
        );
        !before.ends_with(part) && !after.starts_with(part)
    })
}

/// The lines of Rust or Java that are not comments, up to a file's own unit tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let marks = ["//", "*", "/*"];
    let comment = move |line: &str| marks.iter().any(|mark| line.trim_start().starts_with(mark));
    let lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line));
    lines
        .take_while(|(_, line)| *line != "#[cfg(test)]")
        .filter(move |(_, line)| !comment(line))
}

/// Every place under the folder, integration tests apart, where one of the words stands in code.
fn places(folder: &str, words: &[&str]) -> Vec<String> {
    let mut places = Vec::new();
    let mut files = files_with(folder, &[".rs"]);
    files.retain(|file| !file.contains("/tests/"));
    for file in files {
        let text = text(&file);
        for (number, line) in code(&text) {
            if words.iter().any(|word| has_word(line, word)) {
                places.push(format!("{file}:{number}: {}", line.trim()));
            }
        }
    }
    places
}

fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn words_stand_by_themselves() {
    assert!(has_word("use axum::Router;", "axum"));
    assert!(has_word("(axum)", "axum"));
    assert!(!has_word("use axum_server::tls;", "axum"));
    assert!(!has_word("maxum axums", "axum"));
    let text = "// a\n  b\n/// c\n * d\n#[cfg(test)]\nmod tests;";
    assert_eq!(code(text).collect::<Vec<_>>(), [(2, "  b")]);
}
