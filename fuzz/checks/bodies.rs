//! What must hold for any bytes taken as the body of a request about roles, ACLs, clusters, actions or tokens. A fuzz target and the
//! tests of the server both call this.

use openmds_api::{
    AclFilterRequest, AuthorizeRequest, ClusterInfo, CreateAclRequest, MdsScope, ResourcesRequest,
    RevocationRequest, RotateRequest,
};
use openmds_policy::acl::{AclBinding, AclFilter};
use openmds_policy::json::Json;
use openmds_policy::names::{ClusterName, Principal};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is read is written and read again as the same value.
fn survives<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(
    text: &str,
) -> Option<T> {
    let value: T = serde_json::from_str(text).ok()?;
    let written = serde_json::to_string(&value).unwrap();
    assert_eq!(
        serde_json::from_str::<T>(&written).unwrap(),
        value,
        "{written}"
    );
    Some(value)
}

/// Panics if reading does, if a value changes by being written, or if a refusal cannot be shown in one line.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(json) = Json::parse(&text) {
        assert!(
            json.repeated_member()
                .is_none_or(|name| text.len() > name.len())
        );
    }
    survives::<MdsScope>(&text);
    survives::<RevocationRequest>(&text);
    survives::<RotateRequest>(&text);
    if let Some(request) = survives::<ResourcesRequest>(&text) {
        assert!(
            request
                .resource_patterns
                .iter()
                .all(|pattern| !pattern.name.is_empty())
        );
    }
    if let Some(request) = survives::<CreateAclRequest>(&text) {
        match AclBinding::parse(&request.acl_binding.written()) {
            Ok(acl) => assert_eq!(
                survives::<AclBinding>(&serde_json::to_string(&acl).unwrap()),
                Some(acl)
            ),
            Err(faults) => assert!(faults.iter().all(|fault| shown(&fault.to_string()))),
        }
    }
    if let Some(request) = survives::<AclFilterRequest>(&text)
        && let Err(faults) = AclFilter::parse(&request.acl_binding_filter.written())
    {
        assert!(faults.iter().all(|fault| shown(&fault.to_string())));
    }
    if let Some(request) = survives::<AuthorizeRequest>(&text) {
        match Principal::parse(&request.user_principal) {
            Ok(principal) => assert_eq!(principal.to_string(), request.user_principal),
            Err(error) => assert!(shown(&error.to_string())),
        }
    }
    for cluster in survives::<Vec<ClusterInfo>>(&text).into_iter().flatten() {
        match ClusterName::parse(&cluster.cluster_name) {
            Ok(name) => assert_eq!(name.as_str(), cluster.cluster_name),
            Err(error) => assert!(shown(&error.to_string())),
        }
    }
}

fn shown(message: &str) -> bool {
    !message.is_empty() && message.len() < 2_000 && !message.chars().any(char::is_control)
}
