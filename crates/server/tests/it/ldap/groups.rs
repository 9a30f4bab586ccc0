//! The directory's groups.

use serde_json::json;

use super::slapd::Slapd;
use crate::desk::{Desk, eventually};
use crate::world::World;

async fn audit_admins(desk: &Desk, group: &str) {
    let scope = json!({"clusters": {"kafka-cluster": "home-id"}});
    let path = format!("/principals/Group:{group}/roles/AuditAdmin");
    desk.post("mds", &path, &scope).await.is(204);
}

async fn becomes(desk: &Desk, user: &str, status: u16) {
    eventually(&format!("{user} hears {status}"), || async {
        let answer = desk.get(user, "/audit/config").await;
        (answer.status.as_u16() == status).then_some(())
    })
    .await;
}

#[tokio::test]
async fn groups_name_their_members() {
    let directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    world.set("openmds.ldap.page.size", "7");
    let desk = world.start().await;
    let known = desk.app.directory.users_and_groups();
    // More than the directory gives at once, hence read page by page.
    assert_eq!(known.groups.len(), 26);
    let users: Vec<&str> = known.users.iter().map(String::as_str).collect();
    assert_eq!(
        users,
        ["alice", "bob"],
        "nobody whom the pattern does not fit"
    );
    assert_eq!(desk.app.directory.groups_of("bob").len(), 25);
    audit_admins(&desk, "auditors").await;
    desk.get("alice", "/audit/config").await.is(200);
    desk.get("bob", "/audit/config").await.is(403);
    // Both ways without a restart.
    let dn = "cn=auditors,ou=groups,dc=example,dc=org";
    let bob = "uid=bob,ou=users,dc=example,dc=org";
    directory.change(dn, "member", &[bob]).await;
    becomes(&desk, "alice", 403).await;
    becomes(&desk, "bob", 200).await;
}

#[tokio::test]
async fn users_name_their_groups() {
    let directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    world
        .set("ldap.search.mode", "USERS")
        .set("ldap.user.memberof.attribute", "SEEALSO")
        .set("ldap.user.memberof.attribute.pattern", "cn=(.*?),.*");
    let desk = world.start().await;
    audit_admins(&desk, "auditors").await;
    desk.get("alice", "/audit/config").await.is(200);
    desk.get("bob", "/audit/config").await.is(403);
    let known = desk.app.directory.users_and_groups();
    assert!(known.users.contains("bob"), "without any group, too");
    let dn = "uid=alice,ou=users,dc=example,dc=org";
    directory.change(dn, "seeAlso", &[]).await;
    becomes(&desk, "alice", 403).await;
}

#[tokio::test]
async fn groups_may_be_left_out() {
    let directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    world.set("ldap.group.authorization.enable", "false");
    let desk = world.start().await;
    assert!(desk.app.directory.groups_of("alice").is_empty());
    desk.get("alice", "/roles").await.is(200);
}
