//! Who may use whom.

use std::collections::BTreeMap;

use super::{files_with, has_word, none, root, text};

/// For each crate, which of ours it may use.
const OURS: [(&str, &[&str]); 9] = [
    ("policy", &[]),
    ("api", &["policy"]),
    ("trail", &["policy"]),
    ("kafka", &["policy"]),
    ("broker-plugin", &["policy", "trail"]),
    ("cli", &["policy", "api", "kafka", "trail"]),
    ("server", &["policy", "api", "kafka", "trail"]),
    ("openmds", &["server", "cli"]),
    ("playground", &["api", "kafka"]),
];

/// Libraries that only some crates may use.
const KEPT: [(&str, &[&str]); 11] = [
    ("axum", &["server"]),
    ("axum-server", &["server"]),
    ("tower-http", &["server"]),
    ("utoipa-swagger-ui", &["server"]),
    ("p12-keystore", &["kafka"]),
    ("rusqlite", &["server"]),
    ("jni", &["broker-plugin"]),
    ("kafka-protocol", &["kafka"]),
    ("krafka", &[]),
    ("rdkafka", &[]),
    ("anyhow", &["openmds", "playground"]),
];

/// All that `policy` may use: nothing that needs an operating system.
const POLICY: [&str; 6] = [
    "crc32fast",
    "postcard",
    "rpds",
    "serde",
    "serde_json",
    "thiserror",
];

/// TLS comes from rustls with aws-lc-rs and from nowhere else. The lock file also lists what no
/// feature turns on: those who name such a library there, and why that is no use of it.
const BANNED: [(&str, &[&str]); 8] = [
    ("openssl", &[]),
    ("openssl-sys", &[]),
    ("native-tls", &[]),
    ("boring", &[]),
    ("mbedtls", &[]),
    ("rust-crypto", &[]),
    ("webpki", &[]),
    // Optional in both: quinn-proto is HTTP/3, which reqwest does not turn on; rustls-webpki has
    // a second provider, which rustls does not turn on.
    ("ring", &["quinn-proto", "rustls-webpki"]),
];

/// The names under the sections of a manifest whose headings end so.
fn names(manifest: &str, heading: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            let section = line.trim_matches(['[', ']']);
            inside = section == heading || section.ends_with(&format!(".{heading}"));
            if let Some((_, name)) = section.split_once(&format!("{heading}.")) {
                names.push(name.to_string());
            }
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let name = line.split(['=', '.']).next().unwrap();
            names.push(name.trim().to_string());
        }
    }
    names
}

/// Folder and text of each crate's manifest.
fn manifests() -> BTreeMap<String, String> {
    let files = files_with("crates", &["/Cargo.toml"]);
    let folder = |file: &String| file.split('/').nth(1).unwrap().to_string();
    files
        .iter()
        .map(|file| (folder(file), text(file)))
        .collect()
}

/// Which of ours a crate may use: those in its row, and for tests also those in their rows.
fn allowed(name: &str, through_others: bool) -> Vec<&'static str> {
    let row = OURS.iter().find(|(one, _)| *one == name);
    let direct = row
        .unwrap_or_else(|| panic!("crates/{name} is not in the table"))
        .1;
    let mut all = direct.to_vec();
    if through_others {
        all.extend(direct.iter().flat_map(|one| allowed(one, true)));
    }
    all
}

#[test]
fn crates_use_only_those_below_them() {
    let manifests = manifests();
    assert_eq!(manifests.len(), OURS.len());
    let mut found = Vec::new();
    for (name, manifest) in &manifests {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let allowed = allowed(name, section == "dev-dependencies");
            for used in names(manifest, section) {
                let ours = used.strip_prefix("openmds-");
                if ours.is_some_and(|ours| !allowed.contains(&ours)) {
                    found.push(format!("crates/{name} uses {used} ({section})"));
                }
            }
        }
    }
    none("against the table of dependencies", &found);
}

#[test]
fn libraries_are_kept_to_their_rooms() {
    let mut found = Vec::new();
    for (name, manifest) in manifests() {
        for used in names(&manifest, "dependencies") {
            let kept = KEPT.iter().find(|(library, _)| *library == used);
            if kept.is_some_and(|(_, rooms)| !rooms.contains(&name.as_str())) {
                found.push(format!("crates/{name} uses {used}"));
            }
            if name == "policy" && !POLICY.contains(&used.as_str()) {
                found.push(format!("crates/policy uses {used}"));
            }
        }
    }
    none("libraries outside their rooms", &found);
}

#[test]
fn every_crate_keeps_the_lints_of_the_workspace() {
    for (name, manifest) in manifests() {
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "crates/{name}"
        );
        assert!(
            manifest.contains("publish.workspace = true"),
            "crates/{name}"
        );
    }
}

/// The packages of the lock file, each with what it names as dependencies.
fn locked() -> Vec<(String, Vec<String>)> {
    let lock = text("Cargo.lock");
    let package = |block: &str| {
        let quoted = |line: &str| line.split('"').nth(1).map(str::to_string);
        let name = block
            .lines()
            .find_map(|line| quoted(line.strip_prefix("name = ")?));
        let (_, list) = block.split_once("dependencies = [").unwrap_or_default();
        let first = |text: String| text.split(' ').next().unwrap_or_default().to_string();
        let used = list.lines().filter_map(quoted).map(first);
        (name.unwrap(), used.collect())
    };
    lock.split("[[package]]").skip(1).map(package).collect()
}

#[test]
fn one_cryptographic_library() {
    let locked = locked();
    assert!(locked.len() > 100, "{} packages read", locked.len());
    let mut found = Vec::new();
    for (library, excused) in BANNED {
        if excused.is_empty() && locked.iter().any(|(name, _)| name == library) {
            found.push(library.to_string());
        }
        for (name, used) in &locked {
            if used.iter().any(|one| one == library) && !excused.contains(&name.as_str()) {
                found.push(format!("{name} uses {library}"));
            }
        }
    }
    none("banned libraries in Cargo.lock", &found);
}

/// What the exception for `ring` rests on.
#[test]
fn no_manifest_turns_on_another_cryptographic_library() {
    let mut manifests = files_with("crates", &["/Cargo.toml"]);
    manifests.push("Cargo.toml".to_string());
    for file in manifests {
        for word in ["\"ring\"", "native-tls", "openssl", "http3"] {
            assert!(!text(&file).contains(word), "{file} names {word}");
        }
    }
}

/// `cargo deny` checks the same wherever it is installed.
#[test]
fn deny_toml_says_the_same() {
    let deny = text("deny.toml");
    for (library, rooms) in KEPT.iter().filter(|(library, _)| *library != "anyhow") {
        let entry = deny
            .lines()
            .find(|line| line.contains(&format!("crate = \"{library}\"")));
        let entry = entry.unwrap_or_else(|| panic!("deny.toml does not name {library}"));
        for room in *rooms {
            assert!(entry.contains(&format!("\"openmds-{room}\"")), "{entry}");
        }
    }
    for library in ["openssl", "openssl-sys", "native-tls", "ring"] {
        assert!(
            deny.contains(&format!("crate = \"{library}\"")),
            "{library}"
        );
    }
}

#[test]
fn the_compiler_is_pinned() {
    assert!(text("rust-toolchain.toml").contains("channel = \"1.95.0\""));
    assert!(root().join("Cargo.lock").exists());
}

/// A source file and those that it takes in by `#[path = "..."]`, some of which other crates share.
fn with_borrowed(file: &str) -> String {
    let mut whole = text(file);
    let folder = file.rsplit_once('/').unwrap().0;
    let paths: Vec<String> = whole
        .split("#[path = \"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(path, _)| format!("{folder}/{path}"))
        .collect();
    for path in paths {
        // This file has the words in a text of its own.
        if root().join(&path).is_file() {
            whole.push_str(&text(&path));
        }
    }
    whole
}

#[test]
fn what_is_depended_on_is_named_in_code() {
    let manifests = manifests();
    let mut found = Vec::new();
    for (name, manifest) in &manifests {
        let sources = files_with(&format!("crates/{name}"), &[".rs"]);
        let sources: Vec<String> = sources.iter().map(|file| with_borrowed(file)).collect();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for used in names(manifest, section) {
                let word = used.replace('-', "_");
                if !sources.iter().any(|source| has_word(source, &word)) {
                    found.push(format!("crates/{name}: {used} ({section})"));
                }
            }
        }
    }
    for shared in names(&text("Cargo.toml"), "workspace.dependencies") {
        let used = |manifest: &String| {
            let starts = [format!("\n{shared} ="), format!("\n{shared}.")];
            starts.iter().any(|start| manifest.contains(start.as_str()))
        };
        if !manifests.values().any(used) {
            found.push(format!("Cargo.toml: {shared}"));
        }
    }
    none("dependencies that no code names", &found);
}
