//! The golden file `spec/role-matrix.txt`: what each role allows on each type of resource. Run
//! with `UPDATE_GOLDEN=1` to rewrite it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use openmds_policy::rbac::{
    AUDIT_LOG, CLUSTER_REGISTRY, Role, Roles, SECURITY_METADATA, ScopeType,
};

/// What brokers ask about, and with which operations: Kafka's own names.
const KAFKA_TYPES: [&str; 6] = [
    "Topic",
    "Group",
    "TransactionalId",
    "Cluster",
    "DelegationToken",
    "User",
];
const KAFKA_OPERATIONS: [&str; 13] = [
    "Read",
    "Write",
    "Create",
    "Delete",
    "Alter",
    "Describe",
    "ClusterAction",
    "DescribeConfigs",
    "AlterConfigs",
    "IdempotentWrite",
    "CreateTokens",
    "DescribeTokens",
    "TwoPhaseCommit",
];
/// What only the metadata service asks about.
const SERVICE_TYPES: [&str; 3] = [AUDIT_LOG, CLUSTER_REGISTRY, SECURITY_METADATA];
const SERVICE_OPERATIONS: [&str; 4] = ["Describe", "Alter", "DescribeConfigs", "AlterConfigs"];
/// What is asked about any type: who may see, and who may change, its role bindings.
const ACCESS: [&str; 2] = ["DescribeAccess", "AlterAccess"];

/// The types that role tables name beside Kafka's and the service's own.
fn other_types(roles: &Roles) -> BTreeSet<String> {
    let listed = roles
        .all()
        .iter()
        .flat_map(|role| &role.access_policy.allowed_operations);
    let types = listed.map(|one| one.resource_type.clone());
    let known = |name: &String| {
        KAFKA_TYPES.contains(&name.as_str())
            || SERVICE_TYPES.contains(&name.as_str())
            || name == "All"
    };
    types.filter(|name| !known(name)).collect()
}

/// The operations that role tables name for a type.
fn named_operations(roles: &Roles, resource_type: &str) -> BTreeSet<String> {
    let listed = roles
        .all()
        .iter()
        .flat_map(|role| &role.access_policy.allowed_operations);
    let of_type = listed.filter(|one| one.resource_type == resource_type);
    let operations = of_type.flat_map(|one| one.operations.iter().cloned());
    operations
        .filter(|name| !ACCESS.contains(&name.as_str()))
        .collect()
}

fn block(text: &mut String, roles: &Roles, resource_type: &str, operations: &[&str]) {
    let bindable = |role: &Role| match role.access_policy.scope_type {
        ScopeType::Cluster => " ",
        ScopeType::Resource if role.can_bind(resource_type) => "b",
        ScopeType::Resource => "-",
    };
    writeln!(text, "\n{resource_type}").unwrap();
    let marks = |text: &mut String, name: &str, mark: &dyn Fn(&Role) -> &'static str| {
        write!(text, "  {name:<20}").unwrap();
        for role in roles.all() {
            write!(text, "{:>width$}", mark(role), width = role.name.len() + 1).unwrap();
        }
        text.push('\n');
    };
    marks(text, "(can be bound)", &bindable);
    for operation in operations.iter().chain(&ACCESS) {
        marks(text, operation, &|role| {
            if role.permits(resource_type, operation) {
                "x"
            } else {
                "."
            }
        });
    }
}

fn matrix() -> String {
    let roles = Roles::predefined();
    let mut text = String::from(
        "What each predefined role allows, by type of resource. Generated: UPDATE_GOLDEN=1 cargo test -p openmds-policy\n\
         x allowed, . not; b: a role bound to resources that may be bound to this type, -: that may not\n\n",
    );
    write!(text, "{:22}", "").unwrap();
    for role in roles.all() {
        write!(text, " {}", role.name).unwrap();
    }
    text.push('\n');
    for resource_type in KAFKA_TYPES {
        block(&mut text, &roles, resource_type, &KAFKA_OPERATIONS);
    }
    for resource_type in SERVICE_TYPES {
        block(&mut text, &roles, resource_type, &SERVICE_OPERATIONS);
    }
    for resource_type in other_types(&roles) {
        let operations = named_operations(&roles, &resource_type);
        let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
        block(&mut text, &roles, &resource_type, &operations);
    }
    text.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

#[test]
fn the_role_matrix_is_as_agreed() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/role-matrix.txt");
    let matrix = matrix();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &matrix).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        matrix, golden,
        "the roles changed; if that is meant: UPDATE_GOLDEN=1 cargo test -p openmds-policy"
    );
}

#[test]
fn roles_come_in_the_order_that_clients_know() {
    let roles = Roles::predefined();
    let names: Vec<&str> = roles.all().iter().map(|role| role.name.as_str()).collect();
    let wanted = [
        "Operator",
        "ResourceOwner",
        "DeveloperManage",
        "DeveloperRead",
        "DeveloperWrite",
        "AuditAdmin",
        "ClusterAdmin",
        "SecurityAdmin",
        "SystemAdmin",
        "UserAdmin",
    ];
    assert_eq!(names, wanted);
}

/// `rulings.md` 19.
#[test]
fn administrators_of_the_service_reach_nothing_inside_brokers() {
    let roles = Roles::predefined();
    for name in ["AuditAdmin", "UserAdmin", "SecurityAdmin"] {
        let role = roles.named(name).unwrap();
        for resource_type in KAFKA_TYPES {
            for operation in KAFKA_OPERATIONS {
                assert!(
                    !role.permits(resource_type, operation),
                    "{name}: {operation} {resource_type}"
                );
            }
        }
    }
}

/// Decisions differ from what clients are shown only in the types that the service keeps for
/// itself, and for AuditAdmin, who is shown with operations on `Cluster` (`rulings.md` 19).
#[test]
fn what_a_role_decides_is_what_clients_are_shown() {
    let roles = Roles::predefined();
    let others = other_types(&roles);
    let types = KAFKA_TYPES
        .into_iter()
        .chain(others.iter().map(String::as_str));
    for resource_type in types {
        let named = named_operations(&roles, resource_type);
        let operations = named
            .iter()
            .map(String::as_str)
            .chain(KAFKA_OPERATIONS)
            .chain(ACCESS);
        for operation in operations {
            for role in roles.all().iter().filter(|role| role.name != "AuditAdmin") {
                let shown = role.access_policy.allowed_operations.iter().any(|one| {
                    [resource_type, "All"].contains(&one.resource_type.as_str())
                        && one
                            .operations
                            .iter()
                            .any(|name| [operation, "All"].contains(&name.as_str()))
                });
                let decided = role.permits(resource_type, operation);
                assert_eq!(decided, shown, "{}: {operation} {resource_type}", role.name);
            }
        }
    }
}
