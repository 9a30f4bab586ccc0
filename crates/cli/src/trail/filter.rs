//! Which events are asked for.

use super::Event;
use crate::Failure;

/// The flags that select events. All must hold; of one that is repeated, any.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct FilterFlags {
    /// Events of this principal; * stands for any text
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Vec<String>,
    /// Events on this resource: a name, `Topic orders`, or a CRN; * stands for any text
    #[arg(long, value_name = "RESOURCE")]
    resource: Vec<String>,
    /// Events of this method, such as kafka.CreateTopics; * stands for any text
    #[arg(long, value_name = "METHOD")]
    method: Vec<String>,
    /// Events that were decided so
    #[arg(long, value_name = "DECISION", value_parser = ["allow", "deny"])]
    decision: Option<String>,
    /// Events of the cluster with this id; * stands for any text
    #[arg(long, value_name = "ID")]
    cluster: Vec<String>,
}

/// Conditions on events.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone)]
struct Condition {
    field: Field,
    is_wanted: bool,
    patterns: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Principal,
    Resource,
    Method,
    Operation,
    Decision,
    Cluster,
    Client,
    Type,
}

const FIELDS: [(&str, Field); 8] = [
    ("principal", Field::Principal),
    ("resource", Field::Resource),
    ("method", Field::Method),
    ("operation", Field::Operation),
    ("decision", Field::Decision),
    ("cluster", Field::Cluster),
    ("client", Field::Client),
    ("type", Field::Type),
];

impl FilterFlags {
    /// What the flags, and conditions such as `method=kafka.*` or `principal!=User:alice`, ask for.
    pub(crate) fn filter(&self, conditions: &[String]) -> Result<Filter, Failure> {
        let mut filter = Filter::default();
        let decision: Vec<String> = self.decision.iter().cloned().collect();
        let flags = [
            (Field::Principal, &self.principal),
            (Field::Resource, &self.resource),
            (Field::Method, &self.method),
            (Field::Decision, &decision),
            (Field::Cluster, &self.cluster),
        ];
        for (field, patterns) in flags {
            if !patterns.is_empty() {
                filter.conditions.push(Condition {
                    field,
                    is_wanted: true,
                    patterns: patterns.clone(),
                });
            }
        }
        for text in conditions {
            filter.conditions.push(condition(text)?);
        }
        Ok(filter)
    }
}

fn condition(text: &str) -> Result<Condition, Failure> {
    let wrong = || {
        let fields: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
        Failure::usage(format!("\"{text}\" is no condition")).hint(format!(
            "Write FIELD=VALUE or FIELD!=VALUE, where * stands for any text and FIELD is one of {}",
            fields.join(", ")
        ))
    };
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    let (name, is_wanted) = match name.strip_suffix('!') {
        Some(name) => (name, false),
        None => (name, true),
    };
    let field = FIELDS.iter().find(|(known, _)| *known == name.trim());
    let (_, field) = field.ok_or_else(wrong)?;
    Ok(Condition {
        field: *field,
        is_wanted,
        patterns: vec![value.trim().to_owned()],
    })
}

impl Filter {
    /// Whether the event is asked for.
    pub(crate) fn wants(&self, event: &Event<'_>) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.all(|condition| {
            let any = |pattern: &String| condition.field.fits(event, pattern);
            condition.patterns.iter().any(any) == condition.is_wanted
        })
    }
}

impl Field {
    fn fits(self, event: &Event<'_>, pattern: &str) -> bool {
        let is = |text: &str| matches(pattern, text);
        match self {
            Self::Principal => is(event.principal()),
            Self::Method => is(&event.data.method_name),
            Self::Operation => is(event.operation()),
            Self::Decision => is(event.decision()),
            Self::Client => is(event
                .data
                .request_metadata
                .client_address
                .trim_start_matches('/')),
            Self::Type => is(&event.kind),
            Self::Resource => {
                let plain = event.data.authorization_info.as_ref();
                is(&event.resource())
                    || is(&event.data.resource_name)
                    || plain.is_some_and(|info| is(&info.resource_name))
            }
            Self::Cluster => {
                let parts = event.source.split('/');
                let mut ids = parts
                    .filter_map(|part| part.split_once('='))
                    .map(|(_, id)| id);
                ids.any(is)
            }
        }
    }
}

/// Whether the text is as the pattern says, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in [
            ("a", "a"),
            ("a*", "a"),
            ("*", ""),
            ("a*c", "abc"),
            ("*b*b*", "xbyb"),
            ("a*a", "aa"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("a", "ab"),
            ("a*a", "a"),
            ("*b*b*", "xb"),
            ("", "a"),
            ("b*", "ab"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn conditions_select() {
        let line = br#"{"source":"crn:///kafka=c1","type":"t","data":{"methodName":"kafka.Produce","resourceName":"crn:///kafka=c1/topic=o","authenticationInfo":{"principal":"User:alice"},"authorizationInfo":{"granted":false,"operation":"Write","resourceType":"Topic","resourceName":"o"},"requestMetadata":{"client_address":"/10.0.0.1"}}}"#;
        let event = Event::read(line).unwrap();
        let wants = |conditions: &[&str]| {
            let conditions: Vec<_> = conditions.iter().map(|text| (*text).to_owned()).collect();
            FilterFlags::default()
                .filter(&conditions)
                .unwrap()
                .wants(&event)
        };
        assert!(wants(&[]));
        assert!(wants(&[
            "principal=User:*",
            "decision=deny",
            "cluster=c1",
            "client=10.*"
        ]));
        assert!(
            wants(&["resource=o"])
                && wants(&["resource=Topic o"])
                && wants(&["resource=crn:*topic=o"])
        );
        assert!(wants(&[
            "principal!=User:bob",
            "operation=Write",
            "method!=kafka.Fetch"
        ]));
        assert!(!wants(&["principal=User:bob"]) && !wants(&["decision=allow"]));
        assert!(!wants(&["principal!=User:alice"]) && !wants(&["cluster=c"]));
        for wrong in ["principal", "colour=red", "=x"] {
            let flags = FilterFlags::default();
            let failure = flags.filter(&[wrong.to_owned()]).unwrap_err();
            assert_eq!(failure.exit_code(), 2);
        }
    }
}
