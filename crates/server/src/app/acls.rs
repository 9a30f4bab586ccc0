//! Centralised ACLs: kept here for brokers to enforce (`rbac-registry-tokens.md` 5).

use openmds_api::{AclFilterRequest, CreateAclRequest, ScopeBody};
use openmds_policy::acl::{AclBinding, AclFilter, AclOperation, AclRequest, AclResourceType};
use openmds_policy::audit::FieldError;
use openmds_policy::names::{ClusterId, PatternType, ResourcePattern};
use openmds_policy::rbac::{KAFKA_CLUSTER, Scope};

use super::bind_role::all_bindings;
use super::denial::{Missing, denied};
use super::scopes::scope_of;
use super::{App, AppError, Caller};
use crate::store::{Record, State};

/// One of the two rights on ACLs: as an administrator of bindings has it, and as Kafka has it.
struct Right {
    access: &'static str,
    kafka: &'static str,
    acl: AclOperation,
    role: &'static str,
}

const ALTERING: Right = Right {
    access: "AlterAccess",
    kafka: "Alter",
    acl: AclOperation::Alter,
    role: "UserAdmin",
};

const DESCRIBING: Right = Right {
    access: "DescribeAccess",
    kafka: "Describe",
    acl: AclOperation::Describe,
    role: "SecurityAdmin",
};

impl App {
    /// Adds an ACL; that it is there already is no error.
    pub async fn create_acl(
        &self,
        caller: &Caller,
        request: &CreateAclRequest,
    ) -> Result<(), AppError> {
        let cluster = kafka_cluster(&request.scope)?;
        let parsed = AclBinding::parse(&request.acl_binding.written());
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            self.permit_acls(state, caller, &cluster, &ALTERING)?;
            let acl = parsed.map_err(|faults| invalid("the ACL", "aclBinding", faults))?;
            Ok(if state.acls().contains(&cluster, &acl) {
                vec![]
            } else {
                vec![written(&cluster, acl, true)]
            })
        };
        self.record(caller, decide).await?;
        Ok(())
    }

    /// Deletes the ACLs that the filter means, and answers them.
    pub async fn delete_acls(
        &self,
        caller: &Caller,
        request: &AclFilterRequest,
    ) -> Result<Vec<AclBinding>, AppError> {
        let cluster = kafka_cluster(&request.scope)?;
        let mut deleted = Vec::new();
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            self.permit_acls(state, caller, &cluster, &ALTERING)?;
            let filter = filter(request)?;
            deleted.extend(state.acls().matching(&cluster, &filter).cloned());
            let gone = deleted.iter().cloned();
            Ok(gone.map(|acl| written(&cluster, acl, false)).collect())
        };
        self.record(caller, decide).await?;
        Ok(deleted)
    }

    /// The ACLs that the filter means, by resource.
    pub fn search_acls(
        &self,
        caller: &Caller,
        request: &AclFilterRequest,
    ) -> Result<Vec<AclBinding>, AppError> {
        let cluster = kafka_cluster(&request.scope)?;
        let state = self.store.read();
        self.permit_acls(&state, caller, &cluster, &DESCRIBING)?;
        let filter = filter(request)?;
        Ok(state.acls().matching(&cluster, &filter).cloned().collect())
    }

    /// Administrators of bindings, and whoever may do the same with Kafka's own tools: by a role or
    /// by a central ACL on the cluster (`mds-api.md` 10, AC). Consent is recorded as the right that gave it. A refusal is one event, and
    /// names what its message names: the reference's operation for access to what its server keeps (`audit-logs.md` 5.2), or Kafka's right
    /// where an ACL denies that.
    fn permit_acls(
        &self,
        state: &State,
        caller: &Caller,
        cluster: &ClusterId,
        right: &Right,
    ) -> Result<(), AppError> {
        let scope = Scope::kafka(cluster);
        let all = all_bindings();
        if self.permitted_already(state, caller, &scope, right.access, &all) {
            return Ok(());
        }
        let request = AclRequest {
            principals: caller.principals(),
            host: caller.request.client_address,
            operation: right.acl,
            resource_type: AclResourceType::Cluster,
            name: KAFKA_CLUSTER,
        };
        let resource = ResourcePattern {
            resource_type: "Cluster".to_string(),
            name: KAFKA_CLUSTER.to_string(),
            pattern_type: PatternType::Literal,
        };
        let (operation, resource) = match state.acls().decide(cluster, &request) {
            Some(acl) => {
                if self.decided_by_acl(state, caller, &scope, right.kafka, &resource, &acl.entry) {
                    return Ok(());
                }
                (right.kafka, resource)
            }
            None => {
                if self.permitted_already(state, caller, &scope, right.kafka, &resource) {
                    return Ok(());
                }
                self.refused(state, caller, &scope, right.access, &all);
                (right.access, all)
            }
        };
        let what = format!("{resource} at {scope}");
        let missing = [Missing::role(right.role, &scope)];
        Err(denied(caller, operation, &what, &missing))
    }
}

fn written(cluster: &ClusterId, acl: AclBinding, present: bool) -> Record {
    Record::Acl {
        cluster: cluster.clone(),
        acl,
        present,
    }
}

fn kafka_cluster(scope: &ScopeBody) -> Result<ClusterId, AppError> {
    scope_of(&scope.clusters)?
        .only_kafka_cluster()
        .ok_or_else(|| {
            AppError::invalid(
                "ACLs live on Kafka clusters: the scope of ACLs has kafka-cluster and nothing else",
            )
        })
}

fn filter(request: &AclFilterRequest) -> Result<AclFilter, AppError> {
    let parsed = AclFilter::parse(&request.acl_binding_filter.written());
    parsed.map_err(|faults| invalid("the filter", "aclBindingFilter", faults))
}

fn invalid(what: &str, at: &str, faults: Vec<FieldError>) -> AppError {
    let below = faults.into_iter().map(|fault| FieldError {
        path: format!("{at}.{}", fault.path),
        ..fault
    });
    AppError::invalid_fields(&format!("{what} is not valid"), below.collect())
}
