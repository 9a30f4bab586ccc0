//! Kafka's numbers as the names that events show.
//!
//! Names of methods and their categories are `policy`'s; here they are only laid out by number,
//! because a request thread has no time to search a table by text.

use openmds_policy::audit::{Category, FETCH_FOLLOWER, method_name};

const FETCH: i16 = 1;
/// `AclOperation.CLUSTER_ACTION.code()`.
pub(crate) const CLUSTER_ACTION: u8 = 9;
/// API keys laid out; a newer Kafka's higher ones are looked up by text.
const LAID_OUT: i16 = 128;

/// A method and its category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// `kafka.CreateTopics`, ...
    pub name: String,
    /// Decides by which rule of a route the event goes.
    pub category: Category,
}

/// All methods by API key.
#[derive(Debug)]
pub struct Methods {
    by_key: Vec<Method>,
    fetch_follower: Method,
    unknown: Method,
}

impl Methods {
    /// Lays the table out.
    #[must_use]
    pub fn new() -> Self {
        let method = |name: &str| Method {
            name: name.to_owned(),
            category: Category::of_method(name),
        };
        Self {
            by_key: (0..LAID_OUT)
                .map(|key| method(&method_name(key, "")))
                .collect(),
            fetch_follower: method(FETCH_FOLLOWER),
            unknown: method("kafka.Unknown"),
        }
    }

    /// The method of a request, given the operation that was checked: it tells a follower's fetch
    /// from a consumer's.
    #[must_use]
    pub fn of(&self, api_key: i16, operation: u8) -> &Method {
        if api_key == FETCH && operation == CLUSTER_ACTION {
            return &self.fetch_follower;
        }
        usize::try_from(api_key)
            .ok()
            .and_then(|key| self.by_key.get(key))
            .unwrap_or(&self.unknown)
    }

    /// The categories that requests can be of, by API key, and last of one that is not laid out.
    pub(crate) fn categories_of_keys(
        &self,
    ) -> impl Iterator<Item = impl Iterator<Item = Category>> {
        let fetch = usize::try_from(FETCH).ok();
        let laid_out = self.by_key.iter().chain([&self.unknown]).enumerate();
        laid_out.map(move |(key, method)| {
            let follower = (Some(key) == fetch).then_some(self.fetch_follower.category);
            [method.category].into_iter().chain(follower)
        })
    }

    /// The categories in the order in which Java asks for them: by API key, then the follower's
    /// fetch, then everything else.
    pub fn categories(&self) -> impl Iterator<Item = Category> {
        self.by_key
            .iter()
            .chain([&self.fetch_follower, &self.unknown])
            .map(|method| method.category)
    }
}

impl Default for Methods {
    fn default() -> Self {
        Self::new()
    }
}

/// `AclOperation.code()` as Kafka's `SecurityUtils.operationName` spells it.
#[must_use]
pub const fn operation_name(code: u8) -> &'static str {
    match code {
        1 => "Any",
        2 => "All",
        3 => "Read",
        4 => "Write",
        5 => "Create",
        6 => "Delete",
        7 => "Alter",
        8 => "Describe",
        9 => "ClusterAction",
        10 => "DescribeConfigs",
        11 => "AlterConfigs",
        12 => "IdempotentWrite",
        13 => "CreateTokens",
        14 => "DescribeTokens",
        15 => "TwoPhaseCommit",
        _ => "Unknown",
    }
}

/// `ResourceType.code()` as Kafka's `SecurityUtils.resourceTypeName` spells it.
#[must_use]
pub const fn resource_type_name(code: u8) -> &'static str {
    match code {
        1 => "Any",
        2 => "Topic",
        3 => "Group",
        4 => "Cluster",
        5 => "TransactionalId",
        6 => "DelegationToken",
        7 => "User",
        _ => "Unknown",
    }
}

/// `PatternType.code()` by name.
#[must_use]
pub const fn pattern_type_name(code: u8) -> &'static str {
    match code {
        1 => "ANY",
        2 => "MATCH",
        3 => "LITERAL",
        4 => "PREFIXED",
        _ => "UNKNOWN",
    }
}

#[cfg(test)]
mod tests {
    use super::{CLUSTER_ACTION, Category, Methods};

    #[test]
    fn a_fetch_is_named_for_who_fetches() {
        let methods = Methods::new();
        assert_eq!(methods.of(1, 3).name, "kafka.FetchConsumer");
        assert_eq!(methods.of(1, CLUSTER_ACTION).name, "kafka.FetchFollower");
        assert_eq!(
            methods.of(1, CLUSTER_ACTION).category,
            Category::Interbroker
        );
        assert_eq!(methods.of(19, 5).name, "kafka.CreateTopics");
    }

    #[test]
    fn unknown_requests_are_management() {
        let methods = Methods::new();
        for key in [-1, 120, 127, 128, i16::MAX] {
            assert_eq!(methods.of(key, 8).category, Category::Management, "{key}");
        }
        assert_eq!(methods.categories().count(), 130);
    }
}
