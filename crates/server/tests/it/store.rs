//! The archive: what is stored can be read for ever, and replaying it tells the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use openmds_policy::acl::{AclBinding, WrittenAcl};
use openmds_policy::names::{ClusterId, ClusterName, PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{BindingKey, Scope};
use openmds_server::store::{
    Append, AuditRecord, Generation, MemoryLog, MetaLog, NodesRecord, Record, RegisteredCluster,
    SqliteLog, Store, StoreError,
};
use openmds_server::tokens::{KeyRing, KeyTerm, Revocation, Revoked, SigningAlgorithm};
use proptest::prelude::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/formats/store-v1")
}

fn key(principal: &str) -> BindingKey {
    BindingKey {
        principal: Principal::parse(principal).unwrap(),
        role: "DeveloperRead".to_string(),
        scope: Scope::kafka(&ClusterId::new("k-1")),
    }
}

fn pattern(name: &str, pattern_type: PatternType) -> ResourcePattern {
    ResourcePattern::parse("Topic", name, pattern_type).unwrap()
}

fn cluster(id: &str) -> RegisteredCluster {
    RegisteredCluster {
        scope: Scope::kafka(&ClusterId::new(id)),
        hosts: vec![("kafka.example".to_string(), 9093)],
        protocol: "SASL_SSL".to_string(),
    }
}

fn term(key_id: &str, retired: Option<&str>) -> KeyTerm {
    let members = [("crv", "P-256"), ("kty", "EC"), ("x", "eA"), ("y", "eQ")];
    let members = members.map(|(name, value)| (name.to_string(), value.to_string()));
    KeyTerm {
        key_id: key_id.to_string(),
        algorithm: SigningAlgorithm::Es256,
        public: members.into(),
        published: Timestamp::from_second(1_767_323_045).unwrap(),
        signs_from: Timestamp::from_second(1_767_330_245).unwrap(),
        began: retired.is_some(),
        longest_life: 3600,
        retired: retired.map(|text| text.parse().unwrap()),
    }
}

fn revocation(revoked: Revoked) -> Record {
    Record::Revocation(Revocation {
        revoked,
        by: "User:mds".to_string(),
        at: "2026-01-02T03:04:05.25Z".parse().unwrap(),
        until: "2026-01-02T04:05:05.25Z".parse().unwrap(),
    })
}

fn membership(user: &str, groups: &[&str]) -> Record {
    Record::Membership {
        user: user.to_string(),
        groups: groups.iter().map(ToString::to_string).collect(),
    }
}

fn acl(topic: &str) -> AclBinding {
    AclBinding::parse(&WrittenAcl {
        resource_type: "TOPIC",
        name: topic,
        pattern_type: "LITERAL",
        principal: "User:alice",
        host: "*",
        operation: "DESCRIBE_CONFIGS",
        permission_type: "ALLOW",
    })
    .unwrap()
}

/// One of each kind, with and without a value.
fn golden() -> Vec<(&'static str, Record)> {
    let patterns = [
        pattern("orders", PatternType::Literal),
        pattern("team-", PatternType::Prefixed),
    ];
    let name = ClusterName::parse("payments").unwrap();
    let audit = AuditRecord {
        document: "{\"default_topics\":{\"allowed\":\"\",\"denied\":\"\"}}".to_string(),
        resource_version: "L38PPqakrbU5zX1bqdjz_A".to_string(),
        updated_at: "2026-01-02T03:04:05Z".to_string(),
    };
    let id = ClusterId::new("k-1");
    let mut all = vec![
        (
            "binding",
            Record::Binding {
                key: key("User:alice"),
                patterns: Some(patterns.into()),
            },
        ),
        (
            "binding-of-a-cluster-role",
            Record::Binding {
                key: BindingKey {
                    role: "AuditAdmin".to_string(),
                    ..key("Group:auditors")
                },
                patterns: Some(BTreeSet::new()),
            },
        ),
        (
            "binding-gone",
            Record::Binding {
                key: key("User:alice"),
                patterns: None,
            },
        ),
        (
            "acl",
            Record::Acl {
                cluster: id.clone(),
                acl: acl("orders"),
                present: true,
            },
        ),
        (
            "acl-gone",
            Record::Acl {
                cluster: id.clone(),
                acl: acl("*"),
                present: false,
            },
        ),
        (
            "cluster",
            Record::Cluster {
                name: name.clone(),
                cluster: Some(cluster("k-1")),
            },
        ),
        (
            "cluster-gone",
            Record::Cluster {
                name,
                cluster: None,
            },
        ),
        ("audit", Record::Audit(audit.clone())),
        (
            "companion",
            Record::Companion(AuditRecord {
                document: "{\"fail_modes\":{\"default\":\"durable\",\"routes\":{}},\"formats\":{}}"
                    .to_string(),
                ..audit
            }),
        ),
        (
            "companion-tenure",
            Record::CompanionTenure {
                cluster: id.clone(),
                ours: true,
            },
        ),
        (
            "tenure",
            Record::Tenure {
                cluster: id.clone(),
                ours: true,
            },
        ),
        (
            "nodes",
            Record::Nodes(NodesRecord {
                cluster: id.clone(),
                nodes: BTreeMap::from([(1, true), (100, false)]),
            }),
        ),
        ("home", Record::Home { cluster: id }),
        (
            "skipped",
            Record::Skipped {
                after: Generation(41),
            },
        ),
        ("restore-accepted", Record::RestoreAccepted),
        ("membership", membership("alice", &["auditors", "ops"])),
        ("membership-gone", membership("alice", &[])),
        (
            "signing-keys",
            Record::SigningKeys {
                keys: KeyRing::from_terms(vec![
                    term("old-key", Some("2026-01-02T03:04:05.25Z")),
                    term("new-key", None),
                ]),
            },
        ),
        (
            "revocation-of-a-token",
            revocation(Revoked::Token {
                id: "QeyEjvcXSIC4aFRW1oJ3Nw".to_string(),
            }),
        ),
        (
            "revocation-of-a-user",
            revocation(Revoked::User {
                name: "alice".to_string(),
                up_to: 1_767_323_045,
            }),
        ),
        (
            "revocation-of-everybody",
            revocation(Revoked::Everybody {
                up_to: 1_767_323_045,
            }),
        ),
        (
            "revocations-forgotten",
            Record::ForgottenRevocations {
                keys: vec!["user/alice".to_string(), "everybody".to_string()],
            },
        ),
    ];
    all.extend(crate::enrolled_records::golden());
    all
}

#[test]
fn records_are_written_and_read_as_they_always_were() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut expected = BTreeSet::new();
    for (name, record) in golden() {
        let path = folder().join(format!("{name}.json"));
        let written = format!("{}\n", serde_json::to_string(&record).unwrap());
        if update {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &written).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert_eq!(written, kept, "{name}: a changed format needs a new number");
        assert_eq!(
            serde_json::from_str::<Record>(&kept).unwrap(),
            record,
            "{name}"
        );
        expected.insert(format!("{name}.json"));
    }
    let present: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(present, expected);
}

fn names() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_string)
}

fn revoked() -> impl Strategy<Value = Revoked> {
    prop_oneof![
        names().prop_map(|id| Revoked::Token { id }),
        (names(), 0..9i64).prop_map(|(name, up_to)| Revoked::User { name, up_to }),
        (0..9i64).prop_map(|up_to| Revoked::Everybody { up_to }),
    ]
}

fn records() -> impl Strategy<Value = Record> {
    let topics = || prop::collection::btree_set(names(), 0..3);
    prop_oneof![
        (names(), prop::option::of(topics())).prop_map(|(user, topics)| Record::Binding {
            key: key(&format!("User:{user}")),
            patterns: topics.map(|topics| {
                let literal = |name: &String| pattern(name, PatternType::Literal);
                topics.iter().map(literal).collect()
            }),
        }),
        (names(), names(), any::<bool>()).prop_map(|(id, topic, present)| Record::Acl {
            cluster: ClusterId::new(&id),
            acl: acl(&topic),
            present,
        }),
        (names(), prop::option::of(names())).prop_map(|(name, id)| Record::Cluster {
            name: ClusterName::parse(&name).unwrap(),
            cluster: id.as_deref().map(cluster),
        }),
        (names(), names()).prop_map(|(document, version)| Record::Audit(AuditRecord {
            document,
            resource_version: version,
            updated_at: String::new(),
        })),
        (names(), any::<bool>()).prop_map(|(id, ours)| Record::Tenure {
            cluster: ClusterId::new(&id),
            ours,
        }),
        names().prop_map(|version| Record::Companion(AuditRecord {
            document: String::new(),
            resource_version: version,
            updated_at: String::new(),
        })),
        (names(), any::<bool>()).prop_map(|(id, ours)| Record::CompanionTenure {
            cluster: ClusterId::new(&id),
            ours,
        }),
        (
            names(),
            prop::collection::btree_map(0..4, any::<bool>(), 0..3)
        )
            .prop_map(|(id, nodes)| {
                Record::Nodes(NodesRecord {
                    cluster: ClusterId::new(&id),
                    nodes,
                })
            }),
        crate::enrolled_records::records(names),
        names().prop_map(|id| Record::Home {
            cluster: ClusterId::new(&id)
        }),
        names().prop_map(|id| Record::Server { id }),
        Just(Record::RestoreAccepted),
        (names(), prop::option::of(names()))
            .prop_map(|(user, group)| membership(&user, group.as_deref().as_slice())),
        names().prop_map(|id| Record::SigningKeys {
            keys: KeyRing::from_terms(vec![term(&id, None)])
        }),
        revoked().prop_map(revocation),
        prop::collection::vec(revoked(), 0..3).prop_map(|forgotten| {
            Record::ForgottenRevocations {
                keys: forgotten.iter().map(Revoked::key).collect(),
            }
        }),
    ]
}

/// Writes all batches; answers the state in memory, and the one a new reader sees.
async fn written_and_replayed(log: Arc<dyn MetaLog>, batches: &[Vec<Record>]) -> [String; 2] {
    let store = Store::open(Arc::clone(&log)).await.unwrap();
    let mut last = Generation(0);
    for batch in batches {
        let decide = |_: &_| -> Result<Vec<Record>, StoreError> { Ok(batch.clone()) };
        let generation = store
            .update("test", Timestamp::UNIX_EPOCH, decide)
            .await
            .unwrap();
        let step = u64::from(!batch.is_empty());
        assert_eq!(generation, Generation(last.0 + step));
        last = generation;
    }
    let again = Store::open(log).await.unwrap();
    [store, again].map(|store| format!("{:?}", store.read()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn replay_equals_state(batches in prop::collection::vec(prop::collection::vec(records(), 0..4), 0..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let memory: Arc<dyn MetaLog> = Arc::new(MemoryLog::default());
        let sqlite: Arc<dyn MetaLog> = Arc::new(SqliteLog::open(folder.path()).unwrap());
        let [in_memory, replayed] = runtime.block_on(written_and_replayed(memory, &batches));
        prop_assert_eq!(&in_memory, &replayed);
        let [_, from_file] = runtime.block_on(written_and_replayed(sqlite, &batches));
        prop_assert_eq!(&in_memory, &from_file);
    }
}

fn append(expected: u64) -> Append {
    Append {
        expected: Generation(expected),
        generation: Generation(expected + 1),
        records: vec![Record::Home {
            cluster: ClusterId::new("k"),
        }],
        actor: "User:a".to_string(),
        at: "2026-01-02T03:04:05Z".to_string(),
    }
}

#[tokio::test]
async fn a_write_is_finished_even_if_nobody_waits_for_it() {
    let store = Store::open(Arc::new(MemoryLog::default())).await.unwrap();
    let decide = |_: &_| -> Result<Vec<Record>, StoreError> { Ok(append(0).records) };
    for generation in 1..50 {
        let update = store.update("test", Timestamp::UNIX_EPOCH, decide);
        // Given up at once; whether it was in time does not matter.
        drop(tokio::time::timeout(std::time::Duration::ZERO, update).await);
        let update = store.update("test", Timestamp::UNIX_EPOCH, decide);
        assert_eq!(update.await.unwrap(), Generation(2 * generation));
    }
}

#[test]
fn two_writers_cannot_both_win() {
    let folder = tempfile::tempdir().unwrap();
    let logs: [Box<dyn MetaLog>; 2] = [
        Box::new(MemoryLog::default()),
        Box::new(SqliteLog::open(folder.path()).unwrap()),
    ];
    for log in logs {
        assert_eq!(log.append(&append(0)).unwrap(), Generation(1));
        let moved = log.append(&append(0)).unwrap_err();
        assert!(matches!(
            moved,
            StoreError::Moved {
                expected: Generation(0),
                found: Generation(1)
            }
        ));
        assert_eq!(log.append(&append(1)).unwrap(), Generation(2));
        assert_eq!(log.replay().unwrap().len(), 2);
    }
}

#[test]
fn the_folder_serves_one_server_and_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("made/here");
    let log = SqliteLog::open(&folder).unwrap();
    let refused = SqliteLog::open(&folder).err().unwrap().to_string();
    assert!(
        refused.starts_with("another server is using the store in "),
        "{refused}"
    );
    log.append(&append(0)).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    drop(log);
    assert_eq!(SqliteLog::open(&folder).unwrap().replay().unwrap().len(), 1);
    // A folder that was there before keeps the rights it had.
    let shared = parent.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o755)).unwrap();
    drop(SqliteLog::open(&shared).unwrap());
    assert_eq!(mode(&shared), 0o755);
}

#[test]
fn a_record_from_the_future_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(folder.path()).unwrap();
    log.append(&append(0)).unwrap();
    let raw = rusqlite::Connection::open(folder.path().join("openmds.sqlite")).unwrap();
    raw.execute("UPDATE log SET format = 2", []).unwrap();
    let error = log.replay().unwrap_err().to_string();
    assert!(
        error.contains("format 2") && error.contains("newer"),
        "{error}"
    );
}

#[test]
fn forgotten_revocations_leave_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(folder.path()).unwrap();
    let mut generation = 0;
    let mut write = |records: Vec<Record>| {
        log.append(&Append {
            records,
            ..append(generation)
        })
        .unwrap();
        generation += 1;
    };
    write(append(0).records);
    for round in 0..20 {
        let all: Vec<Revoked> = (0..5)
            .map(|number| Revoked::Token {
                id: format!("{round}-{number}"),
            })
            .collect();
        let keys = all.iter().map(Revoked::key).collect();
        write(all.into_iter().map(revocation).collect());
        write(vec![Record::ForgottenRevocations { keys }]);
    }
    // What is left is the last word on what is forgotten, which also keeps the generation.
    let left = log.replay().unwrap();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(left[1].0, Generation(41));
}
