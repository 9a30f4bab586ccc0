//! What files may be like.

use super::{files_under, files_with, none, places, text};

/// Files longer than 300 lines need a reason; none may be longer than 500.
const LONG: [(&str, &str); 4] = [
    (
        "crates/broker-plugin/src/bridge.rs",
        "the only file with unsafe code: the whole border to Java is read in one piece",
    ),
    (
        "crates/broker-plugin/src/engine.rs",
        "one instance of the plugin: what its threads share is read in one piece",
    ),
    (
        "crates/server/src/config/ldap.rs",
        "one row a property: the directory's settings are read in one piece",
    ),
    (
        "crates/trail/src/metadata.rs",
        "the two events of the metadata service, with every part they are made of",
    ),
];

const THINK: usize = 300;
const MOST: usize = 500;

fn is_test(file: &str) -> bool {
    file.contains("/tests/") || file.contains("/src/test/")
}

#[test]
fn files_are_short() {
    let mut found = Vec::new();
    for file in files_with("crates", &[".rs", ".java"]) {
        let lines = text(&file).lines().count();
        let reason = LONG.iter().any(|(long, _)| *long == file);
        if lines > MOST || (lines > THINK && !reason && !is_test(&file)) {
            found.push(format!("{file}: {lines} lines"));
        }
    }
    none(
        "split these, or say why not in LONG (500 lines at most)",
        &found,
    );
}

#[test]
fn reasons_for_long_files_are_about_long_files() {
    for (file, reason) in LONG {
        let lines = text(file).lines().count();
        assert!(
            lines > THINK && !reason.is_empty(),
            "{file} has {lines} lines: take it off the list"
        );
    }
}

/// Everything that people write.
fn written() -> Vec<String> {
    let endings = [
        ".rs",
        ".java",
        ".toml",
        ".md",
        ".sh",
        ".json",
        ".xml",
        ".txt",
        ".yml",
        ".properties",
    ];
    let mut files = files_under("");
    let script =
        |file: &String| ["quickstart", "test", ".ci/run", "bench/run"].contains(&file.as_str());
    files.retain(|file| endings.iter().any(|ending| file.ends_with(ending)) || script(file));
    assert!(files.len() > 200);
    files
}

#[test]
fn nothing_is_left_open() {
    // Spelt in two halves, so that this file does not find itself.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("unimpl", "emented!"),
        concat!("tod", "o!("),
    ];
    let mut found = Vec::new();
    for file in written() {
        for (index, line) in text(&file).lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{file}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    none("left open", &found);
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let places = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
    ];
    let mut found = Vec::new();
    for file in written() {
        for (index, line) in text(&file).lines().enumerate() {
            if places.iter().any(|place| line.contains(place)) {
                found.push(format!("{file}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    none("paths of one machine", &found);
}

#[test]
fn no_test_is_left_out() {
    let marks = [concat!("#[ig", "nore"), concat!("@Dis", "abled")];
    let mut found = Vec::new();
    for file in files_with("crates", &[".rs", ".java"]) {
        for (index, line) in text(&file).lines().enumerate() {
            if marks.iter().any(|mark| line.trim_start().starts_with(mark)) {
                found.push(format!("{file}:{}", index + 1));
            }
        }
    }
    none("tests that do not run", &found);
}

#[test]
fn one_file_has_unsafe_code() {
    let mut found = places("crates", &["unsafe"]);
    // A browser's word for styles inside a page.
    found.retain(|place| !place.contains("'unsafe-inline'"));
    found.retain(|place| !place.starts_with("crates/broker-plugin/src/bridge.rs:"));
    none("unsafe code outside bridge.rs", &found);
    assert!(text("Cargo.toml").contains("\nunsafe_code = \"deny\"\n"));
}
