//! The fuzz target's checks of brokers' answers, on its corpus and on changed answers, so that what fuzzing once found stays found without a
//! nightly compiler.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

#[path = "../../../../fuzz/checks/answers.rs"]
mod answers;

fn corpus() -> Vec<Vec<u8>> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/answers");
    let entries = fs::read_dir(directory).unwrap();
    let corpus: Vec<Vec<u8>> = entries
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert!(corpus.len() >= 8, "{}", corpus.len());
    corpus
}

#[test]
fn the_corpus() {
    corpus().iter().for_each(|bytes| answers::check(bytes));
    // Some of it is right, else changing it would try nothing.
    let read = |bytes: &Vec<u8>| openmds_kafka::reads_answer(bytes[0], bytes[1], &bytes[2..]);
    assert!(corpus().iter().filter(|bytes| read(bytes)).count() >= 4);
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        answers::check(&bytes);
    }

    #[test]
    fn an_answer_with_one_byte_changed(mut bytes in prop::sample::select(corpus()), at: prop::sample::Index, byte: u8) {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        answers::check(&bytes);
    }

    #[test]
    fn an_answer_cut_and_read_as_another(mut bytes in prop::sample::select(corpus()), end: prop::sample::Index, api: u8, version: u8) {
        bytes.truncate(end.index(bytes.len() + 1).max(2));
        bytes[0] = api;
        bytes[1] = version;
        answers::check(&bytes);
    }
}
