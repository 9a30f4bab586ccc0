//! `docs/configuration.md` and the code know the same properties, with the same defaults.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;

use super::known::{CLIENT, IGNORED, OWN, PLAIN, READ, SERVER};
use super::{ldap, sso};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// Every name that is known, those of client properties without a prefix; one that ends in a dot
/// stands for all that begin so.
fn known() -> BTreeSet<String> {
    let of_server = READ.iter().chain(IGNORED);
    let of_server = of_server.map(|name| format!("{SERVER}{name}"));
    let of_ldap = ldap::READ.iter().map(|name| format!("ldap.{name}"));
    let of_sso = sso::READ.iter();
    let of_sso = of_sso.map(|name| format!("confluent.oidc.{name}"));
    let others = [OWN, PLAIN, CLIENT, &["ldap.ssl."]];
    let others = others.into_iter().flatten().map(ToString::to_string);
    of_server
        .chain(of_ldap)
        .chain(of_sso)
        .chain(others)
        .collect()
}

/// The rows of the page's tables that begin with a property: its name, and what stands as default.
fn rows() -> Vec<(String, String)> {
    let page = Path::new(FOLDER).join("../../docs/configuration.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| {
        let (name, rest) = row.split_once("` | ")?;
        let default = rest.split(" | ").next()?;
        Some((name.to_string(), default.trim_matches('`').to_string()))
    })
    .filter(|(name, _)| name.contains('.'))
    .collect()
}

#[test]
fn the_page_names_every_property_and_no_other() {
    let mut described = BTreeSet::new();
    for (name, _) in rows() {
        // What any name may follow is known by its beginning.
        let name = name.split(['<', '*']).next().unwrap().to_string();
        assert!(described.insert(name.clone()), "{name} is described twice");
    }
    let known = known();
    let missing: Vec<&String> = known.difference(&described).collect();
    let invented: Vec<&String> = described.difference(&known).collect();
    assert!(
        missing.is_empty(),
        "not in docs/configuration.md: {missing:#?}"
    );
    assert!(
        invented.is_empty(),
        "read by nobody, and in docs/configuration.md: {invented:#?}"
    );
}

#[test]
fn the_page_shows_the_defaults_of_the_code() {
    let read = Regex::new(
        r#"(?:millis|millis_or_zero|count|flag_or)\(\s*"([a-z0-9.]+)",\s*([0-9_a-z]+)\s*,?\s*\)|flag\(\s*"([a-z0-9.]+)"\s*\)"#,
    )
    .unwrap();
    let shown: BTreeMap<String, String> = rows().into_iter().collect();
    let mut compared = 0;
    for file in std::fs::read_dir(Path::new(FOLDER).join("src/config")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for found in read.captures_iter(&text) {
            let (name, default) = match (found.get(1), found.get(2), found.get(3)) {
                (Some(name), Some(default), _) => (name.as_str(), default.as_str()),
                (_, _, Some(flag)) => (flag.as_str(), "false"),
                _ => unreachable!(),
            };
            let default = default.replace('_', "");
            assert_eq!(shown.get(name), Some(&default), "{name}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared} defaults were found in the code");
}
