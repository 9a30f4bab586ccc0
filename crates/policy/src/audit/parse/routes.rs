//! `routes`: rules V7, V9 and V10.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};

use super::super::category::Category;
use super::super::check::{join, member};
use super::super::document::{Route, Rule};
use super::Parser;
use super::destinations::Destinations;
use crate::crn::CrnPattern;
use crate::json::Json;
use crate::text::quotation;

impl Parser {
    pub(super) fn routes(
        &mut self,
        json: Option<&Json>,
        destinations: &Destinations,
    ) -> Option<BTreeMap<String, Route>> {
        let json = json.filter(|json| **json != Json::Null)?;
        let mut routes = BTreeMap::new();
        let mut spelled: BTreeMap<CrnPattern, &str> = BTreeMap::new();
        for (text, categories) in self.faults.members("routes", json)? {
            let path = join("routes", text);
            let rules = self.rules(&path, categories, destinations);
            match CrnPattern::parse(text) {
                Ok(pattern) => {
                    if let Some(other) = spelled.insert(pattern.clone(), text) {
                        let other = quotation(other);
                        self.faults
                            .add(&path, format!("means the same resources as `{other}`"));
                    }
                    routes.insert(text.to_string(), Route { pattern, rules });
                }
                Err(error) => self.faults.add(&path, error.to_string()),
            }
        }
        Some(routes)
    }

    fn rules(
        &mut self,
        path: &str,
        json: &Json,
        destinations: &Destinations,
    ) -> BTreeMap<Category, Option<Rule>> {
        let mut rules = BTreeMap::new();
        let mut other = None;
        for (name, json) in self.faults.members(path, json).unwrap_or_default() {
            let path = join(path, name);
            let rule = self.rule(&path, json, destinations);
            match Category::parse(name) {
                Ok(category) => {
                    rules.insert(category, rule);
                }
                Err(_) if name == "other" => other = Some((path, rule)),
                Err(error) => self.faults.add(&path, error.to_string()),
            }
        }
        if let Some((path, rule)) = other {
            self.read_other(&path, rule, &mut rules);
        }
        rules
    }

    /// The deprecated `other` counts as `management` unless that is there, `null` being as good
    /// as absent; it is never written (`audit-logs.md` 4.4).
    fn read_other(
        &mut self,
        path: &str,
        rule: Option<Rule>,
        rules: &mut BTreeMap<Category, Option<Rule>>,
    ) {
        let management = rules.get(&Category::Management);
        let fate = match (rule, management.is_some_and(Option::is_some)) {
            (Some(_), true) => "dropped, because management is present",
            (Some(rule), false) => {
                rules.insert(Category::Management, Some(rule));
                "read as management"
            }
            (None, _) => "dropped, because it says nothing",
        };
        self.warnings
            .push(format!("{path}: the deprecated category is {fate}"));
    }

    fn rule(&mut self, path: &str, json: &Json, destinations: &Destinations) -> Option<Rule> {
        if *json == Json::Null {
            return None;
        }
        let members = self.faults.members(path, json)?;
        self.faults
            .refuse_others(path, &members, &["allowed", "denied"]);
        let mut leaf = |name: &str| {
            let json = member(&members, name).filter(|json| **json != Json::Null)?;
            self.target(&join(path, name), json, destinations)
        };
        Some(Rule {
            allowed: leaf("allowed"),
            denied: leaf("denied"),
        })
    }
}
