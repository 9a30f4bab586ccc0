//! Pages name things that exist.

use std::path::Path;

use super::{files_under, none, root, text};

const REFERENCE_PAGE: &str = "docs/reference-page.md";

/// The rows of the page's tables: their cells.
fn rows(page: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let cells = line.trim().trim_matches('|').split('|');
        cells
            .map(|cell| cell.trim().to_string())
            .collect::<Vec<_>>()
    };
    let rows = page.lines().filter(|line| line.starts_with('|')).map(cells);
    rows.filter(|row| {
        row.first()
            .is_some_and(|number| number.starts_with(|first: char| first.is_ascii_digit()))
    })
    .collect()
}

/// The file of a test named as `server::push::name`, or `plugin::SettingsTest::name` for Java.
fn file_of(test: &str) -> Option<(String, &str)> {
    let (place, name) = test.rsplit_once("::")?;
    let (package, module) = place.split_once("::")?;
    let java = "crates/broker-plugin/java/src/test/java/io/openmds/kafka";
    let file = match package {
        "plugin" if module.ends_with("Test") => format!("{java}/{module}.java"),
        "plugin" => format!("crates/broker-plugin/tests/it/{module}.rs"),
        package => format!("crates/{package}/tests/it/{}.rs", module.replace("::", "/")),
    };
    Some((file, name))
}

/// The one check that is no test function: `./test` runs it.
const QUICKSTART: &str = "./quickstart --check";

/// Whether there is a test of that name.
fn exists(test: &str) -> bool {
    if test == QUICKSTART {
        return text("test").contains("check_quickstart ")
            && text("scripts/build").contains("quickstart --check");
    }
    let Some((file, name)) = file_of(test) else {
        return false;
    };
    if !root().join(&file).is_file() {
        return false;
    }
    let text = text(&file);
    if test.starts_with("playground::") {
        return is_step(test);
    }
    let lines: Vec<&str> = text.lines().collect();
    let starts = [format!("fn {name}("), format!("void {name}(")];
    let marks = ["#[test]", "#[tokio::test", "@Test"];
    lines.iter().enumerate().any(|(index, line)| {
        let above = &lines[index.saturating_sub(4)..index];
        let attributes = above
            .iter()
            .rev()
            .take_while(|line| !line.trim().is_empty());
        starts.iter().any(|start| line.contains(start.as_str()))
            && attributes
                .into_iter()
                .any(|line| marks.iter().any(|mark| line.contains(mark)))
    })
}

/// The playground's tests share one fleet and are listed as steps in its `main.rs`.
fn is_step(test: &str) -> bool {
    let step = test.trim_start_matches("playground::");
    let main = text("crates/playground/tests/it/main.rs");
    let steps = main
        .split("steps![")
        .nth(1)
        .and_then(|rest| rest.split("];").next());
    steps.is_some_and(|steps| steps.split(',').any(|listed| listed.trim() == step))
}

#[test]
fn every_sentence_of_the_reference_page_is_accounted_for() {
    let rows = rows(&text(REFERENCE_PAGE));
    assert!(rows.len() > 60, "{} rows", rows.len());
    let mut found = Vec::new();
    let mut numbers = std::collections::BTreeSet::new();
    for row in &rows {
        let [number, sentence, shown_by] = row.as_slice() else {
            found.push(format!("{row:?}: three columns are needed"));
            continue;
        };
        if !numbers.insert(number.clone()) || sentence.is_empty() || shown_by.is_empty() {
            found.push(format!("{number}: twice, or empty"));
        }
        for shown in shown_by.split("<br>") {
            let shown = shown.trim().trim_matches('`');
            let later = shown == "part 3" || shown.starts_with("no claim: ");
            if !later && !exists(shown) {
                found.push(format!("{number}: there is no test {shown}"));
            }
        }
    }
    none("docs/reference-page.md", &found);
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut found = Vec::new();
    let mut pages = files_under("");
    pages.retain(|file| file.ends_with(".md"));
    for page in &pages {
        let folder = root().join(page);
        let folder = folder.parent().unwrap();
        let text = text(page);
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#']).next())
        {
            let elsewhere = link.is_empty() || link.contains("://") || link.contains(' ');
            if !elsewhere && !folder.join(Path::new(link)).exists() {
                found.push(format!("{page}: {link}"));
            }
        }
    }
    none("links that lead nowhere", &found);
}

#[test]
fn a_named_test_is_looked_for_in_its_file() {
    assert!(exists(
        "openmds::house::pages::a_named_test_is_looked_for_in_its_file"
    ));
    assert!(!exists("openmds::house::pages::exists"), "that is no test");
    assert!(!exists("openmds::house::pages::another_one"));
    assert!(!exists("openmds::house::nowhere::exists"));
    assert!(!exists("a_named_test_is_looked_for_in_its_file"));
}
