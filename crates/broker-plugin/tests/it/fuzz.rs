//! The fuzz target's check on its corpus, on arbitrary bytes, and on the corpus broken in random places.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

#[path = "../../../../fuzz/checks/bridge.rs"]
mod bridge;

fn corpus() -> Vec<Vec<u8>> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/bridge");
    let mut files: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn the_corpus_of_bridge() {
    let corpus = corpus();
    assert!(corpus.len() >= 6);
    corpus.iter().for_each(|bytes| bridge::check(bytes));
}

proptest! {
    #[test]
    fn any_bytes_at_the_bridge(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        bridge::check(&bytes);
    }

    #[test]
    fn damaged_messages_at_the_bridge(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        value in any::<u8>(), end in any::<prop::sample::Index>()
    ) {
        let corpus = corpus();
        let mut bytes = which.get(&corpus).clone();
        let place = at.index(bytes.len());
        bytes[place] = value;
        bridge::check(&bytes);
        bytes.truncate(end.index(bytes.len()));
        bridge::check(&bytes);
    }
}
