//! Role bindings of groups, on the seed of `mds-api.md` 9, as commands of an administrator and of members show them.

use std::collections::BTreeSet;
use std::sync::Arc;

use openmds_server::time::SystemClock;
use serde_json::Value;

use crate::commands::{done, rows, said};
use crate::loopback::{Loopback, Said};

const SCOPE: &str = "--kafka-cluster home-id";

/// frodo is a hobbit and a ring bearer, sam is a hobbit, merry is nobody's member.
fn start() -> Loopback {
    let server = Loopback::with(
        &BTreeSet::new(),
        "openmds.user.store.file.groups.path=[FOLDER]/groups",
        Arc::new(SystemClock),
    );
    done(
        &server,
        "cluster register --cluster-name home --kafka-cluster home-id --hosts 127.0.0.1:9101 --protocol SASL_PLAINTEXT",
    );
    for binding in [
        "User:frodo --role SecurityAdmin",
        "Group:hobbits --role DeveloperRead --resource Topic:drink",
        "Group:hobbits --role DeveloperRead --resource Topic:food",
        "Group:hobbits --role DeveloperWrite --resource Topic:shire- --prefix",
        "Group:ringBearers --role DeveloperWrite --resource Topic:ring- --prefix",
    ] {
        done(
            &server,
            &format!("iam rbac role-binding create {SCOPE} --principal {binding}"),
        );
    }
    server
}

#[test]
fn bindings_of_a_member_are_those_of_all_groups() {
    let server = start();
    let list = |flags: &str| {
        rows(&done(
            &server,
            &format!("iam rbac role-binding list {flags}"),
        ))
    };
    let own = ["User:frodo", "SecurityAdmin", "Cluster", "", ""];
    let hobbits = [
        [
            "Group:hobbits",
            "DeveloperRead",
            "Topic",
            "drink",
            "LITERAL",
        ],
        ["Group:hobbits", "DeveloperRead", "Topic", "food", "LITERAL"],
        [
            "Group:hobbits",
            "DeveloperWrite",
            "Topic",
            "shire-",
            "PREFIXED",
        ],
    ];
    let ring = [
        "Group:ringBearers",
        "DeveloperWrite",
        "Topic",
        "ring-",
        "PREFIXED",
    ];
    let [drink, food, shire] = hobbits;
    for scope in [SCOPE, "--cluster-name home"] {
        let of = |flags: &str| list(&format!("{scope} {flags}"));
        assert_eq!(
            of("--principal User:frodo"),
            [drink, food, shire, ring, own]
        );
        assert_eq!(of("--principal User:sam"), hobbits);
        assert_eq!(of("--principal Group:hobbits"), hobbits);
        let frodo = "--principal User:frodo --role";
        assert_eq!(of(&format!("{frodo} DeveloperRead")), [drink, food]);
        assert_eq!(of(&format!("{frodo} DeveloperWrite")), [shire, ring]);
        assert_eq!(of(&format!("{frodo} SecurityAdmin")), [own]);
        assert_eq!(
            done(
                &server,
                &format!("iam rbac role-binding list {scope} {frodo} SystemAdmin -o json")
            ),
            "[]\n"
        );
        for (role, principals) in [
            ("DeveloperRead", vec!["Group:hobbits"]),
            ("DeveloperWrite", vec!["Group:hobbits", "Group:ringBearers"]),
            ("SecurityAdmin", vec!["User:frodo"]),
            ("SystemAdmin", vec![]),
            ("DeveloperRead --resource Topic:food", vec!["Group:hobbits"]),
            ("DeveloperRead --resource Topic:shire-parties", vec![]),
            (
                "DeveloperWrite --resource Topic:shire-parties",
                vec!["Group:hobbits"],
            ),
        ] {
            let shown = of(&format!("--role {role}")).concat();
            assert_eq!(shown, principals, "{role}");
        }
    }
}

/// Every audit log command that asks the server, and how it ended for a user.
fn audit_commands(server: &Loopback, user: &str) -> Vec<(&'static str, Said)> {
    let file = server.folder.path().join("document.json");
    let document = done(server, "audit-log config describe");
    std::fs::write(&file, document).unwrap();
    let update = format!("audit-log config update --file {}", file.display());
    let topic = "crn:///kafka=home-id/topic=orders";
    [
        ("describe", "audit-log config describe".to_string()),
        ("update", update),
        ("list", format!("audit-log route list --resource {topic}")),
        ("lookup", format!("audit-log route lookup {topic}")),
        ("status", "audit-log status".to_string()),
    ]
    .map(|(name, line)| {
        let words: Vec<_> = line.split(' ').collect();
        (name, server.openmds_as(user, &words))
    })
    .into()
}

fn assert_refused(server: &Loopback, user: &str) {
    for (name, said) in audit_commands(server, user) {
        assert_eq!(said.exit_code, Some(1), "{user} {name}: {said:?}");
        assert_eq!(said.out, "", "{user} {name}");
        assert!(
            said.errors.contains("403 Forbidden"),
            "{user} {name}: {said:?}"
        );
    }
}

#[test]
fn audit_admin_of_a_group_is_its_members_until_it_is_taken_away() {
    let server = start();
    let binding = format!("--principal Group:ringBearers --role AuditAdmin {SCOPE}");
    for user in ["frodo", "sam", "merry"] {
        assert_refused(&server, user);
    }
    done(&server, &format!("iam rbac role-binding create {binding}"));
    for (name, said) in audit_commands(&server, "frodo") {
        assert_eq!(said.exit_code, Some(0), "{name}: {said:?}");
    }
    let stored = server.kept();
    for user in ["sam", "merry"] {
        assert_refused(&server, user);
    }
    assert_eq!(server.kept(), stored, "the refused changed something");
    // The same session, the next command.
    done(
        &server,
        &format!("iam rbac role-binding delete --force {binding}"),
    );
    assert_refused(&server, "frodo");
    let refused = server.openmds_as("frodo", &["audit-log", "config", "describe"]);
    let fix = "openmds iam rbac role-binding create --role AuditAdmin --principal User:frodo --kafka-cluster home-id";
    assert!(refused.errors.contains(fix), "{}", refused.errors);
}

#[test]
fn a_members_groups_are_seen_by_the_member_too() {
    let server = start();
    let words: Vec<_> =
        "iam rbac role-binding list --principal User:sam --kafka-cluster home-id -o json"
            .split(' ')
            .collect();
    let own: Value = serde_json::from_str(&server.openmds_as("sam", &words).out).unwrap();
    let as_told: Value = serde_json::from_str(&done(&server, &words.join(" "))).unwrap();
    assert_eq!(own, as_told);
    assert_eq!(own.as_array().unwrap().len(), 3);
    let other = server.openmds_as("merry", &words);
    assert_eq!((other.exit_code, other.out.as_str()), (Some(1), ""));
    assert!(other.errors.contains("403 Forbidden"), "{}", other.errors);
    let unknown = said(
        &server,
        "iam rbac role-binding list --principal frodo --kafka-cluster home-id",
    );
    assert_eq!(unknown.exit_code, Some(2));
}
