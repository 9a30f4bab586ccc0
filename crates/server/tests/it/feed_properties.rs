//! Following changes from any earlier generation leads to what a snapshot says, and a cluster hears
//! of nothing but its own.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use openmds_policy::acl::{AclBinding, WrittenAcl};
use openmds_policy::feed::{Change, Changes, Message, Policy, Snapshot, decode, encode};
use openmds_policy::names::{ClusterId, PatternType, Principal, PrincipalType, ResourcePattern};
use openmds_policy::rbac::{BindingKey, Scope};
use openmds_server::feed::{changes, snapshot};
use openmds_server::store::{MemoryLog, Opening, Record, State, Store, StoreError};
use openmds_server::tokens::{KeyRing, KeyTerm, SigningAlgorithm};
use proptest::prelude::*;

const CLUSTERS: [&str; 2] = ["a", "b"];
const PRINCIPALS: [&str; 5] = ["User:u1", "User:u2", "Group:g1", "Group:g2", "Group:g3"];
const GROUPS: [&str; 4] = ["g1", "g2", "g3", "g4"];

fn id(cluster: &str) -> ClusterId {
    ClusterId::new(cluster)
}

fn acl(cluster: &str, principal: &str) -> AclBinding {
    AclBinding::parse(&WrittenAcl {
        resource_type: "TOPIC",
        name: &format!("{cluster}-topic"),
        pattern_type: "LITERAL",
        principal,
        host: "*",
        operation: "READ",
        permission_type: "DENY",
    })
    .unwrap()
}

fn pattern(cluster: &str, number: u8) -> ResourcePattern {
    let name = format!("{cluster}-{number}");
    ResourcePattern::parse("Topic", &name, PatternType::Literal).unwrap()
}

fn binding(cluster: &str, principal: &str, patterns: Option<BTreeSet<u8>>, beside: bool) -> Record {
    let kafka = Scope::kafka(&id(cluster));
    let connect = [("kafka-cluster", cluster), ("connect-cluster", "c")];
    let connect = connect.map(|(key, id)| (key.to_string(), id.to_string()));
    let connect = serde_json::to_value(std::collections::BTreeMap::from(connect)).unwrap();
    Record::Binding {
        key: BindingKey {
            principal: Principal::parse(principal).unwrap(),
            role: "DeveloperRead".to_string(),
            scope: if beside {
                serde_json::from_value(connect).unwrap()
            } else {
                kafka
            },
        },
        patterns: patterns.map(|all| all.into_iter().map(|one| pattern(cluster, one)).collect()),
    }
}

fn keys(number: u8) -> Record {
    // Points of P-256: the generator, and twice the generator.
    let points = [
        (
            "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
            "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
        ),
        (
            "fPJ7GI0DT36KUjgDBLUaw8CJaeJ38hs1pgtI_EdmmXg",
            "B3dVENuO0EApPZrGn3Qw27p9reY86YIpngS3nSJ4c9E",
        ),
    ];
    let term = |(x, y): &(&str, &str)| {
        let members = [("crv", "P-256"), ("kty", "EC"), ("x", x), ("y", y)];
        KeyTerm {
            key_id: x.to_string(),
            algorithm: SigningAlgorithm::Es256,
            public: members
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .into(),
            published: Timestamp::UNIX_EPOCH,
            signs_from: Timestamp::UNIX_EPOCH,
            began: true,
            longest_life: 60,
            retired: None,
        }
    };
    Record::SigningKeys {
        keys: KeyRing::from_terms(points.iter().take(usize::from(number)).map(term).collect()),
    }
}

fn records() -> impl Strategy<Value = Record> {
    let cluster = || prop::sample::select(CLUSTERS.to_vec());
    let principal = || prop::sample::select(PRINCIPALS.to_vec());
    let groups = prop::sample::subsequence(GROUPS.to_vec(), 0..=3);
    prop_oneof![
        4 => (cluster(), principal(), prop::option::of(prop::collection::btree_set(0..3u8, 0..3)), prop::bool::weighted(0.1))
            .prop_map(|(cluster, principal, patterns, beside)| binding(cluster, principal, patterns, beside)),
        2 => (cluster(), principal(), any::<bool>()).prop_map(|(cluster, principal, present)| Record::Acl {
            cluster: id(cluster),
            acl: acl(cluster, principal),
            present,
        }),
        4 => (prop::sample::select(vec!["u1", "u2", "u3"]), groups).prop_map(|(user, groups)| Record::Membership {
            user: user.to_string(),
            groups: groups.into_iter().map(str::to_string).collect(),
        }),
        1 => (0..2u8).prop_map(keys),
        1 => Just(Record::Home { cluster: id("home") }),
    ]
}

/// The state after every write.
async fn written(store: &Store, batches: Vec<Vec<Record>>) -> Vec<Arc<State>> {
    let named = Record::Server {
        id: "here".to_string(),
    };
    let mut states = Vec::new();
    for mut batch in std::iter::once(vec![named]).chain(batches) {
        // One write says one thing of each key.
        let mut said = BTreeSet::new();
        batch.retain(|record| said.insert(record.key()));
        let decide = |_: &State| -> Result<Vec<Record>, StoreError> { Ok(batch) };
        let update = store.update("test", Timestamp::UNIX_EPOCH, decide);
        update.await.unwrap();
        states.push(store.read());
    }
    states
}

fn whole(state: &State, cluster: &str) -> Snapshot {
    snapshot(state, &id(cluster), 7)
}

fn held(state: &State, cluster: &str) -> Policy {
    let mut policy = Policy::nothing(id(cluster));
    policy
        .follow(Message::Snapshot(whole(state, cluster)))
        .unwrap();
    policy
}

/// What a node that holds the one state hears when the other one is the present.
fn news(store: &Store, from: &State, to: &State, cluster: &str) -> Message {
    let writes = store.between(from.generation(), to.generation());
    let Some(writes) = writes else {
        return Message::Snapshot(whole(to, cluster));
    };
    Message::Changes(Changes {
        server: "here".to_string(),
        cluster: id(cluster),
        from: from.generation().0,
        to: to.generation().0,
        issued_ms: 7,
        changes: changes(to, &id(cluster), &writes),
    })
}

fn is_named(state: &State, cluster: &str, group: &str) -> bool {
    let group = Principal::group(group);
    let bound = state.bindings().of(&group);
    let mut bound = bound.filter(|(key, _)| key.scope == Scope::kafka(&id(cluster)));
    bound.next().is_some()
        || state
            .acls()
            .of(&id(cluster))
            .any(|acl| acl.entry.principal == group)
}

/// Whether everything in the snapshot is this cluster's business.
fn own(snapshot: &Snapshot, state: &State, cluster: &str) -> bool {
    let tag = format!("{cluster}-");
    let mut grants = snapshot
        .grants
        .iter()
        .flat_map(|grant| grant.patterns.iter().flatten());
    let mut groups = snapshot.memberships.iter().flat_map(|one| &one.groups);
    grants.all(|pattern| pattern.name.starts_with(&tag))
        && snapshot
            .acls
            .iter()
            .all(|acl| acl.pattern.name.starts_with(&tag))
        && groups.all(|group| is_named(state, cluster, group))
        && snapshot
            .memberships
            .iter()
            .all(|one| !one.groups.is_empty())
}

/// Whether every change between two states is this cluster's business.
fn changes_are_own(changes: &[Change], states: &[Arc<State>], cluster: &str) -> bool {
    let tag = format!("{cluster}-");
    let named = |group: &str| states.iter().any(|state| is_named(state, cluster, group));
    let was_in_a_named_one = |user: &str| {
        let groups = states
            .iter()
            .filter_map(|state| state.memberships().get(user));
        groups.flatten().any(|group| named(group))
    };
    changes.iter().all(|change| match change {
        Change::Grant(grant) => {
            let mut patterns = grant.patterns.iter().flatten();
            patterns.all(|pattern| pattern.name.starts_with(&tag))
                && (grant.principal.kind() == PrincipalType::User
                    || named(grant.principal.name())
                    || grant.patterns.is_none())
        }
        Change::Acl { acl, .. } => acl.pattern.name.starts_with(&tag),
        Change::Membership(one) => {
            was_in_a_named_one(&one.user) && one.groups.iter().all(|group| named(group))
        }
        Change::Keys(_) => true,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn changes_lead_to_what_a_snapshot_says(
        batches in prop::collection::vec(prop::collection::vec(records(), 1..4), 1..16),
        remembered in prop::sample::select(vec![0, 3, 10, 1000]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let opening = Opening { remembered, ..Opening::default() };
        let store = runtime.block_on(Store::take_up(Arc::new(MemoryLog::default()), opening)).unwrap();
        let states = runtime.block_on(written(&store, batches));
        for cluster in CLUSTERS {
            for (to, end) in states.iter().enumerate() {
                prop_assert!(own(&whole(end, cluster), end, cluster));
                let expected = held(end, cluster);
                for (from, begin) in states.iter().enumerate().take(to) {
                    let news = news(&store, begin, end, cluster);
                    if let Message::Changes(told) = &news {
                        prop_assert!(changes_are_own(&told.changes, &states[from..=to], cluster), "{told:?}");
                    } else {
                        prop_assert!(remembered < 1000);
                    }
                    let (read, _) = decode(&encode(&news)).unwrap();
                    let mut policy = held(begin, cluster);
                    policy.follow(read).unwrap();
                    prop_assert_eq!(&policy, &expected, "{} from {} to {}", cluster, from, to);
                }
            }
        }
    }
}
