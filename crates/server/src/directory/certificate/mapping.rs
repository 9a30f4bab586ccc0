//! Rules from a distinguished name to a user's name, in the syntax of Kafka's
//! `ssl.principal.mapping.rules` (Kafka 4.0, `SslPrincipalMapper`).

use std::sync::LazyLock;

use regex::Regex;

use super::replacement::Replacement;

/// One rule, or anything else as its last alternative: an empty rule means nothing.
const RULE: &str = r"(DEFAULT)|RULE:((?:\\.|[^\\/])*)/((?:\\.|[^\\/])*)/([LU]?).*?|(.*?)";

#[expect(clippy::expect_used, reason = "constants, compiled by every test")]
static SPLITTER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"\s*({RULE})\s*(,\s*|$)")).expect("a constant"));

#[expect(clippy::expect_used, reason = "constants, compiled by every test")]
static PARSER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"\A(?:{RULE})")).expect("a constant"));

/// Why rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{rule}` is no rule: {problem}; write RULE:pattern/replacement/, the same with L or U at its end, or DEFAULT"
)]
pub struct RuleError {
    /// The rule.
    pub rule: String,
    /// What is wrong with it.
    pub problem: String,
}

#[derive(Debug, Clone, Copy)]
enum Case {
    Kept,
    Lower,
    Upper,
}

#[derive(Debug, Clone)]
enum Rule {
    /// The distinguished name itself.
    Default,
    /// Where the whole name matches, every match in it is replaced.
    Pattern {
        whole: Regex,
        part: Regex,
        replacement: Replacement,
        case: Case,
    },
}

/// Rules, tried in order; the first that applies counts.
#[derive(Debug, Clone)]
pub struct PrincipalMapping {
    rules: Vec<Rule>,
}

impl Default for PrincipalMapping {
    /// The whole distinguished name, as in Kafka.
    fn default() -> Self {
        Self {
            rules: vec![Rule::Default],
        }
    }
}

impl PrincipalMapping {
    /// Parses rules separated by commas.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let mut rules = Vec::new();
        for split in SPLITTER.captures_iter(text.trim()) {
            if let Some(rule) = split.get(1) {
                rules.extend(Rule::parse(rule.as_str())?);
            }
        }
        Ok(Self { rules })
    }

    /// The user's name; nothing if no rule applies.
    #[must_use]
    pub fn apply(&self, name: &str) -> Option<String> {
        self.rules.iter().find_map(|rule| rule.apply(name))
    }
}

impl Rule {
    fn parse(text: &str) -> Result<Option<Self>, RuleError> {
        let wrong = |problem: String| RuleError {
            rule: text.to_string(),
            problem,
        };
        let parts = PARSER.captures(text);
        let matched = parts.as_ref().and_then(|parts| parts.get(0));
        if matched.is_none_or(|matched| matched.end() != text.len()) {
            return Err(wrong("it ends too late or too early".to_string()));
        }
        let part = |index| parts.as_ref().and_then(|parts| parts.get(index));
        if part(1).is_some() {
            return Ok(Some(Self::Default));
        }
        let (Some(pattern), Some(replacement)) = (part(2), part(3)) else {
            return Ok(None);
        };
        let compiled =
            |pattern: &str| Regex::new(pattern).map_err(|error| wrong(error.to_string()));
        let part_of = compiled(pattern.as_str())?;
        let replacement = Replacement::parse(replacement.as_str(), part_of.captures_len() - 1);
        Ok(Some(Self::Pattern {
            whole: compiled(&format!(r"\A(?:{})\z", pattern.as_str()))?,
            part: part_of,
            replacement: replacement.map_err(wrong)?,
            case: match part(4).map(|case| case.as_str()) {
                Some("L") => Case::Lower,
                Some("U") => Case::Upper,
                _ => Case::Kept,
            },
        }))
    }

    fn apply(&self, name: &str) -> Option<String> {
        match self {
            Self::Default => Some(name.to_string()),
            Self::Pattern {
                whole,
                part,
                replacement,
                case,
            } => whole.is_match(name).then(|| {
                let replaced = replacement.all(part, name);
                match case {
                    Case::Kept => replaced,
                    Case::Lower => replaced.to_lowercase(),
                    Case::Upper => replaced.to_uppercase(),
                }
            }),
        }
    }
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
