//! `spec/cases/rbac`.

use std::collections::BTreeSet;

use openmds_policy::names::{Principal, ResourcePattern};
use openmds_policy::rbac::{
    AccessRequest, BindingKey, Decision, Reason, RoleBindings, Roles, Rules, Scope, authorize,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cases::{self, Case, refused, same};

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn bindings(value: &Value) -> RoleBindings {
    let mut bindings = RoleBindings::default();
    for binding in value.as_array().unwrap() {
        let key: BindingKey = read(binding);
        let patterns = binding.get("resources").map(read).unwrap_or_default();
        bindings.set(key, patterns);
    }
    bindings
}

fn access(case: &Case) -> Result<(), String> {
    same(
        case.asks(),
        vec!["operation", "principals", "resource", "scope"],
    )?;
    let super_users: BTreeSet<Principal> = read(&case.given["super_users"]);
    let bindings = bindings(&case.given["bindings"]);
    let principals: Vec<Principal> = read(&case.when["principals"]);
    let scope: Scope = read(&case.when["scope"]);
    let resource: ResourcePattern = read(&case.when["resource"]);
    let request = AccessRequest {
        principals: &principals,
        scope: &scope,
        operation: case.when("operation"),
        resource: &resource,
        host: None,
    };
    let rules = Rules {
        roles: &Roles::predefined(),
        super_users: &super_users,
        bindings: &bindings,
        acls: None,
    };
    let decision = authorize(&rules, request);
    same(
        Value::from(decision.is_allowed()),
        case.then["allowed"].clone(),
    )?;
    let by = match &decision {
        Decision::Allow(Reason::SuperUser(_)) => Value::from("super user"),
        Decision::Allow(Reason::RoleBinding(key)) => Value::from(key.role.as_str()),
        Decision::Allow(_) | Decision::Deny(_) => Value::Null,
    };
    case.then
        .get("by")
        .map_or(Ok(()), |wanted| same(&by, wanted))
}

fn shown<T: DeserializeOwned + ToString + std::fmt::Debug>(
    case: &Case,
    key: &str,
) -> Result<(), String> {
    same(case.asks(), vec![key])?;
    let parsed = serde_json::from_value::<T>(case.when[key].clone());
    if let Some(says) = case.then.get("refused") {
        return refused(parsed, says);
    }
    let parsed = parsed.map_err(|error| error.to_string())?;
    same(Value::from(parsed.to_string()), case.then[key].clone())
}

fn name(case: &Case) -> Result<(), String> {
    match case.asks().as_slice() {
        ["principal"] => shown::<Principal>(case, "principal"),
        ["resource"] => shown::<ResourcePattern>(case, "resource"),
        other => Err(format!("unknown question {other:?}")),
    }
}

#[test]
fn who_may_do_what() {
    cases::run("rbac", "authorize.json", access);
}

#[test]
fn scopes() {
    cases::run("rbac", "scopes.json", |case| shown::<Scope>(case, "scope"));
}

#[test]
fn names() {
    cases::run("rbac", "names.json", name);
}

#[test]
fn every_file_is_run() {
    let known = ["authorize.json", "names.json", "scopes.json"];
    assert_eq!(cases::files("rbac"), known.map(String::from).into());
}
