//! Who may do what.

use std::collections::BTreeSet;

use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{
    AccessRequest, BindingKey, RoleBindings, Roles, Rules, Scope, authorize,
};
use proptest::prelude::*;

fn principal() -> impl Strategy<Value = Principal> {
    let name = prop::sample::select(vec!["a", "b"]);
    (any::<bool>(), name).prop_map(|(group, name)| {
        if group {
            Principal::group(name)
        } else {
            Principal::user(name)
        }
    })
}

fn scope() -> impl Strategy<Value = Scope> {
    prop::sample::select(vec!["A", "B"]).prop_map(|id| Scope::kafka(&ClusterId::new(id)))
}

fn pattern() -> impl Strategy<Value = ResourcePattern> {
    let kind = prop::sample::select(vec!["Topic", "Group"]);
    let name = prop_oneof!["[ab]{1,3}", Just("*".to_string())];
    let pattern_type = prop::sample::select(vec![PatternType::Literal, PatternType::Prefixed]);
    (kind, name, pattern_type).prop_map(|(kind, name, pattern_type)| {
        ResourcePattern::parse(kind, &name, pattern_type).unwrap()
    })
}

type Binding = (BindingKey, BTreeSet<ResourcePattern>);

fn binding() -> impl Strategy<Value = Binding> {
    let names: Vec<String> = Roles::predefined()
        .all()
        .iter()
        .map(|role| role.name.clone())
        .collect();
    let patterns = prop::collection::btree_set(pattern(), 0..3);
    (principal(), prop::sample::select(names), scope(), patterns).prop_map(
        |(principal, role, scope, patterns)| {
            (
                BindingKey {
                    principal,
                    role,
                    scope,
                },
                patterns,
            )
        },
    )
}

/// Bindings in which a key that comes twice holds the patterns of both.
fn together(bindings: &[Binding]) -> RoleBindings {
    let mut all = RoleBindings::default();
    for (key, patterns) in bindings {
        let mut held = all.patterns(key).cloned().unwrap_or_default();
        held.extend(patterns.iter().cloned());
        all.set(key.clone(), held);
    }
    all
}

#[derive(Debug, Clone)]
struct Request {
    principals: Vec<Principal>,
    scope: Scope,
    operation: &'static str,
    resource: ResourcePattern,
}

fn request() -> impl Strategy<Value = Request> {
    let operation = prop::sample::select(vec![
        "Read",
        "Write",
        "Create",
        "Describe",
        "AlterConfigs",
        "AlterAccess",
        "DescribeAccess",
    ]);
    (
        prop::collection::vec(principal(), 0..3),
        scope(),
        operation,
        pattern(),
    )
        .prop_map(|(principals, scope, operation, resource)| Request {
            principals,
            scope,
            operation,
            resource,
        })
}

fn allows(super_users: &BTreeSet<Principal>, bindings: &RoleBindings, request: &Request) -> bool {
    let request = AccessRequest {
        principals: &request.principals,
        scope: &request.scope,
        operation: request.operation,
        resource: &request.resource,
        host: None,
    };
    let rules = Rules {
        roles: &Roles::predefined(),
        super_users,
        bindings,
        acls: None,
    };
    authorize(&rules, request).is_allowed()
}

proptest! {
    #[test]
    fn more_bindings_never_take_away(some in prop::collection::vec(binding(), 0..6), more in prop::collection::vec(binding(), 0..6), request in request()) {
        let nobody = BTreeSet::new();
        let both = [some.clone(), more].concat();
        prop_assert!(!allows(&nobody, &together(&some), &request) || allows(&nobody, &together(&both), &request));
    }

    #[test]
    fn removing_a_binding_never_gives(bindings in prop::collection::vec(binding(), 1..6), removed: prop::sample::Index, request in request()) {
        let nobody = BTreeSet::new();
        let all = together(&bindings);
        let mut fewer = all.clone();
        fewer.remove(&removed.get(&bindings).0);
        prop_assert!(!allows(&nobody, &fewer, &request) || allows(&nobody, &all, &request));
    }

    #[test]
    fn super_users_may_do_anything_and_need_no_binding(user in principal(), others in prop::collection::vec(principal(), 0..3), mut request in request()) {
        request.principals = others;
        request.principals.push(user.clone());
        prop_assert!(allows(&BTreeSet::from([user]), &RoleBindings::default(), &request));
    }

    #[test]
    fn nobody_may_do_anything_without_bindings(request in request()) {
        prop_assert!(!allows(&BTreeSet::new(), &RoleBindings::default(), &request));
    }

    #[test]
    fn the_order_of_principals_means_nothing(bindings in prop::collection::vec(binding(), 0..6), request in request()) {
        let mut reversed = request.clone();
        reversed.principals.reverse();
        let bindings = together(&bindings);
        prop_assert_eq!(allows(&BTreeSet::new(), &bindings, &request), allows(&BTreeSet::new(), &bindings, &reversed));
    }

    #[test]
    fn a_binding_elsewhere_means_nothing(bindings in prop::collection::vec(binding(), 0..6), request in request()) {
        let here: Vec<Binding> = bindings.iter().filter(|(key, _)| key.scope == request.scope).cloned().collect();
        let nobody = BTreeSet::new();
        prop_assert_eq!(allows(&nobody, &together(&bindings), &request), allows(&nobody, &together(&here), &request));
    }

    #[test]
    fn a_pattern_contains_another_only_if_it_covers_all_its_names(one in pattern(), other in pattern(), names in prop::collection::vec("[ab]{1,4}", 1..10)) {
        for name in &names {
            let covered_by_other = other.covers(&other.resource_type, name);
            prop_assert!(!one.contains(&other) || !covered_by_other || one.covers(&other.resource_type, name));
        }
        prop_assert!(one.contains(&one));
    }
}
