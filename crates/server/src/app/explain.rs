//! Why somebody may or may not do something, by what the server knows.

use std::net::IpAddr;

use openmds_api::{AuditedAs, ExplainRequest, Explanation, Fix, NearRule, WhoCanRequest};
use openmds_policy::acl::Acls;
use openmds_policy::audit::{AuditedAction, Category, Routing, lookup_route, route, usual_method};
use openmds_policy::names::{PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{
    AccessRequest, AclRules, Grant, Ground, Lack, Rules, Scope, authorize, granting, nearest,
};
use openmds_policy::text::quotation;

use super::acl_commands::acl_command;
use super::audit_version::in_force;
use super::bound_patterns::kept_name;
use super::denial::Missing;
use super::explained_rule::explained;
use super::scopes::scope_body;
use super::{App, AppError, Caller};
use crate::store::State;

/// How many rules that come near are shown.
const MOST_NEAR: usize = 3;

/// What and where, understood.
pub(super) struct Asked {
    pub(super) scope: Scope,
    pub(super) operation: String,
    pub(super) resource: ResourcePattern,
}

impl App {
    /// The decision about the principal with these groups, what made it, and what would change it.
    ///
    /// Everybody may ask about oneself with the groups that one has; about others, those who may see
    /// all bindings of the scope.
    pub async fn explain(
        &self,
        caller: &Caller,
        request: &ExplainRequest,
    ) -> Result<Explanation, AppError> {
        let state = self.store.read();
        let principal = Self::parsed_principal(&request.principal)?;
        let asked = self.understood(&state, caller, &request.question)?;
        let mut principals = self.effective(caller, &principal);
        for group in &request.groups {
            let group = Self::parsed_principal(&format!("Group:{group}"))?;
            if !principals.contains(&group) {
                principals.push(group);
            }
        }
        let oneself = principals.iter().all(|one| caller.is(one));
        let about = oneself.then_some(&principal);
        self.permit_describing(&state, caller, &asked.scope, about)?;
        let host = request.host.as_deref().map(address).transpose()?;
        let mut explanation = self.explanation(&state, caller, &asked, &principals, host);
        if request.live {
            explanation.live = Some(self.live(&state, &asked, request).await?);
        }
        Ok(explanation)
    }

    /// What is asked, in the words of the rules.
    pub(super) fn understood(
        &self,
        state: &State,
        caller: &Caller,
        question: &WhoCanRequest,
    ) -> Result<Asked, AppError> {
        let scope = self.resolved(state, caller, &question.scope)?;
        if question.operation.is_empty() {
            return Err(AppError::invalid("operation is empty"));
        }
        let kind = &question.resource_type;
        let name = kept_name(kind, &question.resource_name, &scope);
        let resource = ResourcePattern::parse(kind, name, PatternType::Literal);
        Ok(Asked {
            scope,
            operation: question.operation.clone(),
            resource: resource.map_err(|error| AppError::invalid(error.to_string()))?,
        })
    }

    /// By what the server would let brokers decide: its own rules, and none of the cluster's.
    pub(super) fn rules_inside<'a>(&'a self, state: &'a State, local: &'a Acls) -> Rules<'a> {
        Rules {
            acls: Some(AclRules {
                central: state.acls(),
                local,
                allow_everyone: false,
            }),
            ..self.rules(state)
        }
    }

    fn explanation(
        &self,
        state: &State,
        caller: &Caller,
        asked: &Asked,
        principals: &[Principal],
        host: Option<IpAddr>,
    ) -> Explanation {
        let local = Acls::default();
        let rules = self.rules_inside(state, &local);
        let request = AccessRequest {
            principals,
            scope: &asked.scope,
            operation: &asked.operation,
            resource: &asked.resource,
            host,
        };
        let decision = authorize(&rules, request);
        let allowed = decision.is_allowed();
        let near = if allowed {
            Vec::new()
        } else {
            nearest(&rules, request, MOST_NEAR)
        };
        let near = near.into_iter().map(|near| NearRule {
            rule: explained(&near.rule),
            differs: near.lacks.into_iter().map(differs).collect(),
        });
        Explanation {
            principals: principals.iter().map(ToString::to_string).collect(),
            operation: asked.operation.clone(),
            resource_type: asked.resource.resource_type.clone(),
            resource_name: asked.resource.name.clone(),
            scope: scope_body(&asked.scope),
            host: host.map(|host| host.to_string()),
            decision: if allowed { "ALLOWED" } else { "DENIED" }.to_string(),
            reason: explained(&Ground::of(&decision, &rules, request)),
            nearest: near.collect(),
            fix: fix(caller, &rules, request),
            audit: self.audited_as(state, caller, asked, principals, allowed),
            live: None,
            notes: notes(&asked.scope),
        }
    }

    fn audited_as(
        &self,
        state: &State,
        caller: &Caller,
        asked: &Asked,
        principals: &[Principal],
        granted: bool,
    ) -> AuditedAs {
        let inside = asked.scope.only_kafka_cluster().is_some();
        let kind = &asked.resource.resource_type;
        let method = if inside {
            usual_method(kind, &asked.operation)
        } else {
            usual_method("", "")
        };
        let category = Category::of_method(method);
        let authority = &self.settings.exporter.authority;
        let crn = asked.scope.crn(authority, &asked.resource);
        let mut audited = AuditedAs {
            method: method.to_string(),
            category: category.to_string(),
            on_by_default: category.is_on_by_default(),
            crn: crn.to_string(),
            route: None,
            topic: None,
            text: String::new(),
        };
        if !self.may_see_audit(state, caller) {
            audited.text = format!(
                "the event would be of the category {category}; its route is shown to those who may see the audit-log configuration"
            );
            return audited;
        }
        let (document, _) = in_force(state);
        let user = principals.first().map(ToString::to_string);
        let action = AuditedAction {
            category,
            principal: &user.unwrap_or_default(),
            granted,
        };
        let winner = lookup_route(&document, Some(&crn)).route;
        audited.text = match route(&document, &crn, action) {
            Routing::Topic(topic) => {
                audited.topic = Some(topic.to_string());
                format!("recorded in {topic} as {category} by the route {winner}")
            }
            Routing::Discarded(why) => {
                use openmds_policy::audit::Why;
                let why = match why {
                    Why::ExcludedPrincipal => "the principal is excluded".to_string(),
                    Why::Route => format!("the route {winner} says so"),
                    Why::DefaultTopics => "no default topic is set for it".to_string(),
                    Why::CategoryOffByDefault => {
                        format!("{category} is off by default, and no route turns it on")
                    }
                };
                format!("not recorded: {why}")
            }
        };
        audited.route = Some(winner);
        audited
    }
}

/// The commands that would allow it.
fn fix(caller: &Caller, rules: &Rules<'_>, request: AccessRequest<'_>) -> Fix {
    let principal = request.principals.first();
    let granting = principal.and_then(|one| Some((one, granting(rules, request, one)?)));
    let Some((principal, granting)) = granting else {
        return Fix::default();
    };
    let (program, scope) = (caller.program, request.scope);
    let denials = granting.denials.iter();
    let grant = |grant: &Grant| match grant {
        Grant::Role(role, resource) => {
            let resource = resource.as_ref();
            let missing = Missing {
                role,
                scope,
                resource,
            };
            missing.command_for(program, principal)
        }
        Grant::Acl(acl) => acl_command(program, "create", acl, scope),
    };
    Fix {
        first: denials
            .map(|(acl, _)| acl_command(program, "delete", acl, scope))
            .collect(),
        one_of: granting.grants.iter().map(grant).collect(),
    }
}

fn differs(lack: Lack) -> String {
    let word = match lack {
        Lack::Host => "host",
        Lack::Operation => "operation",
        Lack::Resource => "resource",
        Lack::Scope => "scope",
    };
    word.to_string()
}

fn address(text: &str) -> Result<IpAddr, AppError> {
    text.parse().map_err(|_| {
        AppError::invalid(format!(
            "`{}` is not an IP address: give host as 10.0.0.1 or 2001:db8::1",
            quotation(text)
        ))
    })
}

/// What the server does not see of a scope.
pub(super) fn notes(scope: &Scope) -> Vec<String> {
    let inside = scope.only_kafka_cluster().map(|id| {
        format!(
            "This is the view of the server. Cluster {id} also goes by its own ACLs (kafka-acls), super.users and allow.everyone.if.no.acl.found, which the server does not see, and by access.rule.providers as to whether the server's rules count at all."
        )
    });
    inside.into_iter().collect()
}
