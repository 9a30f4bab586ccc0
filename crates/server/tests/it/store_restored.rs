//! A store that was restored from a copy: no generation is given twice, and one that this log never
//! gave is known as such.

use std::sync::Arc;

use jiff::Timestamp;
use openmds_policy::names::ClusterId;
use openmds_server::store::{
    Generation, MemoryLog, MetaLog, Opening, Origin, Record, SqliteLog, Store, StoreError,
};

async fn opened(log: &Arc<dyn MetaLog>, skip: u64) -> Store {
    let how = Opening {
        skip,
        ..Opening::default()
    };
    Store::take_up(Arc::clone(log), how).await.unwrap()
}

async fn write(store: &Store) -> u64 {
    write_above(store, 0).await
}

async fn write_above(store: &Store, above: u64) -> u64 {
    let decide = |_: &_| -> Result<Vec<Record>, StoreError> {
        let accepted = (above > 0).then_some(Record::RestoreAccepted);
        let home = Record::Home {
            cluster: ClusterId::new("k"),
        };
        Ok(accepted.into_iter().chain([home]).collect())
    };
    let above = Generation(above);
    let written = store.update_above(above, "test", Timestamp::UNIX_EPOCH, decide);
    written.await.unwrap().0
}

fn origin(store: &Store, held: u64) -> Origin {
    store.read().origin(Generation(held))
}

#[tokio::test]
async fn each_start_leaves_generations_out_and_remembers_which() {
    let folder = tempfile::tempdir().unwrap();
    let logs: [Arc<dyn MetaLog>; 2] = [
        Arc::new(MemoryLog::default()),
        Arc::new(SqliteLog::open(folder.path()).unwrap()),
    ];
    for log in logs {
        // Of a new store nobody has seen anything.
        let store = opened(&log, 7).await;
        assert_eq!([write(&store).await, write(&store).await], [1, 2]);
        let store = opened(&log, 1000).await;
        assert_eq!(
            store.read().generation(),
            Generation(2),
            "nothing is written"
        );
        assert_eq!(origin(&store, 2), Origin::Ours);
        assert_eq!(origin(&store, 3), Origin::Foreign, "ahead of the present");
        assert_eq!([write(&store).await, write(&store).await], [1003, 1004]);
        for store in [store, opened(&log, 0).await] {
            for (held, expected) in [
                (2, Origin::Ours),
                (3, Origin::Foreign),
                (1002, Origin::Foreign),
                (1003, Origin::Ours),
                (1005, Origin::Foreign),
            ] {
                assert_eq!(origin(&store, held), expected, "{held}");
            }
            assert_eq!(store.read().writes_after(Generation(1)), 3);
        }
    }
}

#[tokio::test]
async fn an_accepted_restore_goes_on_above_what_was_seen() {
    let log: Arc<dyn MetaLog> = Arc::new(MemoryLog::default());
    let store = opened(&log, 0).await;
    write(&store).await;
    let store = opened(&log, 10).await;
    assert_eq!(write(&store).await, 12);
    // A node has seen 5 and another one 500 of what was lost.
    assert_eq!(write_above(&store, 500).await, 501);
    for store in [store, opened(&log, 10).await] {
        assert_eq!(origin(&store, 5), Origin::Accepted);
        assert_eq!(origin(&store, 500), Origin::Accepted);
        assert_eq!(origin(&store, 12), Origin::Ours);
        assert_eq!(origin(&store, 501), Origin::Ours);
        assert_eq!(origin(&store, 502), Origin::Foreign);
    }
}

#[tokio::test]
async fn a_restored_store_gives_no_generation_that_was_seen() {
    // The copy was made at generation 2; afterwards the server wrote 30 times more.
    let (log, copy): (Arc<dyn MetaLog>, Arc<dyn MetaLog>) = (
        Arc::new(MemoryLog::default()),
        Arc::new(MemoryLog::default()),
    );
    let (store, of_copy) = (opened(&log, 0).await, opened(&copy, 0).await);
    for _ in 0..2 {
        write(&store).await;
        write(&of_copy).await;
    }
    let mut seen = 0;
    for _ in 0..30 {
        seen = write(&store).await;
    }
    let restored = opened(&copy, 4711).await;
    for _ in 0..100 {
        let given = write(&restored).await;
        assert!(given > seen);
        assert_eq!(origin(&restored, seen), Origin::Foreign, "at {given}");
    }
}

/// The version of a document names its generation before it is written.
#[tokio::test]
async fn the_next_generation_is_known_while_a_write_is_decided() {
    let log: Arc<dyn MetaLog> = Arc::new(MemoryLog::default());
    let first = opened(&log, 0).await;
    assert_eq!(first.next(first.read().generation()).0, write(&first).await);
    let again = opened(&log, 1000).await;
    for _ in 0..2 {
        let next = again.next(again.read().generation());
        assert_eq!(next.0, write(&again).await);
    }
    assert_eq!(again.read().generation(), Generation(1003));
}
