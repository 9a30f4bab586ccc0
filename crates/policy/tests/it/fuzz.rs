//! The fuzz targets' checks on their corpus, so that what fuzzing once found stays found; on
//! arbitrary bytes; and on the cases of `spec/cases`, broken in random places.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::Value;

use crate::cases::{self, Case};

#[path = "../../../../fuzz/checks/crn.rs"]
mod crn;
#[path = "../../../../fuzz/checks/document.rs"]
mod document;
#[path = "../../../../fuzz/checks/feed.rs"]
mod feed;
#[path = "../../../../fuzz/checks/migration.rs"]
mod migration;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let entries = fs::read_dir(directory).unwrap();
    entries
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect()
}

#[test]
fn the_corpus_of_crn() {
    let corpus = corpus("crn");
    assert!(corpus.len() >= 14);
    corpus.iter().for_each(|bytes| crn::check(bytes));
}

#[test]
fn the_corpus_of_document() {
    let corpus = corpus("document");
    assert!(corpus.len() >= 12);
    corpus.iter().for_each(|bytes| document::check(bytes));
}

#[test]
fn the_corpus_of_feed() {
    let corpus = corpus("feed");
    assert!(corpus.len() >= 5);
    corpus.iter().for_each(|bytes| feed::check(bytes));
}

#[test]
fn the_corpus_of_migration() {
    let corpus = corpus("migration");
    assert!(corpus.len() >= 6);
    corpus.iter().for_each(|bytes| migration::check(bytes));
}

/// Every document among the cases, good and bad.
fn documents() -> Vec<String> {
    let of = |file: String| cases::of("audit-document", &file);
    let text = |case: Case| match case.when.get("document") {
        Some(document) => document.to_string(),
        None => Case::text(case.when.values().next().unwrap()),
    };
    let texts = cases::files("audit-document")
        .into_iter()
        .flat_map(of)
        .map(text);
    texts.filter(|text| text.len() < 5_000).collect()
}

#[test]
fn the_documents_of_the_cases() {
    documents()
        .iter()
        .for_each(|text| document::check(text.as_bytes()));
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "destinations",
        "topics",
        "retention_ms",
        "bootstrap_servers",
        "default_topics",
        "allowed",
        "denied",
        "routes",
        "excluded_principals",
        "metadata",
        "resource_version",
        "produce",
        "other",
        "management",
        "crn:///kafka=*",
        "crn:///kafka=*/topic=a*",
        "confluent-audit-log-events",
        "User:a",
        "logs:9092",
        "",
    ]);
    let word = words.prop_map(String::from);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(word.clone(), inner, 0..6)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        crn::check(&bytes);
        document::check(&bytes);
        feed::check(&bytes);
        migration::check(&bytes);
    }

    #[test]
    fn any_documents_combined(one in prop::sample::select(documents()), other in prop::sample::select(documents()), authority in "[a-z.]{0,3}") {
        migration::check(format!("{authority}\0{one}\0{other}\0{one}").as_bytes());
    }

    #[test]
    fn any_text_after_the_scheme(text in "crn://[a-z%*/=.é0-9]{0,40}") {
        crn::check(text.as_bytes());
    }

    #[test]
    fn any_json_at_all(json in any_json()) {
        document::check(json.to_string().as_bytes());
    }

    #[test]
    fn a_document_with_one_byte_changed(text in prop::sample::select(documents()), at: prop::sample::Index, byte: u8) {
        let mut bytes = text.into_bytes();
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        document::check(&bytes);
    }

    #[test]
    fn a_document_cut_and_joined(text in prop::sample::select(documents()), from: prop::sample::Index, to: prop::sample::Index) {
        let mut bytes = text.into_bytes();
        let (from, to) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
        bytes.drain(from.min(to)..from.max(to));
        document::check(&bytes);
    }
}
