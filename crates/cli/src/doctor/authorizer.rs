//! Who decides, and who is above all decisions.

use super::Examined;

const OURS: &str = "io.openmds.kafka.OpenMdsAuthorizer";
/// The name under which the server speaks to clusters (`rulings.md` 15).
const SERVER: &str = "User:_openmds";

pub(super) fn check(examined: &mut Examined<'_>, broker: bool) {
    let name = "authorizer.class.name";
    let node = if broker { "broker" } else { "controller" };
    let fix = format!("set it to {OURS}, on brokers and on controllers");
    match examined.get(name) {
        None => {
            let message = format!("is missing: this {node} lets everybody do everything");
            examined.error("no-authorizer", name, message, &fix);
        }
        Some(OURS) => {}
        Some("org.apache.kafka.metadata.authorizer.StandardAuthorizer") => {
            let message = format!(
                "decides well, but this {node} records nothing and does not take the audit log configuration"
            );
            examined.warning("no-plugin", name, message, &fix);
        }
        Some("kafka.security.authorizer.AclAuthorizer") => {
            examined.error("zookeeper", name, "needs ZooKeeper", &fix);
        }
        Some(class) if class.starts_with("io.confluent.") => {
            examined.error(
                "foreign-class",
                name,
                "is a class that Apache Kafka does not have",
                &fix,
            );
        }
        Some(class) => {
            let message =
                format!("`{class}` is not known here: whether it records anything cannot be told");
            examined.note("other-authorizer", name, message, &fix);
        }
    }
    super_users(examined);
    let name = "allow.everyone.if.no.acl.found";
    if examined.is_true(name) {
        let message = "whatever no ACL names is open to everybody: a forgotten ACL is an open door";
        examined.warning(
            "open-by-default",
            name,
            message,
            "set it to false once the ACLs are complete",
        );
    }
}

fn super_users(examined: &mut Examined<'_>) {
    let name = "super.users";
    let Some(value) = examined.get(name) else {
        let message = "is missing: brokers may not even speak with each other";
        examined.error(
            "no-super-users",
            name,
            message,
            "name the brokers' own principal and User:_openmds",
        );
        return;
    };
    let users: Vec<&str> = value
        .split(';')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .collect();
    for user in &users {
        if user.contains(",User:") {
            let message = format!("`{user}` is one name with commas in it");
            examined.error(
                "super-user-spelling",
                name,
                message,
                "super users are separated by `;`",
            );
        } else if !user.contains(':') {
            let message = format!("`{user}` is not Type:name, and Kafka does not start");
            examined.error("super-user-spelling", name, message, "write User:<name>");
        }
    }
    if users.contains(&"User:ANONYMOUS") {
        let message = "whoever connects without logging in may do everything";
        examined.error(
            "anonymous-super-user",
            name,
            message,
            "give brokers credentials, and leave User:ANONYMOUS out",
        );
    }
    if !users.contains(&SERVER) {
        let message = format!(
            "does not name {SERVER}: the metadata server needs ACLs to read and set brokers' configurations"
        );
        examined.warning("server-not-super-user", name, message, "add User:_openmds");
    }
}
