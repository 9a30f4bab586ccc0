//! The description of the API is checked in, and it is complete.

use std::collections::BTreeSet;
use std::path::Path;

use openmds_server::http::{known_routes, openapi_document};
use serde_json::Value;

#[test]
fn the_description_is_the_one_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/openapi.json");
    let made = openapi_document();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(
        kept == made,
        "spec/openapi.json is not what the handlers say; look at the difference after UPDATE_GOLDEN=1"
    );
}

#[test]
fn it_describes_every_route_and_no_other() {
    let document: Value = serde_json::from_str(&openapi_document()).unwrap();
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let names = methods.as_object().unwrap().keys();
        described.extend(names.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let known: BTreeSet<String> = known_routes()
        .into_iter()
        // The description does not describe itself.
        .filter(|(_, path)| *path != "/openapi.json")
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    assert_eq!(described, known);
}

#[test]
fn every_operation_says_who_may_call_it_and_how_it_refuses() {
    let document: Value = serde_json::from_str(&openapi_document()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let description = operation["description"].as_str().unwrap();
            assert!(description.contains("Who may call: "), "{method} {path}");
            let mut statuses = vec!["500", "503"];
            if operation.get("security").is_none() {
                statuses.extend(["401", "429"]);
            }
            if operation.get("requestBody").is_some() {
                statuses.extend(["400", "413", "415"]);
            }
            for status in statuses {
                let response = &operation["responses"][status];
                assert!(response.is_object(), "{method} {path} {status}");
            }
        }
    }
}

#[test]
fn only_open_routes_are_described_as_open() {
    let document: Value = serde_json::from_str(&openapi_document()).unwrap();
    let mut open = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let security = operation.get("security");
            if security.is_some_and(|asked| asked[0] == serde_json::json!({})) {
                open.insert(path.as_str());
            }
        }
    }
    let expected = [
        "/health/live",
        "/health/ready",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
        // It asks for a client's credentials in its own way.
        "/oauth2/token",
        // The token is in the body.
        "/openmds/1.0/join",
        "/security/1.0/features",
        "/security/1.0/jwks.json",
        "/security/1.0/oidc/authenticate",
        "/security/1.0/oidc/authorization-code/callback",
        "/security/1.0/oidc/device/authenticate",
        "/security/1.0/oidc/device/check-auth",
        "/security/1.0/oidc/device/extend-auth",
        "/v1/metadata/id",
    ];
    assert_eq!(open, expected.into());
}
