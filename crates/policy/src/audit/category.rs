//! Event categories: every audited method belongs to exactly one.

use alloc::string::String;
use core::fmt;

use crate::text::quotation;

/// The categories of `audit-logs.md` 4.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Logins, successful or not.
    Authentication,
    /// Questions to the metadata service whether somebody may do something.
    Authorize,
    /// Changes to topics, ACLs, configurations, quotas; also every method not known.
    Management,
    /// Writing records.
    Produce,
    /// Reading records and keeping offsets.
    Consume,
    /// Traffic between brokers and controllers.
    Interbroker,
    /// Group members saying that they are alive.
    Heartbeat,
    /// Reading metadata and configurations.
    Describe,
}

/// A key that names no category.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a category: use authentication, authorize, management, produce, consume, interbroker, heartbeat or describe"
)]
pub struct CategoryError {
    /// The offending text.
    pub text: String,
}

impl Category {
    /// All categories, in the order in which documents list them.
    pub const ALL: [Self; 8] = [
        Self::Authentication,
        Self::Authorize,
        Self::Management,
        Self::Produce,
        Self::Consume,
        Self::Interbroker,
        Self::Heartbeat,
        Self::Describe,
    ];

    /// The key in a document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Authorize => "authorize",
            Self::Management => "management",
            Self::Produce => "produce",
            Self::Consume => "consume",
            Self::Interbroker => "interbroker",
            Self::Heartbeat => "heartbeat",
            Self::Describe => "describe",
        }
    }

    /// Parses a document's key. The deprecated `other` is the document parser's business.
    pub fn parse(text: &str) -> Result<Self, CategoryError> {
        Self::ALL
            .into_iter()
            .find(|category| category.as_str() == text)
            .ok_or_else(|| CategoryError {
                text: quotation(text),
            })
    }

    /// Whether events that no route decides go to the default topics (`audit-logs.md` 3.4).
    #[must_use]
    pub const fn is_on_by_default(self) -> bool {
        matches!(
            self,
            Self::Authentication | Self::Authorize | Self::Management
        )
    }
}

impl fmt::Display for Category {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
