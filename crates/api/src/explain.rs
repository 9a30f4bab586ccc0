//! Why somebody may do something, and who may: endpoints of our own.

use openmds_policy::names::ResourcePattern;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::acls::AclBinding;
use crate::bindings::MdsScope;
use crate::node_questions::NodeRule;
use crate::registry::ScopeBody;

/// Whom, what and where to explain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExplainRequest {
    /// `User:<name>` or `Group:<name>`
    pub principal: String,
    /// Names of groups, without type, beside those of the directory: as a token carries them.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The client's address. Without it ACLs for single hosts count if they deny only.
    #[serde(default)]
    pub host: Option<String>,
    /// Whether every node of the cluster shall be asked, too, how it decides now.
    #[serde(default)]
    pub live: bool,
    /// What, as [`WhoCanRequest`] has it.
    #[serde(flatten)]
    pub question: WhoCanRequest,
}

/// What and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoCanRequest {
    /// `Read`, `AlterConfigs`, ...
    pub operation: String,
    /// `Topic`, `Subject`, ...
    pub resource_type: String,
    /// The whole name.
    pub resource_name: String,
    /// Where.
    pub scope: MdsScope,
}

/// A decision and all that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Who: the user, then its groups.
    pub principals: Vec<String>,
    /// What.
    pub operation: String,
    /// `Topic`, ...
    pub resource_type: String,
    /// The whole name.
    pub resource_name: String,
    /// Where.
    pub scope: ScopeBody,
    /// From where, if that was asked.
    pub host: Option<String>,
    /// `ALLOWED` or `DENIED`
    pub decision: String,
    /// What decided.
    pub reason: RuleInfo,
    /// Of the principals' own rules those that came nearest to allowing it; none if it is allowed.
    pub nearest: Vec<NearRule>,
    /// What would allow it.
    pub fix: Fix,
    /// Where the event about the decision goes.
    pub audit: AuditedAs,
    /// How each node of the cluster decides now, if that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Vec<LiveDecision>>,
    /// What the answer does not know, one sentence each.
    pub notes: Vec<String>,
}

/// How one node decides now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LiveDecision {
    /// Its `node.id`.
    pub node_id: i32,
    /// `broker`, `controller` or both.
    pub roles: Vec<String>,
    /// What became of the question: `answered`, `unanswered`, or a node's state as `cluster nodes` has it.
    pub state: String,
    /// `ALLOWED`, `DENIED` or `NOT_READY`; null unless it answered.
    pub decision: Option<String>,
    /// One sentence for a person: what decides it there, or why there is no answer.
    pub text: String,
    /// The generation by which it decides.
    pub generation: Option<u64>,
    /// What decides it there.
    pub rule: Option<NodeRule>,
}

/// A rule, or that there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleInfo {
    /// `superUser`, `roleBinding`, `acl`, `reservedTopic` or `nothing`
    pub kind: String,
    /// One sentence for a person.
    pub text: String,
    /// Whom the rule names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The role of a role binding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Where a role binding holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeBody>,
    /// On what a role binding is; absent for a role on the whole scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub pattern: Option<ResourcePattern>,
    /// The ACL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acl: Option<AclBinding>,
}

/// A rule that does not allow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NearRule {
    /// The rule.
    pub rule: RuleInfo,
    /// In what it differs: `host`, `operation`, `resource`, `scope`.
    pub differs: Vec<String>,
}

/// What would allow it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fix {
    /// All of these commands come first: they take away ACLs that deny it.
    pub first: Vec<String>,
    /// Then any one of these is enough, those that open least first; none is needed if there is none.
    pub one_of: Vec<String>,
}

/// Where the event about a decision goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditedAs {
    /// The method that usually asks for it.
    pub method: String,
    /// The category of that method.
    pub category: String,
    /// Whether events of the category are recorded where no route says so.
    pub on_by_default: bool,
    /// What the event is about.
    pub crn: String,
    /// The pattern of the route that decides, or `default`; null if the caller may not see routes.
    pub route: Option<String>,
    /// The topic; null if the event is not recorded, or if the caller may not see routes.
    pub topic: Option<String>,
    /// One sentence for a person.
    pub text: String,
}

/// Who may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoCanAnswer {
    /// What.
    pub operation: String,
    /// `Topic`, ...
    pub resource_type: String,
    /// The whole name.
    pub resource_name: String,
    /// Where.
    pub scope: ScopeBody,
    /// Who may, by name; `User:*` is everybody.
    pub may: Vec<HolderInfo>,
    /// To whom an ACL denies it, whatever allows it.
    pub denied: Vec<HolderInfo>,
    /// What the answer does not know, one sentence each.
    pub notes: Vec<String>,
}

/// Somebody, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HolderInfo {
    /// Who.
    pub principal: String,
    /// The only host or network from which that is so; null: everywhere else.
    pub host: Option<String>,
    /// What decides it.
    pub reason: RuleInfo,
}
