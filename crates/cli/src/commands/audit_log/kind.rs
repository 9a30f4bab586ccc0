//! The two documents that the same commands show and replace.

use openmds_policy::audit::{Document, FieldError, Form};
use openmds_policy::companion::Companion;
use reqwest::Method;

use crate::Failure;
use crate::http::Request;
use crate::json_text::check_object;

/// A document of the audit log, with the words for it.
#[derive(Debug)]
pub(super) struct Kind {
    /// With the article, without a version.
    pub(super) a_document: &'static str,
    pub(super) noun: &'static str,
    /// The commands that are about it.
    pub(super) command: &'static str,
    path: &'static [&'static str],
    faults: fn(&str) -> Vec<FieldError>,
}

/// The audit log configuration.
pub(super) const CONFIG: Kind = Kind {
    a_document: "an audit log configuration",
    noun: "configuration",
    command: "audit-log config",
    path: &["security", "1.0", "audit", "config"],
    faults: |text| {
        Document::parse(text, Form::Request)
            .err()
            .unwrap_or_default()
    },
};

/// Its companion.
pub(super) const COMPANION: Kind = Kind {
    a_document: "a companion",
    noun: "companion",
    command: "audit-log companion",
    path: &["openmds", "1.0", "audit", "companion"],
    faults: |text| Companion::parse_request(text).err().unwrap_or_default(),
};

impl Kind {
    pub(super) fn request(&self, method: Method) -> Result<Request, Failure> {
        Request::at(method, self.path)
    }

    /// What is wrong with the text, as far as this program can tell.
    pub(super) fn faults_of(&self, text: &str) -> Vec<String> {
        if let Err(failure) = check_object(text, "the text", self.a_document) {
            return vec![failure.message().to_owned()];
        }
        (self.faults)(text)
            .iter()
            .map(ToString::to_string)
            .collect()
    }
}
