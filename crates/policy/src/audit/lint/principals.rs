//! Whose events are never recorded.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Finding, Known, Severity};
use crate::audit::document::Document;
use crate::text::quotation;

pub(super) fn check(document: &Document, known: &Known, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for (index, principal) in document.excluded_principals().enumerate() {
        let path = format!("excluded_principals[{index}]");
        let name = quotation(principal);
        let mut find = |rule, severity, message: String, advice: &str| {
            findings.push(Finding {
                severity,
                path: path.clone(),
                rule,
                message,
                advice: advice.to_string(),
            });
        };
        if !seen.insert(principal) {
            find(
                "repeated-principal",
                Severity::Note,
                format!("`{name}` stands here twice"),
                "leave one out",
            );
        }
        if known.super_users.contains(principal) {
            find(
                "excluded-super-user",
                Severity::Warning,
                format!("nothing that `{name}`, an administrator, does is recorded"),
                "exclude the principals of services, not of administrators; discard single categories by routes",
            );
        }
        if principal == "User:ANONYMOUS" {
            find(
                "excluded-anonymous",
                Severity::Note,
                "whoever does not log in leaves no record".to_string(),
                "right if only brokers use listeners without authentication",
            );
        }
        if principal.contains('*') {
            find(
                "no-wildcard",
                Severity::Warning,
                format!("`{name}` is one name with a star in it; principals have no wildcards"),
                "list every principal by its name",
            );
        }
    }
}
