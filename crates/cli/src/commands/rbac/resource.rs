//! Principals, resources and the patterns that bindings are made of.

use openmds_policy::names::{PatternType, ResourcePattern};
use serde::Serialize;

use crate::Failure;
use crate::principal::check_principal;
use crate::scope::Scope;

/// `Topic:orders`, as written on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) kind: String,
    pub(super) name: String,
}

impl Resource {
    /// Splits at the first colon: names may have more.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        match text.split_once(':') {
            Some((kind, name)) if !kind.is_empty() && !name.is_empty() => Ok(Self {
                kind: kind.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(Failure::usage("incorrect resource format specified")
                .hint("Write --resource TYPE:NAME, for example --resource Topic:orders")),
        }
    }

    fn pattern(&self, prefix: bool) -> Result<ResourcePattern, Failure> {
        let pattern_type = if prefix {
            PatternType::Prefixed
        } else {
            PatternType::Literal
        };
        ResourcePattern::parse(&self.kind, &self.name, pattern_type)
            .map_err(|error| Failure::usage(error.to_string()))
    }
}

/// A row of `role-binding` output; the keys of its JSON are those of the reference client.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BindingRow {
    /// `None`: a server of the oldest kind did not say whose, so it is the one that was asked about, or a group's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) principal: Option<String>,
    pub(super) role: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<PatternRow>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct PatternRow {
    resource_type: String,
    name: String,
    pattern_type: &'static str,
}

impl From<ResourcePattern> for PatternRow {
    fn from(pattern: ResourcePattern) -> Self {
        Self {
            resource_type: pattern.resource_type,
            name: pattern.name,
            pattern_type: match pattern.pattern_type {
                PatternType::Literal => "LITERAL",
                PatternType::Prefixed => "PREFIXED",
            },
        }
    }
}

impl PatternRow {
    /// How a binding to the cluster as a whole is shown in lists.
    pub(super) fn whole_cluster() -> Self {
        Self {
            resource_type: "Cluster".to_owned(),
            name: String::new(),
            pattern_type: "",
        }
    }

    /// The columns with their headings.
    pub(super) fn columns(&self) -> [(&'static str, String); 3] {
        [
            ("Resource Type", self.resource_type.clone()),
            ("Name", self.name.clone()),
            ("Pattern Type", self.pattern_type.to_owned()),
        ]
    }
}

/// One binding as the user described it.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub(super) principal: String,
    pub(super) role: String,
    pub(super) scope: Scope,
    pub(super) resource: Option<(Resource, ResourcePattern)>,
}

/// The flags that describe one binding.
#[derive(Debug, clap::Args)]
pub(super) struct BindingFlags {
    /// Whose binding: User:NAME or Group:NAME
    #[arg(long, value_name = "PRINCIPAL")]
    principal: String,
    /// Name of the role
    #[arg(long)]
    role: String,
    #[command(flatten)]
    scope: crate::ScopeFlags,
    /// TYPE:NAME of the resource, for roles that are bound to resources
    #[arg(long, value_name = "TYPE:NAME")]
    resource: Option<String>,
    /// The resource is every one whose name begins with NAME
    #[arg(long, requires = "resource")]
    prefix: bool,
}

impl BindingFlags {
    pub(super) fn binding(self) -> Result<Binding, Failure> {
        check_principal(&self.principal)?;
        let resource = match self.resource.as_deref() {
            None => None,
            Some(text) => {
                let resource = Resource::parse(text)?;
                let pattern = resource.pattern(self.prefix)?;
                Some((resource, pattern))
            }
        };
        Ok(Binding {
            principal: self.principal,
            role: self.role,
            scope: self.scope.scope()?,
            resource,
        })
    }
}
