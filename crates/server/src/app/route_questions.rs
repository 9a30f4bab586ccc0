//! Which route wins, and which routes concern a resource.

use openmds_policy::audit::{RouteList, RouteLookup, list_routes, lookup_route};
use openmds_policy::crn::Crn;

use super::audit_version::in_force;
use super::{App, AppError, Caller};

impl App {
    /// Answers `audit-log route lookup`.
    pub fn lookup_audit_route(
        &self,
        caller: &Caller,
        crn: Option<&str>,
    ) -> Result<RouteLookup, AppError> {
        let state = self.store.read();
        self.permit_audit(&state, caller, "DescribeConfigs")?;
        let (document, _) = in_force(&state);
        Ok(lookup_route(&document, parsed("crn", crn)?.as_ref()))
    }

    /// Answers `audit-log route list`.
    pub fn list_audit_routes(
        &self,
        caller: &Caller,
        q: Option<&str>,
    ) -> Result<RouteList, AppError> {
        let state = self.store.read();
        self.permit_audit(&state, caller, "DescribeConfigs")?;
        let (document, _) = in_force(&state);
        Ok(list_routes(&document, parsed("q", q)?.as_ref()))
    }
}

fn parsed(parameter: &str, text: Option<&str>) -> Result<Option<Crn>, AppError> {
    text.map(Crn::parse)
        .transpose()
        .map_err(|error| AppError::invalid(format!("the parameter `{parameter}`: {error}")))
}
