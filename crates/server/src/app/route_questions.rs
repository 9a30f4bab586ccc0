//! Which route wins, and which routes concern a resource.

use openmds_policy::audit::{RouteList, RouteLookup, list_routes, lookup_route};
use openmds_policy::crn::{Crn, CrnError, CrnPattern};

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
        Ok(lookup_route(
            &document,
            parsed("crn", crn, Crn::parse)?.as_ref(),
        ))
    }

    /// Answers `audit-log route list`. A `*` at the end of a name asks about all names that begin so: the reference's sample request
    /// sends one (`mds-api.md` 1, query encoding).
    pub fn list_audit_routes(
        &self,
        caller: &Caller,
        q: Option<&str>,
    ) -> Result<RouteList, AppError> {
        let state = self.store.read();
        self.permit_audit(&state, caller, "DescribeConfigs")?;
        let (document, _) = in_force(&state);
        Ok(list_routes(
            &document,
            parsed("q", q, CrnPattern::parse)?.as_ref(),
        ))
    }
}

fn parsed<T>(
    parameter: &str,
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, CrnError>,
) -> Result<Option<T>, AppError> {
    text.map(parse)
        .transpose()
        .map_err(|error| AppError::invalid(format!("the parameter `{parameter}`: {error}")))
}
