//! From text to a document, or to the list of everything that is wrong with it.
//!
//! The rules V1 to V12 are those of `audit-logs.md` 2.2; V1's content type is the server's.

mod destinations;
mod metadata;
mod principals;
mod routes;
mod targets;
mod unused;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::check::{Faults, FieldError, member};
use super::document::Document;
use crate::json::Json;
use destinations::Destinations;
pub(super) use destinations::is_host_and_port;

/// Where a document came from decides what it must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A request to the service: everything required is required, `metadata` included.
    Request,
    /// The value of the broker property: retention, default topics and `metadata` may be missing
    /// (`audit-logs.md` 2.1 and 2.5).
    Property,
}

/// A valid document, and what its author should know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The document.
    pub document: Document,
    /// Not wrong, but probably not meant; one sentence each.
    pub warnings: Vec<String>,
}

impl Document {
    /// Parses a request or a broker property, naming all faults at once.
    pub fn parse(text: &str, form: Form) -> Result<Parsed, Vec<FieldError>> {
        let json = Json::parse(text).map_err(|error| {
            alloc::vec![FieldError {
                path: String::new(),
                message: error.to_string()
            }]
        })?;
        let mut parser = Parser {
            form,
            faults: Faults::default(),
            warnings: Vec::new(),
        };
        let document = parser.document(&json);
        let document = parser.faults.into_result(document)?;
        let mut warnings = parser.warnings;
        warnings.extend(unused::topics(&document));
        Ok(Parsed { document, warnings })
    }

    /// Parses the value of the broker property. A blank one, its default, stands for the built-in
    /// document (`audit-logs.md` 2.3).
    pub fn parse_property(text: &str) -> Result<Self, Vec<FieldError>> {
        if text.trim().is_empty() {
            return Ok(Self::built_in());
        }
        Self::parse(text, Form::Property).map(|parsed| parsed.document)
    }
}

/// One walk over one document.
struct Parser {
    form: Form,
    faults: Faults,
    warnings: Vec<String>,
}

impl Parser {
    fn document(&mut self, json: &Json) -> Option<Document> {
        let members = self.faults.members("", json)?;
        let known = [
            "destinations",
            "excluded_principals",
            "default_topics",
            "routes",
            "metadata",
        ];
        self.faults.refuse_others("", &members, &known);
        let destinations = self.destinations(member(&members, "destinations"));
        let default_topics = self.default_topics(member(&members, "default_topics"), &destinations);
        let excluded_principals = self.excluded_principals(member(&members, "excluded_principals"));
        let routes = self.routes(member(&members, "routes"), &destinations);
        let metadata = self.metadata(member(&members, "metadata"));
        let Destinations {
            bootstrap_servers,
            topics,
            ..
        } = destinations;
        Some(Document {
            bootstrap_servers,
            topics,
            default_topics: default_topics?,
            excluded_principals,
            routes,
            metadata,
        })
    }
}
