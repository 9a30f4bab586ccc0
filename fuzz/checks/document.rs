//! What must hold for any bytes taken as a document. A fuzz target and the tests of the policy
//! crate both call this.

use openmds_policy::audit::{
    AuditedAction, Category, Document, Form, Router, list_routes, lookup_route, route,
};
use openmds_policy::crn::{Crn, CrnPattern};

/// Panics if parsing or routing does, if writing and reading again changes the document, or if a
/// refusal names no fault.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(faults) = Document::parse(&text, Form::Request) {
        assert!((1..=101).contains(&faults.len()));
    }
    let Ok(document) = Document::parse_property(&text) else {
        assert!(
            Document::parse(&text, Form::Request).is_err(),
            "a valid request is a valid property"
        );
        return;
    };
    assert_eq!(
        Document::parse_property(&document.to_property()).as_ref(),
        Ok(&document)
    );
    routes(&document);
}

/// Asks the document about resources that its own patterns name.
fn routes(document: &Document) {
    let router = Router::new(document, "", "A");
    for (text, _) in document.routes().take(20) {
        let Ok(crn) = Crn::parse(&text.replace('*', "x")) else {
            continue;
        };
        let listed = list_routes(document, Some(&CrnPattern::from(&crn)));
        let winner = lookup_route(document, Some(&crn)).route;
        assert!(winner == "default" || listed.routes.contains_key(&winner));
    }
    for category in Category::ALL {
        for granted in [true, false] {
            let action = AuditedAction {
                category,
                principal: "User:a",
                granted,
            };
            let crn = Crn::for_resource("", "A", "topic", "x");
            assert_eq!(
                router.route(Some(("topic", "x")), action),
                route(document, &crn, action)
            );
        }
    }
}
