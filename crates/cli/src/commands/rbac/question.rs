//! What and where, as `explain` and `who-can` ask it.

use openmds_api::WhoCanRequest;
use openmds_policy::acl::AclOperation;

use super::resource::Resource;
use crate::scope::Scope;
use crate::{Failure, ScopeFlags};

/// The flags of a question.
#[derive(Debug, clap::Args)]
pub(super) struct QuestionFlags {
    /// What: Read, Write, Create, Delete, Alter, Describe, ClusterAction, DescribeConfigs, AlterConfigs, IdempotentWrite, or an
    /// operation of another component
    #[arg(long, value_name = "OPERATION")]
    operation: String,
    /// TYPE:NAME of the resource; the cluster itself is Cluster:kafka-cluster
    #[arg(long, value_name = "TYPE:NAME")]
    resource: String,
    #[command(flatten)]
    scope: ScopeFlags,
}

impl QuestionFlags {
    pub(super) fn question(self) -> Result<(Scope, WhoCanRequest), Failure> {
        let resource = Resource::parse(&self.resource)?;
        let scope = self.scope.scope()?;
        let question = WhoCanRequest {
            operation: operation(&self.operation),
            resource_type: resource.kind,
            resource_name: resource.name,
            scope: scope.to_wire(),
        };
        Ok((scope, question))
    }
}

/// In the spelling of role tables, if it is one of Kafka's in any of its spellings.
fn operation(text: &str) -> String {
    let letters = |text: &str| {
        let letters = text.chars().filter(|one| !matches!(one, '-' | '_'));
        letters.collect::<String>().to_ascii_lowercase()
    };
    let known = AclOperation::ALL.iter().map(|one| one.as_str());
    let mut known = known.filter(|known| letters(known) == letters(text));
    known.next().unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kafkas_operations_in_all_their_spellings_and_others_as_they_are() {
        for text in ["describe-configs", "DESCRIBE_CONFIGS", "DescribeConfigs"] {
            assert_eq!(operation(text), "DescribeConfigs");
        }
        assert_eq!(operation("ReadCompatibility"), "ReadCompatibility");
    }
}
